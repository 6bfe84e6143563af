/** What an event of the trace means, where it says that something did not work. */
import type { TraceEvent } from '../../association/trace.ts';
import { explainAbort, explainFailure, explainReject } from '../../diagnose/explain.ts';
import type { CodeExplanation, Explanation } from '../../diagnose/explanation.ts';
import { type Service, statusOf } from '../../dimse/status.ts';

const A_ASSOCIATE_RJ = 0x03;
const A_ABORT = 0x07;

export const eventExplanation = (event: TraceEvent): Explanation | undefined => {
	switch (event.event) {
		case 'closed':
			return event.failure === undefined ? undefined : explainFailure(event.failure);
		case 'pdu': {
			const [type, , , , , , , result = 0, source = 0, reason = 0] = event.bytes;
			if (type === A_ASSOCIATE_RJ)
				return ofCode('A-ASSOCIATE-RJ', `${result}/${source}/${reason}`, explainReject(result, source, reason));
			return type === A_ABORT ? ofCode('A-ABORT', `${source}/${reason}`, explainAbort(source, reason)) : undefined;
		}
		case 'message': {
			const { message } = event;
			if (!('status' in message) || message.status === undefined) return undefined;
			const service = SERVICES[message.type];
			if (service === undefined) return undefined;
			const { class: statusClass } = statusOf(service, message.status);
			if (statusClass === 'success' || statusClass === 'pending') return undefined;
			const { status, errorComment } = message;
			const more = 'offendingElements' in message ? { offendingElements: message.offendingElements ?? [] } : {};
			return explainFailure({
				blame: 'status',
				service,
				status,
				...(errorComment === undefined ? {} : { errorComment }),
				...more,
			});
		}
		default:
			return undefined;
	}
};

const SERVICES: Readonly<Record<string, Service>> = {
	'C-ECHO-RSP': 'C-ECHO',
	'C-STORE-RSP': 'C-STORE',
	'C-FIND-RSP': 'C-FIND',
	'C-GET-RSP': 'C-GET',
	'C-MOVE-RSP': 'C-MOVE',
};

const ofCode = (what: string, numbers: string, { title, standard, practice, next }: CodeExplanation): Explanation => ({
	title: `${what}: ${title}`,
	cameBack: `${what} ${numbers}, ${standard}`,
	means: practice,
	do: next,
});
