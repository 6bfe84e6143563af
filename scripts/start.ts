/** `npm start`: the main job on a real archive of this machine: started, filled with synthetic studies, asked. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeFile } from '../src/dicom/part10.ts';
import { syntheticStudies } from '../src/dicom/synthetic.ts';
import { EXPLICIT_LITTLE } from '../src/dicom/transfer-syntaxes.ts';
import { missing, type RunningPeer, startDcmqrscp, startOrthanc } from '../test/support/peers.ts';

const bin = fileURLToPath(new URL('../bin/dimse.js', import.meta.url));

/** Runs one command as a user would, and shows it. */
const dimse = (...args: readonly string[]): Promise<number> => {
	console.log(`\n$ dimse ${args.map((arg) => (/[^\w@:./=*-]/.test(arg) ? `'${arg}'` : arg)).join(' ')}`);
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [bin, ...args], { stdio: 'inherit' });
		child.once('error', reject);
		child.once('exit', (code) => resolve(code ?? 1));
	});
};

const archive = async (): Promise<RunningPeer | undefined> => {
	if (missing('dcmqrscp') === false) return startDcmqrscp({ args: [] });
	if (missing('Orthanc') === false) return startOrthanc();
	return undefined;
};

const peer = await archive();
if (peer === undefined) {
	console.error(
		'No archive on this machine to show it with. On Debian: apt-get install dcmtk    (or: apt-get install orthanc)',
	);
	process.exitCode = 1;
} else {
	const folder = mkdtempSync(join(tmpdir(), 'dimse-start-'));
	try {
		mkdirSync(join(folder, 'studies'));
		let count = 0;
		for (const { dataset } of syntheticStudies({ seed: 1, studies: 12 }))
			writeFileSync(
				join(folder, 'studies', `${String(++count).padStart(4, '0')}.dcm`),
				encodeFile(dataset, EXPLICIT_LITTLE),
			);
		const at = `${peer.aeTitle}@127.0.0.1:${peer.port}`;
		console.log(`An archive listens on port ${peer.port}; ${count} synthetic instances are in ${folder}/studies.`);
		const statuses = [
			await dimse('echo', at),
			await dimse('store', at, join(folder, 'studies')),
			await dimse('find', at, '-F', 'table'),
		];
		process.exitCode = statuses.find((status) => status !== 0) ?? 0;
	} finally {
		await peer.stop();
		rmSync(folder, { recursive: true, force: true });
	}
}
