import t from 'tap';
import {
	fragmentCapacity,
	fragmentMessage,
	P_DATA_HEADER_BYTES,
	writeDatasetHeader,
} from '../../src/dimse/fragmenter.ts';
import { bytesOf } from './command-cases.ts';
import { readPdus } from './p-data-reader.ts';
import { randomBytes, randomNumbers } from './random.ts';

const CAP = 131_072;

t.test('the biggest even fragment of a PDU with one PDV', async (t) => {
	for (const [maximum, capacity] of [
		[0, CAP - 6],
		[1, 2],
		[7, 2],
		[8, 2],
		[9, 2],
		[10, 4],
		[11, 4],
		[16_383, 16_376],
		[16_384, 16_378],
		[CAP, CAP - 6],
		[CAP + 1, CAP - 6],
		[0xffffffff, CAP - 6],
	] as const)
		t.equal(fragmentCapacity(maximum), capacity, `maximum ${maximum}`);
});

t.test('bytes as they go over the wire', async (t) => {
	const command = Uint8Array.of(0xc0, 0xc1, 0xc2, 0xc3);
	const dataset = Uint8Array.of(0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5);
	t.same(
		fragmentMessage(3, command, undefined, 0),
		bytesOf(`
			04 00 0000000a              P-DATA-TF, 10 bytes
			00000006 03 03 c0c1c2c3     context 3, command, last
		`),
		'a command alone',
	);
	t.same(
		fragmentMessage(3, command, dataset, 100),
		bytesOf(`
			04 00 00000016              P-DATA-TF, 22 bytes
			00000006 03 03 c0c1c2c3     command, last
			00000008 03 02 d0d1d2d3d4d5  dataset, last
		`),
		'command and dataset in one PDU',
	);
	t.same(
		fragmentMessage(3, command, dataset, 19),
		bytesOf(`
			04 00 00000012              P-DATA-TF, 18 bytes
			00000006 03 03 c0c1c2c3     command, last
			00000004 03 00 d0d1         dataset, as much as fits
			04 00 0000000a
			00000006 03 02 d2d3d4d5     dataset, last
		`),
		'the dataset begins beside the command',
	);
	t.same(
		fragmentMessage(3, command, dataset, 16),
		bytesOf(`
			04 00 0000000a
			00000006 03 03 c0c1c2c3     command, last: no room for two bytes more
			04 00 0000000c
			00000008 03 02 d0d1d2d3d4d5  dataset, last
		`),
		'no room beside the command',
	);
	t.same(
		fragmentMessage(3, command, dataset.subarray(0, 3), 8),
		bytesOf(`
			04 00 00000008
			00000004 03 01 c0c1         command
			04 00 00000008
			00000004 03 03 c2c3         command, last
			04 00 00000008
			00000004 03 00 d0d1         dataset
			04 00 00000008
			00000004 03 02 d200         dataset, last, padded to an even length
		`),
		'a tiny maximum, an odd dataset',
	);
	t.same(
		fragmentMessage(3, command, new Uint8Array(0), 17),
		bytesOf(`
			04 00 00000010
			00000006 03 03 c0c1c2c3     command, last
			00000002 03 02              an empty dataset, last
		`),
		'an empty dataset is a fragment too',
	);
	const header = new Uint8Array(P_DATA_HEADER_BYTES + 4);
	writeDatasetHeader(header.subarray(2), 255, 65_536, true);
	t.same(header, bytesOf('0000 0400 00010006 00010002 ff02 0000'));
	writeDatasetHeader(header, 1, 2, false);
	t.same(header.subarray(0, P_DATA_HEADER_BYTES), bytesOf('0400 00000008 00000004 0100'));
});

t.test('whatever the sizes: within the maximum, even, in order, the same bytes', async (t) => {
	const rounds = Math.ceil(Number(process.env['DIMSE_FUZZ'] ?? 20_000) / 20);
	const random = randomNumbers(0xf2a6);
	const source = randomBytes(random, 300_000);
	for (let round = 0; round < rounds; round++) {
		const maximum = [0, 8 + random(60), 8 + random(5_000), 8 + random(199_993)][random(4)] ?? 0;
		// A maximum of 8 makes a PDU of every two bytes: keep the number of PDUs bounded.
		const most = Math.min(source.length, fragmentCapacity(maximum) * 200);
		const command = source.subarray(0, 2 * (1 + random(300)));
		const dataset =
			random(5) === 0
				? undefined
				: source.subarray(1_000, 1_000 + random(Math.min(most, [7, 3_000, most][random(3)] ?? 0)));
		const pdus = readPdus(fragmentMessage(7, command, dataset, maximum));
		const fragments = pdus.flatMap((pdu) => pdu.fragments);
		const what = `maximum ${maximum}, command ${command.length}, dataset ${dataset?.length}`;
		const longest = Math.max(...pdus.map((pdu) => pdu.bodyBytes));
		if (longest > (maximum === 0 ? CAP : maximum)) t.fail(`${what}: a PDU of ${longest}`);
		if (fragments.some((f) => f.bytes.length % 2 !== 0 || f.contextId !== 7)) t.fail(`${what}: an odd fragment`);
		const commands = fragments.filter((f) => f.isCommand);
		const datasets = fragments.filter((f) => !f.isCommand);
		if (fragments.findLastIndex((f) => f.isCommand) !== commands.length - 1) t.fail(`${what}: out of order`);
		for (const [part, sent] of [
			[commands, command],
			[datasets, dataset],
		] as const) {
			if (part.slice(0, -1).some((f) => f.isLast || f.bytes.length === 0))
				t.fail(`${what}: an early last, or an empty fragment`);
			if ((part.at(-1)?.isLast ?? sent === undefined) !== true) t.fail(`${what}: no last`);
			const padded = new Uint8Array((sent?.length ?? 0) + ((sent?.length ?? 0) % 2));
			padded.set(sent ?? []);
			if (Buffer.compare(Buffer.concat(part.map((f) => f.bytes)), padded) !== 0) t.fail(`${what}: other bytes`);
		}
		// No PDU is sent half full: what follows would not have fitted.
		for (const [i, pdu] of pdus.entries()) {
			const next = pdus[i + 1]?.fragments[0];
			const room = (maximum === 0 ? CAP : Math.min(maximum, CAP)) - pdu.bodyBytes;
			const isNewPart = pdu.fragments.at(-1)?.isLast === true;
			if (next !== undefined && room >= (isNewPart ? (next.bytes.length === 0 ? 6 : 8) : 2))
				t.fail(`${what}: room for ${room} more`);
		}
	}
	t.ok(rounds > 0, `${rounds} messages`);
});
