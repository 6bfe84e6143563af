/** C-GET as SCP: what is sent, what is counted, and the one final response (PS3.4 C.4.3). */
import t, { type Test } from 'tap';
import type { IncomingRequest } from '../../src/association/incoming.ts';
import { requireContext } from '../../src/association/requestor.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { STUDY_ROOT_GET } from '../../src/dicom/sop-classes.ts';
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import type { CStoreRq } from '../../src/dimse/messages.ts';
import { DicomError } from '../../src/errors.ts';
import { get } from '../../src/services/get-scu.ts';
import type { Retrieval } from '../../src/services/retrieval.ts';
import type { RetrieveService } from '../../src/services/retrieve-scp.ts';
import { answerStore } from '../../src/services/storage-scp.ts';
import type { StoredInstance } from '../../src/services/stored-instance.ts';
import {
	type Arrived,
	asker,
	keeping,
	type Retrieved,
	resolveAmong,
	STUDIES,
	startArchive,
	synthetic,
	taking,
	UNCOMPRESSED,
} from './retrieving.ts';

const JPEG = '1.2.840.10008.1.2.4.50';

interface Asked {
	readonly take?: ReturnType<typeof taking>;
	readonly status?: (message: CStoreRq) => number;
	readonly during?: (retrieval: Retrieval, message: CStoreRq) => void;
}

/** One C-GET of everything. */
const getAll = async (
	t: Test,
	instances: readonly StoredInstance[],
	service: Partial<RetrieveService>,
	{ take = taking(instances), status = () => 0, during }: Asked = {},
): Promise<
	Retrieved & { readonly arrived: readonly Arrived[]; readonly events: readonly { readonly kind: string }[] }
> => {
	const archive = await startArchive(t, service);
	const arrived: Arrived[] = [];
	let retrieval: Retrieval | undefined;
	const connected = await asker(t, archive, {
		...take,
		serve: (request) =>
			answerStore(
				request as IncomingRequest<CStoreRq>,
				keeping(
					arrived,
					() => connected.association,
					(message) => {
						if (retrieval !== undefined) during?.(retrieval, message);
						return status(message);
					},
				),
			),
	});
	retrieval = get(connected.association, requireContext(connected, STUDY_ROOT_GET), STUDIES);
	const pending = [];
	for await (const response of retrieval) pending.push(response);
	const { response, failedSopInstanceUids } = await retrieval.final;
	await connected.association.release();
	return { pending, final: response, failed: failedSopInstanceUids, arrived, events: archive.events };
};

const counts = ({ final }: Retrieved) => [
	final.numberOfRemainingSuboperations,
	final.numberOfCompletedSuboperations,
	final.numberOfFailedSuboperations,
	final.numberOfWarningSuboperations,
];

t.test('every instance arrives byte for byte in the transfer syntax it lies in', async (t) => {
	const instances = [EXPLICIT_LITTLE, IMPLICIT_LITTLE, DEFLATED, EXPLICIT_BIG].flatMap((uid, i) =>
		synthetic(8 * (i + 1), uid).slice(8 * i),
	);
	const result = await getAll(t, instances, { resolve: resolveAmong(instances) });
	t.equal(result.final.status, 0x0000);
	t.equal(result.final.errorComment, undefined);
	t.equal(result.final.hasDataset, false, 'no identifier where nothing failed');
	t.strictSame(counts(result), [undefined, 32, 0, 0], 'Remaining is of Pending and Cancel alone');
	t.strictSame(
		result.arrived.map(({ message, transferSyntax }) => [message.affectedSopInstanceUid, transferSyntax]),
		instances.map(({ sopInstanceUid, transferSyntaxUid }) => [sopInstanceUid, transferSyntaxUid]),
	);
	for (const [i, { bytes, message }] of result.arrived.entries()) {
		const sent = instances[i]?.bytes ?? Buffer.alloc(0);
		t.ok(Buffer.compare(bytes.subarray(0, sent.length), sent) === 0, 'the bytes');
		t.equal(message.moveOriginatorAeTitle, undefined, 'there is no move originator in a C-GET');
	}
	t.ok(
		instances.every(({ opened }) => opened.count === 0),
		'all is closed',
	);
	t.equal(result.pending.length, 32, 'one for each');
	for (const one of result.pending)
		t.equal(
			(one.numberOfRemainingSuboperations ?? 0) +
				(one.numberOfCompletedSuboperations ?? 0) +
				(one.numberOfFailedSuboperations ?? 0) +
				(one.numberOfWarningSuboperations ?? 0),
			32,
		);
	t.strictSame(result.events.at(-1), {
		kind: 'ended',
		status: 0,
		counts: { remaining: 0, completed: 32, failed: 0, warning: 0 },
	});
});

