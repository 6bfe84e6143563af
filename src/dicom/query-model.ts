/** The information models of `find` and which levels each has (PS3.4 C.3, K.6, CC.2). */
import { DicomError } from '../errors.ts';
import { QUERY_MODELS, type QueryLevel, type QueryModelName } from './sop-classes.ts';

/** The value of (0008,0052) for a level (PS3.4 C.6): an instance is IMAGE on the wire. */
export const WIRE_LEVELS = { patient: 'PATIENT', study: 'STUDY', series: 'SERIES', instance: 'IMAGE' } as const;
export type WireLevel = keyof typeof WIRE_LEVELS;
/** With what is asked for without levels. */
export type QueryWord = WireLevel | 'worklist' | 'ups';

/** Our words for the levels of a model; frames have none, since nobody queries for them. */
export const levelsOf = (levels: readonly QueryLevel[]): readonly WireLevel[] =>
	(Object.keys(WIRE_LEVELS) as WireLevel[]).filter((level) => levels.includes(WIRE_LEVELS[level]));

export type ModelName = 'study' | 'patient' | 'psonly' | 'worklist' | 'ups';

export interface QueryModel {
	readonly name: ModelName;
	readonly says: string;
	readonly sopClassUid: string;
	/** From the top; empty where the model has no levels. */
	readonly levels: readonly QueryWord[];
}

const model = (name: ModelName, says: string, standard: QueryModelName): QueryModel => ({
	name,
	says,
	sopClassUid: QUERY_MODELS[standard].find ?? '',
	levels: levelsOf(QUERY_MODELS[standard].levels),
});

/** Models that C-FIND knows, by the words of `-M`. */
export const MODELS: Readonly<Record<ModelName, QueryModel>> = {
	study: model('study', 'study root', 'study-root'),
	patient: model('patient', 'patient root', 'patient-root'),
	psonly: model('psonly', 'patient/study only', 'patient-study-only'),
	worklist: model('worklist', 'modality worklist', 'worklist'),
	ups: model('ups', 'UPS pull', 'ups'),
};

/** @throws DicomError usage */
export const levelOfWire = (text: string): WireLevel => {
	const word = text.trim().toUpperCase();
	for (const [level, wire] of Object.entries(WIRE_LEVELS)) if (wire === word) return level as WireLevel;
	throw new DicomError({
		blame: 'usage',
		message: `QueryRetrieveLevel "${text}" does not exist`,
		hint: 'levels are PATIENT, STUDY, SERIES and IMAGE',
	});
};

/**
 * The model and level of a query. Without a model it is study root, at patient level patient root.
 *
 * @throws DicomError usage for a level that the model does not have
 */
export const modelAndLevel = (
	model: ModelName | undefined,
	level: WireLevel | undefined,
): { readonly model: QueryModel; readonly level: QueryWord } => {
	if (model === 'worklist' || model === 'ups') return { model: MODELS[model], level: model };
	const chosen = MODELS[model ?? (level === 'patient' ? 'patient' : 'study')];
	const wanted = level ?? 'study';
	if (chosen.levels.includes(wanted)) return { model: chosen, level: wanted };
	throw new DicomError({
		blame: 'usage',
		message: `level "${wanted}" does not exist in the ${chosen.says} model (${FLAGS[chosen.name]})`,
		hint: wanted === 'patient' ? 'use -P, or drop -S' : `use -S or -P, or another level: ${chosen.levels.join(', ')}`,
	});
};

const FLAGS: Readonly<Record<ModelName, string>> = {
	study: '-S',
	patient: '-P',
	psonly: '-O',
	worklist: '-W',
	ups: '-U',
};
