/** Modality Worklist and UPS Pull C-FIND as SCP (PS3.4 K.4.1, CC.2.8): what may be asked, and what of an item goes into its answer. */
import { type Dataset, type Element, itemsOf } from '../dicom/dataset.ts';
import { vrOf } from '../dicom/dictionary.ts';
import { TAG } from '../dicom/tags.ts';
import type { Search } from './query-scp.ts';
import type { Refusal } from './refusal.ts';

/** The items that match, whole: a worklist item with one Scheduled Procedure Step each. */
export type FindItems = (
	identifier: Dataset,
	request: Parameters<Search>[1],
) => AsyncIterable<{ readonly item: Dataset } | { readonly refusal: Refusal }>;

/** Answers with what was asked for of every item that `find` yields; attributes that it does not have are there and empty. */
export const searchWorklist = (find: FindItems): Search =>
	async function* (identifier, request) {
		const refusal = refusalOf(identifier);
		if (refusal !== undefined) {
			yield { refusal };
			return;
		}
		for await (const found of find(unlocked(identifier), request))
			yield 'refusal' in found ? found : { match: answerOf(identifier, found.item) };
	};

/** (0008,1195): the lock of whoever performs it, told to nobody (PS3.4 CC.2.5.1.3), so that it is nothing to search by either. */
const TRANSACTION_UID = '00081195';

const unlocked = (identifier: Dataset): Dataset =>
	identifier[TRANSACTION_UID] === undefined
		? identifier
		: Object.fromEntries(Object.entries(identifier).filter(([tag]) => tag !== TRANSACTION_UID));

/** What worklists have no use for (0008,0052), and what says how a text is to be read, not what is wanted. */
const NO_KEYS: ReadonlySet<string> = new Set([TAG.SpecificCharacterSet, TAG.QueryRetrieveLevel]);

const keysOf = (identifier: Dataset): [tag: string, key: Element][] =>
	Object.entries(identifier).filter(([tag]) => !NO_KEYS.has(tag) && !tag.endsWith('0000'));

const refusalOf = (identifier: Dataset): Refusal | undefined => {
	if (keysOf(identifier).length === 0) return { status: 0xa900, errorComment: 'no keys' };
	const [tag, problem] = misshapen(identifier) ?? [];
	if (tag === undefined) return undefined;
	return { status: 0xa900, errorComment: problem ?? '', offendingElements: [tag] };
};

/** The first key that is a sequence where it should be a value, or the other way round, or has several items (PS3.4 C.2.2.2.6). */
const misshapen = (identifier: Dataset): [tag: string, problem: string] | undefined => {
	for (const [tag, key] of keysOf(identifier)) {
		const isSequence = key.vr === 'SQ';
		const known = vrOf(tag);
		if (known !== 'UN' && (known === 'SQ') !== isSequence && key.Value.length > 0)
			return [tag, isSequence ? 'a sequence where a value belongs' : 'a value where a sequence belongs'];
		if (!isSequence) continue;
		const items = itemsOf(identifier, tag);
		if (items.length > 1) return [tag, 'a sequence key with several items'];
		const below = items[0] === undefined ? undefined : misshapen(items[0]);
		if (below !== undefined) return below;
	}
	return undefined;
};

const answerOf = (keys: Dataset, item: Dataset): Dataset => {
	const answer: Record<string, Element> = {};
	const characterSet = item[TAG.SpecificCharacterSet];
	if (characterSet !== undefined) answer[TAG.SpecificCharacterSet] = characterSet;
	for (const [tag, key] of keysOf(keys)) answer[tag] = elementOf(keys, key, tag, item);
	return answer;
};

/** Of a sequence that was asked for without items everything (PS3.4 C.2.2.2.3), else of each item what was asked for. */
const elementOf = (keys: Dataset, { vr }: Element, tag: string, item: Dataset): Element => {
	const element = item[tag];
	if (element === undefined || (element.vr === 'SQ') !== (vr === 'SQ') || tag === TRANSACTION_UID)
		return { vr, Value: [] };
	const [below] = itemsOf(keys, tag);
	if (vr !== 'SQ' || below === undefined || Object.keys(below).length === 0) return element;
	return { vr, Value: itemsOf(item, tag).map((one) => answerOf(below, one)) };
};
