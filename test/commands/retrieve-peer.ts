/** An archive in memory that get and move are run against, as truthful or as odd as a test wants it. */
import type { Test } from 'tap';
import { listen } from '../../src/association/acceptor.ts';
import type { IncomingRequest } from '../../src/association/incoming.ts';
import { connect } from '../../src/association/requestor.ts';
import { type Dataset, stringsOf, textOf } from '../../src/dicom/dataset.ts';
import { QUERY_MODELS, type QueryLevel, UNIQUE_KEYS } from '../../src/dicom/sop-classes.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { STORAGE_SOP_CLASSES } from '../../src/dicom/uids.ts';
import type { CFindRq, CGetRq, CMoveRq } from '../../src/dimse/messages.ts';
import { answerGet } from '../../src/services/get-scp.ts';
import { answerMove } from '../../src/services/move-scp.ts';
import { answerFind, type Search } from '../../src/services/query-scp.ts';
import type { Resolve } from '../../src/services/retrieve-scp.ts';
import type { SubOperationPolicy } from '../../src/services/sub-operation-policy.ts';
import { CT, image, MR } from '../interop/instances.ts';
import { type MemoryInstance, stored } from '../services/retrieving.ts';
import { SERVER } from '../support/tls.ts';

/** Two studies of one patient, one of another: five instances. */
export const INSTANCES: readonly Dataset[] = [
	['1.2.3.1', 'P1', 'DOE^JANE', CT, '1'],
	['1.2.3.1', 'P1', 'DOE^JANE', CT, '2'],
	['1.2.3.1', 'P1', 'DOE^JANE', CT, '3'],
	['1.2.3.2', 'P1', 'DOE^JANE', MR, '1'],
	['1.2.3.3', 'P2', 'ROE^RICHARD', CT, '1'],
].map(([study, id, name, sopClassUid, number]) =>
	image(String(sopClassUid), `${study}.1.${number}`, {
		StudyInstanceUID: String(study),
		SeriesInstanceUID: `${study}.1`,
		PatientID: String(id),
		PatientName: String(name),
		InstanceNumber: String(number),
		Modality: sopClassUid === MR ? 'MR' : 'CT',
	}),
);

export interface PeerOptions {
	readonly instances?: readonly Dataset[];
	/** Ports on this machine by AE title. */
	readonly destinations?: Readonly<Record<string, number>>;
	/** By what title it calls a destination, if not by the one it was given. */
	readonly callsAs?: string;
	readonly policy?: SubOperationPolicy;
	/** Answers instead of the archive; nothing for what it leaves to the archive. */
	readonly answer?: (request: IncomingRequest) => Promise<void> | undefined;
	/** Classes that it does not have. */
	readonly without?: readonly string[];
	/** It is called, and calls, over TLS. */
	readonly isSecure?: boolean;
	readonly tlsToDestination?: boolean;
	/** Proposed to a destination beside what is sent. */
	readonly alsoProposes?: readonly string[];
}

export interface RetrievePeer {
	readonly port: number;
	/** `ARCHIVE@127.0.0.1:PORT` */
	readonly place: string;
	readonly instances: readonly MemoryInstance[];
	/** Types of the requests, in their order. */
	readonly requests: readonly string[];
}

const CLASSES: ReadonlySet<string> = new Set(
	Object.values(QUERY_MODELS).flatMap(({ find, move, get }) => [find ?? '', move ?? '', get ?? '']),
);
const STORAGE: ReadonlySet<string> = new Set(STORAGE_SOP_CLASSES);

export const startPeer = async (t: Test, options: PeerOptions = {}): Promise<RetrievePeer> => {
	const datasets = options.instances ?? INSTANCES;
	const instances = datasets.map((dataset) => stored(dataset));
	const requests: string[] = [];
	const has = (uid: string) => options.without?.includes(uid) !== true && (CLASSES.has(uid) || STORAGE.has(uid));
	const service = {
		resolve: resolveAmong(datasets, instances),
		...(options.policy === undefined ? {} : { policy: options.policy }),
	};
	const listener = await listen({
		port: 0,
		address: '127.0.0.1',
		...(options.isSecure === true ? { tls: SERVER } : {}),
		decide: ({ callingAeTitle }) => ({
			supported: (uid) => (has(uid) ? ['*'] : undefined),
			roles: (uid) => (STORAGE.has(uid) ? { scu: true, scp: true } : undefined),
			serve: (request) => {
				const { type } = request.message;
				requests.push(type);
				const odd = options.answer?.(request);
				if (odd !== undefined) return odd;
				if (type === 'C-FIND-RQ') return answerFind(request as IncomingRequest<CFindRq>, searchAmong(datasets));
				if (type === 'C-GET-RQ') return answerGet(request as IncomingRequest<CGetRq>, service);
				return answerMove(request as IncomingRequest<CMoveRq>, {
					...service,
					callingAeTitle: callingAeTitle.trim(),
					destination: (aeTitle) => {
						const port = options.destinations?.[aeTitle];
						return port === undefined ? undefined : { aeTitle: options.callsAs ?? aeTitle, port };
					},
					open: ({ aeTitle, port }, proposal) =>
						connect({
							address: {
								host: '127.0.0.1',
								port,
								calledAeTitle: aeTitle,
								callingAeTitle: 'ARCHIVE',
								...(options.tlsToDestination === true ? { tls: { isInsecure: true } } : {}),
							},
							...proposal,
							contexts: [
								...proposal.contexts,
								...(options.alsoProposes ?? []).map((abstractSyntax) => ({
									abstractSyntax,
									transferSyntaxes: ['1.2.840.10008.1.2'],
								})),
							],
						}),
				});
			},
		}),
	});
	t.teardown(() => listener.abort());
	return { port: listener.port, place: `ARCHIVE@127.0.0.1:${listener.port}`, instances, requests };
};

/** Those whose unique keys are the identifier's. */
const resolveAmong =
	(datasets: readonly Dataset[], instances: readonly MemoryInstance[]): Resolve =>
	async (identifier) => ({
		instances: instances.filter((_, index) =>
			Object.values(UNIQUE_KEYS).every((tag) => {
				const wanted = stringsOf(identifier, tag);
				return wanted.length === 0 || wanted.includes(textOf(datasets[index] ?? {}, tag));
			}),
		),
	});

/** Exact matching of single values and lists; names by what stands before a `*`. One match for each entity of the level. */
const searchAmong = (datasets: readonly Dataset[]): Search =>
	async function* search(identifier) {
		const level = textOf(identifier, TAG.QueryRetrieveLevel) as QueryLevel;
		const seen = new Set<string>();
		for (const dataset of datasets) {
			const key = textOf(dataset, UNIQUE_KEYS[level]);
			const isMatch = Object.keys(identifier).every((tag) => {
				const wanted = stringsOf(identifier, tag).filter((value) => value !== '');
				if (wanted.length === 0 || tag === TAG.QueryRetrieveLevel || tag === TAG.SpecificCharacterSet) return true;
				const value = textOf(dataset, tag);
				return wanted.some((one) => (one.endsWith('*') ? value.startsWith(one.slice(0, -1)) : value === one));
			});
			if (!isMatch || seen.has(key)) continue;
			seen.add(key);
			const match = Object.fromEntries(
				Object.keys(identifier).map((tag) => [tag, dataset[tag] ?? identifier[tag] ?? { vr: 'LO', Value: [] }]),
			);
			yield { match: { ...match, [TAG.QueryRetrieveLevel]: { vr: 'CS', Value: [level] } } };
		}
	};
