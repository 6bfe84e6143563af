import t from 'tap';
import { LocalMisuse } from '../../src/errors.ts';
import { encodePdu } from '../../src/upper-layer/pdu/index.ts';
import { STATES } from '../../src/upper-layer/transitions.ts';
import { Pair, type User } from './pair.ts';
import { ABORT, AC, ascii, bytewise, coreIn, DATA, RELEASE_RP, RELEASE_RQ, RJ, RQ, rolesIn, told } from './samples.ts';

/** An acceptor that takes every association and release; the requestor sends once it may, then releases. */
const accepting: User = (core, { type }) => {
	if (type === 'A-ASSOCIATE-RQ') return core.request(AC);
	return type === 'A-RELEASE-RQ' ? core.request(RELEASE_RP) : [];
};
const sendingOnce: User = (core, { type }) =>
	type === 'A-ASSOCIATE-AC' ? [...core.requestData(encodePdu(DATA)), ...core.request(RELEASE_RQ)] : [];

t.test('two cores associate, send data and release', async (test) => {
	for (const pieces of [undefined, bytewise]) {
		const pair = new Pair({ requestor: sendingOnce, acceptor: accepting }, pieces);
		pair.perform(pair.requestor, pair.requestor.request(RQ));
		pair.drive();
		const log = pieces === undefined ? pair.log : pair.log.filter((line, index) => line !== pair.log[index - 1]);
		test.strictSame(log, [
			'requestor: connect',
			'acceptor: startArtim',
			'requestor: send A-ASSOCIATE-RQ',
			'acceptor: stopArtim',
			'acceptor: indicate A-ASSOCIATE-RQ',
			'acceptor: send A-ASSOCIATE-AC',
			'requestor: indicate A-ASSOCIATE-AC',
			'requestor: send P-DATA-TF',
			'requestor: send A-RELEASE-RQ',
			'acceptor: indicate P-DATA',
			'acceptor: indicate A-RELEASE-RQ',
			'acceptor: send A-RELEASE-RP',
			'acceptor: startArtim',
			'requestor: indicate A-RELEASE-RP',
			'requestor: closeTransport',
			'acceptor: stopArtim',
		]);
		test.strictSame([pair.requestor.state, pair.acceptor.state], ['Sta1', 'Sta1']);
		test.strictSame(pair.artim, { requestor: false, acceptor: false });
	}
});

const associatedPair = (
	users: Partial<Record<'requestor' | 'acceptor', User>> = {},
	pieces = (bytes: Uint8Array) => [bytes],
): Pair => {
	const pair = new Pair(
		{
			...users,
			acceptor: (core, primitive) =>
				primitive.type === 'A-ASSOCIATE-RQ' ? core.request(AC) : (users.acceptor?.(core, primitive) ?? []),
		},
		pieces,
	);
	pair.perform(pair.requestor, pair.requestor.request(RQ));
	pair.drive();
	pair.log.length = 0;
	return pair;
};

t.test('a release collision: both ask at once, the requestor answers first', async (test) => {
	for (const pieces of [undefined, bytewise]) {
		const answering: User = (core, { type }) =>
			type === 'A-RELEASE-RQ' && core.role === 'requestor' ? core.request(RELEASE_RP) : [];
		const confirming: User = (core, { type }) =>
			type === 'A-RELEASE-RP' && core.role === 'acceptor' ? core.request(RELEASE_RP) : [];
		const pair = associatedPair({ requestor: answering, acceptor: confirming }, pieces);
		pair.perform(pair.requestor, pair.requestor.request(RELEASE_RQ));
		pair.perform(pair.acceptor, pair.acceptor.request(RELEASE_RQ));
		pair.drive();
		const [requestor, acceptor] = ['requestor', 'acceptor'].map((role) =>
			pair.log.filter((line) => line.startsWith(role)),
		);
		test.strictSame(requestor, [
			'requestor: send A-RELEASE-RQ',
			'requestor: indicate A-RELEASE-RQ',
			'requestor: send A-RELEASE-RP',
			'requestor: indicate A-RELEASE-RP',
			'requestor: closeTransport',
		]);
		test.strictSame(acceptor, [
			'acceptor: send A-RELEASE-RQ',
			'acceptor: indicate A-RELEASE-RQ',
			'acceptor: indicate A-RELEASE-RP',
			'acceptor: send A-RELEASE-RP',
			'acceptor: startArtim',
			'acceptor: stopArtim',
		]);
		test.strictSame([pair.requestor.state, pair.acceptor.state], ['Sta1', 'Sta1']);
	}
});

t.test('in a release collision the acceptor may not answer before the requestor has', async (test) => {
	const core = coreIn('Sta10');
	test.notOk(core.mayRequest('A-RELEASE-RP'));
	test.throws(() => core.request(RELEASE_RP), LocalMisuse);
	core.receive(encodePdu(RELEASE_RP));
	test.ok(core.mayRequest('A-RELEASE-RP'));
});

