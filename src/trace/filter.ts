/** The language that picks events of a trace: `assoc 8 and cmd ~ FIND`, `status >= A000`, `PatientName ~ SMITH`. */
import type { TraceEvent } from '../association/trace.ts';
import { stringsOf } from '../dicom/dataset.ts';
import { decodeDataset } from '../dicom/decode.ts';
import { byKeyword, nearestKeywords } from '../dicom/dictionary.ts';
import { type Service, type StatusClass, statusOf } from '../dimse/status.ts';
import { DicomError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { decodePdu, type Pdu } from '../upper-layer/pdu/index.ts';

/** Says of each event, in their order, whether it is wanted. */
export type TraceFilter = (event: TraceEvent) => boolean;

/** What is known of one event beside itself. */
interface Seen {
	readonly event: TraceEvent;
	readonly pdu: Pdu | undefined;
	/** Seconds since the first event, and since the one before it of the same association. */
	readonly time: number;
	readonly gap: number;
	readonly aeTitles: readonly string[];
}

type Test = (seen: Seen) => boolean;

const OPERATORS = ['=', '!=', '>=', '<=', '>', '<', '~'] as const;
type Operator = (typeof OPERATORS)[number];

/** The names of the language, and what each is; a DICOM keyword is a name too. */
export const FILTER_NAMES: Readonly<Record<string, string>> = {
	assoc: 'the number of the association',
	msg: 'the Message ID',
	pdu: 'RQ, AC, RJ, DATA, RELEASE, ABORT, or the name of the PDU',
	dimse: 'any message',
	cmd: 'the name of a message: C-FIND-RQ',
	status: 'the status of a response, in hexadecimal, or its class: failure, warning, cancel, pending, success',
	dir: '> sent, < received',
	ae: 'the calling or the called AE title',
	time: 'seconds since the beginning',
	gap: 'seconds since the event before it, of the same association',
};

/** @throws DicomError usage, with where and what was expected */
export const traceFilter = (text: string): TraceFilter => {
	const test = new Parser(text).parsed();
	const lastAt = new Map<number, number>();
	const titles = new Map<number, readonly string[]>();
	let firstAt: number | undefined;
	return (event) => {
		firstAt ??= event.at;
		const pdu = pduOf(event);
		if (pdu?.type === 'A-ASSOCIATE-RQ') titles.set(event.association, [pdu.callingAeTitle, pdu.calledAeTitle]);
		const seen: Seen = {
			event,
			pdu,
			time: (event.at - firstAt) / 1000,
			gap: (event.at - (lastAt.get(event.association) ?? event.at)) / 1000,
			aeTitles: titles.get(event.association) ?? [],
		};
		lastAt.set(event.association, event.at);
		return test(seen);
	};
};

const pduOf = (event: TraceEvent): Pdu | undefined => {
	if (event.event !== 'pdu' || event.bytes[0] === 0x04) return undefined;
	try {
		return decodePdu(event.bytes);
	} catch {
		return undefined;
	}
};

const TOKEN = /\s*(?:(\()|(\))|"([^"]*)"|(!=|>=|<=|=|>|<|~)|([^\s()=<>~!"]+))/y;

interface Token {
	readonly text: string;
	readonly kind: '(' | ')' | 'word' | 'operator' | 'quoted';
	readonly at: number;
}

/** "not" and parentheses within each other: more than somebody types, less than the stack holds. */
const MOST_NESTED = 100;

class Parser {
	readonly #text: string;
	readonly #tokens: readonly Token[];
	#next = 0;
	#depth = 0;

	constructor(text: string) {
		this.#text = text;
		this.#tokens = tokensOf(text);
	}

