/**
 * The index's thread: a loop that sleeps until something is posted, commits all stores that wait in one transaction, and serves a page to
 * each query that waits, in turns. node:sqlite is synchronous: here it keeps nobody waiting but who asked.
 */
import { pid } from 'node:process';
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { DatabaseLock } from '../database-lock.ts';
import { firstPlace, pageSql, placeAfter, snapshotSql } from '../query/query-sql.ts';
import { DatabaseBusy, GroupCommit, type Settled } from './group-commit.ts';
import { IndexDatabase } from './index-database.ts';
import type {
	Announcement,
	Answers,
	Asked,
	FilesPage,
	IndexCounts,
	IndexRequest,
	Page,
	Reply,
	StoreOrder,
	WorkerSetup,
} from './index-protocol.ts';
import type { Row } from './sql.ts';
import { databaseError } from './sqlite-errors.ts';

/** Stores in a transaction. */
const MAX_GROUP = 256;
/** Queries have so long until stores have their turn again, in milliseconds. */
const QUERY_TURN_MS = 10;
/** Between two attempts at a database that another program holds, in milliseconds. */
const RETRY_MS = 10;
/** A database that is no larger is looked over at every start: it takes no time to speak of. In bytes. */
const SMALL_DATABASE = 8 * 1024 * 1024;

interface Waiting<K extends IndexRequest['kind']> {
	readonly id: number;
	readonly request: Extract<IndexRequest, { kind: K }>;
	readonly since: number;
}

class IndexLoop {
	readonly #port: MessagePort;
	readonly #setup: WorkerSetup;
	readonly #database: IndexDatabase;
	readonly #lock: DatabaseLock | undefined;
	readonly #commits: GroupCommit;
	readonly #stores: Waiting<'store'>[] = [];
	readonly #reads: Waiting<'page' | 'counts' | 'known' | 'files'>[] = [];
	#replies: Reply[] = [];
	#closing: Waiting<'close'> | undefined;
	#retryAt: number | undefined;

	constructor(port: MessagePort, setup: WorkerSetup) {
		this.#port = port;
		this.#setup = setup;
		const { settings } = setup;
		this.#lock = settings.isLockHeld === true ? undefined : new DatabaseLock(settings.databasePath, pid);
		this.#announce({ announces: 'locked' });
		try {
			this.#database = new IndexDatabase(settings);
			this.#commits = new GroupCommit(this.#database, settings);
		} catch (error) {
			this.#lock?.release();
			throw error;
		}
	}

	run(): void {
		const { posted } = this.#setup;
		this.#announce({ announces: 'opened', isUnclean: this.#database.isUnclean });
		if (!this.#isSound()) return;
		for (;;) {
			const seen = Atomics.load(posted, 0);
			this.#receive();
			this.#store();
			this.#flush();
			this.#read();
			this.#flush();
			if (this.#stores.length === 0 && this.#reads.length === 0 && this.#closing !== undefined) break;
			const isIdle = this.#reads.length === 0 && (this.#stores.length === 0 || this.#retryAt !== undefined);
			if (isIdle) Atomics.wait(posted, 0, seen, this.#retryAt === undefined ? Number.POSITIVE_INFINITY : RETRY_MS);
		}
		this.#close(this.#closing);
	}

	/** A large one is looked at only after a run that was cut short: all of it is read. */
	#isSound(): boolean {
		const since = performance.now();
		const isChecked = this.#database.isUnclean || this.#setup.settings.isChecked === true;
		try {
			if (isChecked || this.#database.size <= SMALL_DATABASE) this.#database.check();
		} catch (error) {
			this.#database.close();
			this.#lock?.release();
			this.#announce({ announces: 'failed', failure: databaseError(error, this.#database.path).failure });
			return false;
		}
		this.#announce({
			announces: 'ready',
			...(isChecked ? { checkedMs: performance.now() - since } : {}),
		});
		return true;
	}

	#receive(): void {
		for (;;) {
			const received = receiveMessageOnPort(this.#port) as { readonly message: readonly Asked[] } | undefined;
			if (received === undefined) return;
			for (const { id, ...request } of received.message) {
				const since = performance.now();
				if (request.kind === 'store') this.#stores.push({ id, request, since });
				else if (request.kind === 'sync') this.#commits.sync(request.part);
				else if (request.kind === 'close') this.#closing = { id, request, since };
				else this.#reads.push({ id, request, since });
			}
		}
	}

	#store(): void {
		if (this.#stores.length === 0 || performance.now() < (this.#retryAt ?? 0)) return;
		const group = this.#stores.slice(0, MAX_GROUP);
		let settled: readonly Settled[];
		try {
			settled = this.#commits.run(group.map(({ request }): StoreOrder => request.order));
		} catch (error) {
			if (!(error instanceof DatabaseBusy)) throw error;
			this.#wait();
			return;
		}
		this.#retryAt = undefined;
		this.#stores.splice(0, group.length);
		for (const [index, { id }] of group.entries()) {
			const one = settled[index];
			if (one === undefined) continue;
			this.#replies.push('value' in one ? { id, value: one.value } : { id, failure: one.error.failure });
		}
	}

	/** Another program has the database: those that have waited long enough are told so. */
	#wait(): void {
		const now = performance.now();
		this.#retryAt = now + RETRY_MS;
		const { busyTimeoutMs, databasePath } = this.#setup.settings;
		const { failure } = databaseError({ errcode: 5, message: '' }, databasePath);
		while (this.#stores[0] !== undefined && now - this.#stores[0].since >= busyTimeoutMs) {
			this.#replies.push({ id: this.#stores[0].id, failure });
			this.#stores.shift();
		}
		if (this.#stores.length === 0) this.#retryAt = undefined;
	}

	#read(): void {
		const until = performance.now() + QUERY_TURN_MS;
		while (performance.now() < until) {
			const next = this.#reads.shift();
			if (next === undefined) return;
			try {
				this.#replies.push({ id: next.id, value: this.#answer(next.request) });
			} catch (error) {
				this.#replies.push({ id: next.id, failure: databaseError(error, this.#database.path).failure });
			}
		}
	}

