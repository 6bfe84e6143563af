/** What a peer should not send, and bytes cut where a network may cut them (rows W1, W3 and W5 of the fault list). */
import t from 'tap';
import { encodePdu, type Pdu } from '../../src/upper-layer/pdu/index.ts';
import { type Output, UpperLayer } from '../../src/upper-layer/upper-layer.ts';
import {
	ABORT,
	AC,
	ascii,
	bytewise,
	concat,
	coreIn,
	cuts,
	DATA,
	hex,
	joined,
	pduHeader,
	RELEASE_RP,
	RELEASE_RQ,
	RJ,
	RQ,
	told,
} from './samples.ts';

/** Peers that are no DICOM peers; more than 64 bytes are cut. */
const FOREIGN: readonly [name: string, bytes: Uint8Array][] = [
	['TLS client hello', hex('16 03 01 00f4 01 0000f0 0303 aabbccddeeff')],
	['TLS alert: handshake failure', hex('15 03 03 0002 02 28')],
	['HTTP request', ascii(`GET / HTTP/1.1\r\nHost: pacs.example\r\nUser-Agent: ${'x'.repeat(99)}\r\n\r\n`)],
	['HTTP answer', ascii('HTTP/1.1 400 Bad Request\r\n\r\n')],
	['SSH banner', ascii('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n')],
	['SMTP greeting', ascii('220 mail.example ESMTP\r\n')],
];

t.test('a peer that is no DICOM peer is told by its first bytes', async (test) => {
	for (const [name, bytes] of FOREIGN) {
		const firstBytes = bytes.slice(0, 64);
		const requestor = coreIn('Sta5');
		const outputs = requestor.receive(bytes);
		test.strictSame(
			outputs.map(told),
			['send A-ABORT 2/1', 'indicate provider-abort 1', 'startArtim'],
			`${name} in Sta5`,
		);
		test.match(outputs[1], { primitive: { type: 'provider-abort', reason: 1, detail: /^PDU type [0-9A-F]{2}H$/ } });
		test.strictSame(requestor.fault?.firstBytes, firstBytes, `${name}: the requestor keeps them`);
		const { primitive } = outputs[1] as Extract<Output, { do: 'indicate' }>;
		test.strictSame(primitive, { type: 'provider-abort', ...requestor.fault });

		const acceptor = coreIn('Sta2');
		test.strictSame(acceptor.receive(bytes).map(told), ['send A-ABORT 0/0', 'startArtim'], `${name} in Sta2`);
		test.strictSame(acceptor.fault?.firstBytes, firstBytes, `${name}: the acceptor keeps them`);
		test.strictSame(acceptor.receive(bytes), [], `${name}: what follows is not read`);
		bytes.fill(0);
		test.strictSame(acceptor.fault?.firstBytes, firstBytes, `${name}: in memory of their own`);
	}
});

t.test('later bytes are not kept: they may be a passcode or patient data', async (test) => {
	const core = coreIn('Sta6');
	const [, indicated] = core.receive(ascii('PATIENT^NAME'));
	test.match(indicated, { primitive: { type: 'provider-abort', reason: 1, detail: 'PDU type 50H' } });
	test.strictSame(core.fault, { reason: 1, detail: 'PDU type 50H' });
});

t.test('the first fault is the one that is told', async (test) => {
	const core = coreIn('Sta6');
	test.equal(core.fault, undefined);
	core.receive(encodePdu(RQ));
	test.strictSame(core.fault, { reason: 2, detail: 'A-ASSOCIATE-RQ in Sta6' });
	core.receive(ascii('??????'));
	test.strictSame(core.fault, { reason: 2, detail: 'A-ASSOCIATE-RQ in Sta6' });
	const waiting = coreIn('Sta2');
	waiting.receive(encodePdu(DATA));
	test.strictSame(waiting.fault, { reason: 2, detail: 'P-DATA-TF in Sta2' });
	const aborted = coreIn('Sta13');
	test.equal(aborted.fault, undefined, 'an abort of our own is nobody’s fault');
});

/** The first bytes of a PDU with each length of W1, and whether one must wait for more of them. */
const exact = [
	encodePdu(RQ),
	encodePdu(AC),
	encodePdu(RJ),
	encodePdu(DATA),
	encodePdu(RELEASE_RQ),
	encodePdu(RELEASE_RP),
	encodePdu(ABORT),
];

t.test('W1: wrong PDU lengths are aborted at once where the length tells it, else with the bytes', async (test) => {
	for (const bytes of exact) {
		const type = bytes[0] ?? 0;
		const length = bytes.length - 6;
		for (const wrong of [0, 1, 3, 5, length - 1, length + 1, 0x7fffffff, 0xffffffff]) {
			for (const [state, expected] of [
				['Sta2', 'send A-ABORT 0/0, startArtim'],
				['Sta5', 'send A-ABORT 2/6, indicate provider-abort 6, startArtim'],
				['Sta6', 'send A-ABORT 2/6, indicate provider-abort 6, startArtim'],
				['Sta13', 'send A-ABORT 2/6'],
			] as const) {
				const core = coreIn(state);
				const what = `type ${type} of length ${wrong} in ${state}`;
				const outputs = core.receive(concat(pduHeader(type, wrong)));
				const waits = Math.abs(wrong - length) === 1 && (type === 1 || type === 2 || type === 4);
				test.equal(outputs.length === 0, waits, `${what}: ${waits ? 'may be right' : 'cannot be right'}`);
				if (waits) outputs.push(...core.receive(concat(bytes.subarray(6), Uint8Array.of(0))));
				test.equal(outputs.map(told).join(', '), expected, what);
				test.equal(core.state, 'Sta13');
				test.strictSame(core.receive(bytes), [], `${what}: nothing after it is read`);
			}
		}
	}
});

