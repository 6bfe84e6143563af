/** What browse needs of the world: handed in by commands/browse.ts, made of the same functions as the other commands. */

import type { Explanation } from '../diagnose/explanation.ts';
import type { Dataset } from '../dicom/dataset.ts';
import type { Failure } from '../errors.ts';
import type { Level } from '../output/columns.ts';
import type { Arrivals } from '../retrieve/arrivals.ts';
import type { Journal, JournalHead } from '../retrieve/journal.ts';
import type { ReceiverEvent } from '../retrieve/receiver.ts';
import type { Keep } from '../retrieve/receiving.ts';
import type { Open } from '../retrieve/settings.ts';
import type { NodeState, QuerySpec, SavedQuery } from './state.ts';

/** A query made ready: what is sent, and what its answers were promised to be. */
export interface Asked {
	/** SOP class of the query (PS3.4 C.6). */
	readonly sopClassUid: string;
	readonly level: Level;
	/** One C-FIND each, their answers merged. */
	readonly identifiers: readonly Dataset[];
	/** Keys that a match must agree with, tag to `Keyword=value`. */
	readonly promised: ReadonlyMap<string, string>;
	readonly transferSyntaxes: readonly string[];
}

/** Our own receiver of C-MOVE, listening. */
export interface Listening {
	readonly aeTitle: string;
	readonly port: number;
	readonly addresses: readonly string[];
	readonly arrivals: Arrivals;
	close(): Promise<void>;
	abort(): Promise<void>;
}

export interface World {
	/** Milliseconds on a clock that only goes forward. */
	now(): number;
	/** The Unix time at which that clock stood at 0, in milliseconds. */
	readonly epochMs: number;
	readonly cwd: string;
	/** `$XDG_STATE_HOME/dimse`: journals, history, the clipboard file. */
	readonly stateFolder: string;
	/** The address book as it is now. @throws DicomError usage, io */
	nodes(): Promise<{ readonly nodes: readonly NodeState[]; readonly saved: readonly SavedQuery[] }>;
	/** @throws DicomError usage for a value that cannot be, io */
	saveNode(name: string, fields: Readonly<Record<string, string>>, isNew: boolean): Promise<void>;
	removeNode(name: string): Promise<void>;
	saveQuery(query: SavedQuery): Promise<void>;
	/** What the administrator of the node has to enter for us (`dimse node card`). */
	nodeCard(name: string): Promise<string>;
	/** Opens associations with a node; every event of them goes to the recorder of the trace too. */
	opener(node: string): Promise<Open>;
	asked(node: string, query: QuerySpec): Promise<Asked>;
	/** A folder for what is retrieved, with the node's layout. @throws DicomError usage, io */
	keep(node: string, folder: string, exists: 'skip' | 'overwrite' | 'keep-both'): Promise<Keep>;
	/** @throws DicomError io where the port is taken: says by whom where that can be known */
	listen(keep: Keep, on: (event: ReceiverEvent) => void): Promise<Listening>;
	journal(path: string, head: JournalHead): Promise<Journal>;
	/** `dimse doctor`, line by line. */
	doctor(node: string, line: (text: string) => void, signal: AbortSignal): Promise<void>;
	/** The three parts for a failure with this node. */
	explain(failure: Failure, node: string, service: string): Explanation;
}
