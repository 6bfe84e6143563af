/** C-FIND as SCP: whatever the identifier is and whatever the search does, the answer is a status and the association goes on (PS3.4 C.4.1). */
import t, { type Test } from 'tap';
import { accept, listen } from '../../src/association/acceptor.ts';
import type { IncomingRequest } from '../../src/association/incoming.ts';
import { type Connected, connect } from '../../src/association/requestor.ts';
import type { Transport } from '../../src/association/transport.ts';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { STUDY_ROOT_FIND, VERIFICATION } from '../../src/dicom/sop-classes.ts';
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import type { CFindRq, CFindRsp } from '../../src/dimse/messages.ts';
import { DicomError } from '../../src/errors.ts';
import { answerFind, type FindEnd, type FindOptions, type Search } from '../../src/services/query-scp.ts';
import { find } from '../../src/services/query-scu.ts';
import { answerEcho, echo } from '../../src/services/verification.ts';
import type { AcceptedContext } from '../../src/upper-layer/negotiation.ts';
import { randomBytes, randomNumbers } from '../dimse/random.ts';
import { wire } from '../support/wire.ts';

const SYNTAXES = [EXPLICIT_LITTLE, IMPLICIT_LITTLE, DEFLATED, EXPLICIT_BIG];
const LEVEL: Dataset = { '00080052': { vr: 'CS', Value: ['STUDY'] } };

interface Scp {
	readonly connected: Connected;
	readonly ends: FindEnd[];
	readonly identifiers: Dataset[];
	readonly requests: IncomingRequest[];
	/** One C-FIND with these bytes, on the context of a transfer syntax. */
	ask(bytes: Uint8Array | undefined, transferSyntax?: string): Promise<Answered>;
}

interface Answered {
	readonly matches: readonly { readonly message: CFindRsp; readonly dataset: Dataset }[];
	readonly final: CFindRsp;
}

const start = async (t: Test, search: Search, options: FindOptions = {}): Promise<Scp> => {
	const ends: FindEnd[] = [];
	const identifiers: Dataset[] = [];
	const requests: IncomingRequest[] = [];
	const listener = await listen({
		port: 0,
		address: '127.0.0.1',
		decide: () => ({
			supported: () => SYNTAXES,
			serve: (request) => {
				requests.push(request);
				return answerFind(
					request as IncomingRequest<CFindRq>,
					(identifier, more) => {
						identifiers.push(identifier);
						return search(identifier, more);
					},
					{ ended: (end) => ends.push(end), ...options },
				);
			},
		}),
	});
	t.teardown(() => listener.abort());
	const connected = await connect({
		address: { host: '127.0.0.1', port: listener.port, calledAeTitle: 'SCP', callingAeTitle: 'SCU' },
		contexts: SYNTAXES.map((one) => ({ abstractSyntax: STUDY_ROOT_FIND, transferSyntaxes: [one] })),
	});
	t.teardown(() => connected.association.abort());
	const { association } = connected;
	const ask: Scp['ask'] = async (bytes, transferSyntax = EXPLICIT_LITTLE) => {
		const context = association.contextFor(STUDY_ROOT_FIND, transferSyntax);
		const exchange = association.exchange<CFindRsp>(
			context?.id ?? 0,
			{
				type: 'C-FIND-RQ',
				messageId: association.nextMessageId(),
				affectedSopClassUid: STUDY_ROOT_FIND,
				priority: 0,
				hasDataset: bytes !== undefined,
			},
			bytes,
		);
		const matches = [];
		for await (const { message, dataset } of exchange)
			matches.push({ message, dataset: decodeDataset(dataset ?? new Uint8Array(), transferSyntax).dataset });
		return { matches, final: (await exchange.final).message };
	};
	return { connected, ends, identifiers, requests, ask };
};

const rows = (...matches: readonly Dataset[]): Search =>
	async function* () {
		for (const match of matches) yield { match };
	};

