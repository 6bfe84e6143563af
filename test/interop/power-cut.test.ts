/**
 * Power cuts: an archive on an ext4 file system whose loop device is copied in the middle of eight stores at a time. What was not synced is
 * not in the copy; what was acknowledged has to be. DIMSE_POWER_CUTS says how often. It needs root, and fails without, unless DIMSE_NO_MOUNT
 * is set.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Durability } from '../../src/archive/files/instance-writer.ts';
import { folderOf, openArchive } from '../archive/archive-fixture.ts';
import { heardUntil, Ledger, type Losses, randomFrom, startLoop } from '../archive/ledger.ts';
import { mountImage, unmount, withoutMounts } from '../archive/mounts.ts';

const CUTS = Number(process.env['DIMSE_POWER_CUTS'] ?? 2);
const IMAGE_BYTES = 256 * 1_048_576;

const run = (command: string, ...args: readonly string[]): string =>
	execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const mounted = (t: Test, image: string, folder: string): string => {
	mkdirSync(folder);
	mountImage(t, image, folder);
	return folder;
};

/** Every thread of it stands still: nothing more is written or acknowledged. */
const stop = (pid: number): void => {
	process.kill(pid, 'SIGSTOP');
	for (let looks = 0; looks < 1_000_000; looks++) if (/\) T /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))) return;
	throw new Error('it does not stop');
};

const cutPower = async (
	t: Test,
	durability: Durability,
	acknowledgements: number,
	lanes = 8,
): Promise<Losses & { readonly acknowledgements: number }> => {
	const folder = folderOf(t);
	const image = join(folder, 'disk');
	writeFileSync(image, '');
	truncateSync(image, IMAGE_BYTES);
	run('mkfs.ext4', '-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image);
	const disk = mounted(t, image, join(folder, 'before'));
	const ledger = new Ledger();
	const loop = startLoop(disk, durability, lanes, 0);
	const closed = once(loop, 'close');
	await heardUntil(loop, ledger, acknowledgements);
	stop(loop.pid ?? 0);
	run('cp', '--sparse=always', image, `${image}-copy`);
	// What it had said before it was stopped counts as well: it is in the pipe.
	loop.kill('SIGKILL');
	await closed;
	unmount(disk);
	const after = mounted(t, `${image}-copy`, join(folder, 'after'));
	const { archive } = await openArchive(t, {}, after);
	try {
		await archive.ready;
		return { ...(await ledger.check(archive)), acknowledgements: ledger.acknowledgements };
	} finally {
		await archive.close();
		unmount(after);
	}
};

t.setTimeout(120_000 + CUTS * 30_000);

t.test(`${CUTS} power cuts`, { skip: withoutMounts }, async (t) => {
	const random = randomFrom(2);
	let acknowledgements = 0;
	for (let cut = 0; cut < CUTS; cut++) {
		const result = await cutPower(t, 'full', 1 + Math.floor(random() * 700), cut % 3 === 1 ? 1 : 8);
		acknowledgements += result.acknowledgements;
		t.same(
			{ lost: result.lost, torn: result.torn },
			{ lost: [], torn: [] },
			`cut ${cut + 1}: ${result.acknowledged} instances`,
		);
	}
	t.comment(`${CUTS} power cuts, ${acknowledgements} stores acknowledged, 0 lost`);
});

t.test('without syncing, the same cut does take something', { skip: withoutMounts }, async (t) => {
	const lost = await cutPower(t, 'off', 400).then(
		({ lost: uids }) => uids.length,
		// The database itself may be lost.
		() => 400,
	);
	t.ok(lost > 0, `${lost} lost`);
});
