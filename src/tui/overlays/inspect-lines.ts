/** A row as lines: every attribute as it came and what it says, what was asked for and did not come; and two rows held against each other. */
import { type Dataset, isItem } from '../../dicom/dataset.ts';
import { byKeyword, byTag, vrOf } from '../../dicom/dictionary.ts';
import { printedTag } from '../../dicom/tags.ts';
import { dataCell, shownCell } from '../../output/cell.ts';
import { COLUMNS, type Column } from '../../output/columns.ts';
import { namedColumn } from '../../output/fields.ts';
import { sanitize } from '../../output/sanitize.ts';
import { pad } from '../../output/text-width.ts';
import { uidName } from '../../output/uid-names.ts';
import type { LevelState, Row } from '../browse/browse-state.ts';
import { masked, maskKindOf } from '../mask.ts';

const KEYWORD_WIDTH = 32;
export const DEEPEST = 16;
const BYTES_SHOWN = 24;

/** @param isMasked values that name a patient are shown as pseudonyms */
export const inspectLines = (row: Row, level: LevelState, isMasked: boolean): readonly string[] => {
	const missing = missingKeys(row.dataset, level);
	return [
		...datasetLines(row.dataset, isMasked, '', []),
		...(missing.length === 0
			? []
			: [
					'',
					`! asked for, and not in the answer (${missing.length})`,
					...missing.map((tag) => `${printedTag(tag)} ${vrOf(tag).slice(0, 2)} ${keywordOf(tag)}`),
				]),
	];
};

/** @param above tags of the sequences around it */
const datasetLines = (
	dataset: Dataset,
	isMasked: boolean,
	indent: string,
	above: readonly string[],
): readonly string[] =>
	Object.keys(dataset)
		.sort()
		.flatMap((tag) => {
			const element = dataset[tag];
			if (element === undefined) return [];
			const head = `${indent}${printedTag(tag)} ${element.vr} ${pad(keywordOf(tag), KEYWORD_WIDTH - indent.length, 'left')}`;
			if (element.vr !== 'SQ') return [`${head} ${valueText(dataset, tag, isMasked, above)}`.trimEnd()];
			const items = element.Value.filter((value) => isItem('SQ', value));
			return [
				`${head} ${items.length === 1 ? '1 item' : `${items.length} items`}`,
				...(above.length >= DEEPEST
					? []
					: items.flatMap((item, index) => [
							`${indent}  item ${index + 1}`,
							...datasetLines(item, isMasked, `${indent}  `, [...above, tag]),
						])),
			];
		});

/** As it came, and what it says where that is more; sanitised. @param above tags of the sequences around it */
export const valueText = (dataset: Dataset, tag: string, isMasked: boolean, above: readonly string[]): string => {
	const vr = dataset[tag]?.vr ?? 'UN';
	const column = columnOf(tag, vr);
	const kind = isMasked ? maskKindOf([...above, tag], vr) : undefined;
	const raw = dataCell(dataset, column);
	if (raw === '') return '(empty)';
	if (kind !== undefined) return masked(raw, kind);
	const bytes = dataset[tag]?.Value.find((value) => value instanceof Uint8Array);
	if (bytes instanceof Uint8Array) return `${hexText(bytes)}  = ${raw}`;
	const shown = sanitize(raw);
	const says = sayingOf(dataset, tag, column, raw);
	return says === '' || says === shown ? shown : `${shown}  = ${says}`;
};

const hexText = (bytes: Uint8Array): string => {
	const shown = [...bytes.subarray(0, BYTES_SHOWN)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
	return bytes.length > BYTES_SHOWN ? `${shown} ...` : shown;
};

const UNITS: Readonly<Record<string, string>> = { D: 'days', W: 'weeks', M: 'months', Y: 'years' };

const sayingOf = (dataset: Dataset, tag: string, column: Column, raw: string): string => {
	switch (dataset[tag]?.vr) {
		case 'UI':
			return raw
				.split('\\')
				.map((uid) => uidName(uid))
				.join(', ');
		case 'AT':
			return raw.split('\\').map(keywordOf).join(', ');
		case 'AS':
			return sanitize(raw.replace(/^(\d{3})([DWMY])$/, (_all, count, unit) => `${Number(count)} ${UNITS[unit] ?? ''}`));
		case 'PN':
			return personText(raw);
		default:
			return shownCell(dataset, column, 'full');
	}
};

const COMPONENTS = ['family', 'given', 'middle', 'prefix', 'suffix'] as const;

/** Where there is more than a family and a given name, which part is which (PS3.5 6.2.1.1). */
const personText = (raw: string): string => {
	const groups = raw.split('\\')[0]?.split('=') ?? [];
	const [first = ''] = groups;
	const parts = first.split('^');
	const told =
		parts.length < 3
			? []
			: COMPONENTS.flatMap((name, index) => (parts[index]?.trim() ? [`${name} ${parts[index]?.trim()}`] : []));
	return sanitize(
		[
			...told,
			...(groups[1]?.trim() ? [`ideographic ${groups[1].trim()}`] : []),
			...(groups[2]?.trim() ? [`phonetic ${groups[2].trim()}`] : []),
		].join(', '),
	);
};

export const keywordOf = (tag: string): string => {
	const keyword = byTag(tag)?.keyword ?? '';
	if (keyword !== '') return keyword;
	return Number.parseInt(tag.charAt(3), 16) % 2 === 1 ? 'private' : 'unknown';
};

const columnOf = (tag: string, vr: string): Column => namedColumn([], { keyword: keywordOf(tag), path: [tag], vr });

/** Tags of what the query asked for and the answer does not have, not even empty. */
export const missingKeys = (dataset: Dataset, { level, query }: LevelState): readonly string[] => {
	const asked = [
		...COLUMNS[level].map(({ path }) => path[0] ?? ''),
		...Object.keys(query.keys).map((keyword) => byKeyword(keyword.split(/[.[]/)[0] ?? '')?.tag ?? ''),
	];
	return [...new Set(asked)].filter((tag) => tag !== '' && dataset[tag] === undefined).sort();
};

/** `<` of the first, `>` of the second, and what both have; those that differ come first. */
export const compareLines = (first: Row, second: Row, isMasked: boolean): readonly string[] => {
	const tags = [...new Set([...Object.keys(first.dataset), ...Object.keys(second.dataset)])].sort();
	const differing: string[] = [];
	const same: string[] = [];
	for (const tag of tags) {
		// Two that are masked alike may differ.
		const [one, other] = [first, second].map(({ dataset }) => textsOf(dataset, tag, false).join('\n'));
		const head = `${printedTag(tag)} ${pad(keywordOf(tag), KEYWORD_WIDTH, 'left')}`;
		if (one === other) same.push(...textsOf(first.dataset, tag, isMasked).map((line) => `  ${head} ${line}`));
		else
			differing.push(
				...textsOf(first.dataset, tag, isMasked).map((line) => `< ${head} ${line}`),
				...textsOf(second.dataset, tag, isMasked).map((line) => `> ${head} ${line}`),
			);
	}
	if (differing.length === 0) return ['  The two answers are the same.', '', ...same];
	return [...differing, '', ...same];
};

const textsOf = (dataset: Dataset, tag: string, isMasked: boolean): readonly string[] => {
	const element = dataset[tag];
	if (element === undefined) return ['(absent)'];
	if (element.vr !== 'SQ') return [valueText(dataset, tag, isMasked, [])];
	return datasetLines({ [tag]: element }, isMasked, '', []).map(
		(line) => line.slice(KEYWORD_WIDTH + 15).trimStart() || line.trim(),
	);
};
