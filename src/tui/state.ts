/** Everything the screen shows, as one value: what the reducer makes and the views read. No promise, no socket, no function is in it. */

import type { TraceEvent } from '../association/trace.ts';
import type { Explanation } from '../diagnose/explanation.ts';
import type { Dataset } from '../dicom/dataset.ts';
import type { Column, Level } from '../output/columns.ts';
import type { Counts, MissingInstance, UnitResult } from '../retrieve/events.ts';
import type { Unit } from '../retrieve/unit.ts';
import type { Effect, RetrieveChoice } from './actions.ts';
import type { Size } from './frame.ts';
import type { KeyBinding } from './keys.ts';
import type { MarkedList } from './list-marks.ts';
import type { ListSort } from './list-sort.ts';

export type ScreenName = 'browse' | 'queue' | 'nodes' | 'trace' | 'log';

/** What the terminal can show. */
export interface Look {
	readonly unicode: boolean;
	readonly theme: 'dark' | 'light' | 'mono';
	/** Names, IDs and birth dates are shown as pseudonyms. */
	readonly masked: boolean;
}

export interface State {
	readonly size: Size;
	readonly look: Look;
	/** What the keys do, as the configuration wants it. */
	readonly keys: readonly KeyBinding[];
	/** Milliseconds on the monotonic clock; moves once a second, and with every action that has a time. */
	readonly now: number;
	/** The Unix time at which that clock stood at 0, in milliseconds. */
	readonly epochMs: number;
	readonly nodes: readonly NodeState[];
	/** Names of the nodes that are asked; several where their rows are merged. */
	readonly current: readonly string[];
	readonly screen: ScreenName;
	/** The last is on top. */
	readonly overlays: readonly Overlay[];
	readonly browse: BrowseState;
	readonly queue: QueueState;
	readonly trace: TraceState;
	readonly log: LogState;
	readonly nodesScreen: NodesState;
	/** Names of nodes, the last used first. */
	readonly recentNodes: readonly string[];
	/** The line above the keys: the result of the last action. */
	readonly status: StatusLine | undefined;
	/** The newest warnings and errors, for `x`. */
	readonly problems: readonly Problem[];
	readonly receiver: ReceiverState;
	readonly savedQueries: readonly SavedQuery[];
	readonly history: readonly QuerySpec[];
	/** Set when the program ends; then nothing more is drawn. */
	readonly quitting: boolean;
	/** What `--pick` prints, a line each: the rows that were taken when it was left. */
	readonly picked?: readonly string[] | undefined;
}

export interface ListCursor {
	readonly at: number;
	/** The first row that is drawn. */
	readonly top: number;
	readonly filter: string;
	/** Undefined is the order that the items have. */
	readonly sort?: ListSort | undefined;
}

export interface StatusLine {
	readonly kind: 'note' | 'good' | 'warning' | 'bad';
	readonly text: string;
}

export interface Problem {
	readonly at: number;
	readonly kind: 'warning' | 'bad';
	/** One line. */
	readonly text: string;
	readonly explanation?: Explanation;
	/** The node it is about. */
	readonly node?: string;
}

// ---- nodes -------------------------------------------------------------------------------------------------------------

/** What is marked is used at once. */
export interface NodesState extends ListCursor, MarkedList<string> {
	readonly isFiltering: boolean;
	/** When all are echoed again, where that was wanted. */
	readonly echoAt?: number;
}

/** `waiting` for its turn: four are asked at a time. */
export type EchoState = 'unknown' | 'waiting' | 'asking' | 'ok' | 'bad';

