/** Archives of random studies that cut their answers off somewhere: asking in parts finds every study, in a bounded number of queries. */
import t from 'tap';
import { type Dataset, textOf } from '../../src/dicom/dataset.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { ExhaustiveQuery } from '../../src/services/exhaustive-query.ts';
import type { MatchKeys } from '../../src/services/query-parts.ts';

interface Study extends Omit<MatchKeys, 'uid'> {
	readonly uid: number;
	readonly name: string;
}

/** Mulberry32: the same numbers in every run. */
const random = (seed: number) => {
	let state = seed;
	return (below: number): number => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
	};
};

const two = (value: number): string => String(value).padStart(2, '0');

interface Archive {
	readonly studies: readonly Study[];
	readonly limit: number;
	/** A700 or FE00 at the limit, where it is not silent. */
	readonly tells: boolean;
	/** Dates and times come back. */
	readonly returns: boolean;
	/** A700 and nothing else beyond the limit. */
	readonly refuses?: boolean;
	/** Names are compared as if all were capitals. */
	readonly foldsCase?: boolean;
	/** Blanks in front of the asterisk are left out, and a whole name is taken for a beginning. */
	readonly takesBeginnings?: boolean;
}

const keysOf = ({ uid, ...keys }: Study): MatchKeys => ({ ...keys, uid: `${uid}` });

const isIn = (value: string, range: string): boolean => {
	if (range === '') return true;
	if (!range.includes('-')) return value === range;
	const [from = '', to = ''] = range.split('-');
	return value !== '' && (from === '' || value >= from) && (to === '' || value <= to);
};

const beginningOf = (key: string): string =>
	key.endsWith('*') ? key.replace(/ +\*$/, '*') : `${key.replace(/[ ^]+$/, '')}*`;

const isNamed = (name: string, key: string, fold: (text: string) => string): boolean =>
	key.endsWith('*') ? fold(name).startsWith(fold(key.slice(0, -1))) : key === '' || fold(name) === fold(key);

const answer = (
	{ studies, limit, refuses = false, foldsCase = false, takesBeginnings = false }: Archive,
	identifier: Dataset,
): { all: readonly Study[]; isMore: boolean } => {
	const [date, time, modality, name] = [TAG.StudyDate, TAG.StudyTime, TAG.ModalitiesInStudy, TAG.PatientName].map(
		(tag) => textOf(identifier, tag),
	);
	const all = studies.filter(
		(study) =>
			isIn(study.date, date ?? '') &&
			isIn(study.time, time ?? '') &&
			(modality === '' || study.modalities.includes(modality ?? '')) &&
			isNamed(study.name, takesBeginnings ? beginningOf(name ?? '') : (name ?? ''), (text) =>
				foldsCase ? text.toUpperCase() : text,
			),
	);
	const isMore = all.length > limit;
	return { all: refuses && isMore ? [] : all.slice(0, limit), isMore };
};

const solved = (archive: Archive, root: Dataset, maxQueries = 100_000) => {
	const query = new ExhaustiveQuery(root, { isSuspect: (count) => count % 100 === 0 && count > 0, maxQueries });
	const found = new Set<number>();
	for (let part = query.next(); part !== undefined; part = query.next()) {
		const { all, isMore } = answer(archive, part.identifier);
		for (const { uid } of all) found.add(uid);
		query.answered({
			matches: all.map((study) =>
				keysOf(archive.returns ? study : { ...study, date: '', time: '', modalities: [], name: '' }),
			),
			isCutOff: (archive.tells || archive.refuses === true) && isMore,
		});
	}
	return { query, found };
};

const ROOT: Dataset = {
	[TAG.StudyDate]: { vr: 'DA', Value: [] },
	[TAG.StudyTime]: { vr: 'TM', Value: [] },
	[TAG.ModalitiesInStudy]: { vr: 'CS', Value: [] },
	[TAG.PatientName]: { vr: 'PN', Value: [] },
};

const MODALITIES = ['CT', 'MR', 'US', 'XA'];

const studiesOf = (roll: (below: number) => number, count: number, years: number, undated: boolean): readonly Study[] =>
	Array.from({ length: count }, (_, uid) => ({
		uid,
		date: undated && roll(10) === 0 ? '' : `${2024 - roll(years)}${two(1 + roll(12))}${two(1 + roll(28))}`,
		time: `${two(roll(24))}${two(roll(60))}${two(roll(60))}`,
		modalities: [MODALITIES[roll(4)] ?? 'CT'],
		name: `${String.fromCharCode(65 + roll(26))}${uid}`,
	}));

