/** The data dictionary and the UIDs of PS3.6, against the standard's own words for a sample of every kind. */
import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { byKeyword, byTag, nearestKeywords, vrOf } from '../../src/dicom/dictionary.ts';
import * as sopClasses from '../../src/dicom/sop-classes.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { TRANSFER_SYNTAXES } from '../../src/dicom/transfer-syntaxes.ts';
import { STORAGE_SOP_CLASSES, uidByKeyword, uidInfo } from '../../src/dicom/uids.ts';

/** The tables that the data came from, where somebody has them: elements.tsv and uids.tsv. */
const DATA = process.env['DIMSE_STANDARD_DATA'] ?? '';

const table = (name: string): string[][] =>
	readFileSync(`${DATA}/${name}`, 'utf8')
		.split('\n')
		.slice(1)
		.filter((line) => line !== '')
		.map((line) => line.split('\t'));

t.test('elements by tag', async (t) => {
	const cases: readonly (readonly [
		tag: string,
		vr: string,
		vm: string,
		keyword: string,
		name: string,
		retired: boolean,
	])[] = [
		['00100010', 'PN', '1', 'PatientName', "Patient's Name", false],
		['00080005', 'CS', '1-n', 'SpecificCharacterSet', 'Specific Character Set', false],
		['0020000D', 'UI', '1', 'StudyInstanceUID', 'Study Instance UID', false],
		['00000000', 'UL', '1', 'CommandGroupLength', 'Command Group Length', false],
		['00020010', 'UI', '1', 'TransferSyntaxUID', 'Transfer Syntax UID', false],
		['00280106', 'US or SS', '1', 'SmallestImagePixelValue', 'Smallest Image Pixel Value', false],
		['00283006', 'US or OW', '1-n', 'LUTData', 'LUT Data', false],
		['7FE00010', 'OB or OW', '1', 'PixelData', 'Pixel Data', false],
		['7FE00020', 'OW', '1', 'CoefficientsSDVN', 'Coefficients SDVN', true],
		['00324000', 'LT', '1', 'StudyComments', 'Study Comments', true],
		[
			'00041200',
			'UL',
			'1',
			'OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity',
			'Offset of the First Directory Record of the Root Directory Entity',
			false,
		],
		['00100011', 'SQ', '1', 'PersonNamesToUseSequence', 'Person Names to Use Sequence', false],
		['00660040', 'OL', '1', 'LongPrimitivePointIndexList', 'Long Primitive Point Index List', false],
		['00180061', 'DS', '1', '', '', true],
		['FFFEE000', '', '1', 'Item', 'Item', false],
		// Repeating groups and elements.
		['60000010', 'US', '1', 'OverlayRows', 'Overlay Rows', false],
		['601E3000', 'OB or OW', '1', 'OverlayData', 'Overlay Data', false],
		['50020110', 'US', '1-n', 'CurveDataDescriptor', 'Curve Data Descriptor', true],
		['7F020010', 'OB or OW', '1', 'VariablePixelData', 'Variable Pixel Data', true],
		['002031FF', 'CS', '1-n', 'SourceImageIDs', 'Source Image IDs', true],
		['00280412', 'LO', '1-n', 'CoefficientCoding', 'Coefficient Coding', true],
		['10000123', 'US', '3', 'HuffmanTableTriplet', 'Huffman Table Triplet', true],
		['10100123', 'US', '1-n', 'ZonalMap', 'Zonal Map', true],
	];
	for (const [tag, vr, vm, keyword, name, retired] of cases)
		t.strictSame(byTag(tag), { tag, vr, vm, name, keyword, retired }, tag);
	for (const tag of [
		'00090010',
		'00091001',
		'60010010',
		'00080000',
		'00100000',
		'00280415',
		'12345678',
		'',
		'nonsense',
		'FFFFFFFF',
	])
		t.equal(byTag(tag), undefined, `${tag} is not there`);
	for (let odd = 0; odd < 2000; odd++) byTag(`0010${(0x8000 + odd).toString(16).toUpperCase()}`);
	t.equal(byTag('00100010')?.keyword, 'PatientName', 'after more tags than are kept');
});

t.test('the VR of any tag', async (t) => {
	const cases: readonly (readonly [tag: string, vr: string, why: string])[] = [
		['00100010', 'PN', 'known'],
		['00100000', 'UL', 'a group length'],
		['00090000', 'UL', 'a private group length'],
		['00090001', 'UN', 'neither creator nor element'],
		['00090010', 'LO', 'the first private creator'],
		['000900FF', 'LO', 'the last private creator'],
		['00090100', 'UN', 'behind the private creators'],
		['00091001', 'UN', 'a private element'],
		['60020010', 'US', 'repeating'],
		['FFFEE00D', 'UN', 'no element'],
		['0010FFFF', 'UN', 'unknown'],
		['00280106', 'US or SS', 'for others to decide'],
	];
	for (const [tag, vr, why] of cases) t.equal(vrOf(tag), vr, `${tag}: ${why}`);
});

