import t, { type Test } from 'tap';
import {
	type CodeExplanation,
	explainAbort,
	explainContextResult,
	explainReject,
	explainStatus,
	type FailureContext,
} from '../../src/diagnose/explain.ts';
import { type Service, STATUSES, statusOf } from '../../src/dimse/status.ts';

const CONTEXT: FailureContext = {
	peer: {
		label: 'PACS_MAIN_SERVER@pacs.example.org:11112',
		host: 'pacs.example.org',
		port: 11112,
		calledAeTitle: 'PACS_MAIN_SERVER',
		callingAeTitle: 'WORKSTATION_0001',
	},
	localAddress: '10.120.119.114',
};

const LONGEST = 115; // with the longest AE titles in them
const COMMANDS = ['echo', 'find', 'store', 'node', 'help'];

const checked = new Set<string>();
const wellSaid = (t: Test, { title, standard, practice, next, class: of }: CodeExplanation): void => {
	t.ok(practice.length > 0 && next.length > 0 && of.length > 0, title);
	for (const line of [title, standard, ...practice, ...next]) {
		if (checked.has(line)) continue;
		checked.add(line);
		t.ok(line.length > 0 && line.length <= LONGEST && line === line.trim(), `${line.length}: ${line}`);
		t.notMatch(line, /\{\w+\}|undefined|!$/, line);
		for (const [, command] of line.matchAll(/\bdimse (\w+)/g)) t.ok(COMMANDS.includes(command ?? ''), line);
	}
	for (const line of [title, ...practice, ...next]) t.notMatch(line, /^[A-Z][a-z]/, `lower case: ${line}`);
};

const SERVICES: readonly Service[] = ['C-ECHO', 'C-STORE', 'C-FIND', 'C-GET', 'C-MOVE'];
const NOT_LISTED = /a code that the standard does not list/;

t.test('every status of PS3.4 and PS3.7 has an explanation of its own', async (t) => {
	for (const { services, status, meaning } of STATUSES.filter((row) => !row.meaning.includes('not in the standard')))
		for (const service of services ?? SERVICES) {
			const explanation = explainStatus(service, status, CONTEXT);
			t.notMatch(explanation.practice[0] ?? '', NOT_LISTED, `${service} ${status.toString(16)}: ${meaning}`);
		}
});

t.test('every number has an explanation, of the class it belongs to', async (t) => {
	for (const service of SERVICES)
		for (let code = 0; code <= 0xffff; code += code % 0x100 < 0x30 ? 1 : 7) {
			const explanation = explainStatus(service, code, CONTEXT);
			if (explanation.class !== statusOf(service, code).class || explanation.practice.length === 0)
				t.fail(`${service} ${code.toString(16)}`);
		}
	for (const service of SERVICES)
		for (const code of [0x0000, 0xa700, 0xa7ff, 0xb123, 0xc000, 0xcfff, 0xfe00, 0xff00, 0x1234, 0xaaaa])
			wellSaid(t, explainStatus(service, code, CONTEXT));
});

