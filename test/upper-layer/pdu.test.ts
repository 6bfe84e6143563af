import t, { type Test } from 'tap';
import { LocalMisuse } from '../../src/errors.ts';
import { decodePdu, describePdu, encodePdu, type Pdu, PduError } from '../../src/upper-layer/pdu/index.ts';
import { PduDecoder } from '../../src/upper-layer/pdu-decoder.ts';
import { INVALID_CASES, LENIENT_CASES, PDU_CASES, type PduCase } from './pdu-cases.ts';
import { AC, ascii, concat, cuts, hex, joined, NO_USER_INFORMATION, pduHeader, RELEASE_RQ, RQ } from './samples.ts';

/** As the streaming decoder gives it. */
const streamed = (pdu: Pdu): unknown[] =>
	pdu.type === 'P-DATA-TF' ? joined(pdu.pdvs.map((fragment) => ({ type: 'P-DATA', fragment }))) : [pdu];

const decodesEachWay = (test: Test, { pdu, bytes }: PduCase): void => {
	test.strictSame(decodePdu(bytes), pdu, 'decodes');
	for (const [first, second] of cuts(bytes)) {
		const decoder = new PduDecoder(0);
		const early = decoder.push(first);
		const decoded = [...early, ...decoder.push(second)];
		if (JSON.stringify(joined(decoded)) !== JSON.stringify(streamed(pdu))) {
			test.strictSame(joined(decoded), streamed(pdu), `cut after ${first.length}`);
		}
		if (second.length > 0 && pdu.type !== 'P-DATA-TF' && early.length > 0) test.fail(`decoded ${first.length} bytes`);
	}
	test.pass('decodes at every cut');
	for (const [first, second] of cuts(bytes)) {
		if (second.length > 0) test.throws(() => decodePdu(first), PduError, `truncated after ${first.length}`);
	}
	test.strictSame(
		joined(new PduDecoder(0).push(concat(bytes, bytes))),
		[...streamed(pdu), ...streamed(pdu)],
		'decodes twice',
	);
};

for (const one of PDU_CASES) {
	t.test(one.name, async (test) => {
		test.strictSame(encodePdu(one.pdu), one.bytes, 'encodes');
		decodesEachWay(test, one);
	});
}

for (const one of LENIENT_CASES) {
	t.test(`tolerated: ${one.name}`, async (test) => {
		decodesEachWay(test, one);
		test.strictSame(decodePdu(encodePdu(one.pdu)), one.pdu, 'what a peer may send can be encoded, too');
	});
}

t.test('what is no PDU is refused with the reason of an A-ABORT', async (test) => {
	for (const { name, bytes, reason } of INVALID_CASES) {
		test.throws(() => decodePdu(bytes), { name: 'PduError', reason }, name);
		test.match(new PduDecoder(0).push(bytes).at(-1), { type: 'invalid', fault: { reason } }, `${name}, streamed`);
		let last: unknown;
		const decoder = new PduDecoder(0);
		for (const byte of bytes) last = decoder.push(Uint8Array.of(byte)).at(-1) ?? last;
		test.match(last, { type: 'invalid', fault: { reason } }, `${name}, byte by byte`);
	}
});

t.test('a PDU that is cut and says so is one without its last items, or refused', async (test) => {
	for (const { bytes } of [...PDU_CASES, ...LENIENT_CASES]) {
		for (let length = 6; length < bytes.length; length++) {
			const cut = concat(pduHeader(bytes[0] ?? 0, length - 6), bytes.subarray(6, length));
			try {
				decodePdu(cut);
			} catch (error) {
				if (!(error instanceof PduError)) throw error;
			}
		}
	}
	test.throws(() => decodePdu(concat(RELEASE_BYTES, Uint8Array.of(0))), PduError, 'nothing may follow');
	test.throws(() => decodePdu(new Uint8Array(0)), PduError);
});

const RELEASE_BYTES = encodePdu(RELEASE_RQ);

t.test('bounds on what a request may hold', async (test) => {
	const context = { id: 1, abstractSyntax: '1.2', transferSyntaxes: ['1.3'] };
	const withContexts = (count: number): Pdu => ({
		...RQ,
		presentationContexts: Array.from({ length: count }, () => context),
	});
	test.strictSame(decodePdu(encodePdu(withContexts(128))), withContexts(128));
	test.throws(() => decodePdu(encodePdu(withContexts(129))), { name: 'PduError', reason: 6 });
	test.throws(() => decodePdu(encodePdu(withContexts(255))), { name: 'PduError', reason: 6 });
	test.throws(
		() =>
			decodePdu(
				encodePdu({
					...AC,
					presentationContexts: Array.from({ length: 129 }, () => ({ id: 1, result: 3, transferSyntax: '' })),
				}),
			),
		{ name: 'PduError', reason: 6 },
	);
	const withSyntaxes = (count: number): Pdu => ({
		...RQ,
		presentationContexts: [{ ...context, transferSyntaxes: Array.from({ length: count }, () => '1') }],
	});
	test.strictSame(decodePdu(encodePdu(withSyntaxes(1000))), withSyntaxes(1000));
	test.throws(() => decodePdu(encodePdu(withSyntaxes(1025))), { name: 'PduError', reason: 6 });
	const withRoles = (count: number): Pdu => ({
		...RQ,
		userInformation: {
			...NO_USER_INFORMATION,
			roleSelections: Array.from({ length: count }, () => ({ sopClassUid: '1', scuRole: true, scpRole: true })),
		},
	});
	test.strictSame(decodePdu(encodePdu(withRoles(1024))), withRoles(1024));
	test.throws(() => decodePdu(encodePdu(withRoles(1025))), { name: 'PduError', reason: 6 });
});

