/** The INI dialect, beside Python's own configparser; and changes that leave the rest of a file alone. */
import { spawnSync } from 'node:child_process';
import t from 'tap';
import { parseIni, withoutSection, withSection } from '../../src/config/ini.ts';
import { DicomError } from '../../src/errors.ts';

const CASES: Readonly<Record<string, string>> = {
	empty: '',
	'comments only': '# one\n; two\n\n',
	'both delimiters': '[a]\nx = 1\ny: 2\nz=3\nw:4\n',
	'the first delimiter counts': '[a]\nurl: https://host/x=1\nk = a:b\n',
	'a delimiter without blanks': '[a]\naddress:10.0.0.1\n',
	'no value': '[a]\nx =\ny:\n',
	'inheritance and override': '[DEFAULT]\nport: 104\nx: 1\n[a]\nport: 11112\n[b]\n',
	'default after its heirs': '[a]\nx: 1\n[DEFAULT]\ny: 2\n',
	'default twice': '[DEFAULT]\nx: 1\n[a]\n[DEFAULT]\ny: 2\n',
	'keys in any case': '[a]\nAE_Title: X\nPORT: 1\n',
	'sections keep their case': '[Main]\nx: 1\n[main]\nx: 2\n',
	'continued lines': '[a]\nnote: one\n  two\n\tthree\nx: 1\n',
	'a continued line that looks like a key': '[a]\nnote: one\n  two: three\n',
	'a continued line that looks like a section': '[a]\nnote: one\n  [b]\n',
	'blank lines in a value': '[a]\nnote: one\n\n  two\n\n\nx: 1\n',
	'a comment in a value': '[a]\nnote: one\n# no part of it\n  two\n  ; nor this\n  three\n',
	'an indented section': '  [a]\n  x: 1\n  y: 2\n    more\n',
	'keys of several depths': '[a]\n  x: 1\n y: 2\nz: 3\n',
	'a value that begins on the next line': '[a]\nnote:\n  one\n  two\n',
	'no inline comments': '[a]\nx: 1 # all of it\ny: 2 ; too\n',
	'percent signs': '[a]\nnote: 100 % {PatientID}\n',
	'blanks in keys and sections': '[my node]\na key : v \n',
	'a bracket in a section': '[a]b]\nx: 1\n',
	'text behind a section': '[a] # tail\nx: 1\n',
	'Windows line ends': '[a]\r\nx: 1\r\n  more\r\n',
	'no line end at the end': '[a]\nx: 1',
	'not ASCII': '[a]\nnote: Müller 山田\n',
	'no section': 'x: 1\n',
	'a section twice': '[a]\nx: 1\n[a]\n',
	'a key twice': '[a]\nx: 1\nX: 2\n',
	'a line that is nothing': '[a]\nword\n',
	'no key': '[a]\n= 1\n',
	'an open bracket': '[a\nx: 1\n',
	'an open bracket in a key': '[a]\n[b: 1\n',
};

/** Sections with their own and inherited values, as `{ section: { key: value } }`; undefined where it is refused. */
const ours = (text: string): Record<string, Record<string, string>> | undefined => {
	try {
		const { defaults, sections } = parseIni(text, 'config.ini');
		const inherited = [...defaults.entries.values()];
		return Object.fromEntries(
			[...sections.values()].map(({ name, entries }) => [
				name,
				Object.fromEntries([...inherited, ...entries.values()].map(({ key, value }) => [key, value])),
			]),
		);
	} catch (error) {
		if (error instanceof DicomError && error.failure.blame === 'usage') return undefined;
		throw error;
	}
};

const PYTHON = `
import configparser, json, sys
def read(text):
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text.replace("\\r\\n", "\\n"))
    except configparser.Error:
        return None
    return {name: dict(parser.items(name)) for name in parser.sections()}
print(json.dumps([read(text) for text in json.load(sys.stdin)]))
`;

t.test('as configparser', async (t) => {
	const python = spawnSync('/usr/bin/python3', ['-c', PYTHON], { input: JSON.stringify(Object.values(CASES)) });
	if (python.error !== undefined) return t.pass('skipped', { skip: '/usr/bin/python3 is not installed' });
	const theirs: unknown = JSON.parse(python.stdout.toString());
	if (!Array.isArray(theirs)) return t.fail(python.stderr.toString());
	for (const [at, [name, text]] of Object.entries(CASES).entries()) t.strictSame(ours(text) ?? null, theirs[at], name);
});

t.test('what is known without Python', async (t) => {
	t.strictSame(ours('[DEFAULT]\nport: 104\n[a]\nAddress = h\n  more\n'), { a: { port: '104', address: 'h\nmore' } });
	t.strictSame(ours('\uFEFF[a]\nx: 1\n'), { a: { x: '1' } }, 'a byte order mark is nothing');
});

t.test('a mistake is told with its file and line', async (t) => {
	const mistakes: readonly (readonly [string, RegExp])[] = [
		['\nx: 1\n', /^config\.ini:2: no section before this line$/],
		['[DEFAULT\nx: 1\n', /^config\.ini:1: the bracket of "\[DEFAULT" is not closed$/],
		['[a]\nx: 1\n[b\n', /^config\.ini:3: the bracket of "\[b" is not closed$/],
		['[a]\n\nword\n', /^config\.ini:3: neither "key: value" nor "\[section\]": word$/],
		['[a]\n[b]\n[a]\n', /^config\.ini:3: section \[a\] stands here a second time$/],
		['[a]\nx: 1\n\nX: 2\n', /^config\.ini:4: x stands in \[a\] twice; first in line 2$/],
	];
	for (const [text, message] of mistakes) t.throws(() => parseIni(text, 'config.ini'), { message });
});

const FILE = `# ours
[DEFAULT]
port = 104

; the big one
[main]
address: 10.0.0.1
note: one
  two
# behind it

# the other
[backup]
address=b

`;

t.test('changes leave the rest alone', async (t) => {
	t.equal(
		withSection(FILE, 'f', 'main', { address: '10.0.0.2', note: 'three', tags: 'x, y' }),
		FILE.replace('10.0.0.1', '10.0.0.2')
			.replace('note: one\n  two\n', 'note: three\ntags: x, y\n')
			.replace(/\n\n$/, '\n'),
	);
	t.equal(withSection(FILE, 'f', 'new', { address: 'c' }), `${FILE.trimEnd()}\n\n[new]\naddress: c\n`);
	t.equal(withSection('', 'f', 'new', { address: 'c' }), '[new]\naddress: c\n');
	t.equal(
		withoutSection(FILE, 'f', 'main'),
		FILE.replace('[main]\naddress: 10.0.0.1\nnote: one\n  two\n', '').replace(/\n\n$/, '\n'),
	);
	t.equal(withoutSection(FILE, 'f', 'backup'), FILE.replace('[backup]\naddress=b\n\n', ''));
	t.equal(withoutSection(FILE, 'f', 'nobody'), FILE);
	const many = withSection('[a]\r\nx: 1\r\n', 'f', 'a', { note: 'one\ntwo' });
	t.equal(many, '[a]\r\nx: 1\r\nnote: one\r\n\ttwo\r\n', 'the line ends of the file');
	t.strictSame(ours(many), { a: { x: '1', note: 'one\ntwo' } });
});