t.test('uncompressed instances are transcoded into what was accepted, others fail', async (t) => {
	const instances = [...synthetic(6, EXPLICIT_LITTLE), ...synthetic(9, EXPLICIT_BIG).slice(6)];
	const packed = synthetic(10)
		.slice(9)
		.map((one) => ({ ...one, transferSyntaxUid: JPEG }));
	const all = [...instances, ...packed];
	const result = await getAll(
		t,
		all,
		{ resolve: async () => ({ instances: all }) },
		{ take: taking(all, [IMPLICIT_LITTLE]) },
	);
	t.equal(result.final.status, 0xb000);
	t.strictSame(counts(result), [undefined, 9, 1, 0]);
	t.strictSame(
		result.failed,
		packed.map(({ sopInstanceUid }) => sopInstanceUid),
	);
	t.match(result.final.errorComment, /^1 of 10 failed: no context for /);
	for (const [i, { bytes, transferSyntax }] of result.arrived.entries()) {
		const { bytes: own = Buffer.alloc(0), transferSyntaxUid = '' } = instances[i] ?? {};
		const asImplicit = encodeDataset(decodeDataset(own, transferSyntaxUid).dataset, IMPLICIT_LITTLE);
		t.equal(transferSyntax, IMPLICIT_LITTLE);
		t.ok(Buffer.compare(bytes, asImplicit) === 0);
	}
});

t.test('the final status says what became of them', async (t) => {
	const instances = synthetic(4);
	const service = { resolve: resolveAmong(instances) };
	const uids = instances.map(({ sopInstanceUid }) => sopInstanceUid);
	await t.test('all failed', async (t) => {
		const result = await getAll(t, instances, service, { status: () => 0xa700 });
		t.equal(result.final.status, 0xa702);
		t.strictSame(counts(result), [undefined, 0, 4, 0]);
		t.strictSame(result.failed, uids);
		t.equal(result.final.errorComment, '4 of 4 failed: status A700');
	});
	await t.test('some failed', async (t) => {
		const result = await getAll(t, instances, service, {
			status: ({ affectedSopInstanceUid }) => (affectedSopInstanceUid === uids[1] ? 0xc123 : 0),
		});
		t.equal(result.final.status, 0xb000);
		t.strictSame(counts(result), [undefined, 3, 1, 0]);
		t.strictSame(result.failed, [uids[1]]);
	});
	await t.test('some with a warning: no identifier', async (t) => {
		const result = await getAll(t, instances, service, {
			status: ({ affectedSopInstanceUid }) => (affectedSopInstanceUid === uids[1] ? 0xb006 : 0),
		});
		t.equal(result.final.status, 0xb000);
		t.strictSame(counts(result), [undefined, 3, 0, 1]);
		t.equal(result.final.hasDataset, false);
		t.equal(result.final.errorComment, '1 of 4 with warnings: status B006');
	});
	await t.test('nothing matched is success with nothing completed', async (t) => {
		const result = await getAll(t, instances, { resolve: async () => ({ instances: [] }) });
		t.equal(result.final.status, 0x0000);
		t.strictSame(counts(result), [undefined, 0, 0, 0]);
	});
	await t.test('a peer that proposes no role for storage gets nothing', async (t) => {
		const { contexts } = taking(instances);
		const result = await getAll(t, instances, service, { take: { contexts, roleSelections: [] } });
		t.equal(result.final.status, 0xa702);
		t.strictSame(result.failed, uids);
	});
	await t.test('an instance that is gone from the disk fails alone', async (t) => {
		const gone = { ...instances[2] } as StoredInstance;
		const open = () => {
			throw new DicomError({ blame: 'io', code: 'ENOENT', message: 'secret/path' });
		};
		const all = instances.map((one, i) => (i === 2 ? { ...gone, open } : one));
		const result = await getAll(t, instances, { resolve: async () => ({ instances: all }) });
		t.equal(result.final.status, 0xb000);
		t.strictSame(result.failed, [uids[2]]);
		t.equal(result.final.errorComment, '1 of 4 failed: cannot be read (ENOENT)');
		t.equal(result.arrived.length, 3);
	});
});

