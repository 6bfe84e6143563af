/** What a page of a query selects for its answers, and in which column each of them is. */
import type { EntityLevel } from '../index/attribute-levels.ts';
import { ALIASES } from '../index/entity-tables.ts';
import type { AnswerKey } from './query-plan.ts';

/** Of the two keys of each row. */
export const KEY_COLUMNS = 2;

/** The JSON that attributes of a level are in: of instances their own first, then what their series has in common. */
export const jsonColumns = (level: EntityLevel): readonly string[] =>
	level === 'IMAGE' ? ['i.attributes', 'c.attributes'] : [`${ALIASES[level]}.attributes`];

/** The columns behind the two keys, in order, each once. */
export const outputsOf = (answer: readonly AnswerKey[]): readonly string[] => {
	const columns = new Set<string>();
	for (const { from } of answer) {
		if (from.kind === 'column') columns.add(from.sql);
		else if (from.kind === 'attribute') for (const column of jsonColumns(from.level)) columns.add(column);
	}
	return [...columns];
};
