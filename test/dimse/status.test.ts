import t from 'tap';
import { isPending, type Service, STATUSES, type StatusClass, statusOf } from '../../src/dimse/status.ts';

const EVERY: readonly Service[] = ['C-ECHO', 'C-STORE', 'C-FIND', 'C-GET', 'C-MOVE'];

const CASES: readonly [services: readonly Service[], code: number, of: StatusClass, meaning: RegExp][] = [
	[['C-ECHO', 'C-STORE'], 0x0000, 'success', /^Success$/],
	[['C-FIND'], 0x0000, 'success', /^Matching is complete$/],
	[['C-GET', 'C-MOVE'], 0x0000, 'success', /^Sub-operations complete, no failures$/],
	[['C-FIND'], 0xff00, 'pending', /^Matches are continuing$/],
	[['C-FIND'], 0xff01, 'pending', /Optional Keys were not supported/],
	[['C-GET', 'C-MOVE'], 0xff00, 'pending', /^Sub-operations are continuing$/],
	[['C-FIND'], 0xfe00, 'cancel', /^Matching terminated/],
	[['C-GET', 'C-MOVE'], 0xfe00, 'cancel', /^Sub-operations terminated/],
	[EVERY, 0x0001, 'warning', /^Warning$/],
	[EVERY, 0x0107, 'warning', /^Attribute list error$/],
	[EVERY, 0x0116, 'warning', /^Attribute value out of range$/],
	[EVERY, 0x0110, 'failure', /^Processing failure$/],
	[EVERY, 0x0122, 'failure', /^Refused: SOP Class not supported$/],
	[EVERY, 0x0124, 'failure', /^Refused: Not authorized$/],
	[EVERY, 0x0210, 'failure', /^Duplicate invocation$/],
	[EVERY, 0x0211, 'failure', /^Unrecognized operation$/],
	[EVERY, 0x0212, 'failure', /^Mistyped argument$/],
	[EVERY, 0x0213, 'failure', /^Resource limitation$/],
	[EVERY, 0x0199, 'failure', /not in the standard/],
	[EVERY, 0x02ff, 'failure', /not in the standard/],
	[['C-STORE'], 0xa700, 'failure', /^Refused: Out of Resources$/],
	[['C-STORE'], 0xa7ff, 'failure', /^Refused: Out of Resources$/],
	[['C-STORE'], 0xa900, 'failure', /^Error: Data Set does not match SOP Class$/],
	[['C-STORE'], 0xa9ff, 'failure', /^Error: Data Set does not match SOP Class$/],
	[['C-STORE'], 0xcabc, 'failure', /^Error: Cannot understand$/],
	[['C-STORE'], 0xb000, 'warning', /^Coercion of Data Elements$/],
	[['C-STORE'], 0xb006, 'warning', /^Elements Discarded$/],
	[['C-STORE'], 0xb007, 'warning', /^Data Set does not match SOP Class$/],
	[['C-STORE'], 0xb123, 'warning', /not in the standard/],
	[['C-FIND'], 0xa700, 'failure', /^Refused: Out of Resources$/],
	[['C-FIND', 'C-GET', 'C-MOVE'], 0xa7ff, 'failure', /not in the standard/],
	[['C-FIND'], 0xa710, 'failure', /^Invalid Prior Record Key$/],
	[['C-FIND', 'C-GET', 'C-MOVE'], 0xa900, 'failure', /^Error: Identifier does not match SOP Class$/],
	[['C-FIND', 'C-GET', 'C-MOVE'], 0xa901, 'failure', /not in the standard/],
	[['C-FIND'], 0xb001, 'warning', /^Matching reached response limit$/],
	[['C-FIND', 'C-GET', 'C-MOVE'], 0xc123, 'failure', /^Failed: Unable to process$/],
	[['C-GET', 'C-MOVE'], 0xa701, 'failure', /unable to calculate number of matches$/],
	[['C-GET', 'C-MOVE'], 0xa702, 'failure', /unable to perform sub-operations$/],
	[['C-MOVE'], 0xa801, 'failure', /^Refused: Move Destination unknown$/],
	[['C-GET'], 0xa801, 'failure', /not in the standard/],
	[['C-GET', 'C-MOVE'], 0xaa00, 'failure', /frames requested/],
	[['C-GET', 'C-MOVE'], 0xaa01, 'failure', /create new object/],
	[['C-GET', 'C-MOVE'], 0xaa02, 'failure', /extract frames/],
	[['C-GET', 'C-MOVE'], 0xaa03, 'failure', /Time-based/],
	[['C-GET', 'C-MOVE'], 0xaa04, 'failure', /^Invalid request$/],
	[['C-GET', 'C-MOVE'], 0xb000, 'warning', /^Sub-operations complete, one or more failures or warnings$/],
	[EVERY, 0x1234, 'failure', /^Unknown status$/],
	[EVERY, 0xff02, 'failure', /^Unknown status$/],
	[EVERY, 0xfe01, 'failure', /^Unknown status$/],
	[EVERY, 0xd000, 'failure', /^Unknown status$/],
];

for (const [services, code, of, meaning] of CASES)
	for (const service of services)
		t.test(`${service} 0x${code.toString(16).padStart(4, '0').toUpperCase()} is ${of}`, async (t) => {
			t.match(statusOf(service, code), { code, class: of, meaning });
		});

t.test('every code of every service has one class, and it is the class of its number (PS3.7 Annex C)', async (t) => {
	const classOf = (code: number): StatusClass => {
		if (code === 0) return 'success';
		if (code === 0xff00 || code === 0xff01) return 'pending';
		if (code === 0xfe00) return 'cancel';
		return code === 0x0001 || code === 0x0107 || code === 0x0116 || code >> 12 === 0xb ? 'warning' : 'failure';
	};
	for (const service of EVERY)
		for (let code = 0; code <= 0xffff; code++) {
			const status = statusOf(service, code);
			if (status.class !== classOf(code)) t.fail(`${service} ${code.toString(16)} is ${status.class}`);
			if (isPending(code) !== (status.class === 'pending')) t.fail(`${code.toString(16)}: isPending disagrees`);
		}
	t.pass('all of them');
});

t.test('no row of the table is hidden by one before it', async (t) => {
	for (const row of STATUSES)
		t.ok(
			(row.services ?? EVERY).some((service) =>
				Array.from({ length: 0x10000 - row.mask }, (_, low) => row.status | low).some(
					(code) => statusOf(service, code).meaning === row.meaning,
				),
			),
			`${row.services?.join() ?? 'any'} ${row.status.toString(16)}/${row.mask.toString(16)}`,
		);
});
