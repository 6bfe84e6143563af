/** The Specific Character Sets, against the examples of PS3.5 H to K byte for byte, every code of every set, and pydicom. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { decodeText, encodeText, isKnown, smallestCharacterSetFor } from '../../src/dicom/character-sets.ts';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { isItem, stringsOf } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { readFileMeta } from '../../src/dicom/part10.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import type { Vr } from '../../src/dicom/vr.ts';

const hex = (bytes: Uint8Array | undefined): string | undefined =>
	bytes === undefined ? undefined : Buffer.from(bytes).toString('hex');

/** Hex digits, spaces between them for the eye. */
const bytes = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits.replaceAll(' ', ''), 'hex'));

const R = '\ufffd';

interface Example {
	readonly what: string;
	readonly terms: readonly string[];
	readonly vr?: Vr;
	readonly text: string;
	readonly bytes: string;
}

/** Read and written. */
const BOTH_WAYS: readonly Example[] = [
	{
		what: 'PS3.5 H.3.1',
		terms: ['', 'ISO 2022 IR 87'],
		text: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
		bytes: `59616d6164615e5461726f753d 1b2442 3b334544 1b2842 5e 1b2442 42404f3a 1b2842 3d
			1b2442 2464245e2440 1b2842 5e 1b2442 243f246d2426 1b2842`,
	},
	{
		what: 'PS3.5 H.3.2',
		terms: ['ISO 2022 IR 13', 'ISO 2022 IR 87'],
		text: 'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
		bytes: `d4cfc0de5ec0dbb33d 1b2442 3b334544 1b284a 5e 1b2442 42404f3a 1b284a 3d
			1b2442 2464245e2440 1b284a 5e 1b2442 243f246d2426 1b284a`,
	},
	{
		what: 'PS3.5 I.2',
		terms: ['', 'ISO 2022 IR 149'],
		text: 'Hong^Gildong=洪^吉洞=홍^길동',
		bytes: `486f6e675e47696c646f6e673d 1b242943 fbf3 5e 1b242943 d1ced4d7 3d 1b242943 c8ab 5e 1b242943 b1e6b5bf`,
	},
	{
		what: 'PS3.5 J.1',
		terms: ['ISO_IR 192'],
		text: 'Wang^XiaoDong=王^小東=',
		bytes: '57616e675e5869616f446f6e673d e78e8b 5e e5b08f e69db1 3d',
	},
	{
		what: 'PS3.5 J.3',
		terms: ['GB18030'],
		text: 'Wang^XiaoDong=王^小东=',
		bytes: '57616e675e5869616f446f6e673d cdf5 5e d0a1 b6ab 3d',
	},
	{
		what: 'PS3.5 K.2',
		terms: ['', 'ISO 2022 IR 58'],
		text: 'Zhang^XiaoDong=张^小东=',
		bytes: '5a68616e675e5869616f446f6e673d 1b242941 d5c5 5e 1b242941 d0a1b6ab 3d',
	},
	{ what: 'French', terms: ['ISO_IR 100'], text: 'Buc^Jérôme', bytes: '4275635e4ae972f46d65' },
	{ what: 'Greek', terms: ['ISO_IR 126'], text: 'Διονυσιος', bytes: 'c4e9efedf5f3e9eff2' },
	{ what: 'Russian', terms: ['ISO_IR 144'], text: 'Люкceмбypг', bytes: 'bbeeda6365dcd17970d3' },
	{ what: 'Arabic', terms: ['ISO_IR 127'], text: 'قباني^لنزار', bytes: 'e2c8c7e6ea5ee4e6d2c7d1' },
	{ what: 'Hebrew', terms: ['ISO_IR 138'], text: 'שרון^דבורה', bytes: 'f9f8e5ef5ee3e1e5f8e4' },
	{ what: 'Polish', terms: ['ISO_IR 101'], text: 'Łódź', bytes: 'a3f364bc' },
	{ what: 'Maltese', terms: ['ISO_IR 109'], text: 'Ħal Għaxaq', bytes: 'a1616c2047b161786171' },
	{ what: 'Latvian', terms: ['ISO_IR 110'], text: 'Rīga', bytes: '52ef6761' },
	{ what: 'Turkish', terms: ['ISO_IR 148'], text: 'İğşı', bytes: 'ddf0fefd' },
	{ what: 'Thai', terms: ['ISO_IR 166'], text: 'นามสกุล', bytes: 'b9d2c1caa1d8c5' },
	{ what: 'Latin-9', terms: ['ISO_IR 203'], text: 'Œuvre à 5 €', bytes: 'bc7576726520e0203520a4' },
	{ what: 'half-width katakana', terms: ['ISO_IR 13'], text: 'ﾔﾏﾀﾞ^ﾀﾛｳ', bytes: 'd4cfc0de5ec0dbb3' },
	{ what: 'the yen sign of JIS', terms: ['ISO_IR 13'], vr: 'LT', text: '¥100 ‾', bytes: '5c313030207e' },
	{ what: 'JIS: between values it is a delimiter', terms: ['ISO_IR 13'], vr: 'LO', text: 'ﾔ\\ﾏ', bytes: 'd45ccf' },
	{ what: 'GBK: trail byte 5C', terms: ['GBK'], vr: 'LO', text: '乗\\誠', bytes: '815c 5c d55c' },
	{ what: 'GB 18030: trail byte 5C', terms: ['GB18030'], vr: 'LO', text: '乗\\誠', bytes: '815c 5c d55c' },
	{
		what: 'GB 18030: four bytes',
		terms: ['GB18030'],
		text: '\u0080ሴ😀',
		bytes: '81308130 8133bc34 9439fc36',
	},
	{
		what: 'JIS X 0212',
		terms: ['', 'ISO 2022 IR 87', 'ISO 2022 IR 159'],
		text: 'a=丂亜',
		bytes: '613d 1b242844 3021 1b2442 3021 1b2842',
	},
	{
		what: 'each value begins anew',
		terms: ['', 'ISO 2022 IR 87'],
		vr: 'LO',
		text: '山\\山',
		bytes: '1b24423b331b28425c1b24423b331b2842',
	},
	{
		what: 'each line begins anew',
		terms: ['', 'ISO 2022 IR 149'],
		vr: 'LT',
		text: '길\r\n길\t길',
		bytes: '1b242943b1e6 0d0a 1b242943b1e6 09 1b242943b1e6',
	},
	{
		what: 'no delimiters of names in other text',
		terms: ['', 'ISO 2022 IR 149'],
		vr: 'LO',
		text: '길^동=길',
		bytes: '1b242943 b1e6 5e b5bf 3d b1e6',
	},
	{
		what: 'a backslash is text where there is one value',
		terms: ['', 'ISO 2022 IR 149'],
		vr: 'UT',
		text: '길\\동',
		bytes: '1b242943 b1e6 5c b5bf',
	},
	{
		what: 'a space is not of the sets of two bytes',
		terms: ['', 'ISO 2022 IR 87'],
		vr: 'LO',
		text: '山 田',
		bytes: '1b24423b33 1b284220 1b24424544 1b2842',
	},
	{
		what: 'back to the right half of the first term',
		terms: ['ISO 2022 IR 100', 'ISO 2022 IR 144'],
		text: 'é^Дé^Д',
		bytes: 'e9 5e 1b2d4cb4 1b2d41e9 5e 1b2d4cb4 1b2d41',
	},
	{
		what: 'no return where the first term has no right half',
		terms: ['', 'ISO 2022 IR 100', 'ISO 2022 IR 144'],
		text: 'é^Д',
		bytes: '1b2d41e9 5e 1b2d4cb4',
	},
	{ what: 'one term with code extension', terms: ['ISO 2022 IR 100'], text: 'é', bytes: 'e9' },
];

