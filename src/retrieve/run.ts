/** A retrieve from its units to its outcome (PS3.4 C.4.2, C.4.3, Y.4, Z.4): units over associations, verification, what is asked for again. */
import { MONOTONIC } from '../association/clock.ts';
import { QUERY_MODELS } from '../dicom/sop-classes.ts';
import { DicomError, type RefusedContext } from '../errors.ts';
import { attempt } from './attempt.ts';
import type { RetrieveEvent, RetrieveOutcome, Untimed, Verdict } from './events.ts';
import { Intake } from './intake.ts';
import { Ledger } from './ledger.ts';
import { checkSettings, isToCompare, resumedText, statesOf } from './planning.ts';
import { OpeningError, Session, type SessionContext } from './session.ts';
import { isCancel, isCrowded, isNotDone, isOverloaded, isPassing } from './setbacks.ts';
import type { ByMove, RetrieveSettings, RetrieveSignals } from './settings.ts';
import { Destination, MOST_SETTLING, pause, settle } from './settling.ts';
import type { Judgement } from './verdict.ts';

/**
 * Retrieves every unit and says of each what came of it. A unit that fails does not end the others.
 *
 * @param on is told everything as it happens; what it throws is a bug
 * @returns also when it was cancelled, or when units failed
 * @throws DicomError where nothing could be done at all: the first association was not opened (as `connect` throws), no context of the
 *   retrieve was accepted (no-context), a unit does not fit the model (usage), the journal cannot be written (io)
 */
export const runRetrieve = (
	settings: RetrieveSettings,
	on: (event: RetrieveEvent) => void,
	signals: RetrieveSignals,
): Promise<RetrieveOutcome> => new Run(settings, on, signals).run();

/** Milliseconds before an association that was not opened is tried again, once each. */
const BACKOFF_MS = [1_000, 4_000];
/** The same for the first one, where the peer says that it has no room for the moment (rejected-transient). */
const TRANSIENT_MS = [1_000, 2_000, 5_000];

class Run {
	readonly #settings: RetrieveSettings;
	readonly #signals: RetrieveSignals;
	readonly #emit: (event: Untimed) => void;
	readonly #now: () => number;
	readonly #context: SessionContext;
	readonly #intake: Intake;
	readonly #destination: Destination | undefined;
	readonly #ledgers: readonly Ledger[];
	#queue: Ledger[] = [];
	readonly #settling = new Set<Promise<void>>();
	readonly #sessions = new Set<Session>();
	#working = 0;
	#workers = 0;
	readonly #started: Promise<void>[] = [];
	#limit: number;
	#by: 'get' | ByMove;
	#fallingBack: Promise<void> | undefined;
	/** What C-GET was refused with, before C-MOVE was tried. */
	#refusedGet: readonly RefusedContext[] = [];
	/** An association has been opened, and a request made on it. */
	#hasOpened = false;
	#hasAsked = false;
	/** Why nothing more is begun. */
	#fatal: unknown;
	#messageId = 0;
	readonly #told = new Set<string>();
	readonly #refusedAlone = new Set<string>();
	#changed = Promise.withResolvers<void>();

