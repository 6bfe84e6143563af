/** Retrieves by C-MOVE: to a receiver of ours, to a third party, and after a C-GET that is not to be had. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Clock, MONOTONIC } from '../../src/association/clock.ts';
import { QUERY_MODELS } from '../../src/dicom/sop-classes.ts';
import { DicomError } from '../../src/errors.ts';
import { Arrivals } from '../../src/retrieve/arrivals.ts';
import { Journal } from '../../src/retrieve/journal.ts';
import { type Receiver, type ReceiverEvent, startReceiver } from '../../src/retrieve/receiver.ts';
import type { ByMove, RetrieveSettings } from '../../src/retrieve/settings.ts';
import type { Unit } from '../../src/retrieve/unit.ts';
import { HandClock } from '../support/clock.ts';
import { type Archive, CT, held, INSTANCES, type Manners, MR, responding, STUDY, startArchive } from './archive.ts';
import { type Kept, keeper, opener, run, settingsOf } from './retrieving.ts';

t.setTimeout(120_000);

const UNIT: Unit = { level: 'STUDY', studyUid: STUDY };
const OTHER: Unit = { level: 'STUDY', studyUid: '1.2.3.2' };
const SERIES: readonly Unit[] = ['1.2.3.1.1', '1.2.3.1.2', '1.2.3.2.1'].map((seriesUid) => ({
	level: 'SERIES',
	studyUid: seriesUid.replace(/\.\d+$/, ''),
	seriesUid,
}));

interface Here {
	readonly kept: Kept;
	readonly by: ByMove & { readonly arrivals: Arrivals };
	readonly receiver: Receiver;
	readonly told: ReceiverEvent[];
}

/** A receiver of ours. */
const here = async (t: Test, accept: 'storage' | readonly string[] = 'storage', kept = keeper()): Promise<Here> => {
	const arrivals = new Arrivals();
	const told: ReceiverEvent[] = [];
	const receiver = await startReceiver({
		host: '127.0.0.1',
		port: 0,
		aeTitle: 'WS01',
		accept,
		store: arrivals.watching(kept.keep),
		on: (event) => {
			told.push(event);
			arrivals.push(event);
		},
	});
	t.teardown(() => receiver.abort());
	return { kept, by: { moveTo: 'WS01', arrivals }, receiver, told };
};

const starting = async (
	t: Test,
	manners: Manners = {},
	more: Partial<RetrieveSettings> = {},
	units: readonly Unit[] = [UNIT],
	to?: Here,
): Promise<{ readonly archive: Archive; readonly to: Here; readonly settings: RetrieveSettings }> => {
	const mine = to ?? (await here(t));
	const archive = await startArchive(t, { destinations: { WS01: mine.receiver.port, GONE: 1 }, ...manners });
	const open = opener(archive.address, { timeouts: { dimseMs: 20_000 } });
	return { archive, to: mine, settings: settingsOf(units, { by: mine.by, open, ...more }) };
};

t.test('a study comes here, on an association of the archive', async (t) => {
	const { archive, to, settings } = await starting(t);
	const { outcome, events } = await run(settings);
	t.match(outcome, {
		service: 'C-MOVE',
		arrived: 6,
		strays: 0,
		units: [{ verdict: 'complete', verified: true, expected: 6, arrived: 6, final: { service: 'C-MOVE', status: 0 } }],
	});
	t.equal(to.kept.bytes.size, 6);
	t.match(
		events.find(({ kind }) => kind === 'unit-started'),
		{ service: 'C-MOVE', destination: 'WS01' },
	);
	t.match(
		events.find(({ kind }) => kind === 'arrived'),
		{ unit: 0, instance: { calling: 'ARCHIVE', outcome: 'new' } },
	);
	t.equal(archive.associations.length, 1, 'the same one for the question and the request');
});

t.test('units at once: each instance is counted where it belongs', async (t) => {
	const { settings } = await starting(t, {}, { jobs: 3 }, SERIES);
	const { outcome } = await run(settings);
	t.strictSame(
		outcome.units.map(({ verdict, arrived }) => [verdict, arrived]),
		[
			['complete', 4],
			['complete', 2],
			['complete', 1],
		],
	);
	t.equal(outcome.strays, 0);
});

