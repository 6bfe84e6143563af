/** From the options that echo, find and store share to what `association` needs: timeouts, TLS, identity, trace. */
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { MONOTONIC } from '../association/clock.ts';
import type { ConnectOptions } from '../association/requestor.ts';
import type { associationOptions } from '../cli/association-options.ts';
import type { Values } from '../cli/command.ts';
import { converse, type LogOptions } from '../cli/conversation.ts';
import type { Environment } from '../cli/environment.ts';
import type { GENERAL } from '../cli/option-groups.ts';
import type { Peer } from '../cli/peer.ts';
import type { FailureContext } from '../diagnose/facts.ts';
import { DicomError } from '../errors.ts';
import type { Deadline } from './deadline.ts';
import { tracing } from './tracing.ts';

export type ConnectingOptions = Values<ReturnType<typeof associationOptions> & typeof GENERAL>;

/** What ends the associations of a command. */
export type Ending = Pick<Deadline, 'signal'> & Partial<Pick<Deadline, 'holds'>>;

/** What became known of the way to the peer, for an error report. */
export interface Route {
	localAddress?: string;
}

/** Everything of `ConnectOptions` but what is proposed. @param end none where somebody else sees to that @throws DicomError usage, io for files that cannot be read */
export const connecting = async (
	options: ConnectingOptions,
	peer: Peer,
	env: Environment,
	route: Route,
	end: Ending | undefined,
): Promise<Omit<ConnectOptions, 'contexts'>> => {
	const seconds = (value: number) => Math.round(value * 1000);
	const userIdentity = identity(options, env);
	return {
		address: {
			host: peer.host,
			port: peer.port,
			calledAeTitle: peer.calledAeTitle,
			callingAeTitle: peer.callingAeTitle,
			tls: peer.tls,
		},
		maximumLength: options['max-pdu'],
		connectTimeoutMs: seconds(options['connect-timeout']),
		timeouts: {
			associateMs: seconds(options['acse-timeout']),
			releaseMs: seconds(options['acse-timeout']),
			artimMs: seconds(options['acse-timeout']),
			dimseMs: seconds(options['dimse-timeout']),
			idleMs: seconds(options['idle-timeout']),
		},
		clock: { ...MONOTONIC, now: () => env.now() },
		family: options.family === '4' ? 4 : options.family === '6' ? 6 : 0,
		...(userIdentity === undefined ? {} : { userIdentity }),
		...(await tracing(options, env)),
		opened: ({ address }) => {
			route.localAddress = address;
		},
		...(end === undefined ? {} : { signal: end.signal, established: (association) => end.holds?.(association) }),
	};
};

/** Says what there is to know of a peer before anything is done. */
export const sayNotes = ({ notes }: Peer, options: LogOptions, env: Environment): void => {
	const { note } = converse(options, env);
	for (const text of notes) note(text);
};

/** What an error report says of where it happened. */
export const failureContext = (peer: Peer, command: string, service: string, route: Route): FailureContext => ({
	peer,
	localAddress: route.localAddress,
	command,
	service,
	tls: peer.tls !== undefined,
});

const read = (path: string, env: Environment): string => {
	const whole = isAbsolute(path) ? path : join(env.cwd, path);
	try {
		return readFileSync(whole, 'utf8');
	} catch (error) {
		const { code = 'ERROR', message } = error as NodeJS.ErrnoException;
		throw new DicomError({ blame: 'io', code, message, path }, { cause: error });
	}
};

/** PS3.7 D.3.3.7: 1 user name, 2 user name and passcode, 3 Kerberos, 4 SAML, 5 JSON web token. */
const identity = (options: ConnectingOptions, env: Environment): ConnectOptions['userIdentity'] => {
	const bytes = (text: string) => new TextEncoder().encode(text);
	const positiveResponseRequested = options['positive-response'];
	const nothing = new Uint8Array();
	for (const [name, type] of [
		['kerberos-file', 3],
		['saml-file', 4],
		['jwt-file', 5],
	] as const) {
		const path = options[name];
		if (path === undefined) continue;
		const primaryField = bytes(read(path, env).trim());
		return { type, positiveResponseRequested, primaryField, secondaryField: nothing };
	}
	if (options.user === undefined) return undefined;
	const file = options['password-file'];
	const password = file === undefined ? options.password : read(file, env).split(/\r?\n/, 1)[0];
	return {
		type: password === undefined ? 1 : 2,
		positiveResponseRequested,
		primaryField: bytes(options.user),
		secondaryField: password === undefined ? nothing : bytes(password),
	};
};
