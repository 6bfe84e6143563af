/** Instances as Composite Instance Retrieve Without Bulk Data sends them (PS3.4 Z.1.3): all attributes but the large ones. */
import type { Dataset, Element } from '../dicom/dataset.ts';
import { isItem, itemsOf } from '../dicom/dataset.ts';
import { encodeDataset } from '../dicom/encode.ts';
import { EncapsulatedElement } from '../dicom/received-element.ts';
import { TAG } from '../dicom/tags.ts';
import { EXPLICIT_LITTLE, layoutOf } from '../dicom/transfer-syntaxes.ts';
import { instanceHeader } from './instance-header.ts';
import { inMemory } from './memory-source.ts';
import type { StoredInstance } from './stored-instance.ts';

/** PS3.4 Table Z.1-1 (top level only), with what belongs to Pixel Data; `x` is any digit. Pixel Data itself is never read. */
const BULK_DATA = [
	'00287FE0', // Pixel Data Provider URL
	'00420011', // Encapsulated Document
	'50xx200C', // Audio Sample Data
	'50xx3000', // Curve Data
	'56000020', // Spectroscopy Data
	'60xx3000', // Overlay Data
	'7FE0xxxx', // Pixel Data, Float and Double Float Pixel Data, Extended Offset Table, the retired Pixel Data URL
];
const WAVEFORM_SEQUENCE = '54000100';
const WAVEFORM_DATA = '54001010';
const ICON_IMAGE_SEQUENCE = '00880200';

const IS_BULK_DATA = new RegExp(`^(?:${BULK_DATA.map((tag) => tag.replaceAll('x', '[0-9A-F]')).join('|')})$`);

/**
 * The same instance without its bulk data. An encapsulated one is explicit little endian by then; its own transfer syntax, which lays out
 * such a dataset alike, does where the peer takes nothing else.
 */
export const withoutBulkData = (instance: StoredInstance): StoredInstance => {
	const { sopClassUid, sopInstanceUid, datasetLength } = instance;
	const isEncapsulated = layoutOf(instance.transferSyntaxUid).encapsulated;
	const transferSyntaxUid = isEncapsulated ? EXPLICIT_LITTLE : instance.transferSyntaxUid;
	const readWhole = (): Uint8Array =>
		encodeDataset(reduced(instanceHeader(instance), isEncapsulated), transferSyntaxUid);
	return {
		sopClassUid,
		sopInstanceUid,
		transferSyntaxUid,
		...(isEncapsulated ? { alsoIn: [instance.transferSyntaxUid] } : {}),
		datasetLength,
		open: () => inMemory(readWhole()),
		readWhole,
		present: async () => {
			const present = await instance.present?.();
			return present === undefined ? undefined : withoutBulkData(present);
		},
	};
};

const reduced = (header: Dataset, isEncapsulated: boolean): Dataset => {
	const result: Record<string, Element> = {};
	for (const tag of Object.keys(header)) {
		const element = header[tag];
		if (element === undefined || IS_BULK_DATA.test(tag)) continue;
		if (tag === ICON_IMAGE_SEQUENCE && isEncapsulated && hasFragments(header)) continue;
		result[tag] = tag === WAVEFORM_SEQUENCE ? withoutWaveformData(element) : element;
	}
	return result;
};

/** Icons are kept; one that is compressed cannot be in explicit little endian. */
const hasFragments = (header: Dataset): boolean =>
	itemsOf(header, ICON_IMAGE_SEQUENCE).some((icon) => icon[TAG.PixelData] instanceof EncapsulatedElement);

const withoutWaveformData = ({ vr, Value }: Element): Element => ({
	vr,
	Value: Value.map((value) => {
		if (!isItem(vr, value)) return value;
		const { [WAVEFORM_DATA]: _, ...rest } = value;
		return rest;
	}),
});
