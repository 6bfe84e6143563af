/** What browse is shown on: an archive of 500 studies that misbehaves as each of its callers wants, and a terminal that knows it by that many names. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { encodeFile } from '../../src/dicom/part10.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { freePort } from '../support/peers.ts';
import { type RunningQrscp, startQrscp } from '../support/qrscp.ts';
import { openTerminal, type TerminalSession } from '../support/tmux.ts';
import { CT, image, MR } from './instances.ts';

/** Study number n is `1.2.3.n`; the first is of three series and 30 instances, the others have one of each. */
export const STUDIES = 500;
export const SERIES = 3;
export const INSTANCES = 30;
export const nameOf = (study: number): string => `SMITH^N${String(study).padStart(3, '0')}`;
export const uidOf = (study: number): string => `1.2.3.${study}`;

const write = (folder: string): void => {
	const put = (study: number, series: number, number: number) => {
		const sopClass = series === SERIES ? MR : CT;
		const uid = `${uidOf(study)}.${series}.${number}`;
		const dataset = image(sopClass, uid, {
			...{ PatientName: nameOf(study), PatientID: `P${String(study).padStart(4, '0')}` },
			...{ StudyInstanceUID: uidOf(study), SeriesInstanceUID: `${uidOf(study)}.${series}`, StudyDescription: 'CHEST' },
			...{ Modality: sopClass === MR ? 'MR' : 'CT', SeriesNumber: String(series), InstanceNumber: String(number) },
			...{ AccessionNumber: `A${study}`, StudyDate: `2024${String(1 + (study % 12)).padStart(2, '0')}15` },
		});
		writeFileSync(join(folder, `${uid}.dcm`), encodeFile(dataset, EXPLICIT_LITTLE));
	};
	for (let study = 2; study <= STUDIES; study++) put(study, 1, 1);
	for (let number = 0; number < INSTANCES; number++) put(1, 1 + (number % SERIES), 1 + Math.floor(number / SERIES));
};

export interface Shown {
	readonly archive: RunningQrscp;
	/** Where BROWSE listens for it. */
	readonly ownPort: number;
	/** A terminal whose address book has a node of each name, called by that name in capitals. */
	terminal(
		t: Test,
		size?: { readonly columns: number; readonly rows: number },
		variables?: Readonly<Record<string, string>>,
		/** Instead of the sources: the built program. */
		program?: string,
	): Promise<TerminalSession>;
}

/** @param faults by name of the node: `{ slow: ['slow:5ms/row'] }`; `main` has none */
export const startShown = async (
	t: Test,
	faults: Readonly<Record<string, readonly string[]>> = {},
	args: readonly string[] = [],
): Promise<Shown> => {
	const files = mkdtempSync(join(tmpdir(), 'dimse-shown-'));
	mkdirSync(files, { recursive: true });
	write(files);
	const ownPort = await freePort();
	const names = ['main', ...Object.keys(faults)];
	const archive = await startQrscp({
		aeTitle: 'ARCHIVE',
		args: [
			...['-v', '--import', files],
			...names.flatMap((name) => ['--move-dest', `${name.toUpperCase()}=127.0.0.1:${ownPort}`]),
			...Object.entries(faults).flatMap(([name, own]) =>
				own.flatMap((fault) => ['--simulate', `${fault}@${name.toUpperCase()}`]),
			),
			...args,
		],
	});
	t.teardown(async () => {
		await archive.stop();
		rmSync(files, { recursive: true, force: true });
	});
	const config = names
		.map(
			(name) =>
				`[${name}]\nae_title: ARCHIVE\naddress: 127.0.0.1\nport: ${archive.port}\ncalling_ae_title: ${name.toUpperCase()}\n`,
		)
		.join('\n');
	return {
		archive,
		ownPort,
		terminal: async (test, size = { columns: 120, rows: 40 }, variables = {}, program = undefined) => {
			const terminal = await openTerminal({
				...size,
				config,
				variables: { DIMSE_LISTEN: `127.0.0.1:${ownPort}`, ...variables },
				...(program === undefined ? {} : { program }),
			});
			test.teardown(() => terminal.close());
			return terminal;
		},
	};
};

/** The line that the cursor is on. */
export const atCursor = (lines: readonly string[]): string => lines.find((line) => /^ {0,2}▸/.test(line)) ?? '';

/** Names of the rows that are seen, in their order. */
export const namesOf = (lines: readonly string[]): readonly string[] =>
	lines.flatMap((line) => /^ {0,2}(?:▸|●| )+ *(?:ok|part|FAIL|\d+%)? *(SMITH\^N\d{3})/.exec(line)?.[1] ?? []);
