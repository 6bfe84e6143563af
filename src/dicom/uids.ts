/** The UIDs that DICOM itself defines (PS3.6 Annex A). */
import { nameOfKeyword } from './keyword-names.ts';
import type { UidType } from './uid-types.ts';
import { ROOT, TYPE_LETTERS } from './uid-types.ts';
import { UIDS } from './uids-data.ts';

export interface UidInfo {
	readonly uid: string;
	/** As PS3.6 prints it: `CT Image Storage`, `Verification SOP Class`. '' for two that it blanked out. */
	readonly name: string;
	/** '' where there is none. */
	readonly keyword: string;
	readonly type: UidType;
	readonly retired: boolean;
	/** A SOP class whose instances C-STORE carries. */
	readonly isStorage: boolean;
}

const lines = UIDS.split('\n');

const uidOf = (line: string): string => {
	const short = line.slice(0, line.indexOf('|'));
	return short.startsWith('-') ? short.slice(1) : ROOT + short;
};

const isType = (letter: string): letter is keyof typeof TYPE_LETTERS => Object.hasOwn(TYPE_LETTERS, letter);

const infoOf = (line: string): UidInfo => {
	const [, letter = '', marked = '', name] = line.split('|');
	const retired = marked.startsWith('*');
	const keyword = retired ? marked.slice(1) : marked;
	const type = isType(letter) ? TYPE_LETTERS[letter] : 'SOP Class';
	return { uid: uidOf(line), name: name ?? nameOfKeyword(keyword), keyword, type, retired, isStorage: letter === 'S' };
};

interface Index {
	readonly byUid: ReadonlyMap<string, UidInfo>;
	readonly byKeyword: ReadonlyMap<string, UidInfo>;
	readonly byName: ReadonlyMap<string, UidInfo>;
}

const bare = (name: string): string => name.toLowerCase().replaceAll(/[^a-z\d]+|sop class$/g, '');

let index: Index | undefined;

const theIndex = (): Index => {
	if (index === undefined) {
		const infos = lines.map(infoOf);
		const named = infos.filter((info) => info.keyword !== '');
		index = {
			byUid: new Map(infos.map((info) => [info.uid, info])),
			byKeyword: new Map(named.map((info) => [info.keyword, info])),
			// Of two that differ in this the one that is not retired is the last.
			byName: new Map(
				infos
					.toSorted((a, b) => Number(b.retired) - Number(a.retired))
					.flatMap((info) => [info.keyword, info.name].map((text) => [bare(text), info] as const)),
			),
		};
	}
	return index;
};

/** Undefined for a UID that PS3.6 does not have. */
export const uidInfo = (uid: string): UidInfo | undefined => theIndex().byUid.get(uid);

/** @param keyword as in PS3.6: `CTImageStorage`, `ExplicitVRLittleEndian`, `StudyRootQueryRetrieveInformationModelFind` */
export const uidByKeyword = (keyword: string): UidInfo | undefined => theIndex().byKeyword.get(keyword);

/** @param name as PS3.6 prints it (`CT Image Storage`); letter case, blanks and a `SOP Class` at the end do not count */
export const uidByName = (name: string): UidInfo | undefined => {
	const text = bare(name);
	return text === '' ? undefined : theIndex().byName.get(text);
};

/**
 * The UIDs of all SOP classes whose instances C-STORE carries (PS3.4 B.5, GG.3), retired ones too, as files keep them: those with
 * Storage in their name but Storage Commitment's (which are about storage, PS3.4 J) and Media Storage Directory Storage
 * (DICOMDIRs are never sent, PS3.4 I.4). More than the 128 that one association can propose.
 */
export const STORAGE_SOP_CLASSES: readonly string[] = lines.filter((line) => line.includes('|S|')).map(uidOf);
