/** From the final response to a verdict: late arrivals waited for here, a third party's destination looked into. */
import { type Clock, MONOTONIC } from '../association/clock.ts';
import { DicomError } from '../errors.ts';
import type { Untimed } from './events.ts';
import { quietBeforeVerdict } from './late.ts';
import type { Ledger } from './ledger.ts';
import { isAccepted } from './passes.ts';
import { OpeningError, Session, type SessionContext } from './session.ts';
import type { ByMove } from './settings.ts';
import { type Facts, type Judgement, judge } from './verdict.ts';

/** So many units may wait for late arrivals while others are retrieved. */
export const MOST_SETTLING = 32;

/** Looks into a third party's destination; one question after the other, on one association. */
export class Destination {
	readonly #session: Session;
	readonly #emit: (event: Untimed) => void;
	#turn: Promise<unknown> = Promise.resolve();
	#problem: string | undefined;

	constructor(context: SessionContext, findOn: NonNullable<SessionContext['settings']['findOn']>) {
		this.#session = new Session(context, findOn);
		this.#emit = context.emit;
	}

	/** @returns the SOP Instance UIDs that it lists of the unit, or undefined where it cannot tell; that is said once */
	look(ledger: Ledger): Promise<ReadonlySet<string> | undefined> {
		const answer = this.#turn.then(() => this.#look(ledger));
		this.#turn = answer;
		return answer;
	}

	async #look({ unit }: Ledger): Promise<ReadonlySet<string> | undefined> {
		if (this.#problem !== undefined) return undefined;
		try {
			const found = await this.#session.expected(unit, 'verify');
			const isSure = found !== undefined && (found.from === 'instances' || found.from === 'asked');
			if (isSure && (found.problem === undefined || found.listed.size > 0)) return found.listed;
			this.#problem = found?.problem ?? 'it takes no queries';
		} catch (error) {
			if (!(error instanceof DicomError || error instanceof OpeningError)) throw error;
			this.#problem = error.message;
		}
		this.#emit({
			kind: 'note',
			code: 'not-verifiable',
			text: `the destination cannot be looked into: ${this.#problem}`,
		});
		return undefined;
	}

	release(): Promise<void> {
		return this.#session.release();
	}
}

/**
 * Judges a unit when nothing more can be expected to come.
 *
 * @param destination of a third party, where it can be looked into
 */
export const settle = async (
	context: SessionContext,
	ledger: Ledger,
	by: 'get' | ByMove,
	destination: Destination | undefined,
): Promise<Judgement> => {
	if (by === 'get' || by.arrivals !== undefined) return settleHere(context, ledger, by);
	return settleThere(context, ledger, destination);
};

const settleHere = async (context: SessionContext, ledger: Ledger, by: 'get' | ByMove): Promise<Judgement> => {
	const { settings, signals, emit } = context;
	const clock = settings.clock ?? MONOTONIC;
	const arrivals = by === 'get' ? undefined : by.arrivals;
	const unaccepted = (sopClassUid: string) => {
		if (by === 'get') return isAccepted(settings, sopClassUid) ? undefined : 'caller';
		return arrivals?.hasRefused(sopClassUid) === true ? 'us' : undefined;
	};
	const facts = (): Facts => ledger.facts('seen', unaccepted);
	for (let told = 0; ; ) {
		const judgement = judge(facts());
		const isOver = signals.interrupt.aborted;
		const quiet = quietBeforeVerdict(facts(), judgement, settings, !isOver && (arrivals?.standing ?? 0) > 0);
		const until = ledger.lastSignAt + quiet;
		const left = until - clock.now();
		if (quiet === 0 || left <= 0) return judgement;
		if (isOver) return cancelled(ledger, () => judge(facts()));
		const { missingCount: missing, claimed } = judgement;
		if (until >= told + TELL_MS) {
			const { completed } = claimed;
			emit({
				kind: 'waiting',
				unit: ledger.index,
				missing,
				until,
				...(completed === undefined ? {} : { claimed: completed }),
			});
			told = until;
		}
		await pause(clock, left, signals.interrupt, (wake) => ledger.whenArrived(Math.max(1, missing), wake));
	}
};

/** What is late may still be on its way, and nobody waits for it any more: that is nobody's failure. */
const cancelled = (ledger: Ledger, again: () => Judgement): Judgement => {
	ledger.ended = 'cancelled';
	return again();
};

/** It is not told more often how long is waited. */
const TELL_MS = 1_000;

const settleThere = async (
	{ settings, signals }: SessionContext,
	ledger: Ledger,
	destination: Destination | undefined,
): Promise<Judgement> => {
	const clock = settings.clock ?? MONOTONIC;
	const { settleMs } = settings;
	ledger.lastSignAt = clock.now();
	for (;;) {
		const listed = ledger.ended === undefined ? await destination?.look(ledger) : undefined;
		if (listed === undefined) return judge(ledger.facts('unseen'));
		if (listed.size > ledger.arrived.size) ledger.lastSignAt = clock.now();
		ledger.arrived = new Set(listed);
		const facts = ledger.facts('seen');
		const judgement = judge(facts);
		const quiet = quietBeforeVerdict(facts, judgement, settings, false);
		const left = ledger.lastSignAt + quiet - clock.now();
		if (quiet === 0 || left <= 0) return judgement;
		if (signals.interrupt.aborted) return cancelled(ledger, () => judge(ledger.facts('seen')));
		await pause(clock, Math.min(left, Math.max(settleMs, 250)), signals.interrupt);
	}
};

/** So long, or until `wake` is called or the signal comes. */
export const pause = (
	clock: Clock,
	ms: number,
	signal: AbortSignal,
	wakes: (wake: () => void) => () => void = () => () => {},
): Promise<void> =>
	new Promise((resolve) => {
		const done = () => {
			stop();
			forget();
			signal.removeEventListener('abort', done);
			resolve();
		};
		const stop = clock.after(ms, done);
		const forget = wakes(done);
		signal.addEventListener('abort', done, { once: true });
		if (signal.aborted) done();
	});
