/** The nodes of browse: those of the address book and those that were spelled on the command line, with what is remembered of them. */
import type { Peer } from '../../cli/peer.ts';
import type { Node } from '../../config/address-book.ts';
import { type KnownExamination, type KnownPeer, knownPeer } from '../../config/capabilities-file.ts';
import type { Surroundings } from '../../config/settings-file.ts';
import { PATIENT_ROOT_FIND, QUERY_MODELS, STUDY_ROOT_FIND } from '../../dicom/sop-classes.ts';
import { countText } from '../../output/quantities.ts';
import type { NodeState } from '../../tui/nodes/nodes-state.ts';
import { nameHabit } from '../peer-memory.ts';

/** @param peer as it is called @param node of the address book, where it is one @param words what other commands need to call it so */
export const nodeState = (
	peer: Peer,
	node: Node | undefined,
	words: readonly string[],
	env: Surroundings,
): NodeState => {
	const known = knownPeer(peer, env);
	const accepted = known.offers?.[peer.callingAeTitle]?.accepted;
	const charset = peer.charset;
	// Of some name: whose letters have a case.
	const { keepsCase } = nameHabit(peer, { name: 'a', 'keep-case': false }, env);
	const matchLimit = peer.matchLimit ?? known.limit?.matches;
	return {
		name: peer.label,
		calledAeTitle: peer.calledAeTitle,
		callingAeTitle: peer.callingAeTitle,
		host: peer.host,
		port: peer.port,
		tls: peer.tls !== undefined,
		...(words.length === 0 ? {} : { words }),
		...(charset === undefined ? {} : { charset }),
		...(matchLimit === undefined ? {} : { matchLimit }),
		...(node?.note === undefined ? {} : { note: node.note }),
		echo: 'unknown',
		connection: { state: 'none' },
		...(accepted === undefined ? {} : abilities(Object.keys(accepted))),
		learned: learnedOf(known),
		...(keepsCase ? { keepsCase } : {}),
		...(known.examination === undefined ? {} : { examination: examinationOf(known.examination) }),
		...(node?.outputDirectory === undefined ? {} : { folder: node.outputDirectory }),
		...(node?.layout === undefined ? {} : { layout: node.layout }),
		...(peer.maxAssociations === undefined ? {} : { maxAssociations: peer.maxAssociations }),
	};
};

const abilities = (accepted: readonly string[]): Pick<NodeState, 'canFind' | 'canGet' | 'canMove'> => {
	const models = [QUERY_MODELS['study-root'], QUERY_MODELS['patient-root']];
	const takes = (uids: readonly (string | undefined)[]) =>
		uids.some((uid) => uid !== undefined && accepted.includes(uid));
	return {
		canFind: takes([STUDY_ROOT_FIND, PATIENT_ROOT_FIND]),
		canGet: takes(models.map(({ get }) => get)),
		canMove: takes(models.map(({ move }) => move)),
	};
};

const examinationOf = ({ at, failed, warned, ok }: KnownExamination): NonNullable<NodeState['examination']> => ({
	atEpochMs: Date.parse(at),
	text:
		[
			...(failed.length === 0 ? [] : [`${failed.join(', ')} failed`]),
			...(warned.length === 0 ? [] : [`${countText(warned.length, 'warning')}: ${warned.join(', ')}`]),
		].join('; ') || 'all ok',
	kind: failed.length > 0 ? 'bad' : warned.length > 0 ? 'warning' : 'good',
	...(ok.includes('move') ? { moveArrived: true } : {}),
});

/** In words, a line each. */
const learnedOf = ({ limit, matching, offers }: KnownPeer): readonly string[] => {
	const facts = Object.entries(matching?.facts ?? {});
	const ignored = facts.filter(([, fact]) => fact['ignored'] === true).map(([key]) => key);
	const name = matching?.facts['PatientName'];
	const implementation = Object.values(offers ?? {}).at(-1)?.implementation;
	return [
		...(implementation === undefined ? [] : [`it is ${implementation}`]),
		...(limit === undefined ? [] : [`match limit ${limit.matches} (seen)`]),
		...(name?.['anyCase'] === undefined ? [] : [`names: ${name['anyCase'] ? 'any case' : 'case-sensitive'}`]),
		...(ignored.length === 0 ? [] : [`keys ignored: ${ignored.join(', ')}`]),
	];
};
