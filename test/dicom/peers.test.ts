/** Second opinions of programs that may be on the machine: pydicom with its files, DCMTK's dcmconv and dump2dcm. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Dataset, Element, PersonName } from '../../src/dicom/dataset.ts';
import { personNameText, plainDataset, stringsOf, textOf } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { encodeFile, readFileMeta } from '../../src/dicom/part10.ts';
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { VRS } from '../../src/dicom/vr.ts';
import { LATE, SAMPLE } from './sample-dataset.ts';

const SYNTAXES = [IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED];
const PYTHON = '/usr/bin/python3';
const folder = mkdtempSync(join(tmpdir(), 'dimse-peers-'));
t.teardown(() => rmSync(folder, { recursive: true }));

const runs = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;
const noPydicom = runs(PYTHON, '-c', 'import pydicom') ? false : 'python3-pydicom is not installed';
const noDcmtk = runs('dcmconv', '--version') && runs('dump2dcm', '--version') ? false : 'dcmtk is not installed';

interface Read {
	readonly dataset: Dataset;
	readonly complete: boolean;
	readonly problems: readonly string[];
	readonly transferSyntaxUid: string;
	/** The dataset as it lies in the file. */
	readonly body: Uint8Array;
}

const readFile = (path: string): Read | undefined => {
	const file = readFileSync(path);
	const head = readFileMeta(file, true);
	if (head.kind !== 'part10' && head.kind !== 'bare') return undefined;
	const body = file.subarray(head.datasetOffset);
	const { dataset, complete, problems } = decodeDataset(body, head.transferSyntaxUid);
	return { dataset, complete, problems, transferSyntaxUid: head.transferSyntaxUid, body };
};

/** Elements as lines: path, VR, values as text; bytes as their number and the first 16 of them. */
const lines = (dataset: Dataset, path = ''): string[] =>
	Object.keys(dataset)
		.sort()
		.flatMap((tag) => {
			const element = dataset[tag] as Element;
			const here = `${path}${tag}`;
			if (element.vr === 'SQ') {
				const items = element.Value as readonly Dataset[];
				return [`${here} SQ ${items.length}`, ...items.flatMap((item, index) => lines(item, `${here}[${index}].`))];
			}
			if (VRS[element.vr].kind === 'bytes') {
				const [bytes = new Uint8Array(0), ...more] = element.Value as readonly Uint8Array[];
				if (more.length > 0) return [`${here} ${element.vr} encapsulated`];
				return [`${here} ${element.vr} ${bytes.length} ${Buffer.from(bytes.subarray(0, 16)).toString('hex')}`];
			}
			const values =
				element.vr === 'PN' ? element.Value.map((name) => namesText(name as PersonName | null)) : undefined;
			const numbers = VRS[element.vr].kind === 'number' ? element.Value.map(String) : undefined;
			return [`${here} ${element.vr} ${JSON.stringify(values ?? numbers ?? stringsOf(dataset, tag))}`];
		});

const namesText = (name: PersonName | null): string => (name === null ? '' : personNameText(name));

