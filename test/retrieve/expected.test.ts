/** What is expected of a unit, asked of archives that answer as real ones do: fully, in part, with counts, wrongly, or not at all. */
import t from 'tap';
import { type Dataset, type Element, stringsOf } from '../../src/dicom/dataset.ts';
import type { QueryLevel } from '../../src/dicom/sop-classes.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { type Ask, askExpected, type Expected } from '../../src/retrieve/expected.ts';
import type { Unit } from '../../src/retrieve/unit.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const MR = '1.2.840.10008.5.1.4.1.1.4';

interface Row {
	readonly patient: string;
	readonly study: string;
	readonly series: string;
	readonly sop: string;
	readonly sopClass: string;
	readonly syntaxes?: readonly string[];
}

/** Two studies of a patient: 1.1 with series 1.1.1 (two CT) and 1.1.2 (one MR), 1.2 with one CT. */
const ROWS: readonly Row[] = [
	{ patient: 'P1', study: '1.1', series: '1.1.1', sop: '1.1.1.1', sopClass: CT, syntaxes: ['1.2.840.10008.1.2.4.70'] },
	{ patient: 'P1', study: '1.1', series: '1.1.1', sop: '1.1.1.2', sopClass: CT },
	{ patient: 'P1', study: '1.1', series: '1.1.2', sop: '1.1.2.1', sopClass: MR },
	{ patient: 'P1', study: '1.2', series: '1.2.1', sop: '1.2.1.1', sopClass: CT },
];

const text = (vr: Element['vr'], ...values: readonly string[]): Element => ({ vr, Value: values });

interface Manners {
	/** Final status of a level. */
	readonly status?: Partial<Record<QueryLevel, number>>;
	/** Levels that give no rows. */
	readonly silent?: readonly QueryLevel[];
	/** Rows of a level before it ends. */
	readonly limit?: number;
	readonly withoutClasses?: boolean;
	readonly withoutCounts?: boolean;
	/** Keys are not looked at. */
	readonly isDeaf?: boolean;
	readonly isDoubled?: boolean;
}

const archive = (manners: Manners = {}): { readonly ask: Ask; readonly asked: string[] } => {
	const asked: string[] = [];
	const fits = (identifier: Dataset, tag: string, value: string): boolean => {
		const values = stringsOf(identifier, tag);
		return manners.isDeaf === true || values.length === 0 || values.includes(value);
	};
	const ask: Ask = async (level, identifier, match) => {
		asked.push(level);
		const found = ROWS.filter(
			(row) =>
				fits(identifier, TAG.PatientID, row.patient) &&
				fits(identifier, TAG.StudyInstanceUID, row.study) &&
				fits(identifier, TAG.SeriesInstanceUID, row.series) &&
				(level !== 'IMAGE' || fits(identifier, TAG.SOPInstanceUID, row.sop)),
		);
		const key = level === 'STUDY' ? 'study' : level === 'SERIES' ? 'series' : 'sop';
		const entities = [...new Map(found.map((row) => [row[key], row])).values()];
		const told = manners.silent?.includes(level) === true ? [] : entities.slice(0, manners.limit);
		for (const row of manners.isDoubled === true ? [...told, ...told] : told) {
			const count = (of: 'study' | 'series') => String(ROWS.filter((one) => one[of] === row[of]).length);
			match({
				[TAG.StudyInstanceUID]: text('UI', row.study),
				...(level === 'STUDY' ? {} : { [TAG.SeriesInstanceUID]: text('UI', row.series) }),
				...(level === 'IMAGE' ? { [TAG.SOPInstanceUID]: text('UI', row.sop) } : {}),
				...(level === 'IMAGE' && manners.withoutClasses !== true
					? { [TAG.SOPClassUID]: text('UI', row.sopClass) }
					: {}),
				...(level === 'IMAGE' && row.syntaxes !== undefined ? { '00083002': text('UI', ...row.syntaxes) } : {}),
				...(level === 'SERIES' ? { [TAG.Modality]: text('CS', row.sopClass === CT ? 'CT' : 'MR') } : {}),
				...(level === 'SERIES' && manners.withoutCounts !== true
					? { [TAG.NumberOfSeriesRelatedInstances]: text('IS', count('series')) }
					: {}),
				...(level === 'STUDY' && manners.withoutCounts !== true
					? { [TAG.NumberOfStudyRelatedInstances]: text('IS', count('study')), '00080062': text('UI', CT, MR) }
					: {}),
			});
		}
		return manners.status?.[level] ?? 0x0000;
	};
	return { ask, asked };
};

const STUDY: Unit = { level: 'STUDY', studyUid: '1.1' };
const shown = ({ from, count, isWhole, instances, listed, unlisted }: Expected) => ({
	from,
	count,
	isWhole,
	instances: [...instances.keys()].join(' '),
	listed: listed.size,
	unlisted: [...unlisted].join(' '),
});
const OF_STUDY = '1.1.1.1 1.1.1.2 1.1.2.1';
const NONE = { listed: 0, unlisted: '' };

