import t from 'tap';
import { COMMAND_ELEMENTS, LAYOUTS } from '../../src/dimse/command-elements.ts';
import { decodeCommand, encodeCommand, MAX_COMMAND_BYTES } from '../../src/dimse/command-set.ts';
import { deficiencyResponse } from '../../src/dimse/deficient-request.ts';
import { COMMAND_FIELDS, type Message, unrecognizedOperation } from '../../src/dimse/messages.ts';
import { LocalMisuse } from '../../src/errors.ts';
import { bytesOf, COMMAND_CASES } from './command-cases.ts';
import { randomBytes, randomNumbers } from './random.ts';

interface Piece {
	element: number;
	value: Uint8Array;
}

const piecesOf = (bytes: Uint8Array): Piece[] => {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const pieces: Piece[] = [];
	for (let offset = 0; offset < bytes.length; ) {
		const length = view.getUint32(offset + 4, true);
		pieces.push({ element: view.getUint16(offset + 2, true), value: bytes.slice(offset + 8, offset + 8 + length) });
		offset += 8 + length;
	}
	return pieces;
};

const joined = (pieces: readonly Piece[], group = 0): Uint8Array =>
	Uint8Array.from(
		pieces.flatMap(({ element, value }) => {
			const header = new DataView(new ArrayBuffer(8));
			header.setUint16(0, group, true);
			header.setUint16(2, element, true);
			header.setUint32(4, value.length, true);
			return [...new Uint8Array(header.buffer), ...value];
		}),
	);

const elementOf = (field: string): number => COMMAND_ELEMENTS.find((e) => e.field === field)?.element ?? 0;
const without = (message: Message, field: string): Message =>
	Object.fromEntries(Object.entries(message).filter(([name]) => name !== field)) as unknown as Message;

t.test('every message has a case', async (t) => {
	t.same([...new Set(COMMAND_CASES.map(({ message }) => message.type))].sort(), Object.keys(LAYOUTS).sort());
});

