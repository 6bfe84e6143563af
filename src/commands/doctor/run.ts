/** One peer in front of the doctor: the examination given its world, and its results printed as they come, as a document or as a report. */
import { lookup } from 'node:dns/promises';
import { IMPLEMENTATION_VERSION_NAME } from '../../association/implementation.ts';
import { connect } from '../../association/requestor.ts';
import type { TraceEvent } from '../../association/trace.ts';
import { TRACING } from '../../cli/association-options.ts';
import type { OptionTable } from '../../cli/command.ts';
import { converse } from '../../cli/conversation.ts';
import type { Environment } from '../../cli/environment.ts';
import type { Peer } from '../../cli/peer.ts';
import type { AddressBook, Node } from '../../config/address-book.ts';
import { nodeCard } from '../../config/node-card.ts';
import { DEEP_CHECKS } from '../../diagnose/doctor/deep-checks.ts';
import {
	type Check,
	type CheckResult,
	emptyMemory,
	examine,
	type Memory,
	type Subject,
} from '../../diagnose/doctor/examination.ts';
import { PATH_CHECKS } from '../../diagnose/doctor/path-checks.ts';
import { RETRIEVE_CHECKS } from '../../diagnose/doctor/retrieve-checks.ts';
import { SERVICE_CHECKS } from '../../diagnose/doctor/service-checks.ts';
import { DicomError, type Failure } from '../../errors.ts';
import { doctorReport } from '../../output/doctor-report.ts';
import { checkLines, countsText, type DoctorResult, overviewLine } from '../../output/doctor-text.ts';
import { timestamp } from '../../output/events.ts';
import { quoted } from '../../output/shell-words.ts';
import { loadPaint, wantsColor } from '../../output/theme.ts';
import { startReceiver } from '../../retrieve/receiver.ts';
import { durationMs } from '../../simulate/duration.ts';
import { type ConnectingOptions, connecting, type Ending } from '../connecting.ts';
import { optionWords } from '../option-words.ts';
import { rememberExamination, rememberLimit, rememberMatching } from '../peer-memory.ts';
import { listenPlace, nodeOf } from '../retrieve/receiver.ts';
import { DOCTOR_OPTIONS } from './options.ts';

const CHECKS: readonly Check[] = [...PATH_CHECKS, ...SERVICE_CHECKS, ...RETRIEVE_CHECKS, ...DEEP_CHECKS];
const DEFAULT_LISTEN = '11113';

export interface DoctorOptions extends ConnectingOptions {
	readonly move: boolean;
	readonly get: boolean;
	readonly deep: boolean;
	readonly soak: string | undefined;
	readonly 'probe-aets': boolean;
	readonly listen: string | undefined;
	readonly report: boolean;
	readonly format: 'json' | undefined;
}

/** Where nobody is asked. */
const always = async () => true;

export class DoctorRun {
	readonly results: CheckResult[] = [];
	readonly #peer: Peer;
	readonly #options: DoctorOptions;
	readonly #env: Environment;
	readonly #book: AddressBook;
	readonly #end: Ending;
	readonly #memory: Memory = emptyMemory();
	readonly #isConfirmed: (question: string) => Promise<boolean>;
	readonly #startedAt: Date;
	#failingPdu: { readonly check: string; readonly bytes: Uint8Array } | undefined;

	/** @param isConfirmed asks before what a peer's administrator may wonder about; without it nobody is asked */
	constructor(
		peer: Peer,
		options: DoctorOptions,
		env: Environment,
		book: AddressBook,
		end: Ending,
		isConfirmed: (question: string) => Promise<boolean> = always,
	) {
		this.#isConfirmed = isConfirmed;
		this.#peer = peer;
		this.#options = options;
		this.#env = env;
		this.#book = book;
		this.#end = end;
		this.#startedAt = env.today();
	}

	/** Of the first check that failed. */
	get failure(): Failure | undefined {
		return this.results.find(({ status }) => status === 'fail')?.failure ?? (this.#hasFailed ? UNNAMED : undefined);
	}

	get #node(): Node | undefined {
		return nodeOf(this.#book, this.#peer);
	}

	get #hasFailed(): boolean {
		return this.results.some(({ status }) => status === 'fail');
	}

	get hasWarnings(): boolean {
		return this.results.some(({ status }) => status === 'warn');
	}

