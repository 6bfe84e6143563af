/** The answer to a request that lacks an element it cannot be acted on without (PS3.7 Annex C). */
import type { InvalidCommand } from './command-set.ts';
import { COMMAND_FIELDS, type KnownMessage } from './messages.ts';

export type ResponseOf<M> = Extract<M, { readonly status: number; readonly type: `${string}-RSP` }>;

const MISTYPED_ARGUMENT = 0x0212;
const INVALID_SOP_INSTANCE = 0x0117;
const MOVE_DESTINATION_UNKNOWN = 0xa801;

/** What an element without a value means; where it is not there at all, or is another, an argument is mistyped. */
const EMPTY: Readonly<Record<string, number>> = {
	'00000600': MOVE_DESTINATION_UNKNOWN,
	'00001000': INVALID_SOP_INSTANCE,
};

const RESPONSE_TO: ReadonlyMap<number | undefined, ResponseOf<KnownMessage>['type']> = new Map(
	(['C-STORE', 'C-GET', 'C-FIND', 'C-MOVE', 'C-ECHO'] as const).map((service) => [
		COMMAND_FIELDS[`${service}-RQ`],
		`${service}-RSP`,
	]),
);

/**
 * The response that says which element is missing, or has no value.
 *
 * @returns nothing where nobody can be answered: no request, no Message ID, or no command set at all
 */
export const deficiencyResponse = (invalid: InvalidCommand): ResponseOf<KnownMessage> | undefined => {
	const { lacking, messageId, affectedSopClassUid, affectedSopInstanceUid, problem } = invalid;
	const type = RESPONSE_TO.get(invalid.commandField);
	if (type === undefined || lacking === undefined || messageId === undefined) return undefined;
	return {
		type,
		messageIdBeingRespondedTo: messageId,
		...(affectedSopClassUid === undefined ? {} : { affectedSopClassUid }),
		...(type !== 'C-STORE-RSP' || affectedSopInstanceUid === undefined ? {} : { affectedSopInstanceUid }),
		hasDataset: false,
		status: (lacking.isEmpty ? EMPTY[lacking.element] : undefined) ?? MISTYPED_ARGUMENT,
		errorComment: problem,
		offendingElements: [lacking.element],
	};
};