t.test('identifiers and matches in every transfer syntax', async (t) => {
	const name = { vr: 'PN', Value: [{ Alphabetic: 'Müller^Jörg', Ideographic: '山田^太郎' }] } as const;
	const match: Dataset = { ...LEVEL, '00080005': { vr: 'CS', Value: ['ISO_IR 192'] }, '00100010': name };
	const scp = await start(t, rows(match, match));
	for (const syntax of SYNTAXES) {
		const keys = { ...match, '00081140': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: [] } }] } } as const;
		const { matches, final } = await scp.ask(encodeDataset(keys, syntax), syntax);
		t.equal(final.status, 0x0000);
		t.strictSame(
			matches.map(({ dataset }) => dataset['00100010']?.Value),
			[name.Value, name.Value],
			syntax,
		);
		const identifier = scp.identifiers.at(-1) ?? {};
		t.strictSame(identifier['00100010']?.Value, name.Value);
		t.strictSame(Object.keys(identifier).sort(), ['00080005', '00080052', '00081140', '00100010']);
	}
});

t.test('identifiers that cannot be read are A900, and the association lives', async (t) => {
	const scp = await start(t, rows(LEVEL));
	const whole = encodeDataset({ ...LEVEL, '0020000D': { vr: 'UI', Value: ['1.2.3'] } }, EXPLICIT_LITTLE);
	const cases: readonly (readonly [string, Uint8Array | undefined, string | undefined])[] = [
		['none', undefined, '00000800'],
		['cut in a value', whole.subarray(0, whole.length - 2), '0020000D'],
		['cut in a header', whole.subarray(0, 4), undefined],
		['a length beyond its end', Uint8Array.of(8, 0, 0x52, 0, 0x43, 0x53, 0xf0, 0xff, 0x53, 0x54), '00080052'],
		['an item that is open', Uint8Array.of(0xfe, 0xff, 0, 0xe0, 0, 0, 0, 0), 'FFFEE000'],
		['an element twice', Buffer.concat([whole, whole]), '00080052'],
		[
			'an element twice, then one out of its order',
			Buffer.concat([
				encodeDataset(LEVEL, EXPLICIT_LITTLE),
				encodeDataset(LEVEL, EXPLICIT_LITTLE),
				encodeDataset({ '00080020': { vr: 'DA', Value: [] } }, EXPLICIT_LITTLE),
			]),
			'00080052',
		],
	];
	for (const [what, bytes, element] of cases) {
		const { final, matches } = await scp.ask(bytes);
		t.equal(final.status, 0xa900, what);
		t.equal(matches.length, 0);
		t.ok((final.errorComment ?? '').length > 0, final.errorComment ?? '');
		if (element !== undefined) t.strictSame(final.offendingElements, [element], what);
	}
	t.equal(scp.identifiers.length, 0, 'nothing is searched');
	const bomb = encodeDataset({ '00204000': { vr: 'LT', Value: ['a'.repeat(30_000_000)] } }, DEFLATED);
	t.match(
		(await scp.ask(bomb, DEFLATED)).final,
		{ status: 0xa900, errorComment: 'identifier: inflates to more than 16777216 bytes', offendingElements: undefined },
		'a deflated one that is too long',
	);
	t.equal((await scp.ask(new Uint8Array(40), DEFLATED)).final.status, 0xa900, 'nothing deflated');
	const long = await scp.ask(new Uint8Array(2_000_000));
	t.match(long.final, { status: 0xa900, errorComment: 'identifier of over 1048576 bytes' });
	t.equal((await scp.ask(whole)).final.status, 0x0000, 'and then one that is good');
	t.ok(scp.connected.association.isOpen);
});

