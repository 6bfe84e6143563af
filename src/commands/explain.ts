/** `dimse explain`: what a status, a rejection, an abort, a UID, a tag or a line of somebody's log means. */
import { defineCommand } from '../cli/command.ts';
import type { Environment } from '../cli/environment.ts';
import { EXIT, type ExitStatus } from '../cli/exit-statuses.ts';
import { GENERAL } from '../cli/option-groups.ts';
import { reportFailure } from '../cli/report.ts';
import type { Finding } from '../diagnose/findings.ts';
import { findings } from '../diagnose/findings.ts';
import { logReader, recognize } from '../diagnose/recognition.ts';
import { nearestKeywords } from '../dicom/dictionary.ts';
import { DicomError } from '../errors.ts';
import { sanitize } from '../output/sanitize.ts';

export default defineCommand({
	name: 'explain',
	aliases: [],
	summary: 'say what a code, a UID, a tag or a line of a log means',
	description: [
		'Takes a status (A702, move A702, 110H, all of A7xx), the three numbers of a rejected association (1/1/7), an abort (abort 2/1), the result of a presentation context (pc 4), a UID, its keyword or its name, a tag or its keyword, or a line pasted from the log of DCMTK, pynetdicom, dcm4che, fo-dicom or Orthanc.',
		'With - it reads a log from stdin and writes it again, a line of explanation below each line that says that something is wrong.',
		'Exit status 1 says that nothing in the text is known.',
	],
	positionals: [
		{ name: 'ANYTHING', help: 'a code or a line, in one argument or several; - for stdin', required: true, many: true },
	],
	options: {
		format: {
			type: 'string',
			short: 'F',
			value: 'FORMAT',
			choices: ['json'],
			group: 'Output',
			help: 'a document on stdout',
			sets: { '--json': 'json' },
		},
		...GENERAL,
	},
	examples: [
		{ line: 'dimse explain move A702', says: 'a status of a C-MOVE' },
		{ line: 'dimse explain 1/1/7', says: 'a rejected association' },
		{ line: 'dimse explain 1.2.840.10008.1.2.4.70', says: 'a UID' },
		{ line: 'dimse explain 0008,0058', says: 'a tag' },
		{ line: "dimse explain 'Called AE Title Not Recognized'", says: "a line of somebody's log" },
		{ line: 'tail -f dcmqrscp.log | dimse explain -', says: 'a log while it is written' },
	],
	async run(options, positionals, env): Promise<ExitStatus> {
		if (positionals.length === 1 && positionals[0] === '-') return annotate(env);
		const text = positionals.join(' ');
		if (text.trim() === '') throw new DicomError({ blame: 'usage', message: 'explain: what?', hint: HINT });
		const found = recognize(text).flatMap(findings);
		if (options.format === 'json')
			await env.stdout.write(`${JSON.stringify({ schema: 'dimse.explain/1', text, findings: found })}\n`);
		else if (found.length > 0) await env.stdout.write(found.map(block).join('\n'));
		if (found.length > 0) return EXIT.ok;
		const suggestions = /^\w+$/.test(text) ? nearestKeywords(text) : [];
		const unknown = new DicomError({
			blame: 'usage',
			message: `nothing is known of "${sanitize(text)}"`,
			suggestions,
			hint: HINT,
		});
		// Told as a failure is, though it is an answer; in JSON the document without findings says it already.
		if (options.format === undefined || options.quiet === 0)
			await reportFailure(unknown, { command: 'explain', options: { ...options, format: undefined } }, env);
		return EXIT.nothing;
	},
});

const HINT =
	'a status (A702), 1/1/7, abort 2/1, pc 4, a UID, a tag or a keyword, a line of a log, or - for a whole log on stdin';

const block = ({ code, what, class: kind, standard, practice, next }: Finding): string => {
	const head = [code, what, kind, standard].filter((part) => part !== '').join('  ');
	return `${[
		head,
		...(practice.length === 0
			? []
			: ['In practice', ...practice.map((line, index) => numbered(line, index, practice.length))]),
		...(next.length === 0 ? [] : ['Do', ...next.map((line) => `  -  ${line}`)]),
	]
		.map(sanitize)
		.join('\n')}\n`;
};

const numbered = (line: string, index: number, of: number): string =>
	of === 1 ? `  ${line}` : `  ${index + 1}  ${line}`;

/** The log as it came, sanitised, and below a line that tells of trouble what it is. */
const annotate = async (env: Environment): Promise<ExitStatus> => {
	const decoder = new TextDecoder();
	let rest = '';
	const recognized = logReader();
	let known = 0;
	const told = async (line: string): Promise<void> => {
		const [finding] = recognized(line).flatMap(findings);
		if (finding === undefined) return env.stdout.write(`${sanitize(line)}\n`);
		known++;
		const { code, what, standard, practice } = finding;
		const head = [code, what, standard].filter((part) => part !== '').join('  ');
		const [first] = practice;
		return env.stdout.write(`${sanitize(line)}\n    = ${sanitize(first === undefined ? head : `${head}: ${first}`)}\n`);
	};
	for await (const bytes of env.stdin.bytes()) {
		const lines = (rest + decoder.decode(bytes, { stream: true })).split(/\r?\n/);
		rest = (lines.pop() ?? '').slice(-LONGEST_LINE);
		for (const line of lines) await told(line.slice(0, LONGEST_LINE));
		if (env.stdout.closed || env.interrupt.aborted) break;
	}
	if (rest !== '') await told(rest);
	return known === 0 ? EXIT.nothing : EXIT.ok;
};

const LONGEST_LINE = 65_536;
