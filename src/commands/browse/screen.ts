/** Browse on the whole screen. */
import type { Terminal } from '../../cli/environment.ts';
import { openApp } from '../../tui/app.ts';
import type { Store } from '../../tui/store.ts';
import { BELL, framesPerSecond, toClipboard } from '../../tui/terminal.ts';
import type { FrontEnd } from './front-end.ts';

interface ScreenSettings {
	readonly now: () => number;
	readonly variables: Readonly<Record<string, string | undefined>>;
	readonly mouse: boolean;
}

export const openScreen = (store: Store, terminal: Terminal, { now, variables, mouse }: ScreenSettings): FrontEnd => {
	const { stdin, stdout, stderr } = terminal;
	const app = openApp(store, { stdin, stdout, stderr, now, mouse, framesPerSecond: framesPerSecond(variables) });
	return {
		devices: {
			copy: (text) => void stdout.write(toClipboard(text)),
			bell: () => void stdout.write(BELL),
			redraw: () => void app.lend(async () => {}),
			suspend: () => void app.lend(() => terminal.stop()),
			quit: () => app.close(),
		},
		dispatch: store.dispatch,
		begin: (during) => during(),
		ended: app.ended,
		close: () => app.close(),
		goneBy: ['error', 'close', 'end'],
	};
};
