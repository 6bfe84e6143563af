/** A second opinion: dcmjs reads what we write, we read what it writes, and its names work on our datasets. */
import dcmjs from 'dcmjs';
import t from 'tap';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { plainDataset } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { SAMPLE } from './sample-dataset.ts';

const { ReadBufferStream, WriteBufferStream, DicomMessage, DicomMetaDictionary } = dcmjs.data;

dcmjs.log.setLevel('silent');
dcmjs.log.getLogger('validation.dcmjs').setLevel('silent');

/** What dcmjs is known to get wrong is left out (shared/reference: OW in big endian, implicit SS, UN in implicit VR). */
const KNOWN = new Set(['7FE00010', '00280106', '00660016']);
const dataset: Dataset = Object.fromEntries(Object.entries(SAMPLE).filter(([tag]) => !KNOWN.has(tag)));

/** Values in one shape: dcmjs has AT as numbers, bytes as ArrayBuffers, names as proxies, and the character set rewritten. */
const comparable = (value: unknown): unknown => {
	if (value instanceof ArrayBuffer) return Buffer.from(value).toString('hex');
	if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
	if (Array.isArray(value)) return value.map(comparable);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([key]) => key !== '_rawValue' && key !== '00080005' && key !== '__hasValue')
			.map(([key, inner]) => [key, comparable(inner)]),
	);
};

const withTagsAsNumbers = (of: Dataset): Dataset => ({
	...of,
	'00209165': { vr: 'AT', Value: [0x00181063] },
});

for (const [name, syntax] of [
	['implicit little endian', IMPLICIT_LITTLE],
	['explicit little endian', EXPLICIT_LITTLE],
	['explicit big endian', EXPLICIT_BIG],
] as const) {
	t.test(`dcmjs reads what we write in ${name}`, async (t) => {
		for (const undefinedLengths of [false, true]) {
			const bytes = encodeDataset(dataset, syntax, { undefinedLengths }).slice().buffer;
			const read = DicomMessage._read(new ReadBufferStream(bytes, syntax !== EXPLICIT_BIG, {}), syntax);
			t.same(comparable(read), comparable(withTagsAsNumbers(dataset)));
		}
	});

	t.test(`we read what dcmjs writes in ${name}`, async (t) => {
		const stream = new WriteBufferStream(4096, syntax !== EXPLICIT_BIG);
		const given = Object.fromEntries(
			Object.entries(withTagsAsNumbers(dataset)).map(([tag, { vr, Value }]) => {
				const values = Value.map((value) => (value instanceof Uint8Array ? value.slice().buffer : value));
				return [tag, { vr, Value: values }];
			}),
		);
		DicomMessage.write(given, stream, syntax, { allowInvalidVRLength: true });
		const { dataset: read, problems } = decodeDataset(new Uint8Array(stream.getBuffer()), syntax);
		t.strictSame(problems, []);
		const { '00080005': _, ...plain } = plainDataset(read);
		t.strictSame(comparable(plain), comparable(dataset));
	});
}

t.test('dcmjs finds its names in a decoded dataset', async (t) => {
	const { dataset: read } = decodeDataset(encodeDataset(SAMPLE, EXPLICIT_LITTLE), EXPLICIT_LITTLE);
	const natural = DicomMetaDictionary.naturalizeDataset(read);
	t.equal(natural['AccessionNumber'], 'ACC 1');
	t.equal(natural['Rows'], 2);
	t.equal(natural['PatientWeight'], 72.5);
	t.strictSame(natural['ImageType'], ['ORIGINAL', 'PRIMARY', 'AXIAL']);
	t.match(natural['PatientName'], [{ Alphabetic: 'DOE^JANE^^DR' }]);
	t.match(natural['ReferencedImageSequence'], [
		{ ReferencedSOPClassUID: '1.2.840.10008.5.1.4.1.1.7', ReferencedSOPInstanceUID: '1.2.3' },
		{ ReferencedSOPInstanceUID: '1.2.4' },
	]);
	t.same(natural, DicomMetaDictionary.naturalizeDataset(SAMPLE));
});
