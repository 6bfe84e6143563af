/** `find --all`: a query in parts until none looks cut off, and what is to be said of it afterwards (services/exhaustive-query.ts). */
import type { Environment } from '../../cli/environment.ts';
import type { Peer } from '../../cli/peer.ts';
import type { Dataset } from '../../dicom/dataset.ts';
import { TAG } from '../../dicom/tags.ts';
import { DicomError } from '../../errors.ts';
import { countText } from '../../output/quantities.ts';
import { type Doubts, ExhaustiveQuery, type PartAnswer } from '../../services/exhaustive-query.ts';
import { isSuspectCount } from './match-limit.ts';
import type { Query } from './query-identifier.ts';

/** @throws DicomError usage where there is nothing to make parts by */
export const requireParts = ({ level, model }: Query): void => {
	if (level === 'study') return;
	throw new DicomError({
		blame: 'usage',
		message: `--all asks in parts of the study date, and there is none in a query for ${model.levels.length === 0 ? model.says : `level "${level}"`}`,
		hint: 'use it at study level, then ask for the rest of each study',
	});
};

/** What is told afterwards. `code` as in the warnings of the JSON document. */
export interface PartsReport {
	readonly queries: number;
	readonly limit: number | undefined;
	readonly warnings: readonly {
		readonly code: string;
		readonly message: string;
		readonly facts: Readonly<Record<string, unknown>>;
	}[];
	readonly isComplete: boolean;
}

export interface AskingInParts {
	readonly peer: Peer;
	readonly env: Environment;
	readonly maxQueries: number;
	/** Asks one part; the rows are printed there. */
	ask(identifier: Dataset): Promise<PartAnswer>;
	/** Nothing more is wanted. */
	isOver(): boolean;
	/** Where it is, before each part. */
	says(text: string): void;
}

/** One identifier of study level, in as many queries as it takes. */
export const askInParts = async (identifier: Dataset, asking: AskingInParts): Promise<PartsReport> => {
	const { peer } = asking;
	const query = new ExhaustiveQuery(withPartKeys(identifier), {
		isSuspect: (count) => isSuspectCount(count, peer.matchLimit),
		maxQueries: asking.maxQueries,
	});
	for (let part = query.next(); part !== undefined && !asking.isOver(); part = query.next()) {
		asking.says(`query ${query.queries}: ${part.says}`);
		query.answered(await asking.ask(part.identifier));
	}
	return report(query, peer);
};

/** Parts are made where the matches lie: these have to come back. */
const withPartKeys = (identifier: Dataset): Dataset => ({
	[TAG.StudyDate]: { vr: 'DA', Value: [] },
	[TAG.StudyTime]: { vr: 'TM', Value: [] },
	[TAG.ModalitiesInStudy]: { vr: 'CS', Value: [] },
	...identifier,
});

const MOST_NAMED = 5;

const undatedText = ({ undated, untimed }: Doubts): string => {
	if (!untimed) return 'studies without a date cannot be listed this way: a range of dates never matches them';
	const which = undated ? 'a date and, on days that were split, without a time' : 'a time, on days that were split,';
	return `studies without ${which} cannot be listed this way: a range never matches them`;
};

const report = (query: ExhaustiveQuery, { label }: Peer): PartsReport => {
	const { limit, queries, doubts } = query;
	const warnings: { code: string; message: string; facts: Readonly<Record<string, unknown>> }[] = [];
	const warn = (code: string, message: string, facts = {}): void => void warnings.push({ code, message, facts });
	if (doubts.isIgnored)
		warn(
			'date-ignored',
			`${label} answers with other dates than were asked for: it cannot be asked in parts, and more may exist`,
		);
	else if (doubts.unresolved.length > 0) {
		const named = doubts.unresolved.slice(0, MOST_NAMED).join('; ');
		const more = doubts.unresolved.length - MOST_NAMED;
		warn(
			'still-cut-off',
			`still cut off, and cannot be divided further: ${named}${more > 0 ? `; and ${more} more` : ''}`,
			{ parts: doubts.unresolved },
		);
	}
	if (doubts.isGivenUp)
		warn('max-queries', `stopped after ${countText(queries, 'query', 'queries')}: more may exist (--max-queries)`);
	if (doubts.byLetters)
		warn(
			'by-letters',
			'more at one time than the archive answers with: asked by modality and first letter there, and others may exist',
		);
	if (doubts.malformed > 0)
		warn(
			'malformed-dates',
			`${countText(doubts.malformed, 'study has', 'studies have')} a malformed date or time: a range may not match such ones, and more may exist`,
			{ count: doubts.malformed },
		);
	if (doubts.undated || doubts.untimed) warn('undated', undatedText(doubts));
	const isComplete = !doubts.isIgnored && doubts.unresolved.length === 0 && !doubts.isGivenUp;
	return { queries, limit, warnings, isComplete };
};
