/** Random instances and queries of them, with everything in their values that matching has to see past, or may not. */
import type { Dataset, Element, Value } from '../../src/dicom/dataset.ts';
import { personName, stringsOf } from '../../src/dicom/dataset.ts';
import { byKeyword } from '../../src/dicom/dictionary.ts';
import type { Vr } from '../../src/dicom/vr.ts';
import { isVr } from '../../src/dicom/vr.ts';

export type Random = (below: number) => number;

/** mulberry32 */
export const randomFrom = (seed: number): Random => {
	let state = seed >>> 0;
	return (below) => {
		state = (state + 0x6d2b79f5) >>> 0;
		let bits = Math.imul(state ^ (state >>> 15), state | 1);
		bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
		return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 0x1_0000_0000) * below);
	};
};

const NAMES = [
	'SMITH^JOHN',
	'Smith^Jane',
	'SMITHSON^A',
	'SMITH',
	'SMITH^',
	' Smith ^ John ^Q^DR ',
	'Müller^Jörg',
	'MULLER^JORG',
	'Strauß^Ämil',
	'STRAUSS^EMIL',
	'ＹＡＭＡＤＡ^TARO',
	'Yamada^Tarou=山田^太郎=やまだ^たろう',
	'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=ヤマダ^タロウ',
	'ヤマタ^タロウ',
	'Hong^Gildong=洪^吉洞=홍^길동',
	'김^희중',
	'=山田^花子',
	'==やまだ',
	'Sørensen^Øjvind',
	'Łukasz^Świt',
	'Ελαιών^Νίκος',
	'ПЕТРОВ^Пётр',
	"O'Brien^[X]",
	'A*B^C?',
	'a_b%c^d',
	'X𠮷Y^Z',
	'שלום^דוד',
	'',
];

const TEXTS = [
	'a',
	'A',
	'ab',
	'aB',
	'abc',
	'a b',
	'a*b',
	'a?b',
	'[a]',
	'a[b',
	'a]b',
	'%',
	'a_b',
	'a%b',
	'é',
	'É',
	'e',
	'漢字',
	'x𠮷y',
	'xzy',
	'a^b',
	'""',
	'',
];
const DATES = ['', '20200101', '2020.01.05', '20191231', '20200229', '20200301', '20210615', 'no date'];
const TIMES = [
	'',
	'10',
	'1015',
	'101530',
	'101530.5',
	'101530.500001',
	'235959.999999',
	'00',
	'10:15:30',
	'2359',
	'noon',
];
const MOMENTS = [
	'',
	'2020',
	'202001',
	'20200101',
	'2020010110',
	'202001011015',
	'20200101101530.5',
	'20200101101530+0100',
	'20200101-0500',
	'20191231233000-1200',
	'20200229+1400',
];
const IDS = ['P1', 'p1', 'P2', 'P 1', 'P[1]', '1', '001', 'Ä1', 'A1', 'P*', ''];

type Pool = readonly (string | readonly string[])[];

interface Attribute {
	readonly keyword: string;
	readonly of: 'PATIENT' | 'STUDY' | 'SERIES' | 'IMAGE';
	readonly pool: Pool;
	/** Of sequences: what an item has. */
	readonly items?: readonly Attribute[];
}

const several = (pool: readonly string[]): Pool => [...pool, ['a', 'abc'], ['é', 'a b', 'A'], ['', 'a']];

const ITEM: readonly Attribute[] = [
	{ keyword: 'ScheduledProcedureStepID', of: 'SERIES', pool: ['S1', 'S2', 's1', ''] },
	{ keyword: 'RequestedProcedureDescription', of: 'SERIES', pool: TEXTS },
	{
		keyword: 'ScheduledProtocolCodeSequence',
		of: 'SERIES',
		pool: [],
		items: [
			{ keyword: 'CodeValue', of: 'SERIES', pool: ['1', '2', ''] },
			{ keyword: 'CodingSchemeDesignator', of: 'SERIES', pool: ['L', 'DCM'] },
		],
	},
];

