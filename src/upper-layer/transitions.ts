/** Table 9-10 of PS3.8: what each event brings about in each state. What an action does, and the state after it, is in actions.ts. */

/** The states of PS3.8 Tables 9-1 to 9-5. */
export const STATES = [
	'Sta1',
	'Sta2',
	'Sta3',
	'Sta4',
	'Sta5',
	'Sta6',
	'Sta7',
	'Sta8',
	'Sta9',
	'Sta10',
	'Sta11',
	'Sta12',
	'Sta13',
] as const;

export type State = (typeof STATES)[number];

/** Where the standard leaves a cell empty. */
const ____ = null;

const AE_1 = 'AE-1';
const AE_2 = 'AE-2';
const AE_3 = 'AE-3';
const AE_4 = 'AE-4';
const AE_5 = 'AE-5';
const AE_6 = 'AE-6';
const AE_7 = 'AE-7';
const AE_8 = 'AE-8';
const DT_1 = 'DT-1';
const DT_2 = 'DT-2';
const AR_1 = 'AR-1';
const AR_2 = 'AR-2';
const AR_3 = 'AR-3';
const AR_4 = 'AR-4';
const AR_5 = 'AR-5';
const AR_6 = 'AR-6';
const AR_7 = 'AR-7';
const AR_8 = 'AR-8';
const AR_9 = 'AR-9';
const AR10 = 'AR-10';
const AA_1 = 'AA-1';
const AA_2 = 'AA-2';
const AA_3 = 'AA-3';
const AA_4 = 'AA-4';
const AA_5 = 'AA-5';
const AA_6 = 'AA-6';
const AA_7 = 'AA-7';
const AA_8 = 'AA-8';

// One row an event, Evt1 to Evt19; one column a state; the event's name stands last so that the columns meet.
const TABLE_9_10 = [
	// 1    2     3     4     5     6     7     8     9     10    11    12    13
	[AE_1, ____, ____, ____, ____, ____, ____, ____, ____, ____, ____, ____, ____, 'A-ASSOCIATE request'],
	[____, ____, ____, AE_2, ____, ____, ____, ____, ____, ____, ____, ____, ____, 'transport connected'],
	[____, AA_1, AA_8, ____, AE_3, AA_8, AA_8, AA_8, AA_8, AA_8, AA_8, AA_8, AA_6, 'A-ASSOCIATE-AC received'],
	[____, AA_1, AA_8, ____, AE_4, AA_8, AA_8, AA_8, AA_8, AA_8, AA_8, AA_8, AA_6, 'A-ASSOCIATE-RJ received'],
	[AE_5, ____, ____, ____, ____, ____, ____, ____, ____, ____, ____, ____, ____, 'transport accepted'],
	[____, AE_6, AA_8, ____, AA_8, AA_8, AA_8, AA_8, AA_8, AA_8, AA_8, AA_8, AA_7, 'A-ASSOCIATE-RQ received'],
	[____, ____, AE_7, ____, ____, ____, ____, ____, ____, ____, ____, ____, ____, 'A-ASSOCIATE response (accept)'],
	[____, ____, AE_8, ____, ____, ____, ____, ____, ____, ____, ____, ____, ____, 'A-ASSOCIATE response (reject)'],
	[____, ____, ____, ____, ____, DT_1, ____, AR_7, ____, ____, ____, ____, ____, 'P-DATA request'],
	[____, AA_1, AA_8, ____, AA_8, DT_2, AR_6, AA_8, AA_8, AA_8, AA_8, AA_8, AA_6, 'P-DATA-TF received'],
	[____, ____, ____, ____, ____, AR_1, ____, ____, ____, ____, ____, ____, ____, 'A-RELEASE request'],
	[____, AA_1, AA_8, ____, AA_8, AR_2, AR_8, AA_8, AA_8, AA_8, AA_8, AA_8, AA_6, 'A-RELEASE-RQ received'],
	[____, AA_1, AA_8, ____, AA_8, AA_8, AR_3, AA_8, AA_8, AR10, AR_3, AA_8, AA_6, 'A-RELEASE-RP received'],
	[____, ____, ____, ____, ____, ____, ____, AR_4, AR_9, ____, ____, AR_4, ____, 'A-RELEASE response'],
	[____, ____, AA_1, AA_2, AA_1, AA_1, AA_1, AA_1, AA_1, AA_1, AA_1, AA_1, ____, 'A-ABORT request'],
	[____, AA_2, AA_3, ____, AA_3, AA_3, AA_3, AA_3, AA_3, AA_3, AA_3, AA_3, AA_2, 'A-ABORT received'],
	[____, AA_5, AA_4, AA_4, AA_4, AA_4, AA_4, AA_4, AA_4, AA_4, AA_4, AA_4, AR_5, 'transport closed'],
	[____, AA_2, ____, ____, ____, ____, ____, ____, ____, ____, ____, ____, AA_2, 'ARTIM expired'],
	[____, AA_1, AA_8, ____, AA_8, AA_8, AA_8, AA_8, AA_8, AA_8, AA_8, AA_8, AA_7, 'invalid PDU received'],
] as const;

type Row = (typeof TABLE_9_10)[number];

/** Rows of the table. A PDU's type and ` received` is the row of its arrival. */
export type UpperLayerEvent = Row[13];

/** What stands in a cell: the names of PS3.8 Tables 9-6 to 9-9. */
export type Action = Exclude<Row[number], UpperLayerEvent | null>;

const ROWS = new Map<UpperLayerEvent, readonly Row[number][]>(TABLE_9_10.map((row) => [row[13], row]));

/** The cell of Table 9-10; `null` where it is empty, that is where the event cannot happen or the user may not ask for it. */
export const actionFor = (event: UpperLayerEvent, state: State): Action | null =>
	(ROWS.get(event)?.[STATES.indexOf(state)] ?? null) as Action | null;
