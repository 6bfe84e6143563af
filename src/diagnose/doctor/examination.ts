/** An examination of one peer: checks in their order, each with what it needs, skipped where that failed. */

import type { Association } from '../../association/association.ts';
import type { OwnCertificate } from '../../association/probes.ts';
import type { Connected, ConnectOptions } from '../../association/requestor.ts';
import type { Endpoint } from '../../association/transport.ts';
import type { Dataset } from '../../dicom/dataset.ts';
import { DicomError, type Failure } from '../../errors.ts';
import type { Receiver, ReceiverEvent, ReceiverOptions } from '../../retrieve/receiver.ts';
import { explainFailure } from '../explain.ts';
import type { FailureContext } from '../facts.ts';

export type CheckId =
	| 'config'
	| 'dns'
	| 'tcp'
	| 'banner'
	| 'associate'
	| 'tls-probe'
	| 'http-probe'
	| 'proxy-probe'
	| 'probe-aets'
	| 'echo'
	| 'tls'
	| 'capabilities'
	| 'big-rq'
	| 'find'
	| 'find-today'
	| 'clock'
	| 'dest'
	| 'listen'
	| 'move'
	| 'get'
	| 'limits'
	| 'matching'
	| 'parallel'
	| 'soak';

export type CheckStatus = 'ok' | 'warn' | 'fail' | 'skip';

/** What a check found. `details` are for programs; nothing in them is of a patient. */
export interface Finding {
	readonly status: CheckStatus;
	/** One line. */
	readonly summary: string;
	/** What to do, a line each. */
	readonly next?: readonly string[];
	readonly details?: Readonly<Record<string, unknown>>;
	readonly failure?: Failure;
}

export interface CheckResult extends Finding {
	readonly id: CheckId;
	readonly ms: number;
	readonly next: readonly string[];
	readonly means: readonly string[];
}

export interface Check {
	readonly id: CheckId;
	/** Checks that have to be well for this one to make sense. */
	readonly needs: readonly CheckId[];
	/** Nothing where it is not to be done and not to be spoken of. */
	isDue(subject: Subject): boolean;
	run(subject: Subject): Promise<Finding>;
}

/** What is asked for beyond the usual. */
export interface Depth {
	readonly move: boolean;
	readonly get: boolean;
	readonly deep: boolean;
	/** 0 for none. */
	readonly soakMs: number;
	readonly probeAets: boolean;
}

/** Who is examined, through what, and what is known of it by now. */
export interface Subject {
	readonly label: string;
	readonly node: string | undefined;
	readonly host: string;
	readonly port: number;
	readonly calledAeTitle: string;
	readonly callingAeTitle: string;
	readonly usesTls: boolean;
	readonly tlsServerName: string | undefined;
	/** Our certificate, where the peer is to see one. */
	readonly ownCertificate: OwnCertificate | undefined;
	readonly connectTimeoutMs: number;
	readonly depth: Depth;
	/** Where our receiver would listen. */
	readonly listen: { readonly host: string | undefined; readonly port: number };
	/** The command that prints what they have to enter for us. */
	readonly cardCommand: string;
	/** Whether so many associations may be asked for that the peer will most likely reject, in somebody's log. */
	mayBeRejected(count: number): Promise<boolean>;
	/** Other AE titles that are known for this host. */
	readonly otherTitles: readonly string[];
	/** `connect` with everything but this. */
	connect(
		options: Pick<ConnectOptions, 'contexts' | 'extendedNegotiations' | 'roleSelections' | 'serve'> & {
			readonly calledAeTitle?: string;
		},
	): Promise<Connected>;
	startReceiver(options: Pick<ReceiverOptions, 'on' | 'store' | 'accept'>): Promise<Receiver>;
	resolve(host: string): Promise<readonly string[]>;
	now(): number;
	today(): Date;
	readonly signal: AbortSignal;
	readonly memory: Memory;
}

/** Passed from check to check. */
export interface Memory {
	addresses: readonly string[];
	/** The first of them that a connection could be opened to. */
	openAddress: string | undefined;
	local: Endpoint | undefined;
	/** The first association, for the echo. */
	first: Connected | undefined;
	/** It ended without a word that said why. */
	endedWordless: boolean;
	/** Why the first association did not come about. */
	unassociated: Failure | undefined;
	/** What was found at the port instead of DICOM. */
	foreign: 'TLS' | 'HTTP' | undefined;
	/** What the peer calls itself: the implementation version name. */
	implementation: string | undefined;
	capabilities: Capabilities | undefined;
	/** The association of the queries, and its model. */
	query: Connected | undefined;
	/** Newest rows of today or lately: for the clock, and for what may be retrieved. */
	rows: readonly Dataset[];
	/** The events of our receiver during the test of the way back. */
	calls: readonly ReceiverEvent[];
	/** The last PDU that came in the check that runs, those of a release left out: for the report of a failure. */
	pdu: Uint8Array | undefined;
	associations: number;
}

