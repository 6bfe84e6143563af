/**
 * The client of the archives' measurements, a process of its own and the same for all of them: queries and retrieves, timed within an
 * association that has done the same once before. It keeps nothing of what it gets. Prints one JSON line.
 */
import { listen } from '../src/association/acceptor.ts';
import type { IncomingRequest } from '../src/association/incoming.ts';
import { connect } from '../src/association/requestor.ts';
import type { Dataset } from '../src/dicom/dataset.ts';
import { encodeDataset } from '../src/dicom/encode.ts';
import { STUDY_ROOT_FIND, STUDY_ROOT_GET, STUDY_ROOT_MOVE } from '../src/dicom/sop-classes.ts';
import { TAG } from '../src/dicom/tags.ts';
import { EXPLICIT_LITTLE } from '../src/dicom/transfer-syntaxes.ts';
import type { Vr } from '../src/dicom/vr.ts';
import type { CFindRsp } from '../src/dimse/messages.ts';
import { get } from '../src/services/get-scu.ts';
import { move } from '../src/services/move-scu.ts';
import { median } from './median.ts';

/** `all`: every study; `one`: `count` queries for these studies in turn; `get`, `move`: the instances of one study. */
export interface Errand {
	readonly kind: 'all' | 'one' | 'get' | 'move';
	readonly port: number;
	readonly aeTitle: string;
	/** How many matches or instances there have to be, 0 where that is not known; of `one`, queries. */
	readonly count: number;
	/** Of `one`, what to ask by instead of the Study Instance UID. */
	readonly key?: { readonly tag: string; readonly vr: Vr };
	readonly values: readonly string[];
	/** Where `move` listens, as BENCH. */
	readonly destination?: number;
}

export interface Told {
	/** To the first match; of `one` the median; of a retrieve the whole. */
	readonly firstMs: number;
	readonly lastMs: number;
}

const CT = '1.2.840.10008.5.1.4.1.1.2';
const errand = JSON.parse(process.argv.at(-1) ?? '') as Errand;
let arrived = 0;

const keep = async ({ message, dataset, respond }: IncomingRequest): Promise<void> => {
	if (message.type !== 'C-STORE-RQ') throw new Error(`${message.type} came`);
	await dataset?.discard();
	arrived++;
	const { messageId, affectedSopClassUid, affectedSopInstanceUid } = message;
	const response = { type: 'C-STORE-RSP', messageIdBeingRespondedTo: messageId, hasDataset: false } as const;
	await respond({ ...response, affectedSopClassUid, affectedSopInstanceUid, status: 0x0000 });
};

const listener =
	errand.destination === undefined
		? undefined
		: await listen({
				port: errand.destination,
				address: '127.0.0.1',
				maximumLength: 131_072,
				decide: () => ({ supported: (uid) => (uid === CT ? [EXPLICIT_LITTLE] : undefined), serve: keep }),
			});

const model = { all: STUDY_ROOT_FIND, one: STUDY_ROOT_FIND, get: STUDY_ROOT_GET, move: STUDY_ROOT_MOVE }[errand.kind];
const { association, accepted } = await connect({
	address: { host: '127.0.0.1', port: errand.port, calledAeTitle: errand.aeTitle, callingAeTitle: 'BENCH' },
	maximumLength: 131_072,
	contexts: [model, ...(errand.kind === 'get' ? [CT] : [])].map((abstractSyntax) => ({
		abstractSyntax,
		transferSyntaxes: [EXPLICIT_LITTLE],
	})),
	roleSelections: errand.kind === 'get' ? [{ sopClassUid: CT, scuRole: false, scpRole: true }] : [],
	serve: keep,
});
const context = accepted.find(({ abstractSyntax }) => abstractSyntax === model);
if (context === undefined) throw new Error(`${errand.aeTitle} does not take ${model}`);

const study = (keys: Dataset): Dataset => ({ '00080052': { vr: 'CS', Value: ['STUDY'] }, ...keys });
const RETURNED: Dataset = {
	'00080020': { vr: 'DA', Value: [] },
	'00080030': { vr: 'TM', Value: [] },
	'00080050': { vr: 'SH', Value: [] },
	'00081030': { vr: 'LO', Value: [] },
	'00100010': { vr: 'PN', Value: [] },
	'00100020': { vr: 'LO', Value: [] },
	[TAG.StudyInstanceUID]: { vr: 'UI', Value: [] },
};

/** The responses are counted, not decoded. */
const found = async (identifier: Dataset): Promise<Told & { readonly matches: number }> => {
	const startedAt = performance.now();
	const exchange = association.exchange<CFindRsp>(
		context.id,
		{
			type: 'C-FIND-RQ',
			messageId: association.nextMessageId(),
			affectedSopClassUid: context.abstractSyntax,
			priority: 0,
			hasDataset: true,
		},
		encodeDataset(identifier, context.transferSyntax),
	);
	let [matches, firstMs] = [0, Number.NaN];
	for await (const batch of exchange.batches()) {
		if (matches === 0) firstMs = performance.now() - startedAt;
		matches += batch.length;
	}
	const { message } = await exchange.final;
	if (message.status !== 0) throw new Error(`the find ended with ${message.status.toString(16)}`);
	return { firstMs, lastMs: performance.now() - startedAt, matches };
};

const asked = async (value: string): Promise<number> => {
	const { tag, vr } = errand.key ?? { tag: TAG.StudyInstanceUID, vr: 'UI' };
	const { lastMs, matches } = await found(study({ ...RETURNED, [tag]: { vr, Value: [value] } }));
	if (matches === 0) throw new Error(`nothing was found by ${value}`);
	return lastMs;
};

const retrieved = async (): Promise<Told> => {
	arrived = 0;
	const identifier = study({ [TAG.StudyInstanceUID]: { vr: 'UI', Value: [...errand.values] } });
	const startedAt = performance.now();
	const retrieval =
		errand.kind === 'get' ? get(association, context, identifier) : move(association, context, identifier, 'BENCH');
	await Array.fromAsync<unknown>(retrieval);
	const { response } = await retrieval.final;
	const lastMs = performance.now() - startedAt;
	if (response.status !== 0 || arrived !== errand.count)
		throw new Error(`${errand.kind} ended with ${response.status.toString(16)}, ${arrived} instances`);
	return { firstMs: lastMs, lastMs };
};

const told = async (): Promise<Told> => {
	if (errand.kind === 'get' || errand.kind === 'move') {
		await retrieved();
		return retrieved();
	}
	if (errand.kind === 'all') {
		await found(study(RETURNED));
		const { matches, ...times } = await found(study(RETURNED));
		if (errand.count !== 0 && matches !== errand.count) throw new Error(`${matches} matches`);
		return times;
	}
	const times: number[] = [];
	for (let index = 0; index < 2 * errand.count; index++)
		times.push(await asked(errand.values[index % errand.values.length] ?? ''));
	const ms = median(times.slice(errand.count));
	return { firstMs: ms, lastMs: ms };
};

console.log(JSON.stringify(await told()));
await association.release();
await listener?.close();
