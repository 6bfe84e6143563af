/** What is in the row at the cursor, beside the table: its children as far as they were fetched, and what else its answer says. */
import type { Dataset } from '../../dicom/dataset.ts';
import { dataCell, shownCell } from '../../output/cell.ts';
import type { Column, Level } from '../../output/columns.ts';
import { COLUMNS, column } from '../../output/columns.ts';
import { cutEnd, pad } from '../../output/text-width.ts';
import type { LevelState, Row } from '../browse/browse-state.ts';
import { previewChildren, previewFocus } from '../browse/preview-pane.ts';
import { isPreviewOf } from '../browse/preview-request.ts';
import type { Line, Size } from '../frame.ts';
import { fitted, segment } from '../frame.ts';
import { keyFor } from '../key-hints.ts';
import { topFor } from '../list-cursor.ts';
import type { State } from '../state.ts';
import { signsOf } from '../theme.ts';
import { cellOf } from './browse-columns.ts';
import { atCursor } from './list-rows.ts';
import { wrapped } from './paragraph.ts';

/** Below this the table needs the width. */
const WIDE = 110;

/** Columns of the preview; 0 where there is none. */
export const previewWidth = ({ size, browse }: State): number => {
	if (size.columns < WIDE || browse.maximized || browse.previewWidth <= 0) return 0;
	return Math.min(browse.previewWidth, size.columns - 60);
};

export const previewLines = (state: State, level: LevelState, size: Size): readonly Line[] => {
	const row = level.rows[level.shown[level.at] ?? -1];
	if (row === undefined) return [];
	const details = detailLines(state, level, row, size.columns);
	// At least half of it is for the children, as far as there are.
	const room = Math.max(Math.ceil(size.rows / 2), size.rows - details.length - 1);
	const children = childLines(state, level, row, { columns: size.columns, rows: room });
	if (children.lines.length === 0) return details;
	const shown = children.count <= room ? children.lines : shortened(children, room);
	return [...shown, [segment(signsOf(state.look).across.repeat(size.columns), 'rule')], ...details];
};

/** Lines as far as they could be seen, and how many there would be of all. */
interface Children {
	readonly lines: readonly Line[];
	readonly count: number;
}

const shortened = ({ lines, count }: Children, room: number): readonly Line[] => [
	...lines.slice(0, room - 1),
	[segment(`   and ${count - room + 1} more`, 'faint')],
];

const CHILDREN: Partial<
	Record<
		Level,
		{
			readonly heading: string;
			readonly lines: (rows: readonly Dataset[], width: number) => readonly Line[];
		}
	>
> = {
	study: { heading: 'SERIES IN THIS STUDY', lines: (rows, width) => seriesLines(rows, width) },
	series: {
		heading: 'INSTANCES IN THIS SERIES',
		lines: (rows, width) => instanceLines(rows, width),
	},
};

const NONE: Children = { lines: [], count: 0 };

const childLines = (state: State, level: LevelState, row: Row, { columns, rows }: Size): Children => {
	const children = CHILDREN[level.level];
	if (children === undefined) return NONE;
	const its = state.browse.preview;
	const heading: Line = [segment(children.heading, 'heading')];
	const only = (text: string): Children => {
		const lines = [heading, ...faint(text, columns)];
		return { lines, count: lines.length };
	};
	if (its?.state === 'off') return only('off: it takes this node more than 3 s');
	if (its === undefined || !isPreviewOf(state, row)) return only('');
	switch (its.state) {
		case 'asking':
			return only(state.look.unicode ? 'asking…' : 'asking ...');
		case 'failed':
			return only(`not answered (${keyFor(state, 'explain')} explain)`);
		case 'here': {
			if (its.rows.length === 0) return only('none');
			const at = previewFocus(state);
			// What stands above and below the children: two headings, and that there are more.
			const height = Math.max(1, rows - ABOVE - 1);
			const isWhole = its.rows.length + ABOVE <= rows;
			const top = at === undefined || isWhole ? 0 : topFor(at, 0, its.rows.length, height);
			const first = previewChildren(its.rows, level.level).slice(top, top + rows);
			const [titles = [], ...told] = children.lines(first, columns);
			const marked = told.map((line, index) => (index + top === at ? chosen(line, columns) : line));
			const count = ABOVE + its.rows.length - top;
			return {
				lines: [at === undefined ? heading : [segment(children.heading, 'selected')], titles, ...marked],
				count,
			};
		}
	}
};

/** The heading, and that of the columns. */
const ABOVE = 2;

const chosen = (line: Line, width: number): Line => atCursor(fitted(line, width));

const faint = (text: string, width: number): readonly Line[] =>
	wrapped(text, width).map((line) => [segment(line, 'faint')]);

const columnOf = (level: Level, keyword: string): Column | undefined =>
	COLUMNS[level].find((one) => one.keyword === keyword);

