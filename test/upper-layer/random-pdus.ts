/** PDUs and harmed bytes at random, the same ones in every run. */
import { encodePdu, type Pdu, type Pdv, type UserInformation } from '../../src/upper-layer/pdu/index.ts';
import { concat } from './samples.ts';

/** mulberry32: the same numbers everywhere, for the same seed. */
export const randomFrom = (seed: number) => {
	let state = seed;
	const next = (): number => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
	/** 0 to `end` - 1. */
	const below = (end: number): number => Math.floor(next() * end);
	const chance = (share: number): boolean => next() < share;
	const of = <T>(choices: readonly T[]): T => choices[below(choices.length)] as T;
	const list = <T>(most: number, make: () => T): T[] => Array.from({ length: below(most + 1) }, make);
	const bytes = (most: number): Uint8Array => Uint8Array.from({ length: below(most + 1) }, () => below(256));
	return { below, chance, of, list, bytes };
};

export type Random = ReturnType<typeof randomFrom>;

const uid = (random: Random): string =>
	Array.from({ length: 1 + random.below(6) }, () => random.below(3000))
		.join('.')
		.slice(0, 64)
		.replace(/\.$/, '');

/** Neither padding at an end nor more than 16 characters, otherwise anything that a field holds. */
const aeTitle = (random: Random): string =>
	String.fromCharCode(...Array.from({ length: 1 + random.below(16) }, () => 33 + random.below(223)));

const userInformation = (random: Random): UserInformation => ({
	roleSelections: random.list(3, () => ({
		sopClassUid: uid(random),
		scuRole: random.chance(0.5),
		scpRole: random.chance(0.5),
	})),
	extendedNegotiations: random.list(2, () => ({ sopClassUid: uid(random), information: random.bytes(6) })),
	commonExtendedNegotiations: random.list(2, () => ({
		sopClassUid: uid(random),
		serviceClassUid: uid(random),
		relatedGeneralSopClassUids: random.list(3, () => uid(random)),
	})),
	...(random.chance(0.7) && { maximumLength: random.below(2 ** 32) }),
	...(random.chance(0.7) && { implementationClassUid: uid(random) }),
	...(random.chance(0.5) && { implementationVersionName: aeTitle(random) }),
	...(random.chance(0.2) && {
		asynchronousOperationsWindow: { invoked: random.below(0x10000), performed: random.below(0x10000) },
	}),
	...(random.chance(0.2) && {
		userIdentity: {
			type: random.below(256),
			positiveResponseRequested: random.chance(0.5),
			primaryField: random.bytes(20),
			secondaryField: random.bytes(20),
		},
	}),
	...(random.chance(0.2) && { userIdentityResponse: random.bytes(20) }),
});

const associate = (random: Random) => ({
	protocolVersion: random.below(0x10000),
	calledAeTitle: aeTitle(random),
	callingAeTitle: aeTitle(random),
	applicationContextName: uid(random),
	userInformation: userInformation(random),
});

const pdv = (random: Random): Pdv => ({
	contextId: 2 * random.below(128) + 1,
	isCommand: random.chance(0.5),
	isLast: random.chance(0.5),
	bytes: random.bytes(random.of([0, 1, 10, 200])),
});

export const MAKERS: Record<Pdu['type'], (random: Random) => Pdu> = {
	'A-ASSOCIATE-RQ': (random) => ({
		type: 'A-ASSOCIATE-RQ',
		...associate(random),
		presentationContexts: random.list(4, () => ({
			id: random.below(256),
			abstractSyntax: uid(random),
			transferSyntaxes: random.list(3, () => uid(random)),
		})),
	}),
	'A-ASSOCIATE-AC': (random) => ({
		type: 'A-ASSOCIATE-AC',
		...associate(random),
		presentationContexts: random.list(4, () => ({
			id: random.below(256),
			result: random.below(6),
			transferSyntax: uid(random),
		})),
	}),
	'A-ASSOCIATE-RJ': (random) => ({
		type: 'A-ASSOCIATE-RJ',
		result: random.below(256),
		source: random.below(256),
		reason: random.below(256),
	}),
	'P-DATA-TF': (random) => ({ type: 'P-DATA-TF', pdvs: [pdv(random), ...random.list(4, () => pdv(random))] }),
	'A-RELEASE-RQ': () => ({ type: 'A-RELEASE-RQ' }),
	'A-RELEASE-RP': () => ({ type: 'A-RELEASE-RP' }),
	'A-ABORT': (random) => ({ type: 'A-ABORT', source: random.below(256), reason: random.below(256) }),
};

export const randomPdu = (random: Random): Pdu => random.of(Object.values(MAKERS))(random);

/** One to four small harms, or a length field that lies. */
export const mutated = (random: Random, bytes: Uint8Array): Uint8Array => {
	let result: Uint8Array = Uint8Array.from(bytes);
	for (let harms = 1 + random.below(4); harms > 0; harms--) {
		const at = random.below(result.length + 1);
		switch (random.below(7)) {
			case 0:
				result[at] = random.below(256);
				break;
			case 1:
				result[at] = random.of([0, 1, 2, 3, 0x7f, 0x80, 0xff]);
				break;
			case 2:
				result = result.slice(0, at);
				break;
			case 3:
				result = concat(result.subarray(0, at), random.bytes(9), result.subarray(at));
				break;
			case 4:
				result = concat(result.subarray(0, at), result.subarray(at + random.below(9)));
				break;
			case 5:
				if (result.length >= 6)
					new DataView(result.buffer, result.byteOffset).setUint32(
						2,
						random.of([result.length - 6, 4, 0, 68, 2 ** 32 - 1]),
					);
				break;
			default:
				result = concat(result, encodePdu(randomPdu(random)).subarray(random.below(12)));
		}
	}
	return result;
};
