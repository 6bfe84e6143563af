/** The overlays as people use them: by keys alone, from the screen to what they do. */
import t from 'tap';
import { shownColumns } from '../../src/tui/browse/shown-columns.ts';
import { KEYS } from '../../src/tui/keys.ts';
import { switcherNodes } from '../../src/tui/nodes/shown-nodes.ts';
import { helpEntries, keyEntries } from '../../src/tui/overlays/help-entries.ts';
import type { Overlay } from '../../src/tui/overlays/overlay-state.ts';
import { sortChoices } from '../../src/tui/overlays/reduce-sort.ts';
import { historyEntries, savedEntries } from '../../src/tui/overlays/saved-queries.ts';
import type { State } from '../../src/tui/state.ts';
import { nodeNamed } from '../support/reducing.ts';
import { levelOfStudies, REJECTED, STUDIES, sampleState } from '../support/sample-state.ts';
import { hear, only, press, top } from './pressing.ts';

const masked = (state: State): State => ({ ...state, look: { ...state.look, masked: true } });
const level = (state: State) => state.browse.levels.at(-1);

t.test('Esc closes any overlay and changes nothing else; what lies beneath does not see the keys', async (t) => {
	const state = sampleState();
	const opened = [':', '?', 'n', 'F', 'y', 'e', 's', 'c', 'i', '=', 'x', 'Ctrl+O'].map(
		(key) => press(state, key).state,
	);
	for (const one of opened) {
		const kind = one.overlays.at(-1)?.kind;
		t.equal(one.overlays.length, 1, `${kind} is open`);
		const moved = press(one, 'Down', 'PgDn').state;
		t.equal(level(moved)?.at, 0, `${kind}: the rows below stay where they are`);
		t.same(press(one, 'Esc').state.overlays, [], `${kind} closes`);
		t.same(press(one, 'Ctrl+C').state.overlays, [], `${kind} closes by Ctrl+C`);
	}
});

t.test('help', async (t) => {
	await t.test('has the keys of the screen beneath and those of all, and filters', async (t) => {
		const help = press(sampleState(), '?').state;
		const entries = helpEntries(help, 'keys', '');
		t.ok(entries.some(({ keys, section }) => keys === 'd' && section === 'Browse'));
		t.ok(entries.some(({ keys, section }) => keys === ':' && section === 'Everywhere'));
		t.notOk(
			entries.some(({ keys }) => keys === 'T'),
			'what only the queue has is not here',
		);
		const found = helpEntries(
			press(help, 'type:mask').state,
			'keys',
			top(press(help, 'type:mask').state, 'help').filter,
		);
		t.same(
			found.map(({ keys }) => keys),
			['M'],
		);
	});
	await t.test('Enter does what the row says', async (t) => {
		const { state } = press(sampleState(), '?', 'type:mask patient', 'Enter');
		t.same(state.overlays, []);
		t.equal(state.look.masked, true);
		t.equal(press(sampleState(), '?', 'type:sort', 'Enter').state.overlays.at(-1)?.kind, 'sort');
	});
	await t.test('Tab shows what columns and marks mean', async (t) => {
		const { state } = press(sampleState(), '?', 'Tab');
		const help = top(state, 'help');
		t.equal(help.page, 'meanings');
		t.ok(helpEntries(state, help.page, '').some(({ says }) => /ignored a key/.test(says)));
	});
	await t.test('every key of every place is in its help', async (t) => {
		for (const { places, keys } of KEYS)
			for (const place of places)
				t.ok(
					keyEntries(KEYS, place).some((entry) => entry.keys === keys.join('  ')),
					`${keys.join(' ')} in ${place}`,
				);
	});
});