t.test('elements by keyword', async (t) => {
	for (const [keyword, tag] of Object.entries(TAG)) t.equal(byKeyword(keyword)?.tag, tag, keyword);
	for (const [keyword, tag] of [
		['OverlayRows', '60000010'],
		['SourceImageIDs', '00203100'],
		['RowsForNthOrderCoefficients', '00280410'],
		['CodeLabel', '00280800'],
		['ZonalMap', '10100010'],
		['EscapeTriplet', '10000010'],
	] as const) {
		t.equal(byKeyword(keyword)?.tag, tag, keyword);
		t.equal(byTag(tag)?.keyword, keyword, 'and back');
	}
	for (const word of ['', 'patientname', 'NoSuchThing', 'constructor', '__proto__'])
		t.equal(byKeyword(word), undefined);
});

t.test('misspelt keywords', async (t) => {
	for (const [word, first] of [
		['PatientNmae', 'PatientName'],
		['patientname', 'PatientName'],
		["Patient's Nam", 'PatientName'],
		['StudyDat', 'StudyDate'],
		['StudyInstanceUid', 'StudyInstanceUID'],
		['StudyUID', 'StudyID'],
		['Accession', 'AccessionNumber'],
		['ModalityInStudy', 'ModalitiesInStudy'],
		['name', 'PatientName'],
		['date', 'StudyDate'],
	] as const)
		t.equal(nearestKeywords(word)[0], first, word);
	t.equal(nearestKeywords('Patient', 5).length, 5);
	for (const word of ['', '-', 'xq', 'qqqqqqqq', 'z'.repeat(100_000)]) t.strictSame(nearestKeywords(word), []);
});

t.test('every element of the table', { skip: DATA === '' && 'DIMSE_STANDARD_DATA names no folder' }, async (t) => {
	for (const [tag = '', vr, vm, name, retired, keyword = ''] of table('elements.tsv')) {
		const digits = tag.endsWith('xxxx') ? tag.replace('xxxx', '0012') : tag.replaceAll('x', '2');
		const expected = { tag: digits, vr: vr === 'NONE' ? '' : vr, vm, name, keyword, retired: retired !== '' };
		const found = byTag(digits);
		if (JSON.stringify(found) !== JSON.stringify(expected)) t.strictSame(found, expected, tag);
		if (keyword !== '' && byKeyword(keyword)?.keyword !== keyword) t.fail(`${keyword} is not found`);
	}
});

t.test('UIDs', async (t) => {
	const cases: readonly (readonly [
		uid: string,
		type: string,
		keyword: string,
		name: string,
		retired: boolean,
		isStorage: boolean,
	])[] = [
		['1.2.840.10008.1.1', 'SOP Class', 'Verification', 'Verification SOP Class', false, false],
		['1.2.840.10008.5.1.4.1.1.2', 'SOP Class', 'CTImageStorage', 'CT Image Storage', false, true],
		['1.2.840.10008.5.1.4.1.1.6', 'SOP Class', 'UltrasoundImageStorageRetired', 'Ultrasound Image Storage', true, true],
		['1.2.840.10008.1.2.1', 'Transfer Syntax', 'ExplicitVRLittleEndian', 'Explicit VR Little Endian', false, false],
		[
			'1.2.840.10008.3.1.1.1',
			'Application Context Name',
			'DICOMApplicationContext',
			'DICOM Application Context Name',
			false,
			false,
		],
		[
			'1.2.840.10008.1.20.1.1',
			'Well-known SOP Instance',
			'StorageCommitmentPushModelInstance',
			'Storage Commitment Push Model SOP Instance',
			false,
			false,
		],
		['1.2.840.10008.5.1.4.1.1.40', 'SOP Class', '', '', true, false],
	];
	for (const [uid, type, keyword, name, retired, isStorage] of cases) {
		t.strictSame(uidInfo(uid), { uid, name, keyword, type, retired, isStorage }, uid);
		if (keyword !== '') t.equal(uidByKeyword(keyword)?.uid, uid);
	}
	for (const uid of ['', '1.2.3', '1.2.840.10008.', '1.2.840.10008.5.1.4.1.1.2 ']) t.equal(uidInfo(uid), undefined);
	t.equal(uidByKeyword(''), undefined);
	for (const { uid, name } of TRANSFER_SYNTAXES) {
		const info = uidInfo(uid);
		t.strictSame([info?.name, info?.type], [name, 'Transfer Syntax'], uid);
	}
});

