/** What DCMTK and pynetdicom call things, where it is more than another name for an option of ours: one table a tool. */
import type { OldSpelling } from './command.ts';

const visible = 'others on this machine can read it (ps)';

/** DCMTK's, of requestors and acceptors alike. */
export const EVERYWHERE_OLD: readonly OldSpelling[] = [
	{ spellings: ['--arguments'], ignored: 'the command line is not expanded' },
	{ spellings: ['-lc', '--log-config'], takes: 1, ignored: 'there is no logger to configure; see --log-level' },
	{ spellings: ['-tls', '--disable-tls'], ignored: 'this is the default' },
	{ spellings: ['+tls', '--enable-tls'], takes: 2, to: ['--tls', '--tls-key=$1', '--tls-cert=$2'] },
	{ spellings: ['+ps', '--std-passwd'], refused: 'put the passphrase of the key into DIMSE_TLS_PASSPHRASE' },
	{
		spellings: ['+pw', '--use-passwd'],
		takes: 1,
		to: ['--tls-passphrase=$1'],
		warning: `a passphrase on the command line: ${visible}; DIMSE_TLS_PASSPHRASE is better`,
	},
	{ spellings: ['-pw', '--null-passwd'], to: ['--tls-passphrase='] },
	{ spellings: ['-pem', '--pem-keys'], ignored: 'this is the default' },
	{
		spellings: ['-der', '--der-keys'],
		refused: 'keys and certificates are read as PEM: openssl x509 -inform der, openssl pkey -inform der',
	},
	{ spellings: ['+cd', '--add-cert-dir'], takes: 1, refused: 'give each file: --tls-ca FILE (may be repeated)' },
	{
		spellings: ['+crl', '--add-crl-file'],
		takes: 1,
		refused: 'revocation lists are not supported; leave the revoked issuer out of --tls-ca',
	},
	{
		spellings: ['+crv', '--enable-crl-vfy', '+cra', '--enable-crl-all'],
		refused: 'revocation lists are not supported',
	},
	{ spellings: ['+py', '--profile-bcp195-nd', '+pg', '--profile-8996'], ignored: 'this is the default' },
	{
		spellings: ['+px', '--profile-bcp195', '+pz', '--profile-bcp195-ex', '+pm', '--profile-8996-mod'],
		ignored: 'the cipher suites are those of BCP 195; --tls-min 1.3 is stricter',
	},
	{ spellings: ['+ph', '--list-profiles'], refused: 'there is one profile, BCP 195' },
	{ spellings: ['+cc', '--list-ciphers'], refused: 'openssl ciphers -v lists them' },
	{ spellings: ['+cs', '--cipher'], takes: 1, refused: 'the suites are those of BCP 195; --tls-min 1.3 is stricter' },
	{
		spellings: ['+rs', '--seed', '+wf', '--write-seed-file'],
		takes: 1,
		ignored: 'the operating system gives random numbers',
	},
	{ spellings: ['+ws', '--write-seed'], ignored: 'the operating system gives random numbers' },
];

/** All DCMTK network tools that call have these. */
const COMMON: readonly OldSpelling[] = [
	...EVERYWHERE_OLD,
	{ spellings: ['+tla', '--anonymous-tls'], to: ['--tls'] },
	{
		spellings: ['+pa', '--profile-aes'],
		refused: 'this profile is retired; without it the suites of BCP 195 are proposed',
	},
	{ spellings: ['+pn', '--profile-null'], refused: 'unencrypted TLS is not supported' },
	{ spellings: ['+dp', '--dhparam'], takes: 1, ignored: 'only a server has such parameters' },
	{ spellings: ['-rc', '--require-peer-cert'], ignored: 'this is the default' },
	{ spellings: ['-vc', '--verify-peer-cert'], ignored: 'the certificate is always verified' },
	{ spellings: ['--no-sni', '--ignore-sni'], ignored: 'the server name is sent where the host is a name' },
	{ spellings: ['+vc', '--verify-cert', '+rc', '--is-root-cert'], takes: 1, refused: 'openssl verify does this' },
	{
		spellings: ['-pwd'],
		takes: 1,
		to: ['--password=$1'],
		warning: `a password on the command line: ${visible}; --password-file is better`,
	},
	{ spellings: ['-epw', '--empty-password'], to: ['--password='] },
];

