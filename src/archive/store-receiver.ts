/** One instance on its way into the archive: a C-STORE, or a file that is imported (PS3.4 B.2.3). */
import { type Dataset, textOf } from '../dicom/dataset.ts';
import { groupOutOfPlace } from '../dicom/part10.ts';
import { TAG } from '../dicom/tags.ts';
import { layoutOf } from '../dicom/transfer-syntaxes.ts';
import { DicomError } from '../errors.ts';
import type { DuplicatePolicy, StoreOutcome } from './duplicates.ts';
import { isUid } from './files/file-names.ts';
import type { InstanceStore } from './files/instance-store.ts';
import type { InstanceWriter } from './files/instance-writer.ts';
import { deflatedShortfallOf } from './files/whole-file.ts';
import { type EntityRows, rowsOf } from './index/entity-rows.ts';
import type { StoreResult } from './index/index-protocol.ts';
import type { InstanceIndex } from './index/instance-index.ts';

/** A C-STORE-RQ, as far as it matters here. */
export interface StoreRequest {
	readonly sopClassUid: string;
	readonly sopInstanceUid: string;
	readonly transferSyntaxUid: string;
	readonly callingAeTitle: string;
}

/** A status that is no success, and why. */
export interface NotStored {
	readonly status: number;
	readonly errorComment: string;
	/** For the operator: what the peer is not told. */
	readonly error?: unknown;
}

/** What became of an instance that is safe. */
export interface Stored {
	readonly outcome: StoreOutcome;
	readonly studyInstanceUid: string;
	readonly seriesInstanceUid: string;
	/** Of the dataset. */
	readonly bytes: number;
	/** UID of the study, where it was another patient's until now. */
	readonly movedStudy?: string;
}

export const OUT_OF_RESOURCES = 0xa700;
/** Data set does not match SOP class (PS3.4 Table B.2-1). */
const DOES_NOT_MATCH = 0xa900;
/** Invalid SOP Instance (PS3.7 C.5.7). */
const INVALID_INSTANCE = 0x0117;
/** Cannot understand (PS3.4 Table B.2-1). */
const CANNOT_UNDERSTAND = 0xc000;
/** Of that range: another instance has the UID, and the policy is to keep that one. */
const DUPLICATE = 0xc111;

/** Up to here a header is read for the index. */
export const HEADER_UNTIL = '7FE00001';
const NO_DIGEST = new Uint8Array(0);

/** What a response may say (PS3.7 E.1: LO, 64 characters). */
const comment = (text: string): string => (text.length <= 64 ? text : `${text.slice(0, 61)}...`);

export const outOfResources = (error: unknown): NotStored => ({
	status: OUT_OF_RESOURCES,
	errorComment: comment(error instanceof DicomError ? wordsOf(error) : 'internal error'),
	error,
});

/** For the peer: no paths of ours. */
const wordsOf = ({ failure, message }: DicomError): string => {
	if (failure.blame !== 'io') return message;
	return WORDS[failure.code] ?? `cannot store: ${failure.code}`;
};

const WORDS: Readonly<Record<string, string>> = {
	ENOSPC: 'not enough free disk space',
	EDQUOT: 'not enough free disk space',
	EFBIG: 'the file would be too long',
	BUSY: 'the index is locked',
	CORRUPT: 'the index is damaged',
	NOT_A_DATABASE: 'the index is damaged',
	DATABASE_GONE: 'the index is gone',
	INDEX_GONE: 'the index is closed',
};

/** Why an instance is not even to be received. */
export const refusalOf = ({ sopClassUid, sopInstanceUid }: StoreRequest): NotStored | undefined => {
	if (sopInstanceUid === '') return { status: INVALID_INSTANCE, errorComment: 'no SOP Instance UID' };
	if (!isUid(sopInstanceUid)) return { status: INVALID_INSTANCE, errorComment: 'the SOP Instance UID is not a UID' };
	if (!isUid(sopClassUid)) return { status: 0x0118, errorComment: 'the SOP Class UID is not a UID' };
	return undefined;
};

const cutShort = (shortfall: string | undefined): NotStored | undefined =>
	shortfall === undefined ? undefined : { status: CANNOT_UNDERSTAND, errorComment: shortfall };

/**
 * What the dataset says against what the request said; its UIDs are read as the index reads them, with all their values.
 *
 * @param shortfall why the dataset is not whole: what the rest of it should have said is not missed then
 */
const mismatchOf = (
	header: Dataset,
	{ sopClassUid, sopInstanceUid }: StoreRequest,
	shortfall: string | undefined,
): NotStored | undefined => {
	const group = groupOutOfPlace(header);
	if (group !== undefined) return { status: CANNOT_UNDERSTAND, errorComment: `group ${group} in the data set` };
	const [instance, sopClass] = [textOf(header, TAG.SOPInstanceUID), textOf(header, TAG.SOPClassUID)];
	const no = (errorComment: string): NotStored => ({ status: DOES_NOT_MATCH, errorComment });
	if (instance === '') return no('no SOP Instance UID in the data set');
	if (instance !== sopInstanceUid) return no("the data set's SOP Instance UID is not the command's");
	if (sopClass !== '' && sopClass !== sopClassUid) return no("the data set's SOP Class UID is not the command's");
	const cut = cutShort(shortfall);
	if (cut !== undefined) return cut;
	for (const level of ['Study', 'Series'] as const) {
		const uid = textOf(header, TAG[`${level}InstanceUID`]);
		if (uid === '') return no(`no ${level} Instance UID in the data set`);
		if (uid.includes('\\')) return no(`more than one ${level} Instance UID in the data set`);
		if (!isUid(uid)) return no(`the ${level} Instance UID is not a UID`);
	}
	return undefined;
};

