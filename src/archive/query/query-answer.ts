/** A row of a query's page made into the identifier of a pending response (PS3.4 C.4.1.1.3.2). */
import { encodeText, isUnderstood } from '../../dicom/character-sets.ts';
import type { Dataset, Element, Value } from '../../dicom/dataset.ts';
import { personName } from '../../dicom/dataset.ts';
import { TAG } from '../../dicom/tags.ts';
import type { Vr } from '../../dicom/vr.ts';
import { VRS } from '../../dicom/vr.ts';
import type { Attributes, AttributeValue } from '../index/attribute-json.ts';
import { attributeIn, parsedAttributes } from '../index/attribute-json.ts';
import type { Row } from '../index/sql.ts';
import { AnswerEncoder } from './answer-encoder.ts';
import { keyVr } from './key-matching.ts';
import { jsonColumns, KEY_COLUMNS, outputsOf } from './query-outputs.ts';
import type { AnswerKey, ItemShape, QueryPlan } from './query-plan.ts';

export interface AnswerTerms {
	readonly retrieveAeTitle: string;
	/** (0008,0056), `ONLINE` unless said. */
	readonly availability?: string;
}

export interface Answer {
	readonly match: Dataset;
	/** 0xFF01 where a key that was asked is not kept here, for existence or for matching. */
	readonly status: 0xff00 | 0xff01;
	/** `match` as bytes, for less than encoding it costs; undefined where it has to be encoded. */
	encode?(transferSyntaxUid: string): Uint8Array | undefined;
}

/** What of an answer is the same for all rows of a plan. */
interface Layout {
	readonly keys: readonly PlacedKey[];
	readonly status: Answer['status'];
	/** Nothing has to be looked for in JSON. */
	readonly isInColumns: boolean;
	/** Made when the first answer is to be encoded. */
	encoder?: { readonly of: string; readonly by: AnswerEncoder | undefined };
}

interface PlacedKey extends AnswerKey {
	/** Where in the row it is; of an instance's attribute, `common` what its series has in common. */
	readonly column: number;
	readonly common: number;
}

const layouts = new WeakMap<QueryPlan, Layout>();

const layoutOf = (plan: QueryPlan): Layout => {
	let layout = layouts.get(plan);
	if (layout === undefined) {
		const outputs = outputsOf(plan.answer);
		const placed = (sql: string | undefined): number => (sql === undefined ? -1 : outputs.indexOf(sql) + KEY_COLUMNS);
		const keys = plan.answer.map((key): PlacedKey => {
			const { from } = key;
			const [own, common] = from.kind === 'attribute' ? jsonColumns(from.level) : [];
			return { ...key, column: placed(from.kind === 'column' ? from.sql : own), common: placed(common) };
		});
		const isInColumns = keys.every(({ from }) => from.kind !== 'attribute');
		layout = { keys, status: plan.isPartial ? 0xff01 : 0xff00, isInColumns };
		layouts.set(plan, layout);
	}
	return layout;
};

/** An escape begins a sequence of ISO 2022. */
const ESCAPE = '\u001b';
const isForeign = (text: string): boolean => /\P{ASCII}/u.test(text) || text.includes(ESCAPE);

/** The texts of an answer, to see what character set it needs. */
class Texts {
	readonly foreign: { readonly text: string; readonly vr: Vr }[] = [];
	isTooLong = false;

	add(text: string, vr: Vr): void {
		if (VRS[vr].inCharacterSet && isForeign(text)) this.foreign.push({ text, vr });
	}
}

const NOTHING: readonly Value[] = [];

/** What cannot be in a text of this VR, whatever the character set, would stop the whole answer. */
const sayable = (text: string, vr: Vr): string =>
	VRS[vr].inCharacterSet || !isForeign(text) ? text : text.replace(/\P{ASCII}/gu, '?').replaceAll(ESCAPE, '?');

/** A text as the values of its VR. */
const valuesOf = (text: string, vr: Vr): readonly Value[] => {
	if (text === '') return NOTHING;
	const properties = VRS[vr];
	if (vr === 'PN') return text.includes('\\') ? text.split('\\').map(personName) : [personName(text)];
	if (properties.kind === 'number') {
		return text.split('\\').map((one) => (vr === 'SV' || vr === 'UV' ? BigInt(one) : Number(one)));
	}
	const plain = sayable(text, vr);
	return properties.multiple && plain.includes('\\') ? plain.split('\\') : [plain];
};

/** Of elements that are US or SS, the values say which they were (PS3.6, Pixel Representation). */
const fitting = (vr: Vr, values: readonly Value[]): Vr => {
	if (vr === 'US' && values.some((value) => Number(value) < 0)) return 'SS';
	return vr === 'SS' && values.some((value) => Number(value) > 0x7fff) ? 'US' : vr;
};

/** @param asked of a sequence, which attributes of its items; undefined for all */
const elementOf = (
	value: AttributeValue | undefined,
	vr: Vr,
	asked: readonly ItemShape[] | undefined,
	texts: Texts,
): Element => {
	if (value === null) texts.isTooLong = true;
	if (value === undefined || value === null) return { vr, Value: NOTHING };
	if (vr === 'SQ') {
		const items = typeof value === 'string' ? [] : value;
		return { vr, Value: items.map((item) => itemOf(item, asked ?? wholeOf(item), texts)) };
	}
	if (typeof value !== 'string') return { vr, Value: NOTHING };
	texts.add(value, vr);
	const values = valuesOf(value, vr);
	return { vr: fitting(vr, values), Value: values };
};

