/** Who may import whom, and do what: the table of the design, held against every import of every file. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, normalize } from 'node:path';
import t from 'tap';

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
	'upper-layer': [],
	dicom: [],
	dimse: ['upper-layer', 'dicom'],
	association: ['upper-layer', 'dimse', 'dicom'],
	services: ['association', 'upper-layer', 'dimse', 'dicom'],
	retrieve: ['services', 'association', 'upper-layer', 'dimse', 'dicom'],
	simulate: ['services', 'association', 'upper-layer', 'dimse', 'dicom'],
	trace: ['association', 'upper-layer', 'dimse', 'dicom'],
	archive: ['dicom'],
	diagnose: ['services', 'retrieve', 'association', 'dimse', 'dicom'],
	config: ['dicom'],
	output: ['dicom', 'dimse', 'upper-layer', 'association/trace.ts'],
	cli: ['config', 'output', 'diagnose'],
	tui: [
		'services',
		'retrieve',
		'trace',
		'archive',
		'output',
		'diagnose',
		'config',
		'dimse',
		'dicom',
		'association/trace.ts',
	],
	commands: [
		'cli',
		'output',
		'diagnose',
		'config',
		'services',
		'retrieve',
		'simulate',
		'trace',
		'archive',
		'association',
		'dimse',
		'upper-layer',
		'dicom',
		'tui',
	],
	'main.ts': ['cli', 'commands'],
	'errors.ts': [],
	'file-place.ts': [],
	'make-folder.ts': [],
	'nearest.ts': [],
};
/** What everybody may import. */
const EVERYWHERE = ['errors.ts', 'file-place.ts', 'make-folder.ts', 'nearest.ts'];
const PURE = ['upper-layer', 'dimse', 'dicom'];
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
	cli: ['yargs'],
	output: ['chalk', 'cli-table3'],
	tui: ['ink', 'react'],
};

const files = globSync('src/**/*.{ts,tsx}');
const folderOf = (path: string): string => path.split('/')[1] ?? '';
/** Comments name what the code may not: they are left out. */
const codeOf = (path: string): string =>
	readFileSync(path, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');

for (const folder of new Set(files.map(folderOf)))
	t.test(folder, async (t) => {
		const allowed = MAY_IMPORT[folder];
		if (allowed === undefined) return t.fail(`src/${folder} has no row in the table`);
		for (const path of files.filter((one) => folderOf(one) === folder)) {
			const code = codeOf(path);
			for (const [, from = ''] of code.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*'([\w@./:-]+)'/g)) {
				if (from.startsWith('.')) {
					const target = normalize(`${dirname(path)}/${from}`).replace(/^src\//, '');
					const reachesPeers =
						folder === 'tui' && /^src\/tui\/effects/.test(path) ? ['association', 'upper-layer'] : [];
					const isAllowed = [folder, ...EVERYWHERE, ...allowed, ...reachesPeers].some(
						(one) => target === one || target.startsWith(`${one}/`),
					);
					t.ok(isAllowed, `${path} imports ${target}`);
				} else if (from.startsWith('node:'))
					t.ok(!PURE.includes(folder) || (folder === 'dicom' && from === 'node:zlib'), `${path} imports ${from}`);
				else t.ok((PACKAGES[folder] ?? []).includes(from.split('/')[0] ?? ''), `${path} imports ${from}`);
			}
			if (folder !== 'main.ts') t.notMatch(code, /(?<![-\w])(?:process|console)\./, `${path} leaves the process alone`);
			if (PURE.includes(folder))
				t.notMatch(
					code,
					/\b(?:setTimeout|setInterval|setImmediate|Promise|await|Date\.now|performance\.)\b/,
					`${path} only computes`,
				);
		}
		return undefined;
	});
