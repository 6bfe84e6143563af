/** The options of `browse` as words of the commands that do the same. */

import { associationOptions, TRACING } from '../../cli/association-options.ts';
import type { OptionTable } from '../../cli/command.ts';
import type { Environment } from '../../cli/environment.ts';
import { GENERAL } from '../../cli/option-groups.ts';
import { MOVE, RECEIVING } from '../../cli/retrieve-options.ts';
import type { Given } from '../../tui/given.ts';
import { optionWords } from '../option-words.ts';

/** Written down once, about one command, and what nobody else is to see. */
const LEFT_OUT: ReadonlySet<string> = new Set([...Object.keys(TRACING), ...['timeout', 'password', 'tls-passphrase']]);

const CONNECTION: OptionTable = {
	...associationOptions({ calling: '', dimseTimeout: 600 }),
	charset: MOVE.charset,
	config: GENERAL.config,
	'no-config': GENERAL['no-config'],
};
const { layout, ignore, 'prefer-ts': preferTs, durability, accept } = RECEIVING;
const RECEIVED: OptionTable = {
	...{ listen: MOVE.listen, 'listen-aet': MOVE['listen-aet'], 'listen-tls': MOVE['listen-tls'] },
	...{ layout, ignore, 'prefer-ts': preferTs, durability },
};

export const givenWords = (options: object, { variables }: Pick<Environment, 'variables'>): Given => {
	const values = options as Readonly<Record<string, unknown>>;
	const wordsOf = (table: OptionTable): readonly string[] =>
		Object.entries(table).flatMap(([name, spec]) => {
			const value = values[name];
			// The shell that these are pasted into has it too.
			const isOfVariable = spec.variable !== undefined && String(value) === variables[spec.variable];
			return LEFT_OUT.has(name) || isOfVariable ? [] : optionWords(name, value, spec);
		});
	return { connection: wordsOf(CONNECTION), receiving: wordsOf(RECEIVED), accept: wordsOf({ accept }) };
};
