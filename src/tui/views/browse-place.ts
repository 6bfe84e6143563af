/** Line 2 of browse: what was asked for, the way down to this level, the local filter, and how the queue is. */

import { shownCell } from '../../output/cell.ts';
import type { Column } from '../../output/columns.ts';
import { COLUMNS } from '../../output/columns.ts';
import { countText } from '../../output/quantities.ts';
import { sanitize } from '../../output/sanitize.ts';
import { cutEnd } from '../../output/text-width.ts';
import type { LevelState } from '../browse/browse-state.ts';
import type { Line, Segment } from '../frame.ts';
import { segment } from '../frame.ts';
import { type MaskKind, masked, maskedValue, maskKindOf } from '../mask.ts';
import type { State } from '../state.ts';
import { NARROW } from './browse-columns.ts';
import { filterPart } from './filter-part.ts';
import type { PlaceLine } from './view.ts';

/** What people call the keys that they ask for most. */
const NAMES: Readonly<Record<string, string>> = {
	PatientName: 'name',
	PatientID: 'id',
	PatientBirthDate: 'born',
	StudyDate: 'date',
	StudyTime: 'time',
	AccessionNumber: 'acc',
	ModalitiesInStudy: 'mod',
	Modality: 'mod',
	StudyDescription: 'desc',
	ReferringPhysicianName: 'ref',
	StudyInstanceUID: 'study',
	SeriesInstanceUID: 'series',
	SOPInstanceUID: 'instance',
};

export const browsePlace = (state: State): PlaceLine => {
	const { levels } = state.browse;
	const first = levels[0];
	const level = levels.at(-1);
	if (first === undefined || level === undefined) return { left: [segment('Studies', 'heading')], right: [] };
	const path = levels
		.slice(1)
		.filter((one) => one === level || !isGrouping(one))
		.flatMap((one): readonly Segment[] =>
			isGrouping(one)
				? [segment(` of ${countText(first.rows.length, 'study', 'studies')}`, 'faint')]
				: [segment(' > ', 'faint'), segment(titleOf(one, state), 'strong')],
		);
	const heading = segment(HEADINGS[level.level] ?? 'Rows', 'heading');
	const asked = levels.length === 1 ? chips(first, state) : path;
	return {
		left: [heading, ...asked, ...filterPart({ filter: level.filter, isFiltering: state.browse.isFiltering })],
		right: rightPart(level, state),
	};
};

/** Patients that were made of studies, which says that they were not asked for. */
const isGrouping = ({ isDerived, level }: LevelState): boolean => isDerived && level === 'patient';

const HEADINGS: Readonly<Record<string, string>> = {
	patient: 'Patients',
	study: 'Studies',
	series: 'Series',
	instance: 'Instances',
	worklist: 'Worklist',
	ups: 'Procedure steps',
};

/** A narrow screen has the values alone: what they are of can be seen. */
const chips = ({ query }: LevelState, { look, size }: State): Line => {
	const isNarrow = size.columns < NARROW;
	const entries = Object.entries(query.keys).filter(([, value]) => value !== '');
	if (entries.length === 0) return isNarrow ? [] : [segment(' > ', 'faint'), segment('all')];
	return [
		segment(' > ', 'faint'),
		...entries.flatMap(([keyword, value], index): readonly Segment[] => [
			segment(index === 0 ? '' : isNarrow ? ' ' : '  '),
			...(isNarrow ? [] : [segment(`${NAMES[keyword] ?? sanitize(keyword)} `, 'faint')]),
			segment(cutEnd(sanitize(look.masked ? maskedValue(keyword, value) : value), isNarrow ? 16 : 28), 'strong'),
		]),
	];
};

/** A title names the row that was opened: masked, its patient goes from it. */
/** Where it stands for itself: a Study ID of `2` is in every date. */
const wordReplaced = (text: string, word: string, by: string): string =>
	` ${text} `.replaceAll(` ${word} `, ` ${by} `).slice(1, -1);

/** What a level is of, masked where patients are; sanitised. */
export const titleOf = ({ title, of }: LevelState, { look }: Pick<State, 'look'>): string => {
	if (!look.masked || of === undefined) return sanitize(title);
	const replaced = PATIENT.reduce((text, [column, kind]) => {
		const own = shownCell(of.dataset, column);
		return own === '' ? text : wordReplaced(text, own, masked(own, kind));
	}, title);
	return sanitize(replaced);
};

const PATIENT: readonly (readonly [Column, MaskKind])[] = COLUMNS.study.flatMap((column) => {
	const kind = maskKindOf(column.path);
	return kind === undefined ? [] : [[column, kind] as const];
});

const rightPart = (level: LevelState, { browse, queue, size }: State): Line => {
	if (size.columns < NARROW) return [segment(`${level.shown.length} rows`)];
	const running = queue.jobs.filter(({ state }) => state === 'running' || state === 'stopping').length;
	const waiting = queue.jobs.filter(({ state }) => state === 'waiting' || state === 'paused').length;
	const parts = [...(running > 0 ? [`${running} running`] : []), ...(waiting > 0 ? [`${waiting} waiting`] : [])];
	const jobs = parts.length === 0 ? '' : `queue ${parts.join(', ')}`;
	const follow = browse.followSeconds === undefined ? '' : `every ${browse.followSeconds} s`;
	return [segment([follow, jobs].filter((part) => part !== '').join('  '), 'selected')];
};
