/** Whether a dataset that comes in pieces ends where one of its elements ends (PS3.5 7.1, 7.5). */
import { UNDEFINED_LENGTH } from '../../dicom/element-header.ts';
import { ElementWalk } from '../../dicom/element-walk.ts';
import { printedTag } from '../../dicom/tags.ts';
import { transferSyntax } from '../../dicom/transfer-syntaxes.ts';

const PIXEL_DATA = 0x7fe00010;
const DATA_SET_TRAILING_PADDING = 0xfffcfffc;

/**
 * Behind Pixel Data there may be anything: padding, and what is no element is not judged there. Nor is what no end can be found for;
 * deflated and private transfer syntaxes are not looked into.
 */
export class DatasetEnd {
	readonly #walk: ElementWalk | undefined;
	#length = 0;
	#tag = -1;
	/** Nothing that follows is judged. */
	#isOver: boolean;

	constructor(transferSyntaxUid: string) {
		const syntax = transferSyntax(transferSyntaxUid);
		this.#isOver = syntax === undefined || syntax.deflated;
		if (syntax !== undefined && !syntax.deflated)
			this.#walk = new ElementWalk({ explicit: syntax.explicit, littleEndian: !syntax.bigEndian });
	}

	/** Takes the next bytes of the dataset; keeps none. */
	push(bytes: Uint8Array): void {
		const begin = this.#length;
		this.#length += bytes.length;
		const walk = this.#walk;
		while (walk !== undefined && !this.#isOver) {
			const step = walk.next(bytes, walk.position - begin);
			if (step === 'more') return;
			if (step === 'end') continue;
			this.#isOver = step === 'lost' || this.#isBehind(walk.tag);
			this.#tag = walk.tag;
		}
	}

	/** So many bytes may be left out with `skip`: they are in the middle of a value. Infinite where nothing is looked at any more. */
	get idle(): number {
		return this.#isOver || this.#walk === undefined ? Number.POSITIVE_INFINITY : this.#walk.remaining;
	}

	/** @param length bytes that do not come here, no more than `idle` */
	skip(length: number): void {
		this.#length += length;
		if (!this.#isOver) this.#walk?.skip(length);
	}

	/** It is within Pixel Data whose fragments have to be counted. */
	get isEncapsulated(): boolean {
		return this.#tag === PIXEL_DATA && this.#walk?.length === UNDEFINED_LENGTH && this.#walk.isInside;
	}

	/** What is wrong, where all bytes have come and more are announced; for the peer. */
	get shortfall(): string | undefined {
		const walk = this.#walk;
		if (walk === undefined || this.#isOver) return undefined;
		if (walk.isInside) return `the dataset ends within ${printedTag(walk.tag)}`;
		const { ahead } = walk;
		// In big endian the first byte of nearly every element is 0.
		const isZero = ahead.every((byte) => byte === 0) && (ahead.length !== 1 || walk.layout.littleEndian);
		return isZero || this.#tag >= PIXEL_DATA ? undefined : 'the dataset ends within the header of an element';
	}

	#isBehind(tag: number): boolean {
		return this.#tag >= PIXEL_DATA && (tag <= this.#tag || tag === DATA_SET_TRAILING_PADDING);
	}
}
