/** What `dimse store` tells: progress while it runs, each instance that was not taken, a summary; or the same as JSON. */
import type { InstanceFile } from '../../archive/files/instance-file.ts';
import type { Environment } from '../../cli/environment.ts';
import { EXIT, type ExitStatus } from '../../cli/exit-statuses.ts';
import type { Peer } from '../../cli/peer.ts';
import { statusOf } from '../../dimse/status.ts';
import { DicomError, type Failure } from '../../errors.ts';
import { eventLine, type OutputEvent, statusText, timestamp } from '../../output/events.ts';
import {
	erase,
	type Meter,
	measured,
	PROGRESS_EVERY_MS,
	type Progress,
	type ProgressStyle,
	progressLine,
	progressStyle,
	repaint,
	settledLine,
	startMeter,
	withBar,
} from '../../output/progress.ts';
import { countText } from '../../output/quantities.ts';
import { jsonText, sanitize } from '../../output/sanitize.ts';
import { uidName } from '../../output/uid-names.ts';

interface Options {
	readonly quiet: number;
	readonly verbose: number;
	readonly events: boolean;
	readonly format: 'json' | undefined;
	readonly progress: 'auto' | ProgressStyle;
}

/** An instance or a file that was not sent or not taken. */
export interface Unsent {
	readonly path: string;
	readonly instance: InstanceFile | undefined;
	readonly why: string;
	readonly failure: Failure;
}

/** So many are listed one by one on stderr; all of them are in the events and in the JSON document. */
const LISTED = 20;

export class StoreOutput {
	readonly failures: Unsent[] = [];
	sentCount = 0;
	readonly #peer: Peer;
	readonly #options: Options;
	readonly #env: Environment;
	readonly #style: ProgressStyle;
	readonly #startedAt: number;
	readonly #warned: { readonly instance: InstanceFile; readonly status: number }[] = [];
	readonly #skipped: { readonly path: string; readonly reason: string }[] = [];
	#meter: Meter;
	#total = 0;
	#totalBytes = 0;
	#bytes = 0;
	#transcoded = 0;
	#timer: NodeJS.Timeout | undefined;

	constructor(peer: Peer, options: Options, env: Environment) {
		this.#peer = peer;
		this.#options = options;
		this.#env = env;
		const facts = {
			isTty: env.stderr.isTty,
			isQuiet: options.quiet > 0 || options.verbose > 0,
			isDumb: env.variables['TERM'] === 'dumb',
		};
		this.#style = progressStyle(options.progress, facts);
		this.#startedAt = env.now();
		this.#meter = startMeter(this.#startedAt);
	}

	get failed(): number {
		return this.failures.length;
	}

	/** Instances with an answer. */
	get done(): number {
		return this.sentCount + this.failures.length;
	}

	/** How far it has come. */
	get reached(): string {
		return `${this.sentCount} of ${countText(this.#total, 'instance')} had been sent`;
	}

	/** Before anything is looked at. */
	async started(): Promise<void> {
		await this.#event({ type: 'start', ts: timestamp(this.#env.today()), command: 'store', node: this.#peer.label });
	}

