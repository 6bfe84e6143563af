/** What the interop tests store and ask for, and how they read it back. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
	type Connected,
	type ConnectOptions,
	requireContext,
	withAssociation,
} from '../../src/association/requestor.ts';
import type { Dataset, Element, Value } from '../../src/dicom/dataset.ts';
import { personName, plainDataset, textOf } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { byKeyword } from '../../src/dicom/dictionary.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { readFileMeta } from '../../src/dicom/part10.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { isVr } from '../../src/dicom/vr.ts';
import type { CFindRsp } from '../../src/dimse/messages.ts';
import { find, type Match } from '../../src/services/query-scu.ts';
import type { RunningPeer } from '../support/peers.ts';

export const CT = '1.2.840.10008.5.1.4.1.1.2';
export const MR = '1.2.840.10008.5.1.4.1.1.4';
export const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';
export const UNCOMPRESSED = [EXPLICIT_LITTLE, IMPLICIT_LITTLE] as const;

/** How we call a peer in these tests. */
export const toPeer = (
	peer: Pick<RunningPeer, 'port' | 'aeTitle'>,
	callingAeTitle = 'DIMSE',
): ConnectOptions['address'] => ({
	host: '127.0.0.1',
	port: peer.port,
	calledAeTitle: peer.aeTitle,
	callingAeTitle,
});

/** A dataset by keywords; names and numbers as text. */
export const keys = (values: Readonly<Record<string, string | readonly Dataset[]>>): Dataset => {
	const dataset: Record<string, Element> = {};
	for (const [keyword, value] of Object.entries(values)) {
		const entry = byKeyword(keyword);
		if (entry === undefined || !isVr(entry.vr)) throw new Error(`${keyword}: no such keyword`);
		const { tag, vr } = entry;
		if (typeof value !== 'string') dataset[tag] = { vr, Value: value };
		else if (value === '') dataset[tag] = { vr, Value: [] };
		else dataset[tag] = { vr, Value: value.split('\\').map((one): Value => (vr === 'PN' ? personName(one) : one)) };
	}
	return dataset;
};

/** One element of a keyword as text. */
export const shown = (dataset: Dataset, keyword: string): string => textOf(dataset, byKeyword(keyword)?.tag ?? '');

/** An 8-bit image of `side` rows and columns. */
export const image = (
	sopClassUid: string,
	sopInstanceUid: string,
	more: Readonly<Record<string, string>> = {},
	side = 16,
): Dataset => ({
	...keys({
		SOPClassUID: sopClassUid,
		SOPInstanceUID: sopInstanceUid,
		StudyDate: '20240102',
		StudyTime: '101112',
		AccessionNumber: 'A1',
		Modality: 'OT',
		PatientName: 'DOE^JANE',
		PatientID: 'P1',
		PatientBirthDate: '19700101',
		PatientSex: 'F',
		StudyInstanceUID: '1.2.3.1',
		SeriesInstanceUID: '1.2.3.1.1',
		StudyID: 'S1',
		SeriesNumber: '1',
		InstanceNumber: '1',
		...more,
	}),
	'00280002': { vr: 'US', Value: [1] },
	'00280004': { vr: 'CS', Value: ['MONOCHROME2'] },
	'00280010': { vr: 'US', Value: [side] },
	'00280011': { vr: 'US', Value: [side] },
	'00280100': { vr: 'US', Value: [8] },
	'00280101': { vr: 'US', Value: [8] },
	'00280102': { vr: 'US', Value: [7] },
	'00280103': { vr: 'US', Value: [0] },
	'7FE00010': { vr: 'OB', Value: [Uint8Array.from({ length: side * side }, (_, i) => (i * 7 + (i >> 4)) & 0xff)] },
});

