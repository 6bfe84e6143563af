/** Transcripts of whole runs under test/golden/commands: arguments, exit status, stdout, stderr. `DIMSE_GOLDEN=write` writes them anew; read the diff. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { type Dataset, type Element, personName } from '../../src/dicom/dataset.ts';
import { writeInstances } from '../support/files.ts';
import {
	findPeer,
	type OddPeer,
	rejectingPeer,
	respond,
	servingPeer,
	statusPeer,
	tcpPeer,
	tlsPeer,
	wirePeer,
} from '../support/odd-peers.ts';
import { dimse, type RunOptions, scratch } from '../support/run.ts';
import { ELSEWHERE } from '../support/tls.ts';

t.jobs = 4;
t.setTimeout(120_000);

const FOLDER = fileURLToPath(new URL('../golden/commands/', import.meta.url));
const CA = fileURLToPath(new URL('../support/tls/ca.crt', import.meta.url));

/** What differs from run to run: ports, times, rates, folders, dates. */
const steady = (text: string, ports: readonly number[]): string =>
	ports
		.reduce(
			// Not within a longer number: a UID may hold any.
			(rest, port, at) =>
				rest.replace(new RegExp(`(?<!\\d)${port}(?!\\d)`, 'g'), ports.length === 1 ? 'PORT' : `PORT${at + 1}`),
			text,
		)
		.replaceAll(scratch, 'FOLDER')
		.replaceAll(CA, 'ca.crt')
		.replace(/"(ts)":"[^"]*"/g, '"$1":"TIME"')
		.replace(/"(\w*_ms|ms)":[\d.]+/g, '"$1":0')
		.replace(/"times_ms":\[[^\]]*\]/g, '"times_ms":[]')
		.replace(/"(min|avg|max)":[\d.]+/g, '"$1":0')
		.replace(/(?<![\w.])\d+(?:\.\d+)? ?(?:ms|s)\b/g, 'TIME')
		.replace(/\d+(?:\.\d+)?\/s|[\d.]+ [kMG]?B\/s/g, 'RATE')
		.replace(/DIMSE_\d+_\d+/g, 'DIMSE_VERSION');

/** Control characters stand as `\u{1b}`, so that no editor or diff hides them. */
const readable = (text: string): string =>
	text.replace(/[^\P{C}\n\t]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);

interface Transcript {
	readonly name: string;
	readonly peers?: readonly (() => Promise<OddPeer>)[];
	/** With PORT, or PORT1, PORT2 ... of the peers, FOLDER of the files. */
	readonly args: readonly string[];
	readonly options?: RunOptions;
	/** Columns of times, which a table pads. */
	readonly also?: (text: string) => string;
}

const text = (vr: Element['vr'], ...Value: string[]): Element => ({ vr, Value });
const study = (
	number: number,
	name: string,
	terms: readonly string[],
	modalities: readonly string[],
	description: string,
): Dataset => ({
	'00080005': text('CS', ...terms),
	'00080020': text('DA', `2024010${number}`),
	'00080030': text('TM', '101500'),
	'00080050': text('SH', ...(number === 2 ? [] : [`A${number}`])),
	'00080052': text('CS', 'STUDY'),
	'00080061': text('CS', ...modalities),
	'00081030': text('LO', ...(description === '' ? [] : [description])),
	'00081110': {
		vr: 'SQ',
		Value: number === 1 ? [{ '00081150': text('UI', '1.2.840.10008.3.1.2.3.1'), '00081155': text('UI', '1.2.9') }] : [],
	},
	'00100010': { vr: 'PN', Value: name === '' ? [] : [personName(name)] },
	'00100020': text('LO', `P${number}`),
	'0020000D': text('UI', `1.2.3.${number}`),
	'00201206': text('IS', String(number)),
});

const STUDIES: readonly Dataset[] = [
	study(1, 'Müller^Jürgen', ['ISO_IR 100'], ['CT', 'SR'], 'Schädel "nativ", quer'),
	study(2, 'Yamada^Tarou=山田^太郎=やまだ^たろう', ['', 'ISO 2022 IR 87'], ['MR'], ''),
	study(3, 'Hong^Gildong=洪^吉洞=홍^길동', ['', 'ISO 2022 IR 149'], [], 'brain'),
	study(4, '', ['ISO_IR 192'], ['US'], 'a/b'),
];

const archive = () =>
	findPeer(async function* () {
		for (const match of STUDIES) yield { match };
	});
const verifying = () => statusPeer(0x0000);
const closing = (): Promise<OddPeer> => tcpPeer((socket) => socket.end());
const silent = (): Promise<OddPeer> => tcpPeer(() => {});

/** Takes the first and the third, refuses the second, and takes the fourth with a warning. */
const choosy = () => {
	const state = { count: 0 };
	return servingPeer(async (request) => {
		await request.dataset?.discard();
		const answers = [0x0000, 0xa700, 0x0000, 0xb000];
		await respond(request, answers[state.count++] ?? 0x0000, state.count === 2 ? { errorComment: 'disk full' } : {});
	});
};

const PEER = 'PACS@127.0.0.1:PORT';
const keys = ['-k', 'ReferencedStudySequence[0].ReferencedSOPInstanceUID'];
writeInstances(join(scratch, 'files'), 4);
writeFileSync(join(scratch, 'files', 'readme.txt'), 'no DICOM, but not short either '.repeat(10));
writeInstances(join(scratch, 'one'), 1);
mkdirSync(join(scratch, 'text'));
writeFileSync(join(scratch, 'text', 'list.txt'), '1.2.3\n');

const times = (output: string): string => output.replace(/(?<=[\t, ])\d+\.\d(?=[\t, \n])/g, 'T').replace(/ +T/g, ' T');

