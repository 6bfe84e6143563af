/** What the index's files say to SQLite and hear from it; whoever runs it (node:sqlite) fits in. */

export type SqlValue = string | number | bigint | Uint8Array | null;

/** One SELECT. The text depends on the kind of query only, so that prepared statements serve again; values are all bound. */
export interface Sql {
	readonly text: string;
	readonly parameters: readonly SqlValue[];
}

/** A row as an array, in the order of the columns (`setReturnArrays`). */
export type Row = readonly SqlValue[];

/** A prepared statement that gives rows as arrays. */
export interface Statement {
	get(...parameters: SqlValue[]): unknown;
	all(...parameters: SqlValue[]): unknown;
	run(...parameters: SqlValue[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint };
}

/** A function that the SQL calls; to be registered on every connection, as deterministic, before anything is prepared. */
export interface SqlFunction {
	readonly name: string;
	readonly call: (...values: SqlValue[]) => number;
}
