/** What it means when a name, a TCP connection or an answer does not come, as tables. */
import type { Failure } from '../errors.ts';
import type { Advice } from './explanation.ts';

type Of<B extends Failure['blame']> = Extract<Failure, { blame: B }>;

const OPEN_THE_WAY = 'ask for TCP {local} -> {host} port {port} to be opened';
const OTHER_HOST = 'try from a host that is known to be allowed there';
const COMMON_PORTS = 'check the port: 104, 11112, 4242 and 2762 (TLS) are common';
const LOOK_AT_LOG = 'ask what their log says at this time';

const RESOLVE: readonly (Advice & { readonly code: RegExp })[] = [
	{
		code: /^ENOTFOUND$/,
		title: '{host}: no such host name',
		means: ['the name is misspelt, lacks its domain, or is not known to the name server of this machine'],
		do: ['use the IP address, or the full name with its domain'],
	},
	{
		code: /^EAI_AGAIN$/,
		title: '{host}: the name server does not answer',
		means: ['this machine cannot reach its name server; nothing is known of {host} itself'],
		do: ['use the IP address', 'check the network of this machine'],
	},
	{
		code: /^(ENODATA|EAI_ADDRFAMILY|EAI_NODATA)$/,
		title: '{host}: the name has no address of the kind asked for',
		means: ['the name exists, but has no IPv4 or no IPv6 address'],
		do: ['use the IP address', 'leave out -i4 or -i6, if given'],
	},
	{
		code: /./,
		title: '{host}: the name cannot be resolved ({code})',
		means: ['the name server of this machine gave an error for this name'],
		do: ['use the IP address'],
	},
];

interface ConnectRow extends Advice {
	readonly code: RegExp;
	readonly phase?: 'connect' | 'associate';
	readonly tls?: boolean;
	/** Only when it came within so many milliseconds. */
	readonly withinMs?: number;
	/** Only when nobody knows after how long it came. */
	readonly untimed?: true;
}

const SLOW_ARP_MS = 1_000;

const CONNECT: readonly ConnectRow[] = [
	{
		code: /^ECONNREFUSED$/,
		title: 'connection refused: the host is up, nothing listens on port {port}',
		means: ['no service is at this port, or a firewall there refuses instead of dropping'],
		do: [COMMON_PORTS, 'check that the DICOM service on {host} is running'],
	},
	{
		code: /^EHOSTUNREACH$/,
		untimed: true,
		title: 'host unreachable',
		means: [
			'at once: a router or a firewall on the way said no; after some seconds: nobody has this address on the local network',
		],
		do: [OPEN_THE_WAY, 'check the IP address, and that the host is on'],
	},
	{
		code: /^EHOSTUNREACH$/,
		withinMs: SLOW_ARP_MS,
		title: 'host unreachable: a router or firewall said no after {after}',
		means: ['so quick an answer comes from a machine on the way: a firewall rule, or no route to {host}'],
		do: [`${OPEN_THE_WAY}, and mention the {after}`],
	},
	{
		code: /^EHOSTUNREACH$/,
		title: 'host unreachable: no such machine on this network ({after})',
		means: ['nobody answers for this address on the local network: the host is off, or the address is wrong'],
		do: ['check the IP address, and that the host is on'],
	},
	{
		code: /^(ENETUNREACH|ENETDOWN|EHOSTDOWN)$/,
		title: 'no route to {host}',
		means: ['this machine has no network that leads there: cable, VPN or routing'],
		do: ['check the network of this machine', 'check the IP address'],
	},
	{
		code: /^ETIMEDOUT$/,
		title: 'no answer to TCP connect after {after}',
		means: ['the packet is dropped on the way (firewall), or the host is down; a wrong port would be refused at once'],
		do: [OPEN_THE_WAY],
	},
	{
		code: /^(EACCES|EPERM)$/,
		title: 'this machine does not let the connection out',
		means: ['a firewall or a security policy on this machine forbids TCP to {host} port {port}'],
		do: ['allow outgoing TCP to {host} port {port} on this machine'],
	},
	{
		code: /^(EADDRNOTAVAIL|EMFILE|ENFILE|ENOBUFS)$/,
		title: 'this machine has no room for another connection ({code})',
		means: ['too many connections or files are open here'],
		do: ['use fewer associations at once: -j 1', 'close other programs, or raise the limit (ulimit -n)'],
	},
	{
		code: /^(ECONNRESET|EPIPE|ECONNABORTED)$/,
		phase: 'connect',
		title: 'connection reset before the association request',
		means: ['something in front of the peer turns this machine away: an address list, or a balancer without a server'],
		do: ['ask for {local} to be allowed at {host} port {port}', OTHER_HOST],
	},
	{
		code: /^(ECONNRESET|EPIPE|ECONNABORTED)$/,
		phase: 'associate',
		tls: true,
		title: 'connection reset after the association request',
		means: ['the peer may want a certificate of ours, or its service crashed'],
		do: ['give a client certificate: --tls-cert FILE --tls-key FILE', LOOK_AT_LOG],
	},
	{
		code: /^(ECONNRESET|EPIPE|ECONNABORTED)$/,
		phase: 'associate',
		title: 'connection reset after the association request',
		means: ['an intrusion detection or an address list cut it, the service crashed, or the port takes TLS only'],
		do: [OTHER_HOST, 'if the port takes TLS: dimse echo {peer} --tls', LOOK_AT_LOG],
	},
	{
		code: /^CLOSED$/,
		phase: 'connect',
		title: 'closed before the association request',
		means: ['something in front of the peer turns this machine away: an address list, or a balancer without a server'],
		do: ['ask for {local} to be allowed at {host} port {port}', OTHER_HOST],
	},
	{
		code: /^CLOSED$/,
		tls: true,
		title: 'closed without a word after the TLS handshake',
		means: ['the peer may want a certificate of ours, or it does not speak DICOM inside TLS'],
		do: ['give a client certificate: --tls-cert FILE --tls-key FILE', COMMON_PORTS],
	},
	{
		code: /^CLOSED$/,
		title: 'closed without a word: typical of a TLS port',
		means: [
			'the peer closed on the association request: it waits for TLS, or an address list turned this machine away',
		],
		do: ['dimse echo {peer} --tls', OTHER_HOST],
	},
	{
		code: /./,
		title: 'connection failed ({code})',
		means: ['no TCP connection to {host} port {port} could be made'],
		do: ['check host and port', OPEN_THE_WAY],
	},
];

