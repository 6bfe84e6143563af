/** The commands as users type them, against DCMTK's storescp: what arrives, what is refused, what breaks off. */
import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { missing, startStorescp } from '../support/peers.ts';
import { ends, rowsOf, STUDIES, writeStudies } from './command-line.ts';
import { awkward, filesUnder, image, readPart10, same, shown } from './instances.ts';

t.test('against storescp', { skip: missing('storescp') }, async (t) => {
	const studies = writeStudies('to-store', [...STUDIES, awkward('1.2.8.1.1')]);

	t.test('what is in a folder arrives byte for byte, over one and over four associations', async (t) => {
		for (const jobs of ['1', '4']) {
			const peer = await startStorescp();
			t.teardown(() => peer.stop());
			const { stdout } = await ends(t, 0, ['store', `127.0.0.1:${peer.port}`, studies, '-j', jobs, '--json']);
			t.match(JSON.parse(stdout), { sent: 6, failed: [], exit: 0 });
			const kept = filesUnder(peer.folder).map(readPart10);
			t.equal(kept.length, 6);
			for (const path of filesUnder(studies)) {
				const file = readPart10(path);
				const uid = shown(file.dataset, 'SOPInstanceUID');
				const one = kept.find(({ dataset }) => shown(dataset, 'SOPInstanceUID') === uid);
				t.ok(one !== undefined && same(one.body, file.body), uid);
				t.equal(one?.transferSyntaxUid, file.transferSyntaxUid);
			}
		}
	});

	t.test('a peer that takes implicit little endian only gets it transcoded', async (t) => {
		const peer = await startStorescp(['-v', '+xi']);
		t.teardown(() => peer.stop());
		await ends(t, 0, ['store', `127.0.0.1:${peer.port}`, studies]);
		const kept = filesUnder(peer.folder).map(readPart10);
		t.equal(kept.length, 6);
		for (const { transferSyntaxUid, dataset } of kept) {
			t.equal(transferSyntaxUid, IMPLICIT_LITTLE);
			t.not(shown(dataset, 'PatientName'), '');
		}
	});

	t.test('a class that is refused: some 3, all 9; progress as events', async (t) => {
		const peer = await startStorescp();
		t.teardown(() => peer.stop());
		const at = `127.0.0.1:${peer.port}`;
		const strange = image('1.2.3.4.5.6', '1.2.77.1');
		const mixed = writeStudies('mixed', [...STUDIES, strange]);
		const { stdout, stderr } = await ends(t, 3, ['store', at, mixed, '--events']);
		const events = rowsOf(stdout).map((line) => JSON.parse(line) as { readonly type: string });
		t.equal(events.filter(({ type }) => type === 'stored').length, 5);
		t.match(events.at(-1), { type: 'summary', completed: 5, failed: 1, exit: 3 });
		t.match(stderr, /1\.2\.3\.4\.5\.6/);
		const alone = writeStudies('alone', [strange]);
		await ends(t, 9, ['store', at, alone]);
		// It knows no query at all.
		await ends(t, 9, ['find', at]);
	});

	t.test('a peer that cannot write', async (t) => {
		const peer = await startStorescp();
		t.teardown(() => peer.stop());
		rmSync(peer.folder, { recursive: true });
		const { stderr } = await ends(t, 4, ['store', `127.0.0.1:${peer.port}`, join(studies, '0.dcm')]);
		t.match(stderr, /0xA700|A700|C000/i);
	});

	t.test('peers that refuse, break off, sleep', async (t) => {
		const file = join(studies, '0.dcm');
		for (const [option, status, ...more] of [
			['--refuse', 5],
			['--abort-after', 8],
			['--abort-during', 8],
			['--sleep-during=3', 28, '-td', '0.5'],
		] as const) {
			const [name = '', seconds] = option.split('=');
			const peer = await startStorescp(['-v', name, ...(seconds === undefined ? [] : [seconds])]);
			t.teardown(() => peer.stop());
			await ends(t, status, ['store', `127.0.0.1:${peer.port}`, file, ...more]);
		}
	});
});

t.test('the built program is the same one', { skip: missing('storescp') }, async (t) => {
	const peer = await startStorescp();
	t.teardown(() => peer.stop());
	const root = new URL('../../', import.meta.url);
	const bin = new URL('bin/dimse.js', root).pathname;
	await promisify(execFile)(process.execPath, [new URL('scripts/build.ts', root).pathname]);
	const { stdout } = await promisify(execFile)(process.execPath, [bin, 'echo', `127.0.0.1:${peer.port}`]);
	t.match(stdout, /\tok\t/);
	t.equal(readFileSync(bin, 'utf8').startsWith('#!'), true);
});
