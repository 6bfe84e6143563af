/** Conversations recorded by a relay, written as a classic capture file of raw IPv4 packets, and read by tshark. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';

/** What one side of a conversation sent at a time. */
export interface Sent {
	readonly by: 'requestor' | 'acceptor';
	readonly bytes: Uint8Array;
}

/** One TCP connection, in the order in which the relay saw it. */
export type Conversation = Sent[];

export interface Relay {
	readonly port: number;
	readonly conversations: readonly Conversation[];
	close(): Promise<void>;
}

/** Passes everything on to a port of this machine and keeps a copy. */
export const startRelay = async (to: number): Promise<Relay> => {
	const conversations: Conversation[] = [];
	const open = new Set<Promise<void>>();
	const server = createServer({ allowHalfOpen: true, noDelay: true }, (from) => {
		const conversation: Conversation = [];
		conversations.push(conversation);
		const onward = connect({ port: to, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
		for (const [by, one, other] of [
			['requestor', from, onward],
			['acceptor', onward, from],
		] as const) {
			one.on('data', (bytes: Buffer) => conversation.push({ by, bytes: Uint8Array.from(bytes) }));
			one.on('error', () => other.destroy());
			one.pipe(other);
		}
		open.add(
			new Promise((resolve) => {
				let left = 2;
				for (const one of [from, onward])
					one.once('close', () => {
						if (--left === 0) resolve();
					});
			}),
		);
	});
	await new Promise<void>((resolve) => {
		server.listen(0, '127.0.0.1', resolve);
	});
	const address = server.address();
	return {
		port: typeof address === 'object' && address !== null ? address.port : 0,
		conversations,
		close: async () => {
			server.close();
			await Promise.all(open);
		},
	};
};

/** The types of the PDUs that one side sent, and how many bytes there are of them. */
export const pdusOf = (
	conversation: Conversation,
	by: Sent['by'],
): { readonly type: number; readonly length: number }[] => {
	const bytes = Buffer.concat(conversation.filter((sent) => sent.by === by).map((sent) => sent.bytes));
	const pdus: { readonly type: number; readonly length: number }[] = [];
	for (let at = 0; at < bytes.length; ) {
		const length = bytes.readUInt32BE(at + 2) + 6;
		pdus.push({ type: bytes.readUInt8(at), length });
		at += length;
	}
	return pdus;
};

const LINKTYPE_RAW = 101;
const ACCEPTOR_PORT = 104;
const FIRST_REQUESTOR_PORT = 40_001;
/** Data of one packet: with 40 bytes of headers less than IPv4's 65,535. */
const SEGMENT_BYTES = 32_768;
const [FIN, SYN, PSH, ACK] = [0x01, 0x02, 0x08, 0x10];

/** The length of the PDU that begins there, its header included; more than there is while that has not come. */
const pduLength = (bytes: Buffer): number => (bytes.length < 6 ? 6 : bytes.readUInt32BE(2) + 6);

/**
 * Writes conversations as if each had been captured, one after the other: handshake, data, end. Every PDU begins a
 * packet of its own: of many short ones in one segment the dissector leaves out the last.
 */
export const writeCapture = (path: string, conversations: readonly Conversation[]): void => {
	const header = Buffer.alloc(24);
	header.writeUInt32LE(0xa1b2c3d4, 0);
	header.writeUInt16LE(2, 4);
	header.writeUInt16LE(4, 6);
	header.writeUInt32LE(262_144, 16);
	header.writeUInt32LE(LINKTYPE_RAW, 20);
	const parts: Buffer[] = [header];
	for (const [index, conversation] of conversations.entries()) {
		const next = { requestor: 1000, acceptor: 5000 };
		const packet = (by: Sent['by'], flags: number, data: Uint8Array) => {
			const to = by === 'requestor' ? 'acceptor' : 'requestor';
			const bytes = Buffer.alloc(16 + 40 + data.length);
			bytes.writeUInt32LE(1_700_000_000 + parts.length, 0);
			bytes.writeUInt32LE(40 + data.length, 8);
			bytes.writeUInt32LE(40 + data.length, 12);
			bytes.writeUInt8(0x45, 16);
			bytes.writeUInt16BE(40 + data.length, 18);
			bytes.writeUInt8(64, 24);
			bytes.writeUInt8(6, 25);
			const hosts = { requestor: 0x0a000001, acceptor: 0x0a000002 };
			bytes.writeUInt32BE(hosts[by], 28);
			bytes.writeUInt32BE(hosts[to], 32);
			const ports = { requestor: FIRST_REQUESTOR_PORT + index, acceptor: ACCEPTOR_PORT };
			bytes.writeUInt16BE(ports[by], 36);
			bytes.writeUInt16BE(ports[to], 38);
			bytes.writeUInt32BE(next[by], 40);
			bytes.writeUInt32BE((flags & ACK) === 0 ? 0 : next[to], 44);
			bytes.writeUInt8(0x50, 48);
			bytes.writeUInt8(flags, 49);
			bytes.writeUInt16BE(65_535, 50);
			bytes.set(data, 56);
			parts.push(bytes);
			next[by] += data.length + ((flags & (SYN | FIN)) === 0 ? 0 : 1);
		};
		const none = new Uint8Array();
		packet('requestor', SYN, none);
		packet('acceptor', SYN | ACK, none);
		packet('requestor', ACK, none);
		const held = { requestor: Buffer.alloc(0), acceptor: Buffer.alloc(0) };
		for (const { by, bytes } of conversation) {
			let rest = Buffer.concat([held[by], bytes]);
			for (let length = pduLength(rest); length <= rest.length; length = pduLength(rest)) {
				for (let at = 0; at < length; at += SEGMENT_BYTES)
					packet(by, PSH | ACK, rest.subarray(at, Math.min(length, at + SEGMENT_BYTES)));
				rest = rest.subarray(length);
			}
			held[by] = rest;
		}
		packet('requestor', FIN | ACK, none);
		packet('acceptor', FIN | ACK, none);
		packet('requestor', ACK, none);
	}
	writeFileSync(path, Buffer.concat(parts));
};

/** Runs tshark over a capture file and returns what it prints. */
export const tshark = (path: string, ...args: readonly string[]): Promise<string> =>
	new Promise((resolve, reject) => {
		const child = spawn('tshark', ['-r', path, '-d', `tcp.port==${ACCEPTOR_PORT},dicom`, ...args]);
		const out: Buffer[] = [];
		let problems = '';
		child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
		child.stderr.on('data', (bytes: Buffer) => {
			problems += bytes.toString();
		});
		child.once('error', reject);
		child.once('close', (status) => {
			if (status === 0) resolve(Buffer.concat(out).toString());
			else reject(new Error(`tshark: ${status}: ${problems}`));
		});
	});

/** Numbers in decimal, UIDs without their names. */
const plain = (value: string): string =>
	/^0x[0-9a-f]+$/i.test(value) ? String(Number(value)) : (/\(([\d.]+)\)$/.exec(value)?.[1] ?? value.trim());

/** All occurrences of fields in a capture file, packet after packet. */
export const fields = async <K extends string>(path: string, ...names: readonly K[]): Promise<Record<K, string[]>> => {
	const options = names.flatMap((name) => ['-e', name]);
	const text = await tshark(
		path,
		'-Y',
		'dicom',
		'-T',
		'fields',
		'-E',
		'separator=/t',
		'-E',
		'aggregator=;',
		...options,
	);
	const found = Object.fromEntries(names.map((name) => [name, [] as string[]])) as Record<K, string[]>;
	for (const line of text.split('\n'))
		for (const [index, value] of line.split('\t').entries()) {
			const name = names[index];
			if (name !== undefined && value !== '') found[name].push(...value.split(';').map(plain));
		}
	return found;
};
