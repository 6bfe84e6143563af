/** The query form: level and model, a line for each key with how it is matched, and what will be sent. */
import { sanitize } from '../../output/sanitize.ts';
import { cutEnd, pad } from '../../output/text-width.ts';
import { sameAs, sendsText } from '../browse/query-command.ts';
import type { Line, Segment, Size } from '../frame.ts';
import { fitted, segment } from '../frame.ts';
import { topFor } from '../list-cursor.ts';
import { maskedKeys, maskedValue } from '../mask.ts';
import type { FormField, Overlay } from '../overlays/overlay-state.ts';
import type { Look, State } from '../state.ts';
import { signsOf } from '../theme.ts';
import { caretLine } from './caret.ts';
import { wrapped } from './paragraph.ts';
import type { OverlayView } from './view.ts';

type Form = Extract<Overlay, { readonly kind: 'form' }>;

export const formView: OverlayView<Form> = {
	extent: 'middle',
	place: ({ at, fields }) => ({
		left: [segment('Query', 'heading')],
		right: at < 0 ? [] : [segment(`${at + 1} of ${fields.length}`, 'faint')],
	}),
	middle: (form, state, size) => {
		const head = [levelLine(form, state, size), modelLine(form, state, size)];
		const foot = footLines(form, state, size);
		const room = size.rows - head.length - foot.length - 1;
		const blank: readonly Line[] = room > form.fields.length ? [[]] : [];
		return [...head, ...blank, ...fieldLines(form, state, { columns: size.columns, rows: room }), ...foot];
	},
	status: (form, state, columns) => {
		const { size, look } = state;
		const { problem } = form;
		const same = wrapped(`Same as: ${sanitize(shown(form, state).sameAs)}`, columns - 1);
		const lines: readonly Line[] = same.map((line) => [segment(line, 'faint')]);
		if (problem === undefined) return size.rows < 20 || same.length < 3 ? lines : cutTo(lines, same[1] ?? '', columns);
		return [[segment(`! ${sanitize(told(form, problem, look))}`, 'warning')], ...lines.slice(0, 1)];
	},
};

/** Values that name a patient stand in what is sent as well, and in the command. */
const shown = (form: Form, state: State): Pick<Form, 'sends' | 'sameAs'> => {
	if (!state.look.masked) return form;
	const query = { ...form.query, keys: maskedKeys(form.query.keys) };
	return {
		sends: sendsText(query, new Date(state.epochMs + state.now)),
		sameAs: sameAs(state, query),
	};
};

/** What is said of them. */
const told = ({ fields }: Form, text: string, { masked }: Look): string => {
	if (!masked) return text;
	let shown = text;
	for (const { keyword, value } of fields) {
		const pseudonym = maskedValue(keyword, value);
		if (pseudonym === value || value.trim() === '') continue;
		for (const one of [value.trim(), value.trim().toUpperCase()]) shown = shown.replaceAll(one, pseudonym);
	}
	return shown;
};

/** Two lines, and that it goes on. */
const cutTo = (lines: readonly Line[], second: string, columns: number): readonly Line[] => [
	lines[0] ?? [],
	[segment(cutEnd(`${second} …`, columns - 1), 'faint')],
];

const INDENT = 3;
const LABEL = 14;
const NARROW = 70;
const MOST_VALUE = 48;

/** The first line that is reached, and the second. */
const AT_LEVEL = -2;
const AT_MODEL = -1;

const label = (text: string, isAt: boolean, look: Look): readonly Segment[] => [
	segment(isAt ? ` ${signsOf(look).cursor} ` : ' '.repeat(INDENT), 'selected'),
	segment(pad(cutEnd(sanitize(text), LABEL - 1), LABEL, 'left'), isAt ? 'selected' : 'plain'),
];

const LEVELS = ['patient', 'study', 'series', 'instance'] as const;

