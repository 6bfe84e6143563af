/** Lines of a retrieve: one for each unit that runs, repainted together, and one that stays for each that is settled. Pure functions of counts and times. */
import { type Meter, measured, ratesOf } from './progress.ts';
import { bytesText, countdownText, countText, durationText, rateText } from './quantities.ts';
import { sanitize } from './sanitize.ts';
import { cutEnd, cutMiddle, textWidth } from './text-width.ts';

/** What the peer says; what it leaves out is absent. */
export interface PeerCounts {
	readonly completed?: number;
	readonly failed?: number;
	readonly warning?: number;
	readonly remaining?: number;
}

/** A unit that runs, at one moment; times in milliseconds on one clock. */
export interface RunningUnit {
	readonly verb: string;
	/** A patient's study, or a UID: as the peer wrote it. */
	readonly label: string;
	/** Nobody knows where it is absent. */
	readonly expected?: number;
	readonly claimed: PeerCounts;
	/** Instances that came here; absent where they go elsewhere. */
	readonly arrived?: number;
	readonly bytes: number;
	readonly startedAt: number;
	readonly lastResponseAt?: number;
	/** The last sign of progress, a response or an arrival. */
	readonly lastSignAt: number;
	/** The final response is here, and so many are waited for until then. */
	readonly waiting?: { readonly missing: number; readonly until: number };
	readonly meter: Meter;
}

/** What counts as done: what came here, else what the peer says. */
export const doneOf = ({ arrived, claimed }: Pick<RunningUnit, 'arrived' | 'claimed'>): number =>
	arrived ?? (claimed.completed ?? 0) + (claimed.failed ?? 0) + (claimed.warning ?? 0);

export const measuredUnit = (unit: RunningUnit, at: number): Meter =>
	measured(unit.meter, at, { done: doneOf(unit), bytes: unit.bytes });

const STALLED_MS = 10_000;
const SILENT_MS = 5_000;
const LONG_SILENT_MS = 30_000;
const NO_ETA_MS = 3_000;
const SHORTEST_LABEL = 12;
/** So much of a label stays before numbers that can be done without are left out. */
const ENOUGH_LABEL = 20;

/** `move  SMITH^JOHN 2024-11-03 CT  173/612  28%  ok 171 fail 2 left 439  18.2/s  10.2 MB/s  0:24` */
export const runningLine = (unit: RunningUnit, now: number, width = Number.POSITIVE_INFINITY): string => {
	const done = doneOf(unit);
	const { verb, expected, claimed } = unit;
	const label = sanitize(unit.label);
	const count = expected === undefined ? String(done) : `${done}/${expected}`;
	const share = expected !== undefined && expected > 0 ? [`${Math.floor(Math.min(1, done / expected) * 100)}%`] : [];
	const troubles = troublesText(claimed);
	// What came, how fast, how long still and how long ago are told at any width.
	const rests = [
		[count, ...share, countsText(claimed), ...pace(unit, now)],
		[count, ...share, ...troubles, ...pace(unit, now)],
		[count, ...troubles, ...pace(unit, now)],
		[count, ...troubles, ...pace(unit, now).map((part) => part.replace('last response', 'last'))],
	].map((parts) => parts.join('  '));
	const roomBeside = (rest: string) => width - textWidth(verb) - rest.length - 4;
	const wanted = Math.min(textWidth(label), ENOUGH_LABEL);
	const rest = rests.find((one) => roomBeside(one) >= wanted) ?? rests.at(-1) ?? '';
	return [verb, cutLabel(label, Math.max(SHORTEST_LABEL, roomBeside(rest))), rest].join('  ');
};

/** UIDs differ at their ends, names at their beginnings. */
const cutLabel = (label: string, width: number): string =>
	/\d(\.\d+){2,}$/.test(label) ? cutMiddle(label, width) : cutEnd(label, width);

/** As the peer has them, `-` for what it does not say; no failures are not worth a word. */
const countsText = ({ completed, failed, warning, remaining }: PeerCounts): string =>
	[
		`ok ${completed ?? '-'}`,
		...(failed === 0 ? [] : [`fail ${failed ?? '-'}`]),
		...(warning === 0 ? [] : [`warn ${warning ?? '-'}`]),
		`left ${remaining ?? '-'}`,
	].join(' ');

const troublesText = ({ failed = 0, warning = 0 }: PeerCounts): readonly string[] =>
	[failed === 0 ? '' : `fail ${failed}`, warning === 0 ? '' : `warn ${warning}`].filter((part) => part !== '');

/** How long something is waited for, in whole seconds: `5 s`. */
export const waitText = (ms: number): string => {
	const seconds = Math.round(Math.max(0, ms) / 1000);
	if (ms < 500) return durationText(Math.round(Math.max(0, ms)));
	return seconds < 10 ? `${seconds} s` : durationText(seconds * 1000);
};

