/** What the copy menu copies; and that patients do not leave a masked screen unasked. */
import t from 'tap';
import type { State } from '../../src/tui/state.ts';
import { levelOfStudies, STUDIES, sampleState } from '../support/sample-state.ts';
import { only, press, top } from './pressing.ts';

const copied = (state: State, key: string): string => only(press(state, 'y', key).effects, 'copy').text;

t.test('each letter copies its own', async (t) => {
	const state = sampleState();
	t.equal(copied(state, 'u'), STUDIES[0]?.uid);
	t.equal(copied(state, 'i'), 'P001');
	t.equal(copied(state, 'a'), 'AP001');
	t.match(JSON.parse(copied(state, 'r')), { PatientName: 'SMITH^JOHN', StudyDate: '20241103' });
	t.equal(copied(state, 'm'), [STUDIES[1]?.uid, STUDIES[2]?.uid].join('\n'));
	t.equal(only(press(state, 'y', 'm').effects, 'copy').what, '2 UIDs');
	t.equal(copied(state, 'c'), "dimse find main --name 'SMITH*' --date 2024");
	t.match(copied(state, 'e'), /^old: association rejected/);
	t.same(press(state, 'y', 'u').state.overlays, [], 'the menu is gone');
});

t.test('the arrows and Enter do the same', async (t) => {
	t.equal(only(press(sampleState(), 'y', 'Down', 'Enter').effects, 'copy').text, 'P001');
});

t.test('below the study its own row is asked for what a series does not have', async (t) => {
	const state = sampleState();
	const series = {
		...levelOfStudies([
			{ uid: '1.2.3', node: 'main', doubtful: false, dataset: { '0020000E': { vr: 'UI', Value: ['1.2.3'] } } },
		]),
		level: 'series',
	} as const;
	const deeper: State = { ...state, browse: { ...state.browse, levels: [...state.browse.levels, series] } };
	t.equal(copied(deeper, 'i'), 'P001');
	t.equal(copied(deeper, 'u'), STUDIES[0]?.uid);
});

t.test('nothing to copy is said', async (t) => {
	const none = press(sampleState(), 'A', 'y', 'm');
	t.same(none.effects, []);
	t.match(none.state.status?.text, /no row is marked/);
	t.match(press({ ...sampleState(), problems: [] }, 'y', 'e').state.status?.text, /no problem/);
});

t.test('what a peer wrote is sanitised', async (t) => {
	const row = {
		uid: '1.2\x1b]0;x\x07',
		node: 'main',
		doubtful: false,
		dataset: { '00100020': { vr: 'LO', Value: ['A\x1bB'] } },
	} as const;
	const state = sampleState();
	const odd: State = { ...state, browse: { ...state.browse, levels: [levelOfStudies([row])] } };
	for (const key of ['u', 'i', 'r']) t.notMatch(copied(odd, key), /\p{Cc}/u);
});

t.test('on a masked screen patients are asked about, UIDs are not', async (t) => {
	const state: State = { ...sampleState(), look: { unicode: true, theme: 'dark', masked: true } };
	const asked = press(state, 'y', 'i');
	t.same(asked.effects, []);
	t.match(top(asked.state, 'confirm').text.join(' '), /masked/);
	t.same(press(asked.state, 'Esc').effects, []);
	t.equal(only(press(asked.state, 'y').effects, 'copy').text, 'P001');
	t.equal(copied(state, 'u'), STUDIES[0]?.uid);
});

t.test(
	'on a masked screen an explanation that tells what was asked for is asked about, from the menu and where it is read',
	async (t) => {
		const masked: State = { ...sampleState(), look: { unicode: true, theme: 'dark', masked: true } };
		const queried: State = {
			...masked,
			history: [{ level: 'study', model: 'study', keys: { PatientName: 'SECRET*' } }],
		};
		const told: State = {
			...queried,
			problems: [{ at: 0, kind: 'warning', text: 'SECRET is written SECRET^A there' }],
		};
		const untold: State = { ...queried, problems: [{ at: 0, kind: 'bad', text: 'nobody is called XX' }] };
		for (const keys of [
			['y', 'e'],
			['x', 'y'],
		]) {
			const asked = press(told, ...keys);
			t.same(asked.effects, []);
			t.match(top(asked.state, 'confirm').text.join(' '), /real names/);
			t.match(only(press(asked.state, 'y').effects, 'copy').text, /SECRET\^A/);
			t.match(only(press(untold, ...keys).effects, 'copy').text, /nobody/);
			const shown: State = { ...told, look: { ...told.look, masked: false } };
			t.match(only(press(shown, ...keys).effects, 'copy').text, /SECRET\^A/);
		}
	},
);
