/** What of an action is worth a line of the log; values of patients never are. */
import { statusOf } from '../dimse/status.ts';
import { statusText } from '../output/events.ts';
import { bytesText, countText, durationText } from '../output/quantities.ts';
import { uidName } from '../output/uid-names.ts';
import type { RetrieveEvent } from '../retrieve/events.ts';
import type { ReceiverEvent } from '../retrieve/receiver.ts';
import type { Action } from './actions.ts';
import { callerText, callProblem } from './queue/receiver-words.ts';
import type { LogState, State } from './state.ts';

type Line = Omit<LogState['lines'][number], 'at'>;

const line = (level: Line['level'], text: string): readonly Line[] => [{ level, text }];

const LEVELS = { note: 'I', good: 'I', warning: 'W', bad: 'E' } as const;

export const loggedLines = (state: State, action: Action): readonly Line[] => {
	switch (action.type) {
		case 'said':
			return line(LEVELS[action.kind], action.text);
		case 'connection': {
			const { node, connection } = action;
			if (connection.state === 'failed') return line('E', `${node}: ${connection.text}`);
			// Open and idle change with every query: only the first is news.
			const before = state.nodes.find(({ name }) => name === node)?.connection.state;
			return connection.state === 'open' && before === 'connecting'
				? line('I', `${node}: associated in ${durationText(connection.ms)}`)
				: [];
		}
		case 'learned':
			return action.words === undefined ? [] : line('I', `${action.node}: ${action.words}`);
		case 'query-ended':
			return [
				...line(action.end === 'failed' ? 'E' : 'I', `${action.node}: query ${ENDS[action.end]}`),
				...action.warnings.flatMap((warning) => line('W', `${action.node}: ${warning}`)),
			];
		case 'receiver-state':
			return ofReceiverState(action);
		case 'receiver':
			return ofReceiver(action.event, state);
		case 'retrieve':
			return ofRetrieve(action.event, state.queue.jobs.find(({ id }) => id === action.job)?.node ?? '');
		case 'journaled':
			return line('I', `journal: ${action.path}`);
		default:
			return [];
	}
};

const ENDS: Readonly<Record<Extract<Action, { type: 'query-ended' }>['end'], string>> = {
	complete: 'done',
	stopped: 'stopped by you',
	'cut-off': 'done, perhaps cut off by a limit',
	failed: 'failed',
	'too-many': 'stopped: too many rows',
};

const ofReceiverState = ({
	state,
	aeTitle,
	port,
	problem,
}: Extract<Action, { type: 'receiver-state' }>): readonly Line[] => {
	if (state === 'listening') return line('I', `we listen as ${aeTitle} on port ${port}`);
	return state === 'failed' ? line('E', problem ?? `cannot listen on ${port}`) : [];
};

const ofReceiver = (event: ReceiverEvent, state: State): readonly Line[] => {
	const problem = callProblem(event, state);
	const told = problem === undefined ? [] : line(problem.kind === 'bad' ? 'E' : 'W', problem.text);
	switch (event.kind) {
		case 'called': {
			const { accepted, refused } = event;
			const contexts = `${countText(accepted + refused.length, 'context')}, ${accepted} accepted`;
			return [...line('I', `incoming association from ${callerText(event)}: ${contexts}`), ...told];
		}
		case 'ended':
			return told.length > 0 ? told : line('I', `incoming association of ${event.calling} ended`);
		default:
			return told;
	}
};

/** Instances one by one would drown all else: they are counted in the queue. */
const ofRetrieve = (event: RetrieveEvent, node: string): readonly Line[] => {
	switch (event.kind) {
		case 'association-opened':
			return line(
				'I',
				`${node}: association ${event.association} for ${event.purpose}, ${countText(event.accepted, 'context')} accepted`,
			);
		case 'unit-started': {
			const to = event.destination === undefined ? '' : ` to ${event.destination}`;
			return line('I', `${node}: ${event.service}${to}${event.attempt > 1 ? `, attempt ${event.attempt}` : ''}`);
		}
		case 'final': {
			const { service, status, errorComment } = event.final;
			const { class: statusClass } = statusOf(service, status);
			const comment = errorComment === undefined ? '' : `, "${errorComment}"`;
			const { completed, failed, warning } = event.counts;
			const said = [completed, failed, warning].map((count) => count ?? '-');
			const isGood = statusClass === 'success' && (failed ?? 0) === 0;
			return line(
				isGood ? 'I' : 'W',
				`${node}: ${service} ${statusText(status)} ${statusClass}${comment}, completed ${said[0]} failed ${said[1]} warning ${said[2]}`,
			);
		}
		case 'note':
			return line(event.code === 'contradiction' ? 'W' : 'I', `${node}: ${event.text}`);
		case 'unit-settled': {
			const { verdict, arrived, expected, bytes, elapsedMs } = event.result;
			const isGood = verdict === 'complete' || verdict === 'complete-before' || verdict === 'more-than-expected';
			const of = expected === undefined ? countText(arrived, 'instance') : `${arrived}/${expected} arrived`;
			const words = verdict.replaceAll('-', ' ');
			return line(isGood ? 'I' : 'W', `${node}: ${words}, ${of}, ${bytesText(bytes)}, ${durationText(elapsedMs)}`);
		}
		case 'not-stored':
			return line('W', `not kept: ${uidName(event.sopClassUid)} ${event.sopInstanceUid}: ${event.error}`);
		default:
			return [];
	}
};
