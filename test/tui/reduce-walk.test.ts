/** A random walk: whatever is pressed, typed and heard, in whatever order, nothing is thrown and the state holds together. */
import t from 'tap';
import type { TraceEvent } from '../../src/association/trace.ts';
import type { Dataset } from '../../src/dicom/dataset.ts';
import type { Effect } from '../../src/tui/actions.ts';
import type { LevelState } from '../../src/tui/browse/browse-state.ts';
import { isRunning } from '../../src/tui/browse/levels.ts';
import { orderOf, rowFilter } from '../../src/tui/browse/row-order.ts';
import { widthOf } from '../../src/tui/frame.ts';
import { ACTIONS, type ActionName, KEYS } from '../../src/tui/keys.ts';
import { listHeight } from '../../src/tui/list-cursor.ts';
import { placeOf } from '../../src/tui/place-of.ts';
import type { State } from '../../src/tui/state.ts';
import { frameOf } from '../../src/tui/views/screen.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';
import { type Random, randomFrom } from '../support/random-archive.ts';
import { nodeNamed, Reducing, series, study } from '../support/reducing.ts';

const WALKS = 12;
const STEPS = Math.min(20_000, Math.max(4000, Math.round(Number(process.env['DIMSE_FUZZ'] ?? 0) / 5)));

const NAMES = Object.keys(ACTIONS) as ActionName[];
const TEXTS = [
	'a',
	'SMITH*',
	'1.2\n1.3',
	'2024',
	'!x',
	'mod:ct',
	'=',
	'"',
	'\\',
	':',
	'assoc 1',
	'StationName=X',
	'c',
	's',
	...HOSTILE_NAMES,
];
const EDITS = ['backspace', 'delete', 'left', 'right', 'home', 'end', 'clear'] as const;
const SIZES = [
	[120, 40],
	[80, 24],
	[48, 12],
	[40, 10],
	[20, 8],
	[160, 50],
	[1, 1],
] as const;
const ENDS = ['complete', 'stopped', 'cut-off', 'failed', 'too-many'] as const;
const EXPLANATION = { title: 'it failed', cameBack: '\x1b[2J', means: ['a'], do: ['b'] };

const chosen = <T>(random: Random, from: readonly T[]): T => from[random(from.length)] as T;

const anything = (random: Random): Dataset => {
	const number = random(400);
	if (random(4) === 0) return series(number);
	return study(number, {
		id: `P${random(20)}`,
		date: chosen(random, ['20240101', '', '2024', 'x', '20231231']),
		mod: chosen(random, ['CT', 'CT\\SR', '', 'MR']),
		inst: chosen(random, ['', '1', '612', 'many']),
		...(random(5) === 0 ? { name: chosen(random, HOSTILE_NAMES) } : {}),
		...(random(30) === 0 ? { uid: '' } : {}),
	});
};

const step = (walk: Reducing, random: Random): void => {
	const id = walk.state.browse.lastQueryId - random(3);
	const node = chosen(random, ['main', 'vna', 'old', 'nobody']);
	const dice = random(100);
	walk.now += random(700);
	if (dice < 35) {
		const place = placeOf(walk.state);
		const keys = KEYS.filter(({ places }) => places.includes(place));
		const { action } = chosen(random, keys);
		// Otherwise every walk would soon be over.
		if (action !== 'quit' && action !== 'interrupt') walk.act({ type: 'key', action });
		else if (random(4) === 0) walk.act({ type: 'key', action });
	} else if (dice < 42)
		walk.act({
			type: 'key',
			action: chosen(
				random,
				NAMES.filter((name) => name !== 'quit'),
			),
		});
	else if (dice < 50) walk.act({ type: 'text', text: chosen(random, TEXTS) });
	else if (dice < 54) walk.act({ type: 'edit', edit: chosen(random, EDITS) });
	else if (dice < 56) {
		const [columns, rows] = chosen(random, SIZES);
		walk.act({ type: 'resized', size: { columns, rows } });
	} else if (dice < 60) walk.after(random(40_000));
	else if (dice < 72)
		walk.rows(
			Array.from({ length: random(60) }, () => anything(random)),
			node,
			id,
		);
	else if (dice < 78) {
		const end = chosen(random, ENDS);
		const explained = random(2) === 0 ? { explanation: EXPLANATION } : {};
		walk.act({ type: 'query-ended', queryId: id, node, end, warnings: random(3) === 0 ? ['odd'] : [], ...explained });
	} else if (dice < 81)
		walk.ask(
			{
				level: chosen(random, ['patient', 'study', 'series', 'instance']),
				keys: random(2) === 0 ? {} : { PatientName: chosen(random, TEXTS) },
			},
			chosen(random, [undefined, ['main'], ['main', 'vna'], []]) as readonly string[],
		);
	else if (dice < 84)
		walk.act({
			type: 'preview',
			node,
			uid: walk.state.browse.preview?.uid ?? 'x',
			rows: [series(1)],
			state: chosen(random, ['here', 'failed', 'off']),
		});
	else if (dice < 86) walk.act({ type: 'echoed', node, echo: chosen(random, ['ok', 'bad', 'asking']), ms: random(9) });
	else if (dice < 88)
		walk.act({
			type: 'connection',
			node,
			connection: chosen(random, [
				{ state: 'none' },
				{ state: 'connecting', since: walk.now, waitingFor: 'TCP' },
				{ state: 'open', ms: 1, busy: true },
				{ state: 'failed', text: 'x' },
			]),
		});
	else if (dice < 89) walk.act({ type: 'learned', node, learned: { matchLimit: 500 }, words: `word ${random(3)}` });
	else if (dice < 90)
		walk.act({
			type: 'nodes-read',
			nodes: chosen(random, [[], [nodeNamed('main')], [nodeNamed('main'), nodeNamed('vna'), nodeNamed('old')]]),
			saved: [],
		});
	else if (dice < 93)
		walk.act({
			type: 'said',
			kind: chosen(random, ['note', 'good', 'warning', 'bad']),
			text: chosen(random, HOSTILE_NAMES),
			...(random(2) === 0 ? { explanation: EXPLANATION } : {}),
			node,
		});
	else if (dice < 97) walk.act({ type: 'traced', keptBytes: random(1e6), events: events(random, walk.now) });
	else if (dice < 98)
		walk.act({ type: 'trace-detail', index: random(1000), detail: [chosen(random, HOSTILE_NAMES)], bytes: ['0000'] });
	else if (dice < 99) walk.act({ type: 'doctor', node, line: chosen(random, HOSTILE_NAMES), isOver: random(2) === 0 });
	else
		walk.act({
			type: 'receiver-state',
			state: chosen(random, ['listening', 'failed', 'off']),
			aeTitle: 'ME',
			port: 11113,
			addresses: [],
			problem: 'x',
		});
};

