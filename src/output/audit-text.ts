/** What a server does for whom as lines for people: one when an association or an operation is over, with -v also when it begins. */
import { statusOf } from '../dimse/status.ts';
import { type Caller, keyNames, type Operation, type ServerEvent, statusCode, type Totals } from './audit-event.ts';
import { bytesText, countText, durationText, rateText } from './quantities.ts';
import { sanitize } from './sanitize.ts';
import { uidName } from './uid-names.ts';

/** normal: what is over, and what was refused. verbose: also associations accepted, requests received and each C-ECHO and C-STORE. */
export type LogDetail = 'normal' | 'verbose';

/** A line without its newline, sanitised; undefined where there is nothing to be said. */
export const serverLine = (event: ServerEvent, detail: LogDetail): string | undefined => {
	const text = textOf(event, detail === 'verbose');
	return text === undefined ? undefined : sanitize(text);
};

const textOf = (event: ServerEvent, isVerbose: boolean): string | undefined => {
	switch (event.kind) {
		case 'listening': {
			const where = event.address === undefined ? 'all interfaces' : event.address;
			return `${event.aeTitle} listens on port ${event.port} (${where}${event.isTls ? ', TLS' : ''})`;
		}
		case 'accepted': {
			if (!isVerbose) return undefined;
			const { contexts, refused, implementation } = event;
			const left = refused.length === 0 ? '' : `, ${refused.length} refused (${namesOf(refused)})`;
			const by = implementation === undefined ? '' : `, ${implementation}`;
			return `${whose(event.caller)}  association accepted, ${countText(contexts, 'context')}${left}${by}`;
		}
		case 'rejected':
			return `${whose(event.caller)}  association rejected ${event.triple}: ${event.why}`;
		case 'not-associated':
			if (event.isProbe && !isVerbose) return undefined;
			return `${event.from}  no association: ${event.why}`;
		case 'request':
			return isVerbose ? `${whose(event.caller)}  ${requestText(event.operation)}` : undefined;
		case 'progress':
			return undefined;
		case 'finished': {
			const { service } = event.operation;
			const isFine = event.status === 0x0000;
			// Of thousands of instances the ones that were refused are what counts; the sum stands in the last line.
			if (!isVerbose && isFine && (service === 'C-STORE' || service === 'C-ECHO')) return undefined;
			return `${whose(event.caller)}  ${finishedText(event)}`;
		}
		case 'ended': {
			const { caller, totals, ms, why } = event;
			const how = why === undefined ? 'released' : `ended: ${why}`;
			return [`${whose(caller)}  ${how} after ${durationText(ms)}`, ...totalsText(totals, ms)].join('  ');
		}
		case 'notice':
			return event.isWarning ? `warning: ${event.text}` : event.text;
		case 'stopping':
			return event.operations === 0
				? `${event.signal}: ending`
				: `${event.signal}: ending after ${countText(event.operations, 'operation')} in hand; once more aborts`;
		case 'stopped':
			return isVerbose ? 'ended' : undefined;
	}
};

const NAMED = 3;

const namesOf = (sopClassUids: readonly string[]): string => {
	const names = [...new Set(sopClassUids)].map(uidName);
	return names.length <= NAMED ? names.join(', ') : `${names.slice(0, NAMED).join(', ')} ...`;
};

const whose = ({ association, calling, from }: Caller): string => `#${association} ${calling || '(no title)'} ${from}`;

/** What was asked, as far as it is known. */
export const requestText = (operation: Operation): string => {
	const { service, messageId, level, destination, sopInstanceUid, sopClassUid } = operation;
	const parts = [`${service}-RQ msg ${messageId}`, uidName(sopClassUid)];
	if (level !== undefined) parts.push(level);
	if (destination !== undefined) parts.push(`to ${destination}`);
	if (sopInstanceUid !== undefined) parts.push(sopInstanceUid);
	return parts.join('  ');
};

const finishedText = ({ operation, status, comment, ms }: Extract<ServerEvent, { kind: 'finished' }>): string => {
	const { service, level, keys, destination, sopInstanceUid, outcome, bytes } = operation;
	const parts: string[] = [service];
	if (level !== undefined) parts.push(level);
	if (keys !== undefined && keys.length > 0) parts.push(`by ${keyNames(keys).join(', ')}`);
	if (destination !== undefined) parts.push(`to ${destination}`);
	if (sopInstanceUid !== undefined) parts.push(sopInstanceUid);
	if (operation.matches !== undefined) parts.push(countText(operation.matches, 'match', 'matches'));
	if (operation.total !== undefined)
		parts.push(
			`${operation.completed ?? 0} of ${countText(operation.total, 'instance')}`,
			...(operation.failed ? [`${operation.failed} failed`] : []),
			...(operation.warning ? [`${operation.warning} with a warning`] : []),
		);
	if (bytes !== undefined && bytes > 0) parts.push(bytesText(bytes));
	if (outcome !== undefined && outcome !== 'new') parts.push(outcome);
	parts.push(durationText(ms));
	if (status === undefined) parts.push('the peer was gone before the end');
	else if (status !== 0x0000) {
		const { meaning } = statusOf(service, status);
		parts.push(`${statusCode(status)} ${meaning}${comment === undefined ? '' : `: ${comment}`}`);
	}
	return parts.join('  ');
};

const totalsText = ({ stored, storedBytes, sent, sentBytes, failed }: Totals, ms: number): string[] => {
	const perSecond = 1000 / Math.max(1, ms);
	const rate = (count: number): string => (count < 2 ? '' : ` ${rateText(count * perSecond)}`);
	return [
		...(stored === 0 ? [] : [`${stored} stored ${bytesText(storedBytes)}${rate(stored)}`]),
		...(sent === 0 ? [] : [`${sent} sent ${bytesText(sentBytes)}${rate(sent)}`]),
		...(failed === 0 ? [] : [`${failed} failed`]),
	];
};
