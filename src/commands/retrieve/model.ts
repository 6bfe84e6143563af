/** The information models of C-GET and C-MOVE by the words of `-M`, and which levels each has (PS3.4 C.3, Y.3, Z.3). */

import { levelsOf, WIRE_LEVELS, type WireLevel } from '../../dicom/query-model.ts';
import { QUERY_MODELS, type QueryLevel, type QueryModel } from '../../dicom/sop-classes.ts';
import { DicomError } from '../../errors.ts';

export type RetrieveModelName = 'study' | 'patient' | 'psonly' | 'composite' | 'no-bulk';

export const RETRIEVE_MODELS: Readonly<Record<RetrieveModelName, RetrieveModel>> = {
	study: { says: 'study root', flag: '-S', model: QUERY_MODELS['study-root'] },
	patient: { says: 'patient root', flag: '-P', model: QUERY_MODELS['patient-root'] },
	psonly: { says: 'patient/study only', flag: '-O', model: QUERY_MODELS['patient-study-only'] },
	composite: { says: 'composite instance root', flag: '--composite', model: QUERY_MODELS['composite-instance-root'] },
	'no-bulk': {
		says: 'composite instance without bulk data',
		flag: '--no-bulk',
		model: QUERY_MODELS['composite-instance-without-bulk-data'],
	},
};

export interface RetrieveModel {
	readonly says: string;
	readonly flag: string;
	readonly model: QueryModel;
}

/** The models that queries have no word for ask in study root what there is. */
export const queryModelOf = (name: RetrieveModelName | undefined): 'study' | 'patient' | 'psonly' | undefined =>
	name === 'composite' || name === 'no-bulk' ? 'study' : name;

/**
 * Without a model it is study root, where patients are asked for patient root.
 *
 * @throws DicomError usage for a level that the model does not have
 */
export const retrieveModel = (name: RetrieveModelName | undefined, levels: Iterable<QueryLevel>): RetrieveModel => {
	const wanted = new Set(levels);
	const chosen = RETRIEVE_MODELS[name ?? (wanted.has('PATIENT') ? 'patient' : 'study')];
	for (const level of wanted) {
		if (chosen.model.levels.includes(level)) continue;
		const word = (Object.keys(WIRE_LEVELS) as WireLevel[]).find((one) => WIRE_LEVELS[one] === level) ?? level;
		throw new DicomError({
			blame: 'usage',
			message: `level "${word}" does not exist in the ${chosen.says} model (${chosen.flag})`,
			hint:
				level === 'PATIENT'
					? `use -P, or drop ${chosen.flag}`
					: `use -S or -P, or another level: ${levelsOf(chosen.model.levels).join(', ')}`,
		});
	}
	return chosen;
};
