/** The world of `dimse browse`, made of what the other commands are made of. */
import { dirname, isAbsolute, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { connect } from '../../association/requestor.ts';
import type { TraceSink } from '../../association/trace.ts';
import { converse } from '../../cli/conversation.ts';
import type { Environment, TextSink } from '../../cli/environment.ts';
import { type Peer, takePeer } from '../../cli/peer.ts';
import {
	type AddressBook,
	NODE_KEYS,
	type NodeKey,
	readAddressBook,
	removeNodes,
	writeNode,
} from '../../config/address-book.ts';
import { capabilitiesPath } from '../../config/capabilities-file.ts';
import { nodeCard } from '../../config/node-card.ts';
import { expandHome } from '../../config/settings-file.ts';
import { explainFailure } from '../../diagnose/explain.ts';
import { DicomError } from '../../errors.ts';
import { makeFolder } from '../../make-folder.ts';
import { warningsOf } from '../../output/query-warnings.ts';
import type { ExpectedSeries } from '../../retrieve/events.ts';
import { Journal } from '../../retrieve/journal.ts';
import type { Unit } from '../../retrieve/unit.ts';
import type { SavedQuery } from '../../tui/browse/browse-state.ts';
import type { Asked, World } from '../../tui/world.ts';
import { type ConnectingOptions, connecting, failureContext, type Route } from '../connecting.ts';
import { DoctorRun } from '../doctor/run.ts';
import { askInParts } from '../find/all.ts';
import { isSuspectCount } from '../find/match-limit.ts';
import type { Query } from '../find/query-identifier.ts';
import { askWhy, whyLines } from '../find/why.ts';
import { capsOf } from '../node/caps.ts';
import { capsDetail } from '../node/caps-output.ts';
import { cardFacts } from '../node/stanzas.ts';
import { forgetLimit, rememberLimit, withKnownLimit } from '../peer-memory.ts';
import { proposedTransferSyntaxes } from '../proposing.ts';
import { explainUnit } from '../retrieve/conclusion.ts';
import { characterSetOf, Lookup } from '../retrieve/lookup.ts';
import { type FolderOptions, nodeOf, placeOf, type ReceiverOptions, startOwnReceiver } from '../retrieve/receiver.ts';
import { unitsOf } from '../retrieve/units.ts';
import { writeTrace } from '../trace/writer.ts';
import { nodeState } from './nodes.ts';
import { queryOfSpec } from './query.ts';
import { rememberQuery, removeQuery, savedQueries, saveQuery } from './saved.ts';

/** The options of `browse` that reach peers and files. */
export type BrowseOptions = ConnectingOptions & FolderOptions & ReceiverOptions;

const BUILT_IN = 'DIMSE';
const MOST_QUERIES = 500;
const DOCTOR_SECONDS = 60;

/** What is known of a node since it was looked up last. */
interface Known {
	readonly peer: Peer;
	readonly route: Route;
}

/** @param peers of the command line: those that are no nodes are listed beside the nodes */
export const browseWorld = (options: BrowseOptions, peers: readonly Peer[], outer: Environment): World => {
	// It stays open all day beside other programs: the heap grows by a quarter at a time, and that of new objects, 60 MB else, no more.
	setFlagsFromString('--heap-growing-percent=25');
	setFlagsFromString('--semi-space-growth-factor=1');
	const epochMs = outer.today().getTime() - outer.now();
	const stateFolder = dirname(capabilitiesPath(outer));
	const spelled = new Map(peers.filter(({ node }) => node === undefined).map((peer) => [peer.label, peer]));
	const known = new Map<string, Known>();
	const queries = new WeakMap<Asked, Query>();
	let says: (text: string) => void = () => {};
	let sink: TraceSink | undefined;
	// The screen has the terminal: what the commands would say there is said on it.
	const env: Environment = {
		...outer,
		now: () => outer.now(),
		today: () => outer.today(),
		stdout: textSink(() => {}),
		stderr: textSink((text) => says(text)),
	};
	const book = (): Promise<AddressBook> => readAddressBook(options, env);

	const look = async (node: string, from?: AddressBook): Promise<Known> => {
		const peer = spelled.get(node) ?? (await takePeer([node], options, from ?? (await book()), BUILT_IN)).peer;
		const found = { peer: withKnownLimit(peer, env), route: known.get(node)?.route ?? {} };
		known.set(node, found);
		return found;
	};
	const peerOf = (node: string): Peer | undefined => known.get(node)?.peer;

	const opener: World['opener'] = async (node, on) => {
		const { peer, route } = await look(node);
		const base = await connecting(options, peer, env, route, undefined);
		const trace: TraceSink = (event) => {
			sink?.(event);
			base.trace?.(event);
			on?.(event);
		};
		return (proposal) => connect({ ...base, ...proposal, trace });
	};

	const transferSyntaxes = (): readonly string[] => proposedTransferSyntaxes(options.ts, ['explicit', 'implicit']);

	return {
		now: () => outer.now(),
		epochMs,
		whole: (path) => {
			const expanded = expandHome(path, outer.homeFolder);
			return isAbsolute(expanded) ? expanded : join(outer.cwd, expanded);
		},
		stateFolder,
		sayTo: (say) => {
			says = (text) => {
				for (const line of text.split('\n')) if (line.trim() !== '') say(line.replace(/^(?:note|warning): /, ''));
			};
		},
		traceTo: (to) => {
			sink = to;
		},
		opener,

		nodes: async () => {
			const from = await book();
			const names = [...spelled.keys(), ...from.nodes.keys()];
			const nodes = [];
			for (const name of names) {
				const { peer } = await look(name, from);
				const node = nodeOf(from, peer);
				const words = [
					// Each command calls itself otherwise where nobody says how.
					...(options.calling === undefined && node?.callingAeTitle === undefined && from.callingAeTitle === undefined
						? [`-aet ${BUILT_IN}`]
						: []),
					// The label of a peer that is no node does not say that TLS is spoken.
					...(node === undefined && peer.tls !== undefined && !options.tls ? ['--tls'] : []),
				];
				nodes.push(nodeState(peer, node, words, env));
			}
			return { nodes, saved: savedQueries(stateFolder) };
		},
		saveNode: async (name, fields, isNew) => {
			if (isNew && (await book().catch(() => undefined))?.nodes.has(name) === true)
				throw new DicomError({ blame: 'usage', message: `there is a node "${name}" already`, hint: 'another name' });
			await writeNode(options, env, name, nodeKeys(fields), isNew);
		},
		removeNode: async (name) => removeNodes(options, env, [name]),
		saveQuery: (query: SavedQuery) => saveQuery(stateFolder, query),
		removeQuery: (name) => removeQuery(stateFolder, name),
		rememberQuery: (query) => rememberQuery(stateFolder, query),
		nodeCard: async (name) => nodeCard(await cardFacts([name], options, env)),

		asked: async (node, spec) => {
			const { peer } = await look(node);
			const query = await queryOfSpec(spec, peer, env);
			const asked: Asked = {
				sopClassUid: query.model.sopClassUid,
				level: query.level,
				identifiers: query.identifiers,
				promised: query.promised,
				transferSyntaxes: transferSyntaxes(),
				usesTls: peer.tls !== undefined,
				characterSet: characterSetOf(peer.charset),
			};
			queries.set(asked, query);
			return asked;
		},
		judge: (node, matches) => {
			const peer = peerOf(node);
			if (peer !== undefined) forgetLimit(peer, options, env, matches);
			return isSuspectCount(matches, peer?.matchLimit) ? 'cut-off' : 'complete';
		},
		warnings: (node, { promised }, tally) =>
			warningsOf(tally, { peer: node, promised, isStrict: false, isUnfiltered: true, isOnScreen: true }).map(
				({ message }) => message,
			),
		inParts: async (node, identifier, ask, isOver, tell) => {
			const { peer } = await look(node);
			const report = await askInParts(identifier, { peer, env, maxQueries: MOST_QUERIES, ask, isOver, says: tell });
			if (report.limit !== undefined) rememberLimit(peer, options, env, report.limit);
			const { queries: count, limit, warnings, isComplete } = report;
			return { queries: count, limit, warnings: warnings.map(({ message }) => message), isComplete };
		},
		why: async ({ association }, asked, signal) => {
			const query = queries.get(asked);
			const context = association.contextFor(asked.sopClassUid);
			const [first, ...more] = asked.identifiers;
			if (query === undefined || context === undefined || first === undefined) return [];
			return whyLines(await askWhy(association, context, first, query, signal), more.length);
		},
		capabilities: async (node, signal) => {
			const { peer, route } = await look(node);
			const result = await capsOf(peer, route, options, env, { signal });
			return capsDetail({ peer, route, result }).trimEnd().split('\n');
		},

		writeTrace: (path, events, redact) =>
			writeTrace(path, events, { redact, epochMs, startedMs: epochMs + (events[0]?.at ?? 0) }),
		keep: async (node, folder, exists) => {
			const from = await book();
			const { peer } = await look(node, from);
			return (await placeOf({ ...options, out: folder, exists }, nodeOf(from, peer), converse(options, env), env)).keep;
		},
		listen: async (keep, on, takesAny) => {
			const from = await book();
			const title = peers[0]?.label ?? from.defaultNode ?? [...from.nodes.keys()][0] ?? '';
			const { peer } = await look(title, from);
			const receiver = await startOwnReceiver(options, peer, nodeOf(from, peer), keep, env, {
				talk: converse({ ...options, quiet: 2 }, env),
				remoteAddress: () => undefined,
				on,
				takesAny,
			});
			const { aeTitle, port, arrivals } = receiver;
			const only = options['listen-aet'];
			return {
				aeTitle,
				...(only === undefined ? {} : { onlyTitle: only }),
				port,
				arrivals,
				addresses: [receiver.place(undefined)],
				close: () => receiver.close(),
				abort: () => receiver.abort(),
			};
		},
		journal: (path, head) => {
			makeFolder(dirname(path));
			return Journal.open(path, head);
		},
		divided: async (node, unit, by, model, signal) => {
			if (unit.level === 'IMAGE' || unit.level === 'FRAME') return { units: [unit], series: [] };
			const { peer } = await look(node);
			const lookup = new Lookup({
				open: await opener(node),
				transferSyntaxes: transferSyntaxes(),
				extendedNegotiations: [],
				label: peer.label,
				matchLimit: peer.matchLimit,
				characterSet: characterSetOf(peer.charset),
				isStrict: false,
				interrupt: signal,
				abort: signal,
				talk: converse(options, env),
			});
			const { sopUids: _, frames: __, ...reference } = unit;
			const how = { model, unit: by, frames: undefined, hasJournal: false, isRelational: false };
			try {
				const { units } = await unitsOf({ references: [reference] }, how, lookup);
				return { units, series: by === 'instance' ? await seriesOf(units, lookup) : [] };
			} finally {
				await lookup.close();
			}
		},
		explainUnit: (node, unit, result, service, destination) => {
			const { peer, route } = known.get(node) ?? {};
			if (peer === undefined) return undefined;
			const command = service === 'C-GET' ? 'get' : 'move';
			return explainUnit(unit, result, {
				context: failureContext(peer, command, service, route ?? {}),
				destination,
			});
		},
		doctor: async (node, line, signal, also) => {
			const from = await book();
			const { peer } = await look(node, from);
			const screen = { ...env, stdout: lineSink(line), stderr: lineSink(line) };
			const depth = {
				move: also.includes('move'),
				get: also.includes('get'),
				deep: also.includes('deep'),
				soak: undefined,
				'probe-aets': false,
			};
			// As the doctor alone has it: an answer that takes longer is a finding.
			const patience = { 'dimse-timeout': Math.min(options['dimse-timeout'] || DOCTOR_SECONDS, DOCTOR_SECONDS) };
			const given = { ...options, ...depth, ...patience, report: false, format: undefined, color: 'never' as const };
			await new DoctorRun(peer, given, screen, from, { signal }).told();
		},
		explain: (failure, node, service) => {
			const { peer, route } = known.get(node) ?? {};
			return explainFailure(failure, peer === undefined ? {} : failureContext(peer, 'browse', service, route ?? {}));
		},
	};
};

/** The series of instances that are asked for one by one: how many of each, and what it is called where the peer says that. */
const seriesOf = async (units: readonly Unit[], lookup: Lookup): Promise<readonly ExpectedSeries[]> => {
	const all: ExpectedSeries[] = [];
	for (const studyUid of new Set(units.map((unit) => unit.studyUid))) {
		const own = units.filter((unit) => unit.level === 'IMAGE' && unit.studyUid === studyUid);
		const named = studyUid === undefined ? [] : await lookup.seriesOf(own[0] ?? {}).catch(() => []);
		for (const { seriesUid = '', sopUids = [] } of own)
			all.push({ ...named.find((one) => one.seriesUid === seriesUid), seriesUid, count: sopUids.length });
	}
	return all;
};

/** A stream of a command, told as text; with columns it is a terminal that wide. */
const textSink = (write: (text: string) => void, columns?: number): TextSink => ({
	isTty: columns !== undefined,
	columns,
	closed: false,
	write: async (data) => write(typeof data === 'string' ? data : new TextDecoder().decode(data)),
});

/** As `textSink`, in whole lines. */
const lineSink = (line: (text: string) => void): TextSink => {
	let rest = '';
	return textSink((text) => {
		const lines = (rest + text).split('\n');
		rest = lines.pop() ?? '';
		for (const one of lines) line(one);
	});
};

/** @throws DicomError usage */
const nodeKeys = (fields: Readonly<Record<string, string>>): Partial<Record<NodeKey, string>> => {
	const unknown = Object.keys(fields).find((key) => !Object.hasOwn(NODE_KEYS, key));
	if (unknown !== undefined) throw new DicomError({ blame: 'usage', message: `a node has no "${unknown}"` });
	return fields;
};
