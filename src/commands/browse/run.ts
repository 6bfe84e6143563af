/** `dimse browse` on its terminal: the world, the store, the effects and the screen, or line mode, joined, until somebody quits. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment, Terminal } from '../../cli/environment.ts';
import { EXIT, type ExitStatus, exitStatusOf } from '../../cli/exit-statuses.ts';
import { takePeers } from '../../cli/peer.ts';
import { readAddressBook } from '../../config/address-book.ts';
import type { QueryFlags } from '../../dicom/query-flags.ts';
import { DicomError } from '../../errors.ts';
import { makeFolder } from '../../make-folder.ts';
import { sanitize } from '../../output/sanitize.ts';
import type { QuerySpec } from '../../tui/browse/browse-state.ts';
import { queryOfFlags } from '../../tui/browse/flag-query.ts';
import { Effects } from '../../tui/effects/effects.ts';
import { initialState } from '../../tui/initial-state.ts';
import { boundKeys } from '../../tui/key-settings.ts';
import { setMaskSalt } from '../../tui/mask.ts';
import { summaryOf } from '../../tui/queue/job-progress.ts';
import { Store } from '../../tui/store.ts';
import { type LookOptions, lookOf } from '../../tui/terminal.ts';
import { checkTracing } from '../tracing.ts';
import type { FrontEnd } from './front-end.ts';
import { givenWords } from './given.ts';
import { earlierQueries } from './saved.ts';
import { type BrowseOptions, browseWorld } from './world.ts';

export type ScreenOptions = BrowseOptions &
	QueryFlags & {
		readonly out: string | undefined;
		readonly theme: LookOptions['theme'];
		readonly color: LookOptions['color'];
		readonly ascii: boolean;
		readonly mouse: boolean;
		readonly 'mask-phi': boolean;
		readonly pick: boolean;
		readonly key: readonly string[];
	};

/** Line mode draws nothing: no preview is asked for beside a list of this size. */
const LINES_SIZE = { columns: 80, rows: 24 };

/** @param isInLines a line at a time, without a screen */
export const browse = async (
	options: ScreenOptions,
	positionals: readonly string[],
	terminal: Terminal,
	env: Environment,
	isInLines: boolean,
): Promise<ExitStatus> => {
	const items = positionals.findIndex((text) => text.includes('='));
	const [named, keys] = items < 0 ? [positionals, []] : [positionals.slice(0, items), positionals.slice(items)];
	const queryIn = (keepsCase: boolean): QuerySpec | undefined =>
		queryOf({ ...options, 'keep-case': options['keep-case'] || keepsCase }, keys, env.today());
	// What is wrong with it is told before there is a screen.
	queryIn(false);
	checkTracing(options);
	const book = await readAddressBook(options, env);
	// What is typed there are words, and the hints tell those.
	const entries = isInLines ? [] : (book.keyEntries ?? []);
	const bindings = boundKeys({ path: book.path, entries }, options.pick);
	const peers = named.length === 0 ? [] : await takePeers(named, options, book, 'DIMSE');
	const now = () => env.now();
	setMaskSalt(randomUUID());
	// What -v tells stands on the trace screen.
	const world = browseWorld({ ...options, verbose: 0, debug: false, quiet: 0 }, peers, env);
	const { nodes, saved } = await world.nodes();
	const { stdout } = terminal;
	const beginning = initialState({
		size: isInLines ? LINES_SIZE : { columns: stdout.columns, rows: stdout.rows },
		look: lookOf({ ...options, masked: options['mask-phi'] }, env.variables),
		now: now(),
		epochMs: world.epochMs,
		current: peers.map(({ label }) => label),
		keys: bindings,
		given: givenWords(options, env),
	});
	const { out } = options;
	const takesAny = options.accept.includes('any');
	const queue = { ...beginning.queue, takesAny, ...(out === undefined ? {} : { folder: out }) };
	const store = new Store({ ...beginning, queue, history: earlierQueries(world.stateFolder) }, now);
	const front: FrontEnd = isInLines
		? (await import('./line-mode.ts')).openLines(store, terminal, { now, whole: world.whole })
		: (await import('./screen.ts')).openScreen(store, terminal, {
				now,
				variables: env.variables,
				mouse: options.mouse,
			});
	const effects = new Effects(world, front.dispatch, front.devices);
	store.connect((effect) => effects.run(effect));
	terminal.onCrash((error) => {
		front.close();
		return error instanceof DicomError ? [] : keptLog(error, store, world.stateFolder);
	});
	const clock = setInterval(() => front.dispatch({ type: 'tick', at: now() }), 1000);
	const signals = followSignals(front, env, terminal);
	try {
		front.begin(() => {
			front.dispatch({ type: 'nodes-read', at: now(), nodes, saved });
			if (nodes.length === 0 && !isInLines) front.dispatch({ type: 'key', at: now(), action: 'nodes' });
			else {
				const { current } = store.state;
				const query = queryIn(nodes.some(({ name, keepsCase }) => keepsCase === true && current.includes(name)));
				if (query !== undefined) front.dispatch({ type: 'ask', at: now(), query });
			}
		});
		await front.ended;
	} catch (error) {
		if (!isTerminalGone(error)) throw error;
		signals.gone();
	} finally {
		clearInterval(clock);
		signals.end();
		await effects.close();
	}
	// With --pick stdout is for what was taken.
	const summary = options.pick ? env.stderr : env.stdout;
	for (const line of summaryOf(store.state, world.whole)) await summary.write(`${sanitize(line)}\n`);
	const { reason } = signals;
	if (reason !== undefined) return exitStatusOf({ blame: 'interrupted', signal: reason });
	if (!options.pick) return EXIT.ok;
	const { picked = [] } = store.state;
	for (const line of picked) await env.stdout.write(`${line}\n`);
	return picked.length === 0 ? EXIT.nothing : EXIT.ok;
};

