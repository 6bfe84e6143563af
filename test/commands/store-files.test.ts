/** Which files `dimse store` sends: whole ones, wherever they lie and whatever they are called; the others are told of. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { writeInstances } from '../support/files.ts';
import { startQrscp } from '../support/qrscp.ts';
import { dimse } from '../support/run.ts';

// Every one of them is a process that starts, on a machine that does other things as well.
t.setTimeout(180_000);

const folder = mkdtempSync(join(tmpdir(), 'dimse-store-files-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

interface Document {
	readonly sent: number;
	readonly failed: readonly { readonly file: string; readonly message: string }[];
	readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

t.test('half a file is not sent, and said to be one', async (t) => {
	const [first = '', second = ''] = writeInstances(join(folder, 'whole'), 2);
	const bytes = readFileSync(first);
	const cut = join(folder, 'cut');
	mkdirSync(cut);
	for (const length of [600, 1411]) writeFileSync(join(cut, `${length}.dcm`), bytes.subarray(0, length));
	t.ok(bytes.length > 1411);
	const server = await startQrscp({});
	t.teardown(() => server.stop());
	const some = await dimse(['store', server.at, second, cut, '--json']);
	t.equal(some.status, 3, some.stderr);
	const { sent, failed } = JSON.parse(some.stdout) as Document;
	t.equal(sent, 1);
	t.equal(failed.length, 2);
	for (const { message } of failed) t.match(message, /the dataset ends within/);
	const none = await dimse(['store', server.at, cut]);
	t.equal(none.status, 12);
	t.match(none.stderr, /1411\.dcm: the dataset ends within \(7FE0,0010\)[\s\S]*ended too early/);
	t.match(none.stderr, /FAIL {2}[^\s:]+600\.dcm: the dataset ends within \(0008,0080\)/);
});
