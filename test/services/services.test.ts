/** The services, requestor against acceptor, over memory, TCP and TLS. */
import t, { type Test } from 'tap';
import { accept, type Decision, listen } from '../../src/association/acceptor.ts';
import type { IncomingRequest } from '../../src/association/incoming.ts';
import { type ConnectOptions, connect, requireContext, withAssociation } from '../../src/association/requestor.ts';
import type { CFindRq, CStoreRq } from '../../src/dimse/messages.ts';
import { DicomError } from '../../src/errors.ts';
import { answerFind, type Search } from '../../src/services/query-scp.ts';
import { find } from '../../src/services/query-scu.ts';
import { answerStore } from '../../src/services/storage-scp.ts';
import { store } from '../../src/services/storage-scu.ts';
import { answerEcho, echo, VERIFICATION } from '../../src/services/verification.ts';
import { CA, SERVER } from '../support/tls.ts';
import { wire } from '../support/wire.ts';

const STUDY_ROOT_FIND = '1.2.840.10008.5.1.4.1.2.2.1';
const CT = '1.2.840.10008.5.1.4.1.1.2';
const IMPLICIT = '1.2.840.10008.1.2';
const EXPLICIT = '1.2.840.10008.1.2.1';

const failureOf = (use: () => unknown): unknown => {
	try {
		return use();
	} catch (error) {
		return error instanceof DicomError ? error.failure.blame : error;
	}
};

/** An SCP that finds `rows` numbered studies and keeps what is stored. */
const scp = (rows: number) => {
	const stored: { readonly uid: string; readonly bytes: Uint8Array; readonly originator: string | undefined }[] = [];
	const served = { cancelled: 0 };
	const search: Search = async function* (identifier, { signal }) {
		if (identifier['00080052'] === undefined) {
			yield { refusal: { status: 0xa900, errorComment: 'no level', offendingElements: ['00080052'] } };
			return;
		}
		for (let i = 0; i < rows; i++) {
			if (signal.aborted) {
				served.cancelled++;
				return;
			}
			yield {
				match: {
					'00080052': { vr: 'CS', Value: ['STUDY'] },
					'00100020': { vr: 'LO', Value: [`P${i}`] },
				},
				status: i % 2 === 0 ? 0xff00 : 0xff01,
			};
		}
	};
	const decide = (): Decision => ({
		supported: (uid) =>
			uid === VERIFICATION || uid === STUDY_ROOT_FIND || uid === CT ? [EXPLICIT, IMPLICIT] : undefined,
		serve: (request) => {
			switch (request.message.type) {
				case 'C-ECHO-RQ':
					return answerEcho(request);
				case 'C-FIND-RQ':
					return answerFind(request as IncomingRequest<CFindRq>, search);
				default:
					return answerStore(
						request as IncomingRequest<CStoreRq>,
						({ affectedSopInstanceUid, moveOriginatorAeTitle }) => {
							const parts: Uint8Array[] = [];
							if (affectedSopInstanceUid === '1.2.666') return { refusal: 0xa700, errorComment: 'full' };
							return {
								write: async (bytes) => {
									parts.push(bytes.slice());
									await null; // the read loop waits for it
								},
								commit: async () => {
									stored.push({
										uid: affectedSopInstanceUid,
										bytes: Buffer.concat(parts),
										originator: moveOriginatorAeTitle,
									});
									return affectedSopInstanceUid === '1.2.7' ? 0xb000 : 0;
								},
								discard: async () => {},
							};
						},
					);
			}
		},
	});
	return { decide, stored, served };
};

const CONTEXTS = [
	{ abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT] },
	{ abstractSyntax: STUDY_ROOT_FIND, transferSyntaxes: [IMPLICIT, EXPLICIT] },
	{ abstractSyntax: CT, transferSyntaxes: [EXPLICIT] },
	{ abstractSyntax: '1.2.3.4', transferSyntaxes: [EXPLICIT] },
];

