/** Our retrieve engine against real archives: dcmqrscp and Orthanc, by C-GET, by C-MOVE to a receiver of ours and to storescp. */
import t, { type Test } from 'tap';
import { withAssociation } from '../../src/association/requestor.ts';
import { type Dataset, textOf } from '../../src/dicom/dataset.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { Arrivals } from '../../src/retrieve/arrivals.ts';
import type { RetrieveEvent } from '../../src/retrieve/events.ts';
import { startReceiver } from '../../src/retrieve/receiver.ts';
import type { RetrieveSettings } from '../../src/retrieve/settings.ts';
import type { Unit } from '../../src/retrieve/unit.ts';
import { store } from '../../src/services/storage-scu.ts';
import { keeper, opener, run, settingsOf } from '../retrieve/retrieving.ts';
import { freePort, missing, type RunningPeer, startDcmqrscp, startOrthanc, startStorescp } from '../support/peers.ts';
import { CT, image, keys, MR, toPeer } from './instances.ts';

t.setTimeout(180_000);

const BASIC_TEXT_SR = '1.2.840.10008.5.1.4.1.1.88.11';
const JPEG_LOSSLESS = '1.2.840.10008.1.2.4.70';
const RLE = '1.2.840.10008.1.2.5';
const STUDY = '1.2.3.1';

const isCompressed = (transferSyntax: string): boolean => transferSyntax === JPEG_LOSSLESS || transferSyntax === RLE;

interface Held {
	readonly dataset: Dataset;
	readonly transferSyntax: string;
	readonly bytes: Uint8Array;
	readonly sopClassUid: string;
	readonly sopInstanceUid: string;
}

const held = (dataset: Dataset, transferSyntax: string): Held => ({
	dataset,
	transferSyntax,
	bytes: encodeDataset(dataset, transferSyntax),
	sopClassUid: textOf(dataset, TAG.SOPClassUID),
	sopInstanceUid: textOf(dataset, TAG.SOPInstanceUID),
});

/** Compressed as far as an archive looks at it. */
const compressed = (dataset: Dataset): Dataset => ({
	...dataset,
	'7FE00010': { vr: 'OB', Value: [new Uint8Array(0), Uint8Array.from({ length: 200 }, (_, i) => (i * 11) & 0xff)] },
});

/** One study of seven instances in four series: three SOP classes, four transfer syntaxes, two of one class. And another study of one. */
const INSTANCES: readonly Held[] = [
	...['1', '2', '3'].map((n) =>
		held(image(CT, `1.2.3.1.1.${n}`, { InstanceNumber: n, Modality: 'CT' }), EXPLICIT_LITTLE),
	),
	held(
		compressed(image(CT, '1.2.3.1.2.1', { SeriesInstanceUID: '1.2.3.1.2', SeriesNumber: '2', Modality: 'CT' })),
		JPEG_LOSSLESS,
	),
	held(
		compressed(image(CT, '1.2.3.1.2.2', { SeriesInstanceUID: '1.2.3.1.2', SeriesNumber: '2', Modality: 'CT' })),
		RLE,
	),
	held(
		image(MR, '1.2.3.1.3.1', { SeriesInstanceUID: '1.2.3.1.3', SeriesNumber: '3', Modality: 'MR' }),
		IMPLICIT_LITTLE,
	),
	held(
		{
			...keys({
				SOPClassUID: BASIC_TEXT_SR,
				SOPInstanceUID: '1.2.3.1.4.1',
				StudyDate: '20240102',
				StudyTime: '101112',
				Modality: 'SR',
				PatientName: 'DOE^JANE',
				PatientID: 'P1',
				StudyInstanceUID: STUDY,
				SeriesInstanceUID: '1.2.3.1.4',
				SeriesNumber: '4',
				InstanceNumber: '1',
			}),
		},
		EXPLICIT_LITTLE,
	),
	held(
		image(CT, '1.2.3.2.1.1', { StudyInstanceUID: '1.2.3.2', SeriesInstanceUID: '1.2.3.2.1', PatientID: 'P2' }),
		EXPLICIT_LITTLE,
	),
];

