/** What is shown of one event of the trace: its fields as a tree, and its bytes. */
import type { TraceEvent } from '../../association/trace.ts';
import { decodeDataset } from '../../dicom/decode.ts';
import { ElementWalk } from '../../dicom/element-walk.ts';
import { tagText } from '../../dicom/tags.ts';
import { IMPLICIT_LITTLE, layoutOf } from '../../dicom/transfer-syntaxes.ts';
import { encodeCommand } from '../../dimse/command-set.ts';
import { dumpLines } from '../../output/dump.ts';
import { hexLines } from '../../output/hex-lines.ts';
import { countText } from '../../output/quantities.ts';
import { sanitize } from '../../output/sanitize.ts';
import { traceText } from '../../output/trace-text.ts';
import { uidName } from '../../output/uid-names.ts';
import type { MessageEvent } from '../../trace/messages.ts';
import { fragments, type Stretch } from './message-bytes.ts';
import type { ByteSpan } from './trace-state.ts';

export interface TraceDetail {
	readonly detail: readonly string[];
	readonly bytes: readonly string[];
	/** By line of `detail`: its bytes. A line that stands for none of its own has none. */
	readonly spans: readonly (readonly ByteSpan[])[];
}

const LONGEST_VALUE = 200;
const MOST_LINES = 5_000;

/** @param before of the same association, the oldest first: an answer is told with what was asked. @param stretches its own PDVs, where it is a message */
export const traceDetail = (
	event: TraceEvent,
	before: readonly TraceEvent[],
	stretches: readonly Stretch[],
): TraceDetail => {
	if (event.event === 'message') return messageDetail(event, stretches);
	const bytes = event.event === 'pdu' ? hexOf(event.bytes, event.length, 0) : [];
	return cut({ detail: plainLines(event, before), bytes, spans: [] });
};

const hexOf = (bytes: Uint8Array, length: number, first: number): readonly string[] =>
	hexLines(bytes, length, first).map((line) => line.trimStart());

const cut = ({ detail, bytes, spans }: TraceDetail): TraceDetail => ({
	detail: detail.slice(0, MOST_LINES),
	bytes: bytes.slice(0, MOST_LINES),
	spans,
});

const messageDetail = (event: MessageEvent, stretches: readonly Stretch[]): TraceDetail => {
	const wire = wireBytes(stretches);
	const command = partOf(fragments(stretches, true), IMPLICIT_LITTLE, true);
	const { identifier, transferSyntax } = event;
	const lines: (readonly [text: string, spans: readonly ByteSpan[]])[] = [
		[headingOf(event, stretches), []],
		['  command set', wire.spansOf(true)],
		...commandLines(event, stretches).map((text) => [text, wire.spansOf(true, command.elementOf(text))] as const),
	];
	if (identifier !== undefined) {
		const part = partOf(identifier, transferSyntax, false);
		lines.push(['  identifier', wire.spansOf(false)]);
		for (const text of identifierLines(identifier, transferSyntax))
			lines.push([text, wire.spansOf(false, part.elementOf(text))]);
	}
	return cut({ detail: lines.map(([text]) => text), bytes: wire.lines, spans: lines.map(([, spans]) => spans) });
};

/** As `-d` prints it, without the time. */
const plainLines = (event: TraceEvent, before: readonly TraceEvent[]): readonly string[] => {
	const text = traceText({ level: 'debug', time: () => '' });
	for (const earlier of before) text(earlier);
	const lines = text(event).map((line, index) => (index === 0 ? line.trimStart() : line.replace(/^ {18}/, '')));
	return lines.length > 0 ? lines : [`P-DATA-TF  ${event.event === 'pdu' ? countText(event.length, 'byte') : ''}`];
};

const headingOf = (event: MessageEvent, stretches: readonly Stretch[]): string => {
	const { message, contextId, abstractSyntax, transferSyntax } = event;
	const id = 'messageId' in message ? message.messageId : undefined;
	const about = 'messageIdBeingRespondedTo' in message ? message.messageIdBeingRespondedTo : undefined;
	const size = stretches.reduce((sum, { fragmentFrom, to }) => sum + to - fragmentFrom, 0);
	return sanitize(
		[
			`${message.type}${id === undefined ? '' : `  message ${id}`}${about === undefined ? '' : `  of message ${about}`}`,
			`context ${contextId} (${uidName(abstractSyntax)}, ${uidName(transferSyntax)})`,
			...(stretches.length === 0 ? [] : [`${countText(stretches.length, 'PDV')}, ${countText(size, 'byte')}`]),
		].join(', '),
	);
};