	/** Check by check. */
	async told(): Promise<void> {
		const { stdout, variables } = this.#env;
		const { format, report } = this.#options;
		const isText = format === undefined && !report;
		const paint = await loadPaint(wantsColor(this.#options.color, stdout.isTty, variables));
		const brushes = { ok: paint.good, warn: paint.warning, fail: paint.bad, skip: paint.faint } as const;
		const colored = (status: DoctorResult['status'], text: string) => brushes[status](text);
		const { label, calledAeTitle, host, port, callingAeTitle } = this.#peer;
		const place = `${calledAeTitle}@${host.includes(':') ? `[${host}]` : host}:${port}`;
		const subject = await this.#subject();
		if (isText)
			await stdout.write(
				`${label}${place === label ? '' : `  ${place}`}   calling as ${callingAeTitle}   ${timestamp(this.#startedAt)}\n\n`,
			);
		await this.#examine(subject, async (result) => {
			if (isText) await stdout.write(checkLines(result, colored));
		});
		if (format === 'json') await stdout.write(`${JSON.stringify(this.#document())}\n`);
		else if (report) await stdout.write(this.#report());
		else converse(this.#options, this.#env).say(`\n${this.#closing()}`);
	}

	/** A line for all of it. */
	async overview(): Promise<void> {
		const { stdout } = this.#env;
		await this.#examine(await this.#subject(), async () => {});
		if (this.#options.format === 'json') await stdout.write(`${JSON.stringify(this.#document())}\n`);
		else if (this.#options.report) await stdout.write(this.#report());
		else await stdout.write(`${overviewLine(this.#peer.label, this.results)}\n`);
	}

	async #examine(subject: Subject, told: (result: CheckResult) => Promise<void>): Promise<void> {
		for await (const result of examine(CHECKS, subject)) {
			this.results.push(result);
			const { pdu } = this.#memory;
			if (result.status === 'fail' && pdu !== undefined) this.#failingPdu ??= { check: result.id, bytes: pdu };
			this.#remember(result);
			await told(result);
		}
		if (!this.#end.signal.aborted) rememberExamination(this.#peer, this.#options, this.#env, this.results);
	}

	/** What later commands can go by: how keys are matched, and where answers seem to end. */
	#remember({ id, status, details = {} }: CheckResult): void {
		const { matching } = details;
		if (id === 'matching' && Array.isArray(matching)) rememberMatching(this.#peer, this.#options, this.#env, matching);
		const { limit } = details;
		if (id === 'limits' && status === 'warn' && typeof limit === 'number')
			rememberLimit(this.#peer, this.#options, this.#env, limit);
	}

	async #subject(): Promise<Subject> {
		const peer = this.#peer;
		const options = this.#options;
		const env = this.#env;
		const node = this.#node;
		const open = await connecting(options, peer, env, {}, this.#end);
		const memory = this.#memory;
		const watch = (event: TraceEvent) => {
			if (event.event === 'pdu' && event.direction === 'received' && !isOfRelease(event.bytes))
				memory.pdu = event.bytes;
			open.trace?.(event);
		};
		const listen = listenPlace(options.listen ?? node?.listen ?? DEFAULT_LISTEN);
		return {
			label: peer.label,
			node: peer.node,
			host: peer.host,
			port: peer.port,
			calledAeTitle: peer.calledAeTitle,
			callingAeTitle: peer.callingAeTitle,
			usesTls: peer.tls !== undefined,
			tlsServerName: peer.tls?.serverName,
			ownCertificate: peer.tls,
			connectTimeoutMs: options['connect-timeout'] * 1000 || 60_000,
			depth: {
				move: options.move,
				get: options.get,
				deep: options.deep,
				soakMs: options.soak === undefined ? 0 : soakMs(options.soak),
				probeAets: options['probe-aets'],
			},
			listen,
			cardCommand: this.#cardCommand,
			mayBeRejected: (count) =>
				this.#isConfirmed(
					`${peer.label}: try ${count} other AE ${count === 1 ? 'title' : 'titles'}? Each may be a rejected association in somebody's log there.`,
				),
			otherTitles: [...this.#book.nodes.values()]
				.filter(({ host }) => host === peer.host)
				.map(({ calledAeTitle }) => calledAeTitle),
			connect: ({ calledAeTitle, ...more }) => {
				memory.associations++;
				return connect({
					...open,
					...more,
					address: { ...open.address, ...(calledAeTitle === undefined ? {} : { calledAeTitle }) },
					trace: watch,
				});
			},
			startReceiver: (given) =>
				startReceiver({
					...(listen.host === undefined ? {} : { host: listen.host }),
					port: listen.port,
					aeTitle: peer.callingAeTitle,
					...given,
				}),
			resolve: async (host) => {
				try {
					return (await lookup(host, { all: true })).map(({ address }) => address);
				} catch (error) {
					const { code = 'ENOTFOUND' } = error as NodeJS.ErrnoException;
					throw new DicomError({ blame: 'resolve', host, code }, { cause: error });
				}
			},
			now: () => env.now(),
			today: () => env.today(),
			signal: this.#end.signal,
			memory,
		};
	}

	#closing(): string {
		const more = this.#hasFailed || this.hasWarnings ? `   Report: ${this.#reportCommand} > report.md` : '';
		const stopped = this.#end.signal.aborted ? '   stopped before the end' : '';
		return `${countsText(this.results)}.${stopped}${more}`;
	}

	/** The same examination once more, told as a report. */
	get #reportCommand(): string {
		const { tls } = this.#peer;
		const words = Object.entries(this.#options).flatMap(([name, value]) => {
			const spec = TABLE[name];
			return spec === undefined || NOT_EXAMINED.has(name) ? [] : optionWords(name, value, spec);
		});
		const isTlsSpelled = this.#node === undefined && tls !== undefined && !this.#options.tls;
		return ['dimse doctor', this.#spelled, ...(isTlsSpelled ? ['--tls'] : []), ...words, '--report'].join(' ');
	}

	get #cardCommand(): string {
		const { listen } = this.#options;
		return [
			`dimse node card ${this.#spelled}`,
			`--calling ${quoted(this.#peer.callingAeTitle)}`,
			...(listen === undefined ? [] : [`--listen ${quoted(listen)}`]),
			...optionWords('config', this.#options.config, DOCTOR_OPTIONS.config),
		].join(' ');
	}

	/** The peer as a command line takes it, with the called AE title that it was called by. */
	get #spelled(): string {
		const { label, calledAeTitle } = this.#peer;
		const node = this.#node;
		return quoted(node === undefined || node.calledAeTitle === calledAeTitle ? label : `${calledAeTitle}@${node.name}`);
	}

	#document(): object {
		const { label, host, port, calledAeTitle, callingAeTitle, node } = this.#peer;
		return {
			schema: 'dimse.doctor/1',
			node: {
				...(node === undefined ? {} : { name: node }),
				label,
				host,
				port,
				called: calledAeTitle,
				calling: callingAeTitle,
			},
			started: timestamp(this.#startedAt),
			checks: this.results.map(({ id, status, ms, summary, details, means, next, failure }) => ({
				id,
				status,
				ms: Math.round(ms * 10) / 10,
				summary,
				...(details === undefined ? {} : { detail: details }),
				...(means.length === 0 ? {} : { means }),
				...(failure === undefined ? {} : { kind: failure.blame }),
				next,
			})),
			complete: !this.#end.signal.aborted,
			summary: countsText(this.results),
		};
	}

	#report(): string {
		const { label, host, port, calledAeTitle, callingAeTitle, tls } = this.#peer;
		const address = this.#memory.local?.address ?? this.#env.hostName;
		return doctorReport({
			peer: { label, host, port, calledAeTitle, addresses: this.#memory.addresses },
			us: { callingAeTitle, address, hostName: this.#env.hostName, tls: tls !== undefined },
			startedAt: this.#startedAt,
			version: IMPLEMENTATION_VERSION_NAME,
			implementation: this.#memory.implementation,
			results: this.results,
			pdu: this.#failingPdu,
			card: nodeCard({
				peer: { calledAeTitle, host, port },
				us: {
					aeTitle: callingAeTitle,
					address,
					port: listenPlace(this.#options.listen ?? this.#node?.listen ?? DEFAULT_LISTEN).port,
					hostName: this.#env.hostName,
				},
			}),
		});
	}
}

/** A-RELEASE-RQ and RP: how a check ends, and not what went wrong in it. */
const isOfRelease = ([type]: Uint8Array): boolean => type === 0x05 || type === 0x06;

const TABLE: OptionTable = DOCTOR_OPTIONS;

/** Options that say how it is told and not what is examined, what the peer's spelling says, and what nobody else is to see. */
const NOT_EXAMINED: ReadonlySet<string> = new Set([
	...['report', 'yes', 'strict', 'format', 'called', 'password', 'tls-passphrase'],
	...['quiet', 'verbose', 'debug', 'log-level', 'color', 'help', 'version'],
	...Object.keys(TRACING),
]);

/** A check that failed for a reason that is no failure of a connection. */
const UNNAMED: Failure = { blame: 'usage', message: 'a check failed' };

/** A number alone is seconds. @throws DicomError usage */
const soakMs = (text: string): number => {
	const ms = durationMs(/^[\d.]+$/.test(text) ? `${text}s` : text);
	if (ms === undefined)
		throw new DicomError({ blame: 'usage', message: `--soak: "${text}" is no duration`, hint: 'as 90s, 10m or 1h' });
	if (ms === 0)
		throw new DicomError({
			blame: 'usage',
			message: `--soak: "${text}" is no time to wait`,
			hint: 'as 90s, 10m or 1h',
		});
	return ms;
};
