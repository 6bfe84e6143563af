/** Everything that comes here in the course of a retrieve, by C-GET or into our receiver: whose it is, and told once. */
import { MONOTONIC } from '../association/clock.ts';
import type { RequestHandler } from '../association/incoming.ts';
import type { RetrieveOutcome, Untimed } from './events.ts';
import type { Ledger } from './ledger.ts';
import { receiveInto, type StoreEvent } from './receiving.ts';
import { isOfSettled, ownerOf, seriesOf } from './routing.ts';
import type { Session } from './session.ts';
import type { ByMove, RetrieveSettings } from './settings.ts';
import { pause } from './settling.ts';

/** So long is waited for instances that are on their way to the disk when their association ends. */
const LANDING_MS = 2_000;
const NEVER: AbortSignal = new AbortController().signal;

export interface IntakeContext {
	readonly settings: RetrieveSettings;
	readonly emit: (event: Untimed) => void;
	readonly now: () => number;
	/** The peer is at work, wherever that was seen. */
	readonly alive: () => void;
}

export class Intake {
	readonly #context: IntakeContext;
	/** Units that have begun and are not settled. */
	readonly #open = new Set<Ledger>();
	/** What must come whatever else is expected, and has not. */
	readonly #unmet: Set<string>;
	/** Units that are settled. */
	readonly #settled: Ledger[] = [];
	/** C-STORE-RQs of C-GET that are being answered, with whose they are. */
	readonly #inHand = new Map<Promise<void>, Ledger | undefined>();
	#by: ByMove | undefined;
	#arrived = 0;
	#bytes = 0;
	#strays = 0;
	readonly #told = new Set<'late-arrival' | 'stray-arrival'>();

	constructor(context: IntakeContext) {
		this.#context = context;
		this.#unmet = new Set(context.settings.expect);
	}

	/** Takes what our receiver tells, if it is one of ours. */
	listen(by: 'get' | ByMove): void {
		if (by === 'get') return;
		this.#by = by;
		by.arrivals?.listen((event) => {
			if (event.kind === 'called' || event.kind === 'stored') this.#context.alive();
			if (event.kind === 'stored' || event.kind === 'not-stored') this.#take(event);
		}, this.#context.alive);
	}

	stop(): void {
		this.#by?.arrivals?.listen(undefined);
	}

	/** The C-STORE-RQs of a session's association. */
	serve(session: Session): RequestHandler {
		const { store, peerAeTitle } = this.#context.settings;
		// Without a place for them, as with C-MOVE, a C-STORE-RQ is not what was agreed.
		const keep = store ?? (() => ({ refusal: 0x0124, errorComment: 'no C-GET was asked for' }));
		const handler = receiveInto(keep, peerAeTitle, (event) => this.#take(event, session.current));
		return (request) => {
			const ledger = session.current;
			const handled = Promise.resolve(handler(request));
			const landed = handled.catch(() => {}).finally(() => this.#inHand.delete(landed));
			this.#inHand.set(landed, ledger);
			return handled;
		};
	}

	/**
	 * Waits, though not for long, until what has come of the unit is kept or given up: what is whole on the disk is not to be called
	 * missing, nor asked for again, because its association ended while it was written.
	 */
	async landed(ledger: Ledger, by: 'get' | ByMove): Promise<void> {
		const landings =
			by === 'get'
				? [...this.#inHand].flatMap(([landed, whose]) => (whose === ledger ? [landed] : []))
				: [...(by.arrivals?.inHand ?? [])];
		if (landings.length === 0) return;
		await pause(this.#context.settings.clock ?? MONOTONIC, LANDING_MS, NEVER, (wake) => {
			void Promise.all(landings).then(wake);
			return () => {};
		});
	}

	begin(ledger: Ledger): void {
		this.#open.add(ledger);
	}

	end(ledger: Ledger): void {
		if (this.#open.delete(ledger)) this.#settled.push(ledger);
	}

	totals(): Pick<RetrieveOutcome, 'arrived' | 'bytes' | 'strays' | 'unmet'> {
		return { arrived: this.#arrived, bytes: this.#bytes, strays: this.#strays, unmet: [...this.#unmet] };
	}

	#take(event: StoreEvent, current?: Ledger): void {
		if (event.kind === 'stored') this.#stored(event, current);
		else this.#notStored(event, current);
	}

	#stored(event: StoreEvent & { readonly kind: 'stored' }, current: Ledger | undefined): void {
		const { settings, emit, now } = this.#context;
		const ledger = ownerOf(event, this.#open, current);
		const isNew = ledger?.arrive(event, now()) === true;
		this.#unmet.delete(event.sopInstanceUid);
		if (isNew) {
			this.#arrived++;
			this.#bytes += event.bytes;
			settings.journal?.arrived(ledger.unit, event.sopInstanceUid);
		} else if (ledger === undefined) this.#strayed(event);
		const { sopInstanceUid, sopClassUid, transferSyntaxUid, bytes, file, outcome, calling, association } = event;
		emit({
			kind: 'arrived',
			unit: ledger?.index,
			instance: {
				sopInstanceUid,
				sopClassUid,
				transferSyntaxUid,
				studyUid: event.studyInstanceUid,
				seriesUid: event.seriesInstanceUid || seriesOf(sopInstanceUid, ledger),
				bytes,
				outcome,
				calling,
				association,
				...(file === undefined ? {} : { file }),
			},
			arrived: ledger?.arrived.size ?? 0,
			bytes: ledger?.bytes ?? 0,
		});
	}

	/** Told once of either kind. */
	#strayed(event: StoreEvent & { readonly kind: 'stored' }): void {
		this.#strays++;
		if (this.#told.size === 2) return;
		const code = isOfSettled(event, this.#settled) ? 'late-arrival' : 'stray-arrival';
		if (this.#told.has(code)) return;
		this.#told.add(code);
		const what =
			code === 'late-arrival'
				? 'an instance came after the verdict on what it belongs to'
				: 'an instance came that belongs to nothing asked for';
		this.#context.emit({ kind: 'note', code, text: `${what}: ${event.sopInstanceUid}` });
	}

	#notStored(event: StoreEvent & { readonly kind: 'not-stored' }, current: Ledger | undefined): void {
		const traits = { ...event, studyInstanceUid: '', seriesInstanceUid: '' };
		const ledger = ownerOf(traits, this.#open, current);
		ledger?.refuse(event);
		const { sopInstanceUid, sopClassUid, status, error } = event;
		this.#context.emit({
			kind: 'not-stored',
			unit: ledger?.index,
			sopInstanceUid,
			sopClassUid,
			error,
			...(status === undefined ? {} : { status }),
		});
	}
}
