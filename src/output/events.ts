/** `--events`: what a command does as typed JSON lines, for programs that watch it (ux.md 4.5). A reader skips types it does not know. */
import { jsonText } from './sanitize.ts';

export type OutputEvent =
	/** Always first. `expected` counts what is to be done, where that is known. */
	| {
			readonly type: 'start';
			/** ISO 8601 with the offset of the local time; see `timestamp`. */
			readonly ts: string;
			readonly command: string;
			readonly node: string;
			readonly dest?: string;
			readonly expected?: number;
	  }
	/** A C-ECHO was answered. */
	| { readonly type: 'echo'; readonly node: string; readonly status: string; readonly ms: number }
	/** Our receiver is there, before anybody is asked to send. */
	| { readonly type: 'listening'; readonly host?: string; readonly port: number; readonly aet: string }
	/** An association from outside. */
	| {
			readonly type: 'incoming';
			readonly from: string;
			readonly calling: string;
			readonly called: string;
			readonly accepted: number;
			readonly refused: number;
	  }
	/** A call from outside that was turned away. */
	| {
			readonly type: 'rejected';
			readonly from: string;
			readonly calling: string;
			readonly called: string;
			/** As `1/1/7`. */
			readonly code: string;
			readonly why: string;
	  }
	/** An association from outside is over; `message` where it ended badly. */
	| {
			readonly type: 'ended';
			readonly from: string;
			readonly calling: string;
			readonly stored: number;
			readonly failed: number;
			readonly bytes: number;
			readonly ms: number;
			readonly message?: string;
	  }
	/** A retrieve: one thing that is to be done; `unit` counts from 0. */
	| ({ readonly type: 'unit'; readonly unit: number; readonly state: string } & UnitKeys)
	/** A C-GET or C-MOVE was sent. */
	| {
			readonly type: 'request';
			readonly unit: number;
			readonly service: string;
			readonly attempt: number;
			/** So many instances are asked for by their UIDs. */
			readonly only?: number;
	  }
	/** `from`: a query of instances, series or studies, the first response, or nothing. */
	| { readonly type: 'expected'; readonly unit: number; readonly from: string; readonly count?: number }
	/** The final response is here, and not all that was claimed or expected. */
	| { readonly type: 'waiting'; readonly unit: number; readonly missing: number }
	| ({
			readonly type: 'settled';
			readonly unit: number;
			readonly verdict: string;
			/** False where only the peer's claim is known. */
			readonly verified: boolean;
			readonly expected?: number;
			readonly completed?: number;
			readonly failed?: number;
			readonly warning?: number;
			readonly remaining?: number;
			readonly arrived: number;
			readonly bytes: number;
			readonly missing: number;
			readonly status?: string;
			readonly ms: number;
	  } & UnitKeys)
	/** An instance is safe: sent and confirmed by the peer (store), or written to `file` (get, move). `ts_uid`: its transfer syntax. */
	| {
			readonly type: 'stored';
			readonly sop: string;
			readonly class: string;
			readonly bytes: number;
			readonly file?: string;
			readonly ts_uid: string;
			/** Four hex digits; there where it is a warning. */
			readonly status?: string;
			/** Where it came from outside: `new`, `skipped`, `overwritten`, `kept-both`, `ignored`. */
			readonly outcome?: string;
			readonly unit?: number;
	  }
	/** An instance is not. `why` is one word: `no-context`, `status`, `io`, `aborted`; of a retrieve the cause, as `never-came`. */
	| {
			readonly type: 'failed';
			readonly sop?: string;
			readonly file?: string;
			readonly why: string;
			readonly class?: string;
			readonly status?: string;
			readonly message?: string;
			readonly unit?: number;
	  }
	/** A file that is not to be sent: no DICOM, twice the same instance. */
	| { readonly type: 'skipped'; readonly file: string; readonly why: string }
	| {
			readonly type: 'progress';
			readonly done: number;
			readonly total?: number;
			readonly failed: number;
			readonly bytes: number;
			readonly rate?: number;
			readonly eta_s?: number;
	  }
	/** A C-GET-RSP or C-MOVE-RSP; a count that the peer did not give is left out. */
	| {
			readonly type: 'suboperations';
			readonly unit?: number;
			readonly remaining?: number;
			readonly completed?: number;
			readonly failed?: number;
			readonly warning?: number;
			readonly arrived: number;
			readonly rate?: number;
			readonly eta_s?: number;
	  }
	| { readonly type: 'match'; readonly row: object }
	/** Which key of a query without a match excludes everything (`find --why`). */
	| { readonly type: 'why'; readonly keys?: readonly object[]; readonly bare?: string; readonly queries?: number }
	| { readonly type: 'warning'; readonly code: string; readonly message: string; readonly unit?: number }
	/** A failure of the whole command, as in the error document of `json`. */
	| { readonly type: 'error'; readonly error: object }
	/** Always last; `exit` is the exit status. */
	| {
			readonly type: 'summary';
			readonly status?: string;
			readonly completed: number;
			readonly failed: number;
			readonly skipped?: number;
			readonly warning?: number;
			readonly arrived?: number;
			readonly expected?: number;
			readonly missing?: readonly string[];
			/** Where the list of them was written. */
			readonly missing_file?: string;
			readonly bytes?: number;
			readonly ms?: number;
			readonly exit: number;
	  };

/** What a unit of a retrieve is. */
export interface UnitKeys {
	readonly level: string;
	readonly study?: string;
	readonly series?: string;
	/** So many instances are asked for by their UIDs. */
	readonly instances?: number;
}

/** One line, newline included. */
export const eventLine = (event: OutputEvent): string => `${jsonText(event)}\n`;

/** Local time with its offset: `2026-11-21T12:06:01.002+01:00`. */
export const timestamp = (date: Date): string => {
	const offset = -date.getTimezoneOffset();
	const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
	const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((part) =>
		String(part).padStart(2, '0'),
	);
	return `${local}${offset < 0 ? '-' : '+'}${hours}:${minutes}`;
};

/** A DIMSE status or command field as events, documents and traces give it: four hex digits. */
export const statusText = (status: number): string => status.toString(16).toUpperCase().padStart(4, '0');
