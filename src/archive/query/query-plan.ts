/** A C-FIND identifier made into what is searched for and what is answered, or the reason why it cannot be (PS3.4 C.4.1). */
import type { Dataset } from '../../dicom/dataset.ts';
import { itemsOf, stringsOf, textOf } from '../../dicom/dataset.ts';
import { byTag } from '../../dicom/dictionary.ts';
import type { QueryModelName } from '../../dicom/sop-classes.ts';
import { QUERY_MODELS, UNIQUE_KEYS } from '../../dicom/sop-classes.ts';
import { printedTag, TAG } from '../../dicom/tags.ts';
import type { Vr } from '../../dicom/vr.ts';
import { VRS } from '../../dicom/vr.ts';
import type { EntityLevel } from '../index/attribute-levels.ts';
import { depthOf, ENTITY_LEVELS, levelOf } from '../index/attribute-levels.ts';
import { columnOf } from './columns.ts';
import type { Condition } from './conditions.ts';
import { combinedCondition, conditionOf } from './conditions.ts';
import type { ItemKey, KeyMatch } from './key-matching.ts';
import { keyMatch, keyVr } from './key-matching.ts';

/** What the bytes of SOP Class Extended Negotiation were agreed to be (PS3.4 C.5.1.1); what is left out is no. */
export interface Negotiated {
	readonly relational?: boolean;
	readonly dateTime?: boolean;
	readonly fuzzy?: boolean;
	readonly timezone?: boolean;
	readonly enhanced?: boolean;
	readonly emptyValue?: boolean;
	readonly multipleValue?: boolean;
}

/** What can be agreed to. */
export const SUPPORTED: Negotiated = { relational: true, dateTime: true, emptyValue: true, multipleValue: true };

export interface PlanTerms {
	readonly model: QueryModelName;
	readonly negotiated?: Negotiated;
}

/** A failure status with what may be said about it: services/query-scp's, structurally. */
export interface PlanRefusal {
	readonly refusal: {
		readonly status: number;
		readonly errorComment: string;
		readonly offendingElements?: readonly string[];
	};
}

/** An attribute of the answer. */
export interface AnswerKey {
	readonly tag: string;
	readonly vr: Vr;
	readonly from:
		| { readonly kind: 'column'; readonly sql: string }
		/** In the JSON of that level. */
		| { readonly kind: 'attribute'; readonly level: EntityLevel }
		/** Not kept: goes back empty. */
		| { readonly kind: 'nothing' }
		| { readonly kind: 'level' | 'retrieve-ae-title' | 'availability' };
	/** Of a sequence, what was asked for of its items; undefined for the whole of them. */
	readonly item?: readonly ItemShape[];
}

export interface ItemShape {
	readonly tag: string;
	readonly vr: Vr;
	readonly item?: readonly ItemShape[];
}

/** Plain data. What is in it concerns query-sql.ts and query-answer.ts alone. */
export interface QueryPlan {
	readonly level: EntityLevel;
	readonly conditions: readonly Condition[];
	/** In ascending order of their tags. */
	readonly answer: readonly AnswerKey[];
	/** The terms of the identifier's (0008,0005); undefined where it has none. */
	readonly characterSet: readonly string[] | undefined;
	/** Something that was asked is not kept. */
	readonly isPartial: boolean;
}

/** Of the identifier, not of what is looked for. */
export const NO_KEYS: ReadonlySet<string> = new Set([
	TAG.SpecificCharacterSet,
	TAG.QueryRetrieveLevel,
	TAG.RetrieveAETitle,
	TAG.InstanceAvailability,
	TAG.TimezoneOffsetFromUTC,
	// Query/Retrieve View: of enhanced multi-frame conversion, which is not done.
	'00080053',
]);

const MAX_COMMENT = 64;

/** @param tag of the offending element */
export const refusal = (errorComment: string, tag: string, status = 0xa900): PlanRefusal => ({
	refusal: { status, errorComment: errorComment.slice(0, MAX_COMMENT), offendingElements: [tag] },
});

