/** One `dimse find` on its way: rows printed as they come, what was hidden or is doubtful counted, the end told. */
import type { Association } from '../../association/association.ts';
import type { Connected } from '../../association/requestor.ts';
import { type Conversation, converse, type LogOptions } from '../../cli/conversation.ts';
import type { Environment } from '../../cli/environment.ts';
import { EXIT, type ExitStatus } from '../../cli/exit-statuses.ts';
import type { Peer } from '../../cli/peer.ts';
import { errorFacts, reportFailure } from '../../cli/report.ts';
import type { FailureContext } from '../../diagnose/facts.ts';
import { isUnderstood } from '../../dicom/character-sets.ts';
import type { Dataset } from '../../dicom/dataset.ts';
import { unverifiable } from '../../dicom/matching.ts';
import type { CFindRsp } from '../../dimse/messages.ts';
import { statusOf } from '../../dimse/status.ts';
import { DicomError, type Failure } from '../../errors.ts';
import { UNIQUE_KEYS } from '../../output/columns.ts';
import { eventLine, statusText, timestamp } from '../../output/events.ts';
import { rowReader } from '../../output/json-row.ts';
import { countText, durationText } from '../../output/quantities.ts';
import { QueryTally } from '../../output/query-tally.ts';
import { attributeName, type Warning, warningsOf } from '../../output/query-warnings.ts';
import { type Format, type RowPrinter, rowPrinter } from '../../output/row-printer.ts';
import { loadPaint, wantsColor } from '../../output/theme.ts';
import type { PartAnswer } from '../../services/exhaustive-query.ts';
import { type MatchKeys, matchKeys } from '../../services/query-parts.ts';
import { find, type Match } from '../../services/query-scu.ts';
import { statusFailure } from '../../services/status-failure.ts';
import type { AcceptedContext } from '../../upper-layer/negotiation.ts';
import type { PartsReport } from './all.ts';
import { writeResponse } from './files.ts';
import { isSuspectCount } from './match-limit.ts';
import type { Query } from './query-identifier.ts';
import { matchesText, sentKeys } from './words.ts';

interface Options extends LogOptions {
	readonly format: Format | undefined;
	readonly header: boolean;
	readonly nul: boolean;
	readonly raw: boolean;
	readonly 'csv-safe': boolean;
	readonly color: 'auto' | 'always' | 'never';
	readonly events: boolean;
	readonly limit: number | undefined;
	readonly 'strict-match': boolean;
	readonly 'no-filter': boolean;
	readonly charset: string | undefined;
	readonly write: boolean;
	readonly out: string;
}

/** After `--limit`, rows of a peer that ignores the cancel are read and dropped. */
export class FindRun {
	rows = 0;
	failure: Failure | undefined;
	/** The last response of every query has come. */
	isComplete = false;
	/** As many as the peer sent, those that are not shown too. */
	matches = 0;
	/** Of them, the most that came to one query. */
	mostAtOnce = 0;
	/** What was found out about a query without a match, for the document. */
	why: object | undefined;
	/** The peer ended it with FE00, and nobody had asked for that. */
	isCutOff = false;
	readonly #query: Query;
	readonly #options: Options;
	readonly #peer: Peer;
	readonly #env: Environment;
	readonly #printer: RowPrinter;
	readonly #talk: Conversation;
	readonly #format: Format;
	readonly #eventRow: ((row: Dataset) => object) | undefined;
	readonly #characterSet: readonly string[] | undefined;
	readonly #startedAt: number;
	readonly #tally: QueryTally;
	readonly #warnings: Warning[] = [];
	/** Keys with a value whose attribute no row has had. */
	#notReturned: readonly string[] | undefined;
	#written = 0;
	#isLimited = false;
	#firstMs: number | undefined;
	#connected: Connected | undefined;
	#final: CFindRsp | undefined;
	#isEnded = false;
	#isInParts = false;
	#queries = 0;
	/** Identifiers that the peer says it has answered whole, and with no number of matches that looks cut off. */
	#wholeAnswers = 0;
	#limit: number | undefined;

	private constructor(
		query: Query,
		options: Options,
		peer: Peer,
		env: Environment,
		format: Format,
		printer: RowPrinter,
	) {
		this.#query = query;
		this.#options = options;
		this.#peer = peer;
		this.#env = env;
		this.#talk = converse(options, env);
		this.#format = format;
		this.#printer = printer;
		this.#eventRow = options.events ? rowReader({ raw: options.raw }) : undefined;
		const terms = options.charset ?? peer.charset;
		this.#characterSet = terms === undefined ? undefined : terms.split('\\').map((term) => term.trim());
		this.#tally = new QueryTally(query.level, this.#characterSet);
		this.#startedAt = env.now();
	}