export interface ReceiverParts {
	readonly store: InstanceStore;
	readonly index: InstanceIndex;
	readonly duplicates: DuplicatePolicy;
}

export class StoreReceiver {
	readonly #request: StoreRequest;
	readonly #parts: ReceiverParts;
	readonly #writer: InstanceWriter;
	/** Nobody else stores: the index's thread syncs it, which is the shorter way. Many go through the thread pool, side by side. */
	readonly #isAlone: boolean;
	#isOver = false;

	/** @throws DicomError io where there is no room, or no file can be made */
	constructor(request: StoreRequest, parts: ReceiverParts) {
		this.#request = request;
		this.#parts = parts;
		const { store } = parts;
		store.requireRoom();
		const options = {
			sopClassUid: request.sopClassUid,
			sopInstanceUid: request.sopInstanceUid,
			transferSyntaxUid: request.transferSyntaxUid,
			// One that cannot be written as an AE is left out: it is no reason to refuse the instance.
			...(/^[\x20-\x5b\x5d-\x7e]{1,16}$/.test(request.callingAeTitle) ? { sourceAeTitle: request.callingAeTitle } : {}),
			headerUntil: HEADER_UNTIL,
		};
		this.#isAlone = store.entered();
		try {
			this.#writer = this.#isAlone ? store.create(options, 'off') : store.create(options);
		} catch (error) {
			store.left();
			throw error;
		}
	}

	/** Throws DicomError io where the disk takes no more. */
	write(bytes: Uint8Array): void {
		this.#writer.write(bytes);
	}

	/** Settles when the instance is safe; otherwise nothing of it is left, and it says why. Never rejects. */
	async commit(): Promise<Stored | NotStored> {
		const { store, index } = this.#parts;
		// While the bytes go to the disk the header is made into rows.
		const finished = this.#writer.finish();
		finished.catch(() => {});
		if (this.#isAlone && store.durability !== 'off') index.sync(this.#writer.partPath);
		const outcome = await commitPart(this.#parts, this.#request, this.#writer, () => finished);
		this.#leave();
		return outcome;
	}

	/** Leaves nothing of it. Never throws. */
	discard(): Promise<void> {
		this.#leave();
		return this.#writer.discard();
	}

	#leave(): void {
		if (!this.#isOver) this.#parts.store.left();
		this.#isOver = true;
	}
}

/** A file that is whole, and has no name in the archive yet. */
export interface WholePart {
	readonly partPath: string;
	readonly header: Dataset;
	readonly datasetLength: number;
	/** Why the dataset is not whole; a deflated one is looked into later. */
	readonly shortfall: string | undefined;
	discard(): Promise<void>;
}

/**
 * Gives a part its place and its row.
 *
 * @param finished settles when its bytes are as safe as they have to be
 */
export const commitPart = async (
	parts: ReceiverParts,
	request: StoreRequest,
	part: WholePart,
	finished: () => Promise<void>,
): Promise<Stored | NotStored> => {
	let outcome: Stored | NotStored;
	try {
		outcome = await committed(parts, request, part, finished);
	} catch (error) {
		parts.store.forgetFolders();
		outcome = outOfResources(error);
	}
	if (!('outcome' in outcome) || outcome.outcome === 'same' || outcome.outcome === 'kept') await part.discard();
	return outcome;
};

const committed = async (
	{ store, index, duplicates }: ReceiverParts,
	request: StoreRequest,
	{ partPath, header, datasetLength, shortfall }: WholePart,
	finished: () => Promise<void>,
): Promise<Stored | NotStored> => {
	const mismatch = mismatchOf(header, request, shortfall);
	if (mismatch !== undefined) {
		await finished();
		return mismatch;
	}
	const { path, file } = store.place(request.sopInstanceUid);
	const rows = rowsOf(header, {
		sopClassUid: request.sopClassUid,
		sopInstanceUid: request.sopInstanceUid,
		transferSyntaxUid: request.transferSyntaxUid,
		callingAeTitle: request.callingAeTitle,
		file,
		datasetOffset: 0,
		datasetLength,
		digest: NO_DIGEST,
		storedAt: Date.now(),
	});
	await finished();
	if (layoutOf(request.transferSyntaxUid).deflated) {
		const cut = cutShort(await deflatedShortfallOf(partPath, datasetLength));
		if (cut !== undefined) return cut;
	}
	return told(rows, await index.store({ rows, placement: { part: partPath, path }, duplicates }));
};

const told = ({ study, series, instance }: EntityRows, { outcome, movedStudy }: StoreResult): Stored | NotStored => {
	if (outcome === 'rejected')
		return { status: DUPLICATE, errorComment: 'another instance has this SOP Instance UID already' };
	return {
		outcome,
		studyInstanceUid: study.uid,
		seriesInstanceUid: series.uid,
		bytes: instance.datasetLength,
		...(movedStudy === undefined ? {} : { movedStudy }),
	};
};