	#answer(request: Waiting<'page' | 'counts' | 'known' | 'files'>['request']): Answers[typeof request.kind] {
		if (request.kind === 'page') return this.#page(request);
		if (request.kind === 'counts') return this.#counts();
		if (request.kind === 'known') return this.#known(request.files);
		return this.#files(request.after, request.limit);
	}

	#page({ plan, place: from, limit }: Extract<IndexRequest, { kind: 'page' }>): Page {
		const until = performance.now() + QUERY_TURN_MS;
		let place = from ?? firstPlace(plan, this.#all(snapshotSql(plan))[0] ?? []);
		while (place !== undefined) {
			const rows = this.#all(pageSql(plan, place, limit));
			place = placeAfter(plan, place, rows, limit);
			// A search that finds little is spared the way there and back, as long as its turn lasts.
			if (rows.length > 0 || performance.now() >= until) return place === undefined ? { rows } : { rows, next: place };
		}
		return { rows: [] };
	}

	#all({ text, parameters }: ReturnType<typeof pageSql>): readonly Row[] {
		return this.#database.prepare(text).all(...parameters) as readonly Row[];
	}

	#counts(): IndexCounts {
		const [patients = 0, studies = 0, series = 0, instances = 0] =
			this.#all({ text: COUNTS, parameters: [] })[0]?.map(Number) ?? [];
		return { patients, studies, series, instances };
	}

	#known(files: readonly string[]): readonly string[] {
		const text = 'SELECT file FROM instance WHERE file IN (SELECT value FROM json_each(?))';
		return this.#all({ text, parameters: [JSON.stringify(files)] }).map(([file]) => String(file));
	}

	#files(after: number, limit: number): FilesPage {
		const text = 'SELECT pk, file FROM instance WHERE pk > ? ORDER BY pk LIMIT ?';
		const rows = this.#all({ text, parameters: [after, limit] });
		return { files: rows.map(([, file]) => String(file)), last: Number(rows.at(-1)?.[0] ?? after) };
	}

	/** One post for a turn. */
	#flush(): void {
		if (this.#replies.length === 0) return;
		this.#port.postMessage(this.#replies);
		this.#replies = [];
	}

	#announce(announcement: Announcement): void {
		this.#port.postMessage(announcement);
	}

	#close({ id, request }: Waiting<'close'>): void {
		try {
			this.#database.close();
			this.#lock?.release(request.isLast);
			this.#replies.push({ id, value: null });
		} catch (error) {
			this.#replies.push({ id, failure: databaseError(error, this.#database.path).failure });
		}
		this.#flush();
	}
}

const COUNTS = `SELECT (SELECT count(*) FROM patient), (SELECT count(*) FROM study), (SELECT count(*) FROM series),
	(SELECT count(*) FROM instance)`;

if (parentPort !== null) {
	const { setup, port } = workerData as { readonly setup: WorkerSetup; readonly port: MessagePort };
	let loop: IndexLoop | undefined;
	try {
		loop = new IndexLoop(port, setup);
	} catch (error) {
		port.postMessage({
			announces: 'failed',
			failure: databaseError(error, setup.settings.databasePath).failure,
		} satisfies Announcement);
	}
	loop?.run();
	port.close();
}
