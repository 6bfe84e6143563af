/** What is known of the exchange that failed, as the words that the explanations' templates leave open. */
import type { Advice, Explanation } from './explanation.ts';

/** Where a failure happened, as far as known. Nothing of it is looked up here. */
export interface FailureContext {
	readonly peer?:
		| {
				/** As the user knows it, and as it may be given on a command line: `main`, or `AET@host:port`. */
				readonly label: string;
				readonly host: string;
				readonly port: number;
				readonly calledAeTitle: string;
				readonly callingAeTitle?: string | undefined;
				/** The name in the address book. */
				readonly node?: string | undefined;
		  }
		| undefined;
	/** The address this end had, or would have. */
	readonly localAddress?: string | undefined;
	/** The address of the peer's end, where `peer.host` is a name. */
	readonly remoteAddress?: string | undefined;
	/** What was being done, as `C-FIND`. */
	readonly service?: string | undefined;
	/** The subcommand, as `find`. */
	readonly command?: string | undefined;
	/** Instances that had come before. */
	readonly arrived?: number | undefined;
	/** How far a command had come when its time ran out, as `3 studies had come`. */
	readonly reached?: string | undefined;
	/** The association was, or was to be, over TLS. */
	readonly tls?: boolean | undefined;
}

export type Facts = Readonly<Record<string, string>>;

/** Words for what is known, and general ones for what is not. */
export const factsOf = (context: FailureContext): Facts => {
	const { peer, localAddress, remoteAddress, service, command } = context;
	return {
		peer: peer?.label ?? 'PEER',
		host: peer?.host ?? 'the host',
		port: peer === undefined ? '' : String(peer.port),
		place: peer === undefined ? 'the peer' : `${remoteAddress ?? peer.host}:${peer.port}`,
		called: peer === undefined ? 'the called AE title' : `"${peer.calledAeTitle}"`,
		calling: peer?.callingAeTitle === undefined ? 'your AE title' : `"${peer.callingAeTitle}"`,
		local: localAddress ?? 'this machine',
		me: `${peer?.callingAeTitle ?? 'your AE title'} / ${localAddress ?? 'this machine'}`,
		service: service ?? 'the request',
		help: command === undefined ? 'dimse help' : `dimse ${command} --help`,
		otherTitle: otherTitle(peer),
	};
};

/** How a called AE title is given in place of the one that was used. */
const otherTitle = (peer: FailureContext['peer']): string => {
	if (peer === undefined) return '-aec TITLE, or TITLE@HOST:PORT';
	if (peer.node !== undefined) return `dimse node set ${peer.node} ae_title=TITLE, or ${respelled(peer, 'TITLE')} once`;
	return respelled(peer, 'TITLE');
};

/** The peer as a command line takes it, with another called AE title; where its spelling has one, `-aec` would not be heeded. */
export const respelled = ({ label, node }: { label: string; node?: string | undefined }, title: string): string =>
	shellWord(`${title}@${node ?? label.slice(label.lastIndexOf('@') + 1)}`);

/** One word of a command line, in quotes where it needs them. */
export const shellWord = (text: string): string =>
	/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** Where nothing is known of the place or the time, a sentence does without it: what its numbers become. */
const UNKNOWN: readonly (readonly [pattern: RegExp, fact: string, words: string])[] = [
	[/\{host\} port \{port\}/g, 'port', 'that host and port'],
	[/port \{port\} of \{host\}/g, 'port', 'that port'],
	[/port \{port\}/g, 'port', 'that port'],
	[/in \{timeout\}/g, 'timeout', 'in time'],
	[/ (?:after|in) \{after\}| \(\{after\}\)|, and mention the \{after\}/g, 'after', ''],
];

/** Puts the facts in the places of a template: `{host}` is the fact `host`. */
export const filled = (template: string, facts: Facts): string =>
	UNKNOWN.reduce(
		(text, [pattern, fact, words]) => (facts[fact] === '' ? text.replaceAll(pattern, words) : text),
		template,
	).replaceAll(/\{(\w+)\}/g, (place, name: string) => facts[name] ?? place);

export const allFilled = (templates: readonly string[], facts: Facts): readonly string[] =>
	templates.map((template) => filled(template, facts));

/** A time as people say it: `0.3 ms`, `4 ms`, `1.5 s`, `10 s`. */
export const duration = (ms: number): string => {
	if (ms < 1) return `${Math.max(1, Math.round(ms * 10)) / 10} ms`;
	if (ms < 1_000) return `${Math.round(ms)} ms`;
	return `${Math.round(ms / 100) / 10} s`;
};

/** A row of a table with its places filled in. */
export const told = (advice: Advice, facts: Facts, cameBack?: string): Explanation => ({
	title: filled(advice.title, facts),
	...(cameBack === undefined ? {} : { cameBack }),
	means: allFilled(advice.means, facts),
	do: allFilled(advice.do, facts),
});
