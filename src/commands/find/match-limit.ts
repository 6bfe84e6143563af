/** Whether an answer looks cut off by a limit the archive does not tell of. */

/**
 * Counts that archives stop at. None below 100: hardly any archive has so low a limit, while 10, 20 or 50 matches are every day's truth, and
 * who is warned of nothing does not read the next warning. `--all` checks whatever number came first.
 */
const USUAL_LIMITS: ReadonlySet<number> = new Set([
	100, 200, 250, 256, 300, 400, 512, 1000, 1024, 2048, 4096, 8192, 20_000, 50_000,
]);

/**
 * A round number of matches, or the node's own known limit, is suspect.
 *
 * @param known (`match_limit` of the node, or learned) where it is set, nothing below it is suspect; one that gave more has another, or none
 */
export const isSuspectCount = (count: number, known: number | undefined): boolean => {
	if (known !== undefined && count <= known) return count === known;
	return USUAL_LIMITS.has(count) || (count >= 500 && count <= 10_000 && count % 500 === 0);
};
