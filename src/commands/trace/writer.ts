/** A trace file while it is written: the format by the ending of its name. */
import { randomBytes } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import type { TraceEvent, TraceSink } from '../../association/trace.ts';
import { DicomError } from '../../errors.ts';
import { localTime, traceText } from '../../output/trace-text.ts';
import { type TraceTimes, traceHead, traceLine } from '../../trace/json-lines.ts';
import { pcapHeader, pcapRecords } from '../../trace/pcap.ts';
import { redacted, withoutIdentity } from '../../trace/redaction.ts';

export const TRACE_ENDINGS = ['.txt', '.jsonl', '.pcap'] as const;
export type TraceEnding = (typeof TRACE_ENDINGS)[number];

/** What a file of one format begins with, and what each event adds. */
export interface TraceFormat {
	readonly head: string | Uint8Array;
	event(event: TraceEvent): string | Uint8Array | undefined;
}

export const traceFormat = (ending: TraceEnding, times: TraceTimes): TraceFormat => {
	const { epochMs, startedMs } = times;
	switch (ending) {
		case '.jsonl':
			return { head: traceHead(times), event: traceLine };
		case '.pcap':
			return { head: pcapHeader(), event: pcapRecords(epochMs) };
		case '.txt': {
			const text = traceText({ level: 'debug', time: localTime(epochMs) });
			return {
				head: `${new Date(startedMs).toISOString()}  times are local\n`,
				event: (event) =>
					text(event)
						.map((line) => `${line}\n`)
						.join(''),
			};
		}
	}
};

/** Writes a trace that is there already, whole. @throws DicomError usage for the name, io */
export const writeTrace = async (
	path: string,
	events: readonly TraceEvent[],
	settings: TraceTimes & { readonly redact: boolean },
): Promise<void> => {
	let failure: string | undefined;
	const write = await traceWriter(path, {
		...settings,
		failed: (message) => {
			failure = message;
		},
	});
	for (const event of events) write(event);
	if (failure !== undefined) throw new DicomError({ blame: 'io', code: 'ERROR', message: failure, path });
};

/** @throws DicomError usage */
export const traceEnding = (path: string): TraceEnding => {
	const ending = TRACE_ENDINGS.find((one) => path.toLowerCase().endsWith(one));
	if (ending !== undefined) return ending;
	throw new DicomError({
		blame: 'usage',
		message: `${path}: the ending says how a trace is written, and this one says nothing`,
		hint: '.txt to read it, .jsonl to work with it, .pcap for Wireshark and tshark',
	});
};

export interface TraceSettings extends TraceTimes {
	readonly redact: boolean;
	/** Says once why nothing more is written. */
	failed(message: string): void;
}

/**
 * A sink that writes at once, so that a trace is whole up to a crash. Passwords and tickets never get into it.
 *
 * @throws DicomError usage, io
 */
export const traceWriter = async (
	path: string,
	{ redact, epochMs, startedMs, failed }: TraceSettings,
): Promise<TraceSink> => {
	const format = traceFormat(traceEnding(path), { epochMs, startedMs });
	const prepared = redact
		? redacted(randomBytes(16).toString('hex'))
		: (event: TraceEvent): readonly TraceEvent[] => [withoutIdentity(event)];
	let file: number;
	try {
		file = openSync(path, 'w', 0o600);
		writeSync(file, format.head as string);
	} catch (error) {
		const { code = 'ERROR', message } = error as NodeJS.ErrnoException;
		throw new DicomError({ blame: 'io', code, message, path }, { cause: error });
	}
	let hasFailed = false;
	return (event) => {
		if (hasFailed) return;
		try {
			for (const one of prepared(event)) {
				const added = format.event(one);
				if (added !== undefined && added.length > 0) writeSync(file, added as string);
			}
		} catch (error) {
			hasFailed = true; // a full disk must not end what is being looked at
			failed(error instanceof Error ? error.message : String(error));
		}
	};
};
