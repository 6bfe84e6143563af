import t from 'tap';
import type { Dataset, Value, Vr } from '../../src/dicom/dataset.ts';
import { contradicts, unverifiable } from '../../src/dicom/matching.ts';
import { syntheticStudies } from '../../src/dicom/synthetic.ts';
import { randomNumbers } from '../dimse/random.ts';

const one = (vr: Vr, ...values: readonly Value[]): Dataset => ({ '00100010': { vr, Value: values } });
const name = (Alphabetic: string, Ideographic?: string): Value =>
	Ideographic === undefined ? { Alphabetic } : { Alphabetic, Ideographic };

t.test('matching by type (PS3.4 C.2.2.2)', async (t) => {
	for (const [vr, key, value, isMatch] of [
		['PN', 'ZED^*', 'ZED', true],
		['PN', 'ZED^*', 'ZEDS', false],
		['LO', 'P1', 'P1', true],
		['LO', 'P1', 'p1 ', true],
		['LO', 'P1', 'P12', false],
		['LO', 'P*', 'P12', true],
		['LO', 'P?', 'P12', false],
		['LO', '*1*', 'P12', true],
		['LO', '*a*b*c', 'xxaxbxxbxc', true],
		['LO', '*a*b*c', 'xxaxbxxbxd', false],
		['LO', 'Größe', 'GROSSE', true],
		['LO', 'ﾔﾏﾀﾞ', 'ヤマダ', true],
		['LO', 'ＡＢＣ', 'abc', true],
		['LO', '[a-z]*', 'b', false],
		['LO', 'a.c', 'abc', false],
		['LO', '*', 'anything', true],
		['LO', 'Muller', 'Müller', true],
		['CS', 'CT', 'MR', false],
		['UI', '1.2.3', '1.2.3', true],
		['UI', '1.2.*', '1.2.3', true],
		['UI', '1.2.*', '1.3.3', false],
		['UI', '*', '1.3.3', true],
		['UI', '1.2.3', '1.2.3\0', true],
		['UI', '1.2.3', '1.2.33', false],
		['DA', '20240101-20240131', '20240131', true],
		['DA', '20240101-20240131', '20240201', false],
		['DA', '20240101-', '20231231', false],
		['DA', '-20240101', '20231231', true],
		['DA', '20240101', '20240102', false],
		['DA', '2024.01.01', '20240101', true],
		['TM', '0800-1200', '120030', true],
		['TM', '0800-1200', '120100', false],
		['TM', '0800', '080015.5', true],
		['TM', '2200-0600', '120000', true],
		['DT', '202401011200', '20240101120000+0100', true],
		['DT', '20240101-20240102', '20240103', false],
		['DT', '20240101+0100', '20240101+0100', true],
		['DT', '20240101-0500', '20240102-0500', false],
		['DT', '20240101-0500', '20240102-0600', true],
		['DT', '20240101', '20231231230000+0000', true],
		['DT', '2023-2025', '20240601', true],
		['DT', '2023-2025', '20260101', false],
		['DT', '2023-2025', '20251231235959', true],
		['DT', '20240101+0100-20240102+0100', '20250101', true],
		['DA', '-', '20240101', true],
		['DA', '20240101-20240131', '20240101', true],
		['DA', '20240101-20240131', 'unknown', true],
		['DA', '202401*', '20240505', true],
		['TM', '08-09', '095959.999999', true],
		['TM', '08-09', '100000', false],
		['TM', '08:00-09:00', '090030', true],
		['TM', '101500.5-', '101500.4', false],
		['DS', '1.50', '1.5', true],
		['IS', '*', '7', true],
		['IS', '1*', '12', true],
		['IS', '1*', '21', false],
		['US', 512, 512, true],
		['US', 512, 256, false],
		['AT', '00100010', '00100010', true],
		['AT', '00100010', '00100020', false],
		['IS', '1', '01', true],
		['IS', '1', '2', false],
	] as const)
		t.equal(contradicts(one(vr, key), one(vr, value)).length === 0, isMatch, JSON.stringify([vr, key, value]));
});

