/** `dimse explain` as a user runs it: nothing, something unknown, a line, a log on stdin. */
import t from 'tap';
import { dimse } from '../support/run.ts';

t.test('nothing is asked', async (t) => {
	const { status, stderr, stdout } = await dimse(['explain']);
	t.equal(status, 2);
	t.equal(stdout, '');
	t.match(stderr, /^dimse: explain: what\?\n {2}do +a status \(A702\)/);
});

t.test('of what is asked nothing is known: a negative answer, and in JSON one document', async (t) => {
	const { status, stdout, stderr } = await dimse(['explain', 'PatientNam']);
	t.equal(status, 1);
	t.equal(stdout, '');
	t.match(stderr, /^dimse: nothing is known of "PatientNam"\. Did you mean PatientName/);
	const asJson = await dimse(['explain', '--json', 'qqqq']);
	t.equal(asJson.status, 1);
	t.strictSame(JSON.parse(asJson.stdout), { schema: 'dimse.explain/1', text: 'qqqq', findings: [] });
	t.match(asJson.stderr, /^dimse: nothing is known of "qqqq"/);
});

t.test('a unique key is said once to be one', async (t) => {
	const { stdout } = await dimse(['explain', 'StudyInstanceUID']);
	t.strictSame(stdout.match(/unique key/g), ['unique key']);
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