const wholeOf = (item: Attributes): readonly ItemShape[] =>
	Object.keys(item).flatMap((tag): ItemShape[] => {
		const vr = keyVr(tag, undefined);
		return vr === undefined ? [] : [{ tag, vr }];
	});

const itemOf = (item: Attributes, asked: readonly ItemShape[], texts: Texts): Dataset => {
	const result: Record<string, Element> = {};
	for (const { tag, vr, item: below } of asked) result[tag] = elementOf(item[tag], vr, below, texts);
	return result;
};

/** The terms of (0008,0005): those of the query where they can say it all, else UTF-8; undefined where ASCII is enough. */
const termsFor = (texts: Texts, asked: readonly string[] | undefined): readonly string[] | undefined => {
	const { foreign } = texts;
	// Where ASCII is not all ASCII (JIS X 0201), every text would have to be looked at.
	const usable = asked?.every(isUnderstood) && !asked[0]?.endsWith('IR 13') ? asked : undefined;
	if (foreign.length === 0) return usable;
	if (usable === undefined) return UTF_8;
	return foreign.every(({ text, vr }) => encodeText(text, usable, vr) !== undefined) ? usable : UTF_8;
};

const UTF_8 = ['ISO_IR 192'];

/** An answer of which nothing is made before it is known as what it is wanted. */
class ColumnAnswer implements Answer {
	readonly status: Answer['status'];
	readonly #layout: Layout;
	readonly #plan: QueryPlan;
	readonly #row: Row;
	readonly #terms: AnswerTerms;
	#match: Dataset | undefined;

	constructor(layout: Layout, plan: QueryPlan, row: Row, terms: AnswerTerms) {
		this.status = layout.status;
		this.#layout = layout;
		this.#plan = plan;
		this.#row = row;
		this.#terms = terms;
	}

	get match(): Dataset {
		this.#match ??= wholeAnswer(this.#layout, this.#plan, this.#row, this.#terms).match;
		return this.#match;
	}

	encode(transferSyntaxUid: string): Uint8Array | undefined {
		return encoderOf(this.#layout, this.#plan, this.#terms, transferSyntaxUid)?.encode(this.#row);
	}
}

/** Of a query all answers are in one transfer syntax. */
const encoderOf = (
	layout: Layout,
	plan: QueryPlan,
	terms: AnswerTerms,
	transferSyntaxUid: string,
): AnswerEncoder | undefined => {
	if (layout.encoder?.of !== transferSyntaxUid) {
		const fields = layout.keys.map((key) => ({
			tag: key.tag,
			vr: key.vr,
			column: key.from.kind === 'column' ? key.column : -1,
			text: givenText(key, plan, terms),
		}));
		const asked = termsFor(new Texts(), plan.characterSet);
		const isPlain = asked !== undefined || !(plan.characterSet?.length ?? 0);
		layout.encoder = {
			of: transferSyntaxUid,
			by: isPlain ? AnswerEncoder.of(fields, asked, transferSyntaxUid) : undefined,
		};
	}
	return layout.encoder.by;
};

/** What is the same in all answers. */
const givenText = ({ from }: AnswerKey, plan: QueryPlan, terms: AnswerTerms): string => {
	if (from.kind === 'level') return plan.level;
	if (from.kind === 'retrieve-ae-title') return terms.retrieveAeTitle;
	return from.kind === 'availability' ? (terms.availability ?? 'ONLINE') : '';
};

/** @param row of a page of this plan */
export const answerOf = (plan: QueryPlan, row: Row, terms: AnswerTerms): Answer => {
	const layout = layoutOf(plan);
	return layout.isInColumns ? new ColumnAnswer(layout, plan, row, terms) : wholeAnswer(layout, plan, row, terms);
};

const wholeAnswer = ({ keys, status }: Layout, plan: QueryPlan, row: Row, terms: AnswerTerms): Answer => {
	const match: Record<string, Element> = {};
	const texts = new Texts();
	const parsed = new Map<number, Attributes>();
	const attributesAt = (column: number): Attributes => {
		let attributes = parsed.get(column);
		if (attributes === undefined) {
			attributes = parsedAttributes(String(row[column] ?? ''));
			parsed.set(column, attributes);
		}
		return attributes;
	};
	for (const key of keys) {
		const { tag, vr, from } = key;
		if (from.kind === 'column') {
			const text = String(row[key.column] ?? '');
			texts.add(text, vr);
			match[tag] = { vr, Value: valuesOf(text, vr) };
		} else if (from.kind === 'attribute') {
			const own = attributesAt(key.column);
			const value = key.common < 0 ? own[tag] : attributeIn(tag, own, attributesAt(key.common));
			match[tag] = elementOf(value, vr, key.item, texts);
		} else match[tag] = { vr, Value: valuesOf(givenText(key, plan, terms), vr) };
	}
	const characterSet = termsFor(texts, plan.characterSet);
	if (characterSet !== undefined) match[TAG.SpecificCharacterSet] = { vr: 'CS', Value: characterSet };
	return { match, status: texts.isTooLong ? 0xff01 : status };
};
