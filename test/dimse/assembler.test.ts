import t from 'tap';
import { type Assembled, Assembler } from '../../src/dimse/assembler.ts';
import { encodeCommand } from '../../src/dimse/command-set.ts';
import { fragmentMessage } from '../../src/dimse/fragmenter.ts';
import type { Message } from '../../src/dimse/messages.ts';
import { type Fragment, PduDecoder } from '../../src/upper-layer/pdu-decoder.ts';
import { piecesOf, readPdus } from './p-data-reader.ts';
import { randomBytes, randomNumbers } from './random.ts';

const FIND_RQ: Message = {
	type: 'C-FIND-RQ',
	affectedSopClassUid: '1.2.3',
	messageId: 1,
	priority: 0,
	hasDataset: true,
};
const ECHO_RQ: Message = { type: 'C-ECHO-RQ', affectedSopClassUid: '1.2.3', messageId: 2, hasDataset: false };
const CANCEL_RQ: Message = { type: 'C-CANCEL-RQ', messageIdBeingRespondedTo: 1, hasDataset: false };
const DATASET = Uint8Array.from({ length: 10 }, (_, i) => i + 1);

const command = (bytes: Uint8Array, isLast: boolean, contextId = 1): Fragment => ({
	contextId,
	isCommand: true,
	isLast,
	bytes,
});
const data = (bytes: Uint8Array, isLast: boolean, contextId = 1): Fragment => ({
	contextId,
	isCommand: false,
	isLast,
	bytes,
});
const whole = (message: Message, contextId = 1): Fragment => command(encodeCommand(message), true, contextId);
const NOTHING = new Uint8Array(0);

/** What arrives, with the stretches of each dataset joined: what must not depend on how it was cut. */
const told = (assembler: Assembler, fragments: Iterable<Fragment>): unknown[] => {
	const seen: unknown[] = [];
	let dataset: number[] = [];
	for (const fragment of fragments)
		for (const assembled of assembler.push(fragment)) {
			if (assembled.type !== 'data') {
				seen.push(assembled);
				continue;
			}
			dataset.push(...assembled.bytes);
			if (!assembled.isLast) continue;
			seen.push({ contextId: assembled.contextId, dataset });
			dataset = [];
		}
	return seen;
};

t.test('command and dataset', async (t) => {
	const assembler = new Assembler();
	t.equal(assembler.isMidMessage, false);
	t.same(assembler.push(whole(FIND_RQ)), [{ type: 'command', contextId: 1, message: FIND_RQ }]);
	t.equal(assembler.isMidMessage, true);
	const [assembled] = assembler.push(data(DATASET.subarray(0, 4), false));
	t.same(assembled, { type: 'data', contextId: 1, bytes: DATASET.subarray(0, 4), isLast: false });
	t.equal(assembled?.type === 'data' && assembled.bytes.buffer, DATASET.buffer, 'a view, not a copy');
	t.same(assembler.push(data(DATASET.subarray(4), true)), [
		{ type: 'data', contextId: 1, bytes: DATASET.subarray(4), isLast: true },
	]);
	t.equal(assembler.isMidMessage, false);
	t.same(told(assembler, [whole(ECHO_RQ), whole(CANCEL_RQ, 3)]), [
		{ type: 'command', contextId: 1, message: ECHO_RQ },
		{ type: 'command', contextId: 3, message: CANCEL_RQ },
	]);
});

t.test('a kept command fragment does not depend on the chunk it came in', async (t) => {
	const bytes = encodeCommand(FIND_RQ);
	const assembler = new Assembler();
	const chunk = bytes.slice(0, 20);
	assembler.push(command(chunk, false));
	chunk.fill(0xff);
	t.same(assembler.push(command(bytes.subarray(20), true)), [{ type: 'command', contextId: 1, message: FIND_RQ }]);
});

t.test('zero-length fragments', async (t) => {
	const bytes = encodeCommand(FIND_RQ);
	const expected = [
		{ type: 'command', contextId: 1, message: FIND_RQ },
		{ contextId: 1, dataset: [...DATASET] },
	];
	const fragments = [
		command(NOTHING, false),
		command(bytes.subarray(0, 8), false),
		command(NOTHING, false),
		command(bytes.subarray(8), false),
		command(NOTHING, true),
		data(NOTHING, false),
		data(DATASET, false),
		data(NOTHING, true),
	];
	t.same(told(new Assembler(), fragments), expected);
	t.same(told(new Assembler(), [whole(FIND_RQ), data(NOTHING, true)]), [expected[0], { contextId: 1, dataset: [] }]);
});

