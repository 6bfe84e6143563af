/** What a peer accepts: services, storage classes and transfer syntaxes, asked in as few associations as it takes (PS3.8 7.1.1.13). */
import type { Connected } from '../association/requestor.ts';
import {
	MODALITY_WORKLIST_FIND,
	QUERY_MODELS,
	REPOSITORY_QUERY,
	STUDY_ROOT_FIND,
	UPS_PULL,
	VERIFICATION,
} from '../dicom/sop-classes.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../dicom/transfer-syntaxes.ts';
import { STORAGE_SOP_CLASSES } from '../dicom/uids.ts';
import { DicomError } from '../errors.ts';
import type { UserInformation } from '../upper-layer/pdu/index.ts';

export interface Proposal {
	readonly abstractSyntax: string;
	readonly transferSyntaxes: readonly string[];
}

/** Opens an association with these contexts; whoever calls it does not release it. */
export type Propose = (
	contexts: readonly Proposal[],
	extendedNegotiations: UserInformation['extendedNegotiations'],
) => Promise<Connected>;

export interface Offer {
	/** Transfer syntaxes by SOP class, in the order of the standard. */
	readonly accepted: Readonly<Record<string, readonly string[]>>;
	/** What extended negotiation grants for queries in the study root. */
	readonly extensions: readonly string[];
	/** SOP classes that were asked for. */
	readonly asked: number;
	readonly associations: number;
	/** False where the peer made it too hard to ask for everything. */
	readonly isComplete: boolean;
	/** What the peer calls its implementation. */
	readonly implementation?: string;
}

/** Storage Commitment Push Model. */
export const STORAGE_COMMITMENT = '1.2.840.10008.1.20.1';

/** The services beside storage. */
export const SERVICE_CLASSES: readonly string[] = [
	VERIFICATION,
	...['study-root', 'patient-root', 'patient-study-only', 'composite-instance-root'].flatMap((name) => {
		const model = QUERY_MODELS[name as keyof typeof QUERY_MODELS];
		return [model.find, model.move, model.get].filter((uid) => uid !== undefined);
	}),
	MODALITY_WORKLIST_FIND,
	UPS_PULL,
	REPOSITORY_QUERY,
	STORAGE_COMMITMENT,
];

/** Byte by byte (PS3.4 Table C.5-2), by the words of `--ext`. */
const EXTENSIONS = ['relational', 'datetime', 'fuzzy', 'timezone', 'enhanced'] as const;
const ALL_EXTENSIONS = [{ sopClassUid: STUDY_ROOT_FIND, information: Uint8Array.from(EXTENSIONS, () => 1) }];

const UNCOMPRESSED = [EXPLICIT_LITTLE, IMPLICIT_LITTLE] as const;

const ROOT = '1.2.840.10008.1.2';
/** Asked for one by one: an acceptor chooses one out of several, and says nothing of the others. */
export const PROBED_TRANSFER_SYNTAXES: readonly string[] = [
	...['', '.1', '.1.99', '.2', '.4.50', '.4.51', '.4.57', '.4.70', '.4.80', '.4.81', '.4.90', '.4.91'],
	...['.4.110', '.4.201', '.4.203', '.5'],
].map((suffix) => `${ROOT}${suffix}`);

/** Classes that stand for the others: CT, MR, CR, DX, mammography, ultrasound multi-frame, secondary capture, enhanced CT. */
export const PROBED_CLASSES: readonly string[] = ['.2', '.4', '.1', '.1.1', '.1.2', '.3.1', '.7', '.2.1'].map(
	(suffix) => `1.2.840.10008.5.1.4.1.1${suffix}`,
);

/** As many as one request can hold (PS3.8 9.3.2.2: odd numbers up to 255). */
const MOST_CONTEXTS = 128;
/** A peer that takes few contexts at a time is asked again, but not for ever. */
const MOST_ASSOCIATIONS = 40;
const FEWEST = 8;
/** What every peer accepts. */
const SENTINEL: Proposal = { abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT_LITTLE] };

/** @throws DicomError of the first association; a later one that fails ends the asking with what is known */
export const askCapabilities = async (propose: Propose): Promise<Offer> => {
	const asking = new Asking(propose);
	const each = (uids: readonly string[]) =>
		uids.flatMap((abstractSyntax) => UNCOMPRESSED.map((one) => ({ abstractSyntax, transferSyntaxes: [one] })));
	await asking.ask(each(SERVICE_CLASSES));
	await asking.ask(
		STORAGE_SOP_CLASSES.map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: [...UNCOMPRESSED] })),
	);
	const classes = PROBED_CLASSES.filter((uid) => asking.accepted.has(uid));
	await asking.ask(
		classes.flatMap((abstractSyntax) =>
			PROBED_TRANSFER_SYNTAXES.filter((uid) => asking.accepted.get(abstractSyntax)?.has(uid) !== true).map((one) => ({
				abstractSyntax,
				transferSyntaxes: [one],
			})),
		),
	);
	const order = new Map([...SERVICE_CLASSES, ...STORAGE_SOP_CLASSES].map((uid, index) => [uid, index]));
	const sorted = [...asking.accepted].sort(([a], [b]) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
	return {
		accepted: Object.fromEntries(sorted.map(([uid, syntaxes]) => [uid, [...syntaxes].sort(bySuffix)])),
		extensions: asking.extensions,
		asked: SERVICE_CLASSES.length + STORAGE_SOP_CLASSES.length,
		associations: asking.associations,
		isComplete: asking.isComplete,
		...(asking.implementation === undefined ? {} : { implementation: asking.implementation }),
	};
};

