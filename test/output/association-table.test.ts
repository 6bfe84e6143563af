/** What an operator sees of a server: the live table, lines, JSON lines and the audit log, made of the same events. */
import t from 'tap';
import { AssociationTable } from '../../src/output/association-table.ts';
import {
	auditLine,
	type Caller,
	type Operation,
	type ServerEvent,
	serverLogLine,
} from '../../src/output/audit-event.ts';
import { serverLine } from '../../src/output/audit-text.ts';
import { textWidth } from '../../src/output/text-width.ts';

const caller = (association: number, calling = `WS${association}`): Caller => ({
	association,
	from: `10.0.0.${association}:4000${association}`,
	address: `10.0.0.${association}`,
	calling,
	called: 'QRSCP',
});
const operation = (service: Operation['service'], more: Partial<Operation> = {}): Operation => ({
	service,
	messageId: 7,
	sopClassUid: service === 'C-STORE' ? '1.2.840.10008.5.1.4.1.1.2' : '1.2.840.10008.5.1.4.1.2.2.1',
	startedAt: 0,
	...more,
});
const LISTENING: ServerEvent = { kind: 'listening', aeTitle: 'QRSCP', address: '127.0.0.1', port: 104, isTls: false };
const accepted = (who: Caller): ServerEvent => ({
	kind: 'accepted',
	caller: who,
	contexts: 3,
	refused: ['1.2.840.10008.1.1'],
	implementation: 'X_1',
});
const NOTHING = { requests: 0, stored: 0, storedBytes: 0, sent: 0, sentBytes: 0, failed: 0 };

t.test('the table: who, from where, doing what, counts, rates', async (t) => {
	const table = new AssociationTable();
	table.apply(LISTENING, 0);
	t.strictSame(table.lines(1000, 100), ['QRSCP port 104  no association  up 1.0 s']);

	const [one, two] = [caller(1), caller(2)];
	table.apply(accepted(one), 1000);
	table.apply(accepted(two), 1000);
	const move = operation('C-MOVE', { destination: 'WS9', level: 'STUDY', startedAt: 1000 });
	table.apply({ kind: 'request', caller: two, operation: move }, 1000);
	Object.assign(move, { total: 612, completed: 170, failed: 2, warning: 1, bytes: 50_000_000 });
	t.strictSame(table.lines(11_000, 120), [
		'QRSCP port 104  2 associations, 1 busy  up 11 s',
		'#  CALLING  FROM            DOING                               DONE            RATE   FOR',
		'2  WS2      10.0.0.2:40002  C-MOVE STUDY to WS9 173/612 17.3/s  0 requests  5.0 MB/s  10 s',
		'1  WS1      10.0.0.1:40001  idle 10 s                           0 requests            10 s',
	]);

	const store = operation('C-STORE', { startedAt: 11_000, bytes: 530_112 });
	table.apply({ kind: 'request', caller: one, operation: store }, 11_000);
	table.apply({ kind: 'finished', caller: one, operation: store, status: 0, ms: 5 }, 11_005);
	table.apply({ kind: 'finished', caller: two, operation: move, status: 0xb000, ms: 10_000 }, 11_010);
	const lines = table.lines(11_020, 120);
	t.match(lines[0], '2 associations  1 instance in 530 kB  171 out  up 11 s');
	t.match(lines[2], /WS2 +10\.0\.0\.2:40002 +idle +171 out 50\.0 MB, 2 failed/);
	t.match(lines[3], /WS1 +10\.0\.0\.1:40001 +idle +1 in 530 kB/);

	table.apply({ kind: 'ended', caller: one, ms: 1, totals: NOTHING }, 12_000);
	t.equal(table.standing, 1);
	t.match(table.lines(12_000, 120)[0], '1 association  1 served');
});

t.test('the table: refused ones with the reason, the last three, probes not', async (t) => {
	const table = new AssociationTable();
	table.apply(LISTENING, 0);
	for (const number of [1, 2, 3, 4])
		table.apply(
			{ kind: 'rejected', caller: caller(number, 'BAD'), triple: '1/1/3', why: `reason ${number}` },
			number * 1000,
		);
	table.apply({ kind: 'not-associated', from: '10.0.0.9:1', why: 'no command within 30000 ms', isProbe: false }, 5000);
	table.apply({ kind: 'not-associated', from: '10.0.0.8:1', why: 'closed', isProbe: true }, 5000);
	t.strictSame(table.lines(6000, 200), [
		'QRSCP port 104  no association  5 refused  up 6.0 s',
		'refused 1.0 s ago  10.0.0.9:1  no command within 30000 ms',
		'refused 2.0 s ago  BAD 10.0.0.4:40004  1/1/3 reason 4',
		'refused 3.0 s ago  BAD 10.0.0.3:40003  1/1/3 reason 3',
	]);
});

