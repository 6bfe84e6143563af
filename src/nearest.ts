/** Did you mean: what somebody meant who wrote something else. */

/** Longer words are cut: nothing that has a name is longer. */
const LONGEST = 64;
/** More letters than that are another word. */
const MOST_EDITS = 4;

/** Spaces, apostrophes and dashes are no difference, nor are capitals: `patient's name` is PatientName. */
const folded = (word: string): string =>
	word
		.slice(0, LONGEST)
		.toLowerCase()
		.replace(/[\s'’._/-]/g, '');

/**
 * How many letters must be changed, put in, left out or swapped with their neighbour to make one word of the other (optimal string alignment);
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

/**
 * At most `count` of the words, the closest first: the same but for spelling, those that begin with it, those within a third of its letters, and
 * of four letters on those that hold it.
 */
export const nearest = (word: string, words: Iterable<string>, count = 3): string[] => {
	const wanted = folded(word);
	if (wanted === '') return [];
	const limit = Math.max(1, Math.min(MOST_EDITS, Math.floor(wanted.length / 3)));
	const found: { readonly word: string; readonly rank: number }[] = [];
	for (const candidate of words) {
		const rank = rankOf(wanted, folded(candidate), limit);
		if (rank !== undefined) found.push({ word: candidate, rank });
	}
	return found
		.sort((a, b) => a.rank - b.rank)
		.slice(0, count)
		.map((one) => one.word);
};

const rankOf = (wanted: string, text: string, limit: number): number | undefined => {
	// A shorter rest is closer.
	const rest = text.length / 1000;
	if (wanted === text) return 0;
	if (wanted.length > 1 && text.startsWith(wanted)) return 0.5 + rest;
	const edits = distance(wanted, text, limit);
	if (edits <= limit) return edits;
	return wanted.length >= 4 && text.includes(wanted) ? limit + 1 + rest : undefined;
};
