/** PDUs and their bytes (PS3.8 9.3, PS3.7 D.3.3), written by hand from the standard's tables. */
import type { Pdu } from '../../src/upper-layer/pdu/index.ts';
import { CT_STORAGE, EXPLICIT, hex, IMPLICIT, NO_USER_INFORMATION, VERIFICATION } from './samples.ts';

export interface PduCase {
	readonly name: string;
	readonly pdu: Pdu;
	readonly bytes: Uint8Array;
}

const DICOM = '1.2.840.10008.3.1.1.1';

/** Encode to exactly these bytes, and decode from them. */
export const PDU_CASES: readonly PduCase[] = [
	{
		name: 'A-ASSOCIATE-RQ for verification',
		pdu: {
			type: 'A-ASSOCIATE-RQ',
			protocolVersion: 1,
			calledAeTitle: 'ANY-SCP',
			callingAeTitle: 'ECHOSCU',
			applicationContextName: DICOM,
			presentationContexts: [{ id: 1, abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT] }],
			userInformation: { ...NO_USER_INFORMATION, maximumLength: 16384, implementationClassUid: '1.2.3' },
		},
		bytes: hex(`
			01 00 000000a4               PDU type, reserved, PDU length
			0001 0000                    protocol version, reserved
			'ANY-SCP         '           called AE title
			'ECHOSCU         '           calling AE title
			0000000000000000 0000000000000000 0000000000000000 0000000000000000  reserved
			10 00 0015                   application context item
			'1.2.840.10008.3.1.1.1'      application context name
			20 00 002e                   presentation context item
			01 00 00 00                  ID, reserved
			30 00 0011                   abstract syntax sub-item
			'1.2.840.10008.1.1'          verification
			40 00 0011                   transfer syntax sub-item
			'1.2.840.10008.1.2'          implicit little endian
			50 00 0011                   user information item
			51 00 0004 00004000          maximum length received
			52 00 0005 '1.2.3'           implementation class UID
		`),
	},
	{
		name: 'A-ASSOCIATE-RQ with every sub-item',
		pdu: {
			type: 'A-ASSOCIATE-RQ',
			protocolVersion: 1,
			calledAeTitle: 'SIXTEEN--LETTERS',
			callingAeTitle: 'A B',
			applicationContextName: DICOM,
			presentationContexts: [
				{ id: 1, abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT] },
				{ id: 255, abstractSyntax: CT_STORAGE, transferSyntaxes: [EXPLICIT, IMPLICIT] },
			],
			userInformation: {
				maximumLength: 0,
				implementationClassUid: '1.2.3',
				asynchronousOperationsWindow: { invoked: 1, performed: 0x102 },
				roleSelections: [
					{ sopClassUid: CT_STORAGE, scuRole: false, scpRole: true },
					{ sopClassUid: '1.2', scuRole: true, scpRole: false },
				],
				implementationVersionName: 'DIMSE_0',
				extendedNegotiations: [{ sopClassUid: '1.2.4', information: hex('01 00 01') }],
				commonExtendedNegotiations: [
					{ sopClassUid: '1.2.5', serviceClassUid: '1.2.840.10008.4.2', relatedGeneralSopClassUids: ['1.5', '1.6.7'] },
					{ sopClassUid: '1.3', serviceClassUid: '1.4', relatedGeneralSopClassUids: [] },
				],
				userIdentity: {
					type: 2,
					positiveResponseRequested: true,
					primaryField: hex("'anna'"),
					secondaryField: hex("'pass'"),
				},
			},
		},
		bytes: hex(`
			01 00 00000190
			0001 0000
			'SIXTEEN--LETTERS'
			'A B             '           a space within counts
			0000000000000000 0000000000000000 0000000000000000 0000000000000000
			10 00 0015 '1.2.840.10008.3.1.1.1'
			20 00 002e 01 00 00 00
			30 00 0011 '1.2.840.10008.1.1'
			40 00 0011 '1.2.840.10008.1.2'
			20 00 004d ff 00 00 00
			30 00 0019 '1.2.840.10008.5.1.4.1.1.2'
			40 00 0013 '1.2.840.10008.1.2.1'
			40 00 0011 '1.2.840.10008.1.2'
			50 00 00ac                   user information, its sub-items by type
			51 00 0004 00000000          no limit
			52 00 0005 '1.2.3'
			53 00 0004 0001 0102         asynchronous operations: invoked, performed
			54 00 001d 0019 '1.2.840.10008.5.1.4.1.1.2' 00 01   role selection: UID length, UID, SCU, SCP
			54 00 0007 0003 '1.2' 01 00
			55 00 0007 'DIMSE_0'         implementation version name
			56 00 000a 0005 '1.2.4' 010001   extended negotiation: UID length, UID, information
			57 00 0028 0005 '1.2.5' 0011 '1.2.840.10008.4.2' 000c 0003 '1.5' 0005 '1.6.7'  common extended negotiation
			57 00 000c 0003 '1.3' 0003 '1.4' 0000
			58 00 000e 02 01 0004 'anna' 0004 'pass'  user identity: type, response asked for, fields
		`),
	},
	{
		name: 'A-ASSOCIATE-AC with every sub-item of an answer',
		pdu: {
			type: 'A-ASSOCIATE-AC',
			protocolVersion: 1,
			calledAeTitle: 'B',
			callingAeTitle: 'A',
			applicationContextName: DICOM,
			presentationContexts: [
				{ id: 1, result: 0, transferSyntax: EXPLICIT },
				{ id: 3, result: 4, transferSyntax: '' },
			],
			userInformation: {
				maximumLength: 0x1ffff,
				implementationClassUid: '1.2.3',
				asynchronousOperationsWindow: { invoked: 1, performed: 1 },
				roleSelections: [{ sopClassUid: '1.2', scuRole: true, scpRole: true }],
				extendedNegotiations: [{ sopClassUid: '1.2', information: hex('01') }],
				commonExtendedNegotiations: [],
				userIdentityResponse: hex("'ticket'"),
			},
		},
		bytes: hex(`
			02 00 000000c6
			0001 0000
			'B               '
			'A               '
			0000000000000000 0000000000000000 0000000000000000 0000000000000000
			10 00 0015 '1.2.840.10008.3.1.1.1'
			21 00 001b                   presentation context item of an answer
			01 00 00 00                  ID, reserved, result, reserved
			40 00 0013 '1.2.840.10008.1.2.1'
			21 00 0008 03 00 04 00
			40 00 0000                   not significant where refused
			50 00 003a
			51 00 0004 0001ffff
			52 00 0005 '1.2.3'
			53 00 0004 0001 0001
			54 00 0007 0003 '1.2' 01 01
			56 00 0006 0003 '1.2' 01
			59 00 0008 0006 'ticket'     user identity: the server's response
		`),
	},
	{
		name: 'A-ASSOCIATE-RJ',
		pdu: { type: 'A-ASSOCIATE-RJ', result: 1, source: 2, reason: 7 },
		bytes: hex('03 00 00000004 00 01 02 07  reserved, result, source, reason'),
	},
	{
		name: 'P-DATA-TF with one PDV',
		pdu: { type: 'P-DATA-TF', pdvs: [{ contextId: 1, isCommand: true, isLast: true, bytes: hex('aa bb cc dd') }] },
		bytes: hex(`
			04 00 0000000a               PDU type, reserved, PDU length
			00000006 01 03               PDV length, context ID, command and last
			aabbccdd
		`),
	},
	{
		name: 'P-DATA-TF with command and dataset, empty fragments among them',
		pdu: {
			type: 'P-DATA-TF',
			pdvs: [
				{ contextId: 3, isCommand: true, isLast: false, bytes: hex('01') },
				{ contextId: 3, isCommand: true, isLast: true, bytes: hex('02 03 04') },
				{ contextId: 3, isCommand: false, isLast: false, bytes: hex('') },
				{ contextId: 3, isCommand: false, isLast: false, bytes: hex('05 06 07 08 09') },
				{ contextId: 255, isCommand: false, isLast: true, bytes: hex('') },
			],
		},
		bytes: hex(`
			04 00 00000027
			00000003 03 01 01
			00000005 03 03 020304
			00000002 03 00               an empty fragment of a dataset
			00000007 03 00 0506070809
			00000002 ff 02               an empty last one
		`),
	},
	{ name: 'A-RELEASE-RQ', pdu: { type: 'A-RELEASE-RQ' }, bytes: hex('05 00 00000004 00000000') },
	{ name: 'A-RELEASE-RP', pdu: { type: 'A-RELEASE-RP' }, bytes: hex('06 00 00000004 00000000') },
	{
		name: 'A-ABORT',
		pdu: { type: 'A-ABORT', source: 2, reason: 6 },
		bytes: hex('07 00 00000004 00 00 02 06  reserved, reserved, source, reason'),
	},
];

