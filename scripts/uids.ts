/**
 * Writes src/dicom/uids-data.ts: the UIDs of PS3.6 Annex A. Usage: node scripts/uids.ts UIDS.TSV (uid, name, type, info,
 * retired, keyword; with a head line).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { nameOfKeyword } from '../src/dicom/keyword-names.ts';
import { ROOT, TYPE_LETTERS } from '../src/dicom/uid-types.ts';

/** Newer than the table: Supplements 232 and 244. */
const ADDITIONS = [
	['1.2.840.10008.1.2.4.110', 'JPEG XL Lossless', 'Transfer Syntax', '', '', 'JPEGXLLossless'],
	['1.2.840.10008.1.2.4.111', 'JPEG XL JPEG Recompression', 'Transfer Syntax', '', '', 'JPEGXLJPEGRecompression'],
	['1.2.840.10008.1.2.4.112', 'JPEG XL', 'Transfer Syntax', '', '', 'JPEGXL'],
	[
		'1.2.840.10008.1.2.8.1',
		'Deflated Image Frame Compression',
		'Transfer Syntax',
		'',
		'',
		'DeflatedImageFrameCompression',
	],
];

/** `-` before a UID of another root than DICOM's. */
const shortened = (uid: string): string => (uid.startsWith(ROOT) ? uid.slice(ROOT.length) : `-${uid}`);

/**
 * A storage SOP class is one that C-STORE carries (PS3.4 B.5, GG.3 and those retired from B.5): all that have Storage in their name, but for those of the
 * Storage Commitment service (PS3.4 J), and for Media Storage Directory Storage, which stands for DICOMDIRs and is never sent (PS3.4 I.4).
 */
const isStorage = (name: string, type: string): boolean =>
	type === 'SOP Class' && /\bStorage\b/.test(name) && !/^(Storage Commitment|Media Storage Directory)/.test(name);

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('usage: node scripts/uids.ts UIDS.TSV');

const table = readFileSync(path, 'utf8')
	.split('\n')
	.slice(1)
	.filter((line) => line !== '')
	.map((line) => line.split('\t'));
const known = new Set(table.map(([uid]) => uid));
const rows = [...table, ...ADDITIONS.filter(([uid]) => !known.has(uid))];

/** `4.8|letter|keyword|name`: `*` before the keyword of a retired one, the name only where the keyword does not tell it. */
const lines = rows.map(([uid = '', name = '', type = '', , retired = '', keyword = '']) => {
	const letter = isStorage(name, type)
		? 'S'
		: Object.entries(TYPE_LETTERS).find(([code, value]) => value === type && code !== 'S')?.[0];
	if (letter === undefined) throw new Error(`${uid}: no such type as ${type}`);
	const tail = nameOfKeyword(keyword) === name ? '' : `|${name}`;
	return `${shortened(uid)}|${letter}|${retired === '' ? '' : '*'}${keyword}${tail}`;
});

writeFileSync(
	new URL('../src/dicom/uids-data.ts', import.meta.url),
	`/** The UIDs of PS3.6 A, a line each: UID behind 1.2.840.10008.|type|keyword|name. Written by scripts/uids.ts. */\nexport const UIDS = \`${lines.join('\n')}\`;\n`,
);
process.stdout.write(`${lines.length} UIDs, ${lines.filter((line) => line.includes('|S|')).length} of storage\n`);
