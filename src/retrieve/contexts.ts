/** What a C-GET proposes for the instances to come (PS3.4 C.5.3, PS3.8 9.3.2.2): a context has one transfer syntax, an association 128 contexts. */
import { EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, TRANSFER_SYNTAXES } from '../dicom/transfer-syntaxes.ts';
import { STORAGE_SOP_CLASSES, uidInfo } from '../dicom/uids.ts';
import type { UserInformation } from '../upper-layer/pdu/index.ts';

export interface Proposal {
	readonly abstractSyntax: string;
	readonly transferSyntaxes: readonly string[];
}

/** A SOP class of which instances are to come, and the transfer syntaxes that the peer says it has of it, if it says so. */
export interface Wanted {
	readonly sopClassUid: string;
	readonly transferSyntaxes: readonly string[];
	/** Nobody says that there are any: one context is enough. */
	readonly isUnlikely?: boolean;
	/** It was refused among others: with nothing else beside it, and in one context. */
	readonly isAlone?: boolean;
	/** The uncompressed ones have not helped: a peer that takes the first context of a class for everything is given no other. */
	readonly isCompressed?: boolean;
}

/** Of the 128 so many are for instances: the rest are for the retrieve and for queries. */
export const STORAGE_ROOM = 120;
/** More for one class gain nothing: what is left stands together in its last one. */
const MOST_A_CLASS = 24;

/** A class that has so many contexts has one for every transfer syntax that matters. */
export const PLENTY = 12;

/**
 * Bytes of contexts that an A-ASSOCIATE-RQ may have. Over one of 170 KB dcmqrscp closes and Orthanc falls silent; with fewer transfer
 * syntaxes in each, the most frequent ones, one for 120 SOP classes stays well below that.
 */
const MOST_BYTES = 61_440;
/** Of a context without its transfer syntaxes, and of one of these, about. */
const CONTEXT_BYTES = 44;
const SYNTAX_BYTES = 26;

/** From so many contexts on the uncompressed transfer syntaxes have one each. */
const ENOUGH = 6;

export const UNCOMPRESSED: readonly string[] = [EXPLICIT_LITTLE, IMPLICIT_LITTLE, EXPLICIT_BIG];

/** Suffixes of 1.2.840.10008.1.2: what archives hold, the most frequent first. */
const FREQUENT = ['.4.70', '.4.50', '.4.90', '.4.91', '.5', '.4.80', '.4.51', '.4.57', '.4.81', '.4.201', '.4.202'];
const LESS_FREQUENT = [
	'.4.203',
	'.4.110',
	'.4.111',
	'.4.112',
	'.1.99',
	'.4.102',
	'.4.103',
	'.4.100',
	'.4.101',
	'.4.107',
];
/** Pixel data elsewhere, other carriers than DIMSE, Papyrus. */
const NEVER = /\.(4\.9[45]|4\.20[45]|6\.[12]|7\.[123])$|\.1\.20$/;

/** Every transfer syntax that an instance can be sent in, the ones to be proposed first in front. */
export const CARRIED_TRANSFER_SYNTAXES: readonly string[] = [
	...new Set([
		...UNCOMPRESSED,
		...[...FREQUENT, ...LESS_FREQUENT].map((suffix) => IMPLICIT_LITTLE + suffix),
		...TRANSFER_SYNTAXES.map(({ uid }) => uid).filter((uid) => !NEVER.test(uid)),
	]),
];

/** Classes that hardly any archive has: last of all, and only where there is room. */
const RARE =
	/\.(501\.\d[\d.]*|601\.\d|4[345]\.1|3[89]\.1|34\.\d+|200\.\d|201\.1|481\.(1\d|2\d)|68\.\d|78\.\d|79\.1|8[012]\.1|9\.[78]\.\d|9\.1\.4|9\.[56]\.\d|11\.(7|8|9|10|12)|77\.1\.5\.[5-8]|77\.1\.9|88\.7[0-7]|91\.1|104\.[45]|66\.6|12\.2\.1|6\.3|20[01]\.\d)$/;
/** Retired, and still in every old archive: US multi-frame, NM and US as they were. */
const OLD = /\.1\.1\.[356]$/;

const rankOf = (uid: string): number =>
	uidInfo(uid)?.retired === true ? (OLD.test(uid) ? 0 : 2) : RARE.test(uid) ? 1 : 0;

/** All storage classes of PS3.6, those that archives have first. */
export const STORAGE_BY_FREQUENCY: readonly string[] = [...STORAGE_SOP_CLASSES].sort((a, b) => rankOf(a) - rankOf(b));

