/** Effects against peers: the real world of browse with an address book of its own, and what was dispatched. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { parse } from '../../src/cli/parse.ts';
import { type BrowseOptions, browseWorld } from '../../src/commands/browse/world.ts';
import browse from '../../src/commands/browse.ts';
import type { Action, Effect } from '../../src/tui/actions.ts';
import { Effects } from '../../src/tui/effects/effects.ts';
import type { World } from '../../src/tui/world.ts';
import { surroundings } from '../support/environment.ts';

type Of<Type extends Action['type']> = Extract<Action, { readonly type: Type }>;

export interface Browsing {
	/** The current folder; the home folder is `home` in it. */
	readonly folder: string;
	readonly world: World;
	readonly actions: readonly Action[];
	/** What was handed to the terminal. */
	readonly copied: readonly string[];
	run(effect: Effect): void;
	all<Type extends Action['type']>(type: Type): readonly Of<Type>[];
	/** The first such action, as soon as it is there. @throws Error when it is not within a while */
	seen<Type extends Action['type']>(type: Type, isIt?: (action: Of<Type>) => boolean, ms?: number): Promise<Of<Type>>;
	close(): Promise<void>;
}

/** Nodes by name, each as `AET@PORT`; more of them as the address book has it. */
export const browsing = (
	t: Test,
	nodes: Readonly<Record<string, { readonly port: number; readonly aeTitle?: string; readonly more?: string }>>,
	args: readonly string[] = [],
): Browsing => {
	const folder = mkdtempSync(join(tmpdir(), 'dimse-browsing-'));
	mkdirSync(join(folder, 'dimse'));
	const sections = Object.entries(nodes).map(
		([name, { port, aeTitle = 'ARCHIVE', more = '' }]) =>
			`[${name}]\nae_title: ${aeTitle}\naddress: 127.0.0.1\nport: ${port}\n${more}\n`,
	);
	writeFileSync(join(folder, 'dimse', 'config.ini'), `[DEFAULT]\ncalling_ae_title: WS01\n\n${sections.join('\n')}`);
	const homeFolder = join(folder, 'home');
	mkdirSync(homeFolder);
	const env = {
		...surroundings({ variables: { XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder }, cwd: folder, homeFolder }).env,
		now: () => performance.now(),
		today: () => new Date(),
	};
	const world = browseWorld(parse(browse, args, {}).options as unknown as BrowseOptions, [], env);
	const actions: Action[] = [];
	const copied: string[] = [];
	const effects = new Effects(world, (action) => void actions.push(action), {
		copy: (text) => void copied.push(text),
		suspend: () => {},
		redraw: () => {},
		bell: () => {},
		quit: () => {},
	});
	let closing: Promise<void> | undefined;
	const close = () => {
		closing ??= effects.close();
		return closing;
	};
	t.teardown(async () => {
		await close();
		rmSync(folder, { recursive: true, force: true });
	});
	const all = <Type extends Action['type']>(type: Type) =>
		actions.filter((action): action is Of<Type> => action.type === type);
	return {
		folder,
		world,
		actions,
		copied,
		run: (effect) => effects.run(effect),
		all,
		seen: async (type, isIt = () => true, ms = 15_000) => {
			for (const end = Date.now() + ms; ; ) {
				const found = all(type).find(isIt);
				if (found !== undefined) return found;
				if (Date.now() > end) throw new Error(`no ${type} within ${ms} ms: ${actions.map(told).join(' ')}`);
				await new Promise((resolve) => setTimeout(resolve, 5));
			}
		},
		close,
	};
};

const told = (action: Action): string =>
	action.type === 'said' || action.type === 'connection' || action.type === 'query-ended'
		? JSON.stringify(action)
		: action.type;

/** Waits until it is so. @throws Error when it is not within a while */
export const until = async (isSo: () => boolean, what: string, ms = 10_000): Promise<void> => {
	for (const end = Date.now() + ms; !isSo(); ) {
		if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
};
