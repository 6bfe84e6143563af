/** Our services as SCP: DCMTK's echoscu, findscu, storescu, dcmsend, getscu and Orthanc call us. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Decision, type ListenOptions, listen } from '../../src/association/acceptor.ts';
import type { IncomingRequest } from '../../src/association/incoming.ts';
import type { Dataset } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { encodeFile } from '../../src/dicom/part10.ts';
import {
	MODALITY_WORKLIST_FIND,
	PATIENT_ROOT_FIND,
	STUDY_ROOT_FIND,
	STUDY_ROOT_GET,
	VERIFICATION,
} from '../../src/dicom/sop-classes.ts';
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { STORAGE_SOP_CLASSES } from '../../src/dicom/uids.ts';
import type { CFindRq, CGetRq, CStoreRq } from '../../src/dimse/messages.ts';
import type { DicomError } from '../../src/errors.ts';
import { answerFind, type Search } from '../../src/services/query-scp.ts';
import { answerStore } from '../../src/services/storage-scp.ts';
import { answerEcho } from '../../src/services/verification.ts';
import type { AcceptedContext } from '../../src/upper-layer/negotiation.ts';
import type { AssociateRq } from '../../src/upper-layer/pdu/index.ts';
import { missing, startOrthanc } from '../support/peers.ts';
import { CA, SERVER } from '../support/tls.ts';
import {
	awkward,
	CT,
	comparable,
	eventually,
	image,
	keys,
	MR,
	partsOf,
	readPart10,
	SECONDARY_CAPTURE,
	same,
	shown,
} from './instances.ts';

const folder = mkdtempSync(join(tmpdir(), 'dimse-interop-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

interface Arrived {
	readonly message: CStoreRq;
	readonly context: AcceptedContext;
	readonly bytes: Uint8Array;
}

const NAMES = ['DOE^JANE', 'Müller^Jörg', 'Yamada^Tarou=山田^太郎=やまだ^たろう'];
const FIND_CLASSES = new Set([PATIENT_ROOT_FIND, STUDY_ROOT_FIND, MODALITY_WORKLIST_FIND]);
const STORAGE = new Set(STORAGE_SOP_CLASSES);

/** An SCP of everything, and what it was asked. */
const startScp = async (t: Test, more: Partial<ListenOptions> = {}) => {
	const requests: AssociateRq[] = [];
	const stored: Arrived[] = [];
	const identifiers: Dataset[] = [];
	const retrieved: IncomingRequest<CGetRq>[] = [];
	const failures: DicomError[] = [];
	const search: Search = async function* (identifier, { signal }) {
		identifiers.push(identifier);
		if (shown(identifier, 'PatientID') === 'REFUSE') {
			yield { refusal: { status: 0xa700, errorComment: 'too many of them', offendingElements: ['00100020'] } };
			return;
		}
		const rows = Number(shown(identifier, 'StudyID') || '3');
		for (let i = 0; i < rows && !signal.aborted; i++)
			yield {
				match: keys({
					SpecificCharacterSet: 'ISO_IR 192',
					QueryRetrieveLevel: 'STUDY',
					PatientName: NAMES[i % NAMES.length] ?? '',
					StudyID: String(i),
					StudyInstanceUID: `1.2.3.${i}`,
					AccessionNumber: '',
				}),
				status: i === 1 ? 0xff01 : 0xff00,
			};
	};
	const decide = (rq: AssociateRq): Decision => {
		requests.push(rq);
		const { calledAeTitle, userInformation } = rq;
		const triple = /^REJECT(\d)(\d)(\d)$/.exec(calledAeTitle);
		if (triple !== null)
			return { reject: { result: Number(triple[1]), source: Number(triple[2]), reason: Number(triple[3]) } };
		return {
			supported: (uid) =>
				uid === VERIFICATION || uid === STUDY_ROOT_GET || FIND_CLASSES.has(uid)
					? [EXPLICIT_LITTLE, IMPLICIT_LITTLE]
					: STORAGE.has(uid)
						? ['*']
						: undefined,
			roles: () => ({ scu: true, scp: true }),
			...(userInformation.userIdentity?.positiveResponseRequested === true
				? { userIdentityResponse: new TextEncoder().encode('granted') }
				: {}),
			serve: async (request) => {
				switch (request.message.type) {
					case 'C-ECHO-RQ':
						return answerEcho(request);
					case 'C-FIND-RQ':
						return answerFind(request as IncomingRequest<CFindRq>, search);
					case 'C-STORE-RQ':
						return answerStore(request as IncomingRequest<CStoreRq>, (message, context) => {
							if (message.affectedSopInstanceUid.startsWith('1.2.666'))
								return { refusal: 0xa700, errorComment: 'disk full' };
							const parts: Uint8Array[] = [];
							return {
								write: (bytes) => {
									parts.push(bytes.slice());
								},
								commit: async () => {
									stored.push({ message, context, bytes: Buffer.concat(parts) });
									return message.affectedSopInstanceUid.startsWith('1.2.777') ? 0xb000 : 0;
								},
								discard: async () => {},
							};
						});
					case 'C-GET-RQ': {
						await request.dataset?.discard();
						retrieved.push(request as IncomingRequest<CGetRq>);
						return request.respond({
							type: 'C-GET-RSP',
							messageIdBeingRespondedTo: request.message.messageId,
							affectedSopClassUid: request.message.affectedSopClassUid,
							hasDataset: false,
							status: 0,
							numberOfCompletedSuboperations: 0,
							numberOfFailedSuboperations: 0,
							numberOfWarningSuboperations: 0,
						});
					}
					default:
						throw new Error(`nobody sends ${request.message.type} here`);
				}
			},
		};
	};
	const listener = await listen({
		port: 0,
		address: '127.0.0.1',
		decide,
		failed: (error) => failures.push(error),
		...more,
	});
	t.teardown(() => listener.abort());
	return { port: listener.port, requests, stored, identifiers, retrieved, failures };
};

