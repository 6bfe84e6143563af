/** Which instances a unit has, asked of the peer by C-FIND level by level (PS3.4 C.4.1.2.2.1); counts where it does not list instances. */
import { type Dataset, type Element, stringsOf, textOf } from '../dicom/dataset.ts';
import type { QueryLevel } from '../dicom/sop-classes.ts';
import { TAG } from '../dicom/tags.ts';
import { statusOf } from '../dimse/status.ts';
import type { ExpectedFrom, ExpectedSeries } from './events.ts';
import { MAX_UIDS, type Unit } from './unit.ts';

export interface ExpectedInstance {
	readonly sopClassUid?: string;
	/** (0008,3002), where the peer tells it. */
	readonly transferSyntaxes: readonly string[];
	readonly studyUid?: string;
	readonly seriesUid?: string;
}

export interface Expected {
	readonly from: ExpectedFrom;
	readonly count?: number;
	/** By SOP Instance UID. Some, or none, where `from` is not `instances` or `asked`. */
	readonly instances: ReadonlyMap<string, ExpectedInstance>;
	/** `instances` are all there are. */
	readonly isWhole: boolean;
	readonly series: readonly ExpectedSeries[];
	/** What the peer's query lists. The same as `instances`, unless these were asked for by name. */
	readonly listed: ReadonlySet<string>;
	/** Of those that were asked for by name, what the peer's query surely does not list. */
	readonly unlisted: ReadonlySet<string>;
	/** SOP classes that will come, of all that is known. */
	readonly sopClassUids: ReadonlySet<string>;
	/** Why the instances could not be listed, or may not be all. */
	readonly problem?: string;
}

/** One C-FIND. @returns its final status. @throws what ends the association */
export type Ask = (level: QueryLevel, identifier: Dataset, match: (row: Dataset) => void) => Promise<number>;

/** More are not kept in memory; counts are then all there is. */
const MAX_INSTANCES = 1_000_000;

/** (0008,0062) and (0008,3002). */
const SOP_CLASSES_IN_STUDY = '00080062';
const AVAILABLE_TRANSFER_SYNTAX_UID = '00083002';

export const NOTHING_EXPECTED: Expected = {
	from: 'nothing',
	instances: new Map(),
	isWhole: false,
	series: [],
	sopClassUids: new Set(),
	listed: new Set(),
	unlisted: new Set(),
};

/** What is known without asking: instances that were named, the one that frames are made into. */
export const expectedUnasked = (unit: Unit): Expected => {
	if (unit.level === 'FRAME') return { ...NOTHING_EXPECTED, from: 'asked', count: 1 };
	if (unit.level !== 'IMAGE') return NOTHING_EXPECTED;
	const about = {
		transferSyntaxes: [],
		...(unit.studyUid === undefined ? {} : { studyUid: unit.studyUid }),
		...(unit.seriesUid === undefined ? {} : { seriesUid: unit.seriesUid }),
	};
	const instances = new Map((unit.sopUids ?? []).map((uid) => [uid, about]));
	return { ...NOTHING_EXPECTED, from: 'asked', count: instances.size, instances, isWhole: true };
};

/**
 * Asks what there is of a unit.
 *
 * @param isRelational relational queries were agreed: keys above the level may be left out
 * @throws what `ask` throws
 */
export const askExpected = async (unit: Unit, ask: Ask, isRelational = false): Promise<Expected> => {
	const inquiry = new Inquiry(unit, ask);
	if (unit.level === 'IMAGE' || unit.level === 'FRAME') await inquiry.named();
	else await inquiry.walk(isRelational);
	return inquiry.result();
};

interface FoundSeries {
	readonly studyUid: string;
	readonly series: ExpectedSeries;
}

/** The questions of one unit and what has been answered so far. */
class Inquiry {
	readonly #unit: Unit;
	readonly #ask: Ask;
	readonly #instances = new Map<string, ExpectedInstance>();
	readonly #series: FoundSeries[] = [];
	readonly #classes = new Set<string>();
	readonly #studyCounts = new Map<string, number | undefined>();
	/** An answer that lists instances was not had, or not to its end. */
	#problem: string | undefined;
	#isWhole = true;
	#hasListed = false;

	constructor(unit: Unit, ask: Ask) {
		this.#unit = unit;
		this.#ask = ask;
	}

