/** What the statuses of the DIMSE-C services mean in practice (PS3.7 Annex C, PS3.4), as a table by service and mask. */
import { type Service, statusOf } from '../dimse/status.ts';
import type { CodeExplanation } from './explanation.ts';
import { allFilled, type FailureContext, factsOf } from './facts.ts';

interface StatusRow {
	/** None means any. */
	readonly services?: readonly Service[];
	readonly status: number;
	/** 0xFFFF unless told. */
	readonly mask?: number;
	readonly practice: readonly string[];
	readonly next: readonly string[];
}

const STORE: readonly Service[] = ['C-STORE'];
const FIND: readonly Service[] = ['C-FIND'];
const GET: readonly Service[] = ['C-GET'];
const MOVE: readonly Service[] = ['C-MOVE'];
const RETRIEVE: readonly Service[] = ['C-GET', 'C-MOVE'];
const QUERY: readonly Service[] = ['C-FIND', 'C-GET', 'C-MOVE'];

const HUNDREDS = 0xff00;
const THOUSANDS = 0xf000;

const LOG = 'ask what their log says at this time';
const NARROW = 'narrow the query: dimse find {peer} -k StudyDate=20260101-20260131, or by patient';
const IN_PARTS = 'or let it be asked in parts of the study date: dimse find {peer} KEY=VALUE --all';
const LEVEL_KEYS = [
	'give the level and the unique keys of the levels above it, one value each:',
	'dimse find {peer} -L series -k StudyInstanceUID=UID',
];
const DEBUG = 'run it again with -d, and send the output to who looks after the peer';
const NOTHING_TO_DO = 'nothing: this is as it should be';
const REGISTERED = 'ask which host and port the peer has for the destination AE title';
const DESTINATION_LOG = "look at the destination's log first: it names the reason";
const LIST = 'the counts, and the failed SOP instance UID list (0008,0058) where there is one, say which';

const UNDECODED = 'pynetdicom: it could not decode the keys that it got';
const RAISED = 'pynetdicom: the handler of the application there raised an exception';
const COUNTED = 'pynetdicom: the handler of the application there gave no valid number of sub-operations';
const ITS_LOG = 'look at the log of the application there: it has the Python traceback';

