/** Short copies share memory, and are copies. */
import t from 'tap';
import { SharedBlocks } from '../../src/association/shared-blocks.ts';

t.test('each stays as it was when it was copied', async (t) => {
	const blocks = new SharedBlocks();
	const source = new Uint8Array(5000);
	const lengths = [0, 1, 400, 2048, 2049, 5000, ...Array.from({ length: 100 }, (_, place) => place * 13)];
	const copies = lengths.map((length, place) => {
		source.fill(place % 251);
		return blocks.copyOf(source.subarray(0, length));
	});
	for (const [place, copy] of copies.entries()) {
		t.equal(copy.length, lengths[place]);
		t.ok(copy.every((byte) => byte === place % 251));
	}
	t.ok(new Set(copies.map(({ buffer }) => buffer)).size < 12);
});

t.test('a Buffer is copied too, whose slice would not be', async (t) => {
	const source = Buffer.from([1, 2, 3]);
	const short = new SharedBlocks().copyOf(source);
	source.fill(0);
	t.strictSame([...short], [1, 2, 3]);
	t.notOk(Buffer.isBuffer(short));
});
