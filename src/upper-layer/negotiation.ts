/** Negotiation of presentation contexts and roles, for both sides (PS3.8 9.3.2.2 and 9.3.3.2, PS3.7 D.3.3.4). */
import { LocalMisuse, type RefusedContext } from '../errors.ts';
import {
	type AssociateAc,
	type AssociateRq,
	CONTEXT_RESULT,
	type ContextResult,
	type ProposedContext,
	type RoleSelection,
} from './pdu/index.ts';
import { MAX_PRESENTATION_CONTEXTS } from './pdu/limits.ts';

/** A presentation context that both sides may use. `scu` and `scp` are the roles of the requestor in it. */
export interface AcceptedContext {
	readonly id: number;
	readonly abstractSyntax: string;
	readonly transferSyntax: string;
	readonly scu: boolean;
	readonly scp: boolean;
	/**
	 * The SCP role was proposed and the acceptor said nothing of it. By the standard it is not granted, but many archives forget the
	 * answer and send C-STORE-RQs all the same: take them.
	 */
	readonly scpUnanswered: boolean;
}

/** Result of a negotiation. `unproposed`: context IDs that the acceptor answered and nobody proposed; nothing may be sent on them. */
export interface NegotiatedContexts {
	readonly accepted: AcceptedContext[];
	readonly refused: RefusedContext[];
	readonly unproposed: number[];
}

/** In what role the requestor may act for a SOP class, as the acceptor sees it; `undefined` leaves a proposal unanswered. */
export type RolePolicy = (sopClassUid: string) => { readonly scu: boolean; readonly scp: boolean } | undefined;

/**
 * Contexts with the IDs 1, 3, 5 ... in the order given.
 * @throws {LocalMisuse} for more than 128, or one without a transfer syntax.
 */
export const proposeContexts = (wanted: readonly Omit<ProposedContext, 'id'>[]): ProposedContext[] => {
	if (wanted.length > MAX_PRESENTATION_CONTEXTS) {
		throw new LocalMisuse(`${wanted.length} presentation contexts, more than ${MAX_PRESENTATION_CONTEXTS}`);
	}
	return wanted.map(({ abstractSyntax, transferSyntaxes }, index) => {
		if (transferSyntaxes.length === 0) throw new LocalMisuse(`no transfer syntax for ${abstractSyntax}`);
		return { id: 2 * index + 1, abstractSyntax, transferSyntaxes };
	});
};

/**
 * What a request and its answer agree on. Lenient: contexts that the answer leaves out are refused as `absent`, one accepted with a
 * transfer syntax that was not proposed is refused with result 4, a second answer for an ID does not count. An acceptor may apply
 * it to its own answer.
 */
export const acceptedContexts = (rq: AssociateRq, ac: AssociateAc): NegotiatedContexts => {
	const accepted: AcceptedContext[] = [];
	const refused: RefusedContext[] = [];
	const unanswered = firstByKey(ac.presentationContexts, ({ id }) => id);
	const proposedRoles = firstByKey(rq.userInformation.roleSelections, ({ sopClassUid }) => sopClassUid);
	const answeredRoles = firstByKey(ac.userInformation.roleSelections, ({ sopClassUid }) => sopClassUid);
	for (const { id, abstractSyntax, transferSyntaxes } of rq.presentationContexts) {
		const answer = unanswered.get(id);
		unanswered.delete(id);
		const refuse = (result: RefusedContext['result']) => refused.push({ abstractSyntax, transferSyntaxes, result });
		if (answer === undefined) refuse('absent');
		else if (answer.result !== CONTEXT_RESULT.acceptance) refuse(answer.result);
		else if (!transferSyntaxes.includes(answer.transferSyntax)) refuse(CONTEXT_RESULT.transferSyntaxesNotSupported);
		else {
			const roles = requestorRoles(proposedRoles.get(abstractSyntax), answeredRoles.get(abstractSyntax));
			accepted.push({ id, abstractSyntax, transferSyntax: answer.transferSyntax, ...roles });
		}
	}
	return { accepted, refused, unproposed: [...unanswered.keys()] };
};

