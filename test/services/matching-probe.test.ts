/** The matching probe on archives that match in one way and not in another: it says exactly that. */
import t from 'tap';
import { type Dataset, stringsOf, textOf } from '../../src/dicom/dataset.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { DicomError } from '../../src/errors.ts';
import { bestProbe, probeMatching } from '../../src/services/matching-probe.ts';

const study = (name: string, more: Dataset = {}): Dataset => ({
	[TAG.StudyInstanceUID]: { vr: 'UI', Value: ['1.2.3'] },
	[TAG.StudyDate]: { vr: 'DA', Value: ['20240301'] },
	[TAG.StudyTime]: { vr: 'TM', Value: ['101500'] },
	[TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: name }] },
	[TAG.PatientID]: { vr: 'LO', Value: ['P001'] },
	[TAG.ModalitiesInStudy]: { vr: 'CS', Value: ['CT'] },
	...more,
});

/** What an archive does; by default as dcmqrscp: the whole value, letter by letter, wildcards anywhere. */
interface Habits {
	readonly ignored?: readonly string[];
	readonly anyCase?: boolean;
	readonly anyAccent?: boolean;
	readonly implicit?: boolean;
	readonly familyAlone?: boolean;
	readonly wildcards?: 'anywhere' | 'end' | 'none';
	readonly noRanges?: boolean;
	readonly combined?: boolean;
	readonly noEmptyUid?: boolean;
	readonly noLists?: boolean;
	readonly strictBlank?: boolean;
}

const patternOf = (text: string, wildcards: Habits['wildcards'] = 'anywhere'): RegExp => {
	const escaped = text.replace(/[\\^$.|+()[\]{}*?]/g, '\\$&');
	if (wildcards === 'anywhere') return new RegExp(`^${escaped.replaceAll('\\*', '.*').replaceAll('\\?', '.')}$`);
	return new RegExp(`^${wildcards === 'end' ? escaped.replace(/\\\*$/, '.*') : escaped}$`);
};

const inRange = (key: string, value: string): boolean => {
	const [, from, to] = /^(\d*)-(\d*)$/.exec(key) ?? [];
	return from === undefined || to === undefined ? key === value : value >= from && (to === '' || value <= to);
};

const archive =
	(own: Dataset, habits: Habits) =>
	async (keys: Dataset): Promise<boolean> => {
		const wants = (tag: string) => textOf(keys, tag) !== '' && habits.ignored?.includes(tag) !== true;
		const folded = (text: string) => {
			const plain = habits.anyAccent ? text.normalize('NFD').replace(/[\u0300-\u036f]/g, '') : text;
			return habits.anyCase ? plain.toUpperCase() : plain;
		};
		const like = (tag: string, text: string) =>
			patternOf(folded(habits.strictBlank ? text : text.trimEnd()), habits.wildcards).test(folded(textOf(own, tag)));
		const uids = stringsOf(keys, TAG.StudyInstanceUID);
		if (uids.length === 0 && habits.noEmptyUid) return false;
		if (wants(TAG.StudyInstanceUID) && (habits.noLists ? uids.join('\\') !== '1.2.3' : !uids.includes('1.2.3')))
			return false;
		if (wants(TAG.PatientName)) {
			const name = textOf(keys, TAG.PatientName);
			const texts = [name, ...(habits.implicit ? [`${name}*`] : []), ...(habits.familyAlone ? [`${name}^*`] : [])];
			if (!texts.some((text) => like(TAG.PatientName, text))) return false;
		}
		if (wants(TAG.PatientID) && !like(TAG.PatientID, textOf(keys, TAG.PatientID))) return false;
		if (wants(TAG.ModalitiesInStudy) && !stringsOf(keys, TAG.ModalitiesInStudy).includes('CT')) return false;
		const [date, time] = [textOf(keys, TAG.StudyDate), textOf(keys, TAG.StudyTime)];
		if (habits.noRanges && /-/.test(date + time)) return false;
		const moment = /^(\d{8})-(\d{8})\|(\d{6})-(\d{6})$/.exec(`${date}|${time}`);
		if (habits.combined && moment !== null)
			return inRange(`${moment[1]}${moment[3]}-${moment[2]}${moment[4]}`, '20240301101500');
		if (wants(TAG.StudyDate) && !inRange(date, '20240301')) return false;
		return !wants(TAG.StudyTime) || inRange(time, '101500');
	};

const says = async (habits: Habits, own = study('SMITH^JOHN')): Promise<Record<string, string>> => {
	const facts = await probeMatching(own, archive(own, habits));
	return Object.fromEntries(facts.map(({ key, says: words }) => [key, words.join('; ')]));
};

t.test('as dcmqrscp', async (t) => {
	t.strictSame(await says({ ignored: [TAG.ModalitiesInStudy] }), {
		PatientName: 'case-sensitive; no implicit *; * and ? anywhere; components: whole value',
		PatientID: 'exact; * works',
		StudyDate: 'range, open range',
		ModalitiesInStudy: 'IGNORED as a key',
		StudyTime: 'range; apart from the date',
		'UID list': 'works',
		StudyInstanceUID: 'an empty one means any',
	});
});

