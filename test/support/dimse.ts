/** The program without its build, for tests to start as a process of its own. */
import { main } from '../../src/main.ts';

await main(process.argv.slice(2));
