/** The commands as users type them, against DCMTK's archives: spellings, outputs, exit statuses, signals. */
import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { withAssociation } from '../../src/association/requestor.ts';
import { fromJsonModel } from '../../src/dicom/json-model.ts';
import { encodeFile } from '../../src/dicom/part10.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { store } from '../../src/services/storage-scu.ts';
import { freePort, missing, startDcmqrscp, startWlmscpfs } from '../support/peers.ts';
import { csv, ends, folder, inTurns, rowsOf, writeStudies } from './command-line.ts';
import { CT, encoded, eventually, filesUnder, image, keys, readPart10, shown, toPeer } from './instances.ts';

// Fifty processes, on a machine that does other things as well.
t.setTimeout(120_000);

t.test('against dcmqrscp', { skip: missing('dcmqrscp') }, async (t) => {
	const peer = await startDcmqrscp();
	t.teardown(() => peer.stop());
	const port = String(peer.port);
	const at = `ARCHIVE@127.0.0.1:${port}`;
	const studies = writeStudies('studies');

	t.test('store fills it', async (t) => {
		const { stdout, stderr } = await ends(t, 0, ['store', at, studies]);
		t.equal(stdout, '');
		t.match(stderr, /5 instances/);
		t.equal(filesUnder(join(peer.folder, 'db')).filter((path) => path.endsWith('.dcm')).length, 5);
	});

	t.test('every spelling of the peer, every place for its options', async (t) => {
		await ends(t, 0, ['node', 'add', 'main', at]);
		const lines = [
			'echo {at}',
			'echo ARCHIVE@localhost:{port}',
			'echo -aec ARCHIVE 127.0.0.1:{port}',
			'echo -aec ARCHIVE 127.0.0.1 {port}',
			'echo 127.0.0.1 -aec ARCHIVE {port}',
			'echo 127.0.0.1 {port} -aec ARCHIVE',
			'echo -aet host --called=ARCHIVE localhost {port}',
			'echo dicom://ARCHIVE@127.0.0.1:{port}',
			'echo main',
			'echoscu -aet ME -aec ARCHIVE 127.0.0.1 {port}',
			'echoscu -v -aec ARCHIVE -to 5 -ta 5 -td 5 -pdu 16384 --repeat 3 127.0.0.1 {port}',
			'findscu -S -k QueryRetrieveLevel=STUDY -k PatientName=DOE* -aec ARCHIVE localhost {port}',
			'findscu -P -k 0008,0052=PATIENT -k (0010,0010)=* -aec ARCHIVE -aet ME localhost {port}',
			'findscu -S -xi -k 8,52=STUDY -k 10,20=P1 localhost {port} -aec ARCHIVE',
			'storescu -aec ARCHIVE 127.0.0.1 {port} {studies}/0.dcm {studies}/1.dcm',
			'storescu +sd +r -xe -R -aec ARCHIVE 127.0.0.1 {port} {studies}',
		];
		await inTurns(lines, async (line) => {
			const args = line.replace('{port}', port).replace('{at}', at).replaceAll('{studies}', studies).split(' ');
			await ends(t, 0, args);
		});
		t.notMatch(peer.log(), /Association Abort|ABORT/i);
	});

	t.test('every output format, read back', async (t) => {
		const printed = new Map<string, string>();
		const formats = [
			'tsv',
			'csv',
			'name',
			'name -0',
			'json',
			'jsonl',
			'dicom-json',
			'dump',
			'table',
			'wide',
			'expanded',
		];
		await inTurns(formats, async (format) => {
			const keys = 'StudyInstanceUID,PatientName,PatientID';
			const { stdout, stderr } = await ends(t, 0, ['find', at, '--fields', keys, '-F', ...format.split(' ')]);
			t.equal(stderr, '');
			printed.set(format, stdout);
		});
		const found = (format: string): string => printed.get(format) ?? '';
		const expected = [
			['1.2.3.1', 'DOE^JANE', 'P1'],
			['1.2.3.2', 'DOE^JANE', 'P1'],
			['1.2.3.3', 'Yamada^Tarou=山田^太郎=やまだ^たろう', 'P2'],
		];
		const inOrder = (rows: readonly (readonly (string | undefined)[])[]) =>
			[...rows].sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
		t.strictSame(inOrder(rowsOf(found('tsv')).map((line) => line.split('\t'))), expected);
		const [header, ...rows] = csv(found('csv'));
		t.strictSame(header, ['StudyInstanceUID', 'PatientName', 'PatientID']);
		t.strictSame(inOrder(rows), expected);
		t.strictSame(
			rowsOf(found('name')).sort(),
			expected.map(([uid]) => uid),
		);
		const nul = found('name -0');
		t.strictSame(
			nul.split('\0').slice(0, -1).sort(),
			expected.map(([uid]) => uid),
		);

		interface Row {
			readonly StudyInstanceUID: string;
			readonly PatientName: unknown;
			readonly PatientID: string;
		}
		const json = JSON.parse(found('json')) as { readonly results: readonly Row[]; readonly count: number };
		const lines = rowsOf(found('jsonl')).map((line) => JSON.parse(line) as Row);
		t.equal(json.count, 3);
		const uids = (all: readonly Row[]) => inOrder(all.map((row) => [row.StudyInstanceUID, row.PatientID]));
		t.strictSame(
			uids(json.results),
			expected.map(([uid, , id]) => [uid, id]),
		);
		t.strictSame(
			uids(lines),
			expected.map(([uid, , id]) => [uid, id]),
		);

		const model = JSON.parse(found('dicom-json')) as readonly unknown[];
		t.strictSame(
			inOrder(
				model
					.map(fromJsonModel)
					.map((one) => ['StudyInstanceUID', 'PatientName', 'PatientID'].map((key) => shown(one, key))),
			),
			expected,
		);
		const dump = found('dump');
		t.equal(dump.match(/^\(0020,000d\) UI \[1\.2\.3\.\d\]/gm)?.length, 3);
		for (const format of ['table', 'wide', 'expanded']) {
			const text = found(format);
			for (const [uid = ''] of format === 'table' ? [] : expected) t.ok(text.includes(uid), `${format} shows ${uid}`);
			t.ok(text.includes('山田^太郎') || text.includes('Yamada^Tarou'), `${format} shows the name`);
		}
	});

	t.test('find at every level, with friendly flags, from files', async (t) => {
		const identifier = join(folder, 'query.dcm');
		writeFileSync(
			identifier,
			encodeFile(
				keys({
					SOPClassUID: CT,
					SOPInstanceUID: '1.2.3.3.1.1',
					QueryRetrieveLevel: 'STUDY',
					PatientID: 'P2',
					StudyInstanceUID: '',
				}),
				EXPLICIT_LITTLE,
			),
		);
		const queries: readonly (readonly [count: number, status: number, ...args: readonly string[]])[] = [
			[2, 0, '-L', 'patient'],
			[2, 0, '--name', 'doe', '--id', 'P1'],
			[1, 0, '--acc', 'A3'],
			[2, 0, '--study-uid', '1.2.3.1', '--study-uid', '1.2.3.3'],
			[1, 0, '-L', 'series', '--study-uid', '1.2.3.1'],
			[3, 0, '-L', 'instance', '--study-uid', '1.2.3.1', '--series-uid', '1.2.3.1.1'],
			[2, 0, '-P', '-L', 'study', '--id', 'P1'],
			[0, 1, '--id', 'NOBODY'],
			[0, 0, '--id', 'NOBODY', '--allow-empty'],
			[1, 0, '-f', identifier],
			[2, 0, '-f', identifier, '-k', 'PatientID=P1'],
		];
		await inTurns(queries, async ([count, status, ...args]) => {
			const { stdout } = await ends(t, status, ['find', at, '-F', 'name', ...args]);
			t.equal(rowsOf(stdout).length, count, args.join(' '));
		});
	});

	t.test('matches as files', async (t) => {
		const into = join(folder, 'matches');
		await ends(t, 0, ['find', at, '-w', '-o', into]);
		const files = filesUnder(into);
		t.equal(files.length, 3);
		const names = files.map((path) => shown(readPart10(path).dataset, 'PatientName'));
		t.ok(names.includes('Yamada^Tarou=山田^太郎=やまだ^たろう'));
		if (missing('dcmdump') === false)
			for (const path of files) t.equal(spawnSync('dcmdump', ['-q', path]).status, 0, 'dcmdump reads it');
	});

	t.test('with -d stdout has the same data and nothing more', async (t) => {
		const plain = await ends(t, 0, ['find', at, '-F', 'tsv']);
		const debug = await ends(t, 0, ['find', at, '-F', 'tsv', '-d']);
		t.equal(debug.stdout, plain.stdout);
		t.match(debug.stderr, /A-ASSOCIATE-RQ[\s\S]*C-FIND-RSP[\s\S]*A-RELEASE-RP/);
		t.equal((await ends(t, 0, ['store', at, studies, '-d'])).stdout, '');
	});

	t.test('exit statuses', async (t) => {
		const closed = await freePort();
		const rejected = await ends(t, 5, ['echo', `WRONG@127.0.0.1:${port}`]);
		t.match(rejected.stderr, /1\/1\/7/);
		t.match(rejected.stderr, /came back[\s\S]*means[\s\S]*do/);
		const runs: readonly (readonly [status: number, ...args: readonly string[]])[] = [
			[5, 'find', `WRONG@127.0.0.1:${port}`],
			[5, 'store', `WRONG@127.0.0.1:${port}`, studies],
			[7, 'echo', `ARCHIVE@127.0.0.1:${closed}`],
			[7, 'find', `ARCHIVE@127.0.0.1:${closed}`],
			[7, 'store', `ARCHIVE@127.0.0.1:${closed}`, studies],
			[1, 'find', at, '--id', 'NOBODY'],
			[2, 'find', at, '-k', 'PatientNmae=X'],
			[2, 'find', at, '-S', '-L', 'patient'],
			[2, 'echo', '--nonsense', at],
			[3, 'echo', at, `ARCHIVE@127.0.0.1:${closed}`],
			[9, 'find', at, '-W'],
		];
		await inTurns(runs, async ([status, ...args]) => {
			const { stderr } = await ends(t, status, args);
			if (status === 7) t.match(stderr, /refused/i);
		});
	});
});

