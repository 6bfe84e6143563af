/** Instances of some frames of another one (PS3.4 Y.3.3): the same bytes for each frame, and what speaks of frames made to agree. */
import { createHash } from 'node:crypto';
import { joined } from '../association/incoming.ts';
import { type Dataset, type Element, stringsOf, type Value } from '../dicom/dataset.ts';
import { decodeDataset } from '../dicom/decode.ts';
import { encodeDataset } from '../dicom/encode.ts';
import { TAG } from '../dicom/tags.ts';
import { layoutOf } from '../dicom/transfer-syntaxes.ts';
import { FRAME_TIME_ATTRIBUTES, type FrameTimes, retimed } from './frame-times.ts';
import { inMemory } from './memory-source.ts';
import type { StoredInstance } from './stored-instance.ts';

/** Classes whose frames stand for themselves: nothing but what is made to agree here speaks of their number or order. */
const EXTRACTABLE: ReadonlySet<string> = new Set([
	...['1.2.840.10008.5.1.4.1.1.7.1', '1.2.840.10008.5.1.4.1.1.7.2'], // Multi-frame Secondary Capture
	...['1.2.840.10008.5.1.4.1.1.7.3', '1.2.840.10008.5.1.4.1.1.7.4'],
	'1.2.840.10008.5.1.4.1.1.3.1', // Ultrasound Multi-frame
	...['1.2.840.10008.5.1.4.1.1.12.1', '1.2.840.10008.5.1.4.1.1.12.2'], // X-Ray Angiographic, Radiofluoroscopic
	...['1.2.840.10008.5.1.4.1.1.2.1', '1.2.840.10008.5.1.4.1.1.4.1'], // Enhanced CT, MR
	...['1.2.840.10008.5.1.4.1.1.12.1.1', '1.2.840.10008.5.1.4.1.1.12.2.1'], // Enhanced XA, XRF
]);

export const isExtractable = (sopClassUid: string): boolean => EXTRACTABLE.has(sopClassUid);

const MAX_BYTES = 536_870_912;
const NUMBER_OF_FRAMES = '00280008';
const FRAME_EXTRACTION_SEQUENCE = '00081164';
const SOURCE_SOP_INSTANCE_UID = '00081167';
const CONTRIBUTING_EQUIPMENT_SEQUENCE = '0018A001';
const PER_FRAME_FUNCTIONAL_GROUPS = '52009230';
/** One value for each frame. */
const VECTORS = ['00182002', '00186060'];
/** They name frames by numbers that are others now, or places in what was whole; signatures are of something else. */
const LEFT_OUT = new Set([
	...['00082142', '00082143', '00286010', '00286020', '00286022', '00286023', '00286100'],
	...['00209161', '00209162', '00209163', '00209228', '7FE00001', '7FE00002', '4FFE0001', 'FFFAFFFA', 'FFFCFFFC'],
]);

export interface Extraction {
	/** By their numbers from 1, ascending; all of them exist. */
	readonly frames: readonly number[];
	/** Of the source. */
	readonly count: number;
	readonly times: FrameTimes | undefined;
	/** The key that asked for them, as it was in the identifier. */
	readonly key: { readonly tag: string; readonly element: Element };
}

/**
 * The new instance, whose UID is always the same for the same frames of the same source. Undefined where the pixel data cannot be taken
 * apart.
 *
 * @throws DicomError io
 */
export const extractFrames = (instance: StoredInstance, extraction: Extraction): StoredInstance | undefined => {
	const { sopClassUid, transferSyntaxUid } = instance;
	if (instance.datasetLength > MAX_BYTES) return undefined;
	const options = { keepUnknown: true, maxInflatedBytes: MAX_BYTES };
	const { dataset, complete } = decodeDataset(instance.readWhole(), transferSyntaxUid, options);
	const pixels = complete ? pixelsOf(dataset, extraction, layoutOf(transferSyntaxUid).encapsulated) : undefined;
	if (pixels === undefined) return undefined;
	const sopInstanceUid = uidOf(instance.sopInstanceUid, extraction.frames);
	const bytes = encodeDataset(
		{
			...agreeing(dataset, extraction),
			[TAG.SOPInstanceUID]: { vr: 'UI', Value: [sopInstanceUid] },
			[NUMBER_OF_FRAMES]: { vr: 'IS', Value: [String(extraction.frames.length)] },
			[FRAME_EXTRACTION_SEQUENCE]: extended(dataset[FRAME_EXTRACTION_SEQUENCE], {
				[extraction.key.tag]: extraction.key.element,
				[SOURCE_SOP_INSTANCE_UID]: { vr: 'UI', Value: [instance.sopInstanceUid] },
			}),
			[CONTRIBUTING_EQUIPMENT_SEQUENCE]: extended(dataset[CONTRIBUTING_EQUIPMENT_SEQUENCE], EXTRACTING_EQUIPMENT),
			[TAG.PixelData]: pixels,
		},
		transferSyntaxUid,
	);
	return {
		sopClassUid,
		sopInstanceUid,
		transferSyntaxUid,
		datasetLength: bytes.length,
		open: () => inMemory(bytes),
		readWhole: () => bytes,
	};
};

