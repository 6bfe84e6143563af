/** Folders with those above them, also where a file system takes none. */
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { DicomError } from '../src/errors.ts';
import { makeFolder } from '../src/make-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'dimse-folders-'));
t.teardown(() => rmSync(root, { recursive: true, force: true }));

const failureOf = (path: string): unknown => {
	try {
		return makeFolder(path);
	} catch (error) {
		return error instanceof DicomError ? error.failure : error;
	}
};

t.test('it is made, with what is above it, for the user alone, through links, and may be there', async (t) => {
	symlinkSync(join(root, 'a'), join(root, 'link'));
	for (const path of [join(root, 'a', 'b', 'c'), join(root, 'link', 'd'), join(root, 'a')]) {
		makeFolder(path);
		t.ok(statSync(path).isDirectory(), path);
	}
	t.equal(statSync(join(root, 'a', 'b')).mode & 0o777, 0o700);
});

t.test('what cannot be made is said, and said at once', async (t) => {
	writeFileSync(join(root, 'file'), '');
	t.match(failureOf(join(root, 'file')), { blame: 'io', code: 'ENOTDIR' });
	t.match(failureOf(join(root, 'file', 'x')), { blame: 'io', code: 'ENOTDIR' });
	symlinkSync(join(root, 'nowhere'), join(root, 'dangling'));
	t.match(failureOf(join(root, 'dangling')), { blame: 'io', code: 'DANGLING', message: /link to something/ });
	t.match(failureOf(join(root, 'dangling', 'x')), { blame: 'io', code: 'DANGLING', path: join(root, 'dangling') });
	t.match(failureOf('/proc/nothing/of/it'), {
		blame: 'io',
		code: 'UNMAKEABLE',
		message: /\/proc takes no new folders/,
	});
});
