/** A worklist that is a folder: DICOM files and DICOM JSON, each a worklist item (PS3.4 K) or a procedure step (PS3.4 CC), read again when they change. */
import { type Dirent, readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Dataset, itemsOf, stringsOf } from '../../dicom/dataset.ts';
import { decodeDataset } from '../../dicom/decode.ts';
import { encodeDataset } from '../../dicom/encode.ts';
import { fromJsonModel } from '../../dicom/json-model.ts';
import { readFileMeta } from '../../dicom/part10.ts';
import { MODALITY_WORKLIST_FIND } from '../../dicom/sop-classes.ts';
import { TAG } from '../../dicom/tags.ts';
import { EXPLICIT_LITTLE } from '../../dicom/transfer-syntaxes.ts';
import { matcherOf } from './worklist-matching.ts';

export interface WorklistFolderOptions {
	readonly folder: string;
	/** A file that is no worklist item, once for each time it was changed. */
	readonly skipped?: (file: { readonly path: string; readonly reason: string }) => void;
}

/** `worklist` for Modality Worklist, `ups` for Unified Procedure Step. */
type Kind = 'worklist' | 'ups';

interface Item {
	readonly kind: Kind;
	readonly dataset: Dataset;
}

interface KnownFile {
	/** Another one means that the file has changed. */
	readonly stamp: string;
	readonly items: readonly Item[];
}

type Found = { readonly item: Dataset } | { readonly refusal: Refused };

interface Refused {
	readonly status: number;
	readonly errorComment: string;
	readonly offendingElements?: readonly string[];
}

/** An item has no pixel data. */
const MAX_FILE_BYTES = 1_048_576;
/** So many files are looked at before anybody else gets a turn. */
const FILES_A_TURN = 64;
const DEEPEST = 8;

const SCHEDULED_STEPS = '00400100';
const UPS_PUSH = '1.2.840.10008.5.1.4.34.6.1';
/** Procedure Step State, Scheduled Procedure Step Start DateTime. */
const OF_UPS = ['00741000', '00404005'];

export class WorklistFolder {
	readonly #options: WorklistFolderOptions;
	#files: ReadonlyMap<string, KnownFile> = new Map();
	#reading: Promise<void> | undefined;

	constructor(options: WorklistFolderOptions) {
		this.#options = options;
	}

	/**
	 * The items that match, whole, one Scheduled Procedure Step in each, in the order of the files' names; none where there is no folder.
	 * All that is not Modality Worklist is taken for UPS.
	 */
	async *search(
		identifier: Dataset,
		request: { readonly sopClassUid: string; readonly signal: AbortSignal },
	): AsyncGenerator<Found, void, undefined> {
		const isMatch = matcherOf(identifier);
		if (typeof isMatch === 'object') {
			yield { refusal: { status: 0xa900, errorComment: isMatch.problem, offendingElements: [isMatch.tag] } };
			return;
		}
		try {
			await this.#refresh();
		} catch {
			yield { refusal: { status: 0xc000, errorComment: 'the worklist cannot be read' } };
			return;
		}
		const kind: Kind = request.sopClassUid === MODALITY_WORKLIST_FIND ? 'worklist' : 'ups';
		for (const { items } of this.#files.values()) {
			if (request.signal.aborted) return;
			for (const item of items) if (item.kind === kind && isMatch(item.dataset)) yield { item: item.dataset };
		}
	}

