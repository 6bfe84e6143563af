/** PDUs, states and bytes that the tests of this folder have in common. */
import {
	type AssociateAc,
	type AssociateRj,
	type AssociateRq,
	encodePdu,
	type Pdu,
	type UserInformation,
} from '../../src/upper-layer/pdu/index.ts';
import type { Decoded } from '../../src/upper-layer/pdu-decoder.ts';
import type { State } from '../../src/upper-layer/transitions.ts';
import { type Output, type Role, UpperLayer } from '../../src/upper-layer/upper-layer.ts';

/**
 * Bytes written with what they mean: hexadecimal digits and 'texts', and after two spaces or more a comment to the end of the line.
 */
export const hex = (annotated: string): Uint8Array => {
	const bytes: number[] = [];
	for (const line of annotated.split('\n')) {
		let rest = line.trim();
		while (rest !== '' && !rest.startsWith('  ')) {
			const [match, word = ''] = /^ ?('[^']*'|(?:[0-9a-f]{2})+)/.exec(rest) ?? [];
			if (match === undefined) throw new Error(`neither hexadecimal nor text: ${rest}`);
			if (word.startsWith("'")) bytes.push(...ascii(word.slice(1, -1)));
			else bytes.push(...Array.from(word.matchAll(/../g), ([digits]) => Number.parseInt(digits, 16)));
			rest = rest.slice(match.length);
		}
	}
	return Uint8Array.from(bytes);
};

export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

export const concat = (...parts: readonly Uint8Array[]): Uint8Array => {
	const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
};

/** A PDU's header, with a length of one's choice. */
export const pduHeader = (type: number, length: number): Uint8Array => {
	const header = new Uint8Array(6);
	header[0] = type;
	new DataView(header.buffer).setUint32(2, length);
	return header;
};

/** Each byte on its own. */
export const bytewise = (bytes: Uint8Array): Uint8Array[] => Array.from(bytes, (byte) => Uint8Array.of(byte));

/** Both ends of every cut of the bytes. */
export const cuts = (bytes: Uint8Array): [Uint8Array, Uint8Array][] =>
	Array.from({ length: bytes.length + 1 }, (_, at) => [bytes.subarray(0, at), bytes.subarray(at)]);

export const NO_USER_INFORMATION: UserInformation = {
	roleSelections: [],
	extendedNegotiations: [],
	commonExtendedNegotiations: [],
};

export const VERIFICATION = '1.2.840.10008.1.1';
export const CT_STORAGE = '1.2.840.10008.5.1.4.1.1.2';
export const IMPLICIT = '1.2.840.10008.1.2';
export const EXPLICIT = '1.2.840.10008.1.2.1';

export const RQ: AssociateRq = {
	type: 'A-ASSOCIATE-RQ',
	protocolVersion: 1,
	calledAeTitle: 'ANY-SCP',
	callingAeTitle: 'ECHOSCU',
	applicationContextName: '1.2.840.10008.3.1.1.1',
	presentationContexts: [{ id: 1, abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT] }],
	userInformation: { maximumLength: 16384, implementationClassUid: '1.2.3', ...NO_USER_INFORMATION },
};

export const AC: AssociateAc = {
	...RQ,
	type: 'A-ASSOCIATE-AC',
	presentationContexts: [{ id: 1, result: 0, transferSyntax: IMPLICIT }],
};

export const RJ: AssociateRj = { type: 'A-ASSOCIATE-RJ', result: 1, source: 1, reason: 7 };
export const RELEASE_RQ = { type: 'A-RELEASE-RQ' } as const;
export const RELEASE_RP = { type: 'A-RELEASE-RP' } as const;
export const ABORT = { type: 'A-ABORT', source: 0, reason: 0 } as const;
export const DATA: Pdu = {
	type: 'P-DATA-TF',
	pdvs: [{ contextId: 1, isCommand: true, isLast: true, bytes: hex('01 02 03 04') }],
};

export const MAXIMUM_LENGTH = 16384;

