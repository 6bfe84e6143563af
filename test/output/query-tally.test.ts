/** Which rows of a query are the same, level by level: what is dropped is counted, and what may be another match is not dropped. */
import t from 'tap';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { TAG } from '../../src/dicom/tags.ts';
import type { Level } from '../../src/output/columns.ts';
import { QueryTally } from '../../src/output/query-tally.ts';
import { warningsOf } from '../../src/output/query-warnings.ts';

const ISSUER = '00100021';

type Values = Readonly<Record<string, string>>;

const rowOf = (values: Values): Dataset =>
	Object.fromEntries(
		Object.entries(values).map(([tag, value]) => [
			tag,
			{ vr: tag === TAG.StudyInstanceUID ? 'UI' : 'LO', Value: value === '' ? [] : [value] },
		]),
	);

/** @returns how many are shown, and the warnings */
const tallied = (level: Level, rows: readonly Values[], mayRepeat = false) => {
	const tally = new QueryTally(level, undefined);
	const shown = rows.filter((values) => {
		const match = { dataset: rowOf(values), bytes: Buffer.from(JSON.stringify(values)) };
		return tally.take({ ...match, hasUnsupportedKeys: false, problems: [] }, {}, mayRepeat) !== undefined;
	});
	const treatment = { peer: 'main', promised: new Map<string, string>(), isStrict: false, isUnfiltered: false };
	return { shown: shown.length, said: warningsOf(tally, treatment).map(({ code, rows: count }) => [code, count]) };
};

t.test('items of a worklist have no key: several steps may be of one study', async (t) => {
	const item = (step: string) => ({ [TAG.StudyInstanceUID]: '1.2.3', '00400009': step });
	t.strictSame(tallied('worklist', [item('S1'), item('S2'), item('S3')]), { shown: 3, said: [] });
	t.strictSame(tallied('worklist', [item('S1'), item('S2'), item('S1')]), { shown: 2, said: [['duplicates', 1]] });
});

t.test('a patient is an ID and who has issued it', async (t) => {
	const patient = (issuer: string, name = 'DOE') => ({
		[TAG.PatientID]: 'D1',
		[ISSUER]: issuer,
		[TAG.PatientName]: name,
	});
	t.strictSame(tallied('patient', [patient(''), patient('HOSPITAL')]), { shown: 2, said: [] });
	t.strictSame(tallied('patient', [patient('A'), patient('A')]), { shown: 1, said: [['duplicates', 1]] });
	t.strictSame(tallied('patient', [patient('A'), patient('A', 'ROE')]), { shown: 1, said: [['duplicates-differ', 1]] });
	const untold = (name: string) => ({ [TAG.PatientID]: 'D1', [TAG.PatientName]: name });
	t.strictSame(tallied('patient', [untold('DOE'), untold('ROE'), untold('DOE')]), {
		shown: 2,
		said: [['duplicates', 1]],
	});
});

t.test('of a study the first row is shown, and of the others it is said whether they are the same', async (t) => {
	const study = (name: string, uid = '1.2.3') => ({ [TAG.StudyInstanceUID]: uid, [TAG.PatientName]: name });
	t.strictSame(tallied('study', [study('DOE'), study('DOE'), study('ROE')]), {
		shown: 1,
		said: [
			['duplicates', 1],
			['duplicates-differ', 1],
		],
	});
	t.strictSame(tallied('study', [study('DOE'), study('DOE'), study('ROE')], true), { shown: 1, said: [] });
	t.strictSame(tallied('study', [study('DOE', ''), study('DOE', '')]), { shown: 2, said: [] }, 'without a key');
});
