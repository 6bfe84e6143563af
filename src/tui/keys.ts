/** The key table: what each key does where, and what the key line and the help say of it. */

/** Where a key is pressed: the overlay on top, else the screen. `text` is any place where letters are typed. */
export type Place =
	| 'browse'
	| 'queue'
	| 'nodes'
	| 'trace'
	| 'log'
	| 'form'
	| 'dialog'
	| 'list'
	| 'pager'
	| 'error'
	| 'text'
	/** Letters find, Space chooses: a list to pick from. */
	| 'pick'
	/** Lines of text and choices that are no query. */
	| 'fields'
	/** Lines to scroll in. */
	| 'scroll'
	| 'explain'
	| 'saved'
	| 'palette'
	/** Letters find, Enter runs. */
	| 'help'
	| 'copy'
	/** The keys of its choices are texts to it. */
	| 'confirm';

export const ACTIONS = {
	up: 'one up',
	down: 'one down',
	pageUp: 'a page up',
	pageDown: 'a page down',
	halfUp: 'half a page up',
	halfDown: 'half a page down',
	first: 'to the first',
	last: 'to the last',
	open: 'open',
	back: 'stop, clear the filter, or one level up',
	leave: 'one level up',
	quit: 'back; at the top, quit',
	nextPane: 'next pane or field',
	previousPane: 'previous pane or field',
	browse: 'browse',
	queue: 'queue of retrieves',
	nodes: 'nodes',
	trace: 'trace',
	log: 'log',
	filter: 'filter what is here',
	query: 'query form',
	saved: 'saved queries',
	history: 'earlier queries',
	again: 'ask again',
	follow: 'ask again every 30 s',
	mark: 'mark',
	range: 'mark a range',
	markAll: 'mark all that are shown',
	unmarkAll: 'take all marks away',
	retrieve: 'retrieve',
	retrieveAgain: 'retrieve with the last settings',
	pick: 'take the marked rows, or this one, and leave (--pick)',
	pastLimit: 'get past the limit of the archive',
	why: 'why there is no match',
	sort: 'sort',
	columns: 'columns',
	patientView: 'group by patient',
	wider: 'more: preview wider, retrieves at once',
	narrower: 'less: preview narrower, retrieves at once',
	export: 'export',
	inspect: 'every attribute',
	copy: 'copy',
	explain: 'explain the newest problem',
	doctor: 'check this node',
	switchNode: 'other node',
	tracePane: 'trace below',
	maximize: 'this pane alone',
	mask: 'mask patient data on the screen',
	palette: 'command',
	help: 'help',
	redraw: 'redraw',
	suspend: 'suspend',
	interrupt: 'cancel what runs; twice aborts',
	cancelJob: 'cancel this retrieve',
	pause: 'pause or go on',
	retry: 'retry what failed',
	raise: 'earlier in the queue',
	lower: 'later in the queue',
	addNode: 'add a node',
	editNode: 'edit this node',
	removeNode: 'remove this node',
	useNode: 'use this node',
	echoNode: 'echo this node',
	writeTrace: 'write the trace to a file',
	writeRedacted: 'write it without patients',
	live: 'follow or hold still',
	bytes: 'bytes on and off',
	expand: 'open this message',
	compare: 'compare two marked rows',
	accept: 'do it',
	choose: 'choose',
	saveQuery: 'save this query',
	cancel: 'cancel',
	complete: 'complete the command',
	otherPage: 'what columns and marks mean, or the keys',
	countAll: 'run all of them and count',
	removeQuery: 'delete this saved query',
	tieQuery: 'for this node alone, or for any',
	capabilities: 'what this node accepts',
	echoAll: 'echo all nodes',
	markEvent: 'mark this event',
	jump: 'to the next mark',
	resend: 'ask this again, edited',
	copyStudy: 'Study Instance UID',
	copyPatient: 'Patient ID',
	copyAccession: 'Accession Number',
	copyRow: 'the row as JSON',
	copyMarked: 'the UIDs of all marked rows',
	copyCommand: 'the command that asks the same',
	copyExplanation: 'the newest problem, explained',
} as const;
export type ActionName = keyof typeof ACTIONS;
export const ACTION_NAMES = Object.keys(ACTIONS) as readonly ActionName[];

