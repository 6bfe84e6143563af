/** What a unit of a retrieve is called: for people, and in events. */
import type { UnitKeys } from '../../output/events.ts';
import { countText } from '../../output/quantities.ts';
import type { Unit } from '../../retrieve/unit.ts';

/** By its label where patients may be named, else by its UIDs. */
export const unitName = (unit: Unit, isNaming: boolean): string => {
	const { level, label, patientId, studyUid, seriesUid, sopUids = [], frames } = unit;
	if (isNaming && label !== undefined) return label;
	switch (level) {
		case 'PATIENT':
			return `patient ${patientId ?? ''}`;
		case 'STUDY':
			return studyUid ?? '';
		case 'SERIES':
			return seriesUid ?? '';
		case 'IMAGE':
			return sopUids.length === 1
				? (sopUids[0] ?? '')
				: `${sopUids.length} of ${seriesUid ?? studyUid ?? 'several series'}`;
		case 'FRAME':
			return `${countText(frames?.length ?? 0, 'frame')} of ${sopUids[0] ?? ''}`;
	}
};

export const unitKeys = ({ level, studyUid, seriesUid, sopUids }: Unit): UnitKeys => ({
	level,
	...(studyUid === undefined ? {} : { study: studyUid }),
	...(seriesUid === undefined ? {} : { series: seriesUid }),
	...(sopUids === undefined ? {} : { instances: sopUids.length }),
});
