/** Which entities a query finds: the SELECT of their keys, by the index that leaves the fewest or by a window of the table. */
import { depthOf } from '../index/attribute-levels.ts';
import { ALIASES, fromAt, hasCommon, JOIN_COMMON, joinAt, levelAt, linkAt, TABLES } from '../index/entity-tables.ts';
import type { Sql, SqlValue } from '../index/sql.ts';
import type { Condition } from './conditions.ts';
import { RANK } from './conditions.ts';
import type { QueryPlan } from './query-plan.ts';

/** Where a query has come to. Plain data. */
export interface Place {
	/** The key of the last row, or the end of the last window. Of instances, that of their series, and `inner` their own. */
	readonly after: number;
	readonly inner: number;
	/** The last key there was at the beginning. */
	readonly last: number;
	readonly by: 'index' | 'table';
}

/** As many patients, studies or series are looked at for one page; of instances, those of so many series. */
const WINDOW = { PATIENT: 10_000, STUDY: 10_000, SERIES: 10_000, IMAGE: 200 } as const;
/** Where JSON is read for each of them, or rows below, so much less: a page is to take milliseconds. */
const JSON_SHARE = 4;
const BELOW_SHARE = 20;

/** How much of the table a page looks at. */
export const windowOf = ({ level, conditions }: QueryPlan): number => {
	const isBelow = conditions.some((one) => depthOf(one.level) > depthOf(level));
	const isJson = conditions.some(({ text }) => text.includes('_matches('));
	return WINDOW[level] / (isBelow ? BELOW_SHARE : isJson ? JSON_SHARE : 1);
};

/** Conditions on levels below this one, as one on it: that there is a row that fulfils them all. */
const lowered = (conditions: readonly Condition[], depth: number): Condition => {
	const [first] = conditions.toSorted(byRank);
	if (first?.rank === RANK.one) return loweredFrom(first, conditions, depth);
	const own = conditions.filter(({ level }) => depthOf(level) === depth + 1);
	const all = [...own, ...loweredBelow(conditions, depth + 1)];
	const where = [linkAt(depth + 1), ...all.map(({ plain }) => plain)].join(' AND ');
	const text = `EXISTS (SELECT 1 ${fromAt(depth + 1)} ${commonFor(own)} WHERE ${where})`;
	return { level: levelAt(depth), text, plain: text, parameters: all.flatMap(({ parameters }) => parameters) };
};

/** None where nothing is said of the levels below. */
const loweredBelow = (conditions: readonly Condition[], depth: number): readonly Condition[] => {
	const below = conditions.filter(({ level }) => depthOf(level) > depth);
	return below.length === 0 ? [] : [lowered(below, depth)];
};

/** From a UID below there is one way up. */
const loweredFrom = (first: Condition, conditions: readonly Condition[], depth: number): Condition => {
	const start = depthOf(first.level);
	const joins: string[] = [];
	for (let at = start; at > depth + 1; at--) joins.push(joinAt(at - 1, linkAt(at)));
	const others = conditions.filter((one) => one !== first && depthOf(one.level) <= start);
	const all = [...others, ...loweredBelow(conditions, start)];
	const where = [first.text, ...all.map(({ plain }) => plain)].join(' AND ');
	const [parent = ''] = linkAt(depth + 1).split(' = ');
	const tables = `${fromAt(start)} ${joins.join(' ')} ${commonFor(others)}`;
	const text = `${ALIASES[levelAt(depth)]}.pk IN (SELECT ${parent} ${tables} WHERE ${where})`;
	return {
		level: levelAt(depth),
		text,
		plain: `+${text}`,
		parameters: [first, ...all].flatMap(({ parameters }) => parameters),
		rank: RANK.few,
	};
};

const commonFor = (conditions: readonly Condition[]): string =>
	hasCommon(conditions.map(({ plain }) => plain).join(' ')) ? JOIN_COMMON : '';

/** The fewest rows first; of those that leave as few, the lowest level's. */
const byRank = (one: Condition, other: Condition): number =>
	(one.rank ?? 9) - (other.rank ?? 9) || depthOf(other.level) - depthOf(one.level);

/** All conditions, on the plan's level or above. */
const conditionsOn = ({ level, conditions }: QueryPlan): readonly Condition[] => {
	const depth = depthOf(level);
	return [...conditions.filter((one) => depthOf(one.level) <= depth), ...loweredBelow(conditions, depth)];
};

/** The condition whose index a page comes from. */
export const indexed = (plan: QueryPlan): Condition | undefined => {
	const [first] = conditionsOn(plan).toSorted(byRank);
	return first?.rank === undefined ? undefined : first;
};

/** A SELECT on its way: what has been said, what is bound in it, in the order it stands there. */
class Select {
	readonly #tables: string[];
	readonly #where: string[] = [];
	readonly #inTables: SqlValue[];
	readonly #inWhere: SqlValue[] = [];

	constructor(from: string, ...parameters: readonly SqlValue[]) {
		this.#tables = [from];
		this.#inTables = [...parameters];
	}

	join(text: string, ...parameters: SqlValue[]): void {
		this.#tables.push(text);
		this.#inTables.push(...parameters);
	}