t.test('node switcher', async (t) => {
	await t.test(
		'a few letters find a node, Enter asks it from now on, the query stays and nothing is asked yet',
		async (t) => {
			const { state, effects } = press(sampleState(), 'n', 'type:vn', 'Enter');
			t.same(state.current, ['vna']);
			t.same(state.recentNodes.slice(0, 2), ['vna', 'main']);
			t.equal(level(state)?.query.keys['PatientName'], 'SMITH*');
			t.equal(level(state)?.rows.length, 0);
			t.notOk(effects.some((effect) => effect.do === 'query'));
			t.match(state.status?.text, /r asks the same there/);
		},
	);
	await t.test('a name that is typed is that node, whoever has it in another word or was used last', async (t) => {
		const nodes = [
			nodeNamed('old', { calledAeTitle: 'ARC', host: 'arc' }),
			nodeNamed('the-arc'),
			nodeNamed('arc2'),
			nodeNamed('ARC'),
			nodeNamed('arc'),
		];
		const found = (typed: string) =>
			switcherNodes({ nodes, recentNodes: ['old', 'the-arc'], current: ['old'] }, typed).map(({ name }) => name);
		t.same(found('arc'), ['arc', 'ARC', 'arc2', 'the-arc', 'old']);
		t.same(found('ARC '), ['ARC', 'arc', 'arc2', 'the-arc', 'old']);
		t.equal(found('arc2')[0], 'arc2');
		t.same(found(''), ['old', 'the-arc', 'arc2', 'ARC', 'arc']);
	});
	await t.test('Space marks several, which are asked together', async (t) => {
		const { state } = press(sampleState(), 'n', 'Space', 'Space', 'Enter');
		t.same([...state.current].sort(), ['main', 'vna']);
	});
	await t.test('a query that runs is stopped', async (t) => {
		const state = sampleState();
		const running = {
			...levelOfStudies(),
			queryId: 7,
			asking: ['main'],
			progress: { state: 'waiting', since: 0 } as const,
		};
		const { effects } = press({ ...state, browse: { ...state.browse, levels: [running] } }, 'n', 'type:ct1', 'Enter');
		t.equal(only(effects, 'stop-query').queryId, 7);
	});
	await t.test('without any node it says so', async (t) => {
		const { state } = press({ ...sampleState(), nodes: [] }, 'n');
		t.same(state.overlays, []);
		t.match(state.status?.text, /no node/);
	});
});

t.test('saved queries', async (t) => {
	await t.test('the predefined ones are there, and are asked', async (t) => {
		const state = sampleState();
		t.same(
			savedEntries(state)
				.slice(0, 3)
				.map(({ name }) => name),
			['Today', 'Yesterday', 'Last 7 days'],
		);
		const { effects } = press(state, 'F', 'Enter');
		t.same(only(effects, 'query').query.keys, { StudyDate: 'today' });
	});
	await t.test('one that has a node is asked of it', async (t) => {
		const state = sampleState();
		const saved = [{ name: 'night', node: 'vna', level: 'study', model: 'study', keys: {} } as const];
		const { effects } = press({ ...state, savedQueries: saved }, 'F', 'Down', 'Down', 'Down', 'Enter');
		t.same(only(effects, 'query').nodes, ['vna']);
	});
	await t.test('! counts all of them, each at its node', async (t) => {
		const { state, effects } = press(sampleState(), 'F', '!');
		const counting = effects.filter((effect) => effect.do === 'count-queries');
		t.equal(
			counting.reduce((sum, { queries }) => sum + queries.length, 0),
			savedEntries(state).length,
		);
		const after = hear(state, { type: 'counted', at: 0, name: 'Today', count: 12 }).state;
		t.equal(savedEntries(after).find(({ name }) => name === 'Today')?.count, 12);
		t.equal(savedEntries(after).length, savedEntries(state).length, 'and stays one of them');
	});
	await t.test('X deletes one that was saved, after asking; n ties it to the node or to any', async (t) => {
		const night = { name: 'night', level: 'study', model: 'study', keys: {} } as const;
		const state: State = { ...sampleState(), savedQueries: [night] };
		const at = ['F', 'Down', 'Down', 'Down'] as const;
		const asked = press(state, ...at, 'X');
		t.same(asked.effects, [], 'it asks');
		t.equal(only(press(asked.state, 'Enter').effects, 'remove-query').name, 'night');
		t.same(press(asked.state, 'Esc').effects, []);
		t.match(press(state, 'F', 'X').state, { overlays: [{ kind: 'saved' }], status: { text: /always there/ } });
		t.same(only(press(state, ...at, 'n').effects, 'save-query').query, { ...night, node: 'main' });
		const tied: State = { ...state, savedQueries: [{ ...night, node: 'main' }] };
		t.same(only(press(tied, ...at, 'n').effects, 'save-query').query, night);
	});
	await t.test('counts outlive what is read anew', async (t) => {
		const counted = hear(sampleState(), { type: 'counted', at: 0, name: 'Today', count: 12 }).state;
		const { state } = hear(counted, { type: 'nodes-read', at: 0, nodes: counted.nodes, saved: [] });
		t.equal(savedEntries(state).find(({ name }) => name === 'Today')?.count, 12);
		t.match(press(state, 'F', 'X').state.status, { text: /always there/ }, 'one that was counted is not in the file');
	});
	await t.test('from the form one is saved under a name', async (t) => {
		const { effects } = press(sampleState(), 'f', 'Ctrl+S', 'type:smiths', 'Enter');
		const { query } = only(effects, 'save-query');
		t.equal(query.name, 'smiths');
		t.equal(query.keys['PatientName'], 'SMITH*');
	});
	await t.test('one that is there is written over only after asking, by :save too', async (t) => {
		const night = {
			name: 'night',
			node: 'vna',
			level: 'series',
			model: 'study',
			keys: { PatientName: 'DOE' },
		} as const;
		const state: State = { ...sampleState(), savedQueries: [night] };
		for (const [typed, name, told] of [
			['night', 'night', 'series  PatientName=DOE'],
			['Night', 'night', 'series  PatientName=DOE'],
			['today', 'Today', 'study  StudyDate=today'],
		] as const)
			for (const keys of [
				['f', 'Ctrl+S', `type:${typed}`, 'Enter'],
				[':', `type:save ${typed}`, 'Enter'],
			]) {
				const asked = press(state, ...keys);
				t.same(asked.effects, [], `${keys[0]} ${typed}: it asks`);
				t.same(top(asked.state, 'confirm').text, [`"${name}" is there already:`, told]);
				t.same(press(asked.state, 'Esc').effects, []);
				const { effects } = press(asked.state, 'o');
				const { query, says } = only(effects, 'save-query');
				t.match(query, { name, level: 'study', keys: { PatientName: 'SMITH*' } });
				t.equal(says, `saved as ${name}`);
			}
		t.notMatch(top(press(masked(state), ':', 'type:save night', 'Enter').state, 'confirm').text.join(), /DOE/);
	});
	await t.test('a name is needed', async (t) => {
		const { state, effects } = press(sampleState(), 'f', 'Ctrl+S', 'Enter');
		t.same(effects, []);
		t.match(top(state, 'prompt').problem, /name/);
	});
});

