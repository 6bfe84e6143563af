/** The frames of browse: its table, the preview, the trace below, the patient view, and what stands there while there is no row. */
import t from 'tap';
import type { LevelState } from '../../src/tui/browse/browse-state.ts';
import { type Line, plainText, type Size, widthOf } from '../../src/tui/frame.ts';
import type { State } from '../../src/tui/state.ts';
import { frameOf } from '../../src/tui/views/screen.ts';
import { matchesGolden, SIZES } from '../support/golden-frames.ts';
import { HOSTILE_NAMES, randomOf } from '../support/hostile-names.ts';
import { levelOfStudies } from '../support/sample-state.ts';
import { BROWSE, many, OVERLAID, wide } from './browse-samples.ts';

process.env['TZ'] = 'UTC';

const ALL: readonly Size[] = [...SIZES, { columns: 160, rows: 50 }];

for (const [name, state] of Object.entries(BROWSE))
	t.test(name, async (t) => matchesGolden(t, `browse-${name}`, state, ALL));

for (const [name, state] of Object.entries(OVERLAID)) t.test(name, async (t) => matchesGolden(t, name, state, ALL));

t.test('the smallest screen, and smaller ones', async (t) => {
	const state = BROWSE['streaming'];
	if (state === undefined) return t.fail('no such state');
	matchesGolden(t, 'browse-streaming', state, [
		{ columns: 40, rows: 10 },
		{ columns: 80, rows: 15 },
	]);
	matchesGolden(t, 'too-small', state, [
		{ columns: 38, rows: 9 },
		{ columns: 20, rows: 8 },
	]);
});

const below = randomOf(20_241_103);
const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;
const hostile = (): string => Array.from({ length: 1 + below(3) }, () => pick(HOSTILE_NAMES)).join('');

const randomLevel = (): Partial<LevelState> => {
	const rows = Array.from({ length: below(60) }, (_, index) => ({
		...wide(hostile(), `${index}`, hostile()),
		node: pick(['main', hostile()]),
		doubtful: below(3) === 0,
		isNew: below(3) === 0,
		...(below(2) === 0
			? {}
			: { retrieve: pick(['waiting', 'running', 'complete', 'partial', 'failed'] as const), percent: below(101) }),
	}));
	return {
		rows,
		shown: rows.map((_, index) => index).filter(() => below(5) > 0),
		at: below(70),
		top: below(70),
		filter: pick(['', hostile()]),
		title: hostile(),
		nodes: pick([['main'], ['main', hostile(), 'x']]),
		query: {
			level: pick(['patient', 'study', 'series', 'instance']),
			model: pick(['study', 'patient']),
			keys: { PatientName: hostile(), StudyDate: pick(['', hostile()]) },
		},
		level: pick(['patient', 'study', 'series', 'instance']),
		rangeFrom: pick([undefined, 3]),
		warnings: pick([[], [hostile()], [hostile(), hostile()]]),
		sort: pick([undefined, { keyword: 'StudyDate', descending: true }]),
		marked: new Set(pick([[], ['main\n1', 'main\n5']])),
		asking: pick([[], ['main']]),
		progress: pick([
			{ state: 'none' },
			{ state: 'waiting', since: 0 },
			{ state: 'receiving', since: 0, firstAt: 10 },
			{ state: 'stopping', since: pick([0, 10_000]) },
			{ state: 'done', tookMs: 4, end: pick(['complete', 'stopped', 'cut-off', 'failed', 'too-many'] as const) },
		] as const),
	};
};

const randomState = (): State => {
	const state = pick(Object.values({ ...BROWSE, ...OVERLAID }));
	const level = (): LevelState => ({ ...levelOfStudies(), ...randomLevel() });
	return {
		...state,
		size: { columns: 1 + below(200), rows: 1 + below(60) },
		look: { unicode: below(2) === 0, theme: pick(['dark', 'light', 'mono']), masked: below(2) === 0 },
		status: pick([undefined, { kind: pick(['note', 'good', 'warning', 'bad'] as const), text: hostile() }]),
		browse: {
			...state.browse,
			levels: below(4) === 0 ? state.browse.levels : Array.from({ length: 1 + below(3) }, level),
			tracePane: below(2) === 0,
			isFiltering: below(4) === 0,
			maximized: below(4) === 0,
			previewWidth: below(80),
		},
	};
};

/** What no line of a screen may hold: controls, format characters, halves of surrogate pairs. */
const DANGEROUS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

t.test('no line is ever wider than the screen, nor holds what could steer it', async (t) => {
	for (let run = 0; run < 1500; run++) {
		const state = randomState();
		const { columns, rows } = state.size;
		const lines = frameOf(state);
		const told = (line: Line): string => `${run}: ${columns}x${rows}: ${line.map(({ text }) => text).join('')}`;
		if (lines.length !== rows) t.fail(`${run}: ${lines.length} lines of ${rows}`);
		for (const line of lines) {
			if (widthOf(line) !== columns) t.fail(`${widthOf(line)} wide, ${told(line)}`);
			if (line.some(({ text }) => DANGEROUS.test(text))) t.fail(told(line));
			if (!state.look.unicode && line.some(({ text }) => /[^\x20-\x7e]/.test(text))) t.fail(`not ASCII, ${told(line)}`);
		}
	}
	t.pass('1500 frames');
});

t.test('masked, nothing that names a patient is on any screen', async (t) => {
	for (const [name, state] of Object.entries(BROWSE))
		for (const size of ALL) {
			const text = plainText(frameOf({ ...state, size, look: { ...state.look, masked: true } }));
			t.notMatch(text, /SMITH|\bP0\d\d|\bH-4471|1957-01-02/, `${name} ${size.columns}`);
		}
});

t.test('only the rows that are seen are looked at', async (t) => {
	const rows = many(50_000);
	const looked: number[] = [];
	const watched = new Proxy(rows, {
		get: (target, key) => {
			if (typeof key === 'string' && /^\d+$/.test(key)) looked.push(Number(key));
			return Reflect.get(target, key);
		},
	});
	const state = BROWSE['done'];
	if (state === undefined) return t.fail('no such state');
	const level = { ...levelOfStudies(rows), rows: watched, at: 40_000, top: 39_990, marked: new Set<string>() };
	frameOf({ ...state, size: { columns: 120, rows: 40 }, browse: { ...state.browse, levels: [level] } });
	t.ok(looked.length > 0 && looked.length < 100, `${looked.length} rows`);
});