	where(text: string, ...parameters: readonly SqlValue[]): void {
		this.#where.push(text);
		this.#inWhere.push(...parameters);
	}

	/** @param order ORDER BY, and the limit */
	sql(columns: string, order: string, limit: number): Sql {
		const where = this.#where.length === 0 ? '' : ` WHERE ${this.#where.join(' AND ')}`;
		return {
			text: `SELECT ${columns} ${this.#tables.join(' ')}${where} ${order}LIMIT ?`,
			parameters: [...this.#inTables, ...this.#inWhere, limit],
		};
	}
}

/** Rows of two keys, `g` of what pages go up by and `k` of the entity; at most `limit`, in their order. */
export const searchSql = (plan: QueryPlan, place: Place, limit: number): Sql => {
	const conditions = conditionsOn(plan);
	const driver = place.by === 'index' ? conditions.toSorted(byRank)[0] : undefined;
	if (plan.level !== 'IMAGE') {
		const depth = depthOf(plan.level);
		const select = pagedSelect(depth, conditions, driver, place, '>', windowOf(plan));
		const key = `${ALIASES[plan.level]}.pk`;
		return select.sql(`${key} AS g, ${key} AS k`, `ORDER BY ${keyBeside(driver, depth)} `, limit);
	}
	return driver?.level === 'IMAGE'
		? instancesByUid(conditions, driver, place, limit)
		: instancesBySeries(conditions, driver, place, windowOf(plan), limit);
};

/** The patients, studies or series at a place, and beyond it. */
const pagedSelect = (
	depth: number,
	conditions: readonly Condition[],
	driver: Condition | undefined,
	place: Place,
	beyond: '>' | '>=',
	window: number,
): Select => {
	const start = driver === undefined ? depth : depthOf(driver.level);
	const select = new Select(fromAt(start));
	for (let at = start + 1; at <= depth; at++) select.join(joinAt(at, linkAt(at)));
	const highest = Math.min(start, ...conditions.map(({ level }) => depthOf(level)));
	for (let at = start - 1; at >= highest; at--) select.join(joinAt(at, linkAt(at + 1)));
	if (driver !== undefined) select.where(driver.text, ...driver.parameters);
	const key = keyBeside(driver, depth);
	const end = driver === undefined ? Math.min(place.last, place.after + window) : place.last;
	select.where(`${key} ${beyond} ?`, place.after);
	select.where(`${key} <= ?`, end);
	for (const { plain, parameters } of conditions.filter((one) => one !== driver)) select.where(plain, ...parameters);
	return select;
};

/** The key of a level. It is an index itself, and must not be taken for it where another one has been chosen on its table. */
const keyBeside = (driver: Condition | undefined, depth: number): string =>
	`${driver !== undefined && depthOf(driver.level) === depth ? '+' : ''}${ALIASES[levelAt(depth)]}.pk`;

/** Series by series, so that a page costs no more than itself however many instances there are. */
const instancesBySeries = (
	conditions: readonly Condition[],
	driver: Condition | undefined,
	place: Place,
	window: number,
	limit: number,
): Sql => {
	const own = conditions.filter(({ level }) => level === 'IMAGE');
	const upper = conditions.filter(({ level }) => level !== 'IMAGE');
	// Of a series that is not all done, the rest. The limit keeps the order: without it SQLite may take the SELECT apart.
	const series = pagedSelect(2, upper, driver, place, '>=', window).sql(
		'e.pk AS g',
		`ORDER BY ${keyBeside(driver, 2)} `,
		-1,
	);
	const select = new Select(`FROM (${series.text}) AS one`, ...series.parameters);
	const rest = 'i.series_pk = one.g AND i.pk > CASE WHEN one.g = ? THEN ? ELSE 0 END';
	select.join(joinAt(3, rest), place.after, place.inner);
	if (hasCommon(own.map(({ plain }) => plain).join(' '))) select.join(JOIN_COMMON);
	for (const { plain, parameters } of own) select.where(plain, ...parameters);
	return select.sql('one.g AS g, i.pk AS k', '', limit);
};

const instancesByUid = (conditions: readonly Condition[], driver: Condition, place: Place, limit: number): Sql => {
	const select = new Select(fromAt(3));
	const highest = Math.min(2, ...conditions.map(({ level }) => depthOf(level)));
	for (let at = 2; at >= highest; at--) select.join(joinAt(at, linkAt(at + 1)));
	if (hasCommon(conditions.map(({ plain }) => plain).join(' '))) select.join(JOIN_COMMON);
	select.where(driver.text, ...driver.parameters);
	select.where('(+e.pk > ? OR (+e.pk = ? AND +i.pk > ?))', place.after, place.after, place.inner);
	for (const { plain, parameters } of conditions.filter((one) => one !== driver)) select.where(plain, ...parameters);
	return select.sql('e.pk AS g, i.pk AS k', 'ORDER BY e.pk, i.pk ', limit);
};

/** The last key there is of what pages go up by. */
export const lastKeySql = ({ level }: QueryPlan): Sql => ({
	text: `SELECT coalesce(max(pk), 0) FROM ${TABLES[level === 'IMAGE' ? 'SERIES' : level]}`,
	parameters: [],
});
