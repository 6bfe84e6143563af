/** One `dimse store` on its way: scan, associate, send over one or several associations, tell. */
import { isAbsolute, join } from 'node:path';
import { type Candidate, candidates } from '../archive/file-scan.ts';
import { type InstanceFile, InstanceFileSource, readInstanceFile } from '../archive/instance-file.ts';
import type { Association } from '../association/association.ts';
import { type Connected, type ConnectOptions, connect } from '../association/requestor.ts';
import type { Environment } from '../cli/environment.ts';
import { EXIT, type ExitStatus, exitStatusOf } from '../cli/exit-statuses.ts';
import type { Peer } from '../cli/peer.ts';
import { reportFailure } from '../cli/report.ts';
import { isTranscodable, transcode } from '../dicom/transcode.ts';
import { statusOf } from '../dimse/status.ts';
import { DicomError, type Failure, type RefusedContext } from '../errors.ts';
import { type Batch, sendingPlan } from '../services/sending-plan.ts';
import { type PreparedStore, prepareStore } from '../services/storage-scu.ts';
import type { AcceptedContext } from '../upper-layer/negotiation.ts';
import { type ConnectingOptions, connecting, type Deadline, failureContext, type Route } from './connecting.ts';
import { statusFailure } from './status-failure.ts';
import { StoreOutput, type Unsent } from './store-output.ts';

export interface StoreOptions extends ConnectingOptions {
	readonly 'no-recurse': boolean;
	readonly 'files-from': string | undefined;
	readonly jobs: number;
	readonly halt: boolean;
	readonly 'max-send-pdu': number;
	readonly format: 'json' | undefined;
	readonly events: boolean;
	readonly progress: 'auto' | 'bar' | 'plain' | 'none';
}

/** A dataset to be made into another transfer syntax is held whole. */
const MAX_TRANSCODED_BYTES = 536_870_912;

/** Instances of one batch, handed out to the associations that send them. */
class Queue {
	readonly batch: Batch<InstanceFile>;
	#next = 0;
	readonly #back: InstanceFile[] = [];

	constructor(batch: Batch<InstanceFile>) {
		this.batch = batch;
	}

	get isEmpty(): boolean {
		return this.#back.length === 0 && this.#next >= this.batch.instances.length;
	}

	take(): InstanceFile | undefined {
		return this.#back.pop() ?? this.batch.instances[this.#next++];
	}

	/** It was taken and not sent. */
	giveBack(instance: InstanceFile): void {
		this.#back.push(instance);
	}
}

/** An instance that is ready to be sent: its context is known, its file read or, if it is large, open. */
interface Ready {
	readonly instance: InstanceFile;
	readonly context: AcceptedContext;
	readonly prepared: PreparedStore;
	close(): void;
}

export class StoreRun {
	readonly #peer: Peer;
	readonly #options: StoreOptions;
	readonly #env: Environment;
	readonly #end: Deadline;
	readonly #only: readonly string[];
	readonly #output: StoreOutput;
	readonly #route: Route = {};
	/** What ends everything: the first failure of an association with nothing sent on it, or the second signal. */
	#stop: Failure | undefined;

	constructor(peer: Peer, options: StoreOptions, env: Environment, end: Deadline, only: readonly string[]) {
		this.#peer = peer;
		this.#options = options;
		this.#env = env;
		this.#end = end;
		this.#only = only;
		this.#output = new StoreOutput(peer, options, env);
	}