/** As messages name an attribute. */
export const nameOf = (tag: string): string => byTag(tag)?.keyword || printedTag(tag);

/** The level of an identifier, or why it has none that the model knows. */
export const levelIn = (identifier: Dataset, model: QueryModelName): EntityLevel | PlanRefusal => {
	const { levels } = QUERY_MODELS[model];
	const level = textOf(identifier, TAG.QueryRetrieveLevel);
	const known = ENTITY_LEVELS.find((one) => one === level);
	if (known !== undefined && levels.includes(known)) return known;
	return refusal(
		level === '' ? 'Query/Retrieve Level is missing' : `Query/Retrieve Level is none of ${levels.join(', ')}`,
		TAG.QueryRetrieveLevel,
	);
};

/** Where a key belongs in a model: in Study Root, what is of the patient is of the study. */
const depthIn = (model: QueryModelName, tag: string): number => {
	const depth = depthOf(levelOf(tag));
	const [highest = 'PATIENT'] = QUERY_MODELS[model].levels;
	return Math.max(depth, depthOf(highest));
};

/** What is wrong with the unique keys of the levels above, each of which has to have one value (PS3.4 C.4.1.2.2.1). */
export const wrongAbove = (identifier: Dataset, level: EntityLevel, model: QueryModelName): PlanRefusal | undefined => {
	for (const above of QUERY_MODELS[model].levels) {
		if (depthOf(above) >= depthOf(level)) break;
		const tag = UNIQUE_KEYS[above];
		const values = stringsOf(identifier, tag).filter((text) => text.trim() !== '');
		if (values.length === 0) return refusal(`${nameOf(tag)} is needed at the level ${level}`, tag);
		if (values.length > 1 || /[*?]/.test(values[0] ?? '')) {
			return refusal(`${nameOf(tag)} takes a single value at the level ${level}`, tag);
		}
	}
	return undefined;
};

interface Key extends ItemKey {
	readonly depth: number;
}

/** Each key with a value is a condition, and SQLite nests them. */
const MAX_KEYS = 200;

/**
 * Every attribute of the dictionary that is of the level or above it can be asked for and matched by. Some have a column, a few of those
 * an index (columns.ts); the others are looked for in the JSON of each entity that the rest of the identifier leaves, at some 0.6 us each:
 * a description costs 0.1 s in a million studies, a weight 0.6 s, neither more than a few milliseconds at a time. In an identifier at a level
 * above that of a key, hierarchical queries refuse it where it has a value, and answer it empty, with FF01, where it has none; relational
 * ones find what has something below it that matches.
 *
 * Never throws, whatever the identifier.
 */
export const planQuery = (identifier: Dataset, { model, negotiated = {} }: PlanTerms): QueryPlan | PlanRefusal => {
	const level = levelIn(identifier, model);
	if (typeof level !== 'string') return level;
	const asked = Object.keys(identifier)
		.filter((tag) => !NO_KEYS.has(tag) && !tag.endsWith('0000') && /^[0-9A-F]{8}$/.test(tag))
		.sort();
	if (asked.length === 0) return refusal('the identifier has no keys', TAG.QueryRetrieveLevel);
	const isRelational = negotiated.relational === true;
	const depth = depthOf(level);
	const keys: Key[] = [];
	const answer: AnswerKey[] = [];
	let isPartial = false;
	for (const tag of asked) {
		const vr = keyVr(tag, identifier[tag]);
		if (vr === undefined || VRS[vr].kind === 'bytes') {
			isPartial = true;
			answer.push({ tag, vr: vr ?? identifier[tag]?.vr ?? 'UN', from: { kind: 'nothing' } });
			continue;
		}
		const overnight = tag === TAG.StudyTime && negotiated.dateTime === true && hasNights(identifier);
		const match = keyMatch(identifier, tag, vr, { ...negotiated, overnight });
		if (match.kind === 'wrong') return refusal(`${nameOf(match.tag)} ${match.reason}`, match.tag);
		const key: Key = { tag, vr, match, depth: depthIn(model, tag) };
		const isBelow = key.depth > depth;
		if (isBelow && match.kind !== 'universal' && !isRelational) {
			return refusal(`${nameOf(tag)} is below the level ${level}`, tag);
		}
		if (isBelow) isPartial = true;
		if (match.kind !== 'universal') keys.push(key);
		answer.push(answerKey(key, identifier, isBelow));
	}
	if (keys.length > MAX_KEYS) return refusal(`more than ${MAX_KEYS} keys with values`, TAG.QueryRetrieveLevel);
	const wrong = isRelational ? undefined : wrongAbove(identifier, level, model);
	if (wrong !== undefined) return wrong;
	return {
		level,
		conditions: conditionsOf(keys, negotiated.dateTime === true),
		answer: withGivenKeys(answer, identifier),
		characterSet: identifier[TAG.SpecificCharacterSet] && stringsOf(identifier, TAG.SpecificCharacterSet),
		isPartial,
	};
};

