/** The header of a data element: tag, VR, length (PS3.5 7.1), and the VR of those that do not say theirs (PS3.5 Annex A.1). */
import { vrOf } from './dictionary.ts';
import { tagText } from './tags.ts';
import type { Vr, VrProperties } from './vr.ts';
import { VRS, vrOfBytes } from './vr.ts';

export const UNDEFINED_LENGTH = 0xffffffff;

/** How elements are laid out here. Not the whole of a transfer syntax: what is inside a UN has its own (PS3.5 6.2.2). */
export interface Layout {
	readonly explicit: boolean;
	readonly littleEndian: boolean;
}

export const IMPLICIT_LAYOUT: Layout = { explicit: false, littleEndian: true };
export const EXPLICIT_LAYOUT: Layout = { explicit: true, littleEndian: true };

/** The VR that implicit VR gives an element; whether pixel values are signed decides the one left open. */
type ImpliedVr = Vr | 'US or SS';

const impliedVr = (tag: number): ImpliedVr => {
	const vr = vrOf(tagText(tag));
	switch (vr) {
		case 'OB or OW':
		case 'US or OW':
		case 'US or SS or OW':
			// PS3.5 A.1: Pixel Data, overlays and lookup tables.
			return 'OW';
		default:
			return vr;
	}
};

/** Recently asked tags, one slot a hash: bounded, whatever a peer sends. */
const SLOTS = 4096;
const slotTags = new Uint32Array(SLOTS);
const slotVrs: ImpliedVr[] = new Array<ImpliedVr>(SLOTS).fill('UL');

/** The VR by the dictionary, as implicit VR needs it. UN where there is none. */
export const knownVr = (tag: number, pixelRepresentation: number): VrProperties => {
	const slot = (tag ^ (tag >>> 16) ^ (tag >>> 7)) & (SLOTS - 1);
	let vr = slotVrs[slot] ?? 'UN';
	if (slotTags[slot] !== tag) {
		vr = impliedVr(tag);
		slotTags[slot] = tag;
		slotVrs[slot] = vr;
	}
	if (vr === 'US or SS') return pixelRepresentation === 1 ? VRS.SS : VRS.US;
	return VRS[vr];
};

/** The header last read; one object serves a whole dataset. */
export class ElementHeader {
	tag = 0;
	/** As the element says it, UN where it says none that exists; undefined in implicit VR and for items and delimiters. */
	vr: VrProperties | undefined = undefined;
	/** The two characters of a VR that does not exist, else ''. */
	strangeVr = '';
	/** Of the value field, `UNDEFINED_LENGTH` included. */
	length = 0;
	valueStart = 0;

	/** Reads the header at `offset`; false where it does not end before `end`. At least eight bytes must be there. */
	read(view: DataView, offset: number, end: number, layout: Layout): boolean {
		const little = layout.littleEndian;
		this.tag = view.getUint16(offset, little) * 0x10000 + view.getUint16(offset + 2, little);
		this.vr = undefined;
		this.strangeVr = '';
		this.valueStart = offset + 8;
		if (!layout.explicit || this.tag >= 0xfffe0000) {
			this.length = view.getUint32(offset + 4, little);
			return true;
		}
		const first = view.getUint8(offset + 4);
		const second = view.getUint8(offset + 5);
		const known = vrOfBytes(first, second);
		this.vr = known ?? VRS.UN;
		if (known === undefined) this.strangeVr = String.fromCharCode(first, second);
		// A VR to come has the long form (PS3.5 7.1.2); what is no VR at all is taken for the short one, as DCMTK does.
		const isLong = known === undefined ? isCapitals(first, second) : known.longLength;
		if (!isLong) {
			this.length = view.getUint16(offset + 6, little);
			return true;
		}
		this.valueStart = offset + 12;
		if (this.valueStart > end) return false;
		this.length = view.getUint32(offset + 8, little);
		return true;
	}
}

const isCapitals = (first: number, second: number): boolean =>
	first >= 0x41 && first <= 0x5a && second >= 0x41 && second <= 0x5a;

/**
 * The layout that the first eight bytes of a dataset show: files exist whose body is implicit VR under an explicit transfer
 * syntax, and the reverse. `declared` where they show nothing else.
 */
export const shownLayout = (view: DataView, declared: Layout): Layout => {
	if (view.byteLength < 8 || !declared.littleEndian) return declared;
	const first = view.getUint8(4);
	const second = view.getUint8(5);
	if (declared.explicit) {
		const isLength = !isCapitals(first, second) && view.getUint16(6, true) === 0;
		return isLength && !(first === 0x3f && second === 0x3f) ? IMPLICIT_LAYOUT : declared;
	}
	// As a length the letters of a VR would be 16,705 or more, in an element that the dictionary gives just that VR.
	const said = vrOfBytes(first, second);
	const tag = view.getUint16(0, true) * 0x10000 + view.getUint16(2, true);
	return said !== undefined && said !== VRS.UN && knownVr(tag, 0) === said ? EXPLICIT_LAYOUT : declared;
};
