import t from 'tap';
import type { Dataset, Value } from '../../src/dicom/dataset.ts';
import type { Level } from '../../src/output/columns.ts';
import { COLUMNS, UNIQUE_KEYS } from '../../src/output/columns.ts';
import { eventLine } from '../../src/output/events.ts';
import { progressLine, settledLine, startMeter } from '../../src/output/progress.ts';
import type { Format, RowOptions } from '../../src/output/row-printer.ts';
import { FORMATS, rowPrinter } from '../../src/output/row-printer.ts';
import { jsonText, sanitize } from '../../src/output/sanitize.ts';
import { wholeTable } from '../../src/output/table.ts';
import { cutEnd, cutMiddle, pad, textWidth } from '../../src/output/text-width.ts';
import { randomNumbers } from '../dimse/random.ts';
import { element } from './rows.ts';

const RUNS = Math.ceil(Number(process.env['DIMSE_FUZZ'] ?? 4000) / 10);

/** What no output may hold but as its own line ends and separators: controls, format characters, halves of pairs. */
const DANGEROUS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const clean = (text: string, allowed: RegExp): boolean => !DANGEROUS.test(text.replace(allowed, ''));

const PIECES = [
	'SMITH^JOHN',
	'1.2.840.113619.2.55.3',
	'20241103',
	'\u001b[2J\u001b]0;title\u0007',
	'\u001bP\u009b31m\u0090q\u009c',
	'\r\n',
	'\t',
	'\\',
	'"',
	',',
	'=',
	'\0',
	'\u007f\u0080\u009f',
	'\u200b\u200c\u200d\u2060\ufeff',
	'\u202a\u202e\u2066\u2069\u200e\u061c',
	'\u2028\u2029',
	'\ud83d',
	'\udc4d',
	'👍🏽',
	'山田^太郎',
	'한글',
	'e\u0301\u0327',
	'\u{e0041}\u{e007f}',
	'ÄÖÜ',
	'',
	' ',
];

t.test('hostile rows, seed 1', async (t) => {
	const random = randomNumbers(1);
	const text = (): string => {
		let made = '';
		for (let count = random(6); count > 0; count--)
			made += random(3) === 0 ? String.fromCharCode(random(0x10000)) : (PIECES[random(PIECES.length)] ?? '');
		return made;
	};
	const value = (depth: number): Dataset[string] => {
		const values = Array.from({ length: random(3) }, text);
		switch (random(depth > 2 ? 6 : 7)) {
			case 0:
				return element('PN', ...values.map((group): Value => ({ Alphabetic: group, Ideographic: text() })));
			case 1:
				return element(
					'UN',
					Uint8Array.from({ length: random(40) }, () => random(256)),
				);
			case 2:
				return element('IS', ...values.map((one): Value => (random(2) === 0 ? random(1e9) : one)));
			case 3:
				return element('UI', ...values);
			case 4:
				return element('TM', ...values);
			case 5:
				return element('LT', text());
			default:
				return element('SQ', ...Array.from({ length: random(3) }, () => row(depth + 1)));
		}
	};
	const tags = [
		...new Set(Object.values(COLUMNS).flatMap((columns) => columns.flatMap(({ path }) => path))),
		'00091001',
		'0009AFFE',
	];
	const row = (depth: number): Dataset => {
		const made: Record<string, Dataset[string]> = {};
		const share = depth === 0 ? 3 : 30;
		for (const tag of tags) if (random(share) < 2) made[tag] = value(depth);
		return made;
	};
	const levels = Object.keys(COLUMNS) as Level[];
	for (let run = 0; run < RUNS; run++) {
		const level = levels[random(levels.length)] ?? 'study';
		const width = 1 + random(200);
		const options: RowOptions = {
			columns: COLUMNS[level],
			uniqueKey: UNIQUE_KEYS[level],
			width,
			header: random(2) === 0,
		};
		const rows = [row(0), row(0)];
		for (const format of Object.keys(FORMATS) as Format[]) {
			const printer = rowPrinter(format, options);
			const output = rows.map((one) => printer.row(one)).join('') + printer.end({ note: text() });
			const lines = output.split('\n');
			const problem = (says: string): void => void t.fail(`run ${run} ${format}: ${says}`, { output });
			if (!clean(output, format === 'tsv' ? /[\n\t]/g : /\n/g)) problem('a dangerous character');
			if (output !== '' && !output.endsWith('\n')) problem('an open line');
			switch (format) {
				case 'table':
					if (lines.some((line) => textWidth(line) > width)) problem(`wider than ${width}`);
					if (lines.length !== 4) problem('not a header and two lines');
					break;
				case 'tsv':
					if (lines.slice(0, -1).some((line) => line.split('\t').length !== options.columns.length)) problem('cells');
					break;
				case 'jsonl':
					if (lines.length !== 3 || lines.slice(0, 2).some((line) => typeof JSON.parse(line) !== 'object'))
						problem('lines');
					break;
				case 'json':
					if (JSON.parse(output).results.length !== 2) problem('results');
					break;
				case 'dicom-json':
					if (JSON.parse(output).length !== 2) problem('rows');
					break;
			}
		}
		const cells = [
			[text(), { text: text(), as: 'good' } as const],
			[text(), text()],
		];
		const fields = [
			{ heading: 'ONE', priority: 2 },
			{ heading: 'TWO', priority: 1, isUid: true },
		];
		const table = await wholeTable(fields, cells, { width });
		if (!clean(table, /\n/g)) t.fail(`run ${run}: a dangerous character in a whole table`, { table });
		if (table.split('\n').some((line) => textWidth(line) > width))
			t.fail(`run ${run}: whole table too wide`, { table, width });
		const progress = { verb: 'store', label: text(), done: 3, total: 4, failed: 1, bytes: 100 };
		const said =
			progressLine(progress, startMeter(0)) +
			settledLine(progress, 10) +
			eventLine({ type: 'warning', code: 'x', message: text() }).slice(0, -1);
		if (!clean(said, /$^/g)) t.fail(`run ${run}: a dangerous character`, { said });
	}
	t.pass(`${RUNS} runs`);
});

