/** The row of one match among thousands: its event is read from the recorder when it is looked at, and not kept a second time. */
import type { TraceEvent } from '../../association/trace.ts';
import { type EventCells, eventCells } from '../../output/trace-row.ts';
import type { KeptEvents } from '../actions.ts';
import type { TraceRow } from './trace-state.ts';

/** What the rows of a burst have in common. */
export class MatchBurst {
	/** The number of its first event. */
	readonly first: number;
	readonly recorder: KeptEvents;
	/** What is left of one that the recorder has no more: all but the match. */
	readonly bare: TraceEvent;

	constructor(first: number, event: TraceEvent, recorder: KeptEvents) {
		const { identifier: _, ...bare } = { identifier: undefined, ...event };
		this.first = first;
		this.recorder = recorder;
		this.bare = bare as TraceEvent;
	}
}

/** A line is drawn from one row at a time. */
let told: { readonly row: MatchRow; readonly cells: EventCells } | undefined;

export class MatchRow implements TraceRow {
	readonly index: number;
	readonly at: number;
	readonly #burst: MatchBurst;

	constructor(index: number, at: number, burst: MatchBurst) {
		this.index = index;
		this.at = at;
		this.#burst = burst;
	}

	get event(): TraceEvent {
		const { recorder, bare } = this.#burst;
		return recorder.at(this.index) ?? { ...bare, at: this.at };
	}

	get association(): number {
		return this.#burst.bare.association;
	}

	get burst(): number {
		return this.#burst.first;
	}

	get direction(): TraceRow['direction'] {
		return this.#cells.direction;
	}

	get what(): string {
		return this.#cells.what;
	}

	get messageId(): string {
		return this.#cells.messageId;
	}

	get contextId(): string {
		return this.#cells.contextId;
	}

	get summary(): string {
		return this.#cells.summary;
	}

	/** Empty where nobody is known. */
	get patient(): string {
		return this.#cells.patient ?? '';
	}

	get #cells(): EventCells {
		if (told?.row !== this) told = { row: this, cells: eventCells(this.event) ?? NO_CELLS };
		return told.cells;
	}
}

const NO_CELLS: EventCells = { direction: '<', what: '', messageId: '', contextId: '', summary: '' };
