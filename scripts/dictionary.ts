/**
 * Writes src/dicom/dictionary-data.ts: the data elements of PS3.6 6-9 and PS3.7 E out of dcmjs's dictionary, corrected.
 * Usage: node scripts/dictionary.ts ELEMENTS.TSV (tag, vr, vm, name, retired, keyword; with a head line). The table wins
 * where the two differ; what only dcmjs has is kept if it is an element of the standard at all.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { nameOfKeyword } from '../src/dicom/keyword-names.ts';

interface Row {
	readonly vr: string;
	readonly vm: string;
	readonly keyword: string;
	readonly name: string;
	readonly retired: boolean;
}

interface DcmjsEntry {
	readonly tag: string;
	readonly vr: string;
	readonly vm: string;
	readonly name: string;
	readonly version: string;
}

/** Newer than the table, and of the patient: Supplement 233. All are of multiplicity 1 but the last. */
const ADDITIONS: Readonly<Record<string, readonly [vr: string, name: string, vm?: string]>> = {
	'00100011': ['SQ', 'Person Names to Use Sequence'],
	'00100012': ['LT', 'Name to Use'],
	'00100013': ['UT', 'Name to Use Comment'],
	'00100014': ['SQ', 'Third Person Pronouns Sequence'],
	'00100015': ['SQ', 'Pronoun Code Sequence'],
	'00100016': ['UT', 'Pronoun Comment'],
	'00100041': ['SQ', 'Gender Identity Sequence'],
	'00100042': ['UT', 'Sex Parameters for Clinical Use Category Comment'],
	'00100043': ['SQ', 'Sex Parameters for Clinical Use Category Sequence'],
	'00100044': ['SQ', 'Gender Identity Code Sequence'],
	'00100045': ['UT', 'Gender Identity Comment'],
	'00100046': ['SQ', 'Sex Parameters for Clinical Use Category Code Sequence'],
	'00100047': ['UR', 'Sex Parameters for Clinical Use Category Reference', '1-n'],
};

const RETIRED = 'RETIRED_';

/** dcmjs's own words for what other elements decide. */
const VRS: Readonly<Record<string, string>> = {
	xs: 'US or SS',
	ox: 'OB or OW',
	lt: 'US or SS or OW',
	up: 'UL',
	na: '',
};

const rowsOfDcmjs = (): Map<string, Row> => {
	const dcmjs: { data: { DicomMetaDictionary: { nameMap: Record<string, DcmjsEntry> } } } = createRequire(
		import.meta.url,
	)('dcmjs');
	const rows = new Map<string, Row>();
	for (const entry of Object.values(dcmjs.data.DicomMetaDictionary.nameMap)) {
		const tag = /^\(([0-9A-F]{3}[02468ACE]),([0-9A-F]{4})\)$/.exec(entry.tag);
		if (tag === null || !entry.version.startsWith('DICOM') || tag[2] === '0000') continue;
		const retired = entry.name.startsWith(RETIRED);
		const keyword = retired ? entry.name.slice(RETIRED.length) : entry.name;
		const vr = VRS[entry.vr] ?? entry.vr;
		rows.set(`${tag[1]}${tag[2]}`, { vr, vm: entry.vm, keyword, name: nameOfKeyword(keyword), retired });
	}
	return rows;
};

const rowsOfTable = (path: string): Map<string, Row> => {
	const rows = new Map<string, Row>();
	for (const line of readFileSync(path, 'utf8').split('\n').slice(1)) {
		const [tag = '', vr = '', vm = '', name = '', retired = '', keyword = ''] = line.split('\t');
		if (tag !== '') rows.set(tag, { vr: vr === 'NONE' ? '' : vr, vm, keyword, name, retired: retired !== '' });
	}
	return rows;
};

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('usage: node scripts/dictionary.ts ELEMENTS.TSV');

const table = rowsOfTable(path);
/** dcmjs has the first group of a repeating one where the table has `60xx0010`. */
const repeating = [...table.keys()]
	.filter((tag) => tag.includes('x'))
	.map((tag) => new RegExp(`^${tag.replaceAll('x', '.')}$`));
const rows = new Map(table);
const ofDcmjsAlone: string[] = [];
let different = 0;
for (const [tag, row] of rowsOfDcmjs()) {
	const known = table.get(tag);
	if (known !== undefined) {
		if (known.vr !== row.vr || known.vm !== row.vm || known.keyword !== row.keyword) different++;
	} else if (!repeating.some((pattern) => pattern.test(tag))) {
		rows.set(tag, row);
		ofDcmjsAlone.push(tag);
	}
}

for (const [tag, [vr, name, vm = '1']] of Object.entries(ADDITIONS)) {
	const keyword = name.replace(/ ([a-z])/g, (_, letter: string) => letter.toUpperCase()).replaceAll(' ', '');
	if (!rows.has(tag)) rows.set(tag, { vr, vm, keyword, name, retired: false });
}

/** `tag VR VM keyword` with `*` before the keyword of a retired one, and `|name` where the keyword does not tell it. */
const lines = [...rows]
	.sort(([a], [b]) => (a < b ? -1 : 1))
	.map(([tag, { vr, vm, keyword, name, retired }]) => {
		const tail = nameOfKeyword(keyword) === name ? '' : `|${name}`;
		return `${tag}|${vr}|${vm}|${retired ? '*' : ''}${keyword}${tail}`;
	});

const text = lines.join('\n').replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${');
writeFileSync(
	new URL('../src/dicom/dictionary-data.ts', import.meta.url),
	`/** The data elements of PS3.6 and PS3.7 E, a line each: tag|VR|VM|keyword|name. Written by scripts/dictionary.ts. */\nexport const ELEMENTS = \`${text}\`;\n`,
);
process.stdout.write(
	`${lines.length} elements; ${different} corrected; ${ofDcmjsAlone.length} of dcmjs alone: ${ofDcmjsAlone.join(' ')}\n`,
);
