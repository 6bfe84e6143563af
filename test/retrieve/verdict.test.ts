/** The verdicts, row by row, with what peers claim truly, wrongly, or not at all; and how long each is waited for. */
import t from 'tap';
import type { Counts, Verdict } from '../../src/retrieve/events.ts';
import { type Expected, expectedUnasked, NOTHING_EXPECTED } from '../../src/retrieve/expected.ts';
import { quietBeforeVerdict } from '../../src/retrieve/late.ts';
import { Ledger } from '../../src/retrieve/ledger.ts';
import type { Unit } from '../../src/retrieve/unit.ts';
import { type Facts, judge } from '../../src/retrieve/verdict.ts';

const UNIT: Unit = { level: 'STUDY', patientId: 'P1', studyUid: '1' };
const CT = '1.2.840.10008.5.1.4.1.1.2';

/** `abc`: instances of these names. */
const named = (names: string): Expected => ({
	...NOTHING_EXPECTED,
	from: 'instances',
	isWhole: true,
	count: names.length,
	instances: new Map([...names].map((name) => [name, { transferSyntaxes: [], sopClassUid: CT, seriesUid: '1.1' }])),
});
/** By their UIDs, which are `a`, `b`. */
const asked = (names: string): Expected => expectedUnasked({ level: 'IMAGE', sopUids: [...names] });
const counted = (count: number): Expected => ({ ...NOTHING_EXPECTED, from: 'series-counts', count });
const firstSaid = (count: number): Expected => ({ ...NOTHING_EXPECTED, from: 'first-response', count });
const UNKNOWN = NOTHING_EXPECTED;

const says = (
	status: number,
	completed?: number,
	failed?: number,
	warning?: number,
	remaining?: number,
): Facts['ends'] => {
	const counts: Counts = {
		...(completed === undefined ? {} : { completed }),
		...(failed === undefined ? {} : { failed }),
		...(warning === undefined ? {} : { warning }),
		...(remaining === undefined ? {} : { remaining }),
	};
	return [{ final: { service: 'C-MOVE', status }, counts }];
};

interface Case {
	readonly expected: Expected;
	readonly arrived: string;
	readonly ends: Facts['ends'];
	readonly failed?: string;
	readonly refused?: string;
	readonly ended?: Facts['ended'];
	readonly unseen?: boolean;
	readonly is: Verdict;
	readonly missing?: number;
	readonly verified?: boolean;
	/** Of settle 5, late 60. */
	readonly quiet?: number;
}

const LOST = { blame: 'aborted', phase: 'established', code: 'ECONNRESET' } as const;

