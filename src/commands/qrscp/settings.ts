/** What `dimse qrscp` is to do: the options over the configuration over the defaults, checked before anything is opened. */
import { access, constants } from 'node:fs/promises';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import type { DuplicatePolicy } from '../../archive/duplicates.ts';
import type { Durability } from '../../archive/files/instance-writer.ts';
import type { Values } from '../../cli/command.ts';
import type { Environment } from '../../cli/environment.ts';
import { checkAeTitle } from '../../cli/peer.ts';
import { type AccessRule, isAeTitle, parseAccessRule } from '../../config/access-rules.ts';
import { byteSizeOf } from '../../config/byte-size.ts';
import { type QrscpFile, readQrscpFile } from '../../config/qrscp-file.ts';
import type { QrscpKeyName, QrscpValues } from '../../config/qrscp-keys.ts';
import { expandHome } from '../../config/settings-file.ts';
import { DicomError } from '../../errors.ts';
import type { Fault } from '../../simulate/fault.ts';
import type { QRSCP_OPTIONS } from './options.ts';

export type QrscpOptions = Values<typeof QRSCP_OPTIONS>;

/** Paths of PEM files, absolute. */
export interface TlsFiles {
	readonly ca: readonly string[];
	readonly certificate: string | undefined;
	readonly key: string | undefined;
	readonly passphrase: string | undefined;
	readonly serverName?: string | undefined;
	readonly minimumVersion: 'TLSv1.2' | 'TLSv1.3';
	readonly isInsecure?: boolean;
}

export interface Destination {
	/** As a C-MOVE names it. */
	readonly name: string;
	readonly calledAeTitle: string;
	/** Our own where it has none. */
	readonly callingAeTitle: string;
	readonly host: string;
	readonly port: number;
	readonly tls: TlsFiles | undefined;
}

/** How many at once; `Number.POSITIVE_INFINITY` for any number. */
export interface Limits {
	readonly associations: number;
	readonly perAe: number;
	readonly perAddress: number;
	readonly connections: number;
}

export interface QrscpSettings {
	readonly aeTitle: string;
	readonly port: number;
	/** Undefined for all interfaces. */
	readonly bindAddress: string | undefined;
	readonly maximumLength: number;
	readonly acseTimeoutMs: number;
	readonly dimseTimeoutMs: number;
	readonly networkTimeoutMs: number;
	readonly instanceFolder: string;
	readonly databasePath: string;
	readonly duplicates: DuplicatePolicy;
	readonly durability: Durability;
	/** Undefined for the archive's own rule. */
	readonly minFreeBytes: number | undefined;
	readonly maxInstanceBytes: number;
	readonly acceptUnknown: boolean;
	readonly worklistFolder: string | undefined;
	readonly matchLimit: number;
	readonly isReceiveOnly: boolean;
	readonly hasGet: boolean;
	readonly access: readonly AccessRule[];
	readonly requireCalled: boolean;
	readonly limits: Limits;
	readonly tls: TlsFiles | undefined;
	readonly destinations: ReadonlyMap<string, Destination>;
	readonly faults: readonly Fault[];
	readonly auditLog: string | undefined;
	readonly isJsonLog: boolean;
}

const DEFAULT_DESTINATION = 'STORESCP=127.0.0.1:11113';
const MAX_INSTANCE_BYTES = 4 * 1024 ** 3;