export interface NodeState {
	readonly name: string;
	readonly calledAeTitle: string;
	readonly callingAeTitle: string;
	readonly host: string;
	readonly port: number;
	readonly tls: boolean;
	readonly charset?: string;
	readonly matchLimit?: number;
	readonly note?: string;
	readonly echo: EchoState;
	readonly echoMs?: number;
	readonly echoText?: string;
	readonly connection: ConnectionState;
	/** What the last negotiation and the answers so far have shown; absent means nobody knows. */
	readonly canFind?: boolean;
	readonly canGet?: boolean;
	readonly canMove?: boolean;
	readonly learned: readonly string[];
	/** What the doctor came to last. */
	readonly examination?: {
		readonly atEpochMs: number;
		readonly text: string;
		readonly kind: 'good' | 'warning' | 'bad';
		/** What was moved to us has come. */
		readonly moveArrived?: true;
	};
	/** Where what is retrieved from it goes, and how files are named there, where the address book says so. */
	readonly folder?: string;
	readonly layout?: string;
	/** Associations at once that it takes. */
	readonly maxAssociations?: number;
}

export type ConnectionState =
	| { readonly state: 'none' }
	| { readonly state: 'connecting'; readonly since: number; readonly waitingFor: 'TCP' | 'TLS' | 'association answer' }
	| { readonly state: 'open'; readonly ms: number; readonly busy: boolean }
	| { readonly state: 'failed'; readonly text: string };

// ---- browse ------------------------------------------------------------------------------------------------------------

/**
 * A query as the form has it: keyword (or path, `Seq[0].Elem`) to value as typed, in the order of the form; dates may be words (`-7d`), a
 * modality a list (`CT,MR`). `findWords` of query-command.ts says what is asked: exactly what `dimse find NODE` asks with these words.
 */
export interface QuerySpec {
	readonly level: Level;
	readonly model: 'study' | 'patient';
	readonly keys: Readonly<Record<string, string>>;
}

export interface SavedQuery extends QuerySpec {
	readonly name: string;
	/** The node it is for; any where none is named. */
	readonly node?: string;
	readonly count?: number;
}

export type QueryEnd = 'complete' | 'stopped' | 'cut-off' | 'failed' | 'too-many';

export type QueryProgress =
	| { readonly state: 'none' }
	| { readonly state: 'waiting'; readonly since: number }
	| { readonly state: 'receiving'; readonly since: number; readonly firstAt: number }
	/** `began`: when it was asked. */
	| { readonly state: 'stopping'; readonly since: number; readonly began?: number }
	| { readonly state: 'done'; readonly tookMs: number; readonly end: QueryEnd };

/** One row: its dataset is kept as it came; `uid` is the unique key of its level. */
export interface Row {
	readonly uid: string;
	readonly node: string;
	readonly dataset: Dataset;
	/** Contradicts the query: the peer ignored a key. */
	readonly doubtful: boolean;
	/** What its columns show (`row-words.ts`), so that nobody who looks through all rows has to decode them. */
	readonly words?: string;
	/** What a retrieve has come to, for the one-column mark. */
	readonly retrieve?: 'waiting' | 'running' | 'complete' | 'partial' | 'failed';
	readonly percent?: number;
	/** Was not there when follow mode last asked. */
	readonly isNew?: boolean;
}

/** One level that was drilled into: its query, its rows, where the cursor was. */
export interface LevelState extends ListCursor {
	readonly level: Level;
	readonly query: QuerySpec;
	/** Breadcrumb of this level: `SMITH^JOHN 2024-11-03`. */
	readonly title: string;
	/** A number that every change of `rows` raises: the rows themselves live in one growing array, never copied. */
	readonly version: number;
	readonly rows: readonly Row[];
	/** Indexes into `rows` in the order shown: filtered and sorted. */
	readonly shown: readonly number[];
	readonly sort: ListSort | undefined;
	readonly marked: ReadonlySet<string>;
	/** Where `v` began. */
	readonly rangeFrom: number | undefined;
	readonly progress: QueryProgress;
	readonly warnings: readonly string[];
	/** Identifies the running query to the effects. */
	readonly queryId: number;
	/** Nodes that were asked; the rows of all of them are merged. */
	readonly nodes: readonly string[];
	/** Those whose answer is not over, and how the others ended. */
	readonly asking: readonly string[];
	readonly ends: readonly QueryEnd[];
	/** A row to put the cursor on when it comes: it was there before the same was asked again. */
	readonly wantedUid: string | undefined;
	/** Asked again: what there was, by node and UID. */
	readonly before: ReadonlyMap<string, Row> | undefined;
	/** Follow mode: what comes is gathered here, and shown when it is complete. */
	readonly gathered: readonly Row[] | undefined;
	/** The row of the level above that was opened. */
	readonly of: Row | undefined;
	/** Made of the rows of the level below it, not asked for: the patient view. */
	readonly isDerived: boolean;
}

