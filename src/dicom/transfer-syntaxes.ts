/** The transfer syntaxes of PS3.6 Table A-1 and how each lays out a dataset (PS3.5 Annex A). */

export interface TransferSyntax {
	readonly uid: string;
	readonly name: string;
	/** The VR stands in each element (PS3.5 7.1.2). */
	readonly explicit: boolean;
	readonly bigEndian: boolean;
	/** All after the file meta information is one raw deflate stream (PS3.5 A.5). */
	readonly deflated: boolean;
	/** Pixel Data comes as fragments in items (PS3.5 A.4). */
	readonly encapsulated: boolean;
}

export const IMPLICIT_LITTLE = '1.2.840.10008.1.2';
export const EXPLICIT_LITTLE = '1.2.840.10008.1.2.1';
export const DEFLATED = '1.2.840.10008.1.2.1.99';
export const EXPLICIT_BIG = '1.2.840.10008.1.2.2';

/**
 * UID behind 1.2.840.10008.1.2 (so that `0` makes 1.2.840.10008.1.20), layout, name. Layouts: `e` encapsulated, `x` explicit little endian and native, `d` that
 * deflated, `i` implicit little endian, `b` explicit big endian.
 */
const TABLE: readonly (readonly [suffix: string, layout: 'e' | 'x' | 'd' | 'i' | 'b', name: string])[] = [
	['', 'i', 'Implicit VR Little Endian'],
	['.1', 'x', 'Explicit VR Little Endian'],
	['.1.98', 'e', 'Encapsulated Uncompressed Explicit VR Little Endian'],
	['.1.99', 'd', 'Deflated Explicit VR Little Endian'],
	['.2', 'b', 'Explicit VR Big Endian'],
	['.4.50', 'e', 'JPEG Baseline (Process 1)'],
	['.4.51', 'e', 'JPEG Extended (Process 2 and 4)'],
	['.4.52', 'e', 'JPEG Extended (Process 3 and 5)'],
	['.4.53', 'e', 'JPEG Spectral Selection, Non-Hierarchical (Process 6 and 8)'],
	['.4.54', 'e', 'JPEG Spectral Selection, Non-Hierarchical (Process 7 and 9)'],
	['.4.55', 'e', 'JPEG Full Progression, Non-Hierarchical (Process 10 and 12)'],
	['.4.56', 'e', 'JPEG Full Progression, Non-Hierarchical (Process 11 and 13)'],
	['.4.57', 'e', 'JPEG Lossless, Non-Hierarchical (Process 14)'],
	['.4.58', 'e', 'JPEG Lossless, Non-Hierarchical (Process 15)'],
	['.4.59', 'e', 'JPEG Extended, Hierarchical (Process 16 and 18)'],
	['.4.60', 'e', 'JPEG Extended, Hierarchical (Process 17 and 19)'],
	['.4.61', 'e', 'JPEG Spectral Selection, Hierarchical (Process 20 and 22)'],
	['.4.62', 'e', 'JPEG Spectral Selection, Hierarchical (Process 21 and 23)'],
	['.4.63', 'e', 'JPEG Full Progression, Hierarchical (Process 24 and 26)'],
	['.4.64', 'e', 'JPEG Full Progression, Hierarchical (Process 25 and 27)'],
	['.4.65', 'e', 'JPEG Lossless, Hierarchical (Process 28)'],
	['.4.66', 'e', 'JPEG Lossless, Hierarchical (Process 29)'],
	['.4.70', 'e', 'JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14 [Selection Value 1])'],
	['.4.80', 'e', 'JPEG-LS Lossless Image Compression'],
	['.4.81', 'e', 'JPEG-LS Lossy (Near-Lossless) Image Compression'],
	['.4.90', 'e', 'JPEG 2000 Image Compression (Lossless Only)'],
	['.4.91', 'e', 'JPEG 2000 Image Compression'],
	['.4.92', 'e', 'JPEG 2000 Part 2 Multi-component Image Compression (Lossless Only)'],
	['.4.93', 'e', 'JPEG 2000 Part 2 Multi-component Image Compression'],
	['.4.94', 'x', 'JPIP Referenced'],
	['.4.95', 'd', 'JPIP Referenced Deflate'],
	['.4.100', 'e', 'MPEG2 Main Profile / Main Level'],
	['.4.100.1', 'e', 'Fragmentable MPEG2 Main Profile / Main Level'],
	['.4.101', 'e', 'MPEG2 Main Profile / High Level'],
	['.4.101.1', 'e', 'Fragmentable MPEG2 Main Profile / High Level'],
	['.4.102', 'e', 'MPEG-4 AVC/H.264 High Profile / Level 4.1'],
	['.4.102.1', 'e', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1'],
	['.4.103', 'e', 'MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1'],
	['.4.103.1', 'e', 'Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1'],
	['.4.104', 'e', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video'],
	['.4.104.1', 'e', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video'],
	['.4.105', 'e', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video'],
	['.4.105.1', 'e', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video'],
	['.4.106', 'e', 'MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2'],
	['.4.106.1', 'e', 'Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2'],
	['.4.107', 'e', 'HEVC/H.265 Main Profile / Level 5.1'],
	['.4.108', 'e', 'HEVC/H.265 Main 10 Profile / Level 5.1'],
	['.4.110', 'e', 'JPEG XL Lossless'],
	['.4.111', 'e', 'JPEG XL JPEG Recompression'],
	['.4.112', 'e', 'JPEG XL'],
	['.4.201', 'e', 'High-Throughput JPEG 2000 Image Compression (Lossless Only)'],
	['.4.202', 'e', 'High-Throughput JPEG 2000 with RPCL Options Image Compression (Lossless Only)'],
	['.4.203', 'e', 'High-Throughput JPEG 2000 Image Compression'],
	['.4.204', 'x', 'JPIP HTJ2K Referenced'],
	['.4.205', 'd', 'JPIP HTJ2K Referenced Deflate'],
	['.5', 'e', 'RLE Lossless'],
	['.6.1', 'x', 'RFC 2557 MIME encapsulation'],
	['.6.2', 'x', 'XML Encoding'],
	['.7.1', 'x', 'SMPTE ST 2110-20 Uncompressed Progressive Active Video'],
	['.7.2', 'x', 'SMPTE ST 2110-20 Uncompressed Interlaced Active Video'],
	['.7.3', 'x', 'SMPTE ST 2110-30 PCM Digital Audio'],
	['.8.1', 'e', 'Deflated Image Frame Compression'],
	['0', 'i', 'Papyrus 3 Implicit VR Little Endian'],
];

const byUid: ReadonlyMap<string, TransferSyntax> = new Map(
	TABLE.map(([suffix, layout, name]) => {
		const uid = IMPLICIT_LITTLE + suffix;
		return [
			uid,
			{
				uid,
				name,
				explicit: layout !== 'i',
				bigEndian: layout === 'b',
				deflated: layout === 'd',
				encapsulated: layout === 'e',
			},
		];
	}),
);

/** Every transfer syntax of PS3.6, in the order of Table A-1; the retired ones too, since files keep them. */
export const TRANSFER_SYNTAXES: readonly TransferSyntax[] = [...byUid.values()];

/** The transfer syntax of a UID, or undefined for a private or unknown one. */
export const transferSyntax = (uid: string): TransferSyntax | undefined => byUid.get(uid);

/**
 * How to read a dataset in the transfer syntax of a UID. One that PS3.6 does not have is taken for explicit little
 * endian with encapsulated pixel data, as every addition since 1993 has been.
 */
export const layoutOf = (uid: string): TransferSyntax =>
	byUid.get(uid) ?? {
		uid,
		name: uid,
		explicit: true,
		bigEndian: false,
		deflated: false,
		encapsulated: true,
	};
