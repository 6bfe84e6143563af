/** Did you mean: the nearest of the words there are. */

/**
 * The words nearest to one that is not among them, best first: those that begin with it, and those within a third of its letters in edits (a
 * swap of neighbours counts as one). Case does not count.
 */
export const nearest = (word: string, words: Iterable<string>, count = 3): string[] => {
	const wanted = word.toLowerCase();
	const bound = Math.max(1, Math.floor(wanted.length / 3));
	const scored: { word: string; distance: number }[] = [];
	for (const candidate of words) {
		const lower = candidate.toLowerCase();
		const isBeginning = wanted.length > 1 && lower.startsWith(wanted);
		const distance = isBeginning ? 0.5 : edits(wanted, lower);
		if (distance <= bound) scored.push({ word: candidate, distance });
	}
	return scored
		.sort((a, b) => a.distance - b.distance)
		.slice(0, count)
		.map((one) => one.word);
};

/** Optimal string alignment distance. */
const edits = (a: string, b: string): number => {
	let before: number[] = [];
	let above = Array.from({ length: b.length + 1 }, (_, at) => at);
	for (let row = 1; row <= a.length; row++) {
		const current = [row];
		for (let column = 1; column <= b.length; column++) {
			const isSame = a[row - 1] === b[column - 1];
			let best = Math.min(
				(current[column - 1] ?? 0) + 1,
				(above[column] ?? 0) + 1,
				(above[column - 1] ?? 0) + (isSame ? 0 : 1),
			);
			if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
				best = Math.min(best, (before[column - 2] ?? 0) + 1);
			current.push(best);
		}
		before = above;
		above = current;
	}
	return above[b.length] ?? 0;
};
