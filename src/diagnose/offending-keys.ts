/** What a refused query means where the peer names the key that it does not take: the advice is about that key, not about levels. */
import { byKeyword, byTag, vrOf } from '../dicom/dictionary.ts';
import { UNIQUE_KEYS } from '../dicom/sop-classes.ts';
import { TAG } from '../dicom/tags.ts';
import { nameOfTag } from './names.ts';

/** Templates, as in the tables: `{peer}` is to be filled in. */
export interface KeyAdvice {
	readonly means: readonly string[];
	readonly do: readonly string[];
}

interface Named {
	readonly errorComment?: string | undefined;
	readonly offendingElements?: readonly string[] | undefined;
}

/** Nothing where no key is named, or the level is. */
export const offendingKeyAdvice = (named: Named): KeyAdvice | undefined => {
	const tag = offendingKey(named);
	if (tag === undefined || tag === TAG.QueryRetrieveLevel) return undefined;
	const name = byTag(tag)?.keyword || nameOfTag(tag);
	const unique = NEEDED[tag];
	if (unique !== undefined)
		return {
			means: [
				`${name} is missing, or is not one plain value: no list, no wildcards`,
				'below the level of a unique key every query has to have that key',
			],
			do: [`add it: ${unique}`, ...(tag === TAG.PatientID ? ['or leave out -P: study root needs no PatientID'] : [])],
		};
	return {
		means: [`the peer does not take ${name} with this value, or at this level`],
		do: [...valueAdvice(tag, name), `or leave ${name} out, or ask at the level that it is of (-L)`],
	};
};

/** The first of the dataset, of the element list or else of the comment: by its tag or its keyword. */
const offendingKey = ({ errorComment = '', offendingElements = [] }: Named): string | undefined => {
	const told = [...offendingElements, ...(errorComment.match(/\([0-9A-F]{4},[0-9A-F]{4}\)/gi) ?? []).map(plainTag)];
	// Words of one hump may be meant as words.
	const words = (errorComment.match(/\b[A-Z][A-Za-z]*[a-z][A-Z][A-Za-z]*\b/g) ?? []).map(
		(word) => byKeyword(word)?.tag,
	);
	return [...told, ...words].find((tag) => tag !== undefined && !tag.startsWith('0000'));
};

const plainTag = (text: string): string => text.slice(1, 5).toUpperCase() + text.slice(6, 10).toUpperCase();

/** The whole query that has it. */
const NEEDED: Readonly<Record<string, string>> = {
	[UNIQUE_KEYS.PATIENT]: 'dimse find {peer} -P -k PatientID=ID',
	[UNIQUE_KEYS.STUDY]: 'dimse find {peer} -L series -k StudyInstanceUID=UID',
	[UNIQUE_KEYS.SERIES]: 'dimse find {peer} -L instance -k StudyInstanceUID=UID -k SeriesInstanceUID=UID',
};

/** What writes the value in the way that every peer takes. */
const FLAGS: Readonly<Record<string, string>> = {
	StudyDate: '--date 2024',
	StudyTime: '--time 08:00..12:00',
	PatientBirthDate: '--birth 1970',
};

const valueAdvice = (tag: string, name: string): readonly string[] => {
	const flag = FLAGS[name];
	const written = flag === undefined ? [] : [`or have it written: dimse find {peer} ${flag}`];
	switch (vrOf(tag)) {
		case 'DA':
			return [`a date is YYYYMMDD, or a range of two: ${name}=20240101-20241231`, ...written];
		case 'TM':
			return [`a time is HHMMSS, or a range of two: ${name}=080000-120000`, ...written];
		case 'DT':
			return [`a date and time is YYYYMMDDHHMMSS, or a range of two: ${name}=20240101000000-20241231235959`];
		case 'UI':
			return [`a UID has no wildcards: ${name}=UID`];
		case 'IS':
		case 'DS':
			return [`it is a number, without wildcards and ranges: ${name}=1`];
		case 'SQ':
			return [`a sequence is matched by one item: ${name}[0].KEYWORD=VALUE`];
		default:
			return [`check its value: ${name}=VALUE`];
	}
};
