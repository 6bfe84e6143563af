/** Datasets element by element, as DCMTK's dcmdump prints them, so that eyes and scripts used to it need not learn. */
import type { Dataset, Element } from '../dicom/dataset.ts';
import { isItem, stringsOf } from '../dicom/dataset.ts';
import { byTag } from '../dicom/dictionary.ts';
import { printedTag } from '../dicom/tags.ts';
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
				const { shown, length, count } = fieldOf(items, tag, element, style);
				add(`${start} ${element.vr}`, shown, String(length).padStart(3), count, keyword);
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
	if (Number.parseInt(tag.charAt(3), 16) % 2 === 0) return 'UnknownElement';
	return tag.startsWith('00', 4) && tag.charAt(6) !== '0' ? 'PrivateCreator' : 'PrivateElement';
};

interface Field {
	readonly shown: string;
	/** Of the value field: as it came, else as it would be encoded in UTF-8. */
	readonly length: number;
	readonly count: number;
}

const fieldOf = (dataset: Dataset, tag: string, element: Element, style: 'dcmtk' | 'trace'): Field => {
	const came = 'byteLength' in element && typeof element.byteLength === 'number' ? element.byteLength : undefined;
	const bytes = element.Value.filter((value) => value instanceof Uint8Array);
	if (bytes.length > 0) {
		const sum = bytes.reduce((total, { length }) => total + length, 0);
		return { shown: bytesText(bytes), length: came ?? even(sum), count: 1 };
	}
	const texts = stringsOf(dataset, tag);
	const text = texts.join('\\');
	const unit = UNIT[element.vr];
	const length = came ?? (unit === undefined ? even(encodedLength(text)) : unit * texts.length);
	if (text === '') return { shown: style === 'trace' ? '' : '(no value available)', length, count: texts.length };
	const printed = sanitize(element.vr === 'AT' ? texts.map(printedTag).join('\\').toLowerCase() : text);
	const shown = style === 'trace' || unit !== undefined ? printed : `[${printed}]`;
	return { shown, length, count: texts.length };
};

const bytesText = (values: readonly Uint8Array[]): string => {
	const first = values[0] ?? new Uint8Array(0);
	const shown = [...first.subarray(0, BYTES_SHOWN)].map((byte) => byte.toString(16).padStart(2, '0')).join('\\');
	const rest = values.length > 1 || first.length > BYTES_SHOWN;
	return rest ? `${shown}\\...` : shown;
};

/** Bytes of one value, by VR, where values are of one size. DCMTK writes these without brackets. */
const UNIT: Readonly<Record<string, number>> = { US: 2, SS: 2, UL: 4, SL: 4, FL: 4, AT: 4, FD: 8, SV: 8, UV: 8 };

const even = (length: number): number => length + (length % 2);

const encodedLength = (text: string): number =>
	/^[\x20-\x7e]*$/.test(text) ? text.length : new TextEncoder().encode(text).length;
