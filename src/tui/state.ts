/** Everything the screen shows, as one value: what the reducer makes and the views read. No promise, no socket, no function is in it. */
import type { Explanation } from '../diagnose/explanation.ts';
import type { BrowseState, QuerySpec, SavedQuery } from './browse/browse-state.ts';
import type { Size } from './frame.ts';
import type { Given } from './given.ts';
import type { KeyBinding } from './keys.ts';
import type { ListSort } from './list-sort.ts';
import type { NodeState, NodesState } from './nodes/nodes-state.ts';
import type { Overlay } from './overlays/overlay-state.ts';
import type { QueueState, ReceiverState } from './queue/queue-state.ts';
import type { TraceState } from './trace/trace-state.ts';

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
	/** For the commands that are told to do the same. */
	readonly given: Given;
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
	/** It came of a query or an echo of that node: over as soon as that is asked again. */
	readonly ofAsking?: true;
}

export interface LogState extends ListCursor {
	readonly isFiltering: boolean;
	/** The cursor stays on the newest line. */
	readonly live: boolean;
	readonly lines: readonly { readonly at: number; readonly level: 'I' | 'W' | 'E'; readonly text: string }[];
}
