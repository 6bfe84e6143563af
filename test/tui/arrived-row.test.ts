/** A row keeps little, and says all. */
import t from 'tap';
import { type ArrivedRow, arrivedRow, markedWith } from '../../src/tui/browse/arrived-row.ts';
import type { Row } from '../../src/tui/state.ts';

const dataset = {
	'00100010': { vr: 'PN', Value: [{ Alphabetic: 'SMITH^JOHN' }] },
	'0020000D': { vr: 'UI', Value: ['1.2.3'] },
} as const;

const row = (uid: string): ArrivedRow =>
	arrivedRow({ dataset: { ...dataset, '0020000D': { vr: 'UI', Value: [uid] } }, doubtful: true }, 'main', 'study');

t.test('its UID as it came, and its words in small letters', async (t) => {
	for (const uid of ['1.2.3', '', 'A\nb', 'ÄÖ'.repeat(40)]) {
		t.equal(row(uid).uid, uid);
		t.match(row(uid).words, /^smith\^john\n/);
	}
	t.match(row('1.2'), { node: 'main', doubtful: true });
});

t.test('what is kept is another, and the words are of what came', async (t) => {
	const kept = {};
	const own = arrivedRow({ dataset, doubtful: false }, 'main', 'study', kept);
	t.equal(own.dataset, kept);
	t.equal(own.uid, '1.2.3');
});

t.test('marks are another row of the same; that it is new stays', async (t) => {
	const own = row('1.2.3');
	const rows: readonly Row[] = [
		own,
		{ uid: '1.2.3', node: 'main', dataset: own.dataset, doubtful: true, words: own.words },
	];
	for (const before of rows) {
		const running = markedWith(markedWith(before, { isNew: true }), { retrieve: 'running', percent: 40 });
		t.match(running, { retrieve: 'running', percent: 40, isNew: true });
		const complete = markedWith(running, { retrieve: 'complete' });
		t.equal(complete.percent, undefined);
		for (const after of [running, complete]) {
			const { uid, node, dataset, doubtful, words } = after;
			t.strictSame(
				{ uid, node, dataset, doubtful, words },
				{
					uid: '1.2.3',
					node: 'main',
					dataset: own.dataset,
					doubtful: true,
					words: own.words,
				},
			);
		}
		t.equal(before.retrieve, undefined);
	}
});
