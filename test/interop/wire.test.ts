/** What we send, as Wireshark's dissector reads it: every PDU is decoded and none is malformed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Decision, listen } from '../../src/association/acceptor.ts';
import type { IncomingRequest } from '../../src/association/incoming.ts';
import { type ConnectOptions, connect, requireContext, withAssociation } from '../../src/association/requestor.ts';
import { STUDY_ROOT_FIND, VERIFICATION } from '../../src/dicom/sop-classes.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { STORAGE_SOP_CLASSES } from '../../src/dicom/uids.ts';
import type { CFindRq, CStoreRq } from '../../src/dimse/messages.ts';
import { answerFind } from '../../src/services/query-scp.ts';
import { find } from '../../src/services/query-scu.ts';
import { answerStore } from '../../src/services/storage-scp.ts';
import { store } from '../../src/services/storage-scu.ts';
import { answerEcho, echo } from '../../src/services/verification.ts';
import {
	type AssociateAc,
	type AssociateRq,
	encodePdu,
	type UserInformation,
} from '../../src/upper-layer/pdu/index.ts';
import { missing } from '../support/peers.ts';
import { type Conversation, fields, pdusOf, type Relay, startRelay, tshark, writeCapture } from './capture.ts';
import { ask, CT, encoded, image, keys } from './instances.ts';

const folder = mkdtempSync(join(tmpdir(), 'dimse-wire-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

/** Fields that the dissector adds where it does not like what it reads. */
const INVALID = [
	'_ws.malformed',
	'dicom.pdv.ctx.invalid',
	'dicom.pdv.flags.invalid',
	'dicom.assoc.item.len.invalid',
	'dicom.no_abstract_syntax',
	'dicom.multiple_abstract_syntax',
	'dicom.no_transfer_syntax',
	'dicom.no_abstract_syntax_uid',
	'dicom.multiple_transfer_syntax',
	'dicom.pdv.fragment.error',
	'dicom.pdv.fragment.overlap',
	'dicom.pdv.fragment.too_long_fragment',
	'dicom.userinfo.unknown',
] as const;

/** Reads conversations with tshark, checks that every PDU was decoded and none disliked. @returns the path of the capture file */
const dissected = async (t: Test, name: string, conversations: readonly Conversation[]): Promise<string> => {
	const path = join(folder, `${name}.pcap`);
	writeCapture(path, conversations);
	const found = await fields(path, 'dicom.pdu.type', 'dicom.pdu.len', ...INVALID);
	for (const field of INVALID) t.strictSame(found[field], [], field);
	const sent = conversations.flatMap((one) => [...pdusOf(one, 'requestor'), ...pdusOf(one, 'acceptor')]);
	const inOrder = (pdus: readonly string[]) => [...pdus].sort();
	t.strictSame(
		inOrder(found['dicom.pdu.type'].map((type, i) => `${Number(type)}:${Number(found['dicom.pdu.len'][i]) + 6}`)),
		inOrder(sent.map(({ type, length }) => `${type}:${length}`)),
		`${sent.length} PDUs`,
	);
	return path;
};

/** An acceptor behind a relay. */
const startRelayed = async (t: Test, maximumLength: number, more: Partial<Decision> = {}): Promise<Relay> => {
	const decide = (): Decision => ({
		supported: () => [EXPLICIT_LITTLE, IMPLICIT_LITTLE],
		...more,
		serve: (request) => {
			switch (request.message.type) {
				case 'C-ECHO-RQ':
					return answerEcho(request);
				case 'C-FIND-RQ':
					return answerFind(request as IncomingRequest<CFindRq>, async function* (identifier, { signal }) {
						if (identifier['00080052'] === undefined) {
							yield { refusal: { status: 0xa900, errorComment: 'no level', offendingElements: ['00080052'] } };
							return;
						}
						const rows = Number(identifier['00200010']?.Value[0] ?? 3);
						for (let i = 0; i < rows && !signal.aborted; i++)
							yield { match: keys({ QueryRetrieveLevel: 'STUDY', PatientName: 'DOE^JANE', StudyID: String(i) }) };
					});
				default:
					return answerStore(request as IncomingRequest<CStoreRq>, () => ({
						write: () => {},
						commit: async () => 0,
						discard: async () => {},
					}));
			}
		},
	});
	const listener = await listen({ port: 0, address: '127.0.0.1', maximumLength, decide });
	const relay = await startRelay(listener.port);
	t.teardown(async () => {
		await listener.close();
		await relay.close();
	});
	return relay;
};