/** @throws DicomError usage; a mistake in the configuration with its file and line */
export const readSettings = async (options: QrscpOptions, env: Environment): Promise<QrscpSettings> => {
	const file = options.config === undefined ? undefined : await readQrscpFile(options.config, env);
	const values: QrscpValues = file?.values ?? {};
	const path = (name: string | undefined): string | undefined =>
		name === undefined || name === '' ? undefined : resolve(env.cwd, expandHome(name, env.homeFolder));
	const many = (number: number): number => (number === 0 ? Number.POSITIVE_INFINITY : number);
	const milliseconds = (seconds: number): number => Math.round(seconds * 1000);
	const aeTitle = checkAeTitle(options['ae-title'] ?? values.ae_title ?? 'QRSCP', 'own');
	const passphrase = options['tls-passphrase'];
	if (file !== undefined) await checkSurroundings(file, options, path);
	return {
		aeTitle,
		port: options.port ?? values.port ?? 11_112,
		bindAddress: unbracketed(options['bind-address'] ?? values.bind_address ?? '') || undefined,
		maximumLength: options['max-pdu'] ?? values.max_pdu ?? 65_536,
		acseTimeoutMs: milliseconds(options['acse-timeout'] ?? values.acse_timeout ?? 30),
		dimseTimeoutMs: milliseconds(options['dimse-timeout'] ?? values.dimse_timeout ?? 30),
		networkTimeoutMs: milliseconds(options['network-timeout'] ?? values.network_timeout ?? 30),
		instanceFolder: path(options['instance-location'] ?? values.instance_location) ?? resolve(env.cwd, 'instances'),
		databasePath:
			path(options['database-location'] ?? values.database_location) ?? resolve(env.cwd, 'instances.sqlite'),
		duplicates: options.duplicates ?? values.duplicates ?? 'replace',
		durability: options.durability ?? values.durability ?? 'full',
		minFreeBytes: size('min-free-space', options['min-free-space']) ?? values.min_free_space,
		maxInstanceBytes: many(
			size('max-instance-size', options['max-instance-size']) ?? values.max_instance_size ?? MAX_INSTANCE_BYTES,
		),
		acceptUnknown: (options.accept ?? values.accept ?? 'storage') === 'any',
		worklistFolder: path(options.worklist ?? values.worklist),
		matchLimit: many(options['match-limit'] ?? values.match_limit ?? 0),
		isReceiveOnly: options['receive-only'] || (values.receive_only ?? false),
		hasGet: !(options['no-get'] || (values.no_get ?? false)),
		access: entries(options.allow, file, 'allow').map(({ text, at }) => placed(at, () => parseAccessRule(text))),
		requireCalled: options['require-called'] || (values.require_called ?? false),
		limits: {
			associations: many(options['max-associations'] ?? values.max_associations ?? 200),
			perAe: many(options['max-associations-per-ae'] ?? values.max_associations_per_ae ?? 50),
			perAddress: many(options['max-associations-per-address'] ?? values.max_associations_per_address ?? 100),
			connections: many(options['max-connections'] ?? values.max_connections ?? 10_000),
		},
		tls: serverTls(options, file, path, passphrase),
		destinations: destinationsOf(options, file, aeTitle, path, passphrase),
		faults: await faultsOf(entries(options.simulate, file, 'simulate')),
		auditLog: path(options['audit-log'] ?? values.audit_log),
		isJsonLog: options['json-log'] || (values.json_log ?? false),
	};
};

const usage = (message: string, hint?: string): DicomError =>
	new DicomError({ blame: 'usage', message, ...(hint === undefined ? {} : { hint }) });

const size = (option: string, text: string | undefined): number | undefined => {
	if (text === undefined) return undefined;
	const bytes = byteSizeOf(text);
	if (bytes === undefined) throw usage(`--${option}: "${text}" is no size`, 'bytes, or with a unit: 512M, 4G');
	return bytes;
};

interface Entry {
	readonly text: string;
	/** Where it stands: `path:line: key: ` or `--option: `. */
	readonly at: string;
}

/** Those of the line in place of those of the configuration. */
const entries = (
	given: readonly string[],
	file: QrscpFile | undefined,
	key: 'allow' | 'simulate',
): readonly Entry[] => {
	if (given.length > 0) return given.map((text) => ({ text, at: `--${key}: ` }));
	return file === undefined ? [] : fileEntries(file, key);
};

const fileEntries = (file: QrscpFile, key: 'allow' | 'simulate' | 'tls_ca'): readonly Entry[] => {
	const lines = file.linesOf(key);
	return (file.values[key] ?? []).map((text, at) => ({ text, at: `${file.path}:${lines[at]}: ${key}: ` }));
};

const placeOf = (file: QrscpFile, key: QrscpKeyName, destination?: string): string =>
	`${file.path}:${file.lineOf(key, destination)}: ${key}: `;

/** What a configuration names of this machine is there: its address and the files of its TLS. The line's own is told when it is used. */
const checkSurroundings = async (file: QrscpFile, options: QrscpOptions, path: PathOf): Promise<void> => {
	const { bind_address: address = '', ...values } = file.values;
	if (options['bind-address'] === undefined && address !== '') {
		const code = await bindingFailure(unbracketed(address));
		if (code !== undefined)
			throw usage(
				`${placeOf(file, 'bind_address')}cannot listen on "${address}" (${code})`,
				'an address of this machine, or empty for all of them',
			);
	}
	const own: readonly (readonly [key: QrscpKeyName, name: string | undefined])[] = [
		['tls_cert', options['tls-cert'] === undefined ? values.tls_cert : undefined],
		['tls_key', options['tls-key'] === undefined ? values.tls_key : undefined],
	];
	for (const [key, name] of own) await checkFile(placeOf(file, key), path(name));
	if (options['tls-ca'].length === 0)
		for (const { text, at } of fileEntries(file, 'tls_ca')) await checkFile(at, path(text));
	for (const { name, tlsCertificate, tlsKey, tlsCa } of file.destinations) {
		await checkFile(placeOf(file, 'tls_cert', name), path(tlsCertificate));
		await checkFile(placeOf(file, 'tls_key', name), path(tlsKey));
		await checkFile(placeOf(file, 'tls_ca', name), path(tlsCa));
	}
};

