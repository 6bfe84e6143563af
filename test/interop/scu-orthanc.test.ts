/** Our services as SCU against Orthanc; what it kept is read back over its REST interface. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { InstanceFileSource, readInstanceFile } from '../../src/archive/files/instance-file.ts';
import { requireContext, withAssociation } from '../../src/association/requestor.ts';
import { encodeFile } from '../../src/dicom/part10.ts';
import { PATIENT_ROOT_FIND, STUDY_ROOT_FIND, VERIFICATION } from '../../src/dicom/sop-classes.ts';
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { STORAGE_SOP_CLASSES } from '../../src/dicom/uids.ts';
import { DicomError } from '../../src/errors.ts';
import { find } from '../../src/services/query-scu.ts';
import { store } from '../../src/services/storage-scu.ts';
import { echo } from '../../src/services/verification.ts';
import { missing, startOrthanc } from '../support/peers.ts';
import {
	ask,
	awkward,
	CT,
	comparable,
	encoded,
	image,
	keys,
	MR,
	partsOf,
	query,
	readPart10,
	SECONDARY_CAPTURE,
	same,
	shown,
	toPeer,
	UNCOMPRESSED,
} from './instances.ts';

const folder = mkdtempSync(join(tmpdir(), 'dimse-interop-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

const NAMES = [
	['ISO_IR 100', 'Müller^Jörg', 'P.LATIN'],
	['\\ISO 2022 IR 87', 'Yamada^Tarou=山田^太郎=やまだ^たろう', 'P.JAPAN'],
	['\\ISO 2022 IR 149', 'Hong^Gildong=洪^吉洞=홍^길동', 'P.KOREA'],
	['ISO_IR 192', 'Wang^XiaoDong=王^小東', 'P.UTF8'],
] as const;

const COMPRESSIONS = [
	['dcmcjpeg', '+e1', '1.2.840.10008.1.2.4.70'],
	['dcmcjpeg', '+el', '1.2.840.10008.1.2.4.57'],
	['dcmcjpeg', '+eb', '1.2.840.10008.1.2.4.50'],
	['dcmcrle', '', '1.2.840.10008.1.2.5'],
	['dcmcjpls', '+el', '1.2.840.10008.1.2.4.80'],
	['dcmcjpls', '+en', '1.2.840.10008.1.2.4.81'],
] as const;

t.test('Orthanc', { skip: missing('Orthanc') }, async (t) => {
	const peer = await startOrthanc();
	t.teardown(() => peer.stop());
	const address = toPeer(peer);

	/** The file that Orthanc kept of an instance. */
	const kept = async (sopInstanceUid: string): Promise<ReturnType<typeof partsOf>> => {
		const rest = `http://127.0.0.1:${peer.httpPort}`;
		const found: unknown = await (await fetch(`${rest}/tools/lookup`, { method: 'POST', body: sopInstanceUid })).json();
		const instance = (found as readonly { readonly Type: string; readonly ID: string }[]).find(
			({ Type }) => Type === 'Instance',
		);
		if (instance === undefined) throw new Error(`Orthanc has no ${sopInstanceUid}`);
		return partsOf(new Uint8Array(await (await fetch(`${rest}/instances/${instance.ID}/file`)).arrayBuffer()));
	};

	t.test('echo, and who it is', async (t) => {
		const contexts = [{ abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT_LITTLE] }];
		await withAssociation({ address, contexts }, async (connected) => {
			const { id } = requireContext(connected, VERIFICATION);
			for (let i = 0; i < 5; i++) t.equal((await echo(connected.association, id)).status, 0);
			t.match(connected.answer.userInformation, { implementationVersionName: String, maximumLength: Number });
		});
	});

	t.test('stores in each uncompressed transfer syntax, as it came', async (t) => {
		const syntaxes = [IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED];
		const contexts = syntaxes.map((one) => ({ abstractSyntax: SECONDARY_CAPTURE, transferSyntaxes: [one] }));
		await withAssociation({ address, contexts }, async ({ association, accepted }) => {
			t.strictSame(
				accepted.map(({ transferSyntax }) => transferSyntax),
				syntaxes,
			);
			for (const { id, transferSyntax } of accepted) {
				const uid = `1.2.8.1.${id}`;
				const bytes = encoded(awkward(uid), transferSyntax);
				const { status } = await store(association, id, {
					sopClassUid: SECONDARY_CAPTURE,
					sopInstanceUid: uid,
					dataset: bytes,
				});
				t.equal(status, 0);
				const file = await kept(uid);
				t.equal(file.transferSyntaxUid, transferSyntax);
				t.ok(same(comparable(file.dataset), comparable(awkward(uid))), transferSyntax);
			}
		});
	});

	t.test('stores encapsulated files', { skip: missing('dcmcjpeg', 'dcmcrle', 'dcmcjpls') }, async (t) => {
		const plain = join(folder, 'plain.dcm');
		const contexts = COMPRESSIONS.map(([, , one]) => ({ abstractSyntax: SECONDARY_CAPTURE, transferSyntaxes: [one] }));
		await withAssociation({ address, contexts }, async ({ association }) => {
			for (const [index, [program, option, syntax]] of COMPRESSIONS.entries()) {
				const uid = `1.2.7.${index}.1.1`;
				const more = {
					StudyInstanceUID: `1.2.7.${index}`,
					SeriesInstanceUID: `1.2.7.${index}.1`,
					PatientID: 'COMPRESSED',
				};
				writeFileSync(plain, encodeFile(image(SECONDARY_CAPTURE, uid, more, 64), EXPLICIT_LITTLE));
				const path = join(folder, `${index}.dcm`);
				const options = [option, program === 'dcmcrle' ? '' : '+un'].filter((one) => one !== '');
				t.equal(spawnSync(program, [...options, plain, path]).status, 0);
				const file = readInstanceFile(path);
				if ('reason' in file) throw new Error(file.reason);
				const context = association.contextFor(SECONDARY_CAPTURE, syntax);
				const source = new InstanceFileSource(file);
				const { status } = await store(association, context?.id ?? 0, { ...file, dataset: source });
				source.close();
				t.equal(status, 0);
				const arrived = await kept(file.sopInstanceUid);
				t.equal(arrived.transferSyntaxUid, syntax);
				// Orthanc writes the dataset anew; the fragments are as they were.
				t.strictSame(
					arrived.dataset['7FE00010']?.Value.slice(1),
					readPart10(path).dataset['7FE00010']?.Value.slice(1),
					syntax,
				);
			}
		});
	});

	t.test('stores 20 MB', async (t) => {
		const dataset = image(
			CT,
			'1.2.6.1.1',
			{ StudyInstanceUID: '1.2.6', SeriesInstanceUID: '1.2.6.1', PatientID: 'BIG' },
			4500,
		);
		const bytes = encoded(dataset, EXPLICIT_LITTLE);
		const contexts = [{ abstractSyntax: CT, transferSyntaxes: [EXPLICIT_LITTLE] }];
		await withAssociation({ address, contexts }, async (connected) => {
			const { id } = requireContext(connected, CT);
			const { status } = await store(connected.association, id, {
				sopClassUid: CT,
				sopInstanceUid: '1.2.6.1.1',
				dataset: bytes,
			});
			t.equal(status, 0);
		});
		t.ok(same(comparable((await kept('1.2.6.1.1')).dataset), comparable(dataset)));
	});

	t.test('130 SOP classes over two associations', async (t) => {
		const classes = STORAGE_SOP_CLASSES.slice(0, 130);
		for (const part of [classes.slice(0, 128), classes.slice(128)]) {
			const contexts = part.map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: [EXPLICIT_LITTLE] }));
			await withAssociation({ address, contexts }, async ({ association, accepted, refused }) => {
				t.equal(accepted.length, part.length, refused.map((one) => one.abstractSyntax).join());
				for (const { id, abstractSyntax } of accepted) {
					const uid = `1.2.5.1.${classes.indexOf(abstractSyntax)}`;
					const dataset = image(
						abstractSyntax,
						uid,
						{ StudyInstanceUID: '1.2.5', SeriesInstanceUID: '1.2.5.1', PatientID: 'ALL' },
						2,
					);
					const instance = {
						sopClassUid: abstractSyntax,
						sopInstanceUid: uid,
						dataset: encoded(dataset, EXPLICIT_LITTLE),
					};
					t.equal((await store(association, id, instance)).status, 0, abstractSyntax);
				}
			});
		}
		const series = await query(
			address,
			STUDY_ROOT_FIND,
			keys({
				QueryRetrieveLevel: 'IMAGE',
				StudyInstanceUID: '1.2.5',
				SeriesInstanceUID: '1.2.5.1',
				SOPInstanceUID: '',
				SOPClassUID: '',
			}),
		);
		t.strictSame(series.matches.map(({ dataset }) => shown(dataset, 'SOPClassUID')).sort(), [...classes].sort());
	});

	t.test('an instance without what Orthanc needs fails with a status', async (t) => {
		const contexts = [{ abstractSyntax: CT, transferSyntaxes: [IMPLICIT_LITTLE] }];
		await withAssociation({ address, contexts }, async (connected) => {
			const { id } = requireContext(connected, CT);
			const bytes = encoded(keys({ SOPClassUID: CT, PatientName: 'NO^UIDS' }), IMPLICIT_LITTLE);
			const { status } = await store(connected.association, id, {
				sopClassUid: CT,
				sopInstanceUid: '1.2.66',
				dataset: bytes,
			});
			t.not(status, 0);
			t.ok(connected.association.isOpen);
		});
	});

	t.test('finds', async (t) => {
		const stored = [
			...[
				['Q1', 'DOE^JANE', '1.2.3.1', '20240102', '1.2.3.1.1', 3],
				['Q1', 'DOE^JANE', '1.2.3.1', '20240102', '1.2.3.1.2', 1],
				['Q1', 'DOE^JANE', '1.2.3.2', '20240203', '1.2.3.2.1', 2],
				['Q2', 'ROE^RICHARD', '1.2.3.3', '20231224', '1.2.3.3.1', 1],
			].flatMap(([id, name, study, date, series, count]) =>
				Array.from({ length: Number(count) }, (_, i) =>
					image(MR, `${series}.${i + 1}`, {
						PatientID: String(id),
						PatientName: String(name),
						StudyInstanceUID: String(study),
						StudyDate: String(date),
						SeriesInstanceUID: String(series),
						InstanceNumber: String(i + 1),
						Modality: 'MR',
					}),
				),
			),
			...NAMES.map(([terms, name, id], i) =>
				image(MR, `1.2.9.${i}.1.1`, {
					SpecificCharacterSet: terms,
					PatientName: name,
					PatientID: id,
					StudyInstanceUID: `1.2.9.${i}`,
					SeriesInstanceUID: `1.2.9.${i}.1`,
				}),
			),
		];
		const contexts = [{ abstractSyntax: MR, transferSyntaxes: [EXPLICIT_LITTLE] }];
		await withAssociation({ address, contexts }, async (connected) => {
			const { id } = requireContext(connected, MR);
			for (const dataset of stored) {
				const instance = {
					sopClassUid: MR,
					sopInstanceUid: shown(dataset, 'SOPInstanceUID'),
					dataset: encoded(dataset, EXPLICIT_LITTLE),
				};
				t.equal((await store(connected.association, id, instance)).status, 0);
			}
		});

		const QUERIES: readonly (readonly [string, string, Readonly<Record<string, string>>, number])[] = [
			[PATIENT_ROOT_FIND, 'PATIENT', { PatientID: 'Q?', PatientName: '' }, 2],
			[PATIENT_ROOT_FIND, 'PATIENT', { PatientID: 'Q1\\Q2', PatientName: '' }, 2],
			[PATIENT_ROOT_FIND, 'STUDY', { PatientID: 'Q1', StudyInstanceUID: '' }, 2],
			[PATIENT_ROOT_FIND, 'SERIES', { PatientID: 'Q1', StudyInstanceUID: '1.2.3.1', SeriesInstanceUID: '' }, 2],
			[
				PATIENT_ROOT_FIND,
				'IMAGE',
				{ PatientID: 'Q1', StudyInstanceUID: '1.2.3.1', SeriesInstanceUID: '1.2.3.1.1', SOPInstanceUID: '' },
				3,
			],
			[STUDY_ROOT_FIND, 'STUDY', { PatientName: 'roe*', StudyInstanceUID: '', NumberOfStudyRelatedInstances: '' }, 1],
			[STUDY_ROOT_FIND, 'STUDY', { StudyInstanceUID: '1.2.3.1\\1.2.3.3\\1.2.3.77', ModalitiesInStudy: '' }, 2],
			[STUDY_ROOT_FIND, 'STUDY', { StudyInstanceUID: '', PatientID: 'Q*', StudyDate: '20240101-20240131' }, 1],
			[STUDY_ROOT_FIND, 'STUDY', { StudyInstanceUID: '1.2.3.77' }, 0],
			[
				STUDY_ROOT_FIND,
				'SERIES',
				{ StudyInstanceUID: '1.2.3.1', SeriesInstanceUID: '', NumberOfSeriesRelatedInstances: '' },
				2,
			],
			[
				STUDY_ROOT_FIND,
				'IMAGE',
				{ StudyInstanceUID: '1.2.3.1', SeriesInstanceUID: '1.2.3.1.1', SOPInstanceUID: '1.2.3.1.1.1\\1.2.3.1.1.3' },
				2,
			],
		];
		for (const [model, level, values, count] of QUERIES) {
			const { matches, final } = await query(address, model, keys({ QueryRetrieveLevel: level, ...values }));
			const asked = `${level} ${JSON.stringify(values)}`;
			t.equal(final.status, 0, asked);
			t.equal(matches.length, count, asked);
			for (const { dataset, problems } of matches) {
				t.strictSame(problems, []);
				for (const keyword of Object.keys(values)) t.not(shown(dataset, keyword), '', `${asked}: ${keyword}`);
			}
		}
	});

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
			// Without a default encoding of its own Orthanc answers in Latin 1 and leaves out what is not in it.
			t.ok(['ISO_IR 192', 'ISO_IR 100'].includes(shown(matches[0]?.dataset ?? {}, 'SpecificCharacterSet')));
			if (terms === 'ISO_IR 100') t.equal(shown(matches[0]?.dataset ?? {}, 'PatientName'), name);
		});

	t.test('leaving the loop cancels, or comes too late; the association goes on', async (t) => {
		const contexts = [{ abstractSyntax: STUDY_ROOT_FIND, transferSyntaxes: UNCOMPRESSED }];
		await withAssociation({ address, contexts }, async (connected) => {
			const identifier = keys({
				QueryRetrieveLevel: 'IMAGE',
				StudyInstanceUID: '1.2.5',
				SeriesInstanceUID: '1.2.5.1',
				SOPInstanceUID: '',
			});
			const running = find(connected.association, requireContext(connected, STUDY_ROOT_FIND), identifier);
			let seen = 0;
			for await (const _ of running) if (++seen === 2) break;
			t.ok(running.isCancelled);
			const { status } = await running.final;
			t.ok(status === 0xfe00 || status === 0, status.toString(16));
			const again = await ask(connected, STUDY_ROOT_FIND, identifier);
			t.strictSame([again.matches.length, again.final.status], [130, 0]);
		});
	});

	t.test('a query without a level is C000', async (t) => {
		const { matches, final } = await query(address, STUDY_ROOT_FIND, keys({ PatientName: '' }));
		t.equal(matches.length, 0);
		t.equal(final.status, 0xc000);
	});
});

