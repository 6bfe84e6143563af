/** What `--pick` prints of the rows that are taken: what `--from` of get and move reads. */
import { textOf } from '../../dicom/dataset.ts';
import { byTag } from '../../dicom/dictionary.ts';
import { TAG } from '../../dicom/tags.ts';
import { type Level, UNIQUE_KEYS } from '../../output/columns.ts';
import { jsonText, sanitize } from '../../output/sanitize.ts';
import type { Reduced } from '../actions.ts';
import { rowsText } from '../lines/sentences.ts';
import { noted, unchanged } from '../overlays/overlay-stack.ts';
import { quitAsked } from '../overlays/reduce-quit.ts';
import type { State } from '../state.ts';
import type { LevelState, Row } from './browse-state.ts';
import { chosenLevel, chosenRows, isGrouped, markedRows } from './marks.ts';
import { studiesOf } from './patient-view.ts';

/**
 * The marked rows, else the one at the cursor, of the level that is looked at: with them it is left. What is marked on the way there is
 * not taken, since a list is of one level; whoever has marked some is asked.
 */
export const picked = (state: State): Reduced => {
	const level = chosenLevel(state);
	const lines = [...new Set(chosenRows(state).flatMap((row) => lineOf(row, level) ?? []))];
	return lines.length === 0
		? unchanged(noted(state, 'there is no row to take', 'warning'))
		: quitAsked(state, true, lines, leftOut(state, lines));
};

/** What else is marked, a line for each level. */
const leftOut = (state: State, lines: readonly string[]): readonly string[] =>
	state.browse.levels.slice(0, -1).flatMap((level) => {
		const rows = isGrouped(level) ? studiesOf(state, markedRows(level)) : markedRows(level);
		const isTaken = rows.every((row) => lines.includes(lineOf(row, level) ?? ''));
		return isTaken ? [] : [`Also marked, and not taken: ${rowsText(level.marked.size, level)}.`];
	});

const LEVELS: readonly Level[] = ['patient', 'study', 'series', 'instance'];

/**
 * A study by its UID alone. Of a patient, a series or an instance a line of JSON, as `find -F jsonl` prints: a word by itself would be a
 * study to `--from`, and what lies below a study is asked for by the keys of the levels above it.
 *
 * @returns nothing for a row without its unique key
 */
const lineOf = (row: Row, level: LevelState): string | undefined => {
	if (row.uid === '') return undefined;
	if (level.level === 'study' && level.query.model === 'study') return sanitize(row.uid);
	const own = LEVELS.indexOf(level.level);
	const keys = LEVELS.slice(0, own + 1).flatMap((one) => {
		const tag = UNIQUE_KEYS[one];
		const keyword = byTag(tag)?.keyword ?? '';
		const isOwn = one === level.level;
		if (one === 'patient' && !isOwn && level.query.model === 'study') return [];
		const value = isOwn ? row.uid : aboveOf(row, level, keyword, tag);
		return value === '' ? [] : [[keyword, value] as const];
	});
	return keys.length === 0 ? undefined : jsonText(Object.fromEntries(keys));
};

/** As it was asked for, one entity alone; else as the answer has it. */
const aboveOf = ({ dataset }: Row, { query }: LevelState, keyword: string, tag: string): string => {
	const asked = query.keys[keyword] ?? '';
	const isOne = tag === TAG.PatientID ? asked !== '' && !/[*?\\]/.test(asked) : /^[\d.]+$/.test(asked);
	return isOne ? asked : textOf(dataset, tag);
};