t.test(
	'W1: a PDU over our announced maximum and over 1 MiB is aborted at its header, one of just the maximum is read',
	async (test) => {
		const core = coreIn('Sta6');
		test.strictSame(core.receive(pduHeader(4, 16384)), []);
		test.strictSame(core.receive(hex('00003ffc 01 00')), [], 'no bytes, no fragment');
		test.strictSame(core.receive(new Uint8Array(16378)).map(told), ['indicate P-DATA']);
		test.strictSame(core.receive(pduHeader(4, 0x10_0001)).map(told), [
			'send A-ABORT 2/6',
			'indicate provider-abort 6',
			'startArtim',
		]);
		const unlimited = new UpperLayer('acceptor', { maximumLength: 0 });
		unlimited.transportConnected();
		unlimited.receive(encodePdu(RQ));
		unlimited.request(AC);
		test.strictSame(unlimited.receive(pduHeader(4, 0x2000_0000)), [], 'no limit announced');
	},
);

t.test('W5: wrong PDVs are aborted', async (test) => {
	for (const [name, bytes] of [
		['length 0', hex('04 00 00000008 00000000 01 00 0000')],
		['length 1', hex('04 00 00000008 00000001 01 00 0000')],
		['longer than its PDU', hex('04 00 00000008 00000005 01 00 0000')],
		['much longer than its PDU', hex('04 00 00000008 ffffffff 01 00 0000')],
		['shorter than its PDU', hex('04 00 00000008 00000003 01 00 0000')],
		['two of them longer than their PDU', hex('04 00 0000000f 00000003 01 00 00 00000005 01 00 0000')],
		['an even context ID', hex('04 00 00000008 00000004 02 00 0000')],
		['context ID 0', hex('04 00 00000008 00000004 00 00 0000')],
	] as const) {
		for (const pieces of [[bytes], bytewise(bytes)]) {
			const core = coreIn('Sta6');
			const outputs = pieces
				.flatMap((piece) => core.receive(piece))
				.filter((output) => told(output) !== 'indicate P-DATA');
			test.strictSame(outputs.map(told), ['send A-ABORT 2/6', 'indicate provider-abort 6', 'startArtim'], name);
		}
	}
	const core = coreIn('Sta6');
	test.match(
		core.receive(hex('04 00 00000008 00000004 01 ff 0000')),
		[{ primitive: { fragment: { isCommand: true, isLast: true } } }],
		'bits 2 to 7 of the message control header are never checked (PS3.8 Annex E.2)',
	);
});

/** What either side may hear in one go without having to say something in between. */
const SESSIONS: readonly [
	name: string,
	state: 'Sta2' | 'Sta5' | 'Sta6' | 'Sta7',
	pdus: readonly (Pdu | Uint8Array)[],
][] = (() => {
	const long: Pdu = {
		type: 'P-DATA-TF',
		pdvs: [
			{ contextId: 1, isCommand: true, isLast: true, bytes: new Uint8Array(20).fill(1) },
			{ contextId: 1, isCommand: false, isLast: false, bytes: new Uint8Array(0) },
			{ contextId: 1, isCommand: false, isLast: false, bytes: new Uint8Array(30).fill(2) },
			{ contextId: 1, isCommand: false, isLast: true, bytes: new Uint8Array(0) },
		],
	};
	return [
		['request', 'Sta2', [RQ]],
		['request and abort', 'Sta2', [RQ, ABORT]],
		['answer, data, release request', 'Sta5', [AC, DATA, long, DATA, RELEASE_RQ]],
		['answer, data, abort, more', 'Sta5', [AC, long, ABORT, DATA, ascii('????????')]],
		['data, release request', 'Sta6', [long, long, DATA, RELEASE_RQ]],
		['data until the release is answered', 'Sta7', [long, DATA, RELEASE_RP]],
		['data, then what is unexpected, then a late answer', 'Sta6', [long, RQ, RELEASE_RP, DATA, RQ, ABORT]],
		['data, then garbage', 'Sta6', [long, ascii('HTTP/1.1 200 OK')]],
		['half a PDU', 'Sta6', [long, encodePdu(long).subarray(0, 50)]],
	];
})();

t.test('any cut of what is received gives the same result', async (test) => {
	for (const [name, state, pdus] of SESSIONS) {
		const bytes = concat(...pdus.map((pdu) => (pdu instanceof Uint8Array ? pdu : encodePdu(pdu))));
		const whole = coreIn(state);
		const expected = JSON.stringify(joined(whole.receive(bytes)));
		test.match(expected, /contextId|ASSOCIATE/, `${name}: something is received`);
		let wrong = 0;
		for (const [first, second] of cuts(bytes)) {
			const core = coreIn(state);
			const outputs = [...core.receive(first), ...core.receive(second)];
			if (JSON.stringify(joined(outputs)) !== expected || core.state !== whole.state) wrong++;
		}
		test.equal(wrong, 0, `${name}: cut once, everywhere`);
		for (let size = 1; size < 8; size++) {
			const core = coreIn(state);
			const outputs: Output[] = [];
			for (let at = 0; at < bytes.length; at += size) outputs.push(...core.receive(bytes.subarray(at, at + size)));
			test.equal(JSON.stringify(joined(outputs)), expected, `${name}: in pieces of ${size}`);
		}
	}
});
