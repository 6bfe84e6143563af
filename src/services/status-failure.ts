/** What a final response that is no success makes of a command: its status, and what the peer says of it (PS3.7 C). */
import type { Failure } from '../errors.ts';

interface Final {
	readonly status: number;
	readonly errorComment?: string | undefined;
	readonly offendingElements?: readonly string[] | undefined;
	readonly errorId?: number | undefined;
}

/** PS3.7 C.5.24: not authorized, which is a matter of rights and has an exit status of its own. */
const NOT_AUTHORIZED = 0x0124;

/** @param service as `C-FIND` */
export const statusFailure = (service: string, { status, errorComment, offendingElements, errorId }: Final): Failure =>
	status === NOT_AUTHORIZED
		? { blame: 'auth', message: `${service} refused${errorComment ? `: ${errorComment}` : ''}`, status }
		: {
				blame: 'status',
				service,
				status,
				...(errorComment === undefined ? {} : { errorComment }),
				...(offendingElements === undefined ? {} : { offendingElements }),
				...(errorId === undefined ? {} : { errorId }),
			};
