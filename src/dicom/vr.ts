/** The value representations and what an encoder must know of each (PS3.5 6.2, 7.1.2, 7.3). */

export type Vr =
	| 'AE'
	| 'AS'
	| 'AT'
	| 'CS'
	| 'DA'
	| 'DS'
	| 'DT'
	| 'FD'
	| 'FL'
	| 'IS'
	| 'LO'
	| 'LT'
	| 'OB'
	| 'OD'
	| 'OF'
	| 'OL'
	| 'OV'
	| 'OW'
	| 'PN'
	| 'SH'
	| 'SL'
	| 'SQ'
	| 'SS'
	| 'ST'
	| 'SV'
	| 'TM'
	| 'UC'
	| 'UI'
	| 'UL'
	| 'UN'
	| 'UR'
	| 'US'
	| 'UT'
	| 'UV';

/**
 * How the value field is made up: character strings, numbers of `unit` bytes, attribute tags, one string of bytes in
 * units of `unit`, or items.
 */
type VrKind = 'text' | 'number' | 'tag' | 'bytes' | 'sequence';

export interface VrProperties {
	readonly vr: Vr;
	readonly kind: VrKind;
	/** Explicit VR has two reserved bytes and a 32-bit length (PS3.5 7.1.2). */
	readonly longLength: boolean;
	/** What is reversed in big endian: bytes of one number, 1 where nothing is. */
	readonly unit: 1 | 2 | 4 | 8;
	/** A backslash parts one value from the next. */
	readonly multiple: boolean;
	/** Its text is in the Specific Character Set (PS3.5 6.1.2.2). */
	readonly inCharacterSet: boolean;
	/** Spaces before the text mean nothing, as those behind it never do. */
	readonly leadingSpaces: 'padding' | 'kept';
	/** What makes an odd length even: NUL for UIDs and bytes, space for text (PS3.5 6.2). */
	readonly padding: 0x00 | 0x20;
}

type Unit = VrProperties['unit'];

const text = (vr: Vr, traits: Partial<VrProperties> = {}): VrProperties => ({
	vr,
	kind: 'text',
	longLength: false,
	unit: 1,
	multiple: true,
	inCharacterSet: false,
	leadingSpaces: 'padding',
	padding: 0x20,
	...traits,
});

const binary = (vr: Vr, kind: VrKind, unit: Unit, longLength: boolean): VrProperties => ({
	vr,
	kind,
	longLength,
	unit,
	multiple: kind === 'number' || kind === 'tag',
	inCharacterSet: false,
	leadingSpaces: 'kept',
	padding: 0x00,
});

/** The 34 of PS3.5 Table 6.2-1. */
export const VRS: Readonly<Record<Vr, VrProperties>> = {
	AE: text('AE'),
	AS: text('AS'),
	AT: binary('AT', 'tag', 2, false),
	CS: text('CS'),
	DA: text('DA'),
	DS: text('DS'),
	DT: text('DT'),
	FD: binary('FD', 'number', 8, false),
	FL: binary('FL', 'number', 4, false),
	IS: text('IS'),
	LO: text('LO', { inCharacterSet: true }),
	LT: text('LT', { inCharacterSet: true, multiple: false, leadingSpaces: 'kept' }),
	OB: binary('OB', 'bytes', 1, true),
	OD: binary('OD', 'bytes', 8, true),
	OF: binary('OF', 'bytes', 4, true),
	OL: binary('OL', 'bytes', 4, true),
	OV: binary('OV', 'bytes', 8, true),
	OW: binary('OW', 'bytes', 2, true),
	PN: text('PN', { inCharacterSet: true }),
	SH: text('SH', { inCharacterSet: true }),
	SL: binary('SL', 'number', 4, false),
	SQ: binary('SQ', 'sequence', 1, true),
	SS: binary('SS', 'number', 2, false),
	ST: text('ST', { inCharacterSet: true, multiple: false, leadingSpaces: 'kept' }),
	SV: binary('SV', 'number', 8, true),
	TM: text('TM'),
	UC: text('UC', { inCharacterSet: true, longLength: true, leadingSpaces: 'kept' }),
	UI: text('UI', { padding: 0x00 }),
	UL: binary('UL', 'number', 4, false),
	UN: binary('UN', 'bytes', 1, true),
	UR: text('UR', { longLength: true, multiple: false, leadingSpaces: 'kept' }),
	US: binary('US', 'number', 2, false),
	UT: text('UT', { inCharacterSet: true, longLength: true, multiple: false, leadingSpaces: 'kept' }),
	UV: binary('UV', 'number', 8, true),
};

/** The VRs by their two letters, 26 * first + second. */
const byLetters: readonly (VrProperties | undefined)[] = (() => {
	const table = new Array<VrProperties | undefined>(26 * 26).fill(undefined);
	for (const properties of Object.values(VRS)) {
		table[(properties.vr.charCodeAt(0) - 0x41) * 26 + properties.vr.charCodeAt(1) - 0x41] = properties;
	}
	return table;
})();

const isCapital = (byte: number): boolean => byte >= 0x41 && byte <= 0x5a;

/** The VR of two bytes of an explicit VR element, or undefined where they are none of the 34. */
export const vrOfBytes = (first: number, second: number): VrProperties | undefined =>
	isCapital(first) && isCapital(second) ? byLetters[(first - 0x41) * 26 + second - 0x41] : undefined;

export const isVr = (text: string): text is Vr => Object.hasOwn(VRS, text);