t.test('names, by group, whatever the case and the accents', async (t) => {
	for (const [key, value, isMatch] of [
		[name('SMITH*'), name('Smith^John'), true],
		[name('SMITH^JOHN'), name('Smith^John^^'), true],
		[name('SMITH JOHN'), name('SMITH^JOHN'), true],
		[name('SMITH'), name('SMITH^JOHN'), true],
		[name('SMITH^J'), name('SMITH^JOHN'), false],
		[name('SMIT'), name('SMITH^JOHN'), false],
		[name('*^JOHN'), name('SMITH^JOHN'), true],
		[name('SMITH^JOHN'), name('SMITH'), false],
		[name('ＳＭＩＴＨ*'), name('SMITH^JOHN'), true],
		[name('YAMADA*'), name('YAMADA^TARO', '山田^太郎'), true],
		[name('山田*'), name('YAMADA^TARO', '山田^太郎'), true],
		[name('JONES*'), name('YAMADA^TARO', '山田^太郎'), false],
		[name('MULLER*'), name('MÜLLER^EVA'), true],
	] as const)
		t.equal(contradicts(one('PN', key), one('PN', value)).length === 0, isMatch, JSON.stringify([key, value]));
});

t.test('several values: one in common is enough', async (t) => {
	t.strictSame(contradicts(one('CS', 'CT'), one('CS', 'MR', 'CT')), []);
	t.strictSame(contradicts(one('UI', '1.2', '1.3'), one('UI', '1.3')), []);
	t.strictSame(contradicts(one('UI', '1.2', '1.3'), one('UI', '1.4')), ['00100010']);
});

t.test('what cannot be judged is no contradiction', async (t) => {
	t.strictSame(contradicts(one('LO', 'P1'), {}), []);
	t.strictSame(contradicts(one('LO', 'P1'), one('LO')), []);
	t.strictSame(contradicts(one('LO'), one('LO', 'P1')), []);
	t.strictSame(unverifiable(one('LO', 'P1'), {}), ['00100010']);
	t.strictSame(unverifiable(one('LO'), {}), []);
	t.strictSame(
		contradicts({ '00080052': { vr: 'CS', Value: ['STUDY'] } }, { '00080052': { vr: 'CS', Value: ['SERIES'] } }),
		[],
	);
});

t.test('sequences match where one of their items does', async (t) => {
	const step = (...modalities: readonly string[]): Dataset => ({
		'00400100': { vr: 'SQ', Value: modalities.map((modality) => ({ '00080060': { vr: 'CS', Value: [modality] } })) },
	});
	t.strictSame(contradicts(step('CT'), step('MR', 'CT')), []);
	t.strictSame(contradicts(step('CT'), step('MR')), ['00400100']);
	t.strictSame(contradicts({ '00400100': { vr: 'SQ', Value: [] } }, step('MR')), []);
});

/** The same by trying every split: slow, and plainly right. */
const isLikeSlowly = (pattern: string, text: string): boolean => {
	const [first, ...rest] = pattern;
	if (first === undefined) return text === '';
	if (first === '*')
		return Array.from({ length: text.length + 1 }, (_, i) => text.slice(i)).some((end) =>
			isLikeSlowly(rest.join(''), end),
		);
	return text !== '' && (first === '?' || first === text[0]) && isLikeSlowly(rest.join(''), text.slice(1));
};

t.test('wildcards agree with trying every split', async (t) => {
	const random = randomNumbers(20240131);
	const word = (letters: string, longest: number): string =>
		Array.from({ length: random(longest + 1) }, () => letters[random(letters.length)]).join('');
	const different: string[] = [];
	for (let round = 0; round < 20_000; round++) {
		const [pattern, text] = [`A${word('AB?*', 7)}`, `A${word('AB', 7)}`];
		const isMatch = contradicts(one('LO', pattern), one('LO', text)).length === 0;
		if (isMatch !== isLikeSlowly(pattern, text)) different.push(`${pattern} ${text}`);
	}
	t.strictSame(different, []);
});

t.test('a pattern of many stars takes no long time', async (t) => {
	const started = performance.now();
	t.strictSame(contradicts(one('LO', `${'*A'.repeat(30)}B`), one('LO', 'A'.repeat(5000))), ['00100010']);
	t.ok(performance.now() - started < 1000);
});

t.test('nothing contradicts itself, whatever it is', async (t) => {
	for (const { dataset } of syntheticStudies({ studies: 9, instancesPerSeries: 1, imageSide: 2 })) {
		t.strictSame(contradicts(dataset, dataset), []);
		t.strictSame(unverifiable(dataset, dataset), []);
	}
});