t.test('random bytes are a status, too', async (t) => {
	const scp = await start(t, rows(LEVEL));
	const times = Number(process.env['DIMSE_FUZZ'] ?? 200);
	const random = randomNumbers(20_261_121);
	const good = encodeDataset({ ...LEVEL, '0020000D': { vr: 'UI', Value: ['1.2.3'] } }, EXPLICIT_LITTLE);
	for (let i = 0; i < times; i++) {
		const flipped = random(good.length);
		const bytes =
			i % 2 === 0 ? randomBytes(random, 1 + random(90)) : good.map((byte, at) => (at === flipped ? random(256) : byte));
		const { final } = await scp.ask(bytes, SYNTAXES[i % 4]);
		t.ok(final.status === 0x0000 || final.status === 0xa900 || final.status >> 12 === 0xc);
	}
	t.ok(scp.connected.association.isOpen);
});

t.test('a search that throws is Cxxx; its words stay with us', async (t) => {
	const error = new DicomError({ blame: 'io', code: 'SQLITE_CORRUPT', message: '/secret/path is malformed' });
	let isLate = false;
	const scp = await start(t, async function* () {
		if (isLate) yield { match: LEVEL };
		throw error;
	});
	for (isLate of [false, true]) {
		const { final, matches } = await scp.ask(encodeDataset(LEVEL, EXPLICIT_LITTLE));
		t.match(final, { status: 0xc001, errorComment: 'the search failed' });
		t.equal(matches.length, isLate ? 1 : 0);
		t.match(scp.ends.at(-1), { status: 0xc001, error, matches: matches.length });
	}
	t.ok(scp.connected.association.isOpen);
});

t.test('a match that its character set has no room for is sent in UTF-8', async (t) => {
	const name = { vr: 'PN', Value: [{ Alphabetic: '山田' }] } as const;
	const latin = { '00080005': { vr: 'CS', Value: ['ISO_IR 100'] } } as const;
	const scp = await start(t, rows({ ...LEVEL, ...latin, '00100010': name }, { ...LEVEL, '00100010': name }));
	const { final, matches } = await scp.ask(encodeDataset(LEVEL, EXPLICIT_LITTLE));
	t.equal(final.status, 0x0000);
	for (const { dataset } of matches) {
		t.strictSame(dataset['00080005']?.Value, ['ISO_IR 192']);
		t.strictSame(dataset['00100010']?.Value, name.Value);
	}
	t.equal(matches.length, 2);
});

t.test('a match that cannot be encoded at all ends it with Cxxx and its element', async (t) => {
	const broken: Dataset = { ...LEVEL, '00200011': { vr: 'IS', Value: [1.5] } };
	const scp = await start(t, rows(LEVEL, broken, LEVEL));
	const { final, matches } = await scp.ask(encodeDataset(LEVEL, EXPLICIT_LITTLE));
	t.equal(matches.length, 1);
	t.match(final, {
		status: 0xc002,
		errorComment: 'a match cannot be encoded: (0020,0011)',
		offendingElements: ['00200011'],
	});
	t.ok(scp.connected.association.isOpen);
});

