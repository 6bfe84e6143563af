/** What synthetic studies are made of: examinations, their series and the attributes each class asks for (PS3.3 A). */

/** Attributes by keyword. PN as text; an empty text is an element without a value, an undefined one no element; objects are items. */
export interface Fields {
	readonly [keyword: string]: FieldValue;
}

export type FieldValue =
	| undefined
	| null
	| string
	| number
	| Uint8Array
	| Fields
	| readonly (null | string | number | Fields)[];

/** What the attributes of one instance may depend on. */
export interface Circumstances {
	readonly instance: number;
	/** Of the series. */
	readonly count: number;
	/** Rows and columns. */
	readonly side: number;
	readonly frameOfReferenceUid: string;
	readonly studyInstanceUid: string;
	/** From 0 to below - 1, the same for the same instance. */
	random(below: number): number;
	/** The first instance of another series of the study. */
	firstOf(series: number): { readonly seriesInstanceUid: string; readonly sopInstanceUid: string };
}

export interface SeriesPlan {
	readonly modality: string;
	readonly sopClassUid: string;
	readonly description: string;
	readonly bodyPart?: string;
	/** At least, at most. */
	readonly instances: readonly [fewest: number, most: number];
	content(circumstances: Circumstances): Fields;
}

export interface StudyPlan {
	readonly description: string;
	readonly series: readonly SeriesPlan[];
}

/** A disc on a ground, a little of it in each slice, with noise. `samples` are bytes of one pixel. */
const pixels = ({ side, instance, count, random }: Circumstances, bits: 8 | 12 | 16, samples: 1 | 3): Uint8Array => {
	const bytesEach = bits === 8 ? 1 : 2;
	const largest = 2 ** bits - 1;
	const bytes = new Uint8Array(side * side * samples * bytesEach + ((side * side * samples * bytesEach) % 2));
	const radius = (side / 2) * Math.sin((Math.PI * (instance + 1)) / (count + 1));
	let offset = 0;
	for (let row = 0; row < side; row++) {
		for (let column = 0; column < side; column++) {
			const isInside = Math.hypot(row - side / 2, column - side / 2) < radius;
			for (let sample = 0; sample < samples; sample++) {
				const value = Math.floor(largest * (isInside ? 0.6 : 0.1)) + random(Math.ceil(largest / 8));
				bytes[offset++] = value & 0xff;
				if (bytesEach === 2) bytes[offset++] = value >> 8;
			}
		}
	}
	return bytes;
};

/** Image Pixel Module (PS3.3 C.7.6.3) of one frame. */
const image = (circumstances: Circumstances, bits: 8 | 12 | 16, samples: 1 | 3 = 1): Fields => ({
	SamplesPerPixel: samples,
	PhotometricInterpretation: samples === 3 ? 'RGB' : 'MONOCHROME2',
	PlanarConfiguration: samples === 3 ? 0 : undefined,
	Rows: circumstances.side,
	Columns: circumstances.side,
	BitsAllocated: bits === 8 ? 8 : 16,
	BitsStored: bits,
	HighBit: bits - 1,
	PixelRepresentation: 0,
	PixelData: pixels(circumstances, bits, samples),
});

/** A DS has room for 16 characters. */
const millimetres = (length: number): number => Number(length.toFixed(4));

/** Image Plane and Frame of Reference (PS3.3 C.7.6.2, C.7.4.1): axial slices, `thickness` mm each. */
const slice = ({ instance, frameOfReferenceUid, side }: Circumstances, thickness: number): Fields => ({
	FrameOfReferenceUID: frameOfReferenceUid,
	PositionReferenceIndicator: '',
	PatientPosition: 'HFS',
	ImagePositionPatient: [-160, -160, -100 + instance * thickness],
	ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
	PixelSpacing: [millimetres(320 / side), millimetres(320 / side)],
	SliceThickness: thickness,
	SliceLocation: -100 + instance * thickness,
	AcquisitionNumber: 1,
});

