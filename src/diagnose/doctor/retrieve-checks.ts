/** The way back: does the peer know us as a destination, can it reach our receiver, does C-GET work. */
import { hostname } from 'node:os';
import { requireContext } from '../../association/requestor.ts';
import { type Dataset, textOf } from '../../dicom/dataset.ts';
import { PATIENT_ROOT_MOVE, STUDY_ROOT_GET, STUDY_ROOT_MOVE } from '../../dicom/sop-classes.ts';
import { TAG } from '../../dicom/tags.ts';
import type { CMoveRsp } from '../../dimse/messages.ts';
import { statusOf } from '../../dimse/status.ts';
import { DicomError, type Failure } from '../../errors.ts';
import { planContexts, STORAGE_BY_FREQUENCY, STORAGE_ROOM, storageRoles } from '../../retrieve/contexts.ts';
import type { ReceiverEvent } from '../../retrieve/receiver.ts';
import { ignoring, receiveInto } from '../../retrieve/receiving.ts';
import { get } from '../../services/get-scu.ts';
import { move } from '../../services/move-scu.ts';
import { find } from '../../services/query-scu.ts';
import { statusFailure } from '../../services/status-failure.ts';
import { duration } from '../facts.ts';
import { addressOf, type Check, type Finding, failed, type Subject, waited } from './examination.ts';
import { emptyKey, findContext, freshUid, queryAssociation, UNCOMPRESSED } from './service-checks.ts';

const UNKNOWN_DESTINATION = 0xa801;
/** What archives answer for a destination that they cannot reach: out of resources, unable to perform sub-operations. */
const UNABLE_TO_SEND = 0xa702;
/** Cxxx: Orthanc's answer where nothing matches. */
const UNABLE_TO_PROCESS = 0xc;

const dest: Check = {
	id: 'dest',
	needs: ['find'],
	isDue: () => true,
	async run(subject) {
		const { callingAeTitle, memory } = subject;
		if (memory.capabilities?.move === '') return { status: 'skip', summary: 'the peer offers no C-MOVE' };
		const connected = await queryAssociation(subject);
		const { association } = connected;
		const context = association.contextFor(STUDY_ROOT_MOVE) ?? association.contextFor(PATIENT_ROOT_MOVE);
		if (context === undefined) return { status: 'skip', summary: 'C-MOVE is not accepted beside C-FIND' };
		const retrieval = move(
			association,
			context,
			{
				[TAG.QueryRetrieveLevel]: { vr: 'CS', Value: ['STUDY'] },
				[TAG.StudyInstanceUID]: { vr: 'UI', Value: [freshUid()] },
				...(context.abstractSyntax === STUDY_ROOT_MOVE ? {} : { [TAG.PatientID]: { vr: 'LO', Value: ['none'] } }),
			},
			callingAeTitle,
		);
		for await (const _pending of retrieval);
		const { response } = await retrieval.final;
		if (response.status === UNKNOWN_DESTINATION) return unknownDestination(statusFailure('C-MOVE', response), subject);
		if (response.status >> 12 === UNABLE_TO_PROCESS)
			return {
				status: 'ok',
				summary: `${response.status.toString(16).toUpperCase()} for a study that exists nowhere: nothing is said of ${callingAeTitle} as a destination (--move makes sure)`,
			};
		if (statusOf('C-MOVE', response.status).class === 'failure')
			return failed(statusFailure('C-MOVE', response), subject, 'warn');
		return {
			status: 'ok',
			summary: `0000 for a study that exists nowhere: ${callingAeTitle} may be known (--move makes sure)`,
		};
	},
};

const unknownDestination = (failure: Failure, subject: Subject): Finding => {
	const { calledAeTitle, callingAeTitle, cardCommand, listen: place, memory } = subject;
	return {
		...failed(failure, subject),
		summary: `A801: ${calledAeTitle} does not know the destination ${callingAeTitle}`,
		next: [
			`ask for this entry there: ${callingAeTitle} = ${memory.local?.address ?? hostname()} port ${place.port}`,
			`${cardCommand}    has it in words and as configuration`,
		],
	};
};

const listen: Check = {
	id: 'listen',
	needs: [],
	isDue: ({ depth }) => depth.move,
	async run(subject) {
		const receiver = await subject.startReceiver({ accept: 'any', store: 'ignore', on: () => {} });
		await receiver.close();
		return { status: 'ok', summary: `port ${receiver.port} can be listened on as ${subject.callingAeTitle}` };
	},
};

/** Where one small instance is: its keys, all levels. */
interface OneInstance {
	readonly studyUid: string;
	readonly seriesUid: string;
	readonly sopUid: string;
	readonly sopClassUid: string;
}

