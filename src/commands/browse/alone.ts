/** Whether `dimse` alone, on a terminal, has somebody to browse: decided without loading any of browse. */
import type { Environment } from '../../cli/environment.ts';
import { readAddressBook } from '../../config/address-book.ts';

/** A configuration that cannot be read is told by the command that needs it. */
export const hasNodes = (env: Environment): Promise<boolean> =>
	readAddressBook({}, env).then(
		({ nodes }) => nodes.size > 0,
		() => false,
	);
