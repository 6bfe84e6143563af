/** Our services as SCU against DCMTK's storescp, dcmqrscp and wlmscpfs. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { InstanceFileSource, readInstanceFile } from '../../src/archive/files/instance-file.ts';
import { type Connected, requireContext, withAssociation } from '../../src/association/requestor.ts';
import { type Dataset, textOf } from '../../src/dicom/dataset.ts';
import { encodeFile } from '../../src/dicom/part10.ts';
import {
	MODALITY_WORKLIST_FIND,
	PATIENT_ROOT_FIND,
	PATIENT_STUDY_ONLY_FIND,
	STUDY_ROOT_FIND,
	VERIFICATION,
} from '../../src/dicom/sop-classes.ts';
import { transcode } from '../../src/dicom/transcode.ts';
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { STORAGE_SOP_CLASSES } from '../../src/dicom/uids.ts';
import { DicomError } from '../../src/errors.ts';
import { find } from '../../src/services/query-scu.ts';
import { store } from '../../src/services/storage-scu.ts';
import { echo } from '../../src/services/verification.ts';
import { missing, startDcmqrscp, startStorescp, startWlmscpfs } from '../support/peers.ts';
import {
	ask,
	awkward,
	CT,
	comparable,
	encoded,
	eventually,
	filesUnder,
	image,
	keys,
	MR,
	query,
	readPart10,
	SECONDARY_CAPTURE,
	same,
	shown,
	toPeer,
	UNCOMPRESSED,
} from './instances.ts';

const SYNTAXES = [IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED];
const folder = mkdtempSync(join(tmpdir(), 'dimse-interop-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

/** A C-STORE on the context for the class and the transfer syntax. */
const send = async (
	{ association }: Connected,
	sopClassUid: string,
	sopInstanceUid: string,
	transferSyntaxUid: string,
	dataset: Parameters<typeof store>[2]['dataset'],
): Promise<number> => {
	const context = association.contextFor(sopClassUid, transferSyntaxUid);
	if (context === undefined) throw new Error(`no context for ${sopClassUid} in ${transferSyntaxUid}`);
	return (await store(association, context.id, { sopClassUid, sopInstanceUid, dataset })).status;
};

/** One context for each transfer syntax. */
const each = (sopClassUid: string, transferSyntaxes: readonly string[]) =>
	transferSyntaxes.map((one) => ({ abstractSyntax: sopClassUid, transferSyntaxes: [one] }));

/** What storescp wrote of an instance, found by its UID. */
const kept = (at: string, sopInstanceUid: string): ReturnType<typeof readPart10> => {
	const path = filesUnder(at).find((file) => file.endsWith(`.${sopInstanceUid}`));
	if (path === undefined) throw new Error(`storescp has no ${sopInstanceUid}`);
	return readPart10(path);
};

