/** The list of what is missing: a table that says what it is, and in words why. */
import t from 'tap';
import { type Cause, causeText, missingList } from '../../src/output/retrieve-missing.ts';

t.test('a list', async (t) => {
	t.equal(
		missingList(
			[
				{
					studyUid: '1.2.3',
					seriesUid: '1.2.3.4',
					sopInstanceUid: '1.2.3.4.5',
					sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
					why: { cause: 'failed-there' },
				},
				{ studyUid: '1.2.9' },
			],
			['dimse get main: 2 rows of what is missing', 'fetch them: dimse get main --from x'],
		),
		[
			'# dimse get main: 2 rows of what is missing',
			'# fetch them: dimse get main --from x',
			'StudyInstanceUID\tSeriesInstanceUID\tSOPInstanceUID\tSOPClassUID\tReason',
			'1.2.3\t1.2.3.4\t1.2.3.4.5\t1.2.840.10008.5.1.4.1.1.2\tfailed at the peer, which lists it',
			'1.2.9\t\t\t\t',
			'',
		].join('\n'),
	);
});

t.test('nothing of a peer breaks a row or steers a terminal', async (t) => {
	const text = missingList(
		[{ studyUid: '1.2\t3', why: { cause: 'refused-here', status: 0xa700, error: 'a\nb\u001b[2J' } }],
		['x\u001b]0;y'],
	);
	t.notMatch(text.replaceAll(/[\t\n]/g, ''), /\p{Cc}/u);
	t.equal(text.split('\n').length, 4);
});

const CT = '1.2.840.10008.5.1.4.1.1.2';
const CAUSES: readonly (readonly [cause: Cause, text: string])[] = [
	[{ cause: 'refused-here', status: 0xa700, error: 'no space left' }, 'not kept here (A700): no space left'],
	[{ cause: 'refused-here', error: 'the association ended' }, 'not kept here: the association ended'],
	[
		{ cause: 'no-context', by: 'us', sopClassUid: '1.3.12.2.1107.5.9.1' },
		'our receiver takes no 1.3.12.2.1107.5.9.1: --accept any takes every class',
	],
	[
		{ cause: 'no-context', by: 'peer', sopClassUid: CT },
		'no presentation context for CT Image Storage: the peer accepted none',
	],
	[{ cause: 'failed-there' }, 'failed at the peer, which lists it'],
	[{ cause: 'not-there' }, 'the peer does not have it'],
	[{ cause: 'ended' }, 'it ended before'],
	[{ cause: 'never-came' }, 'never came, and the peer says nothing of it'],
];

t.test('causes', async (t) => {
	for (const [cause, text] of CAUSES) t.equal(causeText(cause), text);
});
