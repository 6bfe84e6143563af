/** What the tests of the commands have in common: files to store, runs, and their outputs read back. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { encodeFile } from '../../src/dicom/part10.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { dimse, type Ran, type RunOptions } from '../support/run.ts';
import { CT, image, MR } from './instances.ts';

export const folder = mkdtempSync(join(tmpdir(), 'dimse-cli-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Files of three studies of two patients, five instances; one has a name in Japanese. */
export const STUDIES: readonly Dataset[] = [
	['1.2.3.1', 'P1', 'DOE^JANE', CT, '1'],
	['1.2.3.1', 'P1', 'DOE^JANE', CT, '2'],
	['1.2.3.1', 'P1', 'DOE^JANE', CT, '3'],
	['1.2.3.2', 'P1', 'DOE^JANE', MR, '1'],
	['1.2.3.3', 'P2', 'Yamada^Tarou=山田^太郎=やまだ^たろう', CT, '1'],
].map(([study, id, name, sopClassUid, number]) =>
	image(String(sopClassUid), `${study}.1.${number}`, {
		SpecificCharacterSet: '\\ISO 2022 IR 87',
		StudyInstanceUID: String(study),
		SeriesInstanceUID: `${study}.1`,
		PatientID: String(id),
		PatientName: String(name),
		InstanceNumber: String(number),
		AccessionNumber: `A${String(study).slice(-1)}`,
		Modality: sopClassUid === MR ? 'MR' : 'CT',
	}),
);

export const writeStudies = (name: string, datasets = STUDIES): string => {
	const into = join(folder, name);
	mkdirSync(into, { recursive: true });
	for (const [index, dataset] of datasets.entries())
		writeFileSync(join(into, `${index}.dcm`), encodeFile(dataset, index % 2 === 0 ? EXPLICIT_LITTLE : IMPLICIT_LITTLE));
	return into;
};

/** Runs it and checks how it ended; a failure on stderr has its three parts and no stack. */
export const ends = async (t: Test, status: number, args: readonly string[], options?: RunOptions): Promise<Ran> => {
	const ran = await dimse(args, options);
	t.equal(ran.status, status, args.join(' '), { stderr: ran.stderr });
	t.notMatch(ran.stderr, /^ {4}at /m, 'no stack');
	return ran;
};

export const rowsOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** A comma-separated file by RFC 4180. */
export const csv = (text: string): string[][] => {
	const rows: string[][] = [[]];
	for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
		rows.at(-1)?.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
		if (end?.endsWith('\n') === true) rows.push([]);
		if (end === '') break;
	}
	return rows.filter((row) => row.length > 1 || (row[0] ?? '') !== '');
};

/** Runs several at a time: each is a process of its own, and most of what it does is to start. */
export const inTurns = async <T>(each: readonly T[], run: (one: T) => Promise<void>): Promise<void> => {
	const left = [...each];
	const next = async () => {
		for (let one = left.shift(); one !== undefined; one = left.shift()) await run(one);
	};
	await Promise.all([next(), next(), next()]);
};
