/** What browse was started with, in words for a shell: the commands that it tells to do the same need them to do just that. */
import type { RetrieveChoice } from './actions.ts';
import type { State } from './state.ts';

/** As they were given, quoted where that is needed; what a variable of the environment says is not among them. */
export interface Given {
	/** Who is called, and how: of every command. */
	readonly connection: readonly string[];
	/** How what comes here is received and kept: of get and move. */
	readonly receiving: readonly string[];
	/** `--accept`, which a retrieve has a choice of its own for. */
	readonly accept: readonly string[];
}

export const NO_OPTIONS: Given = { connection: [], receiving: [], accept: [] };

type Known = Pick<State, 'given' | 'nodes'>;

/** Of a command that asks these nodes, the same for all of them. */
export const connectionWords = ({ given, nodes }: Known, names: readonly string[]): readonly string[] => {
	const [first = [], ...others] = names.map((name) => nodes.find((one) => one.name === name)?.words ?? []);
	return [...given.connection, ...first.filter((word) => others.every((words) => words.includes(word)))];
};

/** Of a command that retrieves from a node. */
export const retrieveWords = (
	known: Known,
	node: string,
	{ how, accept }: Pick<RetrieveChoice, 'how' | 'accept'>,
): readonly string[] => {
	const connection = connectionWords(known, [node]);
	if (how === 'move-there') return connection;
	const { given } = known;
	const any = '--accept any';
	const own =
		how === 'move-here' ? [...(accept === 'any' ? [any] : given.accept.filter((one) => one !== any))] : given.accept;
	return [...connection, ...given.receiving, ...own];
};