/** A dataset whose text fields, items and private elements are the awkward ones: odd lengths, empty values, undefined lengths. */
export const awkward = (sopInstanceUid: string): Dataset => ({
	...image(SECONDARY_CAPTURE, sopInstanceUid, {
		PatientID: 'AWKWARD',
		PatientName: 'ODD^ONE',
		StudyInstanceUID: '1.2.8',
		SeriesInstanceUID: '1.2.8.1',
		StudyDate: '20100101',
		AccessionNumber: 'ODD',
	}),
	'00081030': { vr: 'LO', Value: ['odd'] },
	'00081140': {
		vr: 'SQ',
		Value: [
			{ '00081150': { vr: 'UI', Value: [CT] }, '00081155': { vr: 'UI', Value: ['1.2.3'] } },
			{},
			{ '0040A170': { vr: 'SQ', Value: [{ '00080104': { vr: 'LO', Value: ['inside'] } }] } },
		],
	},
	'00081111': { vr: 'SQ', Value: [] },
	'00090010': { vr: 'LO', Value: ['ACME'] },
	'00091001': { vr: 'UN', Value: [Uint8Array.of(1, 2, 3, 4)] },
	'00091002': { vr: 'LO', Value: [] },
	'00101030': { vr: 'DS', Value: [72.5] },
	'00280301': { vr: 'CS', Value: ['NO'] },
	'00420010': { vr: 'ST', Value: ['five!'] },
	'00420011': { vr: 'OB', Value: [Uint8Array.of(1, 2, 3)] },
});

/** A Part 10 file taken apart. */
export const readPart10 = (
	path: string,
): { readonly transferSyntaxUid: string; readonly body: Uint8Array; readonly dataset: Dataset } =>
	partsOf(readFileSync(path), path);

export const partsOf = (
	bytes: Uint8Array,
	name = 'file',
): { readonly transferSyntaxUid: string; readonly body: Uint8Array; readonly dataset: Dataset } => {
	const meta = readFileMeta(bytes, true);
	if (meta.kind !== 'part10') throw new Error(`${name} is no Part 10 file`);
	const body = bytes.subarray(meta.datasetOffset);
	return {
		transferSyntaxUid: meta.transferSyntaxUid,
		body,
		dataset: decodeDataset(body, meta.transferSyntaxUid).dataset,
	};
};

/** Whether two stretches of bytes are the same; a comparison that prints nothing of megabytes. */
export const same = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

/** A dataset as bytes in which its VRs and the padding of its texts do not show. Group lengths and trailing padding are left out. */
export const comparable = (dataset: Dataset): Uint8Array =>
	encodeDataset(
		plainDataset(
			Object.fromEntries(Object.entries(dataset).filter(([tag]) => !tag.endsWith('0000') && tag !== 'FFFCFFFC')),
		),
		IMPLICIT_LITTLE,
	);

/** Every file under a folder. */
export const filesUnder = (folder: string): string[] =>
	readdirSync(folder, { withFileTypes: true, recursive: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name))
		.sort();

/** Waits until `test` gives something; asks again every 20 ms. */
export const eventually = async <T>(
	what: string,
	test: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> => {
	for (const until = Date.now() + 15_000; Date.now() < until; ) {
		const found = await test();
		if (found !== undefined && found !== false) return found;
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	throw new Error(`not within 15 s: ${what}`);
};

/** What a query gave. */
export interface Found {
	readonly matches: readonly Match[];
	readonly final: CFindRsp;
}

/** All matches of one query, on an association that is open. */
export const ask = async (connected: Connected, sopClassUid: string, identifier: Dataset): Promise<Found> => {
	const query = find(connected.association, requireContext(connected, sopClassUid), identifier);
	const matches: Match[] = [];
	for await (const match of query) matches.push(match);
	return { matches, final: await query.final };
};

/** One association for one query. */
export const query = (address: ConnectOptions['address'], sopClassUid: string, identifier: Dataset): Promise<Found> =>
	withAssociation(
		{ address, contexts: [{ abstractSyntax: sopClassUid, transferSyntaxes: UNCOMPRESSED }] },
		(connected) => ask(connected, sopClassUid, identifier),
	);

/** The bytes of a dataset, in a transfer syntax, of even length. */
export const encoded = (dataset: Dataset, transferSyntaxUid: string): Uint8Array =>
	encodeDataset(dataset, transferSyntaxUid);
