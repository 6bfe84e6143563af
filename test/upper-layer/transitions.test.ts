/**
 * Table 9-10 of PS3.8 transcribed a second time, in another form: by states instead of by events, with what is done instead of the
 * action's name alone. Nothing here is made from the table in src.
 */
import t from 'tap';
import { LocalMisuse } from '../../src/errors.ts';
import { encodePdu, type Pdu } from '../../src/upper-layer/pdu/index.ts';
import { actionFor, STATES, type State } from '../../src/upper-layer/transitions.ts';
import type { Output, Role, UpperLayer } from '../../src/upper-layer/upper-layer.ts';
import { ABORT, AC, coreIn, DATA, hex, RELEASE_RP, RELEASE_RQ, RJ, RQ, rolesIn, told } from './samples.ts';

/** The events by the numbers of the table. */
const EVENTS = {
	1: 'A-ASSOCIATE request',
	2: 'transport connected',
	3: 'A-ASSOCIATE-AC received',
	4: 'A-ASSOCIATE-RJ received',
	5: 'transport accepted',
	6: 'A-ASSOCIATE-RQ received',
	7: 'A-ASSOCIATE response (accept)',
	8: 'A-ASSOCIATE response (reject)',
	9: 'P-DATA request',
	10: 'P-DATA-TF received',
	11: 'A-RELEASE request',
	12: 'A-RELEASE-RQ received',
	13: 'A-RELEASE-RP received',
	14: 'A-RELEASE response',
	15: 'A-ABORT request',
	16: 'A-ABORT received',
	17: 'transport closed',
	18: 'ARTIM expired',
	19: 'invalid PDU received',
} as const;

type EventNumber = keyof typeof EVENTS;

/** State by state, which events have a cell and what stands in it: event number, action. */
const CELLS: Record<State, string> = {
	// Idle
	Sta1: '1 AE-1, 5 AE-5',
	// Transport connection open, awaiting A-ASSOCIATE-RQ: whatever else comes is aborted
	Sta2: '3 AA-1, 4 AA-1, 6 AE-6, 10 AA-1, 12 AA-1, 13 AA-1, 16 AA-2, 17 AA-5, 18 AA-2, 19 AA-1',
	// Awaiting the local A-ASSOCIATE response
	Sta3: '3 AA-8, 4 AA-8, 6 AA-8, 7 AE-7, 8 AE-8, 10 AA-8, 12 AA-8, 13 AA-8, 15 AA-1, 16 AA-3, 17 AA-4, 19 AA-8',
	// Awaiting the transport connection to open
	Sta4: '2 AE-2, 15 AA-2, 17 AA-4',
	// Awaiting A-ASSOCIATE-AC or -RJ
	Sta5: '3 AE-3, 4 AE-4, 6 AA-8, 10 AA-8, 12 AA-8, 13 AA-8, 15 AA-1, 16 AA-3, 17 AA-4, 19 AA-8',
	// Association established, ready for data transfer
	Sta6: '3 AA-8, 4 AA-8, 6 AA-8, 9 DT-1, 10 DT-2, 11 AR-1, 12 AR-2, 13 AA-8, 15 AA-1, 16 AA-3, 17 AA-4, 19 AA-8',
	// Awaiting A-RELEASE-RP: data may still come
	Sta7: '3 AA-8, 4 AA-8, 6 AA-8, 10 AR-6, 12 AR-8, 13 AR-3, 15 AA-1, 16 AA-3, 17 AA-4, 19 AA-8',
	// Awaiting the local A-RELEASE response: data may still go
	Sta8: '3 AA-8, 4 AA-8, 6 AA-8, 9 AR-7, 10 AA-8, 12 AA-8, 13 AA-8, 14 AR-4, 15 AA-1, 16 AA-3, 17 AA-4, 19 AA-8',
	// Release collision, requestor: awaiting the local A-RELEASE response
	Sta9: '3 AA-8, 4 AA-8, 6 AA-8, 10 AA-8, 12 AA-8, 13 AA-8, 14 AR-9, 15 AA-1, 16 AA-3, 17 AA-4, 19 AA-8',
	// Release collision, acceptor: awaiting A-RELEASE-RP
	Sta10: '3 AA-8, 4 AA-8, 6 AA-8, 10 AA-8, 12 AA-8, 13 AR-10, 15 AA-1, 16 AA-3, 17 AA-4, 19 AA-8',
	// Release collision, requestor: awaiting A-RELEASE-RP
	Sta11: '3 AA-8, 4 AA-8, 6 AA-8, 10 AA-8, 12 AA-8, 13 AR-3, 15 AA-1, 16 AA-3, 17 AA-4, 19 AA-8',
	// Release collision, acceptor: awaiting the local A-RELEASE response
	Sta12: '3 AA-8, 4 AA-8, 6 AA-8, 10 AA-8, 12 AA-8, 13 AA-8, 14 AR-4, 15 AA-1, 16 AA-3, 17 AA-4, 19 AA-8',
	// Awaiting the transport connection to close
	Sta13: '3 AA-6, 4 AA-6, 6 AA-7, 10 AA-6, 12 AA-6, 13 AA-6, 16 AA-2, 17 AR-5, 18 AA-2, 19 AA-7',
};