/**
 * SIGINT (sent, not typed) interrupts what runs, as Ctrl+C does; the others end it, as quitting does. So does a terminal that is gone,
 * also where nobody says so by SIGHUP.
 */
const followSignals = (
	front: FrontEnd,
	env: Environment,
	{ stdin, stdout }: Terminal,
): { readonly reason: string | undefined; gone(): void; end(): void } => {
	const heard: { reason: string | undefined } = { reason: undefined };
	const leave = (reason: string) => {
		heard.reason = reason;
		front.close();
	};
	const interrupted = () => {
		const reason = String(env.interrupt.reason);
		if (reason === 'SIGINT') front.dispatch({ type: 'interrupted', at: env.now() });
		else leave(reason);
	};
	const aborted = () => leave(String(env.abort.reason));
	env.interrupt.addEventListener('abort', interrupted, { once: true });
	env.abort.addEventListener('abort', aborted, { once: true });
	const gone = () => leave('SIGHUP');
	const streams = [
		[stdin, front.goneBy],
		[stdout, ['error', 'close', 'end']],
	] as const;
	for (const [stream, events] of streams) for (const event of events) stream.on(event, gone);
	return {
		get reason() {
			return heard.reason;
		},
		gone,
		end: () => {
			env.interrupt.removeEventListener('abort', interrupted);
			env.abort.removeEventListener('abort', aborted);
			for (const [stream] of streams) stream.off('close', gone).off('end', gone);
		},
	};
};

/** What a terminal without its other end answers to every call. */
const isTerminalGone = (error: unknown): boolean => (error as NodeJS.ErrnoException | undefined)?.code === 'EIO';

/** @returns where it is kept what the log said when it crashed */
const keptLog = (error: unknown, store: Store, folder: string): readonly string[] => {
	const path = join(folder, 'browse-crash.txt');
	const { epochMs, log } = store.state;
	const lines = log.lines.map(({ at, level, text }) => `${new Date(epochMs + at).toISOString()} ${level} ${text}`);
	try {
		makeFolder(folder);
		const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
		writeFileSync(path, [stack, '', ...lines, ''].join('\n'), { mode: 0o600 });
		return [`the log of this session: ${path}`];
	} catch {
		return [];
	}
};

/** What the options and KEY=VALUE ask for at once; nothing where they ask for nothing. @throws DicomError usage */
const queryOf = (options: ScreenOptions, items: readonly string[], today: Date): QuerySpec | undefined => {
	const query = queryOfFlags(
		{ ...options, level: undefined, model: undefined, key: [...options.key, ...items] },
		today,
	);
	return Object.keys(query.keys).length === 0 ? undefined : query;
};
