/** What can happen, and what the state then asks of the world: both are values, so that neither needs a terminal or a peer to be tested. */
import type { TraceEvent } from '../association/trace.ts';
import type { Explanation } from '../diagnose/explanation.ts';
import type { Dataset } from '../dicom/dataset.ts';
import type { Failure } from '../errors.ts';
import type { ExpectedSeries, MissingInstance, RetrieveEvent, RetrieveOutcome } from '../retrieve/events.ts';
import type { ReceiverEvent } from '../retrieve/receiver.ts';
import type { QuerySpec, SavedQuery } from './browse/browse-state.ts';
import type { Size } from './frame.ts';
import type { ActionName } from './keys.ts';
import type { EchoState, NodeState } from './nodes/nodes-state.ts';
import type { Job } from './queue/queue-state.ts';
import type { State } from './state.ts';
import type { TraceState } from './trace/trace-state.ts';

/** `at` is on the monotonic clock, in milliseconds. */
export type Action = { readonly at: number } /** A key that the table knows in this state. */ & (
	| { readonly type: 'key'; readonly action: ActionName }
	/** Anything typed or pasted where text is edited; sanitised there. */
	| { readonly type: 'text'; readonly text: string }
	| { readonly type: 'edit'; readonly edit: 'backspace' | 'delete' | 'left' | 'right' | 'home' | 'end' | 'clear' }
	| { readonly type: 'resized'; readonly size: Size }
	/** Once a second. */
	| { readonly type: 'tick' }
	| { readonly type: 'nodes-read'; readonly nodes: readonly NodeState[]; readonly saved: readonly SavedQuery[] }
	| {
			readonly type: 'echoed';
			readonly node: string;
			readonly echo: EchoState;
			readonly ms?: number;
			readonly text?: string;
	  }
	| { readonly type: 'connection'; readonly node: string; readonly connection: NodeState['connection'] }
	| {
			readonly type: 'learned';
			readonly node: string;
			readonly learned: Partial<Pick<NodeState, 'canFind' | 'canGet' | 'canMove' | 'matchLimit'>>;
			readonly words?: string;
	  }
	/** Rows of a running query, at most one batch in 50 ms. */
	| {
			readonly type: 'rows';
			readonly queryId: number;
			readonly node: string;
			readonly rows: readonly { readonly dataset: Dataset; readonly doubtful: boolean }[];
	  }
	| {
			readonly type: 'query-ended';
			readonly queryId: number;
			readonly node: string;
			readonly end: 'complete' | 'stopped' | 'cut-off' | 'failed' | 'too-many';
			readonly warnings: readonly string[];
			readonly explanation?: Explanation;
	  }
	| {
			readonly type: 'preview';
			readonly node: string;
			readonly uid: string;
			readonly rows: readonly Dataset[];
			/** `off`: this node is too slow to be asked by a moving cursor. */
			readonly state: 'here' | 'failed' | 'off';
	  }
	| { readonly type: 'retrieve'; readonly job: number; readonly event: RetrieveEvent }
	| {
			readonly type: 'retrieve-ended';
			readonly job: number;
			readonly outcome?: RetrieveOutcome;
			readonly explanation?: Explanation;
			/** Where there is no outcome: why nothing could be done at all. */
			readonly failure?: Failure;
	  }
	/** What a query says of the series that a job is of, where their instances are asked for one by one. */
	| { readonly type: 'series-known'; readonly job: number; readonly series: readonly ExpectedSeries[] }
	| { readonly type: 'journaled'; readonly job: number; readonly path: string }
	/** The program ends: nothing more is begun. @param keeps what is not complete is to be gone on with later */
	| { readonly type: 'leaving'; readonly keeps: boolean }
	| { readonly type: 'receiver'; readonly event: ReceiverEvent }
	| {
			readonly type: 'receiver-state';
			readonly state: 'listening' | 'failed' | 'off';
			readonly aeTitle: string;
			readonly onlyTitle?: string;
			readonly port: number;
			readonly addresses: readonly string[];
			readonly problem?: string;
	  }
	| {
			readonly type: 'traced';
			readonly events: readonly { readonly index: number; readonly event: TraceEvent }[];
			/** Where they can be had again, so that not each of thousands has to be kept. */
			readonly recorder?: KeptEvents;
			readonly keptBytes: number;
	  }
	| {
			readonly type: 'trace-detail';
			readonly index: number;
			readonly detail: readonly string[];
			readonly bytes: readonly string[];
			readonly spans?: TraceState['spans'];
	  }
	| { readonly type: 'doctor'; readonly node: string; readonly line: string; readonly isOver: boolean }
	/** The table of what a node accepts, whole. */
	| { readonly type: 'capabilities'; readonly node: string; readonly lines: readonly string[] }
	/** An effect is done: what to say of it. */
	| {
			readonly type: 'said';
			readonly kind: 'note' | 'good' | 'warning' | 'bad';
			readonly text: string;
			readonly explanation?: Explanation;
			readonly node?: string;
	  }
	/** A file is there already: nothing was written. */
	| { readonly type: 'file-exists'; readonly path: string; readonly effect: Effect }
	/** How many a saved query finds now. */
	| { readonly type: 'counted'; readonly name: string; readonly count: number | undefined }
	/** What was too much for one step. */
	| { readonly type: 'go-on' }
	| { readonly type: 'interrupted' }
	/** A query is to be asked: from the command line, the palette, a saved one. */
	| { readonly type: 'ask'; readonly query: QuerySpec; readonly nodes?: readonly string[] }
	/** The query form is to be opened with it, in the place of one that is on top. */
	| { readonly type: 'form'; readonly query: QuerySpec }
	/** Line mode, where rows are named and not pointed at: the cursor is to be on one, counted from 0; only these are to be marked. */
	| { readonly type: 'to-row'; readonly row: number }
	| { readonly type: 'mark-rows'; readonly rows: readonly number[] }
	/** The queue, at this job. */
	| { readonly type: 'to-job'; readonly job: number }
	| { readonly type: 'use-nodes'; readonly nodes: readonly string[] }
	/** From wherever that is said. @param isSure by a command, not by Ctrl+C at rest */
	| { readonly type: 'quit'; readonly isSure: boolean }
);

