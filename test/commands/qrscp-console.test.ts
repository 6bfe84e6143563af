/** Where the operator's lines go: painted over on a terminal, JSON where asked, an audit log that may fail without stopping anything. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { RequestMessage } from '../../src/association/exchange.ts';
import { IncomingDataset, type IncomingRequest } from '../../src/association/incoming.ts';
import { Offer } from '../../src/commands/qrscp/offer.ts';
import { type ConsoleOptions, openConsole } from '../../src/commands/qrscp/operator-console.ts';
import { type Desk, requestHandler } from '../../src/commands/qrscp/requests.ts';
import { SERVICES } from '../../src/config/access-rules.ts';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { STUDY_ROOT_FIND, STUDY_ROOT_GET } from '../../src/dicom/sop-classes.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { auditLine, type ServerEvent, serverLogLine } from '../../src/output/audit-event.ts';
import { mountTmpfs, withoutMounts } from '../archive/mounts.ts';
import { surroundings } from '../support/environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'dimse-console-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

const OPTIONS: ConsoleOptions = { quiet: 0, verbose: 0, debug: false, color: 'auto' };
const LINES = { isJsonLog: false, auditLog: undefined };
const LISTENING: ServerEvent = { kind: 'listening', aeTitle: 'QRSCP', address: undefined, port: 104, isTls: false };
const REJECTED: ServerEvent = {
	kind: 'rejected',
	caller: { association: 1, from: 'h:1', address: 'h', calling: 'BAD', called: 'QRSCP' },
	triple: '1/1/3',
	why: 'because',
};
const ESC = '\u001b';
const ERASE = new RegExp(`${ESC}\\[(\\d+)A\\r${ESC}\\[J`, 'g');

/** What is on the screen after all that was written, as far as erasing goes. */
const onScreen = (written: string): string[] => {
	const lines: string[] = [];
	let from = 0;
	for (const erased of [...written.matchAll(ERASE), undefined]) {
		lines.push(...written.slice(from, erased?.index).split('\n').slice(0, -1));
		if (erased === undefined) break;
		lines.length -= Number(erased[1]);
		from = erased.index + erased[0].length;
	}
	return lines;
};

t.test('on a terminal: lines scroll, the table stays below them', async (t) => {
	const { env, stderr } = surroundings({ columns: 80, variables: { NO_COLOR: '1' } });
	const screen = await openConsole(OPTIONS, LINES, env);
	screen.on(LISTENING);
	t.strictSame(onScreen(stderr()), [
		'12:00:00  QRSCP listens on port 104 (all interfaces)',
		'QRSCP port 104  no association',
	]);
	screen.on(REJECTED);
	t.strictSame(onScreen(stderr()), [
		'12:00:00  QRSCP listens on port 104 (all interfaces)',
		'12:00:00  #1 BAD h:1  association rejected 1/1/3: because',
		'QRSCP port 104  no association  1 refused',
		'refused just now  BAD h:1  1/1/3 because',
	]);
	screen.end();
	t.equal(onScreen(stderr()).length, 2, 'the table is taken away');
	t.notOk(stderr().replaceAll(ERASE, '').includes(ESC), 'no colour');
});

t.test('the table is no higher than the terminal, so that it can be painted over', async (t) => {
	const { env, stderr } = surroundings({ columns: 80, variables: { NO_COLOR: '1' } });
	const screen = await openConsole(OPTIONS, LINES, { ...env, stderr: { ...env.stderr, rows: 6 } });
	screen.on(LISTENING);
	for (let association = 1; association <= 9; association++)
		screen.on({ kind: 'accepted', caller: { ...REJECTED.caller, association }, contexts: 1, refused: [] });
	screen.on(REJECTED);
	screen.end();
	for (const [, lines] of stderr().matchAll(ERASE)) t.ok(Number(lines) < 6, `${lines} lines`);
});