/** So many more at one second, with names that letters tell apart: what a batch import without times looks like. */
const crowd = (roll: (below: number) => number, count: number, from: number, date: string): readonly Study[] =>
	Array.from({ length: count }, (_, index) => ({
		uid: from + index,
		date,
		time: '000000',
		modalities: [MODALITIES[roll(4)] ?? 'CT'],
		name: `${String.fromCharCode(65 + roll(26))}${String.fromCharCode(65 + roll(26))}${index}`,
	}));

t.test('random archives', async (t) => {
	const roll = random(20261121);
	const runs = Math.min(2000, Math.max(150, Number(process.env['DIMSE_FUZZ'] ?? 0) / 100));
	let most = 0;
	for (let run = 0; run < runs; run++) {
		const count = roll(3) === 0 ? roll(60) : roll(1500);
		const undated = roll(4) === 0;
		const limit = 2 + roll(roll(2) === 0 ? 20 : 400);
		const spread = studiesOf(roll, count, 1 + roll(20), undated);
		const date = spread.find((study) => study.date !== '')?.date ?? '';
		// Beside studies of other days, else nothing could tell of a limit.
		const isCrowded = roll(3) === 0 && new Set(spread.map((study) => study.date)).size > 2;
		const crowded = isCrowded ? crowd(roll, 1 + limit + roll(limit), count, date) : [];
		const archive: Archive = {
			studies: roll(2) === 0 ? [...crowded, ...spread] : [...spread, ...crowded],
			limit,
			tells: roll(4) === 0,
			returns: roll(4) !== 0,
		};
		const { query, found } = solved(archive, ROOT);
		const dated = archive.studies.filter(({ date }) => date !== '');
		const lacking = dated.filter(({ uid }) => !found.has(uid));
		const about = `run ${run}: ${count} studies, limit ${limit}${isCrowded ? `, ${crowded.length} at one second` : ''}`;
		if (lacking.length > 0) t.fail(`${about}: ${lacking.length} are lacking`);
		if (query.limit !== undefined && query.limit !== limit) t.fail(`${about}: "proven" ${query.limit}`);
		if (undated && count > limit && archive.studies.length > dated.length && !query.doubts.undated)
			t.fail(`${about}: undated ones not spoken of`);
		// Each part that was cut off held the limit; halving by what came leaves at least half a limit behind.
		const parts = 5 + (8 * archive.studies.length) / limit;
		const bound = (archive.returns ? parts + 2 * 36 : 40 * parts) + (isCrowded ? 31 + MODALITIES.length * 45 * 4 : 0);
		most = Math.max(most, query.queries / bound);
		if (query.queries > bound) t.fail(`${about}: ${query.queries} queries, bound ${bound}`);
	}
	t.ok(most <= 1, `${runs} archives, at most ${(100 * most).toFixed(0)} % of the bound`);
});

t.test('no limit: the first answer is checked by halves and no more', async (t) => {
	const roll = random(1);
	const { query, found } = solved(
		{ studies: studiesOf(roll, 437, 10, false), limit: 1e6, tells: false, returns: true },
		ROOT,
	);
	t.equal(found.size, 437);
	t.equal(query.limit, undefined);
	t.equal(query.queries, 3);
	t.strictSame(query.doubts, {
		unresolved: [],
		byLetters: false,
		undated: false,
		untimed: false,
		isIgnored: false,
		malformed: 0,
		isGivenUp: false,
	});
});

t.test('a date range that was asked for stays within', async (t) => {
	const roll = random(2);
	const studies = studiesOf(roll, 1500, 6, false);
	const { query, found } = solved(
		{ studies, limit: 50, tells: false, returns: true },
		{ ...ROOT, [TAG.StudyDate]: { vr: 'DA', Value: ['20210101-20221231'] } },
	);
	const wanted = studies.filter(({ date }) => date >= '20210101' && date <= '20221231');
	t.strictSame(
		[...found].sort((a, b) => a - b),
		wanted.map(({ uid }) => uid),
	);
	t.equal(query.limit, 50);
	t.equal(query.doubts.undated, false, 'the range excluded them already');
});

t.test('one second holds more than the limit: modalities, then names, and it is said', async (t) => {
	const roll = random(3);
	const studies = Array.from({ length: 300 }, (_, uid) => ({
		uid,
		date: '20240101',
		time: '120000',
		modalities: [MODALITIES[roll(4)] ?? 'CT'],
		name: `${String.fromCharCode(65 + roll(26))}${String.fromCharCode(65 + roll(26))}${uid}`,
	}));
	const { query, found } = solved({ studies, limit: 10, tells: true, returns: true }, ROOT);
	t.equal(found.size, 300);
	t.equal(query.doubts.byLetters, true);
});