t.test('any slicing of a message gives the same', async (t) => {
	const expected = [
		{ type: 'command', contextId: 5, message: FIND_RQ },
		{ contextId: 5, dataset: [...DATASET] },
		{ type: 'command', contextId: 5, message: ECHO_RQ },
	];
	for (const maximum of [0, 8, 9, 10, 13, 16, 20, 64, 100]) {
		const wire = Uint8Array.of(
			...fragmentMessage(5, encodeCommand(FIND_RQ), DATASET, maximum),
			...fragmentMessage(5, encodeCommand(ECHO_RQ), undefined, maximum),
		);
		const fragments = readPdus(wire).flatMap((pdu) => pdu.fragments);
		t.same(told(new Assembler(), fragments), expected, `maximum ${maximum}`);
		const everyByte = fragments.flatMap((f) => piecesOf(f, Array.from(f.bytes.keys())));
		t.same(told(new Assembler(), everyByte), expected, `maximum ${maximum}, byte by byte`);
		for (const [i, fragment] of fragments.entries())
			for (let cut = 0; cut <= fragment.bytes.length; cut++) {
				const pieces = fragments.toSpliced(i, 1, ...piecesOf(fragment, [cut]));
				if (JSON.stringify(told(new Assembler(), pieces)) !== JSON.stringify(expected))
					t.fail(`maximum ${maximum}: fragment ${i} cut at ${cut} gives something else`);
			}
	}
});

/** The fragments of a stream that arrives in these chunks, each read before the next chunk comes; a chunk's memory is used again. */
function* decoded(chunks: Iterable<Uint8Array>): Generator<Fragment> {
	const decoder = new PduDecoder(0);
	for (const chunk of chunks) {
		const memory = chunk.slice();
		for (const one of decoder.push(memory)) if (one.type === 'P-DATA') yield one.fragment;
		memory.fill(0xee);
	}
}

t.test('any cut of the stream gives the same', async (t) => {
	const expected = JSON.stringify([
		{ type: 'command', contextId: 5, message: FIND_RQ },
		{ contextId: 5, dataset: [...DATASET] },
		{ type: 'command', contextId: 5, message: ECHO_RQ },
	]);
	for (const maximum of [0, 8, 17, 64]) {
		const wire = Uint8Array.of(
			...fragmentMessage(5, encodeCommand(FIND_RQ), DATASET, maximum),
			...fragmentMessage(5, encodeCommand(ECHO_RQ), undefined, maximum),
		);
		const isTold = (chunks: Iterable<Uint8Array>): boolean =>
			JSON.stringify(told(new Assembler(), decoded(chunks))) === expected;
		t.ok(isTold([wire]), `maximum ${maximum}: in one`);
		t.ok(isTold(Array.from(wire, (byte) => Uint8Array.of(byte))), `maximum ${maximum}: byte by byte`);
		for (let cut = 1; cut < wire.length; cut++)
			if (!isTold([wire.subarray(0, cut), wire.subarray(cut)])) t.fail(`maximum ${maximum}: cut at ${cut}`);
	}
});

const VIOLATIONS: readonly {
	readonly name: string;
	readonly before: readonly Fragment[];
	readonly fragment: Fragment;
	readonly problem: string | RegExp;
	readonly reason: number;
}[] = [
	{
		name: 'a dataset without a command',
		before: [],
		fragment: data(DATASET, true),
		problem: 'a dataset without a command set before it',
		reason: 5,
	},
	{
		name: 'an empty dataset without a command',
		before: [],
		fragment: data(NOTHING, false),
		problem: 'a dataset without a command set before it',
		reason: 5,
	},
	{
		name: 'a dataset after a command that announced none',
		before: [whole(ECHO_RQ)],
		fragment: data(DATASET, true),
		problem: 'a dataset without a command set before it',
		reason: 5,
	},
	{
		name: 'a dataset after a dataset',
		before: [whole(FIND_RQ), data(DATASET, true)],
		fragment: data(DATASET, true),
		problem: 'a dataset without a command set before it',
		reason: 5,
	},
	{
		name: 'a command where a dataset is due',
		before: [whole(FIND_RQ)],
		fragment: whole(ECHO_RQ),
		problem: 'a command set while a dataset is due',
		reason: 5,
	},
	{
		name: 'a cancel amid a dataset',
		before: [whole(FIND_RQ), data(DATASET, false)],
		fragment: whole(CANCEL_RQ),
		problem: 'a command set while a dataset is due',
		reason: 5,
	},
	{
		name: 'a dataset amid a command',
		before: [command(encodeCommand(FIND_RQ).subarray(0, 10), false)],
		fragment: data(DATASET, true),
		problem: 'a dataset within a command set',
		reason: 5,
	},
	{
		name: 'another context amid a command',
		before: [command(encodeCommand(FIND_RQ).subarray(0, 10), false)],
		fragment: command(encodeCommand(FIND_RQ).subarray(10), true, 3),
		problem: 'presentation context 3 within a message on context 1',
		reason: 5,
	},
	{
		name: 'another context for the dataset',
		before: [whole(FIND_RQ)],
		fragment: data(DATASET, true, 3),
		problem: 'presentation context 3 within a message on context 1',
		reason: 5,
	},
	{
		name: 'another context amid the dataset',
		before: [whole(FIND_RQ), data(DATASET, false)],
		fragment: data(DATASET, true, 255),
		problem: 'presentation context 255 within a message on context 1',
		reason: 5,
	},
	{
		name: 'a command that is no command set',
		before: [],
		fragment: command(Uint8Array.of(1, 2, 3), true),
		problem: 'invalid command set: 3 bytes after the last element',
		reason: 6,
	},
	{
		name: 'an empty command',
		before: [command(NOTHING, false)],
		fragment: command(NOTHING, true),
		problem: 'invalid command set: no (0000,0100) commandField',
		reason: 6,
	},
	{
		name: 'a command over 64 KiB in one fragment',
		before: [],
		fragment: command(new Uint8Array(65_537), true),
		problem: 'a command set of over 65536 bytes',
		reason: 6,
	},
	{
		name: 'a command over 64 KiB in many',
		before: [command(new Uint8Array(65_000), false), command(new Uint8Array(536), false)],
		fragment: command(new Uint8Array(1), false),
		problem: 'a command set of over 65536 bytes',
		reason: 6,
	},
	{
		name: '1001 empty fragments of a command in a row',
		before: Array.from({ length: 1000 }, () => command(NOTHING, false)),
		fragment: command(NOTHING, false),
		problem: 'more than 1000 empty fragments in a row',
		reason: 6,
	},
	{
		name: '1001 empty fragments of a dataset in a row',
		before: [whole(FIND_RQ), ...Array.from({ length: 1000 }, () => data(NOTHING, false))],
		fragment: data(NOTHING, false),
		problem: 'more than 1000 empty fragments in a row',
		reason: 6,
	},
];