	/** @throws DicomError usage, io for paths that cannot be read */
	async sendAll(paths: readonly string[]): Promise<ExitStatus> {
		await this.#output.started();
		const instances = await this.#scan(paths);
		await this.#output.scanned(instances);
		try {
			for (const batch of sendingPlan(instances, this.#only)) {
				if (this.#isOver) break;
				await this.#sendBatch(batch);
			}
		} finally {
			this.#output.stopProgress();
		}
		return this.#conclude();
	}

	get #isOver(): boolean {
		return this.#stop !== undefined || this.#end.signal.aborted || (this.#options.halt && this.#output.failed > 0);
	}

	// ---- scanning ---------------------------------------------------------------------------------------------------------

	async #scan(paths: readonly string[]): Promise<InstanceFile[]> {
		const { cwd } = this.#env;
		const listed =
			this.#options['files-from'] === undefined ? [] : await this.#listedPaths(this.#options['files-from']);
		const all = [...paths, ...listed].map((path) => (isAbsolute(path) ? path : join(cwd, path)));
		const found: InstanceFile[] = [];
		let looked = 0;
		for (const candidate of candidates(all, !this.#options['no-recurse'])) {
			const instance = this.#look(candidate);
			if (instance !== undefined) found.push(instance);
			// The loop is synchronous; signals and the terminal get their turn now and then.
			if (++looked % 256 === 0) {
				await new Promise((resolve) => setImmediate(resolve));
				if (this.#end.signal.aborted) break;
			}
		}
		return found;
	}

	#look(candidate: Candidate): InstanceFile | undefined {
		try {
			const looked = readInstanceFile(candidate.path);
			if (!('reason' in looked)) return looked;
			if (!candidate.isNamed) this.#output.skipped(looked.path, looked.reason);
			else
				this.#output.unreadable(looked.path, {
					blame: 'io',
					code: 'NOT_DICOM',
					message: `${looked.path}: ${looked.reason}`,
					path: looked.path,
				});
		} catch (error) {
			if (!(error instanceof DicomError)) throw error;
			this.#output.unreadable(candidate.path, error.failure);
		}
		return undefined;
	}

	async #listedPaths(file: string): Promise<readonly string[]> {
		const { readFile } = await import('node:fs/promises');
		let text: string;
		if (file === '-') {
			const parts: Uint8Array[] = [];
			for await (const part of this.#env.stdin.bytes()) parts.push(part);
			text = Buffer.concat(parts).toString();
		} else {
			try {
				text = await readFile(isAbsolute(file) ? file : join(this.#env.cwd, file), 'utf8');
			} catch (error) {
				const { code = 'ERROR', message } = error as NodeJS.ErrnoException;
				throw new DicomError({ blame: 'io', code, message, path: file }, { cause: error });
			}
		}
		return text.split(/\r?\n|\0/).filter((line) => line !== '');
	}

	// ---- sending ----------------------------------------------------------------------------------------------------------

	async #sendBatch(batch: Batch<InstanceFile>): Promise<void> {
		const queue = new Queue(batch);
		const workers = Math.min(this.#options.jobs, batch.instances.length);
		await Promise.all(Array.from({ length: workers }, (_, index) => this.#work(queue, index)));
		if (this.#stop === undefined) return;
		for (let left = queue.take(); left !== undefined; left = queue.take())
			this.#output.unsent(left, 'not sent', this.#stop);
	}

	/**
	 * Sends on an association until the queue is empty; on a new one after a loss, if the lost one had sent anything. Of several, one that
	 * cannot be opened is left to the others: peers limit associations.
	 */
	async #work(queue: Queue, index: number): Promise<void> {
		while (!queue.isEmpty && !this.#isOver) {
			const before = this.#output.done;
			try {
				await this.#associate(queue);
			} catch (error) {
				if (!(error instanceof DicomError)) throw error;
				if (this.#end.signal.aborted) return;
				const isExtra = index > 0 && (error.failure.blame === 'rejected' || error.failure.blame === 'connect');
				if (isExtra) {
					this.#output.note(`association ${index + 1} was not opened (${error.message}); going on with fewer`);
					return;
				}
				if (this.#output.done === before || error.failure.blame === 'rejected') this.#stop ??= error.failure;
			}
		}
	}

	async #associate(queue: Queue): Promise<void> {
		const open: ConnectOptions = {
			...(await connecting(this.#options, this.#peer, this.#env, this.#route)),
			contexts: queue.batch.contexts,
			maximumSendLength: this.#options['max-send-pdu'],
			signal: this.#end.signal,
		};
		const connected = await connect(open);
		const { association } = connected;
		const abort = () => void association.abort({ blame: 'interrupted', signal: String(this.#env.abort.reason) });
		this.#env.abort.addEventListener('abort', abort, { once: true });
		try {
			let ready = this.#prepare(queue, connected);
			while (ready !== undefined) {
				const answer = this.#send(ready);
				// Opened and read while the peer answers; not awaited before the answer, which may be an end.
				const next: Ready | undefined = association.isOpen ? this.#prepare(queue, connected) : undefined;
				try {
					await answer;
				} catch (error) {
					if (next !== undefined) this.#putBack(queue, next);
					throw error;
				}
				ready = next;
			}
		} finally {
			this.#env.abort.removeEventListener('abort', abort);
			if (this.#options.abort) await association.abort();
			else await association.release().catch(() => {});
		}
	}

	#putBack(queue: Queue, { instance, prepared, close }: Ready): void {
		prepared.drop();
		close();
		queue.giveBack(instance);
	}

	/** The next instance that can be sent; those that cannot are told. */
	#prepare(queue: Queue, connected: Connected): Ready | undefined {
		while (!this.#isOver) {
			const instance = queue.take();
			if (instance === undefined) return undefined;
			const context = contextFor(instance, connected);
			if ('refused' in context) {
				this.#output.unsent(instance, 'no-context', { blame: 'no-context', refused: context.refused });
				continue;
			}
			try {
				return made(instance, context, connected.association);
			} catch (error) {
				if (!(error instanceof DicomError)) throw error;
				this.#output.unsent(instance, 'io', error.failure);
			}
		}
		return undefined;
	}

	/** @throws DicomError when the association has ended */
	async #send({ instance, context, prepared, close }: Ready): Promise<void> {
		try {
			const response = await prepared.send();
			const { class: kind } = statusOf('C-STORE', response.status);
			if (kind === 'success' || kind === 'warning')
				this.#output.sent(instance, response.status, context.transferSyntax);
			else this.#output.unsent(instance, 'status', statusFailure('C-STORE', response));
		} catch (error) {
			if (!(error instanceof DicomError)) throw error;
			this.#output.unsent(instance, error.failure.blame === 'io' ? 'io' : 'aborted', error.failure);
			throw error;
		} finally {
			close();
		}
	}

	// ---- the end ----------------------------------------------------------------------------------------------------------

	async #conclude(): Promise<ExitStatus> {
		const { sentCount, failures } = this.#output;
		const status = this.#status(sentCount, failures);
		await this.#output.finish(
			status,
			async (failure) => {
				const service = failure.blame === 'io' || failure.blame === 'usage' ? '' : 'C-STORE';
				const context = {
					...failureContext(this.#peer, 'store', service, this.#route),
					options: { ...this.#options, format: undefined },
				};
				await reportFailure(new DicomError(failure), context, this.#env);
			},
			this.#end.hasExpired ? this.#end.failure().failure : this.#stop,
		);
		return status;
	}

	#status(sent: number, failures: readonly Unsent[]): ExitStatus {
		if (this.#end.hasExpired) return EXIT.timeout;
		if (this.#env.interrupt.aborted)
			return exitStatusOf({ blame: 'interrupted', signal: String(this.#env.interrupt.reason) });
		const first = this.#stop ?? failures[0]?.failure;
		if (first === undefined) return sent === 0 ? EXIT.nothing : EXIT.ok;
		return sent > 0 ? EXIT.partial : exitStatusOf(first);
	}
}

/** As it lies on disk where that was accepted; else, among the uncompressed, in what was. */
const contextFor = (
	{ sopClassUid, transferSyntaxUid }: InstanceFile,
	{ association, refused }: Connected,
): AcceptedContext | { readonly refused: readonly RefusedContext[] } =>
	association.contextFor(sopClassUid, transferSyntaxUid) ??
	association.contexts.find(
		(one) => one.abstractSyntax === sopClassUid && one.scu && isTranscodable(transferSyntaxUid, one.transferSyntax),
	) ?? { refused: refused.filter((one) => one.abstractSyntax === sopClassUid) };

/** @throws DicomError io, usage for a dataset that cannot be transcoded; the association is then untouched */
const made = (instance: InstanceFile, context: AcceptedContext, association: Association): Ready => {
	const { sopClassUid, sopInstanceUid } = instance;
	const source = new InstanceFileSource(instance);
	const prepare = (dataset: Uint8Array | InstanceFileSource): PreparedStore =>
		prepareStore(association, context.id, { sopClassUid, sopInstanceUid, dataset });
	try {
		if (context.transferSyntax === instance.transferSyntaxUid)
			return { instance, context, prepared: prepare(source), close: () => source.close() };
		if (instance.datasetLength > MAX_TRANSCODED_BYTES) throw tooLong(instance);
		const dataset = transcode(source.readWhole(), instance.transferSyntaxUid, context.transferSyntax);
		source.close();
		return { instance, context, prepared: prepare(dataset), close: () => {} };
	} catch (error) {
		source.close();
		throw error;
	}
};

const tooLong = ({ path }: InstanceFile): DicomError =>
	new DicomError({
		blame: 'io',
		code: 'EFBIG',
		message: `${path}: too long to be made into another transfer syntax (over ${MAX_TRANSCODED_BYTES} bytes)`,
		path,
	});
