/** Rows as a peer might answer them, good and bad, as plain objects. No person's. */
import type { Dataset, Element, Value } from '../../src/dicom/dataset.ts';
import { personName } from '../../src/dicom/dataset.ts';
import type { Level } from '../../src/output/columns.ts';

type Vr = Element['vr'];

export const element = (vr: Vr, ...values: Value[]): Element => ({ vr, Value: values });
const name = (text: string): Element => element('PN', personName(text));

const STUDIES: readonly Dataset[] = [
	{
		'00080005': element('CS', 'ISO_IR 192'),
		'00080020': element('DA', '20241103'),
		'00080030': element('TM', '101502.120000'),
		'00080050': element('SH', 'A4471'),
		'00080052': element('CS', 'STUDY'),
		'00080061': element('CS', 'CT'),
		'00081030': element('LO', 'CT CHEST W CONTRAST'),
		'00100010': name('SMITH^JOHN'),
		'00100020': element('LO', 'P001'),
		'00100030': element('DA', '19570102'),
		'0020000D': element('UI', '1.2.840.113619.2.55.3.2831.4471.2024'),
		'00201206': element('IS', 4),
		'00201208': element('IS', 612),
	},
	// Two character sets, two modalities, a description wider than its column, counts that are not known.
	{
		'00080020': element('DA', '2024.02.15'),
		'00080030': element('TM', '0802'),
		'00080050': element('SH'),
		'00080061': element('CS', 'CT', 'SR'),
		'00081030': element('LO', '腹部CT検査、造影剤あり、動脈相と門脈相'),
		'00100010': name('YAMADA^TAROU=山田^太郎=やまだ^たろう'),
		'00100020': element('LO', 'H-4471\\17'),
		'0020000D': element('UI', '1.2.3.1'),
		'00201206': element('IS'),
	},
	// What nobody should send: a terminal's escape sequences, line breaks, a formula, dates that are none.
	{
		'00080020': element('DA', 'yesterday'),
		'00080030': element('TM', '25'),
		'00080050': element('SH', '=1+1'),
		'00081030': element('LO', 'one\r\ntwo\tthree, "four"\u001b[31m\u202eevil\u0085\ud800'),
		'00100010': name('=王^小東'),
		'00100020': element('LO'),
		'0020000D': element('UI', '1.2.3.2'),
		'00201208': element('IS', '12 '),
		'00091001': element('LO', 'private'),
	},
];

const PATIENTS: readonly Dataset[] = [
	{
		'00100010': name('SMITH^JOHN'),
		'00100020': element('LO', 'P001'),
		'00100021': element('LO', 'HOSPITAL A'),
		'00100030': element('DA', '19570102'),
		'00100040': element('CS', 'M'),
		'00201200': element('IS', 12),
		'00201204': element('IS', 4471),
	},
	{ '00100010': element('PN'), '00100020': element('LO', 'P002'), '00100030': element('DA') },
];

const SERIES: readonly Dataset[] = [
	{
		'00080021': element('DA', '20241103'),
		'00080031': element('TM', '101733'),
		'00080060': element('CS', 'CT'),
		'0008103E': element('LO', 'AXIAL 1.25'),
		'00180015': element('CS', 'CHEST'),
		'0020000D': element('UI', '1.2.840.113619.2.55.3.2831.4471.2024'),
		'0020000E': element('UI', '1.2.840.113619.2.55.3.2831.4471.2024.1103.1'),
		'00200011': element('IS', 2),
		'00201209': element('IS', 305),
	},
	{
		'00080060': element('CS', 'SR'),
		'0020000D': element('UI', '1.2.840.113619.2.55.3.2831.4471.2024'),
		'0020000E': element('UI', '1.2.840.113619.2.55.3.2831.4471.2024.1103.2'),
		'00200011': element('IS', 99),
	},
];

const INSTANCES: readonly Dataset[] = [
	{
		'00080016': element('UI', '1.2.840.10008.5.1.4.1.1.2'),
		'00080018': element('UI', '1.2.840.113619.2.55.3.2831.4471.2024.1103.1.14'),
		'00080023': element('DA', '20241103'),
		'00080033': element('TM', '101755.5'),
		'0020000E': element('UI', '1.2.840.113619.2.55.3.2831.4471.2024.1103.1'),
		'00200013': element('IS', 14),
		'00280008': element('IS', 1),
		'00280010': element('US', 512),
		'00280011': element('US', 512),
	},
];

const WORKLIST: readonly Dataset[] = [
	{
		'00080050': element('SH', 'A5001'),
		'00100010': name('DOE^JANE'),
		'00100020': element('LO', 'P017'),
		'0020000D': element('UI', '1.2.3.17'),
		'00400100': element('SQ', {
			'00080060': element('CS', 'MR'),
			'00400001': element('AE', 'MR1', 'MR2'),
			'00400002': element('DA', '20261121'),
			'00400003': element('TM', '0830'),
			'00400007': element('LO', 'MR HEAD'),
			'00400008': element('SQ', { '00080100': element('SH', 'X-1'), '00080104': element('LO', 'Head') }),
			'00400009': element('SH', 'S1'),
		}),
	},
	{ '00100010': name('ROE^R'), '00400100': element('SQ') },
];

const UPS: readonly Dataset[] = [
	{
		'00080018': element('UI', '1.2.3.4.5'),
		'00100010': name('DOE^JANE'),
		'00100020': element('LO', 'P017'),
		'00404005': element('DT', '20261121083015.5+0100'),
		'00741000': element('CS', 'SCHEDULED'),
		'00741200': element('CS', 'HIGH'),
		'00741204': element('LO', 'Plan review'),
	},
];

export const ROWS: Readonly<Record<Level, readonly Dataset[]>> = {
	patient: PATIENTS,
	study: STUDIES,
	series: SERIES,
	instance: INSTANCES,
	worklist: WORKLIST,
	ups: UPS,
};

/** Every form a value can have, for the formats that print what came. */
export const ALL_FORMS: Dataset = {
	'00080008': element('CS', 'ORIGINAL', null, 'AXIAL'),
	'00080061': element('CS', 'CT'),
	'00100010': element('PN', { Alphabetic: 'A^B', Ideographic: '山^太' }),
	'00104000': element('LT', 'first line\nsecond\\line'),
	'00181114': element('DS', 1.5),
	'00200032': element('DS', -1, 2.5, '1,5'),
	'00280010': element('US', 512),
	'00289001': element('UL', 4294967295),
	'00020102': element('OB', new Uint8Array([1, 2, 3])),
	'00720083': element('UV', 18446744073709551615n, 7n),
	'00209165': element('AT', '00181063', '00200032'),
	'7FE00010': element('OW', new Uint8Array(40).fill(255)),
	'00091001': element('UN', new Uint8Array(2)),
	'0040A730': element('SQ', { '0040A040': element('CS', 'TEXT') }, {}),
	'00080018': element('UI'),
};