for (const { name, before, fragment, problem, reason } of VIOLATIONS)
	t.test(`violation: ${name}`, async (t) => {
		const assembler = new Assembler();
		const earlier = before.flatMap((one) => assembler.push(one));
		t.notOk(
			earlier.some(({ type }) => type === 'violation'),
			'what came before is in order',
		);
		t.same(assembler.push(fragment), [{ type: 'violation', problem, abort: { source: 2, reason } }]);
		t.same(assembler.push(whole(ECHO_RQ)), [], 'nothing more is read');
	});

t.test('a request that lacks something has an answer, and what follows it is read', async (t) => {
	const response = {
		type: 'C-FIND-RSP',
		messageIdBeingRespondedTo: 1,
		hasDataset: false,
		status: 0x0212,
		errorComment: 'no (0000,0002) affectedSopClassUid',
		offendingElements: ['00000002'],
	};
	const deficient = { ...FIND_RQ, affectedSopClassUid: '' };
	const assembler = new Assembler();
	t.same(
		told(assembler, [
			whole(deficient),
			data(DATASET, true),
			whole({ ...deficient, hasDataset: false }),
			whole(ECHO_RQ),
		]),
		[
			{ type: 'deficient', contextId: 1, response },
			{ contextId: 1, dataset: [...DATASET] },
			{ type: 'deficient', contextId: 1, response },
			{ type: 'command', contextId: 1, message: ECHO_RQ },
		],
	);
});

t.test('1000 empty fragments in a row are borne, also several times', async (t) => {
	const empties = Array.from({ length: 1000 }, () => data(NOTHING, false));
	const fragments = [whole(FIND_RQ), ...empties, data(DATASET.subarray(0, 2), false), ...empties, data(NOTHING, true)];
	t.same(told(new Assembler(), fragments).at(-1), { contextId: 1, dataset: [1, 2] });
});

t.test('a smaller limit for command sets', async (t) => {
	t.match(new Assembler({ maxCommandBytes: 40 }).push(whole(ECHO_RQ)), [
		{ type: 'violation', problem: /over 40 bytes/ },
	]);
});

t.test('random fragments never make it throw, and its answers follow the grammar', async (t) => {
	const inputs = Number(process.env['DIMSE_FUZZ'] ?? 20_000);
	const random = randomNumbers(0xa55e);
	const commands = [FIND_RQ, ECHO_RQ, CANCEL_RQ].map((message) => encodeCommand(message));
	let assembler = new Assembler();
	let due: number | undefined;
	let violations = 0;
	for (let i = 0; i < inputs; i++) {
		const isCommand = random(8) === 0 ? random(2) === 0 : due === undefined;
		const bytes = isCommand ? (commands[random(3)] ?? NOTHING) : randomBytes(random, random(6));
		const contextId = random(30) === 0 ? 3 : 1;
		const cuts = random(3) === 0 ? [random(bytes.length + 1)] : [];
		for (const piece of piecesOf({ contextId, isCommand, isLast: random(8) > 0, bytes }, cuts)) {
			const assembled: Assembled | undefined = assembler.push(piece)[0];
			if (assembled?.type === 'violation') {
				violations++;
				assembler = new Assembler();
				due = undefined;
				break;
			}
			if (assembled?.type === 'command') {
				if (due !== undefined) t.fail(`input ${i}: a command while a dataset was due`);
				due = assembled.message.hasDataset ? assembled.contextId : undefined;
			}
			if (assembled?.type === 'data') {
				if (due !== assembled.contextId) t.fail(`input ${i}: data that nobody announced`);
				if (assembled.isLast) due = undefined;
			}
		}
	}
	t.ok(violations > inputs / 100 && violations < inputs / 2, `${violations} violations in ${inputs} fragments`);
});
