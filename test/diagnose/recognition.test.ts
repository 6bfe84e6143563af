/** Codes and lines of foreign logs, each with what it is about: a hand table, and every status that has a name. */
import t from 'tap';
import { findings } from '../../src/diagnose/findings.ts';
import { logReader, type Recognized, recognize, recognizeLine } from '../../src/diagnose/recognition.ts';
import { type Service, STATUSES } from '../../src/dimse/status.ts';

const status = (code: number, service?: Service): Recognized => ({ kind: 'status', status: code, service });
const reject = (result: number, source: number, reason: number): Recognized => ({
	kind: 'reject',
	result,
	source,
	reason,
});
const saying = (title: RegExp) => ({ kind: 'saying', advice: { title } });
const abort = (source: number, reason: number): Recognized => ({ kind: 'abort', source, reason });

for (const [text, expected] of [
	['A702', status(0xa702)],
	['a702', status(0xa702)],
	['0xA702', status(0xa702)],
	['A702H', status(0xa702)],
	['status A900', status(0xa900)],
	['move A702', status(0xa702, 'C-MOVE')],
	['C-FIND A700', status(0xa700, 'C-FIND')],
	['find 0xC311', status(0xc311, 'C-FIND')],
	['0122', status(0x0122)],
	['1/1/7', reject(1, 1, 7)],
	['1 1 7', reject(1, 1, 7)],
	['rj 1 1 7', reject(1, 1, 7)],
	['rejected 2/3/2', reject(2, 3, 2)],
	['abort 2/1', abort(2, 1)],
	['A-ABORT 0 0', abort(0, 0)],
	['pc 4', { kind: 'context', result: 4 }],
	['1.2.840.10008.1.2.4.70', { kind: 'uid', uid: '1.2.840.10008.1.2.4.70' }],
	['CTImageStorage', { kind: 'uid', uid: '1.2.840.10008.5.1.4.1.1.2' }],
	['0008,0058', { kind: 'attribute', tag: '00080058' }],
	['1/1/7,', reject(1, 1, 7)],
	['(0008,0058).', { kind: 'attribute', tag: '00080058' }],
	['(0008,0058)', { kind: 'attribute', tag: '00080058' }],
	['0020000d', { kind: 'attribute', tag: '0020000D' }],
	['PatientName', { kind: 'attribute', tag: '00100010' }],
	['patientname', { kind: 'attribute', tag: '00100010' }],
	['patient name', { kind: 'attribute', tag: '00100010' }],
	["Patient's Name", { kind: 'attribute', tag: '00100010' }],
	['0x00080058', { kind: 'attribute', tag: '00080058' }],
	['0x0008,0x0058', { kind: 'attribute', tag: '00080058' }],
	['(60xx,3000)', { kind: 'attribute', tag: '60003000' }],
	['CT Image Storage', { kind: 'uid', uid: '1.2.840.10008.5.1.4.1.1.2' }],
	['ct image storage', { kind: 'uid', uid: '1.2.840.10008.5.1.4.1.1.2' }],
	['Study Root Query/Retrieve Information Model - FIND', { kind: 'uid', uid: '1.2.840.10008.5.1.4.1.2.2.1' }],
	['JPEG 2000 Image Compression', { kind: 'uid', uid: '1.2.840.10008.1.2.4.91' }],
	['A-ASSOCIATE-RJ 1 1 7', reject(1, 1, 7)],
	['status=110H', status(0x0110)],
	['status: 124', status(0x0124)],
	['122H', status(0x0122)],
	['0x110', status(0x0110)],
	['0x0', status(0)],
	['echo 122H', status(0x0122, 'C-ECHO')],
	['42752', status(0xa700)],
	['42754', status(0xa702)],
	['272', status(0x0110)],
	['290', status(0x0122)],
	['status 272', status(0x0110)],
	['store 272', status(0x0110, 'C-STORE')],
	['(A702)', status(0xa702)],
	['A702,', status(0xa702)],
	['"0xA702".', status(0xa702)],
	['move (A702)', status(0xa702, 'C-MOVE')],
	['(272)', status(0x0110)],
	['0x0000A702', status(0xa702)],
	['0000c001', status(0xc001)],
	['00000122', status(0x0122)],
	['0x00000110', { kind: 'attribute', tag: '00000110' }],
	['move 43009', status(0xa801, 'C-MOVE')],
	['got A702', status(0xa702)],
	['1:C-STORE-RSP[pcid=1, status=124H', status(0x0124, 'C-STORE')],
	['Cxxx', status(0xc000)],
	// DCMTK 3.6.7, as it was seen
	['F: Reason: Called AE Title Not Recognized', reject(1, 1, 7)],
	['F: Reason: Calling AE Title Not Recognized', reject(1, 1, 3)],
	['F: Reason: Local Limit Exceeded', reject(2, 3, 2)],
	['F: Reason: Temporary Congestion', reject(2, 3, 1)],
	['F: No Acceptable Presentation Contexts', { kind: 'failure', failure: { blame: 'no-context' } }],
	['E: No Acceptable Presentation Contexts', { kind: 'failure', failure: { blame: 'no-context' } }],
	[
		'F: Association Request Failed: 0006:031c TCP Initialization Error: Connection refused',
		{ kind: 'failure', failure: { code: 'ECONNREFUSED' } },
	],
	['0006:0320 Attempt to connect to unknown host: X', { kind: 'failure', failure: { blame: 'resolve' } }],
	['0006:031a DUL network read timeout', { kind: 'failure', failure: { blame: 'timeout' } }],
	['0006:0317 Peer aborted Association (or never connected)', saying(/aborted, or closed without an answer/)],
	['E: Peer aborted Association (or never connected)', saying(/aborted, or closed without an answer/)],
	['0006:0208', { kind: 'failure', failure: { blame: 'no-context' } }],
	[
		'F: Store Failed: 0006:0208 DIMSE No valid Presentation Context ID',
		{ kind: 'failure', failure: { blame: 'no-context' } },
	],
	['DUL Finite State Machine Error: No action defined, state 6 event 3', saying(/disagree on what comes next/)],
	[
		'0006:0303 DUL Finite State Machine Error: No action defined, state 2 event 5',
		saying(/disagree on what comes next/),
	],
	['0006:031e TLS error: certificate verify failed', { kind: 'failure', failure: { blame: 'tls', code: 'TLS' } }],
	['0006:0213 Data dictionary missing', saying(/data dictionary/)],
	['0006:020e DIMSE Failed to send message', saying(/ended in the middle/)],
	['E: Store Failed, file: x.dcm: 0006:020d DIMSE Failed to receive message', saying(/ended in the middle/)],
	['0006:0319 DUL Peer Requested Release', saying(/released the association/)],
	['Status: Success', status(0)],
	['I: Received Store Response (Success)', status(0, 'C-STORE')],
	['I: Find SCP Response: 1 - 0xFF00 (Pending)', status(0xff00, 'C-FIND')],
	['DUL: Unrecognized PDU type: 16', { kind: 'failure', failure: { blame: 'tls' } }],
	['W: Move response with error status (Refused: MoveDestinationUnknown)', status(0xa801, 'C-MOVE')],
	['E: DIMSE status is: Error: DataSetDoesNotMatchSOPClass', status(0xa900)],
	['I: Received Final Find Response (Failed: UnableToProcess)', status(0xc000, 'C-FIND')],
	['Received Echo Response (Unknown Status: 0x110)', status(0x0110, 'C-ECHO')],
	['I: Received Store Response (Refused: OutOfResources)', status(0xa700, 'C-STORE')],
	// pynetdicom
	['E: Association Rejected: Called AE title not recognised', reject(1, 1, 7)],
	['Result: Rejected (Permanent), Source: Service User, Reason: Calling AE title not recognised', reject(1, 1, 3)],
	['I: Move SCP Result: 0xA801 (Failure - Move Destination Unknown)', status(0xa801, 'C-MOVE')],
	['E: Find SCP Result: 0xC311 (Failure)', status(0xc311, 'C-FIND')],
	['No accepted presentation contexts', { kind: 'failure', failure: { blame: 'no-context' } }],
	['E: Association Aborted', abort(0, 0)],
	[
		'E: Association request failed: unable to connect to remote: [Errno 113] No route to host',
		{ failure: { code: 'EHOSTUNREACH' } },
	],
	['E: Connection closed before the entire PDU was received', saying(/ended in the middle/)],
	['E: Network timeout reached', { failure: { blame: 'timeout', waitingFor: 'response' } }],
	[
		'E: ACSE timeout reached while waiting for response',
		{ failure: { blame: 'timeout', waitingFor: 'associate-answer' } },
	],
	["E: Exception in handler bound to 'evt.EVT_C_STORE'", saying(/bug in its handler/)],
	['E: Failed to decode the received Identifier dataset', saying(/could not be read/)],
	["E: Unknown PDU type received '0x16'", { kind: 'failure', failure: { blame: 'tls' } }],
	['Association rejected, aborted or never connected', saying(/no association came about/)],
	['Connection timed out, was aborted or received invalid response', saying(/no response came/)],
	// dcm4che
	[
		'A-ASSOCIATE-RJ[result: 1 - rejected-permanent, source: 1 - service-user, reason: 7 - called-AE-title-not-recognized]',
		reject(1, 1, 7),
	],
	['A-ABORT[source: 2 - service-provider, reason: 2 - unexpected-PDU]', abort(2, 2)],
	['1:C-MOVE-RSP[pcid=1, completed=0, failed=3, warning=0, status=a702H', status(0xa702, 'C-MOVE')],
	[
		'org.dcm4che3.net.NoPresentationContextException: Abstract Syntax not supported',
		{ kind: 'failure', failure: { blame: 'no-context' } },
	],
	[
		'FINDSCU->PACS(1): i/o exception: java.net.SocketException: Connection reset in State: Sta6',
		{ failure: { code: 'ECONNRESET' } },
	],
	['java.net.SocketTimeoutException: Read timed out', { failure: { blame: 'timeout', waitingFor: 'response' } }],
	['STORESCU->PACS(1): dimse-RSP timeout expired', { failure: { blame: 'timeout', waitingFor: 'response' } }],
	[
		'org.dcm4che3.net.AssociationStateException: Sta13 - Awaiting Transport Connection Close Indication',
		saying(/comes next/),
	],
	// fo-dicom
	['Association Abort [source: ServiceUser; reason: NotSpecified]', abort(0, 0)],
	['AW02 -> Abort [source: ServiceProvider; reason: UnexpectedPDU]', abort(2, 2)],
	['[INFO] Socket error while reading PDU: ConnectionReset [10054]', { failure: { code: 'ECONNRESET' } }],
	['System.Net.Sockets.SocketException: No such host is known', { failure: { blame: 'resolve' } }],
	[
		'Association rejected [result: RejectedPermanent; source: ServiceUser; reason: CalledAENotRecognized]',
		reject(1, 1, 7),
	],
	['C-Move response: QueryRetrieveMoveDestinationUnknown', status(0xa801, 'C-MOVE')],
	// Orthanc
	[
		'CommandDispatcher.cpp:828] Rejected Find request from remote DICOM modality with AET "NOBODY" and hostname "127.0.0.1"',
		saying(/DicomModalities/),
	],
	['Bad request: C-MOVE request matching no resource stored in Orthanc', saying(/nothing matches/)],
	['DICOM authorization rejected for AET FINDSCU on IP 127.0.0.1: The C-FIND', saying(/DicomModalities/)],
	[
		'DicomUserConnection: Failed to establish connection: Connection timed out',
		{ kind: 'failure', failure: { blame: 'timeout' } },
	],
] as const)
	t.test(text, async (t) => {
		const [first, ...others] = recognize(text);
		t.match(first, expected);
		t.strictSame(others, []);
		if (first === undefined) return;
		const told = findings(first);
		t.ok(told.length > 0);
		for (const { standard, practice, next } of told) t.ok(standard !== '' && (practice.length > 0 || next.length > 0));
	});

