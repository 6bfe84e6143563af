/** C-MOVE as SCP: destinations that take, refuse, break, hang or are not there, and the one final response (PS3.4 C.4.2). */
import t, { type Test } from 'tap';
import { type Connected, requireContext } from '../../src/association/requestor.ts';
import { STUDY_ROOT_MOVE } from '../../src/dicom/sop-classes.ts';
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { STORAGE_SOP_CLASSES } from '../../src/dicom/uids.ts';
import { DicomError } from '../../src/errors.ts';
import { move } from '../../src/services/move-scu.ts';
import type { Retrieval } from '../../src/services/retrieval.ts';
import type { StoredInstance } from '../../src/services/stored-instance.ts';
import { HandClock } from '../support/clock.ts';
import { freePort } from '../support/peers.ts';
import {
	type Archive,
	asker,
	type Retrieved,
	resolveAmong,
	STUDIES,
	startArchive,
	startDestination,
	synthetic,
} from './retrieving.ts';

const begun = async (t: Test, archive: Archive, destination = 'DEST'): Promise<[Connected, Retrieval]> => {
	const connected = await asker(t, archive);
	return [connected, move(connected.association, requireContext(connected, STUDY_ROOT_MOVE), STUDIES, destination)];
};

const ended = async (retrieval: Retrieval): Promise<Retrieved> => {
	const pending = [];
	for await (const response of retrieval) pending.push(response);
	const { response, failedSopInstanceUids } = await retrieval.final;
	return { pending, final: response, failed: failedSopInstanceUids };
};

/** One C-MOVE of everything. */
const moveAll = async (t: Test, archive: Archive, destination?: string): Promise<Retrieved> => {
	const [connected, retrieval] = await begun(t, archive, destination);
	const result = await ended(retrieval);
	await connected.association.release();
	return result;
};

const counts = ({ final }: Retrieved) => [
	final.numberOfRemainingSuboperations,
	final.numberOfCompletedSuboperations,
	final.numberOfFailedSuboperations,
	final.numberOfWarningSuboperations,
];
const uidsOf = (instances: readonly StoredInstance[]) => instances.map(({ sopInstanceUid }) => sopInstanceUid);

t.test('all arrive as they lie, and say who asked for them', async (t) => {
	const instances = [EXPLICIT_LITTLE, IMPLICIT_LITTLE, DEFLATED, EXPLICIT_BIG].flatMap((uid, i) =>
		synthetic(8 * (i + 1), uid).slice(8 * i),
	);
	const destination = await startDestination(t);
	const archive = await startArchive(t, { resolve: resolveAmong(instances) }, { DEST: destination.port });
	const [connected, retrieval] = await begun(t, archive);
	const result = await ended(retrieval);
	t.equal(result.final.status, 0x0000);
	t.strictSame(counts(result), [undefined, 32, 0, 0]);
	t.equal(destination.arrived.length, 32);
	t.equal(destination.associations.length, 1);
	for (const { message, bytes, transferSyntax } of destination.arrived) {
		const own = instances.find(({ sopInstanceUid }) => sopInstanceUid === message.affectedSopInstanceUid);
		t.equal(transferSyntax, own?.transferSyntaxUid);
		t.ok(own !== undefined && Buffer.compare(bytes.subarray(0, own.bytes.length), own.bytes) === 0);
		t.equal(message.moveOriginatorAeTitle, 'ASKER', 'the one who asked, not the archive');
		t.equal(message.moveOriginatorMessageId, retrieval.messageId);
	}
	await destination.associations[0]?.closed;
	t.equal(destination.associations[0]?.failure, undefined, 'it was released');
	await connected.association.release();
});

t.test('more than 128 contexts are several associations, one after the other', async (t) => {
	const [one] = synthetic(1);
	const instances = STORAGE_SOP_CLASSES.slice(0, 150).map((sopClassUid, i) => ({
		...(one as StoredInstance),
		sopClassUid,
		sopInstanceUid: `1.2.3.${i}`,
	}));
	const destination = await startDestination(t);
	const archive = await startArchive(t, { resolve: async () => ({ instances }) }, { DEST: destination.port });
	const result = await moveAll(t, archive);
	t.equal(result.final.status, 0x0000);
	t.equal(destination.arrived.length, 150);
	t.strictSame(destination.proposed, [128, 128, 44], 'one as it lies and one to transcode into for each class');
});

t.test('a destination that takes implicit little endian only gets it transcoded', async (t) => {
	const instances = synthetic(5);
	const destination = await startDestination(t, { accepts: [IMPLICIT_LITTLE] });
	const archive = await startArchive(t, { resolve: resolveAmong(instances) }, { DEST: destination.port });
	t.equal((await moveAll(t, archive)).final.status, 0x0000);
	t.ok(destination.arrived.every(({ transferSyntax }) => transferSyntax === IMPLICIT_LITTLE));
});

