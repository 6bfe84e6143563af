import { isDeepStrictEqual } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { decodePdu, encodePdu, type Pdu } from '../../src/upper-layer/pdu/index.ts';
import { type Decoded, PduDecoder } from '../../src/upper-layer/pdu-decoder.ts';
import { AC, ascii, concat, hex, IMPLICIT, NO_USER_INFORMATION, pduHeader, RELEASE_RQ, RQ } from './samples.ts';

const pieces = (decoded: readonly Decoded[]) =>
	decoded.map((one) =>
		one.type === 'P-DATA'
			? { isCommand: one.fragment.isCommand, isLast: one.fragment.isLast, bytes: Array.from(one.fragment.bytes) }
			: one.type,
	);

t.test('a PDV that arrives in pieces ends with its last piece only', async (test) => {
	const decoder = new PduDecoder(0);
	const push = (annotated: string) => pieces(decoder.push(hex(annotated)));
	test.strictSame(push('04 00 00000013'), [], 'a header alone says nothing');
	test.strictSame(push('00000007 01 02'), [], 'nor does that of a PDV');
	test.strictSame(push('01 02'), [{ isCommand: false, isLast: false, bytes: [1, 2] }]);
	test.strictSame(push('03'), [{ isCommand: false, isLast: false, bytes: [3] }]);
	test.strictSame(push('04 05 00'), [{ isCommand: false, isLast: true, bytes: [4, 5] }]);
	test.strictSame(push('000004 01 03'), []);
	test.strictSame(push('06 07 05'), [{ isCommand: true, isLast: true, bytes: [6, 7] }]);
	test.strictSame(push('00 00000004 00000000'), ['A-RELEASE-RQ']);
	test.strictSame(
		push('04 00 00000006 00000002 01 02'),
		[{ isCommand: false, isLast: true, bytes: [] }],
		'an empty one at its header',
	);
	test.strictSame(push(''), []);
});

t.test('a fragment of a chunk is one view, however long it is', async (test) => {
	const fragment = new Uint8Array(3_000_000);
	const bytes = encodePdu({
		type: 'P-DATA-TF',
		pdvs: [{ contextId: 1, isCommand: false, isLast: true, bytes: fragment }],
	});
	const decoder = new PduDecoder(0);
	const sizes: number[] = [];
	for (let at = 0; at < bytes.length; at += 65_536) {
		const chunk = bytes.subarray(at, at + 65_536);
		const [decoded, ...more] = decoder.push(chunk);
		test.equal(more.length, 0);
		if (decoded?.type !== 'P-DATA') throw new Error('no fragment');
		test.equal(decoded.fragment.bytes.buffer, bytes.buffer, 'nothing is copied');
		test.equal(decoded.fragment.isLast, at + 65_536 >= bytes.length);
		sizes.push(decoded.fragment.bytes.length);
	}
	test.equal(sizes.length, Math.ceil(bytes.length / 65_536));
	test.equal(
		sizes.reduce((sum, size) => sum + size),
		3_000_000,
	);
});

t.test('many PDVs and PDUs in one chunk come in their order', async (test) => {
	const pdu = (first: number): Pdu => ({
		type: 'P-DATA-TF',
		pdvs: Array.from({ length: 10 }, (_, index) => ({
			contextId: 1,
			isCommand: false,
			isLast: index === 9,
			bytes: Uint8Array.of(first + index, 0),
		})),
	});
	const decoded = new PduDecoder(0).push(
		concat(encodePdu(pdu(0)), encodePdu(pdu(10)), encodePdu(RELEASE_RQ), encodePdu(pdu(20))),
	);
	test.strictSame(
		decoded.map((one) => (one.type === 'P-DATA' ? one.fragment.bytes[0] : one.type)),
		[
			...Array.from({ length: 20 }, (_, index) => index),
			'A-RELEASE-RQ',
			...Array.from({ length: 10 }, (_, index) => 20 + index),
		],
	);
});

t.test('what was decoded before a fault is given with it, and nothing after it', async (test) => {
	const decoder = new PduDecoder(0);
	const bytes = concat(
		encodePdu(RELEASE_RQ),
		hex('04 00 00000010 00000003 01 00 aa 00000009 01 00 bb'),
		encodePdu(RELEASE_RQ),
	);
	test.strictSame(pieces(decoder.push(bytes)), [
		'A-RELEASE-RQ',
		{ isCommand: false, isLast: false, bytes: [0xaa] },
		'invalid',
	]);
	test.strictSame(decoder.push(encodePdu(RELEASE_RQ)), []);
});

