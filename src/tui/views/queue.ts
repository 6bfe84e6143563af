/** The queue: its jobs, and of the one at the cursor everything that is known, each number with its source. */
import { filledFrame, type Line, type Size, segment } from '../frame.ts';
import type { State } from '../state.ts';

export const queueView = (state: State, size: Size): readonly Line[] =>
	filledFrame(
		state.queue.jobs.map(({ label }) => [segment(label)]),
		size,
	);

/** Line 2: `Queue   3 jobs: 1 running, 1 waiting, 1 done` and, at the right, all of them together. */
export const queuePlace = (state: State): { readonly left: Line; readonly right: Line } => ({
	left: [segment('Queue', 'heading'), segment(`   ${state.queue.jobs.length} jobs`)],
	right: [],
});
