/** Browse on a terminal that takes everything and shows nothing, a process of its own. Prints one JSON line: milliseconds, as many as were measured. */
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { parse } from '../src/cli/parse.ts';
import { takePeers } from '../src/cli/peer.ts';
import { browseWorld } from '../src/commands/browse/world.ts';
import browse from '../src/commands/browse.ts';
import { readAddressBook } from '../src/config/address-book.ts';
import type { Dataset } from '../src/dicom/dataset.ts';
import { openApp } from '../src/tui/app.ts';
import { Effects } from '../src/tui/effects/effects.ts';
import { initialState } from '../src/tui/initial-state.ts';
import { Store } from '../src/tui/store.ts';
import { surroundings } from '../test/support/environment.ts';

/** `frame`: so many rows, then the cursor goes down; `visible`: each row from its sending to its frame; `key`: a key to its frame while rows come. */
const [kind = 'frame', port = '0', wanted = '0'] = process.argv.slice(2);
const count = Number(wanted);
const SIZE = { columns: 120, rows: 40 };
const now = () => performance.now();
const passing = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const frames: number[] = [];
let written: (text: string) => void = () => {};
const stdout = Object.assign(new EventEmitter(), {
	isTTY: true,
	...SIZE,
	writable: true,
	write(text: string, done?: () => void) {
		written(text);
		if (done !== undefined) setImmediate(done);
		return true;
	},
});
const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode() {}, ref() {}, unref() {} });

const look = { unicode: true, theme: 'dark', masked: false } as const;
const spelled = `BENCH@127.0.0.1:${port}`;
const store = new Store(initialState({ size: SIZE, look, now: now(), current: [spelled] }), now);
const app = openApp(store, {
	stdin: stdin as unknown as NodeJS.ReadStream,
	stdout: stdout as unknown as NodeJS.WriteStream,
	stderr: process.stderr,
	now,
	framesPerSecond: 60,
	onFrame: (ms) => frames.push(ms),
});
const level = () => store.state.browse.levels.at(-1);

const connected = async (): Promise<Effects> => {
	const { env } = surroundings();
	const own = { ...env, now };
	const { options } = parse(browse, [spelled], {});
	const peers = await takePeers(
		[spelled],
		options as never,
		await readAddressBook({ 'no-config': true }, own),
		'BENCH',
	);
	const world = browseWorld(
		{ ...(options as never as Parameters<typeof browseWorld>[0]), 'no-config': true },
		peers,
		own,
	);
	const nothing = () => {};
	const effects = new Effects(world, store.dispatch, {
		copy: nothing,
		suspend: nothing,
		redraw: nothing,
		bell: nothing,
		quit: nothing,
	});
	store.connect((effect) => effects.run(effect));
	store.dispatch({ type: 'nodes-read', at: now(), ...(await world.nodes()) });
	store.dispatch({ type: 'ask', at: now(), query: { level: 'study', model: 'study', keys: { PatientName: '' } } });
	return effects;
};

const study = (number: number): Dataset => ({
	'00080020': { vr: 'DA', Value: ['20240215'] },
	'00080061': { vr: 'CS', Value: ['CT'] },
	'00081030': { vr: 'LO', Value: ['CT CHEST WITH CONTRAST'] },
	'00100010': { vr: 'PN', Value: [{ Alphabetic: `BENCH^NUMBER ${number}` }] },
	'00100020': { vr: 'LO', Value: [`P${number}`] },
	'0020000D': { vr: 'UI', Value: [`1.2.3.${number}`] },
	'00201206': { vr: 'IS', Value: [4] },
	'00201208': { vr: 'IS', Value: [612] },
});

const times: number[] = [];
switch (kind) {
	case 'frame': {
		store.dispatch({ type: 'ask', at: now(), query: { level: 'study', model: 'study', keys: {} } });
		const queryId = level()?.queryId ?? 0;
		for (let from = 0; from < count; from += 500) {
			const rows = Array.from({ length: 500 }, (_, index) => ({ dataset: study(from + index), doubtful: false }));
			store.dispatch({ type: 'rows', at: now(), queryId, node: spelled, rows });
		}
		store.dispatch({ type: 'query-ended', at: now(), queryId, node: spelled, end: 'complete', warnings: [] });
		await passing(200);
		if (level()?.rows.length !== count) throw new Error(`${level()?.rows.length} rows`);
		stdin.write('G');
		await passing(100);
		frames.length = 0;
		for (let press = 0; press < 200; press++) {
			stdin.write(press % 40 < 20 ? '\x1b[5~' : '\x1b[6~');
			await passing(40);
		}
		times.push(...frames);
		break;
	}
	case 'visible': {
		const seen = new Set<string>();
		written = (text) => {
			for (const [, sent = ''] of text.matchAll(/AT\^(\d+)/g)) {
				if (seen.has(sent)) continue;
				seen.add(sent);
				times.push((Date.now() % 1e9) - Number(sent));
			}
		};
		const effects = await connected();
		while (times.length < count) await passing(20);
		await effects.close();
		break;
	}
	case 'key': {
		const effects = await connected();
		while ((level()?.rows.length ?? 0) < 500) await passing(20);
		for (let press = 0; press < count; press++) {
			const at = level()?.at ?? 0;
			const startedAt = now();
			const answered = Promise.withResolvers<void>();
			written = () => {
				if ((store.shown().browse.levels.at(-1)?.at ?? 0) <= at) return;
				times.push(now() - startedAt);
				answered.resolve();
				written = () => {};
			};
			stdin.write('j');
			await answered.promise;
			await passing(37);
		}
		await effects.close();
	}
}
app.close();
process.stdout.write(`${JSON.stringify(times)}\n`);
process.exit(0);
