/** The friendly options of a query (`--name`, `--date`, `-m` ...) as keys of its identifier (PS3.4 C.2.2.2). */
import type { QueryWord } from './query-model.ts';

/** As they were given. */
export interface QueryFlags {
	readonly name: string | undefined;
	readonly id: string | undefined;
	readonly acc: string | undefined;
	readonly date: string | undefined;
	readonly time: string | undefined;
	readonly birth: string | undefined;
	readonly modality: readonly string[];
	readonly desc: string | undefined;
	readonly 'study-uid': readonly string[];
	readonly 'series-uid': readonly string[];
	readonly 'sop-uid': readonly string[];
	readonly 'keep-case': boolean;
}

export interface FlagKeys {
	readonly keys: readonly (readonly [key: string, value: string])[];
	/** Each is a query of its own: a modality matches no list. */
	readonly modalities: readonly string[];
	/** The key that these are values of. */
	readonly modality: string;
}

/**
 * @param read what becomes of a date and of a time
 * @throws DicomError as `read` does
 */
export const flagKeys = (
	flags: QueryFlags,
	level: QueryWord,
	read: { readonly date: (text: string) => string; readonly time: (text: string) => string },
): FlagKeys => {
	const keys: (readonly [string, string])[] = [];
	const add = (key: string, value: string | undefined) => {
		if (value !== undefined) keys.push([key, value]);
	};
	const isWorklist = level === 'worklist';
	const step = (keyword: string) => `ScheduledProcedureStepSequence[0].${keyword}`;
	add('PatientName', flags.name === undefined ? undefined : nameKey(flags.name, flags['keep-case']));
	add('PatientID', flags.id);
	add('AccessionNumber', flags.acc);
	add(
		isWorklist ? step('ScheduledProcedureStepStartDate') : 'StudyDate',
		flags.date === undefined ? undefined : read.date(flags.date),
	);
	add(
		isWorklist ? step('ScheduledProcedureStepStartTime') : 'StudyTime',
		flags.time === undefined ? undefined : read.time(flags.time),
	);
	add('PatientBirthDate', flags.birth === undefined ? undefined : read.date(flags.birth));
	if (flags.desc !== undefined)
		add(
			isWorklist
				? step('ScheduledProcedureStepDescription')
				: level === 'series'
					? 'SeriesDescription'
					: 'StudyDescription',
			/[*?]/.test(flags.desc) ? flags.desc : `*${flags.desc}*`,
		);
	for (const [name, keyword] of [
		['study-uid', 'StudyInstanceUID'],
		['series-uid', 'SeriesInstanceUID'],
		['sop-uid', 'SOPInstanceUID'],
	] as const) {
		const uids = flags[name].flatMap((text) => text.split(/[\\,\s]+/)).filter((uid) => uid !== '');
		if (uids.length > 0) add(keyword, uids.join('\\'));
	}
	const modality = isWorklist
		? step('Modality')
		: level === 'series' || level === 'instance'
			? 'Modality'
			: 'ModalitiesInStudy';
	const modalities = flags.modality.flatMap((text) => text.split(/[\\,]/)).map((one) => one.trim().toUpperCase());
	return { keys, modality, modalities: [...new Set(modalities.filter((one) => one !== ''))] };
};

/** `smith, john` is SMITH^JOHN*; `=` in front asks for exactly that, a wildcard for what it says. */
export const nameKey = (text: string, keepCase: boolean): string => {
	const isExact = text.startsWith('=');
	const components = (isExact ? text.slice(1) : text)
		.split(/\s*,\s*|\^/)
		.map((component) => component.trim())
		.join('^');
	const name = keepCase ? components : components.toUpperCase();
	return isExact || /[*?]/.test(name) ? name : `${name}*`;
};