const checkFile = async (at: string, path: string | undefined): Promise<void> => {
	if (path === undefined) return;
	try {
		await access(path, constants.R_OK);
	} catch (error) {
		throw new DicomError({ blame: 'usage', message: `${at}cannot read ${path} (${codeOf(error)})` }, { cause: error });
	}
};

/** Tries an address on a port of its own. @returns why it cannot be listened on */
const bindingFailure = (address: string): Promise<string | undefined> =>
	new Promise((settle) => {
		const server = createServer();
		server.once('error', (error) => settle(codeOf(error)));
		server.listen({ host: address, port: 0, exclusive: true }, () => server.close(() => settle(undefined)));
	});

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'ERROR');

const unbracketed = (address: string): string => address.replace(/^\[(.*)\]$/, '$1');

/** Puts the place before what is wrong there. */
const placed = <T>(at: string, read: () => T): T => {
	try {
		return read();
	} catch (error) {
		if (!(error instanceof DicomError) || error.failure.blame !== 'usage') throw error;
		throw new DicomError({ ...error.failure, message: at + error.failure.message }, { cause: error });
	}
};

const faultsOf = async (given: readonly Entry[]): Promise<readonly Fault[]> => {
	if (given.length === 0) return [];
	const { parseFault } = await import('../../simulate/fault.ts');
	return given.map(({ text, at }) => placed(at, () => parseFault(text)));
};

type PathOf = (name: string | undefined) => string | undefined;

const serverTls = (
	options: QrscpOptions,
	file: QrscpFile | undefined,
	path: PathOf,
	passphrase: string | undefined,
): TlsFiles | undefined => {
	const values: QrscpValues = file?.values ?? {};
	const certificate = path(options['tls-cert'] ?? values.tls_cert);
	const key = path(options['tls-key'] ?? values.tls_key);
	const authorities = options['tls-ca'].length > 0 ? options['tls-ca'] : (values.tls_ca ?? []);
	// Whoever names a key does not want an open port.
	if (!(options.tls || (values.tls ?? certificate !== undefined) || authorities.length > 0)) return undefined;
	if (certificate === undefined || key === undefined) {
		const isOfLine = options.tls || options['tls-ca'].length > 0 || options['tls-cert'] !== undefined;
		const saying = (['tls', 'tls_cert', 'tls_ca'] as const).find((one) => file?.lineOf(one) !== undefined);
		const at = isOfLine || file === undefined || saying === undefined ? '' : placeOf(file, saying);
		throw usage(
			`${at}TLS needs a certificate of ours and its key`,
			at === '' ? '--tls-cert FILE --tls-key FILE' : 'tls_cert: FILE and tls_key: FILE',
		);
	}
	return {
		ca: authorities.map((one) => path(one) ?? one),
		certificate,
		key,
		passphrase,
		minimumVersion: (options['tls-min'] ?? values.tls_min) === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
	};
};

/** Those of the configuration, or the one of pynetdicom's own where there is none; then those of the line. */
const destinationsOf = (
	options: QrscpOptions,
	file: QrscpFile | undefined,
	aeTitle: string,
	path: PathOf,
	passphrase: string | undefined,
): ReadonlyMap<string, Destination> => {
	const destinations = new Map<string, Destination>();
	const add = (one: Destination) => destinations.set(one.name, one);
	if (file === undefined) add(destinationOf(DEFAULT_DESTINATION, aeTitle));
	for (const node of file?.destinations ?? [])
		add({
			name: node.name,
			calledAeTitle: node.calledAeTitle,
			callingAeTitle: node.callingAeTitle ?? aeTitle,
			host: node.host,
			port: node.port,
			tls: node.tls
				? {
						ca: [node.tlsCa].flatMap((ca) => path(ca) ?? []),
						certificate: path(node.tlsCertificate),
						key: path(node.tlsKey),
						passphrase,
						serverName: node.tlsServerName,
						minimumVersion: node.tlsMinimum === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
						isInsecure: node.tlsInsecure,
					}
				: undefined,
		});
	for (const text of options['move-dest']) add(destinationOf(text, aeTitle));
	return destinations;
};

/** Reads `AET=HOST:PORT`. */
const destinationOf = (text: string, callingAeTitle: string): Destination => {
	const [, title = '', bracketed, plain, port = ''] =
		/^([^=]*)=(?:\[([^\]\s]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text) ?? [];
	const name = title.trim();
	const host = bracketed ?? plain;
	if (host === undefined || !isAeTitle(name) || Number(port) < 1 || Number(port) > 65_535)
		throw usage(`--move-dest: "${text}" is no AET=HOST:PORT`, 'as WS1=10.0.0.5:11113, or WS1=[2001:db8::5]:11113');
	return { name, calledAeTitle: name, callingAeTitle, host, port: Number(port), tls: undefined };
};
