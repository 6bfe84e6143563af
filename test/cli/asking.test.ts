/** Questions at the terminal: in their order, one line each, and no is what nobody said. */
import t from 'tap';
import { asking, canAsk } from '../../src/cli/asking.ts';
import { surroundings } from '../support/environment.ts';

t.test('each line is the answer to one question', async (t) => {
	const { env, stderr } = surroundings({ stdin: 'y\nno\nYES\n' });
	const { isConfirmed, close } = asking(env);
	t.strictSame(await Promise.all(['a?', 'b?', 'c?', 'd?'].map(isConfirmed)), [true, false, true, false]);
	t.equal(stderr(), 'a? [y/N] b? [y/N] c? [y/N] d? [y/N] ');
	close();
});

t.test('Ctrl+C is a no, and nobody waits for the line', async (t) => {
	const { env, interrupt } = surroundings();
	const silent = { ...env, stdin: { isTty: true, bytes: () => new ReadableStream<Uint8Array>() } };
	const { isConfirmed } = asking(silent);
	const answer = isConfirmed('a?');
	interrupt.abort('SIGINT');
	t.equal(await answer, false);
});

t.test('nobody is asked where nobody sees it, or can answer', async (t) => {
	const seen = surroundings({ columns: 80 }).env;
	t.equal(canAsk({ ...seen, stdin: { ...seen.stdin, isTty: true } }), true);
	t.equal(canAsk(seen), false);
	t.equal(canAsk({ ...surroundings().env, stdin: { ...seen.stdin, isTty: true } }), false);
});
