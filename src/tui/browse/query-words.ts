/** What the query form says beside each key, changed by what is typed; and what may be wrong with a query that nothing matched. */
import { dateKey, timeKey } from '../../dicom/date-words.ts';
import { byKeyword } from '../../dicom/dictionary.ts';
import { parseKey } from '../../dicom/identifier-path.ts';
import { DicomError } from '../../errors.ts';
import { keyFor } from '../key-hints.ts';
import { type ActionName, KEYS, type KeyBinding } from '../keys.ts';
import type { NodeState } from '../nodes/nodes-state.ts';
import type { QuerySpec } from './browse-state.ts';
import { modalitiesOf, normalized, uidsOf } from './query-command.ts';

/** What a key is matched by, given what stands in it. */
export const hintOf = (keyword: string, text: string, level: QuerySpec['level'], today: Date): string => {
	const vr = vrOfKey(keyword);
	const value = normalized(keyword, text);
	const says = value === '' ? unfilled(keyword, vr, level) : filled(keyword, vr, value, text, today);
	return `${vr.padEnd(2)}  ${says}`;
};

/** Why a value cannot be asked for at all. */
export const problemOf = (keyword: string, text: string, today: Date): string | undefined => {
	const value = normalized(keyword, text);
	try {
		if (keyword === 'StudyDate' || keyword === 'PatientBirthDate') dateKey(value === '' ? 'today' : value, today);
		if (keyword === 'StudyTime') timeKey(value === '' ? '08' : value);
		parseKey(keyword);
		return undefined;
	} catch (error) {
		if (error instanceof DicomError) return error.message;
		throw error;
	}
};

const vrOfKey = (keyword: string): string => {
	const entry = byKeyword(keyword.split('.').at(-1) ?? keyword);
	return entry?.vr.slice(0, 2) ?? '';
};

/** Not required of an archive at study level (PS3.4 C.6.2.1): many return them, some match them. */
const OPTIONAL: ReadonlySet<string> = new Set([
	'ModalitiesInStudy',
	'StudyDescription',
	'ReferringPhysicianName',
	'PatientBirthDate',
	'PatientSex',
	'SeriesDescription',
	'BodyPartExamined',
]);

const unfilled = (keyword: string, vr: string, level: QuerySpec['level']): string => {
	if (keyword === 'ModalitiesInStudy' && level === 'study') return 'optional key: may be ignored by this peer';
	if (OPTIONAL.has(keyword)) return `optional key${WILDCARDS.has(vr) ? ', * ? wildcards' : ''}`;
	switch (vr) {
		case 'PN':
			return '* ? wildcards';
		case 'DA':
		case 'DT':
		case 'TM':
			return 'range: a..b  a..  ..b';
		case 'UI':
			return 'exact or list, no * ?';
		case 'SQ':
			return `by one item: ${keyword}[0].KEYWORD`;
		case '':
			return '';
		default:
			return WILDCARDS.has(vr) ? 'exact, * ? wildcards' : 'exact';
	}
};

const WILDCARDS: ReadonlySet<string> = new Set(['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT']);
/** Longest values (PS3.5 6.2), and what they are cut to on many archives. */
const LONGEST: Readonly<Record<string, number>> = { AE: 16, CS: 16, SH: 16, LO: 64, PN: 64 };

const filled = (keyword: string, vr: string, value: string, typed: string, today: Date): string => {
	const problem = problemOf(keyword, value, today);
	if (problem !== undefined) return problem;
	const hasWildcard = /[*?]/.test(value);
	if (keyword === 'ModalitiesInStudy' || keyword === 'Modality') return modalityHint(value);
	if (vr === 'UI') return uidHint(value);
	if (vr === 'DA') return dateHint(keyword, value, typed, today);
	if (vr === 'TM') return keyword === 'StudyTime' ? `sent as ${timeKey(value)}` : 'range: a-b';
	const longest = LONGEST[vr];
	if (longest !== undefined && value.split(/[\\=]/).some((one) => [...one].length > longest))
		return `longer than ${longest} characters: no archive has that`;
	if (vr === 'PN' && !hasWildcard) return `exact name only; add *${/\p{Ll}/u.test(value) ? ', or upper case' : ''}`;
	if (vr === 'PN' && /\p{Ll}/u.test(value)) return 'as typed: many archives keep upper case';
	if (!WILDCARDS.has(vr)) return 'exact';
	if (hasWildcard) return /^\*+$/.test(value) ? 'matches everything' : 'wildcards';
	return /Description/.test(keyword) ? `exactly that; *${value}* finds it within` : 'exact';
};

