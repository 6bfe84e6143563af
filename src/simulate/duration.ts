/** Lengths of time as people write them: `20s`, `200ms`, `1m`, `1.5s`. */

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** The longest that a timer of Node takes, in milliseconds. */
const LONGEST_MS = 2_147_483_647;

/** @returns milliseconds; undefined for what has no unit, or is none of these */
export const durationMs = (text: string): number | undefined => {
	const [, number, unit = ''] = /^(\d{1,10}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text) ?? [];
	const ms = Math.round(Number(number) * (UNITS[unit] ?? Number.NaN));
	return ms <= LONGEST_MS ? ms : undefined;
};
