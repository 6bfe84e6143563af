/** An archive in memory that C-GET and C-MOVE are asked of, and destinations that take, refuse, break or hang. */
import type { Test } from 'tap';
import { type Listener, listen } from '../../src/association/acceptor.ts';
import type { Association } from '../../src/association/association.ts';
import type { IncomingRequest } from '../../src/association/incoming.ts';
import { type Connected, type ConnectOptions, connect } from '../../src/association/requestor.ts';
import type { Timeouts } from '../../src/association/timeouts.ts';
import { type Dataset, stringsOf } from '../../src/dicom/dataset.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { QUERY_MODELS, STUDY_ROOT_GET, STUDY_ROOT_MOVE } from '../../src/dicom/sop-classes.ts';
import { syntheticStudies } from '../../src/dicom/synthetic.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { STORAGE_SOP_CLASSES } from '../../src/dicom/uids.ts';
import type { CGetRq, CGetRsp, CMoveRq, CMoveRsp, CStoreRq } from '../../src/dimse/messages.ts';
import { answerGet } from '../../src/services/get-scp.ts';
import { answerMove } from '../../src/services/move-scp.ts';
import type { Resolve, RetrieveService, SubOperationEvent } from '../../src/services/retrieve-scp.ts';
import { answerStore, type Receive } from '../../src/services/storage-scp.ts';
import type { StoredInstance } from '../../src/services/stored-instance.ts';

export const UNCOMPRESSED = [EXPLICIT_LITTLE, IMPLICIT_LITTLE, DEFLATED, EXPLICIT_BIG];
const CLASSES: ReadonlySet<string> = new Set(
	Object.values(QUERY_MODELS).flatMap(({ move, get }) => [move ?? '', get ?? '']),
);
const STORAGE: ReadonlySet<string> = new Set(STORAGE_SOP_CLASSES);

/** An instance whose bytes are in memory; `opened` counts what is open. */
export interface MemoryInstance extends StoredInstance {
	readonly bytes: Uint8Array;
	readonly studyInstanceUid: string;
	readonly opened: { count: number };
}

export const stored = (dataset: Dataset, transferSyntaxUid = EXPLICIT_LITTLE): MemoryInstance => {
	const bytes = encodeDataset(dataset, transferSyntaxUid);
	const one = (tag: string) => stringsOf(dataset, tag)[0] ?? '';
	const opened = { count: 0 };
	return {
		sopClassUid: one(TAG.SOPClassUID),
		sopInstanceUid: one(TAG.SOPInstanceUID),
		studyInstanceUid: one(TAG.StudyInstanceUID),
		transferSyntaxUid,
		datasetLength: bytes.length,
		bytes,
		opened,
		readWhole: () => bytes,
		open: () => {
			let position = 0;
			let isOpen = true;
			opened.count++;
			return {
				length: bytes.length,
				isImmediate: true,
				read: (views) => {
					for (const view of views) {
						view.set(bytes.subarray(position, position + view.length));
						position += view.length;
					}
				},
				close: () => {
					if (isOpen) opened.count--;
					isOpen = false;
				},
			};
		},
	};
};

/** The first instances of synthetic studies. */
export const synthetic = (count: number, transferSyntaxUid = EXPLICIT_LITTLE): MemoryInstance[] => {
	const instances: MemoryInstance[] = [];
	for (const { dataset } of syntheticStudies({ studies: count, imageSide: 16 })) {
		if (instances.length === count) break;
		instances.push(stored(dataset, transferSyntaxUid));
	}
	return instances;
};

/** By Study or SOP Instance UIDs; all where neither is given. */
export const resolveAmong =
	(instances: readonly MemoryInstance[]): Resolve =>
	async (identifier) => {
		const studies = stringsOf(identifier, TAG.StudyInstanceUID);
		const uids = stringsOf(identifier, TAG.SOPInstanceUID);
		return {
			instances: instances.filter(
				({ studyInstanceUid, sopInstanceUid }) =>
					(studies.length === 0 || studies.includes(studyInstanceUid)) &&
					(uids.length === 0 || uids.includes(sopInstanceUid)),
			),
		};
	};

export const STUDIES: Dataset = { [TAG.QueryRetrieveLevel]: { vr: 'CS', Value: ['STUDY'] } };

export interface Archive extends Listener {
	readonly events: SubOperationEvent[];
	readonly requests: IncomingRequest[];
	/** Calls a destination, if it is not to be the way it is. */
	open?: (signal: AbortSignal | undefined) => Promise<Connected>;
	address(callingAeTitle?: string): ConnectOptions['address'];
}