/** Only read: what the standard does not say, or says in another way than we write. */
const READ: readonly Example[] = [
	{
		what: 'PS3.5 I.3: the set is designated at the beginning of each line',
		terms: ['', 'ISO 2022 IR 149'],
		vr: 'LT',
		text: 'The 1st line includes 길동.\r\nThe 2nd line includes 길동, too.\r\nThe 3rd line',
		bytes: Buffer.from(
			'\x1b$)CThe 1st line includes \xb1\xe6\xb5\xbf.\r\n\x1b$)CThe 2nd line includes \xb1\xe6\xb5\xbf, too.\r\nThe 3rd line',
			'latin1',
		).toString('hex'),
	},
	{
		what: 'PS3.5 K.3',
		terms: ['', 'ISO 2022 IR 58'],
		vr: 'LT',
		text: '1) 第一行文字。\r\n2) 第二行文字。\r\n3) 第三行文字。',
		bytes: `1b242941 3129 20 b5dad2bbd0d0cec4d7d6a1a3 0d0a 1b242941 3229 20 b5dab6fed0d0cec4d7d6a1a3 0d0a
			1b242941 3329 20 b5dac8fdd0d0cec4d7d6a1a3`,
	},
	{ what: 'no set, high bytes', terms: [], text: `a${R}${R}b`, bytes: '61e98062' },
	{ what: 'Latin-1 has no C1', terms: ['ISO_IR 100'], text: `${R}é`, bytes: '85e9' },
	{ what: 'UTF-8 cut short', terms: ['ISO_IR 192'], text: `a${R}`, bytes: '61e78e' },
	{ what: 'UTF-8 with a Latin-1 byte', terms: ['ISO_IR 192'], text: `M${R}ller`, bytes: '4dfc6c6c6572' },
	{ what: 'a lead byte alone', terms: ['', 'ISO 2022 IR 149'], text: `${R}`, bytes: '1b242943b1' },
	{ what: 'a cell that is empty', terms: ['', 'ISO 2022 IR 87'], text: `${R}山`, bytes: '1b2442 2921 3b33' },
	{ what: 'half a pair before an escape', terms: ['', 'ISO 2022 IR 87'], text: `${R}a`, bytes: '1b2442 3b 1b2842 61' },
	{ what: 'an escape of no set', terms: ['', 'ISO 2022 IR 87'], text: `${R}[31ma`, bytes: '1b5b33316d61' },
	{ what: 'an escape at the end', terms: ['', 'ISO 2022 IR 87'], text: `a${R}`, bytes: '611b' },
	{ what: 'a half of a long escape', terms: ['', 'ISO 2022 IR 87'], text: `a${R}$`, bytes: '611b24' },
	{ what: 'Korean not designated', terms: ['', 'ISO 2022 IR 149'], text: '홍^길동', bytes: 'c8ab5eb1e6b5bf' },
	{ what: 'Korean as the only term', terms: ['ISO 2022 IR 149'], text: '홍^길동', bytes: '1b242943c8ab5eb1e6b5bf' },
	{ what: 'Kanji as the only term', terms: ['ISO 2022 IR 87'], text: 'a^山', bytes: '615e1b24423b331b2842' },
	{ what: 'Kanji not announced', terms: ['ISO_IR 100'], text: 'é山', bytes: 'e91b24423b331b2842' },
	{ what: 'Kanji of 1978', terms: ['', 'ISO 2022 IR 87'], text: '山', bytes: '1b24403b331b2842' },
	{
		what: 'no way back before a delimiter',
		terms: ['', 'ISO 2022 IR 87'],
		text: '山^田',
		bytes: '1b24423b335e1b24424544',
	},
	{
		what: 'kanji whose bytes are delimiters',
		terms: ['', 'ISO 2022 IR 87'],
		text: '十樛湎',
		bytes: '1b2442 3d3d 5c5c 5e5e 1b2842',
	},
	{
		what: 'wave dash of JIS',
		terms: ['', 'ISO 2022 IR 87'],
		text: '〜‖−¢£¬',
		bytes: '1b2442 2141 2142 215d 2171 2172 224c',
	},
	{ what: 'characters that Windows put in', terms: ['', 'ISO 2022 IR 87'], text: '①', bytes: '1b2442 2d21' },
	{ what: 'the euro of 2003', terms: ['ISO_IR 126'], text: '€', bytes: 'a4' },
	{ what: 'a term without its prefix', terms: ['IR 100'], text: 'é', bytes: 'e9' },
	{ what: 'a term with the wrong dashes', terms: ['iso-ir-192'], text: 'é', bytes: 'c3a9' },
	{ what: 'a term of other programs', terms: ['UTF-8'], text: 'é', bytes: 'c3a9' },
	{ what: 'ISO 2022 IR 192 does not exist', terms: ['ISO 2022 IR 192'], text: 'é', bytes: 'c3a9' },
	{ what: 'UTF-8 as second term', terms: ['', 'ISO_IR 192'], text: 'é', bytes: 'c3a9' },
	{ what: 'a term of no meaning, UTF-8', terms: ['KLINGON'], text: 'é', bytes: 'c3a9' },
	{ what: 'a term of no meaning, not UTF-8', terms: ['KLINGON'], text: 'é', bytes: 'e9' },
	{ what: 'a term of no meaning beside another', terms: ['ISO 2022 IR 100', 'KLINGON'], text: 'é', bytes: 'e9' },
];

