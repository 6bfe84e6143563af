/** Where a received instance goes: a template of a path below a folder, filled in with values that a peer chose and that can never lead out of it. */
import { createHash } from 'node:crypto';
import { type Dataset, textOf } from '../../dicom/dataset.ts';
import { parseKey } from '../../dicom/identifier-path.ts';
import { TAG, tagNumber, tagText } from '../../dicom/tags.ts';
import { DicomError } from '../../errors.ts';

export const DEFAULT_LAYOUT = '{StudyInstanceUID}/{SeriesInstanceUID}/{SOPInstanceUID}.dcm';
/** All in one folder. */
export const FLAT_LAYOUT = '{SOPInstanceUID}.dcm';

type Piece = string | { readonly tag: string; readonly name: string };

export interface Layout {
	/** As it was written. */
	readonly text: string;
	readonly segments: readonly (readonly Piece[])[];
	/** The elements of the dataset before this tag are needed to fill it in. */
	readonly headerUntil: string;
}

/** A name may have so many bytes in most file systems. */
const MAX_NAME_BYTES = 255;
/** A name that is longer is cut, so that there is room for its hash. */
const CUT_BYTES = 200;
const MAX_SEGMENTS = 32;

/**
 * Reads a template: `{Keyword}` or `{gggg,eeee}` between any other characters, folders parted by `/`.
 *
 * @throws DicomError usage
 */
export const parseLayout = (text: string): Layout => {
	const parts = text.split('/');
	if (text.trim() === '') throw unusable(text, 'it is empty');
	if (parts[0] === '' || /^[a-z]:/i.test(text)) throw unusable(text, 'it has to be below the folder: no / in front');
	if (parts.at(-1) === '') throw unusable(text, 'it has to end with the name of a file, not with /');
	if (parts.length > MAX_SEGMENTS) throw unusable(text, `more than ${MAX_SEGMENTS} folders below each other`);
	let last = tagNumber(TAG.SOPInstanceUID);
	const segments = parts.map((part): readonly Piece[] => {
		if (part === '' || /^\.+$/.test(part)) throw unusable(text, `"${part}" is no name of a folder`);
		const pieces = part.split(/(\{[^{}]*\})/).filter((piece) => piece !== '');
		return pieces.map((piece): Piece => {
			if (!/^\{.*\}$/s.test(piece)) {
				if (/[{}]/.test(piece)) throw unusable(text, 'a { without its }');
				if (safeText(piece) !== piece) throw unusable(text, `"${piece}" has characters that file names cannot have`);
				return piece;
			}
			const attribute = attributeOf(piece.slice(1, -1), text);
			last = Math.max(last, tagNumber(attribute.tag));
			return attribute;
		});
	});
	return { text, segments, headerUntil: tagText(last + 1) };
};

const attributeOf = (name: string, text: string): { readonly tag: string; readonly name: string } => {
	const known: Readonly<Record<string, string>> = TAG;
	// The dictionary takes milliseconds to load, and the default layout needs none of it.
	const tag = Object.hasOwn(known, name) ? known[name] : parsedTag(name);
	if (tag === undefined) throw unusable(text, `{${name}} is not one attribute`);
	if (tag < '00080000') throw unusable(text, `{${name}} is not in a dataset`);
	if (tag >= '7FE00000') throw unusable(text, `{${name}} comes after the header`);
	return { tag, name };
};

const parsedTag = (name: string): string | undefined => {
	const { path, value } = parseKey(name);
	const [step] = path;
	return path.length === 1 && step?.item === undefined && value === undefined ? step?.tag : undefined;
};

const unusable = (text: string, why: string): DicomError =>
	new DicomError({
		blame: 'usage',
		message: `layout "${text}": ${why}`,
		hint: `as ${DEFAULT_LAYOUT}`,
	});

/**
 * The path of an instance below its folder, with `/` between its names: none of them is empty, `.` or `..`, begins with a dot or a dash, has
 * a character that a file system or a terminal could take for something else, or more than 255 bytes.
 *
 * @param header may lack any of what the layout needs: `no-PatientID` stands for it
 * @param sopInstanceUid the one that the instance is known by, whatever its header says
 */
export const pathOf = ({ segments }: Layout, header: Dataset, sopInstanceUid: string): string =>
	segments
		.map((pieces) => {
			let name = '';
			for (const piece of pieces) name += typeof piece === 'string' ? piece : textFor(piece, header, sopInstanceUid);
			return safeName(name);
		})
		.join('/');

const textFor = (
	{ tag, name }: { readonly tag: string; readonly name: string },
	header: Dataset,
	sopInstanceUid: string,
): string => {
	const value = tag === TAG.SOPInstanceUID ? sopInstanceUid : textOf(header, tag).trim();
	if (value === '') return `no-${name.replace(/[^0-9A-Za-z]/g, '')}`;
	if (PLAIN_UID.test(value)) return value;
	if (tag === TAG.SOPInstanceUID || header[tag]?.vr === 'UI') return `uid-${hash(value).slice(0, 32)}`;
	return safeText(value);
};

const PLAIN_UID = /^[0-9][0-9.]{0,63}$/;
/** What needs no second look: most names are UIDs with `.dcm` behind them. */
const PLAIN_NAME = /^[0-9A-Za-z_][0-9A-Za-z_.-]{0,120}[0-9A-Za-z_-]$/;

const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}<>:"/\\|?*\ufffd]/gu;

const safeText = (text: string): string => text.replace(UNSAFE, '_');

/** Names that Windows keeps for devices, whatever follows their first dot. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?$/i;

const safeName = (name: string): string => {
	if (PLAIN_NAME.test(name) && !DEVICE.test(name)) return name;
	let safe = name.replace(/[. ]+$/, (dots) => '_'.repeat(dots.length)).replace(/^[-. ~]/, '_');
	if (safe === '') safe = '_';
	if (DEVICE.test(safe)) safe = `_${safe}`;
	return Buffer.byteLength(safe) <= MAX_NAME_BYTES ? safe : cut(safe, name);
};

/** Its beginning, a hash of the whole, and its extension. */
const cut = (safe: string, whole: string): string => {
	const extension = /\.[0-9A-Za-z]{1,8}$/.exec(safe)?.[0] ?? '';
	let kept = '';
	let bytes = 0;
	for (const character of safe) {
		bytes += Buffer.byteLength(character);
		if (bytes > CUT_BYTES) break;
		kept += character;
	}
	return `${kept}-${hash(whole).slice(0, 16)}${extension}`;
};

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
