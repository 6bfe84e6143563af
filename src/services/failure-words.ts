/** A failure in the few words that an Error Comment has room for (PS3.7 C.3): nothing of our files, nothing of a patient. */
import { uidInfo } from '../dicom/uids.ts';
import type { Failure } from '../errors.ts';

/** At most about 40 characters; the comment has 64. */
export const failureWords = (failure: Failure): string => {
	switch (failure.blame) {
		case 'resolve':
			return `host name unknown (${failure.code})`;
		case 'connect':
			return `not reachable (${failure.code})`;
		case 'tls':
			return `TLS failed (${failure.code})`;
		case 'timeout':
			return failure.waitingFor === 'command-end'
				? `not done within ${failure.timeoutMs / 1000} s`
				: `no ${failure.waitingFor} within ${failure.timeoutMs / 1000} s`;
		case 'rejected':
			return `association rejected ${failure.result}/${failure.source}/${failure.reason}`;
		case 'no-context': {
			const uid = failure.refused[0]?.abstractSyntax ?? '';
			return `no context for ${uidInfo(uid)?.name.replace(/ Storage$/, '') ?? uid}`;
		}
		case 'aborted':
			return failure.source === undefined ? 'connection lost' : 'association aborted';
		case 'status':
			return `status ${failure.status.toString(16).toUpperCase().padStart(4, '0')}`;
		case 'io':
			return `cannot be read (${failure.code})`;
		case 'usage':
			return 'cannot be put into an accepted syntax';
		case 'protocol':
			return 'protocol error';
		case 'auth':
			return 'not authorised';
		case 'interrupted':
			return 'interrupted';
	}
};
