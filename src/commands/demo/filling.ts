/** The archive of `dimse demo`, filled: synthetic studies go the way of every C-STORE, without the network. */
import type { Archive } from '../../archive/archive.ts';
import { textOf } from '../../dicom/dataset.ts';
import { encodeDataset } from '../../dicom/encode.ts';
import { syntheticStudies } from '../../dicom/synthetic.ts';
import { TAG } from '../../dicom/tags.ts';
import { EXPLICIT_LITTLE } from '../../dicom/transfer-syntaxes.ts';
import { DicomError } from '../../errors.ts';

export interface Filled {
	readonly patients: number;
	readonly studies: number;
	readonly instances: number;
	readonly bytes: number;
	/** Of the study with the most instances. */
	readonly studyInstanceUid: string;
}

/** So many instances wait for the index together: they share its transactions. */
const AT_ONCE = 64;
/** Rows and columns of an image. */
const SIDE = 128;

/** @throws DicomError io for an instance that is not taken */
export const fillArchive = async (
	archive: Pick<Archive, 'receiver'>,
	{ studies, today, signal }: { readonly studies: number; readonly today: Date; readonly signal: AbortSignal },
): Promise<Filled> => {
	const patients = new Set<string>();
	const sizes = new Map<string, number>();
	let [instances, bytes] = [0, 0];
	const storing = new Set<Promise<void>>();
	for (const { dataset, sopClassUid, sopInstanceUid, studyInstanceUid } of syntheticStudies({
		studies,
		until: dayOf(today),
		imageSide: SIDE,
	})) {
		if (signal.aborted) break;
		const encoded = encodeDataset(dataset, EXPLICIT_LITTLE);
		patients.add(textOf(dataset, TAG.PatientID));
		sizes.set(studyInstanceUid, (sizes.get(studyInstanceUid) ?? 0) + 1);
		instances++;
		bytes += encoded.length;
		const stored = store(archive, sopClassUid, sopInstanceUid, encoded).finally(() => storing.delete(stored));
		storing.add(stored);
		if (storing.size >= AT_ONCE) await Promise.all(storing);
	}
	await Promise.all(storing);
	const [biggest] = [...sizes].sort(([, a], [, b]) => b - a);
	return { patients: patients.size, studies: sizes.size, instances, bytes, studyInstanceUid: biggest?.[0] ?? '' };
};

const store = async (
	archive: Pick<Archive, 'receiver'>,
	sopClassUid: string,
	sopInstanceUid: string,
	dataset: Uint8Array,
): Promise<void> => {
	const receiver = archive.receiver({
		sopClassUid,
		sopInstanceUid,
		transferSyntaxUid: EXPLICIT_LITTLE,
		callingAeTitle: 'SYNTHETIC',
	});
	if ('refusal' in receiver) throw notTaken(receiver.errorComment);
	receiver.write(dataset);
	const answer = await receiver.commit();
	if (typeof answer === 'object' && answer.status !== 0x0000) throw notTaken(answer.errorComment ?? '');
};

const notTaken = (why: string): DicomError =>
	new DicomError({ blame: 'io', code: 'NOT_TAKEN', message: `the archive does not take a synthetic instance: ${why}` });

/** As DA. */
const dayOf = (date: Date): string =>
	[date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0')).join('');
