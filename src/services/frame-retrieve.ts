/** Level FRAME of Composite Instance Root (PS3.4 Y.3, Y.4): an instance of the frames that are asked for, or why there can be none. */
import { type Dataset, stringsOf } from '../dicom/dataset.ts';
import { TAG } from '../dicom/tags.ts';
import { extractFrames, isExtractable } from './frame-extraction.ts';
import { FRAME_KEYS, frameKeyOf, TIME_RANGE } from './frame-keys.ts';
import { frameTimesOf } from './frame-times.ts';
import { instanceHeader } from './instance-header.ts';
import type { Refusal } from './refusal.ts';
import type { Resolve } from './retrieve-scp.ts';

/** PS3.4 Table Y.4-1 */
const NONE_FOUND = 0xaa00;
const NO_NEW_INSTANCE = 0xaa01;
const CANNOT_EXTRACT = 0xaa02;
const NOT_TIME_BASED = 0xaa03;
const INVALID = 0xaa04;

/** No instance has more; a number beyond it is a lie. */
const MAX_FRAMES = 1_000_000;
const NUMBER_OF_FRAMES = '00280008';
const PER_FRAME_FUNCTIONAL_GROUPS = '52009230';

/**
 * @param resolve asked for the instance at level IMAGE
 * @throws DicomError io
 */
export const retrieveFrames = async (
	identifier: Dataset,
	resolve: (identifier: Dataset) => ReturnType<Resolve>,
): ReturnType<Resolve> => {
	const key = frameKeyOf(identifier);
	if ('refusal' in key) return key;
	if (stringsOf(identifier, TAG.SOPInstanceUID).length !== 1)
		return refusal(INVALID, 'frames are of one SOP Instance UID', TAG.SOPInstanceUID);
	const found = await resolve(atImageLevel(identifier));
	if ('refusal' in found) return found;
	const [instance] = found.instances;
	if (instance === undefined) return refusal(NONE_FOUND, 'no such instance', TAG.SOPInstanceUID);
	const header = instanceHeader(instance);
	const count = Number(stringsOf(header, NUMBER_OF_FRAMES)[0] ?? 1);
	if (!(count >= 1 && count <= MAX_FRAMES))
		return refusal(CANNOT_EXTRACT, 'no sensible number of frames', NUMBER_OF_FRAMES);
	const times = frameTimesOf(header, count);
	if (key.tag === TIME_RANGE && times === undefined)
		return header[PER_FRAME_FUNCTIONAL_GROUPS] === undefined
			? refusal(NOT_TIME_BASED, 'its frames have no times', key.tag)
			: refusal(CANNOT_EXTRACT, 'not by the times of its frames', key.tag);
	const seconds = times?.map((ms) => ms / 1000) ?? [];
	const frames = key.among(count, seconds);
	if (frames.length === 0) return refusal(NONE_FOUND, `none of its ${count} frames`, key.tag);
	if (!isExtractable(instance.sopClassUid))
		return refusal(NO_NEW_INSTANCE, 'not with this SOP class', TAG.SOPInstanceUID);
	const extracted = extractFrames(instance, { frames, count, times, key });
	return extracted === undefined
		? refusal(CANNOT_EXTRACT, 'its pixel data cannot be taken apart', TAG.PixelData)
		: { instances: [extracted] };
};

const atImageLevel = (identifier: Dataset): Dataset => ({
	...Object.fromEntries(Object.entries(identifier).filter(([tag]) => !FRAME_KEYS.includes(tag))),
	[TAG.QueryRetrieveLevel]: { vr: 'CS', Value: ['IMAGE'] },
});

const refusal = (status: number, errorComment: string, element: string): { readonly refusal: Refusal } => ({
	refusal: { status, errorComment, offendingElements: [element] },
});