const EXTRACTING_EQUIPMENT: Dataset = {
	'00080070': { vr: 'LO', Value: ['dimse'] },
	'0040A170': {
		vr: 'SQ',
		Value: [
			{
				'00080100': { vr: 'SH', Value: ['109105'] },
				'00080102': { vr: 'SH', Value: ['DCM'] },
				'00080104': { vr: 'LO', Value: ['Frame Extracting Equipment'] },
			},
		],
	},
};

const extended = (sequence: Element | undefined, item: Dataset): Element => ({
	vr: 'SQ',
	Value: [...(sequence?.vr === 'SQ' ? sequence.Value : []), item],
});

const uidOf = (source: string, frames: readonly number[]): string => {
	const hash = createHash('sha256')
		.update(`${source} ${frames.join(',')}`)
		.digest('hex')
		.slice(0, 32);
	// A UUID of version 8 (RFC 9562), as 2.25 (PS3.5 B.2).
	return `2.25.${BigInt(`0x${hash.slice(0, 12)}8${hash.slice(13, 16)}8${hash.slice(17)}`)}`;
};

/** All but what is set anew. */
const agreeing = (dataset: Dataset, { frames, count, times }: Extraction): Dataset => {
	const result: Record<string, Element> = {};
	for (const [tag, element] of Object.entries(dataset)) {
		if (LEFT_OUT.has(tag) || FRAME_TIME_ATTRIBUTES.includes(tag) || isOverlayOfFrames(dataset, tag)) continue;
		const isByFrame = tag === PER_FRAME_FUNCTIONAL_GROUPS || VECTORS.includes(tag);
		if (!isByFrame) result[tag] = element;
		else if (element.Value.length === count) result[tag] = { vr: element.vr, Value: chosen(element.Value, frames) };
	}
	return { ...result, ...(times === undefined ? {} : retimed(times, frames)) };
};

/** Number of Frames in Overlay (60xx,0015): its bits are of certain frames. */
const isOverlayOfFrames = (dataset: Dataset, tag: string): boolean =>
	tag.startsWith('60') && dataset[`${tag.slice(0, 4)}0015`] !== undefined;

const chosen = (values: readonly Value[], frames: readonly number[]): Value[] =>
	frames.map((frame) => values[frame - 1] ?? null);

const pixelsOf = (dataset: Dataset, { frames, count }: Extraction, isEncapsulated: boolean): Element | undefined => {
	const element = dataset[TAG.PixelData];
	if (element === undefined) return undefined;
	const parts = isEncapsulated
		? fragmentsByFrame(element.Value, count)
		: nativeFrames(element.Value[0], count, frameBytes(dataset));
	if (parts === undefined) return undefined;
	const taken = frames.flatMap((frame) => parts[frame - 1] ?? []);
	// An empty Basic Offset Table is always right (PS3.5 A.4).
	return { vr: element.vr, Value: isEncapsulated ? [new Uint8Array(), ...taken] : [joined(taken)] };
};

const frameBytes = (dataset: Dataset): number =>
	['00280010', '00280011', '00280002', '00280100'].reduce(
		(product, tag) => product * Number(stringsOf(dataset, tag)[0] ?? Number.NaN),
		1 / 8,
	);

const nativeFrames = (value: Value | undefined, count: number, bytes: number): Uint8Array[][] | undefined => {
	if (!(value instanceof Uint8Array) || !Number.isInteger(bytes)) return undefined;
	const padding = value.length - count * bytes;
	if (padding !== 0 && padding !== 1) return undefined;
	return Array.from({ length: count }, (_, index) => [value.subarray(index * bytes, (index + 1) * bytes)]);
};

/** One fragment each, or as many as the Basic Offset Table says. */
const fragmentsByFrame = (items: readonly Value[], count: number): Uint8Array[][] | undefined => {
	const [table, ...fragments] = items.filter((item): item is Uint8Array => item instanceof Uint8Array);
	if (table === undefined) return undefined;
	if (fragments.length === count) return fragments.map((fragment) => [fragment]);
	if (table.length !== 4 * count) return undefined;
	const view = new DataView(table.buffer, table.byteOffset, table.length);
	const starts = new Map(Array.from({ length: count }, (_, index) => [view.getUint32(4 * index, true), index]));
	const frames: Uint8Array[][] = [];
	let offset = 0;
	for (const fragment of fragments) {
		if (starts.get(offset) === frames.length) frames.push([]);
		frames.at(-1)?.push(fragment);
		offset += 8 + fragment.length;
	}
	return frames.length === count ? frames : undefined;
};
