/** What a person is told of a retrieve that did not end well: what the peer said, what was seen, what to do now. */
import t from 'tap';
import { type Destination, explainRetrieve, type RetrieveFacts } from '../../src/diagnose/retrieve-outcomes.ts';

const context = {
	peer: {
		label: 'main',
		host: 'pacs.example.org',
		port: 11112,
		calledAeTitle: 'PACS_MAIN',
		callingAeTitle: 'WS01',
		node: 'main',
	},
	localAddress: '10.20.9.14',
};

const here = (
	seen: Partial<NonNullable<Destination['receiver']>> = {},
): { readonly destination: Destination; readonly service: 'C-MOVE' } => ({
	service: 'C-MOVE',
	destination: {
		aeTitle: 'WS01',
		place: '10.20.9.14:11113',
		receiver: { port: 11113, calls: 0, turnedAway: 0, refusedClasses: [], ...seen },
	},
});

const third: { readonly destination: Destination; readonly service: 'C-MOVE' } = {
	service: 'C-MOVE',
	destination: { aeTitle: 'ARCHIVE2', place: '10.20.1.7:104' },
};

const facts = (more: Partial<RetrieveFacts>): RetrieveFacts => ({
	service: 'C-GET',
	verdict: 'refused',
	keys: 'StudyInstanceUID=1.2.3',
	level: 'STUDY',
	claimed: {},
	arrived: 0,
	missing: 0,
	elapsedMs: 60_000,
	causes: [],
	...more,
});

const FAILED = { completed: 0, failed: 3, warning: 0 };