/** @param destinations ports on this machine by AE title; `timeouts` are for the associations to them, `own` for those of who asks */
export const startArchive = async (
	t: Test,
	service: Partial<RetrieveService>,
	destinations: Readonly<Record<string, number>> = {},
	timeouts: Partial<Timeouts> = {},
	own: Partial<Timeouts> = {},
): Promise<Archive> => {
	const events: SubOperationEvent[] = [];
	const requests: IncomingRequest[] = [];
	const listener = await listen({
		port: 0,
		address: '127.0.0.1',
		timeouts: own,
		decide: ({ callingAeTitle }) => ({
			supported: (uid) => (CLASSES.has(uid) ? UNCOMPRESSED : STORAGE.has(uid) ? ['*'] : undefined),
			roles: (uid) => (STORAGE.has(uid) ? { scu: true, scp: true } : undefined),
			serve: (request) => {
				requests.push(request);
				const own: RetrieveService = { resolve: resolveAmong([]), on: (event) => events.push(event), ...service };
				if (request.message.type === 'C-GET-RQ') return answerGet(request as IncomingRequest<CGetRq>, own);
				return answerMove<number>(request as IncomingRequest<CMoveRq>, {
					...own,
					callingAeTitle: callingAeTitle.trim(),
					destination: (aeTitle) => destinations[aeTitle],
					open: (port, options) =>
						archive.open?.(options.signal) ??
						connect({
							address: { host: '127.0.0.1', port, calledAeTitle: 'DEST', callingAeTitle: 'ARCHIVE' },
							timeouts,
							...options,
						}),
				});
			},
		}),
	});
	t.teardown(() => listener.abort());
	const address = (callingAeTitle = 'ASKER') => ({
		host: '127.0.0.1',
		port: listener.port,
		calledAeTitle: 'ARCHIVE',
		callingAeTitle,
	});
	const archive: Archive = { ...listener, events, requests, address };
	return archive;
};

export interface Arrived {
	readonly message: CStoreRq;
	readonly transferSyntax: string;
	readonly bytes: Uint8Array;
	readonly association: Association;
}

export interface Destination extends Listener {
	readonly arrived: Arrived[];
	/** One entry for each association: how many contexts it proposed. */
	readonly proposed: number[];
	readonly associations: Association[];
}

/** A receiver that keeps all. */
export const keeping =
	(arrived: Arrived[], association: () => Association, status: (message: CStoreRq) => number): Receive =>
	(message, { transferSyntax }) => {
		const parts: Uint8Array[] = [];
		return {
			write: (bytes) => {
				parts.push(bytes.slice());
			},
			commit: async () => {
				arrived.push({ message, transferSyntax, bytes: Buffer.concat(parts), association: association() });
				return status(message);
			},
			discard: async () => {},
		};
	};

/** @param serve instead of taking an instance */
export const startDestination = async (
	t: Test,
	options: {
		readonly accepts?: readonly string[];
		readonly status?: (message: CStoreRq) => number;
		readonly serve?: (request: IncomingRequest<CStoreRq>) => Promise<void> | undefined;
	} = {},
): Promise<Destination> => {
	const arrived: Arrived[] = [];
	const proposed: number[] = [];
	const associations: Association[] = [];
	const listener = await listen({
		port: 0,
		address: '127.0.0.1',
		decide: (rq, _, association) => {
			proposed.push(rq.presentationContexts.length);
			associations.push(association);
			return {
				supported: (uid) => (STORAGE.has(uid) ? (options.accepts ?? ['*']) : undefined),
				serve: (request) => {
					const store = request as IncomingRequest<CStoreRq>;
					return (
						options.serve?.(store) ??
						answerStore(
							store,
							keeping(
								arrived,
								() => association,
								(message) => options.status?.(message) ?? 0,
							),
						)
					);
				},
			};
		},
	});
	t.teardown(() => listener.abort());
	return { ...listener, arrived, proposed, associations };
};

export interface Retrieved {
	readonly pending: readonly (CGetRsp | CMoveRsp)[];
	readonly final: CGetRsp | CMoveRsp;
	readonly failed: readonly string[];
}

/** An association that asks for C-MOVE, or for C-GET with the storage classes given. */
export const asker = (
	t: Test,
	archive: Archive,
	more: Partial<ConnectOptions> & { readonly classes?: readonly string[] } = {},
): Promise<Connected> => {
	const { classes = [STUDY_ROOT_GET, STUDY_ROOT_MOVE], ...options } = more;
	const opening = connect({
		address: archive.address(),
		contexts: classes.map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: [IMPLICIT_LITTLE] })),
		...options,
	});
	t.teardown(async () => (await opening).association.abort());
	return opening;
};

/** The contexts and roles with which the storage classes of these instances are taken on the same association. */
export const taking = (
	instances: readonly StoredInstance[],
	transferSyntaxes?: readonly string[],
): Pick<ConnectOptions, 'contexts' | 'roleSelections'> => {
	const pairs = new Map(
		instances.map(({ sopClassUid, transferSyntaxUid: ts }) => [`${sopClassUid} ${ts}`, { sopClassUid, ts }]),
	);
	const classes = [...new Set(instances.map(({ sopClassUid }) => sopClassUid))];
	return {
		contexts: [
			{ abstractSyntax: STUDY_ROOT_GET, transferSyntaxes: [IMPLICIT_LITTLE] },
			...(transferSyntaxes === undefined
				? [...pairs.values()].map(({ sopClassUid, ts }) => ({ abstractSyntax: sopClassUid, transferSyntaxes: [ts] }))
				: classes.map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes }))),
		],
		roleSelections: classes.map((sopClassUid) => ({ sopClassUid, scuRole: false, scpRole: true })),
	};
};
