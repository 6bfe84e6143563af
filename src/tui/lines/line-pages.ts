/** What is told 20 lines at a time: the rows that are looked at, or the attributes of one. */
import { sanitize } from '../../output/sanitize.ts';
import { currentLevel, currentRow, isRunning } from '../browse/levels.ts';
import type { State } from '../state.ts';
import { titleOf } from '../views/browse-place.ts';
import { attributeSentences } from './attribute-sentences.ts';
import { runningSentence } from './query-sentences.ts';
import { PAGE, rowSentence } from './row-sentences.ts';
import { nounOf, rowsText, sentence } from './sentences.ts';

export interface Page {
	readonly lines: readonly string[];
	/** Of the first line, counted from 0, and behind the last. */
	readonly from: number;
	readonly to: number;
}

/** Whether the attributes of a row are looked at. */
export const isReading = ({ overlays }: State): boolean => overlays.at(-1)?.kind === 'inspect';

/** With `--pick`. */
export const isPicking = ({ keys }: State): boolean => keys.some(({ action }) => action === 'pick');

/** From there on, with where that is and what can be done now. */
export const pageOf = (state: State, from: number): Page => (isReading(state) ? attributePage : rowPage)(state, from);

const rowPage = (state: State, from: number): Page => {
	const level = currentLevel(state);
	const count = level.shown.length;
	const to = Math.min(count, from + PAGE);
	const rows = Array.from({ length: Math.max(0, to - from) }, (_, index) => rowSentence(state, level, from + index));
	if (rows.length > 0) {
		const noun = nounOf(level);
		const where =
			to - from === count ? `${rowsText(count, level)} in all` : `${capital(noun)} ${from + 1} to ${to} of ${count}`;
		const more = to < count ? 'Enter tells more, a' : 'A';
		const keeps = isRunning(level) ? ', and more are on their way' : '';
		return {
			lines: [
				...rows,
				`${where}${keeps}. ${more} number opens one, ${isPicking(state) ? 'p and numbers take rows and quit' : 'g and numbers retrieve'}.`,
			],
			from,
			to,
		};
	}
	return { lines: [nothingText(state, from)], from: Math.min(from, count), to };
};

const nothingText = (state: State, from: number): string => {
	const level = currentLevel(state);
	if (from > 0) return `No more: there are ${rowsText(level.shown.length, level)}. b tells those before.`;
	if (isRunning(level)) return runningSentence(state, level);
	if (level.progress.state === 'none') return 'Nothing was asked yet: f asks, as in f smith* date=2024.';
	if (level.filter !== '' && level.rows.length === 1)
		return `The only one has no "${sanitize(level.filter)}": / alone shows it again.`;
	if (level.filter !== '')
		return `None of ${rowsText(level.rows.length, level)} has "${sanitize(level.filter)}": / alone shows all again.`;
	return `There are no ${nounOf(level)}. f asks something else${state.browse.levels.length > 1 ? ', u goes up' : ''}.`;
};

const attributePage = (state: State, from: number): Page => {
	const row = currentRow(state);
	const all = row === undefined ? [] : attributeSentences(row, currentLevel(state), state.look.masked);
	const to = Math.min(all.length, from + PAGE);
	if (to <= from) return { lines: [`No more: there are ${all.length} attributes. u leaves them.`], from: to, to };
	const where =
		to - from === all.length ? `${all.length} attributes in all` : `Attributes ${from + 1} to ${to} of ${all.length}`;
	return {
		lines: [...all.slice(from, to), `${where}; ${to < all.length ? 'Enter tells more, ' : ''}u leaves them.`],
		from,
		to,
	};
};

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** Where one is, on the way up and after a filter. */
export const placeSentence = (state: State): string => {
	const level = currentLevel(state);
	const of = level.of === undefined ? '' : ` of ${titleOf(level, state)}`;
	const count = rowsText(level.rows.length, level);
	return sentence(
		level.filter === '' ? `${count}${of}` : `${level.shown.length} of ${count}${of}, those with "${level.filter}"`,
	);
};

/** What stands before the line that is typed. */
export const promptOf = (state: State): string => `${isReading(state) ? 'attributes' : nounOf(currentLevel(state))}> `;
