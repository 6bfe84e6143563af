/** The levels of browse: what is shown, starting a query, opening a row, going up again. */
import { textOf } from '../../dicom/dataset.ts';
import { TAG } from '../../dicom/tags.ts';
import { shownCell } from '../../output/cell.ts';
import { COLUMNS, type Level, UNIQUE_KEYS } from '../../output/columns.ts';
import { sanitize } from '../../output/sanitize.ts';
import type { Effect, Reduced } from '../actions.ts';
import { emptyLevel } from '../initial-state.ts';
import { keyFor } from '../key-hints.ts';
import type { State } from '../state.ts';
import type { LevelState, QuerySpec, Row } from './browse-state.ts';

/** The level that is shown; there always is one. */
export const currentLevel = ({ browse }: State): LevelState =>
	browse.levels.at(-1) ?? emptyLevel(ALL_STUDIES, 'Studies');

const ALL_STUDIES: QuerySpec = { level: 'study', model: 'study', keys: {} };

export const currentRow = (state: State): Row | undefined => rowAt(currentLevel(state));

export const rowAt = (level: LevelState, at: number = level.at): Row | undefined => level.rows[level.shown[at] ?? -1];

/** With the level that is shown replaced. */
export const withLevel = (state: State, level: LevelState, index: number = state.browse.levels.length - 1): State => ({
	...state,
	browse: { ...state.browse, levels: state.browse.levels.with(index, level) },
});

export const isRunning = ({ progress: { state } }: LevelState): boolean =>
	state === 'waiting' || state === 'receiving' || state === 'stopping';

/** Where each level leads: the rows of an instance are its attributes. */
export const BELOW: Partial<Record<Level, Level>> = { patient: 'study', study: 'series', series: 'instance' };

/** Most queries that are remembered. */
export const HISTORY = 100;

/** Each once, the newest first. */
export const withNewest = (history: readonly QuerySpec[], query: QuerySpec): readonly QuerySpec[] => {
	const same = JSON.stringify(query);
	return [query, ...history.filter((one) => JSON.stringify(one) !== same)].slice(0, HISTORY);
};

/** Asks a query of the form, the palette or a saved one; what was browsed before is left. */
export const asked = (before: State, query: QuerySpec, nodes: readonly string[] = before.current): Reduced => {
	const { state, effects } = withoutLevels(before, 0);
	if (nodes.length === 0)
		return {
			state: {
				...before,
				status: {
					kind: 'warning',
					text: `no node to ask: ${keyFor(before, 'switchNode')} chooses one, ${keyFor(before, 'nodes')} adds one`,
				},
			},
			effects: [],
		};
	const level = emptyLevel(query, TITLES[query.level]);
	const started = startedQuery(
		{ ...state, history: withNewest(state.history, query), current: nodes, screen: 'browse' },
		level,
		nodes,
	);
	return { state: started.state, effects: [...effects, ...started.effects, { do: 'remember-query', query }] };
};

const TITLES: Readonly<Record<Level, string>> = {
	patient: 'Patients',
	study: 'Studies',
	series: 'Series',
	instance: 'Instances',
	worklist: 'Worklist',
	ups: 'Procedure steps',
};

/** A new query for a level that is put on top. */
export const startedQuery = (state: State, level: LevelState, nodes: readonly string[]): Reduced => {
	const queryId = state.browse.lastQueryId + 1;
	const running: LevelState = {
		...level,
		queryId,
		nodes,
		asking: nodes,
		ends: [],
		cutOff: [],
		progress: { state: 'waiting', since: state.now },
	};
	return {
		state: {
			...state,
			status: undefined,
			nodes: state.nodes.map((node) => (nodes.includes(node.name) ? { ...node, settledAt: state.now } : node)),
			browse: { ...state.browse, lastQueryId: queryId, isFiltering: false, levels: [...state.browse.levels, running] },
		},
		effects: [{ do: 'query', queryId, nodes, query: level.query }],
	};
};

