/** What is asked of the peer before a retrieve: the matches of a query, the keys above a UID, the series or instances of a study. */
import { type Connected, requireContext } from '../../association/requestor.ts';
import type { Conversation } from '../../cli/conversation.ts';
import { isUnderstood } from '../../dicom/character-sets.ts';
import { type Dataset, textOf } from '../../dicom/dataset.ts';
import { contradicts, unverifiable } from '../../dicom/matching.ts';
import { PATIENT_ROOT_FIND, type QueryLevel, STUDY_ROOT_FIND, UNIQUE_KEYS } from '../../dicom/sop-classes.ts';
import { TAG } from '../../dicom/tags.ts';
import { statusOf } from '../../dimse/status.ts';
import { DicomError, type Failure } from '../../errors.ts';
import { countText } from '../../output/quantities.ts';
import { attributeName } from '../../output/query-warnings.ts';
import type { ExpectedSeries } from '../../retrieve/events.ts';
import { countOf } from '../../retrieve/expected.ts';
import type { Open } from '../../retrieve/settings.ts';
import { find } from '../../services/query-scu.ts';
import { statusFailure } from '../../services/status-failure.ts';
import type { AcceptedContext } from '../../upper-layer/negotiation.ts';
import type { UserInformation } from '../../upper-layer/pdu/index.ts';
import { isSuspectCount } from '../find/match-limit.ts';
import type { Query } from '../find/query-identifier.ts';
import { type Reference, referenceOfMatch } from './input.ts';

export interface LookupOptions {
	readonly open: Open;
	readonly transferSyntaxes: readonly string[];
	readonly extendedNegotiations: UserInformation['extendedNegotiations'];
	/** As messages name the peer. */
	readonly label: string;
	readonly matchLimit: number | undefined;
	readonly characterSet: readonly string[] | undefined;
	/** Drop what contradicts any key, not only what contradicts a friendly flag. */
	readonly isStrict: boolean;
	/** Ends a query by C-CANCEL, and begins no other. */
	readonly interrupt: AbortSignal;
	/** Ends the association. */
	readonly abort: AbortSignal;
	readonly talk: Conversation;
}

export interface Divided {
	readonly references: readonly Reference[];
	readonly absent: readonly Reference[];
}

/** So many UIDs are asked for at once. */
const UIDS_AT_ONCE = 50;

/** One association for all queries, opened with the first. */
export class Lookup {
	readonly #options: LookupOptions;
	#connected: Promise<Connected> | undefined;
	/** Why the keys above a UID are not known, where the peer said so. */
	#refusal: Failure | undefined;

	constructor(options: LookupOptions) {
		this.#options = options;
	}

	note(text: string): void {
		this.#options.talk.note(text);
	}

	/** After the last query. */
	async close(): Promise<void> {
		const connected = await this.#connected?.catch(() => undefined);
		await connected?.association.release().catch(() => {});
	}

	/**
	 * The matches of a query, without those that contradict it.
	 *
	 * @throws DicomError as associations end, no-context, status
	 */
	async matches(query: Query): Promise<readonly Reference[]> {
		const { label, isStrict, talk, matchLimit } = this.#options;
		const level = wireLevelOf(query);
		const found = new Map<string, Reference>();
		let hidden = 0;
		let kept = 0;
		let seen = 0;
		const unchecked = new Set<string>();
		const ignored = new Set<string>();
		for (const identifier of query.identifiers) {
			const rows = await this.#ask(query.model.sopClassUid, identifier);
			seen += rows.length;
			if (isSuspectCount(rows.length, matchLimit))
				talk.warn(
					`${rows.length} matches: ${matchLimit === undefined ? 'a round number, possibly cut off by a limit of the archive' : 'the limit of this archive'}; what is beyond it is not retrieved`,
				);
			for (const row of rows) {
				const tags = contradicts(identifier, row);
				if (tags.length > 0 && (isStrict || tags.some((tag) => query.promised.has(tag)))) {
					hidden++;
					continue;
				}
				if (tags.length > 0) kept++;
				for (const tag of tags) ignored.add(attributeName(tag));
				for (const tag of unverifiable(identifier, row)) unchecked.add(attributeName(tag));
				const reference = referenceOfMatch(row, level);
				if (reference !== undefined) found.set(keyOf(reference), { ...reference, isFound: true });
			}
		}
		if (hidden > 0) talk.warn(`${countText(hidden, 'match', 'matches')} left out: they contradict the query`);
		if (kept > 0)
			talk.warn(
				`${kept} of ${countText(seen, 'match', 'matches')} contradict ${[...ignored].join(', ')}: ${label} ignores that key, or matches it in another way; they are retrieved all the same (--strict-match leaves them out)`,
			);
		if (unchecked.size > 0)
			talk.warn(
				`whether ${label} matched ${[...unchecked].join(', ')} cannot be checked: it did not return it, and may have ignored it`,
			);
		return [...found.values()];
	}

