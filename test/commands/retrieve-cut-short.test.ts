/** What get and move say when they are ended from here: why, how far it came, how to go on. */
import t from 'tap';
import {
	againText,
	explainCutShort,
	interruptedLine,
	reachedText,
	whyCutShort,
} from '../../src/commands/retrieve/cut-short.ts';
import type { Failure } from '../../src/errors.ts';
import type { UnitResult } from '../../src/retrieve/events.ts';

const ended = (...verdicts: UnitResult['verdict'][]): readonly UnitResult[] =>
	verdicts.map((verdict, unit) => ({
		unit,
		verdict,
		verified: true,
		expectedFrom: 'instances',
		claimed: {},
		arrived: 0,
		bytes: 0,
		missingCount: 0,
		missing: [],
		elapsedMs: 0,
		attempts: 1,
	}));

const SIGINT: Failure = { blame: 'interrupted', signal: 'SIGINT' };
const RAN_OUT: Failure = { blame: 'timeout', waitingFor: 'command-end', timeoutMs: 1_000 };

t.test('told of only where something was not done', async (t) => {
	t.equal(whyCutShort(RAN_OUT, ended('complete', 'cancelled')), RAN_OUT);
	t.equal(whyCutShort(SIGINT, ended('not-begun')), SIGINT);
	t.equal(whyCutShort(SIGINT, ended('complete', 'refused')), undefined);
	t.equal(whyCutShort(undefined, ended('cancelled')), undefined);
	t.equal(whyCutShort({ blame: 'interrupted', signal: 'EPIPE' }, ended('cancelled')), undefined, 'nobody reads on');
});

t.test('how far it came', async (t) => {
	t.equal(
		reachedText(ended('complete', 'complete-before', 'not-begun'), 14),
		'2 of 3 units done, 14 instances had come',
	);
	t.equal(reachedText(ended('cancelled'), undefined), '0 of 1 unit done');
});

t.test('the three parts, and how to go on', async (t) => {
	const how = againText('dimse get main --from missing.txt', false);
	t.equal(how, 'dimse get main --from missing.txt    asks again for what is missing');
	t.same(explainCutShort(RAN_OUT, { reached: '1 of 2 units done' }, how), {
		title: 'not done in 1 s: --timeout ran out',
		cameBack: '1 of 2 units done',
		means: ['that was the time for the whole command; what had been done until then is done'],
		do: ['allow more time: --timeout SECONDS (0 for no end), or ask for less', how],
	});
	t.equal(explainCutShort(RAN_OUT, {}, undefined).do.length, 1);
});

t.test('one line for a signal', async (t) => {
	const journal = againText(undefined, true);
	t.equal(
		interruptedLine('SIGINT', ended('not-begun'), journal),
		'interrupted by SIGINT before the unit was begun: run it again, it goes on by its --journal',
	);
	t.equal(
		interruptedLine('SIGTERM', ended('complete', 'cancelled', 'not-begun'), undefined),
		'interrupted by SIGTERM with 1 of 3 units not begun',
	);
	t.equal(interruptedLine('SIGINT', ended('cancelled'), journal), undefined, 'that unit is told of by itself');
	t.match(againText(undefined, false), /--journal FILE/);
});