/** An A-ASSOCIATE-RQ or -AC out of whatever items, with the length that they have. */
const associate = (type: 0x01 | 0x02, items: string, fixed: string = FIXED): Uint8Array => {
	const body = hex(`${fixed}\n${items}`);
	const bytes = new Uint8Array(6 + body.length);
	bytes[0] = type;
	new DataView(bytes.buffer).setUint32(2, body.length);
	bytes.set(body, 6);
	return bytes;
};

const FIXED = `
	0001 0000
	'CALLED          '
	'CALLING         '
	0000000000000000 0000000000000000 0000000000000000 0000000000000000`;

const BARE = {
	protocolVersion: 1,
	calledAeTitle: 'CALLED',
	callingAeTitle: 'CALLING',
	applicationContextName: '',
	presentationContexts: [],
	userInformation: NO_USER_INFORMATION,
} as const;

/** Are tolerated: they decode to this, though we would not encode them so. */
export const LENIENT_CASES: readonly PduCase[] = [
	{
		name: 'an A-ASSOCIATE-RQ without any item',
		pdu: { ...BARE, type: 'A-ASSOCIATE-RQ' },
		bytes: associate(0x01, ''),
	},
	{
		name: 'AE titles within spaces and NULs, reserved bytes that are not 0, further versions',
		pdu: { ...BARE, type: 'A-ASSOCIATE-RQ', protocolVersion: 0xffff, calledAeTitle: 'A', callingAeTitle: '' },
		bytes: associate(
			0x01,
			'',
			`ffff ffff
			'  A' 00 '       ' 0000000000
			'                '
			ffffffffffffffff ffffffffffffffff ffffffffffffffff ffffffffffffffff`,
		),
	},
	{
		name: 'AE titles of control characters and high bytes',
		pdu: { ...BARE, type: 'A-ASSOCIATE-RQ', calledAeTitle: '\u001b[31m', callingAeTitle: 'M\u00dcLLER\\\u0000X' },
		bytes: associate(
			0x01,
			'',
			`0001 0000
			1b '[31m' '           '
			'M' dc 'LLER\\' 00 'X' '       '
			0000000000000000 0000000000000000 0000000000000000 0000000000000000`,
		),
	},
	{
		name: 'UIDs that are padded to even length, reserved bytes of items that are not 0',
		pdu: {
			...BARE,
			type: 'A-ASSOCIATE-RQ',
			applicationContextName: DICOM,
			presentationContexts: [{ id: 1, abstractSyntax: '1.2', transferSyntaxes: ['1.4'] }],
			userInformation: {
				...NO_USER_INFORMATION,
				implementationClassUid: '1.2.3',
				roleSelections: [{ sopClassUid: '1.2', scuRole: true, scpRole: true }],
			},
		},
		bytes: associate(
			0x01,
			`10 ff 0016 '1.2.840.10008.3.1.1.1' 00
			20 ff 0014 01 ff ff ff
			30 ff 0004 '1.2' 00
			40 ff 0004 '1.4' 20
			50 ff 0016
			52 ff 0006 '1.2.3' 00
			54 ff 0008 0004 '1.2' 00 01 ff`,
		),
	},
	{
		name: 'items and sub-items of unknown types, user information first',
		pdu: {
			...BARE,
			type: 'A-ASSOCIATE-RQ',
			applicationContextName: '1.2',
			userInformation: { ...NO_USER_INFORMATION, maximumLength: 7 },
		},
		bytes: associate(
			0x01,
			`50 00 0016
			5a 00 0002 ffff              not in the standard yet
			51 00 0004 00000007
			00 00 0000
			ff 00 0000
			77 00 0004 01020304
			10 00 0003 '1.2'`,
		),
	},
	{
		name: 'even, zero and repeated context IDs, contexts without any syntax',
		pdu: {
			...BARE,
			type: 'A-ASSOCIATE-RQ',
			presentationContexts: [
				{ id: 2, abstractSyntax: '1.2', transferSyntaxes: [] },
				{ id: 0, abstractSyntax: '', transferSyntaxes: ['1.4'] },
				{ id: 2, abstractSyntax: '', transferSyntaxes: [] },
			],
		},
		bytes: associate(
			0x01,
			`20 00 000b 02 00 00 00 30 00 0003 '1.2'
			20 00 000b 00 00 00 00 40 00 0003 '1.4'
			20 00 0004 02 00 00 00`,
		),
	},
	{
		name: 'a sub-item that comes twice: the last counts',
		pdu: { ...BARE, type: 'A-ASSOCIATE-RQ', userInformation: { ...NO_USER_INFORMATION, maximumLength: 2 } },
		bytes: associate(0x01, '50 00 0010 51 00 0004 00000001 51 00 0004 00000002'),
	},
	{
		name: 'a refused context without a transfer syntax, a result beyond the table',
		pdu: {
			...BARE,
			type: 'A-ASSOCIATE-AC',
			presentationContexts: [
				{ id: 1, result: 3, transferSyntax: '' },
				{ id: 3, result: 99, transferSyntax: '1.2' },
			],
		},
		bytes: associate(0x02, "21 00 0004 01 00 03 00 21 00 000b 03 00 63 00 40 00 0003 '1.2'"),
	},
	{
		name: 'reserved bits of a message control header (PS3.8 Annex E.2: never checked), an odd fragment',
		pdu: { type: 'P-DATA-TF', pdvs: [{ contextId: 1, isCommand: false, isLast: true, bytes: hex('01 02 03') }] },
		bytes: hex('04 ff 00000009 00000005 01 fe 010203'),
	},
	{
		name: 'reserved bytes of the short PDUs, numbers beyond their tables',
		pdu: { type: 'A-ABORT', source: 9, reason: 255 },
		bytes: hex('07 ff 00000004 ff ff 09 ff'),
	},
	{
		name: 'reserved bytes of A-RELEASE-RQ',
		pdu: { type: 'A-RELEASE-RQ' },
		bytes: hex('05 ff 00000004 ffffffff'),
	},
];

