/** Traces as captures of upper PDUs (pcap, link type 252): tshark and Wireshark read them as DICOM without being told, TLS sessions too. */
import { isIPv4, isIPv6 } from 'node:net';
import { joined } from '../association/incoming.ts';
import type { TraceEvent } from '../association/trace.ts';
import { DicomError } from '../errors.ts';

const MAGIC = 0xa1b2c3d4;
/** The same with nanoseconds in place of microseconds. */
const MAGIC_NANO = 0xa1b23c4d;
const LINKTYPE_WIRESHARK_UPPER_PDU = 252;
const SNAPSHOT_LENGTH = 262_144;
const RECORD_HEADER = 16;

/** Wireshark's epan/exported_pdu.h. */
const PDU_TAG = {
	end: 0,
	dissector: 12,
	ipv4Source: 20,
	ipv4Destination: 21,
	ipv6Source: 22,
	ipv6Destination: 23,
	portType: 24,
	sourcePort: 25,
	destinationPort: 26,
} as const;
/** In bytes, of those that are read. */
const LENGTHS: ReadonlyMap<number, number> = new Map([
	[PDU_TAG.ipv4Source, 4],
	[PDU_TAG.ipv4Destination, 4],
	[PDU_TAG.ipv6Source, 16],
	[PDU_TAG.ipv6Destination, 16],
	[PDU_TAG.sourcePort, 4],
	[PDU_TAG.destinationPort, 4],
]);
const PORT_TYPE_TCP = 2;
const DISSECTOR = 'dicom';

type PduEvent = Extract<TraceEvent, { readonly event: 'pdu' }>;

interface Ends {
	readonly local: { readonly address: string; readonly port: number };
	readonly remote: { readonly address: string; readonly port: number };
}

/** What a pcap file begins with. */
export const pcapHeader = (): Uint8Array => {
	const header = new DataView(new ArrayBuffer(24));
	header.setUint32(0, MAGIC, true);
	header.setUint16(4, 2, true);
	header.setUint16(6, 4, true);
	header.setUint32(16, SNAPSHOT_LENGTH, true);
	header.setUint32(20, LINKTYPE_WIRESHARK_UPPER_PDU, true);
	return new Uint8Array(header.buffer);
};

/**
 * A function from events to records of a pcap file; most events have none.
 *
 * @param epochMs the Unix time, in milliseconds, at which the events' clock stood at 0
 */
export const pcapRecords = (epochMs: number): ((event: TraceEvent) => Uint8Array | undefined) => {
	const ends = new Map<number, Ends>();
	return (event) => {
		if (event.event === 'connected') ends.set(event.association, event);
		if (event.event === 'closed') ends.delete(event.association);
		if (event.event !== 'pdu') return undefined;
		return record(event, ends.get(event.association) ?? UNKNOWN_ENDS, epochMs + event.at);
	};
};

const UNKNOWN_ENDS: Ends = { local: { address: '0.0.0.0', port: 0 }, remote: { address: '0.0.0.0', port: 104 } };

const record = (event: PduEvent, { local, remote }: Ends, unixMs: number): Uint8Array => {
	const [source, destination] = event.direction === 'sent' ? [local, remote] : [remote, local];
	const tags = joined([
		option(PDU_TAG.dissector, new TextEncoder().encode(DISSECTOR)),
		address(source.address, PDU_TAG.ipv4Source, PDU_TAG.ipv6Source),
		address(destination.address, PDU_TAG.ipv4Destination, PDU_TAG.ipv6Destination),
		option(PDU_TAG.portType, number(PORT_TYPE_TCP)),
		option(PDU_TAG.sourcePort, number(source.port)),
		option(PDU_TAG.destinationPort, number(destination.port)),
		option(PDU_TAG.end, new Uint8Array()),
	]);
	const kept = event.bytes.subarray(0, SNAPSHOT_LENGTH - tags.length);
	const header = new DataView(new ArrayBuffer(RECORD_HEADER));
	header.setUint32(0, Math.floor(unixMs / 1000), true);
	header.setUint32(4, Math.floor((unixMs % 1000) * 1000), true);
	header.setUint32(8, tags.length + kept.length, true);
	header.setUint32(12, tags.length + event.length, true);
	return joined([new Uint8Array(header.buffer), tags, kept]);
};

/** Tag and length are big endian, values padded to four bytes. */
const option = (tag: number, value: Uint8Array): Uint8Array => {
	const padded = new Uint8Array(4 + 4 * Math.ceil(value.length / 4));
	new DataView(padded.buffer).setUint16(0, tag);
	new DataView(padded.buffer).setUint16(2, padded.length - 4);
	padded.set(value, 4);
	return padded;
};

const number = (value: number): Uint8Array => {
	const bytes = new Uint8Array(4);
	new DataView(bytes.buffer).setUint32(0, value);
	return bytes;
};

const address = (text: string, ipv4: number, ipv6: number): Uint8Array => {
	const plain = text.startsWith('::ffff:') && isIPv4(text.slice(7)) ? text.slice(7) : text;
	if (isIPv6(plain)) return option(ipv6, ipv6Bytes(plain));
	return option(ipv4, Uint8Array.from(isIPv4(plain) ? plain.split('.').map(Number) : [0, 0, 0, 0]));
};

const ipv6Bytes = (text: string): Uint8Array => {
	const [plain = ''] = text.split('%', 1);
	const [head = '', tail] = plain.split('::', 2);
	const groups = (part: string | undefined) => (part === undefined || part === '' ? [] : part.split(':'));
	const [front, back] = [groups(head), groups(tail)];
	const zeros = Array.from({ length: 8 - front.length - back.length }, () => '0');
	const bytes = new Uint8Array(16);
	for (const [index, group] of [...front, ...(tail === undefined ? [] : zeros), ...back].slice(0, 8).entries())
		new DataView(bytes.buffer).setUint16(2 * index, Number.parseInt(group, 16) || 0);
	return bytes;
};

