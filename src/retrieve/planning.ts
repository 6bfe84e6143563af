/** What is to be done, before anything is sent: whether it can be asked for at all, and what the journal has of it. */
import { QUERY_MODELS } from '../dicom/sop-classes.ts';
import { DicomError } from '../errors.ts';
import type { RetrieveSettings } from './settings.ts';
import { identifierOf } from './unit.ts';

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
export const resumedText = (states: readonly UnitState[]): string | undefined => {
	const done = states.filter((state) => state === 'complete-before').length;
	const begun = states.filter((state) => state === 'begun-before').length;
	if (done + begun === 0) return undefined;
	return `the journal has ${done} of ${states.length} units as complete and ${begun} as begun`;
};
