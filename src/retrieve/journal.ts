/**
 * What a retrieve has done, as JSON lines that outlive a crash: so that the next run skips what is complete and asks only for what is
 * missing. A verdict is on disk before anything relies on it. An arrival is written at once, so that it outlives the process, and synced
 * with others, five times a second and before every change of a unit's state: a power cut costs the arrivals of that time, which are
 * fetched again. An arrival is never claimed that was not told to be stored. Files that were removed after that are not noticed.
 */
import { createHash } from 'node:crypto';
import { constants, statSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { platform } from 'node:process';
import type { QueryModelName } from '../dicom/sop-classes.ts';
import { DicomError } from '../errors.ts';
import type { Counts, UnitResult, Verdict } from './events.ts';
import type { Unit } from './unit.ts';
import { deliveredOf } from './verdict.ts';

/** What a journal is of; another retrieve may not go on with it. */
export interface JournalHead {
	/** As the peer is known: its name, or its AE title and address. */
	readonly node: string;
	readonly model: QueryModelName;
	readonly service: 'C-GET' | 'C-MOVE';
	/** The AE title of C-MOVE, the folder of what comes here. */
	readonly destination: string;
}

export interface JournalUnit {
	readonly state: 'begun' | 'complete' | 'not-complete';
	/** SOP Instance UIDs that arrived. */
	readonly arrived: ReadonlySet<string>;
	readonly expected?: number;
	readonly verdict?: Verdict;
	/** Instances at its last verdict: that were at the destination, or of which that is the peer's word. */
	readonly count?: number;
}

type Line =
	| ({ readonly journal: 'dimse retrieve'; readonly version: 1 } & JournalHead)
	| { readonly unit: string; readonly state: 'begun'; readonly label?: string }
	| { readonly unit: string; readonly arrived: readonly string[] }
	| {
			readonly unit: string;
			readonly state: 'complete' | 'not-complete';
			readonly verdict: Verdict;
			readonly expected?: number;
			readonly arrived: number;
			readonly claimed: Counts;
			readonly missing: number;
	  };

/** The same unit has the same key in every run. */
export const journalKey = (unit: Unit): string => {
	const known = keys.get(unit) ?? keyOf(unit);
	keys.set(unit, known);
	return known;
};

const keys = new WeakMap<Unit, string>();

const keyOf = (unit: Unit): string => {
	const parts = [unit.level, unit.patientId ?? '', unit.studyUid ?? '', unit.seriesUid ?? ''];
	const many = [...(unit.sopUids ?? [])].sort().join('\\');
	const frames = (unit.frames ?? []).join(',');
	const last = many.length > 64 ? `sha256:${createHash('sha256').update(many).digest('base64url')}` : many;
	return [...parts, last, ...(frames === '' ? [] : [frames])].join('/');
};

/** So long arrivals may be unsynced. */
const SYNC_MS = 200;
/** So many are synced without waiting for that. */
const SYNC_UIDS = 100;

export class Journal {
	readonly #file: FileHandle;
	readonly #path: string;
	readonly #units: ReadonlyMap<string, JournalUnit>;
	readonly #lock: Server | undefined;
	#offset: number;
	#unsynced = 0;
	#timer: NodeJS.Timeout | undefined;
	#syncing: Promise<void> = Promise.resolve();
	/** Not begun: it takes in what is written until then. */
	#nextSync: Promise<void> | undefined;
	#failure: DicomError | undefined;
	/** Somebody has been told of the failure. */
	#isTold = false;

	private constructor(
		file: FileHandle,
		path: string,
		{ units, length }: ReturnType<typeof readJournal>,
		lock: Server | undefined,
	) {
		this.#file = file;
		this.#path = path;
		this.#units = units;
		this.#lock = lock;
		this.#offset = length;
	}

	/**
	 * Opens the journal at `path`, or begins it. It is of one process at a time.
	 *
	 * @throws DicomError usage for a journal of another retrieve, or what is no journal; io, JOURNAL_IN_USE where another process has it
	 */
	static async open(path: string, head: JournalHead): Promise<Journal> {
		let file: FileHandle | undefined;
		let lock: Server | undefined;
		try {
			if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) throw noFile(path);
			file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
			lock = await locked(file, path);
			const bytes = await file.readFile();
			const before = readJournal(bytes, path, head);
			if (before.length < bytes.length) await file.truncate(before.length); // a line that a crash has torn
			const journal = new Journal(file, path, before, lock);
			if (before.length === 0) await journal.#append([{ journal: 'dimse retrieve', version: 1, ...head }]);
			return journal;
		} catch (error) {
			lock?.close();
			await file?.close().catch(() => {});
			throw error instanceof DicomError ? error : ioFailure(error, path);
		}
	}

	/** What an earlier run has written of it. */
	before(unit: Unit): JournalUnit | undefined {
		return this.#units.get(journalKey(unit));
	}

	/** @throws DicomError io, also of what was written before in the background */
	async begun(unit: Unit): Promise<void> {
		const { label } = unit;
		await this.#append([{ unit: journalKey(unit), state: 'begun', ...(label === undefined ? {} : { label }) }]);
	}

	/** Call it when the instance is safe. It is written at once, and synced at the latest with the unit's verdict. */
	arrived(unit: Unit, sopInstanceUid: string): void {
		this.#write([{ unit: journalKey(unit), arrived: [sopInstanceUid] }]);
		if (++this.#unsynced >= SYNC_UIDS) void this.#sync();
		else this.#timer ??= setTimeout(() => void this.#sync(), SYNC_MS).unref();
	}

	/** The verdict of a unit; what is complete is not asked for again. @throws DicomError io */
	async settled(unit: Unit, result: UnitResult): Promise<void> {
		const { verdict, expected, arrived, claimed, missingCount: missing } = result;
		await this.#append([
			{
				unit: journalKey(unit),
				state: isDone(verdict) ? 'complete' : 'not-complete',
				verdict,
				...(expected === undefined ? {} : { expected }),
				arrived,
				claimed,
				missing,
			},
		]);
	}

	/** Writes what is still to be written. @throws DicomError io, unless that has been thrown already */
	async close(): Promise<void> {
		try {
			if (!this.#isTold) await this.#append([]);
		} finally {
			await this.#file.close();
			this.#lock?.close();
		}
	}

	async #append(lines: readonly Line[]): Promise<void> {
		this.#write(lines);
		await this.#sync();
		if (this.#failure === undefined) return;
		this.#isTold = true;
		throw this.#failure;
	}

	/** Everything that was written before. What fails is kept, and told to the next who waits. */
	#sync(): Promise<void> {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#unsynced = 0;
		this.#nextSync ??= this.#syncing = this.#syncing.then(async () => {
			this.#nextSync = undefined;
			try {
				if (this.#failure === undefined) await this.#file.sync();
			} catch (error) {
				this.#failure = ioFailure(error, this.#path);
			}
		});
		return this.#syncing;
	}

	/** In the order of the calls, and in the hands of the operating system when it returns. */
	#write(lines: readonly Line[]): void {
		if (this.#failure !== undefined) return;
		try {
			const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
			for (let done = 0; done < bytes.length; ) {
				const written = writeSync(this.#file.fd, bytes, done, bytes.length - done, this.#offset);
				done += written;
				this.#offset += written;
			}
		} catch (error) {
			this.#failure = ioFailure(error, this.#path);
		}
	}
}

