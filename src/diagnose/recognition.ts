/** What a word, a number or a line of a log is about: codes of the standard, however the tools of the field print them. */
import { byKeyword, byTag, type DictionaryEntry, nearestKeywords } from '../dicom/dictionary.ts';
import { uidByKeyword, uidByName } from '../dicom/uids.ts';
import { type Service, STATUSES, type StatusClass, statusOf } from '../dimse/status.ts';
import type { Failure } from '../errors.ts';
import { ABORT_CODES, CONTEXT_CODES, REJECT_CODES } from './association-explanations.ts';
import { conditionOf } from './dcmtk-conditions.ts';
import type { Advice } from './explanation.ts';
import { PHRASES } from './log-phrases.ts';

export type Recognized =
	| { readonly kind: 'status'; readonly status: number; readonly service?: Service | undefined }
	| { readonly kind: 'reject'; readonly result: number; readonly source: number; readonly reason: number }
	| { readonly kind: 'abort'; readonly source: number; readonly reason: number }
	| { readonly kind: 'context'; readonly result: number }
	| { readonly kind: 'uid'; readonly uid: string }
	| { readonly kind: 'attribute'; readonly tag: string }
	| { readonly kind: 'failure'; readonly failure: Failure }
	/** What a program of the field says in words of its own. */
	| { readonly kind: 'saying'; readonly code: string; readonly advice: Advice };

const SERVICES: readonly (readonly [RegExp, Service])[] = [
	[/\b(c-?)?find(-?(rsp|rq)|scu|scp)?\b|findresponse/i, 'C-FIND'],
	[/\b(c-?)?move(-?(rsp|rq)|scu|scp)?\b|moveresponse/i, 'C-MOVE'],
	[/\b(c-?)?get(-?(rsp|rq)|scu|scp)?\b|getresponse/i, 'C-GET'],
	[/\b(c-?)?store?(-?(rsp|rq)|scu|scp)?\b|storeresponse/i, 'C-STORE'],
	[/\b(c-?)?echo(-?(rsp|rq)|scu|scp)?\b/i, 'C-ECHO'],
];

/** The service a text speaks of. */
export const serviceIn = (text: string): Service | undefined => SERVICES.find(([pattern]) => pattern.test(text))?.[1];

/** A kind of code without its numbers: all of them. */
const LISTS: readonly (readonly [RegExp, readonly Recognized[]])[] = [
	[/^(?:a-associate-)?(?:rj|reject(?:ed|ion)?s?)$/i, REJECT_CODES.map((code) => ({ kind: 'reject', ...code }))],
	[/^a?-?aborts?$/i, ABORT_CODES.map((code) => ({ kind: 'abort', ...code }))],
	[/^(?:pc|context|presentation context)s?$/i, CONTEXT_CODES.map((result) => ({ kind: 'context', result }))],
];

const UID = /^\d+(\.\d+){2,}$/;
/** Of the repeating groups 50xx and 60xx the first stands for all. */
const TAG_TEXT = /^\(?(?:0x)?([\da-f]{4}|[56]0xx),\s*(?:0x)?([\da-f]{4})\)?$/i;
const BARE_TAG = /^(?:0x)?([\da-f]{4}|[56]0xx)([\da-f]{4})$/i;
/** `A702`; fewer digits where `0x`, `H` or `status=` says that they are some; 42752 is A700 in decimal, 272 is 0110. */
const STATUS_TEXT =
	/^(?:(.*)\s)?(?:(?:status\s*[:=]?\s*)?(?:(?:0x)?([\da-f]{4})h?|0x([\da-f]{1,3})h?|([\da-f]{1,3})h)|status\s*[:=]\s*([\da-f]{1,3})|([4-6]\d{4}|[2-5]\d{2}))$/i;
/** `A7xx`: all that begin so. */
const STATUSES_TEXT = /^(?:(.*)\s)?(?:0x)?(?=[\da-fx]{4}h?$)([\da-f]+)x+h?$/i;

/**
 * What somebody asks about, in the forms that `dimse explain` knows: `A702`, `move A702`, `A7xx`, `1/1/7`, `rj 1 1 7`, `abort 2/1`, `pc 4`, a
 * UID, its keyword or its name, a tag or its keyword, a line of a log.
 */
