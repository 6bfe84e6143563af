/** What a failed attempt means for the rest: try it again, with fewer associations, in another way, or not at all. */
import { statusOf } from '../dimse/status.ts';
import type { Failure } from '../errors.ts';
import type { FinalStatus } from './events.ts';

/** An association was not opened because the peer has enough of them, as far as one can tell: rejected-transient, or not let in at all. */
export const isCrowded = (failure: Failure): boolean => {
	if (failure.blame === 'rejected') return failure.result === 2;
	if (failure.blame === 'connect')
		return failure.code === 'ECONNREFUSED' || failure.code === 'ECONNRESET' || failure.code === 'CLOSED';
	return failure.blame === 'aborted' && failure.phase === 'associate';
};

/** It may go better a little later. */
export const isPassing = (failure: Failure): boolean =>
	isCrowded(failure) ||
	failure.blame === 'connect' ||
	(failure.blame === 'timeout' && failure.waitingFor !== 'response');

/** Refused for want of resources: A700, A701 and what else a peer makes of A7xx, but A702, which is of the destination. */
export const isOverloaded = ({ status }: FinalStatus): boolean => (status & 0xff00) === 0xa700 && status !== 0xa702;

/** The peer does not do this service, or not for this model or instance: another one may do. */
const NOT_DONE: readonly number[] = [0x0112, 0x0118, 0x0122, 0x0124, 0x0211];
export const isNotDone = ({ status }: FinalStatus): boolean => NOT_DONE.includes(status);

/** The final status after a C-CANCEL. */
export const isCancel = (final: FinalStatus | undefined): boolean => final?.status === 0xfe00;

export const isFailure = ({ service, status }: FinalStatus): boolean => statusOf(service, status).class === 'failure';
