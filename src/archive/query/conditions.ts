/** A key's matching as SQL (PS3.4 C.2.2.2): texts from here, values bound. */
import type { EntityLevel } from '../index/attribute-levels.ts';
import { levelOf } from '../index/attribute-levels.ts';
import type { SqlValue } from '../index/sql.ts';
import type { Column } from './columns.ts';
import { columnOf } from './columns.ts';
import type { Span } from './date-matching.ts';
import type { ItemKey, KeyMatch } from './key-matching.ts';
import type { NamePattern } from './name-matching.ts';
import { groupPatterns } from './name-matching.ts';

/** Part of a WHERE. */
export interface Condition {
	/** The rows it looks at. */
	readonly level: EntityLevel;
	/** As an index can use it. */
	readonly text: string;
	/** The same, so that no index is used (a plus before a column): which one is, the plan decides. */
	readonly plain: string;
	/** Of either. */
	readonly parameters: readonly SqlValue[];
	/** With an index: how few rows it leaves, 0 the fewest; undefined without. */
	readonly rank?: number;
}

/** Uses the index of this column: one row, a handful, some days of studies, a stretch of names, everything since a day. */
export const RANK = { one: 0, few: 1, days: 2, prefix: 3, since: 4 } as const;

/** SQL and what is bound in it, in order. */
interface Part {
	readonly text: string;
	readonly parameters: readonly SqlValue[];
}

const part = (text: string, ...parameters: SqlValue[]): Part => ({ text, parameters });

const joined = (parts: readonly Part[], word: 'AND' | 'OR'): Part => {
	const [first] = parts;
	if (first === undefined) return part(word === 'AND' ? '1' : '0');
	if (parts.length === 1) return first;
	return {
		text: `(${parts.map(({ text }) => text).join(` ${word} `)})`,
		parameters: parts.flatMap(({ parameters }) => parameters),
	};
};

const LAST_POINT = 0x10ffff;

/** The first text behind all that begin with this one, as SQLite sorts: by code points. '' where there is none. */
const behind = (prefix: string): string => {
	const points = Array.from(prefix);
	for (;;) {
		const point = points.pop()?.codePointAt(0);
		if (point === undefined) return '';
		if (point === LAST_POINT) continue;
		return points.join('') + String.fromCodePoint(point === 0xd7ff ? 0xe000 : point + 1);
	}
};