export interface BrowseState {
	/** The last is shown. */
	readonly levels: readonly LevelState[];
	readonly patientView: boolean;
	/** Studies wait to be grouped: that goes on after what is pressed now. */
	readonly isGrouping?: boolean;
	readonly tracePane: boolean;
	readonly preview: PreviewState | undefined;
	/** Where the cursor is in it, while the keys move there. */
	readonly previewAt?: number;
	/** Columns of the preview; 0 hides it. */
	readonly previewWidth: number;
	readonly isFiltering: boolean;
	readonly maximized: boolean;
	/** What a table of a level shows, where that was changed; `shownColumns` says what is shown. */
	readonly columns: Partial<Readonly<Record<Level, readonly Column[]>>>;
	/** Follow mode: asks again every so many seconds. */
	readonly followSeconds: number | undefined;
	/** The level that is followed, counted from the top, and when it is asked again. */
	readonly followed: { readonly level: number; readonly nextAt: number } | undefined;
	/** The newest query's. */
	readonly lastQueryId: number;
	/** When Ctrl+C was pressed last: twice within 2 s aborts. */
	readonly interruptedAt: number | undefined;
}

export interface PreviewState {
	readonly uid: string;
	readonly state: 'asking' | 'here' | 'failed' | 'off';
	readonly rows: readonly Dataset[];
}

// ---- queue -------------------------------------------------------------------------------------------------------------

/** What a retrieve is of: a row of browse. */
export interface Wanted {
	readonly node: string;
	readonly unit: Unit;
	/** `SMITH^JOHN 2024-11-03 CT CHEST`: the three parts joined, which stand in columns, and of which the first is masked. */
	readonly label: string;
	readonly patient: string;
	readonly date: string;
	readonly what: string;
	/** Instances in it, as the answer to a query had them. */
	readonly instances: number | undefined;
	readonly seriesCount: number | undefined;
}

export interface Job extends Wanted {
	readonly id: number;
	readonly node: string;
	/** `MOVE` also where C-GET was wanted, and the peer does not do it. */
	readonly how: 'GET' | 'MOVE';
	/** The AE title; `here` for C-GET. */
	readonly to: string;
	readonly folder: string;
	readonly choice: RetrieveChoice;
	/** What it waits for: late arrivals, an association. `until` on the clock. */
	readonly waitingFor: { readonly text: string; readonly until?: number } | undefined;
	/** Stopping so as to go on later. */
	readonly isPausing: boolean;
	/** The peer sends no pending responses. */
	readonly sendsNone: boolean;
	/** The last sign of progress, a response or an arrival. */
	readonly lastSignAt: number | undefined;
	/** In the order of the retrieve: what was asked for in one request each. */
	readonly parts: readonly JobPart[];
	/** What a person should know of it, the newest last. */
	readonly notes: readonly string[];
	readonly explanation: Explanation | undefined;
	/** `sent`: the peer says so, and nobody can look. */
	readonly state:
		| 'waiting'
		| 'running'
		| 'paused'
		| 'stopping'
		| 'complete'
		| 'sent'
		| 'partial'
		| 'failed'
		| 'cancelled';
	/** What had come before it was begun again, by instances that it is not asked for now. */
	readonly base: { readonly arrived: number; readonly bytes: number };
	/** The peer has taken an association of it. */
	readonly hasConnected?: boolean;
	/** How often its association was lost, and it waited for another. */
	readonly losses: number;
	/** The file that it can be gone on with. */
	readonly journal?: string;
	readonly startedAt: number | undefined;
	readonly endedAt: number | undefined;
	/** What the peer says; undefined where it says nothing. */
	readonly claimed:
		| { readonly completed?: number; readonly failed?: number; readonly warning?: number; readonly remaining?: number }
		| undefined;
	readonly lastResponseAt: number | undefined;
	readonly lastStatus: number | undefined;
	/** What we saw arrive. */
	readonly arrived: number;
	readonly bytes: number;
	readonly from: string | undefined;
	readonly expected: number | undefined;
	/** In words: `IMAGE-level query`. */
	readonly expectedFrom: string;
	readonly series: readonly JobSeries[];
	readonly failures: readonly MissingInstance[];
	/** Arrivals of the last 60 seconds, one number a second, the newest last; and their bytes. */
	readonly rates: readonly number[];
	readonly byteRates: readonly number[];
	/** Which second the last of them is of. */
	readonly ratesAt: number;
	readonly result: UnitResult | undefined;
	readonly associations: number;
}

