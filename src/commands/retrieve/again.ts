/** A retrieve as a command to be pasted again, for a list: whom it asks and how it is done, as it was given; not what it asked for. */

import { associationOptions, TRACING } from '../../cli/association-options.ts';
import type { OptionTable } from '../../cli/command.ts';
import { GENERAL, MATCHING, PROGRESS } from '../../cli/option-groups.ts';
import type { Peer } from '../../cli/peer.ts';
import { GET, MOVE, RECEIVING } from '../../cli/retrieve-options.ts';
import type { Node } from '../../config/address-book.ts';
import { quoted } from '../../output/shell-words.ts';
import { optionWords } from '../option-words.ts';
import type { RetrieveModelName } from './model.ts';

export interface Again {
	readonly command: 'get' | 'move';
	readonly peer: Peer;
	/** The peer's entry in the address book. */
	readonly node: Node | undefined;
	/** The AE title of a third party. */
	readonly dest: string | undefined;
	readonly isToMe: boolean;
}

/** `dimse get main -aet WS01 --layout '{SOPInstanceUID}.dcm' --from missing.txt -o out`, on one line. */
export const againFor = ({ command, peer, node, dest, isToMe }: Again, options: object, list: string): string => {
	const { model, out, called, tls } = options as GivenOptions;
	return [
		`dimse ${command} ${quoted(peer.label)}${FLAGS[model ?? 'study']}`,
		...(dest === undefined ? [] : [`--dest ${quoted(dest)}`]),
		...(isToMe ? ['--to-me'] : []),
		// The label of a peer that is no node has its AE title, and not that TLS is spoken.
		...(node === undefined || (called === undefined && peer.calledAeTitle === node.calledAeTitle)
			? []
			: [`-aec ${quoted(peer.calledAeTitle)}`]),
		...(tls || (node === undefined && peer.tls !== undefined) ? ['--tls'] : []),
		...Object.entries(options).flatMap(([name, value]) => words(name, value)),
		`--from ${quoted(list)}`,
		...(dest !== undefined || out === undefined ? [] : [`-o ${quoted(out)}`]),
	].join(' ');
};

interface GivenOptions {
	readonly model: RetrieveModelName | undefined;
	readonly out: string | undefined;
	readonly called: string | undefined;
	readonly tls: boolean;
}

const FLAGS: Readonly<Record<RetrieveModelName, string>> = {
	study: '',
	patient: ' -P',
	psonly: ' -O',
	composite: ' --composite',
	'no-bulk': ' --no-bulk',
};

const TABLE: OptionTable = {
	...GET,
	...MOVE,
	...RECEIVING,
	...associationOptions({ calling: '', dimseTimeout: 600 }),
	...GENERAL,
};

/** What is said of them otherwise, what the list says instead, how it is told, and what nobody else is to see. */
const LEFT_OUT: ReadonlySet<string> = new Set([
	...['model', 'out', 'called', 'tls', 'dest', 'to-me', 'move-aet'],
	...Object.keys(MATCHING),
	...['level', 'strict-match', 'from', 'unit', 'missing', 'cancel', 'allow-empty', 'verify'],
	...['format', 'quiet', 'verbose', 'debug', 'log-level', 'color', 'help', 'version'],
	...Object.keys(PROGRESS),
	...Object.keys(TRACING),
	...['password', 'tls-passphrase'],
]);

const words = (name: string, value: unknown): readonly string[] => {
	const spec = TABLE[name];
	return spec === undefined || LEFT_OUT.has(name) ? [] : optionWords(name, value, spec);
};