const cases: Readonly<Record<string, Case>> = {
	// E in A
	'all here': {
		expected: named('abc'),
		arrived: 'abc',
		ends: says(0, 3, 0, 0),
		is: 'complete',
		verified: true,
		quiet: 0,
	},
	'all here, with warnings': { expected: named('abc'), arrived: 'abc', ends: says(0xb000, 2, 0, 1), is: 'complete' },
	'all here, and the peer does not count': {
		expected: named('abc'),
		arrived: 'abc',
		ends: says(0),
		is: 'complete',
		quiet: 0,
	},
	'all here, and the peer counts less': {
		expected: named('abc'),
		arrived: 'abc',
		ends: says(0, 1, 0, 0),
		is: 'complete',
	},
	'all here, and the peer says that it failed': {
		expected: named('abc'),
		arrived: 'abc',
		ends: says(0xa702, 0, 3, 0),
		is: 'complete',
	},
	'all here, although the association was lost': {
		expected: named('abc'),
		arrived: 'abc',
		ends: [],
		ended: LOST,
		is: 'complete',
	},
	'all here, and cancelled too late': {
		expected: named('abc'),
		arrived: 'abc',
		ends: says(0xfe00, 3),
		ended: 'cancelled',
		is: 'complete',
	},
	'all here, remaining in the final': {
		expected: named('abc'),
		arrived: 'abc',
		ends: says(0, 3, 0, 0, 5),
		is: 'complete',
	},
	// A more than E
	'it grew': {
		expected: named('ab'),
		arrived: 'abc',
		ends: says(0, 3, 0, 0),
		is: 'more-than-expected',
		verified: true,
	},
	// E \ A
	'one failed there': {
		expected: named('abc'),
		arrived: 'ab',
		ends: says(0xb000, 2, 1, 0),
		failed: 'c',
		is: 'incomplete',
		missing: 1,
		quiet: 0,
	},
	'one failed, not named by the peer': {
		expected: named('abc'),
		arrived: 'ab',
		ends: says(0xb000, 2, 1, 0),
		is: 'incomplete',
		missing: 1,
		quiet: 0,
	},
	'one refused here': {
		expected: named('abc'),
		arrived: 'ab',
		ends: says(0xb000, 2, 1, 0),
		refused: 'c',
		is: 'incomplete',
		missing: 1,
		quiet: 0,
	},
	'one never came, and nobody says why': {
		expected: named('abc'),
		arrived: 'ab',
		ends: says(0, 3, 0, 0),
		is: 'incomplete',
		missing: 1,
		quiet: 60,
	},
	'one never came, as the peer counts itself': {
		expected: named('abc'),
		arrived: 'ab',
		ends: says(0, 2, 0, 0),
		is: 'incomplete',
		missing: 1,
		quiet: 5,
	},
	'success, nothing counted, nothing here': {
		expected: named('abc'),
		arrived: '',
		ends: says(0),
		is: 'incomplete',
		missing: 3,
		quiet: 60,
	},
	'success of 0/0/0, and the query lists three': {
		expected: named('abc'),
		arrived: '',
		ends: says(0, 0, 0, 0),
		is: 'incomplete',
		missing: 3,
		quiet: 5,
	},
	'success with failures': {
		expected: named('abc'),
		arrived: 'ab',
		ends: says(0, 2, 1, 0),
		is: 'incomplete',
		missing: 1,
	},
	'something else failed': {
		expected: named('ab'),
		arrived: 'ab',
		ends: says(0xb000, 2, 1, 0),
		failed: 'z',
		is: 'incomplete',
		missing: 1,
	},
	'an unknown status, and one is missing': {
		expected: named('abc'),
		arrived: 'ab',
		ends: says(0x1234),
		is: 'incomplete',
		missing: 1,
		quiet: 0,
	},
	// claimed and not arrived
	'claimed, and none came': {
		expected: named('abc'),
		arrived: '',
		ends: says(0, 3, 0, 0),
		is: 'claimed-not-arrived',
		missing: 3,
		quiet: 60,
	},
	'claimed with warnings, and none came': {
		expected: named('abc'),
		arrived: '',
		ends: says(0xb000, 0, 0, 3),
		is: 'claimed-not-arrived',
	},
	'claimed, none came, nothing known': {
		expected: UNKNOWN,
		arrived: '',
		ends: says(0, 3, 0, 0),
		is: 'claimed-not-arrived',
		missing: 3,
		quiet: 60,
	},
	// nothing matched
	'nothing there': {
		expected: named(''),
		arrived: '',
		ends: says(0, 0, 0, 0),
		is: 'nothing-matched',
		missing: 0,
		quiet: 0,
	},
	'nothing there, nothing counted': {
		expected: named(''),
		arrived: '',
		ends: says(0),
		is: 'nothing-matched',
		quiet: 0,
	},
	'nothing, and nothing known': {
		expected: UNKNOWN,
		arrived: '',
		ends: says(0, 0, 0, 0),
		is: 'nothing-matched',
		verified: false,
		quiet: 0,
	},
	'success without a word more': {
		expected: UNKNOWN,
		arrived: '',
		ends: says(0),
		is: 'nothing-matched',
		verified: false,
		quiet: 5,
	},
	'named, and neither sent nor asked for by a query': {
		expected: asked('a'),
		arrived: '',
		ends: says(0, 0, 0, 0),
		is: 'nothing-matched',
		missing: 0,
		verified: false,
		quiet: 0,
	},
	'named, and neither sent nor listed': {
		expected: { ...asked('ab'), unlisted: new Set('ab') },
		arrived: '',
		ends: says(0),
		is: 'nothing-matched',
		missing: 0,
		verified: true,
		quiet: 0,
	},
	'named, and C000 for what is not listed': {
		expected: { ...asked('a'), unlisted: new Set('a') },
		arrived: '',
		ends: says(0xc000),
		is: 'nothing-matched',
		missing: 0,
	},
	'named, not sent and listed': {
		expected: { ...asked('ab'), listed: new Set('a'), unlisted: new Set('b') },
		arrived: '',
		ends: says(0, 0, 0, 0),
		is: 'incomplete',
		missing: 2,
	},
	'named, one sent': {
		expected: { ...asked('ab'), listed: new Set('a'), unlisted: new Set('b') },
		arrived: 'a',
		ends: says(0, 1, 0, 0),
		is: 'incomplete',
		missing: 1,
	},
	'named, and success without a word more': { expected: asked('a'), arrived: '', ends: says(0), is: 'incomplete' },
	'named, and failed there': { expected: asked('a'), arrived: '', ends: says(0, 0, 1, 0), is: 'incomplete' },
	'a frame of nothing': {
		expected: expectedUnasked({ level: 'FRAME', sopUids: ['a'] }),
		arrived: '',
		ends: says(0, 0, 0, 0),
		is: 'nothing-matched',
		missing: 0,
	},
	'C000 for nothing, as Orthanc': {
		expected: named(''),
		arrived: '',
		ends: says(0xc000, 0, 0, 0),
		is: 'nothing-matched',
	},
	// refused
	'no such destination': {
		expected: named('abc'),
		arrived: '',
		ends: says(0xa801),
		is: 'refused',
		missing: 3,
		quiet: 0,
	},
	'no such destination, for nothing': { expected: named(''), arrived: '', ends: says(0xa801), is: 'refused' },
	'cannot be sent': {
		expected: named('abc'),
		arrived: '',
		ends: says(0xa702, 0, 3, 0),
		failed: 'abc',
		is: 'refused',
		missing: 3,
		quiet: 0,
	},
	'cancelled by the peer': { expected: named('abc'), arrived: '', ends: says(0xfe00), is: 'refused' },
	'an unknown status': { expected: UNKNOWN, arrived: '', ends: says(0x1234), is: 'refused', verified: false },
	'failed after some': {
		expected: named('abc'),
		arrived: 'a',
		ends: says(0xc000, 1, 2, 0),
		is: 'incomplete',
		missing: 2,
	},
	// ended
	cancelled: {
		expected: named('abc'),
		arrived: 'a',
		ends: says(0xfe00, 1, 0, 0, 2),
		ended: 'cancelled',
		is: 'cancelled',
		missing: 2,
		quiet: 0,
	},
	lost: { expected: named('abc'), arrived: 'a', ends: [], ended: LOST, is: 'failed', missing: 2, quiet: 0 },
	'lost, and nothing known': { expected: UNKNOWN, arrived: 'a', ends: [], ended: LOST, is: 'failed', verified: false },
	// counts only
	'as many as counted': {
		expected: counted(3),
		arrived: 'abc',
		ends: says(0, 3, 0, 0),
		is: 'complete',
		verified: true,
		quiet: 0,
	},
	'as many as counted, and the peer says that one failed': {
		expected: counted(3),
		arrived: 'abc',
		ends: says(0xb000, 2, 1, 0),
		is: 'complete',
		missing: 0,
		verified: true,
	},
	'fewer than counted': {
		expected: counted(3),
		arrived: 'ab',
		ends: says(0, 3, 0, 0),
		is: 'incomplete',
		missing: 1,
		verified: false,
		quiet: 60,
	},
	'more than counted': { expected: counted(2), arrived: 'abc', ends: says(0, 3, 0, 0), is: 'more-than-expected' },
	'as many as claimed': {
		expected: UNKNOWN,
		arrived: 'abc',
		ends: says(0, 3, 0, 0),
		is: 'complete',
		verified: false,
		quiet: 0,
	},
	'fewer than claimed': {
		expected: UNKNOWN,
		arrived: 'ab',
		ends: says(0, 3, 0, 0),
		is: 'incomplete',
		missing: 1,
		quiet: 60,
	},
	'some, and no counts': { expected: UNKNOWN, arrived: 'ab', ends: says(0), is: 'complete', verified: false, quiet: 5 },
	'some, and some failed': {
		expected: UNKNOWN,
		arrived: 'ab',
		ends: says(0xb000, 2, 4, 0),
		is: 'incomplete',
		missing: 4,
		quiet: 0,
	},
	'what the first response added up to is worth nothing': {
		expected: firstSaid(9),
		arrived: 'ab',
		ends: says(0, 2, 0, 0),
		is: 'complete',
		verified: false,
		quiet: 0,
	},
	'a count that is full': {
		expected: UNKNOWN,
		arrived: 'ab',
		ends: says(0, 65535, 0, 0),
		is: 'complete',
		verified: false,
	},
	'frames, made into another instance': {
		expected: expectedUnasked({ level: 'FRAME', sopUids: ['a'] }),
		arrived: 'z',
		ends: says(0, 1, 0, 0),
		is: 'complete',
	},
	'more came than an empty query lists': { expected: named(''), arrived: 'ab', ends: says(0, 2, 0, 0), is: 'complete' },
	// a third party's
	'third party': {
		expected: named('abc'),
		arrived: '',
		ends: says(0, 3, 0, 0),
		unseen: true,
		is: 'unverifiable',
		verified: false,
	},
	'third party, nothing counted': { expected: UNKNOWN, arrived: '', ends: says(0), unseen: true, is: 'unverifiable' },
	'third party, fewer than there are': {
		expected: named('abc'),
		arrived: '',
		ends: says(0, 2, 0, 0),
		unseen: true,
		is: 'incomplete',
		missing: 1,
	},
	'third party, some failed': {
		expected: named('abc'),
		arrived: '',
		ends: says(0xb000, 2, 1, 0),
		failed: 'c',
		unseen: true,
		is: 'incomplete',
		missing: 1,
	},
	'third party, success with failures': {
		expected: UNKNOWN,
		arrived: '',
		ends: says(0, 2, 1, 0),
		unseen: true,
		is: 'incomplete',
		missing: 1,
	},
	'third party, unknown there': {
		expected: named('abc'),
		arrived: '',
		ends: says(0xa801),
		unseen: true,
		is: 'refused',
	},
	'third party, nothing': {
		expected: UNKNOWN,
		arrived: '',
		ends: says(0, 0, 0, 0),
		unseen: true,
		is: 'nothing-matched',
	},
	'third party, lost': { expected: UNKNOWN, arrived: '', ends: [], ended: LOST, unseen: true, is: 'failed' },
};