type Peer = ReturnType<typeof scp>;
const ways: Record<string, (t: Test, peer: Peer) => Promise<Partial<ConnectOptions>>> = {
	memory: async (t, peer) => {
		let pieces = 0;
		return {
			openTransport: async () => {
				const [ours, theirs] = wire(() => 1 + (pieces++ % 977));
				const { ended } = accept(theirs, { decide: peer.decide });
				t.teardown(() => ended.catch(() => {}));
				return ours;
			},
		};
	},
	TCP: async (t, peer) => {
		const listener = await listen({ port: 0, address: '127.0.0.1', decide: peer.decide });
		t.teardown(() => listener.close());
		return { address: { host: '127.0.0.1', port: listener.port, calledAeTitle: 'SCP', callingAeTitle: 'SCU' } };
	},
	TLS: async (t, peer) => {
		const listener = await listen({ port: 0, address: '127.0.0.1', decide: peer.decide, tls: SERVER });
		t.teardown(() => listener.close());
		return {
			address: { host: 'localhost', port: listener.port, calledAeTitle: 'SCP', callingAeTitle: 'SCU', tls: { ca: CA } },
		};
	},
};

for (const [name, way] of Object.entries(ways)) {
	const options = async (t: Test, peer: Peer): Promise<ConnectOptions> => ({
		address: { host: 'nowhere', port: 1, calledAeTitle: 'SCP', callingAeTitle: 'SCU' },
		contexts: CONTEXTS,
		...(await way(t, peer)),
	});

	t.test(`${name}: echo, and what was negotiated`, async (t) => {
		const events: string[] = [];
		const open = { ...(await options(t, scp(0))), trace: (event: { event: string }) => events.push(event.event) };
		await withAssociation(open, async (connected) => {
			t.strictSame(
				connected.accepted.map(({ id, transferSyntax }) => [id, transferSyntax]),
				[
					[1, IMPLICIT],
					[3, EXPLICIT],
					[5, EXPLICIT],
				],
			);
			t.strictSame(connected.refused, [{ abstractSyntax: '1.2.3.4', transferSyntaxes: [EXPLICIT], result: 3 }]);
			t.equal(
				failureOf(() => requireContext(connected, '1.2.3.4')),
				'no-context',
			);
			const { id } = requireContext(connected, VERIFICATION);
			for (let i = 0; i < 50; i++) t.equal((await echo(connected.association, id)).status, 0);
		});
		t.ok((name === 'memory' || events.includes('connected')) && events.includes('message'));
		t.equal(events.at(-1), 'closed');
		t.equal(events.filter((event) => event === 'pdu').length, 4 + 2 * 50, 'RQ, AC, 50 echoes, RELEASE-RQ, RELEASE-RP');
	});

	t.test(`${name}: find yields every match, FF01 is pending`, async (t) => {
		const result = await withAssociation(await options(t, scp(700)), async (connected) => {
			const query = find(connected.association, requireContext(connected, STUDY_ROOT_FIND), {
				'00080052': { vr: 'CS', Value: ['STUDY'] },
			});
			const ids: unknown[] = [];
			let unsupported = 0;
			for await (const { dataset, hasUnsupportedKeys } of query) {
				ids.push(dataset['00100020']?.Value[0]);
				if (hasUnsupportedKeys) unsupported++;
			}
			return { ids, unsupported, final: await query.final };
		});
		t.strictSame(
			result.ids,
			Array.from({ length: 700 }, (_, i) => `P${i}`),
		);
		t.equal(result.unsupported, 350);
		t.equal(result.final.status, 0);
	});

	t.test(`${name}: a refused find is a status, not an exception`, async (t) => {
		const final = await withAssociation(await options(t, scp(1)), async (connected) => {
			const query = find(connected.association, requireContext(connected, STUDY_ROOT_FIND), {});
			for await (const _ of query) t.fail('no match is due');
			return query.final;
		});
		t.match(final, { status: 0xa900, errorComment: 'no level', offendingElements: ['00080052'] });
	});

	t.test(`${name}: leaving the loop cancels`, async (t) => {
		const peer = scp(1_000_000);
		const final = await withAssociation(await options(t, peer), async (connected) => {
			const query = find(connected.association, requireContext(connected, STUDY_ROOT_FIND), {
				'00080052': { vr: 'CS', Value: ['STUDY'] },
			});
			let rows = 0;
			for await (const _ of query) if (++rows === 5) break;
			t.ok(query.isCancelled);
			return query.final;
		});
		t.equal(final.status, 0xfe00);
	});

	t.test(`${name}: stores from memory and from a source, byte for byte`, async (t) => {
		const peer = scp(0);
		const big = Uint8Array.from({ length: 3_000_001 }, (_, i) => (i * 31) & 0xff);
		await withAssociation(await options(t, peer), async (connected) => {
			const { id } = requireContext(connected, CT);
			const send = (sopInstanceUid: string, dataset: Parameters<typeof store>[2]['dataset']) =>
				store(connected.association, id, { sopClassUid: CT, sopInstanceUid, dataset });
			t.equal((await send('1.2.1', big.subarray(0, 10))).status, 0);
			let position = 0;
			const source = {
				length: big.length,
				read: async (views: readonly Uint8Array[]) => {
					for (const view of views) {
						view.set(big.subarray(position, position + view.length));
						position += view.length;
					}
				},
			};
			t.equal((await send('1.2.2', source)).status, 0);
			t.match(await send('1.2.666', big), { status: 0xa700, errorComment: 'full' });
			t.equal((await send('1.2.7', big.subarray(0, 0))).status, 0xb000);
			const moved = {
				sopClassUid: CT,
				sopInstanceUid: '1.2.8',
				dataset: big,
				moveOriginator: { aeTitle: 'ME', messageId: 7 },
			};
			t.equal((await store(connected.association, id, moved)).status, 0);
		});
		t.strictSame(
			peer.stored.map(({ uid, bytes }) => [uid, bytes.length]),
			[
				['1.2.1', 10],
				['1.2.2', 3_000_002],
				['1.2.7', 0],
				['1.2.8', 3_000_002],
			],
			'an odd dataset gets a trailing NUL',
		);
		t.ok(Buffer.compare(peer.stored[1]?.bytes.subarray(0, big.length) ?? Buffer.alloc(0), big) === 0);
		t.equal(peer.stored[3]?.originator, 'ME');
	});

	t.test(`${name}: a source that fails takes the association with it, and says why`, async (t) => {
		const peer = scp(0);
		const broken = {
			length: 5_000_000,
			read: () => Promise.reject(Object.assign(new Error('bad sector'), { code: 'EIO' })),
		};
		const failure = await withAssociation(await options(t, peer), ({ association, accepted }) =>
			store(association, accepted[2]?.id ?? 0, { sopClassUid: CT, sopInstanceUid: '1.2', dataset: broken }),
		).catch((error: unknown) => (error instanceof DicomError ? error.failure : error));
		t.strictSame(failure, { blame: 'io', code: 'EIO', message: 'bad sector' });
		t.equal(peer.stored.length, 0);
	});

	t.test(`${name}: a find that is lost tells who iterates it, and needs nobody to ask for its end`, async (t) => {
		const connected = await connect(await options(t, scp(1_000_000)));
		const query = find(connected.association, requireContext(connected, STUDY_ROOT_FIND), {
			'00080052': { vr: 'CS', Value: ['STUDY'] },
		});
		const read = async () => {
			for await (const _ of query) void connected.association.abort();
		};
		await t.rejects(read(), { message: 'interrupted' });
		await connected.association.closed;
	});

	t.test(`${name}: what is asked after the end fails at once`, async (t) => {
		const { association, accepted } = await connect(await options(t, scp(0)));
		await association.abort();
		await t.rejects(echo(association, accepted[0]?.id ?? 0), DicomError);
		t.notOk(association.isOpen);
	});
}
