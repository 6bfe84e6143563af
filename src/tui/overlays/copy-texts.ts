/** What the copy menu copies of the row at the cursor, of the marked ones, and of the newest problem. */
import type { Explanation } from '../../diagnose/explanation.ts';
import { type Dataset, textOf } from '../../dicom/dataset.ts';
import { TAG } from '../../dicom/tags.ts';
import { type Level, UNIQUE_KEYS } from '../../output/columns.ts';
import { rowReader } from '../../output/json-row.ts';
import { countText } from '../../output/quantities.ts';
import { jsonText, sanitize } from '../../output/sanitize.ts';
import type { Row } from '../browse/browse-state.ts';
import { markedRows } from '../browse/marks.ts';
import { sameAs } from '../browse/query-command.ts';
import { keyFor } from '../key-hints.ts';
import type { ActionName } from '../keys.ts';
import type { Problem, State } from '../state.ts';
import { toldWords } from '../views/masked-words.ts';
import { levelOf, rowAt } from './overlay-stack.ts';

export type CopyAction = Exclude<Extract<ActionName, `copy${string}`>, 'copy'>;

export interface Copied {
	readonly text: string;
	/** For `copied (3 UIDs)`. */
	readonly what: string;
	/** It names a patient: asked about where the screen is masked. */
	readonly names: boolean;
}

/** In the order of the menu. */
export const COPY_ACTIONS = [
	'copyStudy',
	'copyPatient',
	'copyAccession',
	'copyRow',
	'copyMarked',
	'copyCommand',
	'copyExplanation',
] as const satisfies readonly CopyAction[];

/** A text that says why there is nothing to copy, instead of it. */
export const copied = (state: State, action: CopyAction): Copied | string => {
	switch (action) {
		case 'copyStudy':
			return ofRow(state, TAG.StudyInstanceUID, 'Study Instance UID', false);
		case 'copyPatient':
			return ofRow(state, TAG.PatientID, 'Patient ID', true);
		case 'copyAccession':
			return ofRow(state, TAG.AccessionNumber, 'Accession Number', true);
		case 'copyRow': {
			const row = rowAt(levelOf(state));
			if (row === undefined) return NO_ROW;
			return { text: jsonText(rowReader({})(row.dataset)), what: 'row as JSON', names: true };
		}
		case 'copyMarked': {
			const level = levelOf(state);
			// What several nodes have is one.
			const uids = level === undefined ? [] : [...new Set(markedRows(level).map(({ uid }) => sanitize(uid)))];
			if (uids.length === 0) return `no row is marked: ${keyFor(state, 'mark', 'browse')} marks`;
			const isId = level?.level === 'patient';
			return { text: uids.join('\n'), what: countText(uids.length, isId ? 'Patient ID' : 'UID'), names: isId };
		}
		case 'copyCommand': {
			const level = levelOf(state);
			if (level === undefined) return NO_ROW;
			return { text: sameAs(state, level.query), what: 'command', names: true };
		}
		case 'copyExplanation': {
			const problem = state.problems[0];
			return problem === undefined ? 'there was no problem' : copiedProblem(state, problem);
		}
	}
};

const NO_ROW = 'there is no row';

/** Also of the rows that were drilled into: a series has no Accession Number of its own. */
const ofRow = ({ browse: { levels } }: State, tag: string, what: string, names: boolean): Copied | string => {
	if (rowAt(levels.at(-1)) === undefined) return NO_ROW;
	for (const level of [...levels].reverse()) {
		const row = rowAt(level);
		const text = row === undefined ? '' : valueIn(row, level.level, tag);
		if (text !== '') return { text, what, names };
	}
	return `the row has no ${what}`;
};

const valueIn = (row: Row, level: Level, tag: string): string =>
	sanitize(UNIQUE_KEYS[level] === tag ? row.uid : firstOf(row.dataset, tag));

const firstOf = (dataset: Dataset, tag: string): string => textOf(dataset, tag).split('\\')[0]?.trim() ?? '';

export const copiedProblem = (state: State, { text: line, explanation }: Problem): Copied => {
	const text = explanation === undefined ? sanitize(line) : explanationText(explanation);
	return { text, what: 'explanation', names: toldWords(state, text) !== text };
};

/** The three parts as plain text, for a ticket or an e-mail; sanitised. */
const explanationText = ({ title, cameBack, means, do: steps }: Explanation): string => {
	const part = (heading: string, lines: readonly string[]): readonly string[] =>
		lines.length === 0 ? [] : [`${heading}:`, ...lines.map((line) => `  ${line}`)];
	return [
		title,
		...part('What came back', cameBack === undefined ? [] : [cameBack]),
		...part('What it means', means),
		...part('What to do', steps),
	]
		.map(sanitize)
		.join('\n');
};
