/** Studies that nobody ever had, the same for the same seed: complete instances for the demonstration and the tests (PS3.3 A). */
import { LocalMisuse } from '../errors.ts';
import type { Dataset, Element, Value } from './dataset.ts';
import { personName } from './dataset.ts';
import { byKeyword } from './dictionary.ts';
import { PEOPLE } from './synthetic-people.ts';
import { type Fields, type SeriesPlan, STUDY_PLANS } from './synthetic-plans.ts';
import { isVr, type Vr } from './vr.ts';

export interface SyntheticOptions {
	/** Another seed, other studies. Study number n of a seed is the same however many are asked for. */
	readonly seed?: number;
	readonly studies?: number;
	/** The day of the first study, as DA; the others lie up to ten years before it. */
	readonly until?: string;
	/** No series has more. */
	readonly instancesPerSeries?: number;
	/** Rows and columns of an image: 32 make 2 KB of pixel data. */
	readonly imageSide?: number;
}

export interface SyntheticInstance {
	/** Ready to be encoded; its (0008,0005) is the one its patient's name needs. */
	readonly dataset: Dataset;
	readonly sopClassUid: string;
	readonly sopInstanceUid: string;
	readonly seriesInstanceUid: string;
	readonly studyInstanceUid: string;
	/** Numbered from 0, as are the series in their study and the instances in their series. */
	readonly study: number;
	readonly series: number;
	readonly instance: number;
}

type Random = (below: number) => number;

/** mulberry32: small, and good enough to look like chance. */
const randomFrom = (seed: number): Random => {
	let state = seed >>> 0;
	return (below) => {
		state = (state + 0x6d2b79f5) >>> 0;
		let bits = Math.imul(state ^ (state >>> 15), state | 1);
		bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
		return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 0x1_0000_0000) * below);
	};
};

const FNV_PRIME = 0x100000001b3n;
const FNV_OFFSET = 0xcbf29ce484222325n;

/** 64 bits of several numbers, whose order counts (FNV-1a). */
const hashOf = (numbers: readonly number[]): bigint => {
	let hash = FNV_OFFSET;
	for (const number of numbers) {
		for (let shift = 0; shift < 32; shift += 8) {
			hash = BigInt.asUintN(64, (hash ^ BigInt((number >>> shift) & 0xff)) * FNV_PRIME);
		}
	}
	return hash;
};

/** Folded: the low bits alone depend on few of the numbers'. */
const seedOf = (...numbers: readonly number[]): number => {
	const hash = hashOf(numbers);
	return Number(BigInt.asUintN(32, hash ^ (hash >> 32n)));
};

/** What is made of numbers; keeps a study from having the UID of its own first series. */
const OF = { study: 1, series: 2, instance: 3, frameOfReference: 4, patient: 5, examination: 6 } as const;

/** A UID of a UUID whose version and variant are those of a random one (PS3.5 B.2): at most 44 characters. */
const uidOf = (...path: readonly number[]): string => {
	let uuid = (hashOf([...path, 1]) << 64n) | hashOf([...path, 2]);
	uuid = (uuid & ~(0xf000n << 64n)) | (0x4000n << 64n);
	uuid = (uuid & ~(0xcn << 60n)) | (0x8n << 60n);
	return `2.25.${uuid}`;
};

const chosen = <T>(choices: readonly T[], index: number): T => {
	const choice = choices[index % choices.length];
	if (choice === undefined) throw new LocalMisuse('nothing to choose from');
	return choice;
};

/** Of those that the dictionary leaves open, unsigned ones; pixels of one byte are OB, of two OW (PS3.5 A.2). */
const vrIn = (fields: Fields, keyword: string, vr: string): Vr => {
	if (vr === 'OB or OW') return fields['BitsAllocated'] === 8 ? 'OB' : 'OW';
	if (vr === 'US or SS') return 'US';
	if (!isVr(vr)) throw new LocalMisuse(`${keyword} has no VR`);
	return vr;
};

/** Keywords to elements. */
const datasetOf = (fields: Fields): Dataset => {
	const dataset: Record<string, Element> = {};
	for (const [keyword, field] of Object.entries(fields)) {
		if (field === undefined) continue;
		const entry = byKeyword(keyword);
		if (entry === undefined) throw new LocalMisuse(`${keyword} is no keyword`);
		const vr = vrIn(fields, keyword, entry.vr);
		const values: Value[] = [];
		for (const value of Array.isArray(field) ? field : [field]) {
			if (value === '') continue;
			if (vr === 'PN' && typeof value === 'string') values.push(personName(value));
			else if (vr === 'SQ') values.push(datasetOf(value as Fields));
			else values.push(value as Value);
		}
		dataset[entry.tag] = { vr, Value: values };
	}
	return dataset;
};

const DAY_MS = 86_400_000;

/** DA of some days before a DA. */
const daysBefore = (date: string, days: number): string => {
	const start = Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6, 8)));
	return new Date(start - days * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
};

/** TM of a second of the day. */
const timeOf = (second: number): string =>
	[3600, 60, 1].map((unit) => String(Math.floor(second / unit) % 60).padStart(2, '0')).join('');

