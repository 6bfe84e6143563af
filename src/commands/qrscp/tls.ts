/** The PEM files of a server and its move destinations, read. */
import { readFile } from 'node:fs/promises';
import type { TlsSettings } from '../../association/tls.ts';
import { DicomError } from '../../errors.ts';
import type { TlsFiles } from './settings.ts';

/** @throws DicomError io for a file that cannot be read */
export const readTls = async (files: TlsFiles): Promise<TlsSettings> => {
	const { ca, certificate, key, passphrase, serverName, minimumVersion, isInsecure } = files;
	return {
		...(ca.length === 0 ? {} : { ca: (await Promise.all(ca.map(readPem))).join('\n') }),
		...(certificate === undefined ? {} : { certificate: await readPem(certificate) }),
		...(key === undefined ? {} : { key: await readPem(key) }),
		passphrase,
		serverName,
		minimumVersion,
		isInsecure,
	};
};

const readPem = async (path: string): Promise<string> => {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
		throw new DicomError({ blame: 'io', code, message: `cannot read ${path}`, path }, { cause: error });
	}
};
