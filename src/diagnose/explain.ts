/** Tells a person what a failure means and what to do about it: any failure in, three parts of text out. */
import type { Failure } from '../errors.ts';
import { aborted, lost, noContext, rejected } from './association-failures.ts';
import type { Explanation } from './explanation.ts';
import { allFilled, duration, type FailureContext, factsOf, filled, told } from './facts.ts';
import { foreignProtocol, shownBytes } from './foreign-protocols.ts';
import { localAdvice } from './local-explanations.ts';
import { nameOfTag } from './names.ts';
import { offendingKeyAdvice } from './offending-keys.ts';
import { explainStatus, isService } from './status-explanations.ts';
import { tlsAdvice } from './tls-explanations.ts';
import { connectAdvice, resolveAdvice, timeoutAdvice } from './transport-explanations.ts';

export { explainAbort, explainContextResult, explainReject } from './association-explanations.ts';
export type { CodeExplanation, Explanation } from './explanation.ts';
export type { FailureContext } from './facts.ts';
export { explainStatus } from './status-explanations.ts';

type Of<B extends Failure['blame']> = Extract<Failure, { blame: B }>;

/**
 * The three parts of an error report: what came back, what it means, what to do. The title names the peer by its label, so that a program
 * name before it makes the first line. Text of the peer's stands in it unsanitised.
 */
export const explainFailure = (failure: Failure, context: FailureContext = {}): Explanation => {
	const explanation = explained(failure, context);
	const { peer } = context;
	return isLocal(failure) || peer === undefined || explanation.title.startsWith(`${peer.label}:`)
		? explanation
		: { ...explanation, title: `${peer.label}: ${explanation.title}` };
};

/** Not the peer's affair: its label has no place before it. */
const isLocal = ({ blame }: Failure): boolean => blame === 'usage' || blame === 'io' || blame === 'interrupted';

const explained = (failure: Failure, context: FailureContext): Explanation => {
	switch (failure.blame) {
		case 'usage':
			return usage(failure, context);
		case 'resolve': {
			const facts = { ...factsOf(context), host: failure.host, code: failure.code };
			return told(resolveAdvice(failure), facts);
		}
		case 'connect':
			return connecting(failure, context);
		case 'tls':
			return tls(failure, context);
		case 'timeout': {
			const facts = { ...factsOf(context), timeout: failure.timeoutMs === 0 ? '' : duration(failure.timeoutMs) };
			return told(timeoutAdvice(failure), facts, failure.waitingFor === 'command-end' ? context.reached : undefined);
		}
		case 'rejected':
			return rejected(failure, context);
		case 'no-context':
			return noContext(failure.refused, context);
		case 'aborted':
			if (failure.code !== undefined && isOfTls(failure.code))
				return tls({ blame: 'tls', code: failure.code, message: failure.code }, context);
			return failure.source === undefined ? lost(failure, context) : aborted(failure, failure.source, context);
		case 'protocol':
			return protocol(failure, context);
		case 'status':
			return status(failure, context);
		case 'io':
			return local(failure, context);
		case 'auth':
			return notAuthorized(failure, context);
		case 'interrupted':
			return interrupted(failure);
	}
};

const usage = ({ message, hint, suggestions }: Of<'usage'>, context: FailureContext): Explanation => {
	const facts = factsOf(context);
	const isSaid = suggestions === undefined || suggestions.length === 0 || /did you mean/i.test(message);
	return {
		title: isSaid ? message : `${message.replace(/\.$/, '')}. Did you mean ${suggestions.join(', ')}?`,
		means: [],
		do: [hint ?? filled('{help}    says what there is', facts)],
	};
};

// With TLS 1.3 a client certificate is refused on the first read, long after the handshake looked complete.
const isOfTls = (code: string): boolean => /^ERR_(SSL|TLS)_/.test(code);

const connecting = (failure: Of<'connect'>, context: FailureContext): Explanation => {
	const { code, address, port, afterMs } = failure;
	if (isOfTls(code)) return tls({ blame: 'tls', code, message: code }, context);
	const peer = context.peer === undefined ? { host: address } : {};
	const advice = connectAdvice(failure, context.tls === true);
	if (port === 0) return told(advice, { ...factsOf(context), code, after: '', ...peer }); // out of a log that says no more
	const facts = { ...factsOf(context), code, after: duration(afterMs), port: String(port), ...peer };
	const cameBack = `${code === 'CLOSED' ? 'end of connection' : code} from ${endpoint(address, port)} after ${duration(afterMs)}`;
	return told(advice, facts, cameBack);
};

const endpoint = (address: string, port: number): string =>
	address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

const tls = ({ code, message, certificate }: Of<'tls'>, context: FailureContext): Explanation => {
	const advice = tlsAdvice(code);
	const facts = {
		...factsOf(context),
		code,
		message,
		validFrom: certificate?.validFrom ?? 'a later date',
		validTo: certificate?.validTo ?? 'an earlier date',
		names: certificate === undefined ? 'other names' : certificate.names || certificate.subject,
	};
	const { title, means, do: next } = told(advice, facts);
	const shown =
		certificate === undefined || advice.showsCertificate !== true
			? []
			: [
					`certificate of ${certificate.subject}`,
					`issued by ${certificate.issuer}`,
					`valid from ${certificate.validFrom} to ${certificate.validTo}`,
				];
	return { title, cameBack: code, means: [...means, ...shown], do: next };
};