/** As it came over the wire, where that is known. */
const commandLines = ({ message }: MessageEvent, stretches: readonly Stretch[]): readonly string[] => {
	const sent = fragments(stretches, true);
	if (message.type === 'unknown' && sent.length === 0) return ['    (of no command that is known)'];
	const bytes = message.type === 'unknown' || sent.length > 0 ? sent : encodeCommand(message);
	const { dataset } = decodeDataset(bytes, IMPLICIT_LITTLE);
	const lines = dumpLines(dataset, { indent: INDENT, style: 'trace', longest: LONGEST_VALUE });
	return lines.map((line) =>
		line.replace(CODED, (_, head: string, element: string, value: string, gap: string) => {
			const number = Number(value);
			const told =
				`0x${number.toString(16).toUpperCase().padStart(4, '0')}  ${codeText(element, number, message)}`.trimEnd();
			return `${head}${told.padEnd(value.length + gap.length - 1)} `;
		}),
	);
};

/** CommandField, Priority, CommandDataSetType, Status (PS3.7 E.1). */
const CODED = /^( +\(0000,(0100|0700|0800|0900)\) US )(\d+)( +)/;

const codeText = (element: string, value: number, message: MessageEvent['message']): string => {
	switch (element) {
		case '0100':
			return message.type === 'unknown' ? '' : message.type;
		case '0700':
			return ['MEDIUM', 'HIGH', 'LOW'][value] ?? '';
		case '0800':
			return value === 0x0101 ? 'no data set' : 'data set follows';
		default:
			return '';
	}
};

const INDENT = '    ';

const identifierLines = (identifier: Uint8Array, transferSyntax: string): readonly string[] => {
	const { dataset, problems } = decodeDataset(identifier, transferSyntax);
	return [
		...dumpLines(dataset, { indent: INDENT, style: 'trace', longest: LONGEST_VALUE }),
		...problems.map((problem) => sanitize(`    ! ${problem}`)),
	];
};

// ---- bytes -------------------------------------------------------------------------------------------------------------

type Range = readonly [from: number, to: number];

/** The lines of bytes of a message, and where in them a range of its command set or its dataset stands. */
const wireBytes = (
	stretches: readonly Stretch[],
): {
	readonly lines: readonly string[];
	/** Of all of it, where no range is given. */
	spansOf(isCommand: boolean, range?: Range): readonly ByteSpan[];
} => {
	const lines: string[] = [];
	const placed = stretches.map((stretch) => {
		const { pdu, from, to } = stretch;
		const isFirst = from === PDU_HEADER;
		const start = isFirst ? 0 : from;
		const line = lines.length;
		lines.push(...hexOf(pdu.bytes.subarray(start, to), to - start, start));
		return { ...stretch, start, line };
	});
	const spansOf = (isCommand: boolean, [from, to]: Range = [0, Number.POSITIVE_INFINITY]): readonly ByteSpan[] => {
		let offset = 0;
		return placed
			.filter((stretch) => stretch.isCommand === isCommand)
			.flatMap(({ line, start, fragmentFrom, to: end, pdu }) => {
				const length = Math.min(end, pdu.bytes.length) - fragmentFrom;
				const [first, last] = [Math.max(0, from - offset), Math.min(length, to - offset)];
				offset += length;
				return first < last ? spansBetween(line, fragmentFrom - start + first, fragmentFrom - start + last) : [];
			});
	};
	return { lines, spansOf };
};

const PDU_HEADER = 6;
const A_LINE = 16;

const spansBetween = (line: number, from: number, to: number): readonly ByteSpan[] =>
	Array.from({ length: Math.ceil(to / A_LINE) - Math.floor(from / A_LINE) }, (_, index) => {
		const start = (Math.floor(from / A_LINE) + index) * A_LINE;
		return {
			line: line + start / A_LINE,
			from: Math.max(0, from - start),
			to: Math.min(A_LINE, to - start),
		};
	});

/** Where the elements of a command set or a dataset stand in its bytes; what is inside of a sequence stands where the sequence does. */
const partOf = (bytes: Uint8Array, transferSyntax: string, isCommand: boolean): { elementOf(line: string): Range } => {
	const ranges = new Map<string, Range>();
	const { deflated, explicit, bigEndian } = layoutOf(transferSyntax);
	const walk = new ElementWalk({ explicit: explicit && !isCommand, littleEndian: !bigEndian });
	let start = 0;
	for (
		let step = deflated ? 'lost' : walk.next(bytes, 0);
		step !== 'more' && step !== 'lost';
		step = walk.next(bytes, walk.position)
	)
		if (step === 'element') start = walk.position - walk.headerLength;
		else ranges.set(tagText(walk.tag), [start, walk.position]);
	let current: Range = NOWHERE;
	return {
		elementOf: (line) => {
			const [, group, element] = OWN_ELEMENT.exec(line) ?? [];
			if (group !== undefined) current = ranges.get(`${group}${element}`.toUpperCase()) ?? NOWHERE;
			return current;
		},
	};
};

const NOWHERE: Range = [0, 0];
/** Of the dataset, not of an item. */
const OWN_ELEMENT = /^ {4}\(([0-9a-f]{4}),([0-9a-f]{4})\)/;
