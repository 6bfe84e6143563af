/** `dimse node test`: a C-ECHO to each, as `dimse echo` does it. */
import type { Environment } from '../../cli/environment.ts';
import { EXIT, type ExitStatus } from '../../cli/exit-statuses.ts';
import { readAddressBook } from '../../config/address-book.ts';
import echo from '../echo.ts';
import type { NodeOptions } from './options.ts';

export const testNodes = async (
	names: readonly string[],
	options: NodeOptions,
	env: Environment,
): Promise<ExitStatus> => {
	const { nodes, path } = await readAddressBook(options, env);
	const peers = names.length > 0 && !options.all ? names : [...nodes.keys()];
	if (peers.length === 0) {
		if (options.quiet === 0)
			await env.stderr.write(`no nodes in ${path}; dimse node add NAME AET@HOST:PORT makes one\n`);
		return EXIT.nothing;
	}
	const calling = options.calling ?? (env.variables['DIMSE_AET'] || undefined);
	const once = { count: 1, interval: 0, stats: false, progress: 'auto', events: false, abort: false } as const;
	return echo.run({ ...options, ...once, calling }, peers, env);
};
