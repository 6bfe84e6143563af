/** `dimse explain` as a user runs it: nothing, something unknown, a line, a log on stdin. */
import t from 'tap';
import { dimse } from '../support/run.ts';

t.test('nothing is asked', async (t) => {
	const { status, stderr, stdout } = await dimse(['explain']);
	t.equal(status, 2);
	t.equal(stdout, '');
	t.match(stderr, /^dimse: explain: what\?\n {2}do +a status \(A702\)/);
});

t.test('a refused connection, of which nothing more is known', async (t) => {
	const { status, stdout } = await dimse(['explain', 'ECONNREFUSED']);
	t.equal(status, 0);
	t.match(stdout, /nothing listens on that port/);
	t.notMatch(stdout, /port 0/);
});

t.test('a log is annotated where something is wrong, and only there', async (t) => {
	const stdin =
		'I: Received Store Response (Success)\nE: Store Failed: 0006:0208 DIMSE No valid Presentation Context ID\n';
	const { status, stdout } = await dimse(['explain', '-'], { stdin });
	t.equal(status, 0);
	const [first, second, third, ...rest] = stdout.split('\n');
	t.strictSame([first, second], stdin.split('\n').slice(0, 2));
	t.match(third, /^ {4}= connection {2}associated, but no presentation context was accepted/);
	t.strictSame(rest, ['']);
	t.equal((await dimse(['explain', '-'], { stdin: 'all is well\n' })).status, 1);
});
