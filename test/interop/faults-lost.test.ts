/** Retrieves that are broken off: by an archive that is killed, by us, by destinations that do not do their part. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { listen } from '../../src/association/acceptor.ts';
import { encodeFile } from '../../src/dicom/part10.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { rejectingPeer, respond, servingPeer, tcpPeer } from '../support/odd-peers.ts';
import { startQrscp } from '../support/qrscp.ts';
import { dimse } from '../support/run.ts';
import { startArchive, until } from './archive-process.ts';
import { folder } from './command-line.ts';
import { CT, filesUnder, image } from './instances.ts';

t.setTimeout(240_000);

/** Three studies of five instances. */
const STUDIES = ['1.2.3.1', '1.2.3.2', '1.2.3.3'];
const EACH = 5;
const files = join(folder, 'stored');
mkdirSync(files);
for (const study of STUDIES)
	for (let number = 1; number <= EACH; number++)
		writeFileSync(
			join(files, `${study}.${number}.dcm`),
			encodeFile(
				image(CT, `${study}.9.${number}`, { StudyInstanceUID: study, SeriesInstanceUID: `${study}.1` }),
				EXPLICIT_LITTLE,
			),
		);

const fresh = (): string => mkdtempSync(join(folder, 'out-'));
const instancesIn = (out: string): string[] => filesUnder(out).filter((path) => path.endsWith('.dcm'));
const partsIn = (out: string): string[] => filesUnder(out).filter((path) => path.endsWith('.part'));

t.test('an archive that is killed half-way: the journal fetches the rest, and only that', async (t) => {
	const home = mkdtempSync(join(folder, 'archive-'));
	const slow = await startQrscp({
		aeTitle: 'ARCHIVE',
		folder: home,
		args: ['--import', files, '--simulate', 'slow:100ms/row'],
	});
	t.teardown(() => slow.stop());
	const out = fresh();
	const config = join(out, 'config.ini');
	const node = (port: number) =>
		writeFileSync(config, `[main]\nae_title: ARCHIVE\naddress: 127.0.0.1\nport: ${port}\n`);
	node(slow.port);
	const args = [
		...['get', 'main', '--config', config, ...STUDIES, '-o', out, '--journal', join(out, 'journal')],
		...['--progress', 'none', '-td', '5'],
	];
	const cut = await dimse(args, {
		// In the middle of the second study.
		meanwhile: () =>
			void until(() => instancesIn(out).length > EACH + 1, 'enough is here', 20_000).then(() => slow.signal('SIGKILL')),
	});
	t.ok([3, 8].includes(cut.status ?? -1), `exit status ${cut.status}`, { stderr: cut.stderr });
	t.match(cut.stderr, /^dimse: main: .*(connection lost|connection refused|association)/m);
	t.same(partsIn(out), [], 'nothing half');
	const before = instancesIn(out).length;
	t.ok(before > EACH && before < EACH * STUDIES.length, `${before} of ${EACH * STUDIES.length} are here`);

	const again = await startQrscp({ aeTitle: 'ARCHIVE', folder: home });
	t.teardown(() => again.stop());
	node(again.port);
	const resumed = await dimse([...args, '--events']);
	t.equal(resumed.status, 0, 'the second run ends well', { stderr: resumed.stderr });
	t.match(resumed.stdout + resumed.stderr, /journal/);
	const stored = resumed.stdout.split('\n').filter((line) => line.includes('"stored"')).length;
	t.equal(instancesIn(out).length, EACH * STUDIES.length);
	t.equal(stored, EACH * STUDIES.length - before, 'nothing was fetched twice');
});

t.test('a C-CANCEL is heard before the first response, between two, and not at all', async (t) => {
	const archive = await startArchive(t, [
		...['--import', files, '--simulate', 'first-row:1h@EARLY', '--simulate', 'slow:200ms/row@MIDDLE'],
		...['--simulate', 'slow:200ms/row@DEAF', '--simulate', 'ignore-cancel@DEAF'],
	]);
	const run = (calling: string, out: string, isDue: () => boolean) =>
		dimse(
			[
				...['get', archive.at, ...STUDIES.slice(0, 1), '-aet', calling, '-o', out, '--no-verify', '--contexts', CT],
				...['--progress', 'none', '-td', '20'],
			],
			{ meanwhile: (child) => void until(isDue, 'it is under way', 20_000).then(() => child.kill('SIGINT')) },
		);
	const early = fresh();
	const first = await run('EARLY', early, () => /#\d+ EARLY.*C-GET-RQ/.test(archive.log()));
	t.equal(first.status, 130, 'before the first', { stderr: first.stderr });
	t.match(first.stderr, /^stop {2}1\.2\.3\.1/m);

	const middle = fresh();
	const second = await run('MIDDLE', middle, () => instancesIn(middle).length > 1);
	t.equal(second.status, 130, 'between two', { stderr: second.stderr });
	t.ok(instancesIn(middle).length < EACH, 'it stopped');
	t.match(archive.log(), /MIDDLE.*C-GET.*FE00/, 'the archive answered FE00');

	const deaf = fresh();
	const third = await run('DEAF', deaf, () => instancesIn(deaf).length > 1);
	t.equal(instancesIn(deaf).length, EACH, 'who does not listen sends all of it', { stderr: third.stderr });
	t.ok([0, 130].includes(third.status ?? -1), `exit status ${third.status}`);
	for (const out of [early, middle, deaf]) t.same(partsIn(out), []);
});

t.test('destinations that are silent, reject, refuse, or abort half-way', async (t) => {
	const silent = await tcpPeer(() => {});
	t.teardown(() => silent.stop());
	const rejecting = await rejectingPeer({ result: 1, source: 1, reason: 3 });
	t.teardown(() => rejecting.stop());
	const classless = await servingPeer(
		async () => {},
		() => undefined,
	);
	t.teardown(() => classless.stop());
	const full = await servingPeer(async (request) => {
		await request.dataset?.discard();
		await respond(request, 0xa700);
	});
	t.teardown(() => full.stop());
	let taken = 0;
	const leaving = await listen({
		port: 0,
		address: '127.0.0.1',
		decide: (_, __, association) => ({
			supported: () => ['*'],
			serve: async (request) => {
				await request.dataset?.discard();
				if (++taken > 2) return association.abort();
				return respond(request, 0x0000);
			},
		}),
	});
	t.teardown(() => leaving.abort());
	const destinations: readonly [title: string, port: number, status: number, says: RegExp][] = [
		['SILENT', silent.port, 4, /\(A702\)/],
		['REJECTS', rejecting.port, 4, /\(A702\)/],
		['CLASSLESS', classless.port, 4, /\(A702\)/],
		['FULL', full.port, 4, /\(A702\)/],
		['LEAVES', leaving.port, 3, /3 of 5 instances (are missing|failed)|3 failed/],
	];
	const archive = await startArchive(t, [
		...['--import', files, '-ta', '1', '-td', '1'],
		...destinations.flatMap(([title, port]) => ['--move-dest', `${title}=127.0.0.1:${port}`]),
	]);
	await Promise.all(
		destinations.map(async ([title, , status, says]) => {
			const ran = await dimse(['move', archive.at, '1.2.3.1', '--dest', title, '--progress', 'none']);
			t.equal(ran.status, status, title, { stderr: ran.stderr });
			t.match(ran.stderr, says, title);
			t.match(ran.stderr, /^dimse: ARCHIVE@.*: move to \w+: /m, 'says of whom it speaks');
		}),
	);
	t.equal((await dimse(['echo', archive.at])).status, 0);
});