const protocol = ({ message, phase, firstBytes }: Of<'protocol'>, context: FailureContext): Explanation => {
	const facts = factsOf(context);
	const foreign =
		phase === 'established' || phase === 'release' ? undefined : foreignProtocol(firstBytes ?? new Uint8Array(0));
	const bytes = firstBytes === undefined || firstBytes.length === 0 ? undefined : shownBytes(firstBytes);
	if (foreign !== undefined) return told(foreign, facts, bytes);
	return {
		title: `not as the DICOM protocol has it: ${message}`,
		...(bytes === undefined ? {} : { cameBack: bytes }),
		means: [
			phase === 'established' || phase === 'release'
				? 'the peer speaks DICOM, but broke its rules; the association was aborted'
				: filled('port {port} of {host} may not be a DICOM port', facts),
		],
		do: [
			...(phase === 'associate' ? [filled('check the port: 104, 11112, 4242 and 2762 (TLS) are common', facts)] : []),
			'run it again with -d, and send the output to who looks after the peer',
		],
	};
};

const hex = (code: number): string => code.toString(16).padStart(4, '0').toUpperCase();

/** A comment has 64 characters at most by the standard; who keeps to that is not cut. */
const LONGEST_COMMENT = 100;
const cut = (comment: string): string =>
	comment.length <= LONGEST_COMMENT ? comment : `${comment.slice(0, LONGEST_COMMENT)}...`;

const MOST_ELEMENTS = 5;

const status = (failure: Of<'status'>, context: FailureContext): Explanation => {
	const { service, status: code, errorComment, offendingElements = [], errorId } = failure;
	const explanation = explainStatus(isService(service) ? service : 'C-ECHO', code, context);
	const bare = explanation.title.replace(/^(error|failed|refused): /, '');
	const verb = {
		success: 'ended with',
		pending: 'ended with',
		warning: 'ended with a warning:',
		cancel: 'was cancelled:',
		failure: explanation.title.startsWith('refused: ') ? 'refused:' : 'failed:',
	}[explanation.class];
	const ofKey = service === 'C-FIND' && isOfKeys(code) ? offendingKeyAdvice(failure) : undefined;
	const facts = factsOf(context);
	return {
		title: `${service} ${verb ?? 'failed:'} ${bare} (${hex(code)})`,
		cameBack: [
			`status ${hex(code)} (${explanation.class})`,
			...(errorComment === undefined ? [] : [`comment "${cut(errorComment)}"`]),
			...(offendingElements.length === 0
				? []
				: [`offending ${offendingElements.slice(0, MOST_ELEMENTS).map(nameOfTag).join(', ')}`]),
			...(errorId === undefined ? [] : [`error ID ${errorId}`]),
		].join(', '),
		means: ofKey === undefined ? explanation.practice : allFilled(ofKey.means, facts),
		do: ofKey === undefined ? explanation.next : allFilled(ofKey.do, facts),
	};
};

/** Statuses of a query that may mean one of its keys: A900, and what peers make of Cxxx. */
const isOfKeys = (code: number): boolean => (code & 0xff00) === 0xa900 || (code & 0xf000) === 0xc000;

const local = ({ code, message, path }: Of<'io'>, context: FailureContext): Explanation => {
	const facts = { ...factsOf(context), code };
	const { phrase, means, do: next } = localAdvice(code);
	// Node's own message begins with its code: a person is told the phrase instead.
	const plain = phrase === undefined || message.includes(phrase) ? message : `${message}: ${phrase}`;
	const isRaw = message.startsWith(code) && phrase !== undefined;
	return {
		title: isRaw ? [...(path === undefined ? [] : [path]), phrase].join(': ') : plain,
		means: allFilled(means, facts),
		do: allFilled(next, facts),
	};
};

const notAuthorized = ({ message, status: code }: Of<'auth'>, context: FailureContext): Explanation => {
	const facts = factsOf(context);
	return {
		title: `not authorized: ${message}`,
		...(code === undefined ? {} : { cameBack: `status ${hex(code)} (failure)` }),
		means: [
			filled(
				code === undefined
					? 'the peer wants to know who asks, and did not accept what it was told'
					: '{calling} may not do this at the peer',
				facts,
			),
		],
		do: [
			...(code === undefined ? ['check the user name and the password or token'] : []),
			filled('ask for {me} to be given the right to do this at the peer', facts),
		],
	};
};

const interrupted = ({ signal }: Of<'interrupted'>): Explanation => ({
	title: signal === undefined ? 'interrupted' : `interrupted by ${signal}`,
	means: ['it was ended from here; what had been done until then is done'],
	do: ['run it again to do the rest'],
});
