/** A retrieve from its units to its outcome (PS3.4 C.4.2, C.4.3, Y.4, Z.4): units over associations, verification, what is asked for again. */
import type { RetrieveEvent, RetrieveOutcome } from './events.ts';
import type { RetrieveSettings, RetrieveSignals } from './settings.ts';

/**
 * Retrieves every unit and says of each what came of it. A unit that fails does not end the others.
 *
 * @param on is told everything as it happens; what it throws is a bug
 * @returns also when it was cancelled, or when units failed
 * @throws DicomError where nothing could be done at all: the first association was not opened (as `connect` throws), no context of the
 *   retrieve was accepted (no-context), a unit does not fit the model (usage), the journal cannot be written (io)
 */
export const runRetrieve = (
	_settings: RetrieveSettings,
	_on: (event: RetrieveEvent) => void,
	_signals: RetrieveSignals,
): Promise<RetrieveOutcome> => Promise.reject(new Error('not yet'));
