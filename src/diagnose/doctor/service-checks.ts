/** What the peer offers: its Query/Retrieve classes, how many contexts it takes, whether queries work, what its clock says. */
import type { Connected } from '../../association/requestor.ts';
import { type Dataset, textOf } from '../../dicom/dataset.ts';
import { contradicts } from '../../dicom/matching.ts';
import {
	MODALITY_WORKLIST_FIND,
	PATIENT_ROOT_FIND,
	PATIENT_ROOT_GET,
	PATIENT_ROOT_MOVE,
	PATIENT_STUDY_ONLY_FIND,
	PATIENT_STUDY_ONLY_GET,
	PATIENT_STUDY_ONLY_MOVE,
	STUDY_ROOT_FIND,
	STUDY_ROOT_GET,
	STUDY_ROOT_MOVE,
} from '../../dicom/sop-classes.ts';
import { TAG } from '../../dicom/tags.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../dicom/transfer-syntaxes.ts';
import { STORAGE_SOP_CLASSES } from '../../dicom/uids.ts';
import { statusOf } from '../../dimse/status.ts';
import { DicomError, type Failure } from '../../errors.ts';
import { find } from '../../services/query-scu.ts';
import { statusFailure } from '../../services/status-failure.ts';
import { duration } from '../facts.ts';
import { type Check, type Finding, failed, type Subject } from './examination.ts';

export const UNCOMPRESSED = [EXPLICIT_LITTLE, IMPLICIT_LITTLE] as const;
/** Storage Commitment Push Model. */
const STORAGE_COMMITMENT = '1.2.840.10008.1.20.1';
const always = () => true;

export const contextsFor = (uids: readonly string[]) =>
	uids.map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: UNCOMPRESSED }));

const MODELS = [
	['P', PATIENT_ROOT_FIND, PATIENT_ROOT_MOVE, PATIENT_ROOT_GET],
	['S', STUDY_ROOT_FIND, STUDY_ROOT_MOVE, STUDY_ROOT_GET],
	['O', PATIENT_STUDY_ONLY_FIND, PATIENT_STUDY_ONLY_MOVE, PATIENT_STUDY_ONLY_GET],
] as const;

const capabilities: Check = {
	id: 'capabilities',
	needs: ['associate'],
	isDue: always,
	async run(subject) {
		const { accepted, refused, association } = await subject.connect({
			contexts: contextsFor([...MODELS.flatMap(([, ...uids]) => uids), MODALITY_WORKLIST_FIND, STORAGE_COMMITMENT]),
			extendedNegotiations: [{ sopClassUid: STUDY_ROOT_FIND, information: Uint8Array.from([1, 1, 1]) }],
		});
		await association.release().catch(() => {});
		const has = (uid: string): boolean => accepted.some(({ abstractSyntax }) => abstractSyntax === uid);
		const letters = (which: 1 | 2 | 3) => MODELS.flatMap((model) => (has(model[which]) ? [model[0]] : [])).join(' ');
		const found = {
			find: letters(1),
			move: letters(2),
			get: letters(3),
			worklist: has(MODALITY_WORKLIST_FIND),
			commitment: has(STORAGE_COMMITMENT),
		};
		subject.memory.capabilities = found;
		const yes = (text: string) => (text === '' ? 'no' : text);
		const summary = `find ${yes(found.find)}   move ${yes(found.move)}   get ${yes(found.get)}   worklist ${found.worklist ? 'yes' : 'no'}   commitment ${found.commitment ? 'yes' : 'no'}`;
		if (found.find === '')
			return {
				...failed({ blame: 'no-context', refused }, subject),
				summary: `${summary}: no query is possible`,
				details: found,
			};
		const lacks = [
			...(found.find.includes('S') ? [] : ['study root is not offered: use -P']),
			...(found.move === '' && found.get === '' ? ['nothing can be retrieved: neither C-MOVE nor C-GET'] : []),
		];
		return lacks.length === 0
			? { status: 'ok', summary, details: found }
			: {
					status: 'warn',
					summary: `${summary}; ${lacks.join('; ')}`,
					next: ['ask for these services to be switched on for us'],
					details: found,
				};
	},
};

const MANY = 120;

const bigRequest: Check = {
	id: 'big-rq',
	needs: ['associate'],
	isDue: always,
	async run(subject) {
		const classes = STORAGE_SOP_CLASSES.slice(0, MANY);
		try {
			const { accepted, association } = await subject.connect({ contexts: contextsFor(classes) });
			await association.release().catch(() => {});
			const summary = `${accepted.length} of ${classes.length} storage classes accepted in one request`;
			return { status: 'ok', summary, details: { accepted: accepted.length, proposed: classes.length } };
		} catch (error) {
			if (!(error instanceof DicomError)) throw error;
			const { failure } = error;
			const advice = bigAdvice(failure);
			return { ...failed(failure, subject), ...(advice === undefined ? {} : { next: advice }) };
		}
	},
};

