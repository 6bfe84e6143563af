/** Dates and times made comparable: as keys that sort as text, and as the stretches of time that queries mean (PS3.4 C.2.2.2.5, PS3.5 6.2). */

export type DateVr = 'DA' | 'TM' | 'DT';

/** From the first moment to the last, both in it, as keys; an end that is open is ''. Never both. */
export interface Span {
	readonly from: string;
	readonly to: string;
}

interface Zoned {
	/** Digits only, and `.` before a fraction. */
	readonly text: string;
	/** Minutes east of UTC. */
	readonly offset: number | undefined;
}

const DAY = /^(\d{4})(\d\d)(\d\d)$/;
/** What ACR-NEMA wrote, and files still have (PS3.5 6.2, note to DA and TM). */
const OLD_DAY = /^(\d{4})\.(\d\d)\.(\d\d)$/;
const TIME = /^([01]\d|2[0-3])(?:([0-5]\d)(?:([0-5]\d|60)(?:\.(\d{1,6}))?)?)?$/;
const MOMENT = /^(\d{4})(?:(\d\d)(?:(\d\d)(?:([01]\d|2[0-3])(?:([0-5]\d)(?:([0-5]\d|60)(?:\.(\d{1,6}))?)?)?)?)?)?$/;
/** At most 14 hours (PS3.5 6.2): what looks like more is the end of a range. */
const OFFSET = /^(\d{4}[\d.]*)([+-])(0\d|1[0-4])([0-5]\d)$/;

const daysOf = (year: number, month: number): number => {
	if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
	return [4, 6, 9, 11].includes(month) ? 30 : 31;
};

const isDay = (year: string, month: string, day: string): boolean =>
	month >= '01' && month <= '12' && day >= '01' && Number(day) <= daysOf(Number(year), Number(month));

const daySpan = (text: string): Span | undefined => {
	const [, year = '', month = '', day = ''] = DAY.exec(text) ?? OLD_DAY.exec(text) ?? [];
	if (!isDay(year, month, day)) return undefined;
	return { from: year + month + day, to: year + month + day };
};

/** The fraction of a second, to microseconds. */
const fraction = (digits: string | undefined, filler: '0' | '9'): string => (digits ?? '').padEnd(6, filler);

const timeSpan = (written: string): Span | undefined => {
	const text = written.includes(':') ? written.replaceAll(':', '') : written;
	const match = TIME.exec(text);
	if (match === null) return undefined;
	const [, hour = '', minute, second, digits] = match;
	return {
		from: `${hour}${minute ?? '00'}${second ?? '00'}.${fraction(digits, '0')}`,
		to: `${hour}${minute ?? '59'}${second ?? '59'}.${fraction(digits, '9')}`,
	};
};

const zoned = (text: string): Zoned => {
	const [, rest = text, sign, hours = '', minutes = ''] = OFFSET.exec(text) ?? [];
	if (sign === undefined) return { text, offset: undefined };
	const offset = Number(hours) * 60 + Number(minutes);
	return { text: rest, offset: sign === '-' ? -offset : offset };
};

/** A moment as a key: 14 digits, a fraction of six. In UTC where it has an offset. */
const momentKey = (parts: readonly string[], digits: string, offset: number): string => {
	const plain = `${parts.join('')}.${digits}`;
	if (offset === 0) return plain;
	const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = parts.map(Number);
	const moved = new Date(0);
	moved.setUTCFullYear(year, month - 1, day);
	moved.setUTCHours(hour, minute - offset);
	const stamp = moved.toISOString();
	// Beyond the years of four digits there is no key.
	return /^\d/.test(stamp) ? `${stamp.replace(/\D/g, '').slice(0, 12)}${parts[5] ?? '00'}.${digits}` : plain;
};

const momentSpan = (written: string): Span | undefined => {
	const { text, offset = 0 } = zoned(written);
	const match = MOMENT.exec(text);
	if (match === null) return undefined;
	const [, year = '', month, day, hour, minute, second, digits] = match;
	if (!isDay(year, month ?? '01', day ?? '01')) return undefined;
	const lastMonth = month ?? '12';
	const lastDay = day ?? String(daysOf(Number(year), Number(lastMonth)));
	const first = [year, month ?? '01', day ?? '01', hour ?? '00', minute ?? '00', second ?? '00'];
	const last = [year, lastMonth, lastDay, hour ?? '23', minute ?? '59', second ?? '59'];
	return {
		from: momentKey(first, fraction(digits, '0'), offset),
		to: momentKey(last, fraction(digits, '9'), offset),
	};
};

const SPANS: Readonly<Record<DateVr, (text: string) => Span | undefined>> = {
	DA: daySpan,
	TM: timeSpan,
	DT: momentSpan,
};

/** The first moment of a stored value, as a key; '' where it is empty or no date or time. Of DT in UTC; without an offset, as if it were. */
export const dateKey = (vr: DateVr, text: string): string => {
	if (vr === 'DA' && text.length === 8 && DAY.test(text)) return daySpan(text)?.from ?? '';
	return text === '' ? '' : (SPANS[vr](text.trim())?.from ?? '');
};

/** Where the hyphen of a range is; -1 for a single value. A hyphen of an offset from UTC is none (PS3.5 6.2, DT). */
const hyphenOf = (vr: DateVr, text: string): number => {
	if (vr !== 'DT') return text.indexOf('-');
	for (let at = text.indexOf('-'); at >= 0; at = text.indexOf('-', at + 1)) {
		const [left, right] = [text.slice(0, at), text.slice(at + 1)];
		const isWhole = (side: string): boolean => side === '' || momentSpan(side) !== undefined;
		if (isWhole(left) && isWhole(right) && !(momentSpan(text) !== undefined && OFFSET.test(text))) return at;
	}
	return -1;
};

/**
 * What a key of a query means: a single value reaches as far as it is exact, a range from the first moment of its first value to the
 * last of its last. Undefined for what is no date or time, no range of them, or one that ends before it begins.
 *
 * @param mayReverse true for a time that is matched together with its date: 22 h of the first day to 6 h of the last one
 */
export const spanOf = (vr: DateVr, key: string, mayReverse = false): Span | undefined => {
	const text = key.trim();
	const at = hyphenOf(vr, text);
	if (at < 0) return SPANS[vr](text);
	const [left, right] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
	if (left === '' && right === '') return undefined;
	const first = left === '' ? undefined : SPANS[vr](left);
	const last = right === '' ? undefined : SPANS[vr](right);
	if ((left !== '' && first === undefined) || (right !== '' && last === undefined)) return undefined;
	const span = { from: first?.from ?? '', to: last?.to ?? '' };
	return isReversed(span) && !mayReverse ? undefined : span;
};

/** Ends before it begins. */
export const isReversed = ({ from, to }: Span): boolean => to !== '' && from > to;

/** @param key of a stored value, not '' */
export const isWithin = (key: string, { from, to }: Span): boolean => key >= from && (to === '' || key <= to);