/**
 * What the actions do, and the state after it; PDU stands for what arrived or was asked to be sent, # for the reason. AE-6 is
 * told for version 1, AR-8 for the acceptor.
 */
const DONE: Record<string, string> = {
	'AE-1': 'connect; Sta4',
	'AE-2': 'send A-ASSOCIATE-RQ; Sta5',
	'AE-3': 'indicate PDU; Sta6',
	'AE-4': 'indicate PDU, closeTransport; Sta1',
	'AE-5': 'startArtim; Sta2',
	'AE-6': 'stopArtim, indicate PDU; Sta3',
	'AE-7': 'send PDU; Sta6',
	'AE-8': 'send PDU, startArtim; Sta13',
	'DT-1': 'send PDU; Sta6',
	'DT-2': 'indicate P-DATA; Sta6',
	'AR-1': 'send PDU; Sta7',
	'AR-2': 'indicate PDU; Sta8',
	'AR-3': 'indicate PDU, closeTransport; Sta1',
	'AR-4': 'send PDU, startArtim; Sta13',
	'AR-5': 'stopArtim; Sta1',
	'AR-6': 'indicate P-DATA; Sta7',
	'AR-7': 'send PDU; Sta8',
	'AR-8': 'indicate PDU; Sta10',
	'AR-9': 'send PDU; Sta11',
	'AR-10': 'indicate PDU; Sta12',
	'AA-1': 'send A-ABORT 0/0, startArtim; Sta13',
	'AA-2': 'stopArtim, closeTransport; Sta1',
	'AA-3': 'indicate PDU, closeTransport; Sta1',
	'AA-4': 'indicate transport-closed; Sta1',
	'AA-5': 'stopArtim; Sta1',
	'AA-6': '; Sta13',
	'AA-7': 'send A-ABORT 2/#; Sta13',
	'AA-8': 'send A-ABORT 2/#, indicate provider-abort #, startArtim; Sta13',
};

const cellsOf = (state: State): Map<number, string> =>
	new Map(
		CELLS[state].split(', ').map((cell) => {
			const [event = '', action = ''] = cell.split(' ');
			return [Number(event), action];
		}),
	);

t.test('Table 9-10, cell by cell', async (test) => {
	let filled = 0;
	for (const state of STATES) {
		const cells = cellsOf(state);
		for (const [number, event] of Object.entries(EVENTS)) {
			test.equal(actionFor(event, state), cells.get(Number(number)) ?? null, `${event} in ${state}`);
		}
		filled += cells.size;
	}
	test.equal(STATES.length * Object.keys(EVENTS).length, 247);
	test.equal(filled, 123, 'none of the second transcription was passed over');
});

/** What is sent, or asked for, in each event. */
const PDUS: Partial<Record<EventNumber, Exclude<Pdu, { type: 'P-DATA-TF' }>>> = {
	1: RQ,
	3: AC,
	4: RJ,
	6: RQ,
	7: AC,
	8: RJ,
	11: RELEASE_RQ,
	12: RELEASE_RQ,
	13: RELEASE_RP,
	14: RELEASE_RP,
	15: ABORT,
	16: ABORT,
};

/** PDUs that Evt19 stands for, and the reason that an A-ABORT gives for each. */
const WRONG: readonly [name: string, bytes: Uint8Array, reason: number][] = [
	['unrecognized PDU', hex('08 00 00000004 00000000'), 1],
	['invalid A-ASSOCIATE-RQ', hex('01 00 00000000'), 6],
	['invalid A-ASSOCIATE-AC', hex('02 00 7fffffff'), 6],
	['invalid A-ASSOCIATE-RJ', hex('03 00 00000003 000101'), 6],
	['invalid P-DATA-TF', hex('04 00 00000006 00000003 01 00'), 6],
	['invalid A-RELEASE-RQ', hex('05 00 00000005 0000000000'), 6],
	['invalid A-RELEASE-RP', hex('06 00 ffffffff'), 6],
	['invalid A-ABORT', hex('07 00 00000001 00'), 6],
];

