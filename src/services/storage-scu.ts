/** C-STORE as SCU (PS3.4 Annex B): an instance whose dataset is sent as it lies, from memory or while it is read. */
import type { Association } from '../association/association.ts';
import type { DataSource } from '../association/outgoing.ts';
import type { CStoreRsp, Priority } from '../dimse/messages.ts';

/** What C-STORE needs to know of an instance; `dataset` is encoded in the context's transfer syntax. */
export interface StorableInstance {
	readonly sopClassUid: string;
	readonly sopInstanceUid: string;
	readonly dataset: Uint8Array | DataSource;
	/** With a C-MOVE sub-operation (PS3.7 9.3.1.1). */
	readonly moveOriginator?: { readonly aeTitle: string; readonly messageId: number };
}

/** An instance that is ready to be sent; it is either sent or dropped, once. */
export interface PreparedStore {
	/**
	 * @returns the response, whatever its status
	 * @throws DicomError when the association ends before it; a source that cannot be read (io) ends it, too
	 */
	send(): Promise<CStoreRsp>;
	drop(): void;
}

/**
 * Gets one instance ready, so that it can be sent as soon as the answer to the one before is there.
 *
 * @throws what the source throws: the association is then untouched
 */
export const prepareStore = (
	association: Association,
	contextId: number,
	instance: StorableInstance,
	priority: Priority = 0,
): PreparedStore => {
	const { moveOriginator } = instance;
	const prepared = association.prepare(
		contextId,
		{
			type: 'C-STORE-RQ',
			messageId: association.nextMessageId(),
			affectedSopClassUid: instance.sopClassUid,
			affectedSopInstanceUid: instance.sopInstanceUid,
			priority,
			hasDataset: true,
			...(moveOriginator === undefined
				? {}
				: { moveOriginatorAeTitle: moveOriginator.aeTitle, moveOriginatorMessageId: moveOriginator.messageId }),
		},
		instance.dataset,
	);
	return { send: async () => (await prepared.send()).message as CStoreRsp, drop: () => prepared.drop() };
};

/** Sends one instance; as `prepareStore` and `send` in one. */
export const store = async (
	association: Association,
	contextId: number,
	instance: StorableInstance,
	priority: Priority = 0,
): Promise<CStoreRsp> => prepareStore(association, contextId, instance, priority).send();