/** @returns what it takes: dcmqrscp takes nothing compressed unless told to */
const fill = (peer: RunningPeer): Promise<readonly Held[]> =>
	withAssociation(
		{
			address: toPeer(peer),
			contexts: [
				...new Set(INSTANCES.map(({ sopClassUid, transferSyntax }) => `${sopClassUid} ${transferSyntax}`)),
			].map((pair) => {
				const [abstractSyntax = '', transferSyntax = ''] = pair.split(' ');
				return { abstractSyntax, transferSyntaxes: [transferSyntax] };
			}),
		},
		async ({ association }) => {
			const taken: Held[] = [];
			for (const one of INSTANCES) {
				const { sopClassUid, sopInstanceUid, transferSyntax, bytes } = one;
				const context = association.contextFor(sopClassUid, transferSyntax);
				if (context === undefined) continue;
				taken.push(one);
				const { status } = await store(association, context.id, { sopClassUid, sopInstanceUid, dataset: bytes });
				if (status !== 0) throw new Error(`${sopInstanceUid}: ${status.toString(16)}`);
			}
			return taken;
		},
	);

const STUDY_UNIT: Unit = { level: 'STUDY', studyUid: STUDY };

const settledOf = (events: readonly RetrieveEvent[]) =>
	events.flatMap((event) => (event.kind === 'unit-settled' ? [event.result] : []));

/** A receiver of ours under its AE title. */
const receiving = async (t: Test, port: number, classes?: readonly string[]) => {
	const kept = keeper();
	const arrivals = new Arrivals();
	const receiver = await startReceiver({
		host: '127.0.0.1',
		port,
		aeTitle: 'WS01',
		accept: classes ?? 'storage',
		store: kept.keep,
		on: (event) => arrivals.push(event),
	});
	t.teardown(() => receiver.abort());
	return { ...kept, by: { moveTo: 'WS01', arrivals } };
};

t.test(
	'dcmqrscp with compressed instances beside others: those that one context cannot hold come on another association',
	{
		skip: missing('dcmqrscp'),
		timeout: 60_000,
	},
	async (t) => {
		const peer = await startDcmqrscp({ args: ['-v', '+xs'] });
		t.teardown(() => peer.stop());
		const inStudy = (await fill(peer)).filter(({ dataset }) => textOf(dataset, TAG.StudyInstanceUID) === STUDY);
		t.ok(inStudy.some(({ transferSyntax }) => transferSyntax === JPEG_LOSSLESS));
		for (const contexts of ['auto', 'all', [CT, MR, BASIC_TEXT_SR]] as const) {
			const kept = keeper();
			const open = opener(toPeer(peer));
			const { outcome, notes } = await run(settingsOf([STUDY_UNIT], { by: 'get', open, store: kept.keep, contexts }));
			t.match(outcome.units, [{ verdict: 'complete', arrived: inStudy.length, missing: [] }], String(contexts));
			t.ok(notes.includes('second-association'), String(contexts));
			t.equal(kept.syntaxes.get('1.2.3.1.2.1'), JPEG_LOSSLESS);
		}
	},
);

const archives: Record<string, (port: number, third: number) => Promise<RunningPeer>> = {
	dcmqrscp: (port, third) => startDcmqrscp({ destinations: { WS01: port, STORESCP: third, NOBODY: 1 } }),
	Orthanc: (port, third) =>
		startOrthanc({
			DicomModalities: {
				ws: ['WS01', '127.0.0.1', port],
				st: ['STORESCP', '127.0.0.1', third],
				no: ['NOBODY', '127.0.0.1', 1],
			},
		}),
};