t.test('instances that were replaced since they were found are sent as they are now', async (t) => {
	const lying = [EXPLICIT_LITTLE, IMPLICIT_LITTLE].flatMap((uid, i) => synthetic(3 * (i + 1), uid).slice(3 * i));
	const gone = (one: StoredInstance, present: () => Promise<StoredInstance | undefined>): StoredInstance => {
		const open = () => {
			throw new DicomError({ blame: 'io', code: 'ENOENT', message: 'secret/path' });
		};
		return { ...one, transferSyntaxUid: EXPLICIT_LITTLE, open, readWhole: open, present };
	};
	const found = lying.map((one, i) => {
		const now = async () => one;
		if (i === 1) return one;
		if (i === 2) return gone(one, async () => gone(one, now)); // and again
		if (i === 4) return gone(one, async () => gone(one, async () => undefined));
		if (i === 5)
			return gone(one, async () => {
				throw new DicomError({ blame: 'io', code: 'CORRUPT', message: 'secret/path' });
			});
		return gone(one, now);
	});
	const uids = lying.map(({ sopInstanceUid }) => sopInstanceUid);
	const result = await getAll(t, lying, { resolve: async () => ({ instances: found }) });
	t.equal(result.final.status, 0xb000);
	t.strictSame(counts(result), [undefined, 4, 2, 0]);
	t.strictSame(result.failed, uids.slice(4), 'but those that are nowhere');
	t.equal(result.final.errorComment, '2 of 6 failed: cannot be read (ENOENT)');
	t.strictSame(
		result.arrived.map(({ message, transferSyntax }) => [message.affectedSopInstanceUid, transferSyntax]),
		lying.slice(0, 4).map(({ sopInstanceUid, transferSyntaxUid }) => [sopInstanceUid, transferSyntaxUid]),
	);
	for (const [i, { bytes }] of result.arrived.entries())
		t.equal(Buffer.compare(bytes, lying[i]?.bytes ?? Buffer.alloc(0)), 0, 'the bytes');
	t.ok(
		lying.every(({ opened }) => opened.count === 0),
		'all is closed',
	);
});

t.test('identifiers and failed lists in every transfer syntax', async (t) => {
	const instances = synthetic(6);
	const [first, second] = instances.map(({ sopInstanceUid }) => sopInstanceUid);
	const archive = await startArchive(t, { resolve: resolveAmong(instances) });
	for (const transferSyntax of UNCOMPRESSED) {
		const connected = await asker(t, archive, {
			contexts: [{ abstractSyntax: STUDY_ROOT_GET, transferSyntaxes: [transferSyntax] }],
		});
		const context = requireContext(connected, STUDY_ROOT_GET);
		t.equal(context.transferSyntax, transferSyntax);
		const retrieval = get(connected.association, context, {
			'00080018': { vr: 'UI', Value: [second ?? '', first ?? ''] },
			'00080052': { vr: 'CS', Value: ['IMAGE'] },
		});
		const { response, failedSopInstanceUids } = await retrieval.final;
		t.equal(response.status, 0xa702, 'nothing can be sent without contexts for storage');
		t.strictSame(failedSopInstanceUids, [first, second]);
		await connected.association.release();
	}
});

