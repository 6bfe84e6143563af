/** The statuses of the DIMSE-C services (PS3.7 Annex C; PS3.4 A.4, B.2.3, C.4, K.4, CC.2): which class, and what the standard calls them. */

export type Service = 'C-ECHO' | 'C-STORE' | 'C-FIND' | 'C-GET' | 'C-MOVE';

/** Pending is not final; of the final ones, warning means done. */
export type StatusClass = 'success' | 'pending' | 'warning' | 'failure' | 'cancel';

export interface Status {
	readonly code: number;
	readonly class: StatusClass;
	readonly meaning: string;
}

/** One row: the codes for which `code & mask` is `status`, in these services; none means any. */
export interface StatusRow {
	readonly services?: readonly Service[];
	readonly status: number;
	readonly mask: number;
	readonly class: StatusClass;
	readonly meaning: string;
}

const EXACT = 0xffff;
/** A7xx, A9xx */
const HUNDREDS = 0xff00;
/** Bxxx, Cxxx */
const THOUSANDS = 0xf000;

const STORE = { services: ['C-STORE'] } as const;
const FIND = { services: ['C-FIND'] } as const;
const MOVE = { services: ['C-MOVE'] } as const;
const RETRIEVE = { services: ['C-GET', 'C-MOVE'] } as const;

