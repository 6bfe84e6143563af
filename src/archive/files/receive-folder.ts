/** A folder that instances are received into: where each goes, what happens where something is, and when it is safe. */
import { lstatSync, statfsSync } from 'node:fs';
import { dirname, sep } from 'node:path';
import { type Dataset, textOf } from '../../dicom/dataset.ts';
import { groupOutOfPlace } from '../../dicom/part10.ts';
import { TAG } from '../../dicom/tags.ts';
import { layoutOf, transferSyntax } from '../../dicom/transfer-syntaxes.ts';
import { DicomError } from '../../errors.ts';
import { makeFolder } from '../../make-folder.ts';
import { FolderTree, syncFolder } from './folders.ts';
import { ioError, readInstanceFile } from './instance-file.ts';
import { type Durability, InstanceWriter } from './instance-writer.ts';
import { type Layout, pathOf } from './layout.ts';
import { type SweptParts, sweepParts } from './part-sweep.ts';
import { deflatedShortfallOf } from './whole-file.ts';

export interface ReceiveFolderOptions {
	/** Made if it is not there. Absolute. */
	readonly folder: string;
	readonly layout: Layout;
	/**
	 * Where an instance with the same SOP Instance UID is: `skip` keeps that, if its dataset is as long, `overwrite` the new one,
	 * `keep-both` both. Two that are not the same are always both kept: as `name-2.dcm`.
	 */
	readonly exists: 'skip' | 'overwrite' | 'keep-both';
	readonly durability: Durability;
	/** With less space left nothing is taken. */
	readonly minFreeBytes?: number;
}

/** An instance before its dataset comes. The UIDs have been looked at: digits and dots. */
export interface Arriving {
	readonly sopClassUid: string;
	readonly sopInstanceUid: string;
	readonly transferSyntaxUid: string;
	readonly sourceAeTitle: string;
}

/** One that is safe: `file` is absolute, UIDs are '' where the header has none or was not read so far, `bytes` are the dataset's. */
export interface Kept {
	readonly studyInstanceUid: string;
	readonly seriesInstanceUid: string;
	readonly bytes: number;
	readonly file: string;
	readonly outcome: 'new' | 'skipped' | 'overwritten' | 'kept-both';
}

interface Refused {
	readonly status: number;
	readonly errorComment: string;
}

/** The shape that the Storage SCP asks for. */
export interface ArrivingReceiver {
	write(bytes: Uint8Array): void;
	commit(): Promise<number | Refused>;
	discard(): Promise<void>;
}

const FREE_SPACE_EVERY_MS = 250;
const MAX_SAME_NAMES = 10_000;

export class ReceiveFolder {
	readonly #options: ReceiveFolderOptions;
	readonly #tree: FolderTree;
	readonly #headerUntil: string;
	#spaceLookedAt = Number.NEGATIVE_INFINITY;
	#hasSpace = true;

	constructor(options: ReceiveFolderOptions) {
		this.#options = options;
		this.#tree = new FolderTree(options.folder);
		this.#headerUntil = options.layout.headerUntil;
	}

	/**
	 * Makes the folder, and sees whether it can be written into.
	 *
	 * @throws DicomError io, naming it
	 */
	async open(): Promise<void> {
		const { folder } = this.#options;
		try {
			makeFolder(folder);
			const probe = new InstanceWriter({
				folder: this.#tree,
				sopClassUid: '0',
				sopInstanceUid: '0',
				transferSyntaxUid: '0',
				durability: 'off',
			});
			await probe.discard();
		} catch (error) {
			if (error instanceof DicomError && error.failure.blame === 'io')
				throw new DicomError({ ...error.failure, path: folder }, { cause: error });
			throw ioError(error, folder);
		}
	}

