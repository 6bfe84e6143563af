/** The newest warnings and errors, for `x`: the last comes first, and one that keeps coming back stands once. */
import type { Problem, State } from './state.ts';

const MOST = 100;

export const withProblem = (state: State, problem: Problem): State => ({
	...state,
	problems: [
		problem,
		...state.problems.filter(({ text, node }) => text !== problem.text || node !== problem.node),
	].slice(0, MOST),
});
