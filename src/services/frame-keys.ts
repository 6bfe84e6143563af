/** Which frames a FRAME level identifier asks for (PS3.4 Y.3.2). */
import type { Dataset, Element } from '../dicom/dataset.ts';
import type { Refusal } from './refusal.ts';

export const SIMPLE_FRAME_LIST = '00081161';
export const CALCULATED_FRAME_LIST = '00081162';
export const TIME_RANGE = '00081163';
export const FRAME_KEYS: readonly string[] = [SIMPLE_FRAME_LIST, CALCULATED_FRAME_LIST, TIME_RANGE];

/** One of the three keys, whose values make sense. */
export interface FrameKey {
	readonly tag: string;
	readonly element: Element;
	/**
	 * The frames of an instance that it asks for, by their numbers from 1, ascending.
	 *
	 * @param times of each frame, in seconds from the first one
	 */
	among(count: number, times: readonly number[]): readonly number[];
}

const INVALID = 0xaa04;

export const frameKeyOf = (identifier: Dataset): FrameKey | { readonly refusal: Refusal } => {
	const tags = FRAME_KEYS.filter((one) => (identifier[one]?.Value.length ?? 0) > 0);
	const [tag] = tags;
	const element = tag === undefined ? undefined : identifier[tag];
	if (tag === undefined || element === undefined || tags.length > 1) {
		const errorComment = `${tags.length === 0 ? 'none' : 'more than one'} of the three frame keys`;
		return { refusal: { status: INVALID, errorComment, ...(tags.length === 0 ? {} : { offendingElements: tags }) } };
	}
	const among = READERS[tag]?.(element.Value.map(Number));
	return among === undefined
		? { refusal: { status: INVALID, errorComment: 'the frame key has no such values', offendingElements: [tag] } }
		: { tag, element, among };
};

/** Undefined for values that make no sense. */
type Reader = (values: readonly number[]) => FrameKey['among'] | undefined;

const READERS: Readonly<Record<string, Reader>> = {
	/** Frame numbers, ascending (Y.3.2.1.1). */
	[SIMPLE_FRAME_LIST]: (values) =>
		isAscending(values) ? (count) => values.filter((frame) => frame <= count) : undefined,

	/** First, last, step; again and again, each behind the one before (Y.3.2.1.2). What is beyond the last frame is nothing. */
	[CALCULATED_FRAME_LIST]: (values) => {
		if (values.length % 3 !== 0) return undefined;
		const stretches: (readonly [first: number, last: number, step: number])[] = [];
		for (let at = 0; at < values.length; at += 3) {
			const [first = 0, last = 0, step = 0] = values.slice(at);
			const before = stretches.at(-1)?.[1] ?? 0;
			if (!(first > before && last >= first && step >= 1)) return undefined;
			stretches.push([first, last, step]);
		}
		return (count) => {
			const frames: number[] = [];
			for (const [first, last, step] of stretches)
				for (let frame = first; frame <= Math.min(last, count); frame += step) frames.push(frame);
			return frames;
		};
	},

	/** Seconds, from and to (Y.3.2.1.3). */
	[TIME_RANGE]: (values) => {
		const [from, to] = values;
		if (from === undefined || to === undefined || values.length !== 2 || !(from <= to)) return undefined;
		return (count, times) =>
			Array.from({ length: count }, (_, index) => index + 1).filter((frame) => {
				const time = times[frame - 1] ?? Number.NaN;
				return from <= time && time <= to;
			});
	},
};

/** From above 0 on, none twice. */
const isAscending = (values: readonly number[]): boolean =>
	values.every((value, index) => value > (values[index - 1] ?? 0));
