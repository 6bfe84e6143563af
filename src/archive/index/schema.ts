/** The tables of the index: one row for each patient, study, series and instance (PS3.4 C.6.1.1). */

/** Goes into `PRAGMA user_version`. Another number, another schema: the index is built anew from the files. */
export const SCHEMA_VERSION = 2;

/**
 * Texts are as in the object, decoded and trimmed, '' where it has none: nothing is NULL. Next to some of them stands what is matched:
 * `*_key`, a date as 8 digits and a time as `HHMMSS.FFFFFF`; `name_1` to `name_3`, the folded component groups of a name.
 *
 * `attributes` is the JSON of what else the header has of the entity's level (attribute-json.ts). Instances of a series are much alike:
 * `series_common` holds what the first instance of a series had of the instance level, and an instance's own `attributes` what differs from it.
 *
 * A patient without an ID is one for each study: `apart` is that study's UID then, else ''. A series is one for each study as well: where
 * two studies have one Series Instance UID, each keeps what was stored as its own.
 */
export const SCHEMA = `
CREATE TABLE IF NOT EXISTS patient (
	pk INTEGER PRIMARY KEY,
	id TEXT NOT NULL,
	issuer TEXT NOT NULL,
	apart TEXT NOT NULL,
	name TEXT NOT NULL,
	name_1 TEXT NOT NULL,
	name_2 TEXT NOT NULL,
	name_3 TEXT NOT NULL,
	birth_date TEXT NOT NULL,
	birth_date_key TEXT NOT NULL,
	sex TEXT NOT NULL,
	attributes TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS patient_id ON patient (id, issuer, apart);
CREATE INDEX IF NOT EXISTS patient_name_1 ON patient (name_1);
CREATE INDEX IF NOT EXISTS patient_name_2 ON patient (name_2);
CREATE INDEX IF NOT EXISTS patient_name_3 ON patient (name_3);

CREATE TABLE IF NOT EXISTS study (
	pk INTEGER PRIMARY KEY,
	patient_pk INTEGER NOT NULL REFERENCES patient,
	uid TEXT NOT NULL,
	date TEXT NOT NULL,
	date_key TEXT NOT NULL,
	time TEXT NOT NULL,
	time_key TEXT NOT NULL,
	accession TEXT NOT NULL,
	id TEXT NOT NULL,
	description TEXT NOT NULL,
	referring TEXT NOT NULL,
	attributes TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS study_uid ON study (uid);
CREATE INDEX IF NOT EXISTS study_patient ON study (patient_pk);
CREATE INDEX IF NOT EXISTS study_date ON study (date_key, time_key);
CREATE INDEX IF NOT EXISTS study_accession ON study (accession);

CREATE TABLE IF NOT EXISTS series (
	pk INTEGER PRIMARY KEY,
	study_pk INTEGER NOT NULL REFERENCES study,
	uid TEXT NOT NULL,
	modality TEXT NOT NULL,
	number TEXT NOT NULL,
	description TEXT NOT NULL,
	body_part TEXT NOT NULL,
	attributes TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS series_uid ON series (uid, study_pk);
CREATE INDEX IF NOT EXISTS series_study ON series (study_pk);
CREATE INDEX IF NOT EXISTS series_modality ON series (study_pk, modality);

CREATE TABLE IF NOT EXISTS series_common (
	series_pk INTEGER PRIMARY KEY REFERENCES series,
	attributes TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS instance (
	pk INTEGER PRIMARY KEY,
	series_pk INTEGER NOT NULL REFERENCES series,
	uid TEXT NOT NULL,
	class TEXT NOT NULL,
	number TEXT NOT NULL,
	syntax TEXT NOT NULL,
	file TEXT NOT NULL,
	dataset_offset INTEGER NOT NULL,
	dataset_length INTEGER NOT NULL,
	digest BLOB NOT NULL,
	stored_at INTEGER NOT NULL,
	calling_ae TEXT NOT NULL,
	attributes TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS instance_uid ON instance (uid);
CREATE INDEX IF NOT EXISTS instance_series ON instance (series_pk);
`;
