/** Where a file may take the place of another, and where not. */
import { lstatSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { DicomError } from '../src/errors.ts';
import { filePlace } from '../src/file-place.ts';

const root = t.testdir({ folder: {}, own: {} });
const at = (...names: readonly string[]): string => join(root, ...names);

const failureOf = (path: string): unknown => {
	try {
		return filePlace(path);
	} catch (error) {
		return error instanceof DicomError ? error.failure : error;
	}
};

t.test('behind links, whether something is there or not', async (t) => {
	writeFileSync(at('own', 'file'), '', { mode: 0o640 });
	t.strictSame(filePlace(at('own', 'file')), {
		path: at('own', 'file'),
		mode: statSync(at('own', 'file')).mode & 0o777,
	});
	t.strictSame(filePlace(at('own', 'new')), { path: at('own', 'new'), mode: undefined });
	t.strictSame(filePlace(at('nowhere', 'new')), { path: at('nowhere', 'new'), mode: undefined });
	symlinkSync('own', at('link'));
	symlinkSync('../folder/new', at('own', 'ahead'));
	t.equal(filePlace(at('link', 'file')).path, at('own', 'file'));
	t.equal(
		filePlace(at('link', 'ahead')).path,
		at('folder', 'new'),
		'from where the link is, not from where it was named',
	);
	t.ok(lstatSync(at('own', 'ahead')).isSymbolicLink());
});

t.test('never where something else is', async (t) => {
	symlinkSync('round', at('about'));
	symlinkSync('about', at('round'));
	symlinkSync('/dev/null', at('null'));
	t.match(failureOf(at('folder')), { blame: 'io', code: 'EISDIR' });
	t.match(failureOf('/dev/null'), { blame: 'io', code: 'NO_FILE', message: '/dev/null: this is no file but a device' });
	t.match(failureOf(at('null')), { blame: 'io', code: 'NO_FILE' });
	t.match(failureOf(at('round')), { blame: 'io', code: 'ELOOP' });
});
