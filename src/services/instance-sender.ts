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
	const contexts = new ContextChoice(association);
	const prepare = (): Prepared<I> => prepareNext(association, contexts, sending, moveOriginator);
	/** Instances that cannot be sent are settled in no time: others get their turn between a few hundred of them. */
	const found = async (prepared: Prepared<I>): Promise<Ready<I> | undefined> => {
		let one = prepared;
		while (one === 'more') {
			await new Promise((resolve) => setImmediate(resolve));
			one = prepare();
		}
		return one;
	};
	let ready = await found(prepare());
	while (ready !== undefined) {
		if (sending.isStopped) {
			putBack(sending, ready);
			return;
		}
		const answer = ready.prepared.send();
		answer.catch(() => {}); // it is awaited below, after what may throw
		const next: Prepared<I> = association.isOpen ? prepare() : undefined;
		let response: CStoreRsp;
		try {
			response = await answer;
		} catch (error) {
			if (next !== undefined && next !== 'more') putBack(sending, next);
			if (error instanceof DicomError) sending.settled(ready.instance, { failure: error.failure });
			throw error;
		} finally {
			ready.close();
		}
		sending.settled(ready.instance, { response, transferSyntax: ready.transferSyntax });
		ready = next === 'more' ? await found(next) : next;
	}
};

const putBack = <I extends StoredInstance>(sending: Sending<I>, { instance, prepared, close }: Ready<I>): void => {
	prepared.drop();
	close();
	sending.giveBack(instance);
};

/** The next instance that can be sent; those that cannot are settled. */
const prepareNext = <I extends StoredInstance>(
	association: Association,
	contexts: ContextChoice,
	sending: Sending<I>,
	moveOriginator: StorableInstance['moveOriginator'],
): Prepared<I> => {
	for (let looked = 0; looked < SETTLED_A_TURN; looked++) {
		const instance = sending.take();
		if (instance === undefined) return undefined;
		const context = contexts.for(instance);
		if (context === undefined) {
			sending.settled(instance, { failure: noContext(instance) });
			continue;
		}
		try {
			return made(association, context, instance, sending.priority, moveOriginator);
		} catch (error) {
			if (!(error instanceof DicomError)) throw error;
			sending.settled(instance, { failure: error.failure });
		}
	}
	return 'more';
};

/** @throws DicomError io, usage for a dataset that cannot be transcoded; the association is then untouched */
const made = <I extends StoredInstance>(
	association: Association,
	{ id, transferSyntax }: AcceptedContext,
	instance: I,
	priority: Priority | undefined,
	moveOriginator: StorableInstance['moveOriginator'],
): Ready<I> => {
	const prepare = (dataset: StorableInstance['dataset']): PreparedStore => {
		const { sopClassUid, sopInstanceUid } = instance;
		const originator = moveOriginator === undefined ? {} : { moveOriginator };
		return prepareStore(association, id, { sopClassUid, sopInstanceUid, dataset, ...originator }, priority);
	};
	if (!isWrittenIn(instance, transferSyntax)) {
		if (instance.datasetLength > MAX_TRANSCODED_BYTES) throw tooLong(instance);
		const dataset = transcode(instance.readWhole(), instance.transferSyntaxUid, transferSyntax);
		return { instance, transferSyntax, prepared: prepare(dataset), close: () => {} };
	}
	const source = instance.open();
	try {
		return { instance, transferSyntax, prepared: prepare(source), close: () => source.close() };
	} catch (error) {
		source.close();
		throw error;
	}
};

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
