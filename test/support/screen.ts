/** Browse on an emulated terminal, in the same process: what is written becomes lines, what is typed arrives as from a keyboard. */
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { setTimeout as passing } from 'node:timers/promises';
import xterm from '@xterm/headless';
import { type App, openApp } from '../../src/tui/app.ts';
import type { Size } from '../../src/tui/frame.ts';
import type { Store } from '../../src/tui/store.ts';

export interface EmulatedScreen {
	readonly app: App;
	/** As the keys send it: `\r`, `\x1b[B`. */
	type(keys: string): void;
	resize(size: Size): void;
	/** As they stand now, their trailing blanks away. */
	lines(): readonly string[];
	/** The lines, once they are as wanted. @throws Error with the screen where they never are */
	until(what: string, isSo: (lines: readonly string[]) => boolean): Promise<readonly string[]>;
	isAlternate(): boolean;
	/** `none`, or which of its events the terminal tells. */
	mouse(): string;
	/** Everything written so far. */
	written(): string;
	readonly isRaw: () => boolean;
	close(): Promise<void>;
}

/** A machine that does other things as well. */
const MOST_MS = 20_000;

export const openEmulated = (
	store: Store,
	{ columns, rows }: Size,
	now: () => number,
	more: { readonly mouse?: boolean } = {},
): EmulatedScreen => {
	const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
	let written = '';
	let isRaw = false;
	const stdout = Object.assign(new EventEmitter(), {
		isTTY: true,
		columns,
		rows,
		writable: true,
		write(chunk: string, done?: () => void) {
			written += chunk;
			terminal.write(chunk, done);
			return true;
		},
	});
	const stdin = Object.assign(new PassThrough(), {
		isTTY: true,
		setRawMode(raw: boolean) {
			isRaw = raw;
		},
		ref() {},
		unref() {},
	});
	const app = openApp(store, {
		stdin: stdin as unknown as NodeJS.ReadStream,
		stdout: stdout as unknown as NodeJS.WriteStream,
		stderr: process.stderr,
		now,
		framesPerSecond: 1000,
		...more,
	});
	const lines = () => {
		const { active } = terminal.buffer;
		return Array.from(
			{ length: terminal.rows },
			(_, row) =>
				active
					.getLine(active.baseY + row)
					?.translateToString(false, 0, terminal.cols)
					.trimEnd() ?? '',
		);
	};
	return {
		app,
		type: (keys) => void stdin.write(keys),
		resize: (size) => {
			Object.assign(stdout, { columns: size.columns, rows: size.rows });
			terminal.resize(size.columns, size.rows);
			stdout.emit('resize');
		},
		lines,
		until: async (what, isSo) => {
			for (const end = performance.now() + MOST_MS; performance.now() < end; await passing(5)) {
				const now = lines();
				if (isSo(now)) return now;
			}
			throw new Error(`${what}: not on the screen\n${lines().join('\n')}`);
		},
		mouse: () => terminal.modes.mouseTrackingMode,
		isAlternate: () => terminal.buffer.active.type === 'alternate',
		written: () => written,
		isRaw: () => isRaw,
		close: async () => {
			app.close();
			await app.ended;
			terminal.dispose();
		},
	};
};