/** A small request went well just before. */
const bigAdvice = (failure: Failure): readonly string[] | undefined => {
	if (failure.blame === 'timeout')
		return [
			'a small request was answered, and this one of 15 kB was not: something on the way loses large packets',
			'ask the network team about the MTU of the path and about inspection of port contents',
		];
	if (failure.blame === 'aborted')
		return ['the peer cannot take so many contexts at once: propose fewer (get --contexts LIST, store in parts)'];
	return undefined;
};

/** Opened once for the queries and the question for the destination. */
export const queryAssociation = async (subject: Subject): Promise<Connected> => {
	const { memory } = subject;
	if (memory.query?.association.isOpen === true) return memory.query;
	const root = memory.capabilities?.find.includes('S') === false ? 'P' : 'S';
	const [, findUid, moveUid] = MODELS.find(([letter]) => letter === root) ?? MODELS[1];
	memory.query = await subject.connect({ contexts: contextsFor([findUid, moveUid]) });
	return memory.query;
};

export const findContext = ({ association, accepted, refused }: Connected) => {
	const context =
		association.contextFor(STUDY_ROOT_FIND) ??
		association.contextFor(PATIENT_ROOT_FIND) ??
		association.contextFor(PATIENT_STUDY_ONLY_FIND);
	if (context === undefined || accepted.length === 0) throw new DicomError({ blame: 'no-context', refused });
	return context;
};

export const emptyKey = (vr: 'DA' | 'TM' | 'CS' | 'UI' | 'LO' | 'PN' | 'IS'): Dataset[string] => ({ vr, Value: [] });

/** A UID that nobody has: 2.25 and a new UUID. */
export const freshUid = (): string => `2.25.${BigInt(`0x${crypto.randomUUID().replaceAll('-', '')}`)}`;

const findNothing: Check = {
	id: 'find',
	needs: ['associate', 'capabilities'],
	isDue: always,
	async run(subject) {
		const connected = await queryAssociation(subject);
		const context = findContext(connected);
		let rows = 0;
		let unsupported = false;
		const exchange = find(connected.association, context, {
			[TAG.QueryRetrieveLevel]: { vr: 'CS', Value: ['STUDY'] },
			[TAG.StudyInstanceUID]: { vr: 'UI', Value: [freshUid()] },
			[TAG.StudyDate]: emptyKey('DA'),
			[TAG.ModalitiesInStudy]: emptyKey('CS'),
			...(context.abstractSyntax === STUDY_ROOT_FIND ? {} : { [TAG.PatientID]: emptyKey('LO') }),
		});
		for await (const { hasUnsupportedKeys } of exchange) {
			rows++;
			unsupported ||= hasUnsupportedKeys;
			if (rows >= MOST_ROWS) exchange.cancel();
		}
		const final = await exchange.final;
		if (statusOf('C-FIND', final.status).class === 'failure') return failed(statusFailure('C-FIND', final), subject);
		if (rows > 0)
			return {
				status: 'warn',
				summary: `${rows} rows for a Study Instance UID that exists nowhere: the peer ignores the unique key`,
				next: ['narrow queries by other keys; what comes back is not what was asked for'],
			};
		return unsupported
			? { status: 'warn', summary: 'FF01: some of the usual keys are not supported' }
			: { status: 'ok', summary: '0000, no rows (as expected)' };
	},
};

const MOST_ROWS = 20;

const dayText = (day: Date): string =>
	`${day.getFullYear()}${String(day.getMonth() + 1).padStart(2, '0')}${String(day.getDate()).padStart(2, '0')}`;