t.test('history', async (t) => {
	const asked = { level: 'study', model: 'study', keys: { PatientName: 'JONES*' } } as const;
	const state: State = { ...sampleState(), history: [asked, { level: 'series', model: 'study', keys: {} }] };
	t.test('letters find, Enter asks', async (t) => {
		const found = press(state, 'Ctrl+O', 'type:jon');
		t.equal(historyEntries(found.state, top(found.state, 'history').filter).length, 1);
		t.same(only(press(found.state, 'Enter').effects, 'query').query, asked);
	});
	t.test('from the form it fills the form', async (t) => {
		const { state: after, effects } = press(state, 'f', 'Ctrl+O', 'type:jon', 'Enter');
		t.same(
			effects.filter((effect) => effect.do === 'query'),
			[],
		);
		t.equal(after.overlays.length, 1);
		t.equal(top(after, 'form').fields.find(({ keyword }) => keyword === 'PatientName')?.value, 'JONES*');
	});
});

t.test('sort', async (t) => {
	const sorted = (state: State): readonly (string | undefined)[] =>
		level(state)?.shown.map((place) => STUDIES[place]?.uid) ?? [];
	const by = (state: State, heading: string): State => {
		const at = sortChoices(state).findIndex((choice) => choice.heading === heading);
		return press(state, 's', 'Home', ...Array.from({ length: at }, () => 'Down'), 'Enter').state;
	};
	const once = by(sampleState(), 'DATE');
	t.match(sorted(once)[0], /20240105$/);
	const twice = by(once, 'DATE');
	t.match(sorted(twice)[0], /20241103$/, 'the same again turns it round');
	const under = level(press(sampleState(), 'Down').state);
	const kept = level(by(press(sampleState(), 'Down').state, 'DATE'));
	t.equal(kept?.shown[kept.at], under?.shown[under.at], 'the cursor stays on its row');
});

t.test('columns', async (t) => {
	const shown = (state: State): readonly string[] =>
		shownColumns(state, 'study')
			.filter(({ priority }) => priority > 0)
			.map(({ keyword }) => keyword);
	const { state } = press(sampleState(), 'c', 'Space');
	t.notOk(shown(state).includes('PatientName'));
	t.ok(shown(press(state, 'Space').state).includes('PatientName'), 'Space again shows it');
	const none = Array.from({ length: 14 }, () => ['Space', 'Down']).flat();
	t.equal(shown(press(sampleState(), 'c', ...none).state).length >= 1, true, 'the last one stays');
});