	/** Those who ask at once look together. */
	#refresh(): Promise<void> {
		this.#reading ??= this.#read().finally(() => {
			this.#reading = undefined;
		});
		return this.#reading;
	}

	async #read(): Promise<void> {
		const known = new Map<string, KnownFile>();
		let looked = 0;
		for (const path of await filesBelow(this.#options.folder)) {
			const file = this.#look(path);
			if (file !== undefined) known.set(path, file);
			if (++looked % FILES_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
		}
		this.#files = known;
	}

	#look(path: string): KnownFile | undefined {
		try {
			const stat = statSync(path);
			if (!stat.isFile()) return undefined; // a link to a folder or a pipe
			const { size } = stat;
			const stamp = `${size} ${stat.mtimeMs} ${stat.ino}`;
			const before = this.#files.get(path);
			if (before?.stamp === stamp) return before;
			const read = size > MAX_FILE_BYTES ? 'over a megabyte' : itemsOfFile(readFileSync(path));
			if (typeof read !== 'string') return { stamp, items: read };
			this.#options.skipped?.({ path, reason: read });
			return { stamp, items: [] };
		} catch (error) {
			const { code = 'ERROR' } = error as NodeJS.ErrnoException;
			if (code === 'ENOENT') return undefined; // gone meanwhile
			if (this.#files.get(path)?.stamp !== code) this.#options.skipped?.({ path, reason: code });
			return { stamp: code, items: [] };
		}
	}
}

/** Sorted; without hidden files, which are half-written or somebody's own, and without the lock files of wlmscpfs. */
const filesBelow = async (folder: string, depth = 0): Promise<string[]> => {
	let entries: Dirent[];
	try {
		entries = await readdir(folder, { withFileTypes: true });
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
		throw error;
	}
	const paths: string[] = [];
	for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
		if (entry.name.startsWith('.') || entry.name === 'lockfile') continue;
		const path = join(folder, entry.name);
		if (entry.isDirectory()) {
			if (depth < DEEPEST) paths.push(...(await filesBelow(path, depth + 1)));
		} else if (entry.isFile() || entry.isSymbolicLink()) paths.push(path);
	}
	return paths;
};

/** The items in a file, or why there are none. */
const itemsOfFile = (bytes: Uint8Array): readonly Item[] | string => {
	const first = bytes.find((byte) => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf);
	try {
		const datasets = first === 0x7b || first === 0x5b ? datasetsOfJson(bytes) : datasetOfDicom(bytes);
		if (typeof datasets === 'string') return datasets;
		const items: Item[] = [];
		for (const dataset of datasets) {
			const found = itemsOfDataset(dataset);
			if (found.length === 0) return 'neither a Scheduled Procedure Step nor a Unified Procedure Step';
			// What cannot be written cannot be answered with.
			for (const item of found) encodeDataset(item.dataset, EXPLICIT_LITTLE);
			items.push(...found);
		}
		return items;
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
};

const datasetsOfJson = (bytes: Uint8Array): Dataset[] => {
	const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
	// Text in JSON is Unicode, whatever it says (PS3.18 F.2).
	return (Array.isArray(json) ? json : [json]).map((one) => ({
		...fromJsonModel(one),
		[TAG.SpecificCharacterSet]: { vr: 'CS', Value: ['ISO_IR 192'] },
	}));
};

const datasetOfDicom = (bytes: Uint8Array): Dataset[] | string => {
	const meta = readFileMeta(bytes, true);
	if (meta.kind === 'not-dicom') return meta.reason;
	if (meta.kind === 'more') return 'file meta information that does not end';
	const { dataset, truncated, complete, problems } = decodeDataset(
		bytes.subarray(meta.datasetOffset),
		meta.transferSyntaxUid,
	);
	return truncated || !complete ? (problems[0] ?? 'it ends too soon') : [dataset];
};

/** One for each step that is scheduled: an answer has one (PS3.4 K.6.1.2.2). */
const itemsOfDataset = (dataset: Dataset): Item[] => {
	if (dataset[SCHEDULED_STEPS] !== undefined)
		return itemsOf(dataset, SCHEDULED_STEPS).map((step) => ({
			kind: 'worklist',
			dataset: { ...dataset, [SCHEDULED_STEPS]: { vr: 'SQ', Value: [step] } },
		}));
	const isUps = stringsOf(dataset, TAG.SOPClassUID)[0] === UPS_PUSH || OF_UPS.some((tag) => dataset[tag] !== undefined);
	return isUps ? [{ kind: 'ups', dataset }] : [];
};
