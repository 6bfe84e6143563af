/** What is told of a retrieve that did not end as it was meant to: what the peer claims beside what was seen (PS3.4 C.4.2, C.4.3). */
import { statusOf } from '../dimse/status.ts';
import type { Failure } from '../errors.ts';
import { explainFailure } from './explain.ts';
import type { Explanation } from './explanation.ts';
import { duration, type FailureContext, factsOf, filled } from './facts.ts';

/** What is known of one unit, with the source of each number. */
export interface RetrieveFacts {
	readonly service: 'C-GET' | 'C-MOVE';
	readonly verdict: 'incomplete' | 'claimed-not-arrived' | 'nothing-matched' | 'refused' | 'cancelled';
	/** What was asked for, as it is given to find: `StudyInstanceUID=1.2.3`. */
	readonly keys: string;
	readonly level: string;
	readonly final?:
		| {
				readonly status: number;
				readonly errorComment?: string;
				readonly offendingElements?: readonly string[];
				readonly errorId?: number;
		  }
		| undefined;
	readonly claimed: {
		readonly completed?: number;
		readonly failed?: number;
		readonly warning?: number;
		readonly remaining?: number;
	};
	readonly expected?: number | undefined;
	readonly arrived: number;
	readonly missing: number;
	/** Time from the first request to the verdict. */
	readonly elapsedMs: number;
	/** Why instances are missing, each with how many. */
	readonly causes: readonly { readonly text: string; readonly count: number }[];
	/** This machine could not write what came. */
	readonly isNotKept?: boolean;
	/** Of C-MOVE. */
	readonly destination?: Destination | undefined;
}

export interface Destination {
	readonly aeTitle: string;
	/** Its host and port where we know them: our own receiver, or a node. */
	readonly place?: string | undefined;
	/** It is our own receiver; what it saw. */
	readonly receiver?:
		| {
				readonly port: number;
				/** Associations that were accepted, and those turned away, and classes that no context was accepted for. */
				readonly calls: number;
				readonly turnedAway: number;
				/** Connections that did not become an association. */
				readonly strays?: number;
				readonly refusedClasses: readonly string[];
		  }
		| undefined;
}

/** The three parts; `do` has no word of the list of what is missing, which is whoever writes it to tell. */
export const explainRetrieve = (facts: RetrieveFacts, context: FailureContext): Explanation => {
	const label = context.peer?.label ?? 'the peer';
	const verb = facts.destination === undefined ? 'get' : `move to ${facts.destination.aeTitle}`;
	const body = explained(facts, context);
	const came = cameBack(facts);
	return {
		title: `${label}: ${verb}: ${body.title}`,
		...(came === '' ? {} : { cameBack: came }),
		means: body.means,
		do: body.do,
	};
};

/** A request that had no final response. Some peers abort where others answer that they do not know the destination. */
export const explainLostRetrieve = (
	failure: Failure,
	destination: Destination | undefined,
	context: FailureContext,
): Explanation => {
	const explanation = explainFailure(failure, context);
	const isOfDestination =
		failure.blame === 'aborted' && failure.source !== undefined && failure.afterMessage === 'C-MOVE-RQ';
	return destination === undefined || !isOfDestination
		? explanation
		: { ...explanation, do: [...register(destination, context), ...explanation.do] };
};

const explained = (facts: RetrieveFacts, context: FailureContext): Explanation => {
	if (facts.isNotKept === true && facts.verdict !== 'cancelled') return notKept(facts);
	switch (facts.verdict) {
		case 'nothing-matched':
			return nothingMatched(facts, context);
		case 'refused':
			return refused(facts, context);
		case 'claimed-not-arrived':
			return claimed(facts, context);
		case 'incomplete':
			return incomplete(facts, context);
		case 'cancelled':
			return isLate(facts) ? interruptedLate(facts) : cancelled(facts);
	}
};

const again = (destination: Destination | undefined): string =>
	destination === undefined || destination.receiver !== undefined
		? 'run it again to get the rest: what is here is skipped'
		: `run it again for the rest: the peer sends all of it once more to ${destination.aeTitle}`;

