/** The index as the archive's thread sees it: requests to a worker, answers as promises; whatever happens there, none is left waiting. */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { DicomError, type Failure } from '../../errors.ts';
import type { QueryPlan } from '../query/query-plan.ts';
import type { Place } from '../query/query-sql.ts';
import type {
	Announcement,
	Answers,
	Asked,
	FilesPage,
	IndexCounts,
	IndexRequest,
	IndexSettings,
	Page,
	Reply,
	StoreOrder,
	StoreResult,
	WorkerSetup,
} from './index-protocol.ts';

/** Beside this file, in the source as in the bundle (scripts/build.ts). */
const WORKER = import.meta.url.endsWith('.ts')
	? new URL('./index-worker.ts', import.meta.url)
	: new URL('./index-worker.js', import.meta.url);

type FromWorker = readonly Reply[] | Announcement;

interface Pending {
	resolve(value: Answers[keyof Answers]): void;
	reject(error: unknown): void;
}

export class InstanceIndex {
	readonly #worker: Worker;
	readonly #port: MessagePort;
	readonly #posted = new Int32Array(new SharedArrayBuffer(4));
	readonly #locked = Promise.withResolvers<void>();
	readonly #opened = Promise.withResolvers<{ readonly isUnclean: boolean }>();
	readonly #ready = Promise.withResolvers<{ readonly checkedMs?: number }>();
	readonly #exited = Promise.withResolvers<void>();
	readonly #pending = new Map<number, Pending>();
	readonly #path: string;
	#outbox: Asked[] = [];
	#lastId = 0;
	#failure: DicomError | undefined;
	#closed: Promise<void> | undefined;

	/** Begins to open; nothing has to be waited for before requests are made. */
	constructor(settings: IndexSettings) {
		this.#path = settings.databasePath;
		const { port1, port2 } = new MessageChannel();
		this.#port = port1;
		const setup: WorkerSetup = { settings, posted: this.#posted };
		this.#worker = new Worker(WORKER, {
			workerData: { setup, port: port2 },
			transferList: [port2],
			name: 'dimse index',
			// Not those of this process: they may be about its own script.
			execArgv: [],
		});
		this.#locked.promise.catch(() => {});
		this.#opened.promise.catch(() => {});
		this.#ready.promise.catch(() => {});
		this.#port.on('message', (message: FromWorker) => this.#take(message));
		this.#worker.on('error', (error) => this.#end(this.#gone(error)));
		this.#worker.on('exit', () => {
			this.#end(this.#gone());
			this.#port.close();
			this.#exited.resolve();
		});
	}

	/** Settles when the database is this process's, whatever it is. @throws DicomError io */
	get locked(): Promise<void> {
		return this.#locked.promise;
	}

	/** Settles when the database is this process's, and is one; `isUnclean` where the last run did not end in order. @throws DicomError io */
	get opened(): Promise<{ readonly isUnclean: boolean }> {
		return this.#opened.promise;
	}

	/** Settles when the database is known to be sound; `checkedMs` where it had to be looked at for that. @throws DicomError io */
	get ready(): Promise<{ readonly checkedMs?: number }> {
		return this.#ready.promise;
	}

	/** Has the bytes of a `.part` synced before its store, which comes next: spares a lonely store the way to the thread pool and back. */
	sync(part: string): void {
		if (this.#failure === undefined) this.#enqueue({ id: 0, kind: 'sync', part });
	}

	/** Settles when the instance is safe, or is not to be. @throws DicomError io: nothing of it is left, but its `.part` */
	store(order: StoreOrder): Promise<StoreResult> {
		return this.#ask<'store'>({ kind: 'store', order });
	}

	/** The next rows, perhaps none though there are more. @throws DicomError io */
	page(plan: QueryPlan, place: Place | undefined, limit: number): Promise<Page> {
		return this.#ask<'page'>({ kind: 'page', plan, limit, ...(place === undefined ? {} : { place }) });
	}

	counts(): Promise<IndexCounts> {
		return this.#ask<'counts'>({ kind: 'counts' });
	}

	/** Those of these files, relative, that have a row. */
	known(files: readonly string[]): Promise<readonly string[]> {
		return this.#ask<'known'>({ kind: 'known', files });
	}

	/** The files that have rows, page by page; after the last page there are none. */
	files(after: number, limit: number): Promise<FilesPage> {
		return this.#ask<'files'>({ kind: 'files', after, limit });
	}

	/** When all that was asked is answered the database is closed, its log written into it. */
	close(isLast = false): Promise<void> {
		this.#closed ??= (async () => {
			try {
				if (this.#failure === undefined) await this.#ask<'close'>({ kind: 'close', isLast });
			} finally {
				await this.#exited.promise;
			}
		})();
		return this.#closed;
	}

	#ask<K extends keyof Answers>(request: Extract<IndexRequest, { kind: K }>): Promise<Answers[K]> {
		if (this.#failure !== undefined) return Promise.reject(this.#failure);
		this.#lastId++;
		const id = this.#lastId;
		const answer = new Promise<Answers[K]>((resolve, reject) => {
			// The worker answers each kind with its own.
			this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject });
		});
		this.#enqueue({ id, ...request });
		return answer;
	}

	#enqueue(asked: Asked): void {
		this.#outbox.push(asked);
		// What is to be synced is not kept waiting.
		if (asked.kind === 'sync') this.#post();
		else if (this.#outbox.length === 1) queueMicrotask(() => this.#post());
	}

	/** What was asked in one go is one message. */
	#post(): void {
		if (this.#outbox.length === 0) return;
		this.#port.postMessage(this.#outbox);
		this.#outbox = [];
		Atomics.add(this.#posted, 0, 1);
		Atomics.notify(this.#posted, 0);
	}

	#take(message: FromWorker): void {
		if ('announces' in message) this.#hear(message);
		else for (const reply of message) this.#settle(reply);
	}

	/** What it said last may not have been heard yet. */
	#end(error: DicomError): void {
		for (;;) {
			const received = receiveMessageOnPort(this.#port) as { readonly message: FromWorker } | undefined;
			if (received === undefined) break;
			this.#take(received.message);
		}
		this.#fail(error);
	}

	#settle(reply: Reply): void {
		const pending = this.#pending.get(reply.id);
		this.#pending.delete(reply.id);
		if ('value' in reply) pending?.resolve(reply.value);
		else pending?.reject(new DicomError(reply.failure));
	}

	#hear(announcement: Announcement): void {
		if (announcement.announces === 'locked') this.#locked.resolve();
		else if (announcement.announces === 'opened') this.#opened.resolve(announcement);
		else if (announcement.announces === 'ready') this.#ready.resolve(announcement);
		else this.#fail(new DicomError(announcement.failure));
	}

	#fail(error: DicomError): void {
		this.#failure ??= error;
		this.#locked.reject(this.#failure);
		this.#opened.reject(this.#failure);
		this.#ready.reject(this.#failure);
		for (const { reject } of this.#pending.values()) reject(this.#failure);
		this.#pending.clear();
	}

	#gone(cause?: unknown): DicomError {
		const why = cause instanceof Error ? `: ${cause.message}` : '';
		const failure: Failure = {
			blame: 'io',
			code: 'INDEX_GONE',
			message: `the index ${this.#path} is closed${why}`,
			path: this.#path,
		};
		return new DicomError(failure, { cause });
	}
}
