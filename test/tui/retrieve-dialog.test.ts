/** The retrieve dialog: its three ways with their reasons, its fields, the same as a command line, and what it puts into the queue. */
import t from 'tap';
import move from '../../src/commands/move.ts';
import type { Row } from '../../src/tui/browse/browse-state.ts';
import { rowKey } from '../../src/tui/browse/row-key.ts';
import { plainText } from '../../src/tui/frame.ts';
import { emptyLevel } from '../../src/tui/initial-state.ts';
import { questionOf } from '../../src/tui/lines/questions.ts';
import type { NodeState } from '../../src/tui/nodes/nodes-state.ts';
import { levelOf, type OverlayOf } from '../../src/tui/overlays/overlay-stack.ts';
import { FIELDS } from '../../src/tui/queue/reduce-retrieve-dialog.ts';
import { frameOf } from '../../src/tui/views/screen.ts';
import { matchesGolden } from '../support/golden-frames.ts';
import { STUDIES, sampleState } from '../support/sample-state.ts';
import { Queueing } from './queueing.ts';

const browsing = (node: Partial<NodeState> = {}): Queueing => {
	const state = sampleState();
	return new Queueing({
		...state,
		overlays: [],
		screen: 'browse',
		status: undefined,
		problems: [],
		receiver: { ...state.receiver, addresses: ['10.20.9.14:11113'] },
		nodes: state.nodes.map((one) => (one.name === 'main' ? { ...one, folder: '/data/dicom', ...node } : one)),
	});
};

const dialogOf = ({ state }: Queueing): OverlayOf<'retrieve'> => {
	const top = state.overlays.at(-1);
	if (top?.kind !== 'retrieve') throw new Error('no dialog');
	return top;
};

/** Moves to a field by Tab. */
const go = (queueing: Queueing, field: (typeof FIELDS)[number]): Queueing => {
	for (let steps = 0; FIELDS[dialogOf(queueing).at] !== field; steps++) {
		if (steps > FIELDS.length) throw new Error(`${field} cannot be reached`);
		queueing.press('nextPane');
	}
	return queueing;
};

t.test('frames', async (t) => {
	const queueing = browsing().press('retrieve');
	matchesGolden(t, 'retrieve', queueing.state);
	go(queueing, 'move-there').press('choose');
	go(queueing, 'destination').type('ARCHIVE2');
	matchesGolden(t, 'retrieve-there', queueing.state);
	const masked = browsing().press('retrieve').state;
	matchesGolden(t, 'retrieve-ascii', { ...masked, look: { unicode: false, theme: 'mono', masked: true } });
});

t.test('each way has the reason why it is possible, or why not', async (t) => {
	const reasons = (queueing: Queueing) => dialogOf(queueing).ways.map(({ possible, reason }) => [possible, reason]);
	t.strictSame(reasons(browsing().press('retrieve')), [
		[true, 'peer accepts C-GET; no inbound port needed'],
		[true, 'main must have WS01 = 10.20.9.14:11113'],
		[true, 'by the AE title that the peer has for it'],
		[false, 'not there yet: DICOMweb comes with a later version'],
	]);
	const without = browsing({ canGet: false, canMove: true }).press('retrieve');
	t.strictSame(reasons(without)[0], [false, 'the peer accepts no C-GET']);
	t.equal(dialogOf(without).how, 'move-here', 'the first that is possible is chosen');
	go(without, 'get').press('choose');
	t.equal(dialogOf(without).how, 'move-here', 'what is impossible cannot be chosen');
	t.match(plainText(frameOf(without.state)), /! the peer accepts no C-GET/);
	const none = browsing({ canGet: false, canMove: false }).press('retrieve');
	none.press('accept');
	t.match(dialogOf(none).problem, 'the peer accepts no C-GET');
	t.strictSame(none.state.queue.jobs, []);
});