t.test('destinations that cannot be used', async (t) => {
	const instances = synthetic(3);
	const service = { resolve: resolveAmong(instances) };
	await t.test('unknown', async (t) => {
		const archive = await startArchive(t, service);
		const { final } = await moveAll(t, archive, 'NOBODY');
		t.match(final, { status: 0xa801, errorComment: 'move destination NOBODY is not known here' });
		t.strictSame(final.offendingElements, ['00000600']);
		t.equal(final.numberOfFailedSuboperations, undefined);
	});
	await t.test('not reachable: A702 with the list', async (t) => {
		const archive = await startArchive(t, service, { DEST: await freePort() });
		const result = await moveAll(t, archive);
		t.equal(result.final.status, 0xa702);
		t.strictSame(counts(result), [undefined, 0, 3, 0]);
		t.strictSame(result.failed, uidsOf(instances));
		t.equal(result.final.errorComment, '3 of 3 failed: DEST: not reachable (ECONNREFUSED)');
		t.match(archive.events[1], { kind: 'not-opened', failure: { blame: 'connect' } });
	});
	await t.test('no context accepted', async (t) => {
		const destination = await startDestination(t, { accepts: [] });
		const archive = await startArchive(t, service, { DEST: destination.port });
		const result = await moveAll(t, archive);
		t.equal(result.final.status, 0xa702);
		t.match(result.final.errorComment, /^3 of 3 failed: DEST: no context for /);
		t.strictSame(result.failed, uidsOf(instances));
	});
	await t.test('all refused', async (t) => {
		const destination = await startDestination(t, { status: () => 0xa700 });
		const archive = await startArchive(t, service, { DEST: destination.port });
		const result = await moveAll(t, archive);
		t.equal(result.final.status, 0xa702);
		t.equal(result.final.errorComment, '3 of 3 failed: DEST: status A700');
	});
	await t.test('nothing matched: it is not called', async (t) => {
		const destination = await startDestination(t);
		const archive = await startArchive(t, { resolve: async () => ({ instances: [] }) }, { DEST: destination.port });
		const result = await moveAll(t, archive);
		t.equal(result.final.status, 0x0000);
		t.equal(destination.associations.length, 0);
	});
});

t.test('a destination that aborts is called once more, for the rest', async (t) => {
	const instances = synthetic(10);
	let stores = 0;
	const breaking = (times: number) =>
		startDestination(t, {
			serve: ({ association }) => {
				stores++;
				return stores % 4 === 0 && stores / 4 <= times ? association.abort() : undefined;
			},
		});
	await t.test('once', async (t) => {
		const destination = await breaking(1);
		const archive = await startArchive(t, { resolve: resolveAmong(instances) }, { DEST: destination.port });
		const result = await moveAll(t, archive);
		t.equal(result.final.status, 0xb000);
		t.strictSame(counts(result), [undefined, 9, 1, 0]);
		t.strictSame(result.failed, [instances[3]?.sopInstanceUid], 'the one on its way');
		t.equal(result.final.errorComment, '1 of 10 failed: DEST: association aborted');
		t.equal(destination.associations.length, 2);
		t.strictSame(
			destination.arrived.map(({ message }) => message.affectedSopInstanceUid).sort(),
			uidsOf(instances)
				.filter((uid) => uid !== instances[3]?.sopInstanceUid)
				.sort(),
		);
	});
	await t.test('twice', async (t) => {
		stores = 0;
		const destination = await breaking(2);
		const archive = await startArchive(t, { resolve: resolveAmong(instances) }, { DEST: destination.port });
		const result = await moveAll(t, archive);
		t.equal(result.final.status, 0xb000);
		t.strictSame(counts(result), [undefined, 6, 4, 0]);
		t.equal(result.failed.length, 4);
		t.equal(destination.associations.length, 2);
	});
	t.ok(instances.every(({ opened }) => opened.count === 0));
});

t.test('a destination that never answers costs its timeout, and counts as failed', async (t) => {
	const instances = synthetic(3);
	const destination = await startDestination(t, {
		serve: async ({ association, dataset }) => {
			await dataset?.discard();
			await association.closed;
		},
	});
	const archive = await startArchive(
		t,
		{ resolve: resolveAmong(instances) },
		{ DEST: destination.port },
		{ dimseMs: 100 },
	);
	const result = await moveAll(t, archive);
	t.equal(result.final.status, 0xa702);
	t.equal(result.final.errorComment, '3 of 3 failed: DEST: no response within 0.1 s');
	t.equal(destination.associations.length, 2);
});

