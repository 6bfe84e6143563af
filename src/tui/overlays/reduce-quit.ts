/** Leaving the program: at once where nothing runs, else after a question. */
import type { Reduced } from '../actions.ts';
import type { State } from '../state.ts';
import { opened } from './overlay-stack.ts';

const LIVE: ReadonlySet<string> = new Set(['waiting', 'running', 'paused', 'stopping']);

/**
 * @param isSure asked for by its own key, not by Ctrl+C at rest
 * @param picked what `--pick` prints then; whoever stays has taken nothing
 * @param leftOut what it does not print, though it might be meant: a question
 */
export const quitAsked = (
	before: State,
	isSure: boolean,
	picked?: readonly string[],
	leftOut: readonly string[] = [],
): Reduced => {
	const state: State = { ...before, picked };
	const live = state.queue.jobs.filter((job) => LIVE.has(job.state));
	if (live.length === 0) {
		if (isSure && leftOut.length === 0)
			return { state: { ...state, quitting: true }, effects: [{ do: 'quit', keepJournal: false }] };
		return opened(state, {
			kind: 'confirm',
			text: leftOut.length === 0 ? ['Quit?'] : leftOut,
			choices: [
				{
					key: 'q',
					says: leftOut.length === 0 ? 'quit' : 'take these alone and quit',
					effects: [{ do: 'quit', keepJournal: false }],
				},
				{ key: 's', says: 'stay', effects: [] },
			],
			at: leftOut.length === 0 ? 0 : 1,
			what: 'quit',
		});
	}
	const running = live.filter((job) => job.state === 'running' || job.state === 'stopping').length;
	return opened(state, {
		kind: 'confirm',
		text: [...leftOut, `${[...counted(running, 'running'), ...counted(live.length - running, 'waiting')].join(', ')}.`],
		choices: [
			{ key: 'c', says: 'cancel and quit', effects: [{ do: 'quit', keepJournal: false }] },
			{ key: 'k', says: 'keep in the journal and quit', effects: [{ do: 'quit', keepJournal: true }] },
			{ key: 's', says: 'stay', effects: [] },
		],
		at: 2,
		what: 'quit',
	});
};

const counted = (jobs: number, what: string): readonly string[] =>
	jobs === 0 ? [] : [`${jobs === 1 ? '1 job' : `${jobs} jobs`} ${what}`];
