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
		port: peer === undefined ? 'PORT' : String(peer.port),
		place: peer === undefined ? 'the peer' : `${remoteAddress ?? peer.host}:${peer.port}`,
		called: peer === undefined ? 'the called AE title' : `"${peer.calledAeTitle}"`,
		calling: peer?.callingAeTitle === undefined ? 'your AE title' : `"${peer.callingAeTitle}"`,
		local: localAddress ?? 'this machine',
		me: `${peer?.callingAeTitle ?? 'your AE title'} / ${localAddress ?? 'this machine'}`,
		service: service ?? 'the request',
		help: command === undefined ? 'dimse help' : `dimse ${command} --help`,
	};
};

/** Puts the facts in the places of a template: `{host}` is the fact `host`. */
export const filled = (template: string, facts: Facts): string =>
	template.replaceAll(/\{(\w+)\}/g, (place, name: string) => facts[name] ?? place);

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
