/** The retrieve dialog: the ways with their reasons, and the settings. */
import { countText } from '../../output/quantities.ts';
import { sanitize } from '../../output/sanitize.ts';
import { cutEnd, textWidth } from '../../output/text-width.ts';
import type { Line, Segment, Size } from '../frame.ts';
import { fitted, segment } from '../frame.ts';
import type { OverlayOf } from '../overlays/overlay-stack.ts';
import { labelOf } from '../queue/job-progress.ts';
import type { RetrieveWay } from '../queue/queue-state.ts';
import { ACCEPT, EXISTS, type FieldName, fieldAt, UNITS } from '../queue/reduce-retrieve-dialog.ts';
import type { State } from '../state.ts';
import { signsOf } from '../theme.ts';
import { caretLine } from './caret.ts';
import type { OverlayView, PlaceLine } from './view.ts';

type Dialog = OverlayOf<'retrieve'>;

const LABEL = 13;
const WAY = 21;
const NARROW = 60;
/** With fewer rows the blank lines go. */
const ROWS_WITH_BLANKS = 16;
/** With fewer rows of the screen one line stands above the keys. */
const ROWS_WITH_TWO = 20;

export const retrieveDialogView: OverlayView<Dialog> = {
	extent: 'middle',
	place: (dialog) => dialogPlace(dialog),
	middle: (dialog, state, { columns, rows }) => {
		const all = dialogLines(dialog, state, columns);
		const kept = rows < ROWS_WITH_BLANKS ? all.filter(({ line }) => line.length > 0) : all;
		const at = kept.findIndex(({ field }) => field === fieldAt(dialog));
		// What the cursor is on stays in sight.
		const from = Math.max(0, Math.min(at - rows + 2, kept.length - rows));
		return kept.slice(from, from + rows).map(({ line }) => line);
	},
	status: (dialog, { size }) => dialogStatus(dialog, size),
};

const LEVELS = { PATIENT: 'patient', STUDY: 'study', SERIES: 'series', IMAGE: 'series', FRAME: 'instance' } as const;
const MANY = { patient: 'patients', study: 'studies', series: 'series', instance: 'instances' } as const;

/** `Retrieve 2 studies, 304 instances (5 series)`; what the answers of the query did not count is not added up. */
const dialogPlace = ({ wanted }: Dialog): PlaceLine => {
	const [first] = wanted;
	const level = LEVELS[first?.unit.level ?? 'STUDY'];
	const count = countText(wanted.length, level, MANY[level]);
	const instances = sumOf(wanted.map((one) => one.instances));
	const series = level === 'study' ? sumOf(wanted.map((one) => one.seriesCount)) : undefined;
	return {
		left: [
			segment('Retrieve', 'heading'),
			segment(` ${count}`),
			segment(instances === undefined ? '' : `, ${countText(instances, 'instance')}`),
			segment(series === undefined ? '' : ` (${series} series)`),
		],
		right: [],
	};
};

const sumOf = (counts: readonly (number | undefined)[]): number | undefined =>
	counts.reduce<number | undefined>((sum, one) => (sum === undefined || one === undefined ? undefined : sum + one), 0);

const dialogStatus = (dialog: Dialog, { columns, rows }: Size): readonly Line[] => {
	if (dialog.problem !== undefined) return [[segment(` ! ${sanitize(dialog.problem)}`, 'warning')]];
	if (dialog.sameAs === '') return [];
	const text = ` Same as: ${sanitize(dialog.sameAs)}`;
	// The whole line where two hold it.
	const width = columns - 1;
	const isOneLine = textWidth(text) <= width || rows < ROWS_WITH_TWO;
	if (isOneLine) return [[segment(cutEnd(text, width), 'faint')]];
	const at = text.lastIndexOf(' ', width);
	const cut = at > 12 ? at : width;
	return [
		[segment(text.slice(0, cut), 'faint')],
		[segment(cutEnd(`          ${text.slice(cut).trimStart()}`, width), 'faint')],
	];
};

interface Row {
	/** What the cursor may be on in this line. */
	readonly field?: FieldName;
	readonly line: Line;
}

