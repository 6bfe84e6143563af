/** What somebody meant who wrote something else: suggestions for misspelt words. */

/** Longer words are cut: nothing that has a name is longer. */
const LONGEST = 64;

/** Spaces, apostrophes and dashes are no difference, nor are capitals: `patient's name` is PatientName. */
const folded = (word: string): string =>
	word
		.slice(0, LONGEST)
		.toLowerCase()
		.replace(/[^a-z0-9]/g, '');

/**
 * How many letters must be changed, put in, left out or swapped with their neighbour to make one word of the other;
 * `limit + 1` for all that is more than `limit`.
 */
const distance = (a: string, b: string, limit: number): number => {
	if (Math.abs(a.length - b.length) > limit) return limit + 1;
	let beforeLast: number[] = [];
	let last = Array.from({ length: b.length + 1 }, (_, column) => column);
	for (let row = 1; row <= a.length; row++) {
		const current = [row];
		let least = row;
		for (let column = 1; column <= b.length; column++) {
			const isSame = a[row - 1] === b[column - 1];
			let cost = Math.min(
				(last[column] ?? 0) + 1,
				(current[column - 1] ?? 0) + 1,
				(last[column - 1] ?? 0) + (isSame ? 0 : 1),
			);
			const isSwapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
			if (isSwapped) cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
			current.push(cost);
			least = Math.min(least, cost);
		}
		if (least > limit) return limit + 1;
		beforeLast = last;
		last = current;
	}
	return last[b.length] ?? limit + 1;
};

/** @returns at most `n` of the words, the closest first: those few letters away, then those that begin with it, then those that hold it. */
export const nearestWords = (word: string, words: readonly string[], n: number): string[] => {
	const wanted = folded(word);
	if (wanted === '') return [];
	const limit = Math.max(1, Math.min(4, Math.floor(wanted.length / 3)));
	const found: { word: string; rank: number }[] = [];
	for (const candidate of words) {
		const text = folded(candidate);
		let rank = distance(wanted, text, limit);
		if (rank > limit) {
			if (wanted.length < 4 || !text.includes(wanted)) continue;
			// A shorter rest is closer.
			rank = limit + (text.startsWith(wanted) ? 1 : 2) + text.length / 1000;
		}
		found.push({ word: candidate, rank });
	}
	found.sort((a, b) => a.rank - b.rank || (a.word < b.word ? -1 : 1));
	return found.slice(0, n).map((candidate) => candidate.word);
};
