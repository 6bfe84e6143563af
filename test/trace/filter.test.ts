/** The filter language on a recorded association, and what it says of mistakes. */
import t from 'tap';
import { traceFilter } from '../../src/trace/filter.ts';
import { traceStatistics } from '../../src/trace/statistics.ts';
import { failureOf, recording } from './recording.ts';

const events = await recording();
const number = events[0]?.association ?? 0;

const told = (filter: string): readonly string[] =>
	events.filter(traceFilter(filter)).map((event) => ('message' in event ? event.message.type : event.event));

const FIND = ['C-FIND-RQ', 'C-FIND-RSP', 'C-FIND-RSP', 'C-FIND-RSP'];
for (const [filter, expected] of [
	['cmd ~ find', FIND],
	['cmd = C-FIND-RSP', FIND.slice(1)],
	['cmd ~ FIND and dir = <', FIND.slice(1)],
	['cmd ~ FIND and not dir = >', FIND.slice(1)],
	['status = FF00', ['C-FIND-RSP', 'C-FIND-RSP']],
	['status >= ff00 and status < FFFF', ['C-FIND-RSP', 'C-FIND-RSP']],
	['status = 0xFF00', ['C-FIND-RSP', 'C-FIND-RSP']],
	['status ~ FF', ['C-FIND-RSP', 'C-FIND-RSP']],
	['status ~ 0xff0', ['C-FIND-RSP', 'C-FIND-RSP']],
	['status ~ A7', []],
	['status = pending', ['C-FIND-RSP', 'C-FIND-RSP']],
	['status = success', ['C-ECHO-RSP', 'C-FIND-RSP', 'C-STORE-RSP']],
	['status != Pending', ['C-ECHO-RSP', 'C-FIND-RSP', 'C-STORE-RSP']],
	['status = failure or pdu = RJ or pdu = ABORT', []],
	['status != FF00', ['C-ECHO-RSP', 'C-FIND-RSP', 'C-STORE-RSP']],
	['msg 1', ['C-ECHO-RQ', 'C-ECHO-RSP']],
	['PatientName ~ susan', ['C-FIND-RSP', 'C-FIND-RSP']],
	['PatientName = "GREEN*"', ['C-FIND-RQ']],
	['pdu = AC', ['pdu']],
	['pdu = RELEASE', ['pdu', 'pdu']],
	['pdu ~ ASSOCIATE or (cmd = C-ECHO-RQ)', ['pdu', 'pdu', 'C-ECHO-RQ']],
	['ae = ws01 and pdu = rq', ['pdu']],
	['ae = OTHER', []],
	['time > 1000', []],
	['gap > 1000', []],
	['assoc 0', []],
	[`assoc ${number} and cmd ~ ECHO`, ['C-ECHO-RQ', 'C-ECHO-RSP']],
] as const)
	t.test(filter, async (t) => t.strictSame(told(filter), expected));

t.test('dimse is any message, nothing is everything', async (t) => {
	t.equal(told('dimse').length, 8);
	t.equal(told('').length, events.length);
});

for (const [filter, message] of [
	['cmd', /a value for "cmd" was expected/],
	['status = zz', /"zz" is no status; as A700, or failure, warning/],
	['pdu = XYZ', /there is no PDU "XYZ"/],
	['pdu ~ XYZ', /there is no PDU "XYZ"/],
	['status > failure', /"failure" is a class/],
	['PatientNmae ~ x', /there is no "PatientNmae"/],
	['(dimse', /"\)" is missing/],
	['dimse dimse', /"dimse" was not expected here, at character 6/],
	['assoc x', /"x" is no number/],
	['and', /was expected/],
	['"x', /cannot be read from character/],
] as const)
	t.test(`wrong: ${filter}`, async (t) => {
		t.match(
			failureOf(() => traceFilter(filter)),
			{ blame: 'usage', message },
		);
	});

for (const [what, filter] of [
	['parentheses', '('.repeat(3_000)],
	['parentheses that are closed', `${'('.repeat(101)}dimse${')'.repeat(101)}`],
	['not', 'not '.repeat(20_000)],
	['both', 'not ('.repeat(10_000)],
] as const)
	t.test(`too deep: ${what}`, async (t) => {
		t.match(
			failureOf(() => traceFilter(filter)),
			{ blame: 'usage', message: /^filter: "not" and parentheses stand more than 100 deep in each other$/ },
		);
	});

t.test('as deep as it may be, and as long as somebody likes', async (t) => {
	t.strictSame(told(`${'('.repeat(99)}cmd ~ ECHO${')'.repeat(99)}`), ['C-ECHO-RQ', 'C-ECHO-RSP']);
	t.strictSame(told(`${'not '.repeat(98)}cmd ~ ECHO`), ['C-ECHO-RQ', 'C-ECHO-RSP']);
	t.strictSame(told(`${'not (dimse) and '.repeat(20_000)}dimse`), []);
	t.equal(told(`${`assoc ${number + 1} or `.repeat(20_000)}dimse`).length, 8);
});

t.test('a PDU that is misspelt', async (t) => {
	t.match(
		failureOf(() => traceFilter('pdu = ABROT')),
		{ suggestions: ['ABORT'] },
	);
});

t.test('statistics', async (t) => {
	const [one, ...others] = traceStatistics(events);
	t.strictSame(others, []);
	t.match(one, { calling: 'WS01', called: 'ARCHIVE', end: 'released' });
	t.strictSame(
		one?.operations.map(({ command, pendings, status }) => [command, pendings, status]),
		[
			['C-ECHO', 0, 0],
			['C-FIND', 2, 0],
			['C-STORE', 0, 0],
		],
	);
	const pdus = events.filter((event) => event.event === 'pdu');
	t.equal(
		(one?.bytes.sent ?? 0) + (one?.bytes.received ?? 0),
		pdus.reduce((sum, { length }) => sum + length, 0),
	);
	t.ok((one?.pdvs ?? 0) >= (one?.dataPdus ?? 0));
});