t.test('caps are judged by the header, before a byte of the body has come', async (test) => {
	for (const [type, length, fits] of [
		[1, 67, false],
		[1, 68, true],
		[1, 0x10_0000, true],
		[1, 0x10_0001, false],
		[2, 67, false],
		[2, 0x10_0000, true],
		[2, 0x10_0001, false],
		[3, 5, false],
		[4, 5, false],
		[4, 6, true],
		[4, 4096, true],
		[4, 0x10_0000, true],
		[4, 0x10_0001, false],
		[5, 0xffff_ffff, false],
		[7, 4, true],
	] as const) {
		const decoded = new PduDecoder(4096).push(pduHeader(type, length));
		test.equal(decoded.length === 0, fits, `type ${type} of length ${length}`);
		if (!fits) test.match(decoded, [{ type: 'invalid', fault: { reason: 6 } }]);
	}
	test.strictSame(new PduDecoder(0x20_0000).push(pduHeader(4, 0x20_0000)), [], 'more was announced');
	test.match(new PduDecoder(0x20_0000).push(pduHeader(4, 0x20_0001)), [{ type: 'invalid' }]);
	test.strictSame(new PduDecoder(0).push(pduHeader(4, 0x4000_0000)), [], 'no limit announced: 1 GiB');
	test.match(new PduDecoder(0).push(pduHeader(4, 0x4000_0001)), [{ type: 'invalid' }]);
});

setFlagsFromString('--expose_gc');
const collect: () => void = runInNewContext('gc');

/** Twice: buffers are freed in the background, and the second collection waits for what the first has found. */
const collectGarbage = (): void => {
	collect();
	collect();
};

/** Bytes that one of what is made holds on to, on average. */
const memoryKept = (make: () => unknown): number => {
	const kept: unknown[] = [];
	collectGarbage();
	const before = process.memoryUsage().arrayBuffers;
	while (kept.length < 100) kept.push(make());
	collectGarbage();
	return (process.memoryUsage().arrayBuffers - before) / kept.length;
};

t.test('memory is for what has arrived, not for what was declared', async (test) => {
	const after =
		(...chunks: Uint8Array[]) =>
		() => {
			const decoder = new PduDecoder(0);
			for (const chunk of chunks) decoder.push(chunk);
			return decoder;
		};
	const chunk = new Uint8Array(65_536);
	for (const [name, chunks, most] of [
		['64 bytes of an A-ASSOCIATE-RQ of 1 MiB', [pduHeader(1, 0x10_0000), chunk.subarray(0, 64)], 1024],
		['10,000 bytes of it', [pduHeader(1, 0x10_0000), chunk.subarray(0, 10_000)], 21_000],
		[
			'640 KiB of a P-DATA-TF of 1 GiB',
			[pduHeader(4, 0x4000_0000), hex('20000000 01 00'), ...Array(10).fill(chunk)],
			1024,
		],
		['nothing of a PDU that is whole', [encodePdu({ ...RQ, applicationContextName: '1'.repeat(50_000) })], 1024],
		[
			'nothing after a fault',
			[pduHeader(1, 60_068), chunk.subarray(0, 68), new Uint8Array(60_000).fill(0xff), chunk],
			1024,
		],
	] as const) {
		const kept = memoryKept(after(...chunks));
		test.ok(kept < most, `${name}: ${kept} bytes`);
	}
});

t.test('an A-ASSOCIATE-RQ of 1 MiB byte by byte', async (test) => {
	const longest: Pdu = {
		...RQ,
		presentationContexts: Array.from({ length: 128 }, (_, index) => ({
			id: 2 * index + 1,
			abstractSyntax: '1.2',
			transferSyntaxes: Array.from({ length: 120 }, (_, syntax) => `1.2.3.${'4'.repeat(50)}.${syntax}`),
		})),
	};
	const bytes = encodePdu(longest);
	test.ok(bytes.length > 900_000);
	const decoder = new PduDecoder(0);
	const decoded: Decoded[] = [];
	for (const byte of bytes) decoded.push(...decoder.push(Uint8Array.of(byte)));
	const [pdu, ...more] = decoded;
	test.equal(more.length, 0);
	if (pdu?.type !== 'A-ASSOCIATE-RQ') throw new Error('no A-ASSOCIATE-RQ');
	test.ok(isDeepStrictEqual(encodePdu(pdu), bytes));
});

t.test(
	'W12: sub-items that declare 64 KB each in an item of 64 KB are refused at the first (amplification)',
	async (test) => {
		const lying = concat(
			ascii('P').fill(0x50),
			hex('00 ffff'),
			...Array.from({ length: 16_383 }, () => hex('56 00 ffff')),
			hex('000000'),
		);
		const body = concat(new Uint8Array(68), lying);
		const bytes = concat(pduHeader(1, body.length), body);
		test.match(new PduDecoder(0).push(bytes), [
			{ type: 'invalid', fault: { reason: 6, detail: /item 50H is too short/ } },
		]);
		test.throws(() => decodePdu(bytes), { name: 'PduError', reason: 6 });
	},
);

t.test(
	'answers with role selections, extended negotiation and identities survive the reuse of the chunk',
	async (test) => {
		const pdu: Pdu = {
			...AC,
			presentationContexts: [{ id: 1, result: 0, transferSyntax: IMPLICIT }],
			userInformation: { ...NO_USER_INFORMATION, userIdentityResponse: ascii('ticket') },
		};
		const chunk = encodePdu(pdu);
		const decoded = new PduDecoder(0).push(chunk);
		chunk.fill(0xff);
		test.strictSame(decoded, [pdu]);
	},
);
