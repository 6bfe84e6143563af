/** `dimse trace`: reads, converts and counts what `--trace FILE` has written. */
import { openSync, readFileSync, writeSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { TraceEvent } from '../association/trace.ts';
import { defineCommand } from '../cli/command.ts';
import { converse, type LogOptions } from '../cli/conversation.ts';
import type { Environment } from '../cli/environment.ts';
import { EXIT, type ExitStatus } from '../cli/exit-statuses.ts';
import { GENERAL } from '../cli/option-groups.ts';
import { DicomError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { hexLines } from '../output/hex-lines.ts';
import { localTime, traceText } from '../output/trace-text.ts';
import { traceFilter } from '../trace/filter.ts';
import { readTraceLines, type TraceTimes, traceHead, traceLine } from '../trace/json-lines.ts';
import { withMessages } from '../trace/messages.ts';
import { readPcap } from '../trace/pcap.ts';
import { traceStatistics } from '../trace/statistics.ts';

import { statisticsText } from './trace/statistics.ts';
import { traceEnding, traceFormat } from './trace/writer.ts';

const ACTIONS = ['show', 'convert', 'stats'] as const;

export default defineCommand({
	name: 'trace',
	aliases: [],
	summary: 'read, convert and count recorded traces',
	description: [
		'Every command that talks to a peer writes what goes over the wire to a file with --trace FILE: to a .txt for reading, a .jsonl that loses nothing, or a .pcap that Wireshark and tshark decode without being told what it is. It is recorded above TLS: encrypted sessions are as readable as others.',
		'show prints a .jsonl or .pcap as -d would have, convert makes one format into another, stats tells the round trips, bytes and gaps of each association.',
		'With --filter only what is asked for: assoc, msg, pdu, dimse, cmd, status, dir, ae, time, gap or a DICOM keyword, compared with = != < > <= >= or ~ (contains), joined by and, or, not and parentheses. A status is a number, so that FF00 (pending) is above A000, or a class: failure, warning, cancel, pending, success. A file made with --redact names nobody: it can be passed on.',
	],
	positionals: [
		{ name: 'ACTION', help: 'show FILE, convert IN OUT, stats FILE', required: true },
		{ name: 'FILE', help: 'a .jsonl or .pcap; convert also writes .txt', many: true, completes: 'file' },
	],
	options: {
		filter: { type: 'string', value: 'EXPR', group: 'Common', help: 'only events for which this holds' },
		hex: { type: 'boolean', group: 'Common', help: 'with show: the bytes of each PDU' },
		redact: { type: 'boolean', group: 'Common', help: 'with tokens in place of what says who the patient is' },
		format: {
			type: 'string',
			short: 'F',
			value: 'FORMAT',
			choices: ['json'],
			group: 'Output',
			help: 'with stats: a document on stdout; with show: a line of JSON an event',
			sets: { '--json': 'json' },
		},
		...GENERAL,
	},
	examples: [
		{ line: 'dimse find main --name smith --trace q.jsonl', says: 'record a query' },
		{
			line: "dimse trace show q.jsonl --filter 'status = failure or pdu = RJ or pdu = ABORT'",
			says: 'what went wrong in it',
		},
		{ line: 'dimse trace convert q.jsonl q.pcap --redact', says: 'for somebody with Wireshark, without patients' },
		{ line: 'dimse trace stats q.jsonl', says: 'where the time went' },
	],
	async run(options, positionals, env): Promise<ExitStatus> {
		const [action = '', ...files] = positionals;
		const [from, to] = files;
		switch (action) {
			case 'show':
				return show(one(files, 'show FILE'), options, env);
			case 'stats':
				return stats(one(files, 'stats FILE'), options, env);
			case 'convert':
				if (from === undefined || to === undefined || files.length > 2) throw wrongCount('convert IN OUT');
				return convert(from, to, options, env);
			default:
				throw new DicomError({
					blame: 'usage',
					message: action === '' ? 'trace: which action?' : `trace: unknown action "${action}"`,
					suggestions: nearest(action, ACTIONS),
					hint: 'the actions are show, convert and stats',
				});
		}
	},
});

interface Options extends LogOptions {
	readonly filter: string | undefined;
	readonly hex: boolean;
	readonly redact: boolean;
	readonly format: 'json' | undefined;
}

const one = (files: readonly string[], usage: string): string => {
	const [file] = files;
	if (file === undefined || files.length > 1) throw wrongCount(usage);
	return file;
};

const wrongCount = (usage: string): DicomError =>
	new DicomError({ blame: 'usage', message: `trace: this takes other arguments: dimse trace ${usage}` });

interface Recorded extends TraceTimes {
	readonly events: readonly TraceEvent[];
	/** In words what of the file is left out; '' where nothing is. */
	readonly leftOut: string;
}

/** The events of a file, messages included, and those of them that the options ask for. @throws DicomError usage, io */
const recorded = async (
	path: string,
	options: Options,
	env: Environment,
): Promise<Omit<Recorded, 'leftOut'> & { readonly wanted: readonly TraceEvent[] }> => {
	const wanted = traceFilter(options.filter ?? '');
	const { events, epochMs, startedMs, leftOut } = readTrace(path, env);
	if (leftOut !== '') converse(options, env).warn(`${path}: ${leftOut}`);
	const whole = options.redact ? await withoutPatients(events) : events;
	return { events: whole, epochMs, startedMs, wanted: whole.filter(wanted) };
};

const withoutPatients = async (events: readonly TraceEvent[]): Promise<readonly TraceEvent[]> => {
	const [{ redacted }, { randomBytes }] = [await import('../trace/redaction.ts'), await import('node:crypto')];
	return events.flatMap(redacted(randomBytes(16).toString('hex')));
};

const readTrace = (path: string, env: Environment): Recorded => {
	const whole = isAbsolute(path) ? path : join(env.cwd, path);
	let bytes: Uint8Array;
	try {
		bytes = readFileSync(whole);
	} catch (error) {
		const { code = 'ERROR', message } = error as NodeJS.ErrnoException;
		throw new DicomError({ blame: 'io', code, message, path }, { cause: error });
	}
	try {
		if (bytes[0] === 0x7b) {
			const { damaged, ...lines } = readTraceLines(new TextDecoder().decode(bytes));
			return { ...lines, leftOut: damagedWords('line', damaged) };
		}
		if (!isPcap(bytes)) throw notForPrograms(path, bytes);
		const { events, epochMs, damaged, cutAt } = readPcap(bytes);
		const startedMs = epochMs + (events[0]?.at ?? 0);
		const leftOut = [damagedWords('record', damaged), cutWords(cutAt)].filter((words) => words !== '').join('; ');
		return { events: events.flatMap(withMessages()), leftOut, epochMs, startedMs };
	} catch (error) {
		if (!(error instanceof DicomError) || error.failure.blame !== 'io') throw error;
		throw new DicomError({ ...error.failure, message: `${path}: ${error.failure.message}`, path }, { cause: error });
	}
};

/** @param numbers of the lines or records that are left out */
const damagedWords = (unit: 'line' | 'record', [first, ...more]: readonly number[]): string => {
	if (first === undefined) return '';
	if (more.length === 0) return `${unit} ${first} is damaged and left out`;
	return `${1 + more.length} ${unit}s, of which ${unit} ${first} is the first, are damaged and left out`;
};

/** @param record whose length is greater than what the file has left */
const cutWords = (record: number | undefined): string =>
	record === undefined
		? ''
		: `record ${record} is cut off, or its length is wrong: it is left out, and what may follow it`;

/** Of either byte order, with microseconds or nanoseconds. */
const isPcap = (bytes: Uint8Array): boolean =>
	['d4c3b2a1', 'a1b2c3d4', '4d3cb2a1', 'a1b23c4d'].includes(Buffer.from(bytes.subarray(0, 4)).toString('hex'));

const PCAPNG = '0a0d0d0a';

const notForPrograms = (path: string, bytes: Uint8Array): DicomError => {
	const isPcapng = Buffer.from(bytes.subarray(0, 4)).toString('hex') === PCAPNG;
	return new DicomError({
		blame: 'usage',
		message: `${path}: ${isPcapng ? 'pcapng is not read' : 'neither a .jsonl nor a .pcap of --trace'}`,
		hint: isPcapng
			? 'editcap -F pcap makes a .pcap of it; what is read is one of upper PDUs, as --trace writes it'
			: 'a .txt is for people: record with --trace FILE.jsonl, which convert makes a .txt of',
	});
};

const show = async (path: string, options: Options, env: Environment): Promise<ExitStatus> => {
	const { events, epochMs, startedMs, wanted } = await recorded(path, options, env);
	if (options.format === 'json') {
		await env.stdout.write(traceHead({ epochMs, startedMs }));
		for (const event of wanted) {
			await env.stdout.write(traceLine(event));
			if (env.stdout.closed) break;
		}
		return wanted.length === 0 ? EXIT.nothing : EXIT.ok;
	}
	const text = traceText({ level: 'debug', time: localTime(epochMs) });
	const shown = new Set(wanted);
	for (const event of events) {
		// Those that are not shown say what those after them are about.
		const told = text(event);
		if (!shown.has(event)) continue;
		const lines = [...told, ...(options.hex && event.event === 'pdu' ? hexLines(event.bytes, event.length) : [])];
		if (lines.length > 0) await env.stdout.write(`${lines.join('\n')}\n`);
		if (env.stdout.closed) break;
	}
	return wanted.length === 0 ? EXIT.nothing : EXIT.ok;
};

const convert = async (from: string, to: string, options: Options, env: Environment): Promise<ExitStatus> => {
	const ending = traceEnding(to);
	const { wanted, epochMs, startedMs } = await recorded(from, options, env);
	const format = traceFormat(ending, { epochMs, startedMs });
	try {
		const file = openSync(isAbsolute(to) ? to : join(env.cwd, to), 'w', 0o600);
		writeSync(file, format.head as string);
		for (const event of wanted) {
			const added = format.event(event);
			if (added !== undefined && added.length > 0) writeSync(file, added as string);
		}
	} catch (error) {
		const { code = 'ERROR', message } = error as NodeJS.ErrnoException;
		throw new DicomError({ blame: 'io', code, message, path: to }, { cause: error });
	}
	return wanted.length === 0 ? EXIT.nothing : EXIT.ok;
};

const stats = async (path: string, options: Options, env: Environment): Promise<ExitStatus> => {
	const { wanted, epochMs } = await recorded(path, options, env);
	const statistics = traceStatistics(wanted);
	if (options.format === 'json')
		await env.stdout.write(
			`${JSON.stringify({ schema: 'dimse.trace-stats/1', epoch_ms: epochMs, associations: statistics })}\n`,
		);
	else await env.stdout.write(statisticsText(statistics));
	return statistics.length === 0 ? EXIT.nothing : EXIT.ok;
};
