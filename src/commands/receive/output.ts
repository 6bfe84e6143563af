/** What `dimse receive` tells: where it listens, who calls and what of it is refused, what was not kept, how far it is. */
import { type Conversation, converse } from '../../cli/conversation.ts';
import type { Environment } from '../../cli/environment.ts';
import { EXIT, type ExitStatus } from '../../cli/exit-statuses.ts';
import { plainAddress } from '../../config/access-rules.ts';
import { DicomError } from '../../errors.ts';
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
} from '../../output/progress.ts';
import { bytesText, countText, durationText } from '../../output/quantities.ts';
import { jsonText } from '../../output/sanitize.ts';
import type { ReceiverEvent } from '../../retrieve/receiver.ts';
import { listeningText } from '../retrieve/receiver.ts';
import type { ReceiveOptions } from './run.ts';
import { placeText, refusedText, shortened } from './words.ts';

type Of<K extends ReceiverEvent['kind']> = Extract<ReceiverEvent, { kind: K }>;

/** What came on one association so far. */
interface Standing {
	readonly call: Of<'called'>;
	readonly since: number;
	stored: number;
	failed: number;
	bytes: number;
}

/** So many are told one by one on stderr; all of them are in the events. */
const LISTED = 20;
const OUTCOMES = ['skipped', 'overwritten', 'kept-both', 'ignored'] as const;

export class ReceiveOutput {
	stored = 0;
	failed = 0;
	readonly #options: ReceiveOptions;
	readonly #env: Environment;
	readonly #talk: Conversation;
	readonly #style: ProgressStyle;
	readonly #startedAt: number;
	readonly #standing = new Map<number, Standing>();
	readonly #outcomes = { new: 0, skipped: 0, overwritten: 0, 'kept-both': 0, ignored: 0 };
	/** Advice that was given is not given again. */
	readonly #advised = new Set<string>();
	#associations = 0;
	#turnedAway = 0;
	#bytes = 0;
	#meter: Meter;
	#timer: NodeJS.Timeout | undefined;
	/** What the last plain line said. */
	#saidOf = 0;
	#isPainted = false;