/** DCMTK's --timeout is the time to connect; ours, of the whole command, would cut its users' work short. */
const connectTimeout = (alias: string): OldSpelling => ({
	spellings: ['--timeout'],
	takes: 1,
	alias,
	to: ['--connect-timeout=$1'],
});

/** DCMTK proposes all the uncompressed syntaxes with the one named first; pynetdicom proposes that one only. The order serves both. */
const TRANSFER_SYNTAXES: readonly OldSpelling[] = [
	{ spellings: ['-x=', '--propose-uncompr'], to: ['--ts=explicit,explicit-big,implicit'] },
	{ spellings: ['-xe', '--propose-little', '--request-little'], to: ['--ts=explicit,explicit-big,implicit'] },
	{ spellings: ['-xb', '--propose-big', '--request-big'], to: ['--ts=explicit-big,explicit,implicit'] },
	{ spellings: ['-xi', '--propose-implicit', '--request-implicit'], to: ['--ts=implicit'] },
	{ spellings: ['-xd', '--propose-deflated'], to: ['--ts=deflated,explicit,implicit'] },
];

const ECHO_OLD: readonly OldSpelling[] = [
	...COMMON,
	connectTimeout('echoscu'),
	...TRANSFER_SYNTAXES,
	{ spellings: ['-pts', '--propose-ts'], takes: 1, refused: 'name the transfer syntaxes: --ts implicit,explicit' },
	{
		spellings: ['-ppc', '--propose-pc'],
		takes: 1,
		refused: 'one presentation context is proposed, that of Verification',
	},
];

const NEW_VR: OldSpelling = {
	spellings: ['+u', '--enable-new-vr', '-u', '--disable-new-vr'],
	ignored: 'every VR is written as it is',
};
const COMPRESSION: OldSpelling = {
	spellings: ['+cl', '--compression-level'],
	takes: 1,
	ignored: "zlib's usual level is used",
};

const FIND_OLD: readonly OldSpelling[] = [
	...COMMON,
	connectTimeout('findscu'),
	...TRANSFER_SYNTAXES,
	NEW_VR,
	COMPRESSION,
	{ spellings: ['--repeat'], takes: 1, refused: 'repeat it in the shell: for i in 1 2 3; do dimse find ...; done' },
	{
		spellings: ['+dc', '--enable-correction', '-dc', '--disable-correction'],
		ignored: 'values are shown as they came',
	},
	{ spellings: ['+sr', '--show-responses', '-sr', '--hide-responses'], ignored: 'the matches are the output: stdout' },
	{ spellings: ['-Xx', '--extract-xml'], refused: 'no XML is written; -F dicom-json is the same as JSON' },
	{
		spellings: ['-Xs', '--extract-xml-single'],
		takes: 1,
		refused: 'no XML is written; -F dicom-json > FILE is the same as JSON',
	},
	{
		spellings: ['-Xlo', '--limit-output'],
		takes: 1,
		to: ['--limit=$1'],
		warning: 'the query itself ends after so many matches (--limit)',
	},
];

const ON_DISK = 'the transfer syntaxes on disk are proposed';

