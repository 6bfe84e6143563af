/** The statistics of a trace as text: a block an association. */
import { statusText } from '../../output/events.ts';
import { bytesText, countText, durationText } from '../../output/quantities.ts';
import { sanitize } from '../../output/sanitize.ts';
import type { AssociationStatistics, OperationStatistics } from '../../trace/statistics.ts';

export const statisticsText = (all: readonly AssociationStatistics[]): string => all.map(block).join('\n');

const block = (one: AssociationStatistics): string => {
	const titles = one.calling === undefined ? '' : `  ${one.calling} -> ${one.called ?? ''}`;
	const head = `#${one.association}${titles}  ${one.remote ?? ''}  ${one.end}  ${durationText(one.durationMs)}`;
	const answered = one.associateMs === undefined ? '' : `  association answered in ${durationText(one.associateMs)}`;
	const filled = one.dataPdus === 0 ? '' : `  ${(one.pdvs / one.dataPdus).toFixed(1)} PDVs a P-DATA-TF`;
	return `${[
		head,
		`  sent      ${countText(one.pdus.sent, 'PDU')}  ${bytesText(one.bytes.sent)}`,
		`  received  ${countText(one.pdus.received, 'PDU')}  ${bytesText(one.bytes.received)}${filled}`,
		`  longest silence ${durationText(one.longestGapMs)}${answered}`,
		...commands(one.operations).map((line) => `  ${line}`),
	]
		.map((line) => sanitize(line.trimEnd()))
		.join('\n')}\n`;
};

const commands = (operations: readonly OperationStatistics[]): readonly string[] => {
	const byCommand = Map.groupBy(operations, ({ command }) => command);
	return [...byCommand].map(([command, own]) => {
		const times = own.flatMap(({ totalMs }) => (totalMs === undefined ? [] : [totalMs])).sort((a, b) => a - b);
		const firsts = own.flatMap(({ firstResponseMs, pendings }) =>
			firstResponseMs === undefined || pendings === 0 ? [] : [firstResponseMs],
		);
		const pendings = own.reduce((sum, { pendings: count }) => sum + count, 0);
		const statuses = Map.groupBy(own, ({ status }) => status);
		const unanswered = own.length - times.length;
		return [
			command.padEnd(8),
			countText(own.length, 'request'),
			...(times.length === 0
				? []
				: [`median ${durationText(middle(times))}`, `longest ${durationText(times.at(-1) ?? 0)}`]),
			...(pendings === 0 ? [] : [countText(pendings, 'pending response')]),
			...(firsts.length === 0 ? [] : [`first after ${durationText(middle(firsts.sort((a, b) => a - b)))}`]),
			...[...statuses].flatMap(([status, some]) =>
				status === undefined ? [] : [`${statusText(status)}: ${some.length}`],
			),
			...(unanswered === 0 ? [] : [`${unanswered} not answered`]),
		].join('  ');
	});
};

const middle = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? 0;
