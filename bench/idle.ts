/** What 1,000 associations cost `dimse qrscp` on which nothing happens. */
import { readFileSync } from 'node:fs';
import { type Connected, connect } from '../src/association/requestor.ts';
import { STUDY_ROOT_FIND, VERIFICATION } from '../src/dicom/sop-classes.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../src/dicom/transfer-syntaxes.ts';
import { startQrscp } from '../test/support/qrscp.ts';
import { dimse, row, settings } from './timing.ts';

const ASSOCIATIONS = 1000;
const NO_LIMITS = ['--max-associations', '0', '--max-associations-per-ae', '0', '--max-associations-per-address', '0'];

export const idle = async (): Promise<void> => {
	process.env['TMPDIR'] = settings.archives;
	const { port, child, stop } = await startQrscp({
		program: dimse[1] ?? '',
		args: [...NO_LIMITS, '--network-timeout', '0'],
	});
	const resident = (): number =>
		Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0);
	const alone = resident();
	const standing: Connected[] = [];
	try {
		while (standing.length < ASSOCIATIONS)
			standing.push(
				await connect({
					address: { host: '127.0.0.1', port, calledAeTitle: 'QRSCP', callingAeTitle: `IDLE${standing.length}` },
					contexts: [VERIFICATION, STUDY_ROOT_FIND].map((abstractSyntax) => ({
						abstractSyntax,
						transferSyntaxes: [EXPLICIT_LITTLE, IMPLICIT_LITTLE],
					})),
				}),
			);
		row('idle: qrscp, resident', 'no association', [{ ms: 0, peakKiB: alone }]);
		row('', `${ASSOCIATIONS} associations`, [{ ms: 0, peakKiB: resident() }]);
	} finally {
		await Promise.all(standing.map(({ association }) => association.release()));
		await stop();
	}
};
