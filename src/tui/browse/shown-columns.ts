/** Which columns the table of a level has: those of `find`, or what was made of them here. */
import { COLUMNS, type Column, type Level } from '../../output/columns.ts';
import type { State } from '../state.ts';

/** Those with a priority of 0 are asked for and not shown. */
export const shownColumns = ({ browse: { columns } }: State, level: Level): readonly Column[] =>
	columns[level] ?? COLUMNS[level];

/** All that can be shown at a level: its own first, then what was added; those that are hidden as they are where they are shown. */
export const columnChoices = (
	state: State,
	level: Level,
): readonly { readonly column: Column; readonly isShown: boolean }[] => {
	const now = shownColumns(state, level);
	const added = now.filter(({ keyword }) => !COLUMNS[level].some((one) => one.keyword === keyword));
	return [...COLUMNS[level], ...added].map((column) => {
		const shown = now.find(({ keyword, priority }) => keyword === column.keyword && priority > 0);
		return { column: shown ?? column, isShown: shown !== undefined };
	});
};

const SHOWN_PRIORITY = 45;

/** Shown where it was not, and the other way round; the last one shown stays. */
export const columnToggled = (state: State, level: Level, keyword: string): readonly Column[] => {
	const choices = columnChoices(state, level);
	const isLast = choices.filter((one) => one.isShown).length === 1;
	return choices.map(({ column, isShown }) => {
		const wanted = column.keyword === keyword ? !isShown || isLast : isShown;
		if (wanted === isShown) return { ...column, priority: isShown ? Math.max(1, column.priority) : 0 };
		return { ...column, priority: wanted ? Math.max(SHOWN_PRIORITY, column.priority) : 0 };
	});
};