	/** @throws DicomError usage */
	static async create(query: Query, options: Options, peer: Peer, env: Environment): Promise<FindRun> {
		const unknown = options.charset?.split('\\').find((term) => !isUnderstood(term));
		if (unknown !== undefined)
			throw new DicomError({
				blame: 'usage',
				message: `--charset: nobody knows the character set "${unknown}"`,
				hint: "a defined term of PS3.3 C.12.1.1.2, as 'ISO_IR 100', 'ISO_IR 192' or GB18030",
			});
		const format = options.format ?? (env.stdout.isTty ? 'table' : 'tsv');
		const color = wantsColor(options.color, env.stdout.isTty, env.variables);
		const printer = rowPrinter(format, {
			columns: query.columns,
			uniqueKey: UNIQUE_KEYS[query.level],
			width: env.stdout.isTty ? (env.stdout.columns ?? 80) : undefined,
			...(color ? { paint: await loadPaint(color) } : {}),
			...(options.header ? { header: true } : {}), // else as the format has it: csv has one, tsv has none
			csvSafe: options['csv-safe'],
			nul: options.nul,
			raw: options.raw,
			envelope: {
				schema: 'dimse.find/1',
				node: {
					...(peer.node === undefined ? {} : { name: peer.node }),
					called: peer.calledAeTitle,
					calling: peer.callingAeTitle,
					host: peer.host,
					port: peer.port,
				},
				query: {
					level: query.level,
					model: query.model.says.replaceAll(' ', '-'),
					sent: query.identifiers.map(sentKeys),
				},
			},
		});
		const run = new FindRun(query, options, peer, env, format, printer);
		if (options.events)
			await env.stdout.write(
				eventLine({ type: 'start', ts: timestamp(env.today()), command: 'find', node: peer.label }),
			);
		return run;
	}

