/** What browse needs of the world: handed in by commands/browse.ts, made of the same functions as the other commands. */

import type { TraceEvent, TraceSink } from '../association/trace.ts';
import type { Explanation } from '../diagnose/explanation.ts';
import type { Destination } from '../diagnose/retrieve-outcomes.ts';
import type { Dataset } from '../dicom/dataset.ts';
import type { Failure } from '../errors.ts';
import type { Level } from '../output/columns.ts';
import type { Tally } from '../output/query-warnings.ts';
import type { Arrivals } from '../retrieve/arrivals.ts';
import type { ExpectedSeries, UnitResult } from '../retrieve/events.ts';
import type { Journal, JournalHead } from '../retrieve/journal.ts';
import type { ReceiverEvent } from '../retrieve/receiver.ts';
import type { Keep } from '../retrieve/receiving.ts';
import type { Open } from '../retrieve/settings.ts';
import type { Unit } from '../retrieve/unit.ts';
import type { PartAnswer } from '../services/exhaustive-query.ts';
import type { DoctorDepth } from './actions.ts';
import type { QuerySpec, SavedQuery } from './browse/browse-state.ts';
import type { NodeState } from './nodes/nodes-state.ts';

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
	/** What the node is called over. */
	readonly usesTls: boolean;
	/** Instead of the (0008,0005) of each answer. */
	readonly characterSet: readonly string[] | undefined;
}

/** What asking in parts has come to. */
export interface InParts {
	readonly queries: number;
	/** The number of matches that the archive was proven to stop at. */
	readonly limit: number | undefined;
	readonly warnings: readonly string[];
	readonly isComplete: boolean;
}

/** Our own receiver of C-MOVE, listening. */
export interface Listening {
	readonly aeTitle: string;
	/** Whatever a node knows us by (`--listen-aet`); else each may call us by the title that we call it with. */
	readonly onlyTitle?: string;
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
	/** A path as somebody typed it, made absolute: `~` is the home folder, a relative one counts from the current folder. */
	whole(path: string): string;
	/** `$XDG_STATE_HOME/dimse`: journals, history, the clipboard file. */
	readonly stateFolder: string;
	/** The address book as it is now. @throws DicomError usage, io */
	nodes(): Promise<{ readonly nodes: readonly NodeState[]; readonly saved: readonly SavedQuery[] }>;
	/** @throws DicomError usage for a value that cannot be, io */
	saveNode(name: string, fields: Readonly<Record<string, string>>, isNew: boolean): Promise<void>;
	removeNode(name: string): Promise<void>;
	saveQuery(query: SavedQuery): Promise<void>;
	removeQuery(name: string): Promise<void>;
	/** For the sessions to come. */
	rememberQuery(query: QuerySpec): Promise<void>;
	/** What the administrator of the node has to enter for us (`dimse node card`). */
	nodeCard(name: string): Promise<string>;
	/** What the commands would say on stderr while something is done: notes and warnings. */
	sayTo(says: (text: string) => void): void;
	/** From now on every event of every association goes there, our own receiver's too. */
	traceTo(sink: TraceSink): void;
	/** Opens associations with a node. @param on sees their events as well. @throws DicomError usage, io */
	opener(node: string, on?: TraceSink): Promise<Open>;
	/** @throws DicomError usage for a key or a value that cannot be */
	asked(node: string, query: QuerySpec): Promise<Asked>;
	/** What a count of matches says: cut off by a limit, or all. A limit that was learned and that it disproves is forgotten. */
	judge(node: string, matches: number): 'cut-off' | 'complete';
	/** What `find` says of the rows of a query, once they are all here. */
	warnings(node: string, asked: Asked, tally: Tally): readonly string[];
	/** `find --all`: `ask` sends one part. Nothing more is asked once `isOver`. A limit that is proven is remembered. */
	inParts(
		node: string,
		identifier: Dataset,
		ask: (identifier: Dataset) => Promise<PartAnswer>,
		isOver: () => boolean,
		says: (text: string) => void,
	): Promise<InParts>;
	/** `find --why`, as lines. @throws DicomError */
	why(connected: Awaited<ReturnType<Open>>, asked: Asked, signal: AbortSignal): Promise<readonly string[]>;
	/** `node caps`, as lines; remembered. @throws DicomError */
	capabilities(node: string, signal: AbortSignal): Promise<readonly string[]>;
	/** The format by the ending of the name. @throws DicomError usage, io */
	writeTrace(path: string, events: readonly TraceEvent[], redact: boolean): Promise<void>;
	/** A folder for what is retrieved, with the node's layout. @throws DicomError usage, io */
	keep(node: string, folder: string, exists: 'skip' | 'overwrite' | 'keep-both'): Promise<Keep>;
	/** @param takesAny whether private SOP classes are taken just now. @throws DicomError io where the port is taken: says by whom where that can be known */
	listen(keep: Keep, on: (event: ReceiverEvent) => void, takesAny: () => boolean): Promise<Listening>;
	journal(path: string, head: JournalHead): Promise<Journal>;
	/**
	 * What is to be retrieved in as many requests as `by` wants: the series of a study asked of the peer, where it says them (`--unit`).
	 *
	 * @returns `series` where it is asked for instance by instance: no later answer tells of those
	 * @throws as queries fail
	 */
	divided(
		node: string,
		unit: Unit,
		by: 'study' | 'series' | 'instance',
		model: 'study' | 'patient',
		signal: AbortSignal,
	): Promise<{ readonly units: readonly Unit[]; readonly series: readonly ExpectedSeries[] }>;
	/** What it means that a unit is not complete; nothing where it is (`explainUnit` of commands/retrieve/conclusion.ts). */
	explainUnit(
		node: string,
		unit: Unit | undefined,
		result: UnitResult,
		service: 'C-GET' | 'C-MOVE',
		destination: Destination | undefined,
	): Explanation | undefined;
	/** `dimse doctor`, line by line. */
	doctor(node: string, line: (text: string) => void, signal: AbortSignal, also: readonly DoctorDepth[]): Promise<void>;
	/** The three parts for a failure with this node. */
	explain(failure: Failure, node: string, service: string): Explanation;
}