export const recognize = (text: string): readonly Recognized[] => {
	const plain = text.trim().slice(0, LONGEST_LINE);
	// As it stands in a sentence.
	const code = plain.replace(/[,.;:!?]{1,4}$/, '');
	const triple = /^(?:(?:a-associate-)?(?:rj|reject(?:ed)?)\s+)?(\d+)\s*[/,\s]\s*(\d+)\s*[/,\s]\s*(\d+)$/i.exec(code);
	if (triple !== null) return [reject(triple)];
	const abort = /^a?-?abort\s+(\d+)\s*[/,\s]\s*(\d+)$/i.exec(code);
	if (abort !== null) return [{ kind: 'abort', source: Number(abort[1]), reason: Number(abort[2]) }];
	const context = /^(?:pc|context|result)\s+(\d+)$/i.exec(code);
	if (context !== null) return [{ kind: 'context', result: Number(context[1]) }];
	if (UID.test(code)) return [{ kind: 'uid', uid: code }];
	const long = LONG_STATUS.exec(code);
	if (long !== null && isLongStatus(long)) return [{ kind: 'status', status: Number.parseInt(long[1] ?? '', 16) }];
	const tag = TAG_TEXT.exec(code) ?? BARE_TAG.exec(code);
	if (tag !== null) return [{ kind: 'attribute', tag: `${tag[1]}${tag[2]}`.toUpperCase().replace('XX', '00') }];
	const statuses = statusesAsked(withoutMarks(code));
	if (statuses.length > 0) return statuses;
	const all = LISTS.find(([name]) => name.test(code));
	if (all !== undefined) return all[1];
	const keyword = byKeyword(code) ?? byAnyCase(code.replaceAll(/(?:['’]s)?\s+/g, ''));
	if (keyword !== undefined) return [{ kind: 'attribute', tag: keyword.tag }];
	const uid = uidByKeyword(code) ?? uidByName(code);
	if (uid !== undefined) return [{ kind: 'uid', uid: uid.uid }];
	const found = recognizeLine(plain);
	return found.length > 0 ? found : harmless(plain);
};

/** As a program prints a whole integer, where no command element is called so: 0000A702, and not (0000,0110). */
const LONG_STATUS = /^(?:0x)?0000([\da-f]{4})$/i;
const isLongStatus = ([, digits = '']: RegExpExecArray): boolean =>
	byTag(`0000${digits.toUpperCase()}`) === undefined && isListed(Number.parseInt(digits, 16));

/** Without what stands around the last word: `(A702)`. */
const withoutMarks = (text: string): string => {
	const end = text.replace(/[\])}>"'`]{1,4}$/, '');
	const at = end.lastIndexOf(' ') + 1;
	return end.slice(0, at) + end.slice(at).replace(/^[[({<"'`]+/, '');
};

const statusesAsked = (text: string): readonly Recognized[] => {
	const one = STATUS_TEXT.exec(text);
	if (one !== null) {
		const [, before = '', ...numbers] = one;
		const decimal = numbers.pop();
		const hex = numbers.find((number) => number !== undefined) ?? '';
		const status = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
		const service = serviceIn(before);
		// `JPEG 2000` is none, `cafe` neither.
		const isSaid = before.trim() === '' || /^\W*(?:dimse\s+)?status\W*$/i.test(before);
		const isMeant = service !== undefined || (isSaid && decimal === undefined) || isListed(status);
		const isShort = before.trim().split(/\s+/).length < 2;
		// Numbers of three digits stand for many things.
		if (decimal?.length === 3 && (!isListed(status) || !(isSaid || (isShort && service !== undefined)))) return [];
		return /\d/.test(decimal ?? hex) && isMeant && (service !== undefined || isSaid || isShort)
			? [{ kind: 'status', status, service }]
			: [];
	}
	const [, before = '', digits] = STATUSES_TEXT.exec(text) ?? [];
	if (digits === undefined) return [];
	const service = serviceIn(before);
	const first = Number.parseInt(digits.padEnd(4, '0'), 16);
	const last = Number.parseInt(digits.padEnd(4, 'F'), 16);
	const listed = STATUSES.filter(
		({ status, services = SERVICE_NAMES }) =>
			status >= first && status <= last && (service === undefined || services.includes(service)),
	);
	return [...new Set(listed.map(({ status }) => status))]
		.toSorted((a, b) => a - b)
		.map((status) => ({ kind: 'status', status, service }));
};

const SERVICE_NAMES: readonly Service[] = SERVICES.map(([, service]) => service);

/** By a name of its own, or in one of the ranges A7xx, A9xx, Bxxx and Cxxx; 01xx and 02xx are ranges of anything. */
const isListed = (status: number): boolean =>
	STATUSES.some((row) => (status & row.mask) === row.status && (row.mask === 0xffff || status >= 0xa000));

/** Somebody types `patientname`; the nearest keyword is the same one then. */
const byAnyCase = (word: string): DictionaryEntry | undefined => {
	const [nearest = ''] = /^[a-z]\w+$/i.test(word) ? nearestKeywords(word, 1) : [];
	return nearest.toLowerCase() === word.toLowerCase() ? byKeyword(nearest) : undefined;
};

/** What a log is not annotated with: who asks about one line wants to hear that it is well, too. */
const harmless = (line: string): readonly Recognized[] => {
	const [, word = ''] = /\b(success|pending)\b/i.exec(line) ?? [];
	if (word === '') return [];
	return [{ kind: 'status', status: word.toLowerCase() === 'success' ? 0x0000 : 0xff00, service: serviceIn(line) }];
};

const reject = ([, result, source, reason]: RegExpExecArray): Recognized => ({
	kind: 'reject',
	result: Number(result),
	source: Number(source),
	reason: Number(reason),
});

// Without a bound between the words a line that has them many times would take minutes.
const NUMBERED_REJECT = /\bresult\W{0,3}(\d)\b.{0,80}?\bsource\W{0,3}(\d)\b.{0,80}?\breason\W{0,3}(\d)\b/i;
const NUMBERED_ABORT = /\bA-?(?:P-?)?ABORT\b.{0,80}?\bsource\W{0,3}(\d)\b.{0,80}?\breason\W{0,3}(\d)\b/i;
const REJECT_TRIPLE = /\b(?:RJ|reject\w*)\b.{0,80}?\b([12])\/([123])\/(\d+)\b/i;

/** Characters of a line that are looked at: what is wrong stands at the beginning. */
const LONGEST_LINE = 2048;

/** fo-dicom: `Association Abort [source: ServiceProvider; reason: UnexpectedPDU]` */
const NAMED_ABORT = /\babort\w*\W*source\W{0,3}service-?(user|provider)\W{1,3}reason\W{0,3}(\w+)/i;
const ABORT_REASONS: readonly string[] = [
	'notspecified',
	'unrecognizedpdu',
	'unexpectedpdu',
	'',
	'unrecognizedpduparameter',
	'unexpectedpduparameter',
	'invalidpduparameter',
];

const namedAbort = ([, source = '', reason = '']: RegExpExecArray): Recognized => ({
	kind: 'abort',
	source: source.toLowerCase() === 'user' ? 0 : 2,
	reason: Math.max(0, ABORT_REASONS.indexOf(reason.toLowerCase())),
});

/** DCMTK takes three lines for a rejection: the reason is in the third. */
const BEFORE_THE_REASON = /\bassociation rejected:\s*$|\bresult: rejected (?:permanent|transient), source: /i;
const MESSAGE_TYPE = /\bMessage Type\s*:\s*(C-(?:ECHO|STORE|FIND|GET|MOVE))\b/i;
const STATUS_LINE = /\bDIMSE Status\s*:/i;

/** `recognizeLine` for the lines of one log, in their order: what a line leaves out the lines before it may have said. */
export const logReader = (): ((line: string) => readonly Recognized[]) => {
	let service: Service | undefined;
	return (whole) => {
		const line = whole.slice(0, LONGEST_LINE);
		if (BEFORE_THE_REASON.test(line)) return [];
		const [, type] = MESSAGE_TYPE.exec(line) ?? [];
		if (type !== undefined) service = serviceIn(type);
		return recognizeLine(line, STATUS_LINE.test(line) ? service : undefined);
	};
};

/**
 * A line of a foreign log: what in it is a code, most telling first; nothing where there is nothing to say.
 *
 * @param spoken the service that is spoken of where the line names none
 */
export const recognizeLine = (whole: string, spoken?: Service): readonly Recognized[] => {
	const line = whole.slice(0, LONGEST_LINE);
	const condition = conditionOf(line);
	if (condition !== undefined) return [condition];
	const named = NAMED_ABORT.exec(line);
	if (named !== null) return [namedAbort(named)];
	const abort = NUMBERED_ABORT.exec(line);
	if (abort !== null) return [{ kind: 'abort', source: Number(abort[1]), reason: Number(abort[2]) }];
	const numbered = /abort/i.test(line) ? null : (NUMBERED_REJECT.exec(line) ?? REJECT_TRIPLE.exec(line));
	if (numbered !== null) return [reject(numbered)];
	const phrase = PHRASES.find(({ pattern }) => pattern.test(line));
	if (phrase !== undefined) {
		const { means } = phrase;
		return [
			means.kind === 'status' && means.service === undefined ? { ...means, service: serviceIn(line) ?? spoken } : means,
		];
	}
	return statusesIn(line, spoken);
};

/** `0xA702`, `A702H`, `status=a702`, `status=110H`, `Status: 0xA702 (Failure)`. A small h after few digits is an hour. */
const STATUS_IN_LINE =
	/\b(?:0[xX]([\da-fA-F]{1,4})\b|([\da-fA-F]{1,4})H\b|([\da-fA-F]{4})h\b|[sS](?:tatus|TATUS)(?:\W{0,3}(?:0x)?([\da-fA-F]{4})\b|\s*[=:]\s*([\da-fA-F]{1,3})\b))/g;
const TELLING: ReadonlySet<StatusClass> = new Set(['failure', 'warning', 'cancel']);

const statusesIn = (line: string, spoken: Service | undefined): readonly Recognized[] => {
	const service = serviceIn(line) ?? spoken;
	const found = new Set<number>();
	for (const [, ...groups] of line.matchAll(STATUS_IN_LINE))
		found.add(Number.parseInt(groups.find((group) => group !== undefined) ?? '', 16));
	return [...found]
		.filter((status) => isStatus(status, line) && TELLING.has(statusOf(service ?? 'C-FIND', status).class))
		.map((status) => ({ kind: 'status', status, service }));
};

/** A number that some service has a name for: logs are full of others, of small ones above all. */
const isStatus = (status: number, line: string): boolean =>
	(status >= 0xa700 && status <= 0xcfff) ||
	status === 0xfe00 ||
	(status >= 0x0105 && isListed(status) && /status|result|response/i.test(line));
