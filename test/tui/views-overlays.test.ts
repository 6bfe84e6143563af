/** The frames of the overlays over the browse screen. */
import t from 'tap';
import { inspectLines } from '../../src/tui/overlays/inspect-lines.ts';
import type { Overlay } from '../../src/tui/overlays/overlay-state.ts';
import { matchesGolden } from '../support/golden-frames.ts';
import { levelOfStudies, REJECTED, STUDIES, sampleState } from '../support/sample-state.ts';

const [row] = STUDIES;
if (row === undefined) throw new Error('no study');

const OVERLAYS: Readonly<Record<string, Overlay>> = {
	switcher: { kind: 'switcher', filter: '', at: 1, chosen: new Set() },
	'switcher-typed': { kind: 'switcher', filter: 'n', at: 0, chosen: new Set(['main', 'vna']) },
	palette: { kind: 'palette', text: '', caret: 0, at: -1 },
	'palette-typed': { kind: 'palette', text: 'set ', caret: 4, at: 1 },
	help: { kind: 'help', filter: '', at: 3, page: 'keys' },
	'help-meanings': { kind: 'help', filter: '', at: 0, page: 'meanings' },
	explain: { kind: 'explain', at: 0 },
	'explain-warning': { kind: 'explain', at: 1 },
	error: { kind: 'error', node: 'old', explanation: REJECTED },
	saved: { kind: 'saved', at: 3 },
	history: { kind: 'history', at: 0, filter: '2024' },
	copy: { kind: 'copy', at: 0 },
	export: {
		kind: 'export',
		what: 'marked',
		format: 'csv',
		path: 'studies-2024-11-03.csv',
		at: 1,
		caret: 22,
		isProposed: true,
		problem: undefined,
	},
	'export-file': {
		kind: 'export',
		what: 'all',
		format: 'list',
		path: '/nowhere/list.jsonl',
		at: 2,
		caret: 8,
		isProposed: false,
		problem: 'cannot write /nowhere/list.jsonl: there is no folder /nowhere',
	},
	prompt: {
		kind: 'prompt',
		what: 'write-redacted',
		label: 'File (.pcap, .txt, .jsonl)',
		value: 'trace-2024-11-03.pcap',
		caret: 21,
		problem: undefined,
	},
	sort: { kind: 'sort', at: 2 },
	columns: { kind: 'columns', at: 2 },
	inspect: {
		kind: 'inspect',
		at: 4,
		top: 0,
		filter: '',
		isFiltering: false,
		lines: inspectLines(row, levelOfStudies(), false),
	},
	'inspect-filter': {
		kind: 'inspect',
		at: 0,
		top: 0,
		filter: 'date',
		isFiltering: true,
		lines: inspectLines(row, levelOfStudies(), false),
	},
	doctor: {
		kind: 'doctor',
		node: 'old',
		isOver: false,
		top: 0,
		lines: [
			' ok    resolve      10.20.1.2   2 ms',
			' ok    tcp          10.20.1.2:104   3 ms',
			' FAIL  associate    rejected: calling AE title not recognized   4 ms',
			'                    means: The archive does not know the AE title WS01, or not from this address.',
			'                    do: Ask for "WS01" at 10.20.9.14 to be added',
			' skip  find         needs an association',
		],
	},
	capabilities: {
		kind: 'capabilities',
		node: 'main',
		isOver: true,
		top: 0,
		lines: [
			'main  PACS_MAIN@10.20.1.5:11112',
			'',
			'find      study root, patient root',
			'move      study root',
			'storage   64 of 128 classes',
		],
	},
	node: {
		kind: 'node',
		node: 'main',
		isSaving: false,
		isNew: false,
		at: 2,
		problem: 'a port is a number from 1 to 65535',
		fields: [
			{ keyword: 'name', label: 'Name', value: 'main', caret: 4, hint: 'what you call it' },
			{ keyword: 'aet', label: 'AE title', value: 'PACS_MAIN', caret: 9, hint: 'letter case counts, at most 16' },
			{ keyword: 'host', label: 'Host', value: '10.20.1.5:x', caret: 9, hint: 'a name or an address' },
			{ keyword: 'port', label: 'Port', value: '11112', caret: 5, hint: 'mostly 104 or 11112' },
			{ keyword: 'tls', label: 'TLS', value: '', caret: 0, hint: 'yes or no' },
		],
	},
	confirm: {
		kind: 'confirm',
		what: 'quit',
		at: 0,
		text: ['2 jobs running: 173 of 612 instances are here.'],
		choices: [
			{ key: 'c', says: 'cancel and quit' },
			{ key: 'k', says: 'keep in journal and quit (dimse jobs resume)' },
			{ key: 'Esc', says: 'stay' },
		],
	},
};

for (const [name, overlay] of Object.entries(OVERLAYS))
	t.test(name, async (t) => matchesGolden(t, `overlay-${name}`, { ...sampleState(), overlays: [overlay] }));
