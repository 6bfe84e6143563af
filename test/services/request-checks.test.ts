/** What every service refuses alike, and what becomes of a C-STORE whose receiver refuses, fails or takes its time (PS3.7 Annex C). */
import t, { type Test } from 'tap';
import { listen } from '../../src/association/acceptor.ts';
import type { RequestMessage, ResponseMessage } from '../../src/association/exchange.ts';
import type { IncomingRequest, RequestHandler } from '../../src/association/incoming.ts';
import { type Connected, connect } from '../../src/association/requestor.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import {
	MODALITY_WORKLIST_FIND,
	STUDY_ROOT_FIND,
	STUDY_ROOT_GET,
	STUDY_ROOT_MOVE,
	VERIFICATION,
} from '../../src/dicom/sop-classes.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import type { CFindRq, CGetRq, CMoveRq, CStoreRq } from '../../src/dimse/messages.ts';
import { DicomError } from '../../src/errors.ts';
import { answerGet } from '../../src/services/get-scp.ts';
import { answerMove } from '../../src/services/move-scp.ts';
import { answerFind } from '../../src/services/query-scp.ts';
import type { Access } from '../../src/services/request-checks.ts';
import { answerStore, type InstanceReceiver, type Receive } from '../../src/services/storage-scp.ts';
import { answerEcho } from '../../src/services/verification.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const CLASSES = [VERIFICATION, STUDY_ROOT_FIND, STUDY_ROOT_MOVE, STUDY_ROOT_GET, MODALITY_WORKLIST_FIND, CT];
const SOME = encodeDataset({ '00080052': { vr: 'CS', Value: ['STUDY'] } }, EXPLICIT_LITTLE);

const connected = async (t: Test, serve: RequestHandler): Promise<Connected> => {
	const listener = await listen({
		port: 0,
		address: '127.0.0.1',
		decide: () => ({ supported: () => ['*'], serve }),
	});
	t.teardown(() => listener.abort());
	const result = await connect({
		address: { host: '127.0.0.1', port: listener.port, calledAeTitle: 'SCP', callingAeTitle: 'SCU' },
		contexts: CLASSES.map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: [EXPLICIT_LITTLE] })),
	});
	t.teardown(() => result.association.abort());
	return result;
};

const accepting: Receive = () => ({ write: () => {}, commit: async () => 0, discard: async () => {} });

/** Everything, each by its command. */
const everything =
	(access: Access): RequestHandler =>
	(request) => {
		switch (request.message.type) {
			case 'C-ECHO-RQ':
				return answerEcho(request, access);
			case 'C-STORE-RQ':
				return answerStore(request as IncomingRequest<CStoreRq>, accepting, access);
			case 'C-FIND-RQ':
				return answerFind(request as IncomingRequest<CFindRq>, async function* () {}, access);
			case 'C-GET-RQ':
				return answerGet(request as IncomingRequest<CGetRq>, { resolve: async () => ({ instances: [] }), ...access });
			case 'C-MOVE-RQ':
				return answerMove(request as IncomingRequest<CMoveRq>, {
					resolve: async () => ({ instances: [] }),
					callingAeTitle: 'SCU',
					destination: () => 1,
					open: () => Promise.reject(new DicomError({ blame: 'interrupted' })),
					...access,
				});
		}
	};

type Kind = RequestMessage['type'];
const KINDS: readonly (readonly [Kind, string])[] = [
	['C-ECHO-RQ', VERIFICATION],
	['C-STORE-RQ', CT],
	['C-FIND-RQ', STUDY_ROOT_FIND],
	['C-FIND-RQ', MODALITY_WORKLIST_FIND],
	['C-GET-RQ', STUDY_ROOT_GET],
	['C-MOVE-RQ', STUDY_ROOT_MOVE],
];

