/** The line that says how far a transfer is: pure functions of counts and times; whoever calls owns the timer and the terminal. */
import { bytesText, countdownText, durationText, rateText } from './quantities.ts';
import { sanitize } from './sanitize.ts';
import { cutEnd, textWidth } from './text-width.ts';

/** What is known at one moment. `done` counts the failed ones too. */
export interface Progress {
	/** The command: `store`. */
	readonly verb: string;
	/** To or of whom or what: a node's name, a patient's study. */
	readonly label: string;
	readonly done: number;
	/** Absent while files are still being looked for. */
	readonly total?: number;
	readonly failed: number;
	readonly warnings?: number;
	/** Of the instances done. */
	readonly bytes: number;
	readonly totalBytes?: number;
}

/** What was done by when: `at` in milliseconds. */
interface Sample {
	readonly at: number;
	readonly done: number;
	readonly bytes: number;
}

/** Samples of the last ten seconds or so, from which the rates are taken: the average since the start hides a peer that slows down. */
export interface Meter {
	readonly samples: readonly Sample[];
}

const WINDOW_MS = 10_000;
const SPACING_MS = 250;

export const startMeter = (at: number): Meter => ({ samples: [{ at, done: 0, bytes: 0 }] });

/** The meter after one more look; call it as often as a line is made. */
export const measured = (meter: Meter, at: number, { done, bytes }: Pick<Progress, 'done' | 'bytes'>): Meter => {
	const sample = { at, done, bytes };
	const newest = meter.samples.at(-1);
	const before = meter.samples.at(-2);
	// The newest is replaced until it stands far enough from the one before it, so that the window holds few.
	const isClose = newest !== undefined && before !== undefined && newest.at - before.at < SPACING_MS;
	const kept = (isClose ? meter.samples.slice(0, -1) : meter.samples).filter((old) => at - old.at <= WINDOW_MS);
	// One is kept from before the window: two are needed for a rate.
	return { samples: [...(kept.length === 0 ? meter.samples.slice(-1) : kept), sample] };
};

interface Rates {
	readonly perSecond: number;
	readonly bytesPerSecond: number;
}

/** Nothing where too little time has passed to say. */
export const ratesOf = ({ samples }: Meter): Rates | undefined => {
	const first = samples[0];
	const last = samples.at(-1);
	if (first === undefined || last === undefined || last.at - first.at < 100) return undefined;
	const perSecond = 1000 / (last.at - first.at);
	return {
		perSecond: (last.done - first.done) * perSecond,
		bytesPerSecond: (last.bytes - first.bytes) * perSecond,
	};
};

/** `store  main  173/612  28%  ok 171 fail 2  18.2/s  10.2 MB/s  0:24` */
export const progressLine = (progress: Progress, meter: Meter): string => {
	const { verb, label, done, total, failed, warnings = 0 } = progress;
	const rates = ratesOf(meter);
	const parts = [verb, sanitize(label), total === undefined ? String(done) : `${done}/${total}`];
	const share = shareDone(progress);
	if (share !== undefined) parts.push(`${Math.floor(share * 100)}%`);
	parts.push(`ok ${done - failed} fail ${failed}${warnings > 0 ? ` warn ${warnings}` : ''}`);
	if (rates !== undefined) {
		parts.push(rateText(rates.perSecond), `${bytesText(rates.bytesPerSecond)}/s`);
		const left = msLeft(progress, rates);
		if (left !== undefined) parts.push(countdownText(left));
	}
	return parts.filter((part) => part !== '').join('  ');
};

/** By bytes where their sum is known: instances differ too much in size. */
const shareDone = ({ done, total, bytes, totalBytes }: Progress): number | undefined => {
	if (totalBytes !== undefined && totalBytes > 0) return Math.min(1, bytes / totalBytes);
	return total === undefined || total === 0 ? undefined : Math.min(1, done / total);
};

const msLeft = ({ done, total, bytes, totalBytes }: Progress, rates: Rates): number | undefined => {
	if (totalBytes !== undefined && totalBytes > 0)
		return rates.bytesPerSecond > 0 ? (Math.max(0, totalBytes - bytes) / rates.bytesPerSecond) * 1000 : undefined;
	if (total === undefined || rates.perSecond <= 0) return undefined;
	return (Math.max(0, total - done) / rates.perSecond) * 1000;
};

/** What stays when it is over: `ok    main  612 instances  1.2 GB  31 s  19.7/s  38.7 MB/s`. */
export const settledLine = (progress: Progress, elapsedMs: number): string => {
	const { label, done, failed, warnings = 0, bytes } = progress;
	const ok = done - failed;
	const verdict = failed === 0 ? 'ok' : ok === 0 ? 'FAIL' : 'part';
	const perSecond = 1000 / Math.max(1, elapsedMs);
	return [
		verdict.padEnd(4),
		sanitize(label),
		`${ok} ${ok === 1 ? 'instance' : 'instances'}`,
		...(failed > 0 ? [`${failed} failed`] : []),
		...(warnings > 0 ? [`${warnings} with a warning`] : []),
		bytesText(bytes),
		durationText(elapsedMs),
		rateText(ok * perSecond),
		`${bytesText(bytes * perSecond)}/s`,
	]
		.filter((part) => part !== '')
		.join('  ');
};

export type ProgressStyle = 'bar' | 'plain' | 'none';

/** How often a line is due: a terminal is repainted ten times a second, a log gets a line every ten seconds. */
export const PROGRESS_EVERY_MS: Readonly<Record<ProgressStyle, number>> = {
	bar: 100,
	plain: 10_000,
	none: Number.POSITIVE_INFINITY,
};

export const progressStyle = (
	option: 'auto' | ProgressStyle,
	{ isTty, isQuiet, isDumb }: { readonly isTty: boolean; readonly isQuiet: boolean; readonly isDumb: boolean },
): ProgressStyle => {
	if (option !== 'auto') return option;
	if (isQuiet) return 'none';
	return isTty && !isDumb ? 'bar' : 'plain';
};

const ERASE_LINE = '\r\u001b[K';

/** Paints over the line before it. One column stays free: a full line would make some terminals scroll. */
export const repaint = (line: string, width: number): string => ERASE_LINE + cutEnd(line, Math.max(0, width - 1));

/** Takes the painted line away, so that other text can be written where it stood. */
export const erase = (): string => ERASE_LINE;

/** Ten cells of a bar, for a line that has room: `[####......]`. */
export const withBar = (line: string, progress: Progress, width: number): string => {
	const share = shareDone(progress);
	if (share === undefined || textWidth(line) + BAR_CELLS + 4 >= width) return line;
	const full = Math.round(share * BAR_CELLS);
	return `${line}  [${'#'.repeat(full)}${'.'.repeat(BAR_CELLS - full)}]`;
};

const BAR_CELLS = 10;