const factsOf = ({ expected, arrived, ends, failed = '', refused = '', ended, unseen }: Case): Facts => ({
	unit: UNIT,
	expected,
	arrived: new Set(arrived),
	destination: unseen === true ? 'unseen' : 'seen',
	ends,
	failedThere: new Set(failed),
	refusedHere: new Map([...refused].map((name) => [name, { sopClassUid: CT, status: 0xa700, error: 'full' }])),
	unaccepted: () => undefined,
	...(ended === undefined ? {} : { ended }),
});

for (const [name, one] of Object.entries(cases))
	t.test(name, async (t) => {
		const facts = factsOf(one);
		const judged = judge(facts);
		t.equal(judged.verdict, one.is);
		if (one.missing !== undefined) t.equal(judged.missingCount, one.missing);
		if (one.verified !== undefined) t.equal(judged.verified, one.verified);
		if (one.quiet !== undefined)
			t.equal(quietBeforeVerdict(facts, judged, { settleMs: 5, lateMs: 60 }, false), one.quiet, 'waits');
	});

t.test('each missing instance with its cause and where it belongs', async (t) => {
	const facts: Facts = {
		...factsOf({
			expected: named('abcdef'),
			arrived: 'a',
			ends: says(0xb000, 1, 3, 0),
			failed: 'bc',
			refused: 'd',
			is: 'incomplete',
		}),
		unaccepted: () => undefined,
	};
	const causes = judge(facts).missing.map(({ sopInstanceUid, why }) => `${sopInstanceUid} ${why.cause}`);
	t.strictSame(causes, ['b failed-there', 'c failed-there', 'd refused-here', 'e never-came', 'f never-came']);
	t.strictSame(judge(facts).missing[0], {
		sopInstanceUid: 'b',
		sopClassUid: CT,
		patientId: 'P1',
		studyUid: '1',
		seriesUid: '1.1',
		why: { cause: 'failed-there' },
	});
	t.match(judge({ ...facts, unaccepted: () => 'us' }).missing[0]?.why, {
		cause: 'no-context',
		by: 'us',
		sopClassUid: CT,
	});
	t.match(judge({ ...facts, ended: LOST }).missing[3]?.why, { cause: 'ended' });
	const asked = { ...named('ab'), unlisted: new Set('b') };
	t.match(judge({ ...facts, expected: asked, failedThere: new Set() }).missing[0]?.why, { cause: 'not-there' });
});

