/** With which contexts a C-GET is asked first, and what of it is asked for again with others. */
import { planContexts, STORAGE_BY_FREQUENCY, STORAGE_ROOM, type Wanted } from './contexts.ts';
import type { Ledger } from './ledger.ts';
import type { RetrieveSettings } from './settings.ts';
import type { Unit } from './unit.ts';

export interface Pass {
	readonly requests: readonly Unit[];
	readonly wanted: readonly Wanted[];
}

const untold = (sopClassUid: string): Wanted => ({ sopClassUid, transferSyntaxes: [] });

/** What is known of the instances that are still to come, by SOP class. */
const wantedOf = (ledger: Ledger, uids: Iterable<string>): { known: readonly Wanted[]; isAll: boolean } => {
	const syntaxes = new Map<string, Set<string>>();
	let isAll = true;
	for (const uid of uids) {
		const { sopClassUid, transferSyntaxes = [] } = ledger.expected.instances.get(uid) ?? {};
		if (sopClassUid === undefined) {
			isAll = false;
			continue;
		}
		const told = syntaxes.get(sopClassUid) ?? new Set();
		syntaxes.set(sopClassUid, told);
		for (const one of transferSyntaxes) told.add(one);
	}
	const known = [...syntaxes].map(([sopClassUid, told]) => ({ sopClassUid, transferSyntaxes: [...told] }));
	return { known, isAll };
};

/** What the first request proposes. */
export const firstWanted = (contexts: RetrieveSettings['contexts'], ledger: Ledger): readonly Wanted[] => {
	if (typeof contexts !== 'string') return contexts.map(untold);
	const frequent = STORAGE_BY_FREQUENCY.slice(0, STORAGE_ROOM).map(untold);
	if (contexts === 'all') return frequent;
	const { instances, isWhole, sopClassUids } = ledger.expected;
	const { known, isAll } = wantedOf(
		ledger,
		[...instances.keys()].filter((uid) => !ledger.arrived.has(uid)),
	);
	const names = new Set(known.map(({ sopClassUid }) => sopClassUid));
	const told = [...known, ...[...sopClassUids].filter((uid) => !names.has(uid)).map(untold)];
	if (told.length > 0 && ((isAll && isWhole) || sopClassUids.size > names.size)) return told;
	// Some are not known: the frequent ones beside those that are.
	const all = new Set(told.map(({ sopClassUid }) => sopClassUid));
	return [...told, ...frequent.filter(({ sopClassUid }) => !all.has(sopClassUid))].slice(0, STORAGE_ROOM);
};

/**
 * What failed for want of a context, as far as that can be told: instances of a class that was not proposed, or whose transfer syntaxes
 * stood together in one context; and those of which nobody has told the class.
 *
 * @param tried SOP classes proposed so far for the unit, with how many contexts
 */
export const nextPass = (
	settings: Pick<RetrieveSettings, 'contexts' | 'model' | 'transferSyntaxes'>,
	ledger: Ledger,
	tried: ReadonlyMap<string, number>,
): (Pass & { readonly text: string }) | undefined => {
	const { expected, arrived, failedThere, refusedHere, ends, proposed } = ledger;
	const failed = ends.at(-1)?.counts.failed;
	const isMissing = (uid: string) => !arrived.has(uid) && !refusedHere.has(uid) && !expected.unlisted.has(uid);
	const uids = new Set([...failedThere, ...expected.instances.keys()].filter(isMissing));
	if (uids.size === 0) return undefined;
	const classOf = (uid: string) => expected.instances.get(uid)?.sopClassUid;
	const { known } = wantedOf(ledger, uids);
	const isListed = typeof settings.contexts !== 'string';
	const mayHaveFailed = (uid: string) => failedThere.has(uid) || (failedThere.size === 0 && failed !== 0);
	const hopeful = known.filter(({ sopClassUid, transferSyntaxes }) => {
		const before = tried.get(sopClassUid) ?? 0;
		if (before === 0) return !isListed;
		if (proposed.get(sopClassUid) === false) return false; // refused, however it is proposed
		const alone = planContexts([{ sopClassUid, transferSyntaxes }], settings.transferSyntaxes)[0]?.length ?? 0;
		return (
			before < Math.min(alone, PLENTY) && [...uids].some((uid) => classOf(uid) === sopClassUid && mayHaveFailed(uid))
		);
	});
	const names = new Set(hopeful.map(({ sopClassUid }) => sopClassUid));
	const nameless = [...uids].filter((uid) => classOf(uid) === undefined && failedThere.has(uid));
	const guessed = nameless.length === 0 || isListed ? [] : guesses(ledger, tried);
	const wanted = [...hopeful, ...guessed.filter(({ sopClassUid }) => !names.has(sopClassUid))].slice(0, STORAGE_ROOM);
	if (wanted.length === 0) return undefined;
	const again = [...uids].filter(
		(uid) => names.has(classOf(uid) ?? '') || (guessed.length > 0 && nameless.includes(uid)),
	);
	const requests = ledger.requestsFor(again, settings.model);
	if (requests.length === 0) return undefined;
	const text = `${again.length} without a presentation context: asking again with contexts for ${wanted.length} SOP classes`;
	return { requests, wanted, text };
};

/** A class that has had so many contexts has had one for every transfer syntax that matters. */
const PLENTY = 12;

/** So many classes can have that many contexts each. */
const FEW = STORAGE_ROOM / PLENTY;

/** CT, MR, CR, DX, MG, US, US multi-frame, XA, SC, PET: what is compressed in archives. */
const OFTEN_COMPRESSED: readonly string[] = ['2', '4', '1', '1.1', '1.2', '6.1', '3.1', '12.1', '7', '128'].map(
	(suffix) => `1.2.840.10008.5.1.4.1.1.${suffix}`,
);

/** Nobody says of which class: first those that came, or are often compressed, in every transfer syntax; then those not proposed yet. */
const guesses = ({ seenClasses }: Ledger, tried: ReadonlyMap<string, number>): readonly Wanted[] => {
	const crowded = [...new Set([...seenClasses, ...OFTEN_COMPRESSED])].slice(0, FEW);
	const likely = crowded.filter((uid) => (tried.get(uid) ?? 0) < PLENTY / 2);
	const fresh = STORAGE_BY_FREQUENCY.filter((uid) => !tried.has(uid)).slice(0, STORAGE_ROOM);
	return (likely.length > 0 ? likely : fresh).map(untold);
};
