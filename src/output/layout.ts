/** How the columns of a table share the width of a terminal. */
import type { Alignment } from './text-width.ts';

/** What the layout asks of a column; `wanted` is what its content would take, as far as that is known. */
export interface Demand {
	readonly heading: string;
	readonly minimum: number;
	readonly preferred: number;
	readonly priority: number;
	readonly alignment: Alignment;
	readonly wanted: number;
	/** What more it may be given where room is left, for contents not seen yet. */
	readonly generous: number;
}

/** A column that is shown: `index` is its place among the demands, `width` in columns of the terminal. */
export interface Share {
	readonly index: number;
	readonly width: number;
}

/** Between two columns. */
export const GAP = '  ';

/**
 * Shares `available` columns of the terminal out. Columns vanish, the lowest priority first, before any is given less than its
 * minimum; what is left goes to what they prefer, then to what their content wants, then to those that can use more, most important
 * first. The last one standing may be given less than its minimum.
 */
export const shareOut = (demands: readonly Demand[], available: number): readonly Share[] => {
	const shown = fitting(demands, available);
	const widths = new Map(shown.map(({ demand, index }) => [index, Math.min(demand.minimum, available)]));
	let left = available - total([...widths.values()]);
	const important = [...shown].sort((a, b) => b.demand.priority - a.demand.priority);
	for (const goal of ['preferred', 'wanted', 'generous'] as const) {
		for (const { demand, index } of important) {
			const width = widths.get(index) ?? 0;
			const more = Math.max(0, Math.min(left, demand[goal] - width));
			widths.set(index, width + more);
			left -= more;
		}
	}
	return shown.map(({ index }) => ({ index, width: widths.get(index) ?? 0 }));
};

/** Where nothing bounds it, every column has what it prefers or wants. */
export const unbounded = (demands: readonly Demand[]): readonly Share[] =>
	demands.map((demand, index) => ({ index, width: Math.max(demand.preferred, demand.wanted) }));

const fitting = (demands: readonly Demand[], available: number): { demand: Demand; index: number }[] => {
	const shown = demands.map((demand, index) => ({ demand, index }));
	while (shown.length > 1 && total(shown.map(({ demand }) => demand.minimum)) > available) {
		// Of equals the last goes first.
		const lowest = Math.min(...shown.map(({ demand }) => demand.priority));
		shown.splice(
			shown.findLastIndex(({ demand }) => demand.priority === lowest),
			1,
		);
	}
	return shown;
};

const total = (widths: readonly number[]): number =>
	widths.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, widths.length - 1);
