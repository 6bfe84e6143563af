/** Whether a dataset that comes in pieces has as many bytes as its Pixel Data announces (PS3.5 8). */
import { UNDEFINED_LENGTH } from '../../dicom/element-header.ts';
import { ElementWalk } from '../../dicom/element-walk.ts';
import { printedTag } from '../../dicom/tags.ts';
import { transferSyntax } from '../../dicom/transfer-syntaxes.ts';

/** Float Pixel Data, Double Float Pixel Data, Pixel Data. */
const PIXEL_DATA: readonly number[] = [0x7fe00008, 0x7fe00009, 0x7fe00010];
const LAST_PIXEL_DATA = 0x7fe00010;

/**
 * Looks no further than the header of Pixel Data: what stands behind it may be anything. Encapsulated Pixel Data announces nothing, and
 * deflated and private transfer syntaxes are not looked into.
 */
export class PixelDataEnd {
	readonly #walk: ElementWalk | undefined;
	#length = 0;
	#isFound: boolean;
	#tag = 0;
	/** Where Pixel Data ends if all of it comes. */
	#announced = 0;

	constructor(transferSyntaxUid: string) {
		const syntax = transferSyntax(transferSyntaxUid);
		this.#isFound = syntax === undefined || syntax.deflated;
		if (syntax !== undefined && !syntax.deflated)
			this.#walk = new ElementWalk({ explicit: syntax.explicit, littleEndian: !syntax.bigEndian });
	}

	/** Takes the next bytes of the dataset; keeps none. */
	push(bytes: Uint8Array): void {
		if (!this.#isFound) this.#find(bytes);
		this.#length += bytes.length;
	}

	#find(bytes: Uint8Array): void {
		const walk = this.#walk;
		while (walk !== undefined) {
			const step = walk.next(bytes, walk.position - this.#length);
			if (step === 'more') return;
			if (step === 'end') continue;
			if (step === 'element' && walk.tag < LAST_PIXEL_DATA && !PIXEL_DATA.includes(walk.tag)) continue;
			this.#isFound = true;
			if (step === 'lost' || !PIXEL_DATA.includes(walk.tag) || walk.length === UNDEFINED_LENGTH) return;
			this.#tag = walk.tag;
			this.#announced = walk.position + walk.length;
			return;
		}
	}

	/** So many bytes are all there are, though they do not come here. */
	endsAt(length: number): void {
		this.#length = length;
	}

	/** What is wrong, where all bytes have come and are fewer than announced; for the peer. */
	get shortfall(): string | undefined {
		return this.#length < this.#announced ? `the dataset ends within ${printedTag(this.#tag)}` : undefined;
	}
}
