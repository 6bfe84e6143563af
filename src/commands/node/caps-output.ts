/** What `dimse node caps` prints: what is accepted as a table or data, what changed, and how keys are matched. */
import { converse } from '../../cli/conversation.ts';
import type { Environment } from '../../cli/environment.ts';
import {
	MODALITY_WORKLIST_FIND,
	PATIENT_ROOT_FIND,
	PATIENT_ROOT_GET,
	PATIENT_ROOT_MOVE,
	PATIENT_STUDY_ONLY_FIND,
	PATIENT_STUDY_ONLY_GET,
	PATIENT_STUDY_ONLY_MOVE,
	STUDY_ROOT_FIND,
	STUDY_ROOT_GET,
	STUDY_ROOT_MOVE,
	UPS_PULL,
} from '../../dicom/sop-classes.ts';
import { STORAGE_SOP_CLASSES } from '../../dicom/uids.ts';
import { countText } from '../../output/quantities.ts';
import { jsonText, sanitize, sanitizeTsv } from '../../output/sanitize.ts';
import { type Field, wholeTable } from '../../output/table.ts';
import { textWidth } from '../../output/text-width.ts';
import { loadPaint, wantsColor } from '../../output/theme.ts';
import { uidName } from '../../output/uid-names.ts';
import { type Offer, type OfferChanges, PROBED_CLASSES, STORAGE_COMMITMENT } from '../../services/capabilities.ts';
import type { MatchingFact } from '../../services/matching-probe.ts';
import type { Settled } from './caps.ts';
import type { NodeOptions } from './options.ts';

export interface CapsResult {
	readonly at: string;
	readonly offer: Offer;
	/** When it was asked before, by the same AE title of ours, and what is other now. */
	readonly since?: string;
	readonly changes?: OfferChanges;
}

export interface MatchingResult {
	readonly at: string;
	/** None where there was no study to try it on. */
	readonly facts: readonly MatchingFact[];
	readonly queries: number;
}

// ---- what is accepted -------------------------------------------------------------------------------------------------

const MODELS = [
	['study root', STUDY_ROOT_FIND, STUDY_ROOT_MOVE, STUDY_ROOT_GET],
	['patient root', PATIENT_ROOT_FIND, PATIENT_ROOT_MOVE, PATIENT_ROOT_GET],
	['patient/study only', PATIENT_STUDY_ONLY_FIND, PATIENT_STUDY_ONLY_MOVE, PATIENT_STUDY_ONLY_GET],
] as const;

/** What people call transfer syntaxes; the last part of the UID behind 1.2.840.10008.1.2. */
const SYNTAX_WORDS: Readonly<Record<string, string>> = {
	'': 'implicit',
	'.1': 'explicit',
	'.1.99': 'deflated',
	'.2': 'explicit-big',
	'.4.50': 'jpeg',
	'.4.51': 'jpeg-12',
	'.4.57': 'jpeg-lossless-14',
	'.4.70': 'jpeg-lossless',
	'.4.80': 'jpeg-ls',
	'.4.81': 'jpeg-ls-lossy',
	'.4.90': 'j2k-lossless',
	'.4.91': 'j2k',
	'.4.110': 'jxl-lossless',
	'.4.201': 'htj2k-lossless',
	'.4.203': 'htj2k',
	'.5': 'rle',
};

const syntaxWord = (uid: string): string => SYNTAX_WORDS[uid.replace('1.2.840.10008.1.2', '')] ?? uid;
const syntaxWords = (uids: readonly string[]): string => uids.map(syntaxWord).join(' ');

const modelsOf = ({ accepted }: Offer, which: 1 | 2 | 3): readonly string[] =>
	MODELS.flatMap((model) => (accepted[model[which]] === undefined ? [] : [model[0]]));
const LETTERS: Readonly<Record<string, string>> = { 'study root': 'S', 'patient root': 'P', 'patient/study only': 'O' };
const letters = (models: readonly string[]): string => models.map((one) => LETTERS[one]).join(' ') || 'no';
const yes = ({ accepted }: Offer, uid: string): string => (accepted[uid] === undefined ? 'no' : 'yes');