const ask = async (subject: Subject, identifier: Dataset, most: number): Promise<readonly Dataset[]> => {
	const connected = await queryAssociation(subject);
	const exchange = find(connected.association, findContext(connected), identifier);
	const rows: Dataset[] = [];
	for await (const { dataset } of exchange) {
		if (rows.length < most) rows.push(dataset);
		else exchange.cancel();
	}
	await exchange.final;
	return rows;
};

/** Of a study of today, else of any. The series with the fewest instances is taken. */
const oneInstance = async (subject: Subject): Promise<OneInstance | undefined> => {
	const level = (name: string): Dataset => ({ [TAG.QueryRetrieveLevel]: { vr: 'CS', Value: [name] } });
	const uid = (value: string): Dataset[string] => ({ vr: 'UI', Value: [value] });
	const studies =
		subject.memory.rows.length > 0
			? subject.memory.rows
			: await ask(
					subject,
					{ ...level('STUDY'), [TAG.StudyInstanceUID]: emptyKey('UI'), [TAG.StudyDate]: emptyKey('DA') },
					1,
				);
	const studyUid = textOf(studies[0] ?? {}, TAG.StudyInstanceUID);
	if (studyUid === '') return undefined;
	const series = await ask(
		subject,
		{
			...level('SERIES'),
			[TAG.StudyInstanceUID]: uid(studyUid),
			[TAG.SeriesInstanceUID]: emptyKey('UI'),
			[INSTANCES]: emptyKey('IS'),
		},
		50,
	);
	const [smallest] = [...series].sort((a, b) => countOf(a) - countOf(b));
	const seriesUid = textOf(smallest ?? {}, TAG.SeriesInstanceUID);
	const [instance] = await ask(
		subject,
		{
			...level('IMAGE'),
			[TAG.StudyInstanceUID]: uid(studyUid),
			[TAG.SeriesInstanceUID]: uid(seriesUid),
			[TAG.SOPInstanceUID]: emptyKey('UI'),
			[TAG.SOPClassUID]: emptyKey('UI'),
		},
		1,
	);
	const sopUid = textOf(instance ?? {}, TAG.SOPInstanceUID);
	return sopUid === ''
		? undefined
		: { studyUid, seriesUid, sopUid, sopClassUid: textOf(instance ?? {}, TAG.SOPClassUID) };
};

const INSTANCES = '00201209';
const countOf = (row: Dataset): number => Number(textOf(row, INSTANCES) || Number.MAX_SAFE_INTEGER);

const identifierOf = ({ studyUid, seriesUid, sopUid }: OneInstance): Dataset => ({
	[TAG.QueryRetrieveLevel]: { vr: 'CS', Value: ['IMAGE'] },
	[TAG.StudyInstanceUID]: { vr: 'UI', Value: [studyUid] },
	[TAG.SeriesInstanceUID]: { vr: 'UI', Value: [seriesUid] },
	[TAG.SOPInstanceUID]: { vr: 'UI', Value: [sopUid] },
});

/** Late arrivals of a peer that answers first and sends afterwards. */
const LATE_MS = 10_000;

const moveBack: Check = {
	id: 'move',
	needs: ['find', 'dest', 'listen'],
	isDue: ({ depth }) => depth.move,
	async run(subject) {
		const wanted = await oneInstance(subject);
		if (wanted === undefined) return { status: 'skip', summary: 'there is no instance to be moved' };
		const events: ReceiverEvent[] = [];
		const arrived = Promise.withResolvers<void>();
		const receiver = await subject.startReceiver({
			accept: 'any',
			store: 'ignore',
			on: (event) => {
				events.push(event);
				if (event.kind === 'stored') arrived.resolve();
			},
		});
		try {
			const connected = await queryAssociation(subject);
			const { association, refused } = connected;
			const context = association.contextFor(STUDY_ROOT_MOVE) ?? association.contextFor(PATIENT_ROOT_MOVE);
			if (context === undefined) throw new DicomError({ blame: 'no-context', refused });
			const startedAt = subject.now();
			const retrieval = move(association, context, identifierOf(wanted), subject.callingAeTitle);
			for await (const _pending of retrieval);
			const { response } = await retrieval.final;
			const wasHere = events.some(({ kind }) => kind === 'stored');
			if (!wasHere && statusOf('C-MOVE', response.status).class === 'success')
				await Promise.race([arrived.promise, waited(LATE_MS, subject.signal)]);
			subject.memory.calls = events;
			return wayBack(events, subject, response, {
				ms: subject.now() - startedAt,
				isLate: !wasHere,
			});
		} finally {
			await receiver.finish();
		}
	},
};