/** A role is granted that was proposed and confirmed; without both a proposal and an answer the requestor is SCU only. */
const requestorRoles = (
	proposed: RoleSelection | undefined,
	answered: RoleSelection | undefined,
): Pick<AcceptedContext, 'scu' | 'scp' | 'scpUnanswered'> => {
	if (proposed === undefined) return { scu: true, scp: false, scpUnanswered: false };
	if (answered === undefined) return { scu: true, scp: false, scpUnanswered: proposed.scpRole };
	return {
		scu: proposed.scuRole && answered.scuRole,
		scp: proposed.scpRole && answered.scpRole,
		scpUnanswered: false,
	};
};

/**
 * The acceptor's answer to each proposed context, in the order proposed, and to the role selections of those it accepts. IDs that the
 * standard does not allow are refused with result 2 (no-reason): even ones, and those proposed more than once, which get one answer.
 * @param supported our transfer syntaxes for an abstract syntax, best first; '*' stands for whatever was proposed first; `undefined`
 * for an abstract syntax that we do not have.
 * @param roles default: no role selection is answered, so that the requestor is SCU.
 */
export const answerContexts = (
	rq: AssociateRq,
	supported: (abstractSyntax: string) => readonly string[] | undefined,
	roles: RolePolicy = () => undefined,
): { results: ContextResult[]; roleSelections: RoleSelection[] } => {
	const timesProposed = new Map<number, number>();
	for (const { id } of rq.presentationContexts) timesProposed.set(id, (timesProposed.get(id) ?? 0) + 1);
	const answers = firstByKey(rq.presentationContexts, ({ id }) => id);
	const results: ContextResult[] = [];
	const usable = new Set<string>();
	for (const [id, context] of answers) {
		const answer = id % 2 === 1 && timesProposed.get(id) === 1 ? chosen(context, supported) : CONTEXT_RESULT.noReason;
		if (typeof answer === 'string') {
			usable.add(context.abstractSyntax);
			results.push({ id, result: CONTEXT_RESULT.acceptance, transferSyntax: answer });
		} else {
			// Not significant, yet some peers want a UID there.
			results.push({ id, result: answer, transferSyntax: context.transferSyntaxes[0] ?? '' });
		}
	}
	return { results, roleSelections: answeredRoles(rq, usable, roles) };
};

/** The transfer syntax, or the result that says why there is none. */
const chosen = (
	{ abstractSyntax, transferSyntaxes }: ProposedContext,
	supported: (abstractSyntax: string) => readonly string[] | undefined,
): string | number => {
	const ours = isUid(abstractSyntax) ? supported(abstractSyntax) : undefined;
	if (ours === undefined) return CONTEXT_RESULT.abstractSyntaxNotSupported;
	for (const syntax of ours) {
		const match = transferSyntaxes.find(syntax === '*' ? isUid : (proposed) => proposed === syntax);
		if (match !== undefined) return match;
	}
	return CONTEXT_RESULT.transferSyntaxesNotSupported;
};

/** As long as a UID may be (PS3.5 9.1). What is longer would be answered at length, too. */
const isUid = (text: string): boolean => text.length > 0 && text.length <= 64;

/** 1 is never answered where 0 was proposed (PS3.7 D.3.3.4). */
const answeredRoles = (rq: AssociateRq, usable: ReadonlySet<string>, roles: RolePolicy): RoleSelection[] => {
	const answers: RoleSelection[] = [];
	for (const [sopClassUid, proposed] of firstByKey(rq.userInformation.roleSelections, (one) => one.sopClassUid)) {
		const granted = usable.has(sopClassUid) ? roles(sopClassUid) : undefined;
		if (granted === undefined) continue;
		answers.push({
			sopClassUid,
			scuRole: proposed.scuRole && granted.scu,
			scpRole: proposed.scpRole && granted.scp,
		});
	}
	return answers;
};

const firstByKey = <Key, Value>(values: readonly Value[], keyOf: (value: Value) => Key): Map<Key, Value> => {
	const map = new Map<Key, Value>();
	for (const value of values) if (!map.has(keyOf(value))) map.set(keyOf(value), value);
	return map;
};
