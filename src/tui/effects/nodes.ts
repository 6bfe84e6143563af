/** The effects on nodes: echo, what they accept, the address book, the card. */

import { VERIFICATION } from '../../dicom/sop-classes.ts';
import { IMPLICIT_LITTLE } from '../../dicom/transfer-syntaxes.ts';
import { DicomError, type Failure } from '../../errors.ts';
import { statusText } from '../../output/events.ts';
import { statusFailure } from '../../services/status-failure.ts';
import { echo } from '../../services/verification.ts';
import type { Action } from '../actions.ts';
import type { World } from '../world.ts';
import { withConnected } from './connected.ts';
import { explanationOf } from './query.ts';

/** Echoes at once. */
const AT_ONCE = 4;

export class Echoes {
	readonly #world: World;
	readonly #dispatch: (action: Action) => void;
	readonly #waiting: string[] = [];
	readonly #running = new Map<string, AbortController>();
	readonly #end = new AbortController();

	constructor(world: World, dispatch: (action: Action) => void) {
		this.#world = world;
		this.#dispatch = dispatch;
	}

	/** A node that is being asked or waits for it is not asked twice. */
	ask(node: string): void {
		if (this.#running.has(node) || this.#waiting.includes(node)) return;
		this.#dispatch({ type: 'echoed', at: this.#world.now(), node, echo: 'asking' });
		this.#waiting.push(node);
		this.#next();
	}

	/** The node is another from now on: what the one before answers is for nobody. */
	leave(node: string): void {
		const running = this.#running.get(node);
		const place = this.#waiting.indexOf(node);
		if (running === undefined && place < 0) return;
		running?.abort();
		this.#running.delete(node);
		if (place >= 0) this.#waiting.splice(place, 1);
		this.#dispatch({ type: 'echoed', at: this.#world.now(), node, echo: 'unknown' });
		this.#next();
	}

	close(): void {
		this.#waiting.length = 0;
		this.#end.abort();
	}

	#next(): void {
		if (this.#running.size >= AT_ONCE) return;
		const node = this.#waiting.shift();
		if (node === undefined) return;
		const stop = new AbortController();
		this.#running.set(node, stop);
		void this.#one(node, AbortSignal.any([this.#end.signal, stop.signal])).finally(() => {
			if (this.#running.get(node) === stop) this.#running.delete(node);
			this.#next();
		});
	}

	async #one(node: string, signal: AbortSignal): Promise<void> {
		try {
			const open = await this.#world.opener(node);
			const contexts = [{ abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT_LITTLE] }];
			const ms = await withConnected(open, { contexts, signal }, VERIFICATION, async ({ association }, context) => {
				const startedAt = this.#world.now();
				const response = await echo(association, context.id);
				if (response.status !== 0x0000) throw new DicomError(statusFailure('C-ECHO', response));
				return this.#world.now() - startedAt;
			});
			this.#dispatch({ type: 'echoed', at: this.#world.now(), node, echo: 'ok', ms });
		} catch (error) {
			if (signal.aborted) return;
			const text = error instanceof DicomError ? shortText(error.failure) : 'bug';
			this.#dispatch({ type: 'echoed', at: this.#world.now(), node, echo: 'bad', text });
			const explanation = explanationOf(error, node, this.#world, 'C-ECHO');
			this.#dispatch({
				type: 'said',
				at: this.#world.now(),
				kind: 'warning',
				text: explanation.title,
				explanation,
				node,
			});
		}
	}
}

/** In a cell of the table: what it is called by those who see it often. */
const shortText = (failure: Failure): string => {
	switch (failure.blame) {
		case 'rejected':
			return `RJ ${failure.result}/${failure.source}/${failure.reason}`;
		case 'connect':
			return failure.code === 'ECONNREFUSED' ? 'refused' : failure.code.replace(/^E/, '').toLowerCase();
		case 'resolve':
			return 'no such host';
		case 'timeout':
			return 'timeout';
		case 'tls':
			return 'TLS';
		case 'no-context':
			return 'no echo there';
		case 'status':
			return statusText(failure.status);
		case 'aborted':
			return failure.source === undefined ? 'lost' : 'aborted';
		case 'protocol':
			return 'no DICOM';
		default:
			return failure.blame;
	}
};