const cancelled = ({ final, destination }: RetrieveFacts): Explanation => ({
	title: `cancelled${final === undefined ? '' : ` (${hex(final.status)})`}`,
	means: ['it was ended before all instances were sent'],
	do: [again(destination)],
});

/** The final response was here, and claims more than came. */
const isLate = ({ service, final, claimed: { completed = 0, warning = 0 }, arrived }: RetrieveFacts): boolean =>
	service === 'C-MOVE' &&
	final !== undefined &&
	['success', 'warning'].includes(statusOf(service, final.status).class) &&
	completed + warning > arrived;

const interruptedLate = ({ missing, destination }: RetrieveFacts): Explanation => ({
	title: 'interrupted while waiting for late arrivals',
	means: [`the peer had answered, and ${instances(missing)} had not come yet`],
	do: [again(destination)],
});

/** Whatever the peer makes of it. */
const notKept = ({ arrived, missing, causes }: RetrieveFacts): Explanation => ({
	title: arrived === 0 ? 'instances came and could not be kept here' : `${instances(missing)} could not be kept here`,
	means: causes.map(({ text, count }) => `${instances(count)}: ${text}`),
	do: ['make room on the disk, see to its rights, or use another folder: -o DIR'],
});

const hex = (code: number): string => code.toString(16).padStart(4, '0').toUpperCase();

/** `status B000 (warning), comment "...", 610 completed, 2 failed, 0 warnings; 610 arrived here, 612 expected` */
const cameBack = ({ service, final, claimed: counts, arrived, expected, destination }: RetrieveFacts): string => {
	const said = [
		...(final === undefined ? [] : [`status ${hex(final.status)} (${statusOf(service, final.status).class})`]),
		...(final?.errorComment === undefined || final.errorComment === ''
			? []
			: [`comment "${final.errorComment.slice(0, 100)}"`]),
		...(final?.offendingElements === undefined || final.offendingElements.length === 0
			? []
			: [
					`offending ${final.offendingElements
						.slice(0, 5)
						.map((tag) => `(${tag.slice(0, 4)},${tag.slice(4)})`)
						.join(', ')}`,
				]),
		...(final?.errorId === undefined ? [] : [`error ID ${final.errorId}`]),
		...(
			[
				['completed', counts.completed],
				['failed', counts.failed],
				['with a warning', counts.warning],
				['remaining', counts.remaining],
			] as const
		).flatMap(([word, count]) =>
			count === undefined || (count === 0 && word !== 'completed') ? [] : [`${count} ${word}`],
		),
	].join(', ');
	const isSeen = destination === undefined || destination.receiver !== undefined;
	const seen = [
		...(isSeen ? [`${arrived} arrived here`] : arrived > 0 ? [`${arrived} are there`] : []),
		...(expected === undefined ? [] : [`${expected} expected`]),
	].join(' of ');
	return [said, seen].filter((part) => part !== '').join('; ');
};

// ---- nothing ----------------------------------------------------------------------------------------------------------

const nothingMatched = (
	{ final, level, keys, claimed: counts }: RetrieveFacts,
	context: FailureContext,
): Explanation => {
	const facts = factsOf(context);
	const hasCounts = counts.completed !== undefined;
	const isSuccess = final?.status === 0;
	return {
		title: isSuccess
			? `finished with status 0000 (success), but nothing matched: ${hasCounts ? '0 sub-operations' : 'no instance came'}`
			: `nothing matched${final === undefined ? '' : ` (${hex(final.status)})`}`,
		means: [
			`the peer found no instance for level ${level} with ${keys}`,
			...(level === 'STUDY' ? ['or the UID is of a series or an instance: those need -L series or -L instance'] : []),
			...(level !== 'STUDY' && keys.includes('StudyInstanceUID=') ? ['or it is of another study than was said'] : []),
		],
		do: [filled(`dimse find {peer} ${keys}    shows what there is; --allow-empty makes it exit with 0`, facts)],
	};
};

// ---- refused ----------------------------------------------------------------------------------------------------------

const UNKNOWN_DESTINATION = 0xa801;
/** Of these a destination that cannot be reached may be the reason: A702, and what Orthanc and others say instead. */
const isOfDelivery = (status: number): boolean =>
	status === 0xa702 || status === 0xb000 || (status & 0xf000) === 0xc000 || status === 0x0110 || status === 0x0000;

