/** How the four tables hang together, and what SQL calls them: p, s, e and i; c is what the instances of a series have in common. */
import type { EntityLevel } from './attribute-levels.ts';
import { ENTITY_LEVELS } from './attribute-levels.ts';

export const TABLES = { PATIENT: 'patient', STUDY: 'study', SERIES: 'series', IMAGE: 'instance' } as const;
export const ALIASES = { PATIENT: 'p', STUDY: 's', SERIES: 'e', IMAGE: 'i' } as const;

/** The rows of a level of those of the level above it. */
const LINKS = {
	PATIENT: '1',
	STUDY: 's.patient_pk = p.pk',
	SERIES: 'e.study_pk = s.pk',
	IMAGE: 'i.series_pk = e.pk',
} as const;

/** 0 is the patient. */
export const levelAt = (depth: number): EntityLevel => ENTITY_LEVELS[depth] ?? 'IMAGE';

const tableAt = (depth: number): string => `${TABLES[levelAt(depth)]} AS ${ALIASES[levelAt(depth)]}`;

/** What links a level to the one above it. */
export const linkAt = (depth: number): string => LINKS[levelAt(depth)];

/** CROSS, so that SQLite takes them in this order. */
export const joinAt = (depth: number, link: string): string => `CROSS JOIN ${tableAt(depth)} ON ${link}`;

export const fromAt = (depth: number): string => `FROM ${tableAt(depth)}`;

export const JOIN_COMMON = 'CROSS JOIN series_common AS c ON c.series_pk = i.series_pk';

/** The highest level that a text of SQL has a column of; 4 where it has none. */
export const highestIn = (sql: string): number => {
	const depth = ENTITY_LEVELS.findIndex((level) => new RegExp(`\\b${ALIASES[level]}\\.`).test(sql));
	return depth < 0 ? ENTITY_LEVELS.length : depth;
};

export const hasCommon = (sql: string): boolean => /\bc\./.test(sql);
