/** The C-STORE sub-operations of one C-GET or C-MOVE: what is left, what became of the others, and what the responses say of it (PS3.4 C.4.2.1). */
import type { IncomingRequest } from '../association/incoming.ts';
import type { Dataset } from '../dicom/dataset.ts';
import { TAG } from '../dicom/tags.ts';
import type { CGetRq, CMoveRq } from '../dimse/messages.ts';
import { statusOf } from '../dimse/status.ts';
import type { Failure } from '../errors.ts';
import { failureWords } from './failure-words.ts';
import type { Sending, SendingOutcome } from './instance-sender.ts';
import type { SubOperationCounts, SubOperationEvent } from './retrieve-scp.ts';
import type { StoredInstance } from './stored-instance.ts';
import type { SubOperationPolicy } from './sub-operation-policy.ts';

/** The counts are 16 bits; from there on the Error Comment of the final response has the true ones. */
const MOST = 0xffff;

/** What a final response says. */
export interface FinalStatus {
	readonly status: number;
	readonly errorComment?: string;
	/** (0008,0058) in its identifier; empty for none. */
	readonly failedSopInstanceUids: readonly string[];
}

/** Counts of what is not begun. */
export const NOTHING_DONE: SubOperationCounts = { remaining: 0, completed: 0, failed: 0, warning: 0 };

export class SubOperations implements Sending<StoredInstance> {
	readonly priority: CGetRq['priority'];
	readonly #signal: AbortSignal;
	readonly #policy: SubOperationPolicy;
	readonly #tell: (event: SubOperationEvent) => void;
	readonly #total: number;
	readonly #failedUids: string[] = [];
	/** The words for the first that failed, else for the first that was warned of. */
	#firstFailure: string | undefined;
	#firstWarning: string | undefined;
	#completed = 0;
	#warning = 0;
	#queue: readonly StoredInstance[] = [];
	#next = 0;
	#index = 0;
	#back: StoredInstance[] = [];

	/**
	 * @param instances that are to be sent
	 * @param unsent so many more are counted as completed
	 */
	constructor(
		{ message, signal }: IncomingRequest<CGetRq | CMoveRq>,
		instances: readonly StoredInstance[],
		unsent: number,
		policy: SubOperationPolicy,
		tell: (event: SubOperationEvent) => void,
	) {
		this.priority = message.priority;
		this.#signal = signal;
		this.#policy = policy;
		this.#tell = tell;
		this.#total = instances.length + unsent;
		this.#completed = unsent;
	}

	get counts(): SubOperationCounts {
		const failed = this.#failedUids.length;
		const [completed, warning] = [this.#completed, this.#warning];
		return { remaining: this.#total - completed - warning - failed, completed, failed, warning };
	}

	/** Nothing more may be begun: a C-CANCEL-RQ, or the requester has gone. */
	get isStopped(): boolean {
		return this.#signal.aborted;
	}

	/** Nothing of what was enqueued waits. */
	get isEmpty(): boolean {
		return this.#back.length === 0 && this.#next >= this.#queue.length;
	}

	/** What is taken from here on; nothing may be left of what was enqueued before. */
	enqueue(instances: readonly StoredInstance[]): void {
		this.#queue = instances;
		this.#next = 0;
	}

	// ---- sending ----------------------------------------------------------------------------------------------------------

	take(): StoredInstance | undefined {
		while (!this.isStopped) {
			const given = this.#back.pop();
			if (given !== undefined) return given;
			const instance = this.#queue[this.#next++];
			if (instance === undefined) return undefined;
			const status = this.#policy.statusFor?.(this.#index++, instance);
			if (status === undefined) return instance;
			this.#answered(instance, { status });
		}
		return undefined;
	}

	giveBack(instance: StoredInstance): void {
		this.#back.push(instance);
	}

	settled(instance: StoredInstance, outcome: SendingOutcome): void {
		if ('response' in outcome) this.#answered(instance, outcome.response);
		else this.#fail(instance, outcome.failure);
	}

	/** Nothing of what still waits will be sent. Others get their turn between a few hundred of them. */
	async failRest(failure: Failure): Promise<void> {
		let failed = 0;
		for (let instance = this.take(); instance !== undefined; instance = this.take()) {
			this.#fail(instance, failure);
			if (++failed % 256 === 0) await new Promise((resolve) => setImmediate(resolve));
		}
	}

	#answered(
		instance: StoredInstance,
		{ status, errorComment }: { readonly status: number; readonly errorComment?: string },
	): void {
		const { class: kind } = statusOf('C-STORE', status);
		if (kind !== 'success' && kind !== 'warning') {
			const comment = errorComment === undefined ? {} : { errorComment };
			this.#fail(instance, { blame: 'status', service: 'C-STORE', status, ...comment });
			return;
		}
		if (kind === 'success') this.#completed++;
		else {
			this.#warning++;
			this.#firstWarning ??= failureWords({ blame: 'status', service: 'C-STORE', status });
		}
		this.#tell({ kind: 'sent', instance, status, counts: this.counts });
	}

	#fail(instance: StoredInstance, failure: Failure): void {
		this.#failedUids.push(instance.sopInstanceUid);
		this.#firstFailure ??= failureWords(failure);
		this.#tell({ kind: 'not-sent', instance, failure, counts: this.counts });
	}

	// ---- what is said of it -----------------------------------------------------------------------------------------------

	/** @param about of whom the first failure speaks, as a move destination */
	final(about: string): FinalStatus {
		const { remaining, failed, warning } = this.counts;
		const errorComment = this.#comment(about);
		return {
			status: this.#status(remaining, failed, warning),
			...(errorComment === '' ? {} : { errorComment }),
			failedSopInstanceUids: this.#failedUids,
		};
	}

	#status(remaining: number, failed: number, warning: number): number {
		if (remaining > 0) return 0xfe00;
		if (failed + warning === 0) return 0x0000;
		return failed === this.#total ? 0xa702 : 0xb000;
	}

	#comment(about: string): string {
		const { remaining, completed, failed, warning } = this.counts;
		const total = this.#total;
		if (total > MOST)
			return `${completed} completed, ${failed} failed, ${warning} warned${remaining > 0 ? `, ${remaining} left` : ''}`;
		const said: string[] = [];
		if (remaining > 0) said.push(`cancelled, ${remaining} of ${total} left`);
		if (failed > 0) said.push(`${failed} of ${total} failed: ${about}${this.#firstFailure ?? ''}`);
		else if (warning > 0) said.push(`${warning} of ${total} with warnings: ${this.#firstWarning ?? ''}`);
		return said.join('; ');
	}
}

/** The identifier of a final response with failures; UIDs that cannot be written are left out. */
export const failedList = (sopInstanceUids: readonly string[]): Dataset => ({
	[TAG.FailedSOPInstanceUIDList]: { vr: 'UI', Value: sopInstanceUids.filter((uid) => /^[0-9.]{1,64}$/.test(uid)) },
});
