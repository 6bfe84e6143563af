/** PS3.4 C.2.2.2 by hand: for each key, which of some stored values it finds. */
import t from 'tap';
import type { Negotiated } from '../../src/archive/query/query-plan.ts';
import type { Dataset, Element } from '../../src/dicom/dataset.ts';
import { stringsOf } from '../../src/dicom/dataset.ts';
import { byKeyword } from '../../src/dicom/dictionary.ts';
import { parseKey, setKey } from '../../src/dicom/identifier-path.ts';
import { MemoryIndex } from '../support/memory-index.ts';

/** Keyword, what is asked, what is stored (each in a study of its own; several values parted by a backslash), which of them are found. */
type Case = readonly [
	keyword: string,
	asked: string,
	stored: readonly string[],
	found: readonly number[],
	negotiated?: Negotiated,
];

const EMPTY_VALUE: Negotiated = { emptyValue: true };
const MULTIPLE_VALUE: Negotiated = { multipleValue: true };

const NAMES = ['SMITH^JOHN', 'Smith^Jane', 'SMITHSON^A', 'SMITH', 'BLACKSMITH^J', ''];
const JAPANESE = ['Yamada^Tarou=山田^太郎=やまだ^たろう', 'Suzuki^Hanako=鈴木^花子', '=山田^一郎'];
const DATES = ['20191231', '20200101', '20200115', '20200131', '20200201', ''];
const TIMES = ['000000', '0959', '10', '101500', '101559.999', '1016', '235959', ''];
const MOMENTS = ['20191231235959', '20200101', '20200101120000', '20200101120000.5+0100', '202002', ''];

