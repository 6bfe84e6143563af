/** The world as a command sees it: handed in by `main.ts`, and by tests with buffers in place of streams. */

export interface TextSink {
	readonly isTty: boolean;
	/** Width of the terminal; undefined where there is none. */
	readonly columns: number | undefined;
	/** Resolves when there is room for more; at once after the reader has gone. Never rejects for a reader that has gone. */
	write(data: string | Uint8Array): Promise<void>;
	/** The reader has gone (EPIPE). */
	readonly closed: boolean;
}

export interface Environment {
	readonly stdin: { readonly isTty: boolean; bytes(): AsyncIterable<Uint8Array> };
	readonly stdout: TextSink;
	readonly stderr: TextSink;
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
