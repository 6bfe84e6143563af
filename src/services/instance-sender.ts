/** Instances over one association, one after the other, the next one read while the peer answers (PS3.4 B.2.1). */
import type { Association } from '../association/association.ts';
import { isTranscodable, transcode } from '../dicom/transcode.ts';
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../dicom/transfer-syntaxes.ts';
import type { CStoreRsp, Priority } from '../dimse/messages.ts';
import { DicomError, type Failure } from '../errors.ts';
import type { AcceptedContext } from '../upper-layer/negotiation.ts';
import { type PreparedStore, prepareStore, type StorableInstance } from './storage-scu.ts';
import type { StoredInstance } from './stored-instance.ts';

/** A dataset to be made into another transfer syntax is held whole. */
const MAX_TRANSCODED_BYTES = 536_870_912;

/** The order of preference where an instance has to be transcoded. */
const UNCOMPRESSED = [EXPLICIT_LITTLE, IMPLICIT_LITTLE, DEFLATED, EXPLICIT_BIG];

/** What became of an instance: the peer's answer whatever its status, or what kept it from being sent or answered. */
export type SendingOutcome =
	| { readonly response: CStoreRsp; readonly transferSyntax: string }
	| { readonly failure: Failure };

/** Where instances come from, and what is told of them. */
export interface Sending<I extends StoredInstance> {
	/** The next one; none ends the sending. Asked while the peer answers the one before. */
	take(): I | undefined;
	/** Nothing more may be sent, not even what was taken and is ready. */
	readonly isStopped: boolean;
	/** It was taken and nothing of it is sent. */
	giveBack(instance: I): void;
	settled(instance: I, outcome: SendingOutcome): void;
	readonly priority?: Priority;
}

/** An instance that is ready to be sent: its context is known, its dataset read or, if it is large, open. */
interface Ready<I> {
	readonly instance: I;
	readonly transferSyntax: string;
	readonly prepared: PreparedStore;
	close(): void;
}

/** `more`: so far only such as cannot be sent, and it is somebody else's turn. */
type Prepared<I> = Ready<I> | 'more' | undefined;

/** So many instances that cannot be sent are settled at once. */
const SETTLED_A_TURN = 256;

/**
 * Sends what `take` gives until there is no more.
 *
 * @throws DicomError when the association ends; what was on its way is settled with it, what was only ready is given back
 */
export const sendInstances = async <I extends StoredInstance>(
	association: Association,
	sending: Sending<I>,
	moveOriginator?: StorableInstance['moveOriginator'],
): Promise<void> => {
	const preparation = new Preparation(association, sending, moveOriginator);
	/** Instances that cannot be sent are settled in no time: others get their turn between a few hundred of them. */
	const found = async (prepared: Prepared<I> | Promise<Prepared<I>>): Promise<Ready<I> | undefined> => {
		let one = await prepared;
		while (one === 'more') {
			await new Promise((resolve) => setImmediate(resolve));
			one = await preparation.next();
		}
		return one;
	};
	let ready = await found(preparation.next());
	while (ready !== undefined) {
		if (sending.isStopped) {
			putBack(sending, ready);
			return;
		}
		const answer = ready.prepared.send();
		answer.catch(() => {}); // it is awaited below, after what may throw
		const next = association.isOpen ? preparation.next() : undefined;
		if (next instanceof Promise) next.catch(() => {}); // likewise
		let response: CStoreRsp;
		try {
			response = await answer;
		} catch (error) {
			const left = await next;
			if (left !== undefined && left !== 'more') putBack(sending, left);
			if (error instanceof DicomError) sending.settled(ready.instance, { failure: error.failure });
			throw error;
		} finally {
			ready.close();
		}
		sending.settled(ready.instance, { response, transferSyntax: ready.transferSyntax });
		ready = next === 'more' || next instanceof Promise ? await found(next) : next;
	}
};

const putBack = <I extends StoredInstance>(sending: Sending<I>, { instance, prepared, close }: Ready<I>): void => {
	prepared.drop();
	close();
	sending.giveBack(instance);
};

/** Gets instances ready, one at a time. */
class Preparation<I extends StoredInstance> {
	readonly #association: Association;
	readonly #sending: Sending<I>;
	readonly #moveOriginator: StorableInstance['moveOriginator'];
	readonly #contexts: ContextChoice;

	constructor(association: Association, sending: Sending<I>, moveOriginator: StorableInstance['moveOriginator']) {
		this.#association = association;
		this.#sending = sending;
		this.#moveOriginator = moveOriginator;
		this.#contexts = new ContextChoice(association);
	}