t.test('a long find', { skip: missing('dcmqrscp') }, async (t) => {
	const peer = await startDcmqrscp({ args: ['-d'] });
	t.teardown(() => peer.stop());
	const contexts = [{ abstractSyntax: CT, transferSyntaxes: [IMPLICIT_LITTLE] }];
	await withAssociation({ address: toPeer(peer), contexts }, async ({ association, accepted }) => {
		for (let i = 0; i < 400; i++) {
			const dataset = image(CT, `1.2.${i}.1.1`, { StudyInstanceUID: `1.2.${i}`, SeriesInstanceUID: `1.2.${i}.1` }, 2);
			await store(association, accepted[0]?.id ?? 0, {
				sopClassUid: CT,
				sopInstanceUid: `1.2.${i}.1.1`,
				dataset: encoded(dataset, IMPLICIT_LITTLE),
			});
		}
	});
	const at = `ARCHIVE@127.0.0.1:${peer.port}`;

	t.test('--limit', async (t) => {
		const { stdout } = await ends(t, 0, ['find', at, '-F', 'name', '--limit', '7']);
		t.equal(rowsOf(stdout).length, 7);
		await eventually('a C-CANCEL in the log of the peer', () => /C-CANCEL RQ|Cancel/i.test(peer.log()));
	});

	t.test('| head -1', async (t) => {
		const program = new URL('../support/dimse.ts', import.meta.url).pathname;
		const command = `{ "$NODE" "$PROGRAM" find ${at} -F name; echo "status $?" >&2; } | head -1`;
		// Not spawnSync: the log of the peer has to be read meanwhile.
		const { stdout, stderr } = await promisify(execFile)('sh', ['-c', command], {
			env: { ...process.env, NODE: process.execPath, PROGRAM: program },
		});
		t.equal(rowsOf(stdout).length, 1);
		t.equal(stderr, 'status 0\n');
	});
});

