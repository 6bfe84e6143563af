/** `npm start`: `dimse demo`, built if it has to be. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

if (!existsSync(path('dist/main.js'))) await import('./build.ts');
const child = spawn(process.execPath, [path('bin/dimse.js'), 'demo', ...process.argv.slice(2)], { stdio: 'inherit' });
process.on('SIGINT', () => {}); // Ctrl-C reaches the child as well, whose end is ours
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.once('exit', (code) => {
	process.exitCode = code ?? 1;
});