const cases: Readonly<Record<string, readonly [unit: Unit, manners: Manners, is: ReturnType<typeof shown>]>> = {
	study: [STUDY, {}, { from: 'instances', count: 3, isWhole: true, instances: OF_STUDY, listed: 3, unlisted: '' }],
	'a study twice told': [
		STUDY,
		{ isDoubled: true },
		{ from: 'instances', count: 3, isWhole: true, instances: OF_STUDY, listed: 3, unlisted: '' },
	],
	'a study, of a peer that ignores keys': [
		STUDY,
		{ isDeaf: true },
		{ from: 'instances', count: 3, isWhole: true, instances: OF_STUDY, listed: 3, unlisted: '' },
	],
	patient: [
		{ level: 'PATIENT', patientId: 'P1' },
		{},
		{ from: 'instances', count: 4, isWhole: true, instances: `${OF_STUDY} 1.2.1.1`, listed: 4, unlisted: '' },
	],
	series: [
		{ level: 'SERIES', studyUid: '1.1', seriesUid: '1.1.2' },
		{},
		{ from: 'instances', count: 1, isWhole: true, instances: '1.1.2.1', listed: 1, unlisted: '' },
	],
	'what is not there': [
		{ level: 'STUDY', studyUid: '9' },
		{},
		{ from: 'instances', count: 0, isWhole: true, instances: '', ...NONE },
	],
	'instances, one of which is not there': [
		{ level: 'IMAGE', studyUid: '1.1', seriesUid: '1.1.1', sopUids: ['1.1.1.1', '7'] },
		{},
		{ from: 'asked', count: 2, isWhole: true, instances: '1.1.1.1 7', listed: 1, unlisted: '7' },
	],
	'instances, where they cannot be asked for': [
		{ level: 'IMAGE', sopUids: ['1.1.1.1', '7'] },
		{ status: { IMAGE: 0xa900 }, silent: ['IMAGE'] },
		{ from: 'asked', count: 2, isWhole: true, instances: '1.1.1.1 7', ...NONE },
	],
	'nothing, where a question that leaves levels out is not understood': [
		{ level: 'IMAGE', sopUids: ['1.1.1.1'] },
		{ silent: ['IMAGE'] },
		{ from: 'asked', count: 1, isWhole: true, instances: '1.1.1.1', ...NONE },
	],
	frames: [
		{ level: 'FRAME', sopUids: ['1.1.1.1'], frames: [1] },
		{},
		{ from: 'asked', count: 1, isWhole: false, instances: '', listed: 1, unlisted: '' },
	],
	'counts of series, without IMAGE level queries': [
		STUDY,
		{ status: { IMAGE: 0xa900 }, silent: ['IMAGE'] },
		{ from: 'series-counts', count: 3, isWhole: false, instances: '', ...NONE },
	],
	'counts of series, where IMAGE level queries find nothing': [
		STUDY,
		{ silent: ['IMAGE'] },
		{ from: 'series-counts', count: 3, isWhole: false, instances: '', ...NONE },
	],
	'the count of the study, without lower queries': [
		STUDY,
		{ status: { IMAGE: 0xa900, SERIES: 0xc000 }, silent: ['IMAGE', 'SERIES'] },
		{ from: 'study-count', count: 3, isWhole: false, instances: '', ...NONE },
	],
	'nothing at all': [
		STUDY,
		{ status: { IMAGE: 0xa900, SERIES: 0xc000, STUDY: 0x0122 }, silent: ['IMAGE', 'SERIES', 'STUDY'] },
		{ from: 'nothing', count: undefined, isWhole: false, instances: '', ...NONE },
	],
	'a limit of one row, said with FE00': [
		STUDY,
		{ limit: 1, status: { IMAGE: 0xfe00 } },
		{ from: 'series-counts', count: 2, isWhole: false, instances: '1.1.1.1', listed: 1, unlisted: '' },
	],
};

for (const [name, [unit, manners, is]] of Object.entries(cases))
	t.test(name, async (t) => {
		t.strictSame(shown(await askExpected(unit, archive(manners).ask)), is);
	});

t.test('what is told of each instance, series and class', async (t) => {
	const { instances, series, sopClassUids, problem } = await askExpected(STUDY, archive().ask);
	t.strictSame(instances.get('1.1.1.1'), {
		transferSyntaxes: ['1.2.840.10008.1.2.4.70'],
		sopClassUid: CT,
		studyUid: '1.1',
		seriesUid: '1.1.1',
	});
	t.strictSame(
		series.map(({ seriesUid, modality, count }) => [seriesUid, modality, count]),
		[
			['1.1.1', 'CT', 2],
			['1.1.2', 'MR', 1],
		],
	);
	t.strictSame([...sopClassUids].sort(), [CT, MR].sort());
	t.equal(problem, undefined);
	const blind = await askExpected(STUDY, archive({ withoutClasses: true, withoutCounts: true }).ask);
	t.equal(blind.sopClassUids.size, 0);
	t.equal(blind.from, 'instances');
	const refused = await askExpected(STUDY, archive({ status: { IMAGE: 0xa900 }, silent: ['IMAGE'] }).ask);
	t.match(refused.problem, /IMAGE level query ended with 0xA900/);
});

t.test('how many questions', async (t) => {
	const walk = archive();
	await askExpected(STUDY, walk.ask);
	t.equal(walk.asked.join(' '), 'STUDY SERIES IMAGE IMAGE');
	const relational = archive();
	const { count } = await askExpected(STUDY, relational.ask, true);
	t.equal(relational.asked.join(' '), 'STUDY SERIES IMAGE');
	t.equal(count, 3);
	const named = archive();
	const sopUids = Array.from({ length: 250 }, (_, i) => `7.${i}`);
	await askExpected({ level: 'IMAGE', studyUid: '1', seriesUid: '2', sopUids }, named.ask);
	t.equal(named.asked.join(' '), 'IMAGE IMAGE IMAGE');
});

t.test('a peer that ends the association ends the questions', async (t) => {
	await t.rejects(
		askExpected(STUDY, () => Promise.reject(new Error('gone'))),
		/gone/,
	);
});
