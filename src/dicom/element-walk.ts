/** Finds where the elements of a dataset begin and end in bytes that come in pieces, keeping none of them (PS3.5 7.5). */
import { MAX_NESTING } from './decode.ts';
import type { Layout } from './element-header.ts';
import { ElementHeader, IMPLICIT_LAYOUT, knownVr, shownLayout, UNDEFINED_LENGTH } from './element-header.ts';
import { ITEM, ITEM_DELIMITATION, SEQUENCE_DELIMITATION } from './tags.ts';
import { VRS } from './vr.ts';

/**
 * What the walk came to:
 * - `element`: the header of an element of the dataset has been read, its value comes next
 * - `end`: its value has ended
 * - `more`: the bytes are used up
 * - `lost`: no end can be found for what is here; the walk is over
 */
export type Step = 'element' | 'end' | 'more' | 'lost';

/** What elements stand in where only a delimiter tells the end; what has a length is passed over as a whole. */
interface Level {
	/** `elements` of an item, `items` of a sequence, `fragments` of Pixel Data. */
	readonly holds: 'elements' | 'items' | 'fragments';
	readonly layout: Layout;
}

/** Agrees with `decodeDataset` about where an element of the dataset ends, in whatever pieces the bytes come. */
export class ElementWalk {
	/** The last element of the dataset. */
	tag = 0;
	/** Length of its value field, `UNDEFINED_LENGTH` included. */
	length = 0;
	/** Bytes of its header. */
	headerLength = 0;
	/** Its VR as it is said, UN where it says none that exists; undefined in implicit VR. */
	vr: ElementHeader['vr'] = undefined;
	/** Bytes walked over since the beginning. */
	position = 0;
	#layout: Layout;
	readonly #header = new ElementHeader();
	readonly #scratch = new Uint8Array(12);
	readonly #view = new DataView(this.#scratch.buffer);
	/** Bytes of a header that are there, and how many it takes. */
	#collected = 0;
	#needed = 8;
	/** Bytes of a value that are still to be passed over. */
	#remaining = 0;
	#inElement = false;
	#isFirst = true;
	readonly #levels: Level[] = [];

	constructor(layout: Layout) {
		this.#layout = layout;
	}

	/** How the dataset is laid out; certain from the first `element` on. */
	get layout(): Layout {
		return this.#layout;
	}

	/** Walks over `bytes` from `offset` until something is to be said; `position` has grown by what was walked over. */
	next(bytes: Uint8Array, offset: number): Step {
		let at = offset;
		for (;;) {
			if (this.#remaining > 0) {
				const passed = Math.min(this.#remaining, bytes.length - at);
				this.#remaining -= passed;
				this.position += passed;
				at += passed;
				if (this.#remaining > 0) return 'more';
			}
			if (this.#inElement && this.#levels.length === 0) {
				this.#inElement = false;
				return 'end';
			}
			while (this.#collected < this.#needed) {
				if (at === bytes.length) return 'more';
				this.#scratch[this.#collected++] = bytes[at++] ?? 0;
				this.position++;
			}
			const step = this.#interpret();
			if (step !== undefined) return step;
		}
	}

	/** Bytes that have been walked over and belong to the next header: a view. */
	get ahead(): Uint8Array {
		return this.#scratch.subarray(0, this.#collected);
	}

	/** Bytes of a value that come next. */
	get remaining(): number {
		return this.#remaining;
	}

	/** Walks over bytes that are not shown. @param bytes no more than `remaining` */
	skip(bytes: number): void {
		this.#remaining -= bytes;
		this.position += bytes;
	}

	/** The last element has not ended yet, or something inside of it. */
	get isInside(): boolean {
		return this.#inElement && (this.#remaining > 0 || this.#levels.length > 0);
	}

	/** Makes sense of the header collected; undefined where there is nothing to say about it. */
	#interpret(): Step | undefined {
		if (this.#isFirst) {
			this.#layout = shownLayout(new DataView(this.#scratch.buffer, 0, 8), this.#layout);
			this.#isFirst = false;
		}
		for (;;) {
			const level = this.#levels.at(-1);
			if (level === undefined || level.holds === 'elements') {
				if (!this.#header.read(this.#view, 0, this.#collected, level?.layout ?? this.#layout)) {
					this.#needed = 12;
					return undefined;
				}
				if (this.#header.tag < 0xfffe0000) return this.#element(level);
				if (level === undefined || !ITEM_TAGS.has(this.#header.tag)) {
					// One that says nothing here is passed over.
					return this.#header.length !== 0 || this.#header.tag === ITEM ? 'lost' : this.#pass(0);
				}
				// An item ends by its delimiter, or where that is missing by what follows it.
				this.#levels.pop();
				if (this.#header.tag === ITEM_DELIMITATION) return this.#pass(0);
				continue;
			}
			this.#header.read(this.#view, 0, 8, level.layout.littleEndian ? IMPLICIT_LAYOUT : BIG_ITEM_LAYOUT);
			const { tag, length } = this.#header;
			if (tag === ITEM) {
				if (length !== UNDEFINED_LENGTH) return this.#pass(length);
				if (level.holds === 'fragments') return 'lost';
				this.#levels.push({ holds: 'elements', layout: level.layout });
				return this.#pass(0);
			}
			this.#levels.pop();
			if (tag === SEQUENCE_DELIMITATION) return this.#pass(0);
			// What is no item ends the sequence, and belongs to what is around it.
			if (this.#levels.length === 0) {
				this.#inElement = false;
				return 'end';
			}
		}
	}

	#element(level: Level | undefined): Step | undefined {
		const { tag, vr, length, valueStart } = this.#header;
		if (level === undefined) {
			this.tag = tag;
			this.vr = vr;
			this.length = length;
			this.headerLength = valueStart;
			this.#inElement = true;
		}
		if (length === UNDEFINED_LENGTH) {
			const inside = this.#inside(level?.layout ?? this.#layout);
			if (inside === undefined) return 'lost';
			this.#levels.push(inside);
			this.#pass(0);
		} else this.#pass(length);
		return level === undefined ? 'element' : undefined;
	}

	/** What is inside of the element just met, whose length is undefined; undefined where no end could be found. */
	#inside(layout: Layout): Level | undefined {
		const { tag, vr, strangeVr } = this.#header;
		const isUnknown = vr === VRS.UN;
		const known = vr === undefined ? knownVr(tag, 0) : vr;
		if (known.kind === 'bytes' && known !== VRS.UN) {
			return layout.littleEndian ? { holds: 'fragments', layout } : undefined;
		}
		if (vr !== undefined && !isUnknown && vr !== VRS.SQ) return undefined;
		if (this.#levels.length >= 2 * MAX_NESTING) return undefined;
		return { holds: 'items', layout: isUnknown && strangeVr === '' ? IMPLICIT_LAYOUT : layout };
	}

	#pass(length: number): undefined {
		this.#collected = 0;
		this.#needed = 8;
		this.#remaining = length;
	}
}

const ITEM_TAGS: ReadonlySet<number> = new Set([ITEM, ITEM_DELIMITATION, SEQUENCE_DELIMITATION]);
const BIG_ITEM_LAYOUT: Layout = { explicit: false, littleEndian: false };
