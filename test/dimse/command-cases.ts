/** One message of each kind with its bytes, annotated (PS3.7 9.3, Annex E). */
import type { Message } from '../../src/dimse/messages.ts';

export interface CommandCase {
	readonly message: Message;
	/** One element a line: tag, length, value; all little endian. */
	readonly hex: string;
}

export const COMMAND_CASES: readonly CommandCase[] = [
	{
		message: { type: 'C-ECHO-RQ', affectedSopClassUid: '1.2.840.10008.1.1', messageId: 1, hasDataset: false },
		hex: `
			0000 0000 04000000 38000000                              group length 56
			0000 0200 12000000 312e322e3834302e31303030382e312e3100  Verification, one NUL of padding
			0000 0001 02000000 3000                                  C-ECHO-RQ 0x0030
			0000 1001 02000000 0100                                  Message ID 1
			0000 0008 02000000 0101                                  no dataset
		`,
	},
	{
		message: {
			type: 'C-ECHO-RSP',
			messageIdBeingRespondedTo: 1,
			status: 0x0122,
			affectedSopClassUid: '1.2.840.10008.1.1',
			errorComment: 'not here',
			hasDataset: false,
		},
		hex: `
			0000 0000 04000000 52000000                              group length 82
			0000 0200 12000000 312e322e3834302e31303030382e312e3100  Verification
			0000 0001 02000000 3080                                  C-ECHO-RSP 0x8030
			0000 2001 02000000 0100                                  being responded to 1
			0000 0008 02000000 0101                                  no dataset
			0000 0009 02000000 2201                                  status 0x0122
			0000 0209 08000000 6e6f742068657265                      error comment
		`,
	},
	{
		message: {
			type: 'C-STORE-RQ',
			affectedSopClassUid: '1.2.840.10008.5.1.4.1.1.2',
			messageId: 0xfffe,
			priority: 1,
			affectedSopInstanceUid: '1.2.3',
			moveOriginatorAeTitle: 'WS1',
			moveOriginatorMessageId: 7,
			hasDataset: true,
		},
		hex: `
			0000 0000 04000000 6e000000                                              group length 110
			0000 0200 1a000000 312e322e3834302e31303030382e352e312e342e312e312e3200  CT Image Storage
			0000 0001 02000000 0100                                                  C-STORE-RQ 0x0001
			0000 1001 02000000 feff                                                  Message ID 65534
			0000 0007 02000000 0100                                                  priority high
			0000 0008 02000000 0100                                                  dataset follows
			0000 0010 06000000 312e322e3300                                          instance 1.2.3
			0000 3010 04000000 57533120                                              move originator "WS1 "
			0000 3110 02000000 0700                                                  its Message ID 7
		`,
	},
	{
		message: {
			type: 'C-STORE-RSP',
			messageIdBeingRespondedTo: 0xfffe,
			status: 0xa901,
			affectedSopClassUid: '1.2.3',
			offendingElements: ['00080016', '7FE00010'],
			errorComment: 'odd',
			errorId: 258,
			affectedSopInstanceUid: '1.2.3.4',
			hasDataset: false,
		},
		hex: `
			0000 0000 04000000 6c000000          group length 108
			0000 0200 06000000 312e322e3300      class
			0000 0001 02000000 0180              C-STORE-RSP 0x8001
			0000 2001 02000000 feff              being responded to 65534
			0000 0008 02000000 0101              no dataset
			0000 0009 02000000 01a9              status 0xA901
			0000 0109 08000000 08001600e07f1000  offending (0008,0016) (7FE0,0010)
			0000 0209 04000000 6f646420          error comment "odd "
			0000 0309 02000000 0201              error ID 258
			0000 0010 08000000 312e322e332e3400  instance
		`,
	},
	{
		message: { type: 'C-FIND-RQ', affectedSopClassUid: '1.2.3', messageId: 2, priority: 2, hasDataset: true },
		hex: `
			0000 0000 04000000 36000000      group length 54
			0000 0200 06000000 312e322e3300  class
			0000 0001 02000000 2000          C-FIND-RQ 0x0020
			0000 1001 02000000 0200          Message ID 2
			0000 0007 02000000 0200          priority low
			0000 0008 02000000 0100          dataset follows
		`,
	},
	{
		message: { type: 'C-FIND-RSP', messageIdBeingRespondedTo: 2, status: 0xff01, hasDataset: true },
		hex: `
			0000 0000 04000000 28000000  group length 40
			0000 0001 02000000 2080      C-FIND-RSP 0x8020
			0000 2001 02000000 0200      being responded to 2
			0000 0008 02000000 0100      dataset follows
			0000 0009 02000000 01ff      status 0xFF01
		`,
	},
	{
		message: { type: 'C-GET-RQ', affectedSopClassUid: '1.2.3', messageId: 3, priority: 0, hasDataset: true },
		hex: `
			0000 0000 04000000 36000000      group length 54
			0000 0200 06000000 312e322e3300  class
			0000 0001 02000000 1000          C-GET-RQ 0x0010
			0000 1001 02000000 0300          Message ID 3
			0000 0007 02000000 0000          priority medium
			0000 0008 02000000 0100          dataset follows
		`,
	},
	{
		message: {
			type: 'C-GET-RSP',
			messageIdBeingRespondedTo: 3,
			status: 0xff00,
			numberOfRemainingSuboperations: 300,
			numberOfCompletedSuboperations: 4,
			numberOfFailedSuboperations: 5,
			numberOfWarningSuboperations: 6,
			hasDataset: false,
		},
		hex: `
			0000 0000 04000000 50000000  group length 80
			0000 0001 02000000 1080      C-GET-RSP 0x8010
			0000 2001 02000000 0300      being responded to 3
			0000 0008 02000000 0101      no dataset
			0000 0009 02000000 00ff      status 0xFF00
			0000 2010 02000000 2c01      remaining 300
			0000 2110 02000000 0400      completed 4
			0000 2210 02000000 0500      failed 5
			0000 2310 02000000 0600      warning 6
		`,
	},
	{
		message: {
			type: 'C-MOVE-RQ',
			affectedSopClassUid: '1.2.3',
			messageId: 4,
			priority: 0,
			moveDestination: 'ARCHIVE2',
			hasDataset: true,
		},
		hex: `
			0000 0000 04000000 46000000          group length 70
			0000 0200 06000000 312e322e3300      class
			0000 0001 02000000 2100              C-MOVE-RQ 0x0021
			0000 1001 02000000 0400              Message ID 4
			0000 0006 08000000 4152434849564532  destination
			0000 0007 02000000 0000              priority medium
			0000 0008 02000000 0100              dataset follows
		`,
	},
	{
		message: {
			type: 'C-MOVE-RSP',
			messageIdBeingRespondedTo: 4,
			status: 0xa702,
			numberOfFailedSuboperations: 65535,
			hasDataset: true,
		},
		hex: `
			0000 0000 04000000 32000000  group length 50
			0000 0001 02000000 2180      C-MOVE-RSP 0x8021
			0000 2001 02000000 0400      being responded to 4
			0000 0008 02000000 0100      dataset follows
			0000 0009 02000000 02a7      status 0xA702
			0000 2210 02000000 ffff      failed 65535
		`,
	},
	{
		message: { type: 'C-CANCEL-RQ', messageIdBeingRespondedTo: 4, hasDataset: false },
		hex: `
			0000 0000 04000000 1e000000  group length 30
			0000 0001 02000000 ff0f      C-CANCEL-RQ 0x0FFF
			0000 2001 02000000 0400      being responded to 4
			0000 0008 02000000 0101      no dataset
		`,
	},
	{
		message: {
			type: 'unknown',
			commandField: 0x0130,
			messageId: 9,
			requestedSopClassUid: '1.2.3',
			hasDataset: true,
		},
		hex: `
			0000 0000 04000000 2c000000      group length 44
			0000 0300 06000000 312e322e3300  requested class
			0000 0001 02000000 3001          N-ACTION-RQ 0x0130
			0000 1001 02000000 0900          Message ID 9
			0000 0008 02000000 0100          dataset follows
		`,
	},
];

/** The bytes of annotated hex: everything up to two spaces and a word is hex. */
export const bytesOf = (hex: string): Uint8Array =>
	Uint8Array.from(
		hex
			.split('\n')
			.map((line) => line.trim().split(/ {2,}/)[0] ?? '')
			.join('')
			.replaceAll(' ', '')
			.match(/../g) ?? [],
		(pair) => Number.parseInt(pair, 16),
	);
