/** Faults as they are written, and what is no fault. */
import t from 'tap';
import { DicomError } from '../../src/errors.ts';
import { durationMs } from '../../src/simulate/duration.ts';
import { FAULTS, parseFault } from '../../src/simulate/fault.ts';

t.test('durations', async (t) => {
	t.same(
		['20s', '200ms', '1m', '1.5s', '0ms', '1h'].map(durationMs),
		[20_000, 200, 60_000, 1_500, 0, 3_600_000],
		'have a unit',
	);
	t.same(
		['20', '', 's', '-1s', '1 s', '1S', '1e3s', '999999h'].map(durationMs),
		Array(8).fill(undefined),
		'or are none',
	);
});

/** Every fault of the list, with the words that make it. */
const WRITTEN: Readonly<Record<string, object>> = {
	'reject:1/1/7': { name: 'reject', result: 1, source: 1, reason: 7, forMs: undefined },
	'reject:2/3/2:30s': { name: 'reject', result: 2, source: 3, reason: 2, forMs: 30_000 },
	'abort-after:rq': { name: 'abort-after', moment: { at: 'rq' } },
	'abort-after:find': { name: 'abort-after', moment: { at: 'find' } },
	'abort-after:12': { name: 'abort-after', moment: { after: 12, service: undefined } },
	'abort-after:get:2': { name: 'abort-after', moment: { after: 2, service: 'get' } },
	'abort:2/1': { name: 'abort', source: 2, reason: 1 },
	'drop-after:find': { name: 'drop-after', moment: { at: 'find' } },
	'drop-after:3': { name: 'drop-after', moment: { after: 3, service: undefined } },
	silent: { name: 'silent', moment: { at: 'rq' } },
	'silent:store': { name: 'silent', moment: { at: 'store' } },
	'silent:3': { name: 'silent', moment: { after: 3, service: undefined } },
	'idle-abort:60s': { name: 'idle-abort', ms: 60_000 },
	'max-contexts:20': { name: 'max-contexts', count: 20 },
	'pdu:4096': { name: 'pdu', count: 4096 },
	'no-get': { name: 'no-get' },
	'no-patient-root': { name: 'no-patient-root' },
	'refuse-class:CTImageStorage': { name: 'refuse-class', uid: '1.2.840.10008.5.1.4.1.1.2' },
	'refuse-class:1.2.3': { name: 'refuse-class', uid: '1.2.3' },
	'slow:200ms/row': { name: 'slow', ms: 200, rowsOnly: true },
	'slow:1s': { name: 'slow', ms: 1000, rowsOnly: false },
	'first-row:20s': { name: 'first-row', ms: 20_000 },
	'status:find:A900': { name: 'status', service: 'find', status: 0xa900, comment: undefined },
	'status:move:0xC000:no room: none': { name: 'status', service: 'move', status: 0xc000, comment: 'no room: none' },
	'final-status:get:B000': { name: 'final-status', service: 'get', status: 0xb000 },
	'fail-every:7:A700': { name: 'fail-every', count: 7, status: 0xa700 },
	'limit:500': { name: 'limit', count: 500 },
	'limit-refuse:500': { name: 'limit-refuse', count: 500 },
	'ignore-key:ModalitiesInStudy': { name: 'ignore-key', tag: '00080061' },
	'ignore-key:(0008,0061)': { name: 'ignore-key', tag: '00080061' },
	'missing-keys': { name: 'missing-keys', tag: undefined },
	'missing-keys:StudyDate': { name: 'missing-keys', tag: '00080020' },
	'case-sensitive': { name: 'case-sensitive' },
	'dup-rows': { name: 'dup-rows' },
	'escape-names': { name: 'escape-names' },
	'no-charset': { name: 'no-charset' },
	'pdu:0': { name: 'pdu', count: 0 },
	'pdu:7': { name: 'pdu', count: 7 },
	'reject:2/3/255': { name: 'reject', result: 2, source: 3, reason: 255, forMs: undefined },
	'wrong-charset:\\ISO 2022 IR 87': { name: 'wrong-charset', terms: ['', 'ISO 2022 IR 87'] },
	'wrong-charset:ISO_IR 192': { name: 'wrong-charset', terms: ['ISO_IR 192'] },
	'ignore-cancel': { name: 'ignore-cancel' },
	'no-pending': { name: 'no-pending' },
	'no-counts': { name: 'no-counts' },
	'counts:10/2/0': { name: 'counts', completed: 10, failed: 2, warning: 0, remaining: undefined },
	'counts:10/2/0/5': { name: 'counts', completed: 10, failed: 2, warning: 0, remaining: 5 },
	'move-unknown': { name: 'move-unknown' },
	'move-lie': { name: 'move-lie' },
	'move-async:10s': { name: 'move-async', ms: 10_000 },
	'move-half': { name: 'move-half' },
};

