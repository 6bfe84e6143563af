/** A state that actions go through, for tests of the reducer: keys by name, rows by number, effects kept. */
import type { Dataset } from '../../src/dicom/dataset.ts';
import type { Action, Effect } from '../../src/tui/actions.ts';
import type { LevelState, QuerySpec, Row } from '../../src/tui/browse/browse-state.ts';
import { currentLevel, currentRow } from '../../src/tui/browse/levels.ts';
import { initialState } from '../../src/tui/initial-state.ts';
import { actionOf } from '../../src/tui/keys.ts';
import type { NodeState } from '../../src/tui/nodes/nodes-state.ts';
import { placeOf } from '../../src/tui/place-of.ts';
import { reduce } from '../../src/tui/reduce.ts';
import type { State } from '../../src/tui/state.ts';

export const nodeNamed = (name: string, more: Partial<NodeState> = {}): NodeState => ({
	name,
	calledAeTitle: name.toUpperCase(),
	callingAeTitle: 'WS01',
	host: '127.0.0.1',
	port: 11112,
	tls: false,
	echo: 'unknown',
	connection: { state: 'none' },
	learned: [],
	...more,
});

/** 2024-06-15 12:00 UTC. */
export const EPOCH_MS = Date.UTC(2024, 5, 15, 12);

type WithoutTime<A> = A extends Action ? Omit<A, 'at'> : never;

export class Reducing {
	state: State;
	/** Since the last time they were taken. */
	effects: Effect[] = [];
	now = 1000;

	constructor(nodes: readonly NodeState[] = [nodeNamed('main')], size = { columns: 80, rows: 24 }) {
		this.state = initialState({
			size,
			look: { unicode: true, theme: 'dark', masked: false },
			now: this.now,
			epochMs: EPOCH_MS,
		});
		this.act({ type: 'nodes-read', nodes, saved: [] });
		this.effects = [];
	}

	act(action: WithoutTime<Action>): this {
		const { state, effects } = reduce(this.state, { ...action, at: this.now } as Action);
		this.state = state;
		this.effects.push(...effects);
		return this;
	}

	/** Each as the key table has it here; what it has not is typed. */
	press(...keys: readonly string[]): this {
		for (const key of keys) {
			const action = actionOf(key, placeOf(this.state), this.state.keys);
			if (action !== undefined) this.act({ type: 'key', action });
			else this.act({ type: 'text', text: key === 'Space' ? ' ' : key });
		}
		return this;
	}

	type(text: string): this {
		return this.act({ type: 'text', text });
	}

	after(ms: number): this {
		this.now += ms;
		return this.act({ type: 'tick' });
	}

	ask(query: Partial<QuerySpec> = {}, nodes?: readonly string[]): this {
		const asked: QuerySpec = { level: 'study', model: 'study', keys: {}, ...query };
		return this.act(nodes === undefined ? { type: 'ask', query: asked } : { type: 'ask', query: asked, nodes });
	}

	/** Rows of the query that was asked last, or another. */
	rows(datasets: readonly Dataset[], node = 'main', queryId = this.state.browse.lastQueryId): this {
		return this.act({ type: 'rows', queryId, node, rows: datasets.map((dataset) => ({ dataset, doubtful: false })) });
	}

	end(
		end: 'complete' | 'stopped' | 'cut-off' | 'failed' = 'complete',
		node = 'main',
		queryId = this.state.browse.lastQueryId,
	): this {
		return this.act({ type: 'query-ended', queryId, node, end, warnings: [] });
	}

	take(): readonly Effect[] {
		const taken = this.effects;
		this.effects = [];
		return taken;
	}

	get level(): LevelState {
		return currentLevel(this.state);
	}

	get row(): Row | undefined {
		return currentRow(this.state);
	}

	/** UIDs in the order they are shown. */
	get shown(): readonly string[] {
		return this.level.shown.map((place) => this.level.rows[place]?.uid ?? '?');
	}
}

export const study = (number: number, more: Readonly<Record<string, string>> = {}): Dataset => {
	const values: Record<string, readonly [string, string]> = {
		'00100010': ['PN', more['name'] ?? `SMITH^${String(number).padStart(4, '0')}`],
		'00100020': ['LO', more['id'] ?? `P${number}`],
		'00080020': ['DA', more['date'] ?? '20240101'],
		'00080061': ['CS', more['mod'] ?? 'CT'],
		'00081030': ['LO', more['desc'] ?? ''],
		'00201208': ['IS', more['inst'] ?? String(number)],
		'0020000D': ['UI', more['uid'] ?? `1.2.${number}`],
	};
	return dataset(values);
};

export const series = (number: number): Dataset =>
	dataset({
		'0020000E': ['UI', `1.2.1.${number}`],
		'00200011': ['IS', String(number)],
		'00080060': ['CS', 'CT'],
		'0008103E': ['LO', 'AXIAL'],
	});

export const dataset = (values: Readonly<Record<string, readonly [vr: string, text: string]>>): Dataset =>
	Object.fromEntries(
		Object.entries(values).map(([tag, [vr, text]]) => [
			tag,
			{ vr, Value: text === '' ? [] : vr === 'PN' ? [{ Alphabetic: text }] : text.split('\\') },
		]),
	) as unknown as Dataset;

export const studies = (from: number, to: number): readonly Dataset[] =>
	Array.from({ length: to - from + 1 }, (_, index) => study(from + index));
