/** What is shown of one event of the trace: its fields as a tree, and its bytes. */
import type { TraceEvent } from '../../association/trace.ts';
import { decodeDataset } from '../../dicom/decode.ts';
import { IMPLICIT_LITTLE } from '../../dicom/transfer-syntaxes.ts';
import { encodeCommand } from '../../dimse/command-set.ts';
import { dumpLines } from '../../output/dump.ts';
import { hexLines } from '../../output/hex-lines.ts';
import { countText } from '../../output/quantities.ts';
import { sanitize } from '../../output/sanitize.ts';
import { traceText } from '../../output/trace-text.ts';
import { uidName } from '../../output/uid-names.ts';

type MessageEvent = Extract<TraceEvent, { readonly event: 'message' }>;
type PduEvent = Extract<TraceEvent, { readonly event: 'pdu' }>;

export interface TraceDetail {
	readonly detail: readonly string[];
	readonly bytes: readonly string[];
}

const LONGEST_VALUE = 200;
const MOST_LINES = 5_000;

/** @param before of the same association, the oldest first: an answer is told with what was asked. @param pdus that carried it, where it is a message */
export const traceDetail = (
	event: TraceEvent,
	before: readonly TraceEvent[],
	pdus: readonly PduEvent[],
): TraceDetail => {
	const carried = event.event === 'pdu' ? [event] : pdus;
	const bytes = carried.flatMap(({ bytes: own, length }) => hexLines(own, length).map((line) => line.trimStart()));
	const detail = event.event === 'message' ? messageLines(event, carried) : plainLines(event, before);
	return { detail: detail.slice(0, MOST_LINES), bytes: bytes.slice(0, MOST_LINES) };
};

/** As `-d` prints it, without the time. */
const plainLines = (event: TraceEvent, before: readonly TraceEvent[]): readonly string[] => {
	const text = traceText({ level: 'debug', time: () => '' });
	for (const earlier of before) text(earlier);
	const lines = text(event).map((line, index) => (index === 0 ? line.trimStart() : line.replace(/^ {18}/, '')));
	return lines.length > 0 ? lines : [`P-DATA-TF  ${event.event === 'pdu' ? countText(event.length, 'byte') : ''}`];
};

const messageLines = (event: MessageEvent, pdus: readonly PduEvent[]): readonly string[] => {
	const { message, contextId, abstractSyntax, transferSyntax, identifier } = event;
	const id = 'messageId' in message ? message.messageId : undefined;
	const about = 'messageIdBeingRespondedTo' in message ? message.messageIdBeingRespondedTo : undefined;
	const size = pdus.reduce((sum, { length }) => sum + length, 0);
	const heading = [
		`${message.type}${id === undefined ? '' : `  message ${id}`}${about === undefined ? '' : `  of message ${about}`}`,
		`context ${contextId} (${uidName(abstractSyntax)}, ${uidName(transferSyntax)})`,
		...(pdus.length === 0 ? [] : [`${countText(pdus.length, 'PDU')}, ${countText(size, 'byte')}`]),
	].join(', ');
	return [sanitize(heading), '  command set', ...commandLines(event), ...identifierLines(identifier, transferSyntax)];
};

const commandLines = ({ message }: MessageEvent): readonly string[] => {
	if (message.type === 'unknown') return ['    (of no command that is known)'];
	const { dataset } = decodeDataset(encodeCommand(message), IMPLICIT_LITTLE);
	return dumpLines(dataset, { indent: '    ', style: 'trace', longest: LONGEST_VALUE });
};

const identifierLines = (identifier: Uint8Array | undefined, transferSyntax: string): readonly string[] => {
	if (identifier === undefined) return [];
	const { dataset, problems } = decodeDataset(identifier, transferSyntax);
	return [
		'  identifier',
		...dumpLines(dataset, { indent: '    ', style: 'trace', longest: LONGEST_VALUE }),
		...problems.map((problem) => sanitize(`    ! ${problem}`)),
	];
};
