/** The pane beside the table: Tab goes there and back, Enter opens the child at its cursor, and nothing is asked twice for it. */
import t from 'tap';
import type { Dataset } from '../../src/dicom/dataset.ts';
import type { State } from '../../src/tui/state.ts';
import { frameOf } from '../../src/tui/views/screen.ts';
import { sampleState } from '../support/sample-state.ts';
import { hear, only, press } from './pressing.ts';

const series = (number: number): Dataset => ({
	'00080060': { vr: 'CS', Value: ['CT'] },
	'0008103E': { vr: 'LO', Value: [`PART ${number}`] },
	'0020000D': { vr: 'UI', Value: ['1.2'] },
	'0020000E': { vr: 'UI', Value: [`1.2.${number}`] },
	'00200011': { vr: 'IS', Value: [number] },
});

/** The answers come in no order. */
const withChildren = (count = 4, columns = 120): State => {
	const before = { ...sampleState(), size: { columns, rows: 40 } };
	const asked = press(before, 'Down', 'Up').state;
	const { node = '', uid = '' } = asked.browse.preview ?? {};
	const rows = Array.from({ length: count }, (_, index) => series(count - index));
	return hear(asked, { type: 'preview', at: 0, node, uid, rows, state: 'here' }).state;
};

const text = (state: State): string =>
	frameOf(state)
		.map((line) => line.map((one) => one.text).join(''))
		.join('\n');
const level = (state: State) => state.browse.levels.at(-1);

t.test('people are pseudonyms there on a masked screen', async (t) => {
	const before = withChildren();
	const [row, ...others] = level(before)?.rows ?? [];
	if (row === undefined) return t.fail('no row');
	const dataset: Dataset = { ...row.dataset, '00080090': { vr: 'PN', Value: [{ Alphabetic: 'HOUSE^G' }] } };
	const levels = before.browse.levels.map((one) => ({ ...one, rows: [{ ...row, dataset }, ...others] }));
	const state: State = { ...before, browse: { ...before.browse, levels } };
	t.match(text(state), /Ref\. phys\. +HOUSE/);
	t.match(text({ ...state, look: { ...state.look, masked: true } }), /Ref\. phys\. +PATIENT\^/);
	return undefined;
});

t.test('Tab goes to the pane and back; keys move there, and the table stays', async (t) => {
	const inside = press(withChildren(), 'Tab', 'Down', 'Down').state;
	t.equal(inside.browse.previewAt, 2);
	t.equal(level(inside)?.at, 0);
	t.equal(press(inside, 'End').state.browse.previewAt, 3);
	for (const key of ['Tab', 'Shift+Tab', 'Esc', 'Left']) {
		const back = press(inside, key).state;
		t.equal(back.browse.previewAt, undefined, key);
		t.equal(back.browse.levels.length, 1, key);
	}
});

t.test('Enter opens the child, below its own level as it was shown', async (t) => {
	const { state, effects } = press(withChildren(), 'Tab', 'Down', 'Enter');
	t.match(only(effects, 'query').query, { level: 'instance', keys: { SeriesInstanceUID: '1.2.2' } });
	t.same(
		state.browse.levels.map((one) => one.level),
		['study', 'series', 'instance'],
	);
	const up = press(state, 'Left').state;
	const at = level(up);
	t.equal(at?.rows[at.shown[at.at] ?? -1]?.uid, '1.2.2', 'the cursor is on it');
	t.equal(at?.shown.length, 4);
	t.match(at?.progress, { state: 'done', end: 'complete' });
});

t.test('what is about a row is about the child', async (t) => {
	const { state, effects } = press(withChildren(), 'Tab', 'Down', 'Down', 'd');
	t.same(
		effects.filter((effect) => effect.do === 'query'),
		[],
	);
	t.match(state.overlays.at(-1), { kind: 'retrieve', wanted: [{ unit: { seriesUid: '1.2.3' } }] });
	t.same([...(level(press(withChildren(), 'Tab', 'Space').state)?.marked ?? [])], ['main\n1.2.1']);
});

t.test('the cursor is seen, also where there are more than fit', async (t) => {
	const few = press(withChildren(), 'Tab', 'Down').state;
	t.match(
		frameOf(few)
			.flat()
			.filter(({ style }) => style === 'cursor')
			.map((one) => one.text)
			.join(''),
		/PART 2/,
	);
	const many = press(withChildren(90), 'Tab', 'End').state;
	t.match(
		frameOf(many)
			.flat()
			.filter(({ style }) => style === 'cursor')
			.map((one) => one.text)
			.join(''),
		/PART 90/,
	);
	t.match(text(press(withChildren(90), 'Tab').state), /PART 1 [\s\S]*and \d+ more/);
});

t.test('another row, or no room: the keys are in the table', async (t) => {
	const inside = press(withChildren(), 'Tab').state;
	const narrow = hear(inside, { type: 'resized', at: 0, size: { columns: 100, rows: 40 } }).state;
	t.equal(narrow.browse.previewAt, undefined);
	t.equal(press(withChildren(4, 100), 'Tab').state.browse.levels.length, 2, 'without a pane Tab opens');
	t.match(press({ ...sampleState(), size: { columns: 120, rows: 40 } }, 'Down', 'Tab').state, {
		browse: { levels: [{ level: 'study' }] },
		status: { text: /still being asked/ },
	});
});
