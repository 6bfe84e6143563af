/** Peers that are no DICOM peers, told by their first bytes. */
import type { Advice } from './explanation.ts';

interface ForeignProtocol extends Advice {
	/** Is this what the bytes begin with? `text` holds them as Latin-1. */
	readonly is: (bytes: Uint8Array, text: string) => boolean;
}

const DICOM_PORT = 'use the DICOM port of {host}: 104, 11112, 4242 and 2762 (TLS) are common';
const WRONG_PORT = 'port {port} belongs to another service of {host}';

const FOREIGN_PROTOCOLS: readonly ForeignProtocol[] = [
	{
		is: ([a, b]) => a === 0x15 && b === 0x03,
		title: 'the peer speaks TLS',
		means: ['a TLS alert came back: port {port} takes DICOM over TLS only'],
		do: ['dimse echo {peer} --tls'],
	},
	{
		is: ([a, b]) => a === 0x16 && b === 0x03,
		title: 'the peer speaks TLS',
		means: ['a TLS hello came where DICOM was due: one end uses TLS and the other does not'],
		do: ['use TLS at both ends (--tls), or at neither'],
	},
	{
		is: (_, text) => /^HTTP\//.test(text) || /^\s*<(!doctype|html|\?xml)/i.test(text),
		title: 'this is an HTTP server, not DICOM',
		means: ['port {port} belongs to a web service, perhaps to the web pages or the DICOMweb of the archive'],
		do: [DICOM_PORT],
	},
	{
		is: (_, text) => /^(GET|POST|PUT|HEAD|DELETE|OPTIONS|CONNECT|PATCH) \S/.test(text),
		title: 'this is an HTTP client, not DICOM',
		means: ['a browser, a health check or a scanner asked for a web page at a DICOM port'],
		do: ['point the client at a web port, or pay no heed to it'],
	},
	{
		is: (_, text) => text.startsWith('SSH-'),
		title: 'this is an SSH server, not DICOM',
		means: [WRONG_PORT],
		do: [DICOM_PORT],
	},
	{
		is: (_, text) => /^\d{3}[ -].*(SMTP|mail)/i.test(text),
		title: 'this is a mail server (SMTP), not DICOM',
		means: [WRONG_PORT],
		do: [DICOM_PORT],
	},
	{
		is: (_, text) => /^\d{3}[ -].*ftp/i.test(text),
		title: 'this is an FTP server, not DICOM',
		means: [WRONG_PORT],
		do: [DICOM_PORT],
	},
	{
		is: (_, text) => /^\d{3}[ -]/.test(text),
		title: 'this is a mail or FTP server, not DICOM',
		means: [WRONG_PORT],
		do: [DICOM_PORT],
	},
	{
		is: (_, text) => /^(\+OK|\* OK)/.test(text),
		title: 'this is a mailbox server (POP3 or IMAP), not DICOM',
		means: [WRONG_PORT],
		do: [DICOM_PORT],
	},
	{
		is: (_, text) => text.startsWith('RFB '),
		title: 'this is a VNC server, not DICOM',
		means: [WRONG_PORT],
		do: [DICOM_PORT],
	},
	{
		is: (bytes, text) => bytes[0] === 0x0b || text.startsWith('MSH|'),
		title: 'this is an HL7 interface, not DICOM',
		means: ['port {port} takes HL7 messages; HL7 and DICOM ports of one system are often mixed up'],
		do: [DICOM_PORT],
	},
	{
		is: ([a, b]) => a === 0xff && b !== undefined && b >= 0xfb && b !== 0xff,
		title: 'this is a telnet server, not DICOM',
		means: [WRONG_PORT],
		do: [DICOM_PORT],
	},
	{
		is: ([a, b]) => a === 0x03 && b === 0x00,
		title: 'the answer looks like remote desktop or a cut-off DICOM reject',
		means: ['what came begins like an A-ASSOCIATE-RJ, but is not one'],
		do: [DICOM_PORT, 'run it again with -d to see the bytes'],
	},
	{
		is: ([a, b]) => a !== undefined && a >= 0x01 && a <= 0x07 && b === 0x00,
		title: 'damaged DICOM',
		means: ['what came begins like DICOM but cannot be read: a fault of the peer, or of something between'],
		do: ['run it again with -d, and send the output to who looks after the peer'],
	},
	{
		is: (bytes, text) => bytes.length >= 4 && /^[\t\r\n\x20-\x7e]+$/.test(text),
		title: 'the peer sends text, not DICOM',
		means: [WRONG_PORT],
		do: [DICOM_PORT],
	},
];

/** What the bytes are the beginning of, if that can be told. */
export const foreignProtocol = (firstBytes: Uint8Array): Advice | undefined => {
	const text = String.fromCharCode(...firstBytes.subarray(0, 64));
	return FOREIGN_PROTOCOLS.find(({ is }) => is(firstBytes, text));
};

/** The bytes for a person: their text if they are text, else hex; the first line, or 16 bytes. */
export const shownBytes = (firstBytes: Uint8Array): string => {
	const text = String.fromCharCode(...firstBytes.subarray(0, 64));
	const line = /^[\t\x20-\x7e]+/.exec(text)?.[0] ?? '';
	if (line.length >= 4) return `"${line}"`;
	const hex = Array.from(firstBytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
	return firstBytes.length > 16 ? `${hex} ...` : hex;
};
