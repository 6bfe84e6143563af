/** The commands of the palette, a table: what each is called, what may follow it, and what it does. */
import { byKeyword } from '../../dicom/dictionary.ts';
import { COLUMNS } from '../../output/columns.ts';
import { selectColumns } from '../../output/fields.ts';
import type { Action, DoctorDepth, Effect, Reduced } from '../actions.ts';
import type { QuerySpec } from '../browse/browse-state.ts';
import { columnChoices, shownColumns } from '../browse/shown-columns.ts';
import { keyFor } from '../key-hints.ts';
import { switchedTo } from '../nodes/node-switching.ts';
import type { Look, State } from '../state.ts';
import { levelOf, noted } from './overlay-stack.ts';
import { LEVELS, queryOfWords } from './palette-query.ts';
import { wordsOf } from './palette-words.ts';
import { askedUnmasked } from './reduce-copy.ts';
import { openDoctor } from './reduce-reading.ts';
import { saved } from './reduce-saved.ts';
import { listSortedBy, sortChoices, sortKeyword } from './reduce-sort.ts';
import { savedEntries } from './saved-queries.ts';

export interface PaletteCommand {
	readonly name: string;
	/** What follows it: '' where nothing does, in brackets where nothing need. */
	readonly argument: string;
	readonly says: string;
	/** What may be meant, whole words for the last that is typed. */
	readonly completions?: (state: State) => readonly string[];
	/** @returns in words what is wrong */
	readonly run: (state: State, rest: string) => Reduced | string;
}

const acting = (state: State, ...effects: readonly Effect[]): Reduced => ({ state, effects });
const nextly = (state: State, next: NonNullable<Reduced['next']>): Reduced => ({ state, effects: [], next });
const asking = (state: State, query: QuerySpec, nodes?: readonly string[]): Reduced =>
	nextly(
		{ ...state, screen: 'browse' },
		nodes === undefined ? { type: 'ask', at: state.now, query } : { type: 'ask', at: state.now, query, nodes },
	);

const nodeNames = ({ nodes }: State): readonly string[] => nodes.map(({ name }) => name);
const keywords = (state: State): readonly string[] => [
	...new Set(LEVELS.flatMap((level) => COLUMNS[level].map(({ keyword }) => keyword)).concat(shown(state))),
];
const shown = (state: State): readonly string[] =>
	shownColumns(state, levelOf(state)?.level ?? 'study').map(({ keyword }) => keyword);

const DEPTHS: readonly DoctorDepth[] = ['move', 'get', 'deep'];

const THEMES = ['dark', 'light', 'mono'] as const satisfies readonly Look['theme'][];

const themed = (state: State, word: string): Reduced | string => {
	const theme = THEMES.find((one) => one === word);
	return theme === undefined
		? `themes are ${THEMES.join(', ')}`
		: acting(noted({ ...state, look: { ...state.look, theme } }, `theme ${theme}`));
};

const knownNodes = (state: State, rest: string): readonly string[] | string => {
	const names = rest.split(/[\s,]+/).filter((name) => name !== '');
	const unknown = names.find((name) => !nodeNames(state).includes(name));
	return unknown === undefined ? names : `there is no node ${unknown}`;
};

