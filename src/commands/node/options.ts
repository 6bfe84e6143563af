/** The options of `dimse node`, for all of its actions together. */

import { associationOptions } from '../../cli/association-options.ts';
import type { OptionTable, Values } from '../../cli/command.ts';
import { GENERAL, OUTPUT } from '../../cli/option-groups.ts';
import { STANZA_NAMES } from '../../config/node-card.ts';

const { calling, called, ...association } = associationOptions({ calling: 'DIMSE', dimseTimeout: 60 });

export const NODE_OPTIONS = {
	// Without their environment variables: what is written into a file is what was said.
	calling: {
		type: 'string',
		value: 'AET',
		otherwise: calling.otherwise,
		group: 'Common',
		help: 'our AE title; with add: what we call ourselves there',
		old: calling.old,
	},
	called: {
		type: 'string',
		value: 'AET',
		otherwise: called.otherwise,
		group: 'Common',
		help: "the peer's AE title",
		old: called.old,
	},
	as: {
		type: 'string',
		value: 'FORMAT',
		choices: STANZA_NAMES,
		group: 'Common',
		help: 'with export: for which archive',
	},
	all: { type: 'boolean', group: 'Common', help: 'with caps and test: every node' },
	matching: {
		type: 'boolean',
		group: 'Common',
		help: 'with caps: how keys are matched, found out with queries for one study; remembered for find --name',
	},
	'study-uid': {
		type: 'string',
		value: 'UID',
		group: 'Common',
		help: 'with caps --matching: the study to try it on, otherwise one of the latest',
	},
	listen: {
		type: 'string',
		value: '[HOST:]PORT',
		otherwise: "the node's listen, else 11113",
		variable: 'DIMSE_LISTEN',
		group: 'Common',
		help: 'with card and export: where we receive what is sent to us',
	},
	replace: { type: 'boolean', group: 'Common', help: 'with import: change nodes that are there already' },
	'dry-run': {
		type: 'boolean',
		short: 'n',
		group: 'Common',
		help: 'with import: print what would be added, and write nothing',
	},
	...association,
	...OUTPUT,
	...GENERAL,
} as const satisfies OptionTable;

export type NodeOptions = Values<typeof NODE_OPTIONS>;
