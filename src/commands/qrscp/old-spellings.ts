/** What DCMTK's dcmqrscp calls things, where `dimse qrscp` has no option of that name. */
import type { OldSpelling } from '../../cli/command.ts';

const AS_IT_COMES = 'instances are kept and sent as they came';
const CHARACTER_SETS = 'names are answered in the character set they were stored in';

export const QRSCP_OLD: readonly OldSpelling[] = [
	{ spellings: ['--arguments'], ignored: 'the command line is not expanded' },
	{ spellings: ['-lc', '--log-config'], takes: 1, ignored: 'there is no logger to configure; see --log-level' },
	{ spellings: ['-s', '--single-process', '--fork'], ignored: 'one process serves all' },
	{ spellings: ['--require-find'], refused: '--allow AET=find,move says who may do what' },
	{ spellings: ['--no-parallel-store'], refused: '--max-associations-per-ae 1 is the nearest' },
	{ spellings: ['--allow-shutdown'], refused: 'SIGTERM ends it in an orderly way' },
	{
		spellings: ['-XF', '--check-find', '-XM', '--check-move', '--no-check-find', '--no-check-move'],
		ignored: 'identifiers are always checked',
	},
	{
		spellings: ['--move-unrestricted'],
		ignored: 'this is the default: any caller, any destination of the configuration',
	},
	{
		spellings: ['-ZA', '--move-aetitle', '-ZH', '--move-host', '-ZV', '--move-vendor'],
		refused: '--allow AET@ADDRESS=move says who may move',
	},
	{ spellings: ['-QP', '--no-patient-root'], to: ['--simulate=no-patient-root'] },
	{
		spellings: ['-QS', '--no-study-root', '-QO', '--no-patient-study'],
		refused: '--simulate refuse-class:UID takes one SOP class away',
	},
	{ spellings: ['-xf', '--assoc-config-file'], takes: 2, refused: `no association profiles: ${AS_IT_COMES}` },
	{
		spellings: [
			...['+x=', '--prefer-uncompr', '+xe', '--prefer-little', '+xb', '--prefer-big', '+xs', '--prefer-lossless'],
			...['+xy', '--prefer-jpeg8', '+xx', '--prefer-jpeg12', '+xv', '--prefer-j2k-lossless', '+xw'],
			...['--prefer-j2k-lossy', '+xt', '--prefer-jls-lossless', '+xu', '--prefer-jls-lossy', '+xm'],
			...['--prefer-mpeg2', '+xh', '--prefer-mpeg2-high', '+xn', '--prefer-mpeg4', '+xl', '--prefer-mpeg4-bd'],
			...['+x2', '--prefer-mpeg4-2-2d', '+x3', '--prefer-mpeg4-2-3d', '+xo', '--prefer-mpeg4-2-st', '+x4'],
			...['--prefer-hevc', '+x5', '--prefer-hevc10', '+xr', '--prefer-rle', '+xd', '--prefer-deflated'],
			...['+xi', '--implicit'],
		],
		ignored: 'of each context the transfer syntax that is proposed first is taken',
	},
	{
		spellings: [
			...['-x=', '--propose-uncompr', '-xe', '--propose-little', '-xb', '--propose-big', '-xi'],
			...['--propose-implicit', '-xs', '--propose-lossless', '-xy', '--propose-jpeg8', '-xx', '--propose-jpeg12'],
			...['-xv', '--propose-j2k-lossless', '-xw', '--propose-j2k-lossy', '-xt', '--propose-jls-lossless', '-xu'],
			...['--propose-jls-lossy', '-xm', '--propose-mpeg2', '-xh', '--propose-mpeg2-high', '-xn'],
			...['--propose-mpeg4', '-xl', '--propose-mpeg4-bd', '-x2', '--propose-mpeg4-2-2d', '-x3'],
			...['--propose-mpeg4-2-3d', '-xo', '--propose-mpeg4-2-st', '-x4', '--propose-hevc', '-x5'],
			...['--propose-hevc10', '-xr', '--propose-rle', '-xd', '--propose-deflated'],
		],
		ignored: AS_IT_COMES,
	},
	{ spellings: ['-ac', '--access-full'], ignored: 'this is the default' },
	{ spellings: ['+ac', '--access-control'], refused: '--allow AET@ADDRESS says who may connect' },
	{ spellings: ['-to', '--timeout'], takes: 1, ignored: 'a move destination has ten seconds to take a connection' },
	{ spellings: ['-dhl', '--disable-host-lookup'], ignored: 'names of callers are never looked up' },
	{ spellings: ['--refuse'], to: ['--simulate=reject:1/1/1'] },
	{ spellings: ['--reject'], refused: 'whether a caller names its implementation is not asked' },
	{ spellings: ['--ignore'], refused: 'dimse receive --ignore takes instances and keeps none' },
	{ spellings: ['-up', '--uid-padding'], ignored: 'padding of a UID is never counted' },
	{
		spellings: [
			...['+Cr', '--use-request-charset', '-Cr', '--override-charset', '+A7', '--convert-to-ascii', '+U8'],
			...['--convert-to-utf8', '+L1', '--convert-to-latin1', '-Ct', '--transliterate', '-Cd', '--discard-illegal'],
		],
		ignored: CHARACTER_SETS,
	},
	{ spellings: ['+C', '--convert-to-charset'], takes: 1, ignored: CHARACTER_SETS },
	{
		spellings: [
			...['-B', '--normal', '+B', '--bit-preserving', '+F', '--write-file', '+t=', '--write-xfer-same', '+te'],
			...['--write-xfer-little', '+tb', '--write-xfer-big', '+ti', '--write-xfer-implicit', '+td'],
			...['--write-xfer-deflated', '+u', '--enable-new-vr', '-u', '--disable-new-vr', '+g='],
			...['--group-length-recalc', '+g', '--group-length-create', '-g', '--group-length-remove', '+e'],
			...['--length-explicit', '-e', '--length-undefined', '-p', '--padding-off'],
		],
		ignored: AS_IT_COMES,
	},
	{ spellings: ['-F', '--write-dataset'], refused: 'instances are kept as DICOM files' },
	{ spellings: ['+p', '--padding-create'], takes: 2, ignored: AS_IT_COMES },
	{ spellings: ['+cl', '--compression-level'], takes: 1, ignored: "zlib's usual level is used" },
	{ spellings: ['+tls', '--enable-tls'], takes: 2, to: ['--tls', '--tls-key=$1', '--tls-cert=$2'] },
	{ spellings: ['-tls', '--disable-tls'], ignored: 'this is the default' },
	{
		spellings: ['+tla', '--anonymous-tls'],
		refused: 'callers have to be able to see who we are: --tls-cert, --tls-key',
	},
];
