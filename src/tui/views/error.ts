/** The screen of a node that could not be talked to: the three parts of the explanation, and what keys help. */
import { sanitize } from '../../output/sanitize.ts';
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
	middle: ({ explanation }, _state, { columns }) => [[], ...explanationLines(explanation, columns)],
};

const TITLES: Readonly<Record<string, string>> = {
	patient: 'Patients',
	study: 'Studies',
	series: 'Series',
	instance: 'Instances',
};
