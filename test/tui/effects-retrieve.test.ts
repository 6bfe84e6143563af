/** Retrieves from the dialog to their verdicts, through reducer and effects: against an archive that does wrong on purpose, and real ones. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { encodeFile } from '../../src/dicom/part10.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import type { Action, Effect, RetrieveChoice } from '../../src/tui/actions.ts';
import type { Row } from '../../src/tui/browse/browse-state.ts';
import { rowKey } from '../../src/tui/browse/row-key.ts';
import { RetrieveEffects } from '../../src/tui/effects/retrieve.ts';
import { plainText } from '../../src/tui/frame.ts';
import { emptyLevel, initialState } from '../../src/tui/initial-state.ts';
import type { ActionName } from '../../src/tui/keys.ts';
import { doneOf, endText, summaryOf } from '../../src/tui/queue/job-progress.ts';
import type { Job } from '../../src/tui/queue/queue-state.ts';
import { reduce } from '../../src/tui/reduce.ts';
import type { State } from '../../src/tui/state.ts';
import { frameOf } from '../../src/tui/views/screen.ts';
import { CT, filesUnder, image, MR } from '../interop/instances.ts';
import { freePort, missing, startDcmqrscp, startOrthanc } from '../support/peers.ts';
import { startQrscp } from '../support/qrscp.ts';
import { dimse } from '../support/run.ts';
import { browsing, until } from './browsing.ts';

t.setTimeout(240_000);

const STUDY = '1.2.3.1';
const files = t.testdir();
for (const [study, count] of [
	[STUDY, 4],
	['1.2.3.2', 3],
] as const)
	for (let number = 1; number <= count; number++) {
		const isMr = number === 4;
		const SeriesInstanceUID = `${study}.${isMr ? 2 : 1}`;
		const more = {
			StudyInstanceUID: study,
			SeriesInstanceUID,
			Modality: isMr ? 'MR' : 'CT',
			SeriesNumber: isMr ? '2' : '1',
			InstanceNumber: String(number),
		};
		const dataset = image(isMr ? MR : CT, `${SeriesInstanceUID}.${number}`, more);
		writeFileSync(join(files, `${study}-${number}.dcm`), encodeFile(dataset, EXPLICIT_LITTLE));
	}

/** Not every archive takes them. */
const CSA = '1.3.12.2.1107.5.9.1';
const privateFiles = mkdtempSync(join(tmpdir(), 'dimse-private-'));
t.teardown(() => rmSync(privateFiles, { recursive: true, force: true }));
for (let number = 1; number <= 3; number++) {
	const more = { StudyInstanceUID: '1.2.3.3', SeriesInstanceUID: '1.2.3.3.1', InstanceNumber: String(number) };
	const dataset = image(number === 3 ? CSA : CT, `1.2.3.3.1.${number}`, more);
	writeFileSync(join(privateFiles, `1.2.3.3-${number}.dcm`), encodeFile(dataset, EXPLICIT_LITTLE));
}

const row = (node: string, uid: string): Row => ({
	uid,
	node,
	doubtful: false,
	dataset: {
		[TAG.StudyInstanceUID]: { vr: 'UI', Value: [uid] },
		[TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: 'DOE^JANE' }] },
	},
});

/** Browse without a terminal: the state, and effects that are carried out. */
class Session {
	state: State;
	readonly folder: string;
	readonly said: string[] = [];
	readonly actions: Action[] = [];
	readonly #effects: RetrieveEffects;
	readonly #now: () => number;

	constructor(
		t: Test,
		nodes: Parameters<typeof browsing>[1],
		{ listen, studies = [STUDY] }: { readonly listen?: number; readonly studies?: readonly string[] } = {},
	) {
		const own = browsing(t, nodes, listen === undefined ? [] : ['--listen', `127.0.0.1:${listen}`]);
		this.folder = own.folder;
		this.#now = () => own.world.now();
		this.#effects = new RetrieveEffects(own.world, (action) => this.dispatch(action), { settleMs: 300, lateMs: 1_000 });
		const [node = ''] = Object.keys(nodes);
		const first = initialState({
			size: { columns: 120, rows: 40 },
			look: { unicode: true, theme: 'dark', masked: false },
			now: own.world.now(),
			current: [node],
		});
		const rows = studies.map((uid) => row(node, uid));
		const level = { ...emptyLevel({ level: 'study', model: 'study', keys: {} }, 'Studies'), rows };
		this.state = {
			...first,
			browse: { ...first.browse, levels: [{ ...level, shown: rows.map((_, index) => index) }] },
		};
		t.teardown(() => this.close());
	}

