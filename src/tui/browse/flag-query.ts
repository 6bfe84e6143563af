/** Friendly options and KEY=VALUE, as `dimse find` reads them, as a query of browse. */
import { dateKey, timeKey } from '../../dicom/date-words.ts';
import { parseKey } from '../../dicom/identifier-path.ts';
import { flagKeys, type QueryFlags } from '../../dicom/query-flags.ts';
import { levelOfWire, modelAndLevel, type WireLevel } from '../../dicom/query-model.ts';
import type { QuerySpec } from './browse-state.ts';

export interface GivenQuery extends QueryFlags {
	readonly level?: WireLevel | undefined;
	readonly model?: QuerySpec['model'] | undefined;
	/** `KEY=VALUE` or `KEY`; they win over the options. */
	readonly key: readonly string[];
}

export const NOTHING_GIVEN: GivenQuery = {
	...{ name: undefined, id: undefined, acc: undefined, date: undefined, time: undefined, birth: undefined },
	...{ desc: undefined, modality: [], 'study-uid': [], 'series-uid': [], 'sop-uid': [], 'keep-case': false, key: [] },
};

/**
 * Dates and times stay in the words they were given in: whoever asks again tomorrow means another day by `today`.
 *
 * @throws DicomError usage
 */
export const queryOfFlags = (given: GivenQuery, today: Date): QuerySpec => {
	const typed: Record<string, string> = {};
	let wanted = given.level;
	for (const text of given.key) {
		const { value = '' } = parseKey(text);
		const key = text.split('=', 1)[0]?.trim() ?? '';
		if (key === 'QueryRetrieveLevel') wanted = levelOfWire(value);
		else typed[key] = value;
	}
	const { model, level } = modelAndLevel(given.model, wanted);
	const read = { date: asTyped((text) => dateKey(text, today)), time: asTyped(timeKey) };
	const { keys, modality, modalities } = flagKeys(given, level, read);
	const several = modalities.length === 0 ? {} : { [modality]: modalities.join(',') };
	return {
		level,
		model: model.name === 'patient' ? 'patient' : 'study',
		keys: { ...Object.fromEntries(keys), ...several, ...typed },
	};
};

/** What can be read. */
const asTyped =
	(read: (text: string) => string) =>
	(text: string): string => {
		read(text);
		return text;
	};