/** Only the first `count` levels, what runs for the others stopped. */
export const withoutLevels = (state: State, count: number): Reduced => {
	const { levels, followed } = state.browse;
	const effects: Effect[] = levels
		.slice(count)
		.filter((level) => !level.isDerived && isRunning(level) && level.progress.state !== 'stopping')
		.map(({ queryId }) => ({ do: 'stop-query', queryId, isAbort: false }));
	const keepsFollowing = followed !== undefined && followed.level < count;
	return {
		state: {
			...state,
			browse: {
				...state.browse,
				levels: levels.slice(0, count),
				isFiltering: false,
				patientView: state.browse.patientView && levels.slice(0, count).some(({ isDerived }) => isDerived),
				...(keepsFollowing ? {} : { followed: undefined, followSeconds: undefined }),
			},
		},
		effects,
	};
};

/** One level up, as it was left; undefined at the top. */
export const leftLevel = (state: State): Reduced | undefined =>
	state.browse.levels.length > 1 ? withoutLevels(state, state.browse.levels.length - 1) : undefined;

/** The query for what is below a row: its unique key and those of the levels above it (PS3.4 C.4.1.2.1). */
export const queryBelow = (row: Row, { level, query }: Pick<LevelState, 'level' | 'query'>): QuerySpec | undefined => {
	const below = BELOW[level];
	if (below === undefined) return undefined;
	const own = textOf(row.dataset, UNIQUE_KEYS[level]);
	if (own === '') return undefined;
	const keys: Record<string, string> = {};
	// The answer may lack what was asked with.
	const given = (tag: string, keyword: string): string => textOf(row.dataset, tag) || (query.keys[keyword] ?? '');
	if (level === 'patient' || query.model === 'patient') {
		keys['PatientID'] = given(TAG.PatientID, 'PatientID');
		const issuer = given(ISSUER, 'IssuerOfPatientID');
		if (level === 'patient' && issuer !== '') keys['IssuerOfPatientID'] = issuer;
	}
	if (level === 'study' || level === 'series')
		keys['StudyInstanceUID'] = given(TAG.StudyInstanceUID, 'StudyInstanceUID');
	if (level === 'series') keys['SeriesInstanceUID'] = own;
	return { level: below, model: query.model, keys };
};

export const ISSUER = '00100021';

/** Opens a row: asks for what is below it. */
export const openedRow = (state: State, row: Row): Reduced => {
	const level = currentLevel(state);
	const below = levelBelow(row, level);
	if (below === undefined) {
		const what = level.level === 'patient' ? 'Patient ID' : `${level.level} UID`;
		return {
			state: { ...state, status: { kind: 'warning', text: `${row.node} gave no ${what} for this row` } },
			effects: [],
		};
	}
	return startedQuery(state, below, [row.node]);
};

/** Nothing asked for yet. */
export const levelBelow = (row: Row, level: Pick<LevelState, 'level' | 'query'>): LevelState | undefined => {
	const query = queryBelow(row, level);
	if (query === undefined) return undefined;
	return { ...emptyLevel(query, titleOf(row, level.level)), of: row, sort: NUMBERED[query.level] };
};

/** Archives answer in any order; series and instances have one of their own. */
const NUMBERED: Partial<Record<Level, LevelState['sort']>> = {
	series: { keyword: 'SeriesNumber', descending: false },
	instance: { keyword: 'InstanceNumber', descending: false },
};

/** How a row is called in the way down to what is below it: `SMITH^JOHN 2024-11-03`. */
export const titleOf = (row: Row, level: Level): string =>
	(TITLE_KEYWORDS[level] ?? [])
		.map((keyword) => COLUMNS[level].find((column) => column.keyword === keyword))
		.map((column) => (column === undefined ? '' : shownCell(row.dataset, column)))
		.filter((text) => text !== '' && text !== '-')
		.join(' ') || sanitize(row.uid);

const TITLE_KEYWORDS: Partial<Record<Level, readonly string[]>> = {
	patient: ['PatientName', 'PatientID'],
	study: ['PatientName', 'StudyDate'],
	series: ['SeriesNumber', 'Modality', 'SeriesDescription'],
	instance: ['InstanceNumber'],
};
