/** What is told of an association that was rejected, aborted, lost, or accepted without what was asked for. */
import type { Failure, Phase, RefusedContext } from '../errors.ts';
import { explainAbort, explainContextResult, explainReject } from './association-explanations.ts';
import type { Advice, Explanation } from './explanation.ts';
import { allFilled, duration, type FailureContext, factsOf, filled, told } from './facts.ts';
import { nameOfUid } from './names.ts';

type Of<B extends Failure['blame']> = Extract<Failure, { blame: B }>;

export const rejected = ({ result, source, reason, afterMs }: Of<'rejected'>, context: FailureContext): Explanation => {
	const { title, class: resultClass, practice, next } = explainReject(result, source, reason, context);
	const from = filled('{place}', factsOf(context));
	const sources = ['', 'service-user', 'service-provider (ACSE)', 'service-provider (presentation)'];
	return {
		title: `association rejected: ${title} (${result}/${source}/${reason})`,
		cameBack: `A-ASSOCIATE-RJ ${resultClass}, ${sources[source] || `source ${source}`}, reason ${reason}, after ${duration(afterMs)}, from ${from}`,
		means: practice,
		do: next,
	};
};

const IN_PHASE: Readonly<Record<Phase, string>> = {
	resolve: 'before a connection was made',
	connect: 'before the association request',
	tls: 'during the TLS handshake',
	associate: 'instead of an answer to the association request',
	established: 'in the middle of the association',
	release: 'during release',
};

/** When it came, as far as known: after which message, after how long a silence. */
const circumstances = ({ phase, afterMessage, idleMs }: Of<'aborted'>): string => {
	const silence = idleMs === undefined || idleMs < 1_000 ? '' : `, after ${duration(idleMs)} of silence`;
	return `${afterMessage === undefined || phase === 'associate' ? IN_PHASE[phase] : `after ${afterMessage}`}${silence}`;
};

/** So long a silence makes a timer likely. */
const LONG_SILENCE_MS = 10_000;
const isLongSilence = ({ idleMs }: Of<'aborted'>): boolean => (idleMs ?? 0) >= LONG_SILENCE_MS;

const RETRIEVES: readonly string[] = ['C-GET', 'C-MOVE'];

/** Something had been answered or delivered before: the peer takes the association, and both AE titles. */
const hadBegun = ({ afterMessage, phase }: Of<'aborted'>, { service, arrived = 0 }: FailureContext): boolean =>
	phase !== 'associate' &&
	(arrived > 0 || afterMessage?.endsWith('-RSP') === true || (service === 'C-GET' && afterMessage === 'C-STORE-RQ'));

/** By the application, when it had served us for a while. */
const gaveUp = ({ service = '', arrived }: FailureContext): Pick<Explanation, 'means' | 'do'> => ({
	means: [
		'the application there gave up half-way: an error of its own, a limit on time or number, or somebody stopped it',
		`it had answered before${arrived ? `, and ${arrived === 1 ? '1 instance' : `${arrived} instances`} had come` : ''}: the AE titles are accepted`,
	],
	do: [
		'ask what their log says at this time',
		...(RETRIEVES.includes(service)
			? [
					'run it again, with --journal FILE: then only what is missing is asked for',
					'--retry-missing 2    asks for what is missing again, in the same run',
				]
			: ['try again']),
	],
});

export const aborted = (failure: Of<'aborted'>, source: number, context: FailureContext): Explanation => {
	const reason = failure.reason ?? 0;
	const { title, standard, practice, next } = explainAbort(source, reason, context);
	const late = source === 0 && hadBegun(failure, context) ? gaveUp(context) : undefined;
	const facts = factsOf(context);
	const hints = [
		...(failure.phase === 'associate' && source === 0
			? ['so early it is most likely the AE titles: {called} there, {calling} here; or the port takes TLS']
			: []),
		...(isLongSilence(failure) ? ['after so long a silence it is most likely the idle timer of the peer'] : []),
		...(failure.afterMessage === 'C-MOVE-RQ'
			? ['after a C-MOVE request it is most likely an unknown destination AE title']
			: []),
	];
	return {
		title: `association aborted: ${title} (${source}/${reason})`,
		cameBack: `A-ABORT ${standard}, ${circumstances(failure)}`,
		means: [...allFilled(hints, facts), ...(late?.means ?? practice)],
		do: late?.do ?? next,
	};
};

const LOST: Readonly<Record<'closed' | 'reset' | 'released', Advice>> = {
	closed: {
		title: 'connection closed by the peer {when}',
		means: ['the peer ended it without release or abort: its service was stopped, or crashed'],
		do: ['try again', 'ask what their log says at this time'],
	},
	reset: {
		title: 'connection lost {when}',
		means: ['the service there crashed, or the network or a firewall between cut the connection'],
		do: ['try again', 'ask what their log says at this time'],
	},
	released: {
		title: 'the peer released the association {when}',
		means: ['it ended in good order, but before everything that was asked for had been answered'],
		do: ['try again', 'ask what their log says at this time'],
	},
};

const SILENT_FIREWALL = 'after so long a silence a firewall has most likely forgotten the connection';

export const lost = (failure: Of<'aborted'>, context: FailureContext): Explanation => {
	const code = failure.code ?? 'CLOSED';
	const kind = code === 'CLOSED' ? 'closed' : code === 'RELEASED' ? 'released' : 'reset';
	const facts = {
		...factsOf(context),
		code,
		when: failure.phase === 'associate' ? IN_PHASE.associate : circumstances(failure),
	};
	const { title, means, do: next } = told(LOST[kind], facts);
	return {
		title,
		...(kind === 'reset' ? { cameBack: `${code} from ${filled('{place}', facts)}` } : {}),
		means: isLongSilence(failure) && kind !== 'released' ? [SILENT_FIREWALL, ...means] : means,
		do: next,
	};
};

export const noContext = (refused: readonly RefusedContext[], context: FailureContext): Explanation => {
	const facts = factsOf(context);
	const results = [...new Set(refused.map(({ result }) => result))];
	const explanations = results.map((result) => ({ result, ...explainContextResult(result, context) }));
	const classes = [...new Set(refused.map(({ abstractSyntax }) => abstractSyntax))];
	const shown = classes.slice(0, 3).map((uid) => nameOfUid(uid));
	const more = classes.length > shown.length ? [`and ${classes.length - shown.length} more classes`] : [];
	const offered = [...new Set(refused.filter(({ result }) => result === 4).flatMap((one) => one.transferSyntaxes))];
	return {
		title: `associated, but no presentation context was accepted for ${context.service ?? 'what was asked'}`,
		...(results.length === 0
			? {}
			: { cameBack: `A-ASSOCIATE-AC, ${explanations.map(({ result, title }) => `${title} (${result})`).join('; ')}` }),
		means: [
			...(results.length === 0 ? ['the peer accepted the association, and nothing that was proposed in it'] : []),
			...explanations.flatMap(({ practice }) => practice),
			...shown.map((name) => `refused: ${name}`),
			...more,
			...offered.slice(0, 4).map((uid) => `offered: ${nameOfUid(uid)}`),
		],
		do: [
			...new Set([
				...explanations.flatMap(({ next }) => next),
				filled('ask whether the peer offers this service to {calling} at port {port}', facts),
			]),
		],
	};
};
