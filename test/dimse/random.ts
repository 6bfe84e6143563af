/** Numbers that look random and are the same in every run (mulberry32). */

/** @returns a function of `below`: an integer from 0 to below - 1. */
export const randomNumbers = (seed: number): ((below: number) => number) => {
	let state = seed >>> 0;
	return (below) => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * below);
	};
};

export const randomBytes = (random: (below: number) => number, length: number): Uint8Array =>
	Uint8Array.from({ length }, () => random(256));
