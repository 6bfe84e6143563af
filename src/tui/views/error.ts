/** The screen of a node that could not be talked to: the three parts of the explanation, and what keys help. */
import type { Explanation } from '../../diagnose/explanation.ts';
import { sanitize } from '../../output/sanitize.ts';
import type { Line, Size } from '../frame.ts';
import { segment } from '../frame.ts';
import type { Overlay } from '../overlays/overlay-state.ts';
import { partsOf } from '../screen-parts.ts';
import { explanationLines } from './explanation-lines.ts';
import { toldExplanation } from './masked-words.ts';
import { extentText } from './pager.ts';
import { saidLine } from './status.ts';
import type { OverlayView } from './view.ts';

export const errorView: OverlayView<Extract<Overlay, { readonly kind: 'error' }>> = {
	extent: 'middle',
	place: ({ node }, { browse }) => ({
		left: [
			segment(TITLES[browse.levels.at(-1)?.level ?? 'study'] ?? 'Query', 'heading'),
			segment(`   ${sanitize(node)}`),
		],
		right: [],
	}),
	middle: ({ explanation, top = 0 }, state, size) => fitting(toldExplanation(state, explanation), top, size),
	// What is wrong stands above: only what was done since is told.
	status: ({ explanation, top = 0 }, state, columns) => {
		const rows = partsOf(state.size)?.middle.rows ?? 0;
		const whole = wholeLines(toldExplanation(state, explanation), columns);
		const isNews = state.status !== undefined && state.status.kind !== 'bad';
		const said = isNews ? [saidLine(state.status, state)] : [];
		if (dense(whole).length <= rows) return said;
		return [...said, [segment(`Up, Down   ${extentText(whole.length, top, rows)}`, 'faint')]];
	},
};

const wholeLines = (explanation: Explanation, columns: number): readonly Line[] => [
	[],
	...explanationLines(explanation, columns),
];

const dense = (lines: readonly Line[]): readonly Line[] => lines.filter((line) => line.length > 0);

/** Without its blank lines before it has to be scrolled. */
const fitting = (explanation: Explanation, top: number, { columns, rows }: Size): readonly Line[] => {
	const whole = wholeLines(explanation, columns);
	if (whole.length <= rows) return whole;
	const shorter = dense(whole);
	if (shorter.length <= rows) return shorter;
	return whole.slice(Math.max(0, Math.min(top, whole.length - rows)));
};

const TITLES: Readonly<Record<string, string>> = {
	patient: 'Patients',
	study: 'Studies',
	series: 'Series',
	instance: 'Instances',
};