t.test('while a sub-operation hangs the requester hears of it at least every ten seconds', async (t) => {
	const clock = new HandClock();
	const instances = synthetic(2);
	const hanging = Promise.withResolvers<void>();
	const stuck = Promise.withResolvers<void>();
	const destination = await startDestination(t, {
		serve: async (request) => {
			await request.dataset?.discard();
			stuck.resolve();
			await hanging.promise;
			await request.respond({
				type: 'C-STORE-RSP',
				messageIdBeingRespondedTo: request.message.messageId,
				hasDataset: false,
				status: 0,
			});
		},
	});
	const archive = await startArchive(t, { resolve: resolveAmong(instances), clock }, { DEST: destination.port });
	const [, retrieval] = await begun(t, archive);
	await stuck.promise;
	const responses = retrieval[Symbol.asyncIterator]();
	for (let tens = 0; tens < 6; tens++) {
		clock.advance(10_000);
		const { value } = await responses.next();
		t.match(value, { status: 0xff00, numberOfRemainingSuboperations: 2, numberOfCompletedSuboperations: 0 });
	}
	hanging.resolve();
	while ((await responses.next()).done !== true);
	t.equal((await retrieval.final).response.status, 0x0000);
	clock.advance(60_000); // nothing comes after the final response, which the exchange would not know
});

t.test('a C-CANCEL-RQ stops between two sub-operations, and the association is released', async (t) => {
	const instances = synthetic(30);
	for (const after of [1, 7]) {
		let taken = 0;
		let cancel = () => {};
		const destination = await startDestination(t, {
			status: () => {
				if (++taken === after) cancel();
				return 0;
			},
		});
		const archive = await startArchive(t, { resolve: resolveAmong(instances) }, { DEST: destination.port });
		const [connected, retrieval] = await begun(t, archive);
		cancel = () => {
			retrieval.cancel();
			retrieval.cancel();
		};
		const result = await ended(retrieval);
		t.equal(result.final.status, 0xfe00);
		const [remaining = 0, completed = 0] = counts(result);
		t.equal(remaining + completed, 30);
		t.equal(completed, destination.arrived.length);
		t.ok(completed >= after && completed < 30, `${completed} after ${after}`);
		t.equal(result.final.hasDataset, false, 'none failed');
		await destination.associations[0]?.closed;
		t.equal(destination.associations[0]?.failure, undefined);
		// There is one final response: the association is good for the next request.
		t.ok(connected.association.isOpen);
		await connected.association.release();
	}
});

t.test('a C-CANCEL-RQ while the destination is still being called', async (t) => {
	const instances = synthetic(3);
	const opening = Promise.withResolvers<void>();
	const archive = await startArchive(t, { resolve: resolveAmong(instances) }, { DEST: 1 });
	archive.open = (signal) => {
		opening.resolve();
		return new Promise((_, reject) => {
			signal?.addEventListener('abort', () => reject(new DicomError({ blame: 'interrupted' })));
		});
	};
	const [, retrieval] = await begun(t, archive);
	await opening.promise;
	retrieval.cancel();
	const result = await ended(retrieval);
	t.equal(result.final.status, 0xfe00);
	t.strictSame(counts(result), [3, 0, 0, 0]);
});

t.test('a requester that goes away takes the association to the destination with it', async (t) => {
	const instances = synthetic(30);
	for (const isCancelledBefore of [false, true]) {
		const stuck = Promise.withResolvers<void>();
		const destination = await startDestination(t, {
			serve: async ({ association, dataset }) => {
				await dataset?.discard();
				stuck.resolve();
				await association.closed;
			},
		});
		const archive = await startArchive(t, { resolve: resolveAmong(instances) }, { DEST: destination.port });
		const [connected, retrieval] = await begun(t, archive);
		await stuck.promise;
		if (isCancelledBefore) retrieval.cancel();
		const at = performance.now();
		await connected.association.abort();
		await destination.associations[0]?.closed;
		t.ok(performance.now() - at < 1_000);
		await archive.close();
		t.equal(destination.associations.length, 1, 'no second one is opened');
		const last = archive.events.at(-1);
		t.ok(last?.kind === 'ended' && last.status === undefined);
		await t.rejects(retrieval.final, DicomError);
	}
	t.ok(instances.every(({ opened }) => opened.count === 0));
});

t.test('success first, sending later', async (t) => {
	const clock = new HandClock();
	const instances = synthetic(4);
	const arrived = Promise.withResolvers<void>();
	let taken = 0;
	const destination = await startDestination(t, {
		status: () => {
			if (++taken === 4) arrived.resolve();
			return 0;
		},
	});
	const archive = await startArchive(
		t,
		{ resolve: resolveAmong(instances), policy: { finalFirst: { delayMs: 10_000 } }, clock },
		{ DEST: destination.port },
	);
	const result = await moveAll(t, archive);
	t.equal(result.final.status, 0x0000);
	t.strictSame(counts(result), [undefined, 4, 0, 0]);
	t.equal(destination.arrived.length, 0);
	clock.advance(10_000);
	await arrived.promise;
	t.equal(destination.arrived.length, 4);
});
