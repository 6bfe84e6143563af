/** Where the configuration lies, and how it is read and written: whole or not at all, for the user's eyes only. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DicomError } from '../errors.ts';

/** What a path depends on; a command's environment is one. */
export interface Surroundings {
	readonly variables: Readonly<Record<string, string | undefined>>;
	readonly homeFolder: string;
	readonly cwd: string;
}

export interface SettingsPath {
	readonly path: string;
	/** The user named it (an option or DIMSE_CONFIG), so it has to be there. */
	readonly isNamed: boolean;
}

/** `named`: the --config option, which DIMSE_CONFIG stands in for; else $XDG_CONFIG_HOME/dimse/config.ini, by default in ~/.config. */
export const settingsPath = (named: string | undefined, { variables, homeFolder, cwd }: Surroundings): SettingsPath => {
	const given = named ?? nonEmpty(variables['DIMSE_CONFIG']);
	if (given !== undefined) return { path: resolve(cwd, expandHome(given, homeFolder)), isNamed: true };
	// The base directory specification: a relative path there is to be ignored.
	const base = nonEmpty(variables['XDG_CONFIG_HOME']);
	const folder = base?.startsWith('/') ? base : resolve(homeFolder, '.config');
	return { path: resolve(folder, 'dimse', 'config.ini'), isNamed: false };
};

const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

/** `~/x` as the shell would have it, in a file where no shell sees it. */
export const expandHome = (path: string, homeFolder: string): string =>
	path === '~' || path.startsWith('~/') ? homeFolder + path.slice(1) : path;

/**
 * The file's text; '' where it is not there and nobody named it.
 *
 * @throws DicomError usage, since nothing was sent yet
 */
export const readSettings = async ({ path, isNamed }: SettingsPath): Promise<string> => {
	try {
		return readFileSync(path, 'utf8');
	} catch (error) {
		const code = codeOf(error);
		if (code === 'ENOENT' && !isNamed) return '';
		throw new DicomError(
			{ blame: 'usage', message: `cannot read the configuration ${path}: ${REASONS[code] ?? code}` },
			{ cause: error },
		);
	}
};

const REASONS: Readonly<Record<string, string>> = {
	ENOENT: 'it is not there',
	EACCES: 'permission denied',
	EISDIR: 'it is a folder',
	ENOTDIR: 'a part of its path is no folder',
};

const codeOf = (error: unknown): string =>
	error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';

/**
 * Writes the file: mode 0600 in folders of 0700 that are made where they are missing; appears whole or not at all. A symbolic link stays one.
 *
 * @throws DicomError io
 */
export const writeSettings = async (path: string, text: string): Promise<void> => {
	const { mkdir, open, realpath, rename, rm } = await import('node:fs/promises');
	try {
		await mkdir(dirname(path), { recursive: true, mode: 0o700 });
		const target = await realpath(path).catch(() => path);
		const part = `${target}.${crypto.randomUUID()}.part`;
		try {
			const file = await open(part, 'wx', 0o600);
			try {
				await file.writeFile(text);
				await file.sync();
			} finally {
				await file.close();
			}
			await rename(part, target);
		} catch (error) {
			await rm(part, { force: true });
			throw error;
		}
	} catch (error) {
		throw new DicomError(
			{ blame: 'io', code: codeOf(error), message: `cannot write the configuration ${path}`, path },
			{ cause: error },
		);
	}
};