const storageOf = ({ accepted }: Offer): string =>
	`${STORAGE_SOP_CLASSES.filter((uid) => accepted[uid] !== undefined).length} of ${STORAGE_SOP_CLASSES.length}`;

/** Those of the classes that were tried in every one of them, and the classes that have the same. */
const syntaxGroups = ({ accepted }: Offer): ReadonlyMap<string, readonly string[]> => {
	const groups = new Map<string, string[]>();
	for (const uid of PROBED_CLASSES) {
		const syntaxes = accepted[uid];
		if (syntaxes === undefined) continue;
		const words = syntaxWords(syntaxes);
		groups.set(words, [...(groups.get(words) ?? []), uidName(uid).replace(/ Image Storage.*$/, '')]);
	}
	return groups;
};

const allSyntaxes = ({ accepted }: Offer): string =>
	syntaxWords([...new Set(PROBED_CLASSES.flatMap((uid) => accepted[uid] ?? []))]);

const changeCount = ({ lost, gained, syntaxes }: OfferChanges): number => lost.length + gained.length + syntaxes.length;

const MOST_NAMED = 6;

/** `lost Study Root GET; new CT Image Storage; CT Image Storage: lost rle` */
const changesText = ({ lost, gained, syntaxes }: OfferChanges): string => {
	const named = (uids: readonly string[]) =>
		uids.length <= MOST_NAMED
			? uids.map(uidName).join(', ')
			: `${uids.slice(0, MOST_NAMED).map(uidName).join(', ')} and ${uids.length - MOST_NAMED} more`;
	return [
		...(lost.length === 0 ? [] : [`lost ${named(lost)}`]),
		...(gained.length === 0 ? [] : [`new ${named(gained)}`]),
		...syntaxes
			.slice(0, MOST_NAMED)
			.map(
				({ sopClassUid, lost: less, gained: more }) =>
					`${uidName(sopClassUid)}: ${[...(less.length === 0 ? [] : [`lost ${syntaxWords(less)}`]), ...(more.length === 0 ? [] : [`new ${syntaxWords(more)}`])].join(', ')}`,
			),
		...(syntaxes.length > MOST_NAMED ? [`transfer syntaxes of ${syntaxes.length - MOST_NAMED} more classes`] : []),
	].join('; ');
};

const day = (at: string): string => at.slice(0, 10);

export const printCaps = async (
	results: readonly Settled<CapsResult>[],
	options: NodeOptions,
	env: Environment,
): Promise<void> => {
	const format = options.format ?? (env.stdout.isTty ? 'table' : 'tsv');
	const talk = converse(options, env);
	if (format === 'json' || format === 'jsonl' || format === 'dicom-json')
		await printJson(results.map(capsDocument), format, env);
	else if (format === 'name')
		await env.stdout.write(results.map(({ peer, result }) => (result === undefined ? '' : `${peer.label}\n`)).join(''));
	else if (format === 'tsv' || format === 'csv') await printDelimited(results, format, options.header, env);
	else if (results.length === 1) await env.stdout.write(results.map(capsDetail).join(''));
	else await printTable(results, options, env);
	for (const { peer, result } of results) {
		const { changes, since } = result ?? {};
		if (changes !== undefined && since !== undefined && changeCount(changes) > 0)
			talk.warn(`${peer.label} changed since ${day(since)}: ${changesText(changes)}`);
		if (result?.offer.isComplete === false)
			talk.warn(`${peer.label} takes so few contexts at a time that not all could be asked for`);
	}
};

