/** Whatever peers claim, send, leave out, lose or answer: nothing is called complete that is not here, and every retrieve ends. */
import t from 'tap';
import { Arrivals } from '../../src/retrieve/arrivals.ts';
import { startReceiver } from '../../src/retrieve/receiver.ts';
import type { Unit } from '../../src/retrieve/unit.ts';
import type { SubOperationPolicy } from '../../src/services/sub-operation-policy.ts';
import { randomNumbers } from '../dimse/random.ts';
import { INSTANCES, type Manners, responding, STUDY, startArchive } from './archive.ts';
import { keeper, opener, run, settingsOf } from './retrieving.ts';

const ROUNDS = Math.max(24, Number(process.env['DIMSE_FUZZ'] ?? 0) / 1_000);
const STATUSES = [0x0000, 0xb000, 0xa700, 0xa702, 0xa801, 0xc000, 0xfe00, 0x1234, 0x0122];

const UNITS: readonly Unit[] = [
	{ level: 'STUDY', studyUid: STUDY },
	{ level: 'SERIES', studyUid: '1.2.3.2', seriesUid: '1.2.3.2.1' },
	{ level: 'IMAGE', studyUid: STUDY, seriesUid: '1.2.3.1.2', sopUids: ['1.2.3.1.2.1', '1.2.3.1.2.9'] },
];
const WANTED = [INSTANCES.slice(0, 6), INSTANCES.slice(6), INSTANCES.slice(4, 5)].map(
	(some) => new Set(some.map(({ sopInstanceUid }) => sopInstanceUid)),
);

t.setTimeout(60_000 + ROUNDS * 1_000);

for (let seed = 1; seed <= ROUNDS; seed++)
	t.test(`seed ${seed}`, { timeout: 60_000 }, async (t) => {
		const next = randomNumbers(seed);
		const chance = (of: number) => next(of) === 0;
		const one = <T>(some: readonly T[]): T => some[next(some.length)] as T;
		const policy: SubOperationPolicy = {
			...(chance(3) ? { sendPending: false } : {}),
			...(chance(3) ? { sendCounts: false } : {}),
			...(chance(3) ? { lie: true } : {}),
			...(chance(4) ? { finalFirst: { delayMs: next(30) } } : {}),
			...(chance(2) ? { select: (all) => all.filter(() => !chance(3)) } : {}),
			...(chance(3) ? { statusFor: () => (chance(4) ? one([0xa700, 0x0110, 0xc000]) : undefined) } : {}),
		};
		const manners: Manners = {
			policy,
			withoutFind: chance(4),
			withoutInstances: chance(4),
			withoutClasses: chance(4),
			...(chance(4) ? { mostContexts: 5 + next(40) } : {}),
			...(chance(4) ? { most: 1 + next(2) } : {}),
			retrieve: (request) => {
				if (chance(12)) return request.association.abort();
				const counts = { numberOfCompletedSuboperations: next(9), numberOfFailedSuboperations: next(3) };
				return chance(8) ? responding(request, one(STATUSES), chance(2) ? counts : {}) : undefined;
			},
		};
		const kept = keeper((uid) => (uid.endsWith('.3') && seed % 5 === 0 ? 0xa700 : undefined));
		const arrivals = new Arrivals();
		const receiver = await startReceiver({
			host: '127.0.0.1',
			port: 0,
			accept: 'storage',
			store: kept.keep,
			on: (event) => arrivals.push(event),
		});
		t.teardown(() => receiver.abort());
		const archive = await startArchive(t, { ...manners, destinations: { WS01: receiver.port } });
		const { outcome, events } = await run(
			settingsOf(UNITS, {
				by: chance(2) ? 'get' : { moveTo: 'WS01', arrivals },
				open: opener(archive.address, { timeouts: { dimseMs: 5_000 } }),
				store: kept.keep,
				jobs: 1 + next(3),
				verify: !chance(5),
				contexts: chance(4) ? 'all' : 'auto',
				retryMissing: next(3),
				settleMs: 20,
				lateMs: 60,
			}),
		);
		t.equal(outcome.units.length, UNITS.length);
		t.equal(events.filter(({ kind }) => kind === 'unit-settled').length, UNITS.length, 'each is settled once');
		for (const [index, { verdict, verified, arrived, missing }] of outcome.units.entries()) {
			const isComplete = verdict === 'complete' || verdict === 'more-than-expected';
			const here = [...(WANTED[index] ?? [])].filter((uid) => kept.bytes.has(uid));
			t.ok(arrived <= (WANTED[index]?.size ?? 0), `${verdict}: ${arrived} arrived`);
			if (isComplete && verified) t.equal(here.length, WANTED[index]?.size, `${verdict}: everything is here`);
			if (isComplete) t.ok(arrived > 0, `${verdict} means that something came`);
			for (const { sopInstanceUid } of missing)
				if (arrived > 0 && isComplete) t.fail(`${sopInstanceUid} is missing, and the unit ${verdict}`);
		}
	});