const TIMEOUTS: Readonly<Record<Of<'timeout'>['waitingFor'], Advice>> = {
	connect: {
		title: 'no answer to TCP connect in {timeout}',
		means: ['the packet is dropped on the way (firewall), or the host is down; a wrong port would be refused at once'],
		do: [OPEN_THE_WAY],
	},
	tls: {
		title: 'connected, but no answer to the TLS hello in {timeout}',
		means: ['port {port} takes plain DICOM and waits for more, or the service hangs'],
		do: ['leave out --tls, if port {port} is a plain one', 'allow more time: --connect-timeout SECONDS'],
	},
	'associate-answer': {
		title: 'connected, but no answer to the association request in {timeout}',
		means: [
			'the service hangs or is very busy, or port {port} is not a DICOM port',
			'or a proxy took the connection for a host that is down: to be connected proves little',
		],
		do: [
			'check that the DICOM service on {host} is well, and that port {port} is its port',
			'allow more time: --acse-timeout SECONDS',
		],
	},
	response: {
		title: 'no response to {service} in {timeout}',
		means: ['the peer took the request and is still at work on it, or hangs'],
		do: ['ask for less, or allow more time: --dimse-timeout SECONDS (0 waits for ever)', LOOK_AT_LOG],
	},
	data: {
		title: 'the peer stopped in the middle of a message: nothing more in {timeout}',
		means: ['it hangs, or something on the way drops big packets (path MTU) while small ones pass'],
		do: ['try again, and from another network', 'allow more time: --dimse-timeout SECONDS'],
	},
	write: {
		title: 'the peer takes no more data: nothing could be sent in {timeout}',
		means: ['it hangs, or its disk is slow or full, or the network is gone without a word'],
		do: ['check that the service on {host} is well and has room', 'allow more time: --dimse-timeout SECONDS'],
	},
	'release-answer': {
		title: 'no answer to the release request in {timeout}',
		means: ['the peer did not say good-bye; what was asked for before had been answered'],
		do: ['nothing, if the results are complete'],
	},
	command: {
		title: 'nothing was asked for in {timeout}',
		means: ['the association was open and idle: the other end hangs, or forgot to release it'],
		do: ['look at the program at the other end', 'allow more time: --idle-timeout SECONDS'],
	},
	'command-end': {
		title: 'not done in {timeout}: --timeout ran out',
		means: ['that was the time for the whole command; what had been done until then is done'],
		do: ['allow more time: --timeout SECONDS (0 for no end), or ask for less'],
	},
};

export const resolveAdvice = (failure: Of<'resolve'>): Advice => first(RESOLVE, ({ code }) => code.test(failure.code));

/** @param tls whether the association was over TLS. */
export const connectAdvice = (failure: Of<'connect'>, tls: boolean): Advice =>
	first(
		CONNECT,
		(row) =>
			row.code.test(failure.code) &&
			(row.phase ?? failure.phase) === failure.phase &&
			(row.tls ?? tls) === tls &&
			(row.untimed === undefined || Number.isNaN(failure.afterMs)) &&
			!(failure.afterMs >= (row.withinMs ?? Number.POSITIVE_INFINITY)),
	);

export const timeoutAdvice = (failure: Of<'timeout'>): Advice => TIMEOUTS[failure.waitingFor];

/** The last row of each table fits all. */
const first = <R>(rows: readonly R[], fits: (row: R) => boolean): R => (rows.find(fits) ?? rows.at(-1)) as R;
