/** The screen of a node that could not be talked to: the three parts of the explanation, and what keys help. */
import type { Explanation } from '../../diagnose/explanation.ts';
import { sanitize } from '../../output/sanitize.ts';
import type { Line, Size } from '../frame.ts';
import { segment } from '../frame.ts';
import type { Overlay } from '../state.ts';
import { explanationLines } from './explanation-lines.ts';
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
	middle: ({ explanation, top = 0 }, _state, size) => {
		if (top === 0) return fitting(explanation, size);
		const whole: readonly Line[] = [[], ...explanationLines(explanation, size.columns)];
		return whole.slice(Math.max(0, Math.min(top, whole.length - size.rows)));
	},
};

/** What to do is told also where there is no room for why. */
const fitting = (explanation: Explanation, { columns, rows }: Size): readonly Line[] => {
	const whole: readonly Line[] = [[], ...explanationLines(explanation, columns)];
	const { title, means, do: steps } = explanation;
	const dense = (lines: readonly Line[]): readonly Line[] => lines.filter((line) => line.length > 0);
	const shorter = [
		whole,
		dense(whole),
		dense(explanationLines({ title, means, do: steps }, columns)),
		dense(explanationLines({ title, means: [], do: steps }, columns)),
	];
	return shorter.find((lines) => lines.length <= rows) ?? shorter.at(-1) ?? [];
};

const TITLES: Readonly<Record<string, string>> = {
	patient: 'Patients',
	study: 'Studies',
	series: 'Series',
	instance: 'Instances',
};
