/** Whether values that have no index match a key: called by the SQL for attributes kept as JSON (PS3.4 C.2.2.2). */
import type { Vr } from '../../dicom/vr.ts';
import { VRS } from '../../dicom/vr.ts';
import type { Attributes, AttributeValue } from '../index/attribute-json.ts';
import { attributeIn, parsedAttributes } from '../index/attribute-json.ts';
import type { SqlFunction } from '../index/sql.ts';
import { dateKey, isWithin } from './date-matching.ts';
import type { ItemKey, KeyMatch } from './key-matching.ts';
import { comparable, numberOf } from './key-matching.ts';
import type { NamePattern } from './name-matching.ts';
import { foldedGroups, groupPatterns } from './name-matching.ts';

const pointsOf = (text: string): readonly string[] => Array.from(text);

/** A pattern's pieces: a literal character, `?` as 1, `*` as 2. */
type Piece = string | 1 | 2;

const piecesOf = (glob: string): readonly Piece[] => {
	const pieces: Piece[] = [];
	const points = pointsOf(glob);
	for (let index = 0; index < points.length; index++) {
		const point = points[index] ?? '';
		if (point === '[') index += 2;
		pieces.push(point === '?' ? 1 : point === '*' ? 2 : point);
	}
	return pieces;
};

/** No backtracking beyond the last star. */
const isLike = (pieces: readonly Piece[], text: string): boolean => {
	const points = pointsOf(text);
	let [piece, point, star, from] = [0, 0, -1, 0];
	while (point < points.length) {
		if (pieces[piece] === 2) [star, from] = [piece++, point];
		else if (pieces[piece] === 1 || pieces[piece] === points[point]) [piece, point] = [piece + 1, point + 1];
		else if (star >= 0) [piece, point] = [star + 1, ++from];
		else return false;
	}
	while (pieces[piece] === 2) piece++;
	return piece === pieces.length;
};

type Test = (text: string) => boolean;

const likeTest = (glob: string): Test => {
	const pieces = piecesOf(glob);
	return (text) => isLike(pieces, text);
};

/** One group of a name: the whole of it, or its first components. */
const groupTest = (glob: string): Test => {
	const patterns = groupPatterns(glob).map(piecesOf);
	return (text) => patterns.some((pieces) => isLike(pieces, text));
};

const nameTest = (pattern: NamePattern): Test => {
	if (pattern.of === 'any') {
		const test = groupTest(pattern.pattern);
		return (text) => foldedGroups(text).some((group) => group !== '' && test(group.slice(0, 1024)));
	}
	const tests = pattern.patterns.map((glob) => (glob === '' ? () => true : groupTest(glob)));
	return (text) => foldedGroups(text).every((group, index) => tests[index]?.(group.slice(0, 1024)) ?? true);
};

/** One test for each value of the key. */
const testsOf = (match: KeyMatch, vr: Vr): readonly Test[] => {
	switch (match.kind) {
		case 'text':
			return match.values.map((value) => (text) => comparable(text) === value);
		case 'wildcard':
			return match.values.map((glob) => {
				const test = likeTest(glob);
				return (text) => test(comparable(text));
			});
		case 'name':
			return match.values.map(nameTest);
		case 'number':
			return match.values.map((value) => (text) => numberOf(text, vr) === value);
		case 'span':
			return match.values.map((span) => (text) => {
				const key = dateKey(match.vr, text);
				return key !== '' && isWithin(key, span);
			});
		default:
			return [];
	}
};

type ValueTest = (value: AttributeValue | undefined) => boolean;

/** The values of a text that have something in them. */
const textsOf = (value: AttributeValue | undefined, vr: Vr): readonly string[] => {
	if (typeof value !== 'string' || value === '') return [];
	if (!VRS[vr].multiple || !value.includes('\\')) return [value];
	return value.split('\\').filter((text) => text !== '');
};

const isEmpty = (value: AttributeValue | undefined, vr: Vr): boolean =>
	value === undefined || (typeof value === 'string' && textsOf(value, vr).length === 0);

const itemsIn = (value: AttributeValue | undefined): readonly Attributes[] =>
	typeof value === 'object' && value !== null ? value : [];

const valueTest = (match: KeyMatch, vr: Vr): ValueTest => {
	if (match.kind === 'universal') return () => true;
	if (match.kind === 'empty') return (value) => isEmpty(value, vr);
	if (match.kind === 'item') {
		const tests = match.keys.map((key) => ({ tag: key.tag, test: valueTest(key.match, key.vr) }));
		return (value) => itemsIn(value).some((item) => tests.every(({ tag, test }) => test(item[tag])));
	}
	const tests = testsOf(match, vr);
	if (!match.all) return (value) => textsOf(value, vr).some((text) => tests.some((test) => test(text)));
	return (value) => {
		const texts = textsOf(value, vr);
		return tests.every((test) => texts.some(test));
	};
};

/** Made of the JSON of an ItemKey once; bounded, whatever is asked. */
const MAX_TESTS = 256;
const tests = new Map<string, { readonly tag: string; readonly test: ValueTest }>();

const testFor = (json: string): { readonly tag: string; readonly test: ValueTest } => {
	let found = tests.get(json);
	if (found === undefined) {
		const { tag, vr, match } = JSON.parse(json) as ItemKey;
		found = { tag, test: valueTest(match, vr) };
		if (tests.size >= MAX_TESTS) tests.clear();
		tests.set(json, found);
	}
	return found;
};

/** What a series has in common comes again and again. */
let lastCommon = { json: '', attributes: parsedAttributes('') };

const commonOf = (json: string): Attributes => {
	if (lastCommon.json !== json) lastCommon = { json, attributes: parsedAttributes(json) };
	return lastCommon.attributes;
};

/**
 * `value_matches(key, text)`: a column. `attribute_matches(key, attributes, common)`: one attribute of the JSON, where `common` is '' for
 * all but instances. `key` is the JSON of an ItemKey.
 */
export const MATCHING_FUNCTIONS: readonly SqlFunction[] = [
	{ name: 'value_matches', call: (key, text) => (testFor(String(key)).test(String(text)) ? 1 : 0) },
	{
		name: 'attribute_matches',
		call: (key, attributes, common) => {
			const { tag, test } = testFor(String(key));
			return test(attributeIn(tag, parsedAttributes(String(attributes)), commonOf(String(common)))) ? 1 : 0;
		},
	},
];