type Happening = (core: UpperLayer) => Output[];

/** How each event is made to happen, and the reason of the A-ABORT if it is a wrong one; of the 19th there are several. */
const happenings = (event: EventNumber): [name: string, happen: Happening, reason: number][] => {
	const pdu = PDUS[event];
	const one = (happen: Happening): [string, Happening, number][] => [[EVENTS[event], happen, 2]];
	if (event === 2 || event === 5) return one((core) => core.transportConnected());
	if (event === 9) return one((core) => core.requestData(encodePdu(DATA)));
	if (event === 10) return one((core) => core.receive(encodePdu(DATA)));
	if (event === 17) return one((core) => core.transportClosed());
	if (event === 18) return one((core) => core.artimExpired());
	if (event === 19) return WRONG.map(([name, bytes, reason]) => [name, (core) => core.receive(bytes), reason]);
	if (pdu === undefined) throw new Error(`no PDU for ${event}`);
	if (EVENTS[event].endsWith('received')) return one((core) => core.receive(encodePdu(pdu)));
	return one((core) => core.request(pdu));
};

/** Primitives of the user; the other events are the peer's, the transport's and the timer's. */
const USER_EVENTS: readonly EventNumber[] = [1, 7, 8, 9, 11, 14, 15];

/** Which role cannot meet the event: a transport connection is asked for or comes in, and only who asked for it asks for more. */
const NOT_OF_ROLE: Partial<Record<EventNumber, Role>> = { 2: 'acceptor', 5: 'requestor' };

t.test('every event in every state does what Tables 9-6 to 9-9 say', async (test) => {
	for (const state of STATES) {
		for (const role of rolesIn(state)) {
			for (const event of Object.keys(EVENTS).map(Number) as EventNumber[]) {
				if (NOT_OF_ROLE[event] === role) continue;
				for (const [name, happen, reason] of happenings(event)) {
					const core = coreIn(state, role);
					const what = `${role} in ${state}: ${name}`;
					const action = role === 'acceptor' && event === 1 ? undefined : cellsOf(state).get(event);
					if (action === undefined && USER_EVENTS.includes(event)) {
						test.throws(() => happen(core), LocalMisuse, what);
						test.equal(core.state, state, `${what}: nothing has happened`);
					} else {
						const pdu = event === 9 ? DATA.type : (PDUS[event]?.type ?? '');
						const outputs = happen(core).map((output) =>
							told(output).replace(new RegExp(`^(send|indicate) ${pdu}$`), '$1 PDU'),
						);
						const expected = action === undefined ? `; ${state}` : DONE[action]?.replaceAll('#', String(reason));
						test.equal(
							`${outputs.join(', ')}; ${core.state}`,
							role === 'requestor' ? expected?.replace('Sta10', 'Sta9') : expected,
							what,
						);
					}
					test.equal(core.ended, state !== 'Sta1' && core.state === 'Sta1');
				}
			}
		}
	}
});

t.test('what the user may ask for is what has a cell', async (test) => {
	for (const state of STATES) {
		for (const role of rolesIn(state)) {
			const core = coreIn(state, role);
			const cells = cellsOf(state);
			for (const event of USER_EVENTS) {
				const type = event === 9 ? DATA.type : PDUS[event]?.type;
				if (type === undefined) throw new Error(`no PDU for ${event}`);
				test.equal(
					core.mayRequest(type),
					cells.has(event) && !(event === 1 && role === 'acceptor'),
					`${role} in ${state}: ${type}`,
				);
			}
		}
	}
});

t.test('AE-6: a request without version 1 is rejected, and ARTIM runs again', async (test) => {
	for (const [protocolVersion, expected] of [
		[0, 'stopArtim, send A-ASSOCIATE-RJ, startArtim; Sta13'],
		[2, 'stopArtim, send A-ASSOCIATE-RJ, startArtim; Sta13'],
		[3, 'stopArtim, indicate A-ASSOCIATE-RQ; Sta3'],
		[0xffff, 'stopArtim, indicate A-ASSOCIATE-RQ; Sta3'],
	] as const) {
		const core = coreIn('Sta2');
		const outputs = core.receive(encodePdu({ ...RQ, protocolVersion }));
		test.equal(`${outputs.map(told).join(', ')}; ${core.state}`, expected, `version bits ${protocolVersion}`);
		if (core.state === 'Sta13') test.match(outputs[1], { pdu: { result: 1, source: 2, reason: 2 } });
	}
});