/** Events by the number they were given; what is gone is undefined. */
export interface KeptEvents {
	at(index: number): TraceEvent | undefined;
}

export type Effect =
	| { readonly do: 'read-nodes' }
	| { readonly do: 'query'; readonly queryId: number; readonly nodes: readonly string[]; readonly query: QuerySpec }
	/** The same in parts until nothing looks cut off; rows and end come as of any query. */
	| { readonly do: 'past-limit'; readonly queryId: number; readonly node: string; readonly query: QuerySpec }
	/** Which key excludes everything; the answer is said, with an explanation. */
	| { readonly do: 'why'; readonly node: string; readonly query: QuerySpec }
	/** C-CANCEL, and keep what came. */
	| { readonly do: 'stop-query'; readonly queryId: number; readonly isAbort: boolean }
	| { readonly do: 'preview'; readonly node: string; readonly uid: string; readonly query: QuerySpec }
	| { readonly do: 'stop-preview' }
	| { readonly do: 'echo'; readonly node: string }
	| { readonly do: 'listen' }
	/** `afterMs`: it was lost, and is tried again then. */
	| { readonly do: 'retrieve'; readonly job: Job; readonly settings: RetrieveChoice; readonly afterMs?: number }
	| { readonly do: 'stop-retrieve'; readonly job: number; readonly isAbort: boolean }
	/** So many associations of a job that runs. */
	| { readonly do: 'at-once'; readonly job: number; readonly count: number }
	/** Read again afterwards, which says that it went well; else said to be bad. */
	| {
			readonly do: 'save-node';
			readonly name: string;
			readonly fields: Readonly<Record<string, string>>;
			readonly isNew: boolean;
	  }
	| { readonly do: 'remove-node'; readonly name: string }
	/** `says`: what is said once it is written. */
	| { readonly do: 'save-query'; readonly query: SavedQuery; readonly says: string }
	| { readonly do: 'remove-query'; readonly name: string }
	/** For the sessions to come. */
	| { readonly do: 'remember-query'; readonly query: QuerySpec }
	/** OSC 52, and the clipboard file. */
	| { readonly do: 'copy'; readonly text: string; readonly what: string }
	| { readonly do: 'count-queries'; readonly node: string; readonly queries: readonly SavedQuery[] }
	/** Asks by `file-exists` before it writes over a file. */
	| { readonly do: 'export'; readonly path: string; readonly text: string; readonly overwrite: boolean }
	| {
			readonly do: 'write-trace';
			readonly path: string;
			readonly redact: boolean;
			readonly filter: string;
			readonly overwrite: boolean;
	  }
	| { readonly do: 'trace-detail'; readonly index: number }
	/** `also`: what is done beyond the usual checks. */
	| { readonly do: 'doctor'; readonly node: string; readonly also?: readonly DoctorDepth[] }
	| { readonly do: 'stop-doctor' }
	| { readonly do: 'capabilities'; readonly node: string }
	/** What the administrator of the node has to enter for us, copied. */
	| { readonly do: 'copy-card'; readonly node: string }
	/** Comes back as an action of this name, once keys and answers that wait have been taken. */
	| { readonly do: 'go-on' }
	| { readonly do: 'suspend' }
	| { readonly do: 'redraw' }
	| { readonly do: 'bell' }
	| { readonly do: 'quit'; readonly keepJournal: boolean };

/** Options of the doctor that ask more of a peer. */
export type DoctorDepth = 'move' | 'get' | 'deep';

export interface RetrieveChoice {
	readonly how: 'get' | 'move-here' | 'move-there';
	/** The AE title of `move-there`. */
	readonly destination: string;
	/** The node that has this AE title, which can be asked what arrived. */
	readonly destinationNode?: string;
	readonly folder: string;
	readonly exists: 'skip' | 'overwrite' | 'keep-both';
	readonly unit: 'series' | 'study' | 'instance';
	readonly model: 'study' | 'patient';
	/** Associations at once. */
	readonly atOnce: number;
	readonly verify: boolean;
	/** SOP classes that our receiver takes. */
	readonly accept: 'storage' | 'any';
	/** Only these instances: a retry. */
	readonly only?: readonly MissingInstance[];
}

/** What a reducer makes of an action. */
export interface Reduced {
	readonly state: State;
	readonly effects: readonly Effect[];
	/** Reduced at once after it, as if it had been pressed there: what the help and the palette run. */
	readonly next?: Action | readonly Action[];
}

/** One part of the reducer: undefined where the action is none of its own. */
export type PartialReducer = (state: State, action: Action) => Reduced | undefined;