/** `markAll` as the palette and the configuration have it: `mark-all`. */
export const wordOf = (action: ActionName): string =>
	action.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
export const ACTION_WORDS: readonly string[] = ACTION_NAMES.map(wordOf);

export interface KeyBinding {
	/** As people call it: `Enter`, `Ctrl+D`, `g`. */
	readonly keys: readonly string[];
	readonly action: ActionName;
	readonly places: readonly Place[];
	/** In the key line of these places, in this order; the smaller the sooner. */
	readonly line?: number;
	/** For the key line, where the help text is too long. */
	readonly short?: string;
}

const SCREENS = ['browse', 'queue', 'nodes', 'trace', 'log'] as const;
const LISTS = [...SCREENS, 'list', 'saved', 'pager', 'scroll', 'explain'] as const;
/** Letters are text there. */
export const TYPED = ['form', 'dialog', 'text', 'palette', 'help', 'pick', 'fields', 'confirm'] as const;

export const KEYS: readonly KeyBinding[] = [
	{ keys: ['Enter', 'l', 'Right'], action: 'open', places: ['browse', 'queue', 'log'], line: 1, short: 'open' },
	{ keys: ['Enter', 'l', 'Right'], action: 'useNode', places: ['nodes'], line: 1, short: 'use' },
	{ keys: ['Enter', 'l', 'Right'], action: 'expand', places: ['trace'], line: 1, short: 'open' },
	{
		keys: ['Enter'],
		action: 'accept',
		places: ['form', 'dialog', 'text', 'palette', 'help'],
		line: 1,
		short: 'run',
	},
	{ keys: ['Enter'], action: 'accept', places: ['list', 'pick', 'saved', 'confirm'], line: 1, short: 'choose' },
	{ keys: ['Enter'], action: 'accept', places: ['fields'], line: 1, short: 'do it' },
	{ keys: ['Enter'], action: 'accept', places: ['pager', 'scroll', 'explain', 'error', 'copy'] },
	{ keys: ['Space'], action: 'mark', places: ['browse', 'queue', 'nodes'], line: 2, short: 'mark' },
	{ keys: ['Space', 'R'], action: 'live', places: ['trace'], line: 2, short: 'hold' },
	{ keys: ['Space'], action: 'choose', places: ['dialog'], line: 2, short: 'choose' },
	{ keys: ['Space'], action: 'choose', places: ['list', 'pick'], line: 2, short: 'mark' },
	{ keys: ['d'], action: 'retrieve', places: ['browse'], line: 3, short: 'retrieve' },
	{ keys: ['c'], action: 'cancelJob', places: ['queue'], line: 3, short: 'cancel' },
	{ keys: ['P'], action: 'pause', places: ['queue'], line: 4, short: 'pause' },
	{ keys: ['T'], action: 'retry', places: ['queue'], line: 5, short: 'retry failed' },
	{ keys: ['K'], action: 'raise', places: ['queue'] },
	{ keys: ['J'], action: 'lower', places: ['queue'] },
	{ keys: ['a'], action: 'addNode', places: ['nodes'], line: 3, short: 'add' },
	{ keys: ['e'], action: 'editNode', places: ['nodes', 'error', 'explain'], line: 4, short: 'edit' },
	{ keys: ['X'], action: 'removeNode', places: ['nodes'], line: 6, short: 'remove' },
	{ keys: ['E'], action: 'echoAll', places: ['nodes'], line: 5, short: 'echo all' },
	{ keys: ['C'], action: 'capabilities', places: ['nodes'], line: 7, short: 'capability table' },
	{ keys: ['m'], action: 'markEvent', places: ['trace'] },
	{ keys: ["'"], action: 'jump', places: ['trace'] },
	{ keys: ['e'], action: 'resend', places: ['trace'] },
	{ keys: ['!'], action: 'countAll', places: ['saved'], line: 3, short: 'count all' },
	{ keys: ['n'], action: 'tieQuery', places: ['saved'], line: 4, short: 'this node or any' },
	{ keys: ['X'], action: 'removeQuery', places: ['saved'], line: 5, short: 'delete' },
	{ keys: ['Tab'], action: 'complete', places: ['palette'], line: 2, short: 'complete' },
	{ keys: ['Tab'], action: 'otherPage', places: ['help'], line: 2, short: 'other page' },
	{ keys: ['u'], action: 'copyStudy', places: ['copy'] },
	{ keys: ['i'], action: 'copyPatient', places: ['copy'] },
	{ keys: ['a'], action: 'copyAccession', places: ['copy'] },
	{ keys: ['r'], action: 'copyRow', places: ['copy'] },
	{ keys: ['m'], action: 'copyMarked', places: ['copy'] },
	{ keys: ['c'], action: 'copyCommand', places: ['copy'] },
	{ keys: ['e'], action: 'copyExplanation', places: ['copy'] },
	{ keys: ['r'], action: 'echoNode', places: ['nodes'] },
	{ keys: ['w'], action: 'writeTrace', places: ['trace'], line: 3, short: 'write' },
	{ keys: ['W'], action: 'writeRedacted', places: ['trace'], line: 4, short: 'write redacted' },
	{ keys: ['b'], action: 'bytes', places: ['trace'], line: 5, short: 'bytes' },
	{ keys: ['f'], action: 'query', places: ['browse'], line: 4, short: 'query' },
	{ keys: ['/'], action: 'filter', places: [...SCREENS, 'pager'], line: 6, short: 'filter' },
	{ keys: ['n'], action: 'switchNode', places: [...SCREENS, 'error'], line: 7, short: 'node' },
	{
		keys: ['y'],
		action: 'copy',
		places: ['browse', 'queue', 'nodes', 'trace', 'log', 'pager', 'scroll', 'explain', 'error'],
		line: 8,
		short: 'copy',
	},
	{ keys: ['e'], action: 'export', places: ['browse', 'queue'], line: 9, short: 'export' },
	{ keys: ['x'], action: 'explain', places: SCREENS, line: 10, short: 'explain' },
	{ keys: ['i'], action: 'inspect', places: ['browse'], line: 11, short: 'inspect' },
	{ keys: ['t'], action: 'tracePane', places: ['browse'], line: 12, short: 'trace' },
	{ keys: ['t'], action: 'trace', places: ['error', 'explain'], line: 8, short: 'trace' },
	{ keys: ['t'], action: 'trace', places: ['queue'] },
	{ keys: ['F'], action: 'saved', places: ['browse'] },
	{ keys: ['r'], action: 'again', places: ['browse'] },
	{ keys: ['r'], action: 'again', places: ['error'], line: 5, short: 'retry' },
	{ keys: ['R'], action: 'follow', places: ['browse', 'nodes'] },
	{ keys: ['v'], action: 'range', places: ['browse', 'queue', 'nodes'] },
	{ keys: ['a'], action: 'markAll', places: ['browse', 'queue'] },
	{ keys: ['A'], action: 'unmarkAll', places: ['browse', 'queue'] },
	{ keys: ['.'], action: 'retrieveAgain', places: ['browse'] },
	{ keys: ['m'], action: 'pastLimit', places: ['browse'] },
	{ keys: ['w'], action: 'why', places: ['browse'] },
	{ keys: ['s'], action: 'sort', places: ['browse', 'queue', 'nodes'] },
	{ keys: ['c'], action: 'columns', places: ['browse'] },
	{ keys: ['p'], action: 'patientView', places: ['browse'] },
	{ keys: ['='], action: 'compare', places: ['browse'] },
	{ keys: ['+'], action: 'wider', places: ['browse', 'queue', 'trace'] },
	{ keys: ['-'], action: 'narrower', places: ['browse', 'queue', 'trace'] },
	{ keys: ['D'], action: 'doctor', places: ['browse', 'queue', 'nodes'] },
	{ keys: ['D'], action: 'doctor', places: ['error', 'explain'], line: 6, short: 'doctor' },
	{ keys: ['z'], action: 'maximize', places: ['browse', 'queue', 'trace'] },
	{ keys: ['M'], action: 'mask', places: SCREENS },
	{ keys: ['1'], action: 'browse', places: SCREENS },
	{ keys: ['2'], action: 'queue', places: SCREENS },
	{ keys: ['3'], action: 'nodes', places: SCREENS },
	{ keys: ['4'], action: 'trace', places: SCREENS },
	{ keys: ['5'], action: 'log', places: SCREENS },
	{ keys: ['?'], action: 'help', places: SCREENS, line: 90, short: 'help' },
	{ keys: [':'], action: 'palette', places: SCREENS, line: 91, short: 'cmd' },
	{
		keys: ['q'],
		action: 'quit',
		places: [...SCREENS, 'pager', 'scroll', 'explain', 'error', 'copy'],
		line: 92,
		short: 'quit',
	},
	{ keys: ['Up', 'k'], action: 'up', places: LISTS },
	{ keys: ['Down', 'j'], action: 'down', places: LISTS },
	{ keys: ['Up'], action: 'up', places: [...TYPED, 'copy'] },
	{ keys: ['Down'], action: 'down', places: [...TYPED, 'copy'] },
	{ keys: ['PgUp'], action: 'pageUp', places: [...LISTS, 'text', 'pick', 'help'] },
	{ keys: ['PgDn'], action: 'pageDown', places: [...LISTS, 'text', 'pick', 'help'] },
	{ keys: ['Ctrl+U'], action: 'halfUp', places: LISTS },
	{ keys: ['Ctrl+D'], action: 'halfDown', places: LISTS },
	{ keys: ['g', 'Home'], action: 'first', places: LISTS },
	{ keys: ['G', 'End'], action: 'last', places: LISTS },
	{ keys: ['Esc'], action: 'back', places: SCREENS },
	{
		keys: ['Esc'],
		action: 'cancel',
		places: [...TYPED, 'list', 'saved', 'pager', 'scroll', 'explain', 'error', 'copy'],
		line: 20,
		short: 'cancel',
	},
	{ keys: ['h', 'Left', 'Backspace'], action: 'leave', places: SCREENS },
	{
		keys: ['Tab'],
		action: 'nextPane',
		places: ['browse', 'queue', 'trace', 'form', 'dialog', 'fields'],
		line: 80,
		short: 'next',
	},
	{ keys: ['Shift+Tab'], action: 'previousPane', places: ['browse', 'queue', 'trace', 'form', 'dialog', 'fields'] },
	{ keys: ['Ctrl+S'], action: 'saveQuery', places: ['form'], line: 3, short: 'save' },
	{ keys: ['Ctrl+O'], action: 'history', places: ['form'], line: 4, short: 'earlier' },
	{ keys: ['Ctrl+O'], action: 'history', places: ['browse'] },
	{ keys: ['Ctrl+C'], action: 'interrupt', places: [...LISTS, ...TYPED, 'error', 'copy'] },
	{ keys: ['Ctrl+Z'], action: 'suspend', places: [...LISTS, ...TYPED, 'error', 'copy'] },
	{ keys: ['Ctrl+L'], action: 'redraw', places: [...LISTS, ...TYPED, 'error', 'copy'] },
];

/** What `--pick` adds in browse: rows are there to be taken, as in other programs that pick from a list. */
export const PICK: KeyBinding = { keys: ['Enter'], action: 'pick', places: ['browse'], line: 1, short: 'take' };

/** The table with `--pick`: in browse the keys of `pick` do nothing else, and what they did has its other keys. */
export const withPick = (bindings: readonly KeyBinding[], pick: KeyBinding = PICK): readonly KeyBinding[] => [
	pick,
	...bindings.flatMap((binding): readonly KeyBinding[] => {
		const { keys, places } = binding;
		if (!places.includes('browse') || !keys.some((key) => pick.keys.includes(key))) return [binding];
		return [
			{ ...binding, keys: keys.filter((key) => !pick.keys.includes(key)), places: ['browse' as const] },
			{ ...binding, places: places.filter((place) => place !== 'browse') },
		].filter((one) => one.keys.length > 0 && one.places.length > 0);
	}),
];

/** What a key does somewhere; nothing where it does nothing there. @param bindings those of the configuration */
export const actionOf = (key: string, place: Place, bindings: readonly KeyBinding[] = KEYS): ActionName | undefined =>
	bindings.find(({ keys, places }) => keys.includes(key) && places.includes(place))?.action;