const ATTRIBUTES: readonly Attribute[] = [
	{ keyword: 'PatientName', of: 'PATIENT', pool: NAMES },
	{ keyword: 'PatientBirthDate', of: 'PATIENT', pool: DATES },
	{ keyword: 'PatientSex', of: 'PATIENT', pool: ['M', 'F', 'O', ''] },
	{ keyword: 'OtherPatientIDs', of: 'PATIENT', pool: several(TEXTS) },
	{ keyword: 'PatientComments', of: 'PATIENT', pool: ['a', 'a\\b', 'line\r\nline', 'ab', ''] },
	{ keyword: 'StudyDate', of: 'STUDY', pool: DATES },
	{ keyword: 'StudyTime', of: 'STUDY', pool: TIMES },
	{ keyword: 'AccessionNumber', of: 'STUDY', pool: TEXTS },
	{ keyword: 'StudyID', of: 'STUDY', pool: TEXTS },
	{ keyword: 'StudyDescription', of: 'STUDY', pool: TEXTS },
	{ keyword: 'ReferringPhysicianName', of: 'STUDY', pool: NAMES },
	{ keyword: 'PhysiciansOfRecord', of: 'STUDY', pool: [...NAMES, ['SMITH^JOHN', 'Müller^Jörg']] },
	{ keyword: 'PatientAge', of: 'STUDY', pool: ['030Y', '31Y', ''] },
	{ keyword: 'PatientWeight', of: 'STUDY', pool: ['70', '70.0', '7E1', '71.5', ''] },
	{ keyword: 'Modality', of: 'SERIES', pool: ['CT', 'MR', 'PT', 'SR', 'US'] },
	{ keyword: 'SeriesNumber', of: 'SERIES', pool: ['1', '01', '+1', '2', '-3', ''] },
	{ keyword: 'SeriesDescription', of: 'SERIES', pool: TEXTS },
	{ keyword: 'BodyPartExamined', of: 'SERIES', pool: ['HEAD', 'CHEST', ''] },
	{ keyword: 'InstitutionName', of: 'SERIES', pool: TEXTS },
	{ keyword: 'OperatorsName', of: 'SERIES', pool: NAMES },
	{ keyword: 'SeriesDate', of: 'SERIES', pool: DATES },
	{ keyword: 'RequestAttributesSequence', of: 'SERIES', pool: [], items: ITEM },
	{ keyword: 'InstanceNumber', of: 'IMAGE', pool: ['1', '2', '003', ''] },
	{ keyword: 'ImageType', of: 'IMAGE', pool: [['ORIGINAL', 'PRIMARY'], ['DERIVED', 'PRIMARY'], 'ORIGINAL', ''] },
	{ keyword: 'AcquisitionDateTime', of: 'IMAGE', pool: MOMENTS },
	{ keyword: 'ContentTime', of: 'IMAGE', pool: TIMES },
	{ keyword: 'SliceThickness', of: 'IMAGE', pool: ['1', '1.0', '1.5', ''] },
	{ keyword: 'Rows', of: 'IMAGE', pool: ['64', '512', ''] },
];

const CLASSES = ['1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.5.1.4.1.1.4', '1.2.840.10008.5.1.4.1.1.7'];

const entryOf = (keyword: string): { readonly tag: string; readonly vr: Vr } => {
	const entry = byKeyword(keyword);
	if (entry === undefined || !isVr(entry.vr)) throw new Error(keyword);
	return { tag: entry.tag, vr: entry.vr };
};

const elementOf = (vr: Vr, texts: readonly string[]): Element => {
	if (texts.length === 1 && texts[0] === '') return { vr, Value: [] };
	const value = (text: string): Value => (vr === 'PN' ? personName(text) : vr === 'US' ? Number(text) : text);
	return { vr, Value: texts.map(value) };
};

const chosen = <T>(random: Random, pool: readonly T[]): T => pool[random(pool.length)] as T;

const randomElement = (random: Random, { keyword, pool, items }: Attribute): [string, Element] => {
	const { tag, vr } = entryOf(keyword);
	if (items !== undefined) {
		const Value = Array.from({ length: random(3) }, () => Object.fromEntries(some(random, items)));
		return [tag, { vr, Value }];
	}
	const texts = chosen(random, pool);
	return [tag, elementOf(vr, typeof texts === 'string' ? [texts] : texts)];
};

/** Most of the attributes: the others are absent. */
const some = (random: Random, attributes: readonly Attribute[]): [string, Element][] =>
	attributes.filter(() => random(5) > 0).map((attribute) => randomElement(random, attribute));

