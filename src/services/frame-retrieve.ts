/** Level FRAME of Composite Instance Root (PS3.4 Y.3.2, Y.4): which frames are asked for, and why they cannot be had. */
import { type Dataset, stringsOf } from '../dicom/dataset.ts';
import { TAG } from '../dicom/tags.ts';
import { instanceHeader } from './instance-header.ts';
import type { Refusal } from './refusal.ts';
import type { Resolve } from './retrieve-scp.ts';

const SIMPLE_FRAME_LIST = '00081161';
const CALCULATED_FRAME_LIST = '00081162';
const TIME_RANGE = '00081163';
const FRAME_KEYS = [SIMPLE_FRAME_LIST, CALCULATED_FRAME_LIST, TIME_RANGE];
const NUMBER_OF_FRAMES = '00280008';
/** Frame Time, Frame Time Vector, and the functional groups of enhanced instances, whose frames have times of their own. */
const TIMES = ['00181063', '00181065', '52009230'];

const NONE_FOUND = 0xaa00;
const CANNOT_EXTRACT = 0xaa02;
const NOT_TIME_BASED = 0xaa03;
const INVALID = 0xaa04;

/**
 * Instances of some frames of others are not made here; the answer says what stands in the way first, as the standard tells it apart.
 *
 * @param resolve asked for the instance at level IMAGE
 * @throws DicomError io
 */
export const framesRefused = async (
	identifier: Dataset,
	resolve: (identifier: Dataset) => ReturnType<Resolve>,
): Promise<{ readonly refusal: Refusal }> => {
	const keys = FRAME_KEYS.filter((tag) => (identifier[tag]?.Value.length ?? 0) > 0);
	const [key] = keys;
	if (key === undefined || keys.length > 1)
		return refusal(INVALID, `${keys.length === 0 ? 'none' : 'more than one'} of the three frame keys`, keys);
	const frames = framesOf(identifier, key);
	if (frames === undefined) return refusal(INVALID, 'the frame key has no such values', [key]);
	if (stringsOf(identifier, TAG.SOPInstanceUID).length !== 1)
		return refusal(INVALID, 'frames are of one SOP Instance UID', [TAG.SOPInstanceUID]);
	const found = await resolve(atImageLevel(identifier));
	if ('refusal' in found) return found;
	const [instance] = found.instances;
	if (instance === undefined) return refusal(NONE_FOUND, 'no such instance', [TAG.SOPInstanceUID]);
	const header = instanceHeader(instance);
	if (key === TIME_RANGE && !TIMES.some((tag) => header[tag] !== undefined))
		return refusal(NOT_TIME_BASED, 'its frames have no times', [key]);
	const last = Number(stringsOf(header, NUMBER_OF_FRAMES)[0] ?? 1);
	if (key !== TIME_RANGE && !frames.some((range) => range.isAnyUpTo(last)))
		return refusal(NONE_FOUND, `the instance has ${last} frames`, [key]);
	return refusal(CANNOT_EXTRACT, 'frames are not extracted here; ask for the instance', [key]);
};

/** Frames by their numbers, from 1: one of a list, or a stretch of them in steps. */
interface Frames {
	isAnyUpTo(last: number): boolean;
}

/** Undefined where the values make no sense. */
const framesOf = (identifier: Dataset, key: string): readonly Frames[] | undefined => {
	const values = (identifier[key]?.Value ?? []).map(Number);
	if (!values.every((value) => Number.isFinite(value) && value >= 0)) return undefined;
	if (key === TIME_RANGE) return values.length === 2 && (values[0] ?? 0) <= (values[1] ?? 0) ? [] : undefined;
	if (values.includes(0)) return undefined;
	if (key === SIMPLE_FRAME_LIST) return values.map((frame) => ({ isAnyUpTo: (last) => frame <= last }));
	if (values.length % 3 !== 0) return undefined;
	const stretches: Frames[] = [];
	for (let at = 0; at < values.length; at += 3) {
		const [start = 0, end = 0] = values.slice(at);
		if (start > end) return undefined;
		stretches.push({ isAnyUpTo: (last) => start <= last });
	}
	return stretches;
};

const atImageLevel = (identifier: Dataset): Dataset => ({
	...Object.fromEntries(Object.entries(identifier).filter(([tag]) => !FRAME_KEYS.includes(tag))),
	[TAG.QueryRetrieveLevel]: { vr: 'CS', Value: ['IMAGE'] },
});

const refusal = (
	status: number,
	errorComment: string,
	offendingElements: readonly string[],
): { readonly refusal: Refusal } => ({
	refusal: { status, errorComment, ...(offendingElements.length === 0 ? {} : { offendingElements }) },
});
