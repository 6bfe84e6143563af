/** Reads the header of an instance from its bytes as they come, up to a tag, without keeping bulk data (PS3.5 7). */
import type { Dataset } from './dataset.ts';
import type { Decoded } from './decode.ts';
import { decodeDataset } from './decode.ts';
import { UNDEFINED_LENGTH } from './element-header.ts';
import { ElementWalk } from './element-walk.ts';
import { inflated } from './inflate.ts';
import { tagNumber, tagText } from './tags.ts';
import type { TransferSyntax } from './transfer-syntaxes.ts';
import { EXPLICIT_LITTLE, layoutOf } from './transfer-syntaxes.ts';

export interface HeaderReaderOptions {
	/** Of the dataset. */
	readonly transferSyntaxUid: string;
	/** Stop before the first element with this tag or a higher one; before Pixel Data and its tables unless said. */
	readonly untilTag?: string;
	/** So much of the dataset is kept at most, 1 MiB unless said. */
	readonly maxBytes?: number;
	/** Elements, sequences too, whose values are longer are passed over; 64 KiB unless said. */
	readonly maxValueBytes?: number;
}

/** Extended Offset Table (7FE0,0001): the first element that belongs to Pixel Data. */
const PIXEL_DATA_GROUP = '7FE00001';
const MAX_BYTES = 1024 * 1024;
const MAX_VALUE_BYTES = 64 * 1024;
const MAX_ELEMENTS = 100_000;
/** What is inflated of a deflated dataset at most, to find a header in it. */
const MAX_INFLATED_BYTES = 16 * 1024 * 1024;

/**
 * Push the bytes of a dataset, without its file meta information, in pieces of any size until it says `done` or there are no
 * more; then ask for the dataset. Bytes pushed are copied as far as they are kept; memory stays within a few times `maxBytes`
 * whatever they are, and how they are cut makes no difference. Never throws.
 */
export class HeaderReader {
	readonly #reader: PlainHeader | DeflatedHeader;

	constructor(options: HeaderReaderOptions) {
		const syntax = layoutOf(options.transferSyntaxUid);
		this.#reader = syntax.deflated ? new DeflatedHeader(options) : new PlainHeader(options, syntax);
	}

	push(bytes: Uint8Array): 'more' | 'done' {
		this.#reader.push(bytes);
		return this.#reader.isDone ? 'done' : 'more';
	}

	/** What has been read so far. Its elements are views of bytes of the reader. */
	get dataset(): Dataset {
		return this.#reader.result().dataset;
	}

	get problems(): readonly string[] {
		return this.#reader.result().problems;
	}

	/** Bytes of the header, up to the element that reading stopped at; of a deflated dataset those that were looked at. */
	get bytesRead(): number {
		return this.#reader.bytesRead;
	}

	/** Tags of elements that were longer than `maxValueBytes`, and are not in the dataset. */
	get passedOver(): readonly string[] {
		return this.#reader.result().passedOver;
	}
}

interface Result extends Pick<Decoded, 'dataset' | 'problems'> {
	readonly passedOver: readonly string[];
}

const NOTHING: Uint8Array = new Uint8Array(0);

const ROOM_BYTES = 1024;
let rooms = new Uint8Array(64 * ROOM_BYTES);
let roomsGiven = 0;

/** Room for a header that is short; many share an allocation, which costs more than all else of a small instance. */
const firstRoom = (): Uint8Array => {
	if (roomsGiven === rooms.length) {
		rooms = new Uint8Array(rooms.length);
		roomsGiven = 0;
	}
	roomsGiven += ROOM_BYTES;
	return rooms.subarray(roomsGiven - ROOM_BYTES, roomsGiven);
};

/** An element's own header, and one that has been met behind it. */
const LONGEST_HEADERS = 20;

/** The header of a dataset that is not deflated. */
class PlainHeader {
	isDone = false;
	bytesRead = 0;
	readonly #syntaxUid: string;
	readonly #untilTag: number;
	readonly #maxBytes: number;
	readonly #maxValueBytes: number;
	readonly #walk: ElementWalk;
	/** How much of what has been pushed is kept; the last of it may still be in the chunk. */
	#keptLength = 0;
	#kept = firstRoom();
	#copiedLength = 0;
	/** What is being pushed, and from where on nothing of it has been copied. */
	#chunk = NOTHING;
	#copiedUpTo = 0;
	/** Where in the kept bytes the element begins that is being read. */
	#elementStart = 0;
	#isPassingOver = false;
	readonly #passedOver: string[] = [];
	#isTooLong = false;
	#result: Result | undefined;

	constructor(options: HeaderReaderOptions, syntax: TransferSyntax) {
		this.#syntaxUid = syntax.uid;
		this.#untilTag = tagNumber(options.untilTag ?? PIXEL_DATA_GROUP);
		this.#maxBytes = options.maxBytes ?? MAX_BYTES;
		this.#maxValueBytes = options.maxValueBytes ?? MAX_VALUE_BYTES;
		this.#walk = new ElementWalk({ explicit: syntax.explicit, littleEndian: !syntax.bigEndian });
	}

	result(): Result {
		this.#result ??= this.#decoded();
		return this.#result;
	}

