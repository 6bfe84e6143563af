/** Who is let in: the answer to an A-ASSOCIATE-RQ by access rules and limits (PS3.8 9.3.4). */
import type { Association } from '../../association/association.ts';
import type { Endpoint } from '../../association/transport.ts';
import { type AccessRule, allowedServices, plainAddress, type ServiceName } from '../../config/access-rules.ts';
import type { AssociateRj, AssociateRq } from '../../upper-layer/pdu/index.ts';
import type { Limits } from './settings.ts';

/** PS3.8 Table 9-21. */
const REJECTIONS = {
	contextName: { result: 1, source: 1, reason: 2 },
	calling: { result: 1, source: 1, reason: 3 },
	called: { result: 1, source: 1, reason: 7 },
	congestion: { result: 2, source: 3, reason: 1 },
	limit: { result: 2, source: 3, reason: 2 },
} as const satisfies Readonly<Record<string, Pick<AssociateRj, 'result' | 'source' | 'reason'>>>;

export type Admitted =
	| { readonly services: ReadonlySet<ServiceName> }
	| { readonly reject: Pick<AssociateRj, 'result' | 'source' | 'reason'>; readonly why: string };

export interface AdmissionRules {
	readonly aeTitle: string;
	readonly access: readonly AccessRule[];
	readonly requireCalled: boolean;
	readonly limits: Limits;
}

/** PS3.7 A.2.1 */
const APPLICATION_CONTEXT = '1.2.840.10008.3.1.1.1';
/** What an AE title cannot have, whatever else is in it. */
const CONTROLS = /\p{Cc}/u;

export class Admission {
	readonly #rules: AdmissionRules;
	readonly #byAe = new Map<string, number>();
	readonly #byAddress = new Map<string, number>();
	#standing = 0;
	/** Set when the server is about to end: nobody is let in any more. */
	isStopping = false;

	constructor(rules: AdmissionRules) {
		this.#rules = rules;
	}

	get standing(): number {
		return this.#standing;
	}

	/** Who is let in counts until its association is closed. */
	admit(rq: AssociateRq, from: Endpoint, association: Pick<Association, 'closed'>): Admitted {
		const { aeTitle, access, requireCalled, limits } = this.#rules;
		const address = plainAddress(from.address);
		const calling = rq.callingAeTitle;
		const no = (reject: keyof typeof REJECTIONS, why: string): Admitted => ({ reject: REJECTIONS[reject], why });
		if (this.isStopping) return no('congestion', 'we are about to end');
		if (rq.applicationContextName !== APPLICATION_CONTEXT)
			return no('contextName', `application context ${rq.applicationContextName}`);
		if (calling === '' || CONTROLS.test(calling)) return no('calling', 'its AE title is none');
		if (requireCalled && rq.calledAeTitle !== aeTitle)
			return no('called', `it calls ${rq.calledAeTitle}, we are ${aeTitle}`);
		const services = allowedServices(access, calling, address);
		if (services === undefined) return no('calling', `no --allow for ${calling} at ${address}`);
		if (this.#standing >= limits.associations) return no('limit', `${this.#standing} associations stand`);
		if ((this.#byAe.get(calling) ?? 0) >= limits.perAe)
			return no('limit', `${limits.perAe} associations of ${calling} stand`);
		if ((this.#byAddress.get(address) ?? 0) >= limits.perAddress)
			return no('limit', `${limits.perAddress} associations from ${address} stand`);
		this.#count(calling, address, 1);
		void association.closed.then(() => this.#count(calling, address, -1));
		return { services };
	}

	#count(calling: string, address: string, by: 1 | -1): void {
		this.#standing += by;
		add(this.#byAe, calling, by);
		add(this.#byAddress, address, by);
	}
}

const add = (counts: Map<string, number>, key: string, by: number): void => {
	const count = (counts.get(key) ?? 0) + by;
	if (count === 0) counts.delete(key);
	else counts.set(key, count);
};
