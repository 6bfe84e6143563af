/** Fragments in, messages out (PS3.7 6.3, PS3.8 Annex E): command sets whole and decoded, datasets as the stretches they arrive in. */
import type { Fragment } from '../upper-layer/pdu-decoder.ts';
import { decodeCommand, type InvalidCommand, MAX_COMMAND_BYTES } from './command-set.ts';
import { deficiencyResponse } from './deficient-request.ts';
import type { Message } from './messages.ts';

/**
 * What fragments amount to. `data` follows a `command` whose `hasDataset` is true, on its context, until `isLast`; its `bytes` are the
 * fragment's own view, valid until the next push below. A `deficient` request lacks something and has this for an answer; data may follow
 * it too. A `violation` ends the association with that A-ABORT.
 */
export type Assembled =
	| { readonly type: 'command'; readonly contextId: number; readonly message: Message }
	| { readonly type: 'deficient'; readonly contextId: number; readonly response: Message }
	| { readonly type: 'data'; readonly contextId: number; readonly bytes: Uint8Array; readonly isLast: boolean }
	| {
			readonly type: 'violation';
			readonly problem: string;
			readonly abort: { readonly source: number; readonly reason: number };
	  };

/** Empty fragments cost the peer twelve bytes and mean nothing; so many in a row mean harm. */
const EMPTY_FRAGMENTS = 1_000;

const SERVICE_PROVIDER = 2;
const UNEXPECTED_PDU_PARAMETER = 5;
const INVALID_PDU_PARAMETER_VALUE = 6;

type Awaiting =
	| { readonly what: 'command' }
	| { readonly what: 'rest of command'; readonly contextId: number }
	| { readonly what: 'dataset'; readonly contextId: number };

const NEXT_COMMAND: Awaiting = { what: 'command' };

/**
 * One direction of one association. A command set is kept until it is whole, a dataset never.
 * After a violation everything more is ignored.
 */
export class Assembler {
	readonly #maxCommandBytes: number;
	#awaiting: Awaiting = NEXT_COMMAND;
	#command: Uint8Array[] = [];
	#commandBytes = 0;
	#last: { readonly bytes: Uint8Array; readonly decoded: Message | InvalidCommand } | undefined;
	#emptyFragments = 0;
	#isBroken = false;

	/** @param limits maxCommandBytes: the longest command set that is collected. */
	constructor(limits: { readonly maxCommandBytes: number } = { maxCommandBytes: MAX_COMMAND_BYTES }) {
		this.#maxCommandBytes = limits.maxCommandBytes;
	}

	/** A message is on its way: its command set has begun, and not all of it is here. */
	get isMidMessage(): boolean {
		return this.#awaiting.what !== 'command';
	}

	/** Never throws; a fragment that has no place where it stands is a violation. */
	push(fragment: Fragment): Assembled[] {
		if (this.#isBroken) return [];
		const misplaced = this.#misplaced(fragment);
		if (misplaced !== undefined) return this.#violation(misplaced, UNEXPECTED_PDU_PARAMETER);
		this.#emptyFragments = fragment.bytes.length === 0 && !fragment.isLast ? this.#emptyFragments + 1 : 0;
		if (this.#emptyFragments > EMPTY_FRAGMENTS)
			return this.#violation(`more than ${EMPTY_FRAGMENTS} empty fragments in a row`, INVALID_PDU_PARAMETER_VALUE);
		return fragment.isCommand ? this.#pushCommand(fragment) : this.#pushData(fragment);
	}

	#misplaced({ contextId, isCommand }: Fragment): string | undefined {
		const awaiting = this.#awaiting;
		if (awaiting.what === 'command') return isCommand ? undefined : 'a dataset without a command set before it';
		if (isCommand !== (awaiting.what === 'rest of command'))
			return isCommand ? 'a command set while a dataset is due' : 'a dataset within a command set';
		if (contextId !== awaiting.contextId)
			return `presentation context ${contextId} within a message on context ${awaiting.contextId}`;
		return undefined;
	}

	#pushCommand({ contextId, bytes, isLast }: Fragment): Assembled[] {
		const total = this.#commandBytes + bytes.length;
		if (total > this.#maxCommandBytes)
			return this.#violation(`a command set of over ${this.#maxCommandBytes} bytes`, INVALID_PDU_PARAMETER_VALUE);
		if (!isLast) {
			if (this.#awaiting.what === 'command') this.#awaiting = { what: 'rest of command', contextId };
			if (bytes.length > 0) this.#command.push(bytes.slice());
			this.#commandBytes = total;
			return [];
		}
		const decoded = this.#decoded(total === bytes.length ? bytes : concatenated([...this.#command, bytes], total));
		this.#command = [];
		this.#commandBytes = 0;
		if (decoded.type === 'invalid') {
			const response = deficiencyResponse(decoded);
			if (response === undefined)
				return this.#violation(`invalid command set: ${decoded.problem}`, INVALID_PDU_PARAMETER_VALUE);
			this.#awaiting = decoded.lacking?.hasDataset ? { what: 'dataset', contextId } : NEXT_COMMAND;
			return [{ type: 'deficient', contextId, response }];
		}
		this.#awaiting = decoded.hasDataset ? { what: 'dataset', contextId } : NEXT_COMMAND;
		return [{ type: 'command', contextId, message: decoded }];
	}

	/** The matches of a query all come with the same command set, byte for byte. */
	#decoded(bytes: Uint8Array): Message | InvalidCommand {
		if (this.#last === undefined || !isSame(this.#last.bytes, bytes))
			this.#last = { bytes: bytes.slice(), decoded: decodeCommand(bytes) };
		return this.#last.decoded;
	}

	#pushData({ contextId, bytes, isLast }: Fragment): Assembled[] {
		if (bytes.length === 0 && !isLast) return [];
		if (isLast) this.#awaiting = NEXT_COMMAND;
		return [{ type: 'data', contextId, bytes, isLast }];
	}

	#violation(problem: string, reason: number): Assembled[] {
		this.#isBroken = true;
		this.#command = [];
		return [{ type: 'violation', problem, abort: { source: SERVICE_PROVIDER, reason } }];
	}
}

const isSame = (one: Uint8Array, other: Uint8Array): boolean => {
	if (one.length !== other.length) return false;
	for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
	return true;
};

const concatenated = (parts: readonly Uint8Array[], total: number): Uint8Array => {
	const whole = new Uint8Array(total);
	let offset = 0;
	for (const part of parts) {
		whole.set(part, offset);
		offset += part.length;
	}
	return whole;
};
