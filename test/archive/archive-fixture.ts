/** An archive in a folder of its own, and instances to give it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { Archive, type ArchiveEvent, type ArchiveSettings, type StoreRequest } from '../../src/archive/archive.ts';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { DicomError } from '../../src/errors.ts';

export const CT = '1.2.840.10008.5.1.4.1.1.2';

export const folderOf = (t: Test): string => {
	const folder = mkdtempSync(join(tmpdir(), 'dimse-'));
	t.teardown(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
};

export interface Opened {
	readonly archive: Archive;
	readonly events: ArchiveEvent[];
	readonly settings: ArchiveSettings;
}

/** @param folder of an archive that was closed, to open that again */
export const openArchive = async (
	t: Test,
	more: Partial<ArchiveSettings> = {},
	folder: string = folderOf(t),
): Promise<Opened> => {
	const events: ArchiveEvent[] = [];
	const settings: ArchiveSettings = {
		databasePath: join(folder, 'index.sqlite'),
		instanceFolder: join(folder, 'instances'),
		retrieveAeTitle: 'ARCHIVE',
		// Some of the file systems here are small.
		minFreeBytes: 0,
		on: (event) => events.push(event),
		...more,
	};
	const archive = await Archive.open(settings);
	t.teardown(() => archive.close().catch(() => {}));
	return { archive, events, settings };
};

export interface InstanceOf {
	readonly sop: string;
	readonly study?: string;
	readonly series?: string;
	readonly patientId?: string;
	/** Of Pixel Data. */
	readonly bytes?: number;
	/** Makes two datasets of one instance different. */
	readonly fill?: number;
}

export const datasetOf = ({
	sop,
	study = '1.2',
	series = '1.2.3',
	patientId = 'P1',
	...more
}: InstanceOf): Dataset => ({
	[TAG.SOPClassUID]: { vr: 'UI', Value: [CT] },
	[TAG.SOPInstanceUID]: { vr: 'UI', Value: [sop] },
	[TAG.StudyInstanceUID]: { vr: 'UI', Value: [study] },
	[TAG.SeriesInstanceUID]: { vr: 'UI', Value: [series] },
	[TAG.PatientID]: { vr: 'LO', Value: [patientId] },
	[TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: 'DOE^JANE' }] },
	[TAG.Modality]: { vr: 'CS', Value: ['CT'] },
	[TAG.PixelData]: { vr: 'OW', Value: [new Uint8Array(more.bytes ?? 64).fill(more.fill ?? 1)] },
});

export const bytesOf = (dataset: Dataset): Uint8Array => encodeDataset(dataset, EXPLICIT_LITTLE);

export const requestOf = (sopInstanceUid: string, more: Partial<StoreRequest> = {}): StoreRequest => ({
	sopClassUid: CT,
	sopInstanceUid,
	transferSyntaxUid: EXPLICIT_LITTLE,
	callingAeTitle: 'SCU',
	...more,
});

/** As services/storage-scp does it. @returns the status, with its comment where there is one */
export const store = async (
	archive: Archive,
	bytes: Uint8Array,
	request: StoreRequest,
): Promise<{ readonly status: number; readonly comment?: string }> => {
	const receiver = archive.receiver(request);
	if ('refusal' in receiver) return { status: receiver.refusal, comment: receiver.errorComment };
	try {
		for (let at = 0; at < bytes.length; at += 65_536) receiver.write(bytes.subarray(at, at + 65_536));
	} catch (error) {
		await receiver.discard(error);
		return { status: 0xa700, comment: codeOf(error) };
	}
	const outcome = await receiver.commit();
	return typeof outcome === 'number' ? { status: outcome } : { status: outcome.status, comment: outcome.errorComment };
};

/** One instance, its request made of the same UID. */
export const storeInstance = (archive: Archive, instance: InstanceOf): ReturnType<typeof store> =>
	store(archive, bytesOf(datasetOf(instance)), requestOf(instance.sop));

/** What is in the archive of these UIDs: the bytes of their datasets, or the code of what is wrong with them. */
export const contentsOf = async (
	archive: Archive,
	uids: readonly string[],
): Promise<Map<string, Uint8Array | string>> => {
	const found = await archive.instancesByUid(uids);
	if ('refusal' in found) throw new Error(`refused: ${found.refusal.errorComment}`);
	return new Map(
		found.instances.map((instance): [string, Uint8Array | string] => {
			try {
				return [instance.sopInstanceUid, instance.readWhole()];
			} catch (error) {
				return [instance.sopInstanceUid, codeOf(error)];
			}
		}),
	);
};

export const codeOf = (error: unknown): string => {
	if (!(error instanceof DicomError)) return String(error);
	return error.failure.blame === 'io' ? error.failure.code : error.failure.blame;
};

/** The code of what a promise rejects with; `none` where it does not. */
export const rejectionOf = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'none', codeOf);
