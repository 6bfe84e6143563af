/** The program without its build, for tests to start as a process of its own. They do so a thousand times: what Node compiles is kept. */
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/dimse', import.meta.url)));
const { main } = await import('../../src/main.ts');

await main(process.argv.slice(2));
