/** A command's surroundings in memory: streams are texts, signals are pulled by hand, the clock stands. */
import type { Environment, TextSink } from '../../src/cli/environment.ts';

export interface Surroundings {
	readonly env: Environment;
	readonly stdout: () => string;
	readonly stderr: () => string;
	readonly interrupt: AbortController;
	readonly abort: AbortController;
}

export const surroundings = (
	given: {
		readonly stdin?: string;
		readonly variables?: Readonly<Record<string, string>>;
		readonly columns?: number;
		readonly cwd?: string;
		readonly homeFolder?: string;
	} = {},
): Surroundings => {
	const interrupt = new AbortController();
	const abort = new AbortController();
	const sink = (columns: number | undefined): { readonly sink: TextSink; readonly text: () => string } => {
		const parts: Uint8Array[] = [];
		return {
			sink: {
				isTty: columns !== undefined,
				columns,
				closed: false,
				async write(data) {
					parts.push(typeof data === 'string' ? new TextEncoder().encode(data) : data.slice());
				},
			},
			text: () => Buffer.concat(parts).toString(),
		};
	};
	const out = sink(given.columns);
	const err = sink(given.columns);
	return {
		env: {
			stdin: {
				isTty: false,
				async *bytes() {
					yield new TextEncoder().encode(given.stdin ?? '');
				},
			},
			stdout: out.sink,
			stderr: err.sink,
			variables: given.variables ?? {},
			cwd: given.cwd ?? '/nowhere',
			// Where nobody can make a folder: what is written there by mistake fails.
			homeFolder: given.homeFolder ?? '/dev/null/nowhere',
			hostName: 'ws01',
			interrupt: interrupt.signal,
			abort: abort.signal,
			now: () => 0,
			today: () => new Date(2026, 10, 21, 12, 0, 0),
		},
		stdout: out.text,
		stderr: err.text,
		interrupt,
		abort,
	};
};
