/** A row keeps little, and says all. */
import t from 'tap';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import type { Row } from '../../src/tui/browse/browse-state.ts';
import { KeptRow, KeptRows } from '../../src/tui/browse/kept-rows.ts';
import { markedWith } from '../../src/tui/browse/marked-row.ts';
import { shownOf } from '../../src/tui/row-words.ts';

const study = (uid: string): Dataset => ({
	'00100010': { vr: 'PN', Value: [{ Alphabetic: 'SMITH^JOHN' }] },
	'0020000D': { vr: 'UI', Value: [uid] },
});

/** Each with its UID, kept by the one before them. */
const rows = (...uids: readonly string[]): readonly KeptRow[] => {
	const kept = new KeptRows(EXPLICIT_LITTLE, undefined, 'main');
	return uids.map((uid) => {
		const bytes = encodeDataset(study('1.2.3'), EXPLICIT_LITTLE);
		const row = kept.keepRow(bytes, { ...shownOf(study(uid), 'study'), doubtful: uid === '' });
		bytes.fill(0);
		return row;
	});
};

t.test('its dataset, its UID as it came, and its words in small letters', async (t) => {
	const uids = [
		'1.2.3',
		'',
		'A\nb',
		'ÄÖ'.repeat(40),
		'x'.repeat(10_000),
		...Array.from({ length: 2000 }, (_, n) => `1.2.${n}`),
	];
	for (const [place, row] of rows(...uids).entries()) {
		t.equal(row.uid, uids[place]);
		t.match(row.words, /^smith\^john\n/);
		t.ok(row.words.endsWith(`\n${uids[place]}`));
		t.match(row, { node: 'main', doubtful: uids[place] === '' });
		t.strictSame(row.dataset, decodeDataset(encodeDataset(study('1.2.3'), EXPLICIT_LITTLE), EXPLICIT_LITTLE).dataset);
	}
});

t.test('marks are another row of the same; that it is new stays', async (t) => {
	const [own] = rows('1.2.3');
	if (own === undefined) return t.fail();
	const seen = ({ uid, node, dataset, doubtful, words }: Row) => ({ uid, node, dataset, doubtful, words: words ?? '' });
	const both: readonly Row[] = [own, seen(own)];
	for (const before of both) {
		const running = markedWith(markedWith(before, { isNew: true }), { retrieve: 'running', percent: 40 });
		t.match(running, { retrieve: 'running', percent: 40, isNew: true });
		const complete = markedWith(running, { retrieve: 'complete' });
		t.equal(complete.percent, undefined);
		for (const after of [running, complete]) t.strictSame(seen(after), seen(own));
		t.equal(before.retrieve, undefined);
		t.equal(before.isNew, undefined);
	}
	t.ok(markedWith(own, {}) instanceof KeptRow);
});