const CASES: readonly {
	readonly what: string;
	readonly facts: Partial<RetrieveFacts>;
	readonly title: RegExp;
	readonly cameBack?: RegExp;
	readonly means: readonly RegExp[];
	readonly do: readonly RegExp[];
}[] = [
	{
		what: 'A801, to us: the line that registers us',
		facts: { ...here(), final: { status: 0xa801 } },
		title: /^main: move to WS01: refused: move destination unknown \(A801\)$/,
		cameBack: /^status A801 \(failure\); 0 arrived here$/,
		means: [/the destination AE title is not in the table of the peer/],
		do: [/ask for "WS01" = 10\.20\.9\.14:11113 to be registered .* at pacs\.example\.org/, /--listen-aet TITLE/],
	},
	{
		what: 'A801, to a third party that we know',
		facts: {
			service: 'C-MOVE',
			destination: { aeTitle: 'ARCHIVE2', place: '10.20.1.7:104' },
			final: { status: 0xa801, errorComment: 'who?' },
		},
		title: /^main: move to ARCHIVE2: refused: move destination unknown/,
		cameBack: /^status A801 \(failure\), comment "who\?"$/,
		means: [/not in the table/],
		do: [/ask for "ARCHIVE2" = 10\.20\.1\.7:104 to be registered/, /dimse node list/],
	},
	{
		what: 'A801, to a third party that nobody knows',
		facts: { service: 'C-MOVE', destination: { aeTitle: 'X' }, final: { status: 0xa801 } },
		title: /^main: move to X: /,
		means: [/not in the table/],
		do: [/ask for "X" = its host and port to be registered/, /dimse node list/],
	},
	...[0xa702, 0xc000, 0xc515].map((status) => ({
		what: `${status.toString(16)}: nobody called`,
		facts: { ...here(), final: { status }, claimed: FAILED },
		title: /^main: move to WS01: /,
		cameBack: /0 completed, 3 failed; 0 arrived here$/,
		means: [
			/nobody called our receiver: the peer has another host or port for "WS01" than 10\.20\.9\.14:11113/,
			/firewall/,
		],
		do: [
			/ask which host and port main has for "WS01": it has to be 10\.20\.9\.14:11113/,
			/TCP pacs\.example\.org -> 10\.20\.9\.14 port 11113/,
		],
	})),
	{
		what: 'A702: it called, and no class was taken',
		facts: { ...here({ calls: 1, refusedClasses: ['1.3.12.2'] }), final: { status: 0xa702 }, claimed: FAILED },
		title: /A702/,
		means: [/called here, so host and port are right; no context was accepted for 1\.3\.12\.2/],
		do: [/--accept any/],
	},
	{
		what: 'A702: it spoke plainly to TLS, or the other way round',
		facts: { ...here({ strays: 1 }), final: { status: 0xa702 }, claimed: FAILED },
		title: /A702/,
		means: [/became no association: the line above says why/, /speaks TLS and the other does not/],
		do: [/ask whether main is to speak TLS to "WS01"; --listen-tls/],
	},
	{
		what: 'A702: it was turned away',
		facts: { ...here({ turnedAway: 2 }), final: { status: 0xa702 } },
		title: /A702/,
		means: [/turned away: the line above says why/],
		do: [/"WS01" = 10\.20\.9\.14:11113/],
	},
	{
		what: 'A900 says nothing of the receiver',
		facts: { ...here(), final: { status: 0xa900, offendingElements: ['0020000D'] } },
		title: /move to WS01: failed: .*identifier does not match SOP class \(A900\)|A900/i,
		cameBack: /offending \(0020,000D\)/,
		means: [/level is not in this model/],
		do: [/unique keys/],
	},
	...[0xa701, 0xaa00, 0xaa01, 0xaa02, 0xaa03, 0xaa04, 0x0122, 0x0210, 0x0211, 0x0110, 0xc413].map((status) => ({
		what: `${status.toString(16)} of C-GET has its three parts`,
		facts: { final: { status } },
		title: /^main: get: /,
		cameBack: new RegExp(`^status ${status.toString(16).padStart(4, '0').toUpperCase()} \\(failure\\)`),
		means: [/./],
		do: [/./],
	})),
	{
		what: 'nothing matched',
		facts: { verdict: 'nothing-matched', final: { status: 0 }, claimed: { completed: 0, failed: 0, warning: 0 } },
		title: /^main: get: finished with status 0000 \(success\), but nothing matched: 0 sub-operations$/,
		means: [/no instance for level STUDY with StudyInstanceUID=1\.2\.3/, /-L series or -L instance/],
		do: [/^dimse find main StudyInstanceUID=1\.2\.3 .*--allow-empty/],
	},
	{
		what: 'nothing matched, and the peer calls that a failure',
		facts: { verdict: 'nothing-matched', final: { status: 0xc000 }, expected: 0 },
		title: /^main: get: nothing matched \(C000\)$/,
		means: [/no instance for level STUDY/],
		do: [/^dimse find main/],
	},
	{
		what: 'claimed and not arrived, nobody called',
		facts: {
			...here(),
			verdict: 'claimed-not-arrived',
			final: { status: 0 },
			claimed: { completed: 248 },
			expected: 248,
		},
		title: /^main: move to WS01: the peer reports 248 completed, nothing arrived here after 60 s$/,
		cameBack: /status 0000 \(success\), 248 completed; 0 arrived here of 248 expected/,
		means: [/another machine or port for "WS01", and sent them there/, /asynchronous C-MOVE/],
		do: [/ask which host and port main has for "WS01": it has to be 10\.20\.9\.14:11113/, /--late 600/],
	},
	{
		what: 'more claimed than arrived',
		facts: {
			...here({ calls: 1 }),
			verdict: 'incomplete',
			final: { status: 0 },
			claimed: { completed: 248 },
			expected: 248,
			arrived: 124,
			missing: 124,
			causes: [{ text: 'never came, and the peer says nothing of it', count: 124 }],
		},
		title: /^main: move to WS01: the peer reports 248 completed, 124 arrived here after 60 s$/,
		means: [/124 instances: never came/, /asynchronous C-MOVE/],
		do: [/--late 600/],
	},
	{
		what: 'claimed, and nothing at a third party that we look into',
		facts: {
			...third,
			verdict: 'claimed-not-arrived',
			final: { status: 0 },
			claimed: { completed: 5 },
			expected: 5,
			elapsedMs: 2_000,
		},
		title: /^main: move to ARCHIVE2: the peer reports 5 completed, nothing is at ARCHIVE2 after 2 s$/,
		cameBack: /status 0000 \(success\), 5 completed; 5 expected/,
		means: [
			/another host or port for "ARCHIVE2" than 10\.20\.1\.7:104$/m,
			/^or ARCHIVE2 refused or dropped them$/m,
			/asynchronous C-MOVE/,
		],
		do: [/dimse echo ARCHIVE2@10\.20\.1\.7:104 shows whether it answers/, /--late 600/],
	},
	{
		what: 'more claimed than a third party has',
		facts: {
			...third,
			verdict: 'incomplete',
			final: { status: 0 },
			claimed: { completed: 5 },
			expected: 5,
			arrived: 3,
			missing: 2,
			causes: [{ text: 'never came, and the peer says nothing of it', count: 2 }],
		},
		title: /^main: move to ARCHIVE2: the peer reports 5 completed, 3 are at ARCHIVE2 after 60 s$/,
		means: [/2 instances: never came/, /asynchronous C-MOVE\), or ARCHIVE2 did not keep/],
		do: [/--late 600/],
	},
	{
		what: 'less claimed than expected at a third party that nobody looks into',
		facts: {
			...third,
			verdict: 'incomplete',
			final: { status: 0 },
			claimed: { completed: 3 },
			expected: 5,
			missing: 2,
		},
		title: /^main: move to ARCHIVE2: 2 of 5 instances are missing$/,
		means: [],
		do: [/dimse echo/],
	},
	{
		what: 'cancelled on the way to a third party',
		facts: { ...third, verdict: 'cancelled', final: { status: 0xfe00 }, claimed: { completed: 3 }, arrived: 3 },
		title: /^main: move to ARCHIVE2: cancelled \(FE00\)$/,
		means: [/ended before/],
		do: [/sends all of it once more to ARCHIVE2/],
	},
	{
		what: 'A702 with the reason in its comment',
		facts: { final: { status: 0xa702, errorComment: '1 of 1 failed: cannot be read (CHANGED)' }, claimed: FAILED },
		title: /A702/,
		means: [/^the peer says itself why: 1 of 1 failed: cannot be read \(CHANGED\)$/],
		do: [/log/],
	},
	{
		what: 'A702 with a comment that is about contexts',
		facts: { final: { status: 0xa702, errorComment: '1 of 1 failed: no context for CT Image' }, claimed: FAILED },
		title: /A702/,
		means: [/presentation context/],
		do: [/offered/, /log/],
	},
	{
		what: 'the peer says that one failed, and all that it had announced came',
		facts: {
			...here({ calls: 1 }),
			verdict: 'incomplete',
			final: { status: 0xb000 },
			claimed: { completed: 11, failed: 1 },
			expected: 12,
			arrived: 12,
			missing: 1,
		},
		title: /the peer says that 1 instance failed, and as many as were expected arrived here$/,
		means: [],
		do: [],
	},
	{
		what: 'our own disk is full',
		facts: {
			final: { status: 0xa702 },
			claimed: FAILED,
			missing: 3,
			isNotKept: true,
			causes: [{ text: 'not kept here (A700): no space left', count: 3 }],
		},
		title: /^main: get: instances came and could not be kept here$/,
		cameBack: /^status A702/,
		means: [/^3 instances: not kept here \(A700\): no space left$/],
		do: [/another folder: -o DIR/],
	},
	{
		what: 'some failed',
		facts: {
			verdict: 'incomplete',
			final: { status: 0xb000 },
			claimed: { completed: 610, failed: 2, warning: 0 },
			expected: 612,
			arrived: 610,
			missing: 2,
			causes: [{ text: 'no presentation context for CSA', count: 2 }],
		},
		title: /^main: get: 2 of 612 instances are missing$/,
		cameBack: /^status B000 \(warning\), 610 completed, 2 failed; 610 arrived here of 612 expected$/,
		means: [/^2 instances: no presentation context for CSA$/],
		do: [],
	},
];

t.test('what is told', async (t) => {
	for (const one of CASES) {
		const said = explainRetrieve(facts(one.facts), context);
		t.match(said.title, one.title, one.what);
		if (one.cameBack !== undefined) t.match(said.cameBack, one.cameBack, one.what);
		for (const line of one.means) t.match(said.means.join('\n'), line, one.what);
		for (const line of one.do) t.match(said.do.join('\n'), line, one.what);
		t.notMatch(
			[said.title, said.cameBack ?? '', ...said.means, ...said.do].join('\n'),
			/\{\w+\}/,
			'no place is left open',
		);
	}
});
