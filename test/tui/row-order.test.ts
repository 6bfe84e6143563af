/** The local filter and sorting of rows that are here. */
import t from 'tap';
import type { Row } from '../../src/tui/browse/browse-state.ts';
import { columnNamed, isNarrower, orderOf, rowFilter } from '../../src/tui/browse/row-order.ts';
import { Reducing, studies, study } from '../support/reducing.ts';

const rows: readonly Row[] = [
	study(1, { name: 'SMITH^JOHN', id: 'P001', date: '20241103', mod: 'CT', desc: 'CT CHEST', inst: '612' }),
	study(2, { name: 'SMITH^JANE', id: 'P017', date: '20240211', mod: 'CT\\SR', desc: 'CT HEAD WO', inst: '64' }),
	study(3, { name: 'Müller^Anna', id: 'H-4471', date: '20240202', mod: 'MR', desc: '', inst: '' }),
	study(4, { name: 'DOE^PAT', id: 'CT9', date: '', mod: 'US', desc: 'LIVER', inst: '7' }),
].map((dataset, index) => ({ uid: `1.2.${index + 1}`, node: index === 3 ? 'vna' : 'main', dataset, doubtful: false }));

const passing = (filter: string): string =>
	orderOf(rows, rowFilter(filter, 'study'), undefined, 'study')
		.map((place) => rows[place]?.uid.slice(4))
		.join('');

const FILTERS: readonly (readonly [filter: string, uids: string])[] = [
	['', '1234'],
	['  ', '1234'],
	['smith', '12'],
	['SMITH jane', '2'],
	['!smith', '34'],
	['müller', '3'],
	['ct', '124'],
	['mod:CT', '12'],
	['mod:sr', '2'],
	['mod:=CT', '12'],
	['mod:=CT/SR', '2'],
	['!mod:CT', '34'],
	['=us', '4'],
	['=liver', '4'],
	['=live', ''],
	['date:2024-02', '23'],
	['date:>2024-02-05', '12'],
	['date:<2024-02-05', '3'],
	['inst:>100', '1'],
	['inst:<100', '24'],
	['inst:=7', '4'],
	['desc:=', '1234'],
	['"CT HEAD"', '2'],
	['desc:"ct chest"', '1'],
	['id:p0', '12'],
	['name:doe', '4'],
	['node:vna', '4'],
	['1.2.3', '3'],
	['vna', '4'],
	['!', '1234'],
	['nothing:at all', ''],
	['(', ''],
	['*', ''],
];

for (const [filter, uids] of FILTERS) t.equal(passing(filter), uids, `filter ${JSON.stringify(filter)}`);

t.test('columns by the beginning of a word of them', async (t) => {
	t.equal(columnNamed('mod', 'study')?.keyword, 'ModalitiesInStudy');
	t.equal(columnNamed('id', 'study')?.keyword, 'PatientID');
	t.equal(columnNamed('desc', 'series')?.keyword, 'SeriesDescription');
	t.equal(columnNamed('patientname', 'study')?.keyword, 'PatientName');
	t.equal(columnNamed('zzz', 'study'), undefined);
});

t.test('a filter that was typed on is narrower, and gives the same as from all', async (t) => {
	t.equal(isNarrower('smi', 'sm'), true);
	t.equal(isNarrower('smith !j', 'smith '), false);
	t.equal(isNarrower('s', ''), false);
	for (const text of ['smith ja', '!smith', 'mod:ct s', 'inst:>10', '"ct h"']) {
		const browsing = new Reducing()
			.ask()
			.rows(rows.map(({ dataset }) => dataset))
			.end()
			.press('/');
		for (const letter of text) browsing.type(letter);
		const direct = new Reducing()
			.ask()
			.rows(rows.map(({ dataset }) => dataset))
			.end()
			.press('/')
			.type(text);
		t.strictSame(browsing.shown, direct.shown, text);
	}
});

t.test('the filter: rows that come pass it, the cursor stays on its row, Esc clears it', async (t) => {
	const browsing = new Reducing().ask().rows(studies(1, 40)).press('j', 'j', 'j', 'j', '/');
	t.equal(browsing.row?.uid, '1.2.5');
	browsing.type('5');
	t.strictSame(browsing.shown, ['1.2.5', '1.2.15', '1.2.25', '1.2.35']);
	t.equal(browsing.row?.uid, '1.2.5');
	browsing.rows(studies(41, 50)).end();
	t.strictSame(browsing.shown, ['1.2.5', '1.2.15', '1.2.25', '1.2.35', '1.2.45', '1.2.50']);
	browsing.act({ type: 'key', action: 'down' }).act({ type: 'key', action: 'down' }).press('Enter');
	t.equal(browsing.state.browse.isFiltering, false);
	browsing.press('Esc');
	t.equal(browsing.level.filter, '');
	t.equal(browsing.row?.uid, '1.2.25');
	browsing.press('/').type('nobody').act({ type: 'edit', edit: 'backspace' });
	t.equal(browsing.level.filter, 'nobod');
	t.equal(browsing.row, undefined);
	browsing.press('Enter', 'Esc');
	t.ok(browsing.row);
	browsing.press('/').type('5').press('Esc');
	t.equal(browsing.level.filter, '', 'Esc while typing as well');
});

const sortedBy = (keyword: string, descending: boolean): string =>
	orderOf(rows, undefined, { keyword, descending }, 'study')
		.map((place) => rows[place]?.uid.slice(4))
		.join('');

t.test('sorting: numbers as numbers, what is empty last, equal ones as they came', async (t) => {
	t.equal(sortedBy('NumberOfStudyRelatedInstances', false), '4213');
	t.equal(sortedBy('NumberOfStudyRelatedInstances', true), '1243');
	t.equal(sortedBy('StudyDate', false), '3214');
	t.equal(sortedBy('StudyDate', true), '1234');
	t.equal(sortedBy('PatientName', false), '4321');
	t.equal(sortedBy('node', true), '4123');
	t.equal(sortedBy('NoSuchThing', true), '1234');
	t.equal(sortedBy('StudyInstanceUID', true), '4321', 'also one that is not shown');
	t.equal(sortedBy('AccessionNumber', true), '1234');
});
