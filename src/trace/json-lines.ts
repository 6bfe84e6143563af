/** Traces as JSON lines, the format that loses nothing: a line an event, what is decoded beside what was on the wire. */
import type { TraceEvent } from '../association/trace.ts';
import { decodeDataset } from '../dicom/decode.ts';
import { toJsonModel } from '../dicom/json-model.ts';
import { DicomError } from '../errors.ts';
import { decodePdu } from '../upper-layer/pdu/index.ts';
import { isEvent, isTime } from './event-shape.ts';

const SCHEMA = 'dimse.trace/1';

/** Unix times in milliseconds: when the events' clock stood at 0, and when the trace began. */
export interface TraceTimes {
	readonly epochMs: number;
	readonly startedMs: number;
}

/** The first line of a file. */
export const traceHead = ({ epochMs, startedMs }: TraceTimes): string =>
	`${JSON.stringify({ schema: SCHEMA, epoch_ms: epochMs, started: new Date(startedMs).toISOString() })}\n`;

/** One event, newline included. `bytes` and `identifier` are base64; `pdu` and `dataset` say the same decoded. */
export const traceLine = (event: TraceEvent): string => {
	const { at, association, ...rest } = event;
	return `${JSON.stringify({ at: Math.round(at * 1000) / 1000, association, ...written(rest as TraceEvent) })}\n`;
};

const written = (event: TraceEvent): object => {
	switch (event.event) {
		case 'pdu': {
			const { bytes, ...more } = event;
			return { ...more, ...pduAsJson(bytes), bytes: Buffer.from(bytes).toString('base64') };
		}
		case 'message': {
			const { identifier, ...more } = event;
			if (identifier === undefined || event.message.type === 'C-STORE-RQ') return more;
			const { dataset } = decodeDataset(identifier, event.transferSyntax);
			return { ...more, identifier: Buffer.from(identifier).toString('base64'), dataset: toJsonModel(dataset) };
		}
		default:
			return event;
	}
};

const P_DATA_TF = 0x04;

/** P-DATA-TF is told by the messages it carries. */
const pduAsJson = (bytes: Uint8Array): object => {
	if (bytes[0] === P_DATA_TF) return { pdu: { type: 'P-DATA-TF' } };
	try {
		return {
			pdu: JSON.parse(
				JSON.stringify(decodePdu(bytes), (_, value: unknown) =>
					value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
				),
			),
		};
	} catch {
		return {};
	}
};

/** The events of a file, and the numbers of the lines that are none. */
export interface TraceLines extends TraceTimes {
	readonly events: readonly TraceEvent[];
	readonly damaged: readonly number[];
}

/** @throws DicomError io for what is no such file; a last line that was not written whole is one of the damaged */
export const readTraceLines = (text: string): TraceLines => {
	const lines = text.split('\n').filter((line) => line !== '');
	const head = parsed(lines[0] ?? '');
	if (head?.['schema'] !== SCHEMA) throw unreadable('it does not begin as a trace does');
	const events: TraceEvent[] = [];
	const damaged: number[] = [];
	for (const [index, line] of lines.slice(1).entries()) {
		const event = eventOf(parsed(line));
		if (event !== undefined) events.push(event);
		else damaged.push(index + 2);
	}
	const epochMs = isTime(head['epoch_ms']) ? head['epoch_ms'] : 0;
	const startedMs = Date.parse(String(head['started'] ?? ''));
	return { events, damaged, epochMs, startedMs: isTime(startedMs) ? startedMs : epochMs + (events[0]?.at ?? 0) };
};

const parsed = (line: string): Readonly<Record<string, unknown>> | undefined => {
	try {
		const value: unknown = JSON.parse(line);
		return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
	} catch {
		return undefined;
	}
};

const eventOf = (value: Readonly<Record<string, unknown>> | undefined): TraceEvent | undefined => {
	if (value === undefined || !isEvent(value)) return undefined;
	const { pdu: _pdu, dataset: _dataset, ...event } = value;
	const bytes = (text: unknown): Uint8Array => new Uint8Array(Buffer.from(String(text ?? ''), 'base64'));
	if (event['event'] === 'pdu') return { ...event, bytes: bytes(event['bytes']) } as TraceEvent;
	if (event['identifier'] !== undefined) return { ...event, identifier: bytes(event['identifier']) } as TraceEvent;
	const told = event as TraceEvent;
	if (told.event !== 'closed' || told.failure?.blame !== 'protocol' || told.failure.firstBytes === undefined)
		return told;
	const firstBytes = Uint8Array.from(Object.values(told.failure.firstBytes));
	return { ...told, failure: { ...told.failure, firstBytes } };
};

const unreadable = (message: string): DicomError => new DicomError({ blame: 'io', code: 'NOT_A_TRACE', message });
