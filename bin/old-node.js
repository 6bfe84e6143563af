// This Node is too old for the program: goes on in the Node that a checkout's `npm ci` installed, else explains.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

export const main = () => {
	const own = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
	if (!existsSync(own)) {
		process.stderr.write(`dimse: needs Node.js 24.15 or newer, and this is ${process.version}\n`);
		process.exitCode = 1;
		return;
	}
	const child = spawn(own, process.argv.slice(1), { stdio: 'inherit' });
	const hasTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
	process.on('SIGINT', () => {
		if (!hasTerminal) child.kill('SIGINT'); // a terminal sends it to the child too
	});
	for (const signal of ['SIGTERM', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => child.kill(signal));
	child.on('exit', (code, signal) => {
		process.exitCode = code ?? 128 + constants.signals[signal];
	});
};
