/** What the archive offers whom: SOP classes, transfer syntaxes, roles, and the bytes of extended negotiation (PS3.4 B, C, K, Y, Z, CC). */
import { type Negotiated, SUPPORTED } from '../../archive/query/query-plan.ts';
import type { ServiceName } from '../../config/access-rules.ts';
import { QUERY_MODELS, type QueryModelName, VERIFICATION } from '../../dicom/sop-classes.ts';
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../dicom/transfer-syntaxes.ts';
import { STORAGE_SOP_CLASSES, uidInfo } from '../../dicom/uids.ts';
import type { RolePolicy } from '../../upper-layer/negotiation.ts';
import type { AssociateRq, UserInformation } from '../../upper-layer/pdu/index.ts';
import type { QrscpSettings } from './settings.ts';

/** One SOP class and what is done with it. */
export type Offered =
	| { readonly service: 'echo' | 'store' }
	| { readonly service: 'find' | 'get' | 'move' | 'worklist'; readonly model: QueryModelName };

const IDENTIFIER_SYNTAXES = [EXPLICIT_LITTLE, IMPLICIT_LITTLE, DEFLATED, EXPLICIT_BIG];
/** Whatever is proposed first: an instance is kept as it comes. */
const ANY_SYNTAX = ['*'];

const MODELS: readonly QueryModelName[] = [
	'patient-root',
	'study-root',
	'patient-study-only',
	'composite-instance-root',
	'composite-instance-without-bulk-data',
	'worklist',
	'ups',
];

/** Which extended negotiation byte asks for what (PS3.4 Tables C.5-2, C.5-3, K.5-1). `set`: 1, whatever is asked. */
const FIND_BYTES = ['relational', 'dateTime', 'fuzzy', 'timezone', 'enhanced', 'emptyValue', 'multipleValue'] as const;
const RETRIEVE_BYTES = ['relational', 'enhanced'] as const;
const WORKLIST_BYTES = ['set', 'set', 'fuzzy', 'timezone'] as const;
/** PS3.4 B.3.1.4.1: Level 2 (full) storage; signature level 3: every bit is kept; nothing is coerced. */
const STORAGE_INFORMATION = Uint8Array.of(2, 0, 3, 0, 0);

type ExtendedByte = keyof Negotiated | 'set';

export class Offer {
	readonly #classes = new Map<string, Offered>();
	readonly #storage: ReadonlySet<string> = new Set(STORAGE_SOP_CLASSES);
	readonly #acceptUnknown: boolean;
	readonly #hasGet: boolean;

	constructor({
		isReceiveOnly,
		hasGet,
		acceptUnknown,
	}: Pick<QrscpSettings, 'isReceiveOnly' | 'hasGet' | 'acceptUnknown'>) {
		this.#acceptUnknown = acceptUnknown;
		this.#hasGet = hasGet && !isReceiveOnly;
		this.#classes.set(VERIFICATION, { service: 'echo' });
		if (isReceiveOnly) return;
		for (const name of MODELS) {
			const { find, move, get } = QUERY_MODELS[name];
			const isWorklist = name === 'worklist' || name === 'ups';
			if (find !== undefined) this.#classes.set(find, { service: isWorklist ? 'worklist' : 'find', model: name });
			if (move !== undefined) this.#classes.set(move, { service: 'move', model: name });
			if (get !== undefined && hasGet) this.#classes.set(get, { service: 'get', model: name });
		}
	}

	/** Undefined for a SOP class that is not offered to anybody. */
	of(sopClassUid: string): Offered | undefined {
		const known = this.#classes.get(sopClassUid);
		if (known !== undefined) return known;
		if (this.#storage.has(sopClassUid)) return { service: 'store' };
		// What PS3.6 has a name for and is no storage class is no private one.
		return this.#acceptUnknown && uidInfo(sopClassUid) === undefined ? { service: 'store' } : undefined;
	}

	/** For `listen`: what a caller with these services may propose. */
	supported(services: ReadonlySet<ServiceName>): (abstractSyntax: string) => readonly string[] | undefined {
		return (abstractSyntax) => {
			const offered = this.of(abstractSyntax);
			if (offered === undefined) return undefined;
			if (offered.service === 'store')
				return services.has('store') || (this.#hasGet && services.has('get')) ? ANY_SYNTAX : undefined;
			if (!services.has(offered.service)) return undefined;
			return offered.service === 'echo' ? ANY_SYNTAX : IDENTIFIER_SYNTAXES;
		};
	}

	/** Who may retrieve by C-GET may be the SCP of what it retrieves (PS3.4 C.5.3). */
	roles(services: ReadonlySet<ServiceName>): RolePolicy {
		return (sopClassUid) =>
			this.of(sopClassUid)?.service === 'store'
				? { scu: services.has('store'), scp: this.#hasGet && services.has('get') }
				: undefined;
	}

	/** What is really done of what is asked for, in as many bytes as are asked with. */
	extended(rq: AssociateRq, services: ReadonlySet<ServiceName>): UserInformation['extendedNegotiations'] {
		const supported = this.supported(services);
		const proposed = new Set(rq.presentationContexts.map(({ abstractSyntax }) => abstractSyntax));
		const answers = new Map<string, Uint8Array>();
		for (const { sopClassUid, information } of rq.userInformation.extendedNegotiations) {
			if (!proposed.has(sopClassUid) || supported(sopClassUid) === undefined) continue;
			const offered = this.of(sopClassUid);
			if (offered === undefined || offered.service === 'echo') continue;
			const answer =
				offered.service === 'store'
					? STORAGE_INFORMATION
					: Uint8Array.from(bytesOf(offered.service), (byte, at) => granted(byte, information[at] ?? 0));
			answers.set(sopClassUid, answer.subarray(0, information.length));
		}
		return [...answers].map(([sopClassUid, information]) => ({ sopClassUid, information }));
	}
}

const bytesOf = (service: 'find' | 'get' | 'move' | 'worklist'): readonly ExtendedByte[] => {
	if (service === 'worklist') return WORKLIST_BYTES;
	return service === 'find' ? FIND_BYTES : RETRIEVE_BYTES;
};

const granted = (byte: ExtendedByte, asked: number): number => {
	if (byte === 'set') return 1;
	return asked === 1 && SUPPORTED[byte] === true ? 1 : 0;
};

/** What an answer of `Offer.extended` means for the requests of its SOP class. */
export const negotiatedOf = (
	answers: UserInformation['extendedNegotiations'],
	sopClassUid: string,
	service: 'find' | 'get' | 'move' | 'worklist',
): Negotiated => {
	const information = answers.find((one) => one.sopClassUid === sopClassUid)?.information;
	if (information === undefined) return {};
	const names = bytesOf(service).flatMap((byte, at) => (byte !== 'set' && information[at] === 1 ? [byte] : []));
	return Object.fromEntries(names.map((name) => [name, true]));
};
