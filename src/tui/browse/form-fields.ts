/** Which keys the query form has at each level, and fields for those that are added. */
import { byKeyword, byTag } from '../../dicom/dictionary.ts';
import { parseKey } from '../../dicom/identifier-path.ts';
import { nameOfKeyword } from '../../dicom/keyword-names.ts';
import { DicomError } from '../../errors.ts';
import type { Level } from '../../output/columns.ts';
import type { FormField } from '../overlays/overlay-state.ts';
import { fieldOf } from '../text-field.ts';

export const FORM_LEVELS = ['patient', 'study', 'series', 'instance'] as const;
export type FormLevel = (typeof FORM_LEVELS)[number];

const PATIENT = ['PatientName', 'PatientID'];
const KEYS: Readonly<Record<FormLevel, readonly string[]>> = {
	patient: [...PATIENT, 'PatientBirthDate', 'PatientSex'],
	study: [
		...PATIENT,
		'AccessionNumber',
		'StudyDate',
		'ModalitiesInStudy',
		'StudyDescription',
		'ReferringPhysicianName',
		'StudyInstanceUID',
	],
	series: ['StudyInstanceUID', 'SeriesInstanceUID', 'Modality', 'SeriesNumber', 'SeriesDescription', 'SeriesDate'],
	instance: ['StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID', 'InstanceNumber', 'SOPClassUID'],
};

const LABELS: Readonly<Record<string, string>> = {
	PatientName: 'Patient name',
	AccessionNumber: 'Accession',
	PatientBirthDate: 'Birth date',
	StudyDate: 'Study date',
	SeriesDate: 'Series date',
	PatientSex: 'Sex',
	ModalitiesInStudy: 'Modality',
	StudyDescription: 'Description',
	SeriesDescription: 'Description',
	ReferringPhysicianName: 'Referring',
	StudyInstanceUID: 'Study UID',
	SeriesInstanceUID: 'Series UID',
	SOPInstanceUID: 'SOP UID',
	SOPClassUID: 'SOP class',
	SeriesNumber: 'Number',
	InstanceNumber: 'Number',
};

/** The usual keys of a level, then what else there is; a modality of studies is one of series, and the other way round. */
export const fieldsFor = (level: Level, keys: Readonly<Record<string, string>>): readonly FormField[] => {
	const usual = KEYS[FORM_LEVELS.find((one) => one === level) ?? 'study'];
	const given = new Map(Object.entries(keys).map(([keyword, value]) => [counterpart(keyword, usual), value]));
	const more = [...given.keys()].filter((keyword) => !usual.includes(keyword));
	return [...usual, ...more].map((keyword) => formField(keyword, given.get(keyword) ?? ''));
};

const PAIRS: readonly (readonly [string, string])[] = [
	['ModalitiesInStudy', 'Modality'],
	['StudyDescription', 'SeriesDescription'],
];

const counterpart = (keyword: string, usual: readonly string[]): string => {
	if (usual.includes(keyword)) return keyword;
	const pair = PAIRS.find((one) => one.includes(keyword));
	return pair?.find((one) => usual.includes(one)) ?? keyword;
};

export const formField = (keyword: string, value: string): FormField => ({
	keyword,
	label: LABELS[keyword] ?? (/^\w+$/.test(keyword) ? nameOfKeyword(keyword) : keyword),
	...fieldOf(value),
	hint: '',
});

/** The line that adds a key. */
export const addedField = (text: string): FormField => ({
	keyword: '',
	label: '+ add key',
	...fieldOf(text),
	hint: '',
});

/** `StationName`, `8,1010`, `Seq[0].Elem`, each with `=value` or without; undefined where it is no attribute. */
export const keywordTyped = (text: string): FormField | undefined => {
	try {
		const { path, value = '' } = parseKey(text.trim());
		const [place = ''] = text.split('=');
		const [step, ...below] = path;
		const known = step === undefined || below.length > 0 || step.item !== undefined ? undefined : byTag(step.tag);
		const keyword =
			known !== undefined && known.keyword !== '' && isOwn(known.keyword, step?.tag) ? known.keyword : place.trim();
		return formField(keyword, value);
	} catch (error) {
		if (error instanceof DicomError) return undefined;
		throw error;
	}
};

/** The keyword of a repeating group stands for its first tag alone. */
const isOwn = (keyword: string, tag: string | undefined): boolean => byKeyword(keyword)?.tag === tag;
