/** An instance that lies somewhere and can be sent: what a Storage SCU has to know of it, and how to get at its dataset. */
import type { DataSource } from '../association/outgoing.ts';

/** The dataset of an instance, open to be read once from its beginning to its end. */
export interface OpenInstance extends DataSource {
	/** May be called again. */
	close(): void;
}

export interface StoredInstance {
	readonly sopClassUid: string;
	readonly sopInstanceUid: string;
	/** The one that its dataset lies in. */
	readonly transferSyntaxUid: string;
	/** Other transfer syntaxes in which the same bytes mean the same, the preferred one first. */
	readonly alsoIn?: readonly string[];
	/** Bytes. */
	readonly datasetLength: number;
	/** @throws DicomError io, also where the file is another than it was when it was stored */
	open(): OpenInstance;
	/** The dataset in memory, to be put into another transfer syntax. @throws DicomError io */
	readWhole(): Uint8Array;
	/**
	 * The same instance where it lies now, for one that is gone (ENOENT) since it was found: it may have been replaced. Undefined where it lies
	 * nowhere else.
	 *
	 * @throws DicomError io
	 */
	present?(): Promise<StoredInstance | undefined>;
}