const STATUS_CASES: readonly [service: Service, code: number, title: string, practice: RegExp][] = [
	['C-ECHO', 0x0000, 'success', /answers to this AE title/],
	['C-ECHO', 0x0211, 'unrecognized operation', /does not implement this command/],
	['C-STORE', 0xa700, 'refused: out of resources', /disk/],
	['C-STORE', 0xa7ab, 'refused: out of resources', /disk/],
	['C-STORE', 0xa900, 'error: data set does not match SOP class', /UIDs differ/],
	['C-STORE', 0xa9ff, 'error: data set does not match SOP class', /UIDs differ/],
	['C-STORE', 0xc000, 'error: cannot understand', /cannot make sense/],
	['C-STORE', 0xc001, 'error: cannot understand', /^pynetdicom: .* status without a number/],
	['C-STORE', 0xc002, 'error: cannot understand', /^pynetdicom: .* no status/],
	['C-STORE', 0xc210, 'error: cannot understand', /^pynetdicom: it could not decode/],
	['C-STORE', 0xc211, 'error: cannot understand', /^pynetdicom: .* exception/],
	['C-STORE', 0xb000, 'coercion of data elements', /^stored, but .* changed/],
	['C-STORE', 0xb006, 'elements discarded', /^stored, but .* threw/],
	['C-STORE', 0xb007, 'data set does not match SOP class', /^stored, though/],
	['C-STORE', 0x0111, 'duplicate SOP instance', /already/],
	['C-STORE', 0x0117, 'invalid SOP instance', /UID/],
	['C-FIND', 0x0000, 'matching is complete', /limit of theirs/],
	['C-FIND', 0xff00, 'matches are continuing', /more responses/],
	['C-FIND', 0xff01, 'matches are continuing, one or more optional keys were not supported', /wider than the query/],
	['C-FIND', 0xfe00, 'matching terminated due to cancel request', /LimitFindResults/],
	['C-FIND', 0xa700, 'refused: out of resources', /too broad/],
	['C-FIND', 0xa710, 'invalid prior record key', /repository query/],
	['C-FIND', 0xa900, 'error: identifier does not match SOP class', /level is not in this model/],
	['C-FIND', 0xb001, 'matching reached response limit', /more matches/],
	['C-FIND', 0xc000, 'failed: unable to process', /contradict the level/],
	['C-FIND', 0xc004, 'failed: unable to process', /Conquest/],
	['C-FIND', 0xc001, 'failed: unable to process', /^pynetdicom/],
	['C-FIND', 0xc002, 'failed: unable to process', /^pynetdicom/],
	['C-FIND', 0xc310, 'failed: unable to process', /^pynetdicom: it could not decode/],
	['C-FIND', 0xc311, 'failed: unable to process', /^pynetdicom: .* exception/],
	['C-FIND', 0xc312, 'failed: unable to process', /^pynetdicom: it could not encode/],
	['C-FIND', 0xc320, 'failed: unable to process', /qrscp: its database search failed/],
	['C-FIND', 0xc322, 'failed: unable to process', /qrscp/],
	['C-FIND', 0x0124, 'refused: not authorized', /WORKSTATION_0001/],
	['C-GET', 0xa701, 'refused: out of resources, unable to calculate number of matches', /cannot count/],
	['C-GET', 0xa702, 'refused: out of resources, unable to perform sub-operations', /presentation context/],
	['C-GET', 0xc410, 'failed: unable to process', /^pynetdicom: it could not decode/],
	['C-GET', 0xc411, 'failed: unable to process', /^pynetdicom: .* exception/],
	['C-GET', 0xc412, 'failed: unable to process', /^pynetdicom: it could not encode/],
	['C-GET', 0xc413, 'failed: unable to process', /^pynetdicom: .* number of sub-operations/],
	['C-GET', 0xc416, 'failed: unable to process', /65535/],
	['C-GET', 0xc421, 'failed: unable to process', /qrscp/],
	['C-MOVE', 0x0000, 'sub-operations complete, no failures', /nothing matched/],
	['C-MOVE', 0xff00, 'sub-operations are continuing', /more responses/],
	['C-MOVE', 0xfe00, 'sub-operations terminated due to cancel indication', /not started/],
	['C-MOVE', 0xa702, 'refused: out of resources, unable to perform sub-operations', /could not deliver/],
	['C-MOVE', 0xa801, 'refused: move destination unknown', /not in the table of the peer/],
	['C-MOVE', 0xa900, 'error: identifier does not match SOP class', /unique keys/],
	['C-MOVE', 0xaa00, 'none of the frames requested were found in the SOP instance', /frames/],
	['C-MOVE', 0xaa01, 'unable to create new object for this SOP class', /single frames/],
	['C-MOVE', 0xaa02, 'unable to extract frames', /compression/],
	['C-MOVE', 0xaa03, 'time-based request received for a non-time-based original SOP instance', /no times/],
	['C-MOVE', 0xaa04, 'invalid request', /contradicts itself/],
	['C-MOVE', 0xb000, 'sub-operations complete, one or more failures or warnings', /not sent/],
	['C-MOVE', 0xc510, 'failed: unable to process', /^pynetdicom: it could not decode/],
	['C-MOVE', 0xc511, 'failed: unable to process', /^pynetdicom: .* exception/],
	['C-MOVE', 0xc512, 'failed: unable to process', /^pynetdicom: it could not encode/],
	['C-MOVE', 0xc513, 'failed: unable to process', /^pynetdicom: .* number of sub-operations/],
	['C-MOVE', 0xc514, 'failed: unable to process', /^pynetdicom: .* neither/],
	['C-MOVE', 0xc515, 'failed: unable to process', /^pynetdicom: .* no valid address/],
	['C-MOVE', 0xc520, 'failed: unable to process', /qrscp/],
	['C-MOVE', 0xc000, 'failed: unable to process', /reason of its own/],
	['C-MOVE', 0xd123, 'unknown status', NOT_LISTED],
];

