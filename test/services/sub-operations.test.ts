/** Counts, failed lists, final statuses and their words, over every course that sub-operations can take (PS3.4 C.4.2.1). */
import t from 'tap';
import type { IncomingRequest } from '../../src/association/incoming.ts';
import type { CMoveRq } from '../../src/dimse/messages.ts';
import { statusOf } from '../../src/dimse/status.ts';
import type { Failure } from '../../src/errors.ts';
import { failureWords } from '../../src/services/failure-words.ts';
import type { SubOperationEvent } from '../../src/services/retrieve-scp.ts';
import type { StoredInstance } from '../../src/services/stored-instance.ts';
import type { SubOperationPolicy } from '../../src/services/sub-operation-policy.ts';
import { SubOperations } from '../../src/services/sub-operations.ts';
import { randomNumbers } from '../dimse/random.ts';
import { synthetic } from './retrieving.ts';

const begin = (
	instances: readonly StoredInstance[],
	{ unsent = 0, policy = {} }: { readonly unsent?: number; readonly policy?: SubOperationPolicy } = {},
) => {
	const controller = new AbortController();
	const events: SubOperationEvent[] = [];
	const request = { message: { priority: 1 }, signal: controller.signal } as unknown as IncomingRequest<CMoveRq>;
	const run = new SubOperations(request, instances, unsent, policy, (event) => events.push(event));
	run.enqueue(instances);
	return { run, events, cancel: () => controller.abort('C-CANCEL-RQ') };
};

const answered = (status: number, errorComment?: string) => ({
	transferSyntax: '1.2.840.10008.1.2',
	response: {
		type: 'C-STORE-RSP' as const,
		messageIdBeingRespondedTo: 1,
		hasDataset: false,
		status,
		...(errorComment === undefined ? {} : { errorComment }),
	},
});

const STATUSES = [0x0000, 0x0000, 0x0000, 0xb000, 0xb006, 0xa700, 0xc123, 0x0124, 0xfe00, 0x4711];
const FAILURES: readonly Failure[] = [
	{ blame: 'connect', code: 'ECONNREFUSED', phase: 'connect', address: '1.2.3.4', port: 104, afterMs: 1 },
	{ blame: 'io', code: 'ENOENT', message: '/secret/path', path: '/secret/path' },
];

t.test('random courses against a second count', (t) => {
	const random = randomNumbers(4);
	const instances = synthetic(12);
	for (let course = 0; course < 400; course++) {
		const { run, events, cancel } = begin(instances.slice(0, 1 + random(12)));
		const total = 1 + (run.counts.remaining - 1);
		let [completed, warning] = [0, 0];
		const failed: string[] = [];
		let isCancelled = false;
		for (let one = run.take(); one !== undefined; one = run.take()) {
			const kind = random(12);
			if (kind === 0) run.giveBack(one);
			else if (kind === 1) {
				run.settled(one, { failure: FAILURES[random(2)] as Failure });
				failed.push(one.sopInstanceUid);
			} else {
				const status = STATUSES[random(STATUSES.length)] ?? 0;
				run.settled(one, answered(status));
				const { class: of } = statusOf('C-STORE', status);
				if (of === 'success') completed++;
				else if (of === 'warning') warning++;
				else failed.push(one.sopInstanceUid);
			}
			const { counts } = run;
			t.equal(counts.remaining + counts.completed + counts.failed + counts.warning, total);
			if (random(20) === 0) {
				cancel();
				isCancelled = true;
			}
		}
		const { counts } = run;
		t.strictSame(counts, {
			remaining: total - completed - warning - failed.length,
			completed,
			failed: failed.length,
			warning,
		});
		const { status, errorComment = '', failedSopInstanceUids } = run.final('DEST: ');
		const expected =
			isCancelled && counts.remaining > 0
				? 0xfe00
				: failed.length === total
					? 0xa702
					: failed.length + warning > 0
						? 0xb000
						: 0x0000;
		t.equal(status, expected);
		t.strictSame(failedSopInstanceUids, failed);
		t.equal(errorComment === '', status === 0x0000);
		t.notMatch(errorComment, /secret/);
		t.equal(events.length, total - counts.remaining);
	}
	t.end();
});

