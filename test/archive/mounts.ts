/** File systems for fault tests: small ones, read-only ones. They need root; without it the tests fail, unless DIMSE_NO_MOUNT is set. */
import { spawnSync } from 'node:child_process';
import type { Test } from 'tap';

/** Why tests that mount are left out, or false. */
export const withoutMounts = process.env['DIMSE_NO_MOUNT'] === undefined ? false : 'DIMSE_NO_MOUNT is set';

const run = (t: Test, command: string, args: readonly string[]): void => {
	const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
	if (status === 0) return;
	t.fail(`${command} ${args.join(' ')}: ${error?.message ?? stderr}: set DIMSE_NO_MOUNT to do without`);
	throw new Error('cannot mount');
};

/** @param size as tmpfs takes it: `2m` */
export const mountTmpfs = (t: Test, folder: string, size: string): void => {
	run(t, 'mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]);
	t.teardown(() => spawnSync('umount', ['-l', folder]));
};

/** @returns makes it writable again */
export const mountReadOnly = (t: Test, folder: string): (() => void) => {
	run(t, 'mount', ['--bind', folder, folder]);
	run(t, 'mount', ['-o', 'remount,ro,bind', folder]);
	const unmount = () => spawnSync('umount', ['-l', folder]);
	t.teardown(unmount);
	return () => {
		unmount();
	};
};
