/** An archive on the loopback for the tests of retrieves: three SOP classes in two studies, asked by C-FIND, C-GET and C-MOVE, with bad manners by wish. */
import type { Test } from 'tap';
import { type Decision, listen } from '../../src/association/acceptor.ts';
import type { Association } from '../../src/association/association.ts';
import type { IncomingRequest } from '../../src/association/incoming.ts';
import { connect } from '../../src/association/requestor.ts';
import { type Dataset, type Element, stringsOf } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { PATIENT_ROOT_FIND, QUERY_MODELS, STUDY_ROOT_FIND } from '../../src/dicom/sop-classes.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { STORAGE_SOP_CLASSES } from '../../src/dicom/uids.ts';
import type { CFindRq, CGetRq, CGetRsp, CMoveRq } from '../../src/dimse/messages.ts';
import { answerGet } from '../../src/services/get-scp.ts';
import { answerMove } from '../../src/services/move-scp.ts';
import { answerFind, type Search } from '../../src/services/query-scp.ts';
import type { Resolve } from '../../src/services/retrieve-scp.ts';
import { store } from '../../src/services/storage-scu.ts';
import type { SubOperationPolicy } from '../../src/services/sub-operation-policy.ts';
import { CT, image, MR } from '../interop/instances.ts';
import { type MemoryInstance, stored } from '../services/retrieving.ts';

export { CT, MR };
export const JPEG_LOSSLESS = '1.2.840.10008.1.2.4.70';

const STORAGE: ReadonlySet<string> = new Set(STORAGE_SOP_CLASSES);
const RETRIEVE: ReadonlySet<string> = new Set(
	Object.values(QUERY_MODELS).flatMap(({ move, get }) => [move ?? '', get ?? '']),
);

export interface Held extends MemoryInstance {
	readonly dataset: Dataset;
}

/** `study.series.instance` of 1.2.3 */
export const held = (sop: string, sopClass: string, transferSyntax = EXPLICIT_LITTLE): Held => {
	const parts = sop.split('.');
	const dataset = image(sopClass, sop, {
		StudyInstanceUID: parts.slice(0, -2).join('.'),
		SeriesInstanceUID: parts.slice(0, -1).join('.'),
		PatientID: 'P1',
		InstanceNumber: parts.at(-1) ?? '1',
		Modality: sopClass === CT ? 'CT' : 'MR',
	});
	const asIs: Dataset =
		transferSyntax === JPEG_LOSSLESS
			? { ...dataset, '7FE00010': { vr: 'OB', Value: [new Uint8Array(), Uint8Array.of(1, 2, 3, 4)] } }
			: dataset;
	return { ...stored(asIs, transferSyntax), dataset: asIs };
};

export const STUDY = '1.2.3.1';
/** Six instances in study 1.2.3.1 (four CT, two MR), one in 1.2.3.2. */
export const INSTANCES: readonly Held[] = [
	...['1.2.3.1.1.1', '1.2.3.1.1.2', '1.2.3.1.1.3'].map((uid) => held(uid, CT)),
	held('1.2.3.1.1.4', CT, JPEG_LOSSLESS),
	held('1.2.3.1.2.1', MR),
	held('1.2.3.1.2.2', MR, IMPLICIT_LITTLE),
	held('1.2.3.2.1.1', CT),
];

export interface Manners {
	readonly instances?: readonly Held[];
	readonly policy?: SubOperationPolicy;
	/** Another one for the first requests, in their order. */
	readonly policies?: readonly SubOperationPolicy[];
	/** Final status of every C-GET or C-MOVE, without looking. */
	readonly refusal?: { readonly status: number; readonly errorComment?: string };
	/** How many requests are refused so. */
	readonly refusals?: number;
	/** Done before any row of a query; the signal is that of its C-CANCEL. */
	readonly search?: (signal: AbortSignal) => AsyncIterable<never>;
	readonly withoutFind?: boolean;
	/** IMAGE level queries are refused. */
	readonly withoutInstances?: boolean;
	/** Query rows have no SOP class. */
	readonly withoutClasses?: boolean;
	/** Classes that it offers; others are refused. */
	readonly offers?: (abstractSyntax: string) => boolean;
	readonly withoutRoles?: boolean;
	/** Contexts that it accepts of each association; the others are refused. */
	readonly mostContexts?: number;
	/** Associations at once; more are rejected for the moment. */
	readonly most?: number;
	/** AE titles that C-MOVE knows. */
	readonly destinations?: Readonly<Record<string, number>>;
	/** Instead of answering a C-GET or C-MOVE; `undefined` to go on. `count` from 1. */
	readonly retrieve?: (request: IncomingRequest<CGetRq | CMoveRq>, count: number) => Promise<void> | undefined;
	/** The same for all of them, with the instances that match. */
	readonly instead?: (request: IncomingRequest<CGetRq | CMoveRq>, instances: readonly Held[]) => Promise<void>;
}