t.test('who is asked to release may still send data, and who asked still takes it', async (test) => {
	const pair = associatedPair({
		acceptor: (core, { type }) =>
			type === 'A-RELEASE-RQ'
				? [...core.requestData(encodePdu(DATA)), ...core.requestData(encodePdu(DATA)), ...core.request(RELEASE_RP)]
				: [],
	});
	pair.perform(pair.requestor, pair.requestor.request(RELEASE_RQ));
	pair.drive();
	test.strictSame(
		pair.log.filter((line) => line.startsWith('requestor: indicate')),
		['requestor: indicate P-DATA', 'requestor: indicate P-DATA', 'requestor: indicate A-RELEASE-RP'],
	);
	test.strictSame([pair.requestor.state, pair.acceptor.state], ['Sta1', 'Sta1']);
});

t.test('a rejection is confirmed and the requestor closes', async (test) => {
	const pair = new Pair({ acceptor: (core, { type }) => (type === 'A-ASSOCIATE-RQ' ? core.request(RJ) : []) });
	pair.perform(pair.requestor, pair.requestor.request(RQ));
	pair.drive();
	test.strictSame(pair.log.slice(-5), [
		'acceptor: send A-ASSOCIATE-RJ',
		'acceptor: startArtim',
		'requestor: indicate A-ASSOCIATE-RJ',
		'requestor: closeTransport',
		'acceptor: stopArtim',
	]);
	test.strictSame([pair.requestor.state, pair.acceptor.state], ['Sta1', 'Sta1']);
});

t.test('an abort of either side reaches the other with its source and reason, and both end', async (test) => {
	for (const role of ['requestor', 'acceptor'] as const) {
		for (const [source, reason] of [
			[0, 0],
			[2, 6],
		] as const) {
			let indicated: unknown;
			const noting: User = (_, primitive) => {
				indicated = primitive;
				return [];
			};
			const pair = associatedPair({ [role === 'requestor' ? 'acceptor' : 'requestor']: noting });
			pair.perform(pair[role], pair[role].request({ type: 'A-ABORT', source, reason }));
			test.ok(pair.artim[role], 'waits for the peer to close, under ARTIM');
			pair.drive();
			test.strictSame(indicated, { type: 'A-ABORT', source, reason });
			test.strictSame([pair.requestor.state, pair.acceptor.state], ['Sta1', 'Sta1']);
			test.strictSame(pair.artim, { requestor: false, acceptor: false });
		}
	}
});

t.test('aborts that cross on the wire end both sides', async (test) => {
	const pair = associatedPair();
	pair.perform(pair.requestor, pair.requestor.request(ABORT));
	pair.perform(pair.acceptor, pair.acceptor.request(ABORT));
	pair.drive();
	test.strictSame([pair.requestor.state, pair.acceptor.state], ['Sta1', 'Sta1']);
	test.notOk(pair.log.some((line) => line.includes('indicate')));
});

t.test('one object serves one association: after its end nothing happens', async (test) => {
	for (const state of STATES.slice(1)) {
		for (const role of rolesIn(state)) {
			const core = coreIn(state, role);
			core.transportClosed();
			test.equal(core.state, 'Sta1');
			test.ok(core.ended);
			test.strictSame(
				[
					core.transportConnected(),
					core.transportClosed(),
					core.artimExpired(),
					core.receive(encodePdu(RQ)),
					core.receive(ascii('GET /')),
				],
				[[], [], [], [], []],
				`${role} from ${state}`,
			);
			for (const pdu of [RQ, AC, RJ, RELEASE_RQ, RELEASE_RP, ABORT]) {
				test.notOk(core.mayRequest(pdu.type));
				test.throws(() => core.request(pdu), LocalMisuse);
			}
			test.throws(() => core.requestData(encodePdu(DATA)), LocalMisuse);
		}
	}
});

t.test('a requestor that gave up while connecting does not send when the connection comes', async (test) => {
	const core = coreIn('Sta4');
	test.strictSame(core.request(ABORT).map(told), ['stopArtim', 'closeTransport']);
	test.strictSame(core.transportConnected(), []);
	test.equal(core.state, 'Sta1');
});

t.test('what cannot be encoded changes nothing', async (test) => {
	const core = coreIn('Sta1', 'requestor');
	test.throws(() => core.request({ ...RQ, calledAeTitle: 'SEVENTEEN LETTERS' }), LocalMisuse);
	test.equal(core.state, 'Sta1');
	test.strictSame(core.request(RQ).map(told), ['connect']);
});

t.test('the bytes of P-DATA go out as they are, those of the other PDUs with the PDU', async (test) => {
	const core = coreIn('Sta6');
	const bytes = encodePdu(DATA);
	const [output] = core.requestData(bytes);
	test.equal(output?.do === 'send' && output.bytes, bytes, 'the same array');
	test.strictSame(core.request(RELEASE_RQ), [{ do: 'send', bytes: encodePdu(RELEASE_RQ), pdu: RELEASE_RQ }]);
});

t.test('indicated fragments are views of the bytes received', async (test) => {
	const core = coreIn('Sta6');
	const bytes = encodePdu(DATA);
	const [output] = core.receive(bytes);
	test.match(output, { primitive: { type: 'P-DATA', fragment: { contextId: 1, isCommand: true, isLast: true } } });
	test.equal(
		output?.do === 'indicate' && output.primitive.type === 'P-DATA' && output.primitive.fragment.bytes.buffer,
		bytes.buffer,
	);
});