	/** The next instance that can be sent; those that cannot are settled. A promise for one that lies elsewhere by now. */
	next(): Prepared<I> | Promise<Prepared<I>> {
		for (let looked = 0; looked < SETTLED_A_TURN; looked++) {
			const instance = this.#sending.take();
			if (instance === undefined) return undefined;
			const made = this.#made(instance, instance);
			if ('prepared' in made) return made;
			if (isGone(made) && instance.present !== undefined) return this.#present(instance, made);
			this.#sending.settled(instance, { failure: made });
		}
		return 'more';
	}

	/** What has taken its place, which may have been replaced again when it is known. */
	async #present(instance: I, gone: Failure): Promise<Prepared<I>> {
		let failure = gone;
		try {
			let now = await instance.present?.();
			while (now !== undefined && isGone(failure)) {
				if (!this.#association.isOpen) {
					this.#sending.giveBack(instance);
					return undefined;
				}
				const made = this.#made(instance, now);
				if ('prepared' in made) return made;
				failure = made;
				now = await now.present?.();
			}
		} catch (error) {
			if (!(error instanceof DicomError)) throw error;
			failure = error.failure;
		}
		this.#sending.settled(instance, { failure });
		return 'more';
	}

	/** @param now where the instance lies; the association is untouched where it cannot be sent */
	#made(instance: I, now: StoredInstance): Ready<I> | Failure {
		const context = this.#contexts.for(now);
		if (context === undefined) return noContext(now);
		try {
			return { instance, transferSyntax: context.transferSyntax, ...this.#opened(context, now) };
		} catch (error) {
			if (!(error instanceof DicomError)) throw error;
			return error.failure;
		}
	}

	/** @throws DicomError io, usage for a dataset that cannot be transcoded */
	#opened({ id, transferSyntax }: AcceptedContext, instance: StoredInstance): Pick<Ready<I>, 'prepared' | 'close'> {
		const prepare = (dataset: StorableInstance['dataset']): PreparedStore => {
			const { sopClassUid, sopInstanceUid } = instance;
			const originator = this.#moveOriginator === undefined ? {} : { moveOriginator: this.#moveOriginator };
			const store = { sopClassUid, sopInstanceUid, dataset, ...originator };
			return prepareStore(this.#association, id, store, this.#sending.priority);
		};
		if (!isWrittenIn(instance, transferSyntax)) {
			if (instance.datasetLength > MAX_TRANSCODED_BYTES) throw tooLong(instance);
			const dataset = transcode(instance.readWhole(), instance.transferSyntaxUid, transferSyntax);
			return { prepared: prepare(dataset), close: () => {} };
		}
		const source = instance.open();
		try {
			return { prepared: prepare(source), close: () => source.close() };
		} catch (error) {
			source.close();
			throw error;
		}
	}
}

const isGone = (failure: Failure): boolean => failure.blame === 'io' && failure.code === 'ENOENT';

const isWrittenIn = ({ transferSyntaxUid, alsoIn }: StoredInstance, transferSyntax: string): boolean =>
	transferSyntax === transferSyntaxUid || alsoIn?.includes(transferSyntax) === true;

/** Which context an instance goes on: as it lies where that was accepted; else, among the uncompressed, in what was. */
class ContextChoice {
	readonly #association: Association;
	readonly #known = new Map<string, AcceptedContext | undefined>();

	constructor(association: Association) {
		this.#association = association;
	}

	for(instance: StoredInstance): AcceptedContext | undefined {
		const key = `${instance.sopClassUid} ${instance.transferSyntaxUid}`;
		if (!this.#known.has(key)) this.#known.set(key, this.#choose(instance));
		return this.#known.get(key);
	}

	#choose({ sopClassUid, transferSyntaxUid, alsoIn = [] }: StoredInstance): AcceptedContext | undefined {
		const others = UNCOMPRESSED.filter((uid) => isTranscodable(transferSyntaxUid, uid));
		for (const transferSyntax of [transferSyntaxUid, ...alsoIn, ...others]) {
			const context = this.#association.contextFor(sopClassUid, transferSyntax);
			if (context !== undefined) return context;
		}
		return undefined;
	}
}

const noContext = ({ sopClassUid, transferSyntaxUid }: StoredInstance): Failure => ({
	blame: 'no-context',
	refused: [{ abstractSyntax: sopClassUid, transferSyntaxes: [transferSyntaxUid], result: 'absent' }],
});

const tooLong = ({ sopInstanceUid }: StoredInstance): DicomError =>
	new DicomError({
		blame: 'io',
		code: 'EFBIG',
		message: `${sopInstanceUid}: too long to be made into another transfer syntax (over ${MAX_TRANSCODED_BYTES} bytes)`,
	});
