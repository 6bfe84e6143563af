/** Dates and times as people say them, as DA and TM keys for range matching (PS3.4 C.2.2.2.5). */
import { DicomError } from '../errors.ts';

interface Day {
	readonly year: number;
	readonly month: number;
	readonly day: number;
}

interface Span {
	readonly first: Day;
	readonly last: Day;
}

/**
 * `today`, `yesterday`, `-7d` (`-2w`, `-3m`, `-1y`; from then to today), `2024-01-31`, `2024-01`, `2024`, `20240131`, and `a..b`, `a..`,
 * `..b` of these. A DICOM range (`20240101-20240131`) stays as it is.
 *
 * @param today in local time
 * @throws DicomError usage
 */
export const dateKey = (text: string, today: Date): string => {
	if (/^\d{8}-(\d{8})?$|^-\d{8}$/.test(text)) return text;
	const [from, to, ...rest] = text.split('..');
	if (rest.length > 0 || from === undefined || (to !== undefined && from === '' && to === '')) throw notADate(text);
	if (to === undefined) {
		const { first, last } = span(from, today);
		return isSame(first, last) ? da(first) : `${da(first)}-${da(last)}`;
	}
	const first = from === '' ? undefined : span(from, today).first;
	const last = to === '' ? undefined : span(to, today).last;
	if (first !== undefined && last !== undefined && da(first) > da(last))
		throw new DicomError({ blame: 'usage', message: `"${text}" ends before it begins` });
	return `${first === undefined ? '' : da(first)}-${last === undefined ? '' : da(last)}`;
};

/**
 * `08:00`, `0800`, `08`, `08:00:30`, and `a..b`, `a..`, `..b` of these. A DICOM range (`0800-1200`) stays as it is.
 *
 * @throws DicomError usage
 */
export const timeKey = (text: string): string => {
	if (/^[\d.]+-[\d.]*$|^-[\d.]+$/.test(text)) return text;
	const parts = text.split('..');
	if (parts.length > 2 || parts.every((part) => part === '')) throw notATime(text);
	return parts.map((part) => (part === '' ? '' : tm(part))).join('-');
};

const tm = (text: string): string => {
	const match = /^(\d\d?)(?::?(\d\d)(?::?(\d\d)(\.\d{1,6})?)?)?$/.exec(text);
	if (match === null) throw notATime(text);
	const [, hour = '', minute = '', second = '', fraction = ''] = match;
	if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) throw notATime(text);
	return hour.padStart(2, '0') + minute + second + fraction;
};

const span = (text: string, today: Date): Span => {
	const word = text.trim().toLowerCase();
	const now = dayOf(today);
	if (word === 'today') return { first: now, last: now };
	if (word === 'yesterday') {
		const before = moved(today, 'd', 1);
		return { first: before, last: before };
	}
	const ago = /^-(\d{1,5})([dwmy])$/.exec(word);
	if (ago !== null) return { first: moved(today, ago[2] as 'd', Number(ago[1])), last: now };
	const date = /^(\d{4})(?:-?(\d{2})(?:-?(\d{2}))?)?$/.exec(word);
	if (date === null) throw notADate(text);
	const year = Number(date[1]);
	const month = date[2] === undefined ? undefined : Number(date[2]);
	const day = date[3] === undefined ? undefined : Number(date[3]);
	if (month === undefined) return { first: { year, month: 1, day: 1 }, last: { year, month: 12, day: 31 } };
	if (month < 1 || month > 12) throw notADate(text);
	const longest = new Date(Date.UTC(year, month, 0)).getUTCDate();
	if (day === undefined) return { first: { year, month, day: 1 }, last: { year, month, day: longest } };
	if (day < 1 || day > longest) throw notADate(text);
	return { first: { year, month, day }, last: { year, month, day } };
};

const dayOf = (date: Date): Day => ({ year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate() });

/** A month or a year back from its 31st is its last day. */
const moved = (today: Date, unit: 'd' | 'w' | 'm' | 'y', count: number): Day => {
	const { year, month, day } = dayOf(today);
	if (unit === 'd' || unit === 'w') return dayOf(new Date(year, month - 1, day - count * (unit === 'w' ? 7 : 1)));
	const months = year * 12 + month - 1 - count * (unit === 'y' ? 12 : 1);
	const [to, index] = [Math.floor(months / 12), months % 12];
	return { year: to, month: index + 1, day: Math.min(day, new Date(to, index + 1, 0).getDate()) };
};

const da = ({ year, month, day }: Day): string =>
	`${String(year).padStart(4, '0')}${String(month).padStart(2, '0')}${String(day).padStart(2, '0')}`;

const isSame = (a: Day, b: Day): boolean => da(a) === da(b);

const notADate = (text: string): DicomError =>
	new DicomError({
		blame: 'usage',
		message: `"${text}" is not a date`,
		hint: 'dates are today, yesterday, -7d, 2024-01-31, 2024-01, 2024, or a..b, a.., ..b of these',
	});

const notATime = (text: string): DicomError =>
	new DicomError({
		blame: 'usage',
		message: `"${text}" is not a time`,
		hint: 'times are 08:00, 08:00:30, or a..b, a.., ..b of these',
	});
