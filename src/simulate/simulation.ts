/** A server that does wrong on purpose: what it decides, finds and answers, each passed through the faults that concern the caller. */
import type { Decision } from '../association/acceptor.ts';
import type { Association } from '../association/association.ts';
import { type Clock, MONOTONIC } from '../association/clock.ts';
import type { Endpoint } from '../association/transport.ts';
import { QUERY_MODELS } from '../dicom/sop-classes.ts';
import type { Search } from '../services/query-scp.ts';
import type { SubOperationPolicy } from '../services/sub-operation-policy.ts';
import type { AssociateRq } from '../upper-layer/pdu/index.ts';
import { abortAssociation, FaultyAnswers, faultOf } from './answering.ts';
import type { Fault, Moment } from './fault.ts';
import {
	changingRows,
	declaring,
	ignoringKey,
	isSameCase,
	limited,
	refusingMore,
	withEscapes,
	withoutKeys,
} from './rows.ts';

/** Without faults everything passes as it is. */
export class Simulation {
	readonly #faults: readonly Fault[];
	readonly #clock: Clock;
	/** When a fault that lasts for a while met its first association. */
	readonly #begunAt = new Map<Fault, number>();
	/** C-STOREs that each fault has counted, and sub-operations, over all associations. */
	readonly #stores = new Map<Fault, number>();
	readonly #subOperations = new Map<Fault, number>();

	constructor(faults: readonly Fault[], clock: Clock = MONOTONIC) {
		this.#faults = faults;
		this.#clock = clock;
	}

	get isEmpty(): boolean {
		return this.#faults.length === 0;
	}