export interface Capabilities {
	/** Letters of models: P patient root, S study root, O patient/study only. */
	readonly find: string;
	readonly move: string;
	readonly get: string;
	readonly worklist: boolean;
	readonly commitment: boolean;
}

export const emptyMemory = (): Memory => ({
	addresses: [],
	openAddress: undefined,
	local: undefined,
	first: undefined,
	endedWordless: false,
	unassociated: undefined,
	foreign: undefined,
	implementation: undefined,
	capabilities: undefined,
	query: undefined,
	rows: [],
	calls: [],
	pdu: undefined,
	associations: 0,
});

/** Where the peer is to be found, by what is known of it. */
export const addressOf = ({ host, memory }: Pick<Subject, 'host' | 'memory'>): string =>
	memory.openAddress ?? memory.addresses[0] ?? host;

/** The results as they come. Ends early where the signal says so; what is open is closed in any case. */
export async function* examine(
	checks: readonly Check[],
	subject: Subject,
): AsyncGenerator<CheckResult, void, undefined> {
	const states = new Map<CheckId, CheckStatus>();
	try {
		for (const check of checks) {
			if (subject.signal.aborted) return;
			if (!check.isDue(subject)) continue;
			const missing = check.needs.find((id) => states.has(id) && states.get(id) !== 'ok' && states.get(id) !== 'warn');
			const result =
				missing === undefined
					? await done(check, subject)
					: { id: check.id, status: 'skip' as const, ms: 0, summary: `needs ${missing}`, next: [], means: [] };
			states.set(check.id, result.status);
			yield result;
		}
	} finally {
		await closed(subject.memory.first?.association);
		await closed(subject.memory.query?.association);
	}
}

const closed = async (association: Association | undefined): Promise<void> => {
	if (association?.isOpen === true) await association.release().catch(() => {});
};

/** A peer with few places may still count the associations of the checks before this one. */
const CROWD_MS = 2_000;

/** Others go on without them: that the peer is full is worth a word, and no failure of what was to be checked. */
const ASIDE: ReadonlySet<CheckId> = new Set(['big-rq', 'soak']);

/** Turned away for now, although the first association was not. */
const isCrowded = ({ failure, status }: Finding, { id }: Check): boolean =>
	id !== 'associate' && status === 'fail' && failure?.blame === 'rejected' && failure.result === 2;

/** By a signal, or because the time for all of it ran out: that says nothing of the peer. */
const isEndedHere = ({ failure }: Finding, { signal }: Subject): boolean =>
	signal.aborted &&
	(failure?.blame === 'interrupted' || (failure?.blame === 'timeout' && failure.waitingFor === 'command-end'));

export const waited = (ms: number, signal: AbortSignal): Promise<void> =>
	new Promise((resolve) => {
		const timer = setTimeout(resolve, Math.max(0, ms));
		signal.addEventListener('abort', () => {
			clearTimeout(timer);
			resolve();
		});
	});

const done = async (check: Check, subject: Subject): Promise<CheckResult> => {
	const startedAt = subject.now();
	subject.memory.pdu = undefined;
	let finding = await found(check, subject);
	if (isCrowded(finding, check)) {
		await waited(CROWD_MS, subject.signal);
		finding = await found(check, subject);
		if (isCrowded(finding, check) && ASIDE.has(check.id)) finding = { ...finding, status: 'warn' };
	}
	if (isEndedHere(finding, subject)) finding = { status: 'skip', summary: 'ended before its answer came' };
	const { failure } = finding;
	const explained = failure === undefined ? undefined : explainFailure(failure, contextOf(subject, check.id));
	return {
		id: check.id,
		ms: subject.now() - startedAt,
		...finding,
		means: explained?.means ?? [],
		next: finding.next ?? explained?.do ?? [],
	};
};

const found = async (check: Check, subject: Subject): Promise<Finding> => {
	try {
		return await check.run(subject);
	} catch (error) {
		if (!(error instanceof DicomError)) throw error;
		return failed(error.failure, subject);
	}
};

/** A failure told as a finding; its title without the peer's name, which stands above. */
export const failed = (failure: Failure, subject: Subject, status: CheckStatus = 'fail'): Finding => {
	const { title, cameBack } = explainFailure(failure, contextOf(subject, 'associate'));
	const bare = title.startsWith(`${subject.label}: `) ? title.slice(subject.label.length + 2) : title;
	return {
		status,
		summary: bare,
		failure,
		...(cameBack === undefined ? {} : { details: { came_back: cameBack } }),
	};
};

export const contextOf = (subject: Subject, id: CheckId): FailureContext => ({
	peer: {
		label: subject.label,
		host: subject.host,
		port: subject.port,
		calledAeTitle: subject.calledAeTitle,
		callingAeTitle: subject.callingAeTitle,
		node: subject.node,
	},
	localAddress: subject.memory.local?.address,
	command: 'doctor',
	service: id === 'move' || id === 'dest' ? 'C-MOVE' : id === 'get' ? 'C-GET' : id === 'echo' ? 'C-ECHO' : 'C-FIND',
	tls: subject.usesTls,
});