/** Are not PDUs, and the reason that an A-ABORT gives. */
export const INVALID_CASES: readonly { readonly name: string; readonly bytes: Uint8Array; readonly reason: number }[] =
	[
		{ name: 'type 00H', reason: 1, bytes: hex('00 00 00000004 00000000') },
		{ name: 'type 08H', reason: 1, bytes: hex('08 00 00000004 00000000') },
		{ name: 'type 16H', reason: 1, bytes: hex('16 03 01020001 00000000') },
		{ name: 'A-RELEASE-RQ that is empty', reason: 6, bytes: hex('05 00 00000000') },
		{ name: 'A-RELEASE-RQ of 5 bytes', reason: 6, bytes: hex('05 00 00000005 0000000000') },
		{ name: 'A-ABORT of 3 bytes', reason: 6, bytes: hex('07 00 00000003 000000') },
		{ name: 'A-ASSOCIATE-RJ of 8 bytes', reason: 6, bytes: hex('03 00 00000008 0001010700010107') },
		{ name: 'P-DATA-TF without a PDV', reason: 6, bytes: hex('04 00 00000000') },
		{ name: 'P-DATA-TF with half a PDV header', reason: 6, bytes: hex('04 00 00000004 00000002') },
		{ name: 'PDV length 0', reason: 6, bytes: hex('04 00 00000006 00000000 01 00') },
		{ name: 'PDV length 1', reason: 6, bytes: hex('04 00 00000006 00000001 01 00') },
		{ name: 'PDV longer than its PDU by 1', reason: 6, bytes: hex('04 00 00000007 00000004 01 00 aa') },
		{ name: 'PDV length 2^31', reason: 6, bytes: hex('04 00 00000007 80000000 01 00 aa') },
		{ name: 'PDV length 2^32 - 1', reason: 6, bytes: hex('04 00 00000007 ffffffff 01 00 aa') },
		{ name: '1 byte after the last PDV', reason: 6, bytes: hex('04 00 00000008 00000003 01 00 aa bb') },
		{ name: '5 bytes after the last PDV', reason: 6, bytes: hex('04 00 0000000c 00000003 01 00 aa 00000002 01') },
		{
			name: 'second PDV longer than what is left',
			reason: 6,
			bytes: hex('04 00 0000000d 00000003 01 00 aa 00000003 01 00'),
		},
		{ name: 'context ID 0 in a PDV', reason: 6, bytes: hex('04 00 00000007 00000003 00 00 aa') },
		{ name: 'context ID 2 in a PDV', reason: 6, bytes: hex('04 00 00000007 00000003 02 00 aa') },
		{ name: 'context ID 254 in a PDV', reason: 6, bytes: hex('04 00 00000007 00000003 fe 00 aa') },
		{ name: 'A-ASSOCIATE-RQ without AE titles', reason: 6, bytes: hex('01 00 00000004 00010000') },
		{ name: 'an item header that is cut', reason: 6, bytes: associate(0x01, '10 00 00') },
		{ name: 'an item longer than its PDU', reason: 6, bytes: associate(0x01, "10 00 0004 '1.2'") },
		{ name: 'an item of 64 KB that is not there', reason: 6, bytes: associate(0x01, '50 00 ffff') },
		{ name: 'a sub-item longer than its item', reason: 6, bytes: associate(0x01, "50 00 0006 52 00 0005 '1.2.3'") },
		{
			name: 'a transfer syntax longer than its context',
			reason: 6,
			bytes: associate(0x01, "20 00 000b 01000000 40 00 0004 '1.2' 00"),
		},
		{ name: 'a context without an ID', reason: 6, bytes: associate(0x01, '20 00 0000') },
		{ name: 'a context of 3 bytes in an answer', reason: 6, bytes: associate(0x02, '21 00 0003 010000') },
		{ name: 'a second application context', reason: 5, bytes: associate(0x01, "10 00 0003 '1.2' 10 00 0003 '1.2'") },
		{ name: 'a second user information item', reason: 5, bytes: associate(0x01, '50 00 0000 50 00 0000') },
		{ name: 'an answered context in a request', reason: 5, bytes: associate(0x01, '21 00 0004 01000000') },
		{ name: 'a proposed context in an answer', reason: 5, bytes: associate(0x02, '20 00 0004 01000000') },
		{ name: 'a transfer syntax outside a context', reason: 5, bytes: associate(0x01, "40 00 0003 '1.2'") },
		{
			name: 'a second abstract syntax',
			reason: 5,
			bytes: associate(0x01, "20 00 0012 01000000 30 00 0003 '1.2' 30 00 0003 '1.3'"),
		},
		{
			name: 'a second transfer syntax in an answer',
			reason: 5,
			bytes: associate(0x02, "21 00 0012 01000000 40 00 0003 '1.2' 40 00 0003 '1.3'"),
		},
		{ name: 'an unknown sub-item of a context', reason: 4, bytes: associate(0x01, '20 00 0008 01000000 31 00 0000') },
		{
			name: 'an unknown sub-item of an answered context',
			reason: 4,
			bytes: associate(0x02, '21 00 0008 01000000 30 00 0000'),
		},
		{ name: 'maximum length of 3 bytes', reason: 6, bytes: associate(0x01, '50 00 0007 51 00 0003 000000') },
		{ name: 'maximum length of 5 bytes', reason: 6, bytes: associate(0x01, '50 00 0009 51 00 0005 0000000000') },
		{
			name: 'asynchronous operations window of 2 bytes',
			reason: 6,
			bytes: associate(0x01, '50 00 0006 53 00 0002 0001'),
		},
		{
			name: 'asynchronous operations window of 6 bytes',
			reason: 6,
			bytes: associate(0x01, '50 00 000a 53 00 0006 000100010001'),
		},
		{ name: 'role selection without roles', reason: 6, bytes: associate(0x01, "50 00 0009 54 00 0005 0003 '1.2'") },
		{
			name: 'role selection with a third role',
			reason: 6,
			bytes: associate(0x01, "50 00 000c 54 00 0008 0003 '1.2' 000000"),
		},
		{
			name: 'role selection, its UID beyond its end',
			reason: 6,
			bytes: associate(0x01, "50 00 000b 54 00 0007 0006 '1.2' 0000"),
		},
		{
			name: 'extended negotiation, its UID beyond its end',
			reason: 6,
			bytes: associate(0x01, "50 00 0009 56 00 0005 0004 '1.2'"),
		},
		{
			name: 'common extended negotiation, cut after the first UID',
			reason: 6,
			bytes: associate(0x01, "50 00 0009 57 00 0005 0003 '1.2'"),
		},
		{
			name: 'a related general SOP class beyond its list',
			reason: 6,
			bytes: associate(0x01, "50 00 0013 57 00 000f 0003 '1.2' 0000 0004 0003 '1.2' 00"),
		},
		{
			name: 'user identity without its secondary field',
			reason: 6,
			bytes: associate(0x01, "50 00 0009 58 00 0005 01 00 0001 'a'"),
		},
		{
			name: 'user identity with bytes after it',
			reason: 6,
			bytes: associate(0x01, '50 00 000b 58 00 0007 01 00 0000 0000 00'),
		},
		{
			name: 'user identity response beyond its end',
			reason: 6,
			bytes: associate(0x02, "50 00 0007 59 00 0003 0002 'a'"),
		},
	];
