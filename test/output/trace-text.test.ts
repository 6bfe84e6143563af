import t from 'tap';
import type { TraceEvent } from '../../src/association/trace.ts';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import type { Message } from '../../src/dimse/messages.ts';
import { localTime, type TraceLevel, traceText } from '../../src/output/trace-text.ts';
import { encodePdu, type Pdu } from '../../src/upper-layer/pdu/index.ts';
import { randomBytes, randomNumbers } from '../dimse/random.ts';
import { golden } from './golden.ts';
import { element } from './rows.ts';

const STUDY_ROOT_FIND = '1.2.840.10008.5.1.4.1.2.2.1';
const STUDY_ROOT_MOVE = '1.2.840.10008.5.1.4.1.2.2.2';
const CT = '1.2.840.10008.5.1.4.1.1.2';

const NOTHING_NEGOTIATED = { roleSelections: [], extendedNegotiations: [], commonExtendedNegotiations: [] } as const;

const RQ: Pdu = {
	type: 'A-ASSOCIATE-RQ',
	protocolVersion: 1,
	calledAeTitle: 'PACS_MAIN',
	callingAeTitle: 'WS01',
	applicationContextName: '1.2.840.10008.3.1.1.1',
	presentationContexts: [
		{ id: 1, abstractSyntax: STUDY_ROOT_FIND, transferSyntaxes: [IMPLICIT_LITTLE, EXPLICIT_LITTLE] },
		{ id: 3, abstractSyntax: STUDY_ROOT_MOVE, transferSyntaxes: [IMPLICIT_LITTLE, EXPLICIT_LITTLE] },
		{ id: 5, abstractSyntax: '1.2.3.4', transferSyntaxes: [EXPLICIT_LITTLE] },
	],
	userInformation: {
		...NOTHING_NEGOTIATED,
		maximumLength: 65536,
		implementationClassUid: '1.2.3',
		implementationVersionName: 'DIMSE_0.1',
		roleSelections: [{ sopClassUid: CT, scuRole: false, scpRole: true }],
		userIdentity: {
			type: 2,
			positiveResponseRequested: true,
			primaryField: new TextEncoder().encode('someone'),
			secondaryField: new TextEncoder().encode('secret'),
		},
	},
};

const AC: Pdu = {
	type: 'A-ASSOCIATE-AC',
	protocolVersion: 1,
	calledAeTitle: 'PACS_MAIN',
	callingAeTitle: 'WS01',
	applicationContextName: '1.2.840.10008.3.1.1.1',
	presentationContexts: [
		{ id: 1, result: 0, transferSyntax: EXPLICIT_LITTLE },
		{ id: 3, result: 0, transferSyntax: IMPLICIT_LITTLE },
		{ id: 5, result: 3, transferSyntax: EXPLICIT_LITTLE },
	],
	userInformation: {
		...NOTHING_NEGOTIATED,
		maximumLength: 16384,
		implementationClassUid: '1.2.40.0.13.1.3',
		implementationVersionName: 'dcm4che-5.31',
	},
};

const IDENTIFIER: Dataset = {
	'00080005': element('CS'),
	'00080052': element('CS', 'STUDY'),
	'00100010': element('PN', { Alphabetic: 'SMITH*' }),
	'00400100': element('SQ', { '00080060': element('CS', 'CT') }),
};
const MATCH: Dataset = { '00100010': element('PN', { Alphabetic: 'SMITH^JOHN#[31m' }) };

type Body = TraceEvent extends infer One ? (One extends TraceEvent ? Omit<One, 'at' | 'association'> : never) : never;

/** The codec would not write one: it takes the place of `#`. */
const ESC = 0x1b;

const pdu = (direction: 'sent' | 'received', value: Pdu): Body => {
	const bytes = encodePdu(value);
	return { event: 'pdu', direction, bytes, length: bytes.length };
};
const message = (
	direction: 'sent' | 'received',
	value: Message,
	identifier?: Dataset,
	sopClass = STUDY_ROOT_FIND,
): Body => ({
	event: 'message',
	direction,
	contextId: 1,
	abstractSyntax: sopClass,
	transferSyntax: EXPLICIT_LITTLE,
	message: value,
	...(identifier === undefined
		? {}
		: { identifier: encodeDataset(identifier, EXPLICIT_LITTLE).map((byte) => (byte === 0x23 ? ESC : byte)) }),
});

const findResponse = (status: number, more: Partial<Message> = {}): Message =>
	({ type: 'C-FIND-RSP', messageIdBeingRespondedTo: 1, hasDataset: status === 0xff00, status, ...more }) as Message;

