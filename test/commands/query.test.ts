/** From options to identifiers, models, plans: what the commands decide before anything is sent. */
import t from 'tap';
import type { InstanceFile } from '../../src/archive/files/instance-file.ts';
import type { Environment } from '../../src/cli/environment.ts';
import { extendedNegotiation } from '../../src/commands/extended-negotiation.ts';
import { isSuspectCount } from '../../src/commands/find/match-limit.ts';
import { type QueryOptions, queryOf } from '../../src/commands/find/query-identifier.ts';
import { sentKeys } from '../../src/commands/find/words.ts';
import { proposedTransferSyntaxes } from '../../src/commands/proposing.ts';
import { type Dataset, textOf } from '../../src/dicom/dataset.ts';
import { nameKey } from '../../src/dicom/query-flags.ts';
import { MODELS, modelAndLevel } from '../../src/dicom/query-model.ts';
import { STORAGE_SOP_CLASSES } from '../../src/dicom/uids.ts';
import { DicomError } from '../../src/errors.ts';
import { sendingPlan } from '../../src/services/sending-plan.ts';

const NOTHING: QueryOptions = {
	level: undefined,
	model: undefined,
	key: [],
	file: [],
	name: undefined,
	id: undefined,
	acc: undefined,
	date: undefined,
	time: undefined,
	birth: undefined,
	modality: [],
	desc: undefined,
	'study-uid': [],
	'series-uid': [],
	'sop-uid': [],
	'keep-case': false,
	fields: undefined,
};

/** Text for stdin, and the day it is. */
const world = (stdin = ''): Environment =>
	({
		stdin: {
			isTty: false,
			async *bytes() {
				yield new TextEncoder().encode(stdin);
			},
		},
		cwd: '/',
		today: () => new Date(2026, 10, 21, 12),
	}) as unknown as Environment;

const ask = async (options: Partial<QueryOptions>, items: readonly string[] = [], stdin = '') =>
	queryOf({ ...NOTHING, ...options }, items, world(stdin));
const usage = (use: () => unknown): string | undefined => {
	try {
		use();
		return undefined;
	} catch (error) {
		return error instanceof DicomError && error.failure.blame === 'usage' ? error.failure.message : String(error);
	}
};
const texts = (dataset: Dataset | undefined, ...tags: readonly string[]) =>
	tags.map((tag) => textOf(dataset ?? {}, tag));

t.test('without anything: all studies, by their level, with the character set asked for', async (t) => {
	const { model, level, identifiers } = await ask({});
	t.equal(model.name, 'study');
	t.equal(level, 'study');
	t.equal(identifiers.length, 1);
	t.strictSame(texts(identifiers[0], '00080052', '00100010'), ['STUDY', '']);
	t.strictSame(identifiers[0]?.['00080005']?.Value, []);
	t.ok(identifiers[0]?.['0020000D'], 'the unique key is asked for');
});

t.test('friendly flags', async (t) => {
	const { identifiers, promised } = await ask({
		name: 'müller, eva',
		id: 'P1',
		acc: 'A1',
		date: '-7d',
		time: '08:00..12:00',
		birth: '1970',
		modality: ['ct, mr', 'CT'],
		desc: 'chest',
		'study-uid': ['1.2,1.3', '1.4'],
	});
	t.equal(identifiers.length, 2, 'one query for each modality');
	t.strictSame(
		identifiers.map((one) => textOf(one, '00080061')),
		['CT', 'MR'],
	);
	t.strictSame(
		texts(
			identifiers[0],
			'00100010',
			'00100020',
			'00080050',
			'00080020',
			'00080030',
			'00100030',
			'00081030',
			'0020000D',
			'00080005',
		),
		[
			'MÜLLER^EVA*',
			'P1',
			'A1',
			'20261114-20261121',
			'0800-1200',
			'19700101-19701231',
			'*chest*',
			'1.2\\1.3\\1.4',
			'ISO_IR 100',
		],
	);
	t.ok(promised.has('00080061') && promised.has('00100010'));
	for (const [text, keepCase, key] of [
		['smith', false, 'SMITH*'],
		['=smith', false, 'SMITH'],
		['smith, john', false, 'SMITH^JOHN*'],
		['Sm?th', true, 'Sm?th'],
		['smith^j', false, 'SMITH^J*'],
	] as const)
		t.equal(nameKey(text, keepCase), key, text);
});