t.test('examples, both ways', async (t) => {
	for (const { what, terms, vr = 'PN', text, bytes: digits } of BOTH_WAYS) {
		t.equal(hex(encodeText(text, terms, vr)), hex(bytes(digits.replaceAll(/\s/g, ''))), `${what}: written`);
		t.equal(decodeText(bytes(digits.replaceAll(/\s/g, '')), terms, vr), text, `${what}: read`);
	}
});

t.test('what is read all the same', async (t) => {
	for (const { what, terms, vr = 'PN', text, bytes: digits } of READ)
		t.equal(decodeText(bytes(digits.replaceAll(/\s/g, '')), terms, vr), text, what);
});

t.test('what cannot be written', async (t) => {
	for (const [text, terms, vr] of [
		['é', [], 'LO'],
		['é', [''], 'LO'],
		['山', ['ISO_IR 100'], 'LO'],
		['Д', ['ISO_IR 100'], 'LO'],
		['é', ['ISO_IR 13'], 'LO'],
		['~', ['ISO_IR 13'], 'LO'],
		['a\\b', ['ISO_IR 13'], 'LT'],
		['¥', ['ISO_IR 13'], 'LO'],
		['①', ['', 'ISO 2022 IR 87'], 'LO'],
		['乗', ['', 'ISO 2022 IR 58'], 'LO'],
		['€', ['ISO_IR 126'], 'LO'],
		['\u200e', ['ISO_IR 138'], 'LO'],
		['😀', ['GBK'], 'LO'],
		['\ue000', ['GBK'], 'LO'],
		['\ud800', ['ISO_IR 192'], 'LO'],
		['\ud800', ['GB18030'], 'LO'],
		['\u001b$B', ['', 'ISO 2022 IR 87'], 'LO'],
		['é', ['KLINGON'], 'LO'],
	] as const)
		t.equal(encodeText(text, terms, vr), undefined, `${JSON.stringify(text)} in ${terms.join('\\')}`);
});