t.test('storescp', { skip: missing('storescp') }, async (t) => {
	const peer = await startStorescp(['-v', '+xa', '+B', '-pm']);
	t.teardown(() => peer.stop());
	const address = toPeer(peer);

	t.test('echo', async (t) => {
		const contexts = [{ abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT_LITTLE] }];
		await withAssociation({ address, contexts }, async (connected) => {
			const { id } = requireContext(connected, VERIFICATION);
			for (let i = 0; i < 5; i++) t.equal((await echo(connected.association, id)).status, 0);
			t.match(connected.answer.userInformation, { implementationVersionName: /DCMTK/, maximumLength: 16384 });
		});
	});

	t.test('each uncompressed transfer syntax, byte for byte', async (t) => {
		await withAssociation({ address, contexts: each(SECONDARY_CAPTURE, SYNTAXES) }, async (connected) => {
			for (const [index, syntax] of SYNTAXES.entries()) {
				const uid = `1.2.3.4.${index}`;
				const dataset = awkward(uid);
				const bytes = encoded(dataset, syntax);
				t.equal(await send(connected, SECONDARY_CAPTURE, uid, syntax, bytes), 0);
				const file = kept(peer.folder, uid);
				t.equal(file.transferSyntaxUid, syntax);
				t.ok(same(file.body, bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.of(0)])), syntax);
				// What was transcoded arrives as well, and as the same dataset.
				const other = SYNTAXES[(index + 1) % SYNTAXES.length] as string;
				t.equal(await send(connected, SECONDARY_CAPTURE, `${uid}.9`, other, transcode(bytes, syntax, other)), 0);
				t.ok(
					same(comparable(kept(peer.folder, `${uid}.9`).dataset), comparable(file.dataset)),
					`${syntax} to ${other}`,
				);
			}
		});
	});

	const COMPRESSIONS = [
		['dcmcjpeg', '+e1', '1.2.840.10008.1.2.4.70'],
		['dcmcjpeg', '+ee', '1.2.840.10008.1.2.4.51'],
		['dcmcjpeg', '+eb', '1.2.840.10008.1.2.4.50'],
		['dcmcrle', '+e', '1.2.840.10008.1.2.5'],
		['dcmcjpls', '+el', '1.2.840.10008.1.2.4.80'],
		['dcmcjpls', '+en', '1.2.840.10008.1.2.4.81'],
	] as const;
	t.test('encapsulated, from files as they lie', { skip: missing('dcmcjpeg', 'dcmcrle', 'dcmcjpls') }, async (t) => {
		const plain = join(folder, 'plain.dcm');
		const files = COMPRESSIONS.map(([program, option, syntax], index) => {
			writeFileSync(plain, encodeFile(image(SECONDARY_CAPTURE, `1.2.3.5.${index}`, {}, 128), EXPLICIT_LITTLE));
			const path = join(folder, `${index}.dcm`);
			const options = [option === '+e' ? [] : [option], program === 'dcmcrle' ? [] : ['+un']].flat();
			const { status, stderr } = spawnSync(program, [...options, plain, path], { encoding: 'utf8' });
			t.equal(status, 0, stderr);
			const file = readInstanceFile(path);
			if ('reason' in file) throw new Error(file.reason);
			t.equal(file.transferSyntaxUid, syntax);
			return file;
		});
		const contexts = each(
			SECONDARY_CAPTURE,
			COMPRESSIONS.map(([, , syntax]) => syntax),
		);
		await withAssociation({ address, contexts }, async (connected) => {
			for (const file of files) {
				const source = new InstanceFileSource(file);
				const status = await send(connected, file.sopClassUid, file.sopInstanceUid, file.transferSyntaxUid, source);
				source.close();
				t.equal(status, 0);
				const arrived = kept(peer.folder, file.sopInstanceUid);
				t.equal(arrived.transferSyntaxUid, file.transferSyntaxUid);
				t.ok(same(arrived.body, readPart10(file.path).body), file.transferSyntaxUid);
			}
		});
	});

	t.test('20 MB from memory and from a file, an odd number of bytes, nothing at all', async (t) => {
		const dataset = image(CT, '1.2.3.6.1', {}, 4500);
		const bytes = encoded(dataset, EXPLICIT_LITTLE);
		const path = join(folder, 'big.dcm');
		writeFileSync(path, encodeFile(dataset, EXPLICIT_LITTLE));
		const file = readInstanceFile(path);
		if ('reason' in file) throw new Error(file.reason);
		for (const maximumSendLength of [0, 4096]) {
			const options = { address, contexts: each(CT, [EXPLICIT_LITTLE, DEFLATED]), maximumSendLength };
			await withAssociation(options, async (connected) => {
				const before = Date.now();
				t.equal(await send(connected, CT, '1.2.3.6.1', EXPLICIT_LITTLE, bytes), 0);
				t.ok(same(kept(peer.folder, '1.2.3.6.1').body, bytes));
				const source = new InstanceFileSource(file);
				t.equal(await send(connected, CT, '1.2.3.6.2', EXPLICIT_LITTLE, source), 0);
				source.close();
				t.ok(same(kept(peer.folder, '1.2.3.6.2').body, bytes));
				t.comment(`${Date.now() - before} ms in PDUs of ${maximumSendLength || 'what the peer takes'}`);
				const odd = bytes.subarray(0, 33_333);
				t.equal(await send(connected, CT, '1.2.3.6.3', DEFLATED, odd), 0);
				t.ok(same(kept(peer.folder, '1.2.3.6.3').body, Buffer.concat([odd, Buffer.of(0)])), 'a NUL makes it even');
				for (const length of [2, 4, 12, 16_372, 16_374, 16_376, 32_744]) {
					t.equal(await send(connected, CT, `1.2.3.6.4.${length}`, DEFLATED, bytes.subarray(0, length)), 0);
					t.ok(same(kept(peer.folder, `1.2.3.6.4.${length}`).body, bytes.subarray(0, length)), `${length} bytes`);
				}
			});
		}
	});

	t.test('130 SOP classes over two associations', async (t) => {
		t.ok(STORAGE_SOP_CLASSES.length >= 130, `there are ${STORAGE_SOP_CLASSES.length}`);
		const classes = STORAGE_SOP_CLASSES.slice(0, 130);
		for (const part of [classes.slice(0, 128), classes.slice(128)]) {
			const contexts = part.map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: UNCOMPRESSED }));
			await withAssociation({ address, contexts }, async (connected) => {
				t.equal(connected.accepted.length, part.length, connected.refused.map((one) => one.abstractSyntax).join());
				const sent = part.map(async (sopClassUid) => {
					const uid = `1.2.3.7.${classes.indexOf(sopClassUid)}`;
					const { transferSyntax } = requireContext(connected, sopClassUid);
					const bytes = encoded(image(sopClassUid, uid), transferSyntax);
					t.equal(await send(connected, sopClassUid, uid, transferSyntax, bytes), 0);
					t.ok(same(kept(peer.folder, uid).body, bytes), sopClassUid);
				});
				await Promise.all(sent);
			});
		}
	});

	t.test('a class that is refused has its result and what was proposed', { skip: missing('storescp') }, async (t) => {
		const narrow = await startStorescp(['-v', '+xi']);
		t.teardown(() => narrow.stop());
		const contexts = [
			{ abstractSyntax: CT, transferSyntaxes: [EXPLICIT_LITTLE] },
			{ abstractSyntax: '1.2.3.4.5', transferSyntaxes: [IMPLICIT_LITTLE] },
			{ abstractSyntax: MR, transferSyntaxes: UNCOMPRESSED },
		];
		await withAssociation({ address: toPeer(narrow), contexts }, async (connected) => {
			t.strictSame(
				connected.refused.map(({ abstractSyntax, result }) => [abstractSyntax, result]),
				[
					[CT, 4],
					['1.2.3.4.5', 3],
				],
			);
			t.equal(requireContext(connected, MR).transferSyntax, IMPLICIT_LITTLE);
			t.throws(() => requireContext(connected, CT), DicomError);
		});
	});

	t.test('storescp complained of nothing', async (t) => {
		t.notMatch(peer.log(), /^[EF]: /m);
		t.notMatch(peer.log(), /^W: (?!Unsupported|DICOM file already exists|unable)/m);
	});
});

