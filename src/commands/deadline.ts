/** When a command is to end before it is done: by a signal, or because `--timeout` ran out; and what becomes of its associations then. */
import type { Association } from '../association/association.ts';
import type { Environment } from '../cli/environment.ts';
import { DicomError, type Failure } from '../errors.ts';

/** So many milliseconds a peer has to end what was cancelled when `--timeout` has run out, whatever it sends meanwhile. */
const EXPIRED_MS = 2_000;
/** So many milliseconds a peer may be silent after the first signal. */
const SILENCE_MS = 5_000;

/** Ends what a command does: by a signal, or because `--timeout` ran out. */
export interface Deadline {
	/** Cancel or finish what is in hand, and begin nothing more. */
	readonly signal: AbortSignal;
	/**
	 * End at once: the second signal, or `signal` has been given and the peer does not end what was cancelled. The associations that it holds
	 * are aborted then.
	 */
	readonly abort: AbortSignal;
	/** It was the timeout. */
	readonly hasExpired: boolean;
	/** To be thrown where the end was not what the user wanted. */
	failure(): DicomError;
	/** What is to be told of an error: that the command was ended, where that is all it says, or where the time has run out. */
	told(error: DicomError): DicomError;
	/** The association is aborted with `abort`; as long as anything comes on one of them, the peer is not silent. */
	holds(association: Association): void;
	clear(): void;
}

/**
 * @param seconds 0 for none
 * @param silenceMs how long the peer may be silent after the first signal, on all associations that are held
 */
export const deadline = (seconds: number, env: Environment, silenceMs = SILENCE_MS): Deadline =>
	new CommandDeadline(seconds, env, silenceMs);

class CommandDeadline implements Deadline {
	readonly #env: Environment;
	readonly #timeoutMs: number;
	readonly #silenceMs: number;
	readonly #ending = new AbortController();
	readonly #aborting = new AbortController();
	readonly #held = new Set<Association>();
	readonly #timer: NodeJS.Timeout | undefined;
	#grace: NodeJS.Timeout | undefined;
	#hasExpired = false;

	constructor(seconds: number, env: Environment, silenceMs: number) {
		this.#env = env;
		this.#timeoutMs = seconds * 1000;
		this.#silenceMs = silenceMs;
		this.#timer = seconds === 0 ? undefined : setTimeout(() => this.#expire(), this.#timeoutMs);
		env.interrupt.addEventListener('abort', this.#interrupted, { once: true });
		env.abort.addEventListener('abort', this.#aborted, { once: true });
		if (env.interrupt.aborted) this.#interrupted();
		if (env.abort.aborted) this.#aborted();
	}

	get signal(): AbortSignal {
		return this.#ending.signal;
	}

	get abort(): AbortSignal {
		return this.#aborting.signal;
	}

	get hasExpired(): boolean {
		return this.#hasExpired;
	}

	failure(): DicomError {
		return new DicomError(
			this.#hasExpired
				? { blame: 'timeout', waitingFor: 'command-end', timeoutMs: this.#timeoutMs }
				: { blame: 'interrupted', signal: String(this.#env.interrupt.reason ?? 'SIGINT') },
		);
	}

	told(error: DicomError): DicomError {
		const { failure } = error;
		const isOurs = this.signal.aborted && failure.blame === 'interrupted' && failure.signal === undefined;
		return this.#hasExpired || isOurs ? this.failure() : error;
	}

	holds(association: Association): void {
		this.#held.add(association);
		void association.closed.then(() => this.#held.delete(association));
		if (this.abort.aborted) void association.abort(this.failure().failure);
	}

	clear(): void {
		clearTimeout(this.#timer);
		clearTimeout(this.#grace);
		this.#env.interrupt.removeEventListener('abort', this.#interrupted);
		this.#env.abort.removeEventListener('abort', this.#aborted);
	}

	/** What a signal has begun to end is given no more time than anything else. */
	#expire(): void {
		this.#hasExpired = !this.signal.aborted;
		this.#ending.abort('timeout');
		clearTimeout(this.#grace);
		this.#grace = setTimeout(() => this.#end(this.failure().failure), EXPIRED_MS);
	}

	readonly #interrupted = (): void => {
		if (this.signal.aborted) return;
		this.#ending.abort(this.#env.interrupt.reason);
		this.#listen(this.#env.now());
	};

	readonly #aborted = (): void =>
		this.#end({ blame: 'interrupted', signal: String(this.#env.abort.reason ?? 'SIGINT') });

	/** Until the peer has been silent for as long as it may. @param since when the signal came */
	#listen(since: number): void {
		const silent = Math.min(this.#env.now() - since, ...[...this.#held].map(({ silentMs }) => silentMs));
		if (this.#held.size > 0 && silent >= this.#silenceMs) this.#end(this.failure().failure);
		else {
			const left = this.#held.size > 0 ? this.#silenceMs - silent : this.#silenceMs;
			this.#grace = setTimeout(() => this.#listen(since), Math.ceil(left));
		}
	}

	#end(failure: Failure): void {
		clearTimeout(this.#grace);
		for (const association of this.#held) void association.abort(failure);
		this.#aborting.abort(failure.blame === 'interrupted' ? failure.signal : 'timeout');
	}
}