/** The same lines from pydicom. Where it is known to differ, `?` stands for the values. */
const SCRIPT = `
import sys, json, warnings, struct
warnings.simplefilter('ignore')
import pydicom
from pydicom.filewriter import correct_ambiguous_vr
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
BYTES = {'OB','OD','OF','OL','OV','OW','UN'}
NUMBERS = {'US','SS','UL','SL','FL','FD','SV','UV'}
def text(vr, v):
    if v is None: return ''
    if vr in ('DS','IS'):
        return getattr(v, 'original_string', None) or str(v)
    if vr == 'AT': return '%08X' % int(v)
    if vr == 'PN': return str(v).rstrip('=')
    return str(v)
def number(vr, v):
    return repr(v) if vr in ('FL','FD') else str(v)
UNITS = {'OW': 2, 'OF': 4, 'OL': 4, 'OD': 8, 'OV': 8}
def lines(ds, big, path=''):
    out = []
    for tag in sorted(ds.keys()):
        if tag.group == 2: continue
        e = ds[tag]
        here = path + '%08X' % tag
        vr = getattr(e.VR, 'value', e.VR)
        if vr == 'SQ':
            out.append('%s SQ %d' % (here, len(e.value)))
            for i, item in enumerate(e.value): out += lines(item, big, '%s[%d].' % (here, i))
            continue
        if vr in ('OB or OW', 'US or OW', 'US or SS or OW'): vr = 'OW'
        if vr == 'US or SS': vr = 'US'
        v = e.value
        if vr in BYTES:
            v = v or b''
            u = UNITS.get(vr, 1)
            if big and u > 1: v = b''.join(v[i:i+u][::-1] for i in range(0, len(v), u))
            if getattr(e, 'is_undefined_length', False): out.append('%s %s encapsulated' % (here, vr))
            elif isinstance(v, bytes): out.append('%s %s %d %s' % (here, vr, len(v), v[:16].hex()))
            else: out.append('%s %s ?' % (here, vr))
            continue
        if v is None or v == '' : vs = []
        elif isinstance(v, pydicom.multival.MultiValue) or isinstance(v, list): vs = list(v)
        else: vs = [v]
        f = number if vr in NUMBERS else text
        out.append('%s %s %s' % (here, vr, json.dumps([f(vr, x) for x in vs], ensure_ascii=False)))
    return out
for path in sys.argv[1:]:
    try:
        ds = pydicom.dcmread(path, force=True)
        ds.decode()
        big = not ds.is_little_endian
        correct_ambiguous_vr(ds, not big)
        print(json.dumps({'path': path, 'lines': lines(ds, big)}))
    except Exception as e:
        print(json.dumps({'path': path, 'error': repr(e)}))
`;

interface Opinion {
	readonly path: string;
	readonly lines?: readonly string[];
	readonly error?: string;
}

const pydicomOf = (paths: readonly string[]): Opinion[] => {
	const { stdout } = spawnSync(PYTHON, ['-c', SCRIPT, ...paths], { encoding: 'utf8', maxBuffer: 1 << 28 });
	return stdout
		.split('\n')
		.filter((line) => line !== '')
		.map((line) => JSON.parse(line) as Opinion);
};

/** Lines without what the two print differently and both mean: numbers, spaces at the ends, empty values. */
const normal = (line: string): string => {
	const [where = '', vr = '', ...rest] = line.split(' ');
	const values = rest.join(' ');
	// pydicom knows some private elements.
	if (/[13579BDF]....$/.test(where) && !/00..$/.test(where)) return `${where} private`;
	if (!values.startsWith('[')) return line;
	const list = (JSON.parse(values) as string[]).map((value) =>
		vr === 'FL' || vr === 'FD' || vr === 'DS' ? String(Number(value)) : value.trim().replaceAll('\u0000', ''),
	);
	return `${where} ${vr} ${JSON.stringify(list.every((value) => value === '') ? [] : list)}`;
};

const written = (): string[] =>
	SYNTAXES.map((syntax) => {
		const path = join(folder, `${syntax}.dcm`);
		writeFileSync(path, encodeFile(LATE, syntax));
		return path;
	});

t.test('pydicom reads what we write', { skip: noPydicom }, async (t) => {
	for (const { path, lines: theirs, error } of pydicomOf(written())) {
		t.equal(error, undefined);
		t.strictSame(theirs?.map(normal), lines(readFile(path)?.dataset ?? {}).map(normal), path);
		// In implicit VR private elements lose theirs, and those of pixel data are OW.
		t.strictSame(plainDataset(readFile(path)?.dataset ?? {}), LATE);
	}
});

const CORPUS = '/usr/lib/python3/dist-packages/pydicom/data';
const corpus = (['test_files', 'charset_files'] as const)
	.map((name) => join(CORPUS, name))
	.filter((path) => existsSync(path))
	.flatMap((path) => readdirSync(path).map((name) => join(path, name)))
	.filter((path) => path.endsWith('.dcm'));
const noCorpus = corpus.length === 0 ? "pydicom's files are not installed" : noPydicom;