/** Of several rows that fit the first counts. */
const ROWS: readonly StatusRow[] = [
	{
		services: ['C-ECHO'],
		status: 0x0000,
		practice: ['the peer is there, and answers to this AE title'],
		next: [NOTHING_TO_DO],
	},
	{
		services: STORE,
		status: 0x0000,
		practice: ['the peer says that it has the instance'],
		next: [NOTHING_TO_DO],
	},
	{
		services: FIND,
		status: 0x0000,
		practice: [
			'the query is finished; some peers stop at a limit of theirs without a word',
			'a round number of rows, 100 or 500, is most likely cut short',
		],
		next: ['if the number is suspiciously round: narrow the query, for example by date'],
	},
	{
		services: RETRIEVE,
		status: 0x0000,
		practice: [
			'all sub-operations are done, says the peer; some say so before they send anything',
			'with 0 completed, 0 failed and 0 warnings: nothing matched the keys',
		],
		next: ['compare what arrived with what was asked for'],
	},
	{
		status: 0xff00,
		practice: ['not the end: more responses to this request will follow'],
		next: [NOTHING_TO_DO],
	},
	{
		status: 0xff01,
		practice: ['one or more optional keys were not matched: rows may be wider than the query'],
		next: ['check the rows against the query: keys that come back empty or not at all were not looked at'],
	},
	{
		services: FIND,
		status: 0xfe00,
		practice: [
			'the query was cancelled before its end; there may be more rows',
			'if nobody here cancelled: Orthanc ends so at its limit of results (LimitFindResults)',
		],
		next: [NARROW],
	},
	{
		services: RETRIEVE,
		status: 0xfe00,
		practice: ['the retrieve was cancelled; what the remaining count says was not started'],
		next: ['ask again for what is missing'],
	},
	{
		status: 0xfe00,
		practice: ['the operation was cancelled before its end'],
		next: ['ask again for what is missing'],
	},

	// C-STORE (PS3.4 Table B.2-1)
	{
		services: STORE,
		status: 0xa700,
		mask: HUNDREDS,
		practice: ['the peer is out of disk, memory or database room; the instance was not stored'],
		next: ['ask for room to be made at the peer, then send it again', LOG],
	},
	{
		services: STORE,
		status: 0xa900,
		mask: HUNDREDS,
		practice: [
			'the dataset does not have what its SOP class asks for, or its UIDs differ from those announced',
			'some peers refuse so what their rules for patient or study data do not like',
		],
		next: ['look at the offending elements and the comment above, where there are any', LOG],
	},
	{
		services: STORE,
		status: 0xc210,
		practice: ['pynetdicom: it could not decode the dataset that it got'],
		next: ['check the file: its transfer syntax may not be what its header says'],
	},
	{
		services: STORE,
		status: 0xc211,
		practice: [RAISED],
		next: [ITS_LOG],
	},
	{
		services: STORE,
		status: 0xb000,
		practice: ['stored, but the peer changed elements: often patient or study data to those on file'],
		next: ['compare the stored instance with the file, where that matters'],
	},
	{
		services: STORE,
		status: 0xb006,
		practice: ['stored, but the peer threw elements away, often private ones'],
		next: ['compare the stored instance with the file, where that matters'],
	},
	{
		services: STORE,
		status: 0xb007,
		practice: ['stored, though the dataset does not have what its SOP class asks for'],
		next: ['look at the offending elements and the comment above, where there are any'],
	},

	// C-FIND (PS3.4 Tables C.4-1, K.4-1)
	{
		services: FIND,
		status: 0xa700,
		practice: [
			'the query is too broad: many archives refuse what would have more matches than their limit',
			'or their database is busy',
		],
		next: [NARROW, IN_PARTS, LOG],
	},
	{
		services: FIND,
		status: 0xa710,
		practice: ['a repository query was to go on after a record that the peer does not have (any more)'],
		next: ['begin the query anew, without the prior record key'],
	},
	{
		services: FIND,
		status: 0xa900,
		practice: [
			'the level is not in this model (patient level in study root), or a unique key of a higher level is missing',
			'or the peer does not take one of the keys, often a sequence',
		],
		next: [...LEVEL_KEYS, 'use another model: -P patient root, -S study root', 'leave out keys until it is taken'],
	},
	{
		services: FIND,
		status: 0xb001,
		practice: ['the peer stopped at its limit; there are more matches'],
		next: [NARROW],
	},
	{
		services: FIND,
		status: 0xc310,
		practice: [UNDECODED],
		next: [DEBUG],
	},
	{
		services: FIND,
		status: 0xc311,
		practice: [RAISED],
		next: [ITS_LOG],
	},
	{
		services: FIND,
		status: 0xc312,
		practice: ['pynetdicom: it could not encode a match, often because of a character set or a value too long'],
		next: [ITS_LOG, 'leave out return keys until it answers'],
	},
	{
		services: FIND,
		status: 0xc320,
		practice: ["pynetdicom's qrscp: its database search failed: a list of UIDs, a bad date range or an unknown model"],
		next: ['give single values instead of lists, and ranges as 20260101-20260131', ITS_LOG],
	},
	{
		services: FIND,
		status: 0xc322,
		practice: ["pynetdicom's qrscp: it could not make a response of what it found"],
		next: [ITS_LOG],
	},

	// C-MOVE and C-GET (PS3.4 Tables C.4-2, C.4-3, Y.4-1)
	{
		services: RETRIEVE,
		status: 0xa701,
		practice: ['the peer cannot count the matches: too many, or its database is busy'],
		next: ['ask for one study or series at a time', LOG],
	},
	{
		services: MOVE,
		status: 0xa702,
		practice: [
			'the peer could not deliver: the destination refused, did not answer, or aborted',
			'or no presentation context was accepted for any of the instances',
			'rarely: disk or licence limits at the peer',
		],
		next: [DESTINATION_LOG, REGISTERED],
	},
	{
		services: GET,
		status: 0xa702,
		practice: ['no instance could be sent: no presentation context was accepted for any of them, most likely'],
		next: ['check which SOP classes and transfer syntaxes were offered, with -d', LOG],
	},
	{
		services: MOVE,
		status: 0xa801,
		practice: [
			'the destination AE title is not in the table of the peer, letter case included',
			"pynetdicom's qrscp answers this also for keys it does not like, and when it cannot reach the destination",
		],
		next: ['ask for the destination to be registered at the peer: AE title, host and port'],
	},
	{
		services: RETRIEVE,
		status: 0xa900,
		practice: ['the level is not in this model, or a key other than the unique keys was given'],
		next: ['give the level and its unique keys only, each with one value', 'use study root or patient root instead'],
	},
	{
		services: RETRIEVE,
		status: 0xaa00,
		practice: ['the instance does not have any of the frames asked for'],
		next: ['check the frame numbers: they count from 1'],
	},
	{
		services: RETRIEVE,
		status: 0xaa01,
		practice: ['the peer cannot make an instance of single frames of this class'],
		next: ['retrieve the whole instance'],
	},
	{
		services: RETRIEVE,
		status: 0xaa02,
		practice: ['the peer cannot take frames out of this instance, often because of its compression'],
		next: ['retrieve the whole instance'],
	},
	{
		services: RETRIEVE,
		status: 0xaa03,
		practice: ['frames were asked for by time, and the instance has no times'],
		next: ['ask by frame number, or retrieve the whole instance'],
	},
	{
		services: RETRIEVE,
		status: 0xaa04,
		practice: ['the request for frames contradicts itself'],
		next: ['ask for frames in one way only, or retrieve the whole instance'],
	},
	{
		services: RETRIEVE,
		status: 0xb000,
		practice: [
			'finished, but one or more instances were not sent, or were taken with a warning',
			'often one SOP class or transfer syntax that the receiver did not accept',
		],
		next: [LIST, DESTINATION_LOG],
	},
	{ services: GET, status: 0xc410, practice: [UNDECODED], next: [DEBUG] },
	{ services: GET, status: 0xc411, practice: [RAISED], next: [ITS_LOG] },
	{
		services: GET,
		status: 0xc412,
		practice: ['pynetdicom: it could not encode what the application there gave it'],
		next: [ITS_LOG],
	},
	{
		services: GET,
		status: 0xc413,
		practice: [COUNTED, 'its qrscp answers so to keys that it does not like, where others say A900'],
		next: ['give the level and its unique keys only, each with one value', ITS_LOG],
	},
	{
		services: GET,
		status: 0xc416,
		practice: ['pynetdicom: more than 65535 instances match'],
		next: ['ask for one study or series at a time'],
	},
	{
		services: GET,
		status: 0xc420,
		mask: 0xfff0,
		practice: ["pynetdicom's qrscp: its database search or reading a stored file failed"],
		next: ['give single values instead of lists', ITS_LOG],
	},
	{ services: MOVE, status: 0xc510, practice: [UNDECODED], next: [DEBUG] },
	{ services: MOVE, status: 0xc511, practice: [RAISED], next: [ITS_LOG] },
	{
		services: MOVE,
		status: 0xc512,
		practice: ['pynetdicom: it could not encode what the application there gave it'],
		next: [ITS_LOG],
	},
	{ services: MOVE, status: 0xc513, practice: [COUNTED], next: [ITS_LOG] },
	{
		services: MOVE,
		status: 0xc514,
		practice: ['pynetdicom: the handler there gave neither the address of the destination nor a number'],
		next: ['ask for the destination to be registered at the peer: AE title, host and port', ITS_LOG],
	},
	{
		services: MOVE,
		status: 0xc515,
		practice: ['pynetdicom: the handler there gave no valid address of the destination'],
		next: ['ask for the destination to be registered at the peer: AE title, host and port', ITS_LOG],
	},
	{
		services: MOVE,
		status: 0xc520,
		mask: 0xfff0,
		practice: ["pynetdicom's qrscp: its database search or reading a stored file failed"],
		next: ['give single values instead of lists', ITS_LOG],
	},

	// Any service: pynetdicom's own, then the masks
	{
		status: 0xc001,
		practice: ['pynetdicom: the handler of the application there gave a status without a number'],
		next: [ITS_LOG],
	},
	{
		status: 0xc002,
		practice: ['pynetdicom: the handler of the application there gave something that is no status'],
		next: [ITS_LOG],
	},
	{
		services: STORE,
		status: 0xc000,
		mask: THOUSANDS,
		practice: ['the peer cannot make sense of the dataset, or failed while it stored it'],
		next: ['look at the offending elements and the comment above, where there are any', LOG],
	},
	{
		services: FIND,
		status: 0xc000,
		mask: THOUSANDS,
		practice: [
			'the keys contradict the level (SERIES without StudyInstanceUID, PATIENT in study root), or a date is bad',
			'or the database of the peer failed; Conquest also says so when there is no match',
		],
		next: [...LEVEL_KEYS, LOG],
	},
	{
		services: MOVE,
		status: 0xc000,
		mask: THOUSANDS,
		practice: [
			'the peer could not process the request, for a reason of its own',
			'(Orthanc: the destination is not among its modalities, or cannot be reached)',
		],
		next: [REGISTERED, LOG],
	},
	{
		services: GET,
		status: 0xc000,
		mask: THOUSANDS,
		practice: ['the peer could not process the request, for a reason of its own'],
		next: ['give the level and its unique keys only, each with one value', LOG],
	},

	// PS3.7 Annex C
	{ status: 0x0000, practice: ['done, says the peer'], next: [NOTHING_TO_DO] },
	{ status: 0x0001, practice: ['done, but not quite as asked'], next: [LOG] },
	{ status: 0x0105, practice: ['the peer does not know an attribute that was sent'], next: [DEBUG] },
	{ status: 0x0106, practice: ['the peer does not like the value of an attribute'], next: ['check the values', DEBUG] },
	{ status: 0x0107, practice: ['done, but attributes that the peer does not know were left out'], next: [DEBUG] },
	{ status: 0x0110, practice: ['the peer failed while it worked on the request'], next: [LOG] },
	{
		status: 0x0111,
		practice: ['the peer has an instance with this UID already, and does not replace it'],
		next: ['nothing, if it is the same instance; otherwise give it a UID of its own'],
	},
	{ status: 0x0112, practice: ['the instance is gone, or was never there'], next: ['query again for what there is'] },
	{ status: 0x0113, practice: ['the peer does not know this kind of event'], next: [DEBUG] },
	{ status: 0x0114, practice: ['the peer does not know an argument of the request'], next: [DEBUG] },
	{ status: 0x0115, practice: ['an argument of the request has a value that is not allowed'], next: [DEBUG] },
	{
		status: 0x0116,
		practice: ['done, but a value is outside the range that the peer takes'],
		next: ['check the values'],
	},
	{
		status: 0x0117,
		practice: ['the SOP instance UID breaks the rules for UIDs, or does not fit its class'],
		next: ['check the UIDs in the file: digits and dots only, at most 64'],
	},
	{
		status: 0x0118,
		practice: ['the peer does not know this SOP class'],
		next: ['look into its conformance statement'],
	},
	{
		status: 0x0119,
		practice: ['the peer has this instance UID with another SOP class'],
		next: ['check the UIDs in the file: an instance UID may be used once only'],
	},
	{ status: 0x0120, practice: ['an attribute that the peer needs is missing'], next: ['add it', DEBUG] },
	{ status: 0x0121, practice: ['an attribute that the peer needs has no value'], next: ['give it a value', DEBUG] },
	{
		status: 0x0122,
		practice: ['the peer does not do this SOP class, although it accepted a presentation context for it'],
		next: ['look into its conformance statement', LOG],
	},
	{ status: 0x0123, practice: ['the peer does not know this action'], next: [DEBUG] },
	{
		status: 0x0124,
		practice: ['{calling} may not do this at the peer'],
		next: ['ask for {me} to be given the right to query and retrieve, or to store'],
	},
	{
		status: 0x0210,
		practice: ['the peer says that the message ID is in use: a fault of one of the two programs'],
		next: [DEBUG],
	},
	{
		status: 0x0211,
		practice: ['the peer does not implement this command'],
		next: ['look into its conformance statement'],
	},
	{ status: 0x0212, practice: ['the peer cannot read an argument of the request'], next: [DEBUG] },
	{ status: 0x0213, practice: ['the peer is at a limit of its own'], next: ['try again later', LOG] },
	{
		status: 0xb000,
		mask: THOUSANDS,
		practice: ['done, with a warning that the standard does not list: see the comment, where there is one'],
		next: [LOG],
	},
];

