/** A row of a query's page made into the identifier of a pending response (PS3.4 C.4.1.1.3.2). */
import type { Dataset } from '../dicom/dataset.ts';
import type { QueryPlan } from './query-plan.ts';
import type { Row } from './sql.ts';

export interface AnswerTerms {
	readonly retrieveAeTitle: string;
	/** (0008,0056), `ONLINE` unless said. */
	readonly availability?: string;
}

export interface Answer {
	readonly match: Dataset;
	/** 0xFF01 where a key that was asked is not kept here, for existence or for matching. */
	readonly status: 0xff00 | 0xff01;
}

export const answerOf = (_plan: QueryPlan, _row: Row, _terms: AnswerTerms): Answer => ({ match: {}, status: 0xff00 });
