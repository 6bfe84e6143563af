/** Tells a failure: three parts on stderr, or one JSON document for programs, and the exit status either way. */
import type { Explanation, FailureContext } from '../diagnose/explain.ts';
import { DicomError, type Failure } from '../errors.ts';
import { jsonText, sanitize } from '../output/sanitize.ts';
import { isWanted, type LogOptions } from './conversation.ts';
import type { Environment } from './environment.ts';
import { EXIT, type ExitStatus, exitStatusOf } from './exit-statuses.ts';

/** What a report depends on beside the failure: where it happened, and the options of the command. */
export interface ReportContext extends FailureContext {
	readonly options?: (Partial<LogOptions> & { readonly format?: string | undefined }) | undefined;
}

const JSON_FORMATS: readonly (string | undefined)[] = ['json', 'jsonl', 'dicom-json'];

/**
 * Tells whatever was thrown and returns the exit status it ends the program with. The explanations are loaded only here, since most runs need
 * none. An error that is no DicomError is a bug of ours and ends with 70.
 */
export const reportFailure = async (
	error: unknown,
	context: ReportContext,
	env: Pick<Environment, 'stdout' | 'stderr'>,
): Promise<ExitStatus> => {
	const options = context.options ?? {};
	const log = { quiet: options.quiet ?? 0, verbose: 0, debug: options.debug ?? false };
	if (!(error instanceof DicomError)) {
		if (isWanted('fatal', log)) await env.stderr.write(`${bugText(error, log.debug)}\n`);
		return EXIT.bug;
	}
	const { failure } = error;
	const exit = exitStatusOf(failure);
	if (failure.blame === 'interrupted' && failure.signal === 'EPIPE') return exit;
	const { explainFailure } = await import('../diagnose/explain.ts');
	const explanation = explainFailure(failure, context);
	if (JSON_FORMATS.includes(options.format))
		await env.stdout.write(`${jsonText({ schema: 'dimse.error/1', error: factsOf(failure, explanation) })}\n`);
	// In JSON the message is on stdout already; -q then leaves stderr empty.
	const isTold = JSON_FORMATS.includes(options.format) && log.quiet > 0;
	if (!isTold && isWanted('error', log)) await env.stderr.write(reportText(explanation));
	if (log.debug && error.stack !== undefined) await env.stderr.write(`${printable(error.stack)}\n`);
	return exit;
};

/** The three parts below each other, as in ux.md 4.6. Longer lines are the terminal's to break. */
export const reportText = ({ title, cameBack, means, do: advice }: Explanation): string =>
	[
		`dimse: ${printable(title)}`,
		...reportPart('came back', cameBack === undefined ? [] : [cameBack]),
		...reportPart('means', means),
		...reportPart('do', advice),
		'',
	].join('\n');

/** One part: its name, and its lines below each other. */
export const reportPart = (name: string, lines: readonly string[]): string[] =>
	lines
		.flatMap((line) => line.split('\n'))
		.map((line, at) => `  ${(at === 0 ? name : '').padEnd(9)}  ${sanitize(line)}`.trimEnd());

const printable = (text: string): string => text.split('\n').map(sanitize).join('\n');

/** One line, and where to take it; the stack is for who asks for it with -d. */
export const bugText = (error: unknown, isDebug: boolean): string => {
	const isError = error instanceof Error;
	const what = isError ? `${error.name}: ${error.message.split('\n')[0]}` : String(error);
	const line = `dimse: a bug of this program, please report it with this line (-d shows more): ${sanitize(what)}`;
	return isDebug && isError && error.stack !== undefined ? `${line}\n${printable(error.stack)}` : line;
};

/** The error as programs are given it, in a document of its own or as part of another. */
export const errorFacts = async (failure: Failure, context: FailureContext): Promise<object> => {
	const { explainFailure } = await import('../diagnose/explain.ts');
	return factsOf(failure, explainFailure(failure, context));
};

const factsOf = (failure: Failure, { title, cameBack, means, do: advice }: Explanation): object => {
	const code = codeOf(failure);
	return {
		kind: failure.blame,
		...(code === undefined ? {} : { code }),
		message: title,
		explain: { ...(cameBack === undefined ? {} : { came_back: cameBack }), means, do: advice },
		exit: exitStatusOf(failure),
	};
};

/** The number or name that the standard, Node or OpenSSL gives it: `1/1/7`, `A700`, `ECONNREFUSED`. */
const codeOf = (failure: Failure): string | undefined => {
	switch (failure.blame) {
		case 'rejected':
			return `${failure.result}/${failure.source}/${failure.reason}`;
		case 'status':
			return failure.status.toString(16).toUpperCase().padStart(4, '0');
		case 'auth':
			return failure.status?.toString(16).toUpperCase().padStart(4, '0');
		case 'aborted':
			return failure.source === undefined ? failure.code : `${failure.source}/${failure.reason ?? 0}`;
		case 'timeout':
			return failure.waitingFor;
		case 'resolve':
		case 'connect':
		case 'tls':
		case 'io':
			return failure.code;
		case 'interrupted':
			return failure.signal;
		case 'no-context':
			return failure.refused[0] === undefined ? undefined : String(failure.refused[0].result);
		case 'usage':
		case 'protocol':
			return undefined;
	}
};
