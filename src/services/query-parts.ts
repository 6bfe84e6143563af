/** The parts of a query that is asked in parts: what each asks for, what it says of itself, and which matches lie in it. */
import { encodeText, smallestCharacterSetFor } from '../dicom/character-sets.ts';
import type { Dataset } from '../dicom/dataset.ts';
import { stringsOf, textOf } from '../dicom/dataset.ts';
import { TAG } from '../dicom/tags.ts';
import {
	colons,
	DAYS,
	dateRange,
	dayNumber,
	isDate,
	isTime,
	isWithin,
	SECONDS,
	type Span,
	secondNumber,
	secondText,
	spanText,
} from './date-spans.ts';

/** Of a match, what parts are made by; empty where it did not come. */
export interface MatchKeys {
	readonly uid: string;
	readonly date: string;
	readonly time: string;
	readonly modalities: readonly string[];
	/** The alphabetic part of the name. */
	readonly name: string;
}

export const matchKeys = (row: Dataset): MatchKeys => ({
	uid: textOf(row, TAG.StudyInstanceUID),
	date: textOf(row, TAG.StudyDate),
	time: textOf(row, TAG.StudyTime),
	modalities: stringsOf(row, TAG.ModalitiesInStudy).filter((modality) => modality !== ''),
	name: textOf(row, TAG.PatientName).split('=')[0] ?? '',
});

/** A part as it is asked and answered; the whole one has no parent. */
export interface Node {
	readonly identifier: Dataset;
	readonly date: Span | undefined;
	readonly time: Span | undefined;
	readonly modality: string | undefined;
	/** The beginning of the names, once parts are made by it. */
	readonly prefix: string | undefined;
	/** The names are this, and do not only begin with it. */
	readonly isExact: boolean;
	/** Not asked where it can bring nothing that the others do not bring. */
	readonly isSpare: boolean;
	readonly parent: Node | undefined;
	count: number;
	matches: readonly MatchKeys[];
	/** Of its matches, where those are not there any more. */
	modalities: readonly string[];
	/** The peer said that there is more. */
	isCutOff: boolean;
	/** What it showed itself, by Study Instance UID; as long as no limit is proven. */
	shown: ReadonlySet<string>;
	/** Of those, what none of its parts has brought, though one should. */
	missing: Set<string>;
	/** Where the peer said that there is more: what it and its parts showed, until that is more. */
	brought: Set<string>;
	/** That it lacks something has been said of a part of it. */
	isToldOf: boolean;
	/** What its parts were last made by. */
	dividedBy: 'spans' | 'modality' | 'letters' | undefined;
}

export const unanswered = () => ({
	count: 0,
	matches: [],
	modalities: [],
	isCutOff: false,
	shown: new Set<string>(),
	missing: new Set<string>(),
	brought: new Set<string>(),
	isToldOf: false,
	dividedBy: undefined,
});

type Division = Pick<Node, 'date' | 'time' | 'modality' | 'prefix' | 'isExact' | 'isSpare'>;

export const child = (parent: Node, part: Partial<Division>): Node => ({
	...parent,
	isSpare: false,
	...part,
	parent,
	...unanswered(),
});

/** Those of a part's matches that its spans can match too: what has no date or time, or a malformed one, is nowhere for sure. */
export const comparable = (matches: readonly MatchKeys[], children: readonly Node[]): readonly MatchKeys[] => {
	const isByTime = children.some(({ time, parent }) => time !== parent?.time);
	return matches.filter(({ date, time }) =>
		children.some((node) =>
			isByTime
				? isTime(time) && isWithin(secondNumber(time), node.time ?? SECONDS)
				: isDate(date) && isWithin(dayNumber(date), node.date ?? DAYS),
		),
	);
};

export const isWell = (date: string, time: string): boolean =>
	(date === '' || isDate(date)) && (time === '' || isTime(time));

/**
 * Most matches lie outside the part: it was not looked at. What has no date or time, or a malformed one, tells nothing of that; and a few
 * that lie elsewhere are no reason to give up.
 */
export const isElsewhere = (matches: readonly MatchKeys[], { parent, date, time }: Node): boolean => {
	if (parent === undefined) return false;
	const judged = matches.filter(
		(match) => (date !== undefined && isDate(match.date)) || (time !== undefined && isTime(match.time)),
	);
	const outside = judged.filter(
		(match) =>
			(date !== undefined && isDate(match.date) && !isWithin(dayNumber(match.date), date)) ||
			(time !== undefined && isTime(match.time) && !isWithin(secondNumber(match.time), time)),
	);
	return outside.length > 0 && outside.length * 2 >= judged.length;
};

export const isDay = (date: Span | undefined): boolean => date !== undefined && date.from === date.to;

export const identifierOf = ({ identifier, date, time, modality, prefix, isExact, parent }: Node): Dataset => {
	if (parent === undefined) return identifier;
	return {
		...identifier,
		...(date === undefined ? {} : { [TAG.StudyDate]: { vr: 'DA', Value: [dateRange(date)] } }),
		...(time === undefined
			? {}
			: { [TAG.StudyTime]: { vr: 'TM', Value: [`${secondText(time.from)}-${secondText(time.to)}.999999`] } }),
		...(modality === undefined ? {} : { [TAG.ModalitiesInStudy]: { vr: 'CS', Value: [modality] } }),
		...(prefix === undefined ? {} : namedKeys(identifier, isExact ? prefix : `${prefix}*`)),
	};
};

/** In a character set that holds it: that of the query, if that does. */
const namedKeys = (identifier: Dataset, name: string): Dataset => {
	const given = stringsOf(identifier, TAG.SpecificCharacterSet).filter((term) => term !== '');
	const terms = given.length > 0 ? ['ISO_IR 192'] : smallestCharacterSetFor([name]);
	return {
		[TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: name }] },
		...(encodeText(name, given, 'PN') === undefined ? { [TAG.SpecificCharacterSet]: { vr: 'CS', Value: terms } } : {}),
	};
};

export const saysOf = ({ date, time, modality, prefix, isExact }: Node): string => {
	const parts = [date === undefined ? 'all dates' : spanText(date)];
	if (time !== undefined) parts.push(`${colons(time.from)} to ${colons(time.to)}`);
	if (modality !== undefined) parts.push(modality);
	if (prefix !== undefined) parts.push(isExact ? prefix : `${prefix}*`);
	return parts.join(', ');
};

/** The beginning that all names have; nothing where wildcards stand elsewhere than at the end. */
export const prefixOf = (name: string): string | undefined => {
	if (name === '' || name === '*') return '';
	return name.endsWith('*') && !/[*?^=\\]/.test(name.slice(0, -1)) ? name.slice(0, -1) : undefined;
};
