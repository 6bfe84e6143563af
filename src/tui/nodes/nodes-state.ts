/** What is known of the nodes, and of where the cursor is among them. */
import type { MarkedList } from '../list-marks.ts';
import type { ListCursor } from '../state.ts';

/** What is marked is used at once. */
export interface NodesState extends ListCursor, MarkedList<string> {
	readonly isFiltering: boolean;
	/** When all are echoed again, where that was wanted. */
	readonly echoAt?: number;
}

/** `waiting` for its turn: four are asked at a time. */
export type EchoState = 'unknown' | 'waiting' | 'asking' | 'ok' | 'bad';

export interface NodeState {
	readonly name: string;
	readonly calledAeTitle: string;
	readonly callingAeTitle: string;
	readonly host: string;
	readonly port: number;
	readonly tls: boolean;
	/** Options without which another command would call it otherwise than browse does, in words for a shell. */
	readonly words?: readonly string[];
	readonly charset?: string;
	readonly matchLimit?: number;
	readonly note?: string;
	readonly echo: EchoState;
	readonly echoMs?: number;
	readonly echoText?: string;
	readonly connection: ConnectionState;
	/** What went wrong with asking it before that is over: it was asked again, or another peer is meant. */
	readonly settledAt?: number;
	/** What the last negotiation and the answers so far have shown; absent means nobody knows. */
	readonly canFind?: boolean;
	readonly canGet?: boolean;
	readonly canMove?: boolean;
	readonly learned: readonly string[];
	/** Names are asked for in the letters they are typed in: it was seen to keep them so, or to mind none. */
	readonly keepsCase?: boolean;
	/** What the doctor came to last. */
	readonly examination?: {
		readonly atEpochMs: number;
		readonly text: string;
		readonly kind: 'good' | 'warning' | 'bad';
		/** What was moved to us has come. */
		readonly moveArrived?: true;
	};
	/** Where what is retrieved from it goes, and how files are named there, where the address book says so. */
	readonly folder?: string;
	readonly layout?: string;
	/** Associations at once that it takes. */
	readonly maxAssociations?: number;
}

export type ConnectionState =
	| { readonly state: 'none' }
	| { readonly state: 'connecting'; readonly since: number; readonly waitingFor: 'TCP' | 'TLS' | 'association answer' }
	| { readonly state: 'open'; readonly ms: number; readonly busy: boolean }
	| { readonly state: 'failed'; readonly text: string };