const asked = async (
	{ association }: Connected,
	kind: Kind,
	context: string,
	affectedSopClassUid: string,
	dataset: Uint8Array | undefined = kind === 'C-ECHO-RQ' ? undefined : SOME,
): Promise<ResponseMessage> => {
	const common = {
		messageId: association.nextMessageId(),
		affectedSopClassUid,
		hasDataset: dataset !== undefined,
		priority: 0,
		affectedSopInstanceUid: '1.2.3',
		moveDestination: 'DEST',
	} as const;
	const { id } = association.contextFor(context) ?? { id: 0 };
	return (await association.call(id, { ...common, type: kind }, dataset)).message;
};

t.test('what fits is answered with success', async (t) => {
	const to = await connected(t, everything({}));
	for (const [kind, uid] of KINDS) t.equal((await asked(to, kind, uid, uid)).status, 0x0000, kind);
	t.equal(
		(await asked(to, 'C-ECHO-RQ', VERIFICATION, VERIFICATION, SOME)).status,
		0,
		'a dataset with an echo is harmless',
	);
});

t.test('0122: the SOP class in the command is not that of the context', async (t) => {
	const to = await connected(t, everything({}));
	for (const [kind, uid] of KINDS) {
		const answer = await asked(to, kind, uid, '1.2.840.10008.5.1.4.1.1.999');
		t.match(answer, { status: 0x0122, offendingElements: ['00000002'], errorComment: /Affected SOP Class UID/ });
		t.equal(answer.type, kind.replace('RQ', 'RSP'));
	}
	t.ok(to.association.isOpen);
});

t.test('0211: a command that the SOP class of the context does not have', async (t) => {
	const to = await connected(t, everything({}));
	for (const [kind, own] of KINDS)
		for (const uid of CLASSES) {
			if (KINDS.some(([one, another]) => one === kind && another === uid)) continue;
			if (own === CT || uid === CT) {
				if (kind !== 'C-STORE-RQ') continue; // a class that is not known here may have anything
			}
			const answer = await asked(to, kind, uid, uid);
			t.match(answer, { status: 0x0211, offendingElements: ['00000100'], errorComment: /is not of this SOP class/ });
		}
	t.ok(to.association.isOpen);
});

t.test('0124: not allowed, and nothing is done', async (t) => {
	const requests: string[] = [];
	const authorised = ({ message }: IncomingRequest) => {
		requests.push(message.type);
		return false;
	};
	const to = await connected(t, everything({ authorised }));
	for (const [kind, uid] of KINDS)
		t.match(await asked(to, kind, uid, uid), { status: 0x0124, errorComment: `${kind} is not allowed here` });
	t.strictSame(
		requests,
		KINDS.map(([kind]) => kind),
	);
	t.ok(to.association.isOpen);
});

t.test('no dataset where one is due', async (t) => {
	const to = await connected(t, everything({}));
	const none = (kind: Kind, uid: string) => {
		const { association } = to;
		const message = {
			type: kind,
			messageId: association.nextMessageId(),
			affectedSopClassUid: uid,
			affectedSopInstanceUid: '1.2.3',
			moveDestination: 'DEST',
			priority: 0,
			hasDataset: false,
		} as const;
		return association.call(association.contextFor(uid)?.id ?? 0, message);
	};
	t.match((await none('C-STORE-RQ', CT)).message, { status: 0x0212, offendingElements: ['00000800'] });
	for (const [kind, uid] of KINDS.slice(2))
		t.match((await none(kind, uid)).message, { status: 0xa900, offendingElements: ['00000800'] });
});

// ---- C-STORE ------------------------------------------------------------------------------------------------------------

const big = new Uint8Array(400_000);

/** One C-STORE to a receiver, then another one to see that the association lives. */
const stored = async (t: Test, receive: Receive): Promise<ResponseMessage> => {
	let isFirst = true;
	const to = await connected(t, (request) => {
		const receiver = isFirst ? receive : accepting;
		isFirst = false;
		return answerStore(request as IncomingRequest<CStoreRq>, receiver);
	});
	const answer = await asked(to, 'C-STORE-RQ', CT, CT, big);
	t.equal((await asked(to, 'C-STORE-RQ', CT, CT, big)).status, 0x0000, 'the association lives');
	t.match(answer, { affectedSopInstanceUid: '1.2.3', affectedSopClassUid: CT });
	return answer;
};

