/** One attempt at one unit: what is expected of it, the requests for it, and with C-GET further passes with other contexts. */
import type { Association } from '../association/association.ts';
import { MONOTONIC } from '../association/clock.ts';
import type { CGetRsp, CMoveRsp } from '../dimse/messages.ts';
import { DicomError } from '../errors.ts';
import { get } from '../services/get-scu.ts';
import { move } from '../services/move-scu.ts';
import type { Retrieval } from '../services/retrieval.ts';
import type { Counts, FinalStatus } from './events.ts';
import type { Ledger } from './ledger.ts';
import { acceptedByName, EVERYTHING, firstWanted, nextPass, type Pass } from './passes.ts';
import { grownBy } from './planning.ts';
import type { Session, SessionContext } from './session.ts';
import type { ByMove } from './settings.ts';
import { identifierOf, type Unit } from './unit.ts';

/** After so long without a pending response it is said that the peer sends none. */
const NO_PROGRESS_MS = 5_000;
/** Associations of one C-GET attempt: the first, and more for what had no context. */
const MOST_PASSES = 4;

export interface AttemptContext extends SessionContext {
	/** A Message ID that no other retrieve of ours has. */
	readonly nextMessageId: () => number;
	/** SOP classes that the peer has refused with none but such beside them. */
	readonly refusedAlone: Set<string>;
	/** Tells it once in a run. */
	readonly noteOnce: (code: 'no-progress' | 'role-unanswered', text: string) => void;
}

/**
 * Makes the requests for a unit and takes in the final responses. The ledger is then to be judged.
 *
 * @returns whether all requests were made: false where the caller has cancelled
 * @throws OpeningError where nothing was asked; DicomError when the association ended in the middle
 */
export const attempt = async (
	context: AttemptContext,
	session: Session,
	ledger: Ledger,
	by: 'get' | ByMove,
): Promise<boolean> => {
	ledger.attempts++;
	const { settings, signals } = context;
	const isWanted = settings.verify || (by === 'get' && settings.contexts === 'auto');
	if (isWanted && !ledger.isAsked) await ask(context, session, ledger, by);
	if (signals.interrupt.aborted) return false;
	if (ledger.isCompleteBefore && !hasGrown(context, ledger)) return true;
	const named = by === 'get' ? acceptedByName(settings, ledger) : undefined;
	const requests = named === undefined ? ledger.requests(settings.model) : ledger.requestsFor(named, settings.model);
	if (requests.length === 0) return true; // an earlier run has fetched all of it, or nothing of it is accepted
	ledger.startedAt ??= (settings.clock ?? MONOTONIC).now();
	await settings.journal?.begun(ledger.unit);
	session.current = ledger;
	try {
		return by === 'get'
			? await getPasses(context, session, ledger, requests)
			: await moveAll(context, session, ledger, requests, by);
	} finally {
		session.current = undefined;
	}
};

/** A unit that is complete by the journal is to be taken again where the peer has more of it by now. */
const hasGrown = ({ emit }: AttemptContext, ledger: Ledger): boolean => {
	const { unit, expected, before } = ledger;
	const more = before === undefined ? 0 : grownBy(expected, unit, before);
	if (more === 0) return false;
	ledger.isCompleteBefore = false;
	const text = `complete by the journal, and the peer has ${more} more by now: asking again`;
	emit({ kind: 'note', code: 'resumed', text, unit: ledger.index });
	return true;
};

/** That it cannot be asked is no reason not to retrieve. */
const ask = async (
	{ emit, signals }: AttemptContext,
	session: Session,
	ledger: Ledger,
	by: 'get' | ByMove,
): Promise<void> => {
	const { index: unit } = ledger;
	const note = (text: string): void => emit({ kind: 'note', code: 'no-expectation', text, unit });
	try {
		const expected = await session.expected(ledger.unit, by === 'get' ? 'query' : 'C-MOVE');
		ledger.isAsked = true;
		if (signals.interrupt.aborted) return;
		if (expected === undefined) note('the peer takes no queries: what is expected is not known');
		else {
			ledger.expected = expected;
			const { problem, from } = expected;
			if (problem !== undefined && from === 'instances')
				emit({ kind: 'note', code: 'query-cut-off', text: problem, unit });
			else if (problem !== undefined && from !== 'asked') note(problem);
		}
	} catch (error) {
		if (!(error instanceof DicomError) || signals.interrupt.aborted) throw error;
		ledger.isAsked = true;
		note(`the peer ended the association when it was asked what there is (${error.message})`);
	}
	const { from, count, series } = ledger.expected;
	emit({ kind: 'expected', unit, from, series, ...(count === undefined ? {} : { count }) });
};

const getPasses = async (
	context: AttemptContext,
	session: Session,
	ledger: Ledger,
	first: readonly Unit[],
): Promise<boolean> => {
	const { settings, emit } = context;
	const tried = new Map<string, number>();
	let pass: Pass = { again: 0, requests: first, wanted: firstWanted(settings, ledger) };
	for (let count = 1; ; count++) {
		const opened = await session.forGet(pass.wanted, ledger);
		for (const { sopClassUid, isCompressed } of pass.wanted)
			tried.set(sopClassUid, isCompressed === true ? EVERYTHING : session.contextsOf(sopClassUid));
		const hasAny = session.hasAnyOf(pass.wanted);
		if (!hasAny && count > 1) for (const { sopClassUid } of pass.wanted) context.refusedAlone.add(sopClassUid);
		if (hasAny && count > 1) ledger.supersede(pass.again);
		if (session.hasUnansweredRoles)
			context.noteOnce('role-unanswered', 'the peer leaves the role selection unanswered: what it sends is taken');
		for (const [index, unit] of (hasAny || count === 1 ? pass.requests : []).entries()) {
			if (context.signals.interrupt.aborted) return false;
			const { association, context: on } = opened;
			const identifier = identifierOf(unit, settings.model, settings.relational);
			const retrieval = get(association, on, identifier, options(context));
			if (index === 0) started(context, ledger, { service: 'C-GET', association, requests: pass.requests });
			await follow(context, ledger, 'C-GET', retrieval);
		}
		if (context.signals.interrupt.aborted || count === MOST_PASSES) return true;
		const next = nextPass(settings, ledger, tried, context.refusedAlone);
		if (next === undefined) return true;
		emit({ kind: 'note', code: 'second-association', text: next.text, unit: ledger.index });
		pass = next;
	}
};

