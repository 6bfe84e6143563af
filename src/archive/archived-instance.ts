/** An instance as it lies in the archive, to be sent: services/stored-instance.ts, structurally. */
import { join } from 'node:path';
import { InstanceFileSource } from './files/instance-file.ts';
import type { RetrieveRow } from './query/retrieve-plan.ts';

/** Where instances lie. */
export interface Whereabouts {
	readonly folder: string;
	/** The row that an instance has now. @throws DicomError io */
	rowOf(sopInstanceUid: string): Promise<RetrieveRow | undefined>;
}

/** Nothing is opened before `open`: there may be a hundred thousand of them. */
export class ArchivedInstance {
	readonly #whereabouts: Whereabouts;
	readonly #row: RetrieveRow;

	constructor(whereabouts: Whereabouts, row: RetrieveRow) {
		this.#whereabouts = whereabouts;
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
		return new InstanceFileSource({ ...this.#row, path: join(this.#whereabouts.folder, this.#row.file) });
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

	/** For one whose file is gone: what has replaced it, if anything has. @throws DicomError io */
	async present(): Promise<ArchivedInstance | undefined> {
		const row = await this.#whereabouts.rowOf(this.sopInstanceUid);
		return row === undefined || row.file === this.#row.file ? undefined : new ArchivedInstance(this.#whereabouts, row);
	}
}