	/**
	 * The references with the keys above them that a model wants.
	 *
	 * @throws DicomError usage for what the peer does not say
	 */
	async completed(references: readonly Reference[], above: readonly QueryLevel[]): Promise<readonly Reference[]> {
		const known = new Map<string, Reference>();
		for (const level of ['IMAGE', 'SERIES', 'STUDY'] as const) {
			const incomplete = references.filter((one) => one.level === level && lacks(one, above));
			for (let start = 0; start < incomplete.length; start += UIDS_AT_ONCE) {
				const some = incomplete.slice(start, start + UIDS_AT_ONCE);
				for (const one of await this.#above(some, level)) known.set(keyOf(one), one);
			}
		}
		return references.map((reference) => {
			const found = known.get(keyOf(reference));
			const whole = found === undefined ? reference : { ...found, ...reference };
			if (lacks(whole, above)) throw this.#unknown(whole, above);
			return whole;
		});
	}

	/** That the peer refuses to be asked is its own failure; what helps is the same. */
	#unknown(reference: Reference, above: readonly QueryLevel[]): DicomError {
		const { label, talk } = this.#options;
		const { unknown, hint } = unknownAbove(reference, above);
		if (this.#refusal === undefined)
			return new DicomError({ blame: 'usage', message: `${unknown}, and ${label} does not say`, hint });
		talk.warn(`${unknown}, and ${label} refuses to be asked: ${hint}`);
		return new DicomError(this.#refusal);
	}

	/**
	 * The series of the studies, the instances of those: one level after the other down to `level`. What lies deeper stays.
	 *
	 * @returns also what was named and has nothing below it
	 */
	async divided(references: readonly Reference[], level: QueryLevel): Promise<Divided> {
		let divided = references;
		const absent: Reference[] = [];
		for (const [from, to] of [
			['PATIENT', 'STUDY'],
			['STUDY', 'SERIES'],
			['SERIES', 'IMAGE'],
		] as const) {
			if (ORDER.indexOf(to) > ORDER.indexOf(level)) break;
			const next: Reference[] = [];
			for (const reference of divided)
				if (reference.level === from && !this.#options.interrupt.aborted) {
					const below = await this.#below(reference, to);
					next.push(...below);
					if (below.length === 0 && reference.isFound !== true) absent.push(reference);
				} else next.push(reference);
			divided = next;
		}
		return { references: divided, absent };
	}

	/** Those of the UIDs that are of studies; none where the peer does not let itself be asked. @throws as associations end */
	async studiesAmong(uids: readonly string[]): Promise<ReadonlySet<string>> {
		const studies = new Set<string>();
		try {
			for (let start = 0; start < uids.length; start += UIDS_AT_ONCE) {
				const some = uids.slice(start, start + UIDS_AT_ONCE);
				const rows = await this.#askAny((isPatientRoot) => identifierFor('STUDY', {}, some, isPatientRoot));
				for (const row of rows) studies.add(textOf(row, TAG.StudyInstanceUID));
			}
		} catch (error) {
			if (!(error instanceof DicomError)) throw error;
			const { blame } = error.failure;
			if (blame !== 'no-context' && blame !== 'status') throw error;
			this.note(`whether the UIDs are of studies cannot be asked (${error.message}): they are taken for instances`);
		}
		return studies;
	}

	/** What the series of a study are called. @throws as queries fail */
	async seriesOf(study: Omit<Reference, 'level'>): Promise<readonly ExpectedSeries[]> {
		const names = Object.fromEntries(SERIES_NAMES.map(([, tag, vr]) => [tag, { vr, Value: [] }]));
		const { patientId, studyUid } = study;
		const keys = { ...(patientId === undefined ? {} : { patientId }), ...(studyUid === undefined ? {} : { studyUid }) };
		const rows = await this.#askAny((isPatientRoot) => ({
			...identifierFor('SERIES', keys, [], isPatientRoot),
			...names,
		}));
		return rows.map((row) => {
			const texts = SERIES_NAMES.map(([name, tag]) => [name, textOf(row, tag)] as const);
			return {
				seriesUid: textOf(row, TAG.SeriesInstanceUID),
				...Object.fromEntries(texts.filter(([, text]) => text !== '')),
			};
		});
	}

	async #below(reference: Reference, level: QueryLevel): Promise<readonly Reference[]> {
		const rows = await this.#askAny((isPatientRoot) => identifierFor(level, reference, [], isPatientRoot));
		return rows.flatMap((row) => {
			const found = referenceOfMatch(row, level);
			if (found === undefined) return [];
			const label = reference.label ?? found.label;
			const instances = level === 'SERIES' ? countOf(row, TAG.NumberOfSeriesRelatedInstances) : undefined;
			const more = { ...(label === undefined ? {} : { label }), ...(instances === undefined ? {} : { instances }) };
			return [{ ...found, ...keysOf(reference), level, ...more, isFound: true }];
		});
	}

	/** Asked in a way that is relational: the keys above are to be returned, not matched. Many peers do that without being asked to. */
	async #above(references: readonly Reference[], level: QueryLevel): Promise<readonly Reference[]> {
		const uids = references.map((one) => ownKey(one));
		try {
			const rows = await this.#askAny((isPatientRoot) => identifierFor(level, {}, uids, isPatientRoot));
			return rows.flatMap((row) => referenceOfMatch(row, level) ?? []);
		} catch (error) {
			if (!(error instanceof DicomError) || error.failure.blame !== 'status') throw error;
			this.#refusal = error.failure;
			return [];
		}
	}

	/** In whichever model the peer has, study root first. */
	async #askAny(identifier: (isPatientRoot: boolean) => Dataset): Promise<readonly Dataset[]> {
		const connected = await this.#connection();
		const { association } = connected;
		const context =
			association.contextFor(STUDY_ROOT_FIND) ??
			association.contextFor(PATIENT_ROOT_FIND) ??
			requireContext(connected, STUDY_ROOT_FIND);
		return this.#exchange(connected, context, identifier(context.abstractSyntax === PATIENT_ROOT_FIND));
	}

	async #ask(sopClassUid: string, identifier: Dataset): Promise<readonly Dataset[]> {
		const connected = await this.#connection(sopClassUid);
		return this.#exchange(connected, requireContext(connected, sopClassUid), identifier);
	}

	#connection(sopClassUid = STUDY_ROOT_FIND): Promise<Connected> {
		const { open, transferSyntaxes, extendedNegotiations, interrupt } = this.#options;
		this.#connected ??= open({
			contexts: [...new Set([sopClassUid, STUDY_ROOT_FIND, PATIENT_ROOT_FIND])].map((abstractSyntax) => ({
				abstractSyntax,
				transferSyntaxes,
			})),
			extendedNegotiations,
			signal: interrupt,
		});
		return this.#connected;
	}

	async #exchange(
		{ association }: Connected,
		context: AcceptedContext,
		identifier: Dataset,
	): Promise<readonly Dataset[]> {
		const { characterSet, label, interrupt, abort, talk } = this.#options;
		const exchange = find(association, context, identifier, { characterSet });
		const cancel = () => exchange.cancel();
		const end = () => void association.abort({ blame: 'interrupted', signal: String(abort.reason) });
		interrupt.addEventListener('abort', cancel, { once: true });
		abort.addEventListener('abort', end, { once: true });
		const rows: Dataset[] = [];
		try {
			for await (const { dataset } of exchange) rows.push(dataset);
		} finally {
			interrupt.removeEventListener('abort', cancel);
			abort.removeEventListener('abort', end);
		}
		const final = await exchange.final;
		const { class: kind } = statusOf('C-FIND', final.status);
		if (kind === 'failure') throw new DicomError(statusFailure('C-FIND', final));
		if (kind === 'cancel' && !exchange.isCancelled)
			talk.warn(
				`${label} ended the query by itself at ${countText(rows.length, 'match', 'matches')}: there are more, and they are not retrieved`,
			);
		return rows;
	}
}