const receiver = (more: Partial<InstanceReceiver>, discarded: unknown[] = []): InstanceReceiver => ({
	write: () => {},
	commit: async () => 0,
	discard: async (error) => {
		discarded.push(error);
	},
	...more,
});

t.test('C-STORE: what receivers refuse', async (t) => {
	const refusal = { status: 0xa701, errorComment: 'full', offendingElements: ['00080018'] };
	const { status, ...words } = refusal;
	t.match(await stored(t, () => ({ refusal: status, ...words })), refusal, 'before the dataset');
	t.match(await stored(t, async () => ({ refusal: status, ...words })), refusal, 'after a while');
	t.match(await stored(t, () => receiver({ commit: async () => refusal })), refusal, 'when it is whole');
	t.equal((await stored(t, () => receiver({ commit: async () => 0xb000 }))).status, 0xb000);
});

t.test('C-STORE: what receivers throw, wherever they do', async (t) => {
	const full = new DicomError({ blame: 'io', code: 'ENOSPC', message: '/secret/path', path: '/secret/path' });
	const cases: readonly (readonly [unknown, object])[] = [
		[full, { status: 0xa700, errorComment: 'cannot be kept (ENOSPC)' }],
		[new Error('/secret/path'), { status: 0xa700, errorComment: 'cannot be kept' }],
		[
			new DicomError({ blame: 'protocol', message: 'SMITH^JOHN', phase: 'established' }),
			{ status: 0xc000, errorComment: 'the dataset cannot be understood' },
		],
		[
			new DicomError({
				blame: 'status',
				service: 'C-STORE',
				status: 0xa900,
				errorComment: 'another instance',
				offendingElements: ['00080018'],
			}),
			{ status: 0xa900, errorComment: 'another instance', offendingElements: ['00080018'] },
		],
	];
	for (const [error, expected] of cases) {
		const discarded: unknown[] = [];
		const fail = () => {
			throw error;
		};
		let written = 0;
		t.match(await stored(t, fail), expected, 'at once');
		t.match(await stored(t, () => receiver({ write: fail }, discarded)), expected, 'in its first write');
		const later = { write: () => (++written === 3 ? Promise.reject(error) : undefined) };
		t.match(await stored(t, () => receiver(later, discarded)), expected, 'in a later one');
		t.match(
			await stored(t, () => receiver({ commit: () => Promise.reject(error) }, discarded)),
			expected,
			'at the end',
		);
		t.strictSame(discarded, [error, error, error], 'told each time, so that nothing is left');
	}
});

t.test('C-STORE: a receiver that is not there yet loses nothing', async (t) => {
	const arrived: Uint8Array[] = [];
	const ready = Promise.withResolvers<void>();
	const to = await connected(t, (request) =>
		answerStore(request as IncomingRequest<CStoreRq>, async () => {
			await ready.promise;
			return receiver({
				write: (bytes) => {
					arrived.push(bytes.slice());
				},
			});
		}),
	);
	const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => i * 7);
	const answer = asked(to, 'C-STORE-RQ', CT, CT, bytes);
	setImmediate(ready.resolve);
	t.equal((await answer).status, 0);
	t.ok(Buffer.compare(Buffer.concat(arrived), bytes) === 0);
});

t.test('C-STORE: a sender that goes away in the middle: the receiver is told, nothing is answered', async (t) => {
	const discarded = Promise.withResolvers<unknown>();
	const to = await connected(t, (request) =>
		answerStore(request as IncomingRequest<CStoreRq>, () =>
			receiver({
				write: () => {
					void to.association.abort();
				},
				discard: async (error) => discarded.resolve(error),
			}),
		),
	);
	const answer = asked(to, 'C-STORE-RQ', CT, CT, new Uint8Array(20_000_000));
	await t.rejects(answer, DicomError);
	t.ok((await discarded.promise) instanceof DicomError);
});
