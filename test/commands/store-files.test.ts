/** Which files `dimse store` sends: whole ones, wherever they lie and whatever they are called; the others are told of. */
import { isUtf8 } from 'node:buffer';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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

t.test('what a link in a folder leads to is sent, and taken in', async (t) => {
	writeInstances(join(folder, 'elsewhere'), 3);
	const linked = join(folder, 'linked');
	mkdirSync(linked);
	symlinkSync(join(folder, 'elsewhere'), join(linked, 'link'));
	const server = await startQrscp({ args: ['--import', linked] });
	t.teardown(() => server.stop());
	t.match(server.log(), /3 instances taken in/);
	const { status, stdout, stderr } = await dimse(['store', server.at, linked, '--json']);
	t.equal(status, 0, stderr);
	t.match(JSON.parse(stdout), { sent: 3, failed: [] });
});

/** Not every file system takes such a name. */
const written = (path: Buffer, bytes: Uint8Array): boolean => {
	try {
		writeFileSync(path, bytes);
		return readdirSync(dirname(path.toString()), 'buffer').some((name) => !isUtf8(name));
	} catch {
		return false;
	}
};

t.test('a name that is not UTF-8 is told of as that', async (t) => {
	const strange = join(folder, 'strange');
	const [first = ''] = writeInstances(strange, 2);
	const name = Buffer.concat([Buffer.from(`${strange}/`), Uint8Array.of(0xff, 0xfe), Buffer.from('.dcm')]);
	if (!written(name, readFileSync(first))) return;
	const server = await startQrscp({ args: ['--import', strange] });
	t.teardown(() => server.stop());
	t.match(server.log(), /2 instances taken in, 1 not[\s\S]*its name is not UTF-8/);
	const { status, stdout } = await dimse(['store', server.at, strange, '--json']);
	t.equal(status, 3);
	const { sent, failed } = JSON.parse(stdout) as Document;
	t.equal(sent, 2);
	t.match(failed, [{ message: /its name is not UTF-8/ }]);
	const named = await dimse(['store', server.at, join(strange, '\ufffd\ufffd.dcm')]);
	t.equal(named.status, 12);
	t.match(named.stderr, /its name is not UTF-8[\s\S]*rename it/);
});
