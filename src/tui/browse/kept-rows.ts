/** Answers kept as the bytes that came, 400 a row instead of 3000: they are datasets to who looks at them, decoded then, the last ones remembered. */
import type { Dataset } from '../../dicom/dataset.ts';
import { decodeDataset } from '../../dicom/decode.ts';

/** Slabs of bytes double from the first size to the second. */
const FIRST_SLAB_BYTES = 4 * 1024;
const SLAB_BYTES = 256 * 1024;
/** As many as a screen shows, several times. */
const REMEMBERED = 160;

interface Place {
	readonly slab: Uint8Array;
	readonly start: number;
	readonly end: number;
}

export class KeptRows {
	readonly #transferSyntax: string;
	readonly #options: { readonly characterSet?: readonly string[] };
	readonly #decoded = new Map<Place, Dataset>();
	readonly #handler: ProxyHandler<Place>;
	#slab = new Uint8Array(0);
	#used = 0;
	#bytes = 0;

	/** @param characterSet in which all text is read, whatever it says */
	constructor(transferSyntax: string, characterSet: readonly string[] | undefined) {
		this.#transferSyntax = transferSyntax;
		this.#options = characterSet === undefined ? {} : { characterSet };
		this.#handler = {
			get: (place, tag) => (typeof tag === 'string' ? this.#datasetOf(place)[tag] : undefined),
			has: (place, tag) => tag in this.#datasetOf(place),
			ownKeys: (place) => Object.keys(this.#datasetOf(place)),
			getOwnPropertyDescriptor: (place, tag) => {
				const value = typeof tag === 'string' ? this.#datasetOf(place)[tag] : undefined;
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
		if (this.#slab.length - this.#used < bytes.length) {
			const wanted = Math.min(SLAB_BYTES, Math.max(FIRST_SLAB_BYTES, 2 * this.#slab.length));
			this.#slab = new Uint8Array(Math.max(wanted, bytes.length));
			this.#used = 0;
		}
		const start = this.#used;
		this.#slab.set(bytes, start);
		this.#used += bytes.length;
		this.#bytes += bytes.length;
		const place: Place = { slab: this.#slab, start, end: this.#used };
		return new Proxy(place, this.#handler) as unknown as Dataset;
	}

	#datasetOf(place: Place): Dataset {
		const known = this.#decoded.get(place);
		if (known !== undefined) return known;
		const { slab, start, end } = place;
		const { dataset } = decodeDataset(slab.subarray(start, end), this.#transferSyntax, this.#options);
		if (this.#decoded.size >= REMEMBERED) {
			const oldest = this.#decoded.keys().next().value;
			if (oldest !== undefined) this.#decoded.delete(oldest);
		}
		this.#decoded.set(place, dataset);
		return dataset;
	}
}
