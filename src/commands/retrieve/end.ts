/** How `get` and `move` end: the document or the last events on stdout, the reports and the list of what is missing beside them, the status. */
import type { Environment } from '../../cli/environment.ts';
import { EXIT, type ExitStatus } from '../../cli/exit-statuses.ts';
import { errorFacts, reportFailure, reportText } from '../../cli/report.ts';
import type { FailureContext } from '../../diagnose/facts.ts';
import type { Destination } from '../../diagnose/retrieve-outcomes.ts';
import { DicomError, type Failure } from '../../errors.ts';
import { eventLine } from '../../output/events.ts';
import { bytesText, countText, durationText } from '../../output/quantities.ts';
import type { Missing } from '../../output/retrieve-missing.ts';
import { jsonText } from '../../output/sanitize.ts';
import type { RetrieveOutcome, UnitResult } from '../../retrieve/events.ts';
import { type Again, againFor } from './again.ts';
import {
	isWorthListing,
	missingOf,
	reports,
	type Surroundings,
	statusOfAll,
	summaryLine,
	unitDocument,
	writeMissing,
} from './conclusion.ts';
import { againText, explainCutShort, interruptedLine, reachedText, whyCutShort } from './cut-short.ts';
import type { RetrieveOutput } from './output.ts';
import type { Planned } from './units.ts';

export interface EndOptions {
	readonly 'allow-empty': boolean;
	readonly accept: readonly string[];
	readonly journal: string | undefined;
	readonly quiet: number;
	readonly debug: boolean;
	readonly events: boolean;
	readonly format: 'json' | undefined;
}

/** What is known of a run by its end. */
export interface Ended extends Again {
	readonly context: FailureContext;
	readonly destination: Destination | undefined;
	/** Where instances go, if they come here. */
	readonly folder: string | undefined;
	/** Where the list of missing instances goes, if that was said. */
	readonly missingFile: string | undefined;
	readonly elapsedMs: number;
	/** The status of an end that was wanted. */
	readonly interrupted: ExitStatus | undefined;
	/** The signal, or that `--timeout` ran out. */
	readonly cause: Failure | undefined;
}

export class RetrieveEnd {
	readonly #options: EndOptions;
	readonly #env: Environment;
	readonly #output: RetrieveOutput;
	readonly #ended: Ended;

	constructor(ended: Ended, options: EndOptions, output: RetrieveOutput, env: Environment) {
		this.#ended = ended;
		this.#options = options;
		this.#output = output;
		this.#env = env;
	}

