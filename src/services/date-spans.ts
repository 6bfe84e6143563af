/** Spans of days and of the seconds of a day, as range keys of DA and TM and as people say them (PS3.4 C.2.2.2.5). */

/** Numbers of days or seconds, both ends included; an end that is open is asked as open. */
export interface Span {
	readonly from: number;
	readonly to: number;
}

const DAY_MS = 86_400_000;

/** Days since 1970; NaN for what is no date. */
export const dayNumber = (text: string): number => {
	const match = /^(\d{4})\.?(\d\d)\.?(\d\d)$/.exec(text.trim());
	return match === null ? Number.NaN : Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) / DAY_MS;
};

/** Seconds of the day, the first that the text means or, as an end, the last; NaN for what is no time. */
export const secondNumber = (text: string, isEnd = false): number => {
	const match = /^(\d\d):?(\d\d)?:?(\d\d)?(?:\.\d*)?$/.exec(text.trim());
	if (match === null) return Number.NaN;
	const rest = isEnd ? '59' : '0';
	const [hours, minutes, seconds] = [match[1], match[2] ?? rest, match[3] ?? rest].map(Number);
	return (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + Math.min(seconds ?? 0, 59);
};

/** As DA has it (PS3.5 6.2), and a day of the calendar. */
export const isDate = (text: string): boolean => {
	const day = /^\d{8}$/.test(text.trim()) ? dayNumber(text) : Number.NaN;
	return !Number.isNaN(day) && dayText(day) === text.trim();
};

/** As TM has it; of the seconds and minutes, the last may be left out. */
export const isTime = (text: string): boolean =>
	/^(?:[01]\d|2[0-3])(?:[0-5]\d(?:(?:[0-5]\d|60)(?:\.\d{1,6})?)?)?$/.test(text.trim());

/** As far as anybody's studies go; beyond it the ends stay open. */
export const DAYS: Span = { from: dayNumber('18500101'), to: dayNumber('21501231') };
export const SECONDS: Span = { from: 0, to: 86_399 };

export const isWithin = (value: number, { from, to }: Span): boolean => value >= from && value <= to;

/** Cuts an open end to where anything could be. */
export const span = ({ from, to }: Span, most: Span): Span => ({
	from: Math.max(from, most.from),
	to: Math.min(to, most.to),
});

export const numbers = (texts: readonly string[], read: (text: string) => number): readonly number[] =>
	texts
		.map(read)
		.filter((value) => !Number.isNaN(value))
		.sort((a, b) => a - b);

/**
 * Two or three spans that make up the whole: cut where the middle of what came lies, so that each half holds some of it. What all came at
 * the same place is cut out.
 */
export const halves = (whole: Span, found: readonly number[]): readonly Span[] => {
	const within = found.filter((value) => isWithin(value, whole));
	const first = within[0] ?? Math.floor((whole.from + whole.to) / 2);
	const last = within.at(-1) ?? first;
	if (first === last && within.length > 0)
		return [
			{ from: whole.from, to: first - 1 },
			{ from: first, to: first },
			{ from: first + 1, to: whole.to },
		].filter(({ from, to }) => from <= to);
	const middle = within[Math.floor(within.length / 2)] ?? first;
	const cut = Math.min(middle < last ? middle : (within.findLast((value) => value < last) ?? first), whole.to - 1);
	return [
		{ from: whole.from, to: cut },
		{ from: cut + 1, to: whole.to },
	];
};

/** Open where the span is; one value for a span of one. */
export const dateRange = ({ from, to }: Span): string => {
	if (from === to) return dayText(from);
	return `${from <= DAYS.from ? '' : dayText(from)}-${to >= DAYS.to ? '' : dayText(to)}`;
};

export const spanText = ({ from, to }: Span): string => {
	const [begin, end] = [from, to].map((day) => dashed(dayText(day)));
	if (from === to) return begin ?? '';
	if (from <= DAYS.from) return `up to ${end}`;
	return to >= DAYS.to ? `from ${begin} on` : `${begin} to ${end}`;
};

const dashed = (day: string): string => `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
export const colons = (second: number): string => secondText(second).replace(/(..)(..)(..)/, '$1:$2:$3');

const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');

export const secondText = (second: number): string =>
	[Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60]
		.map((part) => String(part).padStart(2, '0'))
		.join('');

/** Of a key that is a range already; nothing for one that is empty, or that is no range. */
export const spanOf = (text: string, most: Span, read: (text: string, isEnd: boolean) => number): Span | undefined => {
	if (text === '') return undefined;
	const [begin = '', end = begin] = text.split('-', 2);
	const [from, to] = [begin === '' ? most.from : read(begin, false), end === '' ? most.to : read(end, true)];
	return Number.isNaN(from) || Number.isNaN(to) || from > to ? undefined : { from, to };
};
