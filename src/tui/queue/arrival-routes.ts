/** Our one receiver among several retrieves: whose an instance is that comes, and where it is put. */
import { uidName } from '../../output/uid-names.ts';
import { Arrivals } from '../../retrieve/arrivals.ts';
import type { ReceiverEvent } from '../../retrieve/receiver.ts';
import type { Keep } from '../../retrieve/receiving.ts';
import type { Unit } from '../../retrieve/unit.ts';
import type { RetrieveChoice } from '../actions.ts';

/** So long after the last retrieve what comes late is still taken. */
const LATE_MS = 120_000;

interface Expecting {
	readonly job: number;
	readonly units: readonly Unit[];
	readonly arrivals: Arrivals;
	readonly place: ArrivalPlace;
}

/** Where what arrives for a retrieve goes, and what of it is taken. */
export interface ArrivalPlace extends Pick<RetrieveChoice, 'folder' | 'exists' | 'accept'> {
	readonly keep: Keep;
}

export class ArrivalRoutes {
	readonly #now: () => number;
	/** The newest last. */
	readonly #expecting: Expecting[] = [];
	/** By which association instances of which retrieve came. */
	readonly #associations = new Map<number, number>();
	/** Calls accepted, calls turned away, connections that became no association, classes that no context was accepted for. */
	#calls = 0;
	#turnedAway = 0;
	#strays = 0;
	readonly #refused = new Set<string>();
	#place: Keep | undefined;
	#freed = Promise.withResolvers<void>();
	#endedAt: number | undefined;

	constructor(now: () => number) {
		this.#now = now;
	}

	/** What this retrieve listens to, from before it begins. */
	expect(job: number, units: readonly Unit[], place: ArrivalPlace): Arrivals {
		const arrivals = new Arrivals();
		this.#expecting.push({ job, units, arrivals, place });
		this.#place = place.keep;
		return arrivals;
	}

	/** One of those that go on takes private classes too. */
	get takesAny(): boolean {
		return this.#expecting.some(({ place }) => place.accept === 'any');
	}

	/** Settles when nothing is expected that goes to another place, or the signal says that it does not matter. */
	async isFree({ folder, exists }: Pick<RetrieveChoice, 'folder' | 'exists'>, signal: AbortSignal): Promise<void> {
		const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
		const isOther = ({ place }: Expecting): boolean => place.folder !== folder || place.exists !== exists;
		while (!signal.aborted && this.#expecting.some(isOther)) await Promise.race([stopped, this.#freed.promise]);
	}

	over(job: number): void {
		const at = this.#expecting.findIndex((one) => one.job === job);
		if (at !== -1) this.#expecting.splice(at, 1);
		for (const [association, owner] of this.#associations) if (owner === job) this.#associations.delete(association);
		this.#endedAt = this.#now();
		this.#freed.resolve();
		this.#freed = Promise.withResolvers();
	}

	/** For our receiver: what nobody has asked for is refused. */
	readonly keep: Keep = (instance, kept) => {
		const isExpected = this.#expecting.length > 0 || this.#now() - (this.#endedAt ?? -LATE_MS) < LATE_MS;
		if (this.#place === undefined || !isExpected) return { refusal: 0x0124, errorComment: 'nothing was asked for' };
		// Signs of life go to all: whose it is shows when it is here.
		const place = this.#expecting.reduce<Keep>((inner, { arrivals }) => arrivals.watching(inner), this.#place);
		return place(instance, kept);
	};

	get seen(): {
		readonly calls: number;
		readonly turnedAway: number;
		readonly strays: number;
		readonly refusedClasses: readonly string[];
	} {
		const refusedClasses = [...this.#refused];
		return { calls: this.#calls, turnedAway: this.#turnedAway, strays: this.#strays, refusedClasses };
	}

	push(event: ReceiverEvent): void {
		if (event.kind === 'rejected') this.#turnedAway++;
		if (event.kind === 'no-association') this.#strays++;
		if (event.kind === 'called') {
			this.#calls++;
			for (const { abstractSyntax } of event.refused) this.#refused.add(uidName(abstractSyntax));
		}
		if (event.kind === 'stored' || event.kind === 'not-stored') {
			const owner = this.#ownerOf(event);
			if (owner === undefined) return;
			this.#associations.set(event.association, owner.job);
			owner.arrivals.push(event);
			return;
		}
		if (event.kind === 'ended') this.#associations.delete(event.association);
		for (const { arrivals } of this.#expecting) arrivals.push(event);
	}

	#ownerOf(event: ReceiverEvent & { readonly kind: 'stored' | 'not-stored' }): Expecting | undefined {
		const study = event.kind === 'stored' ? event.studyInstanceUid : '';
		const series = event.kind === 'stored' ? event.seriesInstanceUid : '';
		const possible = this.#expecting.filter(({ units }) =>
			units.some((unit) => isOf(unit, event.sopInstanceUid, study, series)),
		);
		const before = this.#associations.get(event.association);
		return (
			possible.find(({ units }) => study !== '' && units.some(({ studyUid }) => holds(studyUid, study))) ??
			possible.find(({ job }) => job === before) ??
			possible[0]
		);
	}
}

const holds = (uids: string | undefined, uid: string): boolean => uids?.split('\\').includes(uid) === true;

/** It is not known to be of another. */
const isOf = ({ studyUid, seriesUid, sopUids }: Unit, sop: string, study: string, series: string): boolean =>
	(studyUid === undefined || study === '' || holds(studyUid, study)) &&
	(seriesUid === undefined || series === '' || holds(seriesUid, series)) &&
	(sopUids === undefined || sopUids.includes(sop));