export const PALETTE_COMMANDS: readonly PaletteCommand[] = [
	{
		name: 'node',
		argument: 'NAME ...',
		says: 'ask another node, or several at once',
		completions: nodeNames,
		run: (state, rest) => {
			const names = knownNodes(state, rest);
			if (typeof names === 'string') return names;
			return names.length === 0 ? 'which node?' : switchedTo(state, names);
		},
	},
	{
		name: 'find',
		argument: '[NODE] KEY=VALUE ...',
		says: 'ask, as dimse find does',
		completions: (state) => [...keywords(state).map((keyword) => `${keyword}=`), ...nodeNames(state)],
		run: (state, rest) => {
			const asked = queryOfWords(rest, state);
			if (typeof asked === 'string') return asked;
			return asking(state, asked.query, asked.node === undefined ? undefined : [asked.node]);
		},
	},
	{
		name: 'level',
		argument: 'LEVEL',
		says: 'the same query at another level',
		completions: () => LEVELS,
		run: (state, rest) => {
			const level = LEVELS.find((one) => one === rest.trim());
			if (level === undefined) return `levels are ${LEVELS.join(', ')}`;
			const now = levelOf(state)?.query ?? { level, model: 'study', keys: {} };
			const model = level === 'patient' ? 'patient' : now.level === 'patient' ? 'study' : now.model;
			return asking(state, { level, model, keys: now.keys });
		},
	},
	{
		name: 'doctor',
		argument: '[NODE] [--move ...]',
		says: 'run every check of a node; --move, --get, --deep more',
		completions: (state) => [...nodeNames(state), ...DEPTHS.map((depth) => `--${depth}`)],
		run: (state, rest) => {
			const words = wordsOf(rest);
			const options = words.filter((word) => word.startsWith('-'));
			const names = knownNodes(state, words.filter((word) => !word.startsWith('-')).join(' '));
			const also = DEPTHS.filter((depth) => options.includes(`--${depth}`));
			if (typeof names === 'string') return names;
			if (options.length > also.length) return `of the doctor only ${DEPTHS.map((one) => `--${one}`).join(', ')}`;
			return openDoctor(state, names[0], also);
		},
	},
	{
		name: 'echo',
		argument: '[NODE ...]',
		says: 'C-ECHO',
		completions: nodeNames,
		run: (state, rest) => {
			const names = knownNodes(state, rest);
			if (typeof names === 'string') return names;
			const asked = names.length === 0 ? state.current : names;
			return acting(noted(state, `echo ${asked.join(', ')}`), ...asked.map((node): Effect => ({ do: 'echo', node })));
		},
	},
	{
		name: 'trace',
		argument: '[save FILE | redact FILE | filter EXPRESSION]',
		says: 'the trace screen, or its file: .pcap .txt .jsonl',
		completions: () => ['save', 'redact', 'filter'],
		run: (state, rest) => traceCommand(state, rest),
	},
	{
		name: 'filter',
		argument: '[TEXT]',
		says: 'show only what has it: chest !CR mod:CT',
		run: (state, rest) => {
			const at = state.now;
			const typing: Action = { type: 'key', at, action: 'filter' };
			if (rest.trim() === '') return nextly(state, typing);
			return nextly(state, [
				typing,
				{ type: 'edit', at, edit: 'clear' },
				{ type: 'text', at, text: rest },
				{ type: 'key', at, action: 'accept' },
			]);
		},
	},
	{
		name: 'sort',
		argument: 'COLUMN [desc]',
		says: 'sort by a heading; none: as they came',
		completions: (state) => sortChoices(state).flatMap(({ keyword }) => keyword ?? []),
		run: (state, rest) => {
			const words = wordsOf(rest);
			const all = words.join(' ');
			if (all.toLowerCase() === 'none') return acting(listSortedBy(state, undefined));
			const whole = sortKeyword(state, all);
			if (whole !== undefined) return acting(listSortedBy(state, { keyword: whole, descending: false }));
			const way = /^(?:a|asc|(d|desc))$/i.exec(words.at(-1) ?? '');
			const keyword = way === null ? undefined : sortKeyword(state, words.slice(0, -1).join(' '));
			if (keyword === undefined) return `no such column: ${all}`;
			return acting(listSortedBy(state, { keyword, descending: way?.[1] !== undefined }));
		},
	},
	{
		name: 'columns',
		argument: '[+KEYWORD,-KEYWORD]',
		says: 'show and hide columns; what is new is asked for the next time',
		completions: (state) => keywords(state).flatMap((keyword) => [`+${keyword}`, `-${keyword}`]),
		run: (state, rest) =>
			rest.trim() === ''
				? nextly(state, { type: 'key', at: state.now, action: 'columns' })
				: withColumns(state, rest.trim()),
	},
	{
		name: 'set',
		argument: 'mask on|off, preview on|off, theme NAME',
		says: 'settings of this run',
		completions: () => ['mask on', 'mask off', 'preview on', 'preview off', ...THEMES.map((one) => `theme ${one}`)],
		run: (state, rest) => setting(state, rest),
	},
	{
		name: 'theme',
		argument: 'dark|light|mono',
		says: 'colours',
		completions: () => THEMES,
		run: (state, rest) => themed(state, rest.trim()),
	},
	{
		name: 'save',
		argument: 'NAME',
		says: 'save the query that is shown',
		run: (state, rest) => {
			const query = levelOf(state)?.query;
			const name = rest.trim();
			if (name === '') return 'save it as what?';
			if (query === undefined) return 'nothing was asked yet';
			return saved(state, query, name);
		},
	},
	{
		name: 'saved',
		argument: '[NAME]',
		says: 'run a saved query',
		completions: (state) => savedEntries(state).map(({ name }) => name),
		run: (state, rest) => {
			const name = rest.trim();
			if (name === '') return nextly({ ...state, screen: 'browse' }, { type: 'key', at: state.now, action: 'saved' });
			const found = savedEntries(state).find((one) => one.name.toLowerCase() === name.toLowerCase());
			if (found === undefined) return `no query was saved as ${name}`;
			return asking(state, found, found.node === undefined ? undefined : [found.node]);
		},
	},
];

