/** An error as a person is told it: three parts on stderr (what came back, what it means, what to do), and as a document for programs. */
import type { FailureContext } from '../diagnose/facts.ts';
import { DicomError } from '../errors.ts';
import type { Environment } from './environment.ts';
import { EXIT, type ExitStatus, exitStatusOf } from './exit-statuses.ts';

/** What is wanted of a report. `isReported`: the command itself has a place for the error in its output. */
export interface ReportOptions {
	readonly quiet?: number;
	readonly debug?: boolean;
	readonly format?: string | undefined;
	readonly isReported?: boolean;
}

/**
 * Tells the error and gives the exit status for it. The explanations are loaded here and only now.
 *
 * @param error anything that was thrown; what is no DicomError is a bug of ours
 */
export const reportFailure = async (
	error: unknown,
	context: FailureContext,
	env: Environment,
	options: ReportOptions = {},
): Promise<ExitStatus> => {
	const { sanitize, jsonText } = await import('../output/sanitize.ts');
	const stack = (one: unknown): string => (one instanceof Error ? (one.stack ?? one.message) : String(one));
	if (!(error instanceof DicomError)) {
		await env.stderr.write(
			sanitizeLines(
				[
					`dimse: internal error: ${error instanceof Error ? error.message : String(error)}`,
					'  do         this is a bug of dimse: please report it with the command line and the output of the same with -d',
					...(options.debug === true ? stack(error).split('\n') : []),
				],
				sanitize,
			),
		);
		return EXIT.bug;
	}
	const exit = exitStatusOf(error.failure);
	if (error.failure.blame === 'interrupted' && error.failure.signal === 'EPIPE') return exit;
	const { explainFailure } = await import('../diagnose/explain.ts');
	const { title, cameBack, means, do: next } = explainFailure(error.failure, context);
	if ((options.quiet ?? 0) < 2) {
		const part = (name: string, lines: readonly string[]) =>
			lines.map((line, index) => `  ${(index === 0 ? name : '').padEnd(11)}${line}`);
		await env.stderr.write(
			sanitizeLines(
				[
					`dimse: ${title}`,
					...part('came back', cameBack === undefined ? [] : [cameBack]),
					...part('means', means),
					...part('do', next),
					...(options.debug === true ? stack(error).split('\n') : []),
				],
				sanitize,
			),
		);
	}
	if (options.format !== undefined && /^(json|jsonl|dicom-json)$/.test(options.format) && options.isReported !== true)
		await env.stdout.write(
			`${jsonText({
				schema: 'dimse.error/1',
				error: { kind: error.failure.blame, message: title, explain: { cameBack, means, do: next }, exit },
			})}\n`,
		);
	return exit;
};

const sanitizeLines = (lines: readonly string[], sanitize: (text: string) => string): string =>
	lines.map((line) => `${sanitize(line)}\n`).join('');