export interface Archive {
	readonly port: number;
	/** Identifiers of retrieves, in their order, as level and own keys. */
	readonly asked: string[];
	/** Contexts of each association. */
	readonly proposed: number[];
	readonly associations: Association[];
	readonly address: { host: string; port: number; calledAeTitle: string; callingAeTitle: string };
	manners: Manners;
}

const isIn = (identifier: Dataset, tag: string, value: string): boolean => {
	const values = stringsOf(identifier, tag);
	return values.length === 0 || values.includes(value);
};

const select = (instances: readonly Held[], identifier: Dataset): readonly Held[] =>
	instances.filter(({ dataset }) =>
		[TAG.PatientID, TAG.StudyInstanceUID, TAG.SeriesInstanceUID, TAG.SOPInstanceUID].every((tag) =>
			isIn(identifier, tag, stringsOf(dataset, tag)[0] ?? ''),
		),
	);

const KEYS = { STUDY: TAG.StudyInstanceUID, SERIES: TAG.SeriesInstanceUID, IMAGE: TAG.SOPInstanceUID } as const;

const searchOf = (manners: () => Manners): Search =>
	async function* (identifier, { signal }) {
		const { search } = manners();
		if (search !== undefined) yield* search(signal);
		const level = stringsOf(identifier, TAG.QueryRetrieveLevel)[0] as keyof typeof KEYS;
		const { instances = INSTANCES, withoutInstances, withoutClasses } = manners();
		if (level === 'IMAGE' && withoutInstances === true) {
			yield { refusal: { status: 0xa900, errorComment: 'no such level' } };
			return;
		}
		const found = new Map(
			select(instances, identifier).map((one) => [stringsOf(one.dataset, KEYS[level])[0] ?? '', one.dataset]),
		);
		for (const dataset of found.values()) {
			const match: Record<string, Element> = {};
			for (const tag of Object.keys(identifier)) {
				const element = dataset[tag];
				const isHidden = withoutClasses === true && tag === TAG.SOPClassUID;
				if (element !== undefined && !isHidden) match[tag] = element;
			}
			yield { match };
		}
	};