const pace = (unit: RunningUnit, now: number): string[] => {
	const { waiting, lastSignAt, lastResponseAt, startedAt, meter, expected } = unit;
	if (waiting !== undefined)
		return [`waiting for ${waiting.missing === 0 ? 'any' : waiting.missing} more, ${waitText(waiting.until - now)}`];
	const silent = now - (lastResponseAt ?? startedAt);
	const age =
		silent < SILENT_MS ? [] : [`${silent >= LONG_SILENT_MS ? '! ' : ''}last response ${durationText(silent)} ago`];
	if (now - lastSignAt >= STALLED_MS) return [`stalled ${durationText(now - lastSignAt)}`, ...age];
	const rates = ratesOf(meter);
	if (rates === undefined) return age;
	const left =
		expected === undefined || rates.perSecond <= 0 || now - startedAt < NO_ETA_MS
			? '-'
			: countdownText(Math.max(1_000, ((expected - doneOf(unit)) / rates.perSecond) * 1000));
	return [
		rateText(rates.perSecond),
		...(unit.bytes === 0 ? [] : [`${bytesText(rates.bytesPerSecond)}/s`]),
		...(expected === undefined ? [] : [left]),
		...age,
	];
};

/** What came of a unit, as the verdicts of a retrieve are called. */
export interface SettledUnit {
	readonly label: string;
	readonly verdict: keyof typeof VERDICTS;
	readonly expected?: number;
	readonly claimed: PeerCounts;
	readonly arrived: number;
	readonly bytes: number;
	readonly missingCount: number;
	readonly elapsedMs: number;
	/** Instances go elsewhere: what arrived there is known by a query, or not at all. */
	readonly isElsewhere: boolean;
}

/** Four letters for the eye, and words. */
const VERDICTS = {
	complete: ['ok', ''],
	'more-than-expected': ['ok', 'more than expected: it has grown meanwhile'],
	'complete-before': ['ok', 'complete before, by the journal'],
	incomplete: ['part', ''],
	'claimed-not-arrived': ['FAIL', 'none arrived'],
	'nothing-matched': ['none', 'nothing matched'],
	unverifiable: ['sent', 'not verified'],
	refused: ['FAIL', 'refused'],
	cancelled: ['stop', 'cancelled'],
	failed: ['FAIL', 'not retrieved'],
	'not-begun': ['-', 'not begun'],
} as const satisfies Record<string, readonly [mark: string, words: string]>;

/** `ok    SMITH^JOHN 2024-02-15 CT  240 instances  131 MB  11 s` */
export const settledUnitLine = (unit: SettledUnit): string => {
	const { label, verdict, bytes, elapsedMs } = unit;
	const [mark, words] = VERDICTS[verdict];
	return [
		mark.padEnd(4),
		sanitize(label),
		...instancesText(unit),
		words,
		bytes === 0 ? '' : bytesText(bytes),
		verdict === 'not-begun' || verdict === 'complete-before' ? '' : durationText(elapsedMs),
	]
		.filter((part) => part !== '')
		.join('  ');
};

const instancesText = (unit: SettledUnit): string[] => {
	const { verdict, expected, claimed, arrived, missingCount, isElsewhere } = unit;
	const warned = (claimed.warning ?? 0) > 0 ? [`${claimed.warning} with a warning`] : [];
	switch (verdict) {
		case 'nothing-matched':
		case 'refused':
		case 'not-begun':
			return [];
		case 'claimed-not-arrived':
			return [`${countText((claimed.completed ?? 0) + (claimed.warning ?? 0), 'instance')} claimed`];
		case 'unverifiable':
			return [`${countText((claimed.completed ?? 0) + (claimed.warning ?? 0), 'instance')}, says the peer`, ...warned];
		case 'complete-before':
			if (isElsewhere && arrived === 0) return [`${countText(claimed.completed ?? 0, 'instance')}, said the peer`];
			return [`${countText(arrived, 'instance')}${isElsewhere ? ' there' : ''}`];
		case 'failed':
			return arrived === 0 ? [] : [`${countText(arrived, 'instance')} arrived`];
		default: {
			const of = expected === undefined || arrived >= expected ? String(arrived) : `${arrived}/${expected}`;
			const noun = of === '1' ? 'instance' : 'instances';
			return [
				`${of} ${noun}${isElsewhere ? ' there' : ''}`,
				...(missingCount > 0 ? [`${missingCount} missing`] : []),
				...warned,
			];
		}
	}
};

const MOST_LINES = 8;

/** Lines that are painted over together. One column stays free: a full line would make some terminals scroll. */
export const paintedLines = (lines: readonly string[], width: number): readonly string[] => {
	const shown =
		lines.length > MOST_LINES
			? [...lines.slice(0, MOST_LINES - 1), `      and ${lines.length - MOST_LINES + 1} more`]
			: lines;
	return shown.map((line) => cutEnd(line, Math.max(0, width - 1)));
};

/** Takes away as many painted lines as there are; the cursor stands behind the last of them. */
export const eraseLines = (count: number): string =>
	count === 0 ? '' : `\r${count > 1 ? `\u001b[${count - 1}A` : ''}\u001b[J`;
