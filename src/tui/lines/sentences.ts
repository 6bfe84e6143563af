/** What line mode says of anything: words that are read aloud as well as they are read. */
import type { Explanation } from '../../diagnose/explanation.ts';
import { countText } from '../../output/quantities.ts';
import { sanitize } from '../../output/sanitize.ts';
import type { LevelState } from '../browse/browse-state.ts';
import type { Problem, State } from '../state.ts';
import { toldExplanation, toldWords } from '../views/masked-words.ts';

/** With its full stop. */
export const sentence = (text: string): string => {
	const whole = sanitize(text).trim();
	return whole === '' || /[.!?:]$/.test(whole) ? whole : `${whole}.`;
};

/** `171/612` is read as a date. */
export const spoken = (text: string): string =>
	text.replaceAll(/(\d)\/(\d)/g, '$1 of $2').replaceAll('/s', ' a second');

const NOUNS: Readonly<Record<string, readonly [one: string, many: string]>> = {
	patient: ['patient', 'patients'],
	study: ['study', 'studies'],
	series: ['series', 'series'],
	instance: ['instance', 'instances'],
};

/** `1 study`, `43 studies`. */
export const rowsText = (count: number, { level }: Pick<LevelState, 'level'>): string =>
	countText(count, ...(NOUNS[level] ?? ['row', 'rows']));

export const nounOf = ({ level }: Pick<LevelState, 'level'>): string => NOUNS[level]?.[1] ?? 'rows';

/** The three parts, a line each: what happened and came back, what it means, what to do. */
export const explanationSentences = (state: State, explanation: Explanation): readonly string[] => {
	const { title, cameBack, means, do: steps } = toldExplanation(state, explanation);
	return [
		`Problem: ${title}`,
		...(cameBack === undefined ? [] : [`What came back: ${cameBack}`]),
		...means.map((text) => `What it means: ${text}`),
		...steps.map((text, index) => `What to do${steps.length > 1 ? `, ${index + 1}` : ''}: ${text}`),
	].map(sentence);
};

export const problemSentences = (state: State, { explanation, text, kind }: Problem): readonly string[] =>
	explanation === undefined
		? [sentence(`${kind === 'bad' ? 'Problem' : 'Warning'}: ${toldWords(state, text)}`)]
		: explanationSentences(state, explanation);