const ct = (
	description: string,
	bodyPart: string,
	instances: readonly [number, number],
	thickness: number,
): SeriesPlan => ({
	modality: 'CT',
	sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
	description,
	bodyPart,
	instances,
	content: (circumstances) => ({
		ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
		...slice(circumstances, thickness),
		KVP: 120,
		XRayTubeCurrent: 180 + circumstances.random(60),
		ConvolutionKernel: 'B31f',
		RescaleIntercept: -1024,
		RescaleSlope: 1,
		RescaleType: 'HU',
		WindowCenter: [40, -600],
		WindowWidth: [400, 1600],
		...image(circumstances, 12),
	}),
});

const mr = (description: string, bodyPart: string, echoTime: number, repetitionTime: number): SeriesPlan => ({
	modality: 'MR',
	sopClassUid: '1.2.840.10008.5.1.4.1.1.4',
	description,
	bodyPart,
	instances: [3, 10],
	content: (circumstances) => ({
		ImageType: ['ORIGINAL', 'PRIMARY', 'M'],
		...slice(circumstances, 5),
		ScanningSequence: 'SE',
		SequenceVariant: ['SK', 'SP'],
		ScanOptions: '',
		MRAcquisitionType: '2D',
		EchoTime: echoTime,
		RepetitionTime: repetitionTime,
		EchoTrainLength: 1,
		MagneticFieldStrength: 1.5,
		...image(circumstances, 12),
	}),
});

const radiograph = (
	modality: 'CR' | 'DX' | 'MG',
	sopClassUid: string,
	bodyPart: string,
	views: readonly [string, ...string[]],
): SeriesPlan => ({
	modality,
	sopClassUid,
	description: `${bodyPart} ${views.join('/')}`,
	bodyPart,
	instances: [views.length, views.length],
	content: (circumstances) => ({
		ImageType: ['ORIGINAL', 'PRIMARY'],
		PresentationIntentType: modality === 'CR' ? undefined : 'FOR PRESENTATION',
		ViewPosition: views[circumstances.instance],
		ImageLaterality: modality === 'MG' ? (circumstances.instance % 2 === 0 ? 'R' : 'L') : undefined,
		PatientOrientation: ['L', 'F'],
		ImagerPixelSpacing: [0.15, 0.15],
		KVP: 60 + circumstances.random(60),
		...image(circumstances, 16),
	}),
});

const ultrasound: SeriesPlan = {
	modality: 'US',
	sopClassUid: '1.2.840.10008.5.1.4.1.1.6.1',
	description: 'Upper abdomen',
	bodyPart: 'ABDOMEN',
	instances: [2, 8],
	content: (circumstances) => ({
		ImageType: ['ORIGINAL', 'PRIMARY', 'ABDOMINAL', '0001'],
		PatientOrientation: '',
		TransducerType: 'CURVED LINEAR',
		UltrasoundColorDataPresent: 0,
		...image(circumstances, 8, 3),
	}),
};

const positrons: SeriesPlan = {
	modality: 'PT',
	sopClassUid: '1.2.840.10008.5.1.4.1.1.128',
	description: 'PET AC',
	bodyPart: 'CHEST',
	instances: [4, 12],
	content: (circumstances) => ({
		ImageType: ['ORIGINAL', 'PRIMARY'],
		...slice(circumstances, 4),
		SeriesType: ['STATIC', 'IMAGE'],
		Units: 'BQML',
		CountsSource: 'EMISSION',
		DecayCorrection: 'START',
		NumberOfSlices: circumstances.count,
		RescaleIntercept: 0,
		RescaleSlope: (50 + circumstances.random(100)) / 100,
		...image(circumstances, 16),
	}),
};

const code = (value: string, scheme: string, meaning: string): Fields => ({
	CodeValue: value,
	CodingSchemeDesignator: scheme,
	CodeMeaning: meaning,
});

/** The evidence of a document (PS3.3 C.17.2): the first instance of the first series of the study. */
const evidence = ({ studyInstanceUid, firstOf }: Circumstances, sopClassUid: string): Fields => ({
	StudyInstanceUID: studyInstanceUid,
	ReferencedSeriesSequence: [
		{
			SeriesInstanceUID: firstOf(0).seriesInstanceUid,
			ReferencedSOPSequence: [
				{ ReferencedSOPClassUID: sopClassUid, ReferencedSOPInstanceUID: firstOf(0).sopInstanceUid },
			],
		},
	],
});

