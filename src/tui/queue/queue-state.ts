/** Retrievals on their way, the receiver they come to, and what is wanted of them. */
import type { Explanation } from '../../diagnose/explanation.ts';
import type { Counts, MissingInstance, UnitResult } from '../../retrieve/events.ts';
import type { Unit } from '../../retrieve/unit.ts';
import type { RetrieveChoice } from '../actions.ts';
import type { MarkedList } from '../list-marks.ts';
import type { ListCursor } from '../state.ts';

/** What a retrieve is of: a row of browse. */
export interface Wanted {
	readonly node: string;
	readonly unit: Unit;
	/** `SMITH^JOHN 2024-11-03 CT CHEST`: the three parts joined, which stand in columns, and of which the first is masked. */
	readonly label: string;
	readonly patient: string;
	readonly date: string;
	readonly what: string;
	/** Instances in it, as the answer to a query had them. */
	readonly instances: number | undefined;
	readonly seriesCount: number | undefined;
}

export interface Job extends Wanted {
	readonly id: number;
	readonly node: string;
	/** `MOVE` also where C-GET was wanted, and the peer does not do it. */
	readonly how: 'GET' | 'MOVE';
	/** The AE title; `here` for C-GET. */
	readonly to: string;
	readonly folder: string;
	readonly choice: RetrieveChoice;
	/** What it waits for: late arrivals, an association. `until` on the clock. */
	readonly waitingFor: { readonly text: string; readonly until?: number } | undefined;
	/** Stopping so as to go on later. */
	readonly isPausing: boolean;
	/** The peer sends no pending responses. */
	readonly sendsNone: boolean;
	/** The last sign of progress, a response or an arrival. */
	readonly lastSignAt: number | undefined;
	/** In the order of the retrieve: what was asked for in one request each. */
	readonly parts: readonly JobPart[];
	/** What a person should know of it, the newest last. */
	readonly notes: readonly string[];
	readonly explanation: Explanation | undefined;
	/** `sent`: the peer says so, and nobody can look. */
	readonly state:
		| 'waiting'
		| 'running'
		| 'paused'
		| 'stopping'
		| 'complete'
		| 'sent'
		| 'partial'
		| 'failed'
		| 'cancelled';
	/** What had come, or was claimed to, before it was begun again, by instances that it is not asked for now; `done`: all that had. */
	readonly base: {
		readonly arrived: number;
		readonly bytes: number;
		readonly done: number;
		readonly claimed: Counts;
	};
	/** The peer has taken an association of it. */
	readonly hasConnected?: boolean;
	/** How often its association was lost, and it waited for another. */
	readonly losses: number;
	/** The file that it can be gone on with. */
	readonly journal?: string;
	/** Put off by as long as it was held. */
	readonly startedAt: number | undefined;
	/** Since when it is held; until it is begun again. */
	readonly heldAt?: number | undefined;
	readonly endedAt: number | undefined;
	/** What the peer says; undefined where it says nothing. */
	readonly claimed:
		| { readonly completed?: number; readonly failed?: number; readonly warning?: number; readonly remaining?: number }
		| undefined;
	readonly lastResponseAt: number | undefined;
	readonly lastStatus: number | undefined;
	/** What we saw arrive. */
	readonly arrived: number;
	readonly bytes: number;
	readonly from: string | undefined;
	readonly expected: number | undefined;
	/** In words: `IMAGE-level query`. */
	readonly expectedFrom: string;
	readonly series: readonly JobSeries[];
	readonly failures: readonly MissingInstance[];
	/** Arrivals of the last 60 seconds, one number a second, the newest last; and their bytes. */
	readonly rates: readonly number[];
	readonly byteRates: readonly number[];
	/** Which second the last of them is of. */
	readonly ratesAt: number;
	readonly result: UnitResult | undefined;
	readonly associations: number;
}

/** One unit of the retrieve. */
export interface JobPart {
	/** What the peer has delivered in earlier runs, as it says. */
	readonly settled: Counts;
	/** All of it was asked for in this run, so that this counts the earlier ones too. */
	readonly isWhole: boolean;
	/** What finished requests have added up to, and what the running one says. */
	readonly before: Counts;
	readonly running: Counts | undefined;
	readonly arrived: number;
	readonly bytes: number;
	readonly expected: number | undefined;
	/** When its last request went out. */
	readonly askedAt: number | undefined;
	/** Its last final response is here. */
	readonly isAnswered: boolean;
	/** By their UIDs: those it is known to have. */
	readonly series: readonly string[];
	/** Of each of them, how many its verdict has found elsewhere. */
	readonly there?: ReadonlyMap<string, number>;
	/** So many are not here after the final response, and may still come. */
	readonly late?: number;
	readonly result: UnitResult | undefined;
}

export interface JobSeries {
	readonly uid: string;
	readonly number: string;
	readonly title: string;
	readonly expected: number | undefined;
	/** Undefined where it goes elsewhere, until its destination was looked into. */
	readonly arrived: number | undefined;
	readonly failed: number;
	/** The peer says that all of it was sent, and nobody can look. */
	readonly isSent?: boolean;
}

export interface QueueState extends ListCursor, MarkedList<number> {
	readonly jobs: readonly Job[];
	/** Retrieves at once. */
	readonly atOnce: number;
	/** Of the last retrieve that was begun from browse, for `.`. */
	readonly lastChoice?: RetrieveChoice;
	/** Where instances go, where neither the node nor the dialog says so (`-o`). */
	readonly folder?: string;
	/** `--accept any` was given. */
	readonly takesAny?: boolean;
	readonly isFiltering?: boolean;
	/** Who calls our receiver, by the number of the association: `10.20.1.5 calling as PACS_MAIN`. */
	readonly callers?: ReadonlyMap<number, string>;
	/** The queue is seen alone, or its details. */
	readonly maximized?: boolean;
	readonly pane: 'jobs' | 'failures';
	readonly failureAt: number;
}

export interface ReceiverState {
	readonly state: 'off' | 'listening' | 'failed';
	readonly aeTitle: string;
	/** Nodes know us by this one (`--listen-aet`), whatever title we call them with. */
	readonly onlyTitle?: string;
	readonly port: number;
	readonly addresses: readonly string[];
	readonly problem: string | undefined;
}

export interface RetrieveWay {
	readonly how: RetrieveChoice['how'] | 'web';
	readonly possible: boolean;
	readonly reason: string;
}
