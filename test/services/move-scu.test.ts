/** C-MOVE as SCU: the request with its destination, responses of peers that say more or less than they should. */
import t from 'tap';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { STUDY_ROOT_MOVE } from '../../src/dicom/sop-classes.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { move } from '../../src/services/move-scu.ts';
import { asking, finalOf, GET_IDENTIFIER, IMPLICIT } from './asking.ts';

t.test('the request', async (t) => {
	const { association, context, requests } = await asking(t, STUDY_ROOT_MOVE, (request) => finalOf(request, 0x0000));
	const retrieval = move(association, context, GET_IDENTIFIER, 'WS01');
	await retrieval.final;
	t.match(requests[0]?.message, {
		type: 'C-MOVE-RQ',
		messageId: retrieval.messageId,
		moveDestination: 'WS01',
		priority: 0,
		affectedSopClassUid: STUDY_ROOT_MOVE,
	});
});

t.test('a final status with everything that may come with it', async (t) => {
	const { association, context } = await asking(t, STUDY_ROOT_MOVE, (request) =>
		finalOf(request, 0xa801, { errorComment: 'unknown', offendingElements: ['00000600'], errorId: 7 }),
	);
	t.match((await move(association, context, GET_IDENTIFIER, 'NOBODY').final).response, {
		type: 'C-MOVE-RSP',
		status: 0xa801,
		errorComment: 'unknown',
		offendingElements: ['00000600'],
		errorId: 7,
	});
});

t.test('an identifier in a pending response is read over, one in a success too', async (t) => {
	const identifier = encodeDataset({ [TAG.FailedSOPInstanceUIDList]: { vr: 'UI', Value: ['1.2'] } }, IMPLICIT);
	const { association, context } = await asking(t, STUDY_ROOT_MOVE, async (request) => {
		await finalOf(request, 0xff00, { numberOfRemainingSuboperations: 1 }, identifier);
		await finalOf(request, 0x0000, { numberOfCompletedSuboperations: 1 }, identifier);
	});
	const retrieval = move(association, context, GET_IDENTIFIER, 'WS01');
	let pending = 0;
	for await (const { numberOfRemainingSuboperations } of retrieval) pending += numberOfRemainingSuboperations ?? 0;
	t.equal(pending, 1);
	t.strictSame((await retrieval.final).failedSopInstanceUids, ['1.2']);
});

t.test('thousands of pending responses come in their order, and then the final one', async (t) => {
	const { association, context } = await asking(t, STUDY_ROOT_MOVE, async (request) => {
		for (let i = 0; i < 2_000; i++) await finalOf(request, 0xff00, { numberOfRemainingSuboperations: i });
		await finalOf(request, 0x0000);
	});
	const retrieval = move(association, context, GET_IDENTIFIER, 'WS01');
	let last = -1;
	for await (const { numberOfRemainingSuboperations = -1 } of retrieval) {
		if (numberOfRemainingSuboperations !== last + 1) t.fail(`${numberOfRemainingSuboperations} after ${last}`);
		last = numberOfRemainingSuboperations;
	}
	t.equal(last, 1_999);
	t.match((await retrieval.final).response, { status: 0 });
});
