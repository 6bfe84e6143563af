/** Puts the rows of instances into the index and takes them out, parents included; within the caller's transaction. */
import type { Attributes } from './attribute-json.ts';
import { differing, parsedAttributes } from './attribute-json.ts';
import type { EntityRows, PatientRow, SeriesRow, StudyRow } from './entity-rows.ts';
import type { Row, SqlValue, Statement } from './sql.ts';

/** What the index says of an instance that is there. */
export interface KeptInstance {
	readonly sopInstanceUid: string;
	readonly sopClassUid: string;
	readonly transferSyntaxUid: string;
	readonly studyInstanceUid: string;
	readonly seriesInstanceUid: string;
	readonly file: string;
	readonly datasetOffset: number;
	readonly datasetLength: number;
	readonly digest: Uint8Array;
}

export interface Put {
	/** What the rows took the place of. */
	readonly previous?: KeptInstance;
	/** UID of the study that has gone over to another patient: the last instance said so. */
	readonly movedStudy?: string;
}

const SQL = {
	findInstance: `SELECT i.pk, i.series_pk, i.uid, i.class, i.syntax, s.uid, e.uid, i.file, i.dataset_offset, i.dataset_length, i.digest
		FROM instance AS i CROSS JOIN series AS e ON e.pk = i.series_pk CROSS JOIN study AS s ON s.pk = e.study_pk WHERE i.uid = ?`,
	insertInstance: `INSERT INTO instance (series_pk, uid, class, number, syntax, file, dataset_offset, dataset_length, digest, stored_at,
		calling_ae, attributes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
	updateInstance: `UPDATE instance SET series_pk = ?, uid = ?, class = ?, number = ?, syntax = ?, file = ?, dataset_offset = ?,
		dataset_length = ?, digest = ?, stored_at = ?, calling_ae = ?, attributes = ? WHERE pk = ?`,
	deleteInstance: 'DELETE FROM instance WHERE pk = ?',
	lone: `SELECT e.pk, s.pk, s.patient_pk,
		EXISTS (SELECT 1 FROM instance WHERE series_pk = e.pk AND pk <> ?1),
		EXISTS (SELECT 1 FROM series WHERE study_pk = s.pk AND pk <> e.pk),
		EXISTS (SELECT 1 FROM study WHERE patient_pk = s.patient_pk AND pk <> s.pk)
		FROM series AS e CROSS JOIN study AS s ON s.pk = e.study_pk WHERE e.pk = ?2`,

	findSeries:
		'SELECT pk, uid, modality, number, description, body_part, attributes FROM series WHERE uid = ? AND study_pk = ?',
	insertSeries:
		'INSERT INTO series (study_pk, uid, modality, number, description, body_part, attributes) VALUES (?, ?, ?, ?, ?, ?, ?)',
	updateSeries:
		'UPDATE series SET uid = ?, modality = ?, number = ?, description = ?, body_part = ?, attributes = ? WHERE pk = ?',
	studyOfSeries: 'SELECT study_pk FROM series WHERE pk = ?',
	emptySeries: 'DELETE FROM series WHERE pk = ? AND NOT EXISTS (SELECT 1 FROM instance WHERE series_pk = series.pk)',
	emptyCommon:
		'DELETE FROM series_common WHERE series_pk = ?1 AND NOT EXISTS (SELECT 1 FROM instance WHERE series_pk = ?1)',
	findCommon: 'SELECT attributes FROM series_common WHERE series_pk = ?',
	putCommon: 'INSERT INTO series_common (series_pk, attributes) VALUES (?, ?)',

	findStudy: `SELECT pk, patient_pk, uid, date, date_key, time, time_key, accession, id, description, referring, attributes FROM study
		WHERE uid = ?`,
	insertStudy: `INSERT INTO study (patient_pk, uid, date, date_key, time, time_key, accession, id, description, referring, attributes)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
	updateStudy: `UPDATE study SET patient_pk = ?, uid = ?, date = ?, date_key = ?, time = ?, time_key = ?, accession = ?, id = ?,
		description = ?, referring = ?, attributes = ? WHERE pk = ?`,
	patientOfStudy: 'SELECT patient_pk FROM study WHERE pk = ?',
	emptyStudy: 'DELETE FROM study WHERE pk = ? AND NOT EXISTS (SELECT 1 FROM series WHERE study_pk = study.pk)',

	findPatient: `SELECT pk, id, issuer, apart, name, name_1, name_2, name_3, birth_date, birth_date_key, sex, attributes FROM patient
		WHERE id = ? AND issuer = ? AND apart = ?`,
	insertPatient: `INSERT INTO patient (id, issuer, apart, name, name_1, name_2, name_3, birth_date, birth_date_key, sex, attributes)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
	updatePatient: `UPDATE patient SET id = ?, issuer = ?, apart = ?, name = ?, name_1 = ?, name_2 = ?, name_3 = ?, birth_date = ?,
		birth_date_key = ?, sex = ?, attributes = ? WHERE pk = ?`,
	emptyPatient: 'DELETE FROM patient WHERE pk = ? AND NOT EXISTS (SELECT 1 FROM study WHERE patient_pk = patient.pk)',
} as const;

type Key = keyof typeof SQL;

/** A parent that was written or looked up not long ago. */
interface Known {
	readonly pk: number;
	/** All that was said of it then: nothing is to be done where the same is said again. */
	readonly said: string;
}

interface KnownSeries extends Known {
	/** Undefined before there is an instance. */
	readonly common: Attributes | undefined;
}

/** Keys of the parents that have nothing but one instance; 0 is no key. */
interface Lone {
	readonly patient: number;
	readonly study: number;
	readonly series: number;
}

const NONE: Lone = { patient: 0, study: 0, series: 0 };

/** Of each kind so many are remembered. */
const MAX_KNOWN = 512;

/** Forgets the oldest. */
const remember = <K, V>(map: Map<K, V>, key: K, value: V): void => {
	map.delete(key);
	map.set(key, value);
	if (map.size > MAX_KNOWN) {
		const [oldest] = map.keys();
		if (oldest !== undefined) map.delete(oldest);
	}
};

/** One text of several, none of which can be taken for another's end. */
const saying = (values: readonly SqlValue[]): string => values.join('\0');

/** Later values win, but nothing is lost by an instance that leaves something out. A key goes with the value it is of. */
const merged = (before: readonly SqlValue[], now: readonly SqlValue[], keysOf: readonly number[]): SqlValue[] =>
	now.map((value, index) => {
		const owner = keysOf[index] ?? index;
		return now[owner] === '' ? (before[index] ?? '') : value;
	});

const mergedJson = (before: string, now: string): string => {
	if (before === now || before === '{}') return now;
	if (now === '{}') return before;
	return JSON.stringify({ ...parsedAttributes(before), ...parsedAttributes(now) });
};

/**
 * Remembers the parents it has written, so that an instance of a series that is there costs one INSERT. After a ROLLBACK, or when another
 * connection has written, call `forget`.
 */
export class EntityWriter {
	readonly #prepare: (sql: string) => Statement;
	readonly #statements = new Map<Key, Statement>();
	readonly #patients = new Map<string, Known>();
	readonly #studies = new Map<string, Known & { readonly patientPk: number }>();
	readonly #series = new Map<string, KnownSeries>();

	/** @param prepare gives statements whose rows are arrays (`setReturnArrays`); each text is prepared once */
	constructor(prepare: (sql: string) => Statement) {
		this.#prepare = prepare;
	}

	#statement(key: Key): Statement {
		let statement = this.#statements.get(key);
		if (statement === undefined) {
			statement = this.#prepare(SQL[key]);
			this.#statements.set(key, statement);
		}
		return statement;
	}

	#get(key: Key, ...parameters: SqlValue[]): Row | undefined {
		return this.#statement(key).get(...parameters) as Row | undefined;
	}

	#run(key: Key, ...parameters: SqlValue[]): ReturnType<Statement['run']> {
		return this.#statement(key).run(...parameters);
	}

	find(sopInstanceUid: string): KeptInstance | undefined {
		return this.#find(sopInstanceUid)?.instance;
	}

	#find(
		sopInstanceUid: string,
	): { readonly pk: number; readonly seriesPk: number; readonly instance: KeptInstance } | undefined {
		const row = this.#get('findInstance', sopInstanceUid);
		if (row === undefined) return undefined;
		const [pk, seriesPk, uid, sopClass, syntax, study, series, file, offset, length, digest] = row;
		const instance = {
			sopInstanceUid: String(uid),
			sopClassUid: String(sopClass),
			transferSyntaxUid: String(syntax),
			studyInstanceUid: String(study),
			seriesInstanceUid: String(series),
			file: String(file),
			datasetOffset: Number(offset),
			datasetLength: Number(length),
			digest: digest instanceof Uint8Array ? digest : new Uint8Array(0),
		};
		return { pk: Number(pk), seriesPk: Number(seriesPk), instance };
	}

	/** Writes an instance, or puts it in the place of the one with its SOP Instance UID: what only that one said is forgotten. */
	put({ patient, study, series, instance }: EntityRows): Put {
		const before = this.#find(instance.sopInstanceUid);
		const lone = before === undefined ? NONE : this.#lone(before.pk, before.seriesPk);
		const patientPk = this.#putPatient(patient, lone.patient);
		const { pk: studyPk, moved: movedStudy } = this.#putStudy(study, patientPk, lone.study);
		const seriesKey = saying([series.uid, studyPk]);
		const known = this.#putSeries(series, seriesKey, studyPk, lone.series);
		const seriesPk = known.pk;
		const row: SqlValue[] = [
			seriesPk,
			instance.sopInstanceUid,
			instance.sopClassUid,
			instance.number,
			instance.transferSyntaxUid,
			instance.file,
			instance.datasetOffset,
			instance.datasetLength,
			instance.digest,
			instance.storedAt,
			instance.callingAeTitle,
			this.#differing(seriesKey, known, instance.attributes),
		];
		if (before === undefined) this.#run('insertInstance', ...row);
		else {
			this.#run('updateInstance', ...row, before.pk);
			if (before.seriesPk !== seriesPk) this.#prune(before.seriesPk);
		}
		return {
			...(before === undefined ? {} : { previous: before.instance }),
			...(movedStudy ? { movedStudy: study.uid } : {}),
		};
	}

	#lone(pk: number, seriesPk: number): Lone {
		const [series = 0, study = 0, patient = 0, ...shared] = this.#get('lone', pk, seriesPk)?.map(Number) ?? [];
		const [inSeries, inStudy, ofPatient] = shared.map((one) => one !== 0);
		if (inSeries !== false) return NONE;
		return { series, study: inStudy ? 0 : study, patient: inStudy || ofPatient ? 0 : patient };
	}

	#putPatient(row: PatientRow, lone: number): number {
		const { id, issuer, apart, name, name1, name2, name3, birthDate, birthDateKey, sex, attributes } = row;
		const values = [id, issuer, apart, name, name1, name2, name3, birthDate, birthDateKey, sex];
		const said = saying([...values, attributes]);
		const key = saying([id, issuer, apart]);
		const known = this.#patients.get(key);
		if (known?.said === said && known.pk !== lone) return known.pk;
		const found = this.#get('findPatient', id, issuer, apart);
		let pk: number;
		if (found === undefined) pk = Number(this.#run('insertPatient', ...values, attributes).lastInsertRowid);
		else {
			pk = Number(found[0]);
			const before = found.slice(1);
			// The folded groups go with the name, the key with its date.
			const now = pk === lone ? values : merged(before, values, [0, 1, 2, 3, 3, 3, 3, 7, 7, 9]);
			const json = pk === lone ? attributes : mergedJson(String(before[10]), attributes);
			if (saying([...now, json]) !== saying(before)) this.#run('updatePatient', ...now, json, pk);
		}
		remember(this.#patients, key, { pk, said });
		return pk;
	}

	#putStudy(row: StudyRow, patientPk: number, lone: number): { readonly pk: number; readonly moved: boolean } {
		const { uid, date, dateKey, time, timeKey, accession, id, description, referring, attributes } = row;
		const values = [uid, date, dateKey, time, timeKey, accession, id, description, referring];
		const said = saying([...values, attributes]);
		const known = this.#studies.get(uid);
		if (known?.said === said && known.patientPk === patientPk && known.pk !== lone)
			return { pk: known.pk, moved: false };
		const found = this.#get('findStudy', uid);
		let [pk, moved] = [0, false];
		if (found === undefined) pk = Number(this.#run('insertStudy', patientPk, ...values, attributes).lastInsertRowid);
		else {
			pk = Number(found[0]);
			const before = found.slice(2);
			const previousPatient = Number(found[1]);
			moved = previousPatient !== patientPk;
			const now = pk === lone ? values : merged(before, values, [0, 1, 1, 3, 3, 5, 6, 7, 8]);
			const json = pk === lone ? attributes : mergedJson(String(before[9]), attributes);
			if (moved || saying([...now, json]) !== saying(before)) this.#run('updateStudy', patientPk, ...now, json, pk);
			if (moved) this.#prunePatient(previousPatient);
		}
		remember(this.#studies, uid, { pk, said, patientPk });
		return { pk, moved };
	}

	/** @param key what it is remembered by */
	#putSeries(row: SeriesRow, key: string, studyPk: number, lone: number): KnownSeries {
		const { uid, modality, number, description, bodyPart, attributes } = row;
		const values = [uid, modality, number, description, bodyPart];
		const said = saying([...values, attributes]);
		const known = this.#series.get(key);
		if (known?.said === said && known.pk !== lone) return known;
		const found = this.#get('findSeries', uid, studyPk);
		let pk: number;
		if (found === undefined) pk = Number(this.#run('insertSeries', studyPk, ...values, attributes).lastInsertRowid);
		else {
			pk = Number(found[0]);
			const before = found.slice(1);
			const later = pk === lone ? values : merged(before, values, []);
			const json = pk === lone ? attributes : mergedJson(String(before[5]), attributes);
			if (saying([...later, json]) !== saying(before)) this.#run('updateSeries', ...later, json, pk);
		}
		const json = found === undefined ? undefined : this.#get('findCommon', pk)?.[0];
		const common = json === undefined ? undefined : parsedAttributes(String(json));
		const now = { pk, said, common };
		remember(this.#series, key, now);
		return now;
	}

	/** What the instance has otherwise than its series in common; the first of a series says what that is. */
	#differing(seriesKey: string, series: KnownSeries, attributes: string): string {
		const own = parsedAttributes(attributes);
		if (series.common !== undefined) return JSON.stringify(differing(own, series.common));
		this.#run('putCommon', series.pk, attributes);
		this.#series.set(seriesKey, { ...series, common: own });
		return '{}';
	}

	/** Takes an instance out, and the series, study and patient that have nothing left. */
	remove(sopInstanceUid: string): KeptInstance | undefined {
		const found = this.#find(sopInstanceUid);
		if (found === undefined) return undefined;
		this.#run('deleteInstance', found.pk);
		this.#prune(found.seriesPk);
		return found.instance;
	}

	/** Takes a series out that has nothing left, and then its study and its patient. */
	#prune(seriesPk: number): void {
		const study = this.#get('studyOfSeries', seriesPk)?.[0];
		this.#run('emptyCommon', seriesPk);
		if (study === undefined || Number(this.#run('emptySeries', seriesPk).changes) === 0) return;
		this.forget();
		this.#pruneStudy(Number(study));
	}

	#pruneStudy(studyPk: number): void {
		const patient = this.#get('patientOfStudy', studyPk)?.[0];
		if (patient === undefined || Number(this.#run('emptyStudy', studyPk).changes) === 0) return;
		this.forget();
		this.#prunePatient(Number(patient));
	}

	#prunePatient(patientPk: number): void {
		if (Number(this.#run('emptyPatient', patientPk).changes) > 0) this.forget();
	}

	/** Parents are looked up again. */
	forget(): void {
		this.#patients.clear();
		this.#studies.clear();
		this.#series.clear();
	}
}