t.test('rows of several nodes: what is needed is needed of all of them', async (t) => {
	const ofTwo = (vna: Partial<NodeState>): Queueing => {
		const { state } = browsing({ canGet: true, canMove: true });
		const [level] = state.browse.levels;
		if (level === undefined) throw new Error('no level');
		const rows = level.rows.map((row, index): Row => (index % 2 === 0 ? row : { ...row, node: 'vna' }));
		const levels = [{ ...level, rows, marked: new Set(rows.slice(0, 3).map(rowKey)) }];
		const nodes = state.nodes.map((node) =>
			node.name === 'vna' ? { ...node, canGet: true, canMove: true, ...vna } : node,
		);
		return new Queueing({ ...state, nodes, browse: { ...state.browse, levels } }).press('retrieve');
	};
	const reasons = (vna: Partial<NodeState> = {}) => dialogOf(ofTwo(vna)).ways.map(({ reason }) => reason);
	t.strictSame(reasons({ callingAeTitle: 'WS01' }).slice(0, 2), [
		'all accept C-GET; no inbound port needed',
		'main, vna must have WS01 = 10.20.9.14:11113',
	]);
	t.equal(
		reasons({ callingAeTitle: 'OTHER' })[1],
		'main must have WS01 = 10.20.9.14:11113; vna must have OTHER = 10.20.9.14:11113',
	);
	t.equal(reasons({ canGet: false })[0], 'vna accepts no C-GET');
	t.match(dialogOf(ofTwo({ canGet: false })).how, 'move-here');
	t.match(
		questionOf(ofTwo({}).state, (folder) => folder),
		/ from main, vna by /,
	);
});

t.test('our receiver is asked for with the dialog; that it cannot listen shows in it', async (t) => {
	const queueing = browsing();
	queueing.state = {
		...queueing.state,
		receiver: { state: 'off', aeTitle: '', port: 0, addresses: [], problem: undefined },
	};
	queueing.press('retrieve');
	t.strictSame(queueing.done('listen'), [{ do: 'listen' }]);
	const problem = 'cannot listen on port 11113: the port is in use';
	queueing.heard({ type: 'receiver-state', state: 'failed', aeTitle: '', port: 0, addresses: [], problem });
	t.match(dialogOf(queueing).ways[1], { possible: false, reason: problem });
	t.match(queueing.state.problems[0]?.text, problem);
});

t.test('another AE: one of our nodes is asked afterwards, by its title or its name', async (t) => {
	const queueing = browsing().press('retrieve');
	go(queueing, 'move-there').press('choose', 'accept');
	t.match(dialogOf(queueing).problem, 'the AE title of the destination is needed');
	go(queueing, 'destination').type('ELSEWHERE');
	t.match(dialogOf(queueing).ways[2]?.reason, 'cannot see arrivals there');
	queueing.heard({ type: 'edit', edit: 'clear' }).type('vna');
	t.match(dialogOf(queueing).ways[2]?.reason, 'vna of our nodes: asked afterwards what arrived');
	queueing.press('accept');
	const [effect] = queueing.done('retrieve');
	t.match(effect?.settings, { how: 'move-there', destination: 'VNA_QR', destinationNode: 'vna' });
	t.equal(effect?.job.to, 'VNA_QR');
});