/** Texts in the character sets that people meet, and the terms that carry them. */
const NAMES = [
	['ISO_IR 100', 'Müller^Jörg', 'P.LATIN'],
	['\\ISO 2022 IR 87', 'Yamada^Tarou=山田^太郎=やまだ^たろう', 'P.JAPAN'],
	['\\ISO 2022 IR 149', 'Hong^Gildong=洪^吉洞=홍^길동', 'P.KOREA'],
	['ISO_IR 192', 'Wang^XiaoDong=王^小東', 'P.UTF8'],
	['ISO_IR 144', 'Люкceмбypг', 'P.CYRILLIC'],
] as const;

/** Two patients, three studies, four series, nine images; then the names. */
const ARCHIVED: readonly Dataset[] = [
	...[
		['P1', 'DOE^JANE', '1.2.3.1', '20240102', 'A1', '1.2.3.1.1', 'CT', 3],
		['P1', 'DOE^JANE', '1.2.3.1', '20240102', 'A1', '1.2.3.1.2', 'SR', 1],
		['P1', 'DOE^JANE', '1.2.3.2', '20240203', 'A2', '1.2.3.2.1', 'MR', 2],
		['P2', 'ROE^RICHARD', '1.2.3.3', '20231224', 'A3', '1.2.3.3.1', 'CT', 3],
	].flatMap(([id, name, study, date, accession, series, modality, count]) =>
		Array.from({ length: Number(count) }, (_, i) =>
			image(modality === 'MR' ? MR : CT, `${series}.${i + 1}`, {
				PatientID: String(id),
				PatientName: String(name),
				StudyInstanceUID: String(study),
				StudyDate: String(date),
				AccessionNumber: String(accession),
				SeriesInstanceUID: String(series),
				SeriesNumber: String(series).slice(-1),
				Modality: String(modality),
				InstanceNumber: String(i + 1),
			}),
		),
	),
	...NAMES.map(([terms, name, id], i) =>
		image(CT, `1.2.9.${i}.1.1`, {
			SpecificCharacterSet: terms,
			PatientName: name,
			PatientID: id,
			StudyInstanceUID: `1.2.9.${i}`,
			SeriesInstanceUID: `1.2.9.${i}.1`,
			StudyDate: '20200101',
			AccessionNumber: `N${i}`,
		}),
	),
];

