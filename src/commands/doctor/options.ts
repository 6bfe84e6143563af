/** The options of `dimse doctor`. */

import { associationOptions } from '../../cli/association-options.ts';
import type { OptionTable } from '../../cli/command.ts';
import { GENERAL } from '../../cli/option-groups.ts';

export const DOCTOR_OPTIONS = {
	move: {
		type: 'boolean',
		group: 'Common',
		help: 'have one small instance moved to a receiver of ours: is the way back open?',
	},
	get: { type: 'boolean', group: 'Common', help: 'fetch one small instance by C-GET' },
	deep: { type: 'boolean', group: 'Common', help: 'limits of answers, how keys are matched, associations at once' },
	soak: {
		type: 'string',
		value: 'DURATION',
		group: 'Common',
		help: 'keep an association idle so long, as 10m, and see whether it lives',
	},
	'probe-aets': {
		type: 'boolean',
		group: 'Common',
		help: "try other spellings of the called AE title; each is a rejection in somebody's log",
	},
	yes: { type: 'boolean', short: 'y', group: 'Common', help: 'do not ask before --probe-aets' },
	listen: {
		type: 'string',
		value: '[HOST:]PORT',
		otherwise: "the node's, else 11113",
		group: 'Common',
		help: 'where the receiver of --move listens',
	},
	report: { type: 'boolean', group: 'Output', help: 'Markdown, ready for a ticket' },
	strict: { type: 'boolean', group: 'Output', help: 'exit with 3 for warnings' },
	format: {
		type: 'string',
		short: 'F',
		value: 'FORMAT',
		choices: ['json'],
		group: 'Output',
		help: 'a document on stdout',
		sets: { '--json': 'json' },
	},
	...associationOptions({ calling: 'DOCTOR', dimseTimeout: 60 }),
	...GENERAL,
} as const satisfies OptionTable;