	/** Takes away what runs that died have left half-written. @throws DicomError io */
	sweep(): Promise<SweptParts> {
		return sweepParts(this.#options.folder);
	}

	/**
	 * Where the next instance goes.
	 *
	 * @param kept told of it when it is safe, before the answer
	 * @throws DicomError io
	 */
	receiver(
		arriving: Arriving,
		kept: (instance: Kept) => void,
	): ArrivingReceiver | { readonly refusal: number; readonly errorComment: string } {
		if (!this.#isRoomy()) return { refusal: 0xa700, errorComment: 'no space left' };
		const { durability } = this.#options;
		const writer = new InstanceWriter({
			folder: this.#tree,
			...arriving,
			durability,
			headerUntil: this.#headerUntil,
		});
		return {
			write: (bytes) => writer.write(bytes),
			commit: async () => {
				const { header } = writer;
				const refused = mismatch(arriving, header) ?? cutShort(writer.shortfall);
				if (refused !== undefined) {
					await writer.discard();
					return refused;
				}
				if (durability === 'off') writer.finishNow();
				else await writer.finish();
				if (layoutOf(arriving.transferSyntaxUid).deflated) {
					const cut = cutShort(await deflatedShortfallOf(writer.partPath, writer.datasetLength));
					if (cut !== undefined) {
						await writer.discard();
						return cut;
					}
				}
				const { file, outcome } = await this.#place(writer, arriving.sopInstanceUid, header);
				kept({
					studyInstanceUid: textOf(header, TAG.StudyInstanceUID),
					seriesInstanceUid: textOf(header, TAG.SeriesInstanceUID),
					bytes: writer.datasetLength,
					file,
					outcome,
				});
				return 0x0000;
			},
			discard: () => writer.discard(),
		};
	}

	async #place(
		writer: InstanceWriter,
		sopInstanceUid: string,
		header: Dataset,
	): Promise<Pick<Kept, 'file' | 'outcome'>> {
		const { layout, exists, durability } = this.#options;
		// Its names are safe, so that nothing of it has to be normalized.
		const first = this.#tree.root + sep + pathOf(layout, header, sopInstanceUid).replaceAll('/', sep);
		let file = first;
		for (let number = 2; number <= MAX_SAME_NAMES; number++) {
			const isNamed = durability === 'off' ? writer.linkNow(file) : await writer.linkTo(file);
			if (isNamed) return { file, outcome: file === first ? 'new' : 'kept-both' };
			const there = exists === 'keep-both' ? undefined : lookedAt(file);
			if (there !== undefined && there.sopInstanceUid === sopInstanceUid) {
				if (exists === 'overwrite') {
					await writer.moveTo(file);
					return { file, outcome: 'overwritten' };
				}
				if (there.datasetLength === writer.datasetLength) {
					await writer.discard();
					// It may have come a moment ago, on another association, with its name not on the disk yet.
					if (durability === 'full') await syncFolder(dirname(file));
					return { file, outcome: 'skipped' };
				}
			}
			file = numbered(first, number);
		}
		throw new DicomError({ blame: 'io', code: 'EEXIST', message: `${first}: too many of the same name`, path: first });
	}

	#isRoomy(): boolean {
		const { folder, minFreeBytes = 0 } = this.#options;
		if (minFreeBytes === 0) return true;
		const now = performance.now();
		if (now - this.#spaceLookedAt > FREE_SPACE_EVERY_MS) {
			this.#spaceLookedAt = now;
			const { bavail, bsize } = statfsSync(folder);
			this.#hasSpace = bavail * bsize >= minFreeBytes;
		}
		return this.#hasSpace;
	}
}

/** `a/b.dcm` as `a/b-2.dcm`. */
const numbered = (file: string, number: number): string => {
	const extension = /\.[0-9A-Za-z]{1,8}$/.exec(file)?.[0] ?? '';
	return `${file.slice(0, file.length - extension.length)}-${number}${extension}`;
};

/** What lies there; nothing where that is no instance, cannot be read, or is a link, which is not followed. */
const lookedAt = (file: string): { readonly sopInstanceUid: string; readonly datasetLength: number } | undefined => {
	try {
		if (!lstatSync(file).isFile()) return undefined;
		const looked = readInstanceFile(file);
		return 'reason' in looked ? undefined : looked;
	} catch {
		return undefined;
	}
};

const cutShort = (shortfall: string | undefined): Refused | undefined =>
	shortfall === undefined ? undefined : { status: 0xc000, errorComment: shortfall };

/**
 * An instance is kept under the UID that it has in itself: were it kept under another, it would be lost for whoever looks for it. A
 * group 0002 of its own would be taken for the file's. Of a private transfer syntax nobody knows how to read it.
 */
const mismatch = (arriving: Arriving, header: Dataset): Refused | undefined => {
	if (transferSyntax(arriving.transferSyntaxUid) === undefined) return undefined;
	const group = groupOutOfPlace(header);
	if (group !== undefined) return { status: 0xc000, errorComment: `group ${group} in the dataset` };
	const sopInstanceUid = textOf(header, TAG.SOPInstanceUID);
	const sopClassUid = textOf(header, TAG.SOPClassUID);
	if (sopInstanceUid === '') return { status: 0xc000, errorComment: 'no SOP Instance UID in the dataset' };
	if (sopInstanceUid !== arriving.sopInstanceUid)
		return { status: 0xa900, errorComment: "the dataset's SOP Instance UID is another" };
	if (sopClassUid !== '' && sopClassUid !== arriving.sopClassUid)
		return { status: 0xa900, errorComment: "the dataset's SOP class is another" };
	return undefined;
};