t.test('success first, sent later: waited for', async (t) => {
	const { settings } = await starting(
		t,
		{ policy: { finalFirst: { delayMs: 300 } } },
		{ settleMs: 100, lateMs: 20_000 },
	);
	const { outcome, events } = await run(settings);
	t.match(outcome.units, [{ verdict: 'complete', arrived: 6 }]);
	t.match(
		events.find(({ kind }) => kind === 'waiting'),
		{ unit: 0, missing: 6, claimed: 6 },
	);
	const kinds = events.map(({ kind }) => kind);
	t.ok(kinds.indexOf('final') < kinds.indexOf('arrived'));
});

t.test('other units go on while one is waited for', async (t) => {
	const late = { finalFirst: { delayMs: 1_500 } };
	const { settings } = await starting(t, { policies: [late] }, { settleMs: 100, lateMs: 20_000 }, [UNIT, OTHER]);
	const { outcome, events } = await run(settings);
	t.match(outcome.units, [{ verdict: 'complete' }, { verdict: 'complete' }]);
	t.strictSame(
		events.flatMap((event) => (event.kind === 'unit-settled' ? [event.unit] : [])),
		[1, 0],
	);
});

t.test('claimed, and nothing comes', async (t) => {
	const { settings } = await starting(t, { policy: { lie: true } }, { settleMs: 20, lateMs: 50 });
	t.match((await run(settings)).outcome.units, [
		{ verdict: 'claimed-not-arrived', missingCount: 6, claimed: { completed: 6 } },
	]);
	const half = await starting(
		t,
		{ policy: { lie: true, select: (all) => all.slice(0, 4) } },
		{ settleMs: 20, lateMs: 50 },
	);
	t.match((await run(half.settings)).outcome.units, [
		{
			verdict: 'incomplete',
			arrived: 4,
			missing: [{ why: { cause: 'never-came' } }, { why: { cause: 'never-came' } }],
		},
	]);
	const silent = await starting(t, { policy: { sendCounts: false, sendPending: false } });
	t.match(
		(await run(silent.settings)).outcome.units,
		[{ verdict: 'complete', claimed: {} }],
		'no counts, and everything here',
	);
});

t.test('what is missing is asked for again, instance by instance', async (t) => {
	const { archive, settings } = await starting(
		t,
		{ policies: [{ lie: true, select: (all) => all.slice(2) }] },
		{ settleMs: 20, lateMs: 50, retryMissing: 2 },
	);
	const { outcome } = await run(settings);
	t.match(outcome.units, [{ verdict: 'complete', arrived: 6, attempts: 2 }]);
	t.strictSame(archive.asked, [`STUDY ${STUDY}`, 'IMAGE 1.2.3.1.1.1\\1.2.3.1.1.2']);
});

t.test('our receiver refuses a class, or an instance', async (t) => {
	const { settings } = await starting(t, {}, {}, [UNIT], await here(t, [CT]));
	const { outcome } = await run(settings);
	t.match(outcome.units, [{ verdict: 'incomplete', arrived: 4, missingCount: 2 }]);
	for (const { why } of outcome.units[0]?.missing ?? [])
		t.match(why, { cause: 'no-context', by: 'us', sopClassUid: MR });
	const full = await here(
		t,
		'storage',
		keeper((uid) => (uid.endsWith('.2') ? 0xa700 : undefined)),
	);
	const refusing = await starting(t, {}, {}, [UNIT], full);
	const causes = (await run(refusing.settings)).outcome.units[0]?.missing.map(({ why }) => why.cause);
	t.strictSame(causes, ['refused-here', 'refused-here']);
});

t.test('destinations that nobody knows, or where nobody is', async (t) => {
	for (const [moveTo, status] of [
		['NOBODY', 0xa801],
		['GONE', 0xa702],
	] as const) {
		const { settings, to } = await starting(t);
		const by = { ...to.by, moveTo };
		const { outcome } = await run({ ...settings, by });
		t.match(outcome.units, [{ verdict: 'refused', arrived: 0, final: { status } }], moveTo);
	}
});