/** Of several rows that fit the first counts: exact before masked, a service's own before those of all. */
export const STATUSES: readonly StatusRow[] = [
	// PS3.4 Table B.2-1
	{ ...STORE, status: 0xb000, mask: EXACT, class: 'warning', meaning: 'Coercion of Data Elements' },
	{ ...STORE, status: 0xb006, mask: EXACT, class: 'warning', meaning: 'Elements Discarded' },
	{ ...STORE, status: 0xb007, mask: EXACT, class: 'warning', meaning: 'Data Set does not match SOP Class' },
	{ ...STORE, status: 0xa700, mask: HUNDREDS, class: 'failure', meaning: 'Refused: Out of Resources' },
	{ ...STORE, status: 0xa900, mask: HUNDREDS, class: 'failure', meaning: 'Error: Data Set does not match SOP Class' },
	{ ...STORE, status: 0xc000, mask: THOUSANDS, class: 'failure', meaning: 'Error: Cannot understand' },

	// PS3.4 Table C.4-1, C.6 (repository query), K.4-1, CC.2.8
	{ ...FIND, status: 0x0000, mask: EXACT, class: 'success', meaning: 'Matching is complete' },
	{ ...FIND, status: 0xff00, mask: EXACT, class: 'pending', meaning: 'Matches are continuing' },
	{
		...FIND,
		status: 0xff01,
		mask: EXACT,
		class: 'pending',
		meaning: 'Matches are continuing, one or more Optional Keys were not supported',
	},
	{ ...FIND, status: 0xfe00, mask: EXACT, class: 'cancel', meaning: 'Matching terminated due to Cancel request' },
	{ ...FIND, status: 0xa700, mask: EXACT, class: 'failure', meaning: 'Refused: Out of Resources' },
	{ ...FIND, status: 0xa710, mask: EXACT, class: 'failure', meaning: 'Invalid Prior Record Key' },
	{ ...FIND, status: 0xa900, mask: EXACT, class: 'failure', meaning: 'Error: Identifier does not match SOP Class' },
	{ ...FIND, status: 0xb001, mask: EXACT, class: 'warning', meaning: 'Matching reached response limit' },
	{ ...FIND, status: 0xc000, mask: THOUSANDS, class: 'failure', meaning: 'Failed: Unable to process' },

	// PS3.4 Tables C.4-2, C.4-3, Y.4-1, Z.4-1
	{ ...RETRIEVE, status: 0x0000, mask: EXACT, class: 'success', meaning: 'Sub-operations complete, no failures' },
	{ ...RETRIEVE, status: 0xff00, mask: EXACT, class: 'pending', meaning: 'Sub-operations are continuing' },
	{
		...RETRIEVE,
		status: 0xfe00,
		mask: EXACT,
		class: 'cancel',
		meaning: 'Sub-operations terminated due to Cancel indication',
	},
	{
		...RETRIEVE,
		status: 0xb000,
		mask: EXACT,
		class: 'warning',
		meaning: 'Sub-operations complete, one or more failures or warnings',
	},
	{
		...RETRIEVE,
		status: 0xa701,
		mask: EXACT,
		class: 'failure',
		meaning: 'Refused: Out of Resources, unable to calculate number of matches',
	},
	{
		...RETRIEVE,
		status: 0xa702,
		mask: EXACT,
		class: 'failure',
		meaning: 'Refused: Out of Resources, unable to perform sub-operations',
	},
	{ ...MOVE, status: 0xa801, mask: EXACT, class: 'failure', meaning: 'Refused: Move Destination unknown' },
	{ ...RETRIEVE, status: 0xa900, mask: EXACT, class: 'failure', meaning: 'Error: Identifier does not match SOP Class' },
	{
		...RETRIEVE,
		status: 0xaa00,
		mask: EXACT,
		class: 'failure',
		meaning: 'None of the frames requested were found in the SOP Instance',
	},
	{
		...RETRIEVE,
		status: 0xaa01,
		mask: EXACT,
		class: 'failure',
		meaning: 'Unable to create new object for this SOP Class',
	},
	{ ...RETRIEVE, status: 0xaa02, mask: EXACT, class: 'failure', meaning: 'Unable to extract frames' },
	{
		...RETRIEVE,
		status: 0xaa03,
		mask: EXACT,
		class: 'failure',
		meaning: 'Time-based request received for a non-time-based original SOP Instance',
	},
	{ ...RETRIEVE, status: 0xaa04, mask: EXACT, class: 'failure', meaning: 'Invalid request' },
	{ ...RETRIEVE, status: 0xc000, mask: THOUSANDS, class: 'failure', meaning: 'Failed: Unable to process' },

	// PS3.7 C.1 to C.5
	{ status: 0x0000, mask: EXACT, class: 'success', meaning: 'Success' },
	{ status: 0x0001, mask: EXACT, class: 'warning', meaning: 'Warning' },
	{ status: 0x0105, mask: EXACT, class: 'failure', meaning: 'No such Attribute' },
	{ status: 0x0106, mask: EXACT, class: 'failure', meaning: 'Invalid Attribute Value' },
	{ status: 0x0107, mask: EXACT, class: 'warning', meaning: 'Attribute list error' },
	{ status: 0x0110, mask: EXACT, class: 'failure', meaning: 'Processing failure' },
	{ status: 0x0111, mask: EXACT, class: 'failure', meaning: 'Duplicate SOP Instance' },
	{ status: 0x0112, mask: EXACT, class: 'failure', meaning: 'No such SOP Instance' },
	{ status: 0x0113, mask: EXACT, class: 'failure', meaning: 'No such event type' },
	{ status: 0x0114, mask: EXACT, class: 'failure', meaning: 'No such argument' },
	{ status: 0x0115, mask: EXACT, class: 'failure', meaning: 'Invalid argument value' },
	{ status: 0x0116, mask: EXACT, class: 'warning', meaning: 'Attribute value out of range' },
	{ status: 0x0117, mask: EXACT, class: 'failure', meaning: 'Invalid SOP Instance' },
	{ status: 0x0118, mask: EXACT, class: 'failure', meaning: 'No such SOP Class' },
	{ status: 0x0119, mask: EXACT, class: 'failure', meaning: 'Class-Instance conflict' },
	{ status: 0x0120, mask: EXACT, class: 'failure', meaning: 'Missing Attribute' },
	{ status: 0x0121, mask: EXACT, class: 'failure', meaning: 'Missing Attribute Value' },
	{ status: 0x0122, mask: EXACT, class: 'failure', meaning: 'Refused: SOP Class not supported' },
	{ status: 0x0123, mask: EXACT, class: 'failure', meaning: 'No such action' },
	{ status: 0x0124, mask: EXACT, class: 'failure', meaning: 'Refused: Not authorized' },
	{ status: 0x0210, mask: EXACT, class: 'failure', meaning: 'Duplicate invocation' },
	{ status: 0x0211, mask: EXACT, class: 'failure', meaning: 'Unrecognized operation' },
	{ status: 0x0212, mask: EXACT, class: 'failure', meaning: 'Mistyped argument' },
	{ status: 0x0213, mask: EXACT, class: 'failure', meaning: 'Resource limitation' },
	{ status: 0xfe00, mask: EXACT, class: 'cancel', meaning: 'Cancel' },
	{ status: 0xff00, mask: EXACT, class: 'pending', meaning: 'Pending' },
	{ status: 0xff01, mask: EXACT, class: 'pending', meaning: 'Pending' },
	{ status: 0x0100, mask: HUNDREDS, class: 'failure', meaning: 'Failure (not in the standard)' },
	{ status: 0x0200, mask: HUNDREDS, class: 'failure', meaning: 'Failure (not in the standard)' },
	{ status: 0xa000, mask: THOUSANDS, class: 'failure', meaning: 'Refused or Error (not in the standard)' },
	{ status: 0xb000, mask: THOUSANDS, class: 'warning', meaning: 'Warning (not in the standard)' },
	{ status: 0xc000, mask: THOUSANDS, class: 'failure', meaning: 'Error (not in the standard)' },
];

/** A code outside every class of PS3.7 Annex C cannot be success: it counts as failure. */
const UNKNOWN = { class: 'failure', meaning: 'Unknown status' } as const;

/** What a status says in this service; one that the standard does not list is judged by its class. */
export const statusOf = (service: Service, code: number): Status => {
	const row = STATUSES.find(
		({ services, status, mask }) => (code & mask) === status && (services?.includes(service) ?? true),
	);
	const { class: statusClass, meaning } = row ?? UNKNOWN;
	return { code, class: statusClass, meaning };
};

/** More responses to the same request will follow. */
export const isPending = (code: number): boolean => code === 0xff00 || code === 0xff01;
