/** The patient view where there is room for all of it: patients, the studies of one, and what is in one of those, side by side. */

import type { LevelState } from '../browse/browse-state.ts';
import { rowAt } from '../browse/levels.ts';
import { groupedStudies } from '../browse/patient-view.ts';
import { previewFocus } from '../browse/preview-pane.ts';
import type { Line, Segment, Size } from '../frame.ts';
import { fitted, segment } from '../frame.ts';
import { emptyLevel } from '../initial-state.ts';
import type { State } from '../state.ts';
import { signsOf } from '../theme.ts';
import { browseTable } from './browse-table.ts';
import { previewLines, previewWidth } from './preview.ts';

const WIDE = 150;

/** Undefined where the patient view is not on, is left for a series, or there is no room. */
export const patientPanes = (state: State, size: Size): readonly Line[] | undefined => {
	const { levels, patientView, maximized } = state.browse;
	if (!patientView || maximized || size.columns < WIDE) return undefined;
	const index = levels.findIndex(({ isDerived }) => isDerived);
	const patients = levels[index];
	const opened = levels[index + 1];
	if (patients === undefined || levels.length > index + 2 || patients.shown.length === 0) return undefined;
	const beside = previewWidth(state);
	const left = Math.floor((size.columns - beside) * 0.36);
	const middle = size.columns - left - beside - 2 * BETWEEN;
	const studies = opened ?? studiesAt(state, patients);
	const columns: readonly { readonly lines: readonly Line[]; readonly width: number }[] = [
		{
			width: left,
			lines: browseTable(state, patients, { columns: left, rows: size.rows }, { isActive: opened === undefined }),
		},
		{
			width: middle,
			lines: browseTable(
				state,
				studies,
				{ columns: middle, rows: size.rows },
				{ isActive: opened !== undefined && previewFocus(state) === undefined, without: PATIENT },
			),
		},
		{ width: beside, lines: previewLines(state, opened ?? patients, { columns: beside, rows: size.rows }) },
	];
	const between = segment(` ${signsOf(state.look).down} `, 'rule');
	return Array.from({ length: size.rows }, (_, row) =>
		columns.flatMap(({ lines, width }, place): readonly Segment[] => [
			...(place === 0 ? [] : [between]),
			...fitted(lines[row] ?? [], width),
		]),
	);
};

/** In the pane of patients. */
const PATIENT = ['PatientName', 'PatientID'];
const BETWEEN = 3;

const studiesAt = (state: State, patients: LevelState): LevelState => {
	const patient = rowAt(patients);
	const empty = { ...emptyLevel({ ...patients.query, level: 'study' }, ''), nodes: patients.nodes };
	if (patient === undefined) return empty;
	const rows = groupedStudies(state, [patient]);
	return { ...empty, rows, shown: rows.map((_, index) => index) };
};
