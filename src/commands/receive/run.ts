/** One `dimse receive` from its start to its end: the folder, the listening socket, and what ends it. */
import { MONOTONIC } from '../../association/clock.ts';
import type { Values } from '../../cli/command.ts';
import { converse } from '../../cli/conversation.ts';
import type { Environment } from '../../cli/environment.ts';
import { EXIT, type ExitStatus, exitStatusOf } from '../../cli/exit-statuses.ts';
import { allowedServices, isAeTitle, parseAccessRule } from '../../config/access-rules.ts';
import { DicomError } from '../../errors.ts';
import { type Receiver, type ReceiverEvent, type ReceiverOptions, startReceiver } from '../../retrieve/receiver.ts';
import { cannotListen } from '../cannot-listen.ts';
import { proposedTransferSyntaxes } from '../proposing.ts';
import { readTls } from '../qrscp/tls.ts';
import type { RECEIVE_OPTIONS } from '../receive.ts';
import { acceptedClasses, type Place, placeOf } from '../retrieve/receiver.ts';
import { tracing } from '../tracing.ts';
import { ReceiveOutput } from './output.ts';

export type ReceiveOptions = Values<typeof RECEIVE_OPTIONS>;

const DEFAULT_PORT = 11_113;
const DEFAULT_TLS_PORT = 2762;

/** @throws DicomError usage; io where it cannot listen or write */
export const receive = async (
	options: ReceiveOptions,
	positionals: readonly string[],
	env: Environment,
): Promise<ExitStatus> => {
	const where = listenPlace(positionals, options);
	const settings = await settingsOf(options, env);
	const talk = converse(options, env);
	for (const rule of options.allow)
		if (!parseAccessRule(rule).services.has('store'))
			talk.warn(`--allow ${rule}: lets nobody in to store, and receive does nothing else`);
	const place = await placeOf({ ...options, out: options.out }, undefined, talk, env);
	return new ReceiveRun(options, env, place).serve({ ...settings, ...where });
};

const usage = (message: string, hint?: string): DicomError =>
	new DicomError({ blame: 'usage', message, ...(hint === undefined ? {} : { hint }) });

const listenPlace = (
	[text]: readonly string[],
	{ 'bind-address': bound, tls }: ReceiveOptions,
): Pick<ReceiverOptions, 'host' | 'port'> => {
	if (text === undefined)
		return { port: tls ? DEFAULT_TLS_PORT : DEFAULT_PORT, ...(bound === undefined ? {} : { host: bound }) };
	const match = /^(?:\[([^\]]+)\]:|([^:]+):|:)?(\d{1,5})$/.exec(text.trim());
	const port = Number(match?.[3] ?? Number.NaN);
	if (match === null || port > 65_535)
		throw usage(`receive: "${text}" is no [ADDRESS:]PORT`, 'a port from 0 to 65535; the folder is named with -o DIR');
	const host = match[1] ?? match[2] ?? bound;
	return { port, ...(host === undefined ? {} : { host }) };
};