export const startArchive = async (t: Test, manners: Manners = {}): Promise<Archive> => {
	const asked: string[] = [];
	const proposed: number[] = [];
	const associations: Association[] = [];
	let standing = 0;
	let count = 0;
	let refused = 0;
	const resolve: Resolve = async (identifier) => {
		const level = stringsOf(identifier, TAG.QueryRetrieveLevel)[0] as keyof typeof KEYS;
		asked.push(`${level} ${stringsOf(identifier, KEYS[level] ?? TAG.PatientID).join('\\')}`);
		const { refusal, refusals = Number.POSITIVE_INFINITY, instances = INSTANCES } = archive.manners;
		if (refusal !== undefined && refused++ < refusals) return { refusal };
		return { instances: select(instances, identifier) };
	};
	const listener = await listen({
		port: 0,
		address: '127.0.0.1',
		decide: (rq, _, association): Decision => {
			const { most, offers, withoutFind, withoutRoles } = archive.manners;
			if (most !== undefined && standing >= most) return { reject: { result: 2, source: 3, reason: 2 } };
			standing++;
			void association.closed.then(() => standing--);
			proposed.push(rq.presentationContexts.length);
			associations.push(association);
			let left = archive.manners.mostContexts ?? 128;
			const isFind = (uid: string) => uid === STUDY_ROOT_FIND || uid === PATIENT_ROOT_FIND;
			return {
				supported: (uid) => {
					if (left-- <= 0) return undefined;
					if (offers?.(uid) === false || (isFind(uid) && withoutFind === true)) return undefined;
					if (isFind(uid) || RETRIEVE.has(uid)) return [EXPLICIT_LITTLE, IMPLICIT_LITTLE];
					return STORAGE.has(uid) ? ['*'] : undefined;
				},
				...(withoutRoles === true
					? {}
					: { roles: (uid: string) => (STORAGE.has(uid) ? { scu: true, scp: true } : undefined) }),
				serve: async (request) => {
					if (request.message.type === 'C-FIND-RQ')
						return answerFind(
							request as IncomingRequest<CFindRq>,
							searchOf(() => archive.manners),
						);
					count++;
					const retrieve = request as IncomingRequest<CGetRq | CMoveRq>;
					const { instead: answer } = archive.manners;
					if (answer !== undefined) {
						const bytes = (await request.dataset?.collect(65_536)) ?? new Uint8Array();
						const { dataset } = decodeDataset(bytes, request.context.transferSyntax);
						return answer(retrieve, select(INSTANCES, dataset));
					}
					const instead = archive.manners.retrieve?.(retrieve, count);
					if (instead !== undefined) {
						await request.dataset?.discard();
						return instead;
					}
					const policy = archive.manners.policies?.[count - 1] ?? archive.manners.policy;
					const service = { resolve, ...(policy === undefined ? {} : { policy }) };
					if (request.message.type === 'C-GET-RQ') return answerGet(request as IncomingRequest<CGetRq>, service);
					return answerMove<number>(request as IncomingRequest<CMoveRq>, {
						...service,
						callingAeTitle: rq.callingAeTitle.trim(),
						destination: (aeTitle) => archive.manners.destinations?.[aeTitle],
						open: (port, options) =>
							connect({
								address: { host: '127.0.0.1', port, calledAeTitle: 'WS01', callingAeTitle: 'ARCHIVE' },
								...options,
							}),
					});
				},
			};
		},
	});
	t.teardown(() => listener.abort());
	const address = { host: '127.0.0.1', port: listener.port, calledAeTitle: 'ARCHIVE', callingAeTitle: 'WS01' };
	const archive: Archive = { port: listener.port, asked, proposed, associations, address, manners };
	return archive;
};

/** Sends what it is asked for on whatever context was accepted, as archives do that have never heard of roles; up to the first that it cannot. */
export const sendAnyway = async (
	request: IncomingRequest<CGetRq | CMoveRq>,
	instances: readonly Held[],
	broken?: string,
): Promise<void> => {
	const { association } = request;
	let numberOfCompletedSuboperations = 0;
	for (const { sopClassUid, sopInstanceUid, transferSyntaxUid, bytes } of instances) {
		const context = association.contexts.find(
			(one) => one.abstractSyntax === sopClassUid && one.transferSyntax === transferSyntaxUid,
		);
		if (context === undefined || sopInstanceUid === broken)
			return responding(request, 0xc000, { numberOfCompletedSuboperations, numberOfFailedSuboperations: 1 });
		const { status } = await store(association, context.id, { sopClassUid, sopInstanceUid, dataset: bytes });
		if (status === 0) numberOfCompletedSuboperations++;
	}
	await responding(request, 0x0000, { numberOfCompletedSuboperations, numberOfFailedSuboperations: 0 });
};

/** A response made by hand. */
export const responding = (
	{ message, respond }: IncomingRequest<CGetRq | CMoveRq>,
	status: number,
	more: Partial<Omit<CGetRsp, 'type'>> = {},
): Promise<void> =>
	respond({
		messageIdBeingRespondedTo: message.messageId,
		affectedSopClassUid: message.affectedSopClassUid,
		hasDataset: false,
		status,
		...more,
		type: message.type === 'C-GET-RQ' ? 'C-GET-RSP' : 'C-MOVE-RSP',
	});