/** Of these nothing is to be asked again: what the run calls complete, also by the peer's word where nobody can see more. */
const isDone = (verdict: Verdict): boolean =>
	verdict === 'complete' ||
	verdict === 'more-than-expected' ||
	verdict === 'complete-before' ||
	verdict === 'unverifiable';

const ioFailure = (error: unknown, path: string): DicomError => {
	const { code = 'ERROR', message } = error as NodeJS.ErrnoException;
	return new DicomError({ blame: 'io', code, message, path }, { cause: error });
};

const noFile = (path: string): DicomError =>
	new DicomError({
		blame: 'usage',
		message: `${path} is no file that a journal could be kept in`,
		hint: 'name a file that does not exist yet, or the journal of an earlier get or move',
	});

/**
 * A name that the operating system gives to one process, and takes back from it however it dies: an abstract socket, which nobody connects to.
 * Only Linux has them; elsewhere nobody is kept out.
 */
const locked = async (file: FileHandle, path: string): Promise<Server | undefined> => {
	if (platform !== 'linux') return undefined;
	const { dev, ino } = await file.stat();
	return new Promise((resolve, reject) => {
		const server = createServer((socket) => socket.destroy());
		server.on('error', (error: NodeJS.ErrnoException) => {
			if (error.code === 'EADDRINUSE') reject(inUse(path));
			else resolve(undefined); // where there are no sockets there is no lock
		});
		server.listen(`\0dimse-journal-${dev}-${ino}`, () => resolve(server.unref()));
	});
};