const UNIQUE: Readonly<Record<string, string>> = {
	PATIENT: 'PatientID',
	STUDY: 'StudyInstanceUID',
	SERIES: 'SeriesInstanceUID',
	IMAGE: 'SOPInstanceUID',
};

/** Queries at every level of every model, and how many matches there are. */
const QUERIES: readonly (readonly [
	model: string,
	level: string,
	keys: Readonly<Record<string, string>>,
	count: number,
])[] = [
	[PATIENT_ROOT_FIND, 'PATIENT', { PatientName: 'DOE*', PatientID: '' }, 1],
	[PATIENT_ROOT_FIND, 'PATIENT', { PatientName: '?OE^*', PatientID: '' }, 2],
	[PATIENT_ROOT_FIND, 'PATIENT', { PatientID: 'P?' }, 2],
	[PATIENT_ROOT_FIND, 'PATIENT', { PatientID: 'NOBODY' }, 0],
	[PATIENT_ROOT_FIND, 'STUDY', { PatientID: 'P1', StudyInstanceUID: '' }, 2],
	[PATIENT_ROOT_FIND, 'STUDY', { PatientID: 'P1', StudyInstanceUID: '', StudyDate: '20240201-' }, 1],
	[PATIENT_ROOT_FIND, 'SERIES', { PatientID: 'P1', StudyInstanceUID: '1.2.3.1', SeriesInstanceUID: '' }, 2],
	[
		PATIENT_ROOT_FIND,
		'SERIES',
		{ PatientID: 'P1', StudyInstanceUID: '1.2.3.1', SeriesInstanceUID: '', Modality: 'CT' },
		1,
	],
	[
		PATIENT_ROOT_FIND,
		'IMAGE',
		{ PatientID: 'P1', StudyInstanceUID: '1.2.3.1', SeriesInstanceUID: '1.2.3.1.1', SOPInstanceUID: '' },
		3,
	],
	[STUDY_ROOT_FIND, 'STUDY', { PatientName: 'DOE*', StudyInstanceUID: '', StudyDate: '' }, 2],
	[STUDY_ROOT_FIND, 'STUDY', { StudyInstanceUID: '1.2.3.1\\1.2.3.3\\1.2.3.77' }, 2],
	[STUDY_ROOT_FIND, 'STUDY', { StudyInstanceUID: '', StudyDate: '20231201-20240131' }, 2],
	[STUDY_ROOT_FIND, 'STUDY', { StudyInstanceUID: '', StudyDate: '-20231231', PatientID: 'P*' }, 6],
	[STUDY_ROOT_FIND, 'STUDY', { StudyInstanceUID: '', AccessionNumber: 'A?' }, 3],
	[STUDY_ROOT_FIND, 'SERIES', { StudyInstanceUID: '1.2.3.1', SeriesInstanceUID: '', SeriesNumber: '' }, 2],
	[
		STUDY_ROOT_FIND,
		'IMAGE',
		{ StudyInstanceUID: '1.2.3.1', SeriesInstanceUID: '1.2.3.1.1', SOPInstanceUID: '1.2.3.1.1.1\\1.2.3.1.1.3' },
		2,
	],
	[PATIENT_STUDY_ONLY_FIND, 'PATIENT', { PatientID: 'P1' }, 1],
	[PATIENT_STUDY_ONLY_FIND, 'STUDY', { PatientID: 'P1', StudyInstanceUID: '' }, 2],
];