t.test('a sign of life elsewhere keeps the request alive', async (t) => {
	for (const byBytes of [false, true]) {
		const to = await here(t);
		const clock = new HandClock();
		const keep = to.by.arrivals.watching(to.kept.keep);
		const archive = await startArchive(t, {
			// Says nothing itself while one instance, or one stretch of it, after the other arrives, all together longer than the timeout.
			retrieve: async (request) => {
				for (const { sopInstanceUid, bytes, sopClassUid, transferSyntaxUid } of INSTANCES.slice(0, 6)) {
					clock.advance(150);
					if (byBytes) {
						const instance = { sopClassUid, sopInstanceUid, transferSyntaxUid, sourceAeTitle: 'ARCHIVE' };
						const receiver = keep(instance, () => {});
						if (!('refusal' in receiver)) await receiver.write(bytes);
					} else
						to.by.arrivals.push({
							kind: 'stored',
							association: 99,
							calling: 'ARCHIVE',
							sopInstanceUid,
							sopClassUid,
							transferSyntaxUid,
							studyInstanceUid: STUDY,
							seriesInstanceUid: '',
							bytes: 1,
							outcome: 'new',
						});
				}
				await responding(request, 0x0000, { numberOfCompletedSuboperations: 6 });
			},
		});
		const open = opener(archive.address, { timeouts: { dimseMs: 200 }, clock });
		const { outcome } = await run(settingsOf([UNIT], { by: to.by, open, settleMs: 0, lateMs: 0 }));
		t.match(outcome.units, [{ verdict: byBytes ? 'claimed-not-arrived' : 'complete', attempts: 1 }]);
	}
});

t.test('what comes unasked is a stray, told and counted', async (t) => {
	const { to, settings, archive } = await starting(t);
	archive.manners = {
		...archive.manners,
		retrieve: async (request) => {
			to.by.arrivals.push({
				kind: 'stored',
				association: 99,
				calling: 'SOMEBODY',
				sopInstanceUid: '7.7.7.7',
				sopClassUid: CT,
				transferSyntaxUid: '1.2.840.10008.1.2',
				studyInstanceUid: '7.7',
				seriesInstanceUid: '7.7.7',
				bytes: 1,
				outcome: 'new',
			});
			await responding(request, 0xa701);
		},
	};
	const { outcome, notes, events } = await run(settings);
	t.match(outcome, { strays: 1, units: [{ verdict: 'refused', arrived: 0 }] });
	t.ok(notes.includes('stray-arrival'));
	t.match(
		events.find(({ kind }) => kind === 'arrived'),
		{ unit: undefined, instance: { calling: 'SOMEBODY' } },
	);
});

t.test('what comes after the verdict on its study is told as that', async (t) => {
	const { to, settings, archive } = await starting(t, {}, {}, [UNIT, OTHER]);
	const settled = Promise.withResolvers<void>();
	archive.manners = {
		...archive.manners,
		retrieve: (request, count) =>
			count === 1
				? responding(request, 0xa701)
				: settled.promise.then(() => {
						for (const study of [STUDY, '7.7'])
							to.by.arrivals.push({
								kind: 'stored',
								association: 99,
								calling: 'SOMEBODY',
								sopInstanceUid: `${study}.7.7`,
								sopClassUid: CT,
								transferSyntaxUid: '1.2.840.10008.1.2',
								studyInstanceUid: study,
								seriesInstanceUid: `${study}.7`,
								bytes: 1,
								outcome: 'new',
							});
						return responding(request, 0xa701);
					}),
	};
	const { outcome, events } = await run(settings, ({ kind }) => {
		if (kind === 'unit-settled') settled.resolve();
	});
	t.equal(outcome.strays, 2);
	t.match(
		events.filter((event) => event.kind === 'note'),
		[
			{ code: 'late-arrival', text: /after the verdict/ },
			{ code: 'stray-arrival', text: /nothing asked for: 7.7/ },
		],
	);
});

t.test('a third party', async (t) => {
	const { settings, archive } = await starting(t);
	const by = { moveTo: 'WS01' };
	const { outcome } = await run({ ...settings, by });
	t.match(outcome.units, [
		{ verdict: 'unverifiable', verified: false, expected: 6, arrived: 0, claimed: { completed: 6 } },
	]);
	archive.manners = { ...archive.manners, policy: { statusFor: (index) => (index === 0 ? 0xa700 : undefined) } };
	t.match((await run({ ...settings, by })).outcome.units, [
		{ verdict: 'incomplete', missingCount: 1, missing: [{ why: { cause: 'failed-there' } }] },
	]);
});