/**
 * What to propose, for one association after the other. Where there is room each transfer syntax has a context of its own, those that
 * the peer has first, so that the peer can send every instance as it is; where there is none, one context has them all.
 *
 * @param syntaxes what may be proposed, the preferred first
 */
export const planContexts = (
	wanted: readonly Wanted[],
	syntaxes: readonly string[] = CARRIED_TRANSFER_SYNTAXES,
	room: number = STORAGE_ROOM,
): readonly (readonly Proposal[])[] => {
	const associations: (readonly Proposal[])[] = [];
	for (let start = 0; start < wanted.length; start += room) {
		const classes = wanted.slice(start, start + room);
		const likely = classes.filter((one) => !isOne(one)).length;
		const left = likely === 0 ? room : room - (classes.length - likely);
		const share = Math.min(MOST_A_CLASS, Math.floor(left / Math.max(1, likely)));
		associations.push(within(classes.flatMap((one) => contextsOf(one, syntaxes, isOne(one) ? 1 : share))));
	}
	return associations;
};

/** One context is enough for it. */
const isOne = ({ isUnlikely, isAlone }: Wanted): boolean => isUnlikely === true || isAlone === true;

/** The same with so few transfer syntaxes in each that all of it is no longer than peers take; the last ones go. */
const within = (proposals: readonly Proposal[]): readonly Proposal[] => {
	const most = Math.floor((MOST_BYTES / Math.max(1, proposals.length) - CONTEXT_BYTES) / SYNTAX_BYTES);
	const total = proposals.reduce(
		(sum, { transferSyntaxes }) => sum + CONTEXT_BYTES + transferSyntaxes.length * SYNTAX_BYTES,
		0,
	);
	if (total <= MOST_BYTES) return proposals;
	return proposals.map(({ abstractSyntax, transferSyntaxes }) => ({
		abstractSyntax,
		transferSyntaxes: transferSyntaxes.slice(0, most),
	}));
};

/** The contexts of one class: known transfer syntaxes alone, then the uncompressed and the frequent ones, the rest together. */
const contextsOf = (
	{ sopClassUid: abstractSyntax, transferSyntaxes: told, isCompressed }: Wanted,
	allowed: readonly string[],
	share: number,
): readonly Proposal[] => {
	const syntaxes = isCompressed === true ? allowed.filter((uid) => !UNCOMPRESSED.includes(uid)) : allowed;
	const known = told.filter((uid) => syntaxes.includes(uid) || !CARRIED_TRANSFER_SYNTAXES.includes(uid));
	const others = syntaxes.filter((uid) => !known.includes(uid));
	const uncompressed = others.filter((uid) => UNCOMPRESSED.includes(uid));
	const compressed = others.filter((uid) => !UNCOMPRESSED.includes(uid));
	// Any archive can make one uncompressed transfer syntax of another, but sends as it lies what it need not touch.
	const plain = share >= ENOUGH ? uncompressed.map((uid) => [uid]) : [uncompressed];
	const groups = [...known.map((uid) => [uid]), ...plain, ...compressed.map((uid) => [uid])].filter(
		(group) => group.length > 0,
	);
	const alone = groups.slice(0, share - 1);
	const rest = groups.slice(share - 1).flat();
	return [...alone, ...(rest.length === 0 ? [] : [rest])].map((transferSyntaxes) => ({
		abstractSyntax,
		transferSyntaxes,
	}));
};

/** We are SCP of what is stored here (PS3.7 D.3.3.4): one role selection for each class. */
export const storageRoles = (contexts: readonly Proposal[]): UserInformation['roleSelections'] =>
	[...new Set(contexts.map(({ abstractSyntax }) => abstractSyntax))].map((sopClassUid) => ({
		sopClassUid,
		scuRole: false,
		scpRole: true,
	}));

/** SOP Class Extended Negotiation of the retrieve and query classes (PS3.4 C.5.1.1, C.5.2.1, C.5.3.1); nothing where nothing is asked for. */
export const retrieveNegotiations = (
	retrieveClasses: readonly string[],
	findClasses: readonly string[],
	asked: { readonly relational?: boolean; readonly enhanced?: boolean },
): UserInformation['extendedNegotiations'] => {
	const relational = asked.relational === true ? 1 : 0;
	const enhanced = asked.enhanced === true ? 1 : 0;
	if (relational + enhanced === 0) return [];
	return [
		...retrieveClasses.map((sopClassUid) => ({ sopClassUid, information: Uint8Array.of(relational, enhanced) })),
		...findClasses.map((sopClassUid) => ({ sopClassUid, information: Uint8Array.of(relational) })),
	];
};
