/** A retrieve as tests run it: what it told, what it kept, and its settings with everything that a test does not care for. */

import type { ConnectOptions } from '../../src/association/requestor.ts';
import { connect } from '../../src/association/requestor.ts';
import { textOf } from '../../src/dicom/dataset.ts';
import { HeaderReader } from '../../src/dicom/header-reader.ts';
import { TAG } from '../../src/dicom/tags.ts';
import type { RetrieveEvent, RetrieveOutcome } from '../../src/retrieve/events.ts';
import type { Keep } from '../../src/retrieve/receiving.ts';
import { runRetrieve } from '../../src/retrieve/run.ts';
import type { Open, RetrieveSettings } from '../../src/retrieve/settings.ts';
import type { Unit } from '../../src/retrieve/unit.ts';

/** Instances by SOP Instance UID, as they came. */
export interface Kept {
	readonly bytes: Map<string, Buffer>;
	readonly syntaxes: Map<string, string>;
	readonly keep: Keep;
}

/** @param refusal a status for an instance that is not to be kept */
export const keeper = (refusal: (sopInstanceUid: string) => number | undefined = () => undefined): Kept => {
	const bytes = new Map<string, Buffer>();
	const syntaxes = new Map<string, string>();
	const keep: Keep = ({ sopInstanceUid, transferSyntaxUid }, kept) => {
		const status = refusal(sopInstanceUid);
		if (status !== undefined) return { refusal: status, errorComment: 'not wanted' };
		const parts: Uint8Array[] = [];
		const header = new HeaderReader({ transferSyntaxUid });
		return {
			write: (part) => {
				parts.push(part.slice());
				header.push(part);
			},
			commit: async () => {
				const whole = Buffer.concat(parts);
				bytes.set(sopInstanceUid, whole);
				syntaxes.set(sopInstanceUid, transferSyntaxUid);
				const { dataset } = header;
				kept({
					studyInstanceUid: textOf(dataset, TAG.StudyInstanceUID),
					seriesInstanceUid: textOf(dataset, TAG.SeriesInstanceUID),
					bytes: whole.length,
					outcome: 'new',
				});
				return 0x0000;
			},
			discard: async () => {},
		};
	};
	return { bytes, syntaxes, keep };
};

export interface Ran {
	readonly outcome: RetrieveOutcome;
	readonly events: readonly RetrieveEvent[];
	readonly notes: readonly string[];
}

export const opener =
	(address: ConnectOptions['address'], more: Partial<ConnectOptions> = {}): Open =>
	(options) =>
		connect({ address, ...more, ...options });

export const QUIET: AbortSignal = new AbortController().signal;

export const settingsOf = (
	units: readonly Unit[],
	settings: Partial<RetrieveSettings> & Pick<RetrieveSettings, 'open' | 'by'>,
): RetrieveSettings => ({
	model: 'study-root',
	units,
	jobs: 1,
	contexts: 'auto',
	verify: true,
	settleMs: 200,
	lateMs: 5_000,
	retryMissing: 0,
	peerAeTitle: 'ARCHIVE',
	...settings,
});

/** @param on told of every event as it happens */
export const run = async (
	settings: RetrieveSettings,
	on: (event: RetrieveEvent) => void = () => {},
	signals: { readonly interrupt?: AbortSignal; readonly abort?: AbortSignal } = {},
): Promise<Ran> => {
	const events: RetrieveEvent[] = [];
	const outcome = await runRetrieve(
		settings,
		(event) => {
			events.push(event);
			on(event);
		},
		{ interrupt: signals.interrupt ?? QUIET, abort: signals.abort ?? QUIET },
	);
	return { outcome, events, notes: events.flatMap((event) => (event.kind === 'note' ? [event.code] : [])) };
};
