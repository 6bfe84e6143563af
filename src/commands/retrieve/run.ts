/** What `get` and `move` have in common, joined in one place: what is wanted, where it goes, the retrieve itself, what came of it. */
import { readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { MONOTONIC } from '../../association/clock.ts';
import { type ConnectOptions, connect } from '../../association/requestor.ts';
import type { TraceSink } from '../../association/trace.ts';
import { converse } from '../../cli/conversation.ts';
import type { Environment } from '../../cli/environment.ts';
import { EXIT, type ExitStatus, exitStatusOf } from '../../cli/exit-statuses.ts';
import { type Peer, takePeer } from '../../cli/peer.ts';
import { type AddressBook, type Node, readAddressBook } from '../../config/address-book.ts';
import type { FailureContext } from '../../diagnose/facts.ts';
import type { Destination } from '../../diagnose/retrieve-outcomes.ts';
import { MODELS } from '../../dicom/query-model.ts';
import { DicomError } from '../../errors.ts';
import { countText } from '../../output/quantities.ts';
import type { RetrieveEvent } from '../../retrieve/events.ts';
import { Journal } from '../../retrieve/journal.ts';
import { runRetrieve } from '../../retrieve/run.ts';
import type { ByMove, Open, RetrieveSettings } from '../../retrieve/settings.ts';
import { connecting, failureContext, type Route, sayNotes } from '../connecting.ts';
import { type Deadline, deadline } from '../deadline.ts';
import { extendedNegotiation } from '../extended-negotiation.ts';
import { proposedTransferSyntaxes } from '../proposing.ts';
import type { Ended, RetrieveEnd } from './end.ts';
import { type By, extensionsOf, preferred, type RetrieveOptions, withDestination } from './how.ts';
import { type Wanted, wantedOf } from './input.ts';
import { characterSetOf, Lookup } from './lookup.ts';
import { queryModelOf } from './model.ts';
import { RetrieveOutput } from './output.ts';
import {
	acceptedClasses,
	checkFiles,
	endpointText,
	listeningText,
	nodeOf,
	type OwnReceiver,
	type Place,
	placeOf,
	startOwnReceiver,
} from './receiver.ts';
import { type Planned, unitsOf } from './units.ts';

/** So many milliseconds a peer may be silent after the C-CANCEL: what it has begun to send it may send to the end. */
const SILENCE_MS = 30_000;

/** @throws DicomError usage, for what is wrong before anything is sent */
export const retrieve = async (
	by: By,
	options: RetrieveOptions,
	positionals: readonly string[],
	env: Environment,
): Promise<ExitStatus> => {
	if (options.events && options.format === 'json')
		throw new DicomError({ blame: 'usage', message: '--events and --json: one of the two, both go to stdout' });
	checkFiles(options);
	const book = await readAddressBook(options, env);
	const command = by.kind === 'get' ? 'get' : 'move';
	const builtIn = by.kind === 'get' ? 'GETSCU' : 'MOVESCU';
	const { peer, rest } = await takePeer(positionals, options, book, builtIn);
	sayNotes(peer, options, env);
	const end = deadline(options.timeout, env, SILENCE_MS);
	try {
		const whereto = withDestination(by, book, (text) => converse(options, env).note(text));
		const run = new RetrieveRun(command, whereto, peer, book, options, env, end);
		return await run.all(rest);
	} finally {
		end.clear();
	}
};

class RetrieveRun {
	readonly #command: 'get' | 'move';
	readonly #by: By;
	readonly #peer: Peer;
	readonly #node: Node | undefined;
	readonly #book: AddressBook;
	readonly #options: RetrieveOptions;
	readonly #env: Environment;
	readonly #end: Deadline;
	readonly #output: RetrieveOutput;
	readonly #route: Route & { remoteAddress?: string } = {};
	readonly #startedAt: number;
	/** Ends it in an orderly way: a signal, `--timeout`, `--cancel`. */
	readonly #cancel = new AbortController();
	#responses = 0;
	/** What an error is of. */
	#doing: 'C-FIND' | 'C-GET' | 'C-MOVE' = 'C-FIND';
	#place: Place | undefined;
	#receiver: OwnReceiver | undefined;

	constructor(
		command: 'get' | 'move',
		by: By,
		peer: Peer,
		book: AddressBook,
		options: RetrieveOptions,
		env: Environment,
		end: Deadline,
	) {
		this.#command = command;
		this.#by = by;
		this.#peer = peer;
		this.#book = book;
		this.#node = nodeOf(book, peer);
		this.#options = options;
		this.#env = env;
		this.#end = end;
		this.#output = new RetrieveOutput(command, peer, options, env);
		this.#startedAt = env.now();
	}

	async all(items: readonly string[]): Promise<ExitStatus> {
		const options = this.#options;
		const wanted = await wantedOf(options, items, this.#env);
		const characterSet = characterSetOf(options.charset ?? this.#peer.charset);
		const extensions = extensionsOf(options.ext);
		const identifierSyntaxes = proposedTransferSyntaxes(options.ts, ['explicit', 'implicit']);
		const accept = acceptedClasses(options.accept);
		const transferSyntaxes = options['prefer-ts'].length === 0 ? undefined : preferred(options['prefer-ts']);
		await this.#output.started(this.#by.kind === 'to' ? this.#by.aeTitle : undefined, this.#by.kind === 'to');
		let journal: Journal | undefined;
		try {
			const open = await this.#opening(this.#peer);
			const lookup = new Lookup({
				open,
				transferSyntaxes: identifierSyntaxes,
				extendedNegotiations: extendedNegotiation(MODELS[queryModelOf(options.model) ?? 'study'], extensions.query),
				label: this.#peer.label,
				matchLimit: this.#peer.matchLimit,
				characterSet,
				isStrict: options['strict-match'],
				interrupt: this.#end.signal,
				abort: this.#end.abort,
				talk: this.#output.talk,
			});
			let planned: Planned;
			try {
				planned = await unitsOf(
					wanted,
					{ ...options, hasJournal: options.journal !== undefined, isRelational: extensions.relational },
					lookup,
				);
			} finally {
				await lookup.close();
			}
			if (this.#end.signal.aborted) throw this.#end.failure();
			this.#doing = this.#command === 'get' ? 'C-GET' : 'C-MOVE';
			if (planned.units.length === 0) return await (await this.#ending()).nothing(this.#nothingOf(wanted));
			const store = await this.#storing();
			if (this.#by.kind === 'to-me') await this.#listen();
			const modelName = planned.model.model.name;
			journal = await this.#journal(modelName);
			const settings: RetrieveSettings = {
				by: this.#settingsBy(),
				model: modelName,
				units: planned.units,
				jobs: this.#jobs(),
				contexts: this.#by.kind === 'get' ? this.#by.contexts : 'auto',
				...(typeof accept === 'string' ? {} : { accept }),
				...(transferSyntaxes === undefined ? {} : { transferSyntaxes }),
				identifierSyntaxes,
				verify: !options['no-verify'],
				settleMs: options.settle * 1000,
				lateMs: options.late * 1000,
				retryMissing: options['retry-missing'],
				relational: extensions.relational,
				enhanced: extensions.enhanced,
				...(journal === undefined ? {} : { journal }),
				...(this.#by.kind === 'get' && this.#by.mayFallBack ? { fallback: () => this.#listen() } : {}),
				open,
				...(await this.#findOn()),
				...(store === undefined ? {} : { store }),
				peerAeTitle: this.#peer.calledAeTitle,
				clock: { ...MONOTONIC, now: () => this.#env.now() },
			};
			return await this.#retrieve(settings, planned);
		} catch (error) {
			if (!(error instanceof DicomError)) throw error;
			this.#output.stop();
			return await (await this.#ending()).failed(this.#end.told(error));
		} finally {
			this.#output.stop();
			await (this.#end.abort.aborted ? this.#receiver?.abort() : this.#receiver?.close());
			await journal?.close();
		}
	}

	// ---- what the retrieve is given -----------------------------------------------------------------------------------------

	/** One set of options a peer, whatever number of associations is opened with it. */
	async #opening(peer: Peer): Promise<Open> {
		const base = await this.#connectOptions(peer);
		return ({ signal, ...proposal }) => connect({ ...base, ...proposal, ...(signal === undefined ? {} : { signal }) });
	}

	readonly #bases = new Map<Peer, Promise<Omit<ConnectOptions, 'contexts'>>>();

	#connectOptions(peer: Peer): Promise<Omit<ConnectOptions, 'contexts'>> {
		const known = this.#bases.get(peer);
		if (known !== undefined) return known;
		const route = peer === this.#peer ? this.#route : {};
		const made = connecting(this.#options, peer, this.#env, route, this.#end).then((base) =>
			peer === this.#peer && this.#by.kind !== 'get' ? { ...base, trace: this.#watching(base.trace) } : base,
		);
		this.#bases.set(peer, made);
		return made;
	}

	/** Whose address the peer has: that of a call to our receiver is compared with it. */
	#watching(trace: TraceSink | undefined): TraceSink {
		return (event) => {
			if (event.event === 'connected') this.#route.remoteAddress = event.remote.address;
			trace?.(event);
		};
	}

	#settingsBy(): RetrieveSettings['by'] {
		if (this.#by.kind === 'get') return 'get';
		if (this.#by.kind === 'to') return { moveTo: this.#by.aeTitle };
		return this.#byOwnReceiver();
	}

	#byOwnReceiver(): ByMove {
		const { aeTitle = '', arrivals } = this.#receiver ?? {};
		return { moveTo: aeTitle, ...(arrivals === undefined ? {} : { arrivals }) };
	}

	async #storing(): Promise<Place['keep'] | undefined> {
		if (this.#by.kind === 'to') return undefined;
		this.#place = await placeOf(this.#options, this.#node, this.#output.talk, this.#env);
		return this.#place.keep;
	}

	/** Our receiver, said before anything is asked for. @throws DicomError io, usage */
	async #listen(): Promise<ByMove> {
		if (this.#receiver === undefined && this.#place !== undefined) {
			const receiver = await startOwnReceiver(this.#options, this.#peer, this.#node, this.#place.keep, this.#env, {
				talk: this.#output.talk,
				remoteAddress: () => this.#route.remoteAddress,
				on: this.#output.called,
			});
			this.#receiver = receiver;
			const { host, port, aeTitle } = receiver;
			this.#output.talk.note(`${listeningText(receiver)}; ${this.#peer.label} must have that registered`);
			await this.#output.event({ type: 'listening', ...(host === undefined ? {} : { host }), port, aet: aeTitle });
		}
		return this.#byOwnReceiver();
	}

	async #journal(model: RetrieveSettings['model']): Promise<Journal | undefined> {
		const { journal } = this.#options;
		if (journal === undefined) return undefined;
		const destination = this.#by.kind === 'to' ? this.#by.aeTitle : (this.#place?.folder ?? '');
		const service = this.#by.kind === 'get' ? 'C-GET' : 'C-MOVE';
		return Journal.open(this.#path(journal), { node: this.#peer.label, model, service, destination });
	}

	/** A third-party destination that is a node of ours is asked what it has. */
	async #findOn(): Promise<{ readonly findOn?: Open }> {
		const node = this.#destinationNode();
		if (node === undefined || this.#options['no-verify']) return {};
		const { called: _called, ...options } = this.#options;
		const { peer } = await takePeer([node.name], { ...options, tls: false }, this.#book, this.#peer.callingAeTitle);
		return { findOn: await this.#opening(peer) };
	}

	#destinationNode(): Node | undefined {
		const by = this.#by;
		if (by.kind !== 'to') return undefined;
		return [...this.#book.nodes.values()].find(({ calledAeTitle }) => calledAeTitle === by.aeTitle);
	}

	#jobs(): number {
		const { jobs } = this.#options;
		const most = this.#peer.maxAssociations ?? jobs;
		if (jobs > most)
			this.#output.talk.note(
				`-j ${jobs}: ${this.#peer.label} takes ${countText(most, 'association')} at once (max_associations)`,
			);
		return Math.min(jobs, most);
	}

	#path(path: string): string {
		return isAbsolute(path) ? path : join(this.#env.cwd, path);
	}

	#nothingOf({ references, query }: Wanted): string {
		if (references.length > 0 || query !== undefined) return `no match at ${this.#peer.label}`;
		const names = this.#options.from.map((file) => (file === '-' ? 'standard input' : file));
		return `the list is empty (${names.join(', ')})`;
	}

	// ---- while it runs and at the end -----------------------------------------------------------------------------------------

	async #retrieve(settings: RetrieveSettings, planned: Planned): Promise<ExitStatus> {
		const interrupt = AbortSignal.any([this.#end.signal, this.#cancel.signal]);
		const outcome = await runRetrieve(settings, (event) => this.#on(event), { interrupt, abort: this.#end.abort });
		this.#output.stop();
		return (await this.#ending(outcome.service)).conclude(planned, outcome);
	}

	#on(event: RetrieveEvent): void {
		this.#output.on(event);
		if (event.kind === 'planned') this.#checkKept(event.states.filter((state) => state === 'complete-before').length);
		const { cancel } = this.#options;
		if (event.kind === 'response' && cancel !== undefined && ++this.#responses === cancel) this.#cancel.abort('cancel');
	}

	/** A journal does not see that files were taken away; that all of them were, we do. */
	#checkKept(complete: number): void {
		const { journal } = this.#options;
		if (complete === 0 || journal === undefined || this.#place === undefined) return;
		const { folder } = this.#place;
		if (readdirSync(folder).length === 0)
			this.#output.talk.warn(
				`${folder} is empty, and ${countText(complete, 'unit')} of it complete by the journal ${journal}: with another journal they are fetched again`,
			);
	}

	/** The status of an end that was wanted; nothing where it came to its own. */
	get #interrupted(): ExitStatus | undefined {
		if (this.#end.hasExpired) return EXIT.timeout;
		const { interrupt } = this.#env;
		if (interrupt.aborted) return exitStatusOf({ blame: 'interrupted', signal: String(interrupt.reason) });
		return this.#cancel.signal.aborted ? EXIT.partial : undefined;
	}

	/** Loaded when it is needed: whoever asks our receiver to be there soon does not wait for explanations. */
	async #ending(service: 'C-FIND' | 'C-GET' | 'C-MOVE' = this.#doing): Promise<RetrieveEnd> {
		const { RetrieveEnd: End } = await import('./end.ts');
		const { missing } = this.#options;
		const ended: Ended = {
			command: this.#command,
			dest: this.#by.kind === 'to' ? this.#by.aeTitle : undefined,
			isToMe: this.#by.kind === 'to-me',
			peer: this.#peer,
			node: this.#node,
			context: this.#context(service),
			destination: this.#destination(),
			folder: this.#place?.folder,
			missingFile: missing === undefined ? undefined : this.#path(missing),
			elapsedMs: this.#env.now() - this.#startedAt,
			interrupted: this.#interrupted,
			cause: this.#end.signal.aborted ? this.#end.failure().failure : undefined,
		};
		return new End(ended, this.#options, this.#output, this.#env);
	}

	#context(service: string): FailureContext {
		const { remoteAddress } = this.#route;
		return {
			...failureContext(this.#peer, this.#command, service, this.#route),
			...(remoteAddress === undefined ? {} : { remoteAddress }),
		};
	}

	#destination(): Destination | undefined {
		if (this.#by.kind === 'to') {
			const node = this.#destinationNode();
			return {
				aeTitle: this.#by.aeTitle,
				...(node === undefined ? {} : { place: endpointText(node.host, node.port) }),
			};
		}
		const receiver = this.#receiver;
		if (receiver === undefined) return undefined;
		const { aeTitle, port, calls, turnedAway, strays, refusedClasses } = receiver;
		return {
			aeTitle,
			place: receiver.place(this.#route.localAddress),
			receiver: { port, calls, turnedAway, strays, refusedClasses },
		};
	}
}
