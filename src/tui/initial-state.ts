/** What the screen shows before anything has happened. */
import type { LevelState, QuerySpec } from './browse/browse-state.ts';
import type { Size } from './frame.ts';
import { type Given, NO_OPTIONS } from './given.ts';
import { KEYS, type KeyBinding } from './keys.ts';
import type { NodeState } from './nodes/nodes-state.ts';
import type { Look, State } from './state.ts';

export interface Beginning {
	readonly size: Size;
	readonly look: Look;
	readonly now: number;
	/** The Unix time at which that clock stood at 0, in milliseconds. */
	readonly epochMs?: number;
	/** Names of the nodes to ask; the first of the address book where none is given. */
	readonly current?: readonly string[];
	/** Known before the address book is read: a node that is not in it. */
	readonly nodes?: readonly NodeState[];
	/** Other than those of the table. */
	readonly keys?: readonly KeyBinding[];
	readonly given?: Given;
}

export const initialState = ({
	size,
	look,
	now,
	epochMs = 0,
	current = [],
	nodes = [],
	keys = KEYS,
	given = NO_OPTIONS,
}: Beginning): State => ({
	size,
	look,
	keys,
	now,
	epochMs,
	given,
	nodes,
	current: [...new Set(current)],
	screen: 'browse',
	overlays: [],
	browse: {
		levels: [emptyLevel({ level: 'study', model: 'study', keys: {} }, 'Studies')],
		patientView: false,
		tracePane: false,
		preview: undefined,
		previewWidth: 28,
		isFiltering: false,
		maximized: false,
		columns: {},
		followSeconds: undefined,
		followed: undefined,
		lastQueryId: 0,
		interruptedAt: undefined,
	},
	queue: { at: 0, top: 0, filter: '', jobs: [], marked: new Set(), atOnce: 2, pane: 'jobs', failureAt: 0 },
	trace: {
		at: 0,
		top: 0,
		filter: '',
		rows: [],
		associations: [],
		live: true,
		isFiltering: false,
		filterProblem: undefined,
		showBytes: true,
		open: false,
		detail: [],
		bytes: [],
		spans: [],
		keptBytes: 0,
		lines: [],
		version: 0,
		unfolded: new Set(),
		marks: new Set(),
		pane: 'events',
		associationAt: 0,
		detailAt: 0,
		detailTop: 0,
		bytesTop: 0,
		detailOf: undefined,
		split: 0,
		maximized: false,
		firstAt: undefined,
	},
	log: { at: 0, top: 0, filter: '', lines: [], isFiltering: false, live: true },
	nodesScreen: { at: 0, top: 0, filter: '', isFiltering: false, marked: new Set() },
	recentNodes: [],
	status: undefined,
	problems: [],
	receiver: { state: 'off', aeTitle: '', port: 0, addresses: [], problem: undefined },
	savedQueries: [],
	history: [],
	quitting: false,
});

/** A level that nothing was asked for yet. */
export const emptyLevel = (query: QuerySpec, title: string): LevelState => ({
	level: query.level,
	query,
	title,
	at: 0,
	top: 0,
	filter: '',
	version: 0,
	rows: [],
	shown: [],
	sort: undefined,
	marked: new Set(),
	rangeFrom: undefined,
	progress: { state: 'none' },
	warnings: [],
	queryId: 0,
	nodes: [],
	asking: [],
	ends: [],
	wantedKey: undefined,
	before: undefined,
	gathered: undefined,
	of: undefined,
	isDerived: false,
});