/** @param bytes 4 of IPv4, 16 of IPv6 */
const addressText = (bytes: Uint8Array): string => {
	if (bytes.length === 4) return bytes.join('.');
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	return Array.from({ length: 8 }, (_, group) => view.getUint16(2 * group).toString(16)).join(':');
};

/** The events of a capture, and which of its records, counted from 1, are left out. */
export interface Capture {
	readonly events: readonly TraceEvent[];
	/** The Unix time, in milliseconds, at which the events' clock stood at 0. */
	readonly epochMs: number;
	readonly damaged: readonly number[];
	/** A record that goes on beyond the end of the file: nothing is known of what may follow it. */
	readonly cutAt: number | undefined;
}

/**
 * The PDUs of a capture of upper PDUs as events, with a `connected` before the first of each association. What else such a file may hold is
 * passed over. The side that sends the first PDU counts as ours.
 *
 * @throws DicomError io for what is no such capture
 */
export const readPcap = (bytes: Uint8Array): Capture => {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	const magic = bytes.length < 24 ? 0 : view.getUint32(0, true);
	const isLittle = magic === MAGIC || magic === MAGIC_NANO;
	const known = isLittle ? magic : bytes.length < 24 ? 0 : view.getUint32(0);
	if (known !== MAGIC && known !== MAGIC_NANO) throw unreadable('it is no pcap file');
	const linkType = view.getUint32(20, isLittle) & 0x0fffffff;
	if (linkType !== LINKTYPE_WIRESHARK_UPPER_PDU)
		throw unreadable(`it holds packets of link type ${linkType}, not upper PDUs (252) as --trace writes them`);
	const perSecond = known === MAGIC ? 1e6 : 1e9;
	const events: TraceEvent[] = [];
	const associations = new Map<string, { readonly number: number; readonly from: string }>();
	let epochMs: number | undefined;
	let count = 0;
	const damaged: number[] = [];
	let at = 24;
	let number = 1;
	for (; at + RECORD_HEADER <= bytes.length; number++) {
		const unixMs = view.getUint32(at, isLittle) * 1000 + (view.getUint32(at + 4, isLittle) / perSecond) * 1000;
		const [kept, length] = [view.getUint32(at + 8, isLittle), view.getUint32(at + 12, isLittle)];
		const packet = bytes.subarray(at + RECORD_HEADER, at + RECORD_HEADER + kept);
		if (packet.length < kept) break;
		at += RECORD_HEADER + kept;
		const pdu = upperPdu(packet);
		if (pdu === 'damaged') damaged.push(number);
		if (pdu === undefined || pdu === 'damaged') continue;
		epochMs ??= unixMs;
		const [source, destination] = [endpointText(pdu.source), endpointText(pdu.destination)];
		const key = [source, destination].sort().join(' ');
		let association = associations.get(key);
		// The same two ports again, after an end: another association.
		if (association === undefined || pdu.bytes[0] === 0x01) {
			association = { number: ++count, from: source };
			associations.set(key, association);
			const ends = { local: pdu.source, remote: pdu.destination };
			const when = { at: unixMs - epochMs, association: association.number } as const;
			events.push({ ...when, event: 'connected', ...ends, afterMs: 0, role: 'requestor' });
		}
		events.push({
			at: unixMs - epochMs,
			association: association.number,
			event: 'pdu',
			direction: association.from === source ? 'sent' : 'received',
			bytes: pdu.bytes,
			length: Math.max(pdu.bytes.length, length - (packet.length - pdu.bytes.length)),
		});
	}
	return { events, epochMs: epochMs ?? 0, damaged, cutAt: at < bytes.length ? number : undefined };
};

interface Endpoint {
	readonly address: string;
	readonly port: number;
}

const endpointText = ({ address: host, port }: Endpoint): string => `${host} ${port}`;

interface UpperPdu {
	readonly source: Endpoint;
	readonly destination: Endpoint;
	readonly bytes: Uint8Array;
}

/** @returns nothing for a packet that is no DICOM PDU */
const upperPdu = (packet: Uint8Array): UpperPdu | 'damaged' | undefined => {
	const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
	const found = new Map<number, Uint8Array>();
	for (let at = 0; at + 4 <= packet.length; ) {
		const [tag, length] = [view.getUint16(at), view.getUint16(at + 2)];
		at += 4;
		if (tag === PDU_TAG.end) {
			const name = new TextDecoder().decode(found.get(PDU_TAG.dissector)).replace(/\0+$/, '');
			if (name !== DISSECTOR) return undefined;
			if ([...found].some(([one, { length: own }]) => own !== (LENGTHS.get(one) ?? own))) return 'damaged';
			const end = (ipv4: number, ipv6: number, port: number): Endpoint => ({
				address: addressText(found.get(ipv4) ?? found.get(ipv6) ?? new Uint8Array(4)),
				port: ((found.get(port)?.[2] ?? 0) << 8) | (found.get(port)?.[3] ?? 0),
			});
			return {
				source: end(PDU_TAG.ipv4Source, PDU_TAG.ipv6Source, PDU_TAG.sourcePort),
				destination: end(PDU_TAG.ipv4Destination, PDU_TAG.ipv6Destination, PDU_TAG.destinationPort),
				bytes: packet.slice(at),
			};
		}
		found.set(tag, packet.subarray(at, at + length));
		at += length;
	}
	return 'damaged';
};

const unreadable = (message: string): DicomError => new DicomError({ blame: 'io', code: 'NOT_A_TRACE', message });
