/** Rows kept as bytes are the datasets that they were, whoever looks at them how. */
import t from 'tap';
import { stringsOf, textOf } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { toJsonModel } from '../../src/dicom/json-model.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { shownCell } from '../../src/output/cell.ts';
import { COLUMNS } from '../../src/output/columns.ts';
import { KeptRows } from '../../src/tui/browse/kept-rows.ts';

const row = (number: number) => ({
	'00080005': { vr: 'CS' as const, Value: ['ISO_IR 192'] },
	'00080061': { vr: 'CS' as const, Value: ['CT', 'SR'] },
	'00100010': { vr: 'PN' as const, Value: [{ Alphabetic: `MÜLLER^${number}` }] },
	'00201208': { vr: 'IS' as const, Value: [number] },
	'0020000D': { vr: 'UI' as const, Value: [`1.2.3.${number}`] },
});

t.test('the same as decoded at once', async (t) => {
	for (const syntax of [IMPLICIT_LITTLE, EXPLICIT_LITTLE]) {
		const kept = new KeptRows(syntax, undefined);
		const encoded = Array.from({ length: 2000 }, (_, number) => encodeDataset(row(number), syntax));
		const rows = encoded.map((bytes) => kept.keep(bytes));
		for (const bytes of encoded) bytes.fill(0);
		for (const number of [0, 1, 999, 1999, 0]) {
			const { dataset } = decodeDataset(encodeDataset(row(number), syntax), syntax);
			const own = rows[number] ?? {};
			t.strictSame(Object.keys(own), Object.keys(dataset));
			t.strictSame(toJsonModel(own), toJsonModel(dataset));
			t.equal(textOf(own, '0020000D'), `1.2.3.${number}`);
			t.strictSame(stringsOf(own, '00080061'), ['CT', 'SR']);
			t.ok('00100010' in own);
			t.notOk('00100020' in own);
			t.equal(textOf({ ...own }, '00100010'), `MÜLLER^${number}`);
			for (const column of COLUMNS.study) t.equal(shownCell(own, column), shownCell(dataset, column));
		}
	}
});

t.test('nothing in it can be changed, and it is no promise', async (t) => {
	const kept = new KeptRows(EXPLICIT_LITTLE, undefined);
	const own = kept.keep(encodeDataset(row(1), EXPLICIT_LITTLE));
	t.throws(() => Object.assign(own, { '00100010': undefined }));
	t.equal(await own, own);
});

t.test('whatever the bytes are', async (t) => {
	const kept = new KeptRows(EXPLICIT_LITTLE, ['ISO_IR 100']);
	for (const bytes of [new Uint8Array(0), new Uint8Array(1_000_000).fill(0xff), Uint8Array.of(8, 0, 5)])
		t.same(Object.keys(kept.keep(bytes)), Object.keys(decodeDataset(bytes, EXPLICIT_LITTLE).dataset));
	t.equal(kept.bytes, 1_000_003);
});

t.test('a hundred thousand rows are hardly more than their bytes', async (t) => {
	const kept = new KeptRows(EXPLICIT_LITTLE, undefined);
	const before = process.memoryUsage();
	const rows = Array.from({ length: 100_000 }, (_, number) => kept.keep(encodeDataset(row(number), EXPLICIT_LITTLE)));
	const after = process.memoryUsage();
	t.equal(rows.length, 100_000);
	t.ok(after.arrayBuffers - before.arrayBuffers < 60_000_000);
	t.ok(kept.bytes < 20_000_000);
});
