/** A dataset of most VRs, with values that other implementations agree about; and one of all, with empty values. */
import type { Dataset } from '../../src/dicom/dataset.ts';
import { bytesOf } from './hex.ts';

export const SAMPLE: Dataset = {
	'00080005': { vr: 'CS', Value: ['ISO_IR 100'] },
	'00080008': { vr: 'CS', Value: ['ORIGINAL', 'PRIMARY', 'AXIAL'] },
	'00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.7'] },
	'00080018': { vr: 'UI', Value: ['1.2.3.4.5'] },
	'00080020': { vr: 'DA', Value: ['20240131'] },
	'0008002A': { vr: 'DT', Value: ['20240131120000.50+0100'] },
	'00080030': { vr: 'TM', Value: ['120000.123'] },
	'00080050': { vr: 'SH', Value: ['ACC 1'] },
	'00080054': { vr: 'AE', Value: ['ORTHANC'] },
	'00080060': { vr: 'CS', Value: ['OT'] },
	'00080081': { vr: 'ST', Value: ['a street'] },
	'00080119': { vr: 'UC', Value: ['a long code'] },
	'00080120': { vr: 'UR', Value: ['http://localhost/x'] },
	'00081140': {
		vr: 'SQ',
		Value: [
			{ '00081150': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.7'] }, '00081155': { vr: 'UI', Value: ['1.2.3'] } },
			{
				'00081155': { vr: 'UI', Value: ['1.2.4'] },
				'0040A170': { vr: 'SQ', Value: [{ '00080104': { vr: 'LO', Value: ['inside'] } }] },
			},
		],
	},
	'00081161': { vr: 'UL', Value: [1, 4294967295] },
	'00089459': { vr: 'FL', Value: [12.5] },
	'00090010': { vr: 'LO', Value: ['ACME'] },
	'00091001': { vr: 'UN', Value: [bytesOf('0102030405060708')] },
	'00100010': { vr: 'PN', Value: [{ Alphabetic: 'DOE^JANE^^DR' }] },
	'00100020': { vr: 'LO', Value: ['PAT 1'] },
	'00101010': { vr: 'AS', Value: ['045Y'] },
	'00101030': { vr: 'DS', Value: [72.5] },
	'00104000': { vr: 'LT', Value: ['two lines'] },
	'00186020': { vr: 'SL', Value: [-2] },
	'00189073': { vr: 'FD', Value: [1.5] },
	'00189219': { vr: 'SS', Value: [-2] },
	'0020000D': { vr: 'UI', Value: ['1.2.3'] },
	'0020000E': { vr: 'UI', Value: ['1.2.3.4'] },
	'00200013': { vr: 'IS', Value: [42] },
	'00209165': { vr: 'AT', Value: ['00181063'] },
	'00280010': { vr: 'US', Value: [2] },
	'00280100': { vr: 'US', Value: [16] },
	'00280103': { vr: 'US', Value: [1] },
	'00280106': { vr: 'SS', Value: [-5] },
	'0040A160': { vr: 'UT', Value: ['a text'] },
	'00420011': { vr: 'OB', Value: [bytesOf('01020304')] },
	'00660016': { vr: 'OF', Value: [bytesOf('0000803f00000040')] },
	'7FE00010': { vr: 'OW', Value: [bytesOf('0001020304050607')] },
};

/** With the VRs and the empty values that dcmjs does not know. */
export const LATE: Dataset = {
	...SAMPLE,
	'00080090': { vr: 'PN', Value: [] },
	'00081111': { vr: 'SQ', Value: [{}] },
	'00280011': { vr: 'US', Value: [] },
	'00660040': { vr: 'OL', Value: [bytesOf('0100000002000000')] },
	'00720082': { vr: 'SV', Value: [-2n] },
	'00720083': { vr: 'UV', Value: [2n ** 60n] },
	'00720073': { vr: 'OD', Value: [bytesOf('000000000000f83f')] },
	'00720081': { vr: 'OV', Value: [bytesOf('0102030405060708')] },
};
