/** An explanation that is longer than the screen is read in parts. */
import t from 'tap';
import { plainText } from '../../src/tui/frame.ts';
import type { ActionName } from '../../src/tui/keys.ts';
import type { Overlay } from '../../src/tui/overlays/overlay-state.ts';
import { reduce } from '../../src/tui/reduce.ts';
import type { State } from '../../src/tui/state.ts';
import { frameOf } from '../../src/tui/views/screen.ts';
import { REJECTED, sampleState } from '../support/sample-state.ts';

const showing = (overlay: Overlay): State => ({
	...sampleState(),
	size: { columns: 48, rows: 12 },
	overlays: [overlay],
});
const pressed = (state: State, ...actions: readonly ActionName[]): State =>
	actions.reduce((now, action) => reduce(now, { type: 'key', at: now.now, action }).state, state);
const text = (state: State): string => plainText(frameOf(state));

const LAST = 'Run all checks';

for (const overlay of [
	{ kind: 'explain', at: 0 },
	{ kind: 'error', node: 'old', explanation: REJECTED },
] as const satisfies readonly Overlay[])
	t.test(overlay.kind, async (t) => {
		const first = showing(overlay);
		t.notMatch(text(first), LAST);
		const down = pressed(first, 'pageDown', 'pageDown', 'pageDown', 'pageDown');
		t.match(text(down), LAST);
		t.equal(text(pressed(down, 'pageUp', 'pageUp', 'pageUp', 'pageUp')), text(first));
	});

t.test('another problem begins at its beginning', async (t) => {
	const state = pressed(showing({ kind: 'explain', at: 0 }), 'pageDown', 'down', 'up');
	t.match(text(state), 'association rejected');
});
