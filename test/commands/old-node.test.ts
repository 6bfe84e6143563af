/** The launcher in a Node that is too old: signals reach the program, and its status is the launcher's. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { scratch } from '../support/run.ts';

t.setTimeout(60_000);

const OLD_NODE = new URL('../../bin/old-node.js', import.meta.url);

/** Ends with `status` at a signal of the name, and says when it is ready for it. */
const PROGRAM = (signal: string, status: number) => `
if (process.env.IS_CHILD === undefined) {
	process.env.IS_CHILD = 'yes';
	(await import(${JSON.stringify(OLD_NODE.href)})).main();
} else {
	process.on('${signal}', () => process.exit(${status}));
	setInterval(() => {}, 1000);
	console.log('ready');
}`;

t.test('a signal to the launcher alone, as of kill', async (t) => {
	for (const [signal, status] of [
		['SIGINT', 130],
		['SIGTERM', 143],
		['SIGHUP', 129],
	] as const) {
		const script = join(scratch, `launched-${signal}.mjs`);
		writeFileSync(script, PROGRAM(signal, status));
		const launcher = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
		const ended = new Promise<number | null>((resolve) => launcher.once('close', resolve));
		launcher.stdout.once('data', () => launcher.kill(signal));
		const most = setTimeout(() => process.kill(-(launcher.pid ?? 0), 'SIGKILL'), 10_000);
		t.equal(await ended, status, signal);
		clearTimeout(most);
	}
});
