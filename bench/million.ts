/** The index at 10,000 and at 1,000,000 instances: what a store and a keyed query cost, and what the event loop of `dimse qrscp` notices of it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { rowsOf } from '../src/archive/index/entity-rows.ts';
import type { StoreOrder } from '../src/archive/index/index-protocol.ts';
import { InstanceIndex } from '../src/archive/index/instance-index.ts';
import { planQuery } from '../src/archive/query/query-plan.ts';
import type { Place } from '../src/archive/query/query-sql.ts';
import type { Dataset } from '../src/dicom/dataset.ts';
import { TAG } from '../src/dicom/tags.ts';
import { EXPLICIT_LITTLE } from '../src/dicom/transfer-syntaxes.ts';
import type { Vr } from '../src/dicom/vr.ts';
import { startQrscp } from '../test/support/qrscp.ts';
import { told } from './archive.ts';
import { header, instances } from './data.ts';
import { type LoopDelay, loopDelay, RESOLUTION } from './loop-delay.ts';
import { median } from './median.ts';
import { sentBySender } from './receive.ts';
import { dimse, root, row, settings } from './timing.ts';

const FEW = 10_000;
const MANY = 1_000_000;
const PER_STUDY = 10;
const STUDIES = MANY / PER_STUDY;
/** What one association makes of it, and many that store at once: the index takes as many as wait. */
const GROUPS = [1, 4 * PER_STUDY] as const;
const STORES = 4000;
const QUERIES = 300;
const DAYS = 3650;

/** Numbers of studies, in an order that has none: those of an archive come from everywhere. */
const scattered = (study: number): number => (study * 2_654_435_761) % 4_294_967_291;
const studyUid = (study: number): string => `1.2.826.0.1.${scattered(study)}.${study}`;
const patientId = (study: number): string => `P${scattered(study >> 1)}`;
const accession = (study: number): string => `A${scattered(study)}`;
const dateOf = (study: number, later = 0): string =>
	new Date(Date.UTC(2015, 0, 1 + later + (scattered(study) % DAYS))).toISOString().slice(0, 10).replaceAll('-', '');

const orderOf = (number: number): StoreOrder => {
	const study = Math.floor(number / PER_STUDY);
	const uid = studyUid(study);
	const one: Dataset = {
		...header(number, PER_STUDY),
		'00080020': { vr: 'DA', Value: [dateOf(study)] },
		'00080050': { vr: 'SH', Value: [accession(study)] },
		'00100020': { vr: 'LO', Value: [patientId(study)] },
		[TAG.StudyInstanceUID]: { vr: 'UI', Value: [uid] },
		[TAG.SeriesInstanceUID]: { vr: 'UI', Value: [`${uid}.1`] },
		[TAG.SOPInstanceUID]: { vr: 'UI', Value: [`${uid}.1.${number}`] },
	};
	return {
		rows: rowsOf(one, {
			sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
			sopInstanceUid: `${uid}.1.${number}`,
			transferSyntaxUid: EXPLICIT_LITTLE,
			file: `${String(number >> 12).padStart(5, '0')}/${uid}.1.${number}.dcm`,
			datasetOffset: 400,
			datasetLength: 524_288,
			digest: new Uint8Array(32).fill(number),
			storedAt: number,
			callingAeTitle: 'BENCH',
		}),
		duplicates: 'replace',
	};
};

/** Into an index that holds as many as it begins with. */
class Filling {
	readonly #index: InstanceIndex;
	#count = 0;

	constructor(index: InstanceIndex) {
		this.#index = index;
	}

