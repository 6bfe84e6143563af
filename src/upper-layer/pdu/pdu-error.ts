/** Why bytes are no PDU of PS3.8, with the reason an A-ABORT gives for it (PS3.8 Table 9-26, source 2). */

/** Reason/Diag. of an A-ABORT by the service-provider (PS3.8 9.3.8). */
export const ABORT_REASON = {
	notSpecified: 0,
	unrecognizedPdu: 1,
	unexpectedPdu: 2,
	unrecognizedPduParameter: 4,
	unexpectedPduParameter: 5,
	invalidPduParameterValue: 6,
} as const;

/** The peer's fault: what it sent is unrecognized or invalid (Evt19). `reason` is what the A-ABORT will say. */
export class PduError extends Error {
	override readonly name = 'PduError';
	readonly reason: number;

	constructor(reason: number, message: string) {
		super(message);
		this.reason = reason;
	}
}

/** A field or length with a value that the standard does not allow. */
export const invalidValue = (message: string): PduError => new PduError(ABORT_REASON.invalidPduParameterValue, message);
