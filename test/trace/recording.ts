/** A real association over loopback, recorded: an echo, a query with two matches, an instance, and a password on the way. */
import { listen } from '../../src/association/acceptor.ts';
import type { IncomingRequest } from '../../src/association/incoming.ts';
import { requireContext, withAssociation } from '../../src/association/requestor.ts';
import type { TraceEvent } from '../../src/association/trace.ts';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { STUDY_ROOT_FIND, VERIFICATION } from '../../src/dicom/sop-classes.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import type { CFindRq, CStoreRq } from '../../src/dimse/messages.ts';
import { DicomError, type Failure } from '../../src/errors.ts';
import { answerFind } from '../../src/services/query-scp.ts';
import { find } from '../../src/services/query-scu.ts';
import { answerStore } from '../../src/services/storage-scp.ts';
import { store } from '../../src/services/storage-scu.ts';
import { answerEcho, echo } from '../../src/services/verification.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';

/** Everything here that no redacted trace may hold. */
export const SECRETS = [
	'GREEN',
	'SUSAN',
	'PID-4711',
	'ACC-99',
	'19630517',
	'Musterstrasse',
	'metastases',
	'hunter2',
	'1.2.826.0.1.3680043.10.77.1',
	'1.2.826.0.1.3680043.10.77.1.2.3',
	'SECRETPRIVATE',
] as const;

export const PATIENT: Dataset = {
	'00080005': { vr: 'CS', Value: ['ISO_IR 100'] },
	'00080020': { vr: 'DA', Value: ['20240115'] },
	'00080050': { vr: 'SH', Value: ['ACC-99'] },
	'00080052': { vr: 'CS', Value: ['STUDY'] },
	'00081030': { vr: 'LO', Value: ['staging of metastases'] },
	'00090010': { vr: 'LO', Value: ['SECRETPRIVATE'] },
	'00100010': { vr: 'PN', Value: [{ Alphabetic: 'GREEN^SUSAN' }] },
	'00100020': { vr: 'LO', Value: ['PID-4711'] },
	'00100030': { vr: 'DA', Value: ['19630517'] },
	'00101040': { vr: 'LO', Value: ['Musterstrasse 5'] },
	'0020000D': { vr: 'UI', Value: ['1.2.826.0.1.3680043.10.77.1'] },
	'00400275': { vr: 'SQ', Value: [{ '00401001': { vr: 'SH', Value: ['ACC-99'] } }] },
};

const INSTANCE: Dataset = {
	...PATIENT,
	'00080016': { vr: 'UI', Value: [CT] },
	'00080018': { vr: 'UI', Value: ['1.2.826.0.1.3680043.10.77.1.2.3'] },
	'00204000': { vr: 'LT', Value: ['x'.repeat(6000)] },
	'7FE00010': { vr: 'OW', Value: [new Uint8Array(200_000).fill(0x47)] },
};

export const recording = async (): Promise<readonly TraceEvent[]> => {
	const events: TraceEvent[] = [];
	const listener = await listen({
		port: 0,
		address: '127.0.0.1',
		decide: () => ({
			supported: () => [EXPLICIT_LITTLE, IMPLICIT_LITTLE],
			serve: async (request) => {
				const { type } = request.message;
				if (type === 'C-ECHO-RQ') return answerEcho(request);
				if (type === 'C-STORE-RQ')
					return answerStore(request as IncomingRequest<CStoreRq>, () => ({
						write: () => {},
						commit: async () => 0,
						discard: async () => {},
					}));
				return answerFind(request as IncomingRequest<CFindRq>, async function* () {
					yield { match: PATIENT };
					yield { match: PATIENT };
				});
			},
		}),
	});
	try {
		await withAssociation(
			{
				address: { host: '127.0.0.1', port: listener.port, calledAeTitle: 'ARCHIVE', callingAeTitle: 'WS01' },
				contexts: [VERIFICATION, STUDY_ROOT_FIND, CT].map((abstractSyntax) => ({
					abstractSyntax,
					transferSyntaxes: [EXPLICIT_LITTLE, IMPLICIT_LITTLE],
				})),
				userIdentity: {
					type: 2,
					positiveResponseRequested: false,
					primaryField: new TextEncoder().encode('admin'),
					secondaryField: new TextEncoder().encode('hunter2'),
				},
				trace: (event) => events.push(event),
			},
			async (connected) => {
				const { association } = connected;
				const [verification, query, storage] = [VERIFICATION, STUDY_ROOT_FIND, CT].map((uid) =>
					requireContext(connected, uid),
				);
				if (verification === undefined || query === undefined || storage === undefined) throw new Error('no context');
				await echo(association, verification.id);
				const key: Dataset = {
					'00080052': { vr: 'CS', Value: ['STUDY'] },
					'00100010': { vr: 'PN', Value: [{ Alphabetic: 'GREEN*' }] },
				};
				for await (const _match of find(association, query, key));
				await store(association, storage.id, {
					sopClassUid: CT,
					sopInstanceUid: '1.2.826.0.1.3680043.10.77.1.2.3',
					dataset: encodeDataset(INSTANCE, storage.transferSyntax),
				});
			},
		);
	} finally {
		await listener.close();
	}
	return events;
};

/** What a function throws is to be blamed on. */
export const failureOf = (action: () => unknown): Failure | undefined => {
	try {
		action();
	} catch (error) {
		if (error instanceof DicomError) return error.failure;
		throw error;
	}
	return undefined;
};