const dialogLines = (dialog: Dialog, state: State, columns: number): readonly Row[] => {
	const { how } = dialog;
	const isHere = how !== 'move-there';
	const plain = (line: Line): Row => ({ line });
	const row = (field: FieldName, label: string, value: Line): Row => ({
		field,
		line: [...headOf(dialog, state, field, label), ...value],
	});
	const first = dialog.wanted[0];
	const names = first === undefined ? '' : labelOf(first, state.look.masked);
	const more = dialog.wanted.length > 1 ? ` and ${dialog.wanted.length - 1} more` : '';
	return [
		plain([segment(`   ${cutEnd(`${names}${more}`, columns - 4)}`, 'strong')]),
		plain([]),
		...dialog.ways.flatMap((way): readonly Row[] =>
			way.how === 'move-there' && how === 'move-there'
				? [wayRow(dialog, state, way, columns), destinationRow(dialog)]
				: [wayRow(dialog, state, way, columns)],
		),
		plain([]),
		...(isHere
			? [
					row('folder', 'Into', textValue(dialog, 'folder', columns - LABEL - 6)),
					row(
						'exists',
						'Existing',
						radio(dialog, state, 'exists', EXISTS, dialog.exists, columns < NARROW ? EXISTS_SHORT : EXISTS_WORDS),
					),
				]
			: []),
		...(how === 'move-here'
			? [row('accept', 'Accept', radio(dialog, state, 'accept', ACCEPT, dialog.accept, ACCEPT_WORDS))]
			: []),
		row('unit', 'Unit', radio(dialog, state, 'unit', UNITS, dialog.unit, columns < 70 ? UNIT_SHORT : UNIT_WORDS)),
		row('atOnce', 'At once', [
			segment(`[ ${dialog.atOnce} ]`, fieldAt(dialog) === 'atOnce' ? 'cursor' : 'field'),
			segment(` ${dialog.atOnce === 1 ? 'association' : 'associations'}`),
			segment(fieldAt(dialog) === 'atOnce' ? '   + - or a number' : '', 'faint'),
		]),
		row('verify', 'Verify', [
			segment(dialog.verify ? signsOf(state.look).ticked : signsOf(state.look).unticked),
			segment(columns < NARROW ? ' compare with a query' : ' compare what arrived with an IMAGE-level query'),
		]),
		plain([]),
		{
			field: buttonAt(dialog) ?? 'start',
			line: [
				segment('   '),
				...button(dialog, 'start', 'Start'),
				segment('   '),
				...button(dialog, 'hold', columns < NARROW ? 'Queue only' : 'Queue, do not start'),
				segment('   '),
				...button(dialog, 'cancel', 'Cancel'),
			],
		},
	];
};

const EXISTS_WORDS = { skip: 'skip same', overwrite: 'overwrite', 'keep-both': 'keep both' } as const;
const EXISTS_SHORT = { skip: 'skip', overwrite: 'replace', 'keep-both': 'both' } as const;
const ACCEPT_WORDS = { storage: 'storage classes', any: 'any' } as const;
const UNIT_WORDS = { series: 'per series (resumable)', study: 'per study', instance: 'per instance' } as const;
const UNIT_SHORT = { series: 'series', study: 'study', instance: 'instance' } as const;
const WAYS = {
	get: 'C-GET here',
	'move-here': 'C-MOVE to me',
	'move-there': 'C-MOVE to another',
	web: 'WADO-RS',
} as const;

const headOf = (dialog: Dialog, { look }: State, field: FieldName, label: string): Line => {
	const isAt = fieldAt(dialog) === field;
	return [
		segment(` ${isAt ? signsOf(look).cursor : ' '} `, 'selected'),
		segment(label.padEnd(LABEL - 3), isAt ? 'selected' : 'faint'),
	];
};

const wayRow = (dialog: Dialog, { look }: State, { how, possible, reason }: RetrieveWay, columns: number): Row => {
	const { chosen, other, cursor } = signsOf(look);
	const isAt = fieldAt(dialog) === how;
	const isChosen = dialog.how === how;
	const head = [
		segment(` ${isAt ? cursor : ' '} `, 'selected'),
		segment(`${isChosen ? chosen : other} `, isChosen ? 'strong' : possible ? 'plain' : 'faint'),
		segment(WAYS[how].padEnd(WAY - 2), isAt ? 'selected' : isChosen ? 'strong' : possible ? 'plain' : 'faint'),
	];
	const style = possible ? 'plain' : how === 'web' ? 'faint' : 'warning';
	const line = fitted([...head, segment(cutEnd(reason, Math.max(8, columns - WAY - 6)), style)], columns);
	return how === 'web' ? { line } : { field: how, line };
};

const destinationRow = (dialog: Dialog): Row => ({
	field: 'destination',
	line: [
		segment('       '),
		segment('Dest AE ', fieldAt(dialog) === 'destination' ? 'selected' : 'faint'),
		segment('[ '),
		...textValue(dialog, 'destination', 16),
		segment(' ]'),
	],
});

const textValue = (dialog: Dialog, field: 'destination' | 'folder', width: number): Line =>
	fieldAt(dialog) === field
		? caretLine(sanitize(dialog[field]), dialog.caret, width)
		: fitted([segment(sanitize(dialog[field]), 'field')], width);

const radio = <T extends string>(
	dialog: Dialog,
	{ look }: State,
	field: FieldName,
	all: readonly T[],
	chosen: T,
	words: Readonly<Record<T, string>>,
): Line => {
	const signs = signsOf(look);
	return all.flatMap((one): readonly Segment[] => {
		const isChosen = one === chosen;
		const style = isChosen ? (fieldAt(dialog) === field ? 'cursor' : 'strong') : 'plain';
		return [
			segment(isChosen ? signs.chosen : signs.other, isChosen ? 'strong' : 'plain'),
			segment(' '),
			segment(words[one], style),
			segment('  '),
		];
	});
};

const buttonAt = (dialog: Dialog): FieldName | undefined => {
	const field = fieldAt(dialog);
	return field === 'start' || field === 'hold' || field === 'cancel' ? field : undefined;
};

const button = (dialog: Dialog, field: FieldName, text: string): Line => [
	segment(`[ ${text} ]`, fieldAt(dialog) === field ? 'cursor' : 'plain'),
];