	constructor(settings: RetrieveSettings, on: (event: RetrieveEvent) => void, signals: RetrieveSignals) {
		const clock = settings.clock ?? MONOTONIC;
		this.#settings = settings;
		this.#signals = signals;
		this.#by = settings.by;
		this.#limit = Math.max(1, settings.jobs);
		this.#now = () => clock.now();
		this.#emit = (event) => {
			on({ at: clock.now(), ...event });
			if (event.kind !== 'association-opened') return;
			this.#hasOpened = true;
			this.#wake();
		};
		this.#ledgers = settings.units.map((unit, index) => new Ledger(index, unit, settings.journal?.before(unit)));
		this.#intake = new Intake({
			settings,
			emit: this.#emit,
			now: this.#now,
			alive: () => {
				for (const { association } of this.#sessions) association?.touch();
			},
		});
		this.#context = { settings, signals, emit: this.#emit, serve: (session) => this.#intake.serve(session) };
		const findOn = settings.verify ? settings.findOn : undefined;
		this.#destination = findOn && new Destination(this.#context, findOn);
	}

	async run(): Promise<RetrieveOutcome> {
		const startedAt = this.#now();
		checkSettings(this.#settings);
		await this.#plan();
		this.#intake.listen(this.#by);
		this.#signals.interrupt.addEventListener('abort', this.#wake, { once: true });
		try {
			// The first association shows whether there can be others.
			this.#started.push(this.#worker());
			this.#signals.atOnce?.follow((count) => this.#limitTo(count));
			while (!this.#hasOpened && this.#isAtWork && this.#limit > 1) await this.#changed.promise;
			this.#hireMore();
			// Others may begin meanwhile.
			for (const worker of this.#started) await worker;
		} finally {
			this.#signals.atOnce?.follow(undefined);
			this.#signals.interrupt.removeEventListener('abort', this.#wake);
			this.#intake.stop();
			await this.#destination?.release();
		}
		if (this.#fatal !== undefined) throw this.#fatal;
		for (const ledger of this.#ledgers) if (ledger.result === undefined) await this.#leave(ledger);
		return {
			units: this.#ledgers.flatMap(({ result }) => (result === undefined ? [] : [result])),
			isInterrupted: this.#signals.interrupt.aborted || this.#signals.abort.aborted,
			service: this.#by === 'get' ? 'C-GET' : 'C-MOVE',
			...this.#intake.totals(),
			jobs: this.#limit,
			elapsedMs: this.#now() - startedAt,
		};
	}

	async #plan(): Promise<void> {
		const { units } = this.#settings;
		const states = statesOf(this.#settings);
		this.#emit({ kind: 'planned', units, states });
		const resumed = resumedText(this.#settings, states);
		if (resumed !== undefined) this.#note('resumed', resumed);
		for (const ledger of this.#ledgers) {
			const { unit, before, isCompleteBefore } = ledger;
			if (before === undefined || !isCompleteBefore || isToCompare(this.#settings, unit, before))
				this.#queue.push(ledger);
			else await this.#settle(ledger, 'complete-before');
		}
	}

	#note(code: Extract<RetrieveEvent, { kind: 'note' }>['code'], text: string, ledger?: Ledger): void {
		this.#emit({ kind: 'note', code, text, ...(ledger === undefined ? {} : { unit: ledger.index }) });
	}

	// ---- workers ----------------------------------------------------------------------------------------------------

	get #isAtWork(): boolean {
		return this.#workers > 0 && (this.#queue.length > 0 || this.#working > 0 || this.#settling.size > 0);
	}

	readonly #wake = (): void => {
		this.#changed.resolve();
		this.#changed = Promise.withResolvers();
	};

	/** As many as there may be and as have something to do. */
	#hireMore(): void {
		const most = Math.min(this.#limit, this.#queue.length + this.#working);
		for (let more = most - this.#workers; more > 0; more--) this.#started.push(this.#worker());
	}

	#limitTo(count: number): void {
		this.#limit = count;
		if (this.#hasOpened && this.#isAtWork) this.#hireMore();
		this.#wake();
	}

	async #worker(): Promise<void> {
		const session = new Session(this.#context);
		this.#sessions.add(session);
		this.#workers++;
		try {
			while (this.#workers <= this.#limit) {
				if (this.#fatal !== undefined || this.#signals.interrupt.aborted) this.#queue = [];
				const ledger = this.#settling.size < MOST_SETTLING ? this.#queue.shift() : undefined;
				if (ledger !== undefined) {
					this.#working++;
					await this.#work(session, ledger);
					this.#working--;
					this.#wake();
				} else if (this.#isAtWork) {
					// An association that does nothing is a place taken from others.
					if (this.#queue.length === 0) await session.release();
					if (this.#isAtWork && (this.#queue.length === 0 || this.#settling.size >= MOST_SETTLING))
						await this.#changed.promise;
				} else break;
			}
		} catch (error) {
			this.#fatal ??= error;
		} finally {
			this.#workers--;
			await session.release();
			this.#sessions.delete(session);
			this.#wake();
		}
	}

	async #work(session: Session, ledger: Ledger): Promise<void> {
		const by = this.#by;
		this.#intake.begin(ledger);
		const ends = ledger.ends.length;
		let isDone: boolean;
		try {
			isDone = await attempt(
				{
					...this.#context,
					refusedAlone: this.#refusedAlone,
					nextMessageId: () => this.#nextMessageId(),
					noteOnce: (code, text) => {
						if (this.#told.has(code)) return;
						this.#told.add(code);
						this.#note(code, text);
					},
				},
				session,
				ledger,
				by,
			);
			this.#hasAsked ||= ledger.ends.length > 0;
			if (by === 'get' || this.#signals.interrupt.aborted) await this.#intake.landed(ledger, by);
		} catch (error) {
			if (error instanceof OpeningError) return this.#notOpened(ledger, error.error);
			if (error instanceof DicomError) {
				await this.#intake.landed(ledger, by);
				return this.#failed(ledger, error, by);
			}
			throw error;
		}
		if (this.#signals.interrupt.aborted) {
			// The final response may have crossed the C-CANCEL: then it stands, but a success of nothing proves nothing.
			const { final, counts } = ledger.ends.at(-1) ?? {};
			const isEmpty = final?.status === 0x0000 && ledger.arrived.size === 0 && !counts?.completed;
			if (!isDone || isCancel(final) || isEmpty) ledger.ended = 'cancelled';
		} else if (await this.#isSetBack(ledger, by, ends)) return undefined;
		return this.#settleLater(ledger, by);
	}

	#nextMessageId(): number {
		this.#messageId = this.#messageId === 0xffff ? 1 : this.#messageId + 1;
		return this.#messageId;
	}

	// ---- setbacks ---------------------------------------------------------------------------------------------------

	/** The answers of the peer mean that the unit is to be tried in another way. */
	async #isSetBack(ledger: Ledger, by: 'get' | ByMove, ends: number): Promise<boolean> {
		const final = ledger.ends.at(-1)?.final;
		if (final === undefined || ledger.ends.length !== ends + 1 || ledger.arrived.size > 0) return false;
		if (by === 'get' && isNotDone(final) && this.#mayFallBack) {
			await this.#fallBack(`the peer answers C-GET with 0x${final.status.toString(16).padStart(4, '0').toUpperCase()}`);
			ledger.ends.pop();
			this.#again(ledger);
			return true;
		}
		if (isOverloaded(final) && this.#workers > 1 && ledger.refusals++ === 0) {
			ledger.ends.pop();
			this.#lower('the peer is out of resources', ledger);
			return true;
		}
		return false;
	}

	#again(ledger: Ledger): void {
		this.#queue.unshift(ledger);
		this.#wake();
	}

	#lower(why: string, ledger: Ledger): void {
		this.#limit = Math.max(1, Math.min(this.#limit, this.#workers) - 1);
		const now = this.#limit === 1 ? '1 association' : `${this.#limit} associations`;
		this.#note('fewer-associations', `${why}: going on with ${now}`, ledger);
		this.#again(ledger);
	}

	/** The composite models have no queries: who does not do their C-GET does not do their C-MOVE. */
	get #mayFallBack(): boolean {
		const { fallback, model } = this.#settings;
		return fallback !== undefined && QUERY_MODELS[model].find !== undefined;
	}

	async #fallBack(why: string): Promise<void> {
		const { fallback } = this.#settings;
		this.#fallingBack ??= (async () => {
			if (fallback === undefined) return;
			const by = await fallback();
			this.#note('fallback', `${why}: using C-MOVE to ${by.moveTo}`);
			this.#by = by;
			this.#intake.listen(by);
		})();
		await this.#fallingBack;
	}

	async #notOpened(ledger: Ledger, error: DicomError): Promise<void> {
		const { failure } = error;
		if (this.#signals.interrupt.aborted || this.#signals.abort.aborted)
			return this.#settleLater(ledger, this.#by, 'cancelled');
		const isTransient = failure.blame === 'rejected' && failure.result === 2;
		const isBusy = isTransient && this.#workers === 1 && ledger.openings < TRANSIENT_MS.length;
		if (!this.#hasOpened && !isBusy) {
			this.#fatal = error;
			return undefined;
		}
		if (isCrowded(failure) && this.#workers > 1)
			return this.#lower(`no further association (${error.message})`, ledger);
		const wait = (this.#hasOpened ? BACKOFF_MS : TRANSIENT_MS)[ledger.openings++];
		if (wait !== undefined && isPassing(failure)) {
			this.#note('tried-again', `no association (${error.message}): again in ${wait / 1000} s`, ledger);
			await pause(this.#settings.clock ?? MONOTONIC, wait, this.#signals.interrupt);
			return this.#again(ledger);
		}
		// The peer is gone: what is left would fail the same way, one after the other.
		this.#queue = [];
		return this.#settleLater(ledger, this.#by, failure);
	}

	async #failed(ledger: Ledger, error: DicomError, by: 'get' | ByMove): Promise<void> {
		const { failure } = error;
		if (this.#signals.interrupt.aborted || this.#signals.abort.aborted)
			return this.#settleLater(ledger, by, 'cancelled');
		if (failure.blame === 'no-context') {
			if (by === 'get' && this.#mayFallBack) {
				this.#refusedGet = failure.refused;
				await this.#fallBack('the peer accepts no C-GET');
				return this.#again(ledger);
			}
			// After a fallback both services were refused.
			const refused = [...(by === 'get' ? [] : this.#refusedGet), ...failure.refused];
			if (!this.#hasAsked) {
				this.#fatal = new DicomError({ blame: 'no-context', refused }, { cause: error });
				return undefined;
			}
			return this.#settleLater(ledger, by, { blame: 'no-context', refused });
		}
		if (failure.blame === 'io') {
			this.#fatal = error; // the journal: nothing that is done from here on would be known
			return undefined;
		}
		this.#hasAsked = true;
		if (ledger.losses++ === 0) {
			this.#note('tried-again', `the association was lost (${error.message}): trying once more`, ledger);
			return this.#again(ledger);
		}
		return this.#settleLater(ledger, by, failure);
	}

	// ---- verdicts ---------------------------------------------------------------------------------------------------

	/** The worker goes on; what is late comes meanwhile. */
	async #settleLater(ledger: Ledger, by: 'get' | ByMove, ended?: Ledger['ended']): Promise<void> {
		if (ended !== undefined) ledger.ended = ended;
		const isUntouched = ledger.ended === 'cancelled' && ledger.startedAt === undefined;
		if (isUntouched || ledger.isCompleteBefore) return this.#leave(ledger);
		const settled = settle(this.#context, ledger, by, this.#destination)
			.then((judgement) => this.#judged(ledger, judgement))
			.catch((error: unknown) => {
				this.#fatal ??= error;
			})
			.finally(() => {
				this.#settling.delete(settled);
				this.#wake();
			});
		this.#settling.add(settled);
		return undefined;
	}

	/** It was not begun, or is as it was. */
	#leave(ledger: Ledger): Promise<void> {
		return this.#settle(ledger, ledger.isCompleteBefore ? 'complete-before' : 'not-begun');
	}

	async #judged(ledger: Ledger, judgement: Judgement): Promise<void> {
		const { verdict, contradiction, missing } = judgement;
		if (contradiction !== undefined) this.#note('contradiction', contradiction, ledger);
		// Refused at the first instance is another thing than refused as a whole.
		const hasTried = verdict === 'refused' && (judgement.claimed.failed ?? 0) > 0;
		const wasCut = verdict === 'failed' && judgement.missingCount > 0 && ledger.isCutOff;
		const isShort = verdict === 'incomplete' || verdict === 'claimed-not-arrived' || hasTried || wasCut;
		const named = missing.filter(
			({ why }) => why.cause !== 'not-there' && !(why.cause === 'no-context' && why.by === 'caller'),
		).length;
		const isOver = this.#signals.interrupt.aborted || this.#fatal !== undefined;
		if (isShort && named > 0 && !isOver && ledger.retries < this.#settings.retryMissing) {
			ledger.retries++;
			ledger.supersede(named);
			ledger.ended = undefined;
			this.#note(
				'retry-missing',
				named === 1 ? '1 is missing: asking for it again' : `${named} are missing: asking for them again`,
				ledger,
			);
			return this.#again(ledger);
		}
		return this.#settle(ledger, verdict, judgement);
	}

	async #settle(ledger: Ledger, verdict: Verdict, judgement?: Judgement): Promise<void> {
		this.#intake.end(ledger);
		const result = ledger.settle(verdict, judgement, this.#now());
		this.#emit({ kind: 'unit-settled', unit: ledger.index, result });
		if (verdict !== 'complete-before' && verdict !== 'not-begun')
			await this.#settings.journal?.settled(ledger.unit, result);
	}
}