let traced = 0;

const events = (random: Random, at: number): readonly { readonly index: number; readonly event: TraceEvent }[] =>
	Array.from({ length: random(20) }, () => ({
		index: ++traced,
		event: { event: 'timer', at, association: random(5), timer: 'ARTIM', action: 'expired', timeoutMs: 1000 },
	}));

/** Undefined where it all holds together. */
const broken = (state: State): string | undefined => {
	const { levels, followed, isFiltering } = state.browse;
	if (levels.length === 0) return 'there is no level';
	if (followed !== undefined && followed.level >= levels.length) return 'a level is followed that is gone';
	if (state.browse.patientView !== levels.some(({ isDerived }) => isDerived)) return 'the patient view is half on';
	if (isFiltering && state.overlays.some(({ kind }) => kind === 'form')) return 'a form over a filter that is typed';
	for (const [index, level] of levels.entries()) {
		const why = brokenLevel(level, state);
		if (why !== undefined) return `level ${index} (${level.level}): ${why}`;
	}
	return undefined;
};

const brokenLevel = (level: LevelState, state: State): string | undefined => {
	const { at, top, shown, rows, rangeFrom, asking, nodes } = level;
	const height = listHeight(state.size);
	if (at < 0 || at > Math.max(0, shown.length - 1)) return `the cursor is at ${at} of ${shown.length}`;
	if (top < 0 || top > Math.max(0, shown.length - 1)) return `the top is ${top} of ${shown.length}`;
	if (at < top || at >= top + height) return `the cursor ${at} is not on the screen, ${top} and ${height} more`;
	if (rangeFrom !== undefined && rangeFrom >= shown.length) return 'a range begins nowhere';
	if (new Set(shown).size !== shown.length) return 'a row is shown twice';
	if (shown.some((place) => rows[place] === undefined)) return 'a row is shown that there is not';
	if (!level.isDerived && isRunning(level) !== asking.length > 0)
		return `${level.progress.state}, asking ${asking.length}`;
	if (asking.some((node) => !nodes.includes(node))) return 'it asks whom it was not to ask';
	if (level.gathered !== undefined && !isRunning(level)) return 'gathers without end';
	const passing = orderOf(rows, rowFilter(level.filter, level.level), undefined, level.level);
	if (passing.length !== shown.length) return `${shown.length} shown, ${passing.length} pass ${level.filter}`;
	const wanted = new Set(passing);
	return shown.every((place) => wanted.has(place)) ? undefined : 'a row is shown that does not pass the filter';
};

const badFrame = (state: State): string | undefined => {
	const frame = frameOf(state);
	if (frame.length !== state.size.rows) return `${frame.length} lines on ${state.size.rows}`;
	const wide = frame.find((line) => widthOf(line) > state.size.columns);
	return wide === undefined ? undefined : `wider than ${state.size.columns}: ${wide.map(({ text }) => text).join('')}`;
};

for (let seed = 1; seed <= WALKS; seed++)
	t.test(`walk ${seed}`, async (t) => {
		const random = randomFrom(seed);
		const start = () => new Reducing([nodeNamed('main'), nodeNamed('vna')], { columns: 120, rows: 40 });
		let walk = start();
		const asked = new Set<number>();
		const places = new Set<string>();
		let lastId = 0;
		const check = (effect: Effect): string | undefined => {
			if (effect.do === 'query' || effect.do === 'past-limit') {
				if (effect.queryId <= lastId) return `query ${effect.queryId} after ${lastId}`;
				lastId = effect.queryId;
				asked.add(effect.queryId);
				if (effect.do === 'query' && effect.nodes.length === 0) return 'nobody is asked';
			}
			if (effect.do === 'stop-query' && !asked.has(effect.queryId)) return `query ${effect.queryId} was never asked`;
			return undefined;
		};
		for (let count = 0; count < STEPS; count++) {
			step(walk, random);
			places.add(placeOf(walk.state));
			const effects = walk.take();
			const why =
				broken(walk.state) ??
				effects.map(check).find((problem) => problem !== undefined) ??
				(count % 10 === 0 ? badFrame(walk.state) : undefined);
			if (why !== undefined) return t.fail(`step ${count}: ${why}`);
			if (walk.state.quitting || (walk.state.browse.levels[0]?.rows.length ?? 0) > 3000) {
				walk = start();
				asked.clear();
				lastId = 0;
			}
		}
		return t.ok(places.size > 12, `it came by ${places.size} places`);
	});
