/** Where the configuration lies, and how it is read and written: whole or not at all, for the user's eyes only. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { kill, pid } from 'node:process';
import { DicomError } from '../errors.ts';
import { filePlace } from '../file-place.ts';
import { makeFolder } from '../make-folder.ts';

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
	error instanceof DicomError && error.failure.blame === 'io' ? error.failure.code : codeOfNode(error);

const codeOfNode = (error: unknown): string =>
	error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';

/**
 * Writes the file: mode 0600 in folders of 0700 that are made where they are missing; appears whole or not at all. A symbolic link stays one.
 *
 * @throws DicomError io
 */
export const writeSettings = async (path: string, text: string): Promise<void> => {
	const { open, rename, rm } = await import('node:fs/promises');
	try {
		const target = madeReady(path);
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
		throw notWritten(path, error);
	}
};

/** Makes its folders. @returns what the path leads to through links */
const madeReady = (path: string): string => {
	makeFolder(dirname(path));
	return filePlace(path).path;
};

const notWritten = (path: string, error: unknown): DicomError =>
	new DicomError(
		{ blame: 'io', code: codeOf(error), message: `cannot write the configuration ${path}`, path },
		{ cause: error },
	);

/**
 * Reads, changes and writes the file while nobody else does. Who changes it otherwise (an editor) is not kept from it.
 *
 * @throws DicomError as `readSettings` and `writeSettings`; io: CHANGING where another process does not come to an end
 */
export const changeSettings = async (settings: SettingsPath, change: (text: string) => string): Promise<void> => {
	const { rm } = await import('node:fs/promises');
	await readSettings(settings); // what cannot be read is not waited for
	const lock = await locked(settings.path);
	try {
		await writeSettings(settings.path, change(await readSettings(settings)));
	} finally {
		await rm(lock, { force: true });
	}
};

/** A change takes milliseconds. */
const LONGEST_WAIT_MS = 5_000;
/** Whose process cannot be looked for, or has its number again: nobody takes so long. */
const STALE_MS = 60_000;

const lockOf = (path: string): string => {
	try {
		return `${madeReady(path)}.lock`;
	} catch (error) {
		throw notWritten(path, error);
	}
};

/** @returns the path of the lock, which is ours */
const locked = async (path: string): Promise<string> => {
	const { setTimeout: waited } = await import('node:timers/promises');
	const { writeFile } = await import('node:fs/promises');
	const lock = lockOf(path);
	const until = performance.now() + LONGEST_WAIT_MS;
	for (;;) {
		try {
			await writeFile(lock, `${pid} ${hostname()}\n`, { flag: 'wx', mode: 0o600 });
			return lock;
		} catch (error) {
			if (codeOf(error) !== 'EEXIST') throw notWritten(path, error);
		}
		if (await isTakenAway(lock)) continue;
		if (performance.now() > until)
			throw new DicomError({
				blame: 'io',
				code: 'CHANGING',
				message: `the configuration ${path} is being changed by another process`,
				path,
			});
		await waited(10 + Math.random() * 30);
	}
};

/** Whether the lock was that of a process that has died, and is gone now. */
const isTakenAway = async (lock: string): Promise<boolean> => {
	const { link, readFile, rename, rm, stat } = await import('node:fs/promises');
	try {
		const holder = await readFile(lock, 'utf8');
		const isOld = Date.now() - (await stat(lock)).mtimeMs > STALE_MS;
		if (!isOld && !isDead(holder)) return false;
		const aside = `${lock}.${crypto.randomUUID()}`;
		await rename(lock, aside);
		// Somebody else was quicker, and this is the lock of that one.
		if ((await readFile(aside, 'utf8')) !== holder) await link(aside, lock).catch(() => {});
		await rm(aside, { force: true });
		return true;
	} catch (error) {
		return codeOf(error) === 'ENOENT';
	}
};

const isDead = (holder: string): boolean => {
	const [, number, machine] = /^(\d+) (.*)\n$/.exec(holder) ?? [];
	if (number === undefined || machine !== hostname()) return false;
	try {
		kill(Number(number), 0);
		return false;
	} catch (error) {
		return codeOf(error) === 'ESRCH';
	}
};