t.test('at other levels and in other models the flags mean other keys', async (t) => {
	t.strictSame(
		texts((await ask({ level: 'series', modality: ['MR'], desc: 'x*' })).identifiers[0], '00080060', '0008103E'),
		['MR', 'x*'],
	);
	const worklist = (await ask({ model: 'worklist', modality: ['MR'], date: 'today' })).identifiers[0];
	t.match(worklist?.['00400100']?.Value[0], { '00080060': { Value: ['MR'] }, '00400002': { Value: ['20261121'] } });
	t.notOk(worklist?.['00080052'], 'a worklist has no level');
});

t.test('what was sent is told as it is written, below sequences too', async (t) => {
	const { identifiers } = await ask({ model: 'worklist', modality: ['MR'], date: 'today', name: 'doe' });
	t.strictSame(identifiers.map(sentKeys), [
		{
			PatientName: 'DOE*',
			'ScheduledProcedureStepSequence[0].Modality': 'MR',
			'ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate': '20261121',
		},
	]);
	const typed = await ask({}, ['RequestAttributesSequence[1].0040,0007=x', 'ReferencedStudySequence=']);
	t.strictSame(typed.identifiers.map(sentKeys), [
		{
			'RequestAttributesSequence[1].ScheduledProcedureStepDescription': 'x',
			QueryRetrieveLevel: 'STUDY',
		},
	]);
});

t.test('raw keys stand as they are, override, and decide on the level', async (t) => {
	const { level, model, identifiers } = await ask(
		{ level: 'study', key: ['QueryRetrieveLevel=IMAGE', 'PatientID=x*', 'PatientID=y'] },
		['0020,0013=1'],
	);
	t.equal(level, 'instance');
	t.equal(model.name, 'study');
	t.strictSame(texts(identifiers[0], '00080052', '00100020', '00200013'), ['IMAGE', 'y', '1']);
	t.equal((await ask({ level: 'patient' })).model.name, 'patient');
});

t.test('--fields', async (t) => {
	const keywords = async (fields: string) => (await ask({ fields })).columns.map(({ keyword }) => keyword);
	t.strictSame(await keywords('PatientID,00080020,StudyInstanceUID'), ['PatientID', 'StudyDate', 'StudyInstanceUID']);
	const changed = await keywords('+BodyPartExamined,-PatientName');
	t.ok(changed.includes('BodyPartExamined') && !changed.includes('PatientName') && changed.includes('StudyDate'));
	const { identifiers } = await ask({ fields: '+BodyPartExamined' });
	t.ok(identifiers[0]?.['00180015'], 'what is shown is asked for');
});

t.test('identifiers from stdin: lines, JSON, several', async (t) => {
	const lines = await ask({ file: ['-'], key: ['PatientID=over'] }, [], '# x\nPatientID=under\nStudyDate\n');
	t.strictSame(texts(lines.identifiers[0], '00100020'), ['over']);
	const json = JSON.stringify([{ '00100020': { vr: 'LO', Value: ['a'] } }, { '00100020': { vr: 'LO', Value: ['b'] } }]);
	const several = await ask({}, ['@-'], json);
	t.strictSame(
		several.identifiers.map((one) => textOf(one, '00100020')),
		['a', 'b'],
	);
	await t.rejects(ask({ file: ['-'] }, [], '{ not json'), DicomError);
});

t.test('levels outside a model are refused before anything is sent', async (t) => {
	t.equal(
		usage(() => modelAndLevel('study', 'patient')),
		'level "patient" does not exist in the study root model (-S)',
	);
	t.match(
		usage(() => modelAndLevel('psonly', 'series')),
		/patient\/study only model \(-O\)/,
	);
	await t.rejects(ask({ key: ['QueryRetrieveLevel=IMAGES'] }), DicomError);
});