const bySuffix = (a: string, b: string): number => {
	const at = (uid: string) => PROBED_TRANSFER_SYNTAXES.indexOf(uid);
	return at(a) - at(b);
};

class Asking {
	readonly accepted = new Map<string, Set<string>>();
	associations = 0;
	implementation: string | undefined;
	isComplete = true;
	extensions: readonly string[] = [];
	readonly #propose: Propose;
	#chunk = MOST_CONTEXTS - 1;

	constructor(propose: Propose) {
		this.#propose = propose;
	}

	/** Asks for all of these, in as many associations as the peer makes necessary. */
	async ask(contexts: readonly Proposal[]): Promise<void> {
		let left = contexts;
		while (left.length > 0) {
			if (this.associations === MOST_ASSOCIATIONS) {
				this.isComplete = false;
				return;
			}
			const now = left.slice(0, this.#chunk);
			let done: number;
			try {
				done = await this.#one(now);
			} catch (error) {
				if (!(error instanceof DicomError) || error.failure.blame === 'interrupted') throw error;
				// Some peers abort a request that has too many contexts for them.
				if (error.failure.blame === 'aborted' && now.length > FEWEST) this.#chunk = Math.max(FEWEST, now.length >> 1);
				else if (this.accepted.size === 0) throw error;
				else {
					this.isComplete = false;
					return;
				}
				continue;
			}
			if (done < now.length) this.#chunk = Math.max(1, Math.min(this.#chunk, done));
			left = left.slice(done);
		}
	}

	/**
	 * The last context is one that was accepted before, or stands first: where it is refused, the peer counts them, and what it refused
	 * after the last one that it took has to be asked for again.
	 *
	 * @returns how many of them were answered in earnest
	 */
	async #one(contexts: readonly Proposal[]): Promise<number> {
		this.associations++;
		const { association, accepted, answer } = await this.#propose(
			[...contexts, SENTINEL],
			contexts.some(({ abstractSyntax }) => abstractSyntax === STUDY_ROOT_FIND) ? ALL_EXTENSIONS : [],
		);
		await association.release().catch(() => {});
		const granted = answer.userInformation.extendedNegotiations.find(
			({ sopClassUid }) => sopClassUid === STUDY_ROOT_FIND,
		);
		if (granted !== undefined) this.extensions = EXTENSIONS.filter((_, index) => granted.information[index] === 1);
		this.implementation ??= answer.userInformation.implementationVersionName;
		let last = -1;
		let isWhole = false;
		for (const { id, transferSyntax } of accepted) {
			// Contexts are numbered 1, 3, 5 ... in the order in which they were proposed.
			const index = (id - 1) / 2;
			const context = contexts[index];
			if (context === undefined) isWhole = true;
			else {
				last = Math.max(last, index);
				const known = this.accepted.get(context.abstractSyntax) ?? new Set<string>();
				this.accepted.set(context.abstractSyntax, known.add(transferSyntax));
			}
		}
		return isWhole || last < 0 || !this.accepted.has(VERIFICATION) ? contexts.length : last + 1;
	}
}

/** What changed between two askings: SOP classes and, of those in both, transfer syntaxes. */
export interface OfferChanges {
	readonly lost: readonly string[];
	readonly gained: readonly string[];
	readonly syntaxes: readonly {
		readonly sopClassUid: string;
		readonly lost: readonly string[];
		readonly gained: readonly string[];
	}[];
}

export const offerChanges = (before: Offer['accepted'], after: Offer['accepted']): OfferChanges => {
	const missing = (from: readonly string[], there: readonly string[] | undefined) =>
		from.filter((one) => there?.includes(one) !== true);
	const syntaxes = Object.entries(after).flatMap(([sopClassUid, now]) => {
		const then = before[sopClassUid];
		if (then === undefined) return [];
		const [lost, gained] = [missing(then, now), missing(now, then)];
		return lost.length + gained.length === 0 ? [] : [{ sopClassUid, lost, gained }];
	});
	return {
		lost: missing(Object.keys(before), Object.keys(after)),
		gained: missing(Object.keys(after), Object.keys(before)),
		syntaxes,
	};
};
