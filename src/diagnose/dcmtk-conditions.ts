/** The numbers that DCMTK puts before its messages (`0006:0317`), as a table of what they are about. */
import type { Advice } from './explanation.ts';
import { CUT_OFF, OUT_OF_STEP, PEER_GONE, UNKNOWN_PLACE, UNREADABLE } from './log-phrases.ts';
import type { Recognized } from './recognition.ts';

type Meaning = Advice | Exclude<Recognized, { readonly kind: 'saying' }>;

const NO_CONTEXT: Meaning = { kind: 'failure', failure: { blame: 'no-context', refused: [] } };

const LOCAL: Advice = {
	title: 'a fault inside the program that says so',
	means: ['DCMTK was called in a way it does not allow: a bug of the program, not of the peer'],
	do: ['report it to who makes the program, with the lines before it'],
};

const NOT_ALLOWED: Advice = {
	title: 'a message that does not fit here',
	means: ['the other end sent a request or a response that was not asked for, or for another presentation context'],
	do: ['record it: dimse COMMAND --trace x.pcap, and send it to who looks after the peer'],
};

/** Module 0006 is dcmnet. 01xx: association, 02xx: DIMSE, 03xx: upper layer. */
const CONDITIONS: Readonly<Record<string, Meaning>> = {
	'0101': NO_CONTEXT,
	'0105': NO_CONTEXT,
	'0108': {
		title: 'the user identity was not accepted',
		means: ['the peer wants a user name, a password or a token, or did not accept the one that was given'],
		do: ['check the user name and the password or token'],
	},
	'0109': {
		title: 'the roles were not accepted',
		means: ['for C-GET the caller has to be allowed to take instances (SCP role), and the peer did not agree'],
		do: ['use C-MOVE, or ask for C-GET to be allowed'],
	},
	'0203': UNREADABLE,
	'0205': LOCAL,
	'0206': NO_CONTEXT,
	'0207': { kind: 'failure', failure: { blame: 'timeout', waitingFor: 'response', timeoutMs: 0 } },
	'0208': NO_CONTEXT,
	'0209': LOCAL,
	'020a': { kind: 'status', status: 0xa700 },
	'020b': UNREADABLE,
	'020c': CUT_OFF,
	'020d': CUT_OFF,
	'020e': CUT_OFF,
	'020f': NOT_ALLOWED,
	'0210': NOT_ALLOWED,
	'0211': NOT_ALLOWED,
	'0212': { kind: 'context', result: 4 },
	'0213': {
		title: 'DCMTK does not find its data dictionary',
		means: ['the file dicom.dic is not where DCMTK looks for it'],
		do: ['set DCMDICTPATH to it for that program'],
	},
	'0303': OUT_OF_STEP,
	'0307': UNREADABLE,
	'0308': { kind: 'abort', source: 2, reason: 6 },
	'0310': CUT_OFF,
	'0317': PEER_GONE,
	'0319': {
		title: 'the other end released the association',
		means: ['in good order; who still waits for an answer does not get it'],
		do: ['ask what their log says at this time, if something is missing'],
	},
	'031a': { kind: 'failure', failure: { blame: 'timeout', waitingFor: 'response', timeoutMs: 0 } },
	'031b': {
		title: 'no association came about',
		means: ['the line that follows it says why'],
		do: ['dimse doctor PEER    tells what is wrong'],
	},
	'031d': CUT_OFF,
	'031e': {
		kind: 'failure',
		failure: { blame: 'tls', code: 'TLS', message: 'the line that follows it says why' },
	},
	'031f': { kind: 'abort', source: 2, reason: 2 },
	'0320': { kind: 'failure', failure: { blame: 'resolve', host: 'the host', code: 'ENOTFOUND' } },
	'0321': { kind: 'abort', source: 2, reason: 1 },
	'0322': { kind: 'reject', result: 1, source: 2, reason: 2 },
	'0324': {
		kind: 'failure',
		failure: { blame: 'connect', code: 'ECONNRESET', phase: 'connect', ...UNKNOWN_PLACE },
	},
};

const NUMBER = /\b0006:([\da-f]{4})\b/i;

/** Numbers whose words say more: who rejected and why, what TCP said. */
const TOLD_IN_WORDS: ReadonlySet<string> = new Set(['0301', '031c']);

/** What a line with such a number says; nothing where it has none, or its words say it better. */
export const conditionOf = (line: string): Recognized | undefined => {
	const number = NUMBER.exec(line)?.[1]?.toLowerCase();
	if (number === undefined || TOLD_IN_WORDS.has(number)) return undefined;
	const meaning = CONDITIONS[number];
	if (meaning === undefined) return undefined;
	return 'kind' in meaning ? meaning : { kind: 'saying', code: `0006:${number}`, advice: meaning };
};