t.test('refusals have a status, words and elements, and the association lives', async (t) => {
	const refusal = { status: 0xa900, errorComment: 'no level', offendingElements: ['00080052'] };
	const refused = await getAll(t, [], { resolve: async () => ({ refusal }) });
	t.match(refused.final, refusal);
	const uncounted = await getAll(t, [], { resolve: () => Promise.reject(new Error('/secret/path')) });
	t.match(uncounted.final, { status: 0xa701, errorComment: 'the matches could not be counted' });
	const busy = new DicomError({ blame: 'io', code: 'SQLITE_BUSY', message: '/secret/path' });
	const locked = await getAll(t, [], { resolve: () => Promise.reject(busy) });
	t.match(locked.final, { status: 0xa701, errorComment: 'the matches could not be counted (SQLITE_BUSY)' });
	t.match(locked.events.at(-1), { kind: 'ended', status: 0xa701, error: busy });
	const forbidden = await getAll(t, [], { authorised: () => false });
	t.match(forbidden.final, { status: 0x0124, errorComment: 'C-GET-RQ is not allowed here' });
	const bug = await getAll(t, synthetic(2), {
		resolve: resolveAmong(synthetic(2)),
		policy: {
			statusFor: () => {
				throw new TypeError('a bug');
			},
		},
	});
	t.match(bug.final, { status: 0xc001, errorComment: 'an internal error' });
	t.match(bug.events.at(-1), { kind: 'ended', status: 0xc001, error: { message: 'a bug' } });
});

t.test('a C-CANCEL-RQ stops between two sub-operations', async (t) => {
	const instances = synthetic(40);
	for (const after of [1, 2, 20]) {
		let taken = 0;
		const result = await getAll(
			t,
			instances,
			{ resolve: resolveAmong(instances) },
			{
				during: (retrieval) => {
					if (++taken === after) retrieval.cancel();
				},
				status: ({ affectedSopInstanceUid }) => (affectedSopInstanceUid === instances[0]?.sopInstanceUid ? 0xa700 : 0),
			},
		);
		const { final } = result;
		t.equal(final.status, 0xfe00);
		// The cancel goes out before the answer: nothing else may be sent.
		t.equal(result.arrived.length, after);
		const { length } = result.arrived;
		t.strictSame(counts(result), [40 - length, length - 1, 1, 0]);
		t.strictSame(result.failed, [instances[0]?.sopInstanceUid], 'those that failed so far');
		t.match(final.errorComment, new RegExp(`^cancelled, ${40 - length} of 40 left; 1 of 40 failed: status A700$`));
		t.ok(
			instances.every(({ opened }) => opened.count === 0),
			'what was made ready is closed',
		);
	}
});

t.test('a requester that goes away ends it at once', async (t) => {
	const instances = synthetic(30);
	const archive = await startArchive(t, { resolve: resolveAmong(instances) });
	let taken = 0;
	const connected = await asker(t, archive, {
		...taking(instances),
		serve: async (request) => {
			await request.dataset?.discard();
			if (++taken === 5) return connected.association.abort();
			return answerStore({ ...(request as IncomingRequest<CStoreRq>) }, () => ({ refusal: 0xa700 }));
		},
	});
	const retrieval = get(connected.association, requireContext(connected, STUDY_ROOT_GET), STUDIES);
	await t.rejects(retrieval.final, DicomError);
	await archive.close();
	t.equal(taken, 5);
	const last = archive.events.at(-1);
	t.ok(last?.kind === 'ended' && last.status === undefined, 'no final response was sent');
	t.ok(instances.every(({ opened }) => opened.count === 0));
});