	#decoded(): Result {
		// Until it is done a copy, so that the dataset stays what it is when more is pushed.
		const bytes = this.isDone ? this.#kept.subarray(0, this.#keptLength) : this.#kept.slice(0, this.#keptLength);
		const { dataset, problems } = decodeDataset(bytes, this.#syntaxUid, { maxElements: MAX_ELEMENTS });
		const tooLong = this.#isTooLong ? [`the header is longer than ${this.#maxBytes} bytes`] : [];
		return { dataset, problems: [...problems, ...tooLong], passedOver: [...this.#passedOver] };
	}

	push(bytes: Uint8Array): void {
		const walk = this.#walk;
		const base = walk.position;
		this.#result = undefined;
		this.#chunk = bytes;
		this.#copiedUpTo = 0;
		while (!this.isDone) {
			const from = walk.position;
			const step = walk.next(bytes, from - base);
			this.bytesRead = walk.position;
			if (!this.#isPassingOver) {
				this.#keptLength += walk.position - from;
				if (this.#keptLength - this.#elementStart > this.#maxValueBytes + LONGEST_HEADERS) this.#passOver();
			}
			if (step === 'more') break;
			if (step === 'lost') this.isDone = true;
			else if (step === 'end') this.#endElement(walk.position - base);
			else this.#beginElement();
		}
		if (!this.#isPassingOver) this.#copy(this.#keptLength);
		this.#chunk = NOTHING;
	}

	#beginElement(): void {
		const { tag, length, headerLength } = this.#walk;
		if (tag >= this.#untilTag) {
			this.bytesRead -= headerLength;
			this.#stop();
		} else if (length !== UNDEFINED_LENGTH && length > this.#maxValueBytes && !this.#isPassingOver) this.#passOver();
	}

	/** @param at where in the chunk the walk is */
	#endElement(at: number): void {
		const { ahead } = this.#walk;
		if (this.#isPassingOver) {
			// Of the next element nothing has been kept but what the walk holds.
			this.#isPassingOver = false;
			this.#copiedUpTo = at;
			this.#append(ahead);
			this.#keptLength = this.#copiedLength;
		}
		const end = this.#keptLength - ahead.length;
		if (end <= this.#maxBytes) {
			this.#elementStart = end;
			return;
		}
		this.#isTooLong = true;
		this.#stop();
	}

	/** Ends the header before the element that is being read. */
	#stop(): void {
		this.#keptLength = this.#elementStart;
		this.isDone = true;
	}

	/** Forgets the element that is being read. */
	#passOver(): void {
		this.#keptLength = this.#elementStart;
		this.#copy(this.#keptLength);
		this.#isPassingOver = true;
		this.#passedOver.push(tagText(this.#walk.tag));
	}

	/** Copies out of the chunk what is to be kept and is not yet, or forgets what was copied and is not to be kept. */
	#copy(length: number): void {
		const missing = length - this.#copiedLength;
		if (missing > 0) {
			this.#append(this.#chunk.subarray(this.#copiedUpTo, this.#copiedUpTo + missing));
			this.#copiedUpTo += missing;
		} else this.#copiedLength = length;
	}

	#append(bytes: Uint8Array): void {
		const length = this.#copiedLength + bytes.length;
		if (length > this.#kept.length) {
			const grown = new Uint8Array(Math.max(2 * this.#kept.length, length));
			grown.set(this.#kept.subarray(0, this.#copiedLength));
			this.#kept = grown;
		}
		this.#kept.set(bytes, this.#copiedLength);
		this.#copiedLength = length;
	}
}

/**
 * The header of a deflated dataset. There is no inflating piece by piece without promises, so what has come is inflated from
 * its beginning each time it has doubled.
 */
class DeflatedHeader {
	isDone = false;
	bytesRead = 0;
	readonly #options: HeaderReaderOptions;
	readonly #maxBytes: number;
	#kept = new Uint8Array(4096);
	#reader: PlainHeader | undefined;
	#problem: string | undefined;

	constructor(options: HeaderReaderOptions) {
		this.#options = options;
		this.#maxBytes = options.maxBytes ?? MAX_BYTES;
	}

	push(bytes: Uint8Array): void {
		let rest = bytes;
		while (rest.length > 0 && !this.isDone) {
			const piece = rest.subarray(0, this.#kept.length - this.bytesRead);
			rest = rest.subarray(piece.length);
			this.#kept.set(piece, this.bytesRead);
			this.bytesRead += piece.length;
			this.#reader = undefined;
			if (this.bytesRead === this.#kept.length) this.#look();
		}
	}

	result(): Result {
		this.#reader ??= this.#inflatedReader();
		const result = this.#reader.result();
		return this.#problem === undefined ? result : { ...result, problems: [this.#problem, ...result.problems] };
	}

	/** Sees whether the header is all there; otherwise makes room for as much again. */
	#look(): void {
		this.#reader = this.#inflatedReader();
		this.isDone = this.#reader.isDone || this.#problem !== undefined || this.#kept.length >= this.#maxBytes;
		if (this.isDone) return;
		const grown = new Uint8Array(2 * this.#kept.length);
		grown.set(this.#kept);
		this.#kept = grown;
	}

	#inflatedReader(): PlainHeader {
		const { bytes, problem } = inflated(this.#kept.subarray(0, this.bytesRead), MAX_INFLATED_BYTES);
		this.#problem = problem;
		const reader = new PlainHeader(this.#options, layoutOf(EXPLICIT_LITTLE));
		reader.push(bytes);
		return reader;
	}
}