const transcripts: readonly Transcript[] = [
	...['table', 'wide', 'expanded', 'tsv', 'csv', 'json', 'jsonl', 'dicom-json', 'name', 'dump'].map(
		(format): Transcript => ({ name: `find-${format}`, peers: [archive], args: ['find', PEER, '-F', format, ...keys] }),
	),
	{ name: 'find-events', peers: [archive], args: ['find', PEER, '--events'] },
	{
		name: 'find-header',
		peers: [archive],
		args: ['find', PEER, '--header', '--fields', 'PatientName,AccessionNumber'],
	},
	{ name: 'find-limit', peers: [archive], args: ['find', PEER, '--limit', '2', '-F', 'name'] },
	{ name: 'find-hidden', peers: [archive], args: ['find', PEER, '--id', 'P3'] },
	{ name: 'find-nothing', peers: [verifying], args: ['find', PEER] },
	{ name: 'find-failed-json', peers: [() => statusPeer(0xa900)], args: ['find', PEER, '--json'] },
	{
		name: 'find-no-context-json',
		peers: [
			() =>
				servingPeer(
					async () => {},
					() => undefined,
				),
		],
		args: ['find', PEER, '--jsonl'],
	},
	{ name: 'echo-one', peers: [verifying], args: ['echo', PEER], also: times },
	{
		name: 'echo-refused',
		peers: [() => statusPeer(0x0124)],
		args: ['echo', PEER, '-F', 'table'],
		also: times,
	},
	{ name: 'echo-json', peers: [verifying], args: ['echo', PEER, '--json'] },
	{
		name: 'echo-stats',
		peers: [verifying],
		args: ['echo', PEER, '-c', '3', '--stats', '-F', 'csv'],
		also: times,
	},
	{
		name: 'echo-many',
		peers: [verifying, closing],
		args: ['echo', 'PACS@127.0.0.1:PORT1', 'GONE@127.0.0.1:PORT2', '-F', 'table'],
		also: times,
	},
	{ name: 'store-failures', peers: [choosy], args: ['store', PEER, 'FOLDER/files'] },
	{ name: 'store-failures-json', peers: [choosy], args: ['store', PEER, 'FOLDER/files', '--json'] },
	{ name: 'store-failures-events', peers: [choosy], args: ['store', PEER, 'FOLDER/files', '--events'] },
	{ name: 'store-nothing', args: ['store', PEER.replace('PORT', '104'), 'FOLDER/text'] },
	{ name: 'store-not-dicom', args: ['store', PEER.replace('PORT', '104'), 'FOLDER/text/list.txt'] },
	{
		name: 'store-not-dicom-beside',
		peers: [choosy],
		args: ['store', PEER, 'FOLDER/one', 'FOLDER/text/list.txt'],
	},
	// Each way to fail, told in full.
	{ name: 'error-usage', args: ['find', PEER.replace('PORT', '104'), '-k', 'PatientNam=X'] },
	{ name: 'error-io', args: ['store', PEER.replace('PORT', '104'), 'FOLDER/none'] },
	{ name: 'error-connect', peers: [closing], args: ['echo', PEER] },
	{ name: 'error-timeout', peers: [silent], args: ['echo', PEER, '-ta', '0.2'] },
	{ name: 'error-tls', peers: [() => tlsPeer(ELSEWHERE)], args: ['echo', PEER, '--tls-ca', CA] },
	{
		name: 'error-rejected',
		peers: [() => rejectingPeer({ result: 1, source: 1, reason: 7 })],
		args: ['find', PEER],
	},
	{
		name: 'error-no-context',
		peers: [
			() =>
				servingPeer(
					async () => {},
					() => undefined,
				),
		],
		args: ['store', PEER, 'FOLDER/one'],
	},
	{
		name: 'error-aborted',
		peers: [() => wirePeer((socket) => socket.end(Uint8Array.of(7, 0, 0, 0, 0, 4, 0, 0, 0, 0)))],
		args: ['find', PEER],
	},
	{
		name: 'error-protocol',
		peers: [() => tcpPeer((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'))],
		args: ['store', PEER, 'FOLDER/one'],
	},
	{
		name: 'error-status',
		peers: [() => statusPeer(0xa700, { errorComment: 'disk full', offendingElements: ['00100020'] })],
		args: ['find', PEER],
	},
	{ name: 'error-auth', peers: [() => statusPeer(0x0124)], args: ['store', PEER, 'FOLDER/one'] },
	{ name: 'error-quiet', peers: [closing], args: ['find', PEER, '-qq'] },
];

mkdirSync(FOLDER, { recursive: true });
for (const { name, peers = [], args, options, also = (output: string) => output } of transcripts)
	t.test(name, { buffered: true }, async (t) => {
		const running = await Promise.all(peers.map((start) => start()));
		t.teardown(() => Promise.all(running.map((peer) => peer.stop())));
		const ports = running.map(({ port }) => port);
		const place = (arg: string) =>
			ports.reduce(
				(rest, port, at) => rest.replace(ports.length === 1 ? 'PORT' : `PORT${at + 1}`, String(port)),
				arg.replace('FOLDER', scratch),
			);
		const { stdout, stderr, status } = await dimse(args.map(place), options);
		const printed = readable(
			[
				`$ dimse ${args.join(' ').replaceAll(CA, 'ca.crt')}`,
				`status ${status}`,
				'---- stdout',
				`${also(steady(stdout, ports))}---- stderr`,
				steady(stderr, ports),
			].join('\n'),
		);
		const path = join(FOLDER, `${name}.txt`);
		if (process.env['DIMSE_GOLDEN'] === 'write') writeFileSync(path, printed);
		t.equal(printed, readFileSync(path, 'utf8'));
	});
