/** Answers kept as the bytes that came, 400 a row instead of 3000: they are datasets to who looks at them, decoded then, the last ones remembered. */
import type { Dataset } from '../../dicom/dataset.ts';
import { decodeDataset } from '../../dicom/decode.ts';
import type { Row } from './browse-state.ts';

/** Slabs of bytes double from the first size to the second. */
const FIRST_SLAB_BYTES = 4 * 1024;
const SLAB_BYTES = 256 * 1024;
/** As many as a screen shows, several times. */
const REMEMBERED = 160;

interface Place {
	readonly slab: Slab;
	readonly start: number;
	readonly end: number;
}

interface Slab {
	readonly rows: KeptRows;
	readonly bytes: Buffer;
}

/** Behind a dataset. */
interface Words {
	readonly encoding: 'latin1' | 'utf8';
	readonly uidAt: number;
	readonly end: number;
}

export class KeptRows {
	readonly node: string;
	readonly #transferSyntax: string;
	readonly #options: { readonly characterSet?: readonly string[] };
	readonly #decoded = new Map<Place, Dataset>();
	readonly #handler: ProxyHandler<Place>;
	#slab: Slab = { rows: this, bytes: Buffer.alloc(0) };
	#used = 0;
	#bytes = 0;

	/** @param characterSet in which all text is read, whatever it says. @param node that answers */
	constructor(transferSyntax: string, characterSet: readonly string[] | undefined, node = '') {
		this.node = node;
		this.#transferSyntax = transferSyntax;
		this.#options = characterSet === undefined ? {} : { characterSet };
		this.#handler = {
			get: (place, tag) => (typeof tag === 'string' ? this.datasetOf(place)[tag] : undefined),
			has: (place, tag) => tag in this.datasetOf(place),
			ownKeys: (place) => Object.keys(this.datasetOf(place)),
			getOwnPropertyDescriptor: (place, tag) => {
				const value = typeof tag === 'string' ? this.datasetOf(place)[tag] : undefined;
				return value === undefined ? undefined : { value, enumerable: true, configurable: true, writable: false };
			},
			set: () => false,
			deleteProperty: () => false,
		};
	}

	/** All that was kept, in bytes. */
	get bytes(): number {
		return this.#bytes;
	}

	/** @param bytes of one dataset; they are copied */
	keep(bytes: Uint8Array): Dataset {
		const slab = this.#slabFor(bytes.length);
		const start = this.#taken(bytes.length);
		slab.bytes.set(bytes, start);
		const place: Place = { slab, start, end: start + bytes.length };
		return new Proxy(place, this.#handler) as unknown as Dataset;
	}

	/** The same as a row, whose words lie behind it. @param row what of it was found when it was decoded; its UID ends its words */
	keepRow(
		bytes: Uint8Array,
		row: { readonly uid: string; readonly words: string; readonly doubtful: boolean },
	): KeptRow {
		const wordsBytes = Buffer.byteLength(row.words);
		// Most are ASCII, which is read twice as fast.
		const encoding = wordsBytes === row.words.length ? 'latin1' : 'utf8';
		const length = bytes.length + wordsBytes;
		const slab = this.#slabFor(length);
		const start = this.#taken(length);
		const end = start + bytes.length;
		slab.bytes.set(bytes, start);
		slab.bytes.write(row.words, end, encoding);
		const uidAt = start + length - Buffer.byteLength(row.uid);
		return new KeptRow({ slab, start, end }, { encoding, uidAt, end: start + length }, row.doubtful);
	}

	#slabFor(length: number): Slab {
		const { bytes } = this.#slab;
		if (bytes.length - this.#used < length) {
			const wanted = Math.min(SLAB_BYTES, Math.max(FIRST_SLAB_BYTES, 2 * bytes.length));
			this.#slab = { rows: this, bytes: Buffer.allocUnsafeSlow(Math.max(wanted, length)) };
			this.#used = 0;
		}
		return this.#slab;
	}

	#taken(length: number): number {
		const start = this.#used;
		this.#used += length;
		this.#bytes += length;
		return start;
	}

	/** Decoded, unless it was one of the last. */
	datasetOf(place: Place): Dataset {
		const known = this.#decoded.get(place);
		if (known !== undefined) return known;
		const { slab, start, end } = place;
		// A view that is no Buffer, whose slice would not be a copy.
		const bytes = new Uint8Array(slab.bytes.buffer, slab.bytes.byteOffset + start, end - start);
		const { dataset } = decodeDataset(bytes, this.#transferSyntax, this.#options);
		if (this.#decoded.size >= REMEMBERED) {
			const oldest = this.#decoded.keys().next().value;
			if (oldest !== undefined) this.#decoded.delete(oldest);
		}
		this.#decoded.set(place, dataset);
		return dataset;
	}
}

/** One of a hundred thousand: where its bytes are. */
export class KeptRow implements Row, Place {
	readonly slab: Slab;
	readonly start: number;
	readonly end: number;
	readonly doubtful: boolean;
	declare readonly retrieve?: NonNullable<Row['retrieve']>;
	declare readonly percent?: number;
	declare readonly isNew?: boolean;
	readonly #encoding: Words['encoding'];
	readonly #uidAt: number;
	readonly #wordsEnd: number;

	constructor({ slab, start, end }: Place, words: Words, doubtful: boolean) {
		this.slab = slab;
		this.start = start;
		this.end = end;
		this.doubtful = doubtful;
		this.#encoding = words.encoding;
		this.#uidAt = words.uidAt;
		this.#wordsEnd = words.end;
	}

	get node(): string {
		return this.slab.rows.node;
	}

	get dataset(): Dataset {
		return this.slab.rows.datasetOf(this);
	}

	get uid(): string {
		return this.slab.bytes.toString(this.#encoding, this.#uidAt, this.#wordsEnd);
	}

	get words(): string {
		return this.slab.bytes.toString(this.#encoding, this.end, this.#wordsEnd);
	}

	/** Another of the same, without what was added to this one. */
	copy(): KeptRow {
		const words = { encoding: this.#encoding, uidAt: this.#uidAt, end: this.#wordsEnd };
		return new KeptRow(this, words, this.doubtful);
	}
}
