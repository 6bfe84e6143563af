/** Explain: the newest problem in three parts, and that there are others. */
import { sanitize } from '../../output/sanitize.ts';
import type { Line } from '../frame.ts';
import { segment } from '../frame.ts';
import type { Overlay } from '../overlays/overlay-state.ts';
import { partsOf } from '../screen-parts.ts';
import type { Problem, State } from '../state.ts';
import { explanationLines } from './explanation-lines.ts';
import { listRows } from './list-rows.ts';
import { toldExplanation, toldWords } from './masked-words.ts';
import { extentText } from './pager.ts';
import { wrapped } from './paragraph.ts';
import { saidLine } from './status.ts';
import type { OverlayView } from './view.ts';

/** Others are listed only where so many lines are left. */
const LEAST_FOR_OTHERS = 4;

export const explainView: OverlayView<Extract<Overlay, { readonly kind: 'explain' }>> = {
	extent: 'middle',
	place: ({ at }, { problems }) => ({
		left: [
			segment('Explain', 'heading'),
			segment(sanitize(problems[at]?.node === undefined ? '' : `   ${problems[at].node}`)),
		],
		right: problems.length > 1 ? [segment(`${at + 1} of ${problems.length}, the newest first`)] : [],
	}),
	middle: ({ at, top = 0 }, state, { columns, rows }) => {
		const problem = state.problems[at];
		if (problem === undefined) return [[], [segment('   Nothing went wrong so far.')]];
		const lines: readonly Line[] = [[], ...problemLines(problem, state, columns)];
		const left = rows - lines.length - 2;
		if (lines.length > rows) return lines.slice(Math.max(0, Math.min(top, lines.length - rows)));
		if (state.problems.length < 2 || left < LEAST_FOR_OTHERS) return lines;
		return [
			...lines,
			[],
			[segment('   All of them', 'heading')],
			...listRows(
				{ at },
				state.problems.length,
				left,
				(index) => {
					const { kind = 'warning', text = '' } = state.problems[index] ?? {};
					return [segment(kind === 'bad' ? 'FAIL  ' : '!     ', kind), segment(sanitize(toldWords(state, text)))];
				},
				state.look,
			),
		];
	},
	// It stands above.
	status: ({ at, top = 0 }, state, columns) => {
		const rows = partsOf(state.size)?.middle.rows ?? 0;
		const problem = state.problems[at];
		const count = problem === undefined ? 0 : problemLines(problem, state, columns).length + 1;
		const said = state.status === undefined ? [] : [saidLine(state.status, state)];
		return count > rows ? [[segment(`PgDn, PgUp   ${extentText(count, top, rows)}`, 'faint')], ...said] : said;
	},
};

const problemLines = ({ explanation, text, kind }: Problem, state: State, columns: number): readonly Line[] => {
	if (explanation === undefined)
		return wrapped(sanitize(toldWords(state, text)), columns - 6).map(
			(line): Line => [segment('   '), segment(line, kind)],
		);
	return explanationLines(toldExplanation(state, explanation), columns);
};
