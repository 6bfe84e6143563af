/** What takes more than a look (`--deep`, `--soak`): limits of answers, how keys are matched, associations at once, how long an idle one lives. */
import type { Association } from '../../association/association.ts';
import { type Dataset, textOf } from '../../dicom/dataset.ts';
import { TAG } from '../../dicom/tags.ts';
import { DicomError } from '../../errors.ts';
import { ExhaustiveQuery } from '../../services/exhaustive-query.ts';
import { bestProbe, probeMatching } from '../../services/matching-probe.ts';
import { matchKeys } from '../../services/query-parts.ts';
import { find } from '../../services/query-scu.ts';
import { echo, VERIFICATION } from '../../services/verification.ts';
import { duration } from '../facts.ts';
import { type Check, failed, type Subject, waited } from './examination.ts';
import { contextsFor, emptyKey, findContext, queryAssociation } from './service-checks.ts';

const MOST = 20_000;

const STUDY: Dataset = { [TAG.QueryRetrieveLevel]: { vr: 'CS', Value: ['STUDY'] } };

/** Rows of a study-level query, at most so many; `count` goes on to the cancel. */
const asked = async (
	subject: Subject,
	keys: Dataset,
	keep: number,
): Promise<{ count: number; rows: readonly Dataset[] }> => {
	const connected = await queryAssociation(subject);
	const exchange = find(connected.association, findContext(connected), {
		...STUDY,
		[TAG.StudyInstanceUID]: emptyKey('UI'),
		...keys,
	});
	const rows: Dataset[] = [];
	let count = 0;
	for await (const { dataset } of exchange) {
		count++;
		if (rows.length < keep) rows.push(dataset);
		if (count === MOST || subject.signal.aborted) exchange.cancel();
	}
	await exchange.final;
	return { count, rows };
};

const DAY_MS = 86_400_000;

