/** Sizes as people write them: `4G`, `512 MiB`, `1.5T`, `0`. */

const UNITS = ['', 'k', 'm', 'g', 't', 'p'];

/** Bytes; powers of 1024, as disks' tools count with these letters. Undefined for what is no size. */
export const byteSizeOf = (text: string): number | undefined => {
	const [, number, unit = ''] = /^(\d{1,15}(?:\.\d{1,6})?)\s*([kmgtp]?)(?:i?b)?$/i.exec(text.trim()) ?? [];
	if (number === undefined) return undefined;
	const bytes = Math.round(Number(number) * 1024 ** UNITS.indexOf(unit.toLowerCase()));
	return Number.isSafeInteger(bytes) ? bytes : undefined;
};
