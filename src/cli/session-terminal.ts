/** The terminal of the session, also where stdin and stdout are pipes: what `--pick` is drawn on (POSIX 11.1.3). */
import { closeSync, openSync } from 'node:fs';
import { ReadStream, WriteStream } from 'node:tty';

export interface SessionTerminal {
	readonly stdin: ReadStream;
	readonly stdout: WriteStream;
	/** Its size is another. */
	resized(): void;
	close(): void;
}

/** Node does so for process.stdout alone. */
interface Resizing {
	_refreshSize(): void;
}

const PATH = '/dev/tty';

/** @returns nothing where the session has no terminal, or it cannot be opened */
export const openSessionTerminal = (): SessionTerminal | undefined => {
	const files: number[] = [];
	try {
		files.push(openSync(PATH, 'r'));
		files.push(openSync(PATH, 'w'));
		const [input = -1, output = -1] = files;
		const stdin = new ReadStream(input);
		const stdout = new WriteStream(output);
		return {
			stdin,
			stdout,
			resized: () => (stdout as unknown as Resizing)._refreshSize(),
			close: () => {
				stdin.destroy();
				stdout.destroy();
			},
		};
	} catch {
		for (const file of files) closeSync(file);
		return undefined;
	}
};