const STORY: readonly (readonly [at: number, body: Body])[] = [
	[0, { event: 'resolved', host: 'pacs.example.org', addresses: ['10.20.1.5', '2001:db8::5'] }],
	[
		3,
		{
			event: 'connected',
			role: 'requestor',
			local: { address: '10.20.9.14', port: 40112 },
			remote: { address: '2001:db8::5', port: 11112 },
			afterMs: 3.1,
		},
	],
	[5, { event: 'secured', protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', subject: 'CN=pacs' }],
	[11, pdu('sent', RQ)],
	[23, pdu('received', AC)],
	[
		24,
		message(
			'sent',
			{ type: 'C-FIND-RQ', messageId: 1, affectedSopClassUid: STUDY_ROOT_FIND, priority: 0, hasDataset: true },
			IDENTIFIER,
		),
	],
	[24.5, { event: 'pdu', direction: 'sent', bytes: Uint8Array.of(4, 0, 0, 0, 0, 0), length: 6 }],
	[72, message('received', findResponse(0xff00), MATCH)],
	[73, message('received', findResponse(0xff00), MATCH)],
	[114, message('received', findResponse(0x0000))],
	[
		200,
		message('sent', {
			type: 'C-FIND-RQ',
			messageId: 2,
			affectedSopClassUid: STUDY_ROOT_FIND,
			priority: 0,
			hasDataset: false,
		}),
	],
	[210, message('sent', { type: 'C-CANCEL-RQ', messageIdBeingRespondedTo: 2, hasDataset: false })],
	[
		250,
		message(
			'received',
			findResponse(0xa900, {
				messageIdBeingRespondedTo: 2,
				errorComment: 'no such \u202ekey',
				offendingElements: ['00100010', '00080020'],
				errorId: 7,
			} as Partial<Message>),
		),
	],
	[
		300,
		message(
			'sent',
			{
				type: 'C-MOVE-RQ',
				messageId: 3,
				affectedSopClassUid: STUDY_ROOT_MOVE,
				priority: 0,
				hasDataset: true,
				moveDestination: 'WS01',
			},
			undefined,
			STUDY_ROOT_MOVE,
		),
	],
	[
		350,
		message(
			'received',
			{
				type: 'C-MOVE-RSP',
				messageIdBeingRespondedTo: 3,
				hasDataset: false,
				status: 0xb000,
				numberOfCompletedSuboperations: 610,
				numberOfFailedSuboperations: 2,
			},
			undefined,
			STUDY_ROOT_MOVE,
		),
	],
	[
		400,
		message(
			'received',
			{
				type: 'C-STORE-RQ',
				messageId: 9,
				affectedSopClassUid: CT,
				affectedSopInstanceUid: '1.2.3.14',
				priority: 0,
				hasDataset: true,
				moveOriginatorAeTitle: 'WS01',
			},
			undefined,
			CT,
		),
	],
	[
		412,
		message('sent', { type: 'C-STORE-RSP', messageIdBeingRespondedTo: 9, hasDataset: false, status: 0 }, undefined, CT),
	],
	[420, message('received', { type: 'unknown', commandField: 0x0110, messageId: 10, hasDataset: false })],
	[430, { event: 'pdu', direction: 'received', bytes: Uint8Array.of(9, 9, 9), length: 3 }],
	[440, pdu('received', { type: 'A-ASSOCIATE-RJ', result: 1, source: 1, reason: 7 })],
	[450, pdu('sent', { type: 'A-RELEASE-RQ' })],
	[451, pdu('received', { type: 'A-RELEASE-RP' })],
	[460, pdu('received', { type: 'A-ABORT', source: 2, reason: 1 })],
	[30_460, { event: 'timer', timer: 'response', action: 'expired', timeoutMs: 30_000 }],
	[
		30_470,
		{
			event: 'closed',
			phase: 'established',
			failure: { blame: 'aborted', phase: 'established', source: 2, reason: 1 },
		},
	],
	[30_500, { event: 'closed', phase: 'release' }],
];

const told = (level: TraceLevel): string[] => {
	const text = traceText({ level });
	return STORY.flatMap(([at, body]) => text({ at, association: 7, ...body } as TraceEvent));
};

t.test('an association, told', async (t) => {
	for (const level of ['info', 'debug'] as const) {
		const { found, wanted } = golden(`trace-${level}`, `${told(level).join('\n')}\n`);
		t.equal(found, wanted, level);
	}
});

t.test('what must not be told', async (t) => {
	for (const level of ['info', 'debug'] as const)
		t.notMatch(told(level).join('\n'), /secret|someone/, 'the user identity');
	t.notMatch(told('info').join('\n'), /SMITH/, 'values of patients, unless debugging');
	t.match(told('debug').join('\n'), /SMITH/);
	t.notMatch(told('debug').join('\n'), /\p{Cc}\p{Cf}/u);
});

t.test('two associations do not mix', async (t) => {
	const text = traceText({ level: 'info' });
	text({ at: 0, association: 1, ...pdu('sent', RQ) } as TraceEvent);
	text({ at: 50, association: 2, ...pdu('sent', RQ) } as TraceEvent);
	t.match(text({ at: 60, association: 1, ...pdu('received', AC) } as TraceEvent)[0], '#1 <  A-ASSOCIATE-AC  60 ms');
	t.match(text({ at: 60, association: 2, ...pdu('received', AC) } as TraceEvent)[0], '#2 <  A-ASSOCIATE-AC  10 ms');
	text({ at: 70, association: 1, event: 'closed', phase: 'established' });
	t.notMatch(
		text({ at: 80, association: 1, ...pdu('received', AC) } as TraceEvent)[0],
		'80 ms',
		'forgotten when closed',
	);
});

t.test('time of day', async (t) => {
	const noon = new Date(2026, 10, 21, 12, 4, 11, 0).getTime();
	t.equal(localTime(noon)(201), '12:04:11.201');
	t.equal(
		traceText({ level: 'info', time: localTime(noon) })({
			at: 5,
			association: 1,
			event: 'closed',
			phase: 'release',
		})[0],
		'12:04:11.005  #1 -  closed',
	);
});

t.test('bytes of any kind are told without harm, seed 3', async (t) => {
	const random = randomNumbers(3);
	const text = traceText({ level: 'debug' });
	const whole = encodePdu(RQ);
	for (let run = 0; run < 2000; run++) {
		const bytes = random(2) === 0 ? randomBytes(random, random(80)) : Uint8Array.from(whole);
		if (bytes.length > 0) bytes[random(bytes.length)] = random(256);
		const bodies: Body[] = [
			{ event: 'pdu', direction: 'received', bytes, length: bytes.length },
			{ ...message('received', findResponse(random(0x10000))), identifier: bytes } as Body,
		];
		for (const body of bodies)
			for (const line of text({ at: run, association: random(3), ...body } as TraceEvent))
				if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(line)) t.fail('a dangerous character', { line });
	}
	t.pass();
});