t.test('the same on the command line', async (t) => {
	const queueing = browsing().press('retrieve');
	const uids = dialogOf(queueing)
		.wanted.map(({ unit }) => unit.studyUid)
		.join(' ');
	t.equal(dialogOf(queueing).sameAs, `dimse get main ${uids} -o /data/dicom --unit series -j 2`);
	go(queueing, 'folder').heard({ type: 'edit', edit: 'clear' }).type("/data/o'k dir");
	go(queueing, 'exists').press('choose');
	go(queueing, 'unit').press('choose');
	go(queueing, 'atOnce').type('1');
	go(queueing, 'verify').press('choose');
	go(queueing, 'move-here').press('choose');
	const command = `dimse move main ${uids} --to-me -o '/data/o'\\''k dir' --exists overwrite --no-verify`;
	t.equal(dialogOf(queueing).sameAs, command);
	for (const [folder, word] of [
		['~', '~'],
		['~/ct', '~/ct'],
		['~/my ct', "~/'my ct'"],
		['~other/ct', "'~other/ct'"],
	] as const) {
		go(queueing, 'folder').heard({ type: 'edit', edit: 'clear' }).type(folder);
		t.match(dialogOf(queueing).sameAs, ` --to-me -o ${word} --exists `, 'the home folder is that of the shell too');
	}
	go(queueing, 'folder').heard({ type: 'edit', edit: 'clear' }).type("/data/o'k dir");
	const given = { connection: ['-aet WS01'], receiving: ["--layout '{SOPInstanceUID}.dcm'"], accept: ['--accept 1.2'] };
	queueing.state = { ...queueing.state, given };
	const said = () => dialogOf(queueing).sameAs.slice(command.length);
	go(queueing, 'move-here').press('choose');
	t.equal(said(), " -aet WS01 --layout '{SOPInstanceUID}.dcm' --accept 1.2", 'with what browse was given');
	go(queueing, 'accept').press('choose');
	t.equal(said(), " -aet WS01 --layout '{SOPInstanceUID}.dcm' --accept any", 'unless another was chosen');
	go(queueing, 'move-there').press('choose');
	t.match(dialogOf(queueing).sameAs, /--dest .* -aet WS01$/, 'but for what comes here, where nothing does');
	const words = (text: string) => text.split(' ').filter((word) => word.startsWith('-'));
	const known = Object.values(move.options as Readonly<Record<string, { readonly short?: string }>>);
	for (const word of words(command))
		t.ok(
			word.slice(2) in move.options || known.some(({ short }) => `-${short}` === word),
			`${word} is an option of move`,
		);
});

t.test('it puts jobs into the queue, begun or held, and remembers how', async (t) => {
	const queueing = browsing().press('retrieve', 'accept');
	t.strictSame(queueing.state.overlays, []);
	t.strictSame(
		queueing.state.queue.jobs.map(({ id, state, patient, instances }) => [id, state, patient, instances]),
		[
			[1, 'running', 'SMITH^JOHN', 240],
			[2, 'running', 'SMITH^JANE', 64],
		],
	);
	t.equal(levelOf(queueing.state)?.marked.size, 0, 'the marks are taken away');
	t.match(queueing.state.status?.text, 'in the queue: 2 retrieves');
	queueing.press('last', 'retrieveAgain');
	t.match(queueing.state.queue.jobs.at(-1), {
		id: 3,
		patient: 'SMITH^K',
		choice: { how: 'get', folder: '/data/dicom' },
	});
	queueing.press('retrieve');
	go(queueing, 'hold').press('accept');
	t.equal(queueing.state.queue.jobs.at(-1)?.state, 'paused');
	queueing.press('retrieve', 'cancel');
	t.equal(queueing.state.queue.jobs.length, 4, 'Esc does nothing');
});