	/** For `listen`, where it is to be another than the server's own. */
	get maximumLength(): number | undefined {
		return faultOf(this.#faults, 'pdu')?.count;
	}

	/**
	 * What is answered to an A-ASSOCIATE-RQ, last: after the server's own decision. The handler in it is wrapped, nothing else need be done
	 * about requests.
	 */
	async decide(rq: AssociateRq, _from: Endpoint, association: Association, decision: Decision): Promise<Decision> {
		const faults = this.#of(rq.callingAeTitle);
		if (faults.length === 0) return decision;
		if (faultOf(faults, 'drop-after', atRequest) !== undefined) association.drop();
		if (faultOf(faults, 'abort-after', atRequest) !== undefined) {
			await abortAssociation(association, 'abort-after');
			return UNHEARD;
		}
		if (faultOf(faults, 'silent', atRequest) !== undefined) {
			await association.closed; // the caller has had enough
			return UNHEARD;
		}
		const reject = this.#rejection(faults);
		if (reject !== undefined) return { reject };
		if ('reject' in decision) return decision;
		const answers = new FaultyAnswers(faults, this.#clock, association, () => statusOfNext(faults, this.#stores));
		return {
			...decision,
			supported: supportedBut(faults, decision.supported),
			serve: answers.serve(decision.serve),
		};
	}

	/** A query as the caller gets it answered. */
	search(calling: string, search: Search): Search {
		const faults = this.#of(calling);
		let query = search;
		for (const fault of faults) if (fault.name === 'ignore-key') query = ignoringKey(query, fault.tag);
		if (has(faults, 'case-sensitive'))
			query = changingRows(query, (row, identifier) => (isSameCase(row, identifier) ? [row] : []));
		const refused = faultOf(faults, 'limit-refuse');
		if (refused !== undefined) query = refusingMore(query, refused.count);
		const limit = faultOf(faults, 'limit');
		if (limit !== undefined) query = limited(query, limit.count);
		if (has(faults, 'dup-rows')) query = changingRows(query, (row) => [row, row]);
		for (const fault of faults)
			if (fault.name === 'missing-keys') query = changingRows(query, (row) => [withoutKeys(row, fault.tag)]);
		if (has(faults, 'escape-names')) query = changingRows(query, (row) => [withEscapes(row)]);
		const terms = has(faults, 'no-charset') ? [] : faultOf(faults, 'wrong-charset')?.terms;
		return terms === undefined ? query : changingRows(query, (row) => [declaring(row, terms)]);
	}

	/** What the sub-operations of a C-GET or C-MOVE of the caller are done by. */
	policy(calling: string, service: 'C-GET' | 'C-MOVE'): SubOperationPolicy {
		const faults = this.#of(calling);
		const later = service === 'C-MOVE' ? faultOf(faults, 'move-async') : undefined;
		return {
			...(has(faults, 'no-pending') ? { sendPending: false } : {}),
			...(has(faults, 'no-counts') ? { sendCounts: false } : {}),
			...(has(faults, 'move-half') ? { select: (all) => all.slice(0, Math.floor(all.length / 2)) } : {}),
			...(service === 'C-MOVE' && has(faults, 'move-lie') ? { lie: true } : {}),
			...(later === undefined ? {} : { finalFirst: { delayMs: later.ms } }),
			...(has(faults, 'fail-every') ? { statusFor: () => statusOfNext(faults, this.#subOperations) } : {}),
		};
	}

	/** Where a move destination of the caller is looked up. */
	destination<T>(calling: string, lookup: (aeTitle: string) => T | undefined): (aeTitle: string) => T | undefined {
		return has(this.#of(calling), 'move-unknown') ? () => undefined : lookup;
	}

	#of(calling: string): readonly Fault[] {
		return this.#faults.filter((fault) => fault.calling === undefined || fault.calling === calling.trim());
	}

	#rejection(faults: readonly Fault[]): Extract<Decision, { reject: unknown }>['reject'] | undefined {
		for (const fault of faults) {
			if (fault.name !== 'reject') continue;
			const begunAt = this.#begunAt.get(fault) ?? this.#clock.now();
			this.#begunAt.set(fault, begunAt);
			if (fault.forMs !== undefined && this.#clock.now() - begunAt >= fault.forMs) continue;
			const { result, source, reason } = fault;
			return { result, source, reason };
		}
		return undefined;
	}
}

/** Counts one more of them. */
const statusOfNext = (faults: readonly Fault[], counts: Map<Fault, number>): number | undefined => {
	let status: number | undefined;
	for (const fault of faults) {
		if (fault.name !== 'fail-every') continue;
		const count = (counts.get(fault) ?? 0) + 1;
		counts.set(fault, count);
		if (count % fault.count === 0) status ??= fault.status;
	}
	return status;
};

const atRequest = ({ moment }: { readonly moment: Moment }): boolean => 'at' in moment && moment.at === 'rq';

/** What is decided of a caller who is gone. */
const UNHEARD: Decision = { reject: { result: 2, source: 3, reason: 2 } };

const has = (faults: readonly Fault[], name: Fault['name']): boolean => faults.some((fault) => fault.name === name);

type Supported = Extract<Decision, { supported: unknown }>['supported'];

/** `supported` is asked once for each context, in their order. */
const supportedBut = (faults: readonly Fault[], supported: Supported): Supported => {
	const refused = new Set(faults.map((fault) => (fault.name === 'refuse-class' ? fault.uid : undefined)));
	if (has(faults, 'no-get')) for (const { get } of Object.values(QUERY_MODELS)) refused.add(get);
	if (has(faults, 'no-patient-root')) {
		const { find, move, get } = QUERY_MODELS['patient-root'];
		for (const uid of [find, move, get]) refused.add(uid);
	}
	const most = faultOf(faults, 'max-contexts')?.count ?? Number.POSITIVE_INFINITY;
	let accepted = 0;
	return (abstractSyntax) => {
		if (accepted >= most || refused.has(abstractSyntax)) return undefined;
		const syntaxes = supported(abstractSyntax);
		if (syntaxes !== undefined) accepted++;
		return syntaxes;
	};
};
