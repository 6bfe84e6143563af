/** What is said at once of who calls our own receiver, where it is not as it should be: the most useful lines when nothing arrives. */
import type { Conversation } from '../../cli/conversation.ts';
import { QUERY_MODELS, VERIFICATION } from '../../dicom/sop-classes.ts';
import { DicomError } from '../../errors.ts';
import { countText } from '../../output/quantities.ts';
import { quoted } from '../../output/shell-words.ts';
import { uidName } from '../../output/uid-names.ts';
import type { ReceiverEvent } from '../../retrieve/receiver.ts';

const SAID_ONCE = 20;

/** Each thing is said once. @param remoteAddress of the peer we asked, as far as it is known */
export const callTeller = (
	aeTitle: string,
	label: string,
	talk: Conversation,
	remoteAddress: () => string | undefined,
): ((event: ReceiverEvent) => void) => {
	const said = new Set<string>();
	const once = (text: string, say: (text: string) => void = talk.warn) => {
		if (said.has(text) || said.size >= SAID_ONCE) return;
		said.add(text);
		say(text);
	};
	/** Who they are, of associations that stand. */
	const callers = new Map<number, string>();
	return (event) => {
		switch (event.kind) {
			case 'called': {
				const who = `${event.calling} at ${plainAddress(event.from.address)}`;
				callers.set(event.association, who);
				if (!event.expectedTitle)
					once(
						`${who} called here as "${event.called}", and we are "${aeTitle}": taken all the same. The peer has another AE title for this address: have "${aeTitle}" registered there, or give --listen-aet ${quoted(event.called)}`,
					);
				const expected = remoteAddress();
				if (expected !== undefined && !isSameHost(event.from.address, expected))
					once(
						`${who} called here, and ${label} is at ${plainAddress(expected)}: taken all the same. It may be another machine of the same archive, or somebody else who has this address for "${event.called}"`,
						talk.note,
					);
				if (event.refused.length > 0) {
					const classes = [...new Set(event.refused.map(({ abstractSyntax }) => abstractSyntax))];
					const names = classes.slice(0, 5).map((uid) => (uidName(uid) === uid ? uid : `${uidName(uid)} (${uid})`));
					const list = `${names.join(', ')}${classes.length > 5 ? ' ...' : ''}`;
					if (classes.every(isNoStorage))
						once(
							`${who} called here for something else than to store: ${list}. Nothing else is to be had here; is another program registered with this port there?`,
							talk.note,
						);
					else
						once(
							`${countText(classes.length, 'SOP class', 'SOP classes')} of ${event.calling} refused here: ${list}. Instances of them cannot come; --accept any takes every class`,
						);
				}
				break;
			}
			case 'rejected': {
				const { result, source, reason } = event.triple;
				once(
					`${event.calling} at ${plainAddress(event.from.address)} called here as "${event.called}" and was rejected (${result}/${source}/${reason}): ${REJECTED[event.why]}`,
				);
				break;
			}
			case 'no-association':
				once(
					`a connection from ${plainAddress(event.from.address)} came here and did not become an association (${event.error.message}): ${
						event.error.failure.blame === 'tls'
							? 'we speak TLS here (--listen-tls), is the peer to speak it too?'
							: 'is the peer to speak TLS, or is something else registered with this port?'
					}`,
				);
				break;
			case 'ended':
				if (event.failure !== undefined)
					once(
						`the association of ${callers.get(event.association) ?? event.calling} to our receiver ended badly: ${new DicomError(event.failure).message}`,
					);
				callers.delete(event.association);
				break;
			default:
		}
	};
};

const OTHER_SERVICES: ReadonlySet<string> = new Set([
	VERIFICATION,
	...Object.values(QUERY_MODELS).flatMap(({ find, move, get }) => [find ?? '', move ?? '', get ?? '']),
]);

/** Verification, and all that asks for something. */
export const isNoStorage = (uid: string): boolean => OTHER_SERVICES.has(uid);

const REJECTED: Readonly<Record<Extract<ReceiverEvent, { kind: 'rejected' }>['why'], string>> = {
	'called-title': 'it is not our AE title',
	'calling-title': 'it may not call here',
	'too-many': 'too many associations stand already',
};

/** This machine has several addresses of its own. */
const isSameHost = (one: string, other: string): boolean => {
	const [a, b] = [plainAddress(one), plainAddress(other)];
	return a === b || (isLoopback(a) && isLoopback(b));
};

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

/** IPv4 in its own form. */
const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');