t.test('extended negotiation and user identity take what an item can hold', async (test) => {
	const information = new Uint8Array(65_000).fill(7);
	for (const userInformation of [
		{ ...NO_USER_INFORMATION, extendedNegotiations: [{ sopClassUid: '1.2', information }] },
		{
			...NO_USER_INFORMATION,
			userIdentity: { type: 6, positiveResponseRequested: false, primaryField: information, secondaryField: ascii('') },
		},
	]) {
		const pdu: Pdu = { ...RQ, userInformation };
		test.strictSame(decodePdu(encodePdu(pdu)), pdu);
	}
	const decoder = new PduDecoder(0);
	const bytes = encodePdu({
		...RQ,
		userInformation: { ...NO_USER_INFORMATION, extendedNegotiations: [{ sopClassUid: '1.2', information }] },
	});
	const [pdu] = decoder.push(bytes);
	bytes.fill(0);
	test.match(
		pdu,
		{ userInformation: { extendedNegotiations: [{ information: { length: 65_000, 0: 7, 64999: 7 } }] } },
		'kept when the chunk is reused',
	);
});

t.test('what a field cannot hold is the fault of the caller', async (test) => {
	const misuses: readonly [name: string, pdu: Pdu][] = [
		['a called AE title of 17 characters', { ...RQ, calledAeTitle: 'A23456789012345-7' }],
		['a calling AE title of 17 characters', { ...RQ, callingAeTitle: 'A23456789012345-7' }],
		['an AE title beyond Latin-1', { ...AC, calledAeTitle: 'ΔΑ' }],
		[
			'a context ID of 256',
			{ ...RQ, presentationContexts: [{ id: 256, abstractSyntax: '1', transferSyntaxes: ['1'] }] },
		],
		['an item of 64 KiB', { ...RQ, applicationContextName: '1'.repeat(65_536) }],
		['a negative length', { ...RQ, userInformation: { ...NO_USER_INFORMATION, maximumLength: -1 } }],
		['a fraction', { ...RQ, userInformation: { ...NO_USER_INFORMATION, maximumLength: 0.5 } }],
		['a maximum length of 2^32', { ...RQ, userInformation: { ...NO_USER_INFORMATION, maximumLength: 2 ** 32 } }],
	];
	for (const [name, pdu] of misuses) test.throws(() => encodePdu(pdu), LocalMisuse, name);
	const most: Pdu = { ...RQ, userInformation: { ...NO_USER_INFORMATION, maximumLength: 2 ** 32 - 1 } };
	test.strictSame(decodePdu(encodePdu(most)), most);
});

t.test('a description tells every field and shows no bytes', async (test) => {
	const [, all] = PDU_CASES;
	test.strictSame(
		describePdu(all?.pdu ?? RQ, (uid) => (uid === '1.2.840.10008.1.2' ? 'Implicit VR Little Endian' : undefined)),
		[
			'A-ASSOCIATE-RQ',
			'  protocolVersion: 1',
			'  calledAeTitle: SIXTEEN--LETTERS',
			'  callingAeTitle: A B',
			'  applicationContextName: 1.2.840.10008.3.1.1.1',
			'  presentationContexts 1:',
			'    id: 1',
			'    abstractSyntax: 1.2.840.10008.1.1',
			'    transferSyntaxes 1: 1.2.840.10008.1.2 (Implicit VR Little Endian)',
			'  presentationContexts 2:',
			'    id: 255',
			'    abstractSyntax: 1.2.840.10008.5.1.4.1.1.2',
			'    transferSyntaxes 1: 1.2.840.10008.1.2.1',
			'    transferSyntaxes 2: 1.2.840.10008.1.2 (Implicit VR Little Endian)',
			'  userInformation:',
			'    maximumLength: 0',
			'    implementationClassUid: 1.2.3',
			'    asynchronousOperationsWindow:',
			'      invoked: 1',
			'      performed: 258',
			'    roleSelections 1:',
			'      sopClassUid: 1.2.840.10008.5.1.4.1.1.2',
			'      scuRole: false',
			'      scpRole: true',
			'    roleSelections 2:',
			'      sopClassUid: 1.2',
			'      scuRole: true',
			'      scpRole: false',
			'    implementationVersionName: DIMSE_0',
			'    extendedNegotiations 1:',
			'      sopClassUid: 1.2.4',
			'      information: 3 bytes',
			'    commonExtendedNegotiations 1:',
			'      sopClassUid: 1.2.5',
			'      serviceClassUid: 1.2.840.10008.4.2',
			'      relatedGeneralSopClassUids 1: 1.5',
			'      relatedGeneralSopClassUids 2: 1.6.7',
			'    commonExtendedNegotiations 2:',
			'      sopClassUid: 1.3',
			'      serviceClassUid: 1.4',
			'    userIdentity:',
			'      type: 2',
			'      positiveResponseRequested: true',
			'      primaryField: 4 bytes',
			'      secondaryField: 4 bytes',
		],
	);
	test.strictSame(
		describePdu({
			type: 'P-DATA-TF',
			pdvs: [{ contextId: 1, isCommand: true, isLast: false, bytes: hex('00') }],
		} as Pdu),
		['P-DATA-TF', '  pdvs 1:', '    contextId: 1', '    isCommand: true', '    isLast: false', '    bytes: 1 bytes'],
	);
});