	/** The instances that the unit names: which of them there are, and of which class. */
	async named(): Promise<void> {
		const uids = this.#unit.sopUids ?? [];
		const { studyUid = '', seriesUid = '' } = this.#unit;
		for (let start = 0; start < uids.length; start += MAX_UIDS)
			if (!(await this.#list(studyUid, seriesUid, uids.slice(start, start + MAX_UIDS)))) return;
	}

	/** From the unit's own level down. */
	async walk(isRelational: boolean): Promise<void> {
		const { level, studyUid, seriesUid } = this.#unit;
		if (level === 'PATIENT' || level === 'STUDY') await this.#studies(studyUid);
		else this.#studyCounts.set(studyUid ?? '', undefined);
		for (const study of this.#studyCounts.keys()) {
			await this.#seriesOf(study, seriesUid);
			if (isRelational && seriesUid === undefined) await this.#list(study, '', []);
		}
		if (isRelational && this.#hasListed) return;
		for (const { studyUid: study, series } of this.#series) await this.#list(study, series.seriesUid, []);
	}

	/** STUDY level: for a patient the studies, for a study its counts and classes. */
	async #studies(studyUid: string | undefined): Promise<void> {
		for (const uid of studyUid?.split('\\') ?? []) this.#studyCounts.set(uid, undefined);
		const keys = {
			...patientKey(this.#unit),
			...uidKey(TAG.StudyInstanceUID, studyUid?.split('\\') ?? []),
			[TAG.NumberOfStudyRelatedInstances]: { vr: 'IS', Value: [] },
			[SOP_CLASSES_IN_STUDY]: { vr: 'UI', Value: [] },
		} as const;
		await this.#question('STUDY', keys, (row) => {
			const uid = textOf(row, TAG.StudyInstanceUID);
			if (uid === '' || (studyUid !== undefined && !this.#studyCounts.has(uid))) return;
			this.#studyCounts.set(uid, countOf(row, TAG.NumberOfStudyRelatedInstances));
			for (const one of stringsOf(row, SOP_CLASSES_IN_STUDY)) if (one !== '') this.#classes.add(one);
		});
	}

	async #seriesOf(studyUid: string, wanted: string | undefined): Promise<void> {
		const uids = wanted?.split('\\') ?? [];
		const found = new Map<string, ExpectedSeries>(uids.map((seriesUid) => [seriesUid, { seriesUid }]));
		const keys = {
			...patientKey(this.#unit),
			...uidKey(TAG.StudyInstanceUID, studyUid === '' ? [] : [studyUid]),
			...uidKey(TAG.SeriesInstanceUID, uids),
			[TAG.Modality]: { vr: 'CS', Value: [] },
			[TAG.SeriesNumber]: { vr: 'IS', Value: [] },
			[TAG.SeriesDescription]: { vr: 'LO', Value: [] },
			[TAG.NumberOfSeriesRelatedInstances]: { vr: 'IS', Value: [] },
		} as const;
		await this.#question('SERIES', keys, (row) => {
			const seriesUid = textOf(row, TAG.SeriesInstanceUID);
			const isOther = isNot(row, TAG.StudyInstanceUID, studyUid) || (uids.length > 0 && !uids.includes(seriesUid));
			if (seriesUid !== '' && !isOther && found.size < MAX_INSTANCES) found.set(seriesUid, seriesOf(row, seriesUid));
		});
		for (const series of found.values()) this.#series.push({ studyUid, series });
	}

	/** IMAGE level. @returns whether the peer answers such a query */
	async #list(studyUid: string, seriesUid: string, sopUids: readonly string[]): Promise<boolean> {
		const keys = {
			...patientKey(this.#unit),
			...uidKey(TAG.StudyInstanceUID, studyUid === '' ? [] : [studyUid]),
			...uidKey(TAG.SeriesInstanceUID, seriesUid === '' ? [] : [seriesUid]),
			...uidKey(TAG.SOPInstanceUID, sopUids),
			[TAG.SOPClassUID]: { vr: 'UI', Value: [] },
			[AVAILABLE_TRANSFER_SYNTAX_UID]: { vr: 'UI', Value: [] },
		} as const;
		const asked = sopUids.length === 0 ? undefined : new Set(sopUids);
		let rows = 0;
		const isAnswered = await this.#question('IMAGE', keys, (row) => {
			rows++;
			const uid = textOf(row, TAG.SOPInstanceUID);
			const isOther =
				isNot(row, TAG.StudyInstanceUID, studyUid) ||
				isNot(row, TAG.SeriesInstanceUID, seriesUid) ||
				asked?.has(uid) === false;
			if (uid === '' || isOther) return;
			if (this.#instances.size >= MAX_INSTANCES) this.#lacks(`more than ${MAX_INSTANCES} instances`);
			else this.#instances.set(uid, instanceOf(row, studyUid, seriesUid));
		});
		// What counts instances and lists none does not do such queries.
		const said = this.#series.find(({ series }) => series.seriesUid === seriesUid)?.series.count;
		if (rows === 0 && said !== undefined && said > 0) this.#lacks('IMAGE level queries find nothing');
		else if (isAnswered) this.#hasListed = true;
		if (!isAnswered && this.#instances.size === 0) this.#isWhole = false;
		return isAnswered;
	}

	/** @returns whether it ended with success, or gave rows before it did not */
	async #question(
		level: QueryLevel,
		keys: Readonly<Record<string, Element>>,
		match: (row: Dataset) => void,
	): Promise<boolean> {
		let rows = 0;
		const identifier = { [TAG.QueryRetrieveLevel]: { vr: 'CS', Value: [level] }, ...keys } as const;
		const status = await this.#ask(level, identifier, (row) => {
			rows++;
			match(row);
		});
		const { class: kind, meaning } = statusOf('C-FIND', status);
		if (kind === 'success') return true;
		const text = `0x${status.toString(16).padStart(4, '0').toUpperCase()} ${meaning}`;
		if (level !== 'STUDY' || this.#unit.level === 'PATIENT') this.#lacks(`the ${level} level query ended with ${text}`);
		return rows > 0;
	}