	async upTo(count: number): Promise<void> {
		while (this.#count < count) await Promise.all(this.#next(Math.min(1024, count - this.#count)).map(this.#store));
	}

	/** Stores whole studies, in groups that are each awaited. @returns the milliseconds of one store, as whoever waits for it sees it */
	async timed(group: number): Promise<number> {
		const count = Math.max(group, PER_STUDY);
		const orders = this.#next(count);
		const startedAt = performance.now();
		for (let at = 0; at < count; at += group) await Promise.all(orders.slice(at, at + group).map(this.#store));
		return (performance.now() - startedAt) / count;
	}

	#next(count: number): readonly StoreOrder[] {
		return Array.from({ length: count }, () => {
			this.#count++;
			return orderOf(this.#count - 1);
		});
	}

	readonly #store = (order: StoreOrder) => this.#index.store(order);
}

interface Keyed {
	readonly name: string;
	readonly tag: string;
	readonly vr: Vr;
	readonly value: (study: number) => string;
}

const BY_UID: Keyed = { name: 'Study Instance UID', tag: TAG.StudyInstanceUID, vr: 'UI', value: studyUid };
const KEYED: readonly Keyed[] = [
	BY_UID,
	{ name: 'Patient ID', tag: TAG.PatientID, vr: 'LO', value: patientId },
	{ name: 'Accession Number', tag: TAG.AccessionNumber, vr: 'SH', value: accession },
	{ name: 'one day', tag: TAG.StudyDate, vr: 'DA', value: (study) => dateOf(study) },
	{ name: 'a range of a week', tag: TAG.StudyDate, vr: 'DA', value: (study) => `${dateOf(study)}-${dateOf(study, 6)}` },
];

/** Studies by which is asked. */
const ASKED = Array.from({ length: QUERIES }, (_, index) => (index * 7919) % (STUDIES / 2));

/** The milliseconds of each query, to its last row. */
const queried = async (index: InstanceIndex, { tag, vr, value }: Keyed): Promise<readonly number[]> => {
	const times: number[] = [];
	for (const study of ASKED) {
		const plan = planQuery(
			{
				[TAG.QueryRetrieveLevel]: { vr: 'CS', Value: ['STUDY'] },
				[TAG.PatientName]: { vr: 'PN', Value: [] },
				[TAG.StudyDate]: { vr: 'DA', Value: [] },
				[TAG.StudyInstanceUID]: { vr: 'UI', Value: [] },
				[tag]: { vr, Value: [value(study)] },
			},
			{ model: 'study-root' },
		);
		if ('refusal' in plan) throw new Error(plan.refusal.errorComment);
		const startedAt = performance.now();
		let place: Place | undefined;
		let matches = 0;
		do {
			const { rows, next } = await index.page(plan, place, 200);
			matches += rows.length;
			place = next;
		} while (place !== undefined);
		times.push(performance.now() - startedAt);
		if (matches === 0) throw new Error(`nothing was found by ${value(study)}`);
	}
	return times;
};

export const million = async (): Promise<void> => {
	mkdirSync(settings.archives, { recursive: true });
	const folder = mkdtempSync(join(settings.archives, 'million-'));
	const opened = async (name: string): Promise<InstanceIndex> => {
		const databasePath = join(folder, name);
		const index = new InstanceIndex({ databasePath, instanceFolder: folder, isDurable: true, busyTimeoutMs: 5000 });
		await index.ready;
		return index;
	};
	try {
		const [few, many] = [await opened('few.sqlite'), await opened('many.sqlite')];
		await measured(few, many);
		await Promise.all([few.close(), many.close()]);
		await served(folder, join(folder, 'many.sqlite'));
	} finally {
		rmSync(folder, { recursive: true });
	}
};

/** Stores in turn into an index of 10,000 and one of a million, so that both meet the same machine. */
const measured = async (small: InstanceIndex, big: InstanceIndex): Promise<void> => {
	const [few, many] = [new Filling(small), new Filling(big)];
	await few.upTo(FEW);
	await many.upTo(MANY);
	for (const group of GROUPS) {
		const times: { few: number; many: number }[] = [];
		for (let stores = 0; stores < STORES; stores += Math.max(group, PER_STUDY))
			times.push({ few: await few.timed(group), many: await many.timed(group) });
		const before = median(times.map(({ few: ms }) => ms));
		const now = median(times.map(({ many: ms }) => ms));
		const run = (ms: number) => ({ ms, peakKiB: 0 });
		const title = `million: one store in the index, ${group} at once`;
		row(
			title,
			'at 10,000',
			times.map(({ few: ms }) => run(ms)),
			'1',
		);
		row(
			'',
			'at 1,000,000',
			times.map(({ many: ms }) => run(ms)),
			(before / now).toFixed(2),
		);
	}
	for (const [at, keyed] of KEYED.entries()) {
		const runs = (await queried(big, keyed)).map((ms) => ({ ms, peakKiB: 0 }));
		row(at === 0 ? 'million: studies by, in the index' : '', keyed.name, runs);
	}
};

/** The program itself on that index: queries over associations, and what holds its event loop up while instances are stored and studies are found. */
const served = async (folder: string, databasePath: string): Promise<void> => {
	process.env['TMPDIR'] = settings.archives;
	const delayPath = join(folder, 'loop-delay.json');
	const idle = monitorEventLoopDelay({ resolution: RESOLUTION });
	const { port, aeTitle, signal, stop } = await startQrscp({
		program: dimse[1] ?? '',
		folder,
		args: ['--database-location', databasePath, '--instance-location', join(folder, 'instances')],
		variables: {
			NODE_OPTIONS: `--import=${pathToFileURL(join(root, 'bench/loop-delay.ts')).href}`,
			LOOP_DELAY: delayPath,
		},
	});
	try {
		const asked = ({ tag, vr, value }: Keyed, count: number) =>
			told({ kind: 'one', port, aeTitle, count, key: { tag, vr }, values: ASKED.map(value) });
		for (const [at, keyed] of KEYED.entries()) {
			const { lastMs: ms } = await asked(keyed, QUERIES);
			row(at === 0 ? 'million: the same within an association' : '', keyed.name, [{ ms, peakKiB: 0 }]);
		}
		signal('SIGUSR2');
		idle.enable();
		await Promise.all([
			sentBySender(port, instances(settings.data, 'small', 20_000, 0, 10), 4, aeTitle),
			asked(BY_UID, 2000),
			asked({ name: 'a year', tag: TAG.StudyDate, vr: 'DA', value: () => '20180101-20181231' }, 10),
			told({ kind: 'all', port, aeTitle, count: 0, values: [] }),
		]);
		idle.disable();
	} finally {
		await stop();
	}
	for (const [title, delay] of [
		[
			'million: event loop held up while it stores and is asked',
			JSON.parse(readFileSync(delayPath, 'utf8')) as LoopDelay,
		],
		['that of a process that does nothing meanwhile', loopDelay(idle)],
	] as const)
		for (const [at, [name, ms]] of Object.entries(delay).entries())
			row(at === 0 ? title : '', name, [{ ms: Math.max(ms, 0.001), peakKiB: 0 }]);
};