/** One unit of the retrieve. */
export interface JobPart {
	/** What finished requests have added up to, and what the running one says. */
	readonly before: Counts;
	readonly running: Counts | undefined;
	readonly arrived: number;
	readonly bytes: number;
	readonly expected: number | undefined;
	/** So many are not here after the final response, and may still come. */
	readonly late?: number;
	readonly result: UnitResult | undefined;
}

export interface JobSeries {
	readonly uid: string;
	readonly number: string;
	readonly title: string;
	readonly expected: number | undefined;
	readonly arrived: number;
	readonly failed: number;
}

export interface QueueState extends ListCursor, MarkedList<number> {
	readonly jobs: readonly Job[];
	/** Retrieves at once. */
	readonly atOnce: number;
	/** Of the last retrieve that was begun from browse, for `.`. */
	readonly lastChoice?: RetrieveChoice;
	/** Where instances go, where neither the node nor the dialog says so (`-o`). */
	readonly folder?: string;
	/** `--accept any` was given. */
	readonly takesAny?: boolean;
	readonly isFiltering?: boolean;
	/** Who calls our receiver, by the number of the association: `10.20.1.5 calling as PACS_MAIN`. */
	readonly callers?: ReadonlyMap<number, string>;
	/** The queue is seen alone, or its details. */
	readonly maximized?: boolean;
	readonly pane: 'jobs' | 'failures';
	readonly failureAt: number;
}

// ---- trace, log, receiver ----------------------------------------------------------------------------------------------

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

export interface LogState extends ListCursor {
	readonly isFiltering: boolean;
	/** The cursor stays on the newest line. */
	readonly live: boolean;
	readonly lines: readonly { readonly at: number; readonly level: 'I' | 'W' | 'E'; readonly text: string }[];
}

export interface ReceiverState {
	readonly state: 'off' | 'listening' | 'failed';
	readonly aeTitle: string;
	/** Nodes know us by this one (`--listen-aet`), whatever title we call them with. */
	readonly onlyTitle?: string;
	readonly port: number;
	readonly addresses: readonly string[];
	readonly problem: string | undefined;
}

// ---- overlays ----------------------------------------------------------------------------------------------------------

export interface FormField {
	readonly keyword: string;
	readonly label: string;
	readonly value: string;
	/** Where the text cursor is, in characters. */
	readonly caret: number;
	/** How this key is matched, changed by what is typed. */
	readonly hint: string;
}

export interface RetrieveWay {
	readonly how: RetrieveChoice['how'] | 'web';
	readonly possible: boolean;
	readonly reason: string;
}