const traceCommand = (state: State, rest: string): Reduced | string => {
	const [, verb = '', argument = ''] = /^\s*(\S*)\s*(.*)$/s.exec(rest) ?? [];
	switch (verb) {
		case '':
			return nextly(state, { type: 'key', at: state.now, action: 'trace' });
		case 'save':
		case 'redact': {
			const path = argument.trim();
			if (path === '') return 'into which file? .pcap, .txt or .jsonl';
			const redact = verb === 'redact';
			const filter = state.trace.filterProblem === undefined ? state.trace.filter : '';
			const effect: Effect = { do: 'write-trace', path, redact, filter, overwrite: false };
			return state.look.masked && !redact ? askedUnmasked(state, effect, 'write') : acting(state, effect);
		}
		case 'filter': {
			const shownTrace = {
				...state,
				screen: 'trace',
				trace: { ...state.trace, filter: '', isFiltering: true },
			} as const;
			return nextly(shownTrace, { type: 'text', at: state.now, text: argument });
		}
		default:
			return 'trace save FILE, trace redact FILE, trace filter EXPRESSION';
	}
};

const setting = (state: State, rest: string): Reduced | string => {
	const [what = '', value = ''] = wordsOf(rest);
	const isOn = value === 'on' ? true : value === 'off' ? false : undefined;
	if (what === 'theme') return themed(state, value);
	if (isOn === undefined || (what !== 'mask' && what !== 'preview'))
		return 'set mask on|off, preview on|off, theme NAME';
	const told = noted(state, `${what} ${value}`);
	if (what === 'mask') return acting({ ...told, look: { ...told.look, masked: isOn } });
	return acting({
		...told,
		browse: { ...told.browse, previewWidth: isOn ? Math.max(28, told.browse.previewWidth) : 0 },
	});
};

/** Those that are new are added to the query, without a value: they come back the next time it is asked. */
const withColumns = (state: State, list: string): Reduced | string => {
	const level = levelOf(state);
	if (level === undefined) return 'there is no table';
	let unknown: string | undefined;
	const choices = columnChoices(state, level.level);
	const columns = selectColumns(
		choices.map(({ column, isShown }) => (isShown ? column : { ...column, priority: 0 })),
		list,
		(name) => {
			const entry = byKeyword(name);
			if (entry === undefined) unknown = name;
			return { keyword: name, path: [entry?.tag ?? ''], vr: entry?.vr ?? 'LO' };
		},
		choices.map(({ column }) => column),
	);
	if (unknown !== undefined) return `there is no attribute ${unknown}`;
	if (!columns.some(({ priority }) => priority > 0)) return 'no column would be left';
	const usual = COLUMNS[level.level];
	const added = columns.filter(({ keyword }) => !usual.some((one) => one.keyword === keyword));
	const wanted = added.map(({ keyword }) => keyword).filter((keyword) => !(keyword in level.query.keys));
	const query = {
		...level.query,
		keys: { ...level.query.keys, ...Object.fromEntries(wanted.map((one) => [one, ''])) },
	};
	const { browse } = state;
	const changed: State = {
		...state,
		browse: {
			...browse,
			columns: { ...browse.columns, [level.level]: columns },
			levels: [...browse.levels.slice(0, -1), wanted.length === 0 ? level : { ...level, query }],
		},
	};
	return acting(
		wanted.length === 0
			? changed
			: noted(changed, `${keyFor(state, 'again', 'browse')} asks for ${wanted.join(', ')} too`),
	);
};
