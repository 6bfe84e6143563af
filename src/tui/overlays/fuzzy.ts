/** Finding by a few letters: those that were typed have to stand in the text in their order. */

/** The smaller the better; undefined where it does not match. Letters at the beginning of words and side by side count for more. */
export const fuzzyScore = (text: string, typed: string): number | undefined => {
	const own = text.toLowerCase();
	let score = 0;
	let from = 0;
	for (const letter of typed.toLowerCase().replaceAll(' ', '')) {
		const found = own.indexOf(letter, from);
		if (found === -1) return undefined;
		const startsWord = found === 0 || /[^a-z\d]/.test(own.charAt(found - 1));
		score += found === from || startsWord ? 0 : found - from + 1;
		from = found + letter.length;
	}
	return score;
};

/** Those that match, the best first; of equals in the order they have. */
export const fuzzySorted = <T>(items: readonly T[], typed: string, text: (item: T) => string): readonly T[] => {
	if (typed.trim() === '') return items;
	return items
		.flatMap((item) => {
			const score = fuzzyScore(text(item), typed);
			return score === undefined ? [] : [{ item, score }];
		})
		.sort((a, b) => a.score - b.score)
		.map(({ item }) => item);
};