t.test('an archive that ignores the date is found out', async (t) => {
	const studies = studiesOf(random(4), 500, 10, false);
	const query = new ExhaustiveQuery(ROOT, { isSuspect: (count) => count === 100 });
	let queries = 0;
	for (let part = query.next(); part !== undefined; part = query.next(), queries++)
		query.answered({ matches: studies.slice(0, 100).map(keysOf), isCutOff: false });
	t.ok(queries <= 5, `${queries} queries`);
	t.equal(query.doubts.isIgnored, true);
	t.ok(query.doubts.unresolved.length > 0);
});

t.test('no more queries than allowed', async (t) => {
	const { query } = solved(
		{ studies: studiesOf(random(5), 1000, 10, false), limit: 5, tells: false, returns: true },
		ROOT,
		20,
	);
	t.equal(query.queries, 20);
	t.equal(query.doubts.isGivenUp, true);
});

t.test('fractions of a second are within their second', async (t) => {
	const query = new ExhaustiveQuery(
		{ ...ROOT, [TAG.StudyDate]: { vr: 'DA', Value: ['20240101'] } },
		{ isSuspect: (count) => count === 2 },
	);
	query.next();
	query.answered({
		matches: [
			{ uid: '1', date: '20240101', time: '101500.25', modalities: [], name: '' },
			{ uid: '2', date: '20240101', time: '111500', modalities: [], name: '' },
		],
		isCutOff: true,
	});
	const parts = [query.next(), query.next()].map((part) => part && textOf(part.identifier, TAG.StudyTime));
	t.strictSame(parts, ['000000-101500.999999', '101501-235959.999999']);
	t.equal(textOf(ROOT, TAG.StudyTime), '', 'the query itself is left alone');
});

t.test('a few malformed dates are counted and prove nothing, wherever the archive finds them', async (t) => {
	const dates = Array.from({ length: 40 }, (_, day) => `2024${two(1 + (day % 12))}${two(1 + (day % 28))}`);
	const studies = [...dates, '2024.03.15', 'UNKNOWN '].map((date, uid) => ({
		uid,
		date,
		time: '120000',
		modalities: ['CT'],
		name: `A${uid}`,
	}));
	const asked = (limit: number, isOdd: (date: string, range: string) => boolean) => {
		const query = new ExhaustiveQuery(ROOT, { isSuspect: (count) => count === limit });
		const found = new Set<number>();
		for (let part = query.next(); part !== undefined; part = query.next()) {
			const range = textOf(part.identifier, TAG.StudyDate);
			const { all } = answer(
				{ studies: studies.slice(0, 40), limit: 1e6, tells: false, returns: true },
				part.identifier,
			);
			const odd = studies.slice(40).filter(({ date }) => range === '' || isOdd(date, range));
			const matches = [...odd, ...all].slice(0, limit);
			for (const { uid } of matches) found.add(uid);
			query.answered({ matches: matches.map(keysOf), isCutOff: false });
		}
		return { query, found };
	};
	for (const isOdd of [isIn, () => true, () => false]) {
		const { query, found } = asked(15, isOdd);
		t.equal(found.size, 42);
		t.equal(query.limit, 15);
		t.match(query.doubts, { isIgnored: false, malformed: 2, unresolved: [] });
		const all = asked(1000, isOdd);
		t.equal(all.query.limit, undefined);
		t.match(all.query.doubts, { malformed: 0, unresolved: [] });
	}
});

t.test(
	'times of minutes, compared as texts, lie in no span of seconds: such a day is asked by modality and name',
	async (t) => {
		const day = (name: (index: number) => string): readonly Study[] =>
			Array.from({ length: 20 }, (_, uid) => ({
				uid,
				date: '20240115',
				time: uid < 18 ? '1030' : '1100',
				modalities: ['CT'],
				name: name(uid),
			}));
		for (const tells of [true, false]) {
			const named = day((index) => `${String.fromCharCode(65 + index)}NAME`);
			const { query, found } = solved({ studies: named, limit: 8, tells, returns: true }, ROOT);
			t.equal(found.size, 20);
			t.match(query.doubts, { unresolved: [], byLetters: true });
			t.ok(query.queries < 100, `${query.queries} queries`);
			const nameless = solved({ studies: day(() => ''), limit: 8, tells, returns: true }, ROOT);
			t.ok(nameless.found.size < 20);
			t.match(nameless.query.doubts.unresolved, [/^2024-01-15, CT /]);
			t.ok(nameless.query.queries < 150, `${nameless.query.queries} queries`);
		}
	},
);

