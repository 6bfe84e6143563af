/** A query of browse as `find` would have it: its command line, which the form shows, is what is read. */
import type { Environment } from '../../cli/environment.ts';
import { parse } from '../../cli/parse.ts';
import type { Peer } from '../../cli/peer.ts';
import type { QuerySpec } from '../../tui/browse/browse-state.ts';
import { findWords } from '../../tui/browse/query-command.ts';
import { type Query, type QueryOptions, queryOf } from '../find/query-identifier.ts';
import find from '../find.ts';
import { nameHabit } from '../peer-memory.ts';

/** @throws DicomError usage */
export const queryOfSpec = (spec: QuerySpec, peer: Peer, env: Environment): Promise<Query> => {
	const { options, positionals } = parse(find, findWords(spec), {});
	const asked = options as unknown as QueryOptions;
	return queryOf(asked, positionals, env, nameHabit(peer, asked, env).keepsCase);
};