/** Nothing fits: what the number begins with is all there is to say. */
const OTHER = {
	practice: ['a code that the standard does not list: what it means, only the vendor of the peer knows'],
	next: [LOG, DEBUG],
} as const;

/** A status of a service: `explainStatus('C-MOVE', 0xA702)`. `class` as in PS3.7 Annex C. */
export const explainStatus = (service: Service, code: number, context: FailureContext = {}): CodeExplanation => {
	const { class: statusClass, meaning } = statusOf(service, code);
	const row = ROWS.find(
		({ services, status, mask }) => (code & (mask ?? 0xffff)) === status && (services?.includes(service) ?? true),
	);
	const facts = factsOf({ service, ...context });
	const { practice, next } = row ?? OTHER;
	return {
		title: plain(meaning),
		class: statusClass,
		standard: meaning,
		practice: allFilled(practice, facts),
		next: allFilled(next, facts),
	};
};

/** Is it one of the services that have statuses of their own here? */
export const isService = (service: string): service is Service =>
	[...QUERY, ...STORE, 'C-ECHO'].some((known) => known === service);

/** The standard's words in lower case, its abbreviations left alone. */
const plain = (meaning: string): string => meaning.replaceAll(/\b[A-Z](?=[a-z])/g, (letter) => letter.toLowerCase());
