/** Preloaded into `dimse qrscp` (`node --import`): what its main thread's event loop was held up by since SIGUSR2, as JSON in the file LOOP_DELAY. */
import { writeFileSync } from 'node:fs';
import { type Histogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/** In milliseconds: each measurement is of so much and the delay. */
export const RESOLUTION = 1;

/** In milliseconds. */
export interface LoopDelay {
	readonly 'half of the time': number;
	readonly '99 %': number;
	readonly '99.9 %': number;
	readonly 'the longest': number;
}

export const loopDelay = (histogram: Histogram): LoopDelay => {
	const at = (percentile: number): number => histogram.percentile(percentile) / 1e6 - RESOLUTION;
	return {
		'half of the time': at(50),
		'99 %': at(99),
		'99.9 %': at(99.9),
		'the longest': histogram.max / 1e6 - RESOLUTION,
	};
};

const path = process.env['LOOP_DELAY'];
if (isMainThread && path !== undefined) {
	const histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
	process.once('SIGUSR2', () => histogram.enable());
	process.once('exit', () => writeFileSync(path, JSON.stringify(loopDelay(histogram))));
}