const refused = (facts: RetrieveFacts, context: FailureContext): Explanation => {
	const { service, final, destination } = facts;
	const failure: Failure = { blame: 'status', service, status: final?.status ?? 0x0110 };
	const { title: whole, means, do: advice } = explainFailure(failure, { ...context, service });
	const title = whole.replace(`${context.peer?.label}: `, '').replace(/^C-(GET|MOVE) /, '');
	if (destination === undefined && final !== undefined && saysWhy(final))
		return {
			title,
			means: [`the peer says itself why: ${final.errorComment?.slice(0, 100)}`],
			do: advice.filter((line) => !/offered/.test(line)),
		};
	if (destination === undefined || final === undefined) return { title, means, do: advice };
	if (final.status === UNKNOWN_DESTINATION)
		return { title, means, do: [...register(destination, context), ...rest(advice)] };
	const seen = isOfDelivery(final.status) ? delivery(destination, context) : NOTHING_SEEN;
	const other = destination.receiver === undefined ? advice : advice.filter((line) => !/destination/.test(line));
	return { title, means: seen.means.length > 0 ? seen.means : means, do: [...seen.do, ...other] };
};

/** A702 says by itself no more than that nothing was sent; a comment that is not about contexts knows better than what is likely. */
const saysWhy = ({ status, errorComment = '' }: NonNullable<RetrieveFacts['final']>): boolean =>
	status === 0xa702 && errorComment.trim() !== '' && !/context|transfer syntax|sop class/i.test(errorComment);

/** What the general advice says of registering is said better already. */
const rest = (advice: readonly string[]): readonly string[] => advice.filter((line) => !/registered/.test(line));

const register = ({ aeTitle, place, receiver }: Destination, context: FailureContext): readonly string[] => {
	const facts = factsOf(context);
	const where = place ?? 'its host and port';
	return [
		filled(
			`ask for "${aeTitle}" = ${where} to be registered as a move destination at {host}; letter case counts`,
			facts,
		),
		receiver === undefined
			? 'dimse node list    shows the AE titles and addresses that are known here'
			: 'if another AE title is registered for this machine: --listen-aet TITLE (and --listen PORT)',
	];
};

interface Seen {
	readonly means: readonly string[];
	readonly do: readonly string[];
}

const NOTHING_SEEN: Seen = { means: [], do: [] };

/** What our receiver saw says most of all. */
const delivery = ({ aeTitle, place, receiver }: Destination, context: FailureContext): Seen => {
	const facts = factsOf(context);
	const here = place ?? 'this machine';
	if (receiver === undefined)
		return {
			means: [],
			do:
				place === undefined
					? []
					: [`we know ${aeTitle} at ${place}: dimse echo ${aeTitle}@${place} shows whether it answers`],
		};
	if (receiver.calls === 0 && receiver.turnedAway === 0 && (receiver.strays ?? 0) > 0)
		return {
			means: [
				'somebody connected to our receiver, and it became no association: the line above says why',
				'host and port are right if that was the peer; most likely one of the two speaks TLS and the other does not',
			],
			do: [
				filled(`ask whether {peer} is to speak TLS to "${aeTitle}"; --listen-tls makes our receiver speak it`, facts),
			],
		};
	if (receiver.calls === 0 && receiver.turnedAway === 0)
		return {
			means: [
				`nobody called our receiver: the peer has another host or port for "${aeTitle}" than ${here}`,
				`or does not know the title, or a firewall is between {host} and ${here}`.replace(
					'{host}',
					facts['host'] ?? 'the peer',
				),
			],
			do: [
				filled(`ask which host and port {peer} has for "${aeTitle}": it has to be ${here}`, facts),
				filled(`ask for TCP {host} -> ${here.replace(/:(\d+)$/, ' port $1')} to be opened`, facts),
			],
		};
	if (receiver.calls === 0)
		return {
			means: ['the peer called here and was turned away: the line above says why'],
			do: [`ask for "${aeTitle}" = ${here} to be registered at the peer`],
		};
	if (receiver.refusedClasses.length > 0)
		return {
			means: [
				`the peer called here, so host and port are right; no context was accepted for ${receiver.refusedClasses.slice(0, 3).join(', ')}`,
			],
			do: ['take every class: --accept any'],
		};
	return {
		means: ['the peer called here, so host and port are right; what went wrong is on its side or in between'],
		do: [],
	};
};