	parsed(): Test {
		if (this.#tokens.length === 0) return () => true;
		const test = this.#or();
		const rest = this.#tokens[this.#next];
		if (rest !== undefined) throw this.#wrong(`"${rest.text}" was not expected here`, rest);
		return test;
	}

	#or(): Test {
		const tests = [this.#and()];
		while (this.#takeWord('or')) tests.push(this.#and());
		return (seen) => tests.some((test) => test(seen));
	}

	#and(): Test {
		const tests = [this.#not()];
		while (this.#takeWord('and')) tests.push(this.#not());
		return (seen) => tests.every((test) => test(seen));
	}

	#not(): Test {
		this.#depth++;
		if (this.#depth > MOST_NESTED) throw this.#tooDeep();
		const test = this.#operand();
		this.#depth--;
		return test;
	}

	#operand(): Test {
		if (this.#takeWord('not')) {
			const test = this.#not();
			return (seen) => !test(seen);
		}
		const token = this.#tokens[this.#next];
		if (token?.kind !== '(') return this.#comparison();
		this.#next++;
		const test = this.#or();
		if (this.#tokens[this.#next]?.kind !== ')') throw this.#wrong('a ")" is missing', this.#tokens[this.#next]);
		this.#next++;
		return test;
	}

	#comparison(): Test {
		const name = this.#tokens[this.#next++];
		if (name === undefined || name.kind !== 'word') throw this.#wrong('a name was expected', name);
		if (name.text.toLowerCase() === 'dimse') return ({ event }) => event.event === 'message';
		const second = this.#tokens[this.#next++];
		// `assoc 8` is `assoc = 8`.
		const operator = second?.kind === 'operator' ? (second.text as Operator) : '=';
		// `dir = <` has an operator for its value.
		const value = second?.kind === 'operator' ? this.#tokens[this.#next++] : second;
		if (value === undefined || value.kind === '(' || value.kind === ')')
			throw this.#wrong(`a value for "${name.text}" was expected`, value);
		return this.#test(name, operator, value.text);
	}

	#test(name: Token, operator: Operator, value: string): Test {
		switch (name.text.toLowerCase()) {
			case 'assoc':
				return numeric(operator, this.#number(name, value), ({ event }) => event.association);
			case 'msg':
				return numeric(operator, this.#number(name, value), ({ event }) => messageIdOf(event));
			case 'time':
				return numeric(operator, this.#number(name, value), ({ time }) => time);
			case 'gap':
				return numeric(operator, this.#number(name, value), ({ gap }) => gap);
			case 'status': {
				const word = value.toLowerCase();
				if (STATUS_CLASSES.some((one) => one === word)) {
					if (operator !== '=' && operator !== '!=')
						throw this.#wrong(`"${value}" is a class of statuses: = or !=`, name);
					return textual(operator, word, ({ event }) => statusClass(event));
				}
				const status = Number.parseInt(value, 16);
				if (!/^(0x)?[\da-f]{1,4}$/i.test(value))
					throw this.#wrong(`"${value}" is no status; as A700, or ${STATUS_CLASSES.join(', ')}`, name);
				if (operator === '~')
					return textual(operator, value.replace(/^0x/i, ''), ({ event }) => hexOf(statusIn(event)));
				return numeric(operator, status, ({ event }) => statusIn(event));
			}
			case 'pdu':
				if (!isPduName(operator, value)) throw this.#unknownPdu(value);
				return textual(operator, value, ({ event, pdu }) => (event.event === 'pdu' ? pduNames(pdu) : []));
			case 'cmd':
				return textual(operator, value, ({ event }) => (event.event === 'message' ? [event.message.type] : []));
			case 'dir':
				return textual(operator, value, ({ event }) =>
					'direction' in event ? [event.direction === 'sent' ? '>' : '<', event.direction] : [],
				);
			case 'ae':
				return textual(operator, value, ({ aeTitles }) => aeTitles);
			default: {
				const element = byKeyword(name.text);
				if (element === undefined) throw this.#unknown(name);
				return textual(operator, value, ({ event }) => valuesOf(event, element.tag));
			}
		}
	}

	#number({ text }: Token, value: string): number {
		const parsed = Number(value);
		if (value.trim() === '' || Number.isNaN(parsed)) throw this.#wrong(`"${value}" is no number for "${text}"`);
		return parsed;
	}

	#takeWord(word: string): boolean {
		const token = this.#tokens[this.#next];
		if (token?.kind !== 'word' || token.text.toLowerCase() !== word) return false;
		this.#next++;
		return true;
	}

	#unknownPdu(value: string): DicomError {
		return new DicomError({
			blame: 'usage',
			message: `filter: there is no PDU "${value}"`,
			suggestions: nearest(value.toUpperCase(), PDU_NAMES, 2),
			hint: `the PDUs are ${PDU_NAMES.join(', ')}`,
		});
	}

	#unknown({ text }: Token): DicomError {
		const suggestions = [...nearest(text, Object.keys(FILTER_NAMES), 2), ...nearestKeywords(text, 2)];
		return new DicomError({
			blame: 'usage',
			message: `filter: there is no "${text}"`,
			suggestions,
			hint: `names are ${Object.keys(FILTER_NAMES).join(', ')}, and DICOM keywords`,
		});
	}

	#tooDeep(): DicomError {
		return new DicomError({
			blame: 'usage',
			message: `filter: "not" and parentheses stand more than ${MOST_NESTED} deep in each other`,
		});
	}

	#wrong(what: string, token?: Token): DicomError {
		const where = token === undefined ? '' : `, at character ${token.at + 1}`;
		return new DicomError({
			blame: 'usage',
			message: `filter "${this.#text}": ${what}${where}`,
			hint: 'as: assoc 8 and (cmd ~ FIND or status = failure) and not dir = >',
		});
	}
}

