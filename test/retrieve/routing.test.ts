/** To which unit an instance belongs that has come: by its association, its move originator, its UIDs; and to none. */
import t from 'tap';
import { Ledger } from '../../src/retrieve/ledger.ts';
import { ownerOf, type Traits } from '../../src/retrieve/routing.ts';
import type { Unit } from '../../src/retrieve/unit.ts';

const ledger = (index: number, unit: Unit, messageId: number, expected: readonly string[] = []): Ledger => {
	const one = new Ledger(index, unit);
	one.messageIds.add(messageId);
	if (expected.length > 0)
		one.expected = {
			...one.expected,
			from: 'instances',
			isWhole: true,
			instances: new Map(expected.map((uid) => [uid, { transferSyntaxes: [] }])),
		};
	return one;
};

const STUDY = ledger(0, { level: 'STUDY', studyUid: '1' }, 1, ['1.1.1', '1.1.2']);
const OTHER = ledger(1, { level: 'STUDY', studyUid: '2' }, 2);
const SERIES = ledger(2, { level: 'SERIES', studyUid: '3', seriesUid: '3.1' }, 3);
const SIBLING = ledger(3, { level: 'SERIES', studyUid: '3', seriesUid: '3.2' }, 4);
const IMAGES = ledger(4, { level: 'IMAGE', sopUids: ['4.1.1', '4.1.2'] }, 5);
const ALL = [STUDY, OTHER, SERIES, SIBLING, IMAGES];

const came = (sop: string, study = '', series = '', messageId?: number): Traits => ({
	sopInstanceUid: sop,
	studyInstanceUid: study,
	seriesInstanceUid: series,
	...(messageId === undefined ? {} : { moveOriginator: { messageId } }),
});

const cases: readonly (readonly [
	says: string,
	traits: Traits,
	open: readonly Ledger[],
	current: Ledger | undefined,
	is: number | undefined,
])[] = [
	['on its association', came('9', '', ''), ALL, OTHER, 1],
	['on its association, but of another study', came('9', '1', '1.1'), ALL, OTHER, 0],
	['by its move originator', came('9', '', '', 2), ALL, undefined, 1],
	['by its move originator, against its study', came('9', '1', '', 2), ALL, undefined, 0],
	['by a move originator that nobody has', came('9', '2', '', 77), ALL, undefined, 1],
	['as it is expected', came('1.1.2'), ALL, undefined, 0],
	['by its series', came('9', '3', '3.2'), ALL, undefined, 3],
	['by its study', came('9', '2', '2.5'), ALL, undefined, 1],
	['by its name', came('4.1.2', '8', '8.1'), ALL, undefined, 4],
	['by nothing, and there is only one', came('9'), [OTHER], undefined, 1],
	['of a study that nobody asked for', came('9', '7', '7.1'), ALL, undefined, undefined],
	['of a series that nobody asked for', came('9', '3', '3.9'), ALL, undefined, undefined],
	['not one of the instances asked for', came('9', '', '', 5), [IMAGES], undefined, undefined],
	['by nothing, and there are several', came('9'), ALL, undefined, undefined],
	['when nothing is open', came('9', '1', '1.1', 1), [], undefined, undefined],
];

for (const [says, traits, open, current, is] of cases)
	t.test(says, async (t) => {
		t.equal(ownerOf(traits, open, current)?.index, is);
	});