t.test('Orthanc that answers in UTF-8, and no strangers', { skip: missing('Orthanc') }, async (t) => {
	const peer = await startOrthanc({
		DefaultEncoding: 'Utf8',
		DicomCheckCalledAet: true,
		DicomAlwaysAllowFind: false,
		DicomModalities: { dimse: ['DIMSE', '127.0.0.1', 1] },
	});
	t.teardown(() => peer.stop());
	const address = toPeer(peer);
	await withAssociation(
		{ address, contexts: [{ abstractSyntax: MR, transferSyntaxes: [EXPLICIT_LITTLE] }] },
		async (connected) => {
			const { id } = requireContext(connected, MR);
			for (const [i, [terms, name, patient]] of NAMES.entries()) {
				const uid = `1.2.9.${i}.1.1`;
				const dataset = image(MR, uid, {
					SpecificCharacterSet: terms,
					PatientName: name,
					PatientID: patient,
					StudyInstanceUID: `1.2.9.${i}`,
					SeriesInstanceUID: `1.2.9.${i}.1`,
				});
				const instance = { sopClassUid: MR, sopInstanceUid: uid, dataset: encoded(dataset, EXPLICIT_LITTLE) };
				t.equal((await store(connected.association, id, instance)).status, 0);
			}
		},
	);
	for (const [terms, name, patient] of NAMES) {
		const { matches } = await query(
			address,
			STUDY_ROOT_FIND,
			keys({ QueryRetrieveLevel: 'STUDY', PatientID: patient, PatientName: '' }),
		);
		t.equal(shown(matches[0]?.dataset ?? {}, 'PatientName'), name, terms);
	}

	const identifier = keys({ QueryRetrieveLevel: 'STUDY', StudyInstanceUID: '' });
	const failure = (titles: Partial<typeof address>) =>
		query({ ...address, ...titles }, STUDY_ROOT_FIND, identifier).catch((error: unknown) =>
			error instanceof DicomError ? error.failure : error,
		);
	t.match(await failure({ calledAeTitle: 'WRONG' }), { blame: 'rejected', result: 1, source: 1, reason: 7 });
	t.match(await failure({ callingAeTitle: 'STRANGER' }), { blame: 'aborted', afterMessage: 'C-FIND-RQ' });
});