t.test('SIGINT in a find', { skip: missing('wlmscpfs', 'dump2dcm') }, async (t) => {
	const peer = await startWlmscpfs(
		(into) => {
			for (let i = 0; i < 5; i++) {
				const dump = join(folder, `${i}.dump`);
				writeFileSync(
					dump,
					`(0010,0010) PN [DOE^JANE]\n(0010,0020) LO [W${i}]\n(0040,0100) SQ\n(fffe,e000) -\n(0008,0060) CS [CT]\n(fffe,e00d) -\n(fffe,e0dd) -\n`,
				);
				const { status, stderr } = spawnSync('dump2dcm', ['-q', dump, join(into, `${i}.wl`)], { encoding: 'utf8' });
				if (status !== 0) throw new Error(stderr);
			}
		},
		['-d', '--sleep-during', '1'],
	);
	t.teardown(() => peer.stop());
	const { stdout } = await ends(
		t,
		130,
		['find', '-W', `WORKLIST@127.0.0.1:${peer.port}`, '-F', 'tsv', '--fields', 'PatientID'],
		{
			meanwhile: (child) => child.stdout.once('data', () => child.kill('SIGINT')),
		},
	);
	t.ok(rowsOf(stdout).length < 5, `${rowsOf(stdout).length} of 5 matches`);
	await eventually('the release', () => /Association Release/i.test(peer.log()));
	t.match(peer.log(), /C-CANCEL RQ|[Cc]ancel/);
	t.notMatch(peer.log(), /Association Abort/i);
});
