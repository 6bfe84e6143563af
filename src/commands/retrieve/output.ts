/** What `get` and `move` show while they run: a line for each unit that is under way, one that stays for each that is settled, or typed events. */
import { type Conversation, converse, type LogOptions } from '../../cli/conversation.ts';
import type { Environment, TextSink } from '../../cli/environment.ts';
import type { Peer } from '../../cli/peer.ts';
import { eventLine, type OutputEvent, statusText, timestamp } from '../../output/events.ts';
import { PROGRESS_EVERY_MS, type ProgressStyle, progressStyle, ratesOf, startMeter } from '../../output/progress.ts';
import { countText } from '../../output/quantities.ts';
import {
	doneOf,
	eraseLines,
	measuredUnit,
	paintedLines,
	type RunningUnit,
	runningLine,
	settledUnitLine,
	waitText,
} from '../../output/retrieve-progress.ts';
import { sanitize } from '../../output/sanitize.ts';
import type { Counts, RetrieveEvent, UnitResult } from '../../retrieve/events.ts';
import type { ReceiverEvent } from '../../retrieve/receiver.ts';
import type { Unit } from '../../retrieve/unit.ts';
import { unitKeys, unitName } from './names.ts';
import { endpointText } from './receiver.ts';

export interface OutputOptions extends LogOptions {
	readonly events: boolean;
	readonly format: 'json' | undefined;
	readonly progress: 'auto' | ProgressStyle;
}

/** A unit that runs, and what becomes of it. */
type Running = { -readonly [K in keyof RunningUnit]: RunningUnit[K] };

/** Notes of the retrieve that are of use only to who wants to know how it goes. */
const QUIET_NOTES: ReadonlySet<string> = new Set(['role-unanswered']);

/** 0xA7xx: what our own receiver answers where a file cannot be written. */
const OUT_OF_RESOURCES = 0xa700;

export class RetrieveOutput {
	/** As the command's, but what is painted is taken away before. */
	readonly talk: Conversation;
	readonly warnings: { readonly code: string; readonly message: string; readonly unit?: number }[] = [];
	units: readonly Unit[] = [];
	/** Of the units, those that are settled. */
	readonly settled = new Map<number, UnitResult>();
	/** Instances that came for them in this run, and their bytes. */
	readonly came = { arrived: 0, bytes: 0 };
	readonly #command: 'get' | 'move';
	readonly #peer: Peer;
	readonly #options: OutputOptions;
	readonly #env: Environment;
	readonly #style: ProgressStyle;
	readonly #stderr: TextSink;
	readonly #running = new Map<number, Running>();
	/** Of the units that are not settled: it is often known before the first request. */
	readonly #expected = new Map<number, number>();
	/** It was said that this machine cannot keep what comes: a disk that is full stays full. */
	#hasNoRoom = false;
	/** Instances do not come here. */
	#isElsewhere = false;
	#painted = 0;
	#timer: NodeJS.Timeout | undefined;