const printTable = async (
	results: readonly Settled<CapsResult>[],
	options: NodeOptions,
	env: Environment,
): Promise<void> => {
	const heading = [
		'NODE',
		'FIND',
		'MOVE',
		'GET',
		'WORKLIST',
		'UPS',
		'COMMIT',
		'STORAGE',
		'CHANGES',
		'TRANSFER SYNTAXES',
	];
	const priorities = [100, 95, 94, 93, 60, 30, 40, 80, 85, 50];
	const fields: Field[] = heading.map((one, index) => ({ heading: one, priority: priorities[index] ?? 0 }));
	const rows = results.map(({ peer, result, failure }) => {
		if (result === undefined) return [peer.label, failure?.failure.blame ?? '', ...heading.slice(2).map(() => '')];
		const { offer, changes } = result;
		const count = changes === undefined ? 0 : changeCount(changes);
		return [
			peer.label,
			...([1, 2, 3] as const).map((which) => letters(modelsOf(offer, which))),
			...[MODALITY_WORKLIST_FIND, UPS_PULL, STORAGE_COMMITMENT].map((uid) => yes(offer, uid)),
			storageOf(offer),
			changes === undefined ? 'first time' : count === 0 ? 'none' : countText(count, 'change'),
			allSyntaxes(offer),
		];
	});
	const paint = await loadPaint(wantsColor(options.color, env.stdout.isTty, env.variables));
	const width = env.stdout.isTty && options.format !== 'wide' ? env.stdout.columns : undefined;
	await env.stdout.write(await wholeTable(fields, rows, { width, paint }));
};

/** One peer in full, in lines. */
export const capsDetail = ({ peer, result }: Settled<CapsResult>): string => {
	if (result === undefined) return '';
	const { offer, at, changes, since } = result;
	const { label, calledAeTitle, host, port, callingAeTitle } = peer;
	const place = label.includes('@') ? label : `${label}  ${calledAeTitle}@${host}:${port}`;
	const models = (which: 1 | 2 | 3) => modelsOf(offer, which).join(', ') || 'no';
	const rows: (readonly [string, string])[] = [
		['find', models(1)],
		['move', models(2)],
		['get', models(3)],
		['extended', offer.extensions.join(', ') || 'no'],
		['worklist', yes(offer, MODALITY_WORKLIST_FIND)],
		['ups', yes(offer, UPS_PULL)],
		['commitment', yes(offer, STORAGE_COMMITMENT)],
		['storage', `${storageOf(offer)} classes`],
		...[...syntaxGroups(offer)].map(([words, classes]) => ['', `${classes.join(', ')}: ${words}`] as const),
		[
			'changes',
			changes === undefined
				? 'asked for the first time'
				: changeCount(changes) === 0
					? `none since ${day(since ?? at)}`
					: `since ${day(since ?? at)}: ${changesText(changes)}`,
		],
	];
	const who = offer.implementation === undefined ? '' : `   ${offer.implementation}`;
	return [
		`${place}   calling as ${callingAeTitle}${who}   ${day(at)}`,
		...rows.map(([name, text]) => `${name.padEnd(12)}${text}`),
		`asked for ${offer.asked} classes in ${countText(offer.associations, 'association')}`,
		'',
	]
		.map(sanitize)
		.join('\n');
};

const COLUMNS = ['node', 'sop_class', 'sop_class_uid', 'transfer_syntaxes', 'change'] as const;

/** A line for each peer and SOP class, those that it accepts no more too. */
const printDelimited = async (
	results: readonly Settled<CapsResult>[],
	format: 'tsv' | 'csv',
	header: boolean,
	env: Environment,
): Promise<void> => {
	const lines = results.flatMap(({ peer, result }) => {
		if (result === undefined) return [];
		const { offer, changes } = result;
		const row = (uid: string, syntaxes: readonly string[], change: string) => [
			peer.label,
			uidName(uid),
			uid,
			syntaxWords(syntaxes),
			change,
		];
		return [
			...Object.entries(offer.accepted).map(([uid, syntaxes]) => row(uid, syntaxes, changeOf(uid, changes))),
			...(changes?.lost ?? []).map((uid) => row(uid, [], 'lost')),
		];
	});
	const quoted = (text: string) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
	const shown = (cells: readonly string[]) =>
		format === 'tsv' ? cells.map(sanitizeTsv).join('\t') : cells.map((cell) => quoted(sanitize(cell))).join(',');
	const whole = header || format === 'csv' ? [[...COLUMNS], ...lines] : lines;
	await env.stdout.write(whole.map((cells) => `${shown(cells)}\n`).join(''));
};