t.test('inspect', async (t) => {
	const { state } = press(sampleState(), 'i');
	const { lines } = top(state, 'inspect');
	t.ok(
		lines.some((line) => /^\(0008,0020\) DA StudyDate +20241103 {2}= 2024-11-03$/.test(line)),
		'raw and decoded',
	);
	const missing = lines.findIndex((line) => line.startsWith('! asked for, and not in the answer'));
	t.ok(
		lines.slice(missing).some((line) => /StudyTime/.test(line)),
		'what was asked for and did not come',
	);
	const found = press(state, '/', 'type:modal', 'Enter').state;
	t.equal(top(found, 'inspect').filter, 'modal');
	t.match(only(press(found, 'y').effects, 'copy').text, /ModalitiesInStudy/);
	t.equal(top(press(found, 'Esc').state, 'inspect').filter, '', 'Esc takes the search away first');
	const hidden = top(press(masked(sampleState()), 'i').state, 'inspect').lines.join('\n');
	t.notMatch(hidden, /SMITH|\bP001/, 'masked on a masked screen');
	const [first, ...others] = STUDIES;
	const dataset = { ...first?.dataset, '00104000': { vr: 'LT', Value: ['fell off a horse'] } } as const;
	const commented = first === undefined ? [] : [{ ...first, dataset }, ...others];
	const before = masked(sampleState());
	const shown = { ...before, browse: { ...before.browse, levels: [levelOfStudies(commented)] } };
	t.match(top(press(shown, 'i').state, 'inspect').lines.join('\n'), /LT PatientComments +\*{4}$/m);
});

t.test('compare', async (t) => {
	const { lines } = top(press(sampleState(), '=').state, 'compare');
	t.ok(lines.some((line) => line.startsWith('<') && /SMITH\^JOHN/.test(line)));
	t.ok(lines.some((line) => line.startsWith('>') && /SMITH\^JANE/.test(line)));
	t.ok(
		lines.some((line) => line.startsWith('  ') && /QueryRetrieveLevel/.test(line)),
		'what is the same',
	);
	const { state } = press(sampleState(), 'A', '=');
	t.same(state.overlays, []);
	t.match(state.status?.text, /mark two rows/);
	const hidden = top(press(masked(sampleState()), '=').state, 'compare').lines;
	t.ok(hidden.some((line) => /^< .*PatientID +ID-/.test(line)));
});

t.test('explain and the error screen', async (t) => {
	const { state } = press(sampleState(), 'x');
	t.match(only(press(state, 'y').effects, 'copy').text, /What it means:\n {2}The archive does not know/);
	t.equal(top(press(state, 'Down').state, 'explain').at, 1);
	t.equal(only(press(state, 'D').effects, 'doctor').node, 'old');
	const error: Overlay = { kind: 'error', node: 'old', explanation: REJECTED };
	const failed: State = { ...sampleState(), overlays: [error] };
	t.equal(only(press(failed, 'y').effects, 'copy-card').node, 'old', 'the request for the administrator');
	t.equal(top(press(failed, 'e').state, 'node').node, 'old');
	t.equal(press(failed, 't').state.screen, 'trace');
	t.equal(top(press(failed, 'n').state, 'switcher').kind, 'switcher');
	t.ok(
		press(failed, 'r').effects.some((effect) => effect.do === 'query'),
		'r asks again',
	);
	t.same(press(failed, 'q').state.overlays, [], 'q goes back and does not quit');
	t.match(press({ ...sampleState(), problems: [] }, 'x').state.status?.text, /nothing to explain/);
});

t.test('doctor', async (t) => {
	const opened = press(sampleState(), 'D');
	t.equal(only(opened.effects, 'doctor').node, 'main');
	const line = (text: string, isOver = false) => ({ type: 'doctor', at: 0, node: 'main', line: text, isOver }) as const;
	let { state } = hear(opened.state, line('ok   C-ECHO \x1b[2J'));
	state = hear(state, { ...line('not of this'), node: 'other' }).state;
	t.same(top(state, 'doctor').lines, ['ok   C-ECHO ·[2J'], 'sanitised, of this node only');
	t.equal(only(press(state, 'Esc').effects, 'stop-doctor').do, 'stop-doctor');
	const over = hear(state, line('all is well', true)).state;
	t.equal(top(over, 'doctor').isOver, true);
	t.same(press(over, 'Esc').effects, [], 'nothing is left to stop');
});

t.test('a question', async (t) => {
	const asking: Overlay = {
		kind: 'confirm',
		what: 'test',
		text: ['?'],
		choices: [
			{ key: 'c', says: 'go', effects: [{ do: 'bell' }] },
			{ key: 'k', says: 'quit', effects: [{ do: 'quit', keepJournal: true }] },
			{ key: 'o', says: "its asker's own" },
		],
		at: 0,
	};
	const state: State = { ...sampleState(), overlays: [asking] };
	t.same(press(state, 'c').effects, [{ do: 'bell' }]);
	t.same(press(state, 'Enter').effects, [{ do: 'bell' }], 'Enter takes the one at the cursor');
	const quit = press(state, 'Down', 'Enter');
	t.equal(quit.state.quitting, true);
	t.same(press(state, 'z', 'Esc').effects, [], 'any other key and Esc do nothing');
	t.same(press(state, 'z').state.overlays.length, 1);
});