for (const [service, code, title, practice] of STATUS_CASES)
	t.test(`${service} ${code.toString(16).padStart(4, '0').toUpperCase()}: ${title}`, async (t) => {
		const explanation = explainStatus(service, code, CONTEXT);
		t.equal(explanation.title, title);
		t.match(explanation.practice.join('\n'), new RegExp(practice.source, 'm'));
		wellSaid(t, explanation);
		wellSaid(t, explainStatus(service, code));
	});

t.test('rejects', async (t) => {
	for (const [triple, of, standard] of [
		[[1, 1, 1], 'permanent', 'rejected-permanent, service-user, no-reason-given'],
		[[1, 1, 2], 'permanent', 'rejected-permanent, service-user, application-context-name-not-supported'],
		[[1, 1, 3], 'permanent', 'rejected-permanent, service-user, calling-AE-title-not-recognized'],
		[[1, 1, 7], 'permanent', 'rejected-permanent, service-user, called-AE-title-not-recognized'],
		[[1, 2, 1], 'permanent', 'rejected-permanent, service-provider (ACSE), no-reason-given'],
		[[1, 2, 2], 'permanent', 'rejected-permanent, service-provider (ACSE), protocol-version-not-supported'],
		[[2, 3, 1], 'transient', 'rejected-transient, service-provider (presentation), temporary-congestion'],
		[[2, 3, 2], 'transient', 'rejected-transient, service-provider (presentation), local-limit-exceeded'],
		[[3, 3, 2], 'reserved', 'rejected-reserved, service-provider (presentation), local-limit-exceeded'],
		[[1, 1, 10], 'permanent', 'rejected-permanent, source 1, reason 10: reserved'],
	] as const) {
		const [result, source, reason] = triple;
		const explanation = explainReject(result, source, reason, CONTEXT);
		t.match(explanation, { class: of, standard }, triple.join('/'));
		wellSaid(t, explanation);
		wellSaid(t, explainReject(result, source, reason));
	}
});

t.test('aborts and context results', async (t) => {
	for (let source = 0; source <= 3; source++)
		for (let reason = 0; reason <= 7; reason++) wellSaid(t, explainAbort(source, reason, CONTEXT));
	t.match(
		explainAbort(0, 7),
		{ class: 'service-user', standard: 'service-user' },
		'the reason of a user is not tested',
	);
	t.match(explainAbort(2, 6), { class: 'service-provider', title: 'invalid PDU parameter value' });
	t.match(explainAbort(1, 0), { class: 'reserved' });
	for (const [result, of, title] of [
		[0, 'accepted', 'accepted'],
		[1, 'refused', 'rejected by the application'],
		[2, 'refused', 'rejected without a reason'],
		[3, 'refused', 'abstract syntax not supported'],
		[4, 'refused', 'transfer syntaxes not supported'],
		['absent', 'refused', 'left out of the answer'],
		[5, 'reserved', 'refused with a result that the standard does not list'],
	] as const) {
		const explanation = explainContextResult(result, CONTEXT);
		t.match(explanation, { class: of, title });
		wellSaid(t, explanation);
	}
});