t.test('a log says neither where nor when, and nothing is made up', async (t) => {
	for (const line of [
		'ECONNREFUSED',
		'connection refused',
		'EHOSTUNREACH',
		'ENETUNREACH',
		'ECONNRESET',
		'ETIMEDOUT',
		'DUL network read timeout',
		'ENOTFOUND',
		'No Acceptable Presentation Contexts',
		'DUL: Unrecognized PDU type: 16',
	])
		for (const { standard, practice, next } of recognize(line).flatMap(findings)) {
			const text = [standard, ...practice, ...next].join('\n');
			t.notMatch(text, /port 0|PORT|NaN|\{|0\.1 ms|10 s|30 s/, line);
			t.match(text, /^\S/);
		}
	t.match(recognize('ECONNREFUSED').flatMap(findings)[0]?.standard, /nothing listens on that port/);
});

t.test('all statuses that begin alike', async (t) => {
	const codes = (text: string) => recognize(text).flatMap((one) => (one.kind === 'status' ? one.status : []));
	t.strictSame(codes('A7xx'), [0xa700, 0xa701, 0xa702, 0xa710]);
	t.strictSame(codes('move 0xA7XXH'), [0xa701, 0xa702]);
	t.strictSame(codes('Bxxx'), [0xb000, 0xb001, 0xb006, 0xb007]);
});

t.test('what is no status', async (t) => {
	t.match(recognize('(0000,A702)'), [{ kind: 'attribute', tag: '0000A702' }], 'said to be a tag');
	for (const text of [
		'JPEG 2000',
		'xxxx',
		'11112',
		'54321',
		'port 1111',
		'Dxxx',
		'404',
		'page 272',
		'find took 272',
		'(8)',
	])
		t.notOk(
			recognize(text).some((one) => one.kind === 'status'),
			text,
		);
});

t.test('a kind of code without its numbers is all of its codes', async (t) => {
	const codes = (text: string) =>
		recognize(text)
			.flatMap(findings)
			.map(({ code }) => code);
	t.strictSame(codes('rj'), ['1/1/1', '1/1/2', '1/1/3', '1/1/7', '1/2/1', '1/2/2', '2/3/1', '2/3/2']);
	t.strictSame(codes('abort'), ['0/0', '2/0', '2/1', '2/2', '2/4', '2/5', '2/6']);
	t.strictSame(codes('pc'), ['0', '1', '2', '3', '4']);
});

t.test('a query that is too broad can be asked in parts', async (t) => {
	t.match(findings(status(0xa700, 'C-FIND'))[0]?.next.join('\n'), /^or let it be asked in parts .* --all$/m);
});

t.test('nobody answers with what the standard keeps for others', async (t) => {
	const who = (code: number) => findings(status(code)).map(({ what }) => what);
	t.strictSame(who(0xff01), ['C-FIND']);
	t.strictSame(who(0xff00), ['C-FIND', 'C-GET, C-MOVE']);
	t.strictSame(who(0xfe00), ['C-FIND', 'C-GET, C-MOVE']);
});

t.test('the lines of one log explain each other', async (t) => {
	const read = (...lines: readonly string[]) => lines.flatMap(logReader());
	t.match(
		read(
			'F: Association Rejected:',
			'F: Result: Rejected Transient, Source: Service Provider (Presentation Related)',
			'F: Reason: Local Limit Exceeded',
		),
		[reject(2, 3, 2)],
		'one rejection, and the right one',
	);
	const message = ['D: Message Type                  : C-MOVE RSP', 'D: Data Set                      : none'];
	t.match(read(...message, 'D: DIMSE Status                  : 0xc000: Failed: Unable to process'), [
		status(0xc000, 'C-MOVE'),
	]);
	t.match(read(...message, 'D: DIMSE Status : 0xb000: Warning: Sub-operations complete - One or more failures'), [
		status(0xb000, 'C-MOVE'),
	]);
	const well = 'D: DIMSE Status                  : 0x0000: Success: Sub-operations complete - No failures or warnings';
	t.strictSame(read(...message, well), []);
	t.match(read('I1121 CommandDispatcher.cpp:384] (dicom) No presentation context proposed'), [saying(/Orthanc/)]);
});

t.test('lines that say nothing wrong are left alone', async (t) => {
	for (const line of [
		'I: Received Store Response (Success)',
		'I: Association Accepted (Max Send PDV: 16372)',
		'D: Message ID: 0x0110',
		'Patient 1/2/3 has 4711 images',
		'I: Find SCP Response: 1 - 0xFF00 (Pending)',
		'GET /studies response status: 200 in 120h',
		'exit status 1, HTTP status 404, status=201',
		'2026-11-21 12:04:11 port 11112 listening',
		'',
	])
		t.strictSame(recognizeLine(line), [], line);
});

t.test('a long line with the same words again and again is read in no time', async (t) => {
	for (const words of [
		'result 1 source 1 ',
		'A-ABORT source 1 ',
		'RJ 1/1 ',
		'reject',
		'sub-operations complete ',
		'unexpected pdu ',
		'status ',
		'unable to get ',
		'1 ',
		'a ',
		'A',
		'0',
		'-',
	]) {
		const line = words.repeat(4000);
		const startedAt = performance.now();
		recognize(line);
		logReader()(line);
		t.ok(performance.now() - startedAt < 1000, words);
	}
});

t.test('every status of the table is explained for every service that has it', async (t) => {
	for (const { services = ['C-ECHO', 'C-STORE', 'C-FIND', 'C-GET', 'C-MOVE'], status: code, mask } of STATUSES)
		for (const service of services as readonly Service[]) {
			const [first] = findings(status(mask === 0xffff ? code : code | 0x0001, service));
			t.ok(
				first !== undefined && first.practice.length > 0 && first.next.length > 0,
				`${service} ${code.toString(16)}`,
			);
		}
	for (const code of [0xc001, 0xc002, 0xc310, 0xc311, 0xc312])
		t.match(findings(status(code, 'C-FIND'))[0]?.practice.join(' '), /pynetdicom/, code.toString(16));
	for (const code of [0xc410, 0xc411, 0xc412, 0xc413])
		t.match(findings(status(code, 'C-GET'))[0]?.practice.join(' '), /pynetdicom/, code.toString(16));
	for (const code of [0xc510, 0xc511, 0xc512, 0xc513, 0xc514, 0xc515])
		t.match(findings(status(code, 'C-MOVE'))[0]?.practice.join(' '), /pynetdicom/, code.toString(16));
});

t.test('one number, several services', async (t) => {
	t.strictSame(
		findings(status(0xa900)).map(({ what }) => what),
		['C-STORE', 'C-FIND', 'C-GET, C-MOVE'],
	);
	t.strictSame(
		findings(status(0xa801)).map(({ what }) => what),
		['C-MOVE'],
	);
});