t.test('a peer that sends no progress: arrivals are counted, which nobody sees at a third party', async (t) => {
	const noted = async (isHere: boolean): Promise<string> => {
		const { promise, resolve } = Promise.withResolvers<string>();
		const retrieve: Manners['retrieve'] = (request) =>
			promise.then(() => responding(request, 0x0000, { numberOfCompletedSuboperations: 6 }));
		const clock: Clock = {
			now: () => MONOTONIC.now(),
			after: (ms, expired) => MONOTONIC.after(ms === 5_000 ? 0 : ms, expired),
		};
		const { settings } = await starting(t, { retrieve }, { clock, lateMs: 10 });
		const by = isHere ? settings.by : { moveTo: 'WS01' };
		await run(
			{ ...settings, by },
			(event) => event.kind === 'note' && event.code === 'no-progress' && resolve(event.text),
		);
		return promise;
	};
	t.equal(await noted(true), 'the peer sends no progress: counting arrivals');
	t.equal(await noted(false), 'the peer sends no progress: nothing is known before its final response');
});

t.test('a third party that can be asked', async (t) => {
	const { settings } = await starting(t);
	const by = { moveTo: 'WS01' };
	const looking = async (manners: Manners) => {
		const destination = await startArchive(t, manners);
		const findOn = opener({ ...destination.address, calledAeTitle: 'DEST' });
		return run({ ...settings, by, findOn, settleMs: 50, lateMs: 100 });
	};
	t.match((await looking({})).outcome.units, [{ verdict: 'complete', verified: true, arrived: 6 }]);
	t.match((await looking({ instances: INSTANCES.slice(0, 4) })).outcome.units, [
		{
			verdict: 'incomplete',
			verified: true,
			arrived: 4,
			missing: [{ sopInstanceUid: '1.2.3.1.2.1' }, { sopInstanceUid: '1.2.3.1.2.2' }],
		},
	]);
	t.match((await looking({ instances: [] })).outcome.units, [{ verdict: 'claimed-not-arrived', arrived: 0 }]);
	const blind = await looking({ withoutFind: true });
	t.match(blind.outcome.units, [{ verdict: 'unverifiable' }]);
	t.ok(blind.notes.includes('not-verifiable'));
	const gone = await run({
		...settings,
		by,
		findOn: opener({ host: '127.0.0.1', port: 1, calledAeTitle: 'X', callingAeTitle: 'Y' }),
	});
	t.match(gone.outcome.units, [{ verdict: 'unverifiable' }]);
});

t.test('no C-GET: C-MOVE to ourselves, if that is wanted', async (t) => {
	const isNoGet = (uid: string) => !uid.endsWith('.2.3');
	for (const [says, manners] of Object.entries({
		'no context': { offers: isNoGet },
		'answered 0122': {
			retrieve: (request) => (request.message.type === 'C-GET-RQ' ? responding(request, 0x0122) : undefined),
		},
		'answered 0211': {
			retrieve: (request) => (request.message.type === 'C-GET-RQ' ? responding(request, 0x0211) : undefined),
		},
	} satisfies Record<string, Manners>)) {
		const { to, settings } = await starting(t, manners, {}, [UNIT, OTHER]);
		let begun = 0;
		const fallback = async () => {
			begun++;
			return to.by;
		};
		const { outcome, notes } = await run({ ...settings, by: 'get', store: keeper().keep, fallback });
		t.match(
			outcome,
			{
				service: 'C-MOVE',
				units: [
					{ verdict: 'complete', arrived: 6 },
					{ verdict: 'complete', arrived: 1 },
				],
			},
			says,
		);
		t.equal(begun, 1);
		t.strictSame(notes, ['fallback'], says);
	}
	const refused = await starting(t, { retrieve: (request) => responding(request, 0x0122) });
	const { outcome } = await run({ ...refused.settings, by: 'get', store: keeper().keep });
	t.match(outcome.units, [{ verdict: 'refused', final: { status: 0x0122 } }], 'and if it is not');
});

