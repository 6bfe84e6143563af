/** Previews: after a rest, one association, cancelled when the cursor moves on, remembered, off where they take too long. */
import t, { type Test } from 'tap';
import { textOf } from '../../src/dicom/dataset.ts';
import { TAG } from '../../src/dicom/tags.ts';
import type { Action } from '../../src/tui/actions.ts';
import { Previews } from '../../src/tui/effects/preview.ts';
import { findPeer, rejectingPeer } from '../support/odd-peers.ts';
import { browsing, until } from './browsing.ts';

const wanted = (uid: string, node = 'main') =>
	({
		do: 'preview',
		node,
		uid,
		query: { level: 'series', model: 'study', keys: { StudyInstanceUID: uid } },
	}) as const;

type Preview = Extract<Action, { readonly type: 'preview' }>;

const previewing = (t: Test, port: number, options: { restMs?: number; slowMs?: number }) => {
	const { world, all } = browsing(t, { main: { port }, vna: { port } });
	const told: Preview[] = [];
	const previews = new Previews(world, (action) => action.type === 'preview' && told.push(action), {
		restMs: 1,
		...options,
	});
	t.teardown(() => previews.close());
	return { previews, told, all, world };
};

t.test('the row on which the cursor rests is asked about, once', async (t) => {
	const asked: string[] = [];
	const peer = await findPeer(async function* (identifier) {
		const uid = textOf(identifier, TAG.StudyInstanceUID);
		asked.push(uid);
		for (const number of [1, 2])
			yield { match: { [TAG.SeriesInstanceUID]: { vr: 'UI', Value: [`${uid}.${number}`] } } };
	});
	t.teardown(() => peer.stop());
	const { previews, told } = previewing(t, peer.port, { restMs: 60 });
	for (let number = 0; number < 50; number++) previews.show(wanted(`1.2.${number}`));
	await until(() => told.length > 0, 'a preview');
	t.strictSame(asked, ['1.2.49'], 'a moving cursor asks nothing');
	t.match(told[0], { uid: '1.2.49', state: 'here' });
	t.strictSame(
		told[0]?.rows.map((row) => textOf(row, TAG.SeriesInstanceUID)),
		['1.2.49.1', '1.2.49.2'],
	);
	previews.show(wanted('1.2.48'));
	await until(() => told.length > 1, 'another');
	previews.show(wanted('1.2.49'));
	t.equal(told.length, 3, 'remembered: at once');
	t.equal(asked.length, 2);
	previews.show(wanted('1.2.47'));
	previews.stop();
	previews.show(wanted('1.2.48'));
	await new Promise((resolve) => setTimeout(resolve, 100));
	t.equal(asked.length, 2, 'stopped before it was asked');
});

t.test('when the cursor moves on a C-CANCEL is sent, and never are there two associations', async (t) => {
	let open = 0;
	let most = 0;
	let cancelled = 0;
	const peer = await findPeer(async function* (identifier, { signal }) {
		most = Math.max(most, ++open);
		const uid = textOf(identifier, TAG.StudyInstanceUID);
		yield { match: { [TAG.SeriesInstanceUID]: { vr: 'UI', Value: [`${uid}.1`] } } };
		if (uid === '1.2.1')
			await new Promise<void>((resolve) => {
				signal.addEventListener('abort', () => {
					cancelled++;
					resolve();
				});
			});
		open--;
	});
	t.teardown(() => peer.stop());
	const { previews, told } = previewing(t, peer.port, {});
	previews.show(wanted('1.2.1'));
	await until(() => open === 1, 'it is asked');
	previews.show(wanted('1.2.2'));
	await until(() => told.length === 1, 'the other one is here');
	t.match(told[0], { uid: '1.2.2', state: 'here' });
	t.strictSame([most, cancelled], [1, 1]);
	t.strictSame(peer.failures, [], 'on one association, or more of them that end well');
});

t.test('a node that takes too long is not asked again', async (t) => {
	let asked = 0;
	const peer = await findPeer(async function* (_, { signal }) {
		asked++;
		await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
		yield* [];
	});
	t.teardown(() => peer.stop());
	const { previews, told } = previewing(t, peer.port, { slowMs: 600 });
	previews.show(wanted('1.2.1'));
	await until(() => told.length === 1, 'it is told');
	previews.show(wanted('1.2.2'));
	t.strictSame(
		told.map(({ state }) => state),
		['off', 'off'],
	);
	t.equal(asked, 1);
	previews.show(wanted('1.2.3', 'vna'));
	await until(() => told.length === 3, 'another node is');
	t.equal(asked, 2);
});

t.test('one that refuses is left alone after three times', async (t) => {
	const peer = await rejectingPeer({ result: 1, source: 1, reason: 1 });
	t.teardown(() => peer.stop());
	const { previews, told } = previewing(t, peer.port, {});
	for (let number = 1; number <= 4; number++) {
		previews.show(wanted(`1.2.${number}`));
		await until(() => told.length === number, 'it is told');
	}
	t.strictSame(
		told.map(({ state }) => state),
		['failed', 'failed', 'off', 'off'],
	);
});

t.test(
	'of a node that is changed nothing is known: what was remembered, that it was slow, the association',
	async (t) => {
		const asked: string[] = [];
		const called = (name: string, isSlow = false) =>
			findPeer(async function* (identifier, { signal }) {
				asked.push(name);
				if (isSlow) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
				const uid = textOf(identifier, TAG.StudyInstanceUID);
				yield { match: { [TAG.SeriesInstanceUID]: { vr: 'UI', Value: [`${uid}.${name}`] } } };
			});
		const peers = await Promise.all([called('before'), called('slow', true), called('after')]);
		const [before, slow, after] = peers;
		t.teardown(() => Promise.all(peers.map((peer) => peer.stop())));
		const { previews, told, world } = previewing(t, before.port, { slowMs: 1500 });
		const changed = async (port: number) => {
			await world.saveNode('main', { port: String(port) }, false);
			previews.leave('main');
		};
		previews.show(wanted('1.2.1'));
		await until(() => told.length === 1, 'a preview');
		previews.show(wanted('1.2.1', 'vna'));
		await until(() => told.length === 2, 'another node');
		await changed(slow.port);
		previews.show(wanted('1.2.1', 'vna'));
		t.equal(told.length, 3, 'of another one it is remembered');
		previews.show(wanted('1.2.1'));
		await until(() => told.at(-1)?.state === 'off', 'it is slow');
		await changed(after.port);
		previews.show(wanted('1.2.1'));
		await until(() => told.length === 5, 'it is asked all the same');
		t.equal(textOf(told.at(-1)?.rows[0] ?? {}, TAG.SeriesInstanceUID), '1.2.1.after');
		await changed(slow.port);
		previews.show(wanted('1.2.2'));
		await until(() => asked.length === 5, 'it is being asked');
		await changed(after.port);
		await until(() => told.length === 6, 'the new one is asked the same');
		t.equal(textOf(told.at(-1)?.rows[0] ?? {}, TAG.SeriesInstanceUID), '1.2.2.after');
		t.strictSame(asked, ['before', 'before', 'slow', 'after', 'slow', 'after']);
	},
);
