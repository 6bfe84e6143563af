/** What every service asks of a request before it looks at it, and how a request is refused (PS3.7 Annex C). */
import type { RequestMessage, ResponseMessage } from '../association/exchange.ts';
import type { IncomingRequest } from '../association/incoming.ts';
import { QUERY_MODELS, VERIFICATION } from '../dicom/sop-classes.ts';
import type { Refusal } from './refusal.ts';

/** Who may do what. */
export interface Access {
	/** False answers 0x0124, not authorized. */
	readonly authorised?: (request: IncomingRequest) => boolean;
}

/** The one request that a SOP class of Verification or Query/Retrieve has; the others have C-STORE, or are not known here. */
const REQUEST_OF: ReadonlyMap<string | undefined, RequestMessage['type']> = new Map([
	[VERIFICATION, 'C-ECHO-RQ'],
	...Object.values(QUERY_MODELS).flatMap(
		({ find, move, get }) =>
			[
				[find, 'C-FIND-RQ'],
				[move, 'C-MOVE-RQ'],
				[get, 'C-GET-RQ'],
			] as const,
	),
]);

/** Why a request is not answered by the service of its command, if it is not: 0x0122, 0x0211, 0x0212, 0x0124. */
export const unfitness = (request: IncomingRequest, { authorised }: Access): Refusal | undefined => {
	const { message, context } = request;
	if (message.affectedSopClassUid !== context.abstractSyntax)
		return {
			status: 0x0122,
			errorComment: 'Affected SOP Class UID is not that of the context',
			offendingElements: ['00000002'],
		};
	const fitting = REQUEST_OF.get(context.abstractSyntax);
	if (fitting !== undefined && fitting !== message.type)
		return {
			status: 0x0211,
			errorComment: `${message.type} is not of this SOP class`,
			offendingElements: ['00000100'],
		};
	if (authorised?.(request) === false) return { status: 0x0124, errorComment: `${message.type} is not allowed here` };
	return undefined;
};

/** Reads a request's dataset to its end and answers with the refusal. */
export const refuse = async (request: IncomingRequest, refusal: Refusal): Promise<void> => {
	const { message, dataset } = request;
	await dataset?.discard().catch(() => {}); // it is the end of the association, which `respond` tells
	await request.respond(refusalResponse(message, refusal));
};

/** The final response to a request that is refused. */
export const refusalResponse = (message: RequestMessage, { status, ...more }: Refusal): ResponseMessage => ({
	type: message.type.replace('-RQ', '-RSP') as ResponseMessage['type'],
	messageIdBeingRespondedTo: message.messageId,
	affectedSopClassUid: message.affectedSopClassUid,
	...(message.type === 'C-STORE-RQ' ? { affectedSopInstanceUid: message.affectedSopInstanceUid } : {}),
	hasDataset: false,
	status,
	...more,
});