const STORE_OLD: readonly OldSpelling[] = [
	...COMMON,
	connectTimeout('storescu'),
	NEW_VR,
	COMPRESSION,
	{ spellings: ['-xi', '--propose-implicit', '--request-implicit'], to: ['--ts=implicit'] },
	{
		spellings: [
			...['-x=', '--propose-uncompr', '-xe', '--propose-little', '--request-little'],
			...['-xb', '--propose-big', '--request-big', '-xs', '--propose-lossless', '-xy', '--propose-jpeg8'],
			...['-xx', '--propose-jpeg12', '-xv', '--propose-j2k-lossless', '-xw', '--propose-j2k-lossy'],
			...['-xt', '--propose-jls-lossless', '-xu', '--propose-jls-lossy', '-xm', '--propose-mpeg2'],
			...['-xh', '--propose-mpeg2-high', '-xn', '--propose-mpeg4', '-xl', '--propose-mpeg4-bd'],
			...['-x2', '--propose-mpeg4-2-2d', '-x3', '--propose-mpeg4-2-3d', '-xo', '--propose-mpeg4-2-st'],
			...['-x4', '--propose-hevc', '-x5', '--propose-hevc10', '-xr', '--propose-rle', '-xd', '--propose-deflated'],
		],
		ignored: ON_DISK,
	},
	{ spellings: ['-xf', '--config-file'], takes: 2, refused: `no association profiles: ${ON_DISK}` },
	{
		spellings: ['-R', '--required', '-cx', '--required-contexts'],
		ignored: 'only what the files need is ever proposed',
	},
	{ spellings: ['+C', '--combine'], ignored: 'each class goes with its syntaxes as the files need' },
	{ spellings: ['+v', '--verbose-pc'], to: ['--verbose'] },
	{ spellings: ['+f', '--read-file', '+fo', '--read-file-only'], ignored: 'the kind of file is found out' },
	{ spellings: ['-f', '--read-dataset'], ignored: 'the kind of file is found out' },
	{ spellings: ['+sd', '--scan-directories'], ignored: 'folders are always searched' },
	{
		spellings: ['+sp', '--scan-pattern'],
		takes: 1,
		refused: "find DIR -name 'PATTERN' | dimse store PEER --files-from -",
	},
	{ spellings: ['-rn', '--no-rename'], ignored: 'this is the default' },
	{ spellings: ['+rn', '--rename'], refused: 'files are never renamed; --events tells what became of each' },
	{ spellings: ['--repeat'], takes: 1, refused: 'repeat it in the shell: for i in 1 2 3; do dimse store ...; done' },
	{ spellings: ['-nh', '--no-halt'], ignored: 'this is the default: the other files are still sent' },
	{ spellings: ['-up', '--uid-padding'], ignored: 'padding of a UID is never sent' },
	{
		spellings: ['+II', '--invent-instance'],
		refused: 'instances are sent as they are; dcmodify -gin makes new UIDs in a copy',
	},
	{
		spellings: ['+IR', '--invent-series', '+IS', '--invent-study', '+IP', '--invent-patient'],
		takes: 1,
		refused: 'instances are sent as they are; dcmodify -gse, -gst make new UIDs in a copy',
	},
];

/** What a Storage SCP of DCMTK's prefers to uncompressed ones: its short and long spelling, and the transfer syntax. */
export const PREFERRED_SYNTAXES = [
	['+xs', '--prefer-lossless', '1.2.840.10008.1.2.4.70'],
	['+xy', '--prefer-jpeg8', '1.2.840.10008.1.2.4.50'],
	['+xx', '--prefer-jpeg12', '1.2.840.10008.1.2.4.51'],
	['+xv', '--prefer-j2k-lossless', '1.2.840.10008.1.2.4.90'],
	['+xw', '--prefer-j2k-lossy', '1.2.840.10008.1.2.4.91'],
	['+xt', '--prefer-jls-lossless', '1.2.840.10008.1.2.4.80'],
	['+xu', '--prefer-jls-lossy', '1.2.840.10008.1.2.4.81'],
	['+xm', '--prefer-mpeg2', '1.2.840.10008.1.2.4.100'],
	['+xh', '--prefer-mpeg2-high', '1.2.840.10008.1.2.4.101'],
	['+xn', '--prefer-mpeg4', '1.2.840.10008.1.2.4.102'],
	['+xl', '--prefer-mpeg4-bd', '1.2.840.10008.1.2.4.103'],
	['+x2', '--prefer-mpeg4-2-2d', '1.2.840.10008.1.2.4.104'],
	['+x3', '--prefer-mpeg4-2-3d', '1.2.840.10008.1.2.4.105'],
	['+xo', '--prefer-mpeg4-2-st', '1.2.840.10008.1.2.4.106'],
	['+x4', '--prefer-hevc', '1.2.840.10008.1.2.4.107'],
	['+x5', '--prefer-hevc10', '1.2.840.10008.1.2.4.108'],
	['+xr', '--prefer-rle', '1.2.840.10008.1.2.5'],
	['+xd', '--prefer-deflated', 'deflated'],
] as const;