t.test('¥ is not written as the delimiter it would be read as', async (t) => {
	t.equal(encodeText('¥', ['ISO_IR 13'], 'LO'), undefined);
	t.equal(hex(encodeText('¥', ['ISO_IR 13'], 'ST')), '5c');
});

const SINGLE = ['100', '101', '109', '110', '144', '127', '126', '138', '148', '203', '13', '166'];

t.test('every character of every set is read as it was written', async (t) => {
	const sets: (readonly string[])[] = [
		...SINGLE.flatMap((number) => [[`ISO_IR ${number}`], [`ISO 2022 IR ${number}`], ['', `ISO 2022 IR ${number}`]]),
		...['87', '159', '149', '58'].map((number) => ['', `ISO 2022 IR ${number}`]),
		['ISO 2022 IR 13', 'ISO 2022 IR 87', 'ISO 2022 IR 159'],
		['ISO_IR 192'],
		['GB18030'],
		['GBK'],
	];
	/** How many characters beyond ASCII each has: of JIS, KS and GB as their standards count them. */
	const counts: Record<string, number> = {
		'ISO_IR 100': 96,
		'ISO_IR 101': 96,
		'ISO_IR 109': 89,
		'ISO_IR 110': 96,
		'ISO_IR 144': 96,
		'ISO_IR 127': 51,
		'ISO_IR 126': 90,
		'ISO_IR 138': 58,
		'ISO_IR 148': 96,
		'ISO_IR 203': 96,
		'ISO_IR 13': 65,
		'ISO_IR 166': 87,
		'\\ISO 2022 IR 87': 6879,
		'\\ISO 2022 IR 159': 6067,
		'\\ISO 2022 IR 149': 8224,
		'\\ISO 2022 IR 58': 7445,
		GB18030: 56_959,
		'ISO_IR 192': 56_959,
	};
	for (const terms of sets) {
		let count = 0;
		let wrong = '';
		for (let point = 0x80; point <= 0xffff; point++) {
			// Neither surrogates nor private use, and not the sign for what was not understood.
			if ((point >= 0xd800 && point <= 0xf8ff) || point === 0xfffd) continue;
			const character = String.fromCharCode(point);
			const written = encodeText(character, terms, 'ST');
			if (written === undefined) continue;
			count++;
			if (decodeText(written, terms, 'ST') !== character) wrong += character;
		}
		const name = terms.join('\\');
		// Windows's readings of six signs of JIS are written, and read as JIS has them.
		t.equal(wrong, name.includes('87') ? '∥－～￠￡￢' : '', `${name}: none is read as another`);
		if (counts[name] !== undefined)
			t.equal(count, counts[name] + (name.includes('87') ? 6 : 0), `${name}: all are there`);
	}
});

