/** The lines above the keys that every screen has: the result of the last action, and the newest problem. */
import { sanitize } from '../../output/sanitize.ts';
import type { Line, Style } from '../frame.ts';
import { segment, spread } from '../frame.ts';
import type { Problem, State, StatusLine } from '../state.ts';

const STYLES: Readonly<Record<StatusLine['kind'], Style>> = {
	note: 'plain',
	good: 'good',
	warning: 'warning',
	bad: 'bad',
};

/** What was said last: problems keep their sign, so that they are told without colour too. */
export const saidLine = ({ kind, text }: StatusLine): Line => [
	segment(`${SIGNS[kind]}${sanitize(text)}`, STYLES[kind]),
];

const SIGNS: Readonly<Record<StatusLine['kind'], string>> = { note: '', good: '', warning: '! ', bad: 'FAIL ' };

/** A problem, and that there is more to read of it. */
export const problemLine = ({ kind, text }: Problem, columns: number): Line =>
	spread([segment(`${SIGNS[kind]}${sanitize(text)}`, STYLES[kind])], [segment('(x explain)', 'faint')], columns - 1);

export const statusLines = (state: State): readonly Line[] => {
	const problem = state.problems[0];
	const said = state.status === undefined ? [] : [saidLine(state.status)];
	if (problem === undefined || problem.text === state.status?.text) return said;
	return [...said, problemLine(problem, state.size.columns)];
};
