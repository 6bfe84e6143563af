/** Why a query matched nothing: the same query without each of its keys in turn, and with what else could have been meant by a text. */
import { type Dataset, stringsOf, textOf } from '../dicom/dataset.ts';
import { TAG } from '../dicom/tags.ts';
import type { Vr } from '../dicom/vr.ts';

/** What came of one query: at least a match, none, or a failure status. */
export type AskedOnce = 'some' | 'none' | { readonly status: number };

export interface AblatedKey {
	readonly tag: string;
	/** Its value as sent. */
	readonly value: string;
	/** Of the query without this key. */
	readonly without: AskedOnce;
	/** Of this key alone; asked where no single key is to blame. */
	readonly alone?: AskedOnce;
	/** Another value with which the whole query has matches; looked for where this key excludes everything. */
	readonly instead?: string;
}

export interface Ablation {
	readonly keys: readonly AblatedKey[];
	/** Keys that stayed in every query. */
	readonly kept: readonly { readonly tag: string; readonly value: string }[];
	/** Of a query without any of the keys; asked where no single key is to blame. */
	readonly bare?: AskedOnce;
	readonly queries: number;
}

/** Keys that say how to ask, not what for. */
const NO_KEYS: ReadonlySet<string> = new Set([
	TAG.SpecificCharacterSet,
	TAG.QueryRetrieveLevel,
	TAG.TimezoneOffsetFromUTC,
]);
/** VRs with wildcards (PS3.4 C.2.2.2.4), in which letter case may count. */
const TEXTS: ReadonlySet<Vr> = new Set(['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT']);
/** Nobody types more; what a file has is not asked for one by one without end. */
const MOST_KEYS = 16;

/** The keys of an identifier that narrow it; those within sequences as the whole sequence. */
export const narrowingKeys = (identifier: Dataset): readonly string[] =>
	Object.keys(identifier).filter((tag) => !NO_KEYS.has(tag) && hasValue(identifier, tag));

const hasValue = (identifier: Dataset, tag: string): boolean => {
	const element = identifier[tag];
	if (element?.vr !== 'SQ') return stringsOf(identifier, tag).some((text) => text !== '' && text !== '*');
	return element.Value.some((item) => item !== null && typeof item === 'object' && holds(item as Dataset));
};

const holds = (item: Dataset): boolean => Object.keys(item).some((tag) => hasValue(item, tag));

/**
 * @param identifier of a query that had no match
 * @param fixed keys without which it would be no query: the unique keys of the levels above (PS3.4 C.4.1.2.1)
 * @param ask sends one and is content with the first match
 */
export const ablate = async (
	identifier: Dataset,
	fixed: readonly string[],
	ask: (identifier: Dataset) => Promise<AskedOnce>,
): Promise<Ablation> => {
	let queries = 0;
	const asked = (one: Dataset): Promise<AskedOnce> => {
		queries++;
		return ask(one);
	};
	const tags = narrowingKeys(identifier)
		.filter((tag) => !fixed.includes(tag))
		.slice(0, MOST_KEYS);
	const kept = fixed
		.filter((tag) => hasValue(identifier, tag))
		.map((tag) => ({ tag, value: valueText(identifier, tag) }));
	const keys: AblatedKey[] = [];
	for (const tag of tags) {
		const without = await asked(emptied(identifier, [tag]));
		let instead: string | undefined;
		if (without === 'some')
			for (const [text, variant] of variantsOf(identifier, tag)) {
				if ((await asked(variant)) !== 'some') continue;
				instead = text;
				break;
			}
		keys.push({ tag, value: valueText(identifier, tag), without, ...(instead === undefined ? {} : { instead }) });
	}
	if (keys.some(({ without }) => without === 'some')) return { keys, kept, queries };
	// Without any key it is the query itself, with one the query without that.
	const [only] = keys;
	const bare = only === undefined ? 'none' : keys.length === 1 ? only.without : await asked(emptied(identifier, tags));
	if (bare !== 'some') return { keys, kept, bare, queries };
	const alone: AblatedKey[] = [];
	for (const key of keys) {
		const others = tags.filter((tag) => tag !== key.tag);
		alone.push({ ...key, alone: await asked(emptied(identifier, others)) });
	}
	return { keys: alone, kept, bare, queries };
};

/** A key without its value still asks for the attribute. */
const emptied = (identifier: Dataset, tags: readonly string[]): Dataset => ({
	...identifier,
	...Object.fromEntries(tags.map((tag) => [tag, { vr: identifier[tag]?.vr ?? 'LO', Value: [] }])),
});

const valueText = (identifier: Dataset, tag: string): string =>
	identifier[tag]?.vr === 'SQ' ? '(a sequence)' : textOf(identifier, tag);

/** In upper case, with a `*` behind it, capitalised, in lower case, and within `*`: what is other than the key itself, each once. */
const variantsOf = (identifier: Dataset, tag: string): readonly (readonly [text: string, identifier: Dataset])[] => {
	const vr = identifier[tag]?.vr;
	const text = textOf(identifier, tag);
	if (vr === undefined || !TEXTS.has(vr) || text.includes('\\')) return [];
	const isOpen = text.endsWith('*');
	const candidates = [
		text.toUpperCase(),
		...(isOpen ? [] : [`${text}*`, `${text.toUpperCase()}*`]),
		...(vr === 'PN' ? [capitalised(text), ...(isOpen ? [] : [`${capitalised(text)}*`])] : []),
		text.toLowerCase(),
		...(text.startsWith('*') ? [] : [`*${text.toUpperCase()}${isOpen ? '' : '*'}`]),
	];
	const own = [...new Set(candidates)].filter((one) => one !== text);
	// A code string has no lower case (PS3.5 6.2).
	const possible = vr === 'CS' ? own.filter((one) => one === one.toUpperCase()) : own;
	return possible.map((one) => [
		one,
		{ ...identifier, [tag]: { vr, Value: [vr === 'PN' ? { Alphabetic: one } : one] } },
	]);
};

/** `Smith^John`, as some archives keep names. */
const capitalised = (text: string): string =>
	text.toLowerCase().replace(/(?<!\p{L})\p{L}/gu, (letter) => letter.toUpperCase());
