/** The archive's index in memory, without its worker: rows go in, answers come out. */
import type { SQLInputValue } from 'node:sqlite';
import { DatabaseSync } from 'node:sqlite';
import type { InstanceFacts } from '../../src/archive/index/entity-rows.ts';
import { rowsOf } from '../../src/archive/index/entity-rows.ts';
import type { Put } from '../../src/archive/index/entity-writer.ts';
import { EntityWriter } from '../../src/archive/index/entity-writer.ts';
import { SCHEMA } from '../../src/archive/index/schema.ts';
import type { Row, Sql, Statement } from '../../src/archive/index/sql.ts';
import type { Answer } from '../../src/archive/query/query-answer.ts';
import { answerOf } from '../../src/archive/query/query-answer.ts';
import type { PlanRefusal, PlanTerms, QueryPlan } from '../../src/archive/query/query-plan.ts';
import { planQuery } from '../../src/archive/query/query-plan.ts';
import { FUNCTIONS, firstPlace, pageSql, placeAfter, snapshotSql } from '../../src/archive/query/query-sql.ts';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { textOf } from '../../src/dicom/dataset.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';

export class MemoryIndex {
	readonly database: DatabaseSync;
	readonly writer: EntityWriter;
	readonly #statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();

	constructor(path = ':memory:') {
		this.database = new DatabaseSync(path);
		// As the archive does: what hangs on what is the writer's care.
		this.database.exec(`PRAGMA foreign_keys = OFF; ${SCHEMA}`);
		for (const { name, call } of FUNCTIONS) this.database.function(name, { deterministic: true }, call);
		this.writer = new EntityWriter((sql) => this.#prepared(sql) as Statement);
	}

	#prepared(sql: string): ReturnType<DatabaseSync['prepare']> {
		let statement = this.#statements.get(sql);
		if (statement === undefined) {
			statement = this.database.prepare(sql);
			statement.setReturnArrays(true);
			this.#statements.set(sql, statement);
		}
		return statement;
	}

	put(header: Dataset, facts: Partial<InstanceFacts> = {}): Put {
		return this.writer.put(rowsOf(header, factsOf(header, facts)));
	}

	all({ text, parameters }: Sql): Row[] {
		return this.#prepared(text).all(...(parameters as SQLInputValue[])) as unknown as Row[];
	}

	/** The rows of a plan, page by page. */
	rows(plan: QueryPlan, limit = 500): Row[] {
		const rows: Row[] = [];
		let place = firstPlace(plan, this.all(snapshotSql(plan))[0] ?? []);
		while (place !== undefined) {
			const page = this.all(pageSql(plan, place, limit));
			rows.push(...page);
			place = placeAfter(plan, place, page, limit);
		}
		return rows;
	}

	find(identifier: Dataset, terms: PlanTerms, limit?: number): readonly Answer[] | PlanRefusal {
		const plan = planQuery(identifier, terms);
		if ('refusal' in plan) return plan;
		return this.rows(plan, limit).map((row) => answerOf(plan, row, { retrieveAeTitle: 'ARCHIVE' }));
	}
}

/** What a C-STORE-RQ would say of an instance. */
export const factsOf = (header: Dataset, facts: Partial<InstanceFacts> = {}): InstanceFacts => ({
	sopClassUid: textOf(header, TAG.SOPClassUID),
	sopInstanceUid: textOf(header, TAG.SOPInstanceUID),
	transferSyntaxUid: EXPLICIT_LITTLE,
	file: `${textOf(header, TAG.SOPInstanceUID)}.dcm`,
	datasetOffset: 400,
	datasetLength: 1000,
	digest: new Uint8Array(32),
	storedAt: 1_700_000_000_000,
	callingAeTitle: 'SENDER',
	...facts,
});