t.test('no table where it is not wanted or cannot be', async (t) => {
	const cases: readonly (readonly [options: Partial<ConsoleOptions>, columns: number | undefined, term: string])[] = [
		[{}, undefined, 'xterm'],
		[{}, 80, 'dumb'],
		[{ admin: 'never' }, 80, 'xterm'],
		[{ verbose: 1 }, 80, 'xterm'],
		[{ debug: true }, 80, 'xterm'],
	];
	for (const [options, columns, TERM] of cases) {
		const { env, stderr } = surroundings({ variables: { TERM }, ...(columns === undefined ? {} : { columns }) });
		const screen = await openConsole({ ...OPTIONS, ...options }, LINES, env);
		screen.on(LISTENING);
		screen.end();
		t.equal(stderr(), '12:00:00  QRSCP listens on port 104 (all interfaces)\n', JSON.stringify(options));
	}
	const { env, stderr } = surroundings({ columns: 80 });
	const quiet = await openConsole({ ...OPTIONS, quiet: 1 }, LINES, env);
	quiet.on(REJECTED);
	quiet.end();
	t.equal(stderr(), '', '-q');
});

t.test('an audit log that ends within a line goes on in a new one', async (t) => {
	const path = join(folder, 'torn.jsonl');
	writeFileSync(path, '{"ts":"2026-01-01","audit":"application-st');
	const { env } = surroundings();
	const log = await openConsole(OPTIONS, { isJsonLog: true, auditLog: path }, env);
	log.on(LISTENING);
	log.end();
	const lines = readFileSync(path, 'utf8').split('\n');
	t.equal(lines.length, 3);
	t.match(JSON.parse(lines[1] ?? ''), { audit: 'application-start' });
});

t.test('an audit log goes on in a new line after its disk was full', { skip: withoutMounts }, async (t) => {
	const disk = join(folder, 'disk');
	mkdirSync(disk);
	mountTmpfs(t, disk, '64k');
	const filler = join(disk, 'filler');
	const path = join(disk, 'audit.jsonl');
	const { env } = surroundings();
	const log = await openConsole({ ...OPTIONS, quiet: 1 }, { isJsonLog: false, auditLog: path }, env);
	// The log has one page, and there is no other one.
	log.on(REJECTED);
	await new Promise((resolve) => setImmediate(resolve));
	t.throws(() => writeFileSync(filler, new Uint8Array(100_000)));
	for (let event = 0; event < 100; event++) log.on(REJECTED);
	await new Promise((resolve) => setImmediate(resolve));
	t.not(readFileSync(path).at(-1), 0x0a, 'the last line is torn');
	rmSync(filler);
	log.on(LISTENING);
	log.end();
	const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
	t.match(JSON.parse(lines.at(-1) ?? ''), { audit: 'application-start' });
	t.throws(() => JSON.parse(lines.at(-2) ?? ''));
});

t.test('the audit log is gone on with, for its owner alone; one that fails is told of once', async (t) => {
	const path = join(folder, 'audit.jsonl');
	const { env, stderr } = surroundings();
	for (let run = 0; run < 2; run++) {
		const both = await openConsole(OPTIONS, { isJsonLog: true, auditLog: path }, env);
		both.on(LISTENING);
		both.on(REJECTED);
		both.end();
	}
	t.equal(readFileSync(path, 'utf8').split('\n').length, 5);
	t.equal(stderr().split('\n').length, 5);
	if (!existsSync('/dev/full')) return;
	const full = surroundings();
	const failing = await openConsole({ ...OPTIONS, quiet: 1 }, { isJsonLog: false, auditLog: '/dev/full' }, full.env);
	for (let event = 0; event < 3; event++) {
		failing.on(REJECTED);
		await new Promise((resolve) => setImmediate(resolve));
	}
	failing.end();
	t.equal(full.stderr(), 'warning: the audit log /dev/full takes no more (ENOSPC): records are being lost\n');
	await t.rejects(
		openConsole(OPTIONS, { isJsonLog: false, auditLog: '/nowhere/x' }, env),
		/cannot write the audit log/,
	);
});

