/** Browse a line at a time, for a screen reader and for terminals that cannot draw: plain text goes out, lines that were typed come in. */
import { createInterface } from 'node:readline';
import type { Terminal } from '../../cli/environment.ts';
import { LineSession } from '../../tui/lines/line-session.ts';
import { greeting } from '../../tui/lines/node-sentences.ts';
import { isActive } from '../../tui/queue/job-progress.ts';
import type { Store } from '../../tui/store.ts';
import type { FrontEnd } from './front-end.ts';

/** The terminal edits the line and shows what is typed: nothing is written to it but text and line ends. */
export const openLines = (
	store: Store,
	{ stdin, stdout, onInterrupt }: Pick<Terminal, 'stdin' | 'stdout' | 'onInterrupt'>,
	{ now, whole }: { readonly now: () => number; readonly whole: (folder: string) => string },
): FrontEnd => {
	const session = new LineSession({ store, now, whole, write: (text) => void stdout.write(text) });
	const reader = createInterface({ input: stdin, terminal: false });
	const ended = Promise.withResolvers<void>();
	const giveBack = onInterrupt(() => session.interrupted());
	let isClosed = false;
	const close = () => {
		if (isClosed) return;
		isClosed = true;
		if (store.state.queue.jobs.some(isActive)) session.say('Leaving: what runs is ended first.');
		session.close();
		giveBack();
		reader.close();
		store.close();
		ended.resolve();
	};
	reader.on('line', (line) => session.typed(line));
	// Ctrl+D; or the terminal is gone, which shows when it is written to.
	reader.on('close', () => {
		session.onNewLine();
		setImmediate(close);
	});
	return {
		devices: { copy: () => {}, bell: () => {}, redraw: () => {}, suspend: () => {}, quit: close },
		dispatch: session.dispatch,
		begin: (during) =>
			session.begin(() => {
				during();
				if (store.state.browse.lastQueryId === 0) for (const line of greeting(store.state)) session.say(line);
			}),
		ended: ended.promise,
		close,
		goneBy: ['error'],
	};
};
