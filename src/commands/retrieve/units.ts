/** From what is to be retrieved to the units that are asked for one by one: level by level as the model and `--unit` want them. */
import type { QueryLevel } from '../../dicom/sop-classes.ts';
import { DicomError } from '../../errors.ts';
import type { Unit } from '../../retrieve/unit.ts';
import type { Reference, Wanted } from './input.ts';
import { type Divided, keyOf, type Lookup, lacks } from './lookup.ts';
import { RETRIEVE_MODELS, type RetrieveModel, type RetrieveModelName, retrieveModel } from './model.ts';

export interface UnitOptions {
	readonly model: RetrieveModelName | undefined;
	readonly unit: 'study' | 'series' | 'instance' | undefined;
	/** As given with `--frames`. */
	readonly frames: string | undefined;
	readonly hasJournal: boolean;
	/** Relational retrieve was asked for: keys above need not be given. */
	readonly isRelational: boolean;
}

const usage = (message: string, hint?: string): DicomError =>
	new DicomError({ blame: 'usage', message, ...(hint === undefined ? {} : { hint }) });

const UNIT_LEVELS = { study: 'STUDY', series: 'SERIES', instance: 'IMAGE' } as const;

/** Models whose identifiers hold the key of their own level alone (PS3.4 Y.4.1.1.3, Z.4.2.1.3). */
const isFlat = (name: RetrieveModelName | undefined): boolean => name === 'composite' || name === 'no-bulk';

export interface Planned {
	readonly model: RetrieveModel;
	readonly units: readonly Unit[];
	/** The user named them, and by its own query the peer has nothing of them: there is nothing to ask for. */
	readonly absent: readonly Unit[];
}

/**
 * Asks the peer where that is needed; a retrieve of which everything is known costs no query.
 *
 * @throws DicomError usage, and as queries fail
 */
export const unitsOf = async (wanted: Wanted, options: UnitOptions, lookup: Lookup): Promise<Planned> => {
	const frames = options.frames === undefined ? undefined : framesOf(options.frames);
	if (frames !== undefined && options.model !== 'composite')
		throw usage('--frames is of the composite instance root model', 'add --composite');
	// A wrong level is said before anything is sent.
	if (options.model !== 'no-bulk') retrieveModel(options.model, levelsOf(wanted.references));
	const found = wanted.query === undefined ? [] : await lookup.matches(wanted.query);
	const named = await withStudies(wanted.references, lookup);
	const references = distinct([...named, ...found]);
	const { references: below, absent } = await division(references, options, frames !== undefined, lookup);
	const divided = distinct(below);
	const chosen = retrieveModel(options.model, levelsOf(divided));
	const above = isFlat(options.model) || options.isRelational ? [] : chosen.model.levels;
	const whole = divided.some((one) => lacks(one, above)) ? await lookup.completed(divided, above) : divided;
	return {
		model: chosen,
		units: frames === undefined ? grouped(whole) : whole.flatMap((one) => framesUnit(one, frames)),
		absent,
	};
};

/** Bare UIDs that are studies stand for those: the models that know instances only are asked for all that are in them. */
const withStudies = async (references: readonly Reference[], lookup: Lookup): Promise<readonly Reference[]> => {
	const open = references.flatMap(({ mayBeStudy, sopUid }) =>
		mayBeStudy === true && sopUid !== undefined ? [sopUid] : [],
	);
	if (open.length === 0) return references;
	const studies = await lookup.studiesAmong(open);
	return references.map((one): Reference => {
		const { mayBeStudy: _, ...instance } = one;
		const { sopUid: studyUid } = one;
		return one.mayBeStudy === true && studyUid !== undefined && studies.has(studyUid)
			? { level: 'STUDY', studyUid, isFound: true }
			: instance;
	});
};

/** Where nobody asked for it by name, a peer that does not say what there is is no reason to give up. */
const division = async (
	references: readonly Reference[],
	options: UnitOptions,
	hasFrames: boolean,
	lookup: Lookup,
): Promise<Divided> => {
	const level = divisionOf(options, hasFrames);
	try {
		return await lookup.divided(references, level);
	} catch (error) {
		const isWanted = options.unit !== undefined || hasFrames || isFlat(options.model);
		if (isWanted || !(error instanceof DicomError)) throw error;
		const { blame } = error.failure;
		if (blame !== 'no-context' && blame !== 'status') throw error;
		lookup.note(`series are not retrieved one by one, since they cannot be asked for (${error.message})`);
		return { references, absent: [] };
	}
};

const levelsOf = (references: readonly Reference[]): ReadonlySet<QueryLevel> =>
	new Set(references.map(({ level }) => level));

/** A journal is of use only where units are small enough to be lost. */
const divisionOf = ({ model, unit, hasJournal }: UnitOptions, hasFrames: boolean): QueryLevel => {
	if (isFlat(model) || hasFrames) return 'IMAGE';
	if (unit !== undefined) return UNIT_LEVELS[unit];
	const { levels } = RETRIEVE_MODELS[model ?? 'study'].model;
	return hasJournal && levels.includes('SERIES') ? 'SERIES' : 'PATIENT';
};

const distinct = (references: readonly Reference[]): readonly Reference[] => [
	...new Map(references.map((one) => [keyOf(one), one])).values(),
];

/** Instances of one series are asked for together. */
const grouped = (references: readonly Reference[]): readonly Unit[] => {
	const units: Unit[] = [];
	const series = new Map<string, Reference[]>();
	for (const reference of references) {
		if (reference.level !== 'IMAGE') {
			units.push(reference);
			continue;
		}
		const key = JSON.stringify([reference.patientId, reference.studyUid, reference.seriesUid]);
		const others = series.get(key);
		if (others === undefined) series.set(key, [reference]);
		else others.push(reference);
	}
	for (const instances of series.values()) {
		const [{ sopUid: _, ...first } = { level: 'IMAGE' as const }] = instances;
		units.push({ ...first, sopUids: instances.map(({ sopUid = '' }) => sopUid) });
	}
	return units;
};

const framesUnit = ({ sopUid, ...keys }: Reference, frames: readonly number[]): readonly Unit[] =>
	sopUid === undefined ? [] : [{ ...keys, level: 'FRAME', sopUids: [sopUid], frames }];

const MOST_FRAMES = 100_000;

/** `1,5-9` @throws DicomError usage */
const framesOf = (text: string): readonly number[] => {
	const frames = new Set<number>();
	for (const part of text.split(',')) {
		const match = /^\s*(\d{1,9})(?:-(\d{1,9}))?\s*$/.exec(part);
		const first = Number(match?.[1] ?? 0);
		const last = Number(match?.[2] ?? first);
		if (first < 1 || last < first || last - first > MOST_FRAMES)
			throw usage(`--frames: "${part}" is no frame number and no range of them`, 'frames count from 1: --frames 1,5-9');
		for (let frame = first; frame <= last; frame++) frames.add(frame);
	}
	return [...frames];
};