const CALLER = { association: 1, from: 'h:1', address: 'h', calling: 'WS1', called: 'QRSCP' };

/** What is told of one request. */
const told = async (
	type: 'C-FIND-RQ' | 'C-GET-RQ',
	identifier: Dataset,
	given: Pick<IncomingRequest, 'respond'> & {
		readonly signal?: AbortSignal;
		readonly search?: Desk['archive']['search'];
	},
) => {
	const events: ServerEvent[] = [];
	const sopClass = type === 'C-FIND-RQ' ? STUDY_ROOT_FIND : STUDY_ROOT_GET;
	const desk: Desk = {
		archive: {
			receiver: () => ({ refusal: 0xa700, errorComment: 'no' }),
			search: given.search ?? async function* () {},
			instances: async () => ({ instances: [] }),
		},
		offer: new Offer({ isReceiveOnly: false, hasGet: true, acceptUnknown: false }),
		simulation: undefined,
		worklist: async function* () {},
		matchLimit: Number.POSITIVE_INFINITY,
		maxInstanceBytes: 1,
		destinations: new Map(),
		open: () => Promise.reject(new Error('nobody')),
		storing: new WeakMap(),
		on: (event) => events.push(event),
		now: () => 0,
	};
	const dataset = new IncomingDataset();
	void dataset.push(encodeDataset(identifier, EXPLICIT_LITTLE), true);
	const message = { type, messageId: 1, affectedSopClassUid: sopClass, priority: 0, hasDataset: true };
	await requestHandler(desk, { caller: CALLER, services: new Set(SERVICES), extended: [] })({
		association: { isOpen: true } as IncomingRequest['association'],
		context: { id: 1, abstractSyntax: sopClass, transferSyntax: EXPLICIT_LITTLE } as IncomingRequest['context'],
		message: message as RequestMessage,
		dataset,
		signal: given.signal ?? new AbortController().signal,
		respond: given.respond,
	}).catch(() => {});
	const finished = events.find((event) => event.kind === 'finished');
	if (finished === undefined) throw new Error('not finished');
	return finished;
};

t.test('a status that did not go out is none', async (t) => {
	const level: Dataset = { '00080052': { vr: 'CS', Value: ['STUDY'] } };
	const controller = new AbortController();
	const sent: number[] = [];
	const respond: IncomingRequest['respond'] = async ({ status }) => void sent.push(status);
	const left = await told('C-FIND-RQ', level, {
		respond,
		signal: controller.signal,
		search: async function* () {
			yield { match: level, status: 0xff00 };
			controller.abort(new Error('connection lost'));
		},
	});
	t.strictSame(sent, [0xff00], 'nothing is answered to nobody');
	t.match(left, { status: undefined, operation: { matches: 1 } });
	const failing = await told('C-FIND-RQ', level, { respond: () => Promise.reject(new Error('connection lost')) });
	t.match(failing, { status: undefined, operation: { matches: 0 } });
	t.match(await told('C-FIND-RQ', level, { respond }), { status: 0x0000 });
});

t.test('records hold no free text of the peer', async (t) => {
	const respond: IncomingRequest['respond'] = async () => {};
	const level = (text: string): Dataset => ({ '00080052': { vr: 'CS', Value: [text] } });
	t.equal((await told('C-FIND-RQ', level('SECRET^NAME'), { respond })).operation.level, undefined);
	t.equal((await told('C-FIND-RQ', level('SERIES'), { respond })).operation.level, 'SERIES');
	const uids: Dataset = { ...level('STUDY'), '0020000D': { vr: 'UI', Value: ['1.2.3', 'SECRET^JANE'] } };
	const event = await told('C-GET-RQ', uids, { respond });
	event.operation.sopInstanceUid = 'SECRET^UID';
	for (const line of [auditLine(event, new Date(0)), serverLogLine(event, new Date(0))]) {
		t.notMatch(line, /SECRET/);
		t.match(line, /"studies":\["1\.2\.3","\(no UID\)"\]/);
	}
});
