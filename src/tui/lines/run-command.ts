/** What each command of line mode does: the actions of the keys that do the same on the screen, and what is said beside. */
import { currentLevel, isRunning } from '../browse/levels.ts';
import type { ActionName } from '../keys.ts';
import { isActive } from '../queue/job-progress.ts';
import type { Job } from '../queue/queue-state.ts';
import { jobSentence } from './job-sentences.ts';
import { helpSentences, placesOf, type Typed, type Verb } from './line-commands.ts';
import { isPicking, isReading, placeSentence } from './line-pages.ts';
import { queryOfLine } from './line-query.ts';
import type { LineSession } from './line-session.ts';
import { nodeSentence } from './node-sentences.ts';
import { problemSentences, sentence } from './sentences.ts';

export const runCommand = (session: LineSession, { verb, rest }: Typed): void => {
	if (verb === 'help') for (const line of helpSentences(isPicking(session.state))) session.say(line);
	else DOES[verb](session, rest);
};

type Do = (session: LineSession, rest: string) => void;

const DOES: Readonly<Record<Exclude<Verb, 'help'>, Do>> = {
	find: (session, rest) => {
		const asked = queryOfLine(rest, session.state);
		if (typeof asked === 'string') return session.say(sentence(asked));
		const nodes = asked.node === undefined ? {} : { nodes: [asked.node] };
		return session.act({ type: 'ask', query: asked.query, ...nodes });
	},
	list: (session) => session.turnPage(1),
	back: (session) => session.turnPage(-1),
	open: (session, rest) => withRow(session, rest, 'open'),
	inspect: (session, rest) => withRow(session, rest, 'inspect'),
	up: (session) => {
		const isTop = !isReading(session.state) && session.state.browse.levels.length < 2;
		if (isTop) return session.say('This is the top. f asks something else, q quits.');
		pressed(session, isReading(session.state) ? 'cancel' : 'leave');
		return session.tellReturn();
	},
	filter: (session, rest) => {
		pressed(session, 'filter');
		if (rest === '') pressed(session, 'cancel');
		else {
			session.act({ type: 'edit', edit: 'clear' });
			session.act({ type: 'text', text: rest });
			pressed(session, 'accept');
		}
		session.say(placeSentence(session.state));
		session.tellPage(0);
	},
	get: (session, rest) => withRows(session, rest, 'retrieve'),
	take: (session, rest) => withRows(session, rest, 'pick'),
	queue: (session) => {
		const { jobs } = session.state.queue;
		if (jobs.length === 0) session.say('Nothing was retrieved yet: g and numbers of rows does it.');
		for (const job of jobs) session.say(jobSentence(session.state, job, session.whole));
	},
	retry: (session, rest) => withJob(session, rest, session.state.queue.jobs, 'retry'),
	stop: (session, rest) => {
		const { browse, queue } = session.state;
		if (rest === '' && browse.levels.some(isRunning)) return session.act({ type: 'interrupted' });
		const [first] = queue.jobs.filter(isActive);
		if (rest === '' && first === undefined) return session.say('Nothing runs.');
		return withJob(session, rest === '' ? String(first?.id) : rest, queue.jobs, 'cancelJob');
	},
	nodes: (session, rest) => {
		const { nodes } = session.state;
		if (rest !== '') {
			const places = nodes.some(({ name }) => name === rest)
				? [nodes.findIndex(({ name }) => name === rest)]
				: placesOf(rest, nodes.length, 'node');
			if (typeof places === 'string') return session.say(places);
			return session.act({ type: 'use-nodes', nodes: places.flatMap((place) => nodes[place]?.name ?? []) });
		}
		for (const [place, node] of nodes.entries()) session.say(nodeSentence(session.state, node, place));
		return session.say(nodes.length === 1 ? 'There is no other.' : 'n and a number asks that one from now on.');
	},
	again: (session) => {
		if (session.state.browse.lastQueryId === 0) session.say('Nothing was asked yet: f asks.');
		else pressed(session, 'again');
	},
	past: (session) => pressed(session, 'pastLimit'),
	why: (session) => pressed(session, 'why'),
	explain: (session, rest) => {
		const { problems } = session.state;
		if (problems.length === 0) return session.say('There is nothing to explain: no problem so far.');
		const [place] = placeIn(session, rest || '1', problems.length, 'problem');
		const problem = problems[place ?? -1];
		if (problem === undefined) return undefined;
		for (const line of problemSentences(session.state, problem)) session.say(line);
		return problems.length > 1 && rest === ''
			? session.say(`There are ${problems.length}: x 2 is the one before.`)
			: undefined;
	},
	mask: (session) => pressed(session, 'mask'),
	quit: (session) => session.act({ type: 'quit', isSure: true }),
};

const pressed = (session: LineSession, action: ActionName): void => session.act({ type: 'key', action });

/** One, or none where it was said that there is no such. */
const placeIn = (session: LineSession, rest: string, count: number, what: string): readonly number[] => {
	const places = placesOf(rest, count, what);
	if (typeof places === 'string') session.say(places);
	else if (places.length === 1) return places;
	else session.say(`One ${what} at a time.`);
	return [];
};

const withRow = (session: LineSession, rest: string, action: 'open' | 'inspect'): void => {
	for (const row of placeIn(session, rest, currentLevel(session.state).shown.length, 'row')) {
		session.act({ type: 'to-row', row });
		pressed(session, action);
		if (isReading(session.state)) session.tellPage(0);
	}
};

const withRows = (session: LineSession, rest: string, action: 'retrieve' | 'pick'): void => {
	const rows = placesOf(rest, currentLevel(session.state).shown.length);
	if (typeof rows === 'string') session.say(rows);
	else {
		session.act({ type: 'mark-rows', rows });
		pressed(session, action);
	}
};

/** The keys of the queue are pressed there. */
const withJob = (session: LineSession, rest: string, jobs: readonly Job[], action: 'retry' | 'cancelJob'): void => {
	const [only] = jobs;
	for (const place of placeIn(
		session,
		rest === '' && jobs.length === 1 ? String(only?.id) : rest,
		jobs.length,
		'retrieve',
	)) {
		const job = jobs[place];
		if (job === undefined) continue;
		session.act({ type: 'to-job', job: job.id });
		pressed(session, action);
		pressed(session, 'browse');
	}
};
