/**
 * A plan as SELECTs, page by page, each of them short: no cursor stays open, and writers come between. Entities that are stored while a
 * query runs are not in it.
 *
 *     let place = firstPlace(plan, get(snapshotSql(plan)))
 *     while (place !== undefined) {
 *         const rows = all(pageSql(plan, place, 500))
 *         place = placeAfter(plan, place, rows, 500)  // undefined: there is no more. A page may be empty and not the last
 *     }
 *
 * Pages go up by the key of the entity (of instances, by those of their series and themselves). They come from the one index that the plan
 * leaves the fewest rows with, sorted, or from the table itself, a window of it at a time; where an index turns out to leave much, the next
 * pages come from the table.
 */

import { depthOf } from '../index/attribute-levels.ts';
import { ALIASES, hasCommon, highestIn, JOIN_COMMON, joinAt, linkAt } from '../index/entity-tables.ts';
import type { Row, Sql, SqlFunction } from '../index/sql.ts';
import { MATCHING_FUNCTIONS } from './attribute-matching.ts';
import { RANK } from './conditions.ts';
import { outputsOf } from './query-outputs.ts';
import type { QueryPlan } from './query-plan.ts';
import type { Place } from './search-sql.ts';
import { indexed, lastKeySql, searchSql, windowOf } from './search-sql.ts';

export type { Place } from './search-sql.ts';

/** Those that pages call; register them, as deterministic, on the connection that reads. */
export const FUNCTIONS: readonly SqlFunction[] = MATCHING_FUNCTIONS;

/** One row: the last key there is now. */
export const snapshotSql = (plan: QueryPlan): Sql => lastKeySql(plan);

/** @param row of snapshotSql */
export const firstPlace = (plan: QueryPlan, row: Row): Place | undefined => {
	const last = Number(row[0] ?? 0);
	return last === 0 ? undefined : { after: 0, inner: 0, last, by: indexed(plan) === undefined ? 'table' : 'index' };
};

/** @param limit rows at most; the same for the whole query */
export const pageSql = (plan: QueryPlan, place: Place, limit: number): Sql => {
	const found = searchSql(plan, place, limit);
	const columns = ['found.g', 'found.k', ...outputsOf(plan.answer)].join(', ');
	const depth = depthOf(plan.level);
	const tables = [joinAt(depth, `${ALIASES[plan.level]}.pk = found.k`)];
	for (let at = depth - 1; at >= highestIn(columns); at--) tables.push(joinAt(at, linkAt(at + 1)));
	if (hasCommon(columns)) tables.push(JOIN_COMMON);
	return { text: `SELECT ${columns} FROM (${found.text}) AS found ${tables.join(' ')}`, parameters: found.parameters };
};

/**
 * A page by an index costs as much as there are matches, one by the table what lies between its rows. True where the second is less: of
 * the matches the page tells the share, and reading a row of the table takes some times as long as one of an index.
 */
const isDense = (rows: number, span: number, { last }: Place): boolean => (rows / span) * last * INDEX_COST > span;

const INDEX_COST = 0.1;

/** @param rows of the page at `place` */
export const placeAfter = (plan: QueryPlan, place: Place, rows: readonly Row[], limit: number): Place | undefined => {
	const row = rows.at(-1);
	const driver = indexed(plan);
	if (row !== undefined && rows.length >= limit) {
		const [after, inner] = [Number(row[0]), Number(row[1])];
		const isWorthLess = (driver?.rank ?? 0) >= RANK.days && isDense(rows.length, after - place.after, place);
		return { ...place, after, inner, by: driver === undefined || isWorthLess ? 'table' : 'index' };
	}
	if (place.by === 'index') return undefined;
	const after = place.after + windowOf(plan);
	if (after >= place.last) return undefined;
	return { ...place, after, inner: Number.MAX_SAFE_INTEGER, by: driver === undefined ? 'table' : 'index' };
};
