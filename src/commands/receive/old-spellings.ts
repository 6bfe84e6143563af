/** What DCMTK's and pynetdicom's storescp call things, where `dimse receive` has no option of that name. */
import type { OldSpelling } from '../../cli/command.ts';
import { EVERYWHERE_OLD, PREFERRED_SYNTAXES } from '../../cli/old-spellings.ts';

const AS_IT_COMES = 'instances are written as they come, bit for bit';
const FAULTS = 'dimse qrscp --receive-only --simulate help lists what it does wrong on purpose';
const PATHS = 'the path of each is printed when it is safe: dimse receive -F name | while read -r file; do ...; done';
const CHECKED = 'callers need a certificate where --tls-ca is given';

/** `+xv` and its like: of several transfer syntaxes in a context this one is taken; whatever comes alone is taken as well. */
const PREFERRED: readonly (readonly [short: string, long: string, syntaxes: string])[] = [
	['+x=', '--prefer-uncompr', 'explicit,explicit-big,implicit'],
	['+xe', '--prefer-little', 'explicit'],
	['+xb', '--prefer-big', 'explicit-big'],
	['-x=', '--prefer-uncompressed', 'explicit,explicit-big,implicit'],
	['-xe', '--request-little', 'explicit'],
	['-xb', '--request-big', 'explicit-big'],
	...PREFERRED_SYNTAXES,
];

export const RECEIVE_OLD: readonly OldSpelling[] = [
	...EVERYWHERE_OLD,
	...PREFERRED.map(
		([short, long, syntaxes]): OldSpelling => ({ spellings: [short, long], to: [`--prefer-ts=${syntaxes}`] }),
	),
	{
		spellings: ['+xi', '--implicit', '-xi', '--request-implicit'],
		to: ['--prefer-ts=implicit'],
		warning: 'the others are taken as well, from who does not offer it',
	},
	{ spellings: ['+xa', '--accept-all'], ignored: 'this is the default' },
	{ spellings: ['-pm', '--promiscuous'], to: ['--accept=any'] },
	{ spellings: ['-xf', '--config-file'], takes: 2, refused: 'no association profiles: --accept names SOP classes' },
	{ spellings: ['+v', '--verbose-pc'], to: ['--verbose'] },
	{ spellings: ['--single-process', '--fork'], ignored: 'one process serves all' },
	{ spellings: ['-ac', '--access-full'], ignored: 'this is the default' },
	{ spellings: ['+ac', '--access-control'], refused: '--allow AET@ADDRESS says who may connect' },
	{ spellings: ['-id', '--inetd'], refused: 'it listens by itself' },
	{ spellings: ['-dhl', '--disable-host-lookup'], ignored: 'names of callers are never looked up' },
	{ spellings: ['-up', '--uid-padding'], ignored: 'padding of a UID is never counted' },
	{ spellings: ['--no-echo'], refused: 'C-ECHO is always answered' },
	{ spellings: ['--refuse', '--reject', '--abort-after', '--abort-during'], refused: FAULTS },
	{ spellings: ['--sleep-after', '--sleep-during'], takes: 1, refused: FAULTS },
	{
		spellings: [
			...['-B', '--normal', '+B', '--bit-preserving', '+F', '--write-file', '+t=', '--write-xfer-same', '+te'],
			...['--write-xfer-little', '+tb', '--write-xfer-big', '+ti', '--write-xfer-implicit', '+td'],
			...['--write-xfer-deflated', '+u', '--enable-new-vr', '-u', '--disable-new-vr', '+g='],
			...['--group-length-recalc', '+g', '--group-length-create', '-g', '--group-length-remove', '+e'],
			...['--length-explicit', '-e', '--length-undefined', '-p', '--padding-off', '-uc', '--retain-un', '+uc'],
			'--convert-un',
		],
		ignored: AS_IT_COMES,
	},
	{ spellings: ['-F', '--write-dataset'], alias: 'storescp', refused: 'instances are written as DICOM files' },
	{ spellings: ['+p', '--padding-create'], takes: 2, ignored: AS_IT_COMES },
	{ spellings: ['+cl', '--compression-level'], takes: 1, ignored: AS_IT_COMES },
	{ spellings: ['-su', '--sort-on-study-uid'], takes: 1, to: ['--layout=$1_{StudyInstanceUID}/{SOPInstanceUID}.dcm'] },
	{
		spellings: ['-ss', '--sort-conc-studies'],
		takes: 1,
		refused: "no times of arrival in paths: --layout '{StudyDate}_{StudyInstanceUID}/{SOPInstanceUID}.dcm'",
	},
	{
		spellings: ['-sp', '--sort-on-patientname'],
		to: ['--layout={PatientName}/{StudyInstanceUID}/{SOPInstanceUID}.dcm'],
	},
	{ spellings: ['-uf', '--default-filenames'], ignored: 'this is the default' },
	{ spellings: ['+uf', '--unique-filenames'], to: ['--exists=keep-both'] },
	{ spellings: ['--timenames'], refused: "no times of arrival in paths: --layout '{StudyDate}/{SOPInstanceUID}.dcm'" },
	{ spellings: ['-fe', '--filename-extension'], takes: 1, to: ['--layout={SOPInstanceUID}$1'] },
	{ spellings: ['-xcr', '--exec-on-reception', '-xcs', '--exec-on-eostudy'], takes: 1, refused: PATHS },
	{ spellings: ['-tos', '--eostudy-timeout'], takes: 1, refused: `--until-idle SECONDS ends the command; ${PATHS}` },
	{ spellings: ['-rns', '--rename-on-eostudy'], refused: '--layout makes paths of any attributes' },
	{ spellings: ['-xs', '--exec-sync'], ignored: 'nothing is executed' },
	{ spellings: ['+pa', '--profile-aes', '+pn', '--profile-null'], refused: 'this profile is retired' },
	{ spellings: ['+dp', '--dhparam'], takes: 1, ignored: 'the suites take their parameters from the standard' },
	{ spellings: ['-rc', '--require-peer-cert'], ignored: CHECKED },
	{ spellings: ['-vc', '--verify-peer-cert'], refused: `it is all or nobody: ${CHECKED}` },
	{ spellings: ['-ic', '--ignore-peer-cert'], ignored: CHECKED },
];
