/** Which SOP classes the instances of a modality are likely to be of, for peers that tell the modality of a series and no SOP class (PS3.3 C.7.3.1.1.1). */

/** Suffixes of 1.2.840.10008.5.1.4.1.1, the most frequent first. */
const SUFFIXES: Readonly<Record<string, string>> = {
	CR: '1',
	CT: '2 2.1',
	DOC: '104.1 104.2',
	DX: '1.1 1.1.1',
	ECG: '9.1.1 9.1.2',
	ES: '77.1.1 77.1.1.1',
	FID: '66.2',
	GM: '77.1.2',
	HD: '9.2.1',
	IO: '1.3',
	IVUS: '3.1 6.1',
	IVOCT: '14.1 14.2',
	KO: '88.59',
	M3D: '104.3 104.4',
	MG: '1.2 1.2.1 13.1.3',
	MR: '4 4.1 4.2',
	NM: '20 5',
	OP: '77.1.5.1 77.1.5.2',
	OPT: '77.1.5.4',
	OT: '7 7.2 7.4',
	PR: '11.1 11.2 11.3 11.4',
	PT: '128 130',
	PX: '1.1',
	REG: '66.1 66.3',
	RF: '12.2 12.2.1',
	RTDOSE: '481.2',
	RTIMAGE: '481.1',
	RTPLAN: '481.5 481.8',
	RTRECORD: '481.4 481.9',
	RTSTRUCT: '481.3',
	RWV: '67',
	SC: '7 7.2 7.4',
	SEG: '66.4 66.5',
	SM: '77.1.6',
	SR: '88.33 88.22 88.11 88.67 88.34',
	US: '6.1 3.1 6 3',
	XA: '12.1 12.1.1 13.1.1',
	XC: '77.1.4 77.1.4.1',
};

/** None for a modality that nobody knows. */
export const classesOfModality = (modality: string): readonly string[] =>
	(SUFFIXES[modality] ?? '')
		.split(' ')
		.filter((suffix) => suffix !== '')
		.map((suffix) => `1.2.840.10008.5.1.4.1.1.${suffix}`);
