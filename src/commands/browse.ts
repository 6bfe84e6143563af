/** `dimse browse`: archives browsed and retrievals watched on the whole terminal. */

import { associationOptions } from '../cli/association-options.ts';
import { defineCommand } from '../cli/command.ts';
import type { ExitStatus } from '../cli/exit-statuses.ts';
import { GENERAL, MATCHING } from '../cli/option-groups.ts';
import { MOVE, RECEIVING } from '../cli/retrieve-options.ts';
import { DicomError } from '../errors.ts';
import { quoted } from '../output/shell-words.ts';
import { ACTION_WORDS } from '../tui/keys.ts';

export default defineCommand({
	name: 'browse',
	aliases: ['tui'],
	summary: 'browse archives and watch retrievals on the whole terminal',
	description: [
		'Opens a screen on which studies, series, instances and their attributes are browsed as they arrive, marked and retrieved; with a queue of retrievals, the nodes of the address book, and an inspector of every association. ? tells the keys.',
		'Keys after the peer and the friendly flags are asked for at once; without any, f opens the query form. Several peers are asked together.',
		'dimse alone does the same on a terminal, where the address book has nodes. Without a terminal dimse browse exits with 2: find, get and move do all of it from scripts.',
		'On a terminal that cannot draw (TERM=dumb), and for a screen reader (--a11y), it goes line by line: commands are typed, as "f smith* date=2024", rows are told 20 at a time with a number each, the number opens one, "g 1,3-5" retrieves some. What runs is told every 10 s in a sentence. Nothing is drawn and nothing moves the cursor; ? tells the commands, Ctrl+C stops what runs, Ctrl+D quits.',
		'With --pick, Enter (any key that [keys] gives to pick) leaves with the marked rows, or that at the cursor, and prints them on stdout for dimse get PEER --from - and dimse move PEER --from -: studies by their Study Instance UID, one a line; patients, series and instances as lines of JSON with the keys of the levels above, as find -F jsonl has them. It needs no more than /dev/tty: stdin and stdout may be pipes; what is told at the end goes to stderr. Left without a choice it prints nothing and exits with 1.',
		`The section [keys] of the configuration gives actions other keys, as "retrieve = d Ctrl+R" does; keys are spelled as ? shows them. The actions are ${ACTION_WORDS.join(', ')}.`,
	],
	positionals: [
		{
			name: 'PEER|KEY=VALUE',
			help: 'NAME, AET@HOST:PORT, HOST:PORT or HOST PORT, several of them; then keys to begin with',
			many: true,
			completes: 'node',
		},
	],
	options: {
		theme: {
			type: 'string',
			value: 'NAME',
			choices: ['auto', 'dark', 'light', 'mono'],
			default: 'auto',
			variable: 'DIMSE_THEME',
			group: 'Common',
			help: 'colours for a dark or a light background, or none; auto goes by NO_COLOR and COLORFGBG',
		},
		'mask-phi': {
			type: 'boolean',
			group: 'Common',
			help: 'begin with pseudonyms in place of names, IDs and birth dates (M takes them away)',
		},
		pick: {
			type: 'boolean',
			group: 'Common',
			help: 'Enter takes the marked rows, or that at the cursor, and prints them for --from of get and move; Right or l opens',
		},
		a11y: {
			type: 'boolean',
			variable: 'DIMSE_ACCESSIBLE',
			otherwise: 'where TERM=dumb or INK_SCREEN_READER=true',
			group: 'Common',
			help: 'line by line, in sentences, for a screen reader: nothing is drawn',
		},
		mouse: {
			type: 'boolean',
			variable: 'DIMSE_MOUSE',
			group: 'Common',
			help: 'the wheel moves, a click goes to a row, another opens it; text is then selected with Shift held',
		},
		ascii: { type: 'boolean', group: 'Common', help: 'no lines and signs beyond ASCII' },
		...MATCHING,
		charset: {
			type: 'string',
			value: 'TERM',
			group: 'Query',
			help: 'character set of the answers, whatever they say, as ISO_IR 100',
		},
		listen: MOVE.listen,
		'listen-aet': MOVE['listen-aet'],
		'listen-tls': MOVE['listen-tls'],
		...RECEIVING,
		...associationOptions({ calling: 'DIMSE', dimseTimeout: 600 }),
		...GENERAL,
	},
	examples: [
		{ line: 'dimse browse', says: 'the default node, or the first of the address book' },
		{ line: "dimse browse main --name 'smith*' --date 2024 -m CT", says: 'with a query to begin with' },
		{ line: 'dimse browse main vna', says: 'two archives together' },
		{ line: 'dimse browse ORTHANC@localhost:4242 -o ~/dicom --listen 11113', says: 'a peer that has no name yet' },
		{ line: 'dimse browse main --pick | dimse get main --from - -o DIR', says: 'fetches what was chosen' },
		{ line: 'dimse browse main --a11y', says: 'line by line, for a screen reader' },
		{ line: 'dimse browse main --mask-phi', says: 'for a screen that others see' },
	],
	async run(options, positionals, env): Promise<ExitStatus> {
		const terminal = options.pick ? await env.sessionTerminal?.() : env.terminal?.();
		if (terminal === undefined)
			throw instead(options.pick ? 'browse --pick needs a terminal (/dev/tty)' : 'browse needs a terminal', [
				...positionals.map(quoted),
				...matchingWords(options),
			]);
		const { TERM, INK_SCREEN_READER } = env.variables;
		const isInLines = options.a11y || TERM === 'dumb' || INK_SCREEN_READER === 'true';
		const { browse } = await import('./browse/run.ts');
		return browse(options, positionals, terminal, env, isInLines);
	},
});

/** What does the same line by line. */
const instead = (message: string, asked: readonly string[]): DicomError => {
	const words = asked.join(' ') || 'PEER';
	return new DicomError({
		blame: 'usage',
		message,
		hint: `line by line: dimse find ${words}; dimse get ${words} -o DIR; dimse move ${words} --dest AET`,
	});
};

/** The friendly flags, as they were given. */
const matchingWords = (options: Readonly<Record<string, unknown>>): readonly string[] =>
	Object.keys(MATCHING).flatMap((name) =>
		[options[name]].flat().flatMap((value) => (typeof value === 'string' ? [`--${name}`, quoted(value)] : [])),
	);