const limits: Check = {
	id: 'limits',
	needs: ['find'],
	isDue: ({ depth }) => depth.deep,
	async run(subject) {
		const today = subject.today();
		const counts: Record<string, number> = {};
		for (const days of [1, 7, 30, 365]) {
			const from = new Date(today.getTime() - days * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
			const { count } = await asked(subject, { [TAG.StudyDate]: { vr: 'DA', Value: [`${from}-`] } }, 0);
			counts[days] = count;
			if (count >= MOST) break;
		}
		const { whole, limit } = await halved(subject);
		const summary = [
			...Object.entries(counts).map(([days, count]) => `${count} in ${days} d`),
			`${whole >= MOST ? 'over ' : ''}${whole} in all`,
		].join(', ');
		const details = { ...counts, all: whole };
		if (limit === undefined) return { status: 'ok', summary, details };
		return {
			status: 'warn',
			summary: `${summary}: it stops at ${limit} without a word, since two halves hold more than the whole`,
			next: [`dimse find ${subject.label} --all    asks in parts, and finds the rest`],
			details: { ...details, limit },
		};
	},
};

/** A limit is proven long before; who ignores dates is not asked for ever. */
const MOST_HALVES = 12;

/** All that there is, asked whole and then in halves by date until they hold more than the whole did. */
const halved = async (subject: Subject): Promise<{ whole: number; limit: number | undefined }> => {
	const query = new ExhaustiveQuery(
		{ [TAG.StudyDate]: emptyKey('DA'), [TAG.StudyTime]: emptyKey('TM') },
		{ isSuspect: () => false, maxQueries: MOST_HALVES },
	);
	let whole: number | undefined;
	for (let part = query.next(); part !== undefined && query.limit === undefined; part = query.next()) {
		const { count, rows } = await asked(subject, part.identifier, MOST);
		whole ??= count;
		if (whole >= MOST || subject.signal.aborted) break;
		query.answered({ isCutOff: false, matches: rows.map(matchKeys) });
	}
	return { whole: whole ?? 0, limit: query.limit };
};

/** Of so many studies the one that tells most is taken. */
const MOST_PROBES = 100;

const matching: Check = {
	id: 'matching',
	needs: ['find'],
	isDue: ({ depth }) => depth.deep,
	async run(subject) {
		const wanted = {
			[TAG.StudyDate]: emptyKey('DA'),
			[TAG.PatientName]: emptyKey('PN'),
			[TAG.PatientID]: emptyKey('LO'),
			[TAG.ModalitiesInStudy]: emptyKey('CS'),
		};
		const study = bestProbe(
			subject.memory.rows.length > 0 ? subject.memory.rows : (await asked(subject, wanted, MOST_PROBES)).rows,
		);
		const uid = textOf(study ?? {}, TAG.StudyInstanceUID);
		if (study === undefined || uid === '') return { status: 'skip', summary: 'there is no study to try it on' };
		const facts = await probeMatching(study, async (keys) => {
			const { rows } = await asked(subject, keys, MOST);
			return rows.some((row) => textOf(row, TAG.StudyInstanceUID) === uid);
		});
		const summary = facts.map(({ key, says }) => `${key}: ${says.join(', ')}`).join('; ');
		const isIgnoring = facts.some(({ facts: known }) => known['ignored'] === true);
		return { status: isIgnoring ? 'warn' : 'ok', summary, details: { matching: facts } };
	},
};

const MOST_AT_ONCE = 8;

const parallel: Check = {
	id: 'parallel',
	needs: ['associate'],
	isDue: ({ depth }) => depth.deep,
	async run(subject) {
		const open: Association[] = [];
		try {
			for (let i = 0; i < MOST_AT_ONCE; i++) {
				try {
					open.push((await subject.connect({ contexts: contextsFor([VERIFICATION]) })).association);
				} catch (error) {
					if (!(error instanceof DicomError)) throw error;
					const known = subject.memory.query?.association.isOpen === true ? open.length + 1 : open.length;
					return {
						...failed(error.failure, subject, 'warn'),
						summary: `${known} associations at once; the next one: ${error.message}`,
						next: [
							subject.node === undefined
								? `-j ${Math.max(1, known)} at most`
								: `dimse node set ${subject.node} max_associations=${Math.max(1, known)}    keeps -j to that`,
						],
						details: { at_once: known },
					};
				}
			}
			return {
				status: 'ok',
				summary: `${MOST_AT_ONCE} associations at once, and perhaps more`,
				details: { at_once: MOST_AT_ONCE },
			};
		} finally {
			await Promise.all(open.map((association) => association.release().catch(() => {})));
		}
	},
};

/** An idle association is asked at these fractions of the whole. */
const SOAK_STEPS = [0.1, 0.5, 1] as const;

const soak: Check = {
	id: 'soak',
	needs: ['associate', 'echo'],
	isDue: ({ depth }) => depth.soakMs > 0,
	async run(subject) {
		// No query comes after it, and the peer may have no place for two.
		const { query } = subject.memory;
		if (query?.association.isOpen === true) await query.association.release().catch(() => {});
		const { association } = await subject.connect({ contexts: contextsFor([VERIFICATION]) });
		const context = association.contextFor(VERIFICATION);
		const startedAt = subject.now();
		let idleSince = startedAt;
		try {
			for (const step of SOAK_STEPS) {
				const until = startedAt + step * subject.depth.soakMs;
				await Promise.race([association.closed, waited(until - subject.now(), subject.signal)]);
				if (subject.signal.aborted) return { status: 'skip', summary: 'stopped by you' };
				const idle = subject.now() - idleSince;
				try {
					if (context === undefined || !association.isOpen)
						throw association.failure ?? new DicomError({ blame: 'aborted', phase: 'established' });
					await echo(association, context.id);
				} catch (error) {
					if (!(error instanceof DicomError)) throw error;
					const { failure } = error;
					const byPeer =
						failure.blame === 'aborted' &&
						(failure.source !== undefined || failure.code === 'RELEASED' || failure.code === 'CLOSED');
					return {
						...failed(failure, subject, 'warn'),
						summary: `an association that is idle for ${duration(idle)} is dropped ${byPeer ? 'by the peer' : 'on the way (a firewall, most likely)'}`,
						next: [
							'nothing to be done for commands, which open one when they need it; long waits inside a C-MOVE may suffer',
						],
					};
				}
				idleSince = subject.now();
			}
			return { status: 'ok', summary: `alive after ${duration(subject.now() - startedAt)}` };
		} finally {
			if (association.isOpen) await association.release().catch(() => {});
		}
	},
};

export const DEEP_CHECKS: readonly Check[] = [limits, matching, parallel, soak];