	#lacks(problem: string): void {
		this.#isWhole = false;
		this.#problem ??= problem;
	}

	result(): Expected {
		const unit = this.#unit;
		for (const { sopClassUid } of this.#instances.values())
			if (sopClassUid !== undefined) this.#classes.add(sopClassUid);
		const problem = this.#problem === undefined ? {} : { problem: this.#problem };
		if (unit.level === 'IMAGE' || unit.level === 'FRAME') {
			// All that were named have to come, also those that the peer does not list.
			const unasked = expectedUnasked(unit);
			const instances = new Map(
				[...unasked.instances].map(([uid, about]) => [uid, this.#instances.get(uid) ?? about] as const),
			);
			// An answer of nothing, to a question that leaves levels out, says nothing.
			const isSure = this.#hasListed && (this.#instances.size > 0 || (unit.seriesUid ?? '') !== '');
			const unlisted = new Set(isSure ? [...instances.keys()].filter((uid) => !this.#instances.has(uid)) : []);
			const listed = new Set(this.#instances.keys());
			return { ...unasked, instances, listed, unlisted, sopClassUids: this.#classes, ...problem };
		}
		const counted = countBy(this.#instances.values());
		const series = this.#series.map(({ series: one }) => {
			const count = this.#isWhole ? (counted.get(one.seriesUid) ?? 0) : one.count;
			return count === undefined ? one : { ...one, count };
		});
		const known = {
			instances: this.#instances,
			series,
			sopClassUids: this.#classes,
			listed: new Set(this.#instances.keys()),
			unlisted: new Set<string>(),
			...problem,
		};
		if (this.#isWhole && (this.#hasListed || this.#series.length === 0))
			return { from: 'instances', count: this.#instances.size, isWhole: true, ...known };
		const bySeries = total(this.#series.map(({ series: one }) => one.count));
		const count = bySeries ?? total([...this.#studyCounts.values()]);
		const from = bySeries !== undefined ? 'series-counts' : count !== undefined ? 'study-count' : 'nothing';
		return { from, isWhole: false, ...(count === undefined ? {} : { count }), ...known };
	}
}

const patientKey = ({ patientId }: Unit): Readonly<Record<string, Element>> =>
	patientId === undefined ? {} : { [TAG.PatientID]: { vr: 'LO', Value: [patientId] } };

const uidKey = (tag: string, values: readonly string[]): Readonly<Record<string, Element>> => ({
	[tag]: { vr: 'UI', Value: values },
});

/** The peer did not look at a key: the row is of something else. */
const isNot = (row: Dataset, tag: string, wanted: string): boolean => {
	const value = textOf(row, tag);
	return wanted !== '' && value !== '' && value !== wanted;
};

/** Undefined where it is not told, or no number. */
export const countOf = (row: Dataset, tag: string): number | undefined => {
	const text = textOf(row, tag).trim();
	return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
};

const seriesOf = (row: Dataset, seriesUid: string): ExpectedSeries => {
	const texts = {
		number: textOf(row, TAG.SeriesNumber),
		modality: textOf(row, TAG.Modality),
		description: textOf(row, TAG.SeriesDescription),
	};
	const count = countOf(row, TAG.NumberOfSeriesRelatedInstances);
	const present = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
	return { seriesUid, ...present, ...(count === undefined ? {} : { count }) };
};

const instanceOf = (row: Dataset, study: string, series: string): ExpectedInstance => {
	const sopClassUid = textOf(row, TAG.SOPClassUID);
	const studyUid = textOf(row, TAG.StudyInstanceUID) || study;
	const seriesUid = textOf(row, TAG.SeriesInstanceUID) || series;
	return {
		transferSyntaxes: stringsOf(row, AVAILABLE_TRANSFER_SYNTAX_UID).filter((uid) => uid !== ''),
		...(sopClassUid === '' ? {} : { sopClassUid }),
		...(studyUid === '' ? {} : { studyUid }),
		...(seriesUid === '' ? {} : { seriesUid }),
	};
};

const countBy = (instances: Iterable<ExpectedInstance>): ReadonlyMap<string, number> => {
	const counts = new Map<string, number>();
	for (const { seriesUid = '' } of instances) counts.set(seriesUid, (counts.get(seriesUid) ?? 0) + 1);
	return counts;
};

/** Undefined where one is not known, or there is none to add. */
const total = (counts: readonly (number | undefined)[]): number | undefined =>
	counts.length === 0 || counts.includes(undefined)
		? undefined
		: counts.reduce<number>((sum, one) => sum + (one ?? 0), 0);
