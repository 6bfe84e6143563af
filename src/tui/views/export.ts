/** What is written to a file, in which form, and where. */
import { sanitize } from '../../output/sanitize.ts';
import type { Line, Segment } from '../frame.ts';
import { segment } from '../frame.ts';
import type { OverlayOf } from '../overlays/overlay-stack.ts';
import { levelOf } from '../overlays/overlay-stack.ts';
import type { State } from '../state.ts';
import { signsOf } from '../theme.ts';
import { boxed, innerWidth } from './box.ts';
import { caretLine } from './caret.ts';
import { wrapped } from './paragraph.ts';
import type { OverlayView } from './view.ts';

type Export = OverlayOf<'export'>;

const WIDEST = 76;
const LABEL_WIDTH = 10;

const FORMATS: Readonly<Record<Export['format'], string>> = {
	csv: 'csv',
	json: 'json',
	jsonl: 'jsonl',
	tsv: 'tsv',
	list: 'list (for dimse get --from)',
};

export const exportView: OverlayView<Export> = {
	extent: 'box',
	middle: ({ what, format, path, at, caret, problem }, state, size) => {
		const width = innerWidth(WIDEST, size);
		const label = (text: string, index: number) =>
			segment(
				`${index === at ? signsOf(state.look).cursor : ' '} ${text}`.padEnd(LABEL_WIDTH),
				index === at ? 'selected' : 'plain',
			);
		const value = sanitize(path);
		const lines = (choice: Chooser): readonly Line[] => [
			...choice(label('Rows', 0), what, counts(state), at === 0),
			...choice(label('As', 1), format, FORMATS, at === 1),
			[label('File', 2), ...(at === 2 ? caretLine(value, caret, width - LABEL_WIDTH) : [segment(value, 'field')])],
			...(problem === undefined
				? []
				: wrapped(`! ${sanitize(problem)}`, width).map((line): Line => [segment(line, 'bad')])),
		];
		const all = lines(everyChoice(state, width));
		return boxed('Export', all.length <= size.rows - 2 ? all : lines(chosenOnly), width, size, state.look);
	},
};

const counts = (state: State): Readonly<Record<Export['what'], string>> => {
	const level = levelOf(state);
	return {
		all: `all ${level?.rows.length ?? 0}`,
		filtered: `the ${level?.shown.length ?? 0} that are shown`,
		marked: `the ${level?.marked.size ?? 0} marked`,
	};
};

type Chooser = (
	label: Segment,
	chosen: string,
	choices: Readonly<Record<string, string>>,
	isAt: boolean,
) => readonly Line[];

/** Where the others have no room. */
const chosenOnly: Chooser = (label, chosen, choices, isAt) => [
	[
		label,
		segment(choices[chosen] ?? chosen, isAt ? 'selected' : 'strong'),
		segment(isAt ? '   Space: the next' : '', 'faint'),
	],
];

/** Choices beside each other, on as many lines as they need. */
const everyChoice =
	({ look }: State, width: number): Chooser =>
	(label, chosen, choices, isAt) => {
		const signs = signsOf(look);
		const lines: Segment[][] = [[label]];
		let used = LABEL_WIDTH;
		for (const [key, says] of Object.entries(choices)) {
			const text = `${key === chosen ? signs.chosen : signs.other} ${says}`;
			if (used > LABEL_WIDTH && used + text.length > width) {
				lines.push([segment(' '.repeat(LABEL_WIDTH))]);
				used = LABEL_WIDTH;
			}
			lines.at(-1)?.push(segment(text, key === chosen ? (isAt ? 'selected' : 'strong') : 'plain'), segment('  '));
			used += text.length + 2;
		}
		return lines;
	};