const levelLine = ({ query, at }: Form, { look }: State, { columns }: Size): Line => {
	const { chosen, other } = signsOf(look);
	const isNarrow = columns < NARROW;
	return [
		...label('Level', at === AT_LEVEL, look),
		...LEVELS.flatMap((level): readonly Segment[] => {
			const isChosen = level === query.level;
			// A narrow line holds the words of four levels, but no circles.
			const text = isNarrow ? level : `${isChosen ? chosen : other} ${level}`;
			return [
				segment(isNarrow && isChosen ? `[${text}]` : text, isChosen ? 'selected' : 'plain'),
				segment(isNarrow ? ' ' : '  '),
			];
		}),
	];
};

const modelLine = ({ query, at }: Form, { look }: State, { columns }: Size): Line => {
	const { chosen, other } = signsOf(look);
	return [
		...label('Model', at === AT_MODEL, look),
		...(['study', 'patient'] as const).flatMap((model): readonly Segment[] => {
			const isChosen = model === query.model;
			return [
				segment(
					`${isChosen ? chosen : other} ${model}${columns < NARROW ? '' : ' root'}`,
					isChosen ? 'selected' : 'plain',
				),
				segment('  '),
			];
		}),
	];
};

const fieldLines = ({ fields, at }: Form, { look }: State, { columns, rows }: Size): readonly Line[] => {
	const hintWidth = columns < NARROW ? 0 : Math.max(32, columns - INDENT - LABEL - MOST_VALUE - 3);
	const valueWidth = columns - INDENT - LABEL - 1 - (hintWidth === 0 ? 0 : hintWidth + 2);
	const first = topFor(Math.max(0, at), 0, fields.length, rows);
	return fields.slice(first, first + Math.max(0, rows)).map((field, offset): Line => {
		const isAt = first + offset === at;
		const isHidden = isHiddenAt(field, isAt, look);
		const text = sanitize(isHidden ? maskedValue(field.keyword, field.value) : field.value);
		const caret = isHidden ? text.length : field.caret;
		const value = isAt ? caretLine(text, caret, valueWidth) : fitted([segment(cutEnd(text, valueWidth))], valueWidth);
		const hint =
			hintWidth === 0 ? [] : [segment('  '), segment(cutEnd(shownHint(field, isHidden), hintWidth), 'faint')];
		return [...label(field.label, isAt, look), ...value, ...hint];
	});
};

/** What is typed has to be seen; the rest is masked, and so is what an earlier query has left in the field. */
const isHiddenAt = ({ keyword, value, isTyped }: FormField, isAt: boolean, { masked }: Look): boolean =>
	masked && !(isAt && isTyped === true) && maskedValue(keyword, value) !== value;

/** Of a value that is not seen no more than its VR. */
const shownHint = ({ hint }: FormField, isHidden: boolean): string => sanitize(isHidden ? hint.slice(0, 2) : hint);

/** What is sent, what is known of the peer, and the hint of the key that is edited, whole. */
const footLines = (form: Form, state: State, { columns, rows }: Size): readonly Line[] => {
	const { hint, fields, at } = form;
	const { look } = state;
	const field = fields[at];
	const edited = field === undefined ? '' : shownHint(field, isHiddenAt(field, true, look));
	if (rows < 10) return columns < NARROW ? [[segment(`   ${edited}`, 'faint')]] : [];
	const part = (heading: string, text: string, most: number): readonly Line[] =>
		text === ''
			? []
			: wrapped(sanitize(text), columns - INDENT - HEADING - 1)
					.slice(0, most)
					.map(
						(line, index): Line => [
							segment(' '.repeat(INDENT)),
							segment((index === 0 ? heading : '').padEnd(HEADING), 'faint'),
							segment(line),
						],
					);
	return [
		[],
		...part('Sends', shown(form, state).sends, 2),
		...part('Key', field === undefined || field.keyword === '' ? '' : `${field.keyword}  ${edited}`, 1),
		...part('Hint', told(form, hint, look), 1),
	];
};

const HEADING = 7;