/** All but where it listens and what becomes of what it takes. */
const settingsOf = async (
	options: ReceiveOptions,
	env: Environment,
): Promise<Omit<ReceiverOptions, 'host' | 'port' | 'store' | 'on'>> => {
	const { aet, allow, tls } = options;
	if (aet !== undefined && !isAeTitle(aet))
		throw usage(`-aet: "${aet}" is no AE title`, '1 to 16 characters, without a backslash');
	if (options['require-called'] && aet === undefined)
		throw usage('--require-called: it is not said what we are called', '-aet AET');
	if (tls && (options['tls-cert'] === undefined || options['tls-key'] === undefined))
		throw usage('--tls: a server needs a certificate and its key', '--tls-cert FILE --tls-key FILE');
	const rules = allow.map(parseAccessRule);
	const { trace, traceWhole } = await tracing(options, env);
	return {
		...(aet === undefined ? {} : { aeTitle: aet }),
		requireCalled: options['require-called'],
		...(rules.length === 0
			? {}
			: { allows: (calling, { address }) => allowedServices(rules, calling, address)?.has('store') === true }),
		accept: acceptedClasses(options.accept),
		...(options['prefer-ts'].length === 0
			? {}
			: { preferTs: proposedTransferSyntaxes(options['prefer-ts'], [], '--prefer-ts') }),
		...(tls
			? {
					tls: await readTls({
						ca: options['tls-ca'],
						certificate: options['tls-cert'],
						key: options['tls-key'],
						passphrase: options['tls-passphrase'],
						serverName: undefined,
						minimumVersion: options['tls-min'] === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
						isInsecure: false,
					}),
				}
			: {}),
		maximumLength: options['max-pdu'],
		timeouts: {
			associateMs: options['acse-timeout'] * 1000,
			artimMs: options['acse-timeout'] * 1000,
			idleMs: options['network-timeout'] * 1000,
		},
		trace,
		traceWhole,
		clock: { ...MONOTONIC, now: () => env.now() },
		maxAssociations: options['max-associations'],
	};
};

class ReceiveRun {
	readonly #options: ReceiveOptions;
	readonly #env: Environment;
	readonly #place: Place;
	readonly #output: ReceiveOutput;
	readonly #ended = Promise.withResolvers<void>();
	#idle: NodeJS.Timeout | undefined;

	constructor(options: ReceiveOptions, env: Environment, place: Place) {
		this.#options = options;
		this.#env = env;
		this.#place = place;
		this.#output = new ReceiveOutput(options, env);
	}

	async serve(settings: Omit<ReceiverOptions, 'store' | 'on'>): Promise<ExitStatus> {
		const { interrupt, abort } = this.#env;
		const receiver = await this.#listen(settings);
		const { folder } = this.#place;
		await this.#output.listening(settings.host, receiver.port, this.#options.ignore ? undefined : folder);
		const end = () => this.#ended.resolve();
		const abortAll = () => void receiver.abort();
		interrupt.addEventListener('abort', end, { once: true });
		abort.addEventListener('abort', abortAll, { once: true });
		if (interrupt.aborted) end();
		this.#watchIdle();
		try {
			await this.#ended.promise;
			if (interrupt.aborted) this.#output.stopping(String(interrupt.reason), receiver.standing);
			if (abort.aborted) abortAll();
			await receiver.finish();
		} finally {
			clearTimeout(this.#idle);
			interrupt.removeEventListener('abort', end);
			abort.removeEventListener('abort', abortAll);
		}
		const status = this.#status();
		await this.#output.finish(status);
		return status;
	}

	async #listen(settings: Omit<ReceiverOptions, 'store' | 'on'>): Promise<Receiver> {
		try {
			return await startReceiver({ ...settings, store: this.#place.keep, on: (event) => this.#on(event) });
		} catch (error) {
			throw cannotListen(error, settings.host, settings.port);
		}
	}

	#on(event: ReceiverEvent): void {
		this.#output.on(event);
		if (event.kind === 'stored') {
			if (this.#output.stored === this.#options.count) this.#ended.resolve();
		} else if (event.kind === 'called' || event.kind === 'ended') this.#watchIdle();
	}

	/** Counts from the start, and from the end of the last association. */
	#watchIdle(): void {
		const seconds = this.#options['until-idle'];
		clearTimeout(this.#idle);
		if (seconds === undefined || this.#output.standing > 0) return;
		this.#idle = setTimeout(() => this.#ended.resolve(), seconds * 1000);
	}

	#status(): ExitStatus {
		const { interrupt } = this.#env;
		if (interrupt.aborted) return exitStatusOf({ blame: 'interrupted', signal: String(interrupt.reason) });
		if (this.#output.failed > 0) return EXIT.partial;
		return this.#output.stored > 0 ? EXIT.ok : EXIT.nothing;
	}
}
