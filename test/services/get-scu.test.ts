/** C-GET as SCU: the request as it goes out, pending responses, the failed list, cancelling, and what a peer may leave out. */
import t from 'tap';
import type { IncomingRequest } from '../../src/association/incoming.ts';
import { textOf } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { STUDY_ROOT_GET } from '../../src/dicom/sop-classes.ts';
import { TAG } from '../../src/dicom/tags.ts';
import type { CGetRsp, CStoreRq } from '../../src/dimse/messages.ts';
import { get } from '../../src/services/get-scu.ts';
import { answerStore } from '../../src/services/storage-scp.ts';
import { asking, CT, failureOf, finalOf, GET_IDENTIFIER, IMPLICIT } from './asking.ts';

t.test('the request', async (t) => {
	const { association, context, requests } = await asking(t, STUDY_ROOT_GET, (request) => finalOf(request, 0x0000));
	const retrieval = get(association, context, GET_IDENTIFIER, { priority: 2, messageId: 77 });
	t.equal(retrieval.messageId, 77);
	const { response, failedSopInstanceUids } = await retrieval.final;
	t.match(response, { type: 'C-GET-RSP', status: 0 });
	t.strictSame(failedSopInstanceUids, []);
	const [{ message, identifier } = { message: undefined, identifier: new Uint8Array() }] = requests;
	t.match(message, {
		type: 'C-GET-RQ',
		messageId: 77,
		priority: 2,
		affectedSopClassUid: STUDY_ROOT_GET,
		hasDataset: true,
	});
	t.equal(textOf(decodeDataset(identifier, IMPLICIT).dataset, TAG.StudyInstanceUID), '1.2.3');
});

t.test('pending responses, with some of the counts or none', async (t) => {
	const { association, context } = await asking(t, STUDY_ROOT_GET, async (request) => {
		await finalOf(request, 0xff00, { numberOfRemainingSuboperations: 2, numberOfCompletedSuboperations: 1 });
		await finalOf(request, 0xff00);
		await finalOf(request, 0xff00, { numberOfRemainingSuboperations: 65_535 });
		await finalOf(request, 0x0000, { numberOfCompletedSuboperations: 3 });
	});
	const retrieval = get(association, context, GET_IDENTIFIER);
	const counts: (number | undefined)[] = [];
	for await (const { numberOfRemainingSuboperations } of retrieval) counts.push(numberOfRemainingSuboperations);
	t.strictSame(counts, [2, undefined, 65_535]);
	t.match((await retrieval.final).response, { numberOfCompletedSuboperations: 3 });
});

t.test('the failed list, as the peer writes it', async (t) => {
	for (const [dataset, is] of [
		[{ [TAG.FailedSOPInstanceUIDList]: { vr: 'UI', Value: ['1.2', '1.3'] } }, ['1.2', '1.3']],
		[{ [TAG.FailedSOPInstanceUIDList]: { vr: 'UI', Value: [] } }, []],
		[{}, []],
	] as const) {
		const { association, context } = await asking(t, STUDY_ROOT_GET, (request) =>
			finalOf(request, 0xb000, { numberOfFailedSuboperations: 2 }, encodeDataset(dataset, IMPLICIT)),
		);
		const { response, failedSopInstanceUids } = await get(association, context, GET_IDENTIFIER).final;
		t.equal(response.status, 0xb000);
		t.strictSame(failedSopInstanceUids, is);
	}
	const { association, context } = await asking(t, STUDY_ROOT_GET, (request) =>
		finalOf(request, 0xb000, {}, Uint8Array.of(1, 2, 3, 4, 5)),
	);
	t.strictSame((await get(association, context, GET_IDENTIFIER).final).failedSopInstanceUids, [], 'rubbish');
});

t.test('instances come on the same association, before the final response', async (t) => {
	const came: string[] = [];
	const { association, context } = await asking(
		t,
		STUDY_ROOT_GET,
		async (request) => {
			const storage = request.association.contextFor(CT);
			if (storage === undefined) throw new Error('no context');
			const { message } = await request.association.call(
				storage.id,
				{
					type: 'C-STORE-RQ',
					messageId: 1,
					affectedSopClassUid: CT,
					affectedSopInstanceUid: '1.9',
					priority: 0,
					hasDataset: true,
				},
				new Uint8Array(100),
			);
			await finalOf(request, 'status' in message ? message.status : 1, { numberOfCompletedSuboperations: 1 });
		},
		(request) =>
			answerStore(request as IncomingRequest<CStoreRq>, ({ affectedSopInstanceUid }) => ({
				write: () => {},
				commit: async () => {
					came.push(affectedSopInstanceUid);
					return 0x0000;
				},
				discard: async () => {},
			})),
	);
	t.match((await get(association, context, GET_IDENTIFIER).final).response, {
		status: 0,
		numberOfCompletedSuboperations: 1,
	});
	t.strictSame(came, ['1.9']);
});

t.test('cancelled: between two, and by leaving the loop', async (t) => {
	const until = (request: IncomingRequest): Promise<unknown> =>
		new Promise((resolve) => request.signal.addEventListener('abort', resolve));
	for (const leave of [false, true]) {
		const { association, context } = await asking(t, STUDY_ROOT_GET, async (request) => {
			await finalOf(request, 0xff00);
			await until(request);
			await finalOf(request, request.signal.reason === 'C-CANCEL-RQ' ? 0xfe00 : 0x0110);
		});
		const retrieval = get(association, context, GET_IDENTIFIER);
		for await (const { status } of retrieval) {
			t.equal(status, 0xff00);
			if (leave) break;
			retrieval.cancel();
			retrieval.cancel(); // once is enough
		}
		t.ok(retrieval.isCancelled);
		t.match((await retrieval.final).response, { status: 0xfe00 } satisfies Partial<CGetRsp>);
		retrieval.cancel(); // too late, and harmless
	}
});

t.test('the association ends first', async (t) => {
	const { association, context } = await asking(t, STUDY_ROOT_GET, (request) => request.association.abort());
	const retrieval = get(association, context, GET_IDENTIFIER);
	t.match(await failureOf(retrieval.final), { blame: 'aborted', source: 0 });
	t.match(
		await failureOf(
			(async () => {
				for await (const _ of retrieval) t.fail('nothing came');
			})(),
		),
		{ blame: 'aborted' },
	);
	t.match(await failureOf(get(association, context, GET_IDENTIFIER).final), { blame: 'aborted' }, 'and after it');
});
