/** One instance after the other into a place for them, and what became of each: the Storage SCP's inside, whoever opened the association (PS3.4 B.2.2). */
import type { ResponseMessage } from '../association/exchange.ts';
import type { IncomingRequest, RequestHandler } from '../association/incoming.ts';
import type { CStoreRq } from '../dimse/messages.ts';
import { DicomError } from '../errors.ts';
import { answerStore, type InstanceReceiver, type Receive } from '../services/storage-scp.ts';
import { answerEcho } from '../services/verification.ts';

/** What is known of an instance before its dataset comes. Both UIDs are as the peer wrote them. */
export interface ArrivingInstance {
	readonly sopClassUid: string;
	readonly sopInstanceUid: string;
	readonly transferSyntaxUid: string;
	/** Who sends it. */
	readonly sourceAeTitle: string;
}

/** `skipped`: the same was there; `overwritten`: something else was; `kept-both`: it is now there under another name. */
export type Outcome = 'new' | 'skipped' | 'overwritten' | 'kept-both' | 'ignored';

/** An instance that is safe. UIDs are the dataset's own, '' where they are not known. */
export interface KeptInstance {
	readonly studyInstanceUid: string;
	readonly seriesInstanceUid: string;
	/** Of the dataset. */
	readonly bytes: number;
	/** Absent where nothing was written. */
	readonly file?: string;
	readonly outcome: Outcome;
}

/** Where instances go: `archive/files/receive-folder.ts`. Calls `kept` before its `commit` settles with success. */
export type Keep = (
	instance: ArrivingInstance,
	kept: (instance: KeptInstance) => void,
) => InstanceReceiver | { readonly refusal: number; readonly errorComment?: string };

export type StoreEvent =
	| ({
			readonly kind: 'stored';
			readonly association: number;
			readonly calling: string;
			readonly sopInstanceUid: string;
			readonly sopClassUid: string;
			readonly transferSyntaxUid: string;
			/** Of the C-MOVE that this is a sub-operation of, where the peer says so. */
			readonly moveOriginator?: { readonly aeTitle: string; readonly messageId: number };
	  } & KeptInstance)
	/** `status`: what was answered; absent where the association ended before there could be an answer. */
	| {
			readonly kind: 'not-stored';
			readonly association: number;
			readonly calling: string;
			readonly sopInstanceUid: string;
			readonly sopClassUid: string;
			readonly status?: number;
			readonly error: string;
	  };

/** Receives, counts, and keeps nothing. */
export const ignoring: Keep = (_instance, kept) => {
	let bytes = 0;
	return {
		write: (part) => {
			bytes += part.length;
		},
		commit: async () => {
			kept({ studyInstanceUid: '', seriesInstanceUid: '', bytes, outcome: 'ignored' });
			return 0x0000;
		},
		discard: async () => {},
	};
};

/** Whose instances come. */
export interface Sender {
	readonly association: number;
	readonly calling: string;
}

/**
 * Answers C-STORE and C-ECHO; for the `serve` of a requestor that does C-GET as much as for an acceptor.
 *
 * @param on told of every instance, after it is safe and before the answer goes out
 */
export const receiveInto =
	(keep: Keep, calling: string, on: (event: StoreEvent) => void): RequestHandler =>
	(request) => {
		const { association, message } = request;
		if (message.type === 'C-STORE-RQ')
			return answerStore(
				request as IncomingRequest<CStoreRq>,
				receiving(keep, { association: association.number, calling }, on),
			);
		return message.type === 'C-ECHO-RQ' ? answerEcho(request) : unrecognized(request);
	};