t.test('one second, and names of all kinds', async (t) => {
	const at = (date: string, names: readonly string[]): readonly Study[] =>
		names.map((name, index) => ({
			uid: Number(date) * 100 + index,
			date,
			time: '000000',
			modalities: ['CT'],
			name,
		}));
	const family = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => `LI^${letter}`);
	const many = [...'ABCDEFGHIJKL'];
	const kinds = {
		'shorter than the beginning': family,
		'a family name and nothing else': [...many.map((one) => `LI^${one}`), 'LI', 'LI', 'LI', 'LI'],
		'apostrophes, blanks, dashes': many.flatMap((one) => [`O'${one}`, `D ${one}`, `X-${one}`, `^${one}`]),
		umlauts: [...many.map((one) => `M\u00dc${one}`), ...many.map((one) => `MA${one}`)],
		'small letters': many.flatMap((one) => [`s${one.toLowerCase()}`, `S${one}`]),
	};
	const elsewhere = at('20240101', ['M\u00dcNCH^X', 'sm^X', 'X^Y', 'O^Y']);
	for (const [kind, names] of Object.entries(kinds))
		for (const [how, archive] of Object.entries({
			silent: { tells: false },
			telling: { tells: true },
			refusing: { tells: false, refuses: true },
			'case-insensitive': { tells: true, foldsCase: true },
			'by beginnings': { tells: true, foldsCase: true, takesBeginnings: true },
			'refusing, by beginnings': { tells: true, foldsCase: true, refuses: true, takesBeginnings: true },
		})) {
			const studies = [...at('20240105', names), ...elsewhere];
			const { query, found } = solved({ studies, limit: 10, returns: true, ...archive }, ROOT, 500);
			const { unresolved, isGivenUp } = query.doubts;
			const about = `${kind}, ${how}: ${studies.length - found.size} are lacking after ${query.queries} queries`;
			const isAskable = kind !== 'a family name and nothing else' || !how.includes('beginnings');
			t.ok((found.size === studies.length || !isAskable) && unresolved.length === 0 && !isGivenUp, about);
		}
});

t.test('what was refused holds more than what was answered: parts that bring less are not all', async (t) => {
	const studies = Array.from({ length: 30 }, (_, uid) => ({
		uid,
		date: uid < 26 ? '20240105' : `2024020${uid - 25}`,
		time: '120000',
		modalities: ['CT'],
		name: uid < 26 ? '' : 'X^Y',
	}));
	const { query, found } = solved({ studies, limit: 10, tells: false, returns: true, refuses: true }, ROOT, 500);
	t.equal(found.size, 4);
	t.match(query.doubts.unresolved, [/^2024-01-05, 12:00:00 to 12:00:00, CT /]);
	t.equal(query.doubts.isGivenUp, false);
	const untimed = studies.map((study) => ({ ...study, time: study.uid < 20 ? '' : '120000', name: `${study.uid}` }));
	const byName = solved({ studies: untimed, limit: 10, tells: false, returns: true, refuses: true }, ROOT, 500);
	t.equal(byName.found.size, 30, 'those without a time come by name');
	t.strictSame(byName.query.doubts.unresolved, []);
});

t.test('beginnings of names are asked in a character set that holds them', async (t) => {
	const named = (terms: readonly string[], letter: string) => {
		const root = {
			...ROOT,
			[TAG.SpecificCharacterSet]: { vr: 'CS', Value: terms },
			[TAG.StudyDate]: { vr: 'DA', Value: ['20240101'] },
			[TAG.StudyTime]: { vr: 'TM', Value: ['120000'] },
			[TAG.ModalitiesInStudy]: { vr: 'CS', Value: ['CT'] },
		} as const;
		const studies = [...'ABC'].map((one, uid) => ({
			uid,
			date: '20240101',
			time: '120000',
			modalities: ['CT'],
			name: letter + one,
		}));
		const query = new ExhaustiveQuery(root, { isSuspect: () => false });
		for (let part = query.next(); part !== undefined; part = query.next()) {
			const name = textOf(part.identifier, TAG.PatientName);
			if (name.startsWith(letter)) return textOf(part.identifier, TAG.SpecificCharacterSet);
			query.answered({ matches: name === '' ? studies.map(keysOf) : [], isCutOff: name === '' });
		}
		return undefined;
	};
	t.equal(named([], '\u00dc'), 'ISO_IR 100');
	t.equal(named(['ISO_IR 100'], '\u00dc'), 'ISO_IR 100');
	t.equal(named(['ISO_IR 100'], '\u0411'), 'ISO_IR 192');
	t.equal(named([], 'Z'), '');
});
