/** How long to wait, after the final response, for what has not come: some archives answer first and send later. */
import { statusOf } from '../dimse/status.ts';
import { deliveredOf, type Facts, type Judgement } from './verdict.ts';

export interface LateSettings {
	/** Quiet time after the last sign of life. */
	readonly settleMs: number;
	/** The same where more is due by the peer's own word. */
	readonly lateMs: number;
}

/**
 * So many milliseconds of quiet have to pass before the verdict; 0 where nothing can come any more.
 *
 * @param standing associations to our receiver stand: something may be on its way
 */
export const quietBeforeVerdict = (
	facts: Facts,
	{ missingCount, claimed }: Judgement,
	{ settleMs, lateMs }: LateSettings,
	standing: boolean,
): number => {
	const { arrived, ended, ends, expected, failedThere, refusedHere } = facts;
	const last = ends.at(-1);
	if (ended !== undefined || last === undefined) return 0;
	const kind = statusOf(last.final.service, last.final.status).class;
	// C-GET: what was to come has come before the final response, on the same association.
	if (last.final.service === 'C-GET') return 0;
	const delivered = deliveredOf(claimed);
	// Of a peer that says nothing of how many, all are to be waited for that can come.
	if (missingCount === 0) return delivered === undefined && !expected.isWhole && kind !== 'failure' ? settleMs : 0;
	const explained = Math.max(
		[...failedThere].filter((uid) => !arrived.has(uid)).length + refusedHere.size,
		last.counts.failed ?? 0,
	);
	if (missingCount <= explained || kind === 'failure' || kind === 'cancel') return standing ? settleMs : 0;
	return delivered === undefined || arrived.size < delivered ? lateMs : settleMs;
};
