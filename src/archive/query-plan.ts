/** A C-FIND identifier made into what is searched for and what is answered, or the reason why it cannot be (PS3.4 C.4.1). */
import type { Dataset } from '../dicom/dataset.ts';
import type { QueryLevel, QueryModelName } from '../dicom/sop-classes.ts';
import type { SqlValue } from './sql.ts';

/** What the bytes of SOP Class Extended Negotiation were agreed to be (PS3.4 C.5.1.1); what is left out is no. */
export interface Negotiated {
	readonly relational?: boolean;
	readonly dateTime?: boolean;
	readonly fuzzy?: boolean;
	readonly timezone?: boolean;
	readonly enhanced?: boolean;
	readonly emptyValue?: boolean;
	readonly multipleValue?: boolean;
}

/** What can be agreed to. */
export const SUPPORTED: Negotiated = { relational: true, dateTime: true, emptyValue: true, multipleValue: true };

export interface PlanTerms {
	readonly model: QueryModelName;
	readonly negotiated?: Negotiated;
}

/** A failure status with what may be said about it: services/query-scp's, structurally. */
export interface PlanRefusal {
	readonly refusal: {
		readonly status: number;
		readonly errorComment: string;
		readonly offendingElements?: readonly string[];
	};
}

/** Plain data. What is in it concerns query-sql.ts and query-answer.ts alone. */
export interface QueryPlan {
	readonly level: QueryLevel;
	readonly parameters: readonly SqlValue[];
}

/** Never throws, whatever the identifier. */
export const planQuery = (_identifier: Dataset, _terms: PlanTerms): QueryPlan | PlanRefusal => ({
	refusal: { status: 0xc000, errorComment: 'not yet' },
});
