/** What `dimse qrscp` does to its archive before it listens, or instead: clean, reindex, import. */
import type { Archive } from '../../archive/archive.ts';
import type { ImportProgress, ImportReport } from '../../archive/import.ts';
import type { ReindexReport } from '../../archive/reindex.ts';
import type { Conversation } from '../../cli/conversation.ts';
import type { Environment } from '../../cli/environment.ts';
import { EXIT, type ExitStatus } from '../../cli/exit-statuses.ts';
import { uidInfo } from '../../dicom/uids.ts';
import { countText } from '../../output/quantities.ts';
import { sanitize } from '../../output/sanitize.ts';
import { uidName } from '../../output/uid-names.ts';
import { Offer } from './offer.ts';
import type { QrscpSettings } from './settings.ts';

type Reindex = typeof Archive.reindex;
type Clean = typeof Archive.clean;

/** Two patients have one study: the last instance decides whose it is, and nobody should learn it from a query. */
export const movedText = (studyInstanceUid: string): string =>
	`study ${studyInstanceUid} is of another Patient ID now: an instance of it came with that`;

/** How many lines name a file each; the rest is counted. */
const FILES_NAMED = 20;

/** Asks first, as pynetdicom's does, unless told not to. */
export const cleanArchive = async (
	clean: Clean,
	settings: QrscpSettings,
	isConfirmed: boolean,
	{ say, isJson }: Conversation,
	env: Environment,
): Promise<ExitStatus> => {
	const { databasePath, instanceFolder } = settings;
	if (!isConfirmed) {
		const ask = isJson ? say : (text: string) => env.stderr.write(text);
		await ask(
			`This will delete the index ${sanitize(databasePath)} and all its instances in ${sanitize(instanceFolder)}. Are you sure? [yes/no]: `,
		);
		if ((await firstLine(env)).trim().toLowerCase() !== 'yes') {
			await ask(`Nothing was deleted.${isJson ? '' : '\n'}`);
			return EXIT.nothing;
		}
	}
	const { files } = await clean({ databasePath, instanceFolder });
	say(`deleted ${countText(files, 'file')} and the index`);
	return EXIT.ok;
};

const firstLine = async (env: Environment): Promise<string> => {
	const decoder = new TextDecoder();
	let text = '';
	for await (const bytes of env.stdin.bytes()) {
		text += decoder.decode(bytes, { stream: true });
		if (text.includes('\n')) break;
	}
	return text.split('\n', 1)[0] ?? '';
};

export const reindexArchive = async (
	reindex: Reindex,
	settings: QrscpSettings,
	{ say, warn, isJson }: Conversation,
	env: Environment,
): Promise<void> => {
	const { databasePath, instanceFolder } = settings;
	const progress = progressLine(env, isJson, (files: number) => `reindex  ${countText(files, 'file')}`);
	const report: ReindexReport = await reindex(
		{ databasePath, instanceFolder },
		{ signal: env.interrupt, on: progress.show },
	).finally(progress.end);
	say(`the index is built anew: ${countText(report.instances, 'instance')}`);
	if (report.keptAside !== undefined) say(`the old one is kept as ${report.keptAside}`);
	if ((report.rowsWithoutFile ?? 0) > 0)
		warn(`${countText(report.rowsWithoutFile ?? 0, 'file')} of the old index are gone`);
	for (const path of report.superseded.slice(0, FILES_NAMED)) warn(`${path}: another file holds the instance, too`);
	tellFailures(report, warn);
};

/** @returns the status to end with, if that is all there is to do: nothing that was refused may pass for taken in */
export const importFiles = async (
	archive: Pick<Archive, 'import'>,
	paths: readonly string[],
	settings: Pick<QrscpSettings, 'isReceiveOnly' | 'hasGet' | 'acceptUnknown'>,
	{ say, warn, isJson }: Conversation,
	env: Environment,
): Promise<ExitStatus> => {
	const line = ({ files, imported }: ImportProgress) => `import  ${countText(files, 'file')}  ${imported} taken in`;
	const progress = progressLine(env, isJson, line);
	const offer = new Offer(settings);
	// What a C-STORE would be refused nobody could retrieve by C-GET either.
	const refusalOf = (sopClassUid: string): string | undefined =>
		offer.of(sopClassUid)?.service === 'store'
			? undefined
			: `${uidName(sopClassUid)} is not among the SOP classes taken in${uidInfo(sopClassUid) === undefined ? ': --accept any' : ''}`;
	let soFar: ImportProgress | undefined;
	const on = (now: ImportProgress): void => {
		soFar = now;
		progress.show(now);
	};
	let report: ImportReport;
	try {
		report = await archive.import(paths, { signal: env.interrupt, on, refusalOf }).finally(progress.end);
	} catch (error) {
		// A path is not there; what came before it is in.
		if (soFar !== undefined) say(importedText(soFar));
		throw error;
	}
	say(importedText(report));
	for (const study of report.movedStudies.slice(0, FILES_NAMED)) warn(movedText(study));
	tellFailures(report, warn);
	const isAny = report.imported + report.replaced + report.duplicates > 0;
	if (!isAny) return report.failed > 0 ? EXIT.io : EXIT.ok;
	return report.missing > 0 ? EXIT.partial : EXIT.ok;
};

const importedText = ({ imported, replaced, duplicates, failed }: ImportProgress): string => {
	const others = replaced === 0 ? '' : `, ${replaced} in the place of another of the same UID`;
	const there = duplicates === 0 ? '' : `, ${duplicates} were there already`;
	return `${countText(imported, 'instance')} taken in${others}${there}${failed === 0 ? '' : `, ${failed} not`}`;
};

const tellFailures = (
	{ failures, failed }: Pick<ReindexReport, 'failures' | 'failed'>,
	warn: (text: string) => void,
): void => {
	const named = failures.slice(0, FILES_NAMED);
	for (const { path, reason } of named) warn(`${path}: ${reason}`);
	if (failed > named.length) warn(`and ${failed - named.length} more`);
};

const EVERY_MS = 200;

/** One line that is painted over, on a terminal only. */
const progressLine = <T>(env: Environment, isJson: boolean, text: (progress: T) => string) => {
	let paintedAt = Number.NEGATIVE_INFINITY;
	return {
		show: (progress: T): void => {
			if (isJson || !env.stderr.isTty || env.now() - paintedAt < EVERY_MS) return;
			paintedAt = env.now();
			void env.stderr.write(`\r\u001b[K${sanitize(text(progress))}`);
		},
		end: (): void => {
			if (paintedAt !== Number.NEGATIVE_INFINITY) void env.stderr.write('\r\u001b[K');
		},
	};
};