const SERIES_NAMES = [
	['number', TAG.SeriesNumber, 'IS'],
	['modality', TAG.Modality, 'CS'],
	['description', TAG.SeriesDescription, 'LO'],
] as const;

const ORDER: readonly QueryLevel[] = ['PATIENT', 'STUDY', 'SERIES', 'IMAGE'];

const wireLevelOf = ({ level }: Query): QueryLevel =>
	level === 'patient' ? 'PATIENT' : level === 'series' ? 'SERIES' : level === 'instance' ? 'IMAGE' : 'STUDY';

const ownKey = ({ level, patientId = '', studyUid = '', seriesUid = '', sopUid = '' }: Reference): string =>
	level === 'PATIENT' ? patientId : level === 'STUDY' ? studyUid : level === 'SERIES' ? seriesUid : sopUid;

/** Names one entity; UIDs are enough of it. */
export const keyOf = (reference: Reference): string => `${reference.level} ${ownKey(reference)}`;

const keysOf = ({ patientId, studyUid, seriesUid }: Reference): Omit<Reference, 'level'> => ({
	...(patientId === undefined ? {} : { patientId }),
	...(studyUid === undefined ? {} : { studyUid }),
	...(seriesUid === undefined ? {} : { seriesUid }),
});

const valueAbove = (reference: Reference, level: QueryLevel): string | undefined =>
	level === 'PATIENT' ? reference.patientId : level === 'STUDY' ? reference.studyUid : reference.seriesUid;

