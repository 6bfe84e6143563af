/** Retrieves by C-GET, from archives with good manners and bad. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Decision, listen } from '../../src/association/acceptor.ts';
import { type Clock, MONOTONIC } from '../../src/association/clock.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { STORAGE_SOP_CLASSES } from '../../src/dicom/uids.ts';
import { DicomError } from '../../src/errors.ts';
import { Journal } from '../../src/retrieve/journal.ts';
import type { RetrieveSettings } from '../../src/retrieve/settings.ts';
import type { Unit } from '../../src/retrieve/unit.ts';
import type { SubOperationPolicy } from '../../src/services/sub-operation-policy.ts';
import {
	type Archive,
	CT,
	held,
	INSTANCES,
	type Manners,
	MR,
	responding,
	STUDY,
	sendAnyway,
	startArchive,
} from './archive.ts';
import { type Kept, keeper, opener, run, settingsOf } from './retrieving.ts';

t.setTimeout(120_000);

const UNIT: Unit = { level: 'STUDY', studyUid: STUDY };
const IN_STUDY = INSTANCES.slice(0, 6);
const LINES: readonly Unit[] = INSTANCES.map(({ sopInstanceUid }) => {
	const [, studyUid = '', seriesUid = ''] = /^((?:\d+\.){3}\d+)\.\d+\.\d+$/.exec(sopInstanceUid) ?? [];
	return {
		level: 'IMAGE',
		studyUid,
		seriesUid: seriesUid === '' ? sopInstanceUid.replace(/\.\d+$/, '') : seriesUid,
		sopUids: [sopInstanceUid],
	};
});

const starting = async (
	t: Test,
	manners: Manners = {},
	more: Partial<RetrieveSettings> = {},
	units: readonly Unit[] = [UNIT],
	kept: Kept = keeper(),
): Promise<{ readonly archive: Archive; readonly kept: Kept; readonly settings: RetrieveSettings }> => {
	const archive = await startArchive(t, manners);
	const open = opener(archive.address, { timeouts: { dimseMs: 20_000 } });
	return { archive, kept, settings: settingsOf(units, { by: 'get', open, store: kept.keep, ...more }) };
};

const failureOf = async (use: Promise<unknown>): Promise<unknown> => {
	try {
		return await use;
	} catch (error) {
		return error instanceof DicomError ? error.failure : error;
	}
};

t.test('a study: asked what there is, fetched as it lies', async (t) => {
	const { archive, kept, settings } = await starting(t);
	const { outcome, events, notes } = await run(settings);
	t.match(outcome, {
		service: 'C-GET',
		isInterrupted: false,
		arrived: 6,
		strays: 0,
		units: [{ verdict: 'complete', verified: true, expected: 6, expectedFrom: 'instances', arrived: 6, missing: [] }],
	});
	for (const { sopInstanceUid, bytes, transferSyntaxUid } of IN_STUDY) {
		t.strictSame(kept.bytes.get(sopInstanceUid), Buffer.from(bytes), sopInstanceUid);
		t.equal(kept.syntaxes.get(sopInstanceUid), transferSyntaxUid);
	}
	t.strictSame(notes, []);
	t.strictSame(archive.asked, [`STUDY ${STUDY}`]);
	t.ok(archive.proposed.every((count) => count <= 128));
	t.strictSame(
		[...new Set(events.map(({ kind }) => kind))],
		[
			'planned',
			'association-opened',
			'expected',
			'association-closed',
			'unit-started',
			'arrived',
			'response',
			'final',
			'unit-settled',
		],
	);
	t.match(
		events.find(({ kind }) => kind === 'expected'),
		{
			count: 6,
			series: [
				{ seriesUid: '1.2.3.1.1', count: 4 },
				{ seriesUid: '1.2.3.1.2', count: 2 },
			],
		},
	);
	t.ok(
		events.every(({ at }, index) => at >= (events[index - 1]?.at ?? 0)),
		'in the order of time',
	);
});

t.test(
	'whose header is read no further than the layout needs: its series is as the query lists it, or as it was asked for',
	async (t) => {
		const kept = keeper();
		const short: Kept = {
			...kept,
			keep: (instance, told) =>
				kept.keep(instance, (one) => told({ ...one, studyInstanceUid: '', seriesInstanceUid: '' })),
		};
		const seriesOf = async (unit: Unit, more: Partial<RetrieveSettings> = {}) => {
			const { settings } = await starting(t, {}, more, [unit], short);
			const { events } = await run(settings);
			return events.flatMap((event) => (event.kind === 'arrived' ? [event.instance.seriesUid] : [])).sort();
		};
		t.strictSame(await seriesOf(UNIT), [...Array(4).fill('1.2.3.1.1'), ...Array(2).fill('1.2.3.1.2')]);
		const series: Unit = { level: 'SERIES', studyUid: STUDY, seriesUid: '1.2.3.1.2' };
		const unasked = { verify: false, contexts: [CT, MR] } as const;
		t.strictSame(await seriesOf(series, unasked), ['1.2.3.1.2', '1.2.3.1.2'], 'nothing was queried');
		t.strictSame(await seriesOf(UNIT, unasked), Array(6).fill(''), 'nobody knows');
	},
);

t.test('several units on one association, as long as its contexts fit', async (t) => {
	const { archive, settings } = await starting(t, {}, {}, [
		UNIT,
		{ level: 'STUDY', studyUid: '1.2.3.2' },
		{ level: 'SERIES', studyUid: STUDY, seriesUid: '1.2.3.1.2' },
	]);
	const { outcome } = await run(settings);
	t.strictSame(
		outcome.units.map(({ verdict, arrived }) => [verdict, arrived]),
		[
			['complete', 6],
			['complete', 1],
			['complete', 2],
		],
	);
	t.equal(archive.associations.length, 2, 'one to ask first, one to get');
});

for (const [says, manners] of Object.entries({
	'a peer that leaves the role answer out': { withoutRoles: true, instead: sendAnyway },
	'a peer that sends no pending responses': { policy: { sendPending: false } },
	'a peer that counts nothing': { policy: { sendCounts: false } },
	'a peer without queries': { withoutFind: true },
	'a peer without IMAGE level queries': { withoutInstances: true },
	'a peer that tells no SOP class': { withoutClasses: true },
} satisfies Record<string, Manners>))
	t.test(says, async (t) => {
		const { kept, settings } = await starting(t, manners);
		const { outcome, notes } = await run(settings);
		t.match(outcome.units, [{ verdict: 'complete', arrived: 6 }]);
		t.equal(kept.bytes.size, 6);
		t.equal(notes.includes('role-unanswered'), 'withoutRoles' in manners);
		t.equal(notes.includes('no-expectation'), 'withoutFind' in manners || 'withoutInstances' in manners);
		if ('withoutFind' in manners) t.equal(outcome.units[0]?.verified, false, 'by the claim of the peer alone');
	});

t.test('all models', async (t) => {
	const image: Unit = {
		level: 'IMAGE',
		studyUid: STUDY,
		seriesUid: '1.2.3.1.1',
		sopUids: ['1.2.3.1.1.1', '1.2.3.1.1.2'],
	};
	for (const [model, unit, count] of [
		['patient-root', { level: 'PATIENT', patientId: 'P1' }, 7],
		['patient-root', { level: 'STUDY', patientId: 'P1', studyUid: STUDY }, 6],
		['patient-study-only', { level: 'STUDY', patientId: 'P1', studyUid: STUDY }, 6],
		['composite-instance-root', image, 2],
		['composite-instance-root', { level: 'SERIES', seriesUid: '1.2.3.1.2' }, 2],
		['composite-instance-without-bulk-data', { level: 'IMAGE', sopUids: ['1.2.3.1.1.1'] }, 1],
	] as const) {
		const { settings } = await starting(t, {}, { model }, [unit]);
		const { outcome } = await run(settings);
		t.match(outcome.units, [{ verdict: 'complete', arrived: count }], `${model} ${unit.level}`);
	}
	const wrong = await starting(t, {}, {}, [{ level: 'PATIENT', patientId: 'P1' }]);
	t.match(await failureOf(run(wrong.settings)), { blame: 'usage', message: /does not exist in the study-root model/ });
	t.equal(wrong.archive.associations.length, 0, 'nothing was sent');
});

t.test('what failed is named with its cause, and asked for again alone', async (t) => {
	const fails: SubOperationPolicy = {
		statusFor: (_, { sopInstanceUid }) => (sopInstanceUid === '1.2.3.1.1.2' ? 0xa700 : undefined),
	};
	const once = await starting(t, { policies: [fails] }, { retryMissing: 1 });
	const { outcome, notes } = await run(once.settings);
	t.match(outcome.units, [{ verdict: 'complete', arrived: 6, attempts: 2, claimed: { completed: 6, failed: 0 } }]);
	t.strictSame(once.archive.asked, [`STUDY ${STUDY}`, 'IMAGE 1.2.3.1.1.2']);
	t.strictSame(notes, ['retry-missing']);

	const always = await starting(t, { policy: fails });
	const again = (await run(always.settings)).outcome.units[0];
	t.match(again, {
		verdict: 'incomplete',
		missingCount: 1,
		missing: [
			{ sopInstanceUid: '1.2.3.1.1.2', studyUid: STUDY, seriesUid: '1.2.3.1.1', why: { cause: 'failed-there' } },
		],
		final: { service: 'C-GET', status: 0xb000 },
	});
});

t.test('a peer that gives up at the first that it cannot send: that one is singled out', async (t) => {
	const { settings } = await starting(
		t,
		{ instead: (request, instances) => sendAnyway(request, instances, '1.2.3.1.1.1') },
		{ retryMissing: 2 },
	);
	const { outcome } = await run(settings);
	t.match(outcome.units, [
		{ verdict: 'incomplete', arrived: 5, attempts: 3, missingCount: 1, missing: [{ sopInstanceUid: '1.2.3.1.1.1' }] },
	]);
});

t.test('cancelled before the first response', async (t) => {
	const interrupt = new AbortController();
	const { settings } = await starting(t, {
		retrieve: async (request) => {
			await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
			await responding(request, 0xfe00);
		},
	});
	const { outcome } = await run(settings, ({ kind }) => kind === 'unit-started' && interrupt.abort('SIGINT'), {
		interrupt: interrupt.signal,
	});
	t.match(outcome.units, [{ verdict: 'cancelled', final: { status: 0xfe00 } }]);
});

t.test('our own refusal is the cause that is told, and not retried with other contexts', async (t) => {
	const kept = keeper((uid) => (uid === '1.2.3.1.2.1' ? 0xa700 : undefined));
	const { archive, settings } = await starting(t, {}, {}, [UNIT], kept);
	const { outcome, events } = await run(settings);
	t.match(outcome.units, [
		{
			verdict: 'incomplete',
			missing: [{ sopInstanceUid: '1.2.3.1.2.1', why: { cause: 'refused-here', status: 0xa700, error: 'not wanted' } }],
		},
	]);
	t.match(
		events.find(({ kind }) => kind === 'not-stored'),
		{ unit: 0, sopInstanceUid: '1.2.3.1.2.1', status: 0xa700 },
	);
	t.equal(archive.asked.length, 1);
});

t.test('a class that the peer refuses a context for', async (t) => {
	const { archive, settings } = await starting(t, { offers: (uid) => uid !== MR });
	const { outcome, notes } = await run(settings);
	t.match(outcome.units, [{ verdict: 'incomplete', arrived: 4, missingCount: 2 }]);
	for (const { why } of outcome.units[0]?.missing ?? [])
		t.match(why, { cause: 'no-context', by: 'peer', sopClassUid: MR });
	t.equal(archive.asked.length, 1, 'no use in asking again');
	t.equal(archive.associations.length, 2, 'one to ask what there is, one to get it');
	t.strictSame(notes, []);
	t.equal(outcome.units[0]?.claimed.failed, 2, 'what the peer says is told');
	const units = ['1.2.3.1.1', '1.2.3.1.2', '1.2.3.1.2'].map(
		(seriesUid): Unit => ({ level: 'SERIES', studyUid: STUDY, seriesUid }),
	);
	const several = await starting(t, { offers: (uid) => uid !== MR }, {}, units);
	await run(several.settings);
	t.ok(several.archive.associations.length <= 5, `${several.archive.associations.length}: it is asked alone but once`);
});

t.test('failures that have nothing to do with contexts are left as they are', async (t) => {
	const instances = Array.from({ length: 10 }, (_, i) => held(`${STUDY}.1.${i + 1}`, CT));
	const statusFor = (index: number) => (index % 3 === 2 ? 0xa700 : undefined);
	const { archive, settings } = await starting(t, { instances, policy: { statusFor } });
	const { outcome, notes } = await run(settings);
	t.match(outcome.units, [
		{ verdict: 'incomplete', arrived: 7, missingCount: 3, claimed: { completed: 7, failed: 3 } },
	]);
	t.strictSame(notes, []);
	t.equal(archive.asked.length, 1);
});

t.test('a peer that accepts so many contexts and no more: what was refused among others comes alone', async (t) => {
	const { settings } = await starting(t, { mostContexts: 20 });
	const { outcome, notes, events } = await run(settings);
	t.match(outcome.units, [{ verdict: 'complete', arrived: 6 }]);
	t.strictSame(notes, ['second-association']);
	t.match(
		events.find(({ kind }) => kind === 'note'),
		{ text: '2 without a presentation context: asking again with contexts for 1 SOP class' },
	);
});

t.test('contexts by hand: what is not listed does not come', async (t) => {
	const { settings } = await starting(t, {}, { contexts: [CT] });
	t.match((await run(settings)).outcome.units, [{ verdict: 'incomplete', arrived: 4, missingCount: 2 }]);
	const restricted = await starting(t, {}, { transferSyntaxes: [IMPLICIT_LITTLE, EXPLICIT_LITTLE] });
	const { outcome } = await run(restricted.settings);
	t.match(outcome.units, [{ verdict: 'incomplete', missing: [{ sopInstanceUid: '1.2.3.1.1.4' }] }], 'compressed');
});

t.test('more classes than an association holds come on a second one', async (t) => {
	const classes = STORAGE_SOP_CLASSES.slice(0, 130);
	const instances = classes.map((sopClass, i) => held(`1.2.3.1.${i + 1}.1`, sopClass));
	const { archive, kept, settings } = await starting(t, { instances });
	const { outcome, notes } = await run(settings);
	t.match(outcome.units, [
		{ verdict: 'complete', expected: 130, arrived: 130, claimed: { completed: 130, failed: 0 } },
	]);
	t.equal(kept.bytes.size, 130);
	t.strictSame(notes, ['second-association']);
	t.ok(
		archive.proposed.every((count) => count <= 128),
		archive.proposed.join(' '),
	);
});

t.test('what was asked, for the contexts, is compared also where nobody asked for that', async (t) => {
	const select: SubOperationPolicy['select'] = (all) =>
		all.filter(({ sopInstanceUid }) => !sopInstanceUid.endsWith('.1'));
	for (const policy of [{ sendCounts: false, select }, { select }]) {
		const { settings } = await starting(t, { policy }, { verify: false });
		const { outcome } = await run(settings);
		t.match(outcome.units, [{ verdict: 'incomplete', expected: 6, arrived: 4, missingCount: 2 }]);
	}
});

t.test('success that nothing stands behind', async (t) => {
	const nothing = await starting(t, {}, {}, [{ level: 'STUDY', studyUid: '9.9' }]);
	t.match((await run(nothing.settings)).outcome.units, [{ verdict: 'nothing-matched', verified: true, expected: 0 }]);
	const lie = await starting(t, { policy: { lie: true } });
	t.match((await run(lie.settings)).outcome.units, [
		{ verdict: 'claimed-not-arrived', arrived: 0, missingCount: 6, claimed: { completed: 6 }, final: { status: 0 } },
	]);
	const half = await starting(t, { policy: { lie: true, select: (all) => all.slice(0, 2) } });
	t.match((await run(half.settings)).outcome.units, [{ verdict: 'incomplete', arrived: 2, missingCount: 4 }]);
});

t.test('final responses as nobody should send them', async (t) => {
	for (const [says, status, more, verdict] of [
		['an unknown status', 0x1234, {}, 'refused'],
		[
			'success with failures',
			0x0000,
			{ numberOfCompletedSuboperations: 0, numberOfFailedSuboperations: 3 },
			'incomplete',
		],
		['success without counts', 0x0000, {}, 'incomplete'],
		['cancel that nobody asked for', 0xfe00, { numberOfRemainingSuboperations: 6 }, 'refused'],
		[
			'remaining in the final',
			0x0000,
			{ numberOfCompletedSuboperations: 0, numberOfRemainingSuboperations: 6 },
			'incomplete',
		],
		['A900', 0xa900, { errorComment: 'no', offendingElements: ['0020000D'] }, 'refused'],
	] as const) {
		const { settings } = await starting(t, { retrieve: (request) => responding(request, status, more) });
		const { outcome } = await run(settings);
		t.match(outcome.units, [{ verdict, final: { status } }], says);
	}
	const falling = await starting(t, {
		retrieve: async (request) => {
			await responding(request, 0xff00, { numberOfCompletedSuboperations: 5, numberOfRemainingSuboperations: 1 });
			await responding(request, 0xff00, { numberOfCompletedSuboperations: 2, numberOfRemainingSuboperations: 65_535 });
			await responding(request, 0x0000, {
				numberOfCompletedSuboperations: 0,
				numberOfFailedSuboperations: 0,
				numberOfWarningSuboperations: 0,
			});
		},
	});
	t.match((await run(falling.settings)).outcome.units, [{ verdict: 'incomplete', arrived: 0, missingCount: 6 }]);
});

t.test('a lost association: once more, for what is missing', async (t) => {
	const losing = (times: number): Manners => ({
		policy: { statusFor: () => undefined },
		retrieve: (request, count) => (count <= times ? request.association.abort() : undefined),
	});
	const once = await starting(t, losing(1));
	const { outcome, notes } = await run(once.settings);
	t.match(outcome.units, [{ verdict: 'complete', attempts: 2 }]);
	t.strictSame(notes, ['tried-again']);
	const twice = await starting(t, losing(2), {}, [UNIT, { level: 'STUDY', studyUid: '1.2.3.2' }]);
	const lost = (await run(twice.settings)).outcome;
	t.match(lost.units, [
		{
			verdict: 'failed',
			failure: { blame: 'aborted', source: 0 },
			missingCount: 6,
			missing: [{ why: { cause: 'ended' } }],
		},
		{ verdict: 'complete', arrived: 1 },
	]);
});

t.test('lost in the middle: what has come is not asked for again', async (t) => {
	const { archive, settings } = await starting(t);
	let isCut = false;
	const { outcome } = await run(settings, (event) => {
		if (event.kind === 'arrived' && !isCut) {
			isCut = true;
			void archive.associations.at(-1)?.abort();
		}
	});
	t.match(outcome.units, [{ verdict: 'complete', arrived: 6 }]);
	t.ok(
		archive.asked.slice(1).every((one) => one.startsWith('IMAGE')),
		archive.asked.join(', '),
	);
	t.ok(archive.asked.length > 1);
});

t.test('lost in the middle again and again: --retry-missing goes on from there', async (t) => {
	for (const [retryMissing, verdict] of [
		[0, 'failed'],
		[2, 'complete'],
	] as const) {
		const { archive, settings } = await starting(t, {}, { retryMissing });
		let cuts = 0;
		const { outcome } = await run(settings, ({ kind }) => {
			if (kind === 'arrived' && cuts++ < 2) void archive.associations.at(-1)?.abort();
		});
		t.match(outcome.units, [{ verdict, arrived: verdict === 'complete' ? 6 : Number }]);
	}
});

t.test('on its way to the disk when the association is lost: waited for, not asked for again', async (t) => {
	const { keep, ...rest } = keeper();
	const lost = Promise.withResolvers<void>();
	const slow: Kept = {
		...rest,
		keep: (instance, kept) => {
			const receiver = keep(instance, kept);
			if ('refusal' in receiver || instance.sopInstanceUid !== IN_STUDY[0]?.sopInstanceUid) return receiver;
			return {
				...receiver,
				commit: async () => {
					void archive.associations.at(-1)?.abort();
					await lost.promise;
					// More turns than it takes to pass on that the association has ended.
					for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
					return receiver.commit();
				},
			};
		},
	};
	const { archive, settings } = await starting(t, {}, {}, [UNIT], slow);
	const { outcome, notes } = await run(settings, ({ kind }) => {
		if (kind === 'association-closed') lost.resolve();
	});
	t.match(outcome, { strays: 0, units: [{ verdict: 'complete', arrived: 6, attempts: 2 }] });
	t.strictSame(notes, ['tried-again']);
	t.notOk(archive.asked.slice(1).some((one) => one.includes(IN_STUDY[0]?.sopInstanceUid ?? '')));
});

t.test('a peer that dies between two units', async (t) => {
	const { archive, settings } = await starting(t, {}, {}, LINES);
	const { outcome } = await run(settings, (event) => {
		if (event.kind === 'unit-settled' && event.unit < 3) void archive.associations.at(-1)?.abort();
	});
	t.ok(
		outcome.units.every(({ verdict }) => verdict === 'complete'),
		'a closed association is opened anew',
	);
});

t.test('a peer that is not there, rejects, or does no C-GET', async (t) => {
	const gone = settingsOf([UNIT], {
		by: 'get',
		open: opener({ host: '127.0.0.1', port: 1, calledAeTitle: 'A', callingAeTitle: 'B' }),
		store: keeper().keep,
	});
	t.match(await failureOf(run(gone)), { blame: 'connect', code: 'ECONNREFUSED' });
	const none = await starting(t, { offers: (uid) => !uid.endsWith('.2.3') });
	t.match(await failureOf(run(none.settings)), { blame: 'no-context', refused: [{ result: 3 }] });
});

t.test('no room for the moment: tried again after 1, 2 and 5 s, then given up', async (t) => {
	const waits: number[] = [];
	const clock: Clock = {
		now: () => MONOTONIC.now(),
		after: (ms, expired) => {
			waits.push(ms);
			setImmediate(expired);
			return () => {};
		},
	};
	const full = await starting(t, { most: 0 }, { clock });
	t.match(await failureOf(run(full.settings)), { blame: 'rejected', result: 2 });
	t.strictSame(waits, [1_000, 2_000, 5_000]);
	const passing = await starting(t, { most: 0 }, { clock });
	let told = 0;
	const { outcome } = await run(passing.settings, (event) => {
		if (event.kind !== 'note' || event.code !== 'tried-again' || ++told < 2) return;
		passing.archive.manners = { ...passing.archive.manners, most: 9 };
	});
	t.match(outcome.units, [{ verdict: 'complete', arrived: 6 }]);
	t.equal(told, 2);
	const interrupt = new AbortController();
	const given = await starting(t, { most: 0 });
	const stopped = await run(given.settings, ({ kind }) => kind === 'note' && interrupt.abort(), {
		interrupt: interrupt.signal,
	});
	t.match(stopped.outcome, { isInterrupted: true, units: [{ verdict: 'not-begun' }] });
});

t.test('fewer associations where the peer does not take as many', async (t) => {
	const { archive, settings } = await starting(t, { most: 2 }, { jobs: 4 }, LINES);
	const { outcome, notes } = await run(settings);
	t.ok(
		outcome.units.every(({ verdict }) => verdict === 'complete'),
		outcome.units.map(({ verdict }) => verdict).join(' '),
	);
	t.equal(outcome.jobs, 2);
	t.strictSame(notes, ['fewer-associations', 'fewer-associations']);
	t.ok(archive.asked.length >= LINES.length);
});

t.test('fewer associations where the peer is out of resources', async (t) => {
	const { settings } = await starting(t, { refusal: { status: 0xa700 }, refusals: 1 }, { jobs: 2 }, LINES);
	const { outcome, notes } = await run(settings);
	t.ok(outcome.units.every(({ verdict }) => verdict === 'complete'));
	t.strictSame(notes, ['fewer-associations']);
	const alone = await starting(t, { refusal: { status: 0xa700, errorComment: 'busy' } });
	t.match((await run(alone.settings)).outcome.units, [
		{ verdict: 'refused', final: { status: 0xa700, errorComment: 'busy' } },
	]);
});

t.test('cancelled: C-CANCEL, stores answered to the end, nothing more begun', async (t) => {
	const interrupt = new AbortController();
	const { archive, settings } = await starting(t, {}, {}, [UNIT, { level: 'STUDY', studyUid: '1.2.3.2' }]);
	let cancelled = false;
	archive.manners = {
		retrieve: async (request) => {
			await responding(request, 0xff00, { numberOfRemainingSuboperations: 6, numberOfCompletedSuboperations: 0 });
			await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
			cancelled = request.signal.reason === 'C-CANCEL-RQ';
			await responding(request, 0xfe00, { numberOfRemainingSuboperations: 6 });
		},
	};
	const { outcome } = await run(
		settings,
		(event) => {
			if (event.kind === 'response' && event.status === 0xff00) interrupt.abort('SIGINT');
		},
		{ interrupt: interrupt.signal },
	);
	t.ok(cancelled);
	t.match(outcome, {
		isInterrupted: true,
		units: [{ verdict: 'cancelled', final: { status: 0xfe00 } }, { verdict: 'not-begun' }],
	});
	t.equal(archive.associations.at(-1)?.failure, undefined, 'released in the end');
});

t.test('cancelled while the association is opened, and while the peer is asked what there is', async (t) => {
	const interrupt = new AbortController();
	const decided = Promise.withResolvers<Decision>();
	const silent = await listen({
		port: 0,
		address: '127.0.0.1',
		decide: () => {
			interrupt.abort('SIGINT');
			return decided.promise;
		},
	});
	t.teardown(() => silent.abort());
	const address = { host: '127.0.0.1', port: silent.port, calledAeTitle: 'A', callingAeTitle: 'B' };
	const settings = settingsOf([UNIT], { by: 'get', open: opener(address), store: keeper().keep });
	const { outcome } = await run(settings, () => {}, { interrupt: interrupt.signal });
	t.match(outcome, { isInterrupted: true, units: [{ verdict: 'not-begun' }] });
	decided.resolve({ reject: { result: 1, source: 1, reason: 1 } });

	const asking = new AbortController();
	const { archive, settings: others } = await starting(t, {
		search: async function* (signal) {
			asking.abort('SIGINT');
			await new Promise((resolve) => signal.addEventListener('abort', resolve));
		},
	});
	const ran = await run(others, () => {}, { interrupt: asking.signal });
	t.match(ran.outcome, { isInterrupted: true, units: [{ verdict: 'not-begun' }] });
	t.equal(archive.asked.length, 0, 'no C-GET');
	t.equal(archive.associations.at(-1)?.failure, undefined, 'released');
});

t.test('cancelled when the final response is on its way: it stands', async (t) => {
	const interrupt = new AbortController();
	const { settings } = await starting(t);
	const { outcome } = await run(
		settings,
		(event) => {
			if (event.kind === 'arrived' && event.arrived === 6) interrupt.abort('SIGINT');
		},
		{ interrupt: interrupt.signal },
	);
	t.match(outcome.units, [{ verdict: 'complete', arrived: 6 }]);
});

t.test('aborted: at once, whatever the peer does', async (t) => {
	const interrupt = new AbortController();
	const abort = new AbortController();
	const { archive, settings } = await starting(t, {
		retrieve: async (request) => {
			await responding(request, 0xff00);
			await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
			abort.abort('SIGINT'); // it has the C-CANCEL, and does nothing about it
			await request.association.closed;
		},
	});
	const { outcome } = await run(settings, ({ kind }) => kind === 'response' && interrupt.abort('SIGINT'), {
		interrupt: interrupt.signal,
		abort: abort.signal,
	});
	t.match(outcome, { isInterrupted: true, units: [{ verdict: 'cancelled' }] });
	t.match(archive.associations.at(-1)?.failure?.failure, { blame: 'aborted', source: 0 });
});

t.test('a peer that never answers', async (t) => {
	const archive = await startArchive(t, { retrieve: () => new Promise(() => {}) });
	const open = opener(archive.address, { timeouts: { dimseMs: 50 } });
	const { outcome } = await run(settingsOf([UNIT], { by: 'get', open, store: keeper().keep }));
	t.match(outcome.units, [{ verdict: 'failed', failure: { blame: 'timeout', waitingFor: 'response' }, attempts: 2 }]);
});

t.test('a journal: what is complete is skipped, of the rest only what is missing is asked for', async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'dimse-resume-'));
	t.teardown(() => rmSync(folder, { recursive: true, force: true }));
	const path = join(folder, 'journal.jsonl');
	const head = { node: 'archive', model: 'study-root', service: 'C-GET', destination: 'here' } as const;
	const units: readonly Unit[] = [{ level: 'STUDY', studyUid: '1.2.3.2' }, UNIT];
	const abort = new AbortController();
	const first = await starting(t, {}, { journal: await Journal.open(path, head) }, units);
	const { outcome } = await run(
		first.settings,
		(event) => {
			if (event.kind === 'arrived' && event.unit === 1 && event.arrived === 2) abort.abort('SIGINT');
		},
		{ interrupt: abort.signal, abort: abort.signal },
	);
	t.match(outcome.units, [{ verdict: 'complete' }, { verdict: 'cancelled' }]);
	await first.settings.journal?.close();

	const journal = await Journal.open(path, head);
	const here = [...(journal.before(UNIT)?.arrived ?? [])];
	t.ok(here.length >= 2 && here.length < 6, `${here.length} before`);
	const second = await starting(t, {}, { journal }, units);
	const again = await run(second.settings);
	await journal.close();
	t.match(again.outcome.units, [{ verdict: 'complete-before' }, { verdict: 'complete', arrived: 6, expected: 6 }]);
	t.match(again.events[0], { kind: 'planned', states: ['complete-before', 'begun-before'] });
	t.strictSame(again.notes, ['resumed']);
	t.equal(again.outcome.arrived, 6 - here.length, 'came in this run');
	t.strictSame(
		second.archive.asked.flatMap((one) => one.replace('IMAGE ', '').split('\\')).sort(),
		INSTANCES.slice(0, 6)
			.map(({ sopInstanceUid }) => sopInstanceUid)
			.filter((uid) => !here.includes(uid)),
	);

	const third = await starting(t, {}, { journal: await Journal.open(path, head) }, units);
	t.match((await run(third.settings)).outcome.units, [{ verdict: 'complete-before' }, { verdict: 'complete-before' }]);
	t.strictSame(third.archive.asked, [], 'it is only asked whether there is more');
	await third.settings.journal?.close();

	const counted = units.map((unit, index) => ({ ...unit, instances: [1, 6][index] ?? 0 }));
	const fourth = await starting(t, {}, { journal: await Journal.open(path, head) }, counted);
	t.match((await run(fourth.settings)).outcome.units, [{ verdict: 'complete-before' }, { verdict: 'complete-before' }]);
	t.equal(fourth.archive.associations.length, 0, 'nothing to ask: a query has told the same numbers before');
	await fourth.settings.journal?.close();
});

t.test('a journal: what has grown since is taken again, what is missing of it', async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'dimse-grown-'));
	t.teardown(() => rmSync(folder, { recursive: true, force: true }));
	const path = join(folder, 'journal.jsonl');
	const head = { node: 'archive', model: 'study-root', service: 'C-GET', destination: 'here' } as const;
	const ran = async (manners: Manners, more: Partial<RetrieveSettings> = {}, units: readonly Unit[] = [UNIT]) => {
		const journal = await Journal.open(path, head);
		const { archive, settings } = await starting(t, manners, { journal, ...more }, units);
		const { outcome, notes } = await run(settings);
		await journal.close();
		return { result: outcome.units[0], asked: archive.asked, notes };
	};
	t.match((await ran({})).result, { verdict: 'complete', arrived: 6 });
	const named = await ran({ instances: [...INSTANCES, held('1.2.3.1.2.3', MR)] });
	t.match(named.result, { verdict: 'complete', expected: 7, arrived: 7 });
	t.strictSame(named.asked, ['IMAGE 1.2.3.1.2.3']);
	t.strictSame(named.notes, ['resumed', 'resumed'], 'and it is said');

	const more = [...INSTANCES, ...['1.2.3.1.2.3', '1.2.3.1.2.4'].map((uid) => held(uid, MR))];
	const believed = await ran({ instances: more }, { verify: false, contexts: 'all' });
	t.match(believed.result, { verdict: 'complete-before', arrived: 7 }, 'nobody asked');
	const counted = [{ ...UNIT, instances: 8 }];
	t.match((await ran({ instances: more }, { verify: false, contexts: 'all' }, counted)).result, {
		verdict: 'complete',
		arrived: 8,
	});
});

t.test('what must come whatever a query says', async (t) => {
	const { settings } = await starting(t, {}, { expect: ['1.2.3.1.1.1', '7.7'] });
	t.strictSame((await run(settings)).outcome.unmet, ['7.7']);
});

t.test('nothing to do', async (t) => {
	const { archive, settings } = await starting(t, {}, {}, []);
	t.match((await run(settings)).outcome, { units: [], isInterrupted: false });
	t.equal(archive.associations.length, 0);
});