/** Runs a client of DCMTK; its log comes in what it wrote to both streams. */
const run = (
	name: string,
	...args: readonly string[]
): Promise<{ readonly status: number | null; readonly log: string }> =>
	new Promise((resolve, reject) => {
		const child = spawn(name, args, { cwd: folder, env: { ...process.env, TCP_NODELAY: '1' } });
		let log = '';
		for (const stream of [child.stdout, child.stderr])
			stream.on('data', (bytes: Buffer) => {
				log += bytes.toString();
			});
		child.once('error', reject);
		child.once('close', (status) => resolve({ status, log }));
	});

/** DCMTK's warnings and errors, without dcmsend's about the standard's default transfer syntax. */
const complaints = (log: string): string[] =>
	log.split('\n').filter((line) => /^[WEF]: (?!transfer syntax uses a lossless| +\(including the Default)/.test(line));

/** As `t.match`, with less to read when it fails and does not. */
const says = (t: Test, log: string, pattern: RegExp): void => {
	t.ok(pattern.test(log), String(pattern), { log: log.slice(-2000) });
};

t.test('echoscu', { skip: missing('echoscu') }, async (t) => {
	const scp = await startScp(t);
	const at = ['127.0.0.1', String(scp.port)];

	t.test('echoes, and sees who we are', async (t) => {
		const { status, log } = await run('echoscu', '-d', '-aet', 'CALLER', '-aec', 'CALLED', '--repeat', '20', ...at);
		t.equal(status, 0);
		t.strictSame(complaints(log), []);
		t.equal(log.match(/Received Echo Response \(Success\)/g)?.length, 20);
		says(t, log, /Their Implementation Version Name: DIMSE/);
		says(t, log, /Their Max PDU Receive Size: +65536/);
		t.match(scp.requests.at(-1), { calledAeTitle: 'CALLED', callingAeTitle: 'CALLER' });
	});

	t.test('128 contexts of 38 transfer syntaxes', async (t) => {
		const { status, log } = await run('echoscu', '-d', '-pts', '38', '-ppc', '128', ...at);
		t.equal(status, 0);
		t.strictSame(complaints(log), []);
		t.equal(scp.requests.at(-1)?.presentationContexts.length, 128);
		t.equal(log.match(/\(Accepted\)/g)?.length, 128);
	});

	t.test('16-character titles, an abort instead of a release', async (t) => {
		const { status } = await run('echoscu', '-aet', 'SIXTEENCHARACTER', '--abort', ...at);
		t.equal(status, 0);
		t.equal(scp.requests.at(-1)?.callingAeTitle, 'SIXTEENCHARACTER');
		const failure = await eventually('the abort', () => scp.failures.at(-1)?.failure);
		t.match(failure, { blame: 'aborted', source: 0, phase: 'established' });
	});

	for (const [title, reason] of [
		['REJECT117', /Called AE Title Not Recognized/],
		['REJECT113', /Calling AE Title Not Recognized/],
		['REJECT111', /No Reason/],
		['REJECT122', /Protocol Version Not Supported/],
		['REJECT231', /Temporary Congestion/],
		['REJECT232', /Local Limit Exceeded/],
	] as const)
		t.test(`${title} is read as such`, async (t) => {
			const { status, log } = await run('echoscu', '-aec', title, ...at);
			t.equal(status, 1);
			says(t, log, reason);
		});

	t.test('over TLS', async (t) => {
		const secured = await startScp(t, { tls: SERVER });
		const ca = join(folder, 'ca.crt');
		writeFileSync(ca, CA);
		const { status, log } = await run('echoscu', '-d', '+tla', '+cf', ca, 'localhost', String(secured.port));
		t.equal(status, 0, log);
		t.strictSame(complaints(log), []);
		says(t, log, /Received Echo Response \(Success\)/);
	});
});

t.test('findscu', { skip: missing('findscu') }, async (t) => {
	const scp = await startScp(t);
	const at = ['127.0.0.1', String(scp.port)];
	const find = (...args: readonly string[]) =>
		run('findscu', '-d', '-S', '-k', 'QueryRetrieveLevel=STUDY', ...args, ...at);

	for (const [option, syntax] of [
		['-xe', EXPLICIT_LITTLE],
		['-xi', IMPLICIT_LITTLE],
		['-x=', EXPLICIT_LITTLE],
	] as const)
		t.test(`${option}: matches, their bytes, FF01`, async (t) => {
			const extracted = join(folder, `found${option}`);
			mkdirSync(extracted);
			const { status, log } = await find(option, '-k', 'PatientName=*', '-k', 'StudyID', '-X', '-od', extracted);
			t.equal(status, 0);
			t.strictSame(complaints(log), []);
			says(t, log, /DIMSE Status +: 0x0000: Success/);
			t.equal(log.match(/Received Find Response \d+/g)?.length, 3);
			says(t, log, /0xff01: Pending: .*Unsupported optional keys/);
			says(t, log, new RegExp(syntax === IMPLICIT_LITTLE ? '=LittleEndianImplicit' : '=LittleEndianExplicit'));
			const names = [1, 2, 3].map((i) => shown(readPart10(join(extracted, `rsp000${i}.dcm`)).dataset, 'PatientName'));
			t.strictSame(names, NAMES);
			t.strictSame(
				[shown(scp.identifiers.at(-1) ?? {}, 'PatientName'), shown(scp.identifiers.at(-1) ?? {}, 'QueryRetrieveLevel')],
				['*', 'STUDY'],
			);
		});

	t.test('2,000 matches', async (t) => {
		const { status, log } = await run(
			'findscu',
			'-v',
			'-S',
			'-k',
			'QueryRetrieveLevel=STUDY',
			'-k',
			'StudyID=2000',
			...at,
		);
		t.equal(status, 0);
		t.strictSame(complaints(log), []);
		t.equal(log.match(/\(0020,000d\) UI/gi)?.length, 2000);
	});

	t.test('cancelled after five of very many', async (t) => {
		const { status, log } = await run(
			'findscu',
			...['-v', '-S', '-k', 'QueryRetrieveLevel=STUDY', '-k', 'StudyID=100000000', '--cancel', '5'],
			...at,
		);
		t.equal(status, 0);
		says(t, log, /Received Final Find Response \(Cancel/);
	});

	t.test('refused, with comment and offending element', async (t) => {
		const { status, log } = await find('-k', 'PatientID=REFUSE');
		t.equal(status, 0);
		says(t, log, /DIMSE Status +: 0xa700: Refused/);
		says(t, log, /too many of them/);
		says(t, log, /\(0010,0020\)/);
	});

	t.test('worklist with a sequence', async (t) => {
		const { status, log } = await run(
			'findscu',
			'-d',
			'-W',
			'-k',
			'(0040,0100)[0].Modality=CT',
			'-k',
			'PatientName',
			...at,
		);
		t.equal(status, 0);
		t.strictSame(complaints(log), []);
		t.match(scp.identifiers.at(-1)?.['00400100']?.Value[0], { '00080060': { Value: ['CT'] } });
	});

	t.test('a class that is not offered', async (t) => {
		const { status, log } = await run('findscu', '-O', '-k', 'QueryRetrieveLevel=STUDY', ...at);
		t.equal(status, 2);
		says(t, log, /No [Aa]cceptable [Pp]resentation [Cc]ontexts/);
	});
});

/** Files in each transfer syntax, by the client's option to propose it. */
const files = (): readonly (readonly [option: string, syntax: string, path: string])[] => {
	const written = (
		[
			['-xi', IMPLICIT_LITTLE],
			['-xe', EXPLICIT_LITTLE],
			['-xb', EXPLICIT_BIG],
			['-xd', DEFLATED],
		] as const
	).map(([option, syntax], index) => {
		const path = join(folder, `plain${option}.dcm`);
		writeFileSync(path, encodeFile(awkward(`1.2.8.1.${index}`), syntax));
		return [option, syntax, path] as const;
	});
	const compressed = (
		[
			['-xs', '1.2.840.10008.1.2.4.70', 'dcmcjpeg', '+e1'],
			['-xy', '1.2.840.10008.1.2.4.50', 'dcmcjpeg', '+eb'],
			['-xr', '1.2.840.10008.1.2.5', 'dcmcrle', ''],
			['-xt', '1.2.840.10008.1.2.4.80', 'dcmcjpls', '+el'],
		] as const
	).map(([option, syntax, program, how], index) => {
		const plain = join(folder, 'plain.dcm');
		writeFileSync(plain, encodeFile(image(SECONDARY_CAPTURE, `1.2.7.1.${index}`, {}, 64), EXPLICIT_LITTLE));
		const path = join(folder, `compressed${option}.dcm`);
		const options = [how, program === 'dcmcrle' ? '' : '+un'].filter((one) => one !== '');
		const { status, stderr } = spawnSync(program, [...options, plain, path], { encoding: 'utf8' });
		if (status !== 0) throw new Error(stderr);
		return [option, syntax, path] as const;
	});
	return [...written, ...compressed];
};

t.test(
	'storescu and dcmsend',
	{ skip: missing('storescu', 'dcmsend', 'dcmcjpeg', 'dcmcrle', 'dcmcjpls') },
	async (t) => {
		const scp = await startScp(t);
		const at = ['127.0.0.1', String(scp.port)];
		const all = files();

		for (const [option, syntax, path] of all)
			t.test(`storescu ${option}: what is in the file arrives`, async (t) => {
				const { status, log } = await run('storescu', '-d', '-R', option, ...at, path);
				t.equal(status, 0);
				t.strictSame(complaints(log), []);
				const { context, bytes, message } = scp.stored.at(-1) ?? {};
				t.equal(context?.transferSyntax, syntax);
				t.match(context, { scu: true, scp: false, abstractSyntax: SECONDARY_CAPTURE });
				const file = readPart10(path);
				t.equal(message?.affectedSopInstanceUid, shown(file.dataset, 'SOPInstanceUID'));
				// storescu deflates anew.
				if (syntax === DEFLATED)
					t.ok(same(comparable(decodeDataset(bytes ?? new Uint8Array(), syntax).dataset), comparable(file.dataset)));
				else t.ok(same(bytes ?? new Uint8Array(), file.body), 'byte for byte');
			});

		t.test('storescu proposing all it knows', async (t) => {
			const before = scp.stored.length;
			const { status, log } = await run('storescu', '-d', '--propose-little', ...at, all[1]?.[2] ?? '');
			t.equal(status, 0);
			t.strictSame(complaints(log), []);
			t.equal(scp.stored.length, before + 1);
			t.ok((scp.requests.at(-1)?.presentationContexts.length ?? 0) > 100);
		});

		t.test('dcmsend: all of them on one association', async (t) => {
			const before = scp.stored.length;
			const { status, log } = await run(
				'dcmsend',
				'-d',
				'-dn',
				'-aet',
				'SENDER',
				...at,
				...all.map(([, , path]) => path),
			);
			t.equal(status, 0);
			t.strictSame(complaints(log), []);
			const arrived = scp.stored.slice(before);
			t.equal(arrived.length, all.length);
			for (const [, syntax, path] of all) {
				const file = readPart10(path);
				const one = arrived.find(
					({ message }) => message.affectedSopInstanceUid === shown(file.dataset, 'SOPInstanceUID'),
				);
				t.ok(one !== undefined, path);
				// dcmsend may choose another uncompressed transfer syntax that it proposed in the same context.
				if (one?.context.transferSyntax === syntax && syntax !== DEFLATED)
					t.ok(same(one.bytes, file.body), `${syntax} byte for byte`);
				else
					t.ok(
						same(
							comparable(decodeDataset(one?.bytes ?? new Uint8Array(), one?.context.transferSyntax ?? '').dataset),
							comparable(file.dataset),
						),
						`${syntax} came as ${one?.context.transferSyntax}`,
					);
			}
		});

		t.test('20 MB, in PDUs of 4 KB and of 128 KB', async (t) => {
			const path = join(folder, 'big.dcm');
			writeFileSync(path, encodeFile(image(CT, '1.2.6', {}, 4500), EXPLICIT_LITTLE));
			const file = readPart10(path);
			for (const size of ['4096', '65536', '131072']) {
				const { status, log } = await run('storescu', '-v', '-R', '-xe', '--max-send-pdu', size, ...at, path);
				t.equal(status, 0);
				t.strictSame(complaints(log), []);
				t.ok(same(scp.stored.at(-1)?.bytes ?? new Uint8Array(), file.body), size);
			}
			for (const maximumLength of [4096, 16_384, 1_048_576, 0]) {
				const other = await startScp(t, { maximumLength });
				const { status, log } = await run(
					'storescu',
					'-v',
					'-R',
					'-xe',
					'--max-send-pdu',
					'131072',
					'127.0.0.1',
					String(other.port),
					path,
				);
				t.equal(status, 0, log);
				t.ok(same(other.stored.at(-1)?.bytes ?? new Uint8Array(), file.body), `we announce ${maximumLength}`);
			}
		});

		t.test('refusals and warnings', async (t) => {
			for (const [uid, pattern, expected] of [
				['1.2.666.1', /0xa700: Refused/, 0xa7],
				['1.2.777.1', /0xb000: Warning/, 0],
			] as const) {
				const path = join(folder, `${uid}.dcm`);
				writeFileSync(path, encodeFile(image(CT, uid), EXPLICIT_LITTLE));
				const { status, log } = await run('storescu', '-d', '-R', '-xe', ...at, path);
				t.equal(status, expected);
				says(t, log, pattern);
				if (expected > 0) says(t, log, /disk full/);
			}
		});

		t.test('a user identity, answered', async (t) => {
			const { status, log } = await run(
				'storescu',
				...['-d', '-R', '-xe', '-usr', 'jane', '-pwd', 'secret', '-rsp'],
				...at,
				all[1]?.[2] ?? '',
			);
			t.equal(status, 0);
			t.strictSame(complaints(log), []);
			t.match(scp.requests.at(-1)?.userInformation.userIdentity, { type: 2, positiveResponseRequested: true });
			t.equal(Buffer.from(scp.requests.at(-1)?.userInformation.userIdentity?.primaryField ?? []).toString(), 'jane');
			says(t, log, /granted|Server Response/i);
		});

		t.test('four at a time', async (t) => {
			const before = scp.stored.length;
			const runs = await Promise.all(
				['-xi', '-xe', '-xb', '-xd'].map((option, i) =>
					run('storescu', '-v', '-R', option, '--repeat', '10', ...at, all[i]?.[2] ?? ''),
				),
			);
			for (const { status, log } of runs) {
				t.equal(status, 0);
				t.strictSame(complaints(log), []);
			}
			t.equal(scp.stored.length, before + 40);
		});

		t.test('nothing failed on our side', async (t) => {
			t.strictSame(
				scp.failures.map(({ failure }) => failure),
				[],
			);
		});
	},
);

t.test('getscu gets its roles', { skip: missing('getscu') }, async (t) => {
	const scp = await startScp(t);
	const { status, log } = await run(
		'getscu',
		...['-d', '-S', '-k', 'QueryRetrieveLevel=STUDY', '-k', 'StudyInstanceUID=1.2.3'],
		...['127.0.0.1', String(scp.port)],
	);
	t.equal(status, 0);
	t.strictSame(complaints(log), []);
	t.equal(scp.retrieved.length, 1);
	const proposed = scp.requests.at(-1)?.userInformation.roleSelections.length ?? 0;
	t.ok(proposed > 50, `${proposed} roles`);
	says(t, log, /Accepted SCP\/SCU Role: (SCP|SCU\/SCP|SCP\/SCU)/);
	t.notMatch(scp.retrieved[0]?.context, { scu: false });
});

t.test('Orthanc as SCU', { skip: missing('Orthanc') }, async (t) => {
	const scp = await startScp(t);
	const peer = await startOrthanc({
		DefaultEncoding: 'Utf8',
		DicomModalities: { dimse: ['DIMSE', '127.0.0.1', scp.port], reject: ['REJECT117', '127.0.0.1', scp.port] },
	});
	t.teardown(() => peer.stop());
	const rest = (path: string, body?: unknown) =>
		fetch(
			`http://127.0.0.1:${peer.httpPort}${path}`,
			body === undefined ? {} : { method: 'POST', body: body instanceof Uint8Array ? body : JSON.stringify(body) },
		);

	t.test('echo', async (t) => {
		t.equal((await rest('/modalities/dimse/echo', {})).status, 200);
		t.match(scp.requests.at(-1), { calledAeTitle: 'DIMSE', callingAeTitle: 'ORTHANC' });
		t.not((await rest('/modalities/reject/echo', {})).status, 200);
	});

	t.test('store', async (t) => {
		const instances = [image(CT, '1.2.4.1'), image(MR, '1.2.4.2'), awkward('1.2.4.3')];
		const ids: string[] = [];
		for (const dataset of instances) {
			const answer: unknown = await (await rest('/instances', encodeFile(dataset, EXPLICIT_LITTLE))).json();
			ids.push((answer as { readonly ID: string }).ID);
		}
		const before = scp.stored.length;
		t.equal((await rest('/modalities/dimse/store', ids)).status, 200);
		const arrived = scp.stored.slice(before);
		t.equal(arrived.length, instances.length);
		for (const { context, message, bytes } of arrived) {
			const sent = instances.find((one) => shown(one, 'SOPInstanceUID') === message.affectedSopInstanceUid) ?? {};
			const file = encodeFile(sent, EXPLICIT_LITTLE);
			t.equal(message.affectedSopClassUid, shown(sent, 'SOPClassUID'));
			t.equal(context.transferSyntax, EXPLICIT_LITTLE);
			t.ok(same(bytes, partsOf(file).body), `${message.affectedSopInstanceUid} byte for byte`);
			t.ok(same(comparable(partsOf(file).dataset), comparable(sent)));
		}
	});

	t.test('find', async (t) => {
		const answer: unknown = await (
			await rest('/modalities/dimse/query', { Level: 'Study', Query: { PatientName: '*', StudyID: '5' } })
		).json();
		const { ID } = answer as { readonly ID: string };
		const answers: unknown = await (await rest(`/queries/${ID}/answers?expand&simplify`)).json();
		t.strictSame(
			(answers as readonly { readonly PatientName: string }[]).map(({ PatientName }) => PatientName),
			[...NAMES, ...NAMES.slice(0, 2)],
		);
		t.equal(shown(scp.identifiers.at(-1) ?? {}, 'QueryRetrieveLevel'), 'STUDY');
		const refused = await rest('/modalities/dimse/query', { Level: 'Study', Query: { PatientID: 'REFUSE' } });
		t.not(refused.status, 200);
	});

	t.strictSame(
		scp.failures.map(({ failure }) => failure),
		[],
	);
});