const changeOf = (uid: string, changes: OfferChanges | undefined): string => {
	if (changes?.gained.includes(uid)) return 'new';
	const own = changes?.syntaxes.find(({ sopClassUid }) => sopClassUid === uid);
	return [
		...(own?.lost ?? []).map((one) => `-${syntaxWord(one)}`),
		...(own?.gained ?? []).map((one) => `+${syntaxWord(one)}`),
	].join(' ');
};

const placeOf = ({ peer, failure }: Settled<unknown>): object => ({
	label: peer.label,
	...(peer.node === undefined ? {} : { name: peer.node }),
	called: peer.calledAeTitle,
	calling: peer.callingAeTitle,
	host: peer.host,
	port: peer.port,
	...(failure === undefined ? {} : { error: { kind: failure.failure.blame, message: failure.message } }),
});

const capsDocument = (settled: Settled<CapsResult>): object => {
	const { result } = settled;
	if (result === undefined) return placeOf(settled);
	const { at, offer, since, changes } = result;
	return {
		...placeOf(settled),
		at,
		implementation: offer.implementation ?? null,
		complete: offer.isComplete,
		accepted: offer.accepted,
		extended: offer.extensions,
		...(changes === undefined ? {} : { changes: { since, ...changes } }),
	};
};

const printJson = async (nodes: readonly object[], format: string, env: Environment): Promise<void> => {
	if (format === 'jsonl') await env.stdout.write(nodes.map((node) => `${jsonText(node)}\n`).join(''));
	else await env.stdout.write(`${jsonText({ schema: 'dimse.caps/1', nodes })}\n`);
};

// ---- how keys are matched ---------------------------------------------------------------------------------------------

export const printMatching = async (
	results: readonly Settled<MatchingResult>[],
	options: NodeOptions,
	env: Environment,
): Promise<void> => {
	const format = options.format ?? 'table';
	const talk = converse(options, env);
	for (const { peer, result } of results)
		if (result !== undefined && result.facts.length === 0) talk.warn(`${peer.label}: there is no study to try it on`);
	if (format === 'json' || format === 'jsonl' || format === 'dicom-json')
		await printJson(results.map(matchingDocument), format, env);
	else if (format === 'tsv' || format === 'csv')
		await env.stdout.write(
			results
				.flatMap(({ peer, result }) =>
					(result?.facts ?? []).map(({ key, says }) => {
						const cells = [peer.label, key, says.join('; ')].map(sanitizeTsv);
						return `${format === 'tsv' ? cells.join('\t') : cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\n`;
					}),
				)
				.join(''),
		);
	else await env.stdout.write(results.map(matchingText).join(''));
	const queries = results.reduce((sum, { result }) => sum + (result?.queries ?? 0), 0);
	if (queries > 0) talk.info(countText(queries, 'query', 'queries'));
};

/** A line for each key; where several of them say several things, these stand below each other. */
const matchingText = ({ peer, result }: Settled<MatchingResult>): string => {
	if (result === undefined || result.facts.length === 0) return '';
	const { facts, at } = result;
	const keys = Math.max(15, ...facts.map(({ key }) => key.length)) + 2;
	const widths: number[] = [];
	for (const { says } of facts.filter((fact) => fact.says.length > 1))
		for (const [index, text] of says.entries()) widths[index] = Math.max(widths[index] ?? 0, textWidth(text));
	const lines = facts.map(({ key, says }) => {
		const cells = says.map((text, index) => (index === says.length - 1 ? text : text.padEnd((widths[index] ?? 0) + 3)));
		return `${key.padEnd(keys)}${cells.join('')}`;
	});
	return [`${`${peer.label}  matching`.padEnd(44)}${day(at)}`, ...lines, ''].map(sanitize).join('\n');
};

const matchingDocument = (settled: Settled<MatchingResult>): object => ({
	...placeOf(settled),
	...(settled.result === undefined
		? {}
		: { at: settled.result.at, queries: settled.result.queries, matching: settled.result.facts }),
});