	/** All that is to be sent is known. */
	async scanned(instances: readonly InstanceFile[]): Promise<void> {
		this.#total = instances.length + this.failures.length;
		this.#totalBytes = instances.reduce((sum, { datasetLength }) => sum + datasetLength, 0);
		await this.#event({
			type: 'progress',
			done: this.failures.length,
			total: this.#total,
			failed: this.failures.length,
			bytes: 0,
		});
		if (this.#style === 'none') return;
		this.#timer = setInterval(() => this.#paint(), PROGRESS_EVERY_MS[this.#style]);
	}

	skipped(path: string, reason: string): void {
		this.#skipped.push({ path, reason });
		void this.#event({ type: 'skipped', file: path, why: reason });
	}

	/** A file that cannot be sent, whoever the peer is. */
	unreadable(path: string, failure: Failure): void {
		this.failures.push({ path, instance: undefined, why: 'io', failure });
		void this.#event({ type: 'failed', file: path, why: 'io', message: messageOf(failure) });
	}

	sent(instance: InstanceFile, status: number, transferSyntaxUid: string): void {
		this.sentCount++;
		this.#bytes += instance.datasetLength;
		if (transferSyntaxUid !== instance.transferSyntaxUid) this.#transcoded++;
		if (status !== 0x0000) this.#warned.push({ instance, status });
		if (!this.#options.events) return;
		const { path, sopInstanceUid, sopClassUid, datasetLength } = instance;
		void this.#event({
			type: 'stored',
			sop: sopInstanceUid,
			class: sopClassUid,
			bytes: datasetLength,
			file: path,
			ts_uid: transferSyntaxUid,
			...(status === 0x0000 ? {} : { status: statusText(status) }),
		});
	}

	unsent(instance: InstanceFile, why: string, failure: Failure): void {
		const { path, sopInstanceUid, sopClassUid } = instance;
		this.failures.push({ path, instance, why, failure });
		void this.#event({
			type: 'failed',
			sop: sopInstanceUid,
			file: path,
			class: sopClassUid,
			why,
			...(failure.blame === 'status' ? { status: statusText(failure.status) } : {}),
			message: messageOf(failure),
		});
	}

	note(line: string): void {
		if (this.#options.quiet === 0)
			void this.#env.stderr.write(`${this.#style === 'bar' ? erase() : ''}note: ${sanitize(line)}\n`);
	}

	stopProgress(): void {
		clearInterval(this.#timer);
		this.#timer = undefined;
		if (this.#style === 'bar') void this.#env.stderr.write(erase());
	}

	/** @param stop what ended it all, told once and in full; with nothing sent, the first failure is told so */
	async finish(exit: ExitStatus, tell: (failure: Failure) => Promise<void>, stop: Failure | undefined): Promise<void> {
		const { stdout, stderr } = this.#env;
		if (this.#options.events)
			await stdout.write(
				eventLine({
					type: 'summary',
					completed: this.sentCount,
					failed: this.failed,
					skipped: this.#skipped.length,
					warning: this.#warned.length,
					bytes: this.#bytes,
					ms: Math.round(this.#env.now() - this.#startedAt),
					exit,
				}),
			);
		else if (this.#options.format === 'json') await stdout.write(`${jsonText(this.#document(exit, stop))}\n`);
		const told =
			stop ?? (this.sentCount === 0 ? this.failures.find(({ why }) => why !== 'not sent')?.failure : undefined);
		if (told !== undefined && told.blame !== 'interrupted') await tell(told);
		if (this.#options.quiet > 1) return;
		for (const line of this.#failureLines(told)) await stderr.write(`${sanitize(line)}\n`);
		if (this.#options.quiet > 0) return;
		for (const line of this.#notes()) await stderr.write(`${sanitize(line)}\n`);
		const line =
			exit === EXIT.nothing
				? 'nothing to send: no DICOM file there'
				: settledLine(this.#progress(), this.#env.now() - this.#startedAt);
		await stderr.write(`${sanitize(line)}\n`);
	}

	/** Each with its reason; those that share the reason told already are counted. */
	#failureLines(told: Failure | undefined): string[] {
		const own = this.failures.filter(({ failure }) => failure !== told);
		const lines = own.slice(0, LISTED).map(({ path, failure }) => {
			const message = messageOf(failure);
			return `FAIL  ${message.startsWith(path) ? message : `${path}: ${message}`}`;
		});
		if (own.length > LISTED) lines.push(`FAIL  ${own.length - LISTED} more; --events lists all`);
		return lines;
	}

	#notes(): string[] {
		const notes: string[] = [];
		for (const { instance, status } of this.#warned.slice(0, LISTED))
			notes.push(
				`warning: ${instance.path}: taken with status ${statusText(status)}, ${statusOf('C-STORE', status).meaning}`,
			);
		if (this.#warned.length > LISTED)
			notes.push(`warning: ${this.#warned.length - LISTED} more were taken with a warning`);
		if (this.#transcoded > 0)
			notes.push(
				`note: ${countText(this.#transcoded, 'instance')} made into another uncompressed transfer syntax, since the peer did not take theirs`,
			);
		if (this.#skipped.length > 0) notes.push(`note: ${countText(this.#skipped.length, 'file')} skipped (not DICOM)`);
		return notes;
	}

	#document(exit: ExitStatus, stop: Failure | undefined): object {
		const { label, calledAeTitle, callingAeTitle, host, port } = this.#peer;
		return {
			schema: 'dimse.store/1',
			node: { label, called: calledAeTitle, calling: callingAeTitle, host, port },
			sent: this.sentCount,
			failed: this.failures.map(({ path, instance, why, failure }) => ({
				file: path,
				...(instance === undefined ? {} : { sop: instance.sopInstanceUid, class: instance.sopClassUid }),
				why,
				...(failure.blame === 'status' ? { status: statusText(failure.status) } : {}),
				message: messageOf(failure),
			})),
			warnings: this.#warned.map(({ instance, status }) => ({
				file: instance.path,
				sop: instance.sopInstanceUid,
				status: statusText(status),
			})),
			skipped: this.#skipped.map(({ path, reason }) => ({ file: path, reason })),
			bytes: this.#bytes,
			ms: Math.round(this.#env.now() - this.#startedAt),
			exit,
			...(stop === undefined ? {} : { error: { kind: stop.blame, message: new DicomError(stop).message, exit } }),
		};
	}

	#progress(): Progress {
		return {
			verb: 'store',
			label: this.#peer.label,
			done: this.done,
			total: this.#total,
			failed: this.failed,
			warnings: this.#warned.length,
			bytes: this.#bytes,
			totalBytes: this.#totalBytes,
		};
	}

	#paint(): void {
		const progress = this.#progress();
		this.#meter = measured(this.#meter, this.#env.now(), progress);
		const line = progressLine(progress, this.#meter);
		const width = this.#env.stderr.columns ?? 80;
		void this.#env.stderr.write(this.#style === 'bar' ? repaint(withBar(line, progress, width), width) : `${line}\n`);
	}

	async #event(event: OutputEvent): Promise<void> {
		if (this.#options.events) await this.#env.stdout.write(eventLine(event));
	}
}

/** One line for one instance; the whole explanation is for what ends everything. */
const messageOf = (failure: Failure): string => {
	switch (failure.blame) {
		case 'status':
			return `status ${statusText(failure.status)}, ${statusOf('C-STORE', failure.status).meaning}${failure.errorComment === undefined ? '' : `: ${failure.errorComment}`}`;
		case 'no-context': {
			const [one] = failure.refused;
			const names = failure.refused.flatMap(({ transferSyntaxes }) => transferSyntaxes.map(uidName));
			return one === undefined
				? 'no presentation context'
				: `the peer accepts no context for ${uidName(one.abstractSyntax)} in ${[...new Set(names)].join(', ')}`;
		}
		case 'io':
		case 'usage':
		case 'protocol':
		case 'auth':
			return failure.message;
		case 'aborted':
			return failure.source === undefined
				? 'the connection was lost before the answer'
				: `the peer aborted (${failure.source}/${failure.reason ?? 0}) before the answer`;
		case 'timeout':
			return failure.waitingFor === 'command-end'
				? 'not answered before --timeout ran out'
				: `no answer in ${failure.timeoutMs / 1000} s`;
		default:
			return `not sent: ${new DicomError(failure).message}`;
	}
};