const missingAbove = (reference: Reference, above: readonly QueryLevel[]): readonly QueryLevel[] =>
	above.filter(
		(level) => ORDER.indexOf(level) < ORDER.indexOf(reference.level) && valueAbove(reference, level) === undefined,
	);

/** @param above the levels whose keys the model wants above any other */
export const lacks = (reference: Reference, above: readonly QueryLevel[]): boolean =>
	missingAbove(reference, above).length > 0;

const NAMES: Readonly<Record<string, readonly [noun: string, option: string]>> = {
	PATIENT: ['patient', '--id ID'],
	STUDY: ['study', '--study-uid UID'],
	SERIES: ['series', '--series-uid UID'],
	IMAGE: ['instance', ''],
};

const unknownAbove = (
	reference: Reference,
	above: readonly QueryLevel[],
): { readonly unknown: string; readonly hint: string } => {
	const lacking = missingAbove(reference, above).map((level) => NAMES[level] ?? ['', '']);
	const noun = NAMES[reference.level]?.[0] ?? 'entity';
	const nouns = lacking.map(([one]) => one).join(' and ');
	const unknown = `which ${nouns} the ${noun} ${ownKey(reference)} is of is not known`;
	const hint = `give it: ${lacking.map(([, option]) => option).join(' ')}; or pipe rows of find, which have it, to --from -`;
	return { unknown, hint };
};

const LABELS: Readonly<Record<string, readonly (readonly [tag: string, vr: 'PN' | 'DA' | 'CS'])[]>> = {
	PATIENT: [[TAG.PatientName, 'PN']],
	STUDY: [
		[TAG.PatientName, 'PN'],
		[TAG.StudyDate, 'DA'],
		[TAG.ModalitiesInStudy, 'CS'],
	],
	SERIES: [[TAG.Modality, 'CS']],
	IMAGE: [],
};

/** The entities of a level below one, or those that some UIDs name; the keys of all levels are to come back. */
const identifierFor = (
	level: QueryLevel,
	keys: Omit<Reference, 'level'>,
	uids: readonly string[],
	isPatientRoot: boolean,
): Dataset => {
	const element = (vr: 'UI' | 'LO', value: string | undefined) => ({ vr, Value: value === undefined ? [] : [value] });
	const depth = ORDER.indexOf(level);
	return {
		[TAG.SpecificCharacterSet]: { vr: 'CS', Value: [] },
		[TAG.QueryRetrieveLevel]: { vr: 'CS', Value: [level] },
		// In study root a patient's keys are those of studies: below, there are none.
		...(depth <= 1 || isPatientRoot ? { [TAG.PatientID]: element('LO', keys.patientId) } : {}),
		...(depth >= 1 ? { [TAG.StudyInstanceUID]: element('UI', keys.studyUid) } : {}),
		...(depth >= 2 ? { [TAG.SeriesInstanceUID]: element('UI', keys.seriesUid) } : {}),
		...(level === 'SERIES' ? { [TAG.NumberOfSeriesRelatedInstances]: { vr: 'IS', Value: [] } } : {}),
		...(depth >= 3 ? { [TAG.SOPInstanceUID]: element('UI', undefined) } : {}),
		...Object.fromEntries((LABELS[level] ?? []).map(([tag, vr]) => [tag, { vr, Value: [] }])),
		...(uids.length === 0 ? {} : { [UNIQUE_KEYS[level]]: { vr: 'UI', Value: uids } }),
	};
};

/** The terms of a character set, as (0008,0005) has them. @throws DicomError usage */
export const characterSetOf = (terms: string | undefined): readonly string[] | undefined => {
	if (terms === undefined) return undefined;
	const each = terms.split('\\').map((term) => term.trim());
	const unknown = each.find((term) => !isUnderstood(term));
	if (unknown === undefined) return each;
	throw new DicomError({
		blame: 'usage',
		message: `--charset: nobody knows the character set "${unknown}"`,
		hint: "a defined term of PS3.3 C.12.1.1.2, as 'ISO_IR 100', 'ISO_IR 192' or GB18030",
	});
};
