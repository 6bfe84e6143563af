/** An instance as it lies in the archive, to be sent: services/stored-instance.ts, structurally. */
import { join } from 'node:path';
import { InstanceFileSource } from './files/instance-file.ts';
import type { RetrieveRow } from './query/retrieve-plan.ts';

/** Nothing is opened before `open`: there may be a hundred thousand of them. */
export class ArchivedInstance {
	readonly #folder: string;
	readonly #row: RetrieveRow;

	constructor(folder: string, row: RetrieveRow) {
		this.#folder = folder;
		this.#row = row;
	}

	get sopClassUid(): string {
		return this.#row.sopClassUid;
	}

	get sopInstanceUid(): string {
		return this.#row.sopInstanceUid;
	}

	get transferSyntaxUid(): string {
		return this.#row.transferSyntaxUid;
	}

	/** Bytes of the dataset. */
	get datasetLength(): number {
		return this.#row.datasetLength;
	}

	/** @throws DicomError io where the file is gone, or not as long as it was */
	open(): InstanceFileSource {
		return new InstanceFileSource({ ...this.#row, path: join(this.#folder, this.#row.file) });
	}

	/** The whole dataset in memory. @throws DicomError io */
	readWhole(): Uint8Array {
		const source = this.open();
		try {
			return source.readWhole();
		} finally {
			source.close();
		}
	}
}
