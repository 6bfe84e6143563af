/** Whose an instance is that has come: which unit's, of those that are being retrieved. */
import type { Ledger } from './ledger.ts';

/** What a C-STORE-RQ and its dataset tell of that. UIDs are '' where they are not known. */
export interface Traits {
	readonly sopInstanceUid: string;
	readonly studyInstanceUid: string;
	readonly seriesInstanceUid: string;
	readonly moveOriginator?: { readonly messageId: number };
}

const holds = (uids: string | undefined, uid: string): boolean => uids?.split('\\').includes(uid) === true;

/** It cannot be of this unit: a UID that the unit names is another. */
const isForeign = (
	{ unit, expected }: Ledger,
	{ sopInstanceUid, studyInstanceUid, seriesInstanceUid }: Traits,
): boolean =>
	(unit.level === 'IMAGE' && !expected.instances.has(sopInstanceUid)) ||
	(unit.studyUid !== undefined && studyInstanceUid !== '' && !holds(unit.studyUid, studyInstanceUid)) ||
	(unit.seriesUid !== undefined && seriesInstanceUid !== '' && !holds(unit.seriesUid, seriesInstanceUid));

/**
 * @param open the units that have begun and are not settled
 * @param current the unit that is being retrieved on the association it came on, with C-GET
 */
export const ownerOf = (traits: Traits, open: Iterable<Ledger>, current?: Ledger): Ledger | undefined => {
	if (current !== undefined && !isForeign(current, traits)) return current;
	const possible = [...open].filter((ledger) => !isForeign(ledger, traits));
	const { sopInstanceUid, studyInstanceUid, seriesInstanceUid, moveOriginator } = traits;
	const originated = possible.filter(
		({ messageIds }) => moveOriginator !== undefined && messageIds.has(moveOriginator.messageId),
	);
	return (
		(originated.length === 1 ? originated[0] : undefined) ??
		possible.find(({ expected }) => expected.instances.has(sopInstanceUid)) ??
		possible.find(({ unit }) => holds(unit.seriesUid, seriesInstanceUid)) ??
		possible.find(({ unit }) => holds(unit.studyUid, studyInstanceUid)) ??
		(possible.length === 1 ? possible[0] : undefined)
	);
};

/** Its series where its header was not read so far: as the query lists it, or as it was asked for. '' where that is unknown. */
export const seriesOf = (sopInstanceUid: string, ledger: Ledger | undefined): string => {
	const asked = ledger?.unit.seriesUid ?? '';
	return ledger?.expected.instances.get(sopInstanceUid)?.seriesUid ?? (asked.includes('\\') ? '' : asked);
};

/** It comes too late: a unit that is settled has asked for it. Of that no more is known than what it named. */
export const isOfSettled = (
	{ sopInstanceUid, studyInstanceUid, seriesInstanceUid, moveOriginator }: Traits,
	settled: readonly Ledger[],
): boolean =>
	settled.some(({ unit, messageIds }) => {
		if (moveOriginator !== undefined && messageIds.has(moveOriginator.messageId)) return true;
		if (unit.sopUids !== undefined) return unit.sopUids.includes(sopInstanceUid);
		if (unit.seriesUid !== undefined) return holds(unit.seriesUid, seriesInstanceUid);
		return holds(unit.studyUid, studyInstanceUid);
	});
