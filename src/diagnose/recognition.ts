/** What a word, a number or a line of a log is about: codes of the standard, however the tools of the field print them. */
import { byKeyword, type DictionaryEntry, nearestKeywords } from '../dicom/dictionary.ts';
import { uidByKeyword } from '../dicom/uids.ts';
import { type Service, type StatusClass, statusOf } from '../dimse/status.ts';
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
const TAG_TEXT = /^\(?([\da-f]{4}),\s*([\da-f]{4})\)?$/i;

/**
 * What somebody asks about, in the forms that `dimse explain` knows: `A702`, `move A702`, `1/1/7`, `rj 1 1 7`, `abort 2/1`, `pc 4`, a UID or
 * its keyword, a tag or its keyword, a line of a log.
 */
export const recognize = (text: string): readonly Recognized[] => {
	const plain = text.trim().slice(0, LONGEST_LINE);
	const triple = /^(?:(?:rj|reject(?:ed)?)\s+)?(\d+)\s*[/,\s]\s*(\d+)\s*[/,\s]\s*(\d+)$/i.exec(plain);
	if (triple !== null) return [reject(triple)];
	const abort = /^a?-?abort\s+(\d+)\s*[/,\s]\s*(\d+)$/i.exec(plain);
	if (abort !== null) return [{ kind: 'abort', source: Number(abort[1]), reason: Number(abort[2]) }];
	const context = /^(?:pc|context|result)\s+(\d+)$/i.exec(plain);
	if (context !== null) return [{ kind: 'context', result: Number(context[1]) }];
	if (UID.test(plain)) return [{ kind: 'uid', uid: plain }];
	const tag = TAG_TEXT.exec(plain) ?? /^([\da-f]{4})([\da-f]{4})$/i.exec(plain);
	if (tag !== null) return [{ kind: 'attribute', tag: `${tag[1]}${tag[2]}`.toUpperCase() }];
	const status = /^(?:(.*)\s)?(?:status\s*[:=]?\s*)?(?:0x)?([\da-f]{4})h?$/i.exec(plain);
	if (status !== null && /\d/.test(status[2] ?? '')) {
		const service = serviceIn(status[1] ?? '');
		if (service !== undefined || (status[1] ?? '').trim().split(/\s+/).length < 2)
			return [{ kind: 'status', status: Number.parseInt(status[2] ?? '', 16), service }];
	}
	const all = LISTS.find(([name]) => name.test(plain));
	if (all !== undefined) return all[1];
	const keyword = byKeyword(plain) ?? byAnyCase(plain);
	if (keyword !== undefined) return [{ kind: 'attribute', tag: keyword.tag }];
	const uid = uidByKeyword(plain);
	if (uid !== undefined) return [{ kind: 'uid', uid: uid.uid }];
	const found = recognizeLine(plain);
	return found.length > 0 ? found : harmless(plain);
};

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

/** `0xA702`, `A702H`, `status=a702`, `Status: 0xA702 (Failure)`. */
const STATUS_IN_LINE =
	/\b(?:0x([\da-f]{4})\b|([\da-f]{4})H\b|status\W{0,3}(?:0x)?([\da-f]{4})\b|Unknown Status: 0x([\da-f]{1,4}))/gi;
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
	(status >= 0x0105 && status <= 0x0213 && /status|result|response/i.test(line));
