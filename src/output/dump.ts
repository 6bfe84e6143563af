/** Datasets element by element, as DCMTK's dcmdump prints them, so that eyes and scripts used to it need not learn. */
import type { Dataset, Element } from '../dicom/dataset.ts';
import { isItem, stringsOf } from '../dicom/dataset.ts';
import { byTag } from '../dicom/dictionary.ts';
import { sanitize } from './sanitize.ts';
import { cutEnd, pad } from './text-width.ts';

export interface DumpStyle {
	/** Before every line. */
	readonly indent?: string;
	/** `dcmtk`: `[value]  # length, VM Keyword`; `trace`: the value bare, the keyword behind it. */
	readonly style?: 'dcmtk' | 'trace';
	/** Columns of the terminal that a value may take at most; by default none is cut. */
	readonly longest?: number;
}

const VALUE_WIDTH = 40;
const DEEPEST = 64;
const BYTES_SHOWN = 16;

/** VRs that DCMTK writes without brackets. */
const BARE: ReadonlySet<string> = new Set(['US', 'SS', 'UL', 'SL', 'SV', 'UV', 'FL', 'FD', 'AT']);

/** @returns lines without newlines, in the order of tags; sanitised. */
export const dumpLines = (dataset: Dataset, { indent = '', style = 'dcmtk', longest }: DumpStyle = {}): string[] => {
	const lines: string[] = [];
	const add = (start: string, value: string, length: string, count: number, keyword: string): void => {
		const shown = longest === undefined ? value : cutEnd(value, longest);
		const left = `${start} ${pad(shown, VALUE_WIDTH - start.length + START_WIDTH, 'left')}`;
		lines.push(
			style === 'trace' ? `${left} ${keyword}` : `${left} # ${length},${String(count).padStart(2)} ${keyword}`,
		);
	};
	const walk = (items: Dataset, margin: string, depth: number): void => {
		for (const tag of Object.keys(items).sort()) {
			const element = items[tag];
			if (element === undefined) continue;
			const start = `${margin}(${tag.slice(0, 4)},${tag.slice(4)})`.toLowerCase();
			const keyword = keywordOf(tag);
			if (element.vr !== 'SQ') {
				const count = valueCount(items, tag, element);
				const value = valueText(items, tag, element, style);
				add(`${start} ${element.vr}`, value, lengthText(items, tag, element), count, keyword);
				continue;
			}
			const children = element.Value.filter((value) => isItem('SQ', value));
			add(`${start} SQ`, `(Sequence #=${children.length})`, UNDEFINED_LENGTH, 1, keyword);
			if (depth >= DEEPEST) continue;
			for (const child of children) {
				const count = Object.keys(child).length;
				add(`${margin}  (fffe,e000) na`, `(Item #=${count})`, UNDEFINED_LENGTH, 1, 'Item');
				walk(child, `${margin}    `, depth + 1);
			}
		}
	};
	walk(dataset, indent, 0);
	return lines;
};

const START_WIDTH = '(gggg,eeee) VR'.length;
const UNDEFINED_LENGTH = 'u/l';

const keywordOf = (tag: string): string => {
	const keyword = byTag(tag)?.keyword ?? '';
	if (keyword !== '') return keyword;
	if (tag.endsWith('0000')) return 'GenericGroupLength';
	return Number.parseInt(tag.slice(3, 4), 16) % 2 === 1 ? 'PrivateElement' : 'UnknownElement';
};

const valueText = (dataset: Dataset, tag: string, element: Element, style: 'dcmtk' | 'trace'): string => {
	const bytes = element.Value.filter((value) => value instanceof Uint8Array);
	if (bytes.length > 0) return bytesText(bytes);
	const text = sanitize(stringsOf(dataset, tag).join('\\'));
	if (style === 'trace') return text;
	if (text === '') return '(no value available)';
	return BARE.has(element.vr) ? text : `[${text}]`;
};

const bytesText = (values: readonly Uint8Array[]): string => {
	const first = values[0] ?? new Uint8Array(0);
	const shown = [...first.subarray(0, BYTES_SHOWN)].map((byte) => byte.toString(16).padStart(2, '0')).join('\\');
	const rest = values.length > 1 || first.length > BYTES_SHOWN;
	return rest ? `${shown}\\...` : shown;
};

const valueCount = (dataset: Dataset, tag: string, element: Element): number =>
	element.Value.some((value) => value instanceof Uint8Array) ? 1 : stringsOf(dataset, tag).length;

/** Bytes of one value, by VR, where values are of one size. */
const UNIT: Readonly<Record<string, number>> = { US: 2, SS: 2, UL: 4, SL: 4, FL: 4, AT: 4, FD: 8, SV: 8, UV: 8 };

/** The length of the value field: as it came, else as it would be encoded in UTF-8. */
const lengthText = (dataset: Dataset, tag: string, element: Element): string => {
	const came = 'byteLength' in element ? element.byteLength : undefined;
	return String(typeof came === 'number' ? came : encodedLength(dataset, tag, element)).padStart(3);
};

const encodedLength = (dataset: Dataset, tag: string, element: Element): number => {
	const unit = UNIT[element.vr];
	if (unit !== undefined) return unit * element.Value.length;
	const bytes = element.Value.reduce<number>((sum, value) => sum + (value instanceof Uint8Array ? value.length : 0), 0);
	const length = bytes + new TextEncoder().encode(stringsOf(dataset, tag).join('\\')).length;
	return length + (length % 2);
};
