/** What one C-GET or C-MOVE asks for: a patient, study, series, some instances or frames, and its identifier (PS3.4 C.4.2.2.1, Y.4.1, Z.4.1). */
import type { Dataset, Element } from '../dicom/dataset.ts';
import { QUERY_MODELS, type QueryLevel, type QueryModelName, UNIQUE_KEYS } from '../dicom/sop-classes.ts';
import { TAG } from '../dicom/tags.ts';
import { DicomError } from '../errors.ts';

/** The keys above the level are there as the model wants them; `studyUid`, `seriesUid` at their own level may be several, joined by `\`. */
export interface Unit {
	readonly level: QueryLevel;
	readonly patientId?: string;
	readonly studyUid?: string;
	readonly seriesUid?: string;
	/** At IMAGE level, one or more; at FRAME level the one instance. */
	readonly sopUids?: readonly string[];
	/** At FRAME level: which frames, numbered from 1 (PS3.4 Y.3.2.2.1). */
	readonly frames?: readonly number[];
	/** What a person calls it: `SMITH^JOHN 2024-11-03 CT`. Never sent. */
	readonly label?: string;
	/** A query of the peer has it; otherwise the user named it. */
	readonly isFound?: true;
	/** Instances in it, by the query that found it. */
	readonly instances?: number;
}

/** More UIDs than this are not put into one identifier: many peers build a query of them. */
export const MAX_UIDS = 100;

/** (0008,1161) Simple Frame List. */
const SIMPLE_FRAME_LIST = '00081161';

const LEVELS: readonly QueryLevel[] = ['PATIENT', 'STUDY', 'SERIES', 'IMAGE', 'FRAME'];

/** Models whose identifiers hold the unique key of their own level alone (PS3.4 Y.4.1.1.3, Z.4.2.1.3). */
const isFlat = (model: QueryModelName): boolean =>
	model === 'composite-instance-root' || model === 'composite-instance-without-bulk-data';

const valuesAt = (unit: Unit, level: QueryLevel): readonly string[] => {
	if (level === 'PATIENT') return unit.patientId === undefined ? [] : [unit.patientId];
	if (level === 'STUDY') return unit.studyUid?.split('\\') ?? [];
	if (level === 'SERIES') return unit.seriesUid?.split('\\') ?? [];
	return unit.sopUids ?? [];
};

const NAMES: Readonly<Record<QueryLevel, string>> = {
	PATIENT: 'PatientID',
	STUDY: 'StudyInstanceUID',
	SERIES: 'SeriesInstanceUID',
	IMAGE: 'SOPInstanceUID',
	FRAME: 'SOPInstanceUID',
};

const wrong = (message: string, hint?: string): DicomError =>
	new DicomError({ blame: 'usage', message, ...(hint === undefined ? {} : { hint }) });

const key = (level: QueryLevel, values: readonly string[]): Element => ({
	vr: level === 'PATIENT' ? 'LO' : 'UI',
	Value: values,
});

/**
 * The identifier of a unit: the level, its unique key, and in the hierarchical models those of all levels above, single-valued.
 *
 * @param isRelational relational retrieve was agreed (PS3.4 C.5.3): keys above may be absent
 * @throws DicomError usage for a level the model does not have, a key that is missing or has too many values
 */
export const identifierOf = (unit: Unit, model: QueryModelName, isRelational = false): Dataset => {
	const { levels } = QUERY_MODELS[model];
	const { level } = unit;
	if (!levels.includes(level))
		throw wrong(`level ${level} does not exist in the ${model} model`, `its levels are ${levels.join(', ')}`);
	const identifier: Record<string, Element> = { [TAG.QueryRetrieveLevel]: { vr: 'CS', Value: [level] } };
	for (const above of isFlat(model) ? [] : LEVELS.slice(0, LEVELS.indexOf(level))) {
		if (!levels.includes(above)) continue;
		const values = valuesAt(unit, above).filter((value) => value !== '');
		if (values.length > 1) throw wrong(`${NAMES[above]} has ${values.length} values where level ${level} takes one`);
		if (values.length === 1) identifier[UNIQUE_KEYS[above]] = key(above, values);
		else if (!isRelational)
			throw wrong(
				`a ${level} in the ${model} model needs ${NAMES[above]}`,
				above === 'PATIENT' ? 'give it, or use the study root model (-S)' : `give it: -k ${NAMES[above]}=...`,
			);
	}
	const own = valuesAt(unit, level).filter((value) => value !== '');
	if (own.length === 0) throw wrong(`level ${level} needs ${NAMES[level]}`);
	if ((level === 'PATIENT' || level === 'FRAME') && own.length > 1)
		throw wrong(`${NAMES[level]} has ${own.length} values where level ${level} takes one`);
	identifier[UNIQUE_KEYS[level]] = key(level, own);
	if (level === 'FRAME') {
		if (unit.frames === undefined || unit.frames.length === 0) throw wrong('level FRAME needs frame numbers');
		identifier[SIMPLE_FRAME_LIST] = { vr: 'UL', Value: unit.frames };
	}
	return identifier;
};

/** A unit of instances in as many as each has at most `most` of them; others as they are. */
export const split = (unit: Unit, most: number = MAX_UIDS): readonly Unit[] => {
	const { sopUids } = unit;
	if (unit.level !== 'IMAGE' || sopUids === undefined || sopUids.length <= most) return [unit];
	const units: Unit[] = [];
	for (let start = 0; start < sopUids.length; start += most)
		units.push({ ...unit, sopUids: sopUids.slice(start, start + most) });
	return units;
};

/** The unit of some instances of one series, as an IMAGE level identifier wants it. */
export const instancesUnit = (
	unit: Unit,
	series: { readonly studyUid?: string; readonly seriesUid?: string },
	sopUids: readonly string[],
): Unit => {
	const studyUid = series.studyUid ?? unit.studyUid;
	const seriesUid = series.seriesUid ?? unit.seriesUid;
	return {
		level: 'IMAGE',
		...(unit.patientId === undefined ? {} : { patientId: unit.patientId }),
		...(studyUid === undefined ? {} : { studyUid }),
		...(seriesUid === undefined ? {} : { seriesUid }),
		sopUids,
	};
};
