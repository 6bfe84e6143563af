/** One `dimse store` on its way: scan, associate, send over one or several associations, tell. */
import { isAbsolute, join } from 'node:path';
import { type Candidate, candidates, notUtf8 } from '../../archive/files/file-scan.ts';
import { type InstanceFile, InstanceFileSource } from '../../archive/files/instance-file.ts';
import { deflatedShortfallOf, lookAtFile } from '../../archive/files/whole-file.ts';
import { type Connected, type ConnectOptions, connect } from '../../association/requestor.ts';
import type { Environment } from '../../cli/environment.ts';
import { EXIT, type ExitStatus, exitStatusOf } from '../../cli/exit-statuses.ts';
import type { Peer } from '../../cli/peer.ts';
import { reportFailure } from '../../cli/report.ts';
import { layoutOf } from '../../dicom/transfer-syntaxes.ts';
import { statusOf } from '../../dimse/status.ts';
import { DicomError, type Failure } from '../../errors.ts';
import { type SendingOutcome, sendInstances } from '../../services/instance-sender.ts';
import { type Batch, sendingPlan } from '../../services/sending-plan.ts';
import { statusFailure } from '../../services/status-failure.ts';
import type { StoredInstance } from '../../services/stored-instance.ts';
import { type ConnectingOptions, connecting, failureContext, type Route } from '../connecting.ts';
import type { Deadline } from '../deadline.ts';
import { StoreOutput, type Unsent } from './output.ts';

export interface StoreOptions extends ConnectingOptions {
	readonly 'no-recurse': boolean;
	readonly 'files-from': string | undefined;
	readonly jobs: number;
	readonly halt: boolean;
	readonly abort: boolean;
	readonly 'max-send-pdu': number;
	readonly format: 'json' | undefined;
	readonly events: boolean;
	readonly progress: 'auto' | 'bar' | 'plain' | 'none';
}

/** An instance file as something that can be sent. */
class SendableFile implements StoredInstance {
	readonly file: InstanceFile;

	constructor(file: InstanceFile) {
		this.file = file;
	}

	get sopClassUid(): string {
		return this.file.sopClassUid;
	}

	get sopInstanceUid(): string {
		return this.file.sopInstanceUid;
	}

	get transferSyntaxUid(): string {
		return this.file.transferSyntaxUid;
	}

	get datasetLength(): number {
		return this.file.datasetLength;
	}

	open(): InstanceFileSource {
		return new InstanceFileSource(this.file);
	}

	readWhole(): Uint8Array {
		const source = this.open();
		try {
			return source.readWhole();
		} finally {
			source.close();
		}
	}
}

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
			const instance = await this.#look(candidate);
			if (instance !== undefined) found.push(instance);
			// The loop is synchronous; signals and the terminal get their turn now and then.
			if (++looked % 256 === 0) {
				await new Promise((resolve) => setImmediate(resolve));
				if (this.#end.signal.aborted) break;
			}
		}
		return found;
	}

	async #look(candidate: Candidate): Promise<InstanceFile | undefined> {
		try {
			if (candidate.problem !== undefined) throw notUtf8(candidate.path);
			const looked = lookAtFile(candidate.path);
			if ('file' in looked) {
				const { file } = looked;
				const { path } = file;
				const { deflated } = layoutOf(file.transferSyntaxUid);
				// A peer might take half an instance for a whole one, and keep it in the place of that.
				const shortfall = deflated ? await deflatedShortfallOf(path, file.datasetLength) : looked.shortfall;
				if (shortfall === undefined) return file;
				this.#output.unreadable(path, { blame: 'io', code: 'CUT_SHORT', message: `${path}: ${shortfall}`, path });
			} else if (!candidate.isNamed) this.#output.skipped(looked.path, looked.reason);
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
			...(await connecting(this.#options, this.#peer, this.#env, this.#route, this.#end)),
			contexts: queue.batch.contexts,
			maximumSendLength: this.#options['max-send-pdu'],
		};
		const connected = await connect(open);
		const { association } = connected;
		try {
			const isStopped = (): boolean => this.#isOver;
			await sendInstances<SendableFile>(association, {
				get isStopped() {
					return isStopped();
				},
				take: () => {
					const file = this.#isOver ? undefined : queue.take();
					return file === undefined ? undefined : new SendableFile(file);
				},
				giveBack: ({ file }) => queue.giveBack(file),
				settled: ({ file }, outcome) => this.#settled(file, outcome, connected),
			});
		} finally {
			if (this.#options.abort) await association.abort();
			else await association.release().catch(() => {});
		}
	}

	#settled(file: InstanceFile, outcome: SendingOutcome, { refused }: Connected): void {
		if ('response' in outcome) {
			const { response, transferSyntax } = outcome;
			const { class: kind } = statusOf('C-STORE', response.status);
			if (kind === 'success' || kind === 'warning') this.#output.sent(file, response.status, transferSyntax);
			else this.#output.unsent(file, 'status', statusFailure('C-STORE', response));
			return;
		}
		const { failure } = outcome;
		if (failure.blame === 'no-context') {
			const ofClass = refused.filter(({ abstractSyntax }) => abstractSyntax === file.sopClassUid);
			this.#output.unsent(file, 'no-context', { blame: 'no-context', refused: ofClass });
		} else this.#output.unsent(file, failure.blame === 'io' || failure.blame === 'usage' ? 'io' : 'aborted', failure);
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
					reached: this.#output.reached,
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
