/** A peer of browse, a process of its own: answers any C-FIND with so many studies, so many a second; each row says when it was sent. */
import { listen } from '../src/association/acceptor.ts';
import { textOf } from '../src/dicom/dataset.ts';
import { decodeDataset } from '../src/dicom/decode.ts';
import { encodeDataset } from '../src/dicom/encode.ts';
import { TAG } from '../src/dicom/tags.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../src/dicom/transfer-syntaxes.ts';
import { answerEcho } from '../src/services/verification.ts';
import { ROOT } from './data.ts';

const [count = 0, perSecond = 0] = process.argv.slice(2).map(Number);

const study = (number: number) =>
	({
		'00080020': { vr: 'DA', Value: ['20240215'] },
		'00080030': { vr: 'TM', Value: ['101500'] },
		'00080050': { vr: 'SH', Value: [`A${number}`] },
		'00080052': { vr: 'CS', Value: ['STUDY'] },
		'00080061': { vr: 'CS', Value: ['CT'] },
		'00081030': { vr: 'LO', Value: ['CT CHEST WITH CONTRAST'] },
		// Milliseconds of the clock of the whole machine.
		'00100010': { vr: 'PN', Value: [{ Alphabetic: `AT^${(Date.now() % 1e9).toFixed(0)}` }] },
		'00100020': { vr: 'LO', Value: [`P${number}`] },
		'00100030': { vr: 'DA', Value: ['19700101'] },
		'00100040': { vr: 'CS', Value: ['O'] },
		'0020000D': { vr: 'UI', Value: [`${ROOT}.${number}`] },
		'00200010': { vr: 'SH', Value: [String(number)] },
		'00201206': { vr: 'IS', Value: [4] },
		'00201208': { vr: 'IS', Value: [612] },
	}) as const;

const SERIES = 4;

const series = (number: number) =>
	({
		'00080052': { vr: 'CS', Value: ['SERIES'] },
		'00080060': { vr: 'CS', Value: ['CT'] },
		'0008103E': { vr: 'LO', Value: ['THIN AXIAL'] },
		'0020000E': { vr: 'UI', Value: [`${ROOT}.1.${number}`] },
		'00200011': { vr: 'IS', Value: [number] },
		'00201209': { vr: 'IS', Value: [153] },
	}) as const;

const listener = await listen({
	port: 0,
	maximumLength: 131_072,
	address: '127.0.0.1',
	decide: () => ({
		supported: () => [EXPLICIT_LITTLE, IMPLICIT_LITTLE],
		serve: async (request) => {
			if (request.message.type === 'C-ECHO-RQ') return answerEcho(request);
			const { transferSyntax } = request.context;
			const asked = decodeDataset((await request.dataset?.collect(65_536)) ?? new Uint8Array(), transferSyntax);
			// The preview asks for series.
			const isOfStudies = textOf(asked.dataset, TAG.QueryRetrieveLevel) === 'STUDY';
			const { messageId, affectedSopClassUid } = request.message;
			const answer = { type: 'C-FIND-RSP', messageIdBeingRespondedTo: messageId, affectedSopClassUid } as const;
			const startedAt = performance.now();
			for (let number = 0; number < (isOfStudies ? count : SERIES) && !request.signal.aborted; number++) {
				const early = perSecond === 0 ? 0 : startedAt + (number * 1000) / perSecond - performance.now();
				if (early > 1) await new Promise((resolve) => setTimeout(resolve, early));
				const bytes = encodeDataset(isOfStudies ? study(number) : series(number), transferSyntax);
				await request.respond({ ...answer, hasDataset: true, status: 0xff00 }, bytes);
			}
			await request.respond({ ...answer, hasDataset: false, status: request.signal.aborted ? 0xfe00 : 0x0000 });
		},
	}),
});
process.stdout.write(`${listener.port}\n`);
process.once('SIGTERM', () => process.exit(0));
