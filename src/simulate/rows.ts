/** What can be wrong with the rows of a C-FIND: each a query made into a query that answers so. */
import type { Dataset, Element } from '../dicom/dataset.ts';
import { itemsOf, plainDataset, stringsOf } from '../dicom/dataset.ts';
import { decodeDataset } from '../dicom/decode.ts';
import { encodeDataset } from '../dicom/encode.ts';
import { UNIQUE_KEYS } from '../dicom/sop-classes.ts';
import { TAG } from '../dicom/tags.ts';
import { EXPLICIT_LITTLE } from '../dicom/transfer-syntaxes.ts';
import { VRS } from '../dicom/vr.ts';
import type { Search } from '../services/query-scp.ts';

type Found = ReturnType<Search> extends AsyncIterable<infer One> ? One : never;

/** A query whose rows go through `change`; what it makes nothing of is left out. Refusals pass. */
export const changingRows = (
	search: Search,
	change: (row: Dataset, identifier: Dataset) => readonly Dataset[],
): Search =>
	async function* (identifier, request) {
		for await (const found of search(identifier, request)) {
			if ('refusal' in found) yield found;
			else for (const match of change(found.match, identifier)) yield { ...found, match };
		}
	};

/** Ends without a word after so many rows. */
export const limited = (search: Search, count: number): Search =>
	async function* (identifier, request) {
		let rows = 0;
		if (count === 0) return;
		for await (const found of search(identifier, request)) {
			yield found;
			if (++rows === count) return;
		}
	};

/** Refuses what has more rows than that; holds them until it knows. */
export const refusingMore = (search: Search, count: number): Search =>
	async function* (identifier, request) {
		const held: Found[] = [];
		for await (const found of search(identifier, request)) {
			if (held.length === count) {
				yield { refusal: { status: 0xa700, errorComment: `more than ${count} matches` } };
				return;
			}
			held.push(found);
		}
		yield* held;
	};

/** Asks as if the key had no value. */
export const ignoringKey =
	(search: Search, tag: string): Search =>
	(identifier, request) => {
		const key = identifier[tag];
		return search(key === undefined ? identifier : { ...identifier, [tag]: { vr: key.vr, Value: [] } }, request);
	};

/** What a row without optional keys still has. */
const KEPT: ReadonlySet<string> = new Set([
	...Object.values(UNIQUE_KEYS),
	TAG.SpecificCharacterSet,
	TAG.QueryRetrieveLevel,
	TAG.RetrieveAETitle,
]);

/** The row without that attribute, or with the unique keys alone. */
export const withoutKeys = (row: Dataset, tag: string | undefined): Dataset =>
	Object.fromEntries(Object.entries(row).filter(([key]) => (tag === undefined ? KEPT.has(key) : key !== tag)));

/** Whether the row has the text of the keys in their own case, wildcards aside; what it does not have is not looked at. */
export const isSameCase = (row: Dataset, identifier: Dataset): boolean =>
	Object.entries(identifier).every(([tag, key]) => {
		if (key.vr === 'SQ') {
			const [wanted] = itemsOf(identifier, tag);
			return wanted === undefined || itemsOf(row, tag).some((item) => isSameCase(item, wanted));
		}
		if (VRS[key.vr].kind !== 'text' || tag === TAG.SpecificCharacterSet) return true;
		const [wanted, got] = [stringsOf(identifier, tag), stringsOf(row, tag)].map((texts) =>
			texts.filter((text) => text !== ''),
		);
		if (wanted === undefined || got === undefined || wanted.length === 0 || got.length === 0) return true;
		// Only what the two have the same letters of is a matter of case: a date range is none.
		return wanted.some((text) =>
			got.some((value) => lettersOf(text).every((letters) => value.includes(letters) || !holds(value, letters))),
		);
	});

const lettersOf = (text: string): readonly string[] => text.split(/[*?^=\s]+/).filter((part) => part !== '');

const holds = (value: string, letters: string): boolean => value.toLowerCase().includes(letters.toLowerCase());

/** In every name: red, a bell, and the title of the window. */
const ESCAPES = ['\x1b[31m', '\x1b[0m\x07\x1b]0;simulated\x07'] as const;

/** The row with escape sequences around its names; in UTF-8, where nothing is special about them. */
export const withEscapes = (row: Dataset): Dataset => ({
	...escaped(plainDataset(row)),
	[TAG.SpecificCharacterSet]: { vr: 'CS', Value: ['ISO_IR 192'] },
});

const escaped = (dataset: Dataset): Dataset =>
	Object.fromEntries(
		Object.entries(dataset).map(([tag, element]): [string, Element] => {
			if (element.vr === 'SQ') return [tag, { vr: 'SQ', Value: itemsOf(dataset, tag).map(escaped) }];
			if (element.vr !== 'PN') return [tag, element];
			const names = stringsOf(dataset, tag).map((name) => name.replace(/^[^=]+/, (group) => ESCAPES.join(group)));
			return [tag, { vr: 'PN', Value: names }];
		}),
	);

/** The same bytes under another (0008,0005); none where `terms` are empty. */
export const declaring = (row: Dataset, terms: readonly string[]): Dataset => {
	const bytes = encodeDataset(row, EXPLICIT_LITTLE);
	const rest = bytes.subarray(characterSetBytes(bytes));
	const declared =
		terms.length === 0
			? new Uint8Array(0)
			: encodeDataset({ [TAG.SpecificCharacterSet]: { vr: 'CS', Value: terms } }, EXPLICIT_LITTLE);
	const whole = new Uint8Array(declared.length + rest.length);
	whole.set(declared);
	whole.set(rest, declared.length);
	return decodeDataset(whole, EXPLICIT_LITTLE).dataset;
};

/** How many bytes (0008,0005) takes at the beginning of a row, where it is the first element. */
const characterSetBytes = (bytes: Uint8Array): number => {
	const isFirst = bytes[0] === 0x08 && bytes[1] === 0 && bytes[2] === 0x05 && bytes[3] === 0;
	return isFirst ? 8 + (bytes[6] ?? 0) + 256 * (bytes[7] ?? 0) : 0;
};
