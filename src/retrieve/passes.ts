/** With which contexts a C-GET is asked first, and what of it is asked for again with others. */
import { PLENTY, planContexts, STORAGE_BY_FREQUENCY, STORAGE_ROOM, UNCOMPRESSED, type Wanted } from './contexts.ts';
import type { Ledger } from './ledger.ts';
import { classesOfModality } from './modality-classes.ts';
import { isFailure } from './setbacks.ts';
import type { RetrieveSettings } from './settings.ts';
import type { Unit } from './unit.ts';

export interface Pass {
	readonly requests: readonly Unit[];
	/** Instances that have failed before. */
	readonly again: number;
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

/** The caller takes instances of this SOP class. */
export const isAccepted = ({ accept }: Pick<RetrieveSettings, 'accept'>, sopClassUid: string): boolean =>
	accept === undefined || accept.includes(sopClassUid);

/**
 * What is to be asked for by name since the caller does not accept the rest: some end a retrieve at the first instance without a context.
 * Undefined where nothing is known to be left out, or what arrives is not compared with what there is.
 */
export const acceptedByName = (
	settings: Pick<RetrieveSettings, 'accept' | 'verify'>,
	{ expected: { instances, isWhole, unlisted }, arrived }: Ledger,
): readonly string[] | undefined => {
	if (!settings.verify || !isWhole) return undefined;
	const left = [...instances].filter(([uid]) => !arrived.has(uid) && !unlisted.has(uid));
	const kept = left.filter(([, { sopClassUid }]) => sopClassUid === undefined || isAccepted(settings, sopClassUid));
	return kept.length === left.length ? undefined : kept.map(([uid]) => uid);
};

/** What the first request proposes; nothing where nothing of what is there is accepted. */
export const firstWanted = (
	settings: Pick<RetrieveSettings, 'contexts' | 'accept'>,
	ledger: Ledger,
): readonly Wanted[] => likelyWanted(settings, ledger).filter(({ sopClassUid }) => isAccepted(settings, sopClassUid));

const likelyWanted = (
	{ contexts, accept }: Pick<RetrieveSettings, 'contexts' | 'accept'>,
	ledger: Ledger,
): readonly Wanted[] => {
	if (typeof contexts !== 'string') return contexts.map(untold);
	const frequent = (accept ?? STORAGE_BY_FREQUENCY).slice(0, STORAGE_ROOM).map(untold);
	if (contexts === 'all') return frequent;
	const { instances, isWhole, sopClassUids, series } = ledger.expected;
	const { known, isAll } = wantedOf(
		ledger,
		[...instances.keys()].filter((uid) => !ledger.arrived.has(uid)),
	);
	const names = new Set(known.map(({ sopClassUid }) => sopClassUid));
	const told = [...known, ...[...sopClassUids].filter((uid) => !names.has(uid)).map(untold)];
	if (told.length > 0 && ((isAll && isWhole) || sopClassUids.size > names.size)) return told;
	// Some are not known: what their modalities let expect, and beside that, as far as there is room, the frequent ones.
	for (const { sopClassUid } of told) names.add(sopClassUid);
	const modalities = new Set(series.map(({ modality = '' }) => modality));
	const likely = new Set([...modalities].flatMap(classesOfModality).filter((uid) => !names.has(uid)));
	const others = frequent.filter(({ sopClassUid }) => !names.has(sopClassUid) && !likely.has(sopClassUid));
	const first = [...told, ...[...likely].map(untold)].slice(0, STORAGE_ROOM);
	const room = first.length === 0 ? STORAGE_ROOM : Math.max(0, STORAGE_ROOM - Math.max(60, first.length));
	return [...first, ...others.slice(0, room).map((one) => ({ ...one, isUnlikely: true }))];
};

/**
 * What failed for want of a context, as far as that can be told: instances of a class that was not proposed, or not accepted among too
 * many others, or whose transfer syntaxes stood together in one context; and those of which nobody has told the class. Not those that
 * had a context which carries what the peer says they are stored in, nor some of a series of which others came.
 *
 * @param tried SOP classes proposed so far for the unit, with how many contexts
 * @param refusedAlone SOP classes that the peer has refused with no others beside them: it does not have them
 */
export const nextPass = (
	settings: Pick<RetrieveSettings, 'contexts' | 'accept' | 'model' | 'transferSyntaxes'>,
	ledger: Ledger,
	tried: ReadonlyMap<string, number>,
	refusedAlone: ReadonlySet<string>,
): (Pass & { readonly text: string }) | undefined => {
	const { expected, arrived, failedThere, refusedHere, ends, proposed } = ledger;
	const listed = typeof settings.contexts === 'string' ? undefined : settings.contexts;
	const last = ends.at(-1);
	if (last === undefined) return undefined;
	const { failed } = last.counts;
	const admits = failed === undefined ? !isFailure(last.final) : failed > 0;
	const isMissing = (uid: string) => !arrived.has(uid) && !refusedHere.has(uid) && !expected.unlisted.has(uid);
	const uids = new Set([...failedThere, ...expected.instances.keys()].filter(isMissing));
	if (uids.size === 0) return undefined;
	const classOf = (uid: string) => expected.instances.get(uid)?.sopClassUid;
	const known = wantedOf(ledger, uids).known.filter(({ sopClassUid }) => isAccepted(settings, sopClassUid));
	const mayHaveFailed = (uid: string) => failedThere.has(uid) || (failedThere.size === 0 && admits);
	const hasFailed = (sopClassUid: string) =>
		[...uids].some((uid) => classOf(uid) === sopClassUid && mayHaveFailed(uid) && !hadContext(ledger, uid));
	const hasCome = seriesCame(ledger);
	const isWholeSeries = (sopClassUid: string) => [...uids].some((uid) => classOf(uid) === sopClassUid && !hasCome(uid));
	const hopeful = known.flatMap((one): Wanted[] => {
		const { sopClassUid } = one;
		const before = tried.get(sopClassUid) ?? 0;
		if (before === 0) return listed === undefined ? [one] : [];
		if (before === EVERYTHING || !hasFailed(sopClassUid)) return [];
		// Some accept so many contexts and no more.
		if (proposed.get(sopClassUid) === false)
			return refusedAlone.has(sopClassUid) || !ledger.crowdedOut.has(sopClassUid) ? [] : [{ ...one, isAlone: true }];
		const alone = planContexts([one], settings.transferSyntaxes)[0]?.length ?? 0;
		if (before < Math.min(alone, PLENTY)) return [one];
		return isWholeSeries(sopClassUid) && mayBeStuck(ledger, sopClassUid) ? [{ ...one, isCompressed: true }] : [];
	});
	const refused = hopeful.filter(({ isAlone }) => isAlone === true);
	const sure = refused.length > 0 ? refused : hopeful;
	const names = new Set(sure.map(({ sopClassUid }) => sopClassUid));
	const nameless = new Set([...uids].filter((uid) => classOf(uid) === undefined && failedThere.has(uid)));
	const guessed = (
		nameless.size === 0 || refused.length > 0 ? [] : guesses(ledger, tried, listed ?? settings.accept)
	).filter(({ sopClassUid }) => isAccepted(settings, sopClassUid));
	const wanted = [...sure, ...guessed.filter(({ sopClassUid }) => !names.has(sopClassUid))].slice(0, STORAGE_ROOM);
	if (wanted.length === 0) return undefined;
	const again = [...uids].filter((uid) => names.has(classOf(uid) ?? '') || (guessed.length > 0 && nameless.has(uid)));
	const requests = ledger.requestsFor(again, settings.model);
	if (requests.length === 0) return undefined;
	const isSure = wanted.every(({ sopClassUid }) => !ledger.accepted.has(sopClassUid) && names.has(sopClassUid));
	const why = isSure ? 'without a presentation context' : 'failed, perhaps for want of a presentation context';
	const classes = wanted.length === 1 ? '1 SOP class' : `${wanted.length} SOP classes`;
	const text = `${again.length} ${why}: asking again with contexts for ${classes}`;
	return { requests, wanted, again: again.length, text };
};

/** The peer says what it is stored in, and a context of its class has that: it did not fail for want of one. */
const hadContext = ({ expected, accepted }: Ledger, uid: string): boolean => {
	const { sopClassUid = '', transferSyntaxes = [] } = expected.instances.get(uid) ?? {};
	return transferSyntaxes.some((one) => accepted.get(sopClassUid)?.has(one) === true);
};

/** Of the series of this instance others came. One series is in one transfer syntax: it failed for another reason. */
const seriesCame = ({ expected, arrived, unit }: Ledger): ((uid: string) => boolean) => {
	const seriesOf = (uid: string) => expected.instances.get(uid)?.seriesUid ?? unit.seriesUid ?? '';
	const came = new Set([...arrived].map(seriesOf));
	return (uid) => came.has(seriesOf(uid));
};

/** The peer may have taken the first context for everything: nothing has shown that it looks at the others. */
const mayBeStuck = ({ seen }: Ledger, sopClassUid: string): boolean =>
	[...(seen.get(sopClassUid) ?? [])].every((uid) => UNCOMPRESSED.includes(uid)) &&
	(seen.get(sopClassUid)?.size ?? 0) < 2;

/** For `tried`: nothing is left that could be proposed of the class. */
export const EVERYTHING = Number.POSITIVE_INFINITY;

/** So many classes can have that many contexts each. */
const FEW = STORAGE_ROOM / PLENTY;

/** CT, MR, CR, DX, MG, US, US multi-frame, XA, SC, PET: what is compressed in archives. */
const OFTEN_COMPRESSED: readonly string[] = ['2', '4', '1', '1.1', '1.2', '6.1', '3.1', '12.1', '7', '128'].map(
	(suffix) => `1.2.840.10008.5.1.4.1.1.${suffix}`,
);

/** Nobody says of which class: first those that came, or are often compressed, in every transfer syntax; then those not proposed yet. */
const guesses = (
	ledger: Ledger,
	tried: ReadonlyMap<string, number>,
	listed: readonly string[] | undefined,
): readonly Wanted[] => {
	const crowded = [...new Set(listed ?? [...ledger.seen.keys(), ...OFTEN_COMPRESSED])].slice(0, FEW);
	const likely = crowded.filter((uid) => (tried.get(uid) ?? 0) < PLENTY / 2);
	const fresh = (listed ?? STORAGE_BY_FREQUENCY).filter((uid) => !tried.has(uid)).slice(0, STORAGE_ROOM);
	if (likely.length > 0) return likely.map(untold);
	const compressed = crowded.filter(
		(uid) => tried.get(uid) !== EVERYTHING && ledger.seen.has(uid) && mayBeStuck(ledger, uid),
	);
	return compressed.length > 0 ? compressed.map((uid) => ({ ...untold(uid), isCompressed: true })) : fresh.map(untold);
};
