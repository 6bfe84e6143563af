/** What line mode says of a retrieve, in one sentence: what the peer claims is told apart from what arrived. */
import { bytesText, countText } from '../../output/quantities.ts';
import { waitText } from '../../output/retrieve-progress.ts';
import { hasFallenBack, isElsewhere } from '../queue/job-events.ts';
import { endText, isActive, isOver, labelOf, preparingText, rateWords, timeWords } from '../queue/job-progress.ts';
import type { Job } from '../queue/queue-state.ts';
import type { State } from '../state.ts';
import { sentence, spoken } from './sentences.ts';

/** @param whole makes a folder absolute */
export const jobSentence = (state: State, job: Job, whole: (folder: string) => string): string =>
	sentence(`Retrieve ${job.id}, ${labelOf(job, state.look.masked)}: ${jobText(state, job, whole)}`);

const jobText = (state: State, job: Job, whole: (folder: string) => string): string => {
	if (isOver(job)) return [ENDS[job.state], spoken(endText(job)), ...placeText(job, whole)].filter(Boolean).join(', ');
	if (job.state === 'waiting') return `waits for others, ${expectedText(job)}`;
	if (job.state === 'paused') return `held, ${job.arrived} here`;
	const until = job.waitingFor?.until;
	if (job.waitingFor !== undefined)
		return `${job.waitingFor.text}${until === undefined ? '' : `, ${waitText(until - state.now)}`}, ${arrivedText(job)}`;
	const time = timeWords(job, state.now);
	const preparing = preparingText(job, state.now);
	return [
		job.state === 'stopping' ? 'stopping, stop again aborts it' : 'runs',
		...(preparing === '' ? [] : [preparing]),
		...(hasFallenBack(job) ? ['by C-MOVE to us since the archive does no C-GET'] : []),
		arrivedText(job),
		...(job.bytes > 0 ? [bytesText(job.bytes)] : []),
		...rateText(job, state.now),
		...(time === '-' ? [] : [time.startsWith('stalled') ? time : `${time} left`]),
	].join(', ');
};

const ENDS: Readonly<Partial<Record<Job['state'], string>>> = {
	complete: 'complete',
	sent: 'sent, nobody has seen it arrive',
	partial: 'not complete',
};

const expectedText = ({ expected }: Job): string =>
	expected === undefined ? 'how many instances is not known' : `${countText(expected, 'instance')} expected`;

const arrivedText = (job: Job): string => {
	if (isElsewhere(job)) return `${job.claimed?.completed ?? 0} sent, as the archive says`;
	return job.expected === undefined
		? `${countText(job.arrived, 'instance')} arrived`
		: `${job.arrived} of ${countText(job.expected, 'instance')} arrived`;
};

const rateText = (job: Job, now: number): readonly string[] => {
	const rate = rateWords(job, now);
	return !isActive(job) || rate === '-' || rate === '0/s' ? [] : [spoken(rate)];
};

const placeText = (job: Job, whole: (folder: string) => string): readonly string[] =>
	isElsewhere(job) || job.arrived === 0 ? [] : [`in ${whole(job.folder)}`];