t.test('the table fits the terminal, however many there are and whatever they call themselves', async (t) => {
	const table = new AssociationTable();
	table.apply(LISTENING, 0);
	for (let number = 1; number <= 40; number++) table.apply(accepted(caller(number, '\u001b[2J\u202eEVIL\n松')), 0);
	const busy = caller(41);
	table.apply(accepted(busy), 0);
	table.apply({ kind: 'request', caller: busy, operation: operation('C-FIND', { level: 'STUDY', matches: 3 }) }, 0);
	for (const width of [20, 48, 80, 200]) {
		const lines = table.lines(1000, width);
		t.equal(lines.length, 18);
		t.ok(
			lines.every((line) => textWidth(line) <= width),
			`${width} columns`,
		);
		t.notMatch(lines.join(''), /\p{Cc}|\p{Cf}/u);
	}
	const lines = table.lines(1000, 200);
	t.match(lines[2], /WS41 .*C-FIND STUDY 3 matches/, 'the busy one first');
	t.equal(lines.at(-1), 'and 26 more');
});

t.test('on a low terminal it leaves a line for the cursor, and says how many it does not show', async (t) => {
	for (const count of [0, 1, 5, 14, 15, 16, 40])
		for (const refused of [0, 1, 3]) {
			const table = new AssociationTable();
			table.apply(LISTENING, 0);
			for (let number = 1; number <= count; number++) table.apply(accepted(caller(number)), 0);
			for (let number = 0; number < refused; number++)
				table.apply({ kind: 'rejected', caller: caller(99), triple: '1/1/3', why: 'x' }, 0);
			for (let height = 2; height <= 40; height++) {
				const lines = table.lines(500, 100, undefined, height);
				const what = `${count} associations, ${refused} refused, ${height} lines`;
				t.ok(lines.length < height, what);
				const rows = lines.filter((line) => /\bidle\b/.test(line)).length;
				const more = /^and (\d+) more$/.exec(lines.find((line) => line.startsWith('and ')) ?? '')?.[1] ?? '0';
				t.ok(rows + Number(more) === count || height < 6, what);
				if (height >= 6 && count > 0) t.ok(rows > 0, what);
				if (height >= 24) t.equal(rows, Math.min(15, count), what);
			}
		}
});

const who = caller(3, 'CT1');
const finished = (one: Operation, status: number | undefined, comment?: string): ServerEvent => ({
	kind: 'finished',
	caller: who,
	operation: one,
	status,
	comment,
	ms: 12,
});