/** Instances of some patients, of whom every entity says the same everywhere. */
export const randomInstances = (random: Random, patients: number): Dataset[] => {
	const instances: Dataset[] = [];
	let uid = 0;
	const nextUid = (kind: number): Element => ({ vr: 'UI', Value: [`1.2.${kind}.${++uid}`] });
	const seen = new Set<string>();
	const of = (level: Attribute['of']): [string, Element][] =>
		some(
			random,
			ATTRIBUTES.filter((attribute) => attribute.of === level),
		);
	while (seen.size < patients) {
		const [id, issuer] = [
			chosen(random, IDS) + (random(3) === 0 ? '' : String(seen.size)),
			chosen(random, ['', 'HOSP']),
		];
		if (seen.has(`${id} ${issuer}`)) continue;
		seen.add(`${id} ${issuer}`);
		const patient = {
			'00100020': elementOf('LO', [id]),
			'00100021': elementOf('LO', [issuer]),
			...Object.fromEntries(of('PATIENT')),
		};
		for (let studies = 1 + random(3); studies > 0; studies--) {
			const study = { '0020000D': nextUid(1), ...Object.fromEntries(of('STUDY')) };
			for (let series = 1 + random(3); series > 0; series--) {
				const one = { '0020000E': nextUid(2), ...Object.fromEntries(of('SERIES')) };
				for (let count = 1 + random(3); count > 0; count--) {
					instances.push({
						...patient,
						...study,
						...one,
						'00080018': nextUid(3),
						'00080016': { vr: 'UI', Value: [chosen(random, CLASSES)] },
						...Object.fromEntries(of('IMAGE')),
					});
				}
			}
		}
	}
	return instances;
};

export interface RandomQuery {
	readonly identifier: Dataset;
	readonly model: 'patient-root' | 'study-root';
	readonly level: 'PATIENT' | 'STUDY' | 'SERIES' | 'IMAGE';
	readonly negotiated: {
		readonly relational: boolean;
		readonly dateTime: boolean;
		readonly emptyValue: boolean;
		readonly multipleValue: boolean;
	};
}

const LEVELS = ['PATIENT', 'STUDY', 'SERIES', 'IMAGE'] as const;

const UNIQUE: readonly (readonly [of: Attribute['of'], tag: string, vr: Vr])[] = [
	['PATIENT', '00100020', 'LO'],
	['STUDY', '0020000D', 'UI'],
	['SERIES', '0020000E', 'UI'],
	['IMAGE', '00080018', 'UI'],
];

const COMPUTED: readonly (readonly [of: Attribute['of'], keyword: string, pool: readonly string[]])[] = [
	['PATIENT', 'NumberOfPatientRelatedStudies', ['1', '2', '3']],
	['PATIENT', 'NumberOfPatientRelatedSeries', ['1', '2', '3', '4']],
	['PATIENT', 'NumberOfPatientRelatedInstances', ['2', '3', '5', '6']],
	['STUDY', 'ModalitiesInStudy', ['CT', 'MR', 'P?', '*R', 'ct']],
	['STUDY', 'SOPClassesInStudy', CLASSES],
	['STUDY', 'NumberOfStudyRelatedSeries', ['1', '2', '3']],
	['STUDY', 'NumberOfStudyRelatedInstances', ['1', '2', '3', '4']],
	['SERIES', 'NumberOfSeriesRelatedInstances', ['1', '2', '3']],
];

/** A query of what is there, most often somewhat changed. */
export const randomQuery = (random: Random, instances: readonly Dataset[]): RandomQuery => {
	const level = chosen(random, LEVELS);
	const model = level === 'PATIENT' ? 'patient-root' : chosen(random, ['patient-root', 'study-root'] as const);
	const negotiated = {
		relational: random(2) === 0,
		dateTime: random(2) === 0,
		emptyValue: random(2) === 0,
		multipleValue: random(3) === 0,
	};
	const depth = LEVELS.indexOf(level);
	const isOpen = (of: Attribute['of']): boolean => negotiated.relational || LEVELS.indexOf(of) <= depth;
	const instance = chosen(random, instances);
	const identifier: Record<string, Element> = { '00080052': { vr: 'CS', Value: [level] } };
	for (const [of, tag, vr] of UNIQUE) {
		const texts = stringsOf(instance, tag);
		const isNeeded =
			!negotiated.relational && LEVELS.indexOf(of) < depth && !(model === 'study-root' && of === 'PATIENT');
		if (isNeeded) identifier[tag] = elementOf(vr, texts);
		else if (of === level || (negotiated.relational && random(6) === 0)) {
			const others = Array.from({ length: random(3) }, () => stringsOf(chosen(random, instances), tag)[0] ?? '');
			const isUid = vr === 'UI' && random(3) === 0;
			identifier[tag] = elementOf(
				vr,
				isUid ? [...texts, ...others] : random(3) === 0 ? [changed(random, vr, texts[0] ?? '')] : [''],
			);
		}
	}
	const open = ATTRIBUTES.filter(({ of }) => isOpen(of));
	for (let keys = random(4); keys > 0; keys--) {
		const attribute = chosen(random, open);
		const [tag, element] = keyOf(random, attribute, instance);
		identifier[tag] = element;
	}
	if (random(5) === 0) {
		const [of, keyword, pool] = chosen(random, COMPUTED);
		const { tag, vr } = entryOf(keyword);
		if (isOpen(of))
			identifier[tag] = elementOf(vr, [chosen(random, pool), ...(random(3) === 0 ? [chosen(random, pool)] : [])]);
	}
	if (negotiated.dateTime && isOpen('STUDY') && random(12) === 0) {
		identifier['00080020'] = elementOf('DA', [chosen(random, ['20191231-20200102', '20200104-20210615', '20200105-'])]);
		identifier['00080030'] = elementOf('TM', [chosen(random, ['22-06', '2359-0000', '1016-1015', '101530.5-10'])]);
	}
	return { identifier, model, level, negotiated };
};

