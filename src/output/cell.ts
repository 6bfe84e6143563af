/** One attribute of a row as the text of a cell: for people (dates in ISO form) or as data (as it came). */
import type { Dataset, Value } from '../dicom/dataset.ts';
import { isItem, itemsOf, textOf } from '../dicom/dataset.ts';
import type { Column, Form } from './columns.ts';
import { countText } from './quantities.ts';
import { sanitize } from './sanitize.ts';
import { uidName } from './uid-names.ts';

/** The dataset that holds the last step of a column's path: the row itself, or an item of it. */
const holder = (row: Dataset, column: Column): Dataset | undefined => {
	let dataset: Dataset | undefined = row;
	for (let step = 0; step < column.path.length - 1 && dataset !== undefined; step++)
		dataset = itemsOf(dataset, column.path[step] ?? '')[0];
	return dataset;
};

/** As it came, its values joined by `\`; not sanitised. '' where it is absent or empty. */
export const dataCell = (row: Dataset, column: Column): string => {
	const dataset = column.path.length === 1 ? row : holder(row, column);
	const tag = column.path[column.path.length - 1] ?? '';
	const element = dataset?.[tag];
	if (dataset === undefined || element === undefined) return '';
	const first = element.Value[0];
	// Most are one text or none. Numbers are not: the text that came may have been `1.50`.
	if (first === undefined) return '';
	if (typeof first === 'string' && element.Value.length === 1) return first;
	const text = textOf(dataset, tag);
	return text === '' ? summaryOf(element.vr === 'SQ', element.Value) : text;
};

/** Sanitised, on one line, dates and times in ISO form; a count that is not known is `-`. */
export const shownCell = (row: Dataset, column: Column, times: 'short' | 'full' = 'short'): string => {
	const text = dataCell(row, column);
	if (text === '') return column.form === 'number' ? '-' : '';
	const shown = SHOWN[column.form];
	return sanitize(shown === undefined ? text : shown(text, times));
};

/** What cannot stand in a cell is counted. */
const summaryOf = (isSequence: boolean, values: readonly Value[]): string => {
	if (isSequence) return countText(values.filter((value) => isItem('SQ', value)).length, 'item');
	const bytes = values.reduce<number>((sum, value) => sum + (value instanceof Uint8Array ? value.length : 0), 0);
	return bytes === 0 ? '' : countText(bytes, 'byte');
};

const DATE = /^(\d{4})[.-]?(\d\d)[.-]?(\d\d)$/;
const TIME = /^(\d\d):?(\d\d)(?::?(\d\d))?(?:\.\d{1,6})?$/;
const DATE_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:\.\d{1,6})?([+-]\d{4})?$/;

/** What does not look like a date or time is shown as it came: a peer may write anything. */
const SHOWN: Partial<Record<Form, (text: string, times: 'short' | 'full') => string>> = {
	date: (text) => text.replace(DATE, '$1-$2-$3'),
	time: (text, times) =>
		text.replace(TIME, (_all, hour: string, minute: string, second?: string) =>
			clock(hour, minute, times === 'full' ? second : undefined),
		),
	datetime: (text, times) =>
		text.replace(DATE_TIME, (_all, year, month, day, hour: string, minute: string, second?: string, zone?: string) =>
			times === 'full'
				? `${year}-${month}-${day} ${clock(hour, minute, second)}${zone ?? ''}`
				: `${year}-${month}-${day} ${clock(hour, minute)}`,
		),
	codes: (text) => text.replaceAll('\\', '/'),
	class: (text) => uidName(text).replace(/ Storage\b/, ''),
};

const clock = (hour: string, minute: string, second?: string): string =>
	second === undefined ? `${hour}:${minute}` : `${hour}:${minute}:${second}`;
