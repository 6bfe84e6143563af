/** Which contexts a set of instances needs, and how they are shared out over associations of at most 128 (PS3.8 7.1.1.13). */
import { isTranscodable } from '../dicom/transcode.ts';
import { EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../dicom/transfer-syntaxes.ts';
import type { StoredInstance } from './stored-instance.ts';

export interface Proposal {
	readonly abstractSyntax: string;
	readonly transferSyntaxes: readonly string[];
}

/** What decides of the contexts for an instance. */
type Sendable = Pick<StoredInstance, 'sopClassUid' | 'transferSyntaxUid'>;

/** What goes over one association, or over several with the same contexts. */
export interface Batch<I extends Sendable> {
	readonly contexts: readonly Proposal[];
	readonly instances: readonly I[];
}

const MAX_CONTEXTS = 128;
const UNCOMPRESSED = [EXPLICIT_LITTLE, IMPLICIT_LITTLE, EXPLICIT_BIG];

/**
 * A context for each SOP class in each transfer syntax as it lies on disk, so that the peer can take each or leave it; and for classes
 * with uncompressed instances one more with the other uncompressed syntaxes, to transcode into when the peer insists.
 *
 * @param only with `--ts`: the syntaxes to propose instead of those on disk
 */
export const sendingPlan = <I extends Sendable>(
	instances: readonly I[],
	only: readonly string[] = [],
): readonly Batch<I>[] => {
	const byClass = Map.groupBy(instances, ({ sopClassUid }) => sopClassUid);
	const batches: { contexts: Proposal[]; instances: I[] }[] = [];
	for (const [abstractSyntax, ofClass] of byClass) {
		const contexts = contextsFor(abstractSyntax, ofClass, only);
		const last = batches.at(-1);
		if (last !== undefined && last.contexts.length + contexts.length <= MAX_CONTEXTS) {
			last.contexts.push(...contexts);
			for (const one of ofClass) last.instances.push(one);
		} else batches.push({ contexts, instances: [...ofClass] });
	}
	return batches;
};

const contextsFor = (abstractSyntax: string, instances: readonly Sendable[], only: readonly string[]): Proposal[] => {
	const stored = [...new Set(instances.map(({ transferSyntaxUid }) => transferSyntaxUid))];
	if (only.length > 0) return only.map((uid) => ({ abstractSyntax, transferSyntaxes: [uid] })).slice(0, MAX_CONTEXTS);
	const contexts = stored.slice(0, MAX_CONTEXTS - 1).map((uid) => ({ abstractSyntax, transferSyntaxes: [uid] }));
	const others = UNCOMPRESSED.filter((uid) => !stored.includes(uid));
	return stored.some((uid) => isTranscodable(uid, EXPLICIT_LITTLE)) && others.length > 0
		? [...contexts, { abstractSyntax, transferSyntaxes: others }]
		: contexts;
};
