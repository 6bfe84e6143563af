/** What comes to `dimse get` and `dimse move --to-me` from archives that mean harm, and onto disks that are full. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Association } from '../../src/association/association.ts';
import type { IncomingRequest } from '../../src/association/incoming.ts';
import { connect } from '../../src/association/requestor.ts';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { STUDY_ROOT_GET, STUDY_ROOT_MOVE } from '../../src/dicom/sop-classes.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { mountReadOnly, mountTmpfs, withoutMounts } from '../archive/mounts.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';
import { respond, servingPeer } from '../support/odd-peers.ts';
import { freePort } from '../support/peers.ts';
import { dimse } from '../support/run.ts';
import { plain } from './archive-process.ts';
import { folder } from './command-line.ts';
import { CT, encoded, filesUnder, image, keys } from './instances.ts';

t.setTimeout(240_000);

/** What an archive sends: whatever its identifiers are made of. */
interface Sent {
	/** Of the C-STORE-RQ. */
	readonly uid: string;
	readonly dataset: Uint8Array;
}

const CLASSES = new Set([STUDY_ROOT_GET, STUDY_ROOT_MOVE, CT]);

/** Sends these instances to who asks, on the association of a C-GET, or on another one for a C-MOVE. Queries it does not know. */
const sendingPeer = async (t: Test, instances: readonly Sent[], listeningAt: number) => {
	const statuses: number[] = [];
	const asked: string[] = [];
	const send = async (association: Association): Promise<void> => {
		const context =
			association.contextFor(CT, EXPLICIT_LITTLE, 'scu') ??
			association.contexts.find((one) => one.abstractSyntax === CT);
		for (const { uid, dataset } of instances) {
			const { message } = await association.call(
				context?.id ?? 0,
				{
					type: 'C-STORE-RQ',
					messageId: association.nextMessageId(),
					affectedSopClassUid: CT,
					affectedSopInstanceUid: uid,
					priority: 0,
					hasDataset: true,
				},
				dataset,
			);
			statuses.push(message.status);
		}
	};
	const peer = await servingPeer(
		async (request: IncomingRequest) => {
			asked.push(request.message.type);
			await request.dataset?.discard();
			if (request.message.type === 'C-GET-RQ') await send(request.association);
			if (request.message.type === 'C-MOVE-RQ') {
				const { association } = await connect({
					address: { host: '127.0.0.1', port: listeningAt, calledAeTitle: 'ME', callingAeTitle: 'EVIL' },
					contexts: [{ abstractSyntax: CT, transferSyntaxes: [EXPLICIT_LITTLE] }],
				});
				await send(association);
				await association.release();
			}
			await respond(request, 0x0000);
		},
		(uid) => (CLASSES.has(uid) ? [EXPLICIT_LITTLE] : undefined),
	);
	t.teardown(() => peer.stop());
	return { ...peer, statuses, asked };
};

/** A dataset with a text under a keyword that no VR would allow. */
const lying = (uid: string, keyword: string, value: string): Dataset => {
	const [tag = ''] = Object.keys(keys({ [keyword]: '' }));
	const bytes = Buffer.from(value.length % 2 === 0 ? value : `${value}\0`, 'latin1');
	return { ...image(CT, uid), [tag]: { vr: 'UN', Value: [bytes] } };
};

const PLACES = ['SOPInstanceUID', 'StudyInstanceUID', 'SeriesInstanceUID', 'PatientID'] as const;

/** In each place that makes a name, alone. */
const HOSTILE: readonly (Sent & { readonly name: string })[] = HOSTILE_NAMES.flatMap((name, index) => {
	const latin = Buffer.from(name, 'utf8').toString('latin1').slice(0, 10_000);
	// A command set without a SOP Instance UID is none: the association ends with it.
	const places = PLACES.filter((place) => place !== 'SOPInstanceUID' || /[^\0 ]/.test(latin));
	return places.map((place, at) => {
		const uid = place === 'SOPInstanceUID' ? latin : `1.2.3.${index}.${at}`;
		return { name: `${place} ${plain(name)}`, uid, dataset: encoded(lying(uid, place, latin), EXPLICIT_LITTLE) };
	});
});

/** From the peer at one port; what it sends goes to the other one, where it is moved. */
const retrieving = (verb: 'get' | 'move', from: number, listeningAt: number, out: string): string[] => [
	...[verb, `EVIL@127.0.0.1:${from}`, '1.2.3.1', '-o', out, '--no-verify', '--settle', '0.1', '--late', '0.1'],
	...(verb === 'get' ? ['--contexts', CT] : ['--to-me', '--listen', `127.0.0.1:${listeningAt}`, '--listen-aet', 'ME']),
	...['--progress', 'none'],
];