	dispatch(action: Action): void {
		this.actions.push(action);
		const before = this.state.status;
		const { state, effects } = reduce(this.state, action);
		this.state = state;
		if (state.status !== before && state.status !== undefined) this.said.push(state.status.text);
		for (const effect of effects) this.run(effect);
	}

	run(effect: Effect): void {
		this.#effects.run(effect);
	}

	press(...actions: readonly ActionName[]): void {
		for (const action of actions) this.dispatch({ type: 'key', action, at: this.#now() });
	}

	/** Begins it as `.` does. */
	retrieve(choice: Partial<RetrieveChoice> = {}): void {
		const lastChoice: RetrieveChoice = {
			how: 'get',
			destination: '',
			folder: 'out',
			exists: 'skip',
			unit: 'series',
			model: 'study',
			atOnce: 1,
			verify: true,
			accept: 'storage',
			...choice,
		};
		this.state = { ...this.state, screen: 'browse', queue: { ...this.state.queue, lastChoice } };
		this.press('retrieveAgain');
	}

	job(id = 1): Job {
		const job = this.state.queue.jobs.find((one) => one.id === id);
		if (job === undefined) throw new Error(`no job ${id}`);
		return job;
	}

	async over(id = 1, ms = 30_000): Promise<Job> {
		const isOver = () => !['waiting', 'running', 'stopping'].includes(this.job(id).state);
		await until(isOver, `job ${id} ends: ${this.said.join(' | ')}`, ms);
		return this.job(id);
	}

	stored(): readonly string[] {
		return filesUnder(join(this.folder, 'out')).filter((path) => path.endsWith('.dcm'));
	}

	journals(): readonly string[] {
		return readdirSync(join(this.folder, 'dimse', 'journals'));
	}

	close(): Promise<void> {
		return this.#effects.close();
	}
}

const mine = await freePort();
const archive = await startQrscp({
	aeTitle: 'ARCHIVE',
	args: [
		...[
			'--import',
			files,
			'--import',
			privateFiles,
			'--accept',
			'any',
			'--move-dest',
			'CLOSED=127.0.0.1:1',
			'--move-dest',
			`ME=127.0.0.1:${mine}`,
		],
		...['LIE', 'FAIL', 'NOGET', 'SLOW', 'QUIET'].flatMap((title) => ['--move-dest', `${title}=127.0.0.1:${mine}`]),
		...['--simulate', 'move-lie@LIE', '--simulate', 'fail-every:3:A700@FAIL', '--simulate', 'no-get@NOGET'],
		...['--simulate', 'slow:400ms@SLOW', '--simulate', 'no-counts@QUIET', '--simulate', 'no-pending@QUIET'],
	],
});
t.teardown(() => archive.stop());

const as = (title: string) => ({ main: { port: archive.port, more: `calling_ae_title: ${title}` } });

t.test('C-GET: by series, complete because it was seen to be; no journal is left', async (t) => {
	const session = new Session(t, as('ME'));
	session.retrieve();
	const job = await session.over();
	t.equal(job.state, 'complete', session.said.join('\n'));
	t.equal(session.stored().length, 4);
	t.match(job, { arrived: 4, expected: 4, expectedFrom: 'IMAGE-level query', claimed: { completed: 4, failed: 0 } });
	t.equal(job.parts.length, 2, 'two series, two requests');
	t.strictSame(
		job.series.map(({ expected, arrived }) => [expected, arrived]),
		[
			[3, 3],
			[1, 1],
		],
	);
	t.strictSame(session.journals(), [], 'of what is complete');
	t.match(session.said.at(-1), /^DOE\^JANE: 4\/4 arrived, /);
	t.equal(session.state.browse.levels[0]?.rows[0]?.retrieve, 'complete', 'at its row');
	t.match(summaryOf(session.state)[0], '1 retrieve: 1 done');
});

t.test('C-MOVE to us: arrivals by our receiver, from whom, and several jobs at once', async (t) => {
	const session = new Session(t, as('ME'), { listen: mine, studies: [STUDY, '1.2.3.2'] });
	const level = session.state.browse.levels[0];
	if (level !== undefined)
		session.state = {
			...session.state,
			browse: { ...session.state.browse, levels: [{ ...level, marked: new Set(level.rows.map(rowKey)) }] },
		};
	session.retrieve({ how: 'move-here', unit: 'study' });
	t.equal(session.state.queue.jobs.filter(({ state }) => state === 'running').length, 2, 'both at once');
	for (const [id, count] of [
		[1, 4],
		[2, 3],
	] as const) {
		const job = await session.over(id);
		t.equal(job.state, 'complete', session.said.join('\n'));
		t.match(job, { arrived: count, expected: count, to: 'ME', from: /127\.0\.0\.1 calling as ARCHIVE/ });
	}
	t.equal(session.stored().length, 7);
	t.strictSame(session.state.problems, [], 'nothing to say of who called');
});

t.test(
	'C-MOVE to another AE: only its own query shows what arrived; without it nothing is called complete',
	async (t) => {
		const there = await startQrscp({ aeTitle: 'THERE' });
		t.teardown(() => there.stop());
		const sending = await startQrscp({
			aeTitle: 'ARCHIVE',
			args: ['--import', files, '--move-dest', `THERE=127.0.0.1:${there.port}`],
		});
		t.teardown(() => sending.stop());
		const session = new Session(t, {
			main: { port: sending.port },
			there: { port: there.port, aeTitle: 'THERE' },
		});
		session.retrieve({ how: 'move-there', destination: 'THERE', unit: 'study' });
		const sent = await session.over();
		t.equal(sent.state, 'sent', session.said.join('\n'));
		t.strictSame(doneOf(sent), { count: 4, isSeen: false });
		t.match(endText(sent), /the peer says 4\/4, not verified/);
		session.retrieve({ how: 'move-there', destination: 'THERE', destinationNode: 'there', unit: 'study' });
		const seen = await session.over(2);
		t.equal(seen.state, 'complete', session.said.join('\n'));
		t.strictSame(doneOf(seen), { count: 4, isSeen: true }, 'by a query there');
	},
);

t.test('a peer that claims what never came', async (t) => {
	const session = new Session(t, as('LIE'), { listen: mine });
	session.retrieve({ how: 'move-here', unit: 'study' });
	const job = await session.over();
	t.equal(job.state, 'failed');
	t.match(job, { arrived: 0, claimed: { completed: 4 } });
	t.match(session.state.problems[0]?.text, /4 missing/);
	t.match(job.explanation?.title, /the peer reports 4 completed, nothing arrived here/);
	t.equal(session.stored().length, 0);
	t.equal(session.journals().length, 1, 'the journal stays');
});

t.test('into the home folder', async (t) => {
	const session = new Session(t, as('ARCHIVE'));
	session.retrieve({ unit: 'study', folder: '~/ct' });
	const job = await session.over();
	t.equal(job.state, 'complete', session.said.join('\n'));
	t.equal(filesUnder(join(session.folder, 'home', 'ct')).filter((path) => path.endsWith('.dcm')).length, 4);
	t.notOk(existsSync(join(session.folder, '~')), 'no folder is called like it');
});

t.test('what failed is asked for again, and only that', async (t) => {
	const session = new Session(t, as('FAIL'));
	session.retrieve({ unit: 'study' });
	const job = await session.over();
	t.equal(job.state, 'partial', session.said.join('\n'));
	t.equal(job.arrived, 3);
	t.equal(job.failures.length, 1);
	t.match(job.failures[0]?.why, { cause: 'failed-there' });
	session.press('queue', 'retry');
	t.match(session.job(), { state: 'running', arrived: 3 });
	const again = await session.over();
	t.equal(again.state, 'complete', session.said.join('\n'));
	t.match(again, { arrived: 4, expected: 4, claimed: { completed: 4 } });
	t.equal(again.parts.length, 1);
	t.strictSame(again.failures, []);
	t.match(session.said.join('\n'), /1 instance is asked for again/);
});

t.test('a peer without C-GET is asked to send to us, which the job says', async (t) => {
	const session = new Session(t, as('NOGET'), { listen: mine });
	session.retrieve();
	const job = await session.over();
	t.equal(job.state, 'complete', session.said.join('\n'));
	t.match(job, { how: 'MOVE', to: 'NOGET', arrived: 4, choice: { how: 'get' } });
	t.match(job.notes.join('\n'), /accepts no C-GET: using C-MOVE to NOGET/);
	session.press('queue');
	t.match(plainText(frameOf(session.state)), new RegExp(`no C-GET there: C-MOVE . NOGET \\(me, port ${mine}\\)`));
	t.match(
		session.actions.find(({ type }) => type === 'learned'),
		{ node: 'main', learned: { canGet: false } },
	);
});

t.test('and where we cannot listen either, that is why it failed', async (t) => {
	const session = new Session(t, as('NOGET'), { listen: archive.port });
	session.retrieve();
	const job = await session.over();
	t.equal(job.state, 'failed', session.said.join('\n'));
	t.match(job.explanation?.title, /cannot listen/);
});

t.test(
	'private classes are refused by our receiver, taken when that is wanted, and when what failed is asked for again',
	async (t) => {
		const session = new Session(t, as('ME'), { listen: mine, studies: ['1.2.3.3'] });
		session.retrieve({ how: 'move-here', unit: 'study' });
		const job = await session.over();
		t.equal(job.state, 'partial', session.said.join('\n'));
		t.equal(job.arrived, 2);
		t.match(job.failures[0]?.why, { cause: 'no-context', by: 'us' });
		t.match(session.said.join('\n'), /our receiver refused 1 SOP class of .*1\.3\.12\.2\.1107\.5\.9\.1/);
		session.press('queue', 'retry');
		const again = await session.over();
		t.equal(again.state, 'complete', session.said.join('\n'));
		t.equal(again.arrived, 3);
		session.retrieve({ how: 'move-here', unit: 'study', accept: 'any', exists: 'overwrite' });
		t.match(await session.over(2), { state: 'complete', arrived: 3 }, session.said.join('\n'));
		session.retrieve({ how: 'move-here', unit: 'study', exists: 'overwrite' });
		t.match(await session.over(3), { state: 'partial', arrived: 2 }, 'for those that want it alone');
	},
);

t.test('instance by instance: its series are told by name all the same', async (t) => {
	const session = new Session(t, as('ME'));
	session.retrieve({ unit: 'instance' });
	const job = await session.over();
	t.equal(job.state, 'complete', session.said.join('\n'));
	t.strictSame(
		job.series.map(({ number, title, expected, arrived }) => [number, title, expected, arrived]),
		[
			['1', 'CT', 3, 3],
			['2', 'MR', 1, 1],
		],
	);
});

t.test('more associations for what runs, and fewer again', async (t) => {
	const session = new Session(t, as('SLOW'));
	session.state = { ...session.state, queue: { ...session.state.queue, atOnce: 1 } };
	session.retrieve();
	await until(() => session.job().associations === 1 && session.job().arrived > 0, 'it runs');
	session.press('queue', 'wider');
	t.match(session.said.at(-1), /^2 at once: DOE\^JANE has 2 of them/);
	await until(() => session.job().associations === 2, 'a second association');
	session.press('narrower');
	t.match(session.said.at(-1), /^1 at once: DOE\^JANE has 1 of them/);
	session.press('narrower');
	t.match(session.said.at(-1), /^1 at once/);
	t.equal((await session.over()).state, 'complete', session.said.join('\n'));
});

t.test('a peer that sends no numbers and no pending responses: arrivals are all there is', async (t) => {
	const session = new Session(t, as('QUIET'), { listen: mine });
	session.retrieve({ how: 'move-here', unit: 'study' });
	const job = await session.over();
	t.equal(job.state, 'complete', session.said.join('\n'));
	t.equal(job.claimed, undefined);
	t.equal(job.arrived, 4);
});

t.test('paused in its middle, it goes on with what is missing; cancelled, it stays cancelled', async (t) => {
	const session = new Session(t, as('SLOW'));
	session.retrieve({ unit: 'series' });
	await until(() => session.job().arrived > 0, 'something arrives');
	session.press('queue', 'pause');
	t.equal(session.job().state, 'stopping');
	await until(() => session.job().state === 'paused', 'it is held');
	const before = session.job().arrived;
	t.ok(before > 0 && before < 4, `${before} of 4`);
	const [journal = ''] = session.journals();
	t.match(readFileSync(join(session.folder, 'dimse', 'journals', journal), 'utf8'), /"arrived":/);
	session.press('pause');
	const whole = await session.over();
	t.equal(whole.state, 'complete', session.said.join('\n'));
	t.equal(whole.arrived, 4);
	t.strictSame(session.journals(), []);

	session.retrieve({ unit: 'study', exists: 'overwrite' });
	await until(() => session.job(2).arrived > 0, 'something arrives again');
	session.press('queue', 'last', 'cancelJob');
	const cancelled = await session.over(2);
	t.equal(cancelled.state, 'cancelled');
	t.ok(cancelled.arrived < 4);
});

for (const keepJournal of [true, false])
	t.test(`at the end, ${keepJournal ? 'kept to be gone on with by get' : 'cancelled'}`, async (t) => {
		const session = new Session(t, as('SLOW'), { studies: [STUDY, '1.2.3.2'] });
		session.retrieve({ folder: join(session.folder, 'out'), atOnce: 1 });
		session.press('down', 'retrieveAgain');
		await until(() => session.job().arrived > 0, 'something arrives');
		session.run({ do: 'quit', keepJournal });
		await session.close();
		const states = session.state.queue.jobs.map(({ state }) => state);
		t.strictSame(states, keepJournal ? ['paused', 'paused'] : ['cancelled', 'cancelled'], 'nothing more was begun');
		t.equal(session.journals().length, keepJournal ? 1 : 0);
		if (!keepJournal) return;
		const command = summaryOf(session.state).find((line) => line.includes('go on with: '));
		const words = command?.replace(/.*go on with: dimse /, '').split(' ') ?? [];
		const ran = await dimse(words, { variables: { XDG_CONFIG_HOME: session.folder, HOME: session.folder } });
		t.equal(ran.status, 0, `${command}\n${ran.stderr}`);
		t.match(ran.stderr, /the journal has \d of 2 units as complete/);
		t.equal(session.stored().length, 4);
	});

t.test('a port that is taken: said, with C-MOVE to us failing for that reason', async (t) => {
	const session = new Session(t, as('ME'), { listen: archive.port });
	session.retrieve({ how: 'move-here' });
	const job = await session.over();
	t.equal(job.state, 'failed');
	t.equal(session.state.receiver.state, 'failed');
	t.match(session.state.receiver.problem, /cannot listen on .*in use/);
	t.match(job.explanation?.title, /in use/);
});

t.test('the peer is killed half-way: it waits, and goes on when there is one again', async (t) => {
	const port = await freePort();
	const folder = t.testdir();
	const start = () =>
		startQrscp({
			aeTitle: 'ARCHIVE',
			folder,
			args: ['--import', files, '--port', String(port), '--simulate', 'slow:300ms'],
		});
	const first = await start();
	const session = new Session(t, { main: { port } });
	session.retrieve({ unit: 'series' });
	await until(() => session.job().arrived > 0, 'something arrives');
	first.signal('SIGKILL');
	await first.ended;
	await until(() => session.job().losses > 0, 'it is told to be gone', 20_000);
	t.match(session.job().waitingFor?.text, 'waiting to reconnect, 1st try');
	t.match(session.said.join('\n'), /main is gone: 1st try in 5 s/);
	const second = await start();
	t.teardown(() => second.stop());
	const job = await session.over(1, 60_000);
	t.equal(job.state, 'complete', session.said.join('\n'));
	t.equal(session.stored().length, 4);
});

const REAL: readonly (readonly [
	string,
	(destinations: Readonly<Record<string, number>>) => ReturnType<typeof startDcmqrscp>,
])[] = [
	[
		'Orthanc',
		(destinations) =>
			startOrthanc({
				DicomModalities: Object.fromEntries(
					Object.entries(destinations).map(([title, port]) => [title, [title, 'localhost', port]]),
				),
			}),
	],
	['dcmqrscp', (destinations) => startDcmqrscp({ destinations })],
];

for (const [name, start] of REAL)
	t.test(`${name}: here by C-GET, here by C-MOVE`, { skip: missing(name) }, async (t) => {
		const port = await freePort();
		const peer = await start({ WS01: port });
		t.teardown(() => peer.stop());
		const { status, stderr } = await dimse(['store', `${peer.aeTitle}@127.0.0.1:${peer.port}`, files, '-q']);
		t.equal(status, 0, stderr);
		const session = new Session(t, { main: { port: peer.port, aeTitle: peer.aeTitle } }, { listen: port });
		session.retrieve({ folder: 'got' });
		const got = await session.over();
		t.equal(got.state, 'complete', session.said.join('\n'));
		session.retrieve({ how: 'move-here', unit: 'study' });
		const moved = await session.over(2);
		t.equal(moved.state, 'complete', session.said.join('\n'));
		t.match(moved, { arrived: 4, expected: 4, from: /calling as / });
		t.equal(session.stored().length, 4);
	});