/** As the `Receive` of one association. */
export const receiving =
	(keep: Keep, { association, calling }: Sender, on: (event: StoreEvent) => void): Receive =>
	(rq, { transferSyntax: transferSyntaxUid }) => {
		const { affectedSopClassUid: sopClassUid, affectedSopInstanceUid: sopInstanceUid } = rq;
		const refused = (error: string, status?: number): void =>
			on({
				kind: 'not-stored',
				association,
				calling,
				sopInstanceUid,
				sopClassUid,
				error,
				...(status === undefined ? {} : { status }),
			});
		const refusal = (status: number, errorComment: string) => {
			refused(errorComment, status);
			return { refusal: status, errorComment };
		};
		if (!isUid(sopInstanceUid)) return refusal(0x0117, 'not a SOP Instance UID');
		const stored = (kept: KeptInstance): void =>
			on({
				kind: 'stored',
				association,
				calling,
				sopInstanceUid,
				sopClassUid,
				transferSyntaxUid,
				...kept,
				...(rq.moveOriginatorAeTitle === undefined
					? {}
					: {
							moveOriginator: { aeTitle: rq.moveOriginatorAeTitle, messageId: rq.moveOriginatorMessageId ?? 0 },
						}),
			});
		let receiver: ReturnType<Keep>;
		try {
			receiver = keep({ sopClassUid, sopInstanceUid, transferSyntaxUid, sourceAeTitle: calling }, stored);
		} catch (error) {
			refused(reasonOf(error), 0xa700);
			return { refusal: 0xa700, errorComment: commentOf(error) };
		}
		if ('refusal' in receiver) {
			refused(receiver.errorComment ?? '', receiver.refusal);
			return receiver;
		}
		return watched(receiver, refused);
	};

/** Tells what is not kept, and why; the peer is told less, no paths. */
const watched = (receiver: InstanceReceiver, refused: (error: string, status?: number) => void): InstanceReceiver => {
	let failed: { readonly error: unknown } | undefined;
	return {
		write: (bytes) => {
			try {
				return receiver.write(bytes);
			} catch (error) {
				failed = { error };
				throw error;
			}
		},
		commit: async () => {
			try {
				const outcome = await receiver.commit();
				const status = typeof outcome === 'number' ? outcome : outcome.status;
				if (isFailure(status)) refused((typeof outcome === 'number' ? undefined : outcome.errorComment) ?? '', status);
				return outcome;
			} catch (error) {
				await receiver.discard(error);
				refused(reasonOf(error), 0xa700);
				return { status: 0xa700, errorComment: commentOf(error) };
			}
		},
		discard: async (error) => {
			await receiver.discard(error);
			if (failed === undefined) refused('the association ended before the instance was whole');
			else refused(reasonOf(failed.error), 0xa700);
		},
	};
};

const isFailure = (status: number): boolean => status !== 0x0000 && (status & 0xf000) !== 0xb000;

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const COMMENTS: Readonly<Record<string, string>> = {
	ENOSPC: 'no space left',
	EDQUOT: 'no space left',
	EFBIG: 'the instance is too large',
	EMFILE: 'too many open files',
	ENFILE: 'too many open files',
	EACCES: 'cannot be written here',
	EPERM: 'cannot be written here',
	EROFS: 'cannot be written here',
};

const commentOf = (error: unknown): string => {
	const code = error instanceof DicomError && error.failure.blame === 'io' ? error.failure.code : '';
	return COMMENTS[code] ?? 'could not be kept';
};

/** PS3.5 9.1 as far as it matters here: digits and dots, 64 at most, and more than dots. Zeros in front of a component are met, and harmless. */
const isUid = (text: string): boolean => /^[0-9.]{1,64}$/.test(text) && /[0-9]/.test(text);

/** 0x0211 (PS3.7 C.5.17). */
const unrecognized = ({ message: { type, messageId, affectedSopClassUid }, respond }: IncomingRequest): Promise<void> =>
	respond({
		type: type.replace('-RQ', '-RSP') as ResponseMessage['type'],
		messageIdBeingRespondedTo: messageId,
		affectedSopClassUid,
		hasDataset: false,
		status: 0x0211,
	});
