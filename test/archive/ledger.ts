/** What store-loop.ts says it stored, held against what is there after it was killed. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Archive } from '../../src/archive/archive.ts';
import type { Durability } from '../../src/archive/files/instance-writer.ts';
import { bytesOf, contentsOf, datasetOf } from './archive-fixture.ts';

interface Version {
	readonly fill: number;
	/** In lines. */
	readonly begunAt: number;
	storedAt?: number;
}

export interface Losses {
	readonly acknowledged: number;
	/** Acknowledged, and not there or not as they were. */
	readonly lost: readonly string[];
	/** There, and not as anybody sent them. */
	readonly torn: readonly string[];
}

export class Ledger {
	/** Of each instance what may be there: the last that was acknowledged, and what was begun since. */
	readonly #versions = new Map<string, Version[]>();
	#lines = 0;
	#rest = '';
	/** Acknowledgements, replacements too. */
	acknowledgements = 0;

	get begun(): number {
		return this.#versions.size;
	}

	/** For the next process: its first line follows no half one. */
	newProcess(): void {
		this.#rest = '';
	}

	hear(text: string): void {
		const lines = (this.#rest + text).split('\n');
		this.#rest = lines.pop() ?? '';
		for (const line of lines) {
			const [what = '', sop = '', fill = ''] = line.split(' ');
			this.#lines++;
			if (what === 'begun') this.#begin(sop, Number(fill));
			else this.#end(sop, Number(fill));
		}
	}

	#begin(sop: string, fill: number): void {
		const versions = this.#versions.get(sop) ?? [];
		versions.push({ fill, begunAt: this.#lines });
		this.#versions.set(sop, versions);
	}

	#end(sop: string, fill: number): void {
		const versions = this.#versions.get(sop) ?? [];
		const version = versions.findLast((one) => one.fill === fill && one.storedAt === undefined);
		if (version === undefined) throw new Error(`${sop} ${fill} was acknowledged and never begun`);
		version.storedAt = this.#lines;
		this.acknowledgements++;
		// What was acknowledged before this one was begun is replaced.
		const remaining = versions.filter(({ storedAt }) => storedAt === undefined || storedAt >= version.begunAt);
		this.#versions.set(sop, remaining);
	}

	async check(archive: Archive): Promise<Losses> {
		const lost: string[] = [];
		const torn: string[] = [];
		let acknowledged = 0;
		const all = [...this.#versions];
		for (let at = 0; at < all.length; at += 500) {
			const some = all.slice(at, at + 500);
			const contents = await contentsOf(
				archive,
				some.map(([sop]) => sop),
			);
			for (const [sop, versions] of some) {
				const found = contents.get(sop);
				const isOne = found instanceof Uint8Array && versions.some(({ fill }) => isVersion(sop, fill, found));
				if (found !== undefined && !isOne) torn.push(sop);
				if (!versions.some(({ storedAt }) => storedAt !== undefined)) continue;
				acknowledged++;
				if (!isOne) lost.push(sop);
			}
		}
		return { acknowledged, lost, torn };
	}
}

/** As store-loop.ts makes them. */
export const loopInstance = (number: number, fill: number) => ({
	sop: `1.2.${number}`,
	study: `1.9.${number >> 4}`,
	series: `1.9.${number >> 4}.1`,
	fill,
	bytes: 500 + (number % 7) * 9000,
});

const isVersion = (sop: string, fill: number, bytes: Uint8Array): boolean =>
	Buffer.compare(bytes, bytesOf(datasetOf(loopInstance(Number(sop.slice(4)), fill)))) === 0;

export type StoreLoop = ChildProcessByStdio<null, Readable, null>;

/** @param first number of instances so far */
export const startLoop = (folder: string, durability: Durability, lanes: number, first: number): StoreLoop =>
	spawn(
		process.execPath,
		[new URL('./store-loop.ts', import.meta.url).pathname, folder, durability, String(lanes), String(first)],
		{ stdio: ['ignore', 'pipe', 'inherit'] },
	);

/** Hears the loop until so many stores are acknowledged. @throws where it ends before */
export const heardUntil = (loop: StoreLoop, ledger: Ledger, acknowledgements: number): Promise<void> =>
	new Promise((resolve, reject) => {
		loop.stdout.setEncoding('utf8').on('data', (text: string) => {
			ledger.hear(text);
			if (ledger.acknowledgements >= acknowledgements) resolve();
		});
		loop.on('close', (status, signal) => reject(new Error(`the loop ended: ${status ?? signal}`)));
	});

/** The same every time: mulberry32. */
export const randomFrom = (seed: number): (() => number) => {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
};