for (const verb of ['get', 'move'] as const)
	t.test(
		`traversal.${verb}: UIDs with path characters, NUL, 65 and 10,000 characters stay in the folder`,
		async (t) => {
			const port = await freePort();
			const peer = await sendingPeer(t, HOSTILE, port);
			const home = mkdtempSync(join(folder, 'home-'));
			const out = join(home, 'a', 'b', 'out');
			mkdirSync(out, { recursive: true });
			const layout = '{PatientID}/{StudyInstanceUID}/{SeriesInstanceUID}/{SOPInstanceUID}.dcm';
			// Blanks around a UID are none of it: two of them may be the same.
			const more = ['--layout', layout, '--exists', 'keep-both'];
			const ran = await dimse([...retrieving(verb, peer.port, port, out), ...more], { cwd: out });
			t.notMatch(ran.stderr, /^ {4}at /m, 'no stack');
			t.notOk(ran.stderr.includes('\u001b[31m'), 'no escape sequence of theirs');
			t.not(ran.status, 70);
			t.equal(peer.statuses.length, HOSTILE.length, 'each was answered', { stderr: ran.stderr.slice(0, 2_000) });
			t.same(peer.failures, []);
			t.same(
				filesUnder(home).filter((path) => !path.startsWith(`${out}/`)),
				[],
				'nothing outside the folder',
			);
			const kept = filesUnder(out).filter((path) => path.endsWith('.dcm'));
			t.equal(kept.length, peer.statuses.filter((status) => status === 0).length, 'a file for each success');
			t.ok(kept.length > 0);
			for (const path of kept)
				for (const part of path.slice(out.length + 1).split('/'))
					if (!/^[^\p{Cc}/\\]{1,255}$/u.test(part) || part === '..' || part === '.') t.fail(plain(part));
			t.same(
				filesUnder(out).filter((path) => path.endsWith('.part')),
				[],
			);
		},
	);

for (const verb of ['get', 'move'] as const)
	t.test(
		`${verb} onto a disk that is full: A700 to the sender, the cause to us`,
		{ skip: withoutMounts },
		async (t) => {
			const out = mkdtempSync(join(folder, 'small-'));
			mountTmpfs(t, out, '600k');
			const port = await freePort();
			const big = (number: number): Sent => {
				const uid = `1.2.3.50.${number}`;
				return { uid, dataset: encoded(image(CT, uid, {}, 512), EXPLICIT_LITTLE) };
			};
			const instances = [1, 2, 3, 4].map(big);
			const peer = await sendingPeer(t, instances, port);
			const ran = await dimse(retrieving(verb, peer.port, port, out));
			const acknowledged = peer.statuses.filter((status) => status === 0).length;
			t.ok(acknowledged > 0 && acknowledged < instances.length, peer.statuses.map((one) => one.toString(16)).join(' '));
			t.ok(peer.statuses.every((status) => status === 0 || status === 0xa700));
			t.equal(
				filesUnder(out).filter((path) => path.endsWith('.dcm')).length,
				acknowledged,
				'what was acknowledged is there',
			);
			for (const path of filesUnder(out).filter((one) => one.endsWith('.dcm'))) {
				const bytes = readFileSync(path);
				t.ok(
					instances.some(({ dataset }) => bytes.subarray(-dataset.length).equals(dataset)),
					'bit for bit',
				);
			}
			t.same(
				filesUnder(out).filter((path) => path.endsWith('.part')),
				[],
				'nothing half',
			);
			t.ok([3, 12].includes(ran.status ?? -1), `exit status ${ran.status}`, { stderr: ran.stderr });
			t.match(ran.stderr, /no space left|ENOSPC|disk is full|free/i, 'says why', { stderr: ran.stderr });
			t.ok(readdirSync(out).length > 0);
		},
	);

t.test('a folder that cannot be written into: nothing is asked for', { skip: withoutMounts }, async (t) => {
	const out = mkdtempSync(join(folder, 'read-only-'));
	mountReadOnly(t, out);
	const port = await freePort();
	const peer = await sendingPeer(t, [], port);
	for (const args of [
		retrieving('get', peer.port, port, out),
		retrieving('move', peer.port, port, out),
		['receive', '127.0.0.1:0', '-o', out],
	]) {
		const ran = await dimse(args);
		t.equal(ran.status, 12, String(args[0]), { stderr: ran.stderr });
		t.match(ran.stderr, /^dimse: .*read-only/m);
	}
	t.same(peer.asked, []);
});
