/** What is asked before something is done: the question in words, and what an answer is to it. */
import { countText } from '../../output/quantities.ts';
import type { Action } from '../actions.ts';
import { currentLevel } from '../browse/levels.ts';
import type { OverlayOf } from '../overlays/overlay-stack.ts';
import { labelOf } from '../queue/job-progress.ts';
import { nodesOf } from '../queue/retrieve-ways.ts';
import type { State } from '../state.ts';
import { toldWords } from '../views/masked-words.ts';
import { rowsText, sentence } from './sentences.ts';

type Confirm = OverlayOf<'confirm'>;
type Retrieve = OverlayOf<'retrieve'>;
type Untimed<A> = A extends unknown ? Omit<A, 'at'> : never;

/** Nothing where none is open. @param whole makes a folder absolute */
export const questionOf = (state: State, whole: (folder: string) => string): string | undefined => {
	const top = state.overlays.at(-1);
	if (top?.kind === 'confirm') return confirmText(state, top);
	return top?.kind === 'retrieve' ? retrieveText(state, top, whole) : undefined;
};

const confirmText = (state: State, { text, choices }: Confirm): string => {
	const offers = choices.map(({ key, says }) => `${letterOf(key)} ${says}`).join(', ');
	return `${text.map((line) => sentence(toldWords(state, line))).join(' ')} Type ${offers}:`;
};

/** A line is typed: there is no Esc. */
const letterOf = (key: string): string => (key === 'Esc' ? 'n' : key);

const retrieveText = (state: State, dialog: Retrieve, whole: (folder: string) => string): string => {
	const { wanted, how, ways, folder } = dialog;
	const counts = wanted.map(({ instances }) => instances);
	const isKnown = counts.every((count) => count !== undefined);
	const sum = counts.reduce<number>((all, count) => all + (count ?? 0), 0);
	const [only] = wanted;
	const level = currentLevel(state);
	const what =
		wanted.length === 1 && only !== undefined ? labelOf(only, state.look.masked) : rowsText(level.marked.size, level);
	const size = isKnown ? countText(sum, 'instance') : 'how many instances the archive does not say';
	const reason = ways.find((way) => way.how === how)?.reason ?? '';
	return [
		sentence(
			`Get ${what}, ${size}, from ${nodesOf(wanted).join(', ')} by ${how === 'get' ? 'C-GET' : 'C-MOVE to us'} into ${whole(folder)}`,
		),
		...(how === 'get' ? [] : [sentence(reason)]),
		'Type y or n:',
	].join(' ');
};

/** What the line does to the question on top; undefined where it is no answer. */
export const answerOf = (state: State, line: string): Untimed<Action> | undefined => {
	const top = state.overlays.at(-1);
	const word = line.trim().toLowerCase();
	const isNo = word === '' || word === 'n' || word === 'no';
	if (top?.kind === 'retrieve') {
		if (isNo) return { type: 'key', action: 'cancel' };
		return word === 'y' || word === 'yes' ? { type: 'key', action: 'accept' } : undefined;
	}
	if (top?.kind !== 'confirm') return undefined;
	const choice = top.choices.find(({ key, says }) => key === word || says === word);
	if (choice !== undefined && choice.key !== 'Esc') return { type: 'text', text: choice.key };
	const [yes] = top.choices;
	if (word === 'y' && yes !== undefined) return { type: 'text', text: yes.key };
	return isNo ? { type: 'key', action: 'cancel' } : undefined;
};

/** Ctrl+C at a question: whoever was asked whether to leave leaves, and loses nothing; what was to be cancelled is; else nothing is done. */
export const answerOfInterrupt = (state: State): Untimed<Action> => {
	const top = state.overlays.at(-1);
	if (top?.kind !== 'confirm') return { type: 'key', action: 'cancel' };
	const keys = top.choices.map(({ key }) => key);
	const leaving = keys.find((key) => key === 'k') ?? keys.find((key) => key === 'q' || key === 'c');
	return leaving === undefined ? { type: 'key', action: 'cancel' } : { type: 'text', text: leaving };
};
