/** What line mode says of what has happened between two states. */
import type { LevelState } from '../browse/browse-state.ts';
import { currentLevel, isRunning } from '../browse/levels.ts';
import { labelOf } from '../queue/job-progress.ts';
import type { Job } from '../queue/queue-state.ts';
import type { Problem, State } from '../state.ts';
import { toldWords } from '../views/masked-words.ts';
import { jobSentence } from './job-sentences.ts';
import { askingSentence, endSentences } from './query-sentences.ts';
import { explanationSentences, problemSentences, sentence } from './sentences.ts';

/** @param whole makes a folder absolute */
export const newsOf = (before: State, after: State, whole: (folder: string) => string): readonly string[] => {
	const jobs = after.queue.jobs === before.queue.jobs ? [] : changedJobs(before, after);
	// Instances arrive by the thousand: what is the same is not looked through.
	const isSame = after.problems === before.problems;
	const problems = isSame ? [] : after.problems.filter((problem) => !before.problems.includes(problem)).reverse();
	return [
		...queryNews(before, after),
		...jobs.map((job) => jobSentence(after, job, whole)),
		...(after.queue.jobs === before.queue.jobs ? [] : jobNotes(before, after)),
		...problems.flatMap((problem) => problemNews(after, problem, jobs)),
		...statusNews(before, after, problems, jobs),
	];
};

/** The level that is looked at, where its answer has just ended. */
export const endedLevel = (before: State, after: State): LevelState | undefined => {
	const level = currentLevel(after);
	const same = before.browse.levels.find(({ queryId }) => queryId === level.queryId);
	return same !== undefined && isRunning(same) && !isRunning(level) ? level : undefined;
};

const queryNews = (before: State, after: State): readonly string[] => {
	if (after.browse === before.browse) return [];
	const level = currentLevel(after);
	const ended = endedLevel(before, after);
	const isNew = isRunning(level) && level.queryId > before.browse.lastQueryId;
	return [
		...(isNew ? [askingSentence(after, level)] : []),
		...(stoppingOf(after) > stoppingOf(before) ? ['Stopping; what came stays.'] : []),
		...(ended === undefined ? [] : endSentences(after, ended, new Date(after.epochMs + after.now))),
	];
};

const stoppingOf = ({ browse }: State): number =>
	browse.levels.filter(({ progress }) => progress.state === 'stopping').length;

const changedJobs = (before: State, after: State): readonly Job[] => {
	const known = new Map(before.queue.jobs.map((job) => [job.id, job.state]));
	return after.queue.jobs.filter(({ id, state }) => known.get(id) !== state);
};

const jobNotes = (before: State, after: State): readonly string[] => {
	const known = new Map(before.queue.jobs.map((job) => [job.id, job.notes]));
	return after.queue.jobs.flatMap(({ id, notes }) => {
		const told = known.get(id) ?? [];
		return told === notes
			? []
			: notes.filter((note) => !told.includes(note)).map((note) => sentence(`Retrieve ${id}: ${note}`));
	});
};

/** That a retrieve has failed was said of the retrieve. */
const problemNews = (state: State, problem: Problem, jobs: readonly Job[]): readonly string[] => {
	const { explanation, text } = problem;
	if (!jobs.some((job) => text.startsWith(`${labelOf(job, state.look.masked)}: `)))
		return problemSentences(state, problem);
	return explanation === undefined ? [] : explanationSentences(state, explanation);
};

const statusNews = (
	before: State,
	after: State,
	problems: readonly Problem[],
	jobs: readonly Job[],
): readonly string[] => {
	const { status } = after;
	if (status === undefined || status === before.status || jobs.length > 0) return [];
	if (problems.some(({ text }) => text === status.text)) return [];
	return [sentence(toldWords(after, status.text))];
};