// ---- not all ----------------------------------------------------------------------------------------------------------

const instances = (count: number): string => `${count} ${count === 1 ? 'instance' : 'instances'}`;

const LATE = 'if it sends later than it reports (asynchronous C-MOVE): wait longer, --late 600';

const claimed = (facts: RetrieveFacts, context: FailureContext): Explanation => {
	const { claimed: counts, destination, elapsedMs } = facts;
	const completed = (counts.completed ?? 0) + (counts.warning ?? 0);
	const isThird = destination !== undefined && destination.receiver === undefined;
	const nothing = isThird ? `nothing is at ${destination.aeTitle}` : 'nothing arrived here';
	const title = `the peer reports ${completed === 0 ? 'success' : `${completed} completed`}, ${nothing} after ${duration(elapsedMs)}`;
	if (destination === undefined)
		return {
			title,
			means: ['the peer says that it sent them on this association, and it did not'],
			do: [
				'ask what their log says at this time',
				'run it again with -d, and send the output to who looks after the peer',
			],
		};
	if (destination.receiver === undefined) {
		const { aeTitle, place = 'we have' } = destination;
		return {
			title,
			means: [
				`the peer has another host or port for "${aeTitle}" than ${place}`,
				`or ${aeTitle} refused or dropped them`,
				'or the peer sends later than it reports (asynchronous C-MOVE)',
			],
			do: [...delivery(destination, context).do, LATE],
		};
	}
	const here = destination.place ?? 'this machine';
	const { calls, strays = 0 } = destination.receiver;
	if (calls === 0 && strays > 0) return { title, ...delivery(destination, context) };
	const isCalled = calls > 0;
	return {
		title,
		means: isCalled
			? [
					'the peer called here and sent nothing that was kept',
					'or it sends later than it reports (asynchronous C-MOVE)',
				]
			: [
					`the peer has another machine or port for "${destination.aeTitle}", and sent them there`,
					'or it sends later than it reports (asynchronous C-MOVE)',
				],
		do: [
			filled(`ask which host and port {peer} has for "${destination.aeTitle}": it has to be ${here}`, factsOf(context)),
			LATE,
		],
	};
};

const incomplete = (facts: RetrieveFacts, context: FailureContext): Explanation => {
	const { missing, expected, arrived, claimed: counts, destination, causes, elapsedMs, final } = facts;
	const completed = counts.completed ?? 0;
	const isThird = destination !== undefined && destination.receiver === undefined;
	// Where nobody looks into a third party, nothing is known to be there.
	const isClaimed = completed > arrived && (!isThird || arrived > 0);
	const isContradicted = !isThird && expected !== undefined && arrived >= expected;
	const title = isClaimed
		? `the peer reports ${completed} completed, ${arrived} ${isThird ? `${arrived === 1 ? 'is' : 'are'} at ${destination.aeTitle}` : 'arrived here'} after ${duration(elapsedMs)}`
		: missing === 0
			? 'not all was sent'
			: isContradicted
				? `the peer says that ${instances(missing)} failed, and as many as were expected arrived here`
				: `${expected === undefined ? instances(missing) : `${missing} of ${instances(expected)}`} ${missing === 1 ? 'is' : 'are'} missing`;
	// Who says that there was nothing to send has not tried to.
	const isUntried = counts.completed === 0 && !counts.failed && !counts.warning;
	const seen =
		destination === undefined || final === undefined || arrived > 0 || isUntried
			? NOTHING_SEEN
			: delivery(destination, context);
	const why = causes.map(({ text, count }) => `${instances(count)}: ${text}`);
	return {
		title,
		means: [
			...seen.means,
			...why,
			...(isClaimed && destination !== undefined
				? [
						`the peer sends later than it reports (asynchronous C-MOVE), ${isThird ? `or ${destination.aeTitle} did not keep what it was sent` : `or to another machine with the title "${destination.aeTitle}"`}`,
					]
				: []),
		],
		do: [...seen.do, ...(isClaimed && destination !== undefined ? [LATE] : [])],
	};
};