const tokensOf = (text: string): readonly Token[] => {
	const tokens: Token[] = [];
	TOKEN.lastIndex = 0;
	while (text.slice(TOKEN.lastIndex).trim() !== '') {
		const at = TOKEN.lastIndex;
		const match = TOKEN.exec(text);
		if (match === null)
			throw new DicomError({
				blame: 'usage',
				message: `filter "${text}": it cannot be read from character ${at + 1} on`,
			});
		const [, open, close, quoted, operator, word] = match;
		if (open !== undefined) tokens.push({ text: '(', kind: '(', at });
		else if (close !== undefined) tokens.push({ text: ')', kind: ')', at });
		else if (quoted !== undefined) tokens.push({ text: quoted, kind: 'quoted', at });
		else if (operator !== undefined) tokens.push({ text: operator, kind: 'operator', at });
		else tokens.push({ text: word ?? '', kind: 'word', at });
	}
	return tokens;
};

const ORDERED: Readonly<Record<Exclude<Operator, '~'>, (a: number, b: number) => boolean>> = {
	'=': (a, b) => a === b,
	'!=': (a, b) => a !== b,
	'>': (a, b) => a > b,
	'<': (a, b) => a < b,
	'>=': (a, b) => a >= b,
	'<=': (a, b) => a <= b,
};

/** What an event does not have is neither equal nor unequal to anything. */
const numeric = (operator: Operator, value: number, of: (seen: Seen) => number | undefined): Test => {
	if (operator === '~') return (seen) => String(of(seen) ?? '').includes(String(value));
	const compare = ORDERED[operator];
	return (seen) => {
		const own = of(seen);
		return own !== undefined && compare(own, value);
	};
};

/** Case does not count. `~` is "contains". */
const textual = (operator: Operator, value: string, of: (seen: Seen) => readonly string[]): Test => {
	const wanted = value.toUpperCase();
	const has = (own: string): boolean => {
		const text = own.toUpperCase();
		switch (operator) {
			case '~':
				return text.includes(wanted);
			case '=':
			case '!=':
				return text === wanted;
			case '>':
				return text > wanted;
			case '<':
				return text < wanted;
			case '>=':
				return text >= wanted;
			case '<=':
				return text <= wanted;
		}
	};
	if (operator === '!=') return (seen) => of(seen).length > 0 && !of(seen).some(has);
	return (seen) => of(seen).some(has);
};

const STATUS_CLASSES: readonly StatusClass[] = ['failure', 'warning', 'cancel', 'pending', 'success'];

const statusIn = (event: TraceEvent): number | undefined =>
	event.event === 'message' && 'status' in event.message ? event.message.status : undefined;

/** As it is printed, for who asks for a part of it. */
const hexOf = (status: number | undefined): readonly string[] =>
	status === undefined ? [] : [status.toString(16).toUpperCase().padStart(4, '0')];

/** Of a response, after its service; those of DIMSE-N have the general statuses. */
const statusClass = (event: TraceEvent): readonly StatusClass[] => {
	if (event.event !== 'message' || !('status' in event.message) || event.message.status === undefined) return [];
	const { type, status } = event.message;
	return [statusOf(SERVICES.find((one) => type.startsWith(one)) ?? 'C-ECHO', status).class];
};

const SERVICES: readonly Service[] = ['C-ECHO', 'C-STORE', 'C-FIND', 'C-GET', 'C-MOVE'];

const messageIdOf = (event: TraceEvent): number | undefined => {
	if (event.event !== 'message') return undefined;
	const { message } = event;
	if ('messageId' in message && message.messageId !== undefined) return message.messageId;
	return 'messageIdBeingRespondedTo' in message ? message.messageIdBeingRespondedTo : undefined;
};

const SHORT_NAMES: Readonly<Record<string, string>> = {
	'A-ASSOCIATE-RQ': 'RQ',
	'A-ASSOCIATE-AC': 'AC',
	'A-ASSOCIATE-RJ': 'RJ',
	'A-RELEASE-RQ': 'RELEASE',
	'A-RELEASE-RP': 'RELEASE',
	'A-ABORT': 'ABORT',
};

const PDU_NAMES: readonly string[] = [...new Set([...Object.entries(SHORT_NAMES).flat(), 'DATA', 'P-DATA-TF'])];

/** What no PDU is called nothing would be found for, and nobody would know why. */
const isPduName = (operator: Operator, value: string): boolean => {
	const wanted = value.toUpperCase();
	return PDU_NAMES.some((name) => (operator === '~' ? name.includes(wanted) : name === wanted));
};

const pduNames = (pdu: Pdu | undefined): readonly string[] =>
	pdu === undefined ? ['DATA', 'P-DATA-TF'] : [pdu.type, SHORT_NAMES[pdu.type] ?? ''];

const valuesOf = (event: TraceEvent, tag: string): readonly string[] => {
	if (event.event !== 'message' || event.identifier === undefined) return [];
	return stringsOf(decodeDataset(event.identifier, event.transferSyntax).dataset, tag);
};