	constructor(options: ReceiveOptions, env: Environment) {
		this.#options = options;
		this.#env = env;
		this.#talk = converse(options, env);
		this.#style = progressStyle(options.progress, {
			isTty: env.stderr.isTty,
			isQuiet: options.quiet > 0 || options.verbose > 0 || options.debug,
			isDumb: env.variables['TERM'] === 'dumb',
		});
		this.#startedAt = env.now();
		this.#meter = startMeter(this.#startedAt);
	}

	/** Associations. */
	get standing(): number {
		return this.#standing.size;
	}

	/** @param folder nothing where nothing is kept */
	async listening(host: string | undefined, port: number, folder: string | undefined): Promise<void> {
		const aet = this.#options.aet ?? 'STORESCP';
		this.#say(
			`${listeningText({ host, port, aeTitle: aet })}${this.#options.aet === undefined ? ' and any other title' : ''}, ${folder === undefined ? 'keeping nothing' : `into ${folder}`}`,
		);
		await this.#event({
			type: 'start',
			ts: timestamp(this.#env.today()),
			command: 'receive',
			node: folder ?? '',
		});
		await this.#event({ type: 'listening', ...(host === undefined ? {} : { host }), port, aet });
		if (this.#style === 'none') return;
		this.#timer = setInterval(() => this.#paint(), PROGRESS_EVERY_MS[this.#style]);
		this.#timer.unref();
	}

	on(event: ReceiverEvent): void {
		switch (event.kind) {
			case 'stored':
				this.#keptOne(event);
				return;
			case 'not-stored':
				this.#lostOne(event);
				return;
			case 'called':
				this.#called(event);
				return;
			case 'rejected':
				this.#rejected(event);
				return;
			case 'no-association':
				this.#stray(event);
				return;
			case 'ended':
				this.#ended(event);
		}
	}

	stopping(signal: string, standing: number): void {
		if (signal === 'EPIPE') {
			this.#say('nobody reads stdout any more: listening no more');
			return;
		}
		const inHand = standing === 0 ? '' : `; ${countText(standing, 'association')} to finish, ${signal} again aborts`;
		this.#say(`${signal}: listening no more${inHand}`);
	}

	async finish(exit: ExitStatus): Promise<void> {
		clearInterval(this.#timer);
		this.#unpaint();
		const ms = Math.round(this.#env.now() - this.#startedAt);
		await this.#event({
			type: 'summary',
			completed: this.stored,
			failed: this.failed,
			skipped: this.#outcomes.skipped,
			arrived: this.stored + this.failed,
			bytes: this.#bytes,
			ms,
			exit,
		});
		if (this.#options.format === 'json' && !this.#options.events)
			await this.#env.stdout.write(
				`${jsonText({
					schema: 'dimse.receive/1',
					associations: this.#associations,
					rejected: this.#turnedAway,
					stored: this.stored,
					...this.#outcomes,
					failed: this.failed,
					bytes: this.#bytes,
					ms,
					exit,
				})}\n`,
			);
		if (this.failed > LISTED) this.#talk.warn(`${this.failed - LISTED} more were not kept; --events lists all`);
		const outcomes = OUTCOMES.flatMap((outcome) => {
			const count = this.#outcomes[outcome];
			return count === 0 ? [] : [`${count} ${outcome.replace('-', ' ')}`];
		});
		const settled = exit === EXIT.nothing ? `nothing came  ${durationText(ms)}` : settledLine(this.#progress(), ms);
		this.#say(
			`${settled}  ${countText(this.#associations, 'association')}${outcomes.length === 0 ? '' : `  ${outcomes.join(', ')}`}${this.#turnedAway === 0 ? '' : `  ${this.#turnedAway} rejected`}`,
		);
	}

	// ---- what happens -----------------------------------------------------------------------------------------------------

	#keptOne({ association, sopInstanceUid, sopClassUid, transferSyntaxUid, bytes, file, outcome }: Of<'stored'>): void {
		this.stored++;
		this.#bytes += bytes;
		this.#outcomes[outcome]++;
		const standing = this.#standing.get(association);
		if (standing !== undefined) {
			standing.stored++;
			standing.bytes += bytes;
		}
		if (this.#options.events)
			void this.#event({
				type: 'stored',
				sop: sopInstanceUid,
				class: sopClassUid,
				bytes,
				...(file === undefined ? {} : { file }),
				ts_uid: transferSyntaxUid,
				outcome,
			});
		else if (this.#options.format === 'name' && file !== undefined) void this.#env.stdout.write(`${file}\n`);
	}

	#lostOne({ association, calling, sopInstanceUid, sopClassUid, status, error }: Of<'not-stored'>): void {
		this.failed++;
		const standing = this.#standing.get(association);
		if (standing !== undefined) standing.failed++;
		void this.#event({
			type: 'failed',
			sop: sopInstanceUid,
			class: sopClassUid,
			why: status === undefined ? 'aborted' : status === 0xa700 ? 'io' : 'status',
			...(status === undefined ? {} : { status: statusText(status) }),
			message: error,
		});
		if (this.failed <= LISTED)
			this.#warn(
				`not kept: ${shortened(sopInstanceUid)} from ${calling}${status === undefined ? '' : ` (${statusText(status)})`}: ${error}`,
			);
	}

	#called(call: Of<'called'>): void {
		const { association, from, calling, called, accepted, refused, expectedTitle } = call;
		this.#associations++;
		this.#standing.set(association, { call, since: this.#env.now(), stored: 0, failed: 0, bytes: 0 });
		void this.#event({
			type: 'incoming',
			from: placeText(from),
			calling,
			called,
			accepted,
			refused: refused.length,
		});
		this.#say(
			`${calling} at ${placeText(from)} calls ${called}: ${countText(accepted, 'context')} accepted${refused.length === 0 ? '' : `, ${refused.length} refused`}`,
		);
		if (!expectedTitle)
			this.#advise(
				`${calling} called "${called}", and we are "${this.#options.aet ?? ''}": taken all the same; --require-called rejects such calls`,
			);
		if (refused.length > 0) this.#advise(refusedText(calling, refused, this.#options.accept));
	}

	#rejected({ from, calling, called, triple, why }: Of<'rejected'>): void {
		this.#turnedAway++;
		const code = `${triple.result}/${triple.source}/${triple.reason}`;
		void this.#event({ type: 'rejected', from: placeText(from), calling, called, code, why });
		const advice = {
			'called-title': `we are "${this.#options.aet ?? ''}": have that title set at ${calling}, or leave out --require-called`,
			'calling-title': `no --allow fits; --allow '${calling}@${plainAddress(from.address)}' does`,
			'too-many': `--max-associations ${this.#options['max-associations']} stand already`,
		}[why];
		this.#warn(`rejected (${code}): ${calling} at ${placeText(from)}, calling "${called}": ${advice}`);
	}

	#stray({ from, error }: Of<'no-association'>): void {
		const { failure } = error;
		const text = failure.blame === 'protocol' ? failure.message : error.message;
		void this.#event({ type: 'warning', code: 'no-association', message: `${placeText(from)}: ${text}` });
		this.#warn(
			`a connection from ${placeText(from)} did not become an association: ${text}${
				failure.blame === 'tls' || this.#options.tls ? '' : ' (no DICOM, or TLS where --tls is not given)'
			}`,
		);
	}

	#ended({ association, calling, failure }: Of<'ended'>): void {
		const standing = this.#standing.get(association);
		if (standing === undefined) return;
		this.#standing.delete(association);
		const { stored, failed, bytes, since, call } = standing;
		const ms = Math.round(this.#env.now() - since);
		const badly =
			failure === undefined || failure.blame === 'interrupted' ? undefined : new DicomError(failure).message;
		void this.#event({
			type: 'ended',
			from: placeText(call.from),
			calling,
			stored,
			failed,
			bytes,
			ms,
			...(badly === undefined ? {} : { message: badly }),
		});
		const text = `${calling} at ${placeText(call.from)}: ${countText(stored, 'instance')}${failed === 0 ? '' : `, ${failed} not kept`}, ${bytesText(bytes)}, ${durationText(ms)}`;
		if (badly !== undefined) this.#warn(`${text}; ended badly: ${badly}`);
		else this.#say(text);
	}

	// ---- lines ------------------------------------------------------------------------------------------------------------

	#advise(text: string): void {
		if (this.#advised.has(text) || this.#advised.size >= 1000) return;
		this.#advised.add(text);
		this.#warn(text);
	}

	#warn(text: string): void {
		this.#unpaint();
		this.#talk.warn(text);
	}

	#say(text: string): void {
		this.#unpaint();
		this.#talk.say(text);
	}

	#progress(): Progress {
		return {
			verb: 'receive',
			label: this.#standing.size === 0 ? '' : countText(this.#standing.size, 'association'),
			done: this.stored + this.failed,
			failed: this.failed,
			bytes: this.#bytes,
		};
	}

	/** On a terminal while somebody is there; elsewhere a line when there is something new. */
	#paint(): void {
		const progress = this.#progress();
		this.#meter = measured(this.#meter, this.#env.now(), progress);
		if (this.#style === 'bar') {
			if (this.#standing.size === 0) {
				this.#unpaint();
				return;
			}
			this.#isPainted = true;
			void this.#env.stderr.write(repaint(progressLine(progress, this.#meter), this.#env.stderr.columns || 80));
		} else if (progress.done !== this.#saidOf) {
			this.#saidOf = progress.done;
			void this.#env.stderr.write(`${progressLine(progress, this.#meter)}\n`);
		}
	}

	#unpaint(): void {
		if (this.#isPainted) void this.#env.stderr.write(erase());
		this.#isPainted = false;
	}

	async #event(event: OutputEvent): Promise<void> {
		if (this.#options.events) await this.#env.stdout.write(eventLine(event));
	}
}
