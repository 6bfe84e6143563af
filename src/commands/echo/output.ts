/** What `dimse echo` prints: a line for one peer, a table for several, statistics, JSON. */
import type { Environment } from '../../cli/environment.ts';
import type { Peer } from '../../cli/peer.ts';
import type { Failure } from '../../errors.ts';
import type { Route } from '../connecting.ts';

/** What came of one peer. Times in milliseconds, one for each answer. */
export interface EchoResult {
	readonly peer: Peer;
	readonly sent: number;
	readonly timesMs: readonly number[];
	readonly negotiated:
		| {
				readonly implementationClassUid?: string | undefined;
				readonly implementationVersionName?: string | undefined;
				readonly maximumLength?: number | undefined;
				readonly connectMs: number;
				readonly associateMs: number;
				readonly transferSyntax: string;
		  }
		| undefined;
	readonly route: Route;
	readonly failure: Failure | undefined;
}

interface Options {
	readonly format: string | undefined;
	readonly stats: boolean;
	readonly events: boolean;
	readonly verbose: number;
	readonly color: 'auto' | 'always' | 'never';
}

/** Milliseconds as people read them: 12.1 ms. */
const ms = (time: number): string => `${time < 100 ? time.toFixed(1) : Math.round(time)} ms`;

const summary = (times: readonly number[]) => ({
	min: Math.min(...times),
	avg: times.reduce((sum, time) => sum + time, 0) / times.length,
	max: Math.max(...times),
});

/** Microseconds are the last that is measured. */
const rounded = (time: number): number => Math.round(time * 1000) / 1000;

const roundedSummary = (times: readonly number[]) => {
	const { min, avg, max } = summary(times);
	return { min: rounded(min), avg: rounded(avg), max: rounded(max) };
};

const lossOf = ({ sent, timesMs }: EchoResult): number => (sent === 0 ? 100 : (100 * (sent - timesMs.length)) / sent);

/** Writes the results to stdout; failures are reported elsewhere, here they are one word. */
export const printEchoes = async (
	results: readonly EchoResult[],
	options: Options,
	env: Environment,
): Promise<void> => {
	if (options.events) await printJson(results, 'events', env);
	else if (options.format === 'json' || options.format === 'jsonl' || options.format === 'dicom-json')
		await printJson(results, options.format, env);
	else if (options.format === 'name')
		await env.stdout.write(
			results.flatMap(({ peer, failure }) => (failure === undefined ? [`${peer.label}\n`] : [])).join(''),
		);
	else if (results.length === 1 && options.format === undefined && env.stdout.isTty)
		await printOne(results[0], options, env);
	else if (options.format === undefined ? env.stdout.isTty : /^(table|wide|expanded)$/.test(options.format))
		await printTable(results, options, env);
	else await printDelimited(results, options.format === 'csv' ? ',' : '\t', env);
};

const printOne = async (result: EchoResult | undefined, { stats }: Options, env: Environment): Promise<void> => {
	if (result === undefined || result.timesMs.length === 0) return;
	const { sanitize } = await import('../../output/sanitize.ts');
	const { peer, timesMs, sent, negotiated, failure } = result;
	const who = [
		negotiated?.implementationVersionName ?? negotiated?.implementationClassUid,
		limit(negotiated?.maximumLength),
	]
		.filter((part) => part !== undefined && part !== '')
		.join(', ');
	// What was answered last may be the refusal that ended it.
	const word = (index: number) =>
		index === timesMs.length - 1 && (failure?.blame === 'status' || failure?.blame === 'auth') ? 'refused' : 'ok';
	const lines =
		sent === 1
			? [`${peer.label}  ${word(0)}  ${ms(timesMs[0] ?? 0)}${who === '' ? '' : `  (${who})`}`]
			: timesMs.map((time, index) => `${peer.label}  ${index + 1}  ${word(index)}  ${ms(time)}`);
	if (stats || sent > 1) {
		const { min, avg, max } = summary(timesMs);
		lines.push(
			`${peer.label}  ${timesMs.length} of ${sent} answered, loss ${Math.round(lossOf(result))}%, min/avg/max ${ms(min)} / ${ms(avg)} / ${ms(max)}`,
		);
	}
	await env.stdout.write(`${lines.map(sanitize).join('\n')}\n`);
};

const limit = (maximumLength: number | undefined): string | undefined =>
	maximumLength === undefined ? undefined : maximumLength === 0 ? 'any PDU length' : `max PDU ${maximumLength}`;