	/** What an error is to be written as on stdout: nothing where the rows' own document or events have a place for it. */
	get #errorFormat(): 'jsonl' | undefined {
		return this.#format === 'jsonl' && !this.#options.events ? 'jsonl' : undefined;
	}

	/** All there are have come, those beyond the limit too. */
	get #hasAll(): boolean {
		return this.#wholeAnswers === this.#query.identifiers.length;
	}

	/** As many rows as were asked for. */
	get isSatisfied(): boolean {
		return this.#isLimited;
	}

	connected(connected: Connected, granted: string): void {
		this.#connected = connected;
		if (granted !== '') this.#talk.note(`extended negotiation: ${granted}`);
	}

	/** Sends one identifier and prints what comes; ends early by C-CANCEL on the signal or the limit. */
	async ask(
		association: Association,
		context: AcceptedContext,
		identifier: Dataset,
		signal: AbortSignal,
	): Promise<void> {
		const asked = { identifier, whole: identifier };
		const { final, count, isCancelled } = await this.#exchange(association, context, asked, signal, () => {});
		const { class: kind } = statusOf('C-FIND', final.status);
		if (kind === 'cancel' && !isCancelled) {
			this.isCutOff = true;
			this.#warn(
				'cut-off',
				`${this.#peer.label} ended the query with FE00 (cancel), and nobody had asked for that: there is a limit of ${countText(count, 'match', 'matches')}, and more exist (--all finds them)`,
			);
		} else if (kind === 'failure') this.failure = statusFailure('C-FIND', final);
		else if (kind === 'warning')
			this.#warn('status', `final status ${statusText(final.status)}: ${statusOf('C-FIND', final.status).meaning}`);
		const isSuspect = isSuspectCount(count, this.#peer.matchLimit);
		// The last rows may have come before the cancel was there. With none after it, the success may be the answer to the cancel.
		if (kind === 'success' && !isSuspect && (!isCancelled || this.matches > this.rows)) this.#wholeAnswers++;
		if (!isCancelled && kind === 'success' && isSuspect)
			this.#warn(
				'match-limit',
				`${count} matches: ${this.#peer.matchLimit === undefined ? 'a round number, possibly cut off by a limit of the archive' : 'the limit of this archive'}; --all asks in parts until nothing is cut off`,
				{ count },
			);
	}

	/** As `ask`, of one part of a query `whole`: an end that says that there is more is no failure, and a match that came before no surprise. */
	async askPart(
		association: Association,
		context: AcceptedContext,
		identifier: Dataset,
		whole: Dataset,
		signal: AbortSignal,
	): Promise<PartAnswer> {
		this.#isInParts = true;
		const matches: MatchKeys[] = [];
		const asked = { identifier, whole };
		const { final, isCancelled } = await this.#exchange(association, context, asked, signal, (row) => {
			matches.push(matchKeys(row));
		});
		const { class: kind } = statusOf('C-FIND', final.status);
		const isCutOff = !isCancelled && (kind === 'cancel' || ENDS_EARLY.has(final.status));
		if (kind === 'failure' && !isCutOff) this.failure = statusFailure('C-FIND', final);
		return { matches, isCutOff };
	}

	/** All parts of one identifier have been asked. */
	partsAsked({ queries, limit, warnings, isComplete }: PartsReport): void {
		this.#queries += queries;
		if (!isComplete) this.isCutOff = true;
		for (const { code, message, facts } of warnings) this.#warn(code, message, facts);
		if (limit === undefined) return;
		this.#limit = limit;
		if (this.#peer.matchLimit === limit) return;
		const { node, label } = this.#peer;
		const remember = node === undefined ? '' : `; dimse node set ${node} match_limit=${limit} remembers it`;
		this.#talk.note(`${label} answers with ${limit} matches at most, proven by asking in halves${remember}`);
	}

	async #exchange(
		association: Association,
		context: AcceptedContext,
		{ identifier, whole }: { readonly identifier: Dataset; readonly whole: Dataset },
		signal: AbortSignal,
		matched: (row: Dataset) => void,
	): Promise<{ readonly final: CFindRsp; readonly count: number; readonly isCancelled: boolean }> {
		this.#talk.info(
			`query: ${Object.entries(sentKeys(identifier))
				.map(([key, value]) => `${key}=${value}`)
				.join(' ')}`,
		);
		const exchange = find(association, context, identifier, { characterSet: this.#characterSet });
		const cancel = () => exchange.cancel();
		signal.addEventListener('abort', cancel, { once: true });
		let count = 0;
		try {
			for await (const batch of exchange.batches()) {
				this.#firstMs ??= this.#env.now() - this.#startedAt;
				count += batch.length;
				this.matches += batch.length;
				this.mostAtOnce = Math.max(this.mostAtOnce, count);
				let text = '';
				for (const match of batch) {
					matched(match.dataset);
					if (!this.#isLimited) text += this.#take(match, whole);
				}
				if (text !== '') await this.#env.stdout.write(text);
				if (this.#isLimited) exchange.cancel();
			}
		} finally {
			signal.removeEventListener('abort', cancel);
		}
		const final = await exchange.final;
		this.#final = final;
		this.isComplete = true;
		return { final, count, isCancelled: exchange.isCancelled };
	}

	/** @returns the text of the row; '' for one that is not shown. */
	#take(match: Match, identifier: Dataset): string {
		const { dataset: row } = match;
		const tags = this.#tally.take(match, identifier, this.#isInParts);
		if (tags === undefined) return '';
		if (this.#talk.wants('info') && this.#notReturned?.length !== 0) {
			const absent = unverifiable(identifier, row);
			this.#notReturned = this.#notReturned?.filter((tag) => absent.includes(tag)) ?? absent;
		}
		const isHidden =
			tags.length > 0 &&
			(this.#options['strict-match'] ||
				(!this.#options['no-filter'] && tags.some((tag) => this.#query.promised.has(tag))));
		if (isHidden) {
			this.#tally.hidden(tags);
			return '';
		}
		this.#tally.shown(row);
		this.rows++;
		if (this.rows === this.#options.limit) this.#isLimited = true;
		if (this.#options.write)
			writeResponse(row, ++this.#written, this.#query.model.sopClassUid, this.#options.out, this.#env);
		return this.#eventRow === undefined
			? this.#printer.row(row)
			: eventLine({ type: 'match', row: this.#eventRow(row) });
	}

	/** Writes what comes last. @returns the status */
	async finish(status: ExitStatus): Promise<ExitStatus> {
		this.#judge();
		await this.#end(status);
		for (const { message } of this.#warnings) this.#talk.warn(message);
		if (this.#env.stderr.isTty && !this.#options.events) this.#talk.say(this.#summary(status));
		else if (this.#isInParts)
			this.#talk.note(`${countText(this.#queries, 'query', 'queries')}, ${matchesText(this.rows, this.#query.level)}`);
		return status;
	}

	/** Rows that came stay; then the error, on stderr and in what is printed for programs. */
	async failed(error: DicomError, where: FailureContext): Promise<ExitStatus> {
		const context = { ...where, reached: this.#reached };
		this.#judge();
		const status = await reportFailure(
			error,
			{ ...context, options: { ...this.#options, format: this.#errorFormat } },
			this.#env,
		);
		await this.#end(status, await errorFacts(error.failure, context));
		return status;
	}

	get #reached(): string {
		if (this.#connected === undefined) return 'no association was open yet';
		return `${matchesText(this.rows, this.#query.level)} had come`;
	}

	async #end(exit: ExitStatus, error?: object): Promise<void> {
		if (this.#isEnded) return;
		this.#isEnded = true;
		if (this.#options.events) {
			if (error !== undefined) await this.#env.stdout.write(eventLine({ type: 'error', error }));
			for (const { code, message } of this.#warnings)
				await this.#env.stdout.write(eventLine({ type: 'warning', code, message }));
			if (this.why !== undefined) await this.#env.stdout.write(eventLine({ type: 'why', ...this.why }));
			await this.#env.stdout.write(
				eventLine({
					type: 'summary',
					...(this.#final === undefined ? {} : { status: statusText(this.#final.status) }),
					completed: this.rows,
					failed: 0,
					ms: Math.round(this.#env.now() - this.#startedAt),
					exit,
				}),
			);
			return;
		}
		await this.#env.stdout.write(this.#printer.end(this.#closing(exit, error)));
	}

	#closing(exit: ExitStatus, error?: object): Readonly<Record<string, unknown>> {
		const round = (ms: number) => Math.round(ms * 10) / 10;
		const isLimited = this.#isLimited && !(this.#hasAll && this.rows === this.matches);
		const isComplete =
			error === undefined && this.isComplete && !this.isCutOff && !isLimited && exit !== EXIT.interrupted;
		return {
			count: this.rows,
			complete: isComplete && !this.#warnings.some(({ code }) => code === 'match-limit'),
			...(this.#final === undefined
				? {}
				: { status: { code: statusText(this.#final.status), class: statusOf('C-FIND', this.#final.status).class } }),
			...(this.#isInParts ? { queries: this.#queries, completeness: { limit: this.#limit ?? null } } : {}),
			...(this.why === undefined ? {} : { why: this.why }),
			warnings: this.#warnings,
			timing: {
				...(this.#connected === undefined
					? {}
					: { connect_ms: round(this.#connected.connectMs), associate_ms: round(this.#connected.associateMs) }),
				...(this.#firstMs === undefined ? {} : { first_ms: round(this.#firstMs) }),
				total_ms: round(this.#env.now() - this.#startedAt),
			},
			...(error === undefined ? {} : { error }),
		};
	}

	/** What has to be said of the rows, once they are all here. */
	#judge(): void {
		for (const tag of this.#notReturned ?? [])
			this.#talk.info(`whether ${attributeName(tag)} was matched cannot be checked: it did not come back`);
		this.#warnings.push(
			...warningsOf(this.#tally, {
				peer: this.#peer.label,
				promised: this.#query.promised,
				isStrict: this.#options['strict-match'],
				isUnfiltered: this.#options['no-filter'],
			}),
		);
	}

	#warn(code: string, message: string, facts: Readonly<Record<string, unknown>> = {}): void {
		this.#warnings.push({ code, message, ...facts });
	}

	get #limitText(): string {
		if (!this.#hasAll) return `; stopped at ${this.rows} (more may exist)`;
		return this.matches === this.rows ? '' : `; ${this.rows} of ${this.matches} shown (all there are, says the peer)`;
	}

	#summary(status: ExitStatus): string {
		const count = matchesText(this.rows, this.#query.level);
		const asked = this.#isInParts ? ` (${countText(this.#queries, 'query', 'queries')})` : '';
		const stopped = this.#isLimited ? this.#limitText : status === EXIT.interrupted ? '; stopped by you' : '';
		return `${count} from ${this.#peer.label} in ${durationText(this.#env.now() - this.#startedAt)}${asked}${stopped}`;
	}
}

/** Refused for want of resources, and the response limit of a repository query: what came before is not all. */
const ENDS_EARLY: ReadonlySet<number> = new Set([0xa700, 0xb001]);