const moveAll = async (
	context: AttemptContext,
	session: Session,
	ledger: Ledger,
	requests: readonly Unit[],
	{ moveTo, arrivals }: ByMove,
): Promise<boolean> => {
	const { settings } = context;
	const { association, context: on } = await session.forMove();
	for (const [index, unit] of requests.entries()) {
		if (context.signals.interrupt.aborted) return false;
		const retrieval = move(
			association,
			on,
			identifierOf(unit, settings.model, settings.relational),
			moveTo,
			options(context),
		);
		ledger.messageIds.add(retrieval.messageId);
		if (index === 0) started(context, ledger, { service: 'C-MOVE', association, requests, destination: moveTo });
		await follow(context, ledger, 'C-MOVE', retrieval, arrivals !== undefined);
	}
	return true;
};

const options = ({ settings, nextMessageId }: AttemptContext) => ({
	messageId: nextMessageId(),
	...(settings.priority === undefined ? {} : { priority: settings.priority }),
});

const started = (
	{ emit }: AttemptContext,
	ledger: Ledger,
	what: {
		readonly service: 'C-GET' | 'C-MOVE';
		readonly association: Association;
		readonly requests: readonly Unit[];
		readonly destination?: string;
	},
): void => {
	const { service, association, requests, destination } = what;
	const only = requests.some((one) => one.level !== ledger.unit.level || one.sopUids !== ledger.unit.sopUids)
		? requests.reduce((sum, { sopUids = [] }) => sum + sopUids.length, 0)
		: 0;
	emit({
		kind: 'unit-started',
		unit: ledger.index,
		attempt: ledger.attempts,
		service,
		association: association.number,
		...(destination === undefined ? {} : { destination }),
		...(only === 0 ? {} : { only }),
	});
};

/** From the request to its final response. @param isSeen what it sends comes here */
const follow = async (
	context: AttemptContext,
	ledger: Ledger,
	service: 'C-GET' | 'C-MOVE',
	retrieval: Retrieval,
	isSeen = true,
): Promise<void> => {
	const { emit, signals, settings } = context;
	const clock = settings.clock ?? MONOTONIC;
	const unit = ledger.index;
	const cancel = () => retrieval.cancel();
	signals.interrupt.addEventListener('abort', cancel, { once: true });
	if (signals.interrupt.aborted) cancel(); // whoever was told that it has begun may have done that
	const quiet = clock.after(NO_PROGRESS_MS, () =>
		context.noteOnce(
			'no-progress',
			isSeen
				? 'the peer sends no progress: counting arrivals'
				: 'the peer sends no progress: nothing is known before its final response',
		),
	);
	ledger.lastSignAt = clock.now();
	const told = (response: CGetRsp | CMoveRsp): Counts => {
		const counts = countsOf(response);
		ledger.lastSignAt = clock.now();
		emit({ kind: 'response', unit, status: response.status, counts });
		return counts;
	};
	try {
		for await (const response of retrieval) {
			quiet();
			expectByCounts(context, ledger, told(response));
		}
		const { response, failedSopInstanceUids } = await retrieval.final;
		const counts = told(response);
		const final = finalOf(service, response);
		ledger.answered(final, counts, failedSopInstanceUids);
		emit({ kind: 'final', unit, final, counts, failedSopInstanceUids });
	} finally {
		quiet();
		signals.interrupt.removeEventListener('abort', cancel);
	}
};

/** Better than nothing to show, and worth nothing for a verdict. */
const expectByCounts = ({ emit }: AttemptContext, ledger: Ledger, counts: Counts): void => {
	const { completed = 0, failed = 0, warning = 0, remaining } = counts;
	if (remaining === undefined || ledger.expected.count !== undefined || ledger.expected.from !== 'nothing') return;
	const count = completed + failed + warning + remaining;
	ledger.expected = { ...ledger.expected, from: 'first-response', count };
	emit({ kind: 'expected', unit: ledger.index, from: 'first-response', count, series: [] });
};

const countsOf = (response: CGetRsp | CMoveRsp): Counts => {
	const {
		numberOfCompletedSuboperations: completed,
		numberOfFailedSuboperations: failed,
		numberOfWarningSuboperations: warning,
		numberOfRemainingSuboperations: remaining,
	} = response;
	return {
		...(completed === undefined ? {} : { completed }),
		...(failed === undefined ? {} : { failed }),
		...(warning === undefined ? {} : { warning }),
		...(remaining === undefined ? {} : { remaining }),
	};
};

const finalOf = (service: 'C-GET' | 'C-MOVE', response: CGetRsp | CMoveRsp): FinalStatus => {
	const { status, errorComment, offendingElements, errorId } = response;
	return {
		service,
		status,
		...(errorComment === undefined ? {} : { errorComment }),
		...(offendingElements === undefined ? {} : { offendingElements }),
		...(errorId === undefined ? {} : { errorId }),
	};
};