/** What a Storage SCP of DCMTK's prefers; ours takes every transfer syntax, and the order serves where a sender offers several. */
const PREFERRED: readonly OldSpelling[] = [
	...(
		[
			['+xe', '--prefer-little', 'explicit,explicit-big,implicit'],
			['+xb', '--prefer-big', 'explicit-big,explicit,implicit'],
			...PREFERRED_SYNTAXES,
			['+xi', '--implicit', 'implicit'],
		] as const
	).map(([short, long, list]): OldSpelling => ({ spellings: [short, long], to: [`--prefer-ts=${list}`] })),
	{ spellings: ['+x=', '--prefer-uncompr'], to: ['--prefer-ts=uncompressed'] },
	{ spellings: ['+xa', '--accept-all'], ignored: 'this is the default' },
];

const AS_SENT = 'datasets are written as they were sent, byte for byte';
const WRITTEN_AS_SENT: readonly OldSpelling[] = [
	{ spellings: ['-B', '--normal', '+B', '--bit-preserving'], ignored: AS_SENT },
	{ spellings: ['+F', '--write-file', '+t=', '--write-xfer-same'], ignored: 'this is the default' },
	{ spellings: ['--write-dataset'], refused: 'files are DICOM files (PS3.10): dcmconv -F writes the dataset alone' },
	{
		spellings: [
			...['+te', '--write-xfer-little', '+tb', '--write-xfer-big'],
			...['+ti', '--write-xfer-implicit', '+td', '--write-xfer-deflated'],
		],
		refused: `${AS_SENT}; dcmconv makes another transfer syntax of them`,
	},
	{
		spellings: [
			...['+g=', '--group-length-recalc', '+g', '--group-length-create', '-g', '--group-length-remove'],
			...['+e', '--length-explicit', '-e', '--length-undefined', '-p', '--padding-off'],
		],
		ignored: AS_SENT,
	},
	{ spellings: ['+p', '--padding-create'], takes: 2, ignored: AS_SENT },
];

const RETRIEVE_OLD: readonly OldSpelling[] = [
	...COMMON,
	...TRANSFER_SYNTAXES,
	...PREFERRED,
	...WRITTEN_AS_SENT,
	NEW_VR,
	COMPRESSION,
	{ spellings: ['--abort'], refused: 'these associations end with a release; Ctrl-C twice aborts them' },
	{ spellings: ['+v', '--verbose-pc'], to: ['--verbose'] },
	{ spellings: ['-up', '--uid-padding'], ignored: 'UIDs are compared without their padding' },
];

const GET_OLD: readonly OldSpelling[] = [
	...RETRIEVE_OLD,
	connectTimeout('getscu'),
	{ spellings: ['--repeat'], takes: 1, refused: 'repeat it in the shell: for i in 1 2 3; do dimse get ...; done' },
];

const MOVE_OLD: readonly OldSpelling[] = [
	...RETRIEVE_OLD,
	connectTimeout('movescu'),
	{ spellings: ['--repeat'], takes: 1, refused: 'repeat it in the shell: for i in 1 2 3; do dimse move ...; done' },
	{ spellings: ['+P', '--port'], takes: 1, to: ['--to-me', '--listen=$1'] },
	{ spellings: ['--store-port'], takes: 1, to: ['--listen=$1'] },
	{ spellings: ['--no-port'], ignored: 'nothing listens unless --to-me asks for it' },
	{
		spellings: ['-F'],
		alias: 'movescu',
		refused: 'files are DICOM files (PS3.10): dcmconv -F writes the dataset alone',
	},
	{ spellings: ['-ac', '--access-full'], ignored: 'this is the default' },
	{
		spellings: ['+ac', '--access-control'],
		refused: 'no hosts.allow is read: --listen ADDRESS:PORT for one interface, or a rule in the firewall',
	},
	{ spellings: ['-pi', '--pending-ignore', '-pr', '--pending-read'], ignored: 'such datasets are read and dropped' },
	{ spellings: ['-dhl', '--disable-host-lookup'], ignored: 'names of callers are never looked up' },
];

/** By the name of the command. */
export const OLD_SPELLINGS: Readonly<Record<string, readonly OldSpelling[]>> = {
	echo: ECHO_OLD,
	find: FIND_OLD,
	store: STORE_OLD,
	get: GET_OLD,
	move: MOVE_OLD,
};