const keyOf = (random: Random, attribute: Attribute, instance: Dataset): [string, Element] => {
	const { tag, vr } = entryOf(attribute.keyword);
	const { items } = attribute;
	if (items !== undefined) {
		const [there] = instance[tag]?.Value ?? [];
		const item = (there ?? {}) as Dataset;
		const keys = items.filter(() => random(3) > 0).map((below) => keyOf(random, below, item));
		return [tag, { vr, Value: random(6) === 0 ? [] : [Object.fromEntries(keys)] }];
	}
	const texts = stringsOf(instance, tag);
	const near = texts.length > 0 && random(3) > 0 ? texts : [chosen(random, attribute.pool)].flat();
	const values = near.slice(0, 1 + random(2)).map((text) => changed(random, vr, text));
	const hasList = vr !== 'LT' && random(6) === 0;
	return [
		tag,
		elementOf(
			vr,
			hasList ? [...values, changed(random, vr, [chosen(random, attribute.pool)].flat()[0] ?? '')] : values,
		),
	];
};

const changed = (random: Random, vr: Vr, text: string): string => {
	switch (vr) {
		case 'DA':
		case 'TM':
		case 'DT':
			return changedDate(random, vr, text);
		case 'IS':
			return random(3) === 0 ? `0${text.replace(/^[+-]/, '')}` : text;
		case 'DS':
		case 'US':
		case 'UI':
		case 'AS':
			return text;
		default:
			return changedText(random, vr, text);
	}
};

const EARLIEST = {
	DA: ['20191231', '20200101', '20200105'],
	TM: ['00', '10', '1015', '101530.5'],
	DT: ['2019', '20200101', '202001011015', '20200101-0500'],
};
const LATEST = {
	DA: ['20200229', '20210615', '20200105'],
	TM: ['10', '1015', '1015', '235959.999999', '11'],
	DT: ['2020', '202001', '20200229', '20200301+0100', '202001011015'],
};

/** What is no date is no key. */
const changedDate = (random: Random, vr: 'DA' | 'TM' | 'DT', text: string): string => {
	if (/[a-z]/.test(text) || text === '') return chosen(random, [...LATEST[vr], '']);
	switch (random(4)) {
		case 0:
			return `${chosen(random, EARLIEST[vr])}-`;
		case 1:
			return `-${chosen(random, LATEST[vr])}`;
		case 2:
			return `${chosen(random, EARLIEST[vr]).slice(0, 8)}-${{ DA: '20210615', TM: '2359', DT: '20210615' }[vr]}`;
		default:
			return text;
	}
};

const changedText = (random: Random, vr: Vr, text: string): string => {
	const points = [...text];
	const at = random(points.length + 1);
	switch (random(vr === 'PN' ? 10 : 7)) {
		case 0:
			return [...points.slice(0, at), '*'].join('');
		case 1:
			return ['*', ...points.slice(at)].join('');
		case 2:
			return points.map((point, index) => (index === at && point !== '=' && point !== '^' ? '?' : point)).join('');
		case 3:
			return `${points.slice(0, at).join('')}*${points.slice(at + random(3)).join('')}`;
		case 4:
			return chosen(random, ['', '*', '""', '**', '?', '?*']);
		case 9:
			return `${text.split('^')[0]}${chosen(random, ['^*', '^^*', '^*^*'])}`;
		case 7:
			return text.toLowerCase().normalize('NFD');
		case 8:
			return (text.split('=')[random(3)] ?? text)
				.split('^')
				.slice(0, 1 + random(2))
				.join('^');
		default:
			return text;
	}
};