const cell = (dataset: Dataset, level: Level, keyword: string): string => {
	const its = columnOf(level, keyword);
	return its === undefined ? '' : shownCell(dataset, its);
};

/** `#  MOD  DESCRIPTION   INST` */
const seriesLines = (rows: readonly Dataset[], width: number): readonly Line[] => {
	const text = Math.max(4, width - 3 - 5 - 5);
	const line = (number: string, modality: string, description: string, instances: string): string =>
		`${pad(cutEnd(number, 3), 3, 'right')} ${pad(cutEnd(modality, 3), 3, 'left')} ${pad(cutEnd(description, text), text, 'left')} ${pad(instances, 4, 'right')}`;
	return [
		[segment(line('#', 'MOD', 'DESCRIPTION', 'INST'), 'faint')],
		...rows.map(
			(row): Line => [
				segment(
					line(
						cell(row, 'series', 'SeriesNumber'),
						cell(row, 'series', 'Modality'),
						cell(row, 'series', 'SeriesDescription'),
						cell(row, 'series', 'NumberOfSeriesRelatedInstances'),
					),
				),
			],
		),
	];
};

const instanceLines = (rows: readonly Dataset[], width: number): readonly Line[] => [
	[segment(`${pad('#', 4, 'right')} CLASS`, 'faint')],
	...rows.map(
		(row): Line => [
			segment(
				`${pad(cell(row, 'instance', 'InstanceNumber'), 4, 'right')} ${cutEnd(cell(row, 'instance', 'SOPClassUID'), width - 5)}`,
			),
		],
	),
];

/** What a person looks up next, where the answer has it; the UID last and whole. */
const DETAILS: Partial<Record<Level, readonly (readonly [label: string, column: Column])[]>> = {
	patient: [
		['Birth date', column('PatientBirthDate', '00100030', 'BIRTH DATE', 0, 'date')],
		['Sex', column('PatientSex', '00100040', 'SEX', 0)],
		['Issuer', column('IssuerOfPatientID', '00100021', 'ISSUER', 0)],
		['Studies', column('NumberOfPatientRelatedStudies', '00201200', 'STUDIES', 0)],
	],
	study: [
		['Accession', column('AccessionNumber', '00080050', 'ACCESSION', 0)],
		['Study ID', column('StudyID', '00200010', 'STUDY ID', 0)],
		['Time', column('StudyTime', '00080030', 'TIME', 0, 'time')],
		['Birth date', column('PatientBirthDate', '00100030', 'BIRTH DATE', 0, 'date')],
		['Sex', column('PatientSex', '00100040', 'SEX', 0)],
		['Ref. phys.', column('ReferringPhysicianName', '00080090', 'REFERRING', 0)],
		['Retrieve AE', column('RetrieveAETitle', '00080054', 'RETRIEVE AE', 0, 'codes')],
		['Available', column('InstanceAvailability', '00080056', 'AVAILABLE', 0)],
		['Study UID', column('StudyInstanceUID', '0020000D', 'STUDY UID', 0, 'uid')],
	],
	series: [
		['Body part', column('BodyPartExamined', '00180015', 'BODY PART', 0)],
		['Date', column('SeriesDate', '00080021', 'DATE', 0, 'date')],
		['Time', column('SeriesTime', '00080031', 'TIME', 0, 'time')],
		['Retrieve AE', column('RetrieveAETitle', '00080054', 'RETRIEVE AE', 0, 'codes')],
		['Available', column('InstanceAvailability', '00080056', 'AVAILABLE', 0)],
		['Series UID', column('SeriesInstanceUID', '0020000E', 'SERIES UID', 0, 'uid')],
	],
	instance: [
		['Class', column('SOPClassUID', '00080016', 'CLASS', 0, 'class')],
		['Rows', column('Rows', '00280010', 'ROWS', 0)],
		['Columns', column('Columns', '00280011', 'COLUMNS', 0)],
		['Frames', column('NumberOfFrames', '00280008', 'FRAMES', 0)],
		['Available', column('InstanceAvailability', '00080056', 'AVAILABLE', 0)],
		['SOP UID', column('SOPInstanceUID', '00080018', 'SOP UID', 0, 'uid')],
	],
};

const LABEL = 12;

const detailLines = (state: State, { level }: LevelState, row: Row, width: number): readonly Line[] => {
	const own = (DETAILS[level] ?? []).filter(([, its]) => dataCell(row.dataset, its) !== '');
	return [
		[segment(level.toUpperCase(), 'heading')],
		...own.flatMap(([label, its]) => {
			const text = cellOf(row.dataset, its, state.look);
			const lines = wrapped(text, Math.max(8, width - LABEL));
			return lines.map(
				(line, index): Line => [segment((index === 0 ? label : '').padEnd(LABEL), 'faint'), segment(line)],
			);
		}),
	];
};