t.test('what failed is told with its failure, what the peer said with its words', (t) => {
	const instances = synthetic(2);
	const { run, events } = begin(instances);
	const [first, second] = [run.take(), run.take()];
	if (first !== undefined) run.settled(first, answered(0xa700, 'disk full'));
	if (second !== undefined) run.settled(second, answered(0xb007));
	t.strictSame(events, [
		{
			kind: 'not-sent',
			instance: first,
			failure: { blame: 'status', service: 'C-STORE', status: 0xa700, errorComment: 'disk full' },
			counts: { remaining: 1, completed: 0, failed: 1, warning: 0 },
		},
		{
			kind: 'sent',
			instance: second,
			status: 0xb007,
			counts: { remaining: 0, completed: 0, failed: 1, warning: 1 },
		},
	]);
	t.end();
});

t.test('the rest fails at once, unless it was cancelled', async (t) => {
	const instances = synthetic(5);
	const failure = FAILURES[0] as Failure;
	const gone = begin(instances);
	await gone.run.failRest(failure);
	t.match(gone.run.final('DEST: '), {
		status: 0xa702,
		errorComment: '5 of 5 failed: DEST: not reachable (ECONNREFUSED)',
	});
	const cancelled = begin(instances);
	cancelled.cancel();
	await cancelled.run.failRest(failure);
	t.match(cancelled.run.final(''), {
		status: 0xfe00,
		errorComment: 'cancelled, 5 of 5 left',
		failedSopInstanceUids: [],
	});
});

t.test('what is simulated', (t) => {
	const instances = synthetic(4);
	const { run } = begin(instances, {
		unsent: 3,
		policy: {
			statusFor: (index, { sopInstanceUid }) =>
				sopInstanceUid === instances[index]?.sopInstanceUid && index % 2 === 1 ? 0xa700 : undefined,
		},
	});
	const taken: string[] = [];
	for (let one = run.take(); one !== undefined; one = run.take()) {
		taken.push(one.sopInstanceUid);
		if (taken.length === 1) {
			run.giveBack(one); // does not count anew
			run.take();
		}
		run.settled(one, answered(0));
	}
	t.strictSame(taken, [instances[0]?.sopInstanceUid, instances[2]?.sopInstanceUid]);
	t.strictSame(run.counts, { remaining: 0, completed: 5, failed: 2, warning: 0 });
	t.end();
});

t.test('words fit into an Error Comment, and none is a path', (t) => {
	const failures: readonly Failure[] = [
		...FAILURES,
		{ blame: 'resolve', host: 'secret.example', code: 'ENOTFOUND' },
		{ blame: 'tls', code: 'ERR_TLS_CERT_ALTNAME_INVALID', message: 'secret' },
		{ blame: 'timeout', waitingFor: 'associate-answer', timeoutMs: 30_000 },
		{ blame: 'rejected', result: 1, source: 1, reason: 7, afterMs: 1 },
		{ blame: 'no-context', refused: [] },
		{
			blame: 'no-context',
			refused: [{ abstractSyntax: '1.2.840.10008.5.1.4.1.1.2', transferSyntaxes: [], result: 'absent' }],
		},
		{ blame: 'aborted', phase: 'established', source: 2, reason: 6 },
		{ blame: 'aborted', phase: 'established', code: 'ECONNRESET' },
		{ blame: 'protocol', message: 'secret', phase: 'established' },
		{ blame: 'status', service: 'C-STORE', status: 0x110, errorComment: 'secret' },
		{ blame: 'auth', message: 'secret' },
		{ blame: 'usage', message: 'secret' },
		{ blame: 'interrupted', signal: 'SIGINT' },
	];
	for (const failure of failures) {
		const words = failureWords(failure);
		t.ok(words.length > 0 && words.length <= 45, words);
		t.notMatch(words, /secret/);
	}
	t.end();
});