t.test('lines', async (t) => {
	const at = '#3 CT1 10.0.0.3:40003';
	const cases: readonly (readonly [event: ServerEvent, normal: string | undefined, verbose?: string])[] = [
		[LISTENING, 'QRSCP listens on port 104 (127.0.0.1)'],
		[{ ...LISTENING, address: undefined, isTls: true }, 'QRSCP listens on port 104 (all interfaces, TLS)'],
		[accepted(who), undefined, `${at}  association accepted, 3 contexts, 1 refused (Verification), X_1`],
		[
			{ kind: 'rejected', caller: who, triple: '2/3/2', why: '200 stand' },
			`${at}  association rejected 2/3/2: 200 stand`,
		],
		[
			{ kind: 'rejected', caller: caller(4, ''), triple: '1/1/3', why: 'x' },
			'#4 (no title) 10.0.0.4:40004  association rejected 1/1/3: x',
		],
		[{ kind: 'not-associated', from: 'h:1', why: 'TLS', isProbe: false }, 'h:1  no association: TLS'],
		[{ kind: 'not-associated', from: 'h:1', why: 'closed', isProbe: true }, undefined, 'h:1  no association: closed'],
		[
			{ kind: 'request', caller: who, operation: operation('C-FIND') },
			undefined,
			`${at}  C-FIND-RQ msg 7  Study Root FIND`,
		],
		[finished(operation('C-ECHO'), 0), undefined, `${at}  C-ECHO  12 ms`],
		[
			finished(operation('C-STORE', { sopInstanceUid: '1.2', bytes: 5000, outcome: 'replaced' }), 0),
			undefined,
			`${at}  C-STORE  1.2  5.0 kB  replaced  12 ms`,
		],
		[
			finished(operation('C-STORE', { sopInstanceUid: '1.2' }), 0xa700, 'disk full'),
			`${at}  C-STORE  1.2  12 ms  A700 Refused: Out of Resources: disk full`,
		],
		[
			finished(operation('C-FIND', { level: 'STUDY', keys: ['00100010', '00091001'], matches: 2 }), 0),
			`${at}  C-FIND  STUDY  by PatientName, (0009,1001)  2 matches  12 ms`,
		],
		[
			finished(
				operation('C-MOVE', { destination: 'WS1', total: 10, completed: 7, failed: 2, warning: 1, bytes: 1000 }),
				0xb000,
			),
			`${at}  C-MOVE  to WS1  7 of 10 instances  2 failed  1 with a warning  1.0 kB  12 ms  B000 Sub-operations complete, one or more failures or warnings`,
		],
		[
			finished(operation('C-GET', { total: 2 }), undefined),
			`${at}  C-GET  0 of 2 instances  12 ms  the peer was gone before the end`,
		],
		[
			{ kind: 'ended', caller: who, ms: 2000, totals: { ...NOTHING, stored: 10, storedBytes: 2e6, failed: 1 } },
			`${at}  released after 2.0 s  10 stored 2.0 MB 5.0/s  1 failed`,
		],
		[
			{ kind: 'ended', caller: who, ms: 5, totals: NOTHING, why: 'A-ABORT 0/0' },
			`${at}  ended: A-ABORT 0/0 after 5 ms`,
		],
		[
			{ kind: 'stopping', signal: 'SIGTERM', operations: 2 },
			'SIGTERM: ending after 2 operations in hand; once more aborts',
		],
		[{ kind: 'stopping', signal: 'SIGINT', operations: 0 }, 'SIGINT: ending'],
		[{ kind: 'notice', isWarning: true, text: 'a\nb\u0007' }, 'warning: a·b·'],
		[{ kind: 'progress', caller: who, operation: operation('C-GET') }, undefined],
	];
	for (const [event, normal, verbose = normal] of cases) {
		t.equal(serverLine(event, 'normal'), normal, event.kind);
		t.equal(serverLine(event, 'verbose'), verbose, event.kind);
	}
});

t.test('JSON lines and audit records', async (t) => {
	const now = new Date(2026, 10, 21, 12, 0, 0);
	const find = finished(operation('C-FIND', { level: 'STUDY', keys: ['00100010'], matches: 2 }), 0);
	const parsed = (line: string): unknown => (line === '' ? undefined : JSON.parse(line));
	t.match(parsed(serverLogLine(find, now)), {
		event: 'finished',
		association: 3,
		calling: 'CT1',
		from: '10.0.0.3:40003',
		service: 'C-FIND',
		message_id: 7,
		keys: ['PatientName'],
		matches: 2,
		status: '0000',
		ms: 12,
	});
	t.match(parsed(auditLine(find, now)), { audit: 'query', calling: 'CT1', level: 'STUDY' });
	const names: readonly (readonly [ServerEvent, string | undefined])[] = [
		[LISTENING, 'application-start'],
		[{ kind: 'stopped' }, 'application-stop'],
		[accepted(who), 'association-opened'],
		[{ kind: 'rejected', caller: who, triple: '1/1/3', why: 'x' }, 'security-alert'],
		[{ kind: 'not-associated', from: 'h', why: 'TLS', isProbe: false }, 'security-alert'],
		[{ kind: 'not-associated', from: 'h', why: 'closed', isProbe: true }, undefined],
		[finished(operation('C-STORE'), 0), 'instance-received'],
		[finished(operation('C-GET'), 0), 'instances-transferred'],
		[finished(operation('C-MOVE'), 0), 'instances-transferred'],
		[finished(operation('C-ECHO'), 0), undefined],
		[{ kind: 'request', caller: who, operation: operation('C-FIND') }, undefined],
		[{ kind: 'ended', caller: who, ms: 1, totals: NOTHING }, 'association-closed'],
		[{ kind: 'notice', isWarning: true, text: 'x' }, undefined],
	];
	for (const [event, name] of names)
		t.equal((parsed(auditLine(event, now)) as { readonly audit: string } | undefined)?.audit, name, event.kind);
	const evil = serverLogLine({ kind: 'notice', isWarning: false, text: '\u001b]0;x\u0007\n\u202e' }, now);
	t.match(evil, /^[\x20-\x7e]+\n$/, 'one line, harmless on a terminal');
	t.equal(serverLogLine({ kind: 'progress', caller: who, operation: operation('C-GET') }, now), '');
});