t.test('dcmqrscp', { skip: missing('dcmqrscp') }, async (t) => {
	const peer = await startDcmqrscp();
	t.teardown(() => peer.stop());
	const address = toPeer(peer);

	t.test('stores, and keeps datasets that are equal', async (t) => {
		const contexts = [CT, MR, SECONDARY_CAPTURE].flatMap((uid) =>
			each(uid, [IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG]),
		);
		const all = [...ARCHIVED, awkward('1.2.8.1.1')].map((dataset) => ({
			dataset,
			sopClassUid: shown(dataset, 'SOPClassUID'),
			uid: shown(dataset, 'SOPInstanceUID'),
		}));
		const expected = new Map<string, Dataset>();
		await withAssociation({ address, contexts }, async (connected) => {
			for (const [index, { dataset, sopClassUid, uid }] of all.entries()) {
				const accepted = connected.accepted.filter(({ abstractSyntax }) => abstractSyntax === sopClassUid);
				const { transferSyntax = '' } = accepted[index % accepted.length] ?? {};
				t.equal(await send(connected, sopClassUid, uid, transferSyntax, encoded(dataset, transferSyntax)), 0);
				expected.set(uid, dataset);
			}
		});
		const files = filesUnder(join(peer.folder, 'db')).filter((path) => path.endsWith('.dcm'));
		t.equal(files.length, all.length);
		for (const path of files) {
			const { dataset } = readPart10(path);
			const uid = shown(dataset, 'SOPInstanceUID');
			t.ok(same(comparable(dataset), comparable(expected.get(uid) ?? {})), uid);
		}
	});

	for (const [model, level, values, count] of QUERIES) {
		const asked = Object.entries(values).map(([keyword, value]) => `${keyword}=${value}`);
		t.test(`find ${level} ${asked.join(' ')}`, async (t) => {
			const identifier = keys({ QueryRetrieveLevel: level, ...values });
			const { matches, final } = await query(address, model, identifier);
			t.equal(final.status, 0);
			t.equal(matches.length, count, matches.map(({ dataset }) => shown(dataset, UNIQUE[level] ?? '')).join());
			for (const { dataset, problems } of matches) {
				t.strictSame(problems, []);
				t.equal(shown(dataset, 'QueryRetrieveLevel'), level);
				for (const keyword of Object.keys(values)) t.not(shown(dataset, keyword), '', keyword);
			}
		});
	}

	for (const [terms, name, id] of NAMES)
		t.test(`the name in ${terms} comes back readable`, async (t) => {
			const identifier = keys({
				QueryRetrieveLevel: 'STUDY',
				SpecificCharacterSet: '',
				PatientID: id,
				PatientName: '',
			});
			const { matches } = await query(address, STUDY_ROOT_FIND, identifier);
			t.equal(matches.length, 1);
			t.equal(shown(matches[0]?.dataset ?? {}, 'PatientName'), name);
		});

	t.test('several queries at a time on one association, in turn', async (t) => {
		const contexts = [{ abstractSyntax: STUDY_ROOT_FIND, transferSyntaxes: UNCOMPRESSED }];
		await withAssociation({ address, contexts }, async (connected) => {
			for (let i = 0; i < 3; i++) {
				const { matches } = await ask(
					connected,
					STUDY_ROOT_FIND,
					keys({ QueryRetrieveLevel: 'STUDY', StudyInstanceUID: '' }),
				);
				t.equal(matches.length, 9);
			}
		});
	});

	t.test('cancel after two of four hundred matches', { skip: missing('dcmqrscp') }, async (t) => {
		const full = await startDcmqrscp({ aeTitle: 'FULL' });
		t.teardown(() => full.stop());
		const contexts = [
			{ abstractSyntax: STUDY_ROOT_FIND, transferSyntaxes: UNCOMPRESSED },
			{ abstractSyntax: CT, transferSyntaxes: [IMPLICIT_LITTLE] },
		];
		await withAssociation({ address: toPeer(full), contexts }, async (connected) => {
			for (let i = 0; i < 400; i++) {
				const dataset = image(CT, `1.2.${i}.1.1`, { StudyInstanceUID: `1.2.${i}`, SeriesInstanceUID: `1.2.${i}.1` }, 2);
				t.equal(await send(connected, CT, `1.2.${i}.1.1`, IMPLICIT_LITTLE, encoded(dataset, IMPLICIT_LITTLE)), 0);
			}
			const identifier = keys({ QueryRetrieveLevel: 'STUDY', StudyInstanceUID: '' });
			const context = requireContext(connected, STUDY_ROOT_FIND);
			const running = find(connected.association, context, identifier);
			let seen = 0;
			for await (const _ of running) if (++seen === 2) break;
			t.ok(running.isCancelled);
			t.equal((await running.final).status, 0xfe00);
			t.equal(seen, 2);
			// What was cancelled leaves nothing behind.
			const { matches, final } = await ask(connected, STUDY_ROOT_FIND, identifier);
			t.strictSame([matches.length, final.status], [400, 0]);
		});
	});

	t.test('a query without a level fails, the association goes on', async (t) => {
		const contexts = [{ abstractSyntax: STUDY_ROOT_FIND, transferSyntaxes: UNCOMPRESSED }];
		await withAssociation({ address, contexts }, async (connected) => {
			const { matches, final } = await ask(connected, STUDY_ROOT_FIND, keys({ PatientName: '' }));
			t.equal(matches.length, 0);
			t.equal(final.status, 0xa900);
			const again = await ask(connected, STUDY_ROOT_FIND, keys({ QueryRetrieveLevel: 'STUDY', StudyInstanceUID: '' }));
			t.equal(again.final.status, 0);
		});
	});

	t.test('a wrong called AE title is rejected 1/1/7', async (t) => {
		const wrong = { ...address, calledAeTitle: 'WRONG' };
		const contexts = [{ abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT_LITTLE] }];
		const failure = await withAssociation({ address: wrong, contexts }, async () => 'accepted').catch(
			(error: unknown) => (error instanceof DicomError ? error.failure : error),
		);
		t.match(failure, { blame: 'rejected', result: 1, source: 1, reason: 7 });
	});

	t.test('our end is a release', async (t) => {
		await eventually('as many releases as associations', () => {
			const log = peer.log();
			const received = log.match(/Association Received/g)?.length ?? 0;
			return received > 10 && log.includes('Association Release');
		});
		t.notMatch(peer.log(), /Association Abort|aborted/i);
	});
});

