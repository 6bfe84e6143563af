import t from 'tap';
import type { Dataset, Value, Vr } from '../../src/dicom/dataset.ts';
import { contradicts, unverifiable } from '../../src/dicom/matching.ts';

const one = (vr: Vr, ...values: readonly Value[]): Dataset => ({ '00100010': { vr, Value: values } });
const name = (Alphabetic: string, Ideographic?: string): Value =>
	Ideographic === undefined ? { Alphabetic } : { Alphabetic, Ideographic };

t.test('matching by type (PS3.4 C.2.2.2)', async (t) => {
	for (const [vr, key, value, isMatch] of [
		['LO', 'P1', 'P1', true],
		['LO', 'P1', 'p1 ', true],
		['LO', 'P1', 'P12', false],
		['LO', 'P*', 'P12', true],
		['LO', 'P?', 'P12', false],
		['LO', '*1*', 'P12', true],
		['LO', '*a*b*c', 'xxaxbxxbxc', true],
		['LO', '*a*b*c', 'xxaxbxxbxd', false],
		['LO', 'Größe', 'GROSSE', false],
		['LO', 'Muller', 'Müller', true],
		['CS', 'CT', 'MR', false],
		['UI', '1.2.3', '1.2.3', true],
		['UI', '1.2.*', '1.2.3', false],
		['DA', '20240101-20240131', '20240131', true],
		['DA', '20240101-20240131', '20240201', false],
		['DA', '20240101-', '20231231', false],
		['DA', '-20240101', '20231231', true],
		['DA', '20240101', '20240102', false],
		['DA', '2024.01.01', '20240101', true],
		['TM', '0800-1200', '120030', true],
		['TM', '0800-1200', '120100', false],
		['TM', '0800', '080015.5', true],
		['DT', '202401011200', '20240101120000+0100', true],
		['DT', '20240101-20240102', '20240103', false],
		['DT', '20240101+0100', '20240101+0100', true],
		['IS', '1', '01', true],
		['IS', '1', '2', false],
	] as const)
		t.equal(contradicts(one(vr, key), one(vr, value)).length === 0, isMatch, `${vr} ${key} ${value}`);
});

t.test('names, by group, whatever the case and the accents', async (t) => {
	for (const [key, value, isMatch] of [
		[name('SMITH*'), name('Smith^John'), true],
		[name('SMITH^JOHN'), name('Smith^John^^'), true],
		[name('SMITH JOHN'), name('SMITH^JOHN'), true],
		[name('SMITH'), name('SMITH^JOHN'), false],
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
