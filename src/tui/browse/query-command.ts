/** A query of the form as the words of `dimse find` that ask exactly the same, and as what is sent. */
import { dateKey, timeKey } from '../../dicom/date-words.ts';
import { quoted } from '../../output/shell-words.ts';
import { connectionWords } from '../given.ts';
import type { State } from '../state.ts';
import type { QuerySpec } from './browse-state.ts';

/** What follows `dimse find NODE`. */
export const findWords = (query: QuerySpec): readonly string[] => {
	const { level, model } = query;
	const words: string[] = [];
	if (level !== 'study') words.push('-L', level);
	if (model === 'patient' && level !== 'patient') words.push('-M', 'patient');
	for (const [keyword, text] of Object.entries(query.keys)) {
		const value = normalized(keyword, text);
		const flag = value === '' ? undefined : flagOf(keyword, value, query);
		if (flag === undefined) words.push(value === '' ? keyword : `${keyword}=${value}`);
		else words.push(...(flag[1].startsWith('-') ? [`${flag[0]}=${flag[1]}`] : flag));
	}
	return words;
};

/** The line for a shell, with the options that browse was given. */
export const sameAs = (state: Pick<State, 'current' | 'given' | 'nodes'>, query: QuerySpec): string => {
	const nodes = state.current.length > 0 ? state.current : ['NODE'];
	const words = [...findWords(query).map(quoted), ...connectionWords(state, nodes)].join(' ');
	const [node = 'NODE', ...more] = nodes;
	const rest = words === '' ? '' : ` ${words}`;
	if (more.length === 0) return `dimse find ${quoted(node)}${rest}`;
	return `for node in ${nodes.map(quoted).join(' ')}; do dimse find "$node"${rest}; done`;
};

/** Keys of a query with their values as they go out; words that are no date stay what they are. */
export const sentKeys = ({ keys }: QuerySpec, today: Date): readonly (readonly [keyword: string, value: string])[] =>
	Object.entries(keys).map(([keyword, text]) => {
		const value = normalized(keyword, text);
		if (value === '') return [keyword, ''];
		if (MODALITIES.has(keyword)) return [keyword, modalitiesOf(value).join(' | ')];
		if (UID_KEYS[keyword] !== undefined && isUids(value)) return [keyword, uidsOf(value).join('\\')];
		return [keyword, wireText(keyword, value, today)];
	});

/** `PatientName=SMITH*  StudyDate=20240101-20241231` */
export const sendsText = (query: QuerySpec, today: Date): string =>
	sentKeys(query, today)
		.map(([keyword, value]) => `${keyword}=${value}`)
		.join('  ');

const wireText = (keyword: string, value: string, today: Date): string => {
	try {
		if (DATE_KEYS[keyword] !== undefined) return dateKey(value, today);
		return keyword === 'StudyTime' ? timeKey(value) : value;
	} catch {
		return value;
	}
};

/** `31.12.2024` is the one way to write a date that is no other date elsewhere. */
export const normalized = (keyword: string, text: string): string => {
	const value = text.trim();
	if (DATE_KEYS[keyword] === undefined) return value;
	return value.replace(
		/\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b/g,
		(_all, day: string, month: string, year: string) => `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`,
	);
};

export const modalitiesOf = (value: string): readonly string[] => [
	...new Set(
		value
			.split(/[\\,\s]+/)
			.map((one) => one.toUpperCase())
			.filter((one) => one !== ''),
	),
];

export const uidsOf = (value: string): readonly string[] => value.split(/[\\,\s]+/).filter((uid) => uid !== '');

/** What is no list of UIDs goes as it stands. */
const isUids = (value: string): boolean => /^[\d.\\,\s]+$/.test(value) && uidsOf(value).length > 0;

const DATE_KEYS: Readonly<Record<string, string>> = { StudyDate: '--date', PatientBirthDate: '--birth' };
const UID_KEYS: Readonly<Record<string, string>> = {
	StudyInstanceUID: '--study-uid',
	SeriesInstanceUID: '--series-uid',
	SOPInstanceUID: '--sop-uid',
};
const TEXT_KEYS: Readonly<Record<string, string>> = { PatientID: '--id', AccessionNumber: '--acc' };
const MODALITIES: ReadonlySet<string> = new Set(['ModalitiesInStudy', 'Modality']);

/** `2024..today` ends before it begins on a day before 2024, `today..2030` on one after 2030. */
const SOME_DAYS = [new Date(0), new Date(9998, 0)];

/** The friendly flag that makes this very key at this level. Its rows are held against it; those of a plain key are too, but promised nothing. */
const flagOf = (keyword: string, value: string, { level }: QuerySpec): readonly [string, string] | undefined => {
	const date = DATE_KEYS[keyword];
	if (date !== undefined && SOME_DAYS.some((day) => isRead(() => dateKey(value, day)))) return [date, value];
	if (keyword === 'StudyTime' && isRead(() => timeKey(value))) return ['--time', value];
	const text = TEXT_KEYS[keyword];
	if (text !== undefined) return [text, value];
	const uid = UID_KEYS[keyword];
	if (uid !== undefined && isUids(value)) return [uid, uidsOf(value).join(',')];
	const modality = level === 'series' || level === 'instance' ? 'Modality' : 'ModalitiesInStudy';
	if (keyword === modality && modalitiesOf(value).length > 0) return ['-m', modalitiesOf(value).join(',')];
	const description = level === 'series' ? 'SeriesDescription' : 'StudyDescription';
	if (keyword === description && /[*?]/.test(value)) return ['--desc', value];
	return keyword === 'PatientName' && isNameAsItStands(value) ? ['--name', value] : undefined;
};

/** `--name` would send it unchanged: in upper case, with a wildcard, its components parted by `^` alone. */
const isNameAsItStands = (value: string): boolean =>
	/[*?]/.test(value) && !/^=|,|\s\^|\^\s/.test(value) && value === value.toUpperCase();

const isRead = (read: () => string): boolean => {
	try {
		read();
		return true;
	} catch {
		return false;
	}
};