const report = (finding: string, evidenceClassUid: string): SeriesPlan => ({
	modality: 'SR',
	sopClassUid: '1.2.840.10008.5.1.4.1.1.88.11',
	description: 'Report',
	instances: [1, 1],
	content: (circumstances) => ({
		ReferencedPerformedProcedureStepSequence: [],
		CompletionFlag: 'COMPLETE',
		VerificationFlag: 'UNVERIFIED',
		ValueType: 'CONTAINER',
		ContinuityOfContent: 'SEPARATE',
		ConceptNameCodeSequence: code('18748-4', 'LN', 'Diagnostic imaging report'),
		PerformedProcedureCodeSequence: [],
		CurrentRequestedProcedureEvidenceSequence: evidence(circumstances, evidenceClassUid),
		ContentSequence: [
			{
				RelationshipType: 'CONTAINS',
				ValueType: 'TEXT',
				ConceptNameCodeSequence: code('121071', 'DCM', 'Finding'),
				TextValue: finding,
			},
		],
	}),
});

const keyImages = (evidenceClassUid: string): SeriesPlan => ({
	modality: 'KO',
	sopClassUid: '1.2.840.10008.5.1.4.1.1.88.59',
	description: 'Key images',
	instances: [1, 1],
	content: (circumstances) => ({
		ReferencedPerformedProcedureStepSequence: [],
		ValueType: 'CONTAINER',
		ContinuityOfContent: 'SEPARATE',
		ConceptNameCodeSequence: code('113000', 'DCM', 'Of Interest'),
		CurrentRequestedProcedureEvidenceSequence: evidence(circumstances, evidenceClassUid),
		ContentSequence: [
			{
				RelationshipType: 'CONTAINS',
				ValueType: 'IMAGE',
				ReferencedSOPSequence: [
					{
						ReferencedSOPClassUID: evidenceClassUid,
						ReferencedSOPInstanceUID: circumstances.firstOf(0).sopInstanceUid,
					},
				],
			},
		],
	}),
});

const scannedPaper: SeriesPlan = {
	modality: 'OT',
	sopClassUid: '1.2.840.10008.5.1.4.1.1.7',
	description: 'Scanned request',
	instances: [1, 2],
	content: (circumstances) => ({ ConversionType: 'SD', PatientOrientation: '', ...image(circumstances, 8) }),
};

const CT = '1.2.840.10008.5.1.4.1.1.2';
const US = '1.2.840.10008.5.1.4.1.1.6.1';

export const STUDY_PLANS: readonly StudyPlan[] = [
	{
		description: 'CT chest',
		series: [ct('Topogram', 'CHEST', [1, 1], 1), ct('Chest 5.0 B31f', 'CHEST', [5, 20], 5), keyImages(CT)],
	},
	{
		description: 'MR head',
		series: [mr('t1 se tra', 'HEAD', 12, 500), mr('t2 tse tra', 'HEAD', 99, 4500), mr('flair cor', 'HEAD', 110, 9000)],
	},
	{
		description: 'Chest two views',
		series: [radiograph('CR', '1.2.840.10008.5.1.4.1.1.1', 'CHEST', ['PA', 'LL'])],
	},
	{ description: 'US abdomen', series: [ultrasound, report('Nothing out of the ordinary.', US)] },
	{
		description: 'Mammography screening',
		series: [radiograph('MG', '1.2.840.10008.5.1.4.1.1.1.2', 'BREAST', ['CC', 'CC', 'MLO', 'MLO'])],
	},
	{
		description: 'PET/CT trunk',
		series: [ct('CT attenuation', 'CHEST', [4, 12], 4), positrons, report('No increased uptake.', CT)],
	},
	{
		description: 'Hand left',
		series: [radiograph('DX', '1.2.840.10008.5.1.4.1.1.1.1', 'HAND', ['DP', 'OBL']), scannedPaper],
	},
	{ description: 'MR knee right', series: [mr('pd fs sag', 'KNEE', 34, 3200), mr('t1 cor', 'KNEE', 15, 600)] },
	{ description: 'CT head', series: [ct('Head 4.0 H30s', 'HEAD', [6, 16], 4)] },
];
