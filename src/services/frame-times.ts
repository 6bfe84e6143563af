/** When each frame of a multi-frame instance was taken, and how an instance of some of them says so (PS3.3 C.7.6.5). */
import { type Dataset, stringsOf } from '../dicom/dataset.ts';

const FRAME_TIME = '00181063';
const FRAME_TIME_VECTOR = '00181065';
const FRAME_INCREMENT_POINTER = '00280009';

/** Set anew by `retimed`, where there are times. */
export const FRAME_TIME_ATTRIBUTES: readonly string[] = [FRAME_TIME, FRAME_TIME_VECTOR];

/** Milliseconds of each frame from the first one. */
export type FrameTimes = readonly number[];

export const frameTimesOf = (header: Dataset, count: number): FrameTimes | undefined => {
	const steps = stringsOf(header, FRAME_TIME_VECTOR).map(Number);
	if (steps.length === count && steps.every(Number.isFinite)) {
		let time = 0;
		return steps.map((step, index) => {
			time += index === 0 ? 0 : step;
			return time;
		});
	}
	const step = Number(stringsOf(header, FRAME_TIME)[0] ?? Number.NaN);
	return Number.isFinite(step) ? Array.from({ length: count }, (_, index) => index * step) : undefined;
};

/** One step where they are all alike, else a vector of them. */
export const retimed = (times: FrameTimes, frames: readonly number[]): Dataset => {
	const taken = frames.map((frame) => times[frame - 1] ?? 0);
	const steps = taken.map((time, index) => Number((time - (taken[index - 1] ?? time)).toFixed(6)));
	const [, step = Number(((times[1] ?? 0) - (times[0] ?? 0)).toFixed(6))] = steps;
	const pointer = (tag: string): Dataset => ({ [FRAME_INCREMENT_POINTER]: { vr: 'AT', Value: [tag] } });
	return steps.every((one, index) => index === 0 || one === step)
		? { [FRAME_TIME]: { vr: 'DS', Value: [step] }, ...pointer(FRAME_TIME) }
		: { [FRAME_TIME_VECTOR]: { vr: 'DS', Value: steps }, ...pointer(FRAME_TIME_VECTOR) };
};