/** Whether the study dates asked for are a range of more than a day. */
const hasNights = (identifier: Dataset): boolean => {
	const date = keyMatch(identifier, TAG.StudyDate, 'DA', {});
	if (date.kind !== 'span') return false;
	const [span, ...more] = date.values;
	return span !== undefined && more.length === 0 && span.from !== span.to;
};

const answerKey = ({ tag, vr }: Key, identifier: Dataset, isBelow: boolean): AnswerKey => {
	if (isBelow) return { tag, vr, from: { kind: 'nothing' } };
	const column = columnOf(tag);
	if (column !== undefined) return { tag, vr, from: { kind: 'column', sql: column.value } };
	return { ...shapeOf(tag, vr, identifier, 0), from: { kind: 'attribute', level: levelOf(tag) } };
};

/** As deep as items are kept. */
const MAX_DEPTH = 8;

const shapeOf = (tag: string, vr: Vr, dataset: Dataset, depth: number): ItemShape => {
	const [item] = vr === 'SQ' ? itemsOf(dataset, tag) : [];
	if (item === undefined || depth === MAX_DEPTH) return { tag, vr };
	const shapes = Object.keys(item).flatMap((below): ItemShape[] => {
		const belowVr = below === TAG.SpecificCharacterSet ? undefined : keyVr(below, item[below]);
		return belowVr === undefined ? [] : [shapeOf(below, belowVr, item, depth + 1)];
	});
	return shapes.length === 0 ? { tag, vr } : { tag, vr, item: shapes };
};

/** What every answer has, asked or not. */
const withGivenKeys = (answer: readonly AnswerKey[], identifier: Dataset): readonly AnswerKey[] => {
	const given: AnswerKey[] = [
		{ tag: TAG.QueryRetrieveLevel, vr: 'CS', from: { kind: 'level' } },
		{ tag: TAG.RetrieveAETitle, vr: 'AE', from: { kind: 'retrieve-ae-title' } },
	];
	if (identifier[TAG.InstanceAvailability] !== undefined) {
		given.push({ tag: TAG.InstanceAvailability, vr: 'CS', from: { kind: 'availability' } });
	}
	return [...answer, ...given].sort((one, other) => (one.tag < other.tag ? -1 : 1));
};

const conditionsOf = (keys: readonly ItemKey[], isCombined: boolean): readonly Condition[] => {
	const matchOf = (tag: string): KeyMatch | undefined => keys.find((key) => key.tag === tag)?.match;
	const [date, time] = [matchOf(TAG.StudyDate), matchOf(TAG.StudyTime)];
	const combined = isCombined && date !== undefined && time !== undefined ? combinedCondition(date, time) : undefined;
	if (combined === undefined) return keys.map(conditionOf);
	const others = keys.filter(({ tag }) => tag !== TAG.StudyDate && tag !== TAG.StudyTime);
	return [combined, ...others.map(conditionOf)];
};
