/** The instances that are sent in the measurements: made once, in a folder that stays. */
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset, Element, Value, Vr } from '../src/dicom/dataset.ts';
import { encodeDataset } from '../src/dicom/encode.ts';
import { encodeFileMeta } from '../src/dicom/part10.ts';
import { EXPLICIT_LITTLE } from '../src/dicom/transfer-syntaxes.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
/** Each study's Study Instance UID is this and its number. */
export const ROOT = '2.25.3141592653589793';

const element = (vr: Vr, ...values: readonly Value[]): Element => ({ vr, Value: values });

/** A CT-like header; each of `perStudy` instances in a row share a study. */
export const header = (number: number, perStudy: number): Dataset => {
	const study = Math.floor(number / perStudy);
	return {
		'00080008': element('CS', 'ORIGINAL', 'PRIMARY', 'AXIAL'),
		'00080016': element('UI', CT),
		'00080018': element('UI', `${ROOT}.${study}.1.${number}`),
		'00080020': element('DA', `20${String(10 + (study % 15)).padStart(2, '0')}0${1 + (study % 9)}15`),
		'00080030': element('TM', '101500'),
		'00080050': element('SH', `A${study}`),
		'00080060': element('CS', 'CT'),
		'00081030': element('LO', 'CT CHEST WITH CONTRAST'),
		'00100010': element('PN', { Alphabetic: `BENCH^NUMBER ${study}` }),
		'00100020': element('LO', `P${study}`),
		'00100030': element('DA', '19700101'),
		'00100040': element('CS', 'O'),
		'0020000D': element('UI', `${ROOT}.${study}`),
		'0020000E': element('UI', `${ROOT}.${study}.1`),
		'00200010': element('SH', String(study)),
		'00200011': element('IS', 1),
		'00200013': element('IS', number),
		'00280002': element('US', 1),
		'00280004': element('CS', 'MONOCHROME2'),
		'00280100': element('US', 16),
		'00280101': element('US', 12),
		'00280102': element('US', 11),
		'00280103': element('US', 0),
	};
};

const write = (path: string, dataset: Dataset, pixelBytes: number): void => {
	const meta = encodeFileMeta({
		sopClassUid: CT,
		sopInstanceUid: String(dataset['00080018']?.Value[0]),
		transferSyntaxUid: EXPLICIT_LITTLE,
		implementationClassUid: '1.2.3',
		implementationVersionName: 'BENCH',
	});
	const file = openSync(path, 'w');
	writeSync(file, meta);
	writeSync(file, encodeDataset(dataset, EXPLICIT_LITTLE));
	if (pixelBytes > 0) {
		const tag = new Uint8Array(12);
		tag.set([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x57, 0, 0]);
		new DataView(tag.buffer).setUint32(8, pixelBytes, true);
		writeSync(file, tag);
		const block = Uint8Array.from({ length: 1 << 20 }, (_, i) => (i * 7919) & 0xff);
		for (let left = pixelBytes; left > 0; left -= block.length)
			writeSync(file, block.subarray(0, Math.min(left, block.length)));
	}
	closeSync(file);
};

/** `count` instances with `pixelBytes` of pixel data, `perStudy` to a study. @returns their folder */
export const instances = (root: string, name: string, count: number, pixelBytes: number, perStudy: number): string => {
	const folder = join(root, name);
	if (existsSync(join(folder, 'done'))) return join(folder, 'files');
	mkdirSync(join(folder, 'files'), { recursive: true });
	for (let i = 0; i < count; i++) {
		const dataset = header(i, perStudy);
		write(
			join(folder, 'files', `${String(i).padStart(6, '0')}.dcm`),
			pixelBytes === 0 ? dataset : { ...dataset, ...shape(pixelBytes) },
			pixelBytes,
		);
	}
	writeFileSync(join(folder, 'done'), '');
	return join(folder, 'files');
};

const shape = (pixelBytes: number): Dataset => {
	const frame = Math.min(pixelBytes, 2 * 512 * 512);
	return {
		...(pixelBytes > frame ? { '00280008': element('IS', Math.floor(pixelBytes / frame)) } : {}),
		'00280010': element('US', Math.floor(frame / 1024)),
		'00280011': element('US', 512),
	};
};

/** The matches of a study-level query. */
export const studies = (count: number): readonly Dataset[] =>
	Array.from({ length: count }, (_, i) => {
		const {
			'00080020': date,
			'00080030': time,
			'00080050': accession,
			'00081030': description,
			'00100010': name,
			'00100020': id,
			'0020000D': uid,
		} = header(i, 1);
		return {
			'00080005': element('CS', 'ISO_IR 100'),
			'00080020': date as Element,
			'00080030': time as Element,
			'00080050': accession as Element,
			'00080052': element('CS', 'STUDY'),
			'00080054': element('AE', 'BENCH'),
			'00080061': element('CS', 'CT', 'SR'),
			'00081030': description as Element,
			'00100010': name as Element,
			'00100020': id as Element,
			'0020000D': uid as Element,
			'00201206': element('IS', 4),
			'00201208': element('IS', 612),
		};
	});
