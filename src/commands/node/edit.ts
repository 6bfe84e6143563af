/** `dimse node edit`: the address book in the user's editor, taken over whole when it can be read. */
import { spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Environment } from '../../cli/environment.ts';
import { EXIT, type ExitStatus } from '../../cli/exit-statuses.ts';
import { addressBookOf } from '../../config/address-book.ts';
import { changeSettings, readSettings, settingsPath } from '../../config/settings-file.ts';
import { DicomError } from '../../errors.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { knownNode } from './list.ts';
import type { NodeOptions } from './options.ts';

/** What a file that is not there yet begins with. */
const TEMPLATE = `# A section for each peer; [DEFAULT] holds for all of them. dimse-nodes(5) lists the keys.
[DEFAULT]
# calling_ae_title: WS01
# default_node: main

# [main]
# ae_title: PACS_MAIN
# address: 10.20.1.5
# port: 11112
`;

/** Editors that take the line to begin at. */
const TAKE_LINES = /^(?:n?vim?|nvim|vim|view|nano|emacs|emacsclient|micro|kak|joe|ed|ne|mg|pico)$/;

export const editBook = async (
	[name, ...more]: readonly string[],
	options: NodeOptions,
	env: Environment,
): Promise<ExitStatus> => {
	if (more.length > 0) throw new DicomError({ blame: 'usage', message: 'node edit takes one name at most' });
	const { path } = settingsPath(options.config, env);
	const before = await readSettings({ path, isNamed: false });
	const line = name === undefined ? undefined : knownNode(addressBookOf(before, path, env), name).line;
	const folder = await temporaryFolder('dimse-edit-');
	const copy = join(folder, basename(path));
	await writeFile(copy, before === '' ? TEMPLATE : before, { mode: 0o600 });
	await edited(copy, line, env);
	const after = await readFile(copy, 'utf8');
	if (after === (before === '' ? TEMPLATE : before)) {
		await rm(folder, { recursive: true });
		if (options.quiet === 0) await env.stderr.write(`${path} is as it was\n`);
		return EXIT.ok;
	}
	try {
		addressBookOf(after, copy, env);
	} catch (error) {
		if (!(error instanceof DicomError) || error.failure.blame !== 'usage') throw error;
		// The work of an hour is not thrown away for a typing mistake.
		const { message } = error.failure;
		throw stays(message, path, copy, error);
	}
	await changeSettings({ path, isNamed: false }, (now) => {
		if (now !== before) throw stays('somebody else has changed it meanwhile', path, copy);
		return after;
	}).catch((error: unknown) => {
		if (!(error instanceof DicomError) || error.failure.blame !== 'io') throw error;
		const message = `${error.failure.message}; what you wrote lies in ${copy}`;
		throw new DicomError({ ...error.failure, message }, { cause: error });
	});
	await rm(folder, { recursive: true });
	if (options.quiet === 0) await env.stderr.write(`changed ${path}\n`);
	return EXIT.ok;
};

const stays = (why: string, path: string, copy: string, cause?: unknown): DicomError =>
	new DicomError(
		{ blame: 'usage', message: `${path} stays as it was: ${why}`, hint: `what you wrote lies in ${copy}` },
		{ cause },
	);

/** Settles when the editor has ended well. It has the terminal meanwhile. */
const edited = (path: string, line: number | undefined, env: Environment): Promise<void> => {
	const editor = env.variables['VISUAL'] || env.variables['EDITOR'] || 'vi';
	const program = basename(editor.trim().split(/\s+/)[0] ?? '');
	const at = line !== undefined && TAKE_LINES.test(program) ? [`+${line}`] : [];
	return new Promise((resolve, reject) => {
		const failed = (how: string) =>
			reject(
				new DicomError({
					blame: 'usage',
					message: `the editor "${editor}" ${how}; nothing is changed`,
					hint: 'EDITOR or VISUAL name it',
				}),
			);
		// The shell takes it apart: it may have options.
		const child = spawn('/bin/sh', ['-c', `${editor} "$@"`, 'sh', ...at, path], { stdio: 'inherit', cwd: env.cwd });
		child.once('error', ({ message }) => failed(message));
		child.once('close', (status, signal) =>
			status === 0 ? resolve() : failed(status === 127 ? 'is not there' : `ended with ${status ?? signal}`),
		);
	});
};
