/**
 * A plan as SELECTs, page by page, each of them short: no cursor stays open, and writers come between. Of what is stored while a query
 * runs, it sees nothing.
 *
 *     let place = firstPlace(plan, lastKey)          // lastKey: the number that snapshotSql(plan) gives
 *     while (place !== undefined) {
 *         const rows = all(pageSql(plan, place, 500))
 *         place = placeAfter(plan, place, rows, 500)  // undefined: there is no more. A page may be empty and not the last
 *     }
 */
import type { QueryPlan } from './query-plan.ts';
import type { Row, Sql, SqlFunction } from './sql.ts';

/** Where a query has come to. Plain data. */
export interface Place {
	readonly after: number;
	readonly last: number;
}

/** Those that pages call; register them on the connection that reads. */
export const FUNCTIONS: readonly SqlFunction[] = [];

/** One row of one number: the last key there is now. */
export const snapshotSql = (_plan: QueryPlan): Sql => ({ text: 'SELECT 0', parameters: [] });

export const firstPlace = (_plan: QueryPlan, lastKey: number): Place | undefined => ({ after: 0, last: lastKey });

/** @param limit rows at most; the same for the whole query */
export const pageSql = (_plan: QueryPlan, _place: Place, _limit: number): Sql => ({ text: 'SELECT 0', parameters: [] });

export const placeAfter = (
	_plan: QueryPlan,
	_place: Place,
	_rows: readonly Row[],
	_limit: number,
): Place | undefined => undefined;