const CASES: Readonly<Record<string, readonly Case[]>> = {
	'C.2.2.2.1 single value': [
		['StudyID', 'A', ['A', 'a', 'AB', 'BA', ''], [0]],
		['StudyID', 'a', ['A', 'a'], [1]],
		['StudyID', ' A ', ['A', 'B'], [0]],
		['StudyID', 'A B', ['A B', 'AB', 'A  B'], [0]],
		['StudyID', 'é', ['é', 'e', 'É'], [0]],
		['StudyID', '%', ['%', 'a', ''], [0]],
		['StudyID', '_', ['_', 'a'], [0]],
		['StudyID', '[a]', ['[a]', 'a'], [0]],
		['StudyID', "'; DROP TABLE study", ["'; DROP TABLE study", 'x'], [0]],
		['AccessionNumber', '007', ['7', '007'], [1]],
		['PatientID', 'P1', ['P1', 'p1', 'P10'], [0]],
		['PatientSex', 'M', ['M', 'F', ''], [0]],
		['StudyDescription', '頭部', ['頭部', '頭'], [0]],
		['StudyDate', '20200101', DATES, [1]],
		['StudyDate', '20200101', ['2020.01.01', '2020.01.02', '20200101'], [0, 2]],
		['StudyDate', '20200101', ['2020', '202001', 'yesterday'], []],
		['StudyTime', '101500', TIMES, [3]],
		['StudyTime', '1015', TIMES, [3, 4]],
		['StudyTime', '10', TIMES, [2, 3, 4, 5]],
		['StudyTime', '10:15', TIMES, [3, 4]],
		['StudyTime', '101559.9', TIMES, [4]],
		['StudyTime', '101559.999', TIMES, [4]],
		['StudyTime', '101559.99900', TIMES, [4]],
		['StudyTime', '101559.999000', TIMES, [4]],
		['StudyTime', '235960', ['235960', '235959'], [0]],
		['PatientAge', '030Y', ['030Y', '30Y'], [0]],
		['PatientWeight', '70', ['70', '70.0', '7e1', '71', 'heavy', ''], [0, 1, 2]],
		['PatientWeight', '+70.00', ['70', '70.5'], [0]],
		['PregnancyStatus', '4', ['4', '1', ''], [0]],
		['PatientComments', 'a\\b', ['a\\b', 'a', 'b'], [0]],
		['AdmittingDiagnosesDescription', 'flu', ['flu', 'cough\\flu', 'influenza'], [0, 1]],
		['MedicalAlerts', 'latex', ['nuts\\latex', 'Latex', ''], [0]],
	],
	'C.2.2.2.1.1 names': [
		['PatientName', 'SMITH^JOHN', NAMES, [0]],
		['PatientName', 'smith^john', NAMES, [0]],
		['PatientName', 'SMITH', NAMES, [0, 1, 3]],
		['PatientName', 'Smith^', NAMES, [0, 1, 3]],
		['PatientName', 'SMITH^J', NAMES, []],
		['PatientName', 'SMITH^JOHN^', NAMES, [0]],
		['PatientName', 'MULLER', ['Müller^Jörg', 'Mueller^Jörg', 'Muller'], [0, 2]],
		['PatientName', 'müller^jörg', ['MULLER^JORG', 'MUELLER^JOERG'], [0]],
		['PatientName', 'mu\u0308ller', ['Müller'], [0]],
		['PatientName', 'strauss', ['Strauß', 'Straus', 'STRAUSS^A'], [0, 2]],
		['PatientName', 'Sorensen', ['Sørensen^Ø', 'Sarensen'], [0]],
		['PatientName', 'lukasz', ['Łukasz'], [0]],
		['PatientName', 'νικος', ['Νίκος', 'ΝΙΚΟΣ', 'Νικόλαος'], [0, 1]],
		['PatientName', 'петров^петр', ['ПЕТРОВ^Пётр', 'ПЕТРОВА^Анна'], [0]],
		['PatientName', 'yamada', ['ＹＡＭＡＤＡ^ＴＡＲＯ', 'YAMADA', 'YAMATA'], [0, 1]],
		['PatientName', 'ヤマダ', ['ﾔﾏﾀﾞ^ﾀﾛｳ', 'ヤマタ^タロウ'], [0]],
		['PatientName', '山田^太郎', JAPANESE, [0]],
		['PatientName', '山田', JAPANESE, [0, 2]],
		['PatientName', 'やまだ^たろう', JAPANESE, [0]],
		['PatientName', 'Yamada=山田', JAPANESE, [0]],
		['PatientName', 'Suzuki=山田', JAPANESE, []],
		['PatientName', '=山田', JAPANESE, [0, 2]],
		['PatientName', '==やまだ', JAPANESE, [0]],
		['PatientName', 'やまだ=', JAPANESE, [0]],
		['PatientName', 'やまだ=山田', JAPANESE, []],
		['PatientName', '김', ['Kim=김^희중', '=강^희중', '김^희중'], [0, 2]],
		['PatientName', 'SMITH  ^  JOHN', ['SMITH^JOHN', 'SMITH ^ JOHN'], [0, 1]],
		['ReferringPhysicianName', 'house', ['House^Gregory', 'HOUSE', 'Houser^A', ''], [0, 1]],
		['ReferringPhysicianName', '*greg*', ['House^Gregory', 'Grego', ''], [0, 1]],
		['PhysiciansOfRecord', 'b', ['A^X\\B^Y', 'A^B', 'b'], [0, 2]],
	],
	'C.2.2.2.2 list of UID': [
		['StudyInstanceUID', '1.9.0', ['', '', ''], [0]],
		['StudyInstanceUID', '1.9.2\\1.9.0', ['', '', ''], [0, 2]],
		['StudyInstanceUID', '1.9.2\\1.9.77\\1.9.2', ['', '', ''], [2]],
		['StudyInstanceUID', '1.9', ['', ''], []],
		['StudyInstanceUID', '1.9.1\\', ['', ''], [1]],
		['StudyInstanceUID', '1.9.0\\1.9.1', ['', ''], [0, 1], MULTIPLE_VALUE],
		['SOPClassesInStudy', '1.2.840.10008.5.1.4.1.1.2\\1.2.3', ['', ''], [0, 1]],
		['SOPClassesInStudy', '1.2.3', ['', ''], []],
	],
	'C.2.2.2.3 universal': [
		['StudyID', '', ['A', ''], [0, 1]],
		['StudyID', '   ', ['A', ''], [0, 1]],
		['StudyDate', '', DATES, [0, 1, 2, 3, 4, 5]],
		['StudyDate', '*', DATES, [0, 1, 2, 3, 4, 5]],
		['StudyTime', '*', TIMES, [0, 1, 2, 3, 4, 5, 6, 7]],
		['PatientName', '', NAMES, [0, 1, 2, 3, 4, 5]],
		['PatientName', '*', NAMES, [0, 1, 2, 3, 4, 5]],
		['PatientName', '^', NAMES, [0, 1, 2, 3, 4, 5]],
		['PatientName', '==', NAMES, [0, 1, 2, 3, 4, 5]],
		['StudyInstanceUID', '*', ['', ''], [0, 1]],
		['StudyInstanceUID', '', ['', ''], [0, 1]],
		['PatientComments', '', ['a', ''], [0, 1]],
		['ProcedureCodeSequence', '', ['', ''], [0, 1]],
		['NumberOfStudyRelatedSeries', '', ['', ''], [0, 1]],
		['ModalitiesInStudy', '*', ['', ''], [0, 1]],
		['StudyID', 'A\\*', ['A', 'B', ''], [0, 1, 2]],
	],
	'C.2.2.2.4 wildcards': [
		['StudyID', 'A*', ['A', 'AB', 'a', 'BA', ''], [0, 1]],
		['StudyID', '*A', ['A', 'BA', 'AB', ''], [0, 1]],
		['StudyID', '*A*', ['A', 'BAB', 'b', ''], [0, 1]],
		['StudyID', 'A*C', ['AC', 'ABC', 'ABCD', 'AbbC'], [0, 1, 3]],
		['StudyID', 'A?', ['A', 'AB', 'ABC'], [1]],
		['StudyID', '?', ['', 'A', 'AB', '漢', '𠮷'], [1, 3, 4]],
		['StudyID', '??', ['A', 'AB', '漢字', '𠮷'], [1, 2]],
		['StudyID', '?*', ['', 'A', 'AB'], [1, 2]],
		['StudyID', '**', ['', 'A'], [0, 1]],
		['StudyID', 'a**b', ['ab', 'axb'], [0, 1]],
		['StudyID', 'a%*', ['a%b', 'ab'], [0]],
		['StudyID', 'a_*', ['a_b', 'axb'], [0]],
		['StudyID', '[ab]*', ['[ab]c', 'a', 'b'], [0]],
		['StudyID', 'a]*', ['a]b', 'ab'], [0]],
		['StudyID', '*[*', ['a[b', 'ab'], [0]],
		['StudyID', 'é*', ['été', 'éa', 'ea'], [0, 1]],
		['StudyID', '𠮷*', ['𠮷', '𠮷x', '𠮸'], [0, 1]],
		['StudyID', '\u{10ffff}*', ['\u{10ffff}', '\u{10ffff}x', 'x'], [0, 1]],
		['AccessionNumber', 'A1*', ['A1', 'A12', 'A2', 'B'], [0, 1]],
		['PatientSex', '?', ['M', 'F', ''], [0, 1]],
		['PatientID', '*', ['P', 'Q'], [0, 1]],
		['PatientComments', '*b*', ['a\r\nb', 'a', ''], [0]],
		['PatientComments', 'a\\*', ['a\\b', 'a'], [0]],
		['StudyDescription', 'ct*', ['ct head', 'CT head'], [0]],
		['PatientName', 'SM*', NAMES, [0, 1, 2, 3]],
		['PatientName', '*SMITH', NAMES, [0, 1, 3, 4]],
		['PatientName', '*^JOHN', NAMES, [0]],
		['PatientName', '*JOHN*', NAMES, [0]],
		['PatientName', 'SM?TH', NAMES, [0, 1, 3]],
		['PatientName', 'SMITH^*', NAMES, [0, 1, 3]],
		['PatientName', 'SMITH^^*', ['SMITH', 'SMITH^^Q', 'SMITH^A', 'SMITHS'], [0, 1]],
		['PatientName', 'SMITH^*^*', ['SMITH', 'SMITH^A', 'SMITHS'], [0, 1]],
		['PatientName', '^*', ['SMITH', '', '^A'], [2]],
		['PatientName', '*H^*', ['SMITH', 'SMITT', '=SMITH'], [0, 2]],
		['PatientName', '=山田^*', [...JAPANESE, '=山田'], [0, 2, 3]],
		['PhysiciansOfRecord', 'SMITH^*', NAMES, [0, 1, 3]],
		['PatientName', 'SMITH*', NAMES, [0, 1, 2, 3]],
		['PatientName', '*^*', NAMES, [0, 1, 2, 3, 4]],
		['PatientName', 'müll*', ['MULLER^A', 'Müll', 'Mull'], [0, 1, 2]],
		['PatientName', '山*', JAPANESE, [0, 2]],
		['PatientName', '*郎', JAPANESE, [0, 2]],
		['PatientName', '김?수', ['김철수', '김수'], [0]],
		['PatientName', 'O?Brien*', ["O'Brien^A", 'OBrien'], [0]],
		['OtherPatientIDs', 'X*', ['Y\\X1', 'Y', 'x'], [0]],
		['ModalitiesInStudy', 'C*', ['', ''], [0, 1]],
		['ModalitiesInStudy', 'M?', ['', ''], []],
	],
	'C.2.2.2.5 ranges': [
		['StudyDate', '20200101-20200131', DATES, [1, 2, 3]],
		['StudyDate', '20200101-20200101', DATES, [1]],
		['StudyDate', '20200101-', DATES, [1, 2, 3, 4]],
		['StudyDate', '-20200101', DATES, [0, 1]],
		['StudyDate', '20200101 - 20200131', DATES, [1, 2, 3]],
		['StudyDate', '2020.01.01-2020.01.31', DATES, [1, 2, 3]],
		['StudyDate', '20210101-', DATES, []],
		['StudyDate', '20200101-20200131', ['no date', '2020'], []],
		['PatientBirthDate', '-19991231', ['19700101', '20000101', ''], [0]],
		['StudyTime', '1000-1015', TIMES, [2, 3, 4]],
		['StudyTime', '10-10', TIMES, [2, 3, 4, 5]],
		['StudyTime', '101500-', TIMES, [3, 4, 5, 6]],
		['StudyTime', '-0959', TIMES, [0, 1]],
		['StudyTime', '-095859', TIMES, [0]],
		['StudyTime', '000000-235959', TIMES, [0, 1, 2, 3, 4, 5, 6]],
		['StudyTime', '101559.9-101559.9', TIMES, [4]],
		['StudyTime', '10:00-10:15', TIMES, [2, 3, 4]],
		['AcquisitionDateTime', '2020-', MOMENTS, [1, 2, 3, 4]],
		['AcquisitionDateTime', '2019-2020', MOMENTS, [0, 1, 2, 3, 4]],
		['AcquisitionDateTime', '20200101', MOMENTS, [1, 2, 3]],
		['AcquisitionDateTime', '2020010111', MOMENTS, [3]],
		['AcquisitionDateTime', '2020010112+0100', MOMENTS, [3]],
		['AcquisitionDateTime', '20200101-0500', MOMENTS, [2, 3]],
		['AcquisitionDateTime', '20200101-0500-', MOMENTS, [2, 3, 4]],
		['AcquisitionDateTime', '-2019', MOMENTS, [0]],
		['AcquisitionDateTime', '20200101-20200131', MOMENTS, [1, 2, 3]],
		['AcquisitionDateTime', '202001-1030', ['2020010200', '202001'], [0]],
		['StudyDate', '20200101-20200131\\20191231', DATES, [0, 1, 2, 3]],
	],
	'C.2.2.2.7 empty value': [
		['StudyID', '""', ['A', '', '""'], [1], EMPTY_VALUE],
		['StudyID', '""', ['A', '', '""'], [2]],
		['StudyDate', '""', DATES, [5], EMPTY_VALUE],
		['StudyDate', '""', ['no date', ''], [1], EMPTY_VALUE],
		['PatientName', '""', NAMES, [5], EMPTY_VALUE],
		['ReferringPhysicianName', '""', ['A', ''], [1], EMPTY_VALUE],
		['OtherPatientIDs', '""', ['A\\B', ''], [1], EMPTY_VALUE],
		['PatientWeight', '""', ['1', ''], [1], EMPTY_VALUE],
		['ModalitiesInStudy', '""', ['', ''], [], EMPTY_VALUE],
		['AcquisitionDateTime', '""', MOMENTS, [5], EMPTY_VALUE],
	],
	'C.2.2.2.8 several values': [
		['StudyID', 'A\\C', ['A', 'B', 'C', ''], [0, 2]],
		['StudyID', 'A\\C', ['A', 'B', 'C'], [], MULTIPLE_VALUE],
		['StudyID', 'A\\A', ['A', 'B'], [0], MULTIPLE_VALUE],
		['StudyID', 'A*\\C', ['AB', 'B', 'C'], [0, 2]],
		['OtherPatientIDs', 'A\\B', ['A', 'A\\B', 'B\\C\\A', 'C'], [0, 1, 2]],
		['OtherPatientIDs', 'A\\B', ['A', 'A\\B', 'B\\C\\A', 'C'], [1, 2], MULTIPLE_VALUE],
		['OtherPatientIDs', 'A*\\B', ['A1\\B', 'A1', 'B'], [0], MULTIPLE_VALUE],
		['ModalitiesInStudy', 'CT\\PT', ['', ''], [0, 1]],
		['ModalitiesInStudy', 'CT\\PT', ['', ''], [], MULTIPLE_VALUE],
		['PatientName', 'SMITH\\SMITHSON', NAMES, [0, 1, 2, 3]],
		['NumberOfStudyRelatedSeries', '1\\7', ['', ''], [0, 1]],
	],
};

