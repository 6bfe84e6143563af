/** Instances that are not where they should be: their list as a file that `--from` takes, and in words why each is missing. */
import { statusText } from './events.ts';
import { sanitize, sanitizeTsv } from './sanitize.ts';
import { uidName } from './uid-names.ts';

export type Cause =
	| { readonly cause: 'refused-here'; readonly status?: number; readonly error: string }
	| { readonly cause: 'no-context'; readonly by: 'us' | 'peer' | 'caller'; readonly sopClassUid: string }
	| { readonly cause: 'failed-there' | 'not-there' | 'ended' | 'never-came' };

/** An instance, or with no `sopInstanceUid` a series or study of which nobody knows what is missing. */
export interface Missing {
	readonly sopInstanceUid?: string;
	readonly sopClassUid?: string;
	readonly patientId?: string;
	readonly studyUid?: string;
	readonly seriesUid?: string;
	readonly why?: Cause;
}

/** A tab-separated table with names for its columns, below a comment that says what it is and what to do with it. */
export const missingList = (missing: readonly Missing[], comment: readonly string[]): string => {
	const columns = COLUMNS.filter(([, read]) => missing.some((one) => read(one) !== undefined));
	const row = (cells: readonly string[]) => `${cells.map(sanitizeTsv).join('\t')}\n`;
	return [
		...comment.map((line) => `# ${sanitize(line)}\n`),
		row(columns.map(([name]) => name)),
		...missing.map((one) => row(columns.map(([, read]) => read(one) ?? ''))),
	].join('');
};

const COLUMNS: readonly (readonly [name: string, read: (one: Missing) => string | undefined])[] = [
	['PatientID', (one) => one.patientId],
	['StudyInstanceUID', (one) => one.studyUid],
	['SeriesInstanceUID', (one) => one.seriesUid],
	['SOPInstanceUID', (one) => one.sopInstanceUid],
	['SOPClassUID', (one) => one.sopClassUid],
	['Reason', (one) => (one.why === undefined ? undefined : causeText(one.why))],
];

/** Why it is missing, as far as it can be known. Unsanitised where the peer has its say. */
export const causeText = (why: Cause): string => {
	switch (why.cause) {
		case 'refused-here':
			return `not kept here${why.status === undefined ? '' : ` (${statusText(why.status)})`}${why.error === '' ? '' : `: ${why.error}`}`;
		case 'no-context':
			if (why.by === 'caller') return `left out by --accept: ${uidName(why.sopClassUid)}`;
			return why.by === 'us'
				? `our receiver takes no ${uidName(why.sopClassUid)}: --accept any takes every class`
				: `no presentation context for ${uidName(why.sopClassUid)}: the peer accepted none`;
		case 'failed-there':
			return 'failed at the peer, which lists it';
		case 'not-there':
			return 'the peer does not have it';
		case 'ended':
			return 'it ended before';
		case 'never-came':
			return 'never came, and the peer says nothing of it';
	}
};
