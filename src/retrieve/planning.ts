/** What is to be done, before anything is sent: whether it can be asked for at all, and what the journal has of it. */
import { QUERY_MODELS } from '../dicom/sop-classes.ts';
import { DicomError } from '../errors.ts';
import type { Expected } from './expected.ts';
import type { JournalUnit } from './journal.ts';
import type { RetrieveSettings } from './settings.ts';
import { identifierOf, type Unit } from './unit.ts';

export type UnitState = 'waiting' | 'begun-before' | 'complete-before';

/** @throws DicomError usage */
export const checkSettings = ({ model, units, relational, by, store }: RetrieveSettings): void => {
	const service = by === 'get' ? 'get' : 'move';
	if (QUERY_MODELS[model][service] === undefined)
		throw new DicomError({ blame: 'usage', message: `the ${model} model has no C-${service.toUpperCase()}` });
	if (by === 'get' && store === undefined)
		throw new DicomError({ blame: 'usage', message: 'C-GET needs a place for the instances' });
	for (const unit of units) identifierOf(unit, model, relational);
};

/** Of each unit, what an earlier run has done. */
export const statesOf = ({ units, journal }: RetrieveSettings): readonly UnitState[] =>
	units.map((unit) => {
		const before = journal?.before(unit);
		if (before === undefined) return 'waiting';
		return before.state === 'complete' ? 'complete-before' : 'begun-before';
	});

/** In words; undefined where there was no earlier run. */
export const resumedText = ({ units, journal }: RetrieveSettings, states: readonly UnitState[]): string | undefined => {
	const done = states.filter((state) => state === 'complete-before').length;
	const begun = states.filter((state) => state === 'begun-before').length;
	if (done + begun === 0) return undefined;
	const byWord = units.filter((unit) => isByWord(journal?.before(unit))).length;
	const whose = byWord === 0 ? '' : ` (${byWord === done ? '' : `${byWord} of them `}by the peer's word)`;
	return `the journal has ${done} of ${states.length} units as complete${whose} and ${begun} as begun`;
};

/** Complete, as far as the peer's own counts say so. */
export const isByWord = (before: JournalUnit | undefined): boolean =>
	before?.state === 'complete' && before.verdict === 'unverifiable';

/**
 * Whether the peer is to be asked if it has more by now of a unit that is complete by the journal. What was named does not grow, and a
 * query that told the same number has been asked already.
 */
export const isToCompare = ({ verify }: RetrieveSettings, { level, instances }: Unit, before: JournalUnit): boolean => {
	if (level === 'IMAGE' || level === 'FRAME' || instances === before.count) return false;
	return verify || (instances ?? 0) > (before.count ?? Number.POSITIVE_INFINITY);
};

/** How many instances the peer has that were not there, or not claimed to be, when a unit was complete. */
export const grownBy = (
	{ instances, isWhole, count }: Expected,
	{ instances: found = 0 }: Unit,
	before: JournalUnit,
): number => {
	if (isWhole && before.arrived.size > 0) return [...instances.keys()].filter((uid) => !before.arrived.has(uid)).length;
	return Math.max(0, (count ?? found) - (before.count ?? Number.POSITIVE_INFINITY));
};
