/** What a peer can be made to do wrong on purpose: the table of faults, and `NAME[:ARGUMENT][@CALLING-AET]` as one of them. */
import { isKnown } from '../dicom/character-sets.ts';
import { byKeyword, nearestKeywords } from '../dicom/dictionary.ts';
import { uidByKeyword } from '../dicom/uids.ts';
import { isPending } from '../dimse/status.ts';
import { DicomError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { durationMs } from './duration.ts';

/** The request of a service, by the word it has in a fault. */
export const REQUESTS = {
	echo: 'C-ECHO-RQ',
	store: 'C-STORE-RQ',
	find: 'C-FIND-RQ',
	get: 'C-GET-RQ',
	move: 'C-MOVE-RQ',
} as const;

export type ServiceWord = keyof typeof REQUESTS;

/** When something happens: at the A-ASSOCIATE-RQ, at a request, or after so many responses on the association, of one service or of all. */
export type Moment =
	| { readonly at: 'rq' | ServiceWord }
	| { readonly after: number; readonly service: ServiceWord | undefined };

/** One fault without whom it concerns. */
export type FaultKind =
	| {
			readonly name: 'reject';
			readonly result: number;
			readonly source: number;
			readonly reason: number;
			readonly forMs: number | undefined;
	  }
	| { readonly name: 'silent' | 'abort-after' | 'drop-after'; readonly moment: Moment }
	| { readonly name: 'abort'; readonly source: number; readonly reason: number }
	| { readonly name: 'slow'; readonly ms: number; readonly rowsOnly: boolean }
	| { readonly name: 'first-row' | 'move-async' | 'idle-abort'; readonly ms: number }
	| { readonly name: 'limit' | 'limit-refuse' | 'max-contexts' | 'pdu'; readonly count: number }
	| { readonly name: 'ignore-key'; readonly tag: string }
	/** Without a tag: every key but the unique ones. */
	| { readonly name: 'missing-keys'; readonly tag: string | undefined }
	| { readonly name: 'wrong-charset'; readonly terms: readonly string[] }
	| { readonly name: 'fail-every'; readonly count: number; readonly status: number }
	| {
			readonly name: 'status';
			readonly service: ServiceWord;
			readonly status: number;
			readonly comment: string | undefined;
	  }
	| { readonly name: 'final-status'; readonly service: ServiceWord; readonly status: number }
	| {
			readonly name: 'counts';
			readonly completed: number;
			readonly failed: number;
			readonly warning: number;
			readonly remaining: number | undefined;
	  }
	| { readonly name: 'refuse-class'; readonly uid: string }
	| { readonly name: FlagName };

/** The faults that have no argument. */
const FLAGS = {
	'case-sensitive': 'names and other text match only in the case they are stored in',
	'no-charset': 'rows as they are, without saying their character set (0008,0005)',
	'dup-rows': 'every row twice',
	'escape-names': 'person names with terminal escape sequences in them',
	'no-get': 'C-GET is not offered',
	'no-patient-root': 'nothing of Patient Root is offered',
	'move-unknown': 'every C-MOVE destination is unknown (A801)',
	'move-lie': 'C-MOVE says success and sends nothing',
	'move-half': 'C-GET and C-MOVE send half of the instances and count no more',
	'no-pending': 'C-GET and C-MOVE send no pending responses',
	'no-counts': 'C-GET and C-MOVE responses say no numbers of sub-operations',
	'ignore-cancel': 'a C-CANCEL changes nothing',
} as const;

type FlagName = keyof typeof FLAGS;

/** One fault; where `calling` is there it meets only the associations of that AE. */
export type Fault = FaultKind & { readonly calling?: string };

/** A row of the table that help, the man page and `--simulate help` are printed from. */
export interface FaultEntry {
	readonly name: FaultKind['name'];
	/** How it is written: `slow:DURATION[/row]`. */
	readonly usage: string;
	readonly summary: string;
	/** The words of the argument, undefined where they say nothing; '' where there is none. */
	readonly read: (argument: string) => FaultKind | undefined;
}

const SERVICES = Object.keys(REQUESTS).join('|');
const WHEN = `rq|${SERVICES}|[SERVICE:]N`;

const flag = (name: FlagName): FaultEntry => ({
	name,
	usage: name,
	summary: FLAGS[name],
	read: (argument) => (argument === '' ? { name } : undefined),
});

const timed = (name: 'first-row' | 'move-async' | 'idle-abort', summary: string): FaultEntry => ({
	name,
	usage: `${name}:DURATION`,
	summary,
	read: (argument) => {
		const ms = durationMs(argument);
		return ms === undefined ? undefined : { name, ms };
	},
});

const counted = (
	name: 'limit' | 'limit-refuse' | 'max-contexts' | 'pdu',
	unit: string,
	summary: string,
	isMeant: (count: number) => boolean = () => true,
): FaultEntry => ({
	name,
	usage: `${name}:${unit}`,
	summary,
	read: (argument) => {
		const count = numberOf(argument, 0xffffffff);
		return count === undefined || !isMeant(count) ? undefined : { name, count };
	},
});

const momentary = (name: 'silent' | 'abort-after' | 'drop-after', usage: string, summary: string): FaultEntry => ({
	name,
	usage,
	summary,
	read: (argument) => {
		const moment = momentOf(name === 'silent' && argument === '' ? 'rq' : argument);
		return moment === undefined ? undefined : { name, moment };
	},
});

/** The header of a PDV and one byte: in less than this nothing can be sent. */
const LEAST_PDU = 7;

/** All faults, in the order they are listed. */
export const FAULTS: readonly FaultEntry[] = [
	{
		name: 'reject',
		usage: 'reject:RESULT/SOURCE/REASON[:DURATION]',
		summary: 'reject with these numbers (result 1-2, source 1-3), for so long after the first or always',
		read: (argument) => {
			const [, result, source, reason, duration] = /^(\d+)\/(\d+)\/(\d+)(?::(.*))?$/.exec(argument) ?? [];
			const [a, b, c] = [numberOf(result, 255), numberOf(source, 255), numberOf(reason, 255)];
			const forMs = duration === undefined ? undefined : durationMs(duration);
			if (a === undefined || b === undefined || c === undefined || (duration !== undefined && forMs === undefined))
				return undefined;
			// PS3.8 9.3.4 knows no others. Reasons may be any: what is reserved is met all the same.
			if (a < 1 || a > 2 || b < 1 || b > 3) return undefined;
			return { name: 'reject', result: a, source: b, reason: c, forMs };
		},
	},
	momentary(
		'abort-after',
		`abort-after:${WHEN}`,
		'A-ABORT at the association request, at a request, or after N responses (of a service)',
	),
	{
		name: 'abort',
		usage: 'abort:SOURCE/REASON',
		summary: 'A-ABORT with these two numbers at the first request',
		read: (argument) => {
			const [, source, reason] = /^(\d+)\/(\d+)$/.exec(argument) ?? [];
			const [a, b] = [numberOf(source, 255), numberOf(reason, 255)];
			return a === undefined || b === undefined ? undefined : { name: 'abort', source: a, reason: b };
		},
	},
	momentary('drop-after', `drop-after:${WHEN}`, 'close the connection without a word, as a crash does'),
	momentary(
		'silent',
		`silent[:${WHEN}]`,
		'never answer the association request (the default), a request, or after N responses',
	),
	timed('idle-abort', 'A-ABORT when nothing was asked for so long'),
	counted('max-contexts', 'N', 'accept no more than N presentation contexts, at least 1', (count) => count > 0),
	counted(
		'pdu',
		'BYTES',
		`announce this maximum PDU length, at least ${LEAST_PDU} (0: none)`,
		(bytes) => bytes === 0 || bytes >= LEAST_PDU,
	),
	flag('no-get'),
	flag('no-patient-root'),
	{
		name: 'refuse-class',
		usage: 'refuse-class:UID|KEYWORD',
		summary: 'do not accept this SOP class: refuse-class:CTImageStorage',
		read: (argument) => {
			const uid = /^[0-9.]{1,64}$/.test(argument) ? argument : uidByKeyword(argument)?.uid;
			return uid === undefined ? undefined : { name: 'refuse-class', uid };
		},
	},
	{
		name: 'slow',
		usage: 'slow:DURATION[/row]',
		summary: 'wait so long (200ms, 20s, 1m) before each response; with /row, before pending ones',
		read: (argument) => {
			const ms = durationMs(argument.replace(/\/row$/, ''));
			return ms === undefined ? undefined : { name: 'slow', ms, rowsOnly: argument.endsWith('/row') };
		},
	},
	timed('first-row', 'wait so long before the first response of a C-FIND, C-GET or C-MOVE'),
	{
		name: 'status',
		usage: `status:${SERVICES}:CODE[:COMMENT]`,
		summary: 'answer such requests with this status (four hex digits) and do nothing',
		read: (argument) => {
			const [, service, code, comment] = /^(\w+):(\w+)(?::(.*))?$/.exec(argument) ?? [];
			const status = finalStatusOf(code);
			return isService(service) && status !== undefined ? { name: 'status', service, status, comment } : undefined;
		},
	},
	{
		name: 'final-status',
		usage: `final-status:${SERVICES}:CODE`,
		summary: 'do what is asked, and say in the end that this came of it',
		read: (argument) => {
			const [service, code, more] = argument.split(':');
			const status = finalStatusOf(code);
			return isService(service) && status !== undefined && more === undefined
				? { name: 'final-status', service, status }
				: undefined;
		},
	},
	{
		name: 'fail-every',
		usage: 'fail-every:N:CODE',
		summary: 'every Nth C-STORE and every Nth sub-operation fails with this status',
		read: (argument) => {
			const [number, code, more] = argument.split(':');
			const [count, status] = [numberOf(number, 0xffffffff), finalStatusOf(code)];
			return count === undefined || count === 0 || status === undefined || more !== undefined
				? undefined
				: { name: 'fail-every', count, status };
		},
	},
	counted('limit', 'N', 'end a C-FIND with success after N rows'),
	counted('limit-refuse', 'N', 'refuse a C-FIND of more than N rows (A700)'),
	{
		name: 'ignore-key',
		usage: 'ignore-key:KEYWORD',
		summary: 'match as if this key had no value',
		read: (argument) => {
			const tag = tagOf(argument);
			return tag === undefined ? undefined : { name: 'ignore-key', tag };
		},
	},
	{
		name: 'missing-keys',
		usage: 'missing-keys[:KEYWORD]',
		summary: 'rows without this attribute, or with none but the unique keys',
		read: (argument) => {
			const tag = tagOf(argument);
			return tag === undefined && argument !== '' ? undefined : { name: 'missing-keys', tag };
		},
	},
	flag('case-sensitive'),
	flag('dup-rows'),
	flag('escape-names'),
	flag('no-charset'),
	{
		name: 'wrong-charset',
		usage: 'wrong-charset:TERM',
		summary: 'rows as they are, and another character set named: wrong-charset:ISO_IR 100',
		read: (argument) => {
			const terms = argument.split('\\');
			return argument !== '' && terms.every(isKnown) ? { name: 'wrong-charset', terms } : undefined;
		},
	},
	flag('ignore-cancel'),
	flag('no-pending'),
	flag('no-counts'),
	{
		name: 'counts',
		usage: 'counts:COMPLETED/FAILED/WARNING[/REMAINING]',
		summary: 'these numbers in the final response of a C-GET or C-MOVE, whatever was sent',
		read: (argument) => {
			const [, ...texts] = /^(\d+)\/(\d+)\/(\d+)(?:\/(\d+))?$/.exec(argument) ?? [];
			const [completed, failed, warning, remaining] = texts.map((text) => numberOf(text, 0xffff));
			const isWhole = completed !== undefined && failed !== undefined && warning !== undefined;
			const isRead = isWhole && (texts[3] === undefined || remaining !== undefined);
			return isRead ? { name: 'counts', completed, failed, warning, remaining } : undefined;
		},
	},
	flag('move-unknown'),
	flag('move-lie'),
	timed('move-async', 'C-MOVE says success at once and sends so long after'),
	flag('move-half'),
];

/** Of the server, not of an association: they cannot be had for one calling AE alone. */
const FOR_ALL: ReadonlySet<string> = new Set<FaultKind['name']>(['pdu']);

/**
 * @param text `NAME[:ARGUMENT][@CALLING-AET]`; it is the last `@` that counts
 * @throws DicomError usage
 */
export const parseFault = (text: string): Fault => {
	const at = text.lastIndexOf('@');
	const calling = at < 0 ? undefined : text.slice(at + 1).trim();
	const [, name = '', colon, argument = ''] = /^([^:]*)(:)?(.*)$/s.exec(at < 0 ? text : text.slice(0, at)) ?? [];
	const entry = FAULTS.find((one) => one.name === name);
	if (entry === undefined) {
		const suggestions = nearest(
			name,
			FAULTS.map((one) => one.name),
			3,
		);
		throw usageError(`there is no fault ${JSON.stringify(name)} to simulate`, suggestions);
	}
	if (calling !== undefined && !/^[\x20-\x5b\x5d-\x7e]{1,16}$/.test(calling))
		throw usageError(`${JSON.stringify(calling)} in ${text} is no AE title`);
	if (calling !== undefined && FOR_ALL.has(name)) throw usageError(`${name} is for all callers: leave @${calling} out`);
	const fault = colon !== undefined && argument === '' ? undefined : entry.read(argument);
	if (fault === undefined) {
		const isKey = name === 'ignore-key' || name === 'missing-keys';
		throw usageError(`${text} is not ${entry.usage}: ${entry.summary}`, isKey ? nearestKeywords(argument) : []);
	}
	return calling === undefined ? fault : { ...fault, calling };
};

const usageError = (message: string, suggestions: readonly string[] = []): DicomError =>
	new DicomError({ blame: 'usage', message, suggestions, hint: '--simulate help    lists the faults' });

const numberOf = (text: string | undefined, greatest: number): number | undefined =>
	text !== undefined && /^\d{1,10}$/.test(text) && Number(text) <= greatest ? Number(text) : undefined;

const isService = (word: string | undefined): word is ServiceWord =>
	word !== undefined && Object.hasOwn(REQUESTS, word);

const momentOf = (text: string): Moment | undefined => {
	if (text === 'rq' || isService(text)) return { at: text };
	const [, word, number] = /^(?:(\w+):)?(\d+)$/.exec(text) ?? [];
	const after = numberOf(number, 0xffffffff);
	if (after === undefined || after === 0 || (word !== undefined && !isService(word))) return undefined;
	return { after, service: word };
};

/** Four hex digits, with or without 0x: any status but a pending one. */
const finalStatusOf = (text: string | undefined): number | undefined => {
	const [, digits] = /^(?:0x)?([0-9A-Fa-f]{4})$/.exec(text ?? '') ?? [];
	const status = Number.parseInt(digits ?? '', 16);
	return Number.isNaN(status) || isPending(status) ? undefined : status;
};

/** Of a keyword, or of eight hex digits with or without punctuation. */
const tagOf = (text: string): string | undefined => {
	const [, group, element] = /^\(?([0-9A-Fa-f]{4}),?([0-9A-Fa-f]{4})\)?$/.exec(text) ?? [];
	return group === undefined ? byKeyword(text)?.tag : `${group}${element}`.toUpperCase();
};