	constructor(command: 'get' | 'move', peer: Peer, options: OutputOptions, env: Environment) {
		this.#command = command;
		this.#peer = peer;
		this.#options = options;
		this.#env = env;
		this.#style = progressStyle(options.progress, {
			isTty: env.stderr.isTty,
			isQuiet: options.quiet > 0 || options.verbose > 0 || options.debug,
			isDumb: env.variables['TERM'] === 'dumb',
		});
		const { stderr } = env;
		this.#stderr = {
			isTty: stderr.isTty,
			columns: stderr.columns,
			closed: stderr.closed,
			write: (data) => {
				const erased = eraseLines(this.#painted);
				this.#painted = 0;
				if (erased !== '') void stderr.write(erased);
				return stderr.write(data);
			},
		};
		this.talk = converse(options, { ...env, stderr: this.#stderr });
	}

	get stderr(): TextSink {
		return this.#stderr;
	}

	/** Before anything is sent. */
	async started(dest: string | undefined, isElsewhere: boolean): Promise<void> {
		this.#isElsewhere = isElsewhere;
		await this.event({
			type: 'start',
			ts: timestamp(this.#env.today()),
			command: this.#command,
			node: this.#peer.label,
			...(dest === undefined ? {} : { dest }),
		});
	}

	/** Everything of the retrieve, as it happens. */
	readonly on = (event: RetrieveEvent): void => {
		switch (event.kind) {
			case 'planned':
				this.#planned(event.units, event.states);
				break;
			case 'unit-started':
				this.#started(event);
				break;
			case 'expected':
				if (event.count !== undefined) this.#expected.set(event.unit, event.count);
				void this.event({
					type: 'expected',
					unit: event.unit,
					from: event.from,
					...(event.count === undefined ? {} : { count: event.count }),
				});
				break;
			case 'response':
				this.#responded(event.unit, event.counts);
				break;
			case 'final':
				this.talk.info(
					`${this.#nameOf(event.unit)}: ${event.final.service}-RSP ${statusText(event.final.status)}${event.failedSopInstanceUids.length === 0 ? '' : `, ${event.failedSopInstanceUids.length} in the failed list`}`,
				);
				break;
			case 'arrived':
				this.#arrived(event);
				break;
			case 'not-stored':
				this.#notStored(event);
				break;
			case 'waiting':
				this.#waiting(event);
				break;
			case 'note':
				this.#note(event);
				break;
			case 'unit-settled':
				this.#settled(event.unit, event.result);
				break;
			default:
		}
	};

	/** Everything of our own receiver. */
	readonly called = (event: ReceiverEvent): void => {
		if (event.kind === 'called') {
			const { from, calling, called, accepted, refused } = event;
			const who = { from: endpointText(from.address, from.port), calling, called };
			this.talk.info(
				`${calling} at ${who.from} called "${called}": ${accepted} contexts accepted, ${refused.length} refused`,
			);
			void this.event({ type: 'incoming', ...who, accepted, refused: refused.length });
		} else if (event.kind === 'rejected') {
			const { from, calling, called, triple, why } = event;
			const code = `${triple.result}/${triple.source}/${triple.reason}`;
			void this.event({ type: 'rejected', from: endpointText(from.address, from.port), calling, called, code, why });
		}
	};

	async event(event: OutputEvent): Promise<void> {
		if (this.#options.events) await this.#env.stdout.write(eventLine(event));
	}

	warn(code: string, message: string): void {
		this.warnings.push({ code, message });
		this.talk.warn(message);
	}

	/** Nothing is painted any more. */
	stop(): void {
		clearInterval(this.#timer);
		this.#timer = undefined;
		if (this.#painted > 0) void this.#stderr.write('');
		this.#running.clear();
	}

	#planned(units: readonly Unit[], states: readonly string[]): void {
		this.units = units;
		if (this.#options.events)
			for (const [unit, one] of units.entries())
				void this.event({ type: 'unit', unit, state: states[unit] ?? 'waiting', ...unitKeys(one) });
		if (this.#style === 'none') return;
		this.#timer = setInterval(() => this.#paint(), PROGRESS_EVERY_MS[this.#style]);
	}

	#started(event: Extract<RetrieveEvent, { kind: 'unit-started' }>): void {
		const { unit, attempt, service, only, at } = event;
		const before = this.#running.get(unit);
		this.#running.set(unit, {
			verb: service === 'C-GET' ? 'get' : 'move',
			label: this.#nameOf(unit),
			claimed: {},
			...(this.#isElsewhere ? {} : { arrived: before?.arrived ?? 0 }),
			bytes: before?.bytes ?? 0,
			startedAt: before?.startedAt ?? at,
			lastSignAt: at,
			meter: before?.meter ?? startMeter(at),
		});
		this.talk.info(
			`${service}-RQ for ${this.#nameOf(unit)}${only === undefined ? '' : `, ${countText(only, 'instance')} of it`}`,
		);
		void this.event({ type: 'request', unit, service, attempt, ...(only === undefined ? {} : { only }) });
	}

	#responded(unit: number, counts: Counts): void {
		const running = this.#running.get(unit);
		if (running === undefined) return;
		const now = this.#env.now();
		const before = doneOf(running);
		running.claimed = counts;
		running.lastResponseAt = now;
		if (doneOf(running) !== before) running.lastSignAt = now;
		if (!this.#options.events) return;
		const rates = ratesOf(measuredUnit(running, now));
		void this.event({
			type: 'suboperations',
			unit,
			...counts,
			arrived: running.arrived ?? 0,
			...(rates === undefined ? {} : { rate: Math.round(rates.perSecond * 10) / 10 }),
		});
	}

	#arrived({ unit, instance, arrived, bytes }: Extract<RetrieveEvent, { kind: 'arrived' }>): void {
		if (unit !== undefined) {
			this.came.arrived++;
			this.came.bytes += instance.bytes;
			this.#change(unit, { arrived, bytes, lastSignAt: this.#env.now() });
		}
		if (!this.#options.events) return;
		void this.event({
			type: 'stored',
			sop: instance.sopInstanceUid,
			class: instance.sopClassUid,
			bytes: instance.bytes,
			...(instance.file === undefined ? {} : { file: instance.file }),
			ts_uid: instance.transferSyntaxUid,
			outcome: instance.outcome,
			...(unit === undefined ? {} : { unit }),
		});
	}

	#notStored(event: Extract<RetrieveEvent, { kind: 'not-stored' }>): void {
		const { unit, sopInstanceUid, sopClassUid, status, error } = event;
		if (status !== undefined && (status & 0xff00) === OUT_OF_RESOURCES && !this.#hasNoRoom) {
			this.#hasNoRoom = true;
			this.talk.warn(`an instance could not be kept here: ${error === '' ? `status ${statusText(status)}` : error}`);
		}
		void this.event({
			type: 'failed',
			sop: sopInstanceUid,
			class: sopClassUid,
			why: 'refused-here',
			...(status === undefined ? {} : { status: statusText(status) }),
			message: error,
			...(unit === undefined ? {} : { unit }),
		});
	}

	#waiting({ unit, missing, until }: Extract<RetrieveEvent, { kind: 'waiting' }>): void {
		const isFirst = this.#running.get(unit)?.waiting === undefined;
		this.#change(unit, { waiting: { missing, until } });
		if (isFirst && this.#style !== 'bar')
			this.talk.note(
				`${this.#nameOf(unit)}: the final response is here, and ${missing === 0 ? 'nobody says how many instances there are' : `${countText(missing, 'instance')} not`}: waiting ${waitText(until - this.#env.now())}, longer while they come`,
			);
		void this.event({ type: 'waiting', unit, missing });
	}

	#note({ code, text, unit }: Extract<RetrieveEvent, { kind: 'note' }>): void {
		const warning = { code, message: text, ...(unit === undefined ? {} : { unit }) };
		this.warnings.push(warning);
		const of = unit === undefined || this.units.length < 2 ? '' : `${this.#nameOf(unit)}: `;
		if (QUIET_NOTES.has(code)) this.talk.info(of + text);
		else if (code === 'contradiction' || code === 'query-cut-off') this.talk.warn(of + text);
		else this.talk.note(of + text);
		void this.event({ type: 'warning', ...warning });
	}

	#settled(unit: number, result: UnitResult): void {
		this.settled.set(unit, result);
		this.#running.delete(unit);
		this.#expected.delete(unit);
		const { verdict, verified, expected, claimed, arrived, bytes, missingCount, elapsedMs, final } = result;
		const one = this.units[unit];
		void this.event({
			type: 'settled',
			unit,
			...(one === undefined ? { level: 'STUDY' } : unitKeys(one)),
			verdict,
			verified,
			...(expected === undefined ? {} : { expected }),
			...claimed,
			arrived,
			bytes,
			missing: missingCount,
			...(final === undefined ? {} : { status: statusText(final.status) }),
			ms: Math.round(elapsedMs),
		});
		if (verdict === 'not-begun') return;
		const line = settledUnitLine({ ...result, label: this.#nameOf(unit), isElsewhere: this.#isElsewhere });
		this.talk.say(line);
	}

	#change(unit: number, change: Partial<Running>): void {
		const running = this.#running.get(unit);
		if (running !== undefined) Object.assign(running, change);
	}

	/** A name of a patient's only where somebody looks at a terminal: logs are kept. */
	#nameOf(unit: number): string {
		const one = this.units[unit];
		return one === undefined ? `unit ${unit}` : unitName(one, this.#env.stderr.isTty);
	}

	#paint(): void {
		if (this.#running.size === 0 && this.#painted === 0) return;
		const now = this.#env.now();
		const width = this.#env.stderr.columns ?? 80;
		const isBar = this.#style === 'bar';
		const lines = [...this.#running].map(([index, unit]) => {
			const expected = this.#expected.get(index);
			if (expected !== undefined) unit.expected = expected;
			unit.meter = measuredUnit(unit, now);
			return runningLine(unit, now, isBar ? width - 1 : undefined);
		});
		if (!isBar) {
			for (const line of lines) void this.#env.stderr.write(`${sanitize(line)}\n`);
			return;
		}
		const shown = paintedLines(lines, width);
		const erased = eraseLines(this.#painted);
		this.#painted = shown.length;
		void this.#env.stderr.write(erased + shown.join('\n'));
	}
}