const modalityHint = (value: string): string => {
	const modalities = modalitiesOf(value);
	if (modalities.some((one) => /[*?]/.test(one))) return 'wildcards: few archives match modalities so';
	if (modalities.length > 1) return `${NUMBERS[modalities.length] ?? modalities.length} queries, merged`;
	return value === value.toUpperCase() ? 'exact; CT,MR for several' : `sent as ${modalities[0] ?? ''}`;
};

const NUMBERS: readonly string[] = ['', 'one', 'two', 'three', 'four', 'five', 'six'];

const uidHint = (value: string): string => {
	if (/[*?]/.test(value)) return 'no wildcards in UIDs: this would match nothing';
	const uids = uidsOf(value);
	const wrong = uids.find((uid) => !/^\d+(\.\d+)*$/.test(uid) || uid.length > 64);
	if (wrong !== undefined) return 'not a UID: digits and dots, 64 at most';
	return uids.length > 1 ? `list of ${uids.length}` : 'exact';
};

const dateHint = (keyword: string, value: string, typed: string, today: Date): string => {
	const key = dateKey(value, today);
	const shown = key === value ? 'as it stands' : `sent as ${key}`;
	if (value !== typed.trim()) return `${value}, ${shown}`;
	return keyword === 'StudyDate' && daysOf(key, today) > 366 ? `${shown}: some archives refuse > 1 year` : shown;
};

/** How many days a DA key spans; an open end is today. */
const daysOf = (key: string, today: Date): number => {
	const [first = '', last] = key.split('-');
	if (last === undefined) return 1;
	const from = first === '' ? 0 : dayTime(first);
	const to = last === '' ? today.getTime() : dayTime(last);
	return (to - from) / 86_400_000 + 1;
};

const dayTime = (da: string): number =>
	Date.UTC(Number(da.slice(0, 4)), Number(da.slice(4, 6)) - 1, Number(da.slice(6, 8)));

/** For the form: what is known of the node that matters for what is typed. */
export const nodeHint = (query: QuerySpec, node: NodeState | undefined): string => {
	const said = node?.learned ?? [];
	const asked = Object.entries(query.keys).filter(([, value]) => value !== '');
	const about = said.find((line) => asked.some(([keyword]) => isAbout(line, keyword)));
	return about ?? (node?.matchLimit === undefined ? '' : `this peer answers with ${node.matchLimit} matches at most`);
};

const isAbout = (line: string, keyword: string): boolean =>
	line.includes(keyword) || (keyword === 'PatientName' && /\bnames?\b/i.test(line));

/** Up to three things to try where nothing matched, the likeliest first. */
export const emptyHints = (
	query: QuerySpec,
	node: NodeState | undefined,
	today: Date,
	bindings: readonly KeyBinding[] = KEYS,
): readonly string[] => {
	const hints: string[] = [];
	const { keys, level } = query;
	const name = keys['PatientName']?.trim() ?? '';
	if (name !== '' && !/[*?]/.test(name)) hints.push(`the name is matched exactly: try ${name}*`);
	if (/\p{Ll}/u.test(name))
		hints.push(
			node?.learned.some((line) => /case.sensitive/i.test(line)) === true
				? `${node.name} is case-sensitive: try ${name.toUpperCase()}`
				: `the letter case may matter: try ${name.toUpperCase()}`,
		);
	for (const [keyword, value] of Object.entries(keys)) {
		if (vrOfKey(keyword) === 'UI' && /[*?]/.test(value)) hints.push(`UIDs match no wildcards: ${keyword}`);
		if (keyword === 'StudyDate' && value !== '' && problemOf(keyword, value, today) === undefined)
			if (daysOf(dateKey(normalized(keyword, value), today), today) > 366)
				hints.push('the dates span more than a year: some archives answer nothing then');
	}
	if ((level === 'series' || level === 'instance') && (keys['StudyInstanceUID'] ?? '') === '')
		hints.push(`a ${level} query without Study Instance UID: most archives need it`);
	if (level === 'patient') hints.push('many archives have no patient root: try the study level');
	const filledKeys = Object.values(keys).filter((value) => value.trim() !== '').length;
	const key = (action: ActionName) => keyFor({ keys: bindings }, action, 'browse');
	if (filledKeys > 1) hints.push(`${key('why')} finds out which key excludes everything`);
	else if (filledKeys === 1) hints.push(`${key('why')} asks without the key`);
	else hints.push(`the archive shows this AE title nothing at all: ${key('doctor')} checks the node`);
	const last = hints.at(-1);
	return hints.length <= 3 || last === undefined ? hints : [...hints.slice(0, 2), last];
};