t.test('any bytes are text', async (t) => {
	const different: string[] = [];
	let state = 12345;
	const random = (): number => {
		state = (Math.imul(state, 1103515245) + 12345) >>> 0;
		return state >>> 16;
	};
	const escapes = ['\x1b$B', '\x1b(B', '\x1b(J', '\x1b$)C', '\x1b$)A', '\x1b-A', '\x1b-L', '\x1b)I', '\x1b$(D', '\x1b'];
	const lists = [
		[],
		['ISO_IR 13'],
		['', 'ISO 2022 IR 87'],
		['', 'ISO 2022 IR 149'],
		['GB18030'],
		['ISO_IR 192'],
		['?'],
	];
	for (let round = 0; round < Number(process.env['DIMSE_FUZZ'] ?? 2000); round++) {
		const parts: string[] = [];
		for (let length = random() % 12; length > 0; length--)
			parts.push(random() % 3 === 0 ? (escapes[random() % escapes.length] ?? '') : String.fromCharCode(random() % 256));
		const input = Uint8Array.from(Buffer.from(parts.join(''), 'latin1'));
		const terms = lists[round % lists.length] ?? [];
		const text = decodeText(input, terms, round % 2 === 0 ? 'PN' : 'LT');
		// What was understood can be written again, and is then read the same.
		if (text.includes(R) || text.includes('\x1b')) continue;
		const again = encodeText(text, terms, 'LT');
		if (again !== undefined && decodeText(again, terms, 'LT') !== text)
			different.push(`${terms.join('\\')}: ${hex(input)}`);
	}
	t.strictSame(different, []);
});