const CONTEXTS = [
	{ abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT_LITTLE] },
	{ abstractSyntax: STUDY_ROOT_FIND, transferSyntaxes: [EXPLICIT_LITTLE, IMPLICIT_LITTLE] },
	{ abstractSyntax: CT, transferSyntaxes: [EXPLICIT_LITTLE] },
];

const options = (relay: Relay, more: Partial<ConnectOptions> = {}): ConnectOptions => ({
	address: { host: '127.0.0.1', port: relay.port, calledAeTitle: 'CALLED', callingAeTitle: 'CALLING' },
	contexts: CONTEXTS,
	...more,
});

t.test('what we send', { skip: missing('tshark') }, async (t) => {
	t.test('echo', async (t) => {
		const relay = await startRelayed(t, 16_384);
		await withAssociation(options(relay), async (connected) => {
			const { id } = requireContext(connected, VERIFICATION);
			for (let i = 0; i < 3; i++) await echo(connected.association, id);
		});
		const path = await dissected(t, 'echo', relay.conversations);
		const found = await fields(
			path,
			'dicom.assoc.ae.called',
			'dicom.assoc.ae.calling',
			'dicom.max_pdu_len',
			'dicom.userinfo.version',
		);
		t.strictSame(found['dicom.assoc.ae.called'], ['CALLED', 'CALLED']);
		t.strictSame(found['dicom.assoc.ae.calling'], ['CALLING', 'CALLING']);
		t.strictSame(found['dicom.max_pdu_len'], ['65536', '16384']);
		t.equal(found['dicom.userinfo.version'].length, 2);
		const text = await tshark(path, '-V');
		t.equal(text.match(/C-ECHO-RQ ID=\d/g)?.length ?? 0, text.match(/C-ECHO-RSP ID=\d/g)?.length ?? 1);
		t.ok(text.includes('C-ECHO-RQ ID=3') && text.includes('C-ECHO-RSP ID=3'));
	});

	for (const maximumLength of [0, 128, 4096, 16_384, 131_072])
		t.test(
			`find and store where the peer takes ${maximumLength === 0 ? 'PDUs of any length' : `${maximumLength} bytes`}`,
			async (t) => {
				const relay = await startRelayed(t, maximumLength);
				const dataset = encoded(image(CT, '1.2.3', {}, maximumLength === 128 ? 64 : 600), EXPLICIT_LITTLE);
				await withAssociation(
					options(relay, { maximumLength: maximumLength === 0 ? 65_536 : maximumLength }),
					async (connected) => {
						const { id } = requireContext(connected, CT);
						let position = 0;
						const source = {
							length: dataset.length,
							read: (views: readonly Uint8Array[]) => {
								for (const view of views) {
									view.set(dataset.subarray(position, position + view.length));
									position += view.length;
								}
							},
						};
						const moveOriginator = { aeTitle: 'MOVER', messageId: 77 };
						for (const one of [dataset, source, dataset.subarray(0, 101)])
							t.equal(
								(
									await store(connected.association, id, {
										sopClassUid: CT,
										sopInstanceUid: '1.2.3',
										dataset: one,
										moveOriginator,
									})
								).status,
								0,
							);
						const { matches, final } = await ask(
							connected,
							STUDY_ROOT_FIND,
							keys({ QueryRetrieveLevel: 'STUDY', StudyID: '10' }),
						);
						t.strictSame([matches.length, final.status], [10, 0]);
						t.equal((await ask(connected, STUDY_ROOT_FIND, keys({ StudyID: '' }))).final.status, 0xa900);
					},
				);
				const path = await dissected(t, `messages-${maximumLength}`, relay.conversations);
				const [conversation = []] = relay.conversations;
				const longest = Math.max(
					...pdusOf(conversation, 'requestor')
						.filter(({ type }) => type === 4)
						.map(({ length }) => length - 6),
				);
				if (maximumLength > 0) t.ok(longest <= maximumLength, `the longest P-DATA-TF has ${longest}`);
				const text = await tshark(path, '-V');
				for (const said of [
					'C-STORE-RQ ID=1',
					'C-STORE-RSP ID=1',
					'C-FIND-RQ ID=4',
					'C-FIND-RSP ID=4',
					'C-FIND-RSP (Error: Data Set does not match SOP Class, no level)',
				])
					t.ok(text.includes(said), said);
				t.notMatch(text, /Malformed|Dissector bug/);
			},
		);

	t.test('cancel', async (t) => {
		const relay = await startRelayed(t, 16_384);
		await withAssociation(options(relay), async (connected) => {
			const running = find(
				connected.association,
				requireContext(connected, STUDY_ROOT_FIND),
				keys({ QueryRetrieveLevel: 'STUDY', StudyID: '100000000' }),
			);
			for await (const _ of running) break;
			t.equal((await running.final).status, 0xfe00);
		});
		const path = await dissected(t, 'cancel', relay.conversations);
		t.match(await tshark(path, '-V', '-Y', 'dicom'), /C-CANCEL-RQ/);
	});

	t.test('abort', async (t) => {
		const relay = await startRelayed(t, 16_384);
		const { association, accepted } = await connect(options(relay));
		await echo(association, accepted[0]?.id ?? 0);
		await association.abort();
		await relay.close();
		const path = await dissected(t, 'abort', relay.conversations);
		const found = await fields(path, 'dicom.assoc.abort.source', 'dicom.assoc.abort.reason');
		t.strictSame(found, { 'dicom.assoc.abort.source': ['0'], 'dicom.assoc.abort.reason': ['0'] });
	});

	t.test('128 contexts, every transfer syntax', async (t) => {
		const relay = await startRelayed(t, 16_384);
		const contexts = STORAGE_SOP_CLASSES.slice(0, 128).map((abstractSyntax) => ({
			abstractSyntax,
			transferSyntaxes: [EXPLICIT_LITTLE, IMPLICIT_LITTLE],
		}));
		await withAssociation(options(relay, { contexts }), async ({ accepted }) => t.equal(accepted.length, 128));
		const path = await dissected(t, 'contexts', relay.conversations);
		t.equal((await fields(path, 'dicom.pctx.abss.syntax'))['dicom.pctx.abss.syntax'].length, 128);
	});

	t.test('roles, extended negotiation and identity of an association', async (t) => {
		const relay = await startRelayed(t, 16_384, {
			roles: () => ({ scu: false, scp: true }),
			extendedNegotiations: [{ sopClassUid: STUDY_ROOT_FIND, information: Uint8Array.of(1, 1, 0) }],
			userIdentityResponse: new TextEncoder().encode('granted'),
		});
		const bytes = (text: string) => new TextEncoder().encode(text);
		await withAssociation(
			options(relay, {
				roleSelections: [{ sopClassUid: CT, scuRole: false, scpRole: true }],
				extendedNegotiations: [{ sopClassUid: STUDY_ROOT_FIND, information: Uint8Array.of(1, 1, 1, 1) }],
				userIdentity: {
					type: 2,
					positiveResponseRequested: true,
					primaryField: bytes('jane'),
					secondaryField: bytes('secret'),
				},
			}),
			async ({ accepted, answer }) => {
				t.match(accepted[2], { scu: false, scp: true });
				t.strictSame(answer.userInformation.extendedNegotiations[0]?.information, Uint8Array.of(1, 1, 0));
			},
		);
		const path = join(folder, 'user.pcap');
		writeCapture(path, relay.conversations);
		const found = await fields(
			path,
			'_ws.malformed',
			'dicom.userinfo.rolesel.scprole',
			'dicom.userinfo.extneg.relational',
			'dicom.userinfo.user_identify.primary_field',
			'dicom.userinfo.user_identify.secondary_field',
			'dicom.userinfo.user_identify.response_requested',
		);
		t.strictSame(found, {
			'_ws.malformed': [],
			'dicom.userinfo.rolesel.scprole': ['1', '1'],
			'dicom.userinfo.extneg.relational': ['1', '1'],
			'dicom.userinfo.user_identify.primary_field': ['jane'],
			'dicom.userinfo.user_identify.secondary_field': ['secret'],
			'dicom.userinfo.user_identify.response_requested': ['1'],
		});
	});

	t.test('every item of an association request and its answer', async (t) => {
		const bytes = (text: string) => new TextEncoder().encode(text);
		const userInformation: UserInformation = {
			maximumLength: 65_536,
			implementationClassUid: '1.2.3.4',
			implementationVersionName: 'SIXTEEN_LETTERS_',
			asynchronousOperationsWindow: { invoked: 3, performed: 5 },
			roleSelections: [
				{ sopClassUid: CT, scuRole: true, scpRole: true },
				{ sopClassUid: STUDY_ROOT_FIND, scuRole: true, scpRole: false },
			],
			extendedNegotiations: [{ sopClassUid: STUDY_ROOT_FIND, information: Uint8Array.of(1, 1, 1, 1) }],
			commonExtendedNegotiations: [],
		};
		const rq: AssociateRq = {
			type: 'A-ASSOCIATE-RQ',
			protocolVersion: 1,
			calledAeTitle: 'SIXTEENCHARACTER',
			callingAeTitle: 'A',
			applicationContextName: '1.2.840.10008.3.1.1.1',
			presentationContexts: CONTEXTS.map((context, i) => ({ id: 2 * i + 1, ...context })),
			userInformation: {
				...userInformation,
				userIdentity: {
					type: 1,
					positiveResponseRequested: false,
					primaryField: bytes('jane'),
					secondaryField: new Uint8Array(),
				},
			},
		};
		const ac: AssociateAc = {
			...rq,
			type: 'A-ASSOCIATE-AC',
			presentationContexts: [
				{ id: 1, result: 0, transferSyntax: IMPLICIT_LITTLE },
				{ id: 3, result: 4, transferSyntax: '' },
				{ id: 5, result: 3, transferSyntax: IMPLICIT_LITTLE },
			],
			userInformation,
		};
		const conversations: Conversation[] = [
			[
				{ by: 'requestor', bytes: encodePdu(rq) },
				{ by: 'acceptor', bytes: encodePdu(ac) },
				{ by: 'acceptor', bytes: encodePdu({ type: 'A-ABORT', source: 2, reason: 6 }) },
			],
			[
				{ by: 'requestor', bytes: encodePdu(rq) },
				{ by: 'acceptor', bytes: encodePdu({ type: 'A-ASSOCIATE-RJ', result: 1, source: 1, reason: 7 }) },
			],
		];
		const path = await dissected(t, 'items', conversations);
		const found = await fields(
			path,
			'dicom.userinfo.asyncneg.maxnumopsinv',
			'dicom.userinfo.asyncneg.maxnumopsper',
			'dicom.userinfo.rolesel.sopclassuid',
			'dicom.userinfo.version',
			'dicom.pctx.result',
			'dicom.assoc.reject.result',
			'dicom.assoc.reject.source',
			'dicom.assoc.reject.reason',
			'dicom.assoc.abort.source',
			'dicom.assoc.abort.reason',
		);
		t.strictSame(found, {
			'dicom.userinfo.asyncneg.maxnumopsinv': ['3', '3', '3'],
			'dicom.userinfo.asyncneg.maxnumopsper': ['5', '5', '5'],
			'dicom.userinfo.rolesel.sopclassuid': [1, 2, 3].flatMap(() => [CT, STUDY_ROOT_FIND]),
			'dicom.userinfo.version': ['SIXTEEN_LETTERS_', 'SIXTEEN_LETTERS_', 'SIXTEEN_LETTERS_'],
			'dicom.pctx.result': ['0', '4', '3'],
			'dicom.assoc.reject.result': ['1'],
			'dicom.assoc.reject.source': ['1'],
			'dicom.assoc.reject.reason': ['7'],
			'dicom.assoc.abort.source': ['2'],
			'dicom.assoc.abort.reason': ['6'],
		});
	});
});