for (const [name, start] of Object.entries(archives))
	t.test(name, { skip: missing(name), timeout: 120_000 }, async (t) => {
		const port = await freePort();
		const third = await startStorescp();
		t.teardown(() => third.stop());
		const peer = await start(port, third.port);
		t.teardown(() => peer.stop());
		const taken = await fill(peer);
		const inStudy = taken.filter(({ dataset }) => textOf(dataset, TAG.StudyInstanceUID) === STUDY);
		const all = inStudy.length;
		t.ok(taken.length >= 6, `${taken.length} instances are there`);
		const open = opener(toPeer(peer));
		const getting = (units: readonly Unit[], more: Partial<RetrieveSettings> = {}) => {
			const kept = keeper();
			return { kept, settings: settingsOf(units, { by: 'get', open, store: kept.keep, ...more }) };
		};

		t.test('get of a study: every instance as it lies', async (t) => {
			const { kept, settings } = getting([STUDY_UNIT]);
			const { outcome, events, notes } = await run(settings);
			t.match(outcome.units, [
				{ verdict: 'complete', verified: true, expected: all, expectedFrom: 'instances', arrived: all },
			]);
			t.strictSame(
				notes.filter((code) => code !== 'role-unanswered'),
				[],
			);
			for (const { sopInstanceUid, transferSyntax, bytes } of inStudy) {
				// DCMTK takes the first context of a class for all of its instances, if they are not compressed.
				if (name === 'dcmqrscp' && transferSyntax === IMPLICIT_LITTLE) continue;
				t.equal(kept.syntaxes.get(sopInstanceUid), transferSyntax, sopInstanceUid);
				if (isCompressed(transferSyntax)) continue;
				t.equal(kept.bytes.get(sopInstanceUid)?.length, bytes.length);
			}
			const expected = events.find((event) => event.kind === 'expected');
			t.equal(
				expected?.kind === 'expected' && expected.series.length,
				new Set(inStudy.map(({ dataset }) => textOf(dataset, TAG.SeriesInstanceUID))).size,
			);
		});

		t.test('get of series, patient, instances, with two associations at once', async (t) => {
			const series = (number: number) =>
				inStudy.filter(({ sopInstanceUid }) => sopInstanceUid.startsWith(`1.2.3.1.${number}.`)).length;
			const { kept, settings } = getting(
				[
					{ level: 'SERIES', studyUid: STUDY, seriesUid: '1.2.3.1.1' },
					{ level: 'SERIES', studyUid: STUDY, seriesUid: '1.2.3.1.2' },
					{ level: 'IMAGE', studyUid: STUDY, seriesUid: '1.2.3.1.3', sopUids: ['1.2.3.1.3.1'] },
					{ level: 'SERIES', studyUid: STUDY, seriesUid: '1.2.3.1.4' },
					{ level: 'STUDY', studyUid: '1.2.3.2' },
				],
				{ jobs: 2 },
			);
			const { outcome } = await run(settings);
			t.strictSame(
				outcome.units.map(({ verdict, arrived }) => [verdict, arrived]),
				[3, series(2), 1, 1, 1].map((count) => [count === 0 ? 'nothing-matched' : 'complete', count]),
			);
			t.equal(kept.bytes.size, taken.length);
			const patient = getting([{ level: 'PATIENT', patientId: 'P1' }], { model: 'patient-root' });
			t.match((await run(patient.settings)).outcome.units, [{ verdict: 'complete', arrived: all, expected: all }]);
		});

		t.test('get of what is not there', async (t) => {
			const { settings } = getting([
				{ level: 'STUDY', studyUid: '1.2.3.99' },
				{ level: 'IMAGE', studyUid: STUDY, seriesUid: '1.2.3.1.1', sopUids: ['1.2.3.1.1.1', '1.2.3.1.1.77'] },
			]);
			const { outcome } = await run(settings);
			t.match(outcome.units, [
				{ verdict: /nothing-matched|refused/, arrived: 0 },
				{
					verdict: 'incomplete',
					arrived: 1,
					missing: [{ sopInstanceUid: '1.2.3.1.1.77', why: { cause: 'not-there' } }],
				},
			]);
		});

		t.test('get with all storage classes proposed instead of asked for', async (t) => {
			const { kept, settings } = getting([STUDY_UNIT], { contexts: 'all' });
			const { outcome } = await run(settings);
			t.match(outcome.units, [{ verdict: 'complete', arrived: all }]);
			t.equal(kept.bytes.size, all);
			// Nobody asked what there is: the peer's own count is all there is to compare with. Orthanc stops at the first that fails.
			const blind = getting([STUDY_UNIT], { contexts: 'all', verify: false });
			const result = (await run(blind.settings)).outcome.units[0];
			t.equal(result?.verified, false);
			t.equal(result?.verdict, result?.arrived === all ? 'complete' : 'incomplete');
		});

		t.test('move to our receiver', async (t) => {
			const { by, bytes, syntaxes } = await receiving(t, port);
			const { outcome, events } = await run(
				settingsOf([STUDY_UNIT, { level: 'STUDY', studyUid: '1.2.3.2' }], { by, open }),
			);
			t.match(outcome.units, [
				{ verdict: 'complete', verified: true, expected: all, arrived: all },
				{ verdict: 'complete', arrived: 1 },
			]);
			t.equal(bytes.size, taken.length);
			for (const { sopInstanceUid, transferSyntax } of taken)
				if (isCompressed(transferSyntax)) t.equal(syntaxes.get(sopInstanceUid), transferSyntax, sopInstanceUid);
			t.equal(outcome.strays, 0);
			t.equal(settledOf(events).length, 2);
		});

		t.test('move to our receiver, which refuses a class: named, with its cause', async (t) => {
			const { by } = await receiving(t, port, [MR, BASIC_TEXT_SR]);
			const { outcome } = await run(settingsOf([STUDY_UNIT], { by, open, retryMissing: 1 }));
			const [result] = outcome.units;
			// Orthanc gives the whole up at the first that it cannot send.
			t.match(result, { verdict: name === 'Orthanc' ? /incomplete|refused/ : 'incomplete', verified: true });
			t.equal(result?.missing.length, all - (result?.arrived ?? 0));
			const refused = result?.missing.filter(({ sopInstanceUid }) => sopInstanceUid.startsWith('1.2.3.1.1.')) ?? [];
			t.equal(refused.length, 3);
			// dcmqrscp does not tell the class, so that only its failed list is a cause.
			for (const { why } of refused)
				t.match(
					why,
					name === 'Orthanc' ? { cause: 'no-context', by: 'us', sopClassUid: CT } : { cause: 'failed-there' },
				);
		});

		t.test('move to a third party: what it claims is not verified', async (t) => {
			const { outcome } = await run(settingsOf([STUDY_UNIT], { by: { moveTo: 'STORESCP' }, open }));
			t.match(outcome.units, [{ verdict: 'unverifiable', verified: false, missingCount: 0 }]);
		});

		t.test('move to where nobody is, and to whom nobody knows', async (t) => {
			for (const moveTo of ['NOBODY', 'UNKNOWN']) {
				const { outcome } = await run(settingsOf([STUDY_UNIT], { by: { moveTo }, open }));
				t.match(outcome.units, [{ verdict: 'refused', verified: false, arrived: 0 }], moveTo);
				t.equal(outcome.units[0]?.final?.service, 'C-MOVE');
			}
		});

		t.test('get of everything by four associations, cancelled before the first and in the middle', async (t) => {
			const units = inStudy.map(
				({ dataset, sopInstanceUid }): Unit => ({
					level: 'IMAGE',
					studyUid: STUDY,
					seriesUid: textOf(dataset, TAG.SeriesInstanceUID),
					sopUids: [sopInstanceUid],
				}),
			);
			const none = getting(units, { jobs: 4 });
			const aborted = await run(none.settings, () => {}, { interrupt: AbortSignal.abort('SIGINT') });
			t.ok(aborted.outcome.units.every(({ verdict }) => verdict === 'not-begun'));
			const interrupt = new AbortController();
			const some = getting(units, { jobs: 4 });
			const { outcome } = await run(
				some.settings,
				({ kind }) => {
					if (kind === 'arrived') interrupt.abort('SIGINT');
				},
				{ interrupt: interrupt.signal },
			);
			t.equal(outcome.isInterrupted, true);
			t.ok(outcome.units.some(({ verdict }) => verdict === 'complete'));
			t.equal(outcome.units.length, units.length);
		});
	});

t.test(
	'Orthanc that answers a C-MOVE first and sends later',
	{ skip: missing('Orthanc'), timeout: 60_000 },
	async (t) => {
		const port = await freePort();
		const peer = await startOrthanc({
			SynchronousCMove: false,
			DicomModalities: { ws: ['WS01', '127.0.0.1', port] },
		});
		t.teardown(() => peer.stop());
		const taken = await fill(peer);
		const { by, bytes } = await receiving(t, port);
		const { outcome } = await run(
			settingsOf([STUDY_UNIT], { by, open: opener(toPeer(peer)), settleMs: 2_000, lateMs: 20_000 }),
		);
		t.match(outcome.units, [{ verdict: 'complete', verified: true, arrived: taken.length - 1 }]);
		t.equal(bytes.size, taken.length - 1);
	},
);
