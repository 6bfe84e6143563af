/** `dimse qrscp` under test: started and ended with it, and what it does to its folder and its memory. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { FOLDER_LOCK } from '../../src/archive/database-lock.ts';
import { requireContext, withAssociation } from '../../src/association/requestor.ts';
import { echo, VERIFICATION } from '../../src/services/verification.ts';
import { type RunningQrscp, startQrscp } from '../support/qrscp.ts';
import { toPeer } from './instances.ts';

/** As ARCHIVE, with -v; ended with the test. */
export const startArchive = async (t: Test, args: readonly string[] = []): Promise<RunningQrscp> => {
	const archive = await startQrscp({ aeTitle: 'ARCHIVE', args: ['-v', ...args] });
	t.teardown(() => archive.stop());
	return archive;
};

const isRunning = ({ child }: RunningQrscp): boolean => child.exitCode === null && child.signalCode === null;

/** Paths of everything below a folder, from there. */
export const below = (folder: string): string[] =>
	readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => !entry.isDirectory())
		.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
		.sort();

/** Its files of instances, whole or not. */
export const filesOf = ({ folder }: RunningQrscp): string[] =>
	below(join(folder, 'instances')).filter((path) => path !== FOLDER_LOCK);

/** Associations that the archive has told the beginning of, and those whose end it has told. */
const associationsOf = (archive: RunningQrscp): { readonly begun: number; readonly ended: number } => ({
	begun: archive.log().match(/ {2}association accepted/g)?.length ?? 0,
	ended: archive.log().match(/ {2}(released|ended: .*) after \d/g)?.length ?? 0,
});

/** Settles when so many associations have begun, and all of them are over. */
export const allOver = (archive: RunningQrscp, count = 0): Promise<void> =>
	until(() => {
		const { begun, ended } = associationsOf(archive);
		return begun >= count && ended === begun;
	}, 'every association is over');

/** How long an association with a C-ECHO took, in milliseconds. */
const echoed = async (archive: RunningQrscp): Promise<number> => {
	const startedAt = performance.now();
	const contexts = [{ abstractSyntax: VERIFICATION, transferSyntaxes: ['1.2.840.10008.1.2'] }];
	await withAssociation({ address: toPeer(archive), contexts }, (connected) =>
		echo(connected.association, requireContext(connected, VERIFICATION).id),
	);
	return Math.round(performance.now() - startedAt);
};

export const answers = (archive: RunningQrscp): Promise<boolean> =>
	echoed(archive).then(
		() => true,
		() => false,
	);

/** It is as it should be: it answers. */
export const lives = async (t: Test, archive: RunningQrscp, what = 'it lives'): Promise<void> => {
	const ms = await echoed(archive);
	t.ok(isRunning(archive), `${what} (${ms} ms)`);
};

/** A text of a peer in the name of a test: TAP is made of lines. */
export const plain = (text: string): string => JSON.stringify(text.slice(0, 24)).replaceAll(/[^\x20-\x7e]|#/g, '?');

/** Memory that a process holds, in bytes. */
export const residentBytes = ({ child }: RunningQrscp): number =>
	1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]);

/** Waits until it is so. @throws Error when it is not within ten seconds */
export const until = async (isSo: () => boolean | Promise<boolean>, what: string, ms = 10_000): Promise<void> => {
	for (const end = Date.now() + ms; !(await isSo()); ) {
		if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
};
