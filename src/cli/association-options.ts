/** Options of whoever opens or takes associations: titles, timeouts, TLS, who the user is, what is written down of it. */
import type { OptionTable } from './command.ts';

/** Of whoever reads PDUs; each command says what it is otherwise. */
export const LONGEST_PDU = {
	type: 'number',
	value: 'BYTES',
	min: 4096,
	max: 1_048_576,
	whole: true,
	orZero: true,
	group: 'Association',
	help: 'the longest PDU we take; 0 tells the peer that there is no limit',
	old: ['-pdu'],
} as const;

export const TLS = {
	tls: { type: 'boolean', group: 'TLS', help: 'speak TLS (port 2762 where none is given)' },
	'tls-ca': {
		type: 'string',
		value: 'FILE',
		many: true,
		completes: 'file',
		group: 'TLS',
		help: 'certificates (PEM) of who may vouch for the peer, instead of the public ones',
		old: ['+cf', '--add-cert-file'],
	},
	'tls-cert': { type: 'string', value: 'FILE', completes: 'file', group: 'TLS', help: 'our own certificate (PEM)' },
	'tls-key': {
		type: 'string',
		value: 'FILE',
		completes: 'file',
		group: 'TLS',
		help: 'the key to it (PEM); its passphrase comes from DIMSE_TLS_PASSPHRASE',
	},
	'tls-servername': {
		type: 'string',
		value: 'NAME',
		group: 'TLS',
		help: 'the name the peer has to prove, if it is not the host',
		old: ['--request-sni'],
	},
	'tls-min': {
		type: 'string',
		value: 'VERSION',
		choices: ['1.2', '1.3'],
		default: '1.2',
		group: 'TLS',
		help: 'the lowest version of TLS',
	},
	'tls-insecure': {
		type: 'boolean',
		group: 'TLS',
		help: 'accept any certificate',
		old: ['-ic', '--ignore-peer-cert'],
	},
	'tls-passphrase': {
		type: 'string',
		value: 'TEXT',
		variable: 'DIMSE_TLS_PASSPHRASE',
		group: 'TLS',
		hidden: true,
		help: 'passphrase of the key, for all to see',
	},
} as const satisfies OptionTable;

const IDENTITY = {
	user: { type: 'string', value: 'NAME', group: 'User identity', help: 'user name to show the peer', old: ['-usr'] },
	'password-file': {
		type: 'string',
		value: 'FILE',
		completes: 'file',
		group: 'User identity',
		help: 'file whose first line is the password; or DIMSE_PASSWORD',
	},
	password: {
		type: 'string',
		value: 'TEXT',
		variable: 'DIMSE_PASSWORD',
		group: 'User identity',
		hidden: true,
		help: 'the password, for all to see',
	},
	'kerberos-file': {
		type: 'string',
		value: 'FILE',
		completes: 'file',
		group: 'User identity',
		help: 'Kerberos service ticket',
		old: ['-kt', '--kerberos'],
	},
	'saml-file': {
		type: 'string',
		value: 'FILE',
		completes: 'file',
		group: 'User identity',
		help: 'SAML assertion',
		old: ['--saml'],
	},
	'jwt-file': {
		type: 'string',
		value: 'FILE',
		completes: 'file',
		group: 'User identity',
		help: 'JSON web token',
		old: ['--jwt'],
	},
	'positive-response': {
		type: 'boolean',
		group: 'User identity',
		help: 'insist that the peer confirms the identity',
		old: ['-rsp', '--pos-response'],
	},
} as const satisfies OptionTable;

/** Writing down what goes over the wire. */
export const TRACING = {
	trace: {
		type: 'string',
		value: 'FILE',
		completes: 'file',
		group: 'Association',
		help: 'write every PDU and message to FILE: .txt, .jsonl, or .pcap for Wireshark (dimse trace reads the last two)',
	},
	'trace-full': {
		type: 'boolean',
		group: 'Association',
		help: 'with the pixel data, of which 4 KB a PDU are kept else',
	},
	redact: {
		type: 'boolean',
		group: 'Association',
		help: 'with tokens in the trace in place of what says who the patient is',
	},
} as const satisfies OptionTable;

/** Of whoever needs one association and says how it ends. */
export const ABORT = {
	abort: { type: 'boolean', group: 'Association', help: 'end with A-ABORT instead of a release' },
} as const satisfies OptionTable;

/** `calling`: the built-in calling AE title. `dimseTimeout`: seconds without a message from the peer. */
export const associationOptions = <const D extends { calling: string; dimseTimeout: number }>(defaults: D) =>
	({
		calling: {
			type: 'string',
			value: 'AET',
			otherwise: `the node's, else ${defaults.calling}`,
			variable: 'DIMSE_AET',
			group: 'Common',
			help: 'our AE title',
			old: ['-aet', '--aetitle', '--calling-aet'],
		},
		called: {
			type: 'string',
			value: 'AET',
			otherwise: "the node's, else ANY-SCP",
			variable: 'DIMSE_CALLED',
			group: 'Common',
			help: "the peer's AE title",
			old: ['-aec', '--call', '--called-aet'],
		},
		'connect-timeout': {
			type: 'number',
			value: 'SECONDS',
			default: 10,
			min: 0,
			group: 'Association',
			help: 'for the TCP connection; 0 waits for ever, here and below',
			old: ['-to'],
		},
		'acse-timeout': {
			type: 'number',
			value: 'SECONDS',
			default: 30,
			min: 0,
			group: 'Association',
			help: 'for the answer to the association request and the release',
			old: ['-ta'],
		},
		'dimse-timeout': {
			type: 'number',
			value: 'SECONDS',
			default: defaults.dimseTimeout as D['dimseTimeout'],
			min: 0,
			group: 'Association',
			help: 'without a message from the peer',
			old: ['-td'],
		},
		'idle-timeout': {
			type: 'number',
			value: 'SECONDS',
			default: 0,
			min: 0,
			group: 'Association',
			help: 'without a byte on the connection',
			old: ['-tn', '--network-timeout', '-ts', '--socket-timeout'],
		},
		timeout: {
			type: 'number',
			value: 'SECONDS',
			default: 0,
			min: 0,
			group: 'Association',
			help: 'for the whole command',
		},
		'max-pdu': { ...LONGEST_PDU, default: 65_536 },
		ts: {
			type: 'string',
			value: 'LIST',
			many: true,
			group: 'Association',
			help: 'transfer syntaxes to propose, in this order: implicit, explicit, explicit-big, deflated, uncompressed, or UIDs',
		},
		family: {
			type: 'string',
			value: 'WHICH',
			choices: ['auto', '4', '6'],
			default: 'auto',
			group: 'Association',
			help: 'IP version',
			sets: { '-i0': 'auto', '--ip-auto': 'auto', '-i4': '4', '--ipv4': '4', '-i6': '6', '--ipv6': '6' },
		},
		...TRACING,
		...TLS,
		...IDENTITY,
	}) as const satisfies OptionTable;