export type Overlay =
	| {
			readonly kind: 'form';
			readonly query: QuerySpec;
			/** The last, without a keyword, adds one: a keyword or tag is typed into it. */
			readonly fields: readonly FormField[];
			/** Index into `fields`; -2 is the level, -1 the model. */
			readonly at: number;
			/** `PatientName=SMITH*  StudyDate=20240101-20241231` */
			readonly sends: string;
			/** What is known of the node that matters for these keys. */
			readonly hint: string;
			/** `dimse find main --name 'SMITH*'` */
			readonly sameAs: string;
			readonly problem: string | undefined;
	  }
	| {
			readonly kind: 'retrieve';
			readonly node: string;
			readonly wanted: readonly Wanted[];
			/** Which of the fields of the dialog the cursor is in. */
			readonly at: number;
			readonly how: RetrieveChoice['how'];
			/** For each way: why it is possible, or why not. */
			readonly ways: readonly RetrieveWay[];
			readonly destination: string;
			readonly folder: string;
			/** Where the text cursor is, in the field that is edited. */
			readonly caret: number;
			readonly exists: RetrieveChoice['exists'];
			readonly unit: RetrieveChoice['unit'];
			readonly atOnce: number;
			readonly verify: boolean;
			readonly accept: RetrieveChoice['accept'];
			readonly sameAs: string;
			readonly problem: string | undefined;
	  }
	| { readonly kind: 'switcher'; readonly filter: string; readonly at: number; readonly chosen: ReadonlySet<string> }
	| { readonly kind: 'palette'; readonly text: string; readonly caret: number; readonly at: number }
	| { readonly kind: 'help'; readonly filter: string; readonly at: number; readonly page: 'keys' | 'meanings' }
	/** `top`: the first line drawn. */
	| { readonly kind: 'explain'; readonly at: number; readonly top?: number }
	| { readonly kind: 'error'; readonly node: string; readonly explanation: Explanation; readonly top?: number }
	| { readonly kind: 'saved'; readonly at: number }
	| { readonly kind: 'history'; readonly at: number; readonly filter: string }
	| { readonly kind: 'copy'; readonly at: number }
	| {
			readonly kind: 'export';
			readonly what: 'all' | 'filtered' | 'marked';
			readonly format: 'csv' | 'json' | 'jsonl' | 'tsv' | 'list';
			readonly path: string;
			readonly at: number;
			readonly caret: number;
			/** The path is still the one proposed, and follows the format. */
			readonly isProposed: boolean;
			readonly problem: string | undefined;
	  }
	/** One line that is asked for: the name of a query to save, the file of a trace. */
	| {
			readonly kind: 'prompt';
			readonly what: 'save-query' | 'write-trace' | 'write-redacted';
			readonly label: string;
			readonly value: string;
			readonly caret: number;
			readonly problem: string | undefined;
			/** What is saved. */
			readonly query?: QuerySpec;
	  }
	| { readonly kind: 'sort'; readonly at: number }
	| { readonly kind: 'columns'; readonly at: number }
	| {
			readonly kind: 'inspect';
			readonly at: number;
			readonly top: number;
			readonly filter: string;
			readonly isFiltering: boolean;
			readonly lines: readonly string[];
	  }
	| { readonly kind: 'compare'; readonly top: number; readonly lines: readonly string[] }
	| {
			readonly kind: 'capabilities';
			readonly node: string;
			readonly lines: readonly string[];
			readonly isOver: boolean;
			readonly top: number;
	  }
	| {
			readonly kind: 'doctor';
			readonly node: string;
			readonly lines: readonly string[];
			readonly isOver: boolean;
			readonly top: number;
	  }
	| {
			readonly kind: 'node';
			/** The node as it is, where it is changed. */
			readonly node?: string;
			readonly isSaving: boolean;
			readonly fields: readonly FormField[];
			readonly at: number;
			readonly isNew: boolean;
			readonly problem: string | undefined;
	  }
	| {
			readonly kind: 'confirm';
			readonly text: readonly string[];
			/** With `effects` it is carried out as it stands; without, whoever asked takes the key (a text) from here. */
			readonly choices: readonly {
				readonly key: string;
				readonly says: string;
				readonly effects?: readonly Effect[];
			}[];
			readonly at: number;
			readonly what: string;
	  };
