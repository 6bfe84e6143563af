/** Puts the rows of instances into the index and takes them out, parents included; within the caller's transaction. */
import type { EntityRows } from './entity-rows.ts';
import type { Statement } from './sql.ts';

/** What the index says of an instance that is there. */
export interface KeptInstance {
	readonly sopInstanceUid: string;
	readonly sopClassUid: string;
	readonly transferSyntaxUid: string;
	readonly studyInstanceUid: string;
	readonly seriesInstanceUid: string;
	readonly file: string;
	readonly datasetOffset: number;
	readonly datasetLength: number;
	readonly digest: Uint8Array;
}

export interface Put {
	/** What the rows took the place of. */
	readonly previous?: KeptInstance;
	/** UIDs of the study that has gone over to another patient, of the series that has gone over to another study: the last one said so. */
	readonly movedStudy?: string;
	readonly movedSeries?: string;
}

/**
 * Remembers the parents it has written, so that an instance of a series that is there costs one INSERT. After a ROLLBACK, or when another
 * connection has written, call `forget`.
 */
export class EntityWriter {
	readonly #prepare: (sql: string) => Statement;

	/** @param prepare gives statements whose rows are arrays; each text is prepared once */
	constructor(prepare: (sql: string) => Statement) {
		this.#prepare = prepare;
	}

	find(sopInstanceUid: string): KeptInstance | undefined {
		this.#prepare('SELECT 1').get(sopInstanceUid);
		return undefined;
	}

	/** Writes an instance, or puts it in the place of the one with its SOP Instance UID. */
	put(_rows: EntityRows): Put {
		return {};
	}

	/** Takes an instance out, and the series, study and patient that have nothing left. */
	remove(_sopInstanceUid: string): KeptInstance | undefined {
		return undefined;
	}

	forget(): void {}
}