const COLUMNS = [
	'node',
	'state',
	'sent',
	'answered',
	'min_ms',
	'avg_ms',
	'max_ms',
	'implementation',
	'max_pdu',
] as const;

const cells = (result: EchoResult): readonly string[] => {
	const { peer, failure, sent, timesMs, negotiated } = result;
	const times = timesMs.length === 0 ? undefined : summary(timesMs);
	const shown = (time: number | undefined) => (time === undefined ? '' : time.toFixed(1));
	return [
		peer.label,
		failure === undefined ? 'ok' : failure.blame,
		String(sent),
		String(timesMs.length),
		shown(times?.min),
		shown(times?.avg),
		shown(times?.max),
		negotiated?.implementationVersionName ?? negotiated?.implementationClassUid ?? '',
		negotiated?.maximumLength === undefined ? '' : String(negotiated.maximumLength),
	];
};

const printDelimited = async (
	results: readonly EchoResult[],
	separator: ',' | '\t',
	env: Environment,
): Promise<void> => {
	const { sanitizeTsv, sanitize } = await import('../../output/sanitize.ts');
	const cell = (text: string) =>
		separator === '\t'
			? sanitizeTsv(text)
			: /[",\n]/.test(text)
				? `"${sanitize(text).replaceAll('"', '""')}"`
				: sanitize(text);
	const rows = separator === ',' ? [COLUMNS, ...results.map(cells)] : results.map(cells);
	await env.stdout.write(rows.map((row) => `${row.map(cell).join(separator)}\n`).join(''));
};

const printTable = async (results: readonly EchoResult[], options: Options, env: Environment): Promise<void> => {
	const [{ wholeTable }, { loadPaint, wantsColor }] = await Promise.all([
		import('../../output/table.ts'),
		import('../../output/theme.ts'),
	]);
	const right = { alignment: 'right' } as const;
	const fields = [
		{ heading: 'NODE', priority: 100 },
		{ heading: 'STATE', priority: 95 },
		{ heading: 'SENT', priority: 30, ...right },
		{ heading: 'ANSWERED', priority: 60, ...right },
		{ heading: 'MIN ms', priority: 40, ...right },
		{ heading: 'AVG ms', priority: 80, ...right },
		{ heading: 'MAX ms', priority: 50, ...right },
		{ heading: 'IMPLEMENTATION', priority: 70 },
		{ heading: 'MAX PDU', priority: 35, ...right },
	];
	const paint = await loadPaint(wantsColor(options.color, env.stdout.isTty, env.variables));
	const width = env.stdout.isTty && options.format !== 'wide' ? env.stdout.columns : undefined;
	await env.stdout.write(await wholeTable(fields, results.map(cells), { width, paint }));
};

const documentOf = ({ peer, sent, timesMs, negotiated, failure }: EchoResult) => ({
	node: {
		label: peer.label,
		called: peer.calledAeTitle,
		calling: peer.callingAeTitle,
		host: peer.host,
		port: peer.port,
	},
	ok: failure === undefined,
	sent,
	answered: timesMs.length,
	times_ms: timesMs.map(rounded),
	...(timesMs.length === 0 ? {} : { rtt_ms: roundedSummary(timesMs) }),
	...(negotiated === undefined
		? {}
		: {
				peer: {
					implementation_class_uid: negotiated.implementationClassUid ?? null,
					implementation_version_name: negotiated.implementationVersionName ?? null,
					max_pdu: negotiated.maximumLength ?? null,
				},
				transfer_syntax: negotiated.transferSyntax,
				timing: { connect_ms: rounded(negotiated.connectMs), associate_ms: rounded(negotiated.associateMs) },
			}),
	...(failure === undefined ? {} : { error: { kind: failure.blame, ...failure } }),
});

const printJson = async (results: readonly EchoResult[], format: string, env: Environment): Promise<void> => {
	const { jsonText } = await import('../../output/sanitize.ts');
	const documents = results.map(documentOf);
	if (format === 'json' || format === 'dicom-json')
		await env.stdout.write(`${jsonText({ schema: 'dimse.echo/1', results: documents })}\n`);
	else {
		const lines = format === 'events' ? documents.map((one) => ({ type: 'echo', ...one })) : documents;
		await env.stdout.write(lines.map((one) => `${jsonText(one)}\n`).join(''));
	}
};
