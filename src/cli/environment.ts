/** The world as a command sees it: handed in by `main.ts`, and by tests with buffers in place of streams. */

export interface TextSink {
	readonly isTty: boolean;
	/** Width of the terminal; undefined where there is none. */
	readonly columns: number | undefined;
	/** Its height. */
	readonly rows?: number | undefined;
	/** Resolves when there is room for more; at once after the reader has gone. Never rejects for a reader that has gone. */
	write(data: string | Uint8Array): Promise<void>;
	/** The reader has gone (EPIPE), or there is no room: nothing more is written. */
	readonly closed: boolean;
}

/** The terminal itself, for a command that takes the whole of it. */
export interface Terminal {
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	readonly stderr: NodeJS.WriteStream;
	/** Stops the program, as Ctrl+Z does where keys are not read raw; settles when the shell has let it go on. */
	stop(): Promise<void>;
	/** @param leave called before the error of a crash is told: gives the screen back, and says what is to be told below the error */
	onCrash(leave: (error: unknown) => readonly string[]): void;
	/** SIGINT, as Ctrl+C where keys are not read raw, is `heard` as often as it comes, in the place of `interrupt`. @returns gives it back */
	onInterrupt(heard: () => void): () => void;
}

export interface Environment {
	readonly stdin: { readonly isTty: boolean; bytes(): AsyncIterable<Uint8Array> };
	readonly stdout: TextSink;
	readonly stderr: TextSink;
	/** Undefined where stdin or stdout is none. */
	terminal?(): Terminal | undefined;
	/** That of the session (/dev/tty), whatever stdin and stdout are; undefined where it has none. */
	sessionTerminal?(): Promise<Terminal | undefined>;
	readonly variables: Readonly<Record<string, string | undefined>>;
	readonly cwd: string;
	readonly homeFolder: string;
	readonly hostName: string;
	/** First SIGINT or SIGTERM, or stdout's reader has gone: end in an orderly way. Its reason is 'SIGINT', 'SIGTERM', 'SIGHUP' or 'EPIPE'. */
	readonly interrupt: AbortSignal;
	/** Second signal: end at once. */
	readonly abort: AbortSignal;
	/** Milliseconds on a clock that only goes forward. */
	now(): number;
	today(): Date;
}