t.test('extended negotiation and transfer syntaxes by name', async (t) => {
	t.strictSame(
		extendedNegotiation(MODELS.study, ['relational,fuzzy'])[0]?.information,
		Uint8Array.of(1, 0, 1, 0, 0, 0, 0),
	);
	t.strictSame(extendedNegotiation(MODELS.worklist, ['fuzzy'])[0]?.information, Uint8Array.of(1, 1, 1, 0));
	t.strictSame(extendedNegotiation(MODELS.study, []), []);
	t.match(
		usage(() => extendedNegotiation(MODELS.worklist, ['relational'])),
		/no such negotiation/,
	);
	t.strictSame(proposedTransferSyntaxes(['deflated,implicit', '1.2.3'], []), [
		'1.2.840.10008.1.2.1.99',
		'1.2.840.10008.1.2',
		'1.2.3',
	]);
	t.match(
		usage(() => proposedTransferSyntaxes(['jpeg'], [])),
		/unknown transfer syntax "jpeg"/,
	);
	for (const option of ['--ts', '--prefer-ts'] as const)
		t.throws(() => proposedTransferSyntaxes(['jpeg'], [], option), {
			message: 'unknown transfer syntax "jpeg"',
			failure: { hint: new RegExp(`^${option} takes `) },
		});
});

t.test('counts that archives stop at', async (t) => {
	for (const count of [100, 500, 512, 1000, 9500, 50_000]) t.ok(isSuspectCount(count, undefined), String(count));
	for (const count of [10, 20, 25, 50])
		t.notOk(isSuspectCount(count, undefined), `${count} is too often just the truth`);
	t.ok(isSuspectCount(50, 50), 'but not where that limit is known');
	for (const count of [0, 1, 99, 499, 12_345, 10_500]) t.notOk(isSuspectCount(count, undefined), String(count));
	t.ok(isSuspectCount(37, 37));
	t.notOk(isSuspectCount(500, 1000));
	t.notOk(isSuspectCount(38, 37), 'it gave more: that was no limit');
	t.ok(isSuspectCount(500, 37));
});

t.test('what is proposed for files: as on disk, one context more to transcode, 128 at most', async (t) => {
	const file = (sopClassUid: string, transferSyntaxUid: string): InstanceFile => ({
		path: '',
		sopClassUid,
		sopInstanceUid: '1',
		transferSyntaxUid,
		datasetOffset: 0,
		datasetLength: 0,
	});
	const [EXPLICIT, IMPLICIT, BIG, JPEG] = [
		'1.2.840.10008.1.2.1',
		'1.2.840.10008.1.2',
		'1.2.840.10008.1.2.2',
		'1.2.840.10008.1.2.4.50',
	] as const;
	t.strictSame(sendingPlan([file('1.2', JPEG), file('1.2', EXPLICIT), file('1.3', JPEG)])[0]?.contexts, [
		{ abstractSyntax: '1.2', transferSyntaxes: [JPEG] },
		{ abstractSyntax: '1.2', transferSyntaxes: [EXPLICIT] },
		{ abstractSyntax: '1.2', transferSyntaxes: [IMPLICIT, BIG] },
		{ abstractSyntax: '1.3', transferSyntaxes: [JPEG] },
	]);
	const all = STORAGE_SOP_CLASSES.map((uid) => file(uid, EXPLICIT));
	const batches = sendingPlan(all);
	t.ok(batches.length > 1 && batches.every(({ contexts }) => contexts.length <= 128));
	t.equal(
		batches.reduce((sum, { instances }) => sum + instances.length, 0),
		all.length,
	);
	t.strictSame(sendingPlan([file('1.2', EXPLICIT)], [IMPLICIT])[0]?.contexts, [
		{ abstractSyntax: '1.2', transferSyntaxes: [IMPLICIT] },
	]);
});
