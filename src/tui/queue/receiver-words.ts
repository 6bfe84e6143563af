/** What is said at once of who calls our own receiver, where it is not as it should be: the most useful lines when nothing arrives. */
import type { Explanation } from '../../diagnose/explanation.ts';
import { QUERY_MODELS, VERIFICATION } from '../../dicom/sop-classes.ts';
import { uidInfo } from '../../dicom/uids.ts';
import { DicomError } from '../../errors.ts';
import { countText } from '../../output/quantities.ts';
import { sanitize } from '../../output/sanitize.ts';
import { uidName } from '../../output/uid-names.ts';
import type { ReceiverEvent } from '../../retrieve/receiver.ts';
import { keyFor } from '../key-hints.ts';
import type { Problem, State } from '../state.ts';
import type { ReceiverState } from './queue-state.ts';

type Said = Pick<Problem, 'kind' | 'text' | 'explanation'>;

/** What nodes may call us by: each by the title that it knows us by. */
export const ownTitles = ({ receiver, nodes }: Pick<State, 'receiver' | 'nodes'>): ReadonlySet<string> => {
	const { onlyTitle, aeTitle } = receiver;
	if (onlyTitle !== undefined) return new Set([onlyTitle]);
	return new Set([...nodes.map(({ callingAeTitle }) => callingAeTitle), aeTitle].filter((title) => title !== ''));
};

/** Nothing where all is as it should be. */
export const callProblem = (
	event: ReceiverEvent,
	state: Pick<State, 'receiver' | 'nodes' | 'keys'>,
): Said | undefined => {
	const us = state.receiver;
	const titles = ownTitles(state);
	switch (event.kind) {
		case 'called':
			return calledProblem(event, titles, keyFor(state, 'retry'));
		case 'rejected':
			return rejectedProblem(event, us, titles);
		case 'no-association':
			return {
				kind: 'warning',
				text: `a connection from ${plainAddress(event.from.address)} came to our port ${us.port} and became no association`,
				explanation: {
					title: `a connection from ${plainAddress(event.from.address)} became no association`,
					cameBack: event.error.message,
					means: ['it did not speak DICOM as we do: TLS where there is none here, another program, a port scan'],
					do: ['check at the peer which host, port and TLS it has registered for us'],
				},
			};
		case 'ended':
			return event.failure === undefined
				? undefined
				: {
						kind: 'warning',
						text: `the association of ${sanitize(event.calling)} to our receiver ended badly: ${sanitize(new DicomError(event.failure).message)}`,
					};
		case 'not-stored':
			return {
				kind: 'warning',
				text: `not kept: ${uidName(event.sopClassUid)} from ${sanitize(event.calling)}: ${sanitize(event.error)}`,
			};
		case 'stored':
			return undefined;
	}
};

/** `10.20.1.5 calling as PACS_MAIN` */
export const callerText = ({ from, calling }: ReceiverEvent & { readonly kind: 'called' }): string =>
	`${plainAddress(from.address)} calling as ${sanitize(calling)}`;

/** IPv4 in its own form. */
const plainAddress = (address: string): string => sanitize(address.replace(/^::ffff:(?=\d+\.)/i, ''));

const rejectedProblem = (
	{ from, calling, called, triple, why }: ReceiverEvent & { readonly kind: 'rejected' },
	us: ReceiverState,
	titles: ReadonlySet<string>,
): Said => {
	const address = plainAddress(from.address);
	const who = `${address} (${sanitize(calling)})`;
	const text = {
		'called-title': `${address} called us as "${sanitize(called)}", we are ${titlesText(titles)}: refused`,
		'calling-title': `${who} called our receiver and may not: refused`,
		'too-many': `${who} called our receiver, and too many associations stand already: refused`,
	}[why];
	return { kind: 'bad', text, explanation: rejectedExplanation(text, who, called, triple, us, titles) };
};

const rejectedExplanation = (
	title: string,
	who: string,
	called: string,
	{ result, source, reason }: { readonly result: number; readonly source: number; readonly reason: number },
	us: ReceiverState,
	titles: ReadonlySet<string>,
): Explanation => ({
	title,
	cameBack: `${who} asked for "${called}"; we answered A-ASSOCIATE-RJ ${result}/${source}/${reason}`,
	means: ['somebody tried to bring instances here, and could not: this is why nothing arrives'],
	do: [
		`have "${titlesText(titles)}" with port ${us.port} registered at the peer for this machine, letter case included`,
	],
});

const calledProblem = (
	event: ReceiverEvent & { readonly kind: 'called' },
	titles: ReadonlySet<string>,
	retryKey: string,
): Said | undefined => {
	const { called, refused } = event;
	const who = callerText(event);
	const classes = [...new Set(refused.map(({ abstractSyntax }) => abstractSyntax))].filter((uid) => !isNoStorage(uid));
	if (classes.length > 0) {
		const names = classes
			.slice(0, 3)
			.map((uid) => (uidInfo(uid) === undefined ? sanitize(uid) : `${uidName(uid)} (${uid})`));
		const text = `our receiver refused ${countText(classes.length, 'SOP class', 'SOP classes')} of ${who}: ${names.join(', ')}${classes.length > 3 ? ' ...' : ''}`;
		return {
			kind: 'warning',
			text,
			explanation: {
				title: text,
				means: ['instances of them cannot come: our receiver takes the storage classes of the standard'],
				do: [
					`${retryKey} in the queue asks again for what failed, and takes every class; so does Accept any in the retrieve dialog`,
				],
			},
		};
	}
	if (titles.has(called)) return undefined;
	const text = `${who} called us as "${sanitize(called)}", we are ${titlesText(titles)}: taken all the same`;
	return {
		kind: 'warning',
		text,
		explanation: {
			title: text,
			means: ['the peer has another AE title registered for this address'],
			do: [`have "${titlesText(titles)}" registered there, letter case included`],
		},
	};
};

const OTHER_SERVICES: ReadonlySet<string> = new Set([
	VERIFICATION,
	...Object.values(QUERY_MODELS).flatMap(({ find, move, get }) => [find ?? '', move ?? '', get ?? '']),
]);

const isNoStorage = (uid: string): boolean => OTHER_SERVICES.has(uid);

const MOST_TITLES = 3;

const titlesText = (titles: ReadonlySet<string>): string => {
	const all = [...titles].map((title) => sanitize(title));
	return `${all.slice(0, MOST_TITLES).join(' or ')}${all.length > MOST_TITLES ? ' ...' : ''}`;
};