/** A new core after the shortest way into a state. */
export const coreIn = (state: State, role: Role = rolesIn(state)[0] ?? 'requestor'): UpperLayer => {
	const core = new UpperLayer(role, { maximumLength: MAXIMUM_LENGTH });
	for (const step of WAYS[role][state] ?? []) step(core);
	if (core.state !== state) throw new Error(`the ${role}'s way to ${state} leads to ${core.state}`);
	return core;
};

/** Which roles ever are in a state. */
export const rolesIn = (state: State): Role[] => ROLES.filter((role) => WAYS[role][state] !== undefined);

const ROLES: readonly Role[] = ['requestor', 'acceptor'];

type Way = readonly ((core: UpperLayer) => Output[])[];
const connected = (core: UpperLayer) => core.transportConnected();
const asked = (pdu: Exclude<Pdu, { type: 'P-DATA-TF' }>) => (core: UpperLayer) => core.request(pdu);
const received = (pdu: Pdu) => (core: UpperLayer) => core.receive(encodePdu(pdu));
const accepted: Way = [connected, received(RQ), asked(AC)];
const associated: Way = [asked(RQ), connected, received(AC)];
const collided = [asked(RELEASE_RQ), received(RELEASE_RQ)];
const WAYS: Record<Role, Partial<Record<State, Way>>> = {
	requestor: {
		Sta1: [],
		Sta4: [asked(RQ)],
		Sta5: [asked(RQ), connected],
		Sta6: associated,
		Sta7: [...associated, asked(RELEASE_RQ)],
		Sta8: [...associated, received(RELEASE_RQ)],
		Sta9: [...associated, ...collided],
		Sta11: [...associated, ...collided, asked(RELEASE_RP)],
		Sta13: [...associated, asked(ABORT)],
	},
	acceptor: {
		Sta1: [],
		Sta2: [connected],
		Sta3: [connected, received(RQ)],
		Sta6: accepted,
		Sta7: [...accepted, asked(RELEASE_RQ)],
		Sta8: [...accepted, received(RELEASE_RQ)],
		Sta10: [...accepted, ...collided],
		Sta12: [...accepted, ...collided, received(RELEASE_RP)],
		Sta13: [...accepted, asked(ABORT)],
	},
};

/** An output in a few words, P-DATA without its bytes. */
export const told = (output: Output): string => {
	if (output.do === 'send') {
		const { pdu } = output;
		if (pdu === undefined) return 'send P-DATA-TF';
		return pdu.type === 'A-ABORT' ? `send A-ABORT ${pdu.source}/${pdu.reason}` : `send ${pdu.type}`;
	}
	if (output.do !== 'indicate') return output.do;
	const { primitive } = output;
	return primitive.type === 'provider-abort'
		? `indicate provider-abort ${primitive.reason}`
		: `indicate ${primitive.type}`;
};

/** What does not depend on how the bytes were cut: stretches of one fragment joined, and no `firstBytes`, of which there are more or fewer. */
export const joined = (decoded: readonly (Decoded | Output)[]): unknown[] => {
	const result: unknown[] = [];
	let open: { contextId: number; isCommand: boolean; bytes: number[]; isLast: boolean } | undefined;
	for (const one of decoded) {
		const primitive = 'do' in one && one.do === 'indicate' ? one.primitive : one;
		if ('type' in primitive && primitive.type === 'P-DATA') {
			const { contextId, isCommand, isLast, bytes } = primitive.fragment;
			if (open === undefined || open.isLast || open.contextId !== contextId || open.isCommand !== isCommand) {
				open = { contextId, isCommand, isLast, bytes: [] };
				result.push(open);
			}
			for (const byte of bytes) open.bytes.push(byte);
			open.isLast = isLast;
		} else if ('type' in primitive && primitive.type === 'invalid') {
			result.push({ reason: primitive.fault.reason, detail: primitive.fault.detail });
		} else if ('type' in primitive && primitive.type === 'provider-abort') {
			result.push({ reason: primitive.reason, detail: primitive.detail });
		} else result.push(primitive);
	}
	return result;
};