t.test('cancelled while it waits for late arrivals', async (t) => {
	const interrupt = new AbortController();
	const { settings } = await starting(t, { policy: { lie: true } }, { settleMs: 60_000, lateMs: 60_000 }, [UNIT]);
	const { outcome } = await run(settings, ({ kind }) => kind === 'waiting' && interrupt.abort('SIGINT'), {
		interrupt: interrupt.signal,
	});
	t.match(outcome, { isInterrupted: true, units: [{ verdict: 'cancelled' }] });
});

t.test('cancelled: C-CANCEL on every association', async (t) => {
	const interrupt = new AbortController();
	let cancelled = 0;
	const { settings } = await starting(
		t,
		{
			retrieve: async (request) => {
				await responding(request, 0xff00, { numberOfRemainingSuboperations: 1 });
				await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
				cancelled++;
				await responding(request, 0xfe00, { numberOfRemainingSuboperations: 1 });
			},
		},
		{ jobs: 2 },
		SERIES,
	);
	let pending = 0;
	const { outcome } = await run(
		settings,
		(event) => {
			if (event.kind === 'response' && event.status === 0xff00 && ++pending === 2) interrupt.abort('SIGINT');
		},
		{ interrupt: interrupt.signal },
	);
	t.equal(cancelled, 2);
	t.strictSame(
		outcome.units.map(({ verdict }) => verdict),
		['cancelled', 'cancelled', 'not-begun'],
	);
});

t.test('no fallback to what cannot be there either, and both refusals where both were tried', async (t) => {
	const offers = (uid: string) => !Object.values(QUERY_MODELS).some(({ get, move }) => uid === get || uid === move);
	for (const [model, refused] of [
		['composite-instance-root', [QUERY_MODELS['composite-instance-root'].get]],
		['study-root', [QUERY_MODELS['study-root'].get, QUERY_MODELS['study-root'].move]],
	] as const) {
		const { settings, to } = await starting(t, { offers });
		const unit: Unit = { level: 'IMAGE', studyUid: STUDY, seriesUid: '1.2.3.1.1', sopUids: ['1.2.3.1.1.1'] };
		let fallbacks = 0;
		const fallback = async () => {
			fallbacks++;
			return to.by;
		};
		const asked = run({ ...settings, units: [unit], by: 'get', store: to.kept.keep, model, fallback });
		const failure = await asked.catch((error: unknown) => error instanceof DicomError && error.failure);
		t.match(failure, { blame: 'no-context', refused: refused.map((abstractSyntax) => ({ abstractSyntax })) }, model);
		t.equal(fallbacks, refused.length - 1);
	}
});

t.test(
	'a journal takes for complete what is so by the word of the peer, where nobody can look; and says it',
	async (t) => {
		const folder = mkdtempSync(join(tmpdir(), 'dimse-word-'));
		t.teardown(() => rmSync(folder, { recursive: true, force: true }));
		const path = join(folder, 'journal.jsonl');
		const head = { node: 'archive', model: 'study-root', service: 'C-MOVE', destination: 'WS01' } as const;
		const ran = async (manners: Manners = {}) => {
			const journal = await Journal.open(path, head);
			const { archive, settings } = await starting(t, manners, { by: { moveTo: 'WS01' }, journal }, SERIES);
			const { outcome, events } = await run(settings);
			await journal.close();
			const notes = events.flatMap((event) => (event.kind === 'note' && event.code === 'resumed' ? [event.text] : []));
			return { results: outcome.units, asked: archive.asked, notes };
		};
		t.match((await ran()).results, Array(3).fill({ verdict: 'unverifiable' }));
		const again = await ran();
		t.match(again.results, [
			{ verdict: 'complete-before', verified: false, arrived: 0, claimed: { completed: 4 } },
			{ verdict: 'complete-before', claimed: { completed: 2 } },
			{ verdict: 'complete-before', claimed: { completed: 1 } },
		]);
		t.strictSame(again.asked, [], 'nothing is sent again');
		t.strictSame(again.notes, ["the journal has 3 of 3 units as complete (by the peer's word) and 0 as begun"]);
		const grown = await ran({ instances: [...INSTANCES, held('1.2.3.1.2.3', MR)] });
		t.strictSame(grown.asked, ['SERIES 1.2.3.1.2'], 'where there is more, it is');
		t.match(grown.results[1], { verdict: 'unverifiable', claimed: { completed: 3 } });
	},
);