t.test('terms', async (t) => {
	for (const term of [
		'',
		'ISO_IR 100',
		'ISO 2022 IR 87',
		'ISO 2022 IR 6',
		'ISO_IR 192',
		'GB18030',
		'GBK',
		' ISO_IR 13 ',
	])
		t.ok(isKnown(term), JSON.stringify(term));
	for (const term of [
		'ISO_IR 87',
		'ISO_IR 149',
		'UTF-8',
		'ISO 2022 IR 192',
		'iso_ir 100',
		'ISO_IR 1000',
		'constructor',
	])
		t.notOk(isKnown(term), term);
});

t.test('the smallest set that holds texts', async (t) => {
	for (const [texts, terms] of [
		[[], []],
		[['SMITH^JOHN', '*'], []],
		[['Müller'], ['ISO_IR 100']],
		[['Müller', 'é'], ['ISO_IR 100']],
		[['Łódź'], ['ISO_IR 101']],
		[['Łódź', 'é'], ['ISO_IR 101']],
		[['Łódź', 'à'], ['ISO_IR 192']],
		[['Люкceмбypг'], ['ISO_IR 144']],
		[['山田'], ['ISO_IR 192']],
		[['\ud800'], ['ISO_IR 192']],
	] as const)
		t.strictSame(smallestCharacterSetFor(texts), terms, texts.join(' '));
});

const PYTHON = '/usr/bin/python3';
const FILES = '/usr/lib/python3/dist-packages/pydicom/data/charset_files';

/** All texts of a file that are not private, in the order of its elements, as pydicom reads them: `[tag, value, ...]` lists. */
const SCRIPT = `
import glob, json, warnings
warnings.simplefilter('ignore')
import pydicom
from pydicom.multival import MultiValue
def texts(dataset):
    for element in dataset:
        if element.tag.is_private: continue
        if element.VR == 'SQ':
            for item in element.value: yield from texts(item)
        elif element.VR in ('LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT'):
            value = element.value
            values = list(value) if isinstance(value, (list, MultiValue)) else [value]
            yield ['%08X' % element.tag] + [str(v) for v in values if v]
result = {}
for path in sorted(glob.glob('${FILES}/*.dcm')):
    dataset = pydicom.dcmread(path, force=True)
    dataset.decode()
    result[path] = list(texts(dataset))
print(json.dumps(result))
`;

const TEXT_VRS: ReadonlySet<string> = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);

const textsOf = (dataset: Dataset): string[][] =>
	Object.keys(dataset)
		.filter((tag) => Number.parseInt(tag.slice(0, 4), 16) % 2 === 0)
		.sort()
		.flatMap((tag) => {
			const element = dataset[tag];
			if (element === undefined) return [];
			if (element.vr === 'SQ') return element.Value.filter((value) => isItem('SQ', value)).flatMap(textsOf);
			return TEXT_VRS.has(element.vr) ? [[tag, ...stringsOf(dataset, tag).filter((text) => text !== '')]] : [];
		});

const isThere = existsSync(FILES) && existsSync(PYTHON);

t.test('pydicom reads its files the same', { skip: !isThere && 'pydicom is not installed' }, async (t) => {
	const { stdout, stderr } = spawnSync(PYTHON, ['-c', SCRIPT], { encoding: 'utf8' });
	t.ok(stdout.startsWith('{'), stderr);
	const files = JSON.parse(stdout) as Record<string, string[][]>;
	t.ok(Object.keys(files).length >= 10);
	for (const [path, expected] of Object.entries(files)) {
		const content = new Uint8Array(readFileSync(path));
		const meta = readFileMeta(content);
		const isPart10 = meta.kind === 'part10' || meta.kind === 'bare';
		const { dataset } = decodeDataset(
			isPart10 ? content.subarray(meta.datasetOffset) : content,
			isPart10 ? meta.transferSyntaxUid : EXPLICIT_LITTLE,
		);
		t.strictSame(textsOf(dataset), expected, path.slice(FILES.length + 1));
	}
});
