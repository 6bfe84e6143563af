/** The identifier of a C-FIND, C-GET or C-MOVE request as it came, or why it cannot be used (PS3.4 C.4). */
import type { IncomingRequest } from '../association/incoming.ts';
import type { Dataset } from '../dicom/dataset.ts';
import { decodeDataset } from '../dicom/decode.ts';
import { DicomError } from '../errors.ts';
import type { Refusal } from './refusal.ts';

/** An identifier longer than this is refused. */
const MAX_IDENTIFIER_BYTES = 1_048_576;
/** A deflated one may become so long. */
const MAX_INFLATED_BYTES = 16_777_216;
const MAX_ELEMENTS = 100_000;

/**
 * Reads the identifier to its end. What can be read in spite of flaws (odd lengths, say) is taken.
 *
 * @throws DicomError that ended the association
 */
export const requestIdentifier = async ({
	dataset,
	context,
	association,
}: IncomingRequest): Promise<{ readonly identifier: Dataset } | { readonly refusal: Refusal }> => {
	if (dataset === undefined)
		return { refusal: { status: 0xa900, errorComment: 'no identifier', offendingElements: ['00000800'] } };
	let bytes: Uint8Array;
	try {
		bytes = await dataset.collect(MAX_IDENTIFIER_BYTES);
	} catch (error) {
		if (!association.isOpen || !(error instanceof DicomError)) throw error;
		return { refusal: { status: 0xa900, errorComment: `identifier of over ${MAX_IDENTIFIER_BYTES} bytes` } };
	}
	const decoded = decodeDataset(bytes, context.transferSyntax, {
		maxInflatedBytes: MAX_INFLATED_BYTES,
		maxElements: MAX_ELEMENTS,
	});
	return decoded.loss === undefined ? { identifier: decoded.dataset } : { refusal: unreadable(decoded.loss) };
};

const unreadable = (problem: string): Refusal => {
	const [, group = '', element = ''] = /\(([0-9A-F]{4}),([0-9A-F]{4})\)/.exec(problem) ?? [];
	return {
		status: 0xa900,
		// What is done about it concerns who reads on.
		errorComment: `identifier: ${problem.replace(/;.*/, '')}`,
		...(group === '' ? {} : { offendingElements: [group + element] }),
	};
};
