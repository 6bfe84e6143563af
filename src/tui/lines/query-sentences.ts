/** What line mode says of a query: that it is asked, how far it is, what it came to. */
import { durationText } from '../../output/quantities.ts';
import { sanitize } from '../../output/sanitize.ts';
import type { LevelState } from '../browse/browse-state.ts';
import { completenessText, cutOffText, progressText } from '../browse/progress-words.ts';
import { emptyHints } from '../browse/query-words.ts';
import { maskedValue } from '../mask.ts';
import type { NodeState } from '../nodes/nodes-state.ts';
import type { State } from '../state.ts';
import { titleOf } from '../views/browse-place.ts';
import { toldWords } from '../views/masked-words.ts';
import { nounOf, rowsText, sentence } from './sentences.ts';

/** `Asking main for studies, PatientName SMITH*, StudyDate 2024.` */
export const askingSentence = (state: State, level: LevelState): string => {
	const nodes = level.nodes.join(' and ');
	if (level.of !== undefined) return sentence(`Asking ${nodes} for the ${nounOf(level)} of ${titleOf(level, state)}`);
	const keys = Object.entries(level.query.keys)
		.filter(([, value]) => value !== '')
		.map(([keyword, value]) => `${keyword} ${state.look.masked ? maskedValue(keyword, value) : value}`);
	return sentence(`Asking ${nodes} for ${keys.length === 0 ? 'all ' : ''}${[nounOf(level), ...keys].join(', ')}`);
};

/** Once in a while, as long as it runs. */
export const runningSentence = (state: State, level: LevelState): string => {
	const asked = state.nodes.filter(({ name }) => level.asking.includes(name));
	const text = progressText(level, asked, state.now).replace('…', '').replace('rows/s', 'rows a second');
	const count = level.rows.length === 0 ? '' : `, ${rowsText(level.rows.length, level)} so far, list tells them`;
	const stop = level.progress.state === 'stopping' ? '' : '; stop stops it';
	return sentence(`Still ${text}${count}${stop}`);
};

/** How it ended; where nothing matched also what may be the matter. */
export const endSentences = (state: State, level: LevelState, today: Date): readonly string[] => {
	const { progress, rows } = level;
	if (progress.state !== 'done') return [];
	const count = rowsText(rows.length, level);
	const took = durationText(progress.tookMs);
	switch (progress.end) {
		case 'complete':
			if (rows.length === 0)
				return [`No ${nounOf(level)} match, after ${took}.`, ...hintSentences(state, level, today)];
			return [sentence(`${count} in ${took}, ${completenessText(level, nodesOf(state, level))}`)];
		case 'cut-off':
			return [sentence(completenessText(level, nodesOf(state, level)).replace(/^\d+ rows?/, count))];
		case 'stopped':
			return [
				`Stopped after ${took}: ${rows.length === 0 ? `no ${nounOf(level)} had` : `${count} ${rows.length === 1 ? 'has' : 'have'}`} come.`,
			];
		case 'failed':
			if (rows.length === 0) return [`The query failed after ${took}.`];
			return [
				`The query failed after ${count}, which stay.`,
				...(level.cutOff?.length ? [sentence(cutOffText(level, nodesOf(state, level)))] : []),
			];
		case 'too-many':
			return [`Stopped at ${count}: more is for dimse find in a shell, or for a narrower query.`];
	}
};

const nodesOf = ({ nodes }: State, level: LevelState): readonly NodeState[] =>
	nodes.filter(({ name }) => level.nodes.includes(name));

const hintSentences = (state: State, level: LevelState, today: Date): readonly string[] => {
	const [node] = nodesOf(state, level);
	return emptyHints(level.query, node, today).map((hint) =>
		sentence(
			`To try: ${toldWords(state, hint).replace('D checks the node', `dimse doctor ${sanitize(node?.name ?? 'NODE')} checks it`)}`,
		),
	);
};
