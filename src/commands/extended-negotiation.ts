/** SOP Class Extended Negotiation of the query models: what is asked for with --ext, and what was granted (PS3.4 C.5.1.1, K.5). */

import type { QueryModel } from '../dicom/query-model.ts';
import { DicomError } from '../errors.ts';
import type { AssociateAc, UserInformation } from '../upper-layer/pdu/index.ts';

/** Byte by byte, as PS3.4 Table C.5-2 has them. */
const QUERY_BYTES = [
	'relational',
	'datetime',
	'fuzzy',
	'timezone',
	'enhanced',
	'empty-value',
	'multiple-value',
] as const;
/** PS3.4 Table K.5-1: the first two bytes are reserved and sent as 1. */
const WORKLIST_BYTES = [undefined, undefined, 'fuzzy', 'timezone'] as const;

const bytesOf = (model: QueryModel): readonly (string | undefined)[] =>
	model.name === 'worklist'
		? WORKLIST_BYTES
		: model.name === 'ups'
			? [undefined, undefined, 'fuzzy', 'timezone']
			: QUERY_BYTES;

const wordsOf = (asked: readonly string[]): readonly string[] =>
	asked
		.flatMap((text) => text.split(','))
		.map((word) => word.trim().toLowerCase())
		.filter((word) => word !== '');

/** @throws DicomError usage for a word the model has no byte for */
export const extendedNegotiation = (
	model: QueryModel,
	asked: readonly string[],
): UserInformation['extendedNegotiations'] => {
	const words = wordsOf(asked);
	if (words.length === 0) return [];
	const names = bytesOf(model);
	const unknown = words.find((word) => !names.includes(word));
	if (unknown !== undefined)
		throw new DicomError({
			blame: 'usage',
			message: `--ext ${unknown}: the ${model.says} model has no such negotiation`,
			hint: `it has ${names.filter((name) => name !== undefined).join(', ')}`,
		});
	const information = Uint8Array.from(names, (name) => (name === undefined || words.includes(name) ? 1 : 0));
	return [{ sopClassUid: model.sopClassUid, information }];
};

/** What was asked for, each with whether the peer granted it; '' where nothing was asked. A missing byte is a no. */
export const grantedText = (model: QueryModel, asked: readonly string[], answer: AssociateAc): string => {
	const words = wordsOf(asked);
	if (words.length === 0) return '';
	const answered = answer.userInformation.extendedNegotiations.find(
		({ sopClassUid }) => sopClassUid === model.sopClassUid,
	);
	const names = bytesOf(model);
	return words
		.map((word) => `${word} ${answered?.information[names.indexOf(word)] === 1 ? 'granted' : 'not granted'}`)
		.join(', ');
};