t.test('the matches of a turn are one write, in their order, whatever comes between them', async (t) => {
	const [ours, theirs] = wire();
	let writes = 0;
	const counted: Transport = {
		local: theirs.local,
		remote: theirs.remote,
		start: (events) => theirs.start(events),
		write: (bytes, written) => {
			writes++;
			return theirs.write(bytes, written);
		},
		drained: () => theirs.drained(),
		close: () => theirs.close(),
		destroy: () => theirs.destroy(),
	};
	const ROWS = 1_000;
	const { ended } = accept(counted, {
		decide: () => ({
			supported: () => SYNTAXES,
			serve: (request) =>
				request.message.type === 'C-ECHO-RQ'
					? answerEcho(request)
					: answerFind(request as IncomingRequest<CFindRq>, async function* () {
							for (let i = 0; i < ROWS; i++) yield { match: { '00200013': { vr: 'IS', Value: [i] } } };
						}),
		}),
	});
	ended.catch(() => {});
	const { association } = await connect({
		address: { host: 'memory', port: 1, calledAeTitle: 'SCP', callingAeTitle: 'SCU' },
		openTransport: async () => ours,
		contexts: [STUDY_ROOT_FIND, VERIFICATION].map((abstractSyntax) => ({
			abstractSyntax,
			transferSyntaxes: [EXPLICIT_LITTLE],
		})),
	});
	const query = find(association, association.contextFor(STUDY_ROOT_FIND) as AcceptedContext, LEVEL);
	const numbers: unknown[] = [];
	const echoes: Promise<unknown>[] = [];
	for await (const { dataset } of query) {
		numbers.push(dataset['00200013']?.Value[0]);
		if (numbers.length % 100 === 0) echoes.push(echo(association, 3));
	}
	t.strictSame(
		numbers,
		Array.from({ length: ROWS }, (_, i) => i),
	);
	t.equal((await query.final).status, 0x0000);
	await Promise.all(echoes);
	t.ok(writes < ROWS / 10, `${writes} writes for ${ROWS} matches`);
	await association.release();
});

t.test('what was answered before an abort of ours still goes out', async (t) => {
	const scp = await start(t, async function* () {
		for (let i = 0; i < 5; i++) yield { match: LEVEL };
		await scp.requests[0]?.association.abort();
	});
	const { association } = scp.connected;
	const query = find(association, association.contextFor(STUDY_ROOT_FIND) as AcceptedContext, LEVEL);
	let matches = 0;
	const counting = async () => {
		for await (const _ of query) matches++;
	};
	await t.rejects(counting(), DicomError);
	t.equal(matches, 5);
});

t.test('refusals and 0124', async (t) => {
	const refusal = { status: 0xa700, errorComment: 'too many', offendingElements: ['00100010'] };
	const scp = await start(t, async function* () {
		yield { match: LEVEL };
		yield { refusal };
	});
	const { final, matches } = await scp.ask(encodeDataset(LEVEL, EXPLICIT_LITTLE));
	t.match(final, refusal);
	t.equal(matches.length, 1);
	const forbidden = await start(t, rows(LEVEL), { authorised: () => false });
	const refused = await forbidden.ask(encodeDataset(LEVEL, EXPLICIT_LITTLE));
	t.match(refused.final, { status: 0x0124, errorComment: 'C-FIND-RQ is not allowed here' });
	t.equal(forbidden.identifiers.length, 0);
	t.match(forbidden.ends, [{ matches: 0, status: 0x0124 }]);
});

t.test(
	'a C-CANCEL-RQ ends it between two matches: one final response, FE00, even where the search then throws',
	async (t) => {
		for (const throws of [false, true]) {
			const scp = await start(t, async function* (_, { signal }) {
				for (let i = 0; i < 1_000_000; i++) {
					if (throws) signal.throwIfAborted();
					yield { match: LEVEL };
				}
			});
			const { association } = scp.connected;
			const exchange = association.exchange<CFindRsp>(
				1,
				{ type: 'C-FIND-RQ', messageId: 7, affectedSopClassUid: STUDY_ROOT_FIND, priority: 0, hasDataset: true },
				encodeDataset(LEVEL, EXPLICIT_LITTLE),
			);
			for await (const _ of exchange) break;
			t.equal((await exchange.final).message.status, 0xfe00);
			t.equal(scp.ends.length, 1);
			t.match(scp.ends, [{ status: 0xfe00 }]);
		}
	},
);

t.test('a requester that goes away is the end of the search', async (t) => {
	const over = Promise.withResolvers<void>();
	const scp = await start(t, async function* () {
		try {
			for (;;) yield { match: LEVEL };
		} finally {
			over.resolve();
		}
	});
	const asked = scp.ask(encodeDataset(LEVEL, EXPLICIT_LITTLE));
	asked.catch(() => {});
	await scp.connected.association.abort();
	await over.promise;
	await t.rejects(asked, DicomError);
});
