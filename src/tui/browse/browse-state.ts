/** Queries and their rows, level above level, and the preview beside them. */
import type { Dataset } from '../../dicom/dataset.ts';
import type { Column, Level } from '../../output/columns.ts';
import type { ListSort } from '../list-sort.ts';
import type { ListCursor } from '../state.ts';

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
	readonly retrieve?: 'waiting' | 'running' | 'complete' | 'sent' | 'partial' | 'failed';
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
	/** By node and UID, as `rowKey` has them. */
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
	/** Those whose answer looks cut off, with how many rows are theirs. */
	readonly cutOff?: readonly { readonly node: string; readonly rows: number }[];
	/** A row to put the cursor on when it comes: it was there before the same was asked again. */
	readonly wantedKey: string | undefined;
	/** Asked again: what there was, by node and UID. */
	readonly before: ReadonlyMap<string, Row> | undefined;
	/** Follow mode: what comes is gathered here, and shown when it is complete. */
	readonly gathered: readonly Row[] | undefined;
	/** Its rows were asked for in parts, past the limit of the node. */
	readonly inParts?: boolean;
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
	/** Of the row, as its UID is: what two nodes have of one study need not be the same. */
	readonly node: string;
	readonly uid: string;
	readonly state: 'asking' | 'here' | 'failed' | 'off';
	readonly rows: readonly Dataset[];
}