const wayBack = (
	events: readonly ReceiverEvent[],
	subject: Subject,
	response: CMoveRsp,
	{ ms, isLate }: { readonly ms: number; readonly isLate: boolean },
): Finding => {
	const { callingAeTitle, listen: place, memory } = subject;
	const { status } = response;
	const here = `${memory.local?.address ?? hostname()} port ${place.port}`;
	const calls = events.flatMap((event) => (event.kind === 'called' || event.kind === 'rejected' ? [event] : []));
	const who = calls.map(
		(call) =>
			`${plain(call.from.address)} as ${call.calling} to ${call.called}${call.kind === 'rejected' ? ', refused by us' : ''}`,
	);
	const details = { status: status.toString(16), calls: who };
	if (events.some(({ kind }) => kind === 'stored')) {
		const [call] = calls;
		const doubts = [
			...(isLate ? ['it came after the final response: the peer answers first and sends later'] : []),
			...(call !== undefined && !memory.addresses.includes(plain(call.from.address))
				? [`it came from ${plain(call.from.address)}, not from where we called`]
				: []),
			...(call !== undefined && call.called !== callingAeTitle ? [`it called us ${call.called}`] : []),
		];
		const summary = `one instance came back in ${duration(ms)}: ${who.join('; ')}`;
		return doubts.length === 0
			? { status: 'ok', summary, details }
			: { status: 'warn', summary: `${summary}; ${doubts.join('; ')}`, details };
	}
	const failure = statusFailure('C-MOVE', response);
	if (status === UNKNOWN_DESTINATION) return { ...unknownDestination(failure, subject), details };
	const code = status.toString(16).toUpperCase().padStart(4, '0');
	if (calls.length > 0)
		return {
			status: 'fail',
			summary: `${code}, and nothing arrived, though we were called: ${who.join('; ')}`,
			next: ['look at the contexts and the titles above: what we refuse, the peer cannot send'],
			details,
			failure,
		};
	if (statusOf('C-MOVE', status).class === 'success')
		return {
			status: 'fail',
			summary: `${code} (success), and nobody called us: it was sent elsewhere, or will be sent later`,
			next: [`ask which host and port ${callingAeTitle} has there: it must be ${here}`],
			details,
			failure,
		};
	// What was refused before anything was sent says nothing of the way back.
	if (status !== UNABLE_TO_SEND && !response.numberOfFailedSuboperations)
		return { ...failed(failure, subject), details };
	return {
		...failed(failure, subject),
		summary: `${code}, and nobody called us: the way back is blocked, or leads elsewhere`,
		next: [
			`ask which host and port ${callingAeTitle} has there: it must be ${here}`,
			`ask the network team to open TCP ${addressOf(subject)} -> ${here}`,
		],
		details,
	};
};

const plain = (address: string): string => address.replace(/^::ffff:/, '');

const getOne: Check = {
	id: 'get',
	needs: ['find'],
	isDue: ({ depth }) => depth.get,
	async run(subject) {
		const wanted = await oneInstance(subject);
		if (wanted === undefined) return { status: 'skip', summary: 'there is no instance to be fetched' };
		let arrived = 0;
		// Many archives do not say of what SOP class an instance is: then any may come.
		const classes = wanted.sopClassUid === '' ? STORAGE_BY_FREQUENCY.slice(0, STORAGE_ROOM) : [wanted.sopClassUid];
		const [storage = []] = planContexts(classes.map((sopClassUid) => ({ sopClassUid, transferSyntaxes: [] })));
		const connected = await subject.connect({
			contexts: [{ abstractSyntax: STUDY_ROOT_GET, transferSyntaxes: UNCOMPRESSED }, ...storage],
			roleSelections: storageRoles(storage),
			serve: receiveInto(ignoring, subject.calledAeTitle, (event) => {
				if (event.kind === 'stored') arrived++;
			}),
		});
		try {
			const context = requireContext(connected, STUDY_ROOT_GET);
			const startedAt = subject.now();
			const retrieval = get(connected.association, context, identifierOf(wanted));
			for await (const _pending of retrieval);
			const { response } = await retrieval.final;
			if (arrived > 0)
				return { status: 'ok', summary: `one instance fetched in ${duration(subject.now() - startedAt)}` };
			return failed(statusFailure('C-GET', response), subject);
		} finally {
			await connected.association.release().catch(() => {});
		}
	},
};

export const RETRIEVE_CHECKS: readonly Check[] = [dest, listen, moveBack, getOne];