t.test('a name that an archive may keep in other letters says nothing of how it matches', async (t) => {
	for (const [name, wanted] of [
		['Müllerwald^Jörg', /^not known/],
		['TARO^YAMADA=^', /^not known/],
		['SMITH^JOHN', /^not even found/],
	] as const) {
		const facts = await probeMatching(study(name), async (keys) => textOf(keys, TAG.PatientName) === '');
		const own = facts.find(({ key }) => key === 'PatientName');
		t.match(own?.says.join(' '), wanted, name);
		t.equal(own?.facts['exact'], name === 'SMITH^JOHN' ? false : undefined, 'nothing is remembered of it');
	}
});

t.test('each habit is seen', async (t) => {
	const cases: readonly (readonly [Habits, string, RegExp])[] = [
		[{ anyCase: true }, 'PatientName', /^case does not matter/],
		[{ implicit: true }, 'PatientName', /implicit \*\)/],
		[{ familyAlone: true }, 'PatientName', /components: the family name alone finds it/],
		[{ wildcards: 'end' }, 'PatientName', /\* at the end only; no \?/],
		[{ wildcards: 'none' }, 'PatientName', /no \*; no \?/],
		[{ wildcards: 'none' }, 'PatientID', /^exact; no \*/],
		[{ anyAccent: true }, 'PatientName', /accents do not matter/],
		[{ strictBlank: true }, 'PatientName', /a trailing blank matters/],
		[{ ignored: [TAG.PatientName] }, 'PatientName', /^IGNORED as a key$/],
		[{ ignored: [TAG.PatientID] }, 'PatientID', /^IGNORED as a key$/],
		[{ ignored: [TAG.StudyDate] }, 'StudyDate', /^IGNORED as a key$/],
		[{ ignored: [TAG.StudyTime] }, 'StudyTime', /^IGNORED as a key$/],
		[{ noRanges: true }, 'StudyDate', /^no range, no open range$/],
		[{ combined: true }, 'StudyTime', /combined date-time/],
		[{ noLists: true }, 'UID list', /does not work/],
		[{ noEmptyUid: true }, 'StudyInstanceUID', /an empty one finds nothing/],
	];
	for (const [habits, key, wanted] of cases) {
		t.match((await says(habits))[key], wanted, JSON.stringify(habits));
		t.notMatch((await says({}))[key], wanted, `not without it: ${JSON.stringify(habits)}`);
	}
	const accented = study('MÜLLER^JÖRG');
	t.match((await says({}, accented))['PatientName'], /accents matter/);
	t.match((await says({ anyAccent: true }, accented))['PatientName'], /accents do not matter/);
	t.equal(
		(await says({}, study('SMITH', { [TAG.ModalitiesInStudy]: { vr: 'CS', Value: [] } })))['ModalitiesInStudy'],
		undefined,
	);
});

t.test('where an empty unique key finds nothing, nothing is said of what rests on it', async (t) => {
	t.strictSame(Object.keys(await says({ noEmptyUid: true })), ['StudyTime', 'UID list', 'StudyInstanceUID']);
});

t.test('refusals are counted, and end nothing; other errors do', async (t) => {
	const own = study('SMITH^JOHN');
	const willing = archive(own, {});
	const refused = new DicomError({ blame: 'status', service: 'C-FIND', status: 0xc000 });
	const facts = await probeMatching(own, async (keys) => {
		if (textOf(keys, TAG.PatientName).includes('*')) throw refused;
		return willing(keys);
	});
	const words = new Map(facts.map(({ key, says: one }) => [key, one.join('; ')]));
	t.match(words.get('PatientName'), /no \*; \? works/);
	t.match(words.get('refused'), /^\d+ queries, with a failure status$/);
	await t.rejects(
		probeMatching(own, async () => {
			throw refused;
		}),
		refused,
	);
	let count = 0;
	const lost = new DicomError({ blame: 'aborted', phase: 'established' });
	await t.rejects(
		probeMatching(own, async (keys) => {
			if (++count > 3) throw lost;
			return willing(keys);
		}),
		lost,
	);
});

t.test('every query but one is bounded by the date or the UID of the study', async (t) => {
	const own = study('SMITH^JOHN');
	for (const habits of [
		{},
		{ anyCase: true, familyAlone: true },
		{ ignored: [TAG.PatientName, TAG.ModalitiesInStudy] },
	]) {
		const willing = archive(own, habits);
		await probeMatching(own, async (keys) => {
			const isBounded =
				textOf(keys, TAG.StudyDate) === '20240301' || textOf(keys, TAG.StudyInstanceUID).includes('1.2.3');
			t.ok(isBounded, JSON.stringify(keys));
			return willing(keys);
		});
	}
});

t.test('the best study to try', async (t) => {
	const poor = study('', {
		[TAG.StudyInstanceUID]: { vr: 'UI', Value: ['1.1'] },
		[TAG.PatientID]: { vr: 'LO', Value: [] },
	});
	const mononym = study('SMITH', { [TAG.StudyInstanceUID]: { vr: 'UI', Value: ['1.2'] } });
	const good = study('SMITH^JOHN');
	t.equal(
		bestProbe([study('Å^B'), study('ÅNGSTRÖM^ANDERS'), study('TARO^YAMADA=^'), good]),
		good,
		'one in plain letters',
	);
	t.equal(bestProbe([poor, mononym, good]), good);
	t.equal(bestProbe([poor, mononym]), mononym);
	t.equal(bestProbe([study('A', { [TAG.StudyInstanceUID]: { vr: 'UI', Value: [] } })]), undefined);
	t.equal(bestProbe([]), undefined);
});
