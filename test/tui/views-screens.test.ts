/** The frames of the nodes, trace and log screens. */
import t from 'tap';
import type { State } from '../../src/tui/state.ts';
import { matchesGolden } from '../support/golden-frames.ts';
import { sampleState } from '../support/sample-state.ts';

process.env['TZ'] = 'UTC';

const on = (screen: State['screen'], more: Partial<State> = {}): State => ({ ...sampleState(), screen, ...more });

t.test('nodes', async (t) => {
	matchesGolden(t, 'nodes', on('nodes'));
	const { nodesScreen } = sampleState();
	matchesGolden(
		t,
		'nodes-rejected',
		on('nodes', { nodesScreen: { ...nodesScreen, at: 4, marked: new Set(['main', 'old']) } }),
	);
	matchesGolden(t, 'nodes-none', on('nodes', { nodes: [], current: [] }));
});

t.test('trace', async (t) => {
	matchesGolden(t, 'trace', on('trace'));
	const { trace } = sampleState();
	matchesGolden(t, 'trace-open', on('trace', { trace: { ...trace, open: true, pane: 'detail' } }));
	matchesGolden(t, 'trace-bytes', on('trace', { trace: { ...trace, open: true, pane: 'bytes' } }));
	matchesGolden(
		t,
		'trace-filter',
		on('trace', {
			trace: {
				...trace,
				isFiltering: true,
				filter: 'assoc 8 and',
				filterProblem: 'something must follow "and"',
				lines: [],
			},
		}),
	);
});

t.test('log', async (t) => {
	matchesGolden(t, 'log', on('log'));
	matchesGolden(t, 'log-filter', on('log', { log: { ...sampleState().log, filter: 'refused', at: 0 } }));
});