t.test('storage SOP classes', async (t) => {
	const all = new Set(STORAGE_SOP_CLASSES);
	t.equal(all.size, STORAGE_SOP_CLASSES.length, 'none twice');
	t.equal(all.size, 204);
	for (const [keyword, isOne] of [
		['CTImageStorage', true],
		['EncapsulatedPDFStorage', true],
		['BasicTextSRStorage', true],
		['SegmentationStorage', true],
		['GrayscaleSoftcopyPresentationStateStorage', true],
		['KeyObjectSelectionDocumentStorage', true],
		['RawDataStorage', true],
		['HangingProtocolStorage', true],
		['HardcopyColorImageStorage', true],
		['StoredPrintStorage', true],
		['RTBeamsDeliveryInstructionStorage', true],
		['NuclearMedicineImageStorageRetired', true],
		['InventoryStorage', true],
		['MediaStorageDirectoryStorage', false],
		['StorageCommitmentPushModel', false],
		['StorageCommitmentPullModel', false],
		['StorageCommitmentPushModelInstance', false],
		['Storage', false],
		['StudyRootQueryRetrieveInformationModelFind', false],
		['InventoryFind', false],
		['RepositoryQuery', false],
		['ModalityPerformedProcedureStep', false],
	] as const) {
		const uid = uidByKeyword(keyword)?.uid ?? '';
		t.not(uid, '', keyword);
		t.equal(all.has(uid), isOne, keyword);
		t.equal(uidInfo(uid)?.isStorage, isOne);
	}
});

t.test('the SOP classes of Query/Retrieve are those of the registry', async (t) => {
	const { QUERY_MODELS, UNIQUE_KEYS } = sopClasses;
	const constants = new Map<string, unknown>(Object.entries(sopClasses));
	for (const [constant, keyword] of [
		['VERIFICATION', 'Verification'],
		['PATIENT_ROOT_FIND', 'PatientRootQueryRetrieveInformationModelFind'],
		['PATIENT_ROOT_MOVE', 'PatientRootQueryRetrieveInformationModelMove'],
		['PATIENT_ROOT_GET', 'PatientRootQueryRetrieveInformationModelGet'],
		['STUDY_ROOT_FIND', 'StudyRootQueryRetrieveInformationModelFind'],
		['STUDY_ROOT_MOVE', 'StudyRootQueryRetrieveInformationModelMove'],
		['STUDY_ROOT_GET', 'StudyRootQueryRetrieveInformationModelGet'],
		['PATIENT_STUDY_ONLY_FIND', 'PatientStudyOnlyQueryRetrieveInformationModelFind'],
		['PATIENT_STUDY_ONLY_MOVE', 'PatientStudyOnlyQueryRetrieveInformationModelMove'],
		['PATIENT_STUDY_ONLY_GET', 'PatientStudyOnlyQueryRetrieveInformationModelGet'],
		['COMPOSITE_INSTANCE_ROOT_MOVE', 'CompositeInstanceRootRetrieveMove'],
		['COMPOSITE_INSTANCE_ROOT_GET', 'CompositeInstanceRootRetrieveGet'],
		['COMPOSITE_INSTANCE_WITHOUT_BULK_DATA_GET', 'CompositeInstanceRetrieveWithoutBulkDataGet'],
		['MODALITY_WORKLIST_FIND', 'ModalityWorklistInformationModelFind'],
		['UPS_PULL', 'UnifiedProcedureStepPull'],
		['REPOSITORY_QUERY', 'RepositoryQuery'],
	] as const)
		t.equal(constants.get(constant), uidByKeyword(keyword)?.uid, constant);
	for (const [name, model] of Object.entries(QUERY_MODELS)) {
		t.equal(model.name, name);
		t.ok(model.find ?? model.get, `${name} has a service`);
	}
	t.strictSame(
		Object.values(UNIQUE_KEYS).map((tag) => byTag(tag)?.keyword),
		['PatientID', 'StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID', 'SOPInstanceUID'],
	);
});

t.test(
	'every UID of the table',
	{ skip: !existsSync(`${DATA}/uids.tsv`) && 'DIMSE_STANDARD_DATA names no folder' },
	async (t) => {
		for (const [uid = '', name, type, , retired, keyword] of table('uids.tsv')) {
			const found = uidInfo(uid);
			t.strictSame(
				[found?.name, found?.type, found?.retired, found?.keyword],
				[name, type, retired !== '', keyword],
				uid,
			);
		}
	},
);