t.test('sanitising keeps what can be read', async (t) => {
	for (const text of ['SMITH^JOHN', 'Äß', '山田^太郎', '한글', '👍', 'e\u0301', 'שלום', '\u{20000}', 'a\ufe0f'])
		t.equal(sanitize(text), text);
	const replaced: readonly (readonly [string, string])[] = [
		['\u001b[31mred', '·[31mred'],
		['a\r\nb\tc\0d\u007f', 'a··b·c·d·'],
		['\u0085\u009b', '··'],
		['\u202eevil\u202c\u2066x\u2069', '·evil··x·'],
		['a\u200bb\u200db\ufeff', 'a·b·b·'],
		['\u2028\u2029', '··'],
		['\u{e0041}', '·'],
		['\ud800x\udfff', '\ufffdx\ufffd'],
	];
	for (const [text, safe] of replaced) {
		t.equal(sanitize(text), safe);
		t.equal(sanitize(safe), safe, 'twice is once');
	}
});

t.test('JSON text escapes instead, and loses nothing', async (t) => {
	for (const text of ['\u001b', '\u0085\u009b\u007f', '\u202e', '\u2028', '\u{e0041}', '\ud800', 'ä山']) {
		const json = jsonText({ text });
		t.ok(clean(json, /$^/g), json);
		t.same(JSON.parse(json), { text });
	}
	t.equal(jsonText('ä山'), '"ä山"');
});

t.test('widths', async (t) => {
	const widths: readonly (readonly [string, number])[] = [
		['', 0],
		['SMITH', 5],
		['Müller', 6],
		['山田', 4],
		['ヤマダ', 6],
		['ﾔﾏﾀﾞ', 4],
		['한글', 4],
		['\u1112\u1161\u11ab', 2],
		['e\u0301', 1],
		['👍', 2],
		['👍🏽', 2],
		['…·', 2],
		['שלום', 4],
		['\u{20000}', 2],
	];
	for (const [text, width] of widths) t.equal(textWidth(text), width, text);
});

t.test('cutting and padding', async (t) => {
	t.equal(cutEnd('DESCRIPTION', 11), 'DESCRIPTION');
	t.equal(cutEnd('DESCRIPTION', 5), 'DESC…');
	t.equal(cutEnd('山田太郎', 6), '山田…', 'no half of a wide character');
	t.equal(cutEnd('e\u0301e\u0301e\u0301', 2), 'e\u0301…', 'marks stay with their letter');
	t.equal(cutMiddle('1.2.840.113619.2.55.2024', 13), '1.2.84…5.2024');
	t.equal(cutMiddle('1.2.3', 5), '1.2.3');
	t.equal(pad('山', 4, 'right'), '  山');
	t.equal(pad('toolong', 4, 'left'), 'toolong');
	const random = randomNumbers(2);
	for (let run = 0; run < RUNS; run++) {
		const text = sanitize(Array.from({ length: random(12) }, () => PIECES[random(PIECES.length)]).join(''));
		const width = random(30);
		for (const cut of [cutEnd(text, width), cutMiddle(text, width)])
			if (textWidth(cut) > width || textWidth(pad(cut, width, 'left')) !== width)
				t.fail('too wide', { text, cut, width });
	}
});
