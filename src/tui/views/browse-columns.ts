/** Which columns the rows of a level have at a width: the important ones first, the others only where those have room. */
import { shownCell } from '../../output/cell.ts';
import type { Column, Level } from '../../output/columns.ts';
import { GAP } from '../../output/layout.ts';
import { sanitize } from '../../output/sanitize.ts';
import { textWidth } from '../../output/text-width.ts';
import type { LevelState, Row } from '../browse/browse-state.ts';
import { shownColumns } from '../browse/shown-columns.ts';
import { masked, maskKindOf } from '../mask.ts';
import type { Look, State } from '../state.ts';
import { sortSign } from './sort-sign.ts';
import type { TableColumn } from './table.ts';
import { tableColumn } from './table.ts';

/** Below this a row is a name, a date, a modality and a number. */
export const NARROW = 60;

/** A cell as it is shown, a pseudonym where patients are masked. */
export const cellOf = (row: Row['dataset'], column: Column, { masked: isMasked }: Look): string => {
	const kind = isMasked ? maskKindOf(column.path) : undefined;
	const text = shownCell(row, column);
	return kind === undefined ? text : masked(text, kind);
};

/** What is read first needs more room than on a line that is printed. */
const WIDTHS: Readonly<Record<string, readonly [minimum: number, preferred: number, generous: number]>> = {
	PatientName: [14, 20, 30],
	PatientID: [12, 12, 16],
	ModalitiesInStudy: [5, 6, 10],
	StudyDescription: [12, 24, 48],
	SeriesDescription: [14, 28, 48],
	AccessionNumber: [9, 12, 16],
	SOPInstanceUID: [20, 40, 64],
	SeriesInstanceUID: [20, 40, 64],
	SOPClassUID: [12, 24, 40],
};

/** The UID of a series is in the preview: its count is wanted sooner. */
const PRIORITIES: Readonly<Record<string, number>> = { SeriesInstanceUID: 20 };

/** From here on a column is shown even where others have only what they need at least. */
const IMPORTANT = 60;

const NARROW_KEYWORDS: Readonly<Partial<Record<Level, readonly string[]>>> = {
	patient: ['PatientName', 'PatientID', 'NumberOfPatientRelatedStudies'],
	study: ['PatientName', 'StudyDate', 'ModalitiesInStudy', 'NumberOfStudyRelatedInstances'],
	series: ['SeriesNumber', 'Modality', 'SeriesDescription', 'NumberOfSeriesRelatedInstances'],
	instance: ['InstanceNumber', 'SOPInstanceUID'],
};

/** Of patients that are made of their studies nobody adds it up. */
const UNCOUNTED = 'NumberOfPatientRelatedInstances';

/**
 * @param isNarrow only what a row is known by
 * @param without keywords of what stands beside the table already
 */
export const browseColumns = (
	state: State,
	level: LevelState,
	width: number,
	isNarrow: boolean,
	without: readonly string[] = [],
): readonly TableColumn<Row>[] => {
	const isChosen = state.browse.columns[level.level] !== undefined;
	const narrow = isNarrow && !isChosen ? NARROW_KEYWORDS[level.level] : undefined;
	const wanted = shownColumns(state, level.level)
		.filter(({ keyword, priority }) => (narrow === undefined ? priority > 0 : narrow.includes(keyword)))
		.filter(({ keyword }) => !without.includes(keyword) && !(level.isDerived && keyword === UNCOUNTED))
		.map((column) => ({
			...column,
			priority: isChosen ? column.priority : (PRIORITIES[column.keyword] ?? column.priority),
		}))
		.map((column) => attributeColumn(column, level, state.look, isNarrow));
	const node = nodeColumn(level);
	const left = width - node.reduce((sum, { preferred }) => sum + preferred + GAP.length, 0);
	return [...node, ...(isChosen ? wanted : roomFor(wanted, left))];
};

const attributeColumn = (column: Column, level: LevelState, look: Look, isNarrow: boolean): TableColumn<Row> => {
	const [minimum, preferred, generous] = WIDTHS[column.keyword] ?? [
		column.minimum,
		column.preferred,
		column.form === 'text' ? 2 * column.preferred : column.preferred,
	];
	const heading = column.heading + sortSign(column.keyword, level.sort, look);
	return {
		...tableColumn<Row>(
			heading,
			column.priority,
			isNarrow && column.keyword === 'PatientName' ? [10, 18, 30] : [minimum, preferred, generous],
			(row) => cellOf(row.dataset, column, look),
			{ alignment: column.alignment, cutsMiddle: column.form === 'uid' },
		),
		// A narrow list has no headings to make room for.
		...(isNarrow ? { minimum: column.form === 'text' ? 10 : column.form === 'number' ? 4 : column.minimum } : {}),
	};
};

const NODE_WIDTH = 10;

/** Rows of several nodes say whose they are. */
const nodeColumn = ({ nodes }: LevelState): readonly TableColumn<Row>[] => {
	if (nodes.length < 2) return [];
	const width = Math.min(NODE_WIDTH, Math.max(4, ...nodes.map((name) => textWidth(sanitize(name)))));
	return [tableColumn<Row>('NODE', 99, [width, width, width], ({ node }) => sanitize(node))];
};

/** The unimportant are let in, the best first, only where all that are in have what they prefer. */
const roomFor = (columns: readonly TableColumn<Row>[], width: number): readonly TableColumn<Row>[] => {
	const chosen = new Set(columns.filter(({ priority }) => priority >= IMPORTANT));
	const others = columns.filter(({ priority }) => priority < IMPORTANT).sort((a, b) => b.priority - a.priority);
	for (const other of others) {
		const needed = [...chosen, other].reduce((sum, { preferred }) => sum + preferred + GAP.length, -GAP.length);
		if (needed <= width) chosen.add(other);
	}
	return columns.filter((column) => chosen.has(column));
};