	async conclude(planned: Planned, outcome: RetrieveOutcome): Promise<ExitStatus> {
		const { 'allow-empty': allowEmpty, quiet, journal } = this.#options;
		const { talk, stderr } = this.#output;
		const { peer, interrupted } = this.#ended;
		const surroundings = this.#surroundings();
		const units = [...planned.units, ...planned.absent];
		const results = [...outcome.units, ...planned.absent.map((_, at) => absentResult(planned.units.length + at))];
		const exit = statusOfAll(units, results, interrupted, allowEmpty);
		const missing = missingOf(units, results, allowEmpty);
		const title = `dimse ${this.#ended.command} ${peer.label}: ${countText(missing.length, 'row')} of what is missing`;
		const isListed = missing.length > 0 && (this.#ended.missingFile !== undefined || isWorthListing(results));
		const list = isListed ? this.#written(missing, surroundings, title) : undefined;
		const cause = whyCutShort(this.#ended.cause, outcome.units);
		const context = {
			...this.#ended.context,
			reached: reachedText(results, this.#ended.dest === undefined ? outcome.arrived : undefined),
		};
		const error = cause === undefined ? undefined : await errorFacts(cause, context);
		const names = missing.flatMap(({ sopInstanceUid }) => sopInstanceUid ?? []);
		if (error !== undefined && this.#options.events) await this.#env.stdout.write(eventLine({ type: 'error', error }));
		await this.#document(
			{
				service: outcome.service,
				units: results.map((result) => unitDocument(units[result.unit], result, surroundings)),
				arrived: outcome.arrived,
				bytes: outcome.bytes,
				...(list === undefined ? {} : { missing_file: list }),
				jobs: outcome.jobs,
				...(error === undefined ? {} : { error }),
			},
			{
				arrived: outcome.arrived,
				failed: results.reduce((sum, { missingCount }) => sum + missingCount, 0),
				bytes: outcome.bytes,
				...expectedOf(results),
				...(names.length === 0 ? {} : { missing: names }),
				...(list === undefined ? {} : { missing_file: list }),
			},
			exit,
		);
		if (quiet < 2) {
			const shown = allowEmpty ? results.filter(({ verdict }) => verdict !== 'nothing-matched') : results;
			const told = reports(units, shown, surroundings, list);
			await stderr.write(told);
			const byList = list === undefined ? undefined : surroundings.again(list);
			const again = told === '' ? againText(byList, journal !== undefined) : undefined;
			if (cause !== undefined) await this.#cutShort(cause, context, outcome.units, again);
		}
		if (outcome.strays > 0)
			talk.note(`${countText(outcome.strays, 'instance')} came that nobody here had asked for; kept all the same`);
		if (list !== undefined) talk.say(`list of what is missing: ${list}`);
		if (results.length > 1) talk.say(summaryLine(results, peer.label, this.#totals(outcome)));
		return exit;
	}

	/** @param again how to go on, where that is not told yet */
	async #cutShort(
		cause: Failure,
		context: FailureContext,
		units: readonly UnitResult[],
		again: string | undefined,
	): Promise<void> {
		const { talk, stderr } = this.#output;
		if (cause.blame !== 'interrupted') await stderr.write(reportText(explainCutShort(cause, context, again)));
		else {
			const line = interruptedLine(cause.signal ?? 'SIGINT', units, again);
			if (line !== undefined) talk.say(line);
		}
	}

	/** That the list cannot be written is no reason to say nothing of what came. */
	#written(missing: readonly Missing[], surroundings: Surroundings, title: string): string | undefined {
		const { cwd } = this.#env;
		try {
			return writeMissing(missing, surroundings, title, this.#env);
		} catch (error) {
			if (!(error instanceof DicomError)) throw error;
			// The folder may be what is full.
			if (surroundings.missingFile === undefined && surroundings.folder !== cwd)
				return this.#written(missing, { ...surroundings, folder: cwd }, title);
			this.#output.warn('missing-list', `the list of what is missing could not be written: ${error.message}`);
			return undefined;
		}
	}

	/** There was nothing to ask for: the query had no match, or the list is empty. */
	async nothing(why: string): Promise<ExitStatus> {
		const exit = this.#options['allow-empty'] ? EXIT.ok : EXIT.nothing;
		await this.#document({ units: [], arrived: 0, bytes: 0 }, { arrived: 0, failed: 0 }, exit);
		this.#output.talk.say(`nothing to retrieve: ${why}`);
		return exit;
	}

	/** Nothing could be done at all, or what was done could not be noted. */
	async failed(error: DicomError): Promise<ExitStatus> {
		const { events, format } = this.#options;
		const context = { ...this.#ended.context, reached: 'nothing had been fetched yet' };
		const exit = await reportFailure(
			error,
			{ ...context, options: { ...this.#options, format: events ? undefined : format } },
			{ stdout: this.#env.stdout, stderr: this.#output.stderr },
		);
		const { units, settled, came, talk } = this.#output;
		const results = units.map((_, unit) => settled.get(unit) ?? { verdict: 'not-begun' as const });
		if (settled.size > 0) talk.say(summaryLine(results, this.#ended.peer.label, this.#totals(came)));
		if (!events) return exit;
		const { stdout } = this.#env;
		await stdout.write(eventLine({ type: 'error', error: await errorFacts(error.failure, context) }));
		await this.#document({}, { arrived: came.arrived, failed: 0 }, exit);
		return exit;
	}

	async #document(
		document: object,
		summary: { readonly arrived: number; readonly failed: number; readonly [fact: string]: unknown },
		exit: ExitStatus,
	): Promise<void> {
		const { events, format } = this.#options;
		const { stdout } = this.#env;
		const ms = Math.round(this.#ended.elapsedMs);
		if (events) await stdout.write(eventLine({ type: 'summary', completed: summary.arrived, ...summary, ms, exit }));
		else if (format === 'json')
			await stdout.write(`${jsonText({ ...this.#head(), ...document, warnings: this.#output.warnings, ms, exit })}\n`);
	}

	#head(): object {
		const { command, peer, dest, destination, folder } = this.#ended;
		const { node, label, calledAeTitle, callingAeTitle, host, port } = peer;
		const name = node === undefined ? { label } : { name: node };
		return {
			schema: `dimse.${command}/1`,
			node: { ...name, called: calledAeTitle, calling: callingAeTitle, host, port },
			...(dest === undefined ? {} : { destination: dest }),
			...(destination?.receiver === undefined
				? {}
				: { receiver: { aet: destination.aeTitle, port: destination.receiver.port } }),
			...(folder === undefined ? {} : { folder }),
		};
	}

	#totals({ arrived, bytes }: Pick<RetrieveOutcome, 'arrived' | 'bytes'>): string {
		const came = this.#ended.dest === undefined ? `${countText(arrived, 'instance')}, ${bytesText(bytes)} in ` : '';
		return `${came}${durationText(this.#ended.elapsedMs)}`;
	}

	#surroundings(): Surroundings {
		const { 'allow-empty': allowEmpty, accept } = this.#options;
		const { context, destination, folder, missingFile } = this.#ended;
		return {
			context,
			destination,
			again: (list) => againFor(this.#ended, this.#options, list),
			missingFile,
			folder: folder ?? this.#env.cwd,
			allowEmpty,
			isSelective: accept.some((one) => one !== 'storage' && one !== 'any'),
		};
	}
}

/** Of what was not asked for, since a query says that there is nothing. */
const absentResult = (unit: number): UnitResult => ({
	unit,
	verdict: 'nothing-matched',
	verified: true,
	expected: 0,
	expectedFrom: 'instances',
	claimed: {},
	arrived: 0,
	bytes: 0,
	missingCount: 0,
	missing: [],
	elapsedMs: 0,
	attempts: 0,
});

const expectedOf = (results: RetrieveOutcome['units']): { readonly expected?: number } =>
	results.some(({ expected }) => expected === undefined)
		? {}
		: { expected: results.reduce((sum, { expected = 0 }) => sum + expected, 0) };
