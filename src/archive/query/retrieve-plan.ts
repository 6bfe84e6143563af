/** The identifier of a C-GET or C-MOVE made into the instances it stands for, or the reason why it cannot be (PS3.4 C.4.2, C.4.3, Y, Z). */
import type { Dataset } from '../../dicom/dataset.ts';
import { itemsOf, stringsOf, textOf } from '../../dicom/dataset.ts';
import type { QueryModelName } from '../../dicom/sop-classes.ts';
import { UNIQUE_KEYS } from '../../dicom/sop-classes.ts';
import { TAG } from '../../dicom/tags.ts';
import type { EntityLevel } from '../index/attribute-levels.ts';
import { depthOf, ENTITY_LEVELS } from '../index/attribute-levels.ts';
import type { Row } from '../index/sql.ts';
import { conditionOf } from './conditions.ts';
import type { KeyMatch } from './key-matching.ts';
import { keyMatch } from './key-matching.ts';
import { KEY_COLUMNS } from './query-outputs.ts';
import type { AnswerKey, PlanRefusal, PlanTerms, QueryPlan } from './query-plan.ts';
import { levelIn, NO_KEYS, nameOf, refusal, wrongAbove } from './query-plan.ts';

/** Paged like a query: query-sql.ts takes it. Instances come series by series, as they were stored. */
export type RetrievePlan = QueryPlan;

/** Of one row of a page. */
export interface RetrieveRow {
	readonly sopInstanceUid: string;
	readonly sopClassUid: string;
	readonly transferSyntaxUid: string;
	readonly file: string;
	readonly datasetOffset: number;
	readonly datasetLength: number;
}

/** In the order of RetrieveRow. The tags do not matter. */
const ANSWER = ['i.uid', 'i.class', 'i.syntax', 'i.file', 'i.dataset_offset', 'i.dataset_length'].map(
	(sql): AnswerKey => ({ tag: TAG.SOPInstanceUID, vr: 'UI', from: { kind: 'column', sql } }),
);

const planOf = (keys: readonly (readonly [tag: string, match: KeyMatch])[]): RetrievePlan => ({
	level: 'IMAGE',
	conditions: keys.map(([tag, match]) => conditionOf({ tag, vr: tag === TAG.PatientID ? 'LO' : 'UI', match })),
	answer: ANSWER,
	characterSet: undefined,
	isPartial: false,
});

/**
 * Never throws. A key with a value that is not a unique key of the level or above is refused (PS3.4 C.4.2.1.4.1): passed over, more would
 * be sent than was asked for.
 */
export const planRetrieve = (
	identifier: Dataset,
	{ model, negotiated = {} }: PlanTerms,
): RetrievePlan | PlanRefusal => {
	if (textOf(identifier, TAG.QueryRetrieveLevel) === 'FRAME' && model === 'composite-instance-root') {
		return refusal('frames are not taken out of instances here', TAG.QueryRetrieveLevel, 0xaa02);
	}
	const level = levelIn(identifier, model);
	if (typeof level !== 'string') return level;
	const isAlone = negotiated.relational === true || ALONE.has(model);
	const wrong = isAlone ? undefined : wrongAbove(identifier, level, model);
	if (wrong !== undefined) return wrong;
	const foreign = foreignKey(identifier, level);
	if (foreign !== undefined) return foreign;
	const keys: [string, KeyMatch][] = [];
	for (const one of ENTITY_LEVELS.slice(0, depthOf(level) + 1)) {
		const tag = UNIQUE_KEYS[one];
		const found = uniqueKey(identifier, tag, one, level);
		if ('refusal' in found) return found;
		if (found.kind !== 'universal') keys.push([tag, found]);
	}
	return planOf(keys);
};

/** Their identifiers name instances, whatever they are of (PS3.4 Y.3.2, Z.3.2). */
const ALONE: ReadonlySet<QueryModelName> = new Set(['composite-instance-root', 'composite-instance-without-bulk-data']);

const UNIQUE: ReadonlySet<string> = new Set(Object.values(UNIQUE_KEYS));

/** What the first key that a retrieve cannot have is refused with. Private ones say nothing of what is wanted. */
const foreignKey = (identifier: Dataset, level: EntityLevel): PlanRefusal | undefined => {
	const own = ENTITY_LEVELS.slice(0, depthOf(level) + 1).map((one) => UNIQUE_KEYS[one]);
	const tag = Object.keys(identifier)
		.filter((one) => !own.includes(one) && !NO_KEYS.has(one) && !IS_NO_KEY.test(one) && hasValue(identifier, one))
		.sort((one, other) => Number(UNIQUE.has(other)) - Number(UNIQUE.has(one)) || (one < other ? -1 : 1))[0];
	if (tag === undefined) return undefined;
	return refusal(
		UNIQUE.has(tag) ? `${nameOf(tag)} is below the level ${level}` : `${nameOf(tag)} is no unique key`,
		tag,
	);
};

/** Group lengths, and odd groups. */
const IS_NO_KEY = /0000$|^...[13579BDF]/;

const hasValue = (identifier: Dataset, tag: string): boolean => {
	const element = identifier[tag];
	if (element === undefined) return false;
	if (element.vr === 'SQ') return itemsOf(identifier, tag).some((item) => Object.keys(item).length > 0);
	return (
		element.Value.some((value) => value instanceof Uint8Array) ||
		textOf(identifier, tag).replaceAll('\\', '').trim() !== ''
	);
};

const uniqueKey = (identifier: Dataset, tag: string, of: EntityLevel, level: EntityLevel): KeyMatch | PlanRefusal => {
	const isOwn = of === level;
	const match = keyMatch(identifier, tag, tag === TAG.PatientID ? 'LO' : 'UI', {});
	if (match.kind === 'universal') {
		const isWildcard = stringsOf(identifier, tag).some((text) => text.trim() !== '');
		if (isWildcard || isOwn) return refusal(`${nameOf(tag)} ${isWildcard ? 'takes no wildcards' : 'is needed'}`, tag);
		return match;
	}
	if (match.kind !== 'text') return refusal(`${nameOf(tag)} takes no wildcards`, tag);
	const isList = match.values.length > 1;
	if (isList && (of === 'PATIENT' || !isOwn)) return refusal(`${nameOf(tag)} takes a single value`, tag);
	return match;
};

/** The instances with these UIDs, whatever they are of. */
export const planInstances = (sopInstanceUids: readonly string[]): RetrievePlan =>
	planOf([[TAG.SOPInstanceUID, { kind: 'text', all: false, values: sopInstanceUids }]]);

export const retrieveRow = (row: Row): RetrieveRow => {
	const [uid, sopClass, syntax, file, offset, length] = row.slice(KEY_COLUMNS);
	return {
		sopInstanceUid: String(uid),
		sopClassUid: String(sopClass),
		transferSyntaxUid: String(syntax),
		file: String(file),
		datasetOffset: Number(offset),
		datasetLength: Number(length),
	};
};