const worklistItem = (terms: string, name: string, id: string, modality: string): string => `
(0008,0005) CS [${terms}]
(0008,0050) SH [ACC${id}]
(0010,0010) PN [${name}]
(0010,0020) LO [${id}]
(0020,000d) UI [1.2.5.${id.length}]
(0032,1060) LO [Thorax]
(0040,0100) SQ
(fffe,e000) -
(0008,0060) CS [${modality}]
(0040,0001) AE [SCANNER]
(0040,0002) DA [20240102]
(0040,0003) TM [101112]
(0040,0006) PN [Physician^The]
(0040,0009) SH [SPD${id}]
(fffe,e00d) -
(fffe,e0dd) -
(0040,1001) SH [RP${id}]
`;

t.test('wlmscpfs', { skip: missing('wlmscpfs', 'dump2dcm') }, async (t) => {
	const items = [
		['ISO_IR 100', 'Müller^Jörg', 'W1', 'CT'],
		['ISO_IR 100', 'DOE^JANE', 'W22', 'MR'],
		['ISO_IR 192', '王^小東', 'W333', 'CT'],
	] as const;
	const fill = (into: string) => {
		for (const [index, [terms, name, id, modality]] of items.entries()) {
			const dump = join(folder, `${id}.dump`);
			const text = worklistItem(terms, name, id, modality);
			writeFileSync(dump, text, terms === 'ISO_IR 100' ? 'latin1' : 'utf8');
			const made = spawnSync('dump2dcm', ['-q', dump, join(into, `${index}.wl`)], { encoding: 'utf8' });
			if (made.status !== 0) throw new Error(made.stderr);
		}
	};
	const peer = await startWlmscpfs(fill, ['-csk']);
	t.teardown(() => peer.stop());
	const address = toPeer(peer);
	const step = (values: Readonly<Record<string, string>>): readonly Dataset[] => [
		keys({ Modality: '', ScheduledProcedureStepStartDate: '', ScheduledStationAETitle: '', ...values }),
	];

	t.test('the whole list', async (t) => {
		const { matches, final } = await query(
			address,
			MODALITY_WORKLIST_FIND,
			keys({ PatientName: '', PatientID: '', AccessionNumber: '', ScheduledProcedureStepSequence: step({}) }),
		);
		t.ok(final.status === 0, final.status.toString(16));
		t.equal(matches.length, 3);
		t.strictSame(
			matches.map(({ dataset }) => shown(dataset, 'PatientName')).sort(),
			[...items.map(([, name]) => name)].sort(),
		);
		for (const { dataset } of matches) t.match(dataset['00400100']?.Value[0], { '00400001': { Value: ['SCANNER'] } });
	});

	t.test('by the modality in the sequence', async (t) => {
		const { matches } = await query(
			address,
			MODALITY_WORKLIST_FIND,
			keys({ PatientName: '', PatientID: '', ScheduledProcedureStepSequence: step({ Modality: 'CT' }) }),
		);
		t.strictSame(matches.map(({ dataset }) => textOf(dataset, '00100020')).sort(), ['W1', 'W333']);
	});

	t.test('by date and name', async (t) => {
		const { matches } = await query(
			address,
			MODALITY_WORKLIST_FIND,
			keys({
				PatientName: 'DOE*',
				PatientID: '',
				ScheduledProcedureStepSequence: step({ ScheduledProcedureStepStartDate: '20240101-20240131' }),
			}),
		);
		t.strictSame(
			matches.map(({ dataset }) => textOf(dataset, '00100020')),
			['W22'],
		);
	});

	t.test('a worklist that does not say its character set is read in the one that it is told', async (t) => {
		const silent = await startWlmscpfs(fill);
		t.teardown(() => silent.stop());
		const contexts = [{ abstractSyntax: MODALITY_WORKLIST_FIND, transferSyntaxes: UNCOMPRESSED }];
		await withAssociation({ address: toPeer(silent), contexts }, async (connected) => {
			const context = requireContext(connected, MODALITY_WORKLIST_FIND);
			for (const [characterSet, id, name] of [
				['ISO_IR 100', 'W1', 'Müller^Jörg'],
				['ISO_IR 192', 'W333', '王^小東'],
			] as const) {
				const identifier = keys({ PatientName: '', PatientID: id, ScheduledProcedureStepSequence: step({}) });
				const names: string[] = [];
				for await (const { dataset } of find(connected.association, context, identifier, {
					characterSet: [characterSet],
				}))
					names.push(shown(dataset, 'PatientName'));
				t.strictSame(names, [name]);
			}
		});
	});
});
