/** The log screen: what was done and said, and who called us, the newest last. */
import { sanitize } from '../../output/sanitize.ts';
import { textWidth } from '../../output/text-width.ts';
import { localTime } from '../../output/trace-text.ts';
import type { Line, Style } from '../frame.ts';
import { segment } from '../frame.ts';
import { topFor } from '../list-cursor.ts';
import type { LogState, State } from '../state.ts';
import { signsOf } from '../theme.ts';
import { filterPart } from './filter-part.ts';
import { atCursor } from './list-rows.ts';
import { toldWords } from './masked-words.ts';
import { wholeLines } from './pager.ts';
import { statusLines } from './status.ts';
import type { ScreenView } from './view.ts';

const STYLES: Readonly<Record<'I' | 'W' | 'E', Style>> = { I: 'plain', W: 'warning', E: 'bad' };
const NARROW = 60;
/** Signs, time and level. */
const BEFORE_TEXT = 17;

export const logView: ScreenView = {
	place: (state) => {
		const { lines, filter } = state.log;
		const shown = shownLog(state.log).length;
		return {
			left: [
				segment('Log', 'heading'),
				segment(`   ${lines.length} lines`),
				...filterPart(state.log),
				...(filter === '' ? [] : [segment(`   shown ${shown}`)]),
			],
			right: [segment('I said  W warning  E error', 'faint')],
		};
	},
	middle: (state, { rows }) => {
		const shown = shownLog(state.log);
		if (shown.length === 0) return [[], [segment('    Nothing was logged yet.')]];
		const { at, top } = state.log;
		const first = topFor(at, top, shown.length, rows);
		return shown.slice(first, first + rows).map((line, offset) => logLine(line, state, first + offset === at));
	},
	status: (state, columns) => {
		const line = shownLog(state.log)[state.log.at];
		const text = line === undefined ? '' : sanitize(toldWords(state, line.text));
		const whole = wholeLines(text, columns, textWidth(text) > columns - BEFORE_TEXT);
		return whole.length > 0 ? whole : statusLines(state);
	},
};

export const shownLog = ({ lines, filter }: LogState): LogState['lines'] => {
	const wanted = filter.toLowerCase();
	return wanted === '' ? lines : lines.filter(({ text }) => text.toLowerCase().includes(wanted));
};

const logLine = ({ at, level, text }: LogState['lines'][number], state: State, isAt: boolean): Line => {
	const style = STYLES[level];
	const when = localTime(state.epochMs)(at).slice(0, state.size.columns < NARROW ? 5 : 8);
	const line = [
		segment(`  ${isAt ? signsOf(state.look).cursor : ' '} `),
		segment(when, 'faint'),
		segment(`  ${level}  `, style),
		segment(sanitize(toldWords(state, text)), style),
	];
	return isAt ? atCursor(line) : line;
};
