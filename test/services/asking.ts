/** An association in memory to a retrieve SCP that answers as a test says. */
import type { Test } from 'tap';
import { accept } from '../../src/association/acceptor.ts';
import type { IncomingRequest, RequestHandler } from '../../src/association/incoming.ts';
import { connect, requireContext } from '../../src/association/requestor.ts';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { TAG } from '../../src/dicom/tags.ts';
import type { CGetRq, CGetRsp, CMoveRq } from '../../src/dimse/messages.ts';
import { DicomError } from '../../src/errors.ts';
import { wire } from '../support/wire.ts';

export const CT = '1.2.840.10008.5.1.4.1.1.2';
export const IMPLICIT = '1.2.840.10008.1.2';
export const GET_IDENTIFIER: Dataset = {
	[TAG.QueryRetrieveLevel]: { vr: 'CS', Value: ['STUDY'] },
	[TAG.StudyInstanceUID]: { vr: 'UI', Value: ['1.2.3'] },
};

type Retrieve = IncomingRequest<CGetRq | CMoveRq>;

/** A response, pending or final. */
export const finalOf = (
	{ message, respond }: Retrieve,
	status: number,
	more: Partial<Omit<CGetRsp, 'type'>> = {},
	dataset?: Uint8Array,
): Promise<void> =>
	respond(
		{
			messageIdBeingRespondedTo: message.messageId,
			affectedSopClassUid: message.affectedSopClassUid,
			hasDataset: dataset !== undefined,
			status,
			...more,
			type: message.type === 'C-GET-RQ' ? 'C-GET-RSP' : 'C-MOVE-RSP',
		},
		dataset,
	);

/** @param serve answers the C-STORE-RQs that come back */
export const asking = async (
	t: Test,
	sopClassUid: string,
	answer: (request: Retrieve) => Promise<void>,
	serve?: RequestHandler,
) => {
	const requests: { readonly message: CGetRq | CMoveRq; readonly identifier: Uint8Array }[] = [];
	let pieces = 0;
	const connected = await connect({
		address: { host: 'memory', port: 1, calledAeTitle: 'SCP', callingAeTitle: 'SCU' },
		contexts: [
			{ abstractSyntax: sopClassUid, transferSyntaxes: [IMPLICIT] },
			{ abstractSyntax: CT, transferSyntaxes: [IMPLICIT] },
		],
		roleSelections: [{ sopClassUid: CT, scuRole: false, scpRole: true }],
		...(serve === undefined ? {} : { serve }),
		openTransport: async () => {
			const [ours, theirs] = wire(() => 1 + (pieces++ % 991));
			const { ended } = accept(theirs, {
				decide: () => ({
					supported: () => [IMPLICIT],
					roles: () => ({ scu: true, scp: true }),
					serve: async (request) => {
						const own = request as Retrieve;
						requests.push({
							message: own.message,
							identifier: (await own.dataset?.collect(65_536)) ?? new Uint8Array(),
						});
						await answer(own);
					},
				}),
			});
			t.teardown(() => ended.catch(() => {}));
			return ours;
		},
	});
	t.teardown(() => connected.association.abort());
	return { association: connected.association, context: requireContext(connected, sopClassUid), requests };
};

export const failureOf = async (use: Promise<unknown>): Promise<unknown> => {
	try {
		return await use;
	} catch (error) {
		return error instanceof DicomError ? error.failure : error;
	}
};
