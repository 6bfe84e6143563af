/** An examination as Markdown, ready for a ticket: both sides, times, versions, every check, the failing PDU, and what they must enter for us. */

import type { DoctorResult } from './doctor-text.ts';
import { countsText } from './doctor-text.ts';
import { sanitize } from './sanitize.ts';

export interface DoctorReport {
	readonly peer: {
		readonly label: string;
		readonly host: string;
		readonly port: number;
		readonly calledAeTitle: string;
		readonly addresses: readonly string[];
	};
	readonly us: {
		readonly callingAeTitle: string;
		readonly address: string;
		readonly hostName: string;
		readonly tls: boolean;
	};
	readonly startedAt: Date;
	readonly version: string;
	readonly implementation: string | undefined;
	readonly results: readonly (DoctorResult & { readonly cameBack?: string })[];
	/** The last PDU that the peer sent in a check that failed. */
	readonly pdu: { readonly check: string; readonly bytes: Uint8Array } | undefined;
	readonly card: string;
}

export const doctorReport = (report: DoctorReport): string => {
	const { peer, us, startedAt, results, pdu, card } = report;
	const worst = results.find(({ status }) => status === 'fail');
	return `${[
		`# DICOM connection ${us.callingAeTitle} -> ${cell(peer.calledAeTitle)}: ${worst === undefined ? 'no failure' : cell(worst.summary)}`,
		'',
		'| | ours | theirs |',
		'| --- | --- | --- |',
		`| AE title | ${cell(us.callingAeTitle)} | ${cell(peer.calledAeTitle)} |`,
		`| address | ${cell(us.address)} (${cell(us.hostName)}) | ${cell(peer.host)}${peer.addresses.length > 0 && peer.addresses[0] !== peer.host ? ` (${cell(peer.addresses.join(', '))})` : ''} port ${peer.port} |`,
		`| software | dimse ${report.version} | ${cell(report.implementation ?? 'not said')} |`,
		`| TLS | ${us.tls ? 'on' : 'off'} | |`,
		'',
		`${localStamp(startedAt)} (${startedAt.toISOString()}): ${countsText(results)}`,
		'',
		'| check | | what came of it |',
		'| --- | --- | --- |',
		...results.map(
			({ id, status, summary }) => `| ${id} | ${status === 'fail' ? '**FAIL**' : status} | ${cell(summary)} |`,
		),
		'',
		...results
			.filter(({ status }) => status === 'fail' || status === 'warn')
			.flatMap(({ id, means, next, cameBack }) => [
				`## ${id}`,
				'',
				...(cameBack === undefined ? [] : [`came back: ${cell(cameBack)}`, '']),
				...means.map((line) => `- ${sanitize(line)}`),
				...next.map((line) => `- to do: ${sanitize(line)}`),
				'',
			]),
		...(pdu === undefined
			? []
			: [`## The last PDU of theirs in ${pdu.check}`, '', '```', ...hex(pdu.bytes), '```', '']),
		'## What they enter for us',
		'',
		'```',
		card.trimEnd(),
		'```',
	].join('\n')}\n`;
};

const cell = (text: string): string => sanitize(text).replaceAll('|', '\\|');

const localStamp = (date: Date): string => {
	const two = (value: number) => String(value).padStart(2, '0');
	const offset = -date.getTimezoneOffset();
	const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
	return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} ${zone}`;
};

const MOST_BYTES = 256;

const hex = (bytes: Uint8Array): readonly string[] => {
	const lines: string[] = [];
	for (let at = 0; at < Math.min(bytes.length, MOST_BYTES); at += 16)
		lines.push(
			`${at.toString(16).padStart(4, '0')}  ${[...bytes.subarray(at, at + 16)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}`,
		);
	return bytes.length > MOST_BYTES ? [...lines, `... ${bytes.length - MOST_BYTES} more bytes`] : lines;
};
