/** C-FIND as SCP (PS3.4 C.4.1.3, K.4.1.3, CC.2.8.3): what `search` yields goes out as pending responses, then the final one. */
import type { IncomingRequest } from '../association/incoming.ts';
import { type Dataset, plainDataset } from '../dicom/dataset.ts';
import { encodeDataset } from '../dicom/encode.ts';
import { TAG } from '../dicom/tags.ts';
import type { CFindRq, CFindRsp } from '../dimse/messages.ts';
import { DicomError } from '../errors.ts';
import type { Refusal } from './refusal.ts';
import { type Access, refuse, unfitness } from './request-checks.ts';
import { requestIdentifier } from './request-identifier.ts';

interface Match {
	readonly match: Dataset;
	/** 0xFF01 where optional keys were not supported. */
	readonly status?: 0xff00 | 0xff01;
	/** `match` as bytes, for less than encoding it costs; undefined where it has to be encoded. */
	encode?(transferSyntaxUid: string): Uint8Array | undefined;
}

/** The matches of an identifier. Yielding a refusal ends the query with it. */
export type Search = (
	identifier: Dataset,
	request: { readonly sopClassUid: string; readonly signal: AbortSignal },
) => AsyncIterable<Match | { readonly refusal: Refusal }>;

/** What an operator may see of one C-FIND; `ended` is the last. */
export interface FindOptions extends Access {
	/** `status` is the final one; none where the requester was gone before it. `error` is what `search` threw: it is told to nobody else. */
	readonly ended?: (end: FindEnd) => void;
}

export interface FindEnd {
	readonly matches: number;
	readonly status?: number;
	readonly errorComment?: string;
	readonly error?: unknown;
}

/** The search failed; PS3.4 Table C.4-1 leaves the digits behind C to us. */
const SEARCH_FAILED = 0xc001;
const CANNOT_ENCODE = 0xc002;

/**
 * Answers a C-FIND-RQ; a C-CANCEL-RQ stops it between two matches. Whatever the identifier is and whatever the search throws, the answer
 * is a status and the association goes on.
 */
export const answerFind = async (
	request: IncomingRequest<CFindRq>,
	search: Search,
	options: FindOptions = {},
): Promise<void> => {
	const { message, context, signal } = request;
	let matches = 0;
	const isGone = (): boolean => !request.association.isOpen || (signal.aborted && signal.reason !== 'C-CANCEL-RQ');
	const final = async (refusal: Refusal, error?: unknown): Promise<void> => {
		const { status, errorComment } = refusal;
		await request.respond(response(message, refusal));
		options.ended?.({
			matches,
			status,
			...(errorComment === undefined ? {} : { errorComment }),
			...(error === undefined ? {} : { error }),
		});
	};
	const unfit = unfitness(request, options);
	if (unfit !== undefined) {
		await refuse(request, unfit);
		options.ended?.({ matches, ...unfit });
		return;
	}
	// One value for each status: they are encoded once, not once a match.
	const matching = response(message, { status: 0xff00 }, true);
	const matchingInPart = response(message, { status: 0xff01 }, true);
	try {
		const asked = await requestIdentifier(request);
		if ('refusal' in asked) return await final(asked.refusal);
		const { affectedSopClassUid: sopClassUid } = message;
		for await (const found of search(asked.identifier, { sopClassUid, signal })) {
			if (signal.aborted) break;
			if ('refusal' in found) return await final(found.refusal);
			const pending = found.status === 0xff01 ? matchingInPart : matching;
			const { transferSyntax } = context;
			await request.respond(pending, found.encode?.(transferSyntax) ?? encoded(found.match, transferSyntax));
			matches++;
		}
		if (isGone()) options.ended?.({ matches });
		else await final({ status: signal.aborted ? 0xfe00 : 0x0000 });
	} catch (error) {
		if (isGone()) {
			options.ended?.({ matches });
			return;
		}
		// A cancelled search may well throw what its signal gave it.
		if (signal.aborted) await final({ status: 0xfe00 });
		else if (error instanceof UnencodableMatch)
			await final({ status: CANNOT_ENCODE, errorComment: error.message, offendingElements: error.tags }, error);
		else await final({ status: SEARCH_FAILED, errorComment: 'the search failed' }, error);
	}
};

const response = (message: CFindRq, { status, ...more }: Refusal, hasDataset = false): CFindRsp => ({
	type: 'C-FIND-RSP',
	messageIdBeingRespondedTo: message.messageId,
	affectedSopClassUid: message.affectedSopClassUid,
	hasDataset,
	status,
	...more,
});

class UnencodableMatch extends Error {
	readonly tags: readonly string[];

	constructor(cause: DicomError) {
		const [, group = '', element = ''] = /\(([0-9A-F]{4}),([0-9A-F]{4})\)/.exec(cause.message) ?? [];
		super(`a match cannot be encoded${group === '' ? '' : `: (${group},${element})`}`, { cause });
		this.tags = group === '' ? [] : [group + element];
	}
}

const UTF_8 = 'ISO_IR 192';

/** A match that its character set has no room for is sent in UTF-8. @throws UnencodableMatch */
const encoded = (match: Dataset, transferSyntax: string): Uint8Array => {
	try {
		return encodeDataset(match, transferSyntax);
	} catch (error) {
		if (!(error instanceof DicomError)) throw error;
	}
	try {
		const utf8 = { vr: 'CS', Value: [UTF_8] } as const;
		return encodeDataset({ ...plainDataset(match), [TAG.SpecificCharacterSet]: utf8 }, transferSyntax);
	} catch (error) {
		throw error instanceof DicomError ? new UnencodableMatch(error) : error;
	}
};