t.test('series and instances are asked for with the keys above them', async (t) => {
	const queueing = browsing();
	const study = STUDIES[0];
	const series = (number: number, more: Readonly<Record<string, string>> = {}): Row => ({
		uid: `1.2.${number}`,
		node: 'main',
		doubtful: false,
		dataset: {
			'0020000E': { vr: 'UI', Value: [`1.2.${number}`] },
			'00200011': { vr: 'IS', Value: [String(number)] },
			'00080060': { vr: 'CS', Value: ['CT'] },
			'0008103E': { vr: 'LO', Value: [more['title'] ?? 'AXIAL'] },
		},
	});
	const level = (name: 'series' | 'instance', rows: readonly Row[], of: Row | undefined, key: string, uid: string) => ({
		...emptyLevel({ level: name, model: 'study' as const, keys: { [key]: uid } }, ''),
		rows,
		shown: rows.map((_, index) => index),
		of,
	});
	const studyUid = study?.uid ?? '';
	const inStudy = level('series', [series(1), series(2)], study, 'StudyInstanceUID', studyUid);
	const { browse } = queueing.state;
	queueing.state = { ...queueing.state, browse: { ...browse, levels: [...browse.levels, inStudy] } };
	queueing.press('retrieve');
	t.match(dialogOf(queueing).wanted, [
		{ patient: 'SMITH^JOHN', what: 'CT 1 AXIAL', unit: { level: 'SERIES', studyUid, seriesUid: '1.2.1' } },
	]);
	t.match(dialogOf(queueing).sameAs, `dimse get main -L series --study-uid ${studyUid} 1.2.1 -o`);
	queueing.press('cancel');
	const instance = (number: number): Row => ({
		uid: `1.2.1.${number}`,
		node: 'main',
		doubtful: false,
		dataset: { '00080018': { vr: 'UI', Value: [`1.2.1.${number}`] } },
	});
	const inSeries = {
		...level('instance', [instance(1), instance(2), instance(3)], series(1), 'SeriesInstanceUID', '1.2.1'),
		marked: new Set([instance(1), instance(3)].map(rowKey)),
	};
	queueing.state = { ...queueing.state, browse: { ...browse, levels: [...browse.levels, inStudy, inSeries] } };
	queueing.press('retrieve');
	t.match(dialogOf(queueing).wanted, [
		{ instances: 2, unit: { level: 'IMAGE', studyUid, seriesUid: '1.2.1', sopUids: ['1.2.1.1', '1.2.1.3'] } },
	]);
});

t.test('every field can be reached both ways, and no key breaks it', async (t) => {
	const queueing = browsing().press('retrieve');
	const seen = new Set<number>();
	for (let step = 0; step < 2 * FIELDS.length; step++) seen.add(dialogOf(queueing.press('down')).at);
	for (let step = 0; step < 2 * FIELDS.length; step++) seen.add(dialogOf(queueing.press('up')).at);
	t.equal(seen.size, FIELDS.length - 2, 'all but the AE title of another, and what our receiver takes');
	let seed = 7;
	const random = (below: number) => {
		seed = (seed * 1103515245 + 12345) & 0x7fffffff;
		return seed % below;
	};
	const keys = ['up', 'down', 'nextPane', 'previousPane', 'choose', 'retrieve', 'cancel'] as const;
	const edits = ['left', 'right', 'backspace', 'delete', 'home', 'end', 'clear'] as const;
	for (let step = 0; step < 3000; step++) {
		if (queueing.state.overlays.length === 0) queueing.press('retrieve');
		const kind = random(3);
		if (kind === 0) queueing.press(keys[random(keys.length)] ?? 'up');
		else if (kind === 1) queueing.heard({ type: 'edit', edit: edits[random(edits.length)] ?? 'left' });
		else queueing.type(['x', '7', '+', '松', '\u001b[2J', '-'][random(6)] ?? 'x');
		const lines = frameOf(queueing.state);
		if (lines.length !== queueing.state.size.rows) t.fail(`${lines.length} lines`);
		if (plainText(lines).includes('\u001b')) t.fail('an escape sequence');
	}
});

t.test(
	'private classes are chosen where our receiver takes them in, and a title that is ours alone is told',
	async (t) => {
		const queueing = browsing().press('retrieve');
		t.notMatch(plainText(frameOf(queueing.state)), /Accept/, 'C-GET proposes what the peer lists');
		go(queueing, 'move-here').press('choose');
		t.match(plainText(frameOf(queueing.state)), /Accept +\(.\) storage classes +\( \) any/);
		go(queueing, 'accept').press('choose');
		t.match(dialogOf(queueing).sameAs, /--to-me .*--accept any$/);
		queueing.heard({
			...{ type: 'receiver-state', state: 'listening', aeTitle: 'OTHER', onlyTitle: 'OTHER' },
			...{ port: 11113, addresses: ['10.20.9.14:11113'] },
		});
		t.match(dialogOf(queueing).ways[1]?.reason, 'main must have OTHER = 10.20.9.14:11113');
		queueing.press('accept');
		t.match(queueing.job(1), { to: 'OTHER', choice: { accept: 'any' } });
	},
);
