/** The queries of the matching probe on an association: a study to try keys on, and whether it is found. */
import type { Association } from '../../association/association.ts';
import { type Dataset, textOf } from '../../dicom/dataset.ts';
import { TAG } from '../../dicom/tags.ts';
import { statusOf } from '../../dimse/status.ts';
import { DicomError } from '../../errors.ts';
import { bestProbe, type MatchingFact, PROBE_KEYS, probeMatching } from '../../services/matching-probe.ts';
import { find } from '../../services/query-scu.ts';
import { statusFailure } from '../../services/status-failure.ts';
import type { AcceptedContext } from '../../upper-layer/negotiation.ts';

export interface Questions {
	readonly association: Association;
	readonly context: AcceptedContext;
	readonly signal: AbortSignal;
	readonly today: Date;
}

/** Rows to choose a study from, and rows after which a study is taken to be not among them. */
const CANDIDATES = 50;
const MOST_ROWS = 20_000;
const DAY_MS = 86_400_000;

/** The study that was named, or a good one of the latest: of today, else of the last week, month, year, or any. */
export const findProbe = async (questions: Questions, uid: string | undefined): Promise<Dataset | undefined> => {
	if (uid !== undefined) {
		const named = await rowsOf(questions, { [TAG.StudyInstanceUID]: { vr: 'UI', Value: [uid] } }, CANDIDATES);
		const own = named.filter((row) => textOf(row, TAG.StudyInstanceUID) === uid);
		if (own[0] !== undefined) return own[0];
		throw new DicomError({ blame: 'usage', message: `--study-uid: the peer has no study ${uid}` });
	}
	for (const days of [0, 7, 30, 365, undefined]) {
		const keys: Dataset =
			days === undefined ? {} : { [TAG.StudyDate]: { vr: 'DA', Value: [`${dayText(questions.today, days)}-`] } };
		const best = bestProbe(await rowsOf(questions, keys, CANDIDATES));
		if (best !== undefined || questions.signal.aborted) return best;
	}
	return undefined;
};

const dayText = (today: Date, before: number): string => {
	const day = new Date(today.getTime() - before * DAY_MS);
	const two = (part: number) => String(part).padStart(2, '0');
	return `${day.getFullYear()}${two(day.getMonth() + 1)}${two(day.getDate())}`;
};

/** @throws DicomError interrupted, where the signal came */
export const probeOn = async (
	questions: Questions,
	study: Dataset,
): Promise<{ readonly facts: readonly MatchingFact[]; readonly queries: number }> => {
	const uid = textOf(study, TAG.StudyInstanceUID);
	let queries = 0;
	const facts = await probeMatching(study, async (keys) => {
		if (questions.signal.aborted)
			throw new DicomError({ blame: 'interrupted', signal: String(questions.signal.reason) });
		queries++;
		let isFound = false;
		await rowsOf(questions, keys, MOST_ROWS, (row) => {
			isFound ||= textOf(row, TAG.StudyInstanceUID) === uid;
			return isFound;
		});
		return isFound;
	});
	return { facts, queries };
};

/**
 * Rows of a study-level query, the first of at most so many and no more than it takes; the rest is cancelled.
 *
 * @throws DicomError status
 */
const rowsOf = async (
	{ association, context, signal }: Questions,
	keys: Dataset,
	most: number,
	isEnough: (row: Dataset) => boolean = () => false,
): Promise<readonly Dataset[]> => {
	const exchange = find(association, context, {
		[TAG.QueryRetrieveLevel]: { vr: 'CS', Value: ['STUDY'] },
		[TAG.SpecificCharacterSet]: { vr: 'CS', Value: [] },
		...PROBE_KEYS,
		...keys,
	});
	const rows: Dataset[] = [];
	let count = 0;
	let isOver = false;
	for await (const { dataset } of exchange) {
		if (isOver) continue; // on its way before the cancel
		if (rows.length < CANDIDATES) rows.push(dataset);
		if (isEnough(dataset) || ++count >= most || signal.aborted) {
			isOver = true;
			exchange.cancel();
		}
	}
	const final = await exchange.final;
	if (statusOf('C-FIND', final.status).class === 'failure') throw new DicomError(statusFailure('C-FIND', final));
	return rows;
};
