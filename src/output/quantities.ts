/** Bytes, times and rates in the words people use: `131 MB`, `0:24`, `11 s`, `18.2/s`. */

const UNITS = ['kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Decimal units, as disks and networks are sold: 530112 is `530 kB`. */
export const bytesText = (bytes: number): string => {
	if (bytes < 1000) return `${Math.round(bytes)} B`;
	let value = bytes / 1000;
	let unit = 0;
	while (value >= 999.5 && unit < UNITS.length - 1) {
		value /= 1000;
		unit++;
	}
	return `${threeDigits(value)} ${UNITS[unit]}`;
};

/** One decimal below a hundred, none above, where it would be noise. */
const threeDigits = (value: number): string => (value < 99.95 ? value.toFixed(1) : value.toFixed(0));

/** How long something took: `12 ms`, `2.4 s`, `48 s`, `3 min 20 s`, `2 h 5 min`. */
export const durationText = (ms: number): string => {
	if (ms < 999.5) return `${ms < 9.95 && !Number.isInteger(ms) ? ms.toFixed(1) : Math.round(ms)} ms`;
	const seconds = ms / 1000;
	if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
	const whole = Math.round(seconds);
	if (whole < 60) return `${whole} s`;
	if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
	return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
};

/** How long something will take, as a clock: `0:24`, `12:05`, `1:02:03`. */
export const countdownText = (ms: number): string => {
	const whole = Math.max(0, Math.ceil(ms / 1000));
	const seconds = String(whole % 60).padStart(2, '0');
	const minutes = Math.floor(whole / 60);
	if (minutes < 60) return `${minutes}:${seconds}`;
	return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${seconds}`;
};

/** Instances a second: `18.2/s`, `1340/s`. */
export const rateText = (perSecond: number): string => `${threeDigits(perSecond)}/s`;

/** `1 study`, `3 studies`, `0 instances`. */
export const countText = (count: number, one: string, many = `${one}s`): string =>
	`${count} ${count === 1 ? one : many}`;
