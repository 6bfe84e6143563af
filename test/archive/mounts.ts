/** File systems for fault tests: small ones, read-only ones. They need root; without it the tests fail, unless DIMSE_NO_MOUNT is set. */
import { spawnSync } from 'node:child_process';
import type { Test } from 'tap';

/** Why tests that mount are left out, or false. */
export const withoutMounts = process.env['DIMSE_NO_MOUNT'] === undefined ? false : 'DIMSE_NO_MOUNT is set';

const tried = (command: string, args: readonly string[]) => spawnSync(command, args, { encoding: 'utf8' });

const run = (t: Test, command: string, args: readonly string[]): void => {
	const { status, stderr, error } = tried(command, args);
	if (status === 0) return;
	t.fail(`${command} ${args.join(' ')}: ${error?.message ?? stderr}: set DIMSE_NO_MOUNT to do without`);
	throw new Error('cannot mount');
};

/** May be called for what is not mounted any more. */
export const unmount = (folder: string): void => {
	tried('umount', ['-l', folder]);
};

/** @param size as tmpfs takes it: `2m` */
export const mountTmpfs = (t: Test, folder: string, size: string): void => {
	run(t, 'mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]);
	t.teardown(() => unmount(folder));
};

/** Gives a tmpfs another size. */
export const resizeTmpfs = (t: Test, folder: string, size: string): void =>
	run(t, 'mount', ['-o', `remount,size=${size}`, folder]);

/** An image of a file system, on a loop device. */
export const mountImage = (t: Test, image: string, folder: string): void => {
	run(t, 'mount', ['-o', 'loop', image, folder]);
	t.teardown(() => unmount(folder));
};

/** @returns makes it writable again */
export const mountReadOnly = (t: Test, folder: string): (() => void) => {
	run(t, 'mount', ['--bind', folder, folder]);
	run(t, 'mount', ['-o', 'remount,ro,bind', folder]);
	t.teardown(() => unmount(folder));
	return () => unmount(folder);
};
