/** The identifier of a C-GET or C-MOVE made into the instances it stands for, or the reason why it cannot be (PS3.4 C.4.2, C.4.3). */
import type { Dataset } from '../dicom/dataset.ts';
import type { PlanRefusal, PlanTerms, QueryPlan } from './query-plan.ts';
import type { Row } from './sql.ts';

/** Paged like a query: query-sql.ts takes it. */
export type RetrievePlan = QueryPlan;

/** Of one row of a page. */
export interface RetrieveRow {
	readonly sopInstanceUid: string;
	readonly sopClassUid: string;
	readonly transferSyntaxUid: string;
	readonly file: string;
	readonly datasetOffset: number;
	readonly datasetLength: number;
}

/** Never throws. Models with levels; Composite Instance Root goes by `planInstances`. */
export const planRetrieve = (_identifier: Dataset, _terms: PlanTerms): RetrievePlan | PlanRefusal => ({
	refusal: { status: 0xc000, errorComment: 'not yet' },
});

/** The instances with these UIDs, whatever they are of. */
export const planInstances = (_sopInstanceUids: readonly string[]): RetrievePlan => ({ level: 'IMAGE', parameters: [] });

export const retrieveRow = (_row: Row): RetrieveRow => ({
	sopInstanceUid: '',
	sopClassUid: '',
	transferSyntaxUid: '',
	file: '',
	datasetOffset: 0,
	datasetLength: 0,
});
