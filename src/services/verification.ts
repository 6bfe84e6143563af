/** Verification (PS3.4 Annex A): C-ECHO, both sides. */
import type { Association } from '../association/association.ts';
import type { IncomingRequest } from '../association/incoming.ts';
import type { CEchoRsp } from '../dimse/messages.ts';
import { type Access, refuse, unfitness } from './request-checks.ts';

/** SOP Class UID (PS3.4 A.4). */
export const VERIFICATION = '1.2.840.10008.1.1';

/**
 * Sends one C-ECHO-RQ.
 *
 * @returns the response, whatever its status
 * @throws DicomError when the association ends before it
 */
export const echo = async (association: Association, contextId: number): Promise<CEchoRsp> => {
	const { message } = await association.call(contextId, {
		type: 'C-ECHO-RQ',
		messageId: association.nextMessageId(),
		affectedSopClassUid: VERIFICATION,
		hasDataset: false,
	});
	return message as CEchoRsp;
};

/** Answers a C-ECHO-RQ; a dataset that some send with it is read and dropped. */
export const answerEcho = async (request: IncomingRequest, access: Access = {}): Promise<void> => {
	const unfit = unfitness(request, access);
	await refuse(request, unfit ?? { status: 0x0000 });
};