t.test("pydicom's files", { skip: noCorpus }, async (t) => {
	let compared = 0;
	for (const { path, lines: theirs, error } of pydicomOf(corpus)) {
		const ours = readFile(path);
		if (error !== undefined || ours === undefined || theirs === undefined || !ours.complete) continue;
		compared++;
		t.strictSame(lines(ours.dataset).map(normal), theirs.map(normal), path);
	}
	t.ok(compared > 60, `${compared} files were compared`);
});

t.test("pydicom's files come out again as they went in", { skip: noCorpus }, async (t) => {
	let identical = 0;
	for (const path of corpus) {
		const file = readFile(path);
		// Odd lengths are made even.
		if (file === undefined || !file.complete || file.problems.some((problem) => problem.includes('odd'))) continue;
		const { dataset, transferSyntaxUid, body } = file;
		const variants = [false, true].map((undefinedLengths) =>
			encodeDataset(dataset, transferSyntaxUid, { undefinedLengths }),
		);
		for (const bytes of variants) {
			const again = decodeDataset(bytes, transferSyntaxUid).dataset;
			t.strictSame(
				lines(again),
				lines(dataset).filter((line) => !/(^|\.)....0000 UL/.test(line)),
				path,
			);
		}
		if (variants.some((bytes) => Buffer.compare(bytes, body) === 0)) identical++;
	}
	t.ok(identical > 50, `${identical} files byte for byte`);
});

const CONVERSIONS = [
	['+ti', IMPLICIT_LITTLE],
	['+te', EXPLICIT_LITTLE],
	['+tb', EXPLICIT_BIG],
	['+td', DEFLATED],
] as const;

t.test('dcmconv converts what we write into what we read', { skip: noDcmtk }, async (t) => {
	for (const path of written()) {
		for (const [option, syntax] of CONVERSIONS) {
			for (const lengths of ['+e', '-e']) {
				const output = join(folder, 'converted.dcm');
				const { status, stderr } = spawnSync('dcmconv', [option, lengths, path, output], { encoding: 'utf8' });
				t.equal(status, 0, stderr);
				const read = readFile(output);
				t.equal(read?.transferSyntaxUid, syntax);
				t.strictSame(plainDataset(read?.dataset ?? {}), LATE, `${path} ${option} ${lengths}`);
				const bytes = encodeDataset(LATE, syntax, { undefinedLengths: lengths === '-e' });
				if (syntax !== DEFLATED) t.equal(Buffer.compare(read?.body ?? new Uint8Array(), bytes), 0, 'byte for byte');
			}
		}
	}
});

t.test('we read what dump2dcm makes of text', { skip: noDcmtk }, async (t) => {
	const dump = join(folder, 'dump.txt');
	writeFileSync(
		dump,
		`(0008,0005) CS [ISO_IR 192]
(0008,0016) UI =SecondaryCaptureImageStorage
(0008,0018) UI [1.2.3]
(0008,1140) SQ (Sequence with undefined length)
(fffe,e000) na (Item with undefined length)
(0008,1155) UI [1.2.4]
(fffe,e00d) na
(fffe,e0dd) na
(0010,0010) PN [Müller^Jürgen]
(0010,1030) DS [72.50]
(0028,0010) US 512
(0028,0106) SS -5
`,
	);
	const output = join(folder, 'dumped.dcm');
	for (const [option, syntax] of CONVERSIONS) {
		t.equal(spawnSync('dump2dcm', [option, dump, output]).status, 0);
		const read = readFile(output);
		t.equal(read?.transferSyntaxUid, syntax);
		t.equal(textOf(read?.dataset ?? {}, '00100010'), 'Müller^Jürgen');
		t.equal(textOf(read?.dataset ?? {}, '00101030'), '72.50');
		t.match(plainDataset(read?.dataset ?? {}), {
			'00081140': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1.2.4'] } }] },
			'00280010': { vr: 'US', Value: [512] },
		});
	}
});

t.test('a sample of every VR', async (t) => {
	const found = new Set([...Object.values(LATE), ...Object.values(SAMPLE)].map(({ vr }) => vr));
	t.equal(found.size, Object.keys(VRS).length);
});