/** AS: whole years. */
const ageOf = (birth: string, day: string): string => {
	const years = Number(day.slice(0, 4)) - Number(birth.slice(0, 4)) - (day.slice(4) < birth.slice(4) ? 1 : 0);
	return `${String(years).padStart(3, '0')}Y`;
};

/** Every third study is of the same patient as the one before it. */
const patientOf = (study: number): number => (study % 3 === 2 ? study - 1 : study);

/** Steps through the names and plans, so that a handful of studies already shows several scripts and modalities. */
const PEOPLE_STEP = 7;
const PLAN_STEP = 2;

/** The longest that a study lies back. Everybody is born before. */
const YEARS_BACK = 10;

const patientFields = (seed: number, patient: number, until: string, studyDate: string): Fields => {
	const random = randomFrom(seedOf(seed, OF.patient, patient));
	const { characterSet, name, sex } = chosen(PEOPLE, Math.abs(seed) + patient * PEOPLE_STEP);
	const birth = daysBefore(until, Math.ceil((YEARS_BACK + 1 + random(90)) * 365.25) + random(365));
	return {
		// An empty first term stands for the default repertoire (PS3.3 C.12.1.1.2).
		SpecificCharacterSet:
			characterSet.length === 0 ? undefined : characterSet.map((term) => (term === '' ? null : term)),
		PatientName: name,
		PatientID: `SYN${String(patient + 1).padStart(6, '0')}-${seed}`,
		IssuerOfPatientID: 'SYNTHETIC',
		PatientBirthDate: birth,
		PatientSex: sex,
		PatientAge: ageOf(birth, studyDate),
	};
};

/**
 * Instances, study by study, series by series. Nothing is kept: a million cost no more memory than one.
 */
export function* syntheticStudies(options: SyntheticOptions = {}): Generator<SyntheticInstance> {
	const { seed = 1, studies = 10, until = '20251231', instancesPerSeries = 12, imageSide = 32 } = options;
	for (let study = 0; study < studies; study++) {
		const random = randomFrom(seedOf(seed, OF.examination, study));
		const plan = chosen(STUDY_PLANS, Math.abs(seed) + study * PLAN_STEP);
		const date = daysBefore(until, study === 0 ? 0 : random(YEARS_BACK * 365));
		const second = 7 * 3600 + random(12 * 3600);
		const fields: Fields = {
			...patientFields(seed, patientOf(study), until, date),
			StudyInstanceUID: uidOf(seed, OF.study, study),
			StudyDate: date,
			StudyTime: timeOf(second),
			AccessionNumber: `ACC${String(study + 1).padStart(7, '0')}`,
			StudyID: String(study + 1),
			StudyDescription: plan.description,
			ReferringPhysicianName: chosen(['REFERRER^ROBIN', 'REFERRER^KIM', ''], random(3)),
			InstitutionName: 'Synthetic General',
			Manufacturer: 'dimse',
			ManufacturerModelName: 'synthetic',
		};
		for (const [series, seriesPlan] of plan.series.entries()) {
			const [fewest, most] = seriesPlan.instances;
			const count = Math.max(0, Math.min(instancesPerSeries, fewest + random(most - fewest + 1)));
			const seriesFields = { ...fields, SeriesTime: timeOf(second + series * 300) };
			const place = { seed, study, series, count, second: second + series * 300, imageSide };
			yield* instancesOf(place, seriesPlan, seriesFields);
		}
	}
}

interface Place {
	readonly seed: number;
	readonly study: number;
	readonly series: number;
	readonly count: number;
	/** Of the day, when the series began. */
	readonly second: number;
	readonly imageSide: number;
}

function* instancesOf(place: Place, plan: SeriesPlan, studyFields: Fields): Generator<SyntheticInstance> {
	const { seed, study, series, count, second, imageSide } = place;
	const studyInstanceUid = uidOf(seed, OF.study, study);
	const seriesInstanceUid = uidOf(seed, OF.series, study, series);
	for (let instance = 0; instance < count; instance++) {
		const sopInstanceUid = uidOf(seed, OF.instance, study, series, instance);
		const content = plan.content({
			instance,
			count,
			side: imageSide,
			frameOfReferenceUid: uidOf(seed, OF.frameOfReference, study),
			studyInstanceUid,
			random: randomFrom(seedOf(seed, OF.instance, study, series, instance)),
			firstOf: (other) => ({
				seriesInstanceUid: uidOf(seed, OF.series, study, other),
				sopInstanceUid: uidOf(seed, OF.instance, study, other, 0),
			}),
		});
		const dataset = datasetOf({
			...studyFields,
			SOPClassUID: plan.sopClassUid,
			SOPInstanceUID: sopInstanceUid,
			SeriesInstanceUID: seriesInstanceUid,
			SeriesNumber: series + 1,
			SeriesDate: studyFields['StudyDate'],
			SeriesDescription: plan.description,
			Modality: plan.modality,
			BodyPartExamined: plan.bodyPart,
			StationName: `${plan.modality}1`,
			InstanceNumber: instance + 1,
			ContentDate: studyFields['StudyDate'],
			ContentTime: timeOf(second + instance),
			...content,
		});
		const { sopClassUid } = plan;
		yield { dataset, sopClassUid, sopInstanceUid, seriesInstanceUid, studyInstanceUid, study, series, instance };
	}
}