t.test('every fault is read, for all callers or for one', async (t) => {
	for (const [text, fault] of Object.entries(WRITTEN)) {
		t.same(parseFault(text), fault, text);
		if (!text.startsWith('pdu')) t.same(parseFault(`${text}@WS 01`), { ...fault, calling: 'WS 01' }, `${text}@WS 01`);
	}
	const tried = new Set(Object.values(WRITTEN).map((fault) => 'name' in fault && fault.name));
	t.same(
		FAULTS.filter(({ name }) => !tried.has(name)),
		[],
		'and none is left out here',
	);
});

t.test('the table is one that can be printed', async (t) => {
	t.equal(new Set(FAULTS.map(({ name }) => name)).size, FAULTS.length, 'no name twice');
	for (const { name, usage, summary } of FAULTS) {
		t.ok(usage === name || usage.startsWith(`${name}:`) || usage.startsWith(`${name}[:`), usage);
		t.match(summary, /^\S.{9,88}$/, `${name}: ${summary.length}`);
	}
});

const failureOf = (text: string) => {
	try {
		return { parsed: parseFault(text) };
	} catch (error) {
		if (error instanceof DicomError && error.failure.blame === 'usage') return error.failure;
		throw error;
	}
};

t.test('what is no fault is an error of usage that helps', async (t) => {
	t.match(failureOf('limt:5'), { message: /no fault "limt"/, suggestions: ['limit'], hint: /--simulate help/ });
	t.match(failureOf('slow:200'), { message: /^slow:200 is not slow:DURATION\[\/row\]: wait so long/ });
	t.match(failureOf('ignore-key:PatientNam'), { suggestions: ['PatientName'] });
	t.match(failureOf('pdu:4096@WS01'), { message: /for all callers/ });
	t.match(failureOf('silent@'), { message: /no AE title/ });
	t.match(failureOf('silent@A_TITLE_THAT_IS_TOO_LONG'), { message: /no AE title/ });
	const wrong = [
		...['', ':', '@', 'reject', 'reject:1/1', 'reject:1/1/256', 'reject:1/1/1:soon', 'abort-after', 'abort-after:0'],
		...[
			'abort-after:release',
			'abort-after:rq:1',
			'abort-after:find:0',
			'silent:',
			'silent:never',
			'no-get:1',
			'limit',
			'limit:-1',
			'limit:1.5',
			'status:find',
		],
		...['reject:0/1/1', 'reject:3/1/1', 'reject:1/0/1', 'reject:1/4/1', 'reject:9/9/9', 'max-contexts:0'],
		...['pdu:1', 'pdu:6', 'wrong-charset:FOO'],
		...['status:find:FF00', 'status:print:A700', 'status:find:A70', 'final-status:get:0000:x', 'fail-every:0:A700'],
		...[
			'fail-every:7',
			'fail-every:7:A700:x',
			'counts:1/2',
			'counts:1/2/65536',
			'refuse-class:Nothing',
			'wrong-charset',
		],
		...['ignore-key', 'missing-keys:Nothing', 'toString', '__proto__', 'status:toString:A700', 'silent:constructor'],
	];
	for (const text of wrong) t.ok('blame' in failureOf(text), JSON.stringify(text));
});