for (const { message, hex } of COMMAND_CASES) {
	const bytes = bytesOf(hex);
	t.test(message.type, async (t) => {
		t.same(encodeCommand(message), bytes, 'is encoded');
		t.same(decodeCommand(bytes), message, 'is decoded');
		t.same(decodeCommand(Uint8Array.of(1, 2, 3, ...bytes).subarray(3)), message, 'is decoded from a view');

		const layout = LAYOUTS[message.type];
		const mandatory = new Set<string>([...layout.mandatory, 'commandField', 'commandDataSetType']);
		const pieces = piecesOf(bytes);

		for (let length = 0; length < bytes.length; length++) {
			const cut = decodeCommand(bytes.subarray(0, length));
			if (cut.type === 'invalid') t.match(cut.problem, /^(no )?\(0000,[0-9A-F]{4}\)|^\d+ bytes/, `cut at ${length}`);
			else t.same({ ...message, ...cut }, message, `cut at ${length}: nothing but what was there`);
		}

		for (const [i, { element, value }] of pieces.entries()) {
			const field = COMMAND_ELEMENTS.find((e) => e.element === element)?.field;
			const isMandatory = field !== undefined && mandatory.has(field);
			const tag = `(0000,${element.toString(16).padStart(4, '0').toUpperCase()})`;
			const replaced = (other: Uint8Array): ReturnType<typeof decodeCommand> =>
				decodeCommand(joined(pieces.with(i, { element, value: other })));
			const expectGone = (decoded: ReturnType<typeof decodeCommand>, problem: string, what: string): void => {
				if (field === 'priority') t.same(decoded, { ...message, priority: 0 }, `${what}: medium`);
				else if (isMandatory) t.match(decoded, { type: 'invalid', problem: `${problem}` }, what);
				else t.same(decoded, field === undefined ? message : without(message, field), what);
			};
			expectGone(decodeCommand(joined(pieces.toSpliced(i, 1))), `no ${tag} ${field}`, `${tag} missing`);
			expectGone(replaced(new Uint8Array(0)), `no ${tag} ${field}`, `${tag} empty`);
			const other = new Uint8Array(value.length).fill(0x41);
			t.same(decodeCommand(joined([...pieces, { element, value: other }])), message, `${tag} twice: the first counts`);
			const vr = COMMAND_ELEMENTS.find((e) => e.element === element)?.vr;
			for (const length of [1, 3, value.length + 1]) {
				if (vr === 'US' || vr === 'AT') {
					const problem = `${tag} ${field} has a length of ${length}`;
					expectGone(replaced(new Uint8Array(length)), problem, `${tag} of ${length} bytes`);
				}
			}
			const claims = bytesOf('ffffffff');
			const lying = joined(pieces);
			const at = joined(pieces.slice(0, i)).length;
			for (const claim of [claims, bytesOf('ffffff7f'), bytesOf('00010000'), bytesOf('01000100')]) {
				lying.set(claim, at + 4);
				t.match(decodeCommand(lying), { type: 'invalid', problem: /^\(0000,.*claims \d+ bytes, \d+ are left$/ });
			}
		}

		t.same(decodeCommand(joined(pieces.toReversed())), message, 'order does not matter');
		const strange = { element: 0x5010, value: Uint8Array.of(1, 2, 3) };
		t.same(decodeCommand(joined([strange, ...pieces])), message, 'an unknown element of odd length is skipped');
		t.same(decodeCommand(Uint8Array.of(...bytes, 0, 0)), message, 'trailing zeros are skipped');
		t.match(decodeCommand(Uint8Array.of(...bytes, 1)), { problem: '1 bytes after the last element' });
		const elsewhere = { ...strange, element: elementOf('commandField'), value: Uint8Array.of(1, 1) };
		t.same(
			decodeCommand(Uint8Array.of(...joined([elsewhere], 8), ...bytes)),
			message,
			'another group is not group 0000',
		);
		for (const groupLength of [0, 1, 0xffffffff]) {
			const wrong = bytes.slice();
			new DataView(wrong.buffer).setUint32(8, groupLength, true);
			t.same(decodeCommand(wrong), message, `a group length of ${groupLength} does not matter`);
		}
	});
}

t.test('an invalid command set still says whom it may be answered to', async (t) => {
	const rq = bytesOf(COMMAND_CASES.find(({ message }) => message.type === 'C-MOVE-RQ')?.hex ?? '');
	const pieces = piecesOf(rq).filter(({ element }) => element !== elementOf('moveDestination'));
	t.same(decodeCommand(joined(pieces)), {
		type: 'invalid',
		problem: 'no (0000,0600) moveDestination',
		commandField: 0x0021,
		messageId: 4,
		affectedSopClassUid: '1.2.3',
		lacking: { element: '00000600', isEmpty: false, hasDataset: true },
	});
	const rsp = bytesOf(COMMAND_CASES.find(({ message }) => message.type === 'C-FIND-RSP')?.hex ?? '');
	t.same(decodeCommand(joined(piecesOf(rsp).filter(({ element }) => element !== elementOf('status')))), {
		type: 'invalid',
		problem: 'no (0000,0900) status',
		commandField: 0x8020,
		messageIdBeingRespondedTo: 2,
		lacking: { element: '00000900', isEmpty: false, hasDataset: true },
	});
});

t.test('a request that lacks an element is answered where its Message ID can be read', async (t) => {
	const answer = (type: string, field: string, value?: Uint8Array) => {
		const pieces = piecesOf(bytesOf(COMMAND_CASES.find(({ message }) => message.type === type)?.hex ?? ''));
		const element = elementOf(field as Parameters<typeof elementOf>[0]);
		const others = pieces.filter((piece) => piece.element !== element);
		const decoded = decodeCommand(joined(value === undefined ? others : [...others, { element, value }]));
		return decoded.type === 'invalid' ? deficiencyResponse(decoded) : decoded;
	};
	const EMPTY = new Uint8Array(0);
	for (const service of ['C-ECHO', 'C-STORE', 'C-FIND', 'C-GET', 'C-MOVE'])
		for (const value of [undefined, EMPTY]) {
			t.match(answer(`${service}-RQ`, 'affectedSopClassUid', value), {
				type: `${service}-RSP`,
				affectedSopClassUid: undefined,
				hasDataset: false,
				status: 0x0212,
				errorComment: 'no (0000,0002) affectedSopClassUid',
				offendingElements: ['00000002'],
			});
			t.equal(answer(`${service}-RQ`, 'messageId', value), undefined, 'nobody can be answered');
			t.equal(
				answer(`${service}-RQ`, 'commandDataSetType', value),
				undefined,
				'where the next message begins is not known',
			);
		}
	t.match(answer('C-MOVE-RQ', 'moveDestination'), { messageIdBeingRespondedTo: 4, status: 0x0212 });
	t.match(answer('C-MOVE-RQ', 'moveDestination', EMPTY), { status: 0xa801, offendingElements: ['00000600'] });
	t.match(answer('C-MOVE-RQ', 'moveDestination', bytesOf('2020')), { status: 0xa801 });
	t.match(answer('C-STORE-RQ', 'affectedSopInstanceUid'), { type: 'C-STORE-RSP', status: 0x0212 });
	t.match(answer('C-STORE-RQ', 'affectedSopInstanceUid', EMPTY), { status: 0x0117, offendingElements: ['00001000'] });
	t.equal(answer('C-FIND-RSP', 'status'), undefined, 'a response is not answered');
	t.equal(answer('C-CANCEL-RQ', 'messageIdBeingRespondedTo'), undefined);
});

t.test('values as peers write them', async (t) => {
	const echo = piecesOf(bytesOf(COMMAND_CASES[1]?.hex ?? ''));
	const read = (field: string, value: Uint8Array): unknown => {
		const element = elementOf(field);
		const message = decodeCommand(joined([...echo.filter((piece) => piece.element !== element), { element, value }]));
		return Object.entries(message).find(([name]) => name === field)?.[1];
	};
	const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
	t.equal(read('affectedSopClassUid', ascii('1.2.3 ')), '1.2.3', 'a UID padded with a space');
	t.equal(read('affectedSopClassUid', ascii(' 1.2.3\0\0')), '1.2.3');
	t.equal(read('affectedSopClassUid', ascii('1.2')), '1.2', 'an odd length');
	t.equal(read('affectedSopClassUid', ascii(`1.${'2'.repeat(99)}`)), `1.${'2'.repeat(99)}`, 'a long UID is kept');
	t.equal(read('errorComment', ascii('x'.repeat(200))), 'x'.repeat(200), 'so is a long comment');
	t.equal(read('errorComment', ascii('disque plein \xe9')), 'disque plein é', 'Latin-1');
	t.equal(read('errorComment', new TextEncoder().encode('満杯')), '満杯', 'UTF-8');
	t.equal(read('errorComment', ascii('a\\b')), 'a\\b');
	t.equal(read('errorComment', ascii('    ')), undefined, 'nothing but spaces is nothing');
	t.same(read('offendingElements', bytesOf('100020001000 1000')), ['00100020', '00100010']);
	t.equal(read('status', Uint8Array.of(0x34, 0x12)), 0x1234, 'a status that no standard knows');
	const find = piecesOf(bytesOf(COMMAND_CASES.find(({ message }) => message.type === 'C-FIND-RQ')?.hex ?? ''));
	const withValue = (field: string, low: number, high: number): ReturnType<typeof decodeCommand> =>
		decodeCommand(
			joined(find.map((p) => (p.element === elementOf(field) ? { ...p, value: Uint8Array.of(low, high) } : p))),
		);
	t.match(withValue('priority', 3, 0), { priority: 0 }, 'a priority that no standard knows is medium');
	for (const low of [0, 1, 2, 0xff])
		t.match(
			withValue('commandDataSetType', low, 1),
			{ hasDataset: low !== 1 },
			'only 0101H says that there is no dataset',
		);
});

t.test('values as they are sent', async (t) => {
	const rsp = { type: 'C-MOVE-RSP', messageIdBeingRespondedTo: 1, status: 0xb000, hasDataset: false } as const;
	const sent = (more: object): ReturnType<typeof decodeCommand> => decodeCommand(encodeCommand({ ...rsp, ...more }));
	t.match(sent({ errorComment: 'y'.repeat(65) }), { errorComment: 'y'.repeat(64) });
	t.match(sent({ errorComment: 'C:\\path\nfull é 満' }), { errorComment: 'C:/path full ? ?' });
	t.same(sent({ errorComment: '' }), rsp);
	t.same(sent({ errorComment: ' ' }), rsp);
	t.same(sent({ offendingElements: [] }), rsp);
	t.match(sent({ offendingElements: ['7fe00010'] }), { offendingElements: ['7FE00010'] });
	t.match(sent({ numberOfRemainingSuboperations: 100_000 }), { numberOfRemainingSuboperations: 65535 });
	for (const more of [
		{ messageIdBeingRespondedTo: 65536 },
		{ messageIdBeingRespondedTo: -1 },
		{ messageIdBeingRespondedTo: 1.5 },
		{ status: 0x10000 },
		{ numberOfFailedSuboperations: -1 },
		{ offendingElements: ['PatientID'] },
	])
		t.throws(() => encodeCommand({ ...rsp, ...more }), LocalMisuse);
	const move = { type: 'C-MOVE-RQ', affectedSopClassUid: '1.2', messageId: 1, priority: 0, hasDataset: true } as const;
	t.throws(() => encodeCommand({ ...move, moveDestination: 'SEVENTEEN_LETTERS' }), LocalMisuse);
	t.equal(encodeCommand({ ...move, moveDestination: 'SIXTEEN__LETTERS' }).length % 2, 0);
});

t.test('a command set over 64 KiB is invalid, whatever it holds', async (t) => {
	const [{ message, hex } = { message: undefined, hex: '' }] = COMMAND_CASES;
	const padded = (length: number): Uint8Array => {
		const bytes = bytesOf(hex);
		return joined([...piecesOf(bytes), { element: 0x5010, value: new Uint8Array(length - bytes.length - 8) }]);
	};
	t.same(decodeCommand(padded(MAX_COMMAND_BYTES)), message);
	t.match(decodeCommand(padded(MAX_COMMAND_BYTES + 1)), { type: 'invalid', problem: /65537 bytes; 65536 is the most/ });
});

t.test('a request with a command field that is not implemented can be answered', async (t) => {
	const answer = unrecognizedOperation({
		type: 'unknown',
		commandField: 0x0110,
		messageId: 5,
		requestedSopClassUid: '1.2.3',
		hasDataset: false,
	});
	t.same(answer, {
		type: 'unknown',
		commandField: 0x8110,
		messageIdBeingRespondedTo: 5,
		affectedSopClassUid: '1.2.3',
		status: 0x0211,
		hasDataset: false,
	});
	t.same(answer && decodeCommand(encodeCommand(answer)), answer);
	t.equal(unrecognizedOperation({ type: 'unknown', commandField: 0x0110, hasDataset: false }), undefined);
	t.equal(unrecognizedOperation({ type: 'unknown', commandField: 0x8110, messageId: 5, hasDataset: false }), undefined);
});

t.test('every command field of PS3.7 Table E.1-1', async (t) => {
	const fields = [0x0001, 0x0010, 0x0020, 0x0021, 0x0030].flatMap((field) => [field, field | 0x8000]);
	t.same(Object.values(COMMAND_FIELDS).sort(), [...fields, 0x0fff].sort());
	for (let field = 0; field <= 0xffff; field++) {
		const bytes = Uint8Array.of(0, 0, 0, 1, 2, 0, 0, 0, field & 255, field >> 8, 0, 0, 0, 8, 2, 0, 0, 0, 1, 1);
		const decoded = decodeCommand(bytes);
		const isKnown = Object.values<number>(COMMAND_FIELDS).includes(field);
		if (decoded.type !== (isKnown ? 'invalid' : 'unknown')) t.fail(`0x${field.toString(16)} is ${decoded.type}`);
	}
});

t.test('no bytes make the decoder throw, and what it reads it can write', async (t) => {
	const inputs = Number(process.env['DIMSE_FUZZ'] ?? 20_000);
	const random = randomNumbers(0x0dec0de);
	const seeds = COMMAND_CASES.map(({ hex }) => bytesOf(hex));
	let valid = 0;
	for (let i = 0; i < inputs; i++) {
		const bytes = mutated(seeds[random(seeds.length)] ?? new Uint8Array(0), random);
		const message = decodeCommand(bytes);
		if (message.type === 'invalid') continue;
		valid++;
		const again = decodeCommand(encodable(message));
		if (again.type !== message.type || again.hasDataset !== message.hasDataset)
			t.fail(`input ${i}: ${JSON.stringify(message)} became ${JSON.stringify(again)}`);
	}
	t.ok(valid > inputs / 20 && valid < inputs * 0.95, `${valid} of ${inputs} were readable`);
});

const mutated = (seed: Uint8Array, random: (below: number) => number): Uint8Array => {
	if (random(20) === 0) return randomBytes(random, random(100));
	const bytes = seed.slice(0, random(4) === 0 ? random(seed.length) : seed.length);
	for (let flips = random(4); flips > 0; flips--) bytes[random(bytes.length + 1)] = random(256);
	return bytes;
};

// A mutation may make an AE title too long for sending; that is the caller's to know.
const encodable = (message: Message): Uint8Array => {
	if (message.type === 'C-MOVE-RQ')
		return encodeCommand({ ...message, moveDestination: message.moveDestination.slice(0, 16) });
	if (message.type === 'C-STORE-RQ' && message.moveOriginatorAeTitle !== undefined)
		return encodeCommand({ ...message, moveOriginatorAeTitle: message.moveOriginatorAeTitle.slice(0, 16) });
	return encodeCommand(message);
};