t.test('a requester that reads nothing holds no more than a few blocks, and not for ever', async (t) => {
	const [one] = synthetic(1);
	let read = 0;
	const endless: StoredInstance = {
		...(one as StoredInstance),
		open: () => ({
			length: 1_000_000_000,
			read: (views) => {
				for (const { length } of views) read += length;
			},
			close: () => {
				read = -read;
			},
		}),
	};
	const archive = await startArchive(t, { resolve: async () => ({ instances: [endless] }) }, {}, {}, { writeMs: 200 });
	const connected = await asker(t, archive, { ...taking([endless]), serve: () => new Promise(() => {}) });
	const retrieval = get(connected.association, requireContext(connected, STUDY_ROOT_GET), STUDIES);
	retrieval.final.catch(() => {});
	await archive.close();
	t.ok(read < 0, 'it is closed');
	t.ok(read > -100_000_000, `${-read} bytes were read`);
	t.match(archive.events.at(-1), { kind: 'ended', status: undefined });
});

t.test('counts beyond 65,535 are cut, the Error Comment has the true ones', async (t) => {
	const [one] = synthetic(1);
	const many = new Array<StoredInstance>(70_000).fill(one as StoredInstance);
	const result = await getAll(t, [], {
		resolve: async () => ({ instances: many }),
		policy: { statusFor: (index) => (index < 3 ? 0xb000 : index < 5 ? 0xa700 : 0) },
	});
	t.equal(result.final.status, 0xb000);
	t.strictSame(counts(result), [undefined, 65_535, 2, 3]);
	t.equal(result.final.errorComment, '69995 completed, 2 failed, 3 warned');
	t.ok(result.pending.length < 1_000, 'pending responses cost as much as a small instance: not one for each');
	const failing = await getAll(t, [], {
		resolve: async () => ({ instances: many }),
		policy: { statusFor: () => 0xa700 },
	});
	t.equal(failing.final.status, 0xa702);
	t.equal(failing.failed.length, 70_000, 'the list is whole');
});

t.test('a hundred thousand instances keep nobody waiting', async (t) => {
	const [one] = synthetic(1);
	const many = new Array<StoredInstance>(100_000).fill(one as StoredInstance);
	const unwanted = taking(synthetic(1)).contexts.slice(0, 1);
	const take = { contexts: unwanted, roleSelections: [] };
	let turns = 0;
	let isOver = false;
	const turn = () => {
		turns++;
		if (!isOver) setImmediate(turn);
	};
	turn();
	const none = await getAll(t, [], { resolve: async () => ({ instances: many }) }, { take });
	isOver = true;
	t.equal(none.final.status, 0xa702);
	t.equal(none.failed.length, 100_000);
	t.ok(turns >= 100_000 / 256, `others had ${turns} turns`);
});

t.test('what is simulated', async (t) => {
	const instances = synthetic(6);
	const resolve = resolveAmong(instances);
	const silent = await getAll(t, instances, { resolve, policy: { sendPending: false, sendCounts: false } });
	t.equal(silent.pending.length, 0);
	t.strictSame(counts(silent), [undefined, undefined, undefined, undefined]);
	t.equal(silent.arrived.length, 6);
	const half = await getAll(t, instances, { resolve, policy: { select: (all) => all.slice(0, 3) } });
	t.strictSame([counts(half), half.final.status, half.arrived.length], [[undefined, 3, 0, 0], 0, 3]);
	const lying = await getAll(t, instances, { resolve, policy: { lie: true } });
	t.strictSame([counts(lying), lying.final.status, lying.arrived.length], [[undefined, 6, 0, 0], 0, 0]);
	const halfLying = await getAll(t, instances, { resolve, policy: { lie: true, select: (all) => all.slice(3) } });
	t.strictSame([counts(halfLying), halfLying.final.status, halfLying.arrived.length], [[undefined, 6, 0, 0], 0, 3]);
	const failing = await getAll(t, instances, {
		resolve,
		policy: { statusFor: (index) => (index % 3 === 2 ? 0xa700 : undefined) },
	});
	t.strictSame([counts(failing), failing.final.status, failing.arrived.length], [[undefined, 4, 2, 0], 0xb000, 4]);
});
