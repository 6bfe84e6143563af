/** How a retrieve is to be done, from the options of `get` and `move`. */
import { checkAeTitle } from '../../cli/peer.ts';
import type { AddressBook } from '../../config/address-book.ts';
import { CARRIED_TRANSFER_SYNTAXES } from '../../retrieve/contexts.ts';
import type { ConnectingOptions } from '../connecting.ts';
import { proposedTransferSyntaxes } from '../proposing.ts';
import type { InputOptions } from './input.ts';
import type { OutputOptions } from './output.ts';
import type { FolderOptions, ReceiverOptions } from './receiver.ts';

export type RetrieveOptions = ConnectingOptions &
	OutputOptions &
	InputOptions &
	FolderOptions &
	ReceiverOptions & {
		readonly charset: string | undefined;
		readonly ext: readonly string[];
		readonly 'strict-match': boolean;
		readonly unit: 'study' | 'series' | 'instance' | undefined;
		readonly frames: string | undefined;
		readonly jobs: number;
		readonly 'no-verify': boolean;
		readonly settle: number;
		readonly late: number;
		readonly 'retry-missing': number;
		readonly missing: string | undefined;
		readonly journal: string | undefined;
		readonly 'allow-empty': boolean;
		readonly cancel: number | undefined;
	};

/** How it is to be done. */
export type By =
	| { readonly kind: 'get'; readonly contexts: 'auto' | 'all' | readonly string[]; readonly mayFallBack: boolean }
	| { readonly kind: 'to-me' }
	| { readonly kind: 'to'; readonly aeTitle: string };

/** The preferred first, and every other behind them. */
export const preferred = (asked: readonly string[]): readonly string[] => [
	...new Set([...proposedTransferSyntaxes(asked, [], '--prefer-ts'), ...CARRIED_TRANSFER_SYNTAXES]),
];

/** Words of `--ext`: those of the retrieve, and those of the query before it. */
export const extensionsOf = (
	asked: readonly string[],
): { readonly relational: boolean; readonly enhanced: boolean; readonly query: readonly string[] } => {
	const words = asked.flatMap((text) => text.split(',')).map((word) => word.trim().toLowerCase());
	return { relational: words.includes('relational'), enhanced: words.includes('enhanced'), query: words };
};

/**
 * With the AE title of a destination; one that is the name of a node, and no AE title of any, means that node.
 *
 * @throws DicomError usage
 */
export const withDestination = (by: By, { nodes }: AddressBook, note: (text: string) => void): By => {
	if (by.kind !== 'to') return by;
	const named = nodes.get(by.aeTitle);
	const isTitle = [...nodes.values()].some(({ calledAeTitle }) => calledAeTitle === by.aeTitle);
	if (named === undefined || isTitle) return { ...by, aeTitle: checkAeTitle(by.aeTitle, 'destination') };
	note(`${named.name} is ${named.calledAeTitle}: sent to that AE title`);
	return { ...by, aeTitle: named.calledAeTitle };
};