const findToday: Check = {
	id: 'find-today',
	needs: ['find'],
	isDue: always,
	async run(subject) {
		const { memory } = subject;
		const connected = await queryAssociation(subject);
		const context = findContext(connected);
		const today = dayText(subject.today());
		const identifier: Dataset = {
			[TAG.QueryRetrieveLevel]: { vr: 'CS', Value: ['STUDY'] },
			[TAG.StudyDate]: { vr: 'DA', Value: [today] },
			[TAG.StudyTime]: emptyKey('TM'),
			[TAG.PatientName]: emptyKey('PN'),
			[TAG.PatientID]: emptyKey('LO'),
			[TAG.ModalitiesInStudy]: emptyKey('CS'),
			[TAG.StudyInstanceUID]: emptyKey('UI'),
			[TAG.SpecificCharacterSet]: emptyKey('CS'),
		};
		const startedAt = subject.now();
		let firstMs: number | undefined;
		let cancelledAt: number | undefined;
		const rows: Dataset[] = [];
		let after = 0;
		const exchange = find(connected.association, context, identifier);
		for await (const { dataset } of exchange) {
			firstMs ??= subject.now() - startedAt;
			if (cancelledAt !== undefined) after++;
			else rows.push(dataset);
			if (rows.length === MOST_ROWS && cancelledAt === undefined) {
				cancelledAt = subject.now();
				exchange.cancel();
			}
		}
		const final = await exchange.final;
		memory.rows = rows;
		if (statusOf('C-FIND', final.status).class === 'failure') return failed(statusFailure('C-FIND', final), subject);
		return judged(rows, identifier, subject, { firstMs, after, wasCancelled: cancelledAt !== undefined });
	},
};

/** More rows than this after a C-CANCEL were not on their way already. */
const ON_THEIR_WAY = 500;

const judged = (
	rows: readonly Dataset[],
	identifier: Dataset,
	{ node }: Subject,
	{
		firstMs,
		after,
		wasCancelled,
	}: { readonly firstMs: number | undefined; readonly after: number; readonly wasCancelled: boolean },
): Finding => {
	if (rows.length === 0) return { status: 'ok', summary: 'no study of today' };
	const isForeign = rows.some((row) => /[^\u0020-\u007e^=\\]/.test(textOf(row, TAG.PatientName)));
	const doubts: string[] = [];
	const next: string[] = [];
	if (isForeign && rows.every((row) => textOf(row, TAG.SpecificCharacterSet) === '')) {
		doubts.push('names are not ASCII, and no Specific Character Set is declared');
		next.push(
			`if names look wrong: ${node === undefined ? "--charset 'ISO_IR 100'" : `dimse node set ${node} charset='ISO_IR 100'`}, or what it really is`,
		);
	}
	if (rows.some((row) => contradicts(identifier, row).includes(TAG.StudyDate)))
		doubts.push('StudyDate is ignored as a key');
	if (rows.every((row) => row[TAG.ModalitiesInStudy] === undefined)) doubts.push('ModalitiesInStudy is not returned');
	if (wasCancelled && after > ON_THEIR_WAY) doubts.push(`C-CANCEL is ignored: ${after} rows came after it`);
	const count = wasCancelled
		? `over ${MOST_ROWS} studies`
		: `${rows.length} ${rows.length === 1 ? 'study' : 'studies'}`;
	const summary = `${count} of today${firstMs === undefined ? '' : `, the first after ${duration(firstMs)}`}`;
	return doubts.length === 0
		? { status: 'ok', summary }
		: { status: 'warn', summary: `${summary}; ${doubts.join('; ')}`, next };
};

const AHEAD_MS = 10 * 60_000;

const clock: Check = {
	id: 'clock',
	needs: ['find-today'],
	isDue: always,
	async run({ memory, today }) {
		if (memory.rows.length === 0) return { status: 'skip', summary: 'there is no study of today to compare with' };
		const now = today();
		const newest = memory.rows
			.map((row) => stampOf(textOf(row, TAG.StudyDate), textOf(row, TAG.StudyTime)))
			.filter((stamp) => stamp !== undefined)
			.sort((a, b) => b - a)[0];
		if (newest === undefined) return { status: 'skip', summary: 'no study has a date and a time' };
		const ahead = newest - now.getTime();
		return ahead > AHEAD_MS
			? {
					status: 'warn',
					summary: `the newest study is ${duration(ahead)} in the future: a clock is wrong, there or here`,
					next: ['compare the clocks, and the time zones'],
				}
			: { status: 'ok', summary: 'the newest study is not in the future' };
	},
};

const stampOf = (date: string, time: string): number | undefined => {
	const day = /^(\d{4})(\d\d)(\d\d)$/.exec(date);
	const clockTime = /^(\d\d)(\d\d)?(\d\d)?/.exec(time);
	if (day === null || clockTime === null) return undefined;
	const [, year, month, dayOfMonth] = day.map(Number);
	const [, hour = 0, minute = 0, second = 0] = clockTime.map((part) => Number(part ?? 0));
	return new Date(year ?? 0, (month ?? 1) - 1, dayOfMonth, hour, minute, second).getTime();
};

export const SERVICE_CHECKS: readonly Check[] = [capabilities, bigRequest, findNothing, findToday, clock];
