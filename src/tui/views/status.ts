/** The lines above the keys that every screen has: the result of the last action, and the newest problem. */
import { sanitize } from '../../output/sanitize.ts';
import type { Line, Segment, Style } from '../frame.ts';
import { fitted, segment, spread, widthOf } from '../frame.ts';
import type { Problem, State, StatusLine } from '../state.ts';
import { toldWords } from './masked-words.ts';

const STYLES: Readonly<Record<StatusLine['kind'], Style>> = {
	note: 'plain',
	good: 'good',
	warning: 'warning',
	bad: 'bad',
};

/** Problems have their sign, so that they are told without colour too. */
const SIGNS: Readonly<Record<StatusLine['kind'], string>> = { note: '', good: '', warning: '! ', bad: 'FAIL ' };

export const saidLine = ({ kind, text }: StatusLine, state?: State): readonly [Segment] => [
	segment(`${SIGNS[kind]}${sanitize(state === undefined ? text : toldWords(state, text))}`, STYLES[kind]),
];

/** `(x explain)`, with the key that the configuration has for it. */
export const explainHint = ({ keys }: State): string => {
	const key = keys.find(({ action }) => action === 'explain')?.keys[0];
	return key === undefined ? '' : `(${key} explain)`;
};

/** A problem, and that there is more to read of it. */
export const problemLine = ({ kind, text }: Problem, state: State): Line =>
	explained(saidLine({ kind, text }, state), state);

/** Below this the words themselves need all of it. */
const NARROW = 60;

/** That there is more to read is told also where the line has to be cut for it. */
export const explained = (line: Line, state: State): Line => {
	const hint = [segment(explainHint(state), 'faint')];
	const width = state.size.columns - 1;
	const room = width < NARROW ? width : width - widthOf(hint) - 2;
	return spread(widthOf(line) > room ? fitted(line, room) : line, hint, width);
};

/** So long a problem is told without being asked for. */
const FRESH_MS = 60_000;

export const isFresh = ({ at, node: name, ofAsking }: Problem, { now, nodes }: State): boolean => {
	if (now - at >= FRESH_MS) return false;
	const node = ofAsking === true ? nodes.find((one) => one.name === name) : undefined;
	return node?.settledAt === undefined || at >= node.settledAt;
};

/** The newest that is told without being asked for. */
export const freshProblem = (state: State): Problem | undefined =>
	state.problems.find((problem) => isFresh(problem, state));

export const statusLines = (state: State): readonly Line[] => {
	const problem = freshProblem(state);
	const said = state.status === undefined ? [] : [saidLine(state.status, state)];
	if (problem === undefined) return said;
	if (problem.text === state.status?.text) return [problemLine(problem, state)];
	return [...said, problemLine(problem, state)];
};