/** One study for each stored value. */
const archiveOf = (keyword: string, stored: readonly string[]): MemoryIndex => {
	const { tag = '', vr = '' } = byKeyword(keyword) ?? {};
	const index = new MemoryIndex();
	for (const [number, text] of stored.entries()) {
		const set = (name: string, value: string): [string, Element] => {
			const made = setKey({}, parseKey(`${name}=${value}`));
			const [tagMade = ''] = Object.keys(made);
			return [tagMade, made[tagMade] as Element];
		};
		const instance: Record<string, Element> = Object.fromEntries([
			set('PatientID', `ID${number}`),
			set('StudyInstanceUID', `1.9.${number}`),
			set('SeriesInstanceUID', `1.8.${number}`),
			set('SOPInstanceUID', `1.7.${number}`),
			set('SOPClassUID', '1.2.840.10008.5.1.4.1.1.2'),
			set('Modality', 'CT'),
			...(vr === 'SQ' || keyword.startsWith('Number') || keyword.includes('InStudy') || text === ''
				? []
				: [set(keyword, text)]),
		]);
		if (text === '' && keyword === 'PatientID') delete instance[tag];
		index.put(instance);
	}
	return index;
};

for (const [section, cases] of Object.entries(CASES)) {
	t.test(section, async (t) => {
		for (const [keyword, asked, stored, found, negotiated = {}] of cases) {
			const index = archiveOf(keyword, stored);
			const level = keyword === 'AcquisitionDateTime' ? 'IMAGE' : 'STUDY';
			const unique = level === 'IMAGE' ? 'SOPInstanceUID' : 'StudyInstanceUID';
			const keys = [`QueryRetrieveLevel=${level}`, ...(keyword === unique ? [] : [unique]), `${keyword}=${asked}`];
			let identifier: Dataset = {};
			for (const key of keys) identifier = setKey(identifier, parseKey(key));
			const answers = index.find(identifier, {
				model: 'study-root',
				negotiated: { relational: level === 'IMAGE', ...negotiated },
			});
			const tag = byKeyword(unique)?.tag ?? '';
			const numbers = Array.isArray(answers)
				? answers.map(({ match }) => Number(stringsOf(match, tag)[0]?.split('.')[2])).sort((a, b) => a - b)
				: answers;
			t.strictSame(numbers, found, `${keyword}=${asked} ${Object.keys(negotiated)} in ${JSON.stringify(stored)}`);
		}
	});
}

t.test('cases', async (t) => t.ok(Object.values(CASES).flat().length >= 150, 'at least 150'));