/** What a pattern begins with, up to its first wildcard. */
const prefixOf = (glob: string): string => /^[^*?[]*/.exec(glob)?.[0] ?? '';

const startsWith = (column: string, prefix: string): readonly Part[] => {
	if (prefix === '') return [];
	const end = behind(prefix);
	const from = part(`${column} >= ?`, prefix);
	return end === '' ? [from] : [from, part(`${column} < ?`, end)];
};

const glob = (column: string, pattern: string): Part =>
	joined([...startsWith(column, prefixOf(pattern)), part(`${column} GLOB ?`, pattern)], 'AND');

/** One group of a name: the whole of it, or its first components. */
const nameGroup = (column: string, pattern: string): Part => {
	const patterns = groupPatterns(pattern);
	const [only = '', ...more] = patterns;
	if (more.length === 0) return glob(column, only);
	const prefix = prefixOf(
		patterns.reduce((one, other) => (prefixOf(other).length < prefixOf(one).length ? other : one)),
	);
	const any = patterns.map((one) => part(`${column} GLOB ?`, one));
	return joined([...startsWith(column, prefix), joined(any, 'OR')], 'AND');
};

const NAME_GROUPS = ['name_1', 'name_2', 'name_3'] as const;

const name = (alias: string, pattern: NamePattern): Part => {
	if (pattern.of === 'any') {
		return joined(
			NAME_GROUPS.map((group) => nameGroup(alias + group, pattern.pattern)),
			'OR',
		);
	}
	const given = NAME_GROUPS.flatMap((group, index) => {
		const text = pattern.patterns[index] ?? '';
		return text === '' ? [] : [nameGroup(alias + group, text)];
	});
	return joined(given, 'AND');
};

const span = (column: string, { from, to }: Span): Part => {
	const start = from === '' ? part(`${column} > ''`) : part(`${column} >= ?`, from);
	return to === '' ? start : joined([start, part(`${column} <= ?`, to)], 'AND');
};

const texts = (column: string, values: readonly string[], all: boolean): Part => {
	const [value = ''] = values;
	if (values.length === 1) return part(`${column} = ?`, value);
	if (all)
		return joined(
			values.map((one) => part(`${column} = ?`, one)),
			'AND',
		);
	return part(`${column} IN (SELECT value FROM json_each(?))`, JSON.stringify(values));
};

/** Values that are rows below: each is looked for by itself. */
const below = ({ rows = '', each = '' }: Column, match: KeyMatch): Part => {
	const exists = (test: Part): Part => ({
		text: `EXISTS (SELECT 1 FROM ${rows} AND ${test.text})`,
		parameters: test.parameters,
	});
	if (match.kind === 'empty') return part(`NOT EXISTS (SELECT 1 FROM ${rows} AND ${each} <> '')`);
	if (match.kind !== 'text' && match.kind !== 'wildcard') return part('0');
	const one = (value: string): Part =>
		exists(match.kind === 'text' ? part(`${each} = ?`, value) : part(`${each} GLOB ?`, value));
	return joined(match.values.map(one), match.all ? 'AND' : 'OR');
};

/** @param sign '' or '+': before each column */
const columnPart = (column: Column, key: ItemKey, sign: '' | '+'): Part => {
	const { match } = key;
	const value = sign + column.value;
	if (column.by === 'below') return below(column, match);
	if (match.kind === 'empty') return column.by === 'count' ? part('0') : part(`${value} = ''`);
	if (column.by === 'name') return part(`value_matches(?, ${column.value})`, JSON.stringify(key));
	const word = 'all' in match && match.all ? 'AND' : 'OR';
	switch (match.kind) {
		case 'text':
			return texts(value, match.values, match.all);
		case 'wildcard':
			return joined(
				match.values.map((pattern) => glob(value, pattern)),
				word,
			);
		case 'name':
			return joined(
				match.values.map((pattern) => name(`${sign}p.`, pattern)),
				word,
			);
		case 'span':
			return joined(
				match.values.map((one) => span(sign + (column.key ?? ''), one)),
				word,
			);
		case 'number': {
			const isCount = column.by === 'count';
			return joined(
				match.values.map((one) => part(`${column.value} = ?`, isCount ? one : String(one))),
				word,
			);
		}
		default:
			return part('0');
	}
};

const INDEX_RANK = { one: RANK.one, few: RANK.few, stretch: RANK.prefix } as const;

const rankOf = (column: Column, match: KeyMatch): number | undefined => {
	const { index } = column;
	if (index === undefined || match.kind === 'empty') return undefined;
	if (match.kind === 'text') return INDEX_RANK[index];
	if (match.kind === 'span')
		return match.values.every(({ from, to }) => from !== '' && to !== '') ? RANK.days : RANK.since;
	const patterns =
		match.kind === 'wildcard' ? match.values : match.kind === 'name' ? match.values.flatMap(patternsOf) : [];
	return patterns.length > 0 && patterns.every((pattern) => prefixOf(pattern) !== '') ? RANK.prefix : undefined;
};

const patternsOf = (pattern: NamePattern): readonly string[] =>
	pattern.of === 'any' ? [pattern.pattern] : pattern.patterns.filter((one) => one !== '');

const ALIAS: Readonly<Record<EntityLevel, string>> = { PATIENT: 'p', STUDY: 's', SERIES: 'e', IMAGE: 'i' };

/** @param key not universal */
export const conditionOf = (key: ItemKey): Condition => {
	const column = columnOf(key.tag);
	if (column === undefined) {
		const level = levelOf(key.tag);
		const common = level === 'IMAGE' ? 'c.attributes' : "''";
		const text = `attribute_matches(?, ${ALIAS[level]}.attributes, ${common})`;
		return { level, text, plain: text, parameters: [JSON.stringify(key)] };
	}
	const { text, parameters } = columnPart(column, key, '');
	const rank = rankOf(column, key.match);
	return {
		level: column.level,
		text,
		plain: columnPart(column, key, '+').text,
		parameters,
		...(rank === undefined ? {} : { rank }),
	};
};

/** The latest time of a day. */
const END_OF_DAY = '~';

/**
 * Date and time of the study as one stretch from the first moment to the last, where that was negotiated (C.2.2.2.5.4); a study without a
 * time counts as begun with its day. Undefined where the keys are no such pair.
 */
export const combinedCondition = (date: KeyMatch, time: KeyMatch): Condition | undefined => {
	if (date.kind !== 'span' || time.kind !== 'span') return undefined;
	const [day, ...moreDays] = date.values;
	const [hour, ...moreHours] = time.values;
	if (day === undefined || hour === undefined || moreDays.length > 0 || moreHours.length > 0) return undefined;
	const condition = (sign: '' | '+'): Part => {
		const columns = `(${sign}s.date_key, ${sign}s.time_key)`;
		const start = hour.from === '' || hour.from === '000000.000000' ? '' : hour.from;
		return joined(
			[
				day.from === '' ? part(`${sign}s.date_key > ''`) : part(`${columns} >= (?, ?)`, day.from, start),
				...(day.to === '' ? [] : [part(`${columns} <= (?, ?)`, day.to, hour.to === '' ? END_OF_DAY : hour.to)]),
			],
			'AND',
		);
	};
	const { text, parameters } = condition('');
	const rank = day.from !== '' && day.to !== '' ? RANK.days : RANK.since;
	return { level: 'STUDY', text, plain: condition('+').text, parameters, rank };
};