t.test('contradictions are said', async (t) => {
	const of = (name: string) => judge(factsOf(cases[name] ?? (t.fail(name) as never))).contradiction;
	t.match(of('all here, and the peer says that it failed'), /everything expected is here/);
	t.match(of('success with failures'), /says success, and that 1 failed/);
	t.equal(of('all here'), undefined);
});

t.test('something may be on its way while an association to us stands', async (t) => {
	const facts = factsOf({ expected: named('ab'), arrived: 'a', ends: says(0xb000, 1, 1, 0), is: 'incomplete' });
	t.equal(quietBeforeVerdict(facts, judge(facts), { settleMs: 5, lateMs: 60 }, true), 5);
});

t.test('with C-GET nothing comes after the final response', async (t) => {
	const facts = factsOf({ expected: named('ab'), arrived: 'a', ends: [], is: 'incomplete' });
	const ends = [{ final: { service: 'C-GET', status: 0 }, counts: { completed: 2 } }] as const;
	t.equal(quietBeforeVerdict({ ...facts, ends }, judge({ ...facts, ends }), { settleMs: 5, lateMs: 60 }, true), 0);
});

t.test('what the first response added up to is no number that anything complete is held against', async (t) => {
	const settled = (verdict: Verdict) => {
		const ledger = new Ledger(0, UNIT, { state: 'begun', arrived: new Set('ab') });
		ledger.expected = firstSaid(9);
		return ledger.settle(verdict, undefined, 0);
	};
	t.match(settled('incomplete'), { expected: 9, arrived: 2 });
	const { expected, expectedFrom, arrived } = settled('complete');
	t.strictSame({ expected, expectedFrom, arrived }, { expected: undefined, expectedFrom: 'nothing', arrived: 2 });
});