const inUse = (path: string): DicomError =>
	new DicomError({
		blame: 'io',
		code: 'JOURNAL_IN_USE',
		message: `the journal ${path} is in use by another process`,
		path,
	});

/** How a journal begins. */
const HEAD = '{"journal":"dimse retrieve",';

const isText = (value: unknown): value is string => typeof value === 'string';

/**
 * What the lines say. The last one may be torn by a crash: it is left out, and `length` is where it begins.
 *
 * @throws DicomError usage
 */
export const readJournal = (
	bytes: Uint8Array,
	path: string,
	head: JournalHead,
): { readonly units: ReadonlyMap<string, JournalUnit>; readonly length: number } => {
	const units = new Map<string, { -readonly [K in keyof JournalUnit]: JournalUnit[K] } & { arrived: Set<string> }>();
	const end = bytes.lastIndexOf(0x0a) + 1;
	const lines = new TextDecoder().decode(bytes.subarray(0, end)).split('\n').slice(0, -1);
	if (lines.length === 0 && !HEAD.startsWith(new TextDecoder().decode(bytes.subarray(0, HEAD.length))))
		throw notOurs(path, 1);
	for (const [index, text] of lines.entries()) {
		const line = parsed(text);
		if (line === undefined || (index === 0 && line['journal'] !== 'dimse retrieve')) throw notOurs(path, index + 1);
		if (index === 0) {
			sameRetrieve(line, path, head);
			continue;
		}
		const { unit: key, state, verdict, arrived, expected } = line;
		if (!isText(key)) throw notOurs(path, index + 1);
		const unit = units.get(key) ?? { state: 'begun' as const, arrived: new Set<string>() };
		units.set(key, unit);
		if (Array.isArray(arrived)) for (const uid of arrived.filter(isText)) unit.arrived.add(uid);
		if (state === 'begun' || state === 'complete' || state === 'not-complete') unit.state = state;
		if (isText(verdict)) unit.verdict = verdict as Verdict;
		if (typeof expected === 'number') unit.expected = expected;
		if (typeof arrived === 'number') unit.count = verdict === 'unverifiable' ? saidOf(line) : arrived;
	}
	return { units, length: end };
};

/** By the peer's word. It is a number of 16 bits: what was expected may be more. */
const saidOf = ({ claimed, expected }: Record<string, unknown>): number => {
	const said = typeof claimed === 'object' && claimed !== null ? (deliveredOf(claimed) ?? 0) : 0;
	return Math.max(said, typeof expected === 'number' ? expected : 0);
};

const parsed = (text: string): Record<string, unknown> | undefined => {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
	} catch {
		return undefined;
	}
};

const notOurs = (path: string, line: number): DicomError =>
	new DicomError({
		blame: 'usage',
		message: `${path} line ${line} is not of a retrieve journal`,
		hint: 'name a file that does not exist yet, or the journal of an earlier get or move',
	});

const sameRetrieve = (line: Record<string, unknown>, path: string, head: JournalHead): void => {
	for (const name of ['version', 'node', 'model', 'service', 'destination'] as const) {
		const wanted = name === 'version' ? 1 : head[name];
		if (line[name] === wanted) continue;
		throw new DicomError({
			blame: 'usage',
			message: `the journal ${path} is of another retrieve: its ${name} is ${String(line[name])}, not ${wanted}`,
			hint: 'a journal goes on with the retrieve it was begun for; name another file for this one',
		});
	}
};
