/** The end of `get` and `move`: what each unit that is not complete means, the list of what is missing, the document, the exit status. */
import { statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { ioError } from '../../archive/files/instance-file.ts';
import type { Environment } from '../../cli/environment.ts';
import { EXIT, type ExitStatus, exitStatusOf, exitStatusOfAll } from '../../cli/exit-statuses.ts';
import { reportPart, reportText } from '../../cli/report.ts';
import type { Explanation, FailureContext } from '../../diagnose/explain.ts';
import { type Destination, explainLostRetrieve, explainRetrieve } from '../../diagnose/retrieve-outcomes.ts';
import { makeFolder } from '../../make-folder.ts';
import { statusText, timestamp } from '../../output/events.ts';
import { countText } from '../../output/quantities.ts';
import { causeText, type Missing, missingList } from '../../output/retrieve-missing.ts';
import { sanitize } from '../../output/sanitize.ts';
import { quoted } from '../../output/shell-words.ts';
import { uidName } from '../../output/uid-names.ts';
import type { UnitResult } from '../../retrieve/events.ts';
import type { Unit } from '../../retrieve/unit.ts';
import { statusFailure } from '../../services/status-failure.ts';

/** What holds for all units. */
export interface Surroundings {
	readonly context: FailureContext;
	readonly destination: Destination | undefined;
	/** The same command again for a list: `dimse get main --from FILE`. */
	readonly again: (list: string) => string;
	/** Where the list of missing instances goes, absolute; a folder makes a name of its own. */
	readonly missingFile: string | undefined;
	readonly folder: string;
	readonly allowEmpty: boolean;
	/** Instances of some SOP classes only are taken. */
	readonly isSelective: boolean;
}

/** So many missing instances are named on stderr; all of them are in the list. */
const NAMED = 10;
/** Units that failed in so many different ways are told in full. */
const TOLD = 5;

const OK = ['complete', 'more-than-expected', 'complete-before', 'unverifiable'] as const;
type Fine = (typeof OK)[number];
export const isFine = (verdict: UnitResult['verdict']): verdict is Fine => OK.some((one) => one === verdict);

/** It was ended from here, or not begun. */
export const isUndone = ({ verdict }: UnitResult): boolean => verdict === 'cancelled' || verdict === 'not-begun';

/** What a unit ends the program with, were it alone. */
export const statusOfUnit = (result: UnitResult, interrupted: ExitStatus): ExitStatus => {
	const { verdict, final, failure, arrived } = result;
	// That the peer gave up is then no fault of its own.
	if (arrived === 0 && (verdict === 'refused' || verdict === 'incomplete') && isNotKept(result)) return EXIT.io;
	switch (verdict) {
		case 'complete':
		case 'more-than-expected':
		case 'complete-before':
		case 'unverifiable':
			return EXIT.ok;
		case 'nothing-matched':
			return EXIT.nothing;
		case 'incomplete':
		case 'claimed-not-arrived':
			return EXIT.partial;
		case 'refused':
			return final === undefined ? EXIT.status : exitStatusOf(statusFailure(final.service, final));
		case 'failed':
			return failure === undefined ? EXIT.partial : exitStatusOf(failure);
		case 'cancelled':
		case 'not-begun':
			return interrupted;
	}
};

/** This machine could not write what came. */
const isNotKept = ({ missing }: UnitResult): boolean =>
	missing.some(({ why }) => why.cause === 'refused-here' && ((why.status ?? 0) & 0xff00) === 0xa700);

/** Somebody named it, and it is not there. */
const isAbsent = (unit: Unit | undefined, { verdict }: UnitResult): boolean =>
	verdict === 'nothing-matched' && unit?.isFound !== true;

/** One status for all: an interruption is told as such, whatever was done before it; a UID that is not there is not done. */
export const statusOfAll = (
	units: readonly Unit[],
	results: readonly UnitResult[],
	interrupted: ExitStatus | undefined,
	allowEmpty: boolean,
): ExitStatus => {
	if (interrupted !== undefined && results.some(isUndone)) return interrupted;
	const status = exitStatusOfAll(results.map((result) => statusOfUnit(result, interrupted ?? EXIT.partial)));
	if (allowEmpty) return status === EXIT.nothing ? EXIT.ok : status;
	return status === EXIT.ok && results.some((result) => isAbsent(units[result.unit], result)) ? EXIT.partial : status;
};

// ---- what is missing --------------------------------------------------------------------------------------------------

/**
 * Instances by name where they are known, else the unit they are of; what was refused or never begun is missing whole, as is what was named
 * and is not there beside what is.
 */
export const missingOf = (
	units: readonly Unit[],
	results: readonly UnitResult[],
	allowEmpty: boolean,
): readonly Missing[] => {
	const isNothing = allowEmpty || results.every(({ verdict }) => verdict === 'nothing-matched');
	return results.flatMap((result): readonly Missing[] => {
		const { verdict, missing, missingCount, unit } = result;
		if (missing.length > 0) return missing;
		const one = units[unit];
		if (one === undefined || isFine(verdict)) return [];
		if (verdict === 'nothing-matched' && (isNothing || !isAbsent(one, result))) return [];
		if (verdict === 'incomplete' && missingCount === 0) return [];
		const keys = {
			...(one.patientId === undefined ? {} : { patientId: one.patientId }),
			...(one.studyUid === undefined ? {} : { studyUid: one.studyUid }),
			...(one.seriesUid === undefined ? {} : { seriesUid: one.seriesUid }),
			...(verdict === 'nothing-matched' ? { why: { cause: 'not-there' } as const } : {}),
		};
		return one.level === 'IMAGE' || one.level === 'FRAME'
			? (one.sopUids ?? []).map((sopInstanceUid) => ({ ...keys, sopInstanceUid }))
			: [keys];
	});
};

/** Where nothing at all was done, the same command again is the better list. */
export const isWorthListing = (results: readonly UnitResult[]): boolean =>
	results.some(
		(result) =>
			result.arrived > 0 || isFine(result.verdict) || isNotAll(result) || isNamed(result) || isCutShort(result),
	);

/** The peer has named what failed. */
const isNamed = ({ missing }: UnitResult): boolean => missing.some(({ why }) => why.cause === 'failed-there');

/** By a signal, and what was to come is known. */
const isCutShort = ({ verdict, failure, missing }: UnitResult): boolean =>
	missing.length > 0 && (verdict === 'cancelled' || failure?.blame === 'interrupted');

const isNotAll = ({ verdict }: UnitResult): boolean => verdict === 'incomplete' || verdict === 'claimed-not-arrived';

/** Writes the list. @returns its path as the user would write it @throws DicomError io */
export const writeMissing = (
	missing: readonly Missing[],
	{ missingFile, folder, again }: Surroundings,
	title: string,
	env: Environment,
): string => {
	const stamp = timestamp(env.today()).slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
	const place = missingFile ?? folder;
	const isFolder = missingFile === undefined || statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
	const path = isFolder ? join(place, `missing-${stamp}.txt`) : place;
	const shown = relativePath(path, env.cwd);
	const text = missingList(missing, [`${title}, ${timestamp(env.today())}`, `fetch them: ${again(shown)}`]);
	try {
		makeFolder(dirname(path));
		writeFileSync(path, text, { mode: 0o600 });
	} catch (error) {
		throw ioError(error, path);
	}
	return shown;
};

const relativePath = (path: string, cwd: string): string => {
	const short = relative(cwd, path);
	return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
};

// ---- what is told ------------------------------------------------------------------------------------------------------

/** What it means that a unit is not complete; nothing where it is. */
export const explainUnit = (
	unit: Unit | undefined,
	result: UnitResult,
	{ context, destination }: Pick<Surroundings, 'context' | 'destination'>,
): Explanation | undefined => {
	const { verdict, failure, final, claimed, expected, arrived, missingCount, elapsedMs } = result;
	if (isFine(verdict) || verdict === 'not-begun') return undefined;
	const isGet = (final?.service ?? context.service) === 'C-GET';
	if (verdict === 'failed')
		return explainLostRetrieve(failure ?? { blame: 'interrupted' }, isGet ? undefined : destination, {
			...context,
			arrived,
		});
	return explainRetrieve(
		{
			service: isGet ? 'C-GET' : 'C-MOVE',
			verdict,
			keys: keysText(unit),
			level: unit?.level ?? 'STUDY',
			final,
			claimed,
			expected,
			arrived,
			missing: missingCount,
			elapsedMs,
			causes: causesOf(result),
			isNotKept: isNotKept(result),
			destination: isGet ? undefined : destination,
		},
		context,
	);
};

/** `StudyInstanceUID=1.2.3`, as find takes it. */
const keysText = (unit: Unit | undefined): string => {
	if (unit === undefined) return '';
	const { level, patientId, studyUid, seriesUid, sopUids = [] } = unit;
	const isLower = level !== 'PATIENT' && level !== 'STUDY';
	return [
		...(level === 'PATIENT' && patientId !== undefined ? [`PatientID=${quoted(patientId)}`] : []),
		...(studyUid === undefined ? [] : [`StudyInstanceUID=${quoted(studyUid)}`]),
		...(isLower && seriesUid !== undefined ? [`SeriesInstanceUID=${quoted(seriesUid)}`] : []),
		...(sopUids.length === 1 ? [`SOPInstanceUID=${sopUids[0]}`] : []),
		...(sopUids.length > 1 ? [`${sopUids.length} SOP Instance UIDs`] : []),
	].join(' ');
};

const causesOf = ({ missing }: UnitResult): readonly { readonly text: string; readonly count: number }[] => {
	const counts = new Map<string, number>();
	for (const { why } of [...missing].sort((one, other) => Number(isTelling(other)) - Number(isTelling(one)))) {
		const text = causeText(why);
		counts.set(text, (counts.get(text) ?? 0) + 1);
	}
	return [...counts].map(([text, count]) => ({ text, count })).slice(0, TOLD);
};

/** Units that did not become complete, each kind of failure told once and in full; the others counted. */
export const reports = (
	units: readonly Unit[],
	results: readonly UnitResult[],
	surroundings: Surroundings,
	list: string | undefined,
): string => {
	const kinds = new Map<string, UnitResult[]>();
	for (const result of results) {
		if (isFine(result.verdict) || result.verdict === 'not-begun') continue;
		const kind = `${result.verdict} ${result.final?.status} ${JSON.stringify(result.failure) ?? ''}`;
		kinds.set(kind, [...(kinds.get(kind) ?? []), result]);
	}
	const told = [...kinds.values()];
	let text = '';
	for (const [index, [first, ...others]] of told.slice(0, TOLD).entries()) {
		if (first === undefined) continue;
		const explanation = explainUnit(units[first.unit], first, surroundings);
		if (explanation === undefined) continue;
		const isLast = index === Math.min(told.length, TOLD) - 1;
		const { do: advice, ...above } = explanation;
		const alike = [first, ...others];
		const more = others.length === 0 ? [] : [`${countText(others.length, 'more unit')} ended in the same way`];
		const named = alike.flatMap(({ missing }) => missing);
		text += [
			reportText({ ...above, means: [...above.means, ...more], do: [] }).trimEnd(),
			...reportPart('missing', isNotAll(first) || named.some(isTelling) ? namedLines(named) : []),
			...reportPart('empty', others.length > 0 && first.verdict === 'nothing-matched' ? emptyLines(units, alike) : []),
			...reportPart('do', [
				...advice,
				...leftOutLines(named, surroundings),
				...(isLast && list !== undefined ? [againLine(list, surroundings)] : []),
			]),
			'',
		].join('\n');
	}
	return text;
};

const leftOutLines = (missing: UnitResult['missing'], { isSelective }: Surroundings): readonly string[] => {
	if (missing.some(isLeftOut)) return ['without --accept they come too'];
	const isUnknown = missing.some(({ why, sopClassUid }) => why.cause === 'failed-there' && sopClassUid === undefined);
	return isSelective && isUnknown ? ['--accept may have left them out: of which SOP class they are is not known'] : [];
};

/** The user takes none of its class. */
const isLeftOut = ({ why }: UnitResult['missing'][number]): boolean =>
	why.cause === 'no-context' && why.by === 'caller';

/** Of what was refused whole, lost or cancelled, instances of which no more is known than that are not worth a line. */
const isTelling = ({ why }: UnitResult['missing'][number]): boolean =>
	why.cause !== 'never-came' && why.cause !== 'ended';

const againLine = (list: string, { again }: Surroundings): string => `${again(list)}    asks again for what is missing`;

const namedLines = (missing: UnitResult['missing']): readonly string[] => {
	const lines = [...missing.filter(isTelling), ...missing.filter((one) => !isTelling(one))]
		.slice(0, NAMED)
		.map(({ sopInstanceUid, sopClassUid, why }) =>
			[sopInstanceUid, sopClassUid === undefined ? '' : uidName(sopClassUid), causeText(why)]
				.filter((part) => part !== '')
				.join('  '),
		);
	return missing.length > NAMED ? [...lines, `and ${missing.length - NAMED} more`] : lines;
};

const emptyLines = (units: readonly Unit[], results: readonly UnitResult[]): readonly string[] => {
	const lines = results.slice(0, NAMED).map(({ unit }) => keysText(units[unit]));
	return results.length > NAMED ? [...lines, `and ${results.length - NAMED} more`] : lines;
};

/** One line at the very end, where there is more than one unit to speak of. */
export const summaryLine = (results: readonly Pick<UnitResult, 'verdict'>[], label: string, totals: string): string => {
	const count = (test: (verdict: UnitResult['verdict']) => boolean) =>
		results.filter(({ verdict }) => test(verdict)).length;
	const parts = [
		[count(isFine), 'complete'],
		[count((one) => one === 'incomplete' || one === 'claimed-not-arrived'), 'not complete'],
		[count((one) => one === 'nothing-matched'), 'empty'],
		[count((one) => one === 'refused' || one === 'failed'), 'failed'],
		[count((one) => one === 'cancelled'), 'cancelled'],
		[count((one) => one === 'not-begun'), 'not begun'],
	] as const;
	const said = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
	return sanitize(`${countText(results.length, 'unit')} from ${label}: ${said.join(', ')}; ${totals}`);
};

const isUnknown = ({ verdict, arrived }: UnitResult, { destination }: Surroundings): boolean =>
	(verdict === 'unverifiable' || (verdict === 'complete-before' && arrived === 0)) &&
	destination !== undefined &&
	destination.receiver === undefined;

/** A unit as the document has it. */
export const unitDocument = (unit: Unit | undefined, result: UnitResult, surroundings: Surroundings): object => {
	const explanation = explainUnit(unit, result, surroundings);
	const { verdict, verified, expected, expectedFrom, claimed, arrived, bytes, missingCount, missing, final } = result;
	return {
		level: unit?.level,
		...(unit?.patientId === undefined ? {} : { patient_id: unit.patientId }),
		...(unit?.studyUid === undefined ? {} : { study: unit.studyUid }),
		...(unit?.seriesUid === undefined ? {} : { series: unit.seriesUid }),
		...(unit?.sopUids === undefined ? {} : { instances: unit.sopUids }),
		verdict,
		verified,
		...(expected === undefined ? {} : { expected }),
		expected_from: expectedFrom,
		claimed,
		// At a third party that cannot be looked into, nobody knows.
		arrived: isUnknown(result, surroundings) ? null : arrived,
		bytes,
		missing_count: missingCount,
		missing: missing.map(({ sopInstanceUid, sopClassUid, studyUid, seriesUid, why }) => ({
			sop: sopInstanceUid,
			...(sopClassUid === undefined ? {} : { class: sopClassUid }),
			...(studyUid === undefined ? {} : { study: studyUid }),
			...(seriesUid === undefined ? {} : { series: seriesUid }),
			cause: why.cause,
			why: causeText(why),
		})),
		...(final === undefined
			? {}
			: {
					status: statusText(final.status),
					...(final.errorComment === undefined ? {} : { error_comment: final.errorComment }),
				}),
		attempts: result.attempts,
		ms: Math.round(result.elapsedMs),
		...(explanation === undefined
			? {}
			: {
					message: explanation.title,
					explain: {
						...(explanation.cameBack === undefined ? {} : { came_back: explanation.cameBack }),
						means: explanation.means,
						do: explanation.do,
					},
				}),
	};
};
