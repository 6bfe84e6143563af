/** The retrieve SOP classes for which an identifier or its instances are not taken as they are: frames, no bulk data (PS3.4 Annexes Y, Z). */
import { type Dataset, textOf } from '../dicom/dataset.ts';
import {
	COMPOSITE_INSTANCE_ROOT_GET,
	COMPOSITE_INSTANCE_ROOT_MOVE,
	COMPOSITE_INSTANCE_WITHOUT_BULK_DATA_GET,
} from '../dicom/sop-classes.ts';
import { TAG } from '../dicom/tags.ts';
import { retrieveFrames } from './frame-retrieve.ts';
import type { Resolve } from './retrieve-scp.ts';
import { withoutBulkData } from './without-bulk-data.ts';

/** @param resolve for this request */
export const narrowed = async (
	sopClassUid: string,
	identifier: Dataset,
	resolve: (identifier: Dataset) => ReturnType<Resolve>,
): ReturnType<Resolve> => {
	const isInstanceRoot = sopClassUid === COMPOSITE_INSTANCE_ROOT_GET || sopClassUid === COMPOSITE_INSTANCE_ROOT_MOVE;
	if (isInstanceRoot && textOf(identifier, TAG.QueryRetrieveLevel) === 'FRAME')
		return retrieveFrames(identifier, resolve);
	const found = await resolve(identifier);
	if (sopClassUid !== COMPOSITE_INSTANCE_WITHOUT_BULK_DATA_GET || 'refusal' in found) return found;
	return { instances: found.instances.map(withoutBulkData) };
};
