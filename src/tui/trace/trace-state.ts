/** What the trace screen shows of the events of all associations. */
import type { TraceEvent } from '../../association/trace.ts';
import type { ListCursor } from '../state.ts';

/** A line of the inspector: an event of association/trace.ts, told. `index` finds the event itself in the recorder. */
export interface TraceRow {
	readonly index: number;
	/** The event itself, for the filter; a stretch of P-DATA has no row. */
	readonly event: TraceEvent;
	/** The number of the first event of a burst: responses of one request that say no more than that it goes on. They fold into one line. */
	readonly burst?: number;
	/** Whom it is about, for the end of the summary: masked where patients are. */
	readonly patient?: string;
	/** What to mark it as. */
	readonly mark?: 'bad' | 'warning';
	readonly at: number;
	readonly association: number;
	readonly direction: '>' | '<' | '-';
	readonly what: string;
	readonly messageId: string;
	readonly contextId: string;
	readonly summary: string;
}

export interface TraceAssociation {
	readonly number: number;
	readonly direction: '>' | '<';
	readonly peer: string;
	readonly purpose: string;
	readonly state: string;
	readonly since: number;
	/** What its last event was a burst of, and where that began. */
	readonly burst?: { readonly of: string; readonly first: number };
}

/** A line of the list: a row, and those that are folded into it. */
export interface TraceLine {
	/** Place in `rows`. */
	readonly row: number;
	/** Rows after it that this line stands for. */
	readonly folded: number;
	/** Place of the last of them. */
	readonly last: number;
}

/** `at` and `top` count lines. */
export interface TraceState extends ListCursor {
	/** A growing array, never copied: every change raises `version`. */
	readonly rows: readonly TraceRow[];
	/** What passes the filter, folded; a growing array too. */
	readonly lines: readonly TraceLine[];
	readonly version: number;
	/** Event numbers of bursts that stand unfolded. */
	readonly unfolded: ReadonlySet<number>;
	/** Event numbers marked by `m`. */
	readonly marks: ReadonlySet<number>;
	readonly pane: 'associations' | 'events' | 'detail' | 'bytes';
	readonly associationAt: number;
	/** The line of the tree whose bytes are marked, its heading not counted; first line drawn of the tree, and of the bytes. */
	readonly detailAt: number;
	readonly detailTop: number;
	readonly bytesTop: number;
	/** The event that `detail` and `bytes` are of, or will be. */
	readonly detailOf: number | undefined;
	/** Lines of the list that `+` and `-` have given to the detail. */
	readonly split: number;
	readonly maximized: boolean;
	/** Seconds of the first event, from which times are told. */
	readonly firstAt: number | undefined;
	readonly associations: readonly TraceAssociation[];
	readonly live: boolean;
	readonly isFiltering: boolean;
	/** Why the filter cannot be read. */
	readonly filterProblem: string | undefined;
	readonly showBytes: boolean;
	readonly open: boolean;
	/** Lines of the selected event: the decoded tree, and its bytes. */
	readonly detail: readonly string[];
	readonly bytes: readonly string[];
	/** By line of the tree: where in the lines of bytes its own stand. */
	readonly spans: readonly (readonly ByteSpan[])[];
	readonly keptBytes: number;
}

/** A stretch of a line of bytes: of its sixteen, from one up to another that is no part of it. */
export interface ByteSpan {
	readonly line: number;
	readonly from: number;
	readonly to: number;
}
