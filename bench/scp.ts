/** The far side, a process of its own: takes instances and keeps nothing of them, answers any C-FIND with studies encoded beforehand. */
import { listen } from '../src/association/acceptor.ts';
import { encodeDataset } from '../src/dicom/encode.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../src/dicom/transfer-syntaxes.ts';
import { answerEcho } from '../src/services/verification.ts';
import { studies } from './data.ts';

const count = Number(process.argv[2]);
const encoded = new Map(
	[EXPLICIT_LITTLE, IMPLICIT_LITTLE].map((uid) => [uid, studies(count).map((study) => encodeDataset(study, uid))]),
);

const listener = await listen({
	port: 0,
	maximumLength: 131_072,
	address: '127.0.0.1',
	decide: () => ({
		supported: () => [EXPLICIT_LITTLE, IMPLICIT_LITTLE],
		serve: async (request) => {
			if (request.message.type === 'C-ECHO-RQ') return answerEcho(request);
			await request.dataset?.discard();
			const { messageId, affectedSopClassUid } = request.message;
			if (request.message.type === 'C-STORE-RQ') {
				const { affectedSopInstanceUid } = request.message;
				const stored = { type: 'C-STORE-RSP', messageIdBeingRespondedTo: messageId, affectedSopClassUid } as const;
				return request.respond({ ...stored, affectedSopInstanceUid, hasDataset: false, status: 0x0000 });
			}
			const answer = { type: 'C-FIND-RSP', messageIdBeingRespondedTo: messageId, affectedSopClassUid } as const;
			for (const bytes of encoded.get(request.context.transferSyntax) ?? [])
				await request.respond({ ...answer, hasDataset: true, status: 0xff00 }, bytes);
			await request.respond({ ...answer, hasDataset: false, status: 0x0000 });
		},
	}),
});
process.stdout.write(`${listener.port}\n`);
process.once('SIGTERM', () => process.exit(0));
