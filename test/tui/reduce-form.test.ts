/** The query form, through the reducer. */
import t from 'tap';
import type { Overlay } from '../../src/tui/overlays/overlay-state.ts';
import { nodeNamed, Reducing } from '../support/reducing.ts';

type Form = Extract<Overlay, { readonly kind: 'form' }>;

const formOf = (browsing: Reducing): Form => {
	const top = browsing.state.overlays.at(-1);
	if (top?.kind !== 'form') throw new Error(`on top is ${top?.kind ?? 'nothing'}`);
	return top;
};
const labels = (browsing: Reducing): readonly string[] => formOf(browsing).fields.map(({ label }) => label);
const to = (browsing: Reducing, keyword: string): Reducing => {
	for (let tries = 0; tries < 30 && formOf(browsing).fields[formOf(browsing).at]?.keyword !== keyword; tries++)
		browsing.press('Tab');
	return browsing;
};
const hint = (browsing: Reducing): string => formOf(browsing).fields[formOf(browsing).at]?.hint ?? '';

t.test('typed, its hints follow, Enter asks', async (t) => {
	const browsing = new Reducing().press('f');
	t.strictSame(labels(browsing), [
		'Patient name',
		'Patient ID',
		'Accession',
		'Study date',
		'Modality',
		'Description',
		'Referring',
		'Study UID',
		'+ add key',
	]);
	t.equal(formOf(browsing).sameAs, 'dimse find main');
	browsing.type('SMITH');
	t.match(hint(browsing), /exact name only; add \*/);
	browsing.type('*');
	t.match(hint(browsing), /wildcards/);
	to(browsing, 'StudyDate').type('2024-01-01..2024-12-31');
	to(browsing, 'ModalitiesInStudy').type('CT');
	t.equal(formOf(browsing).sameAs, "dimse find main --name 'SMITH*' --date 2024-01-01..2024-12-31 -m CT");
	t.equal(formOf(browsing).sends, 'PatientName=SMITH*  StudyDate=20240101-20241231  ModalitiesInStudy=CT');
	browsing.press('Enter');
	t.equal(browsing.state.overlays.length, 0);
	t.match(browsing.take(), [
		{
			do: 'query',
			query: {
				level: 'study',
				model: 'study',
				keys: { PatientName: 'SMITH*', StudyDate: '2024-01-01..2024-12-31', ModalitiesInStudy: 'CT' },
			},
		},
	]);
	browsing.press('f');
	t.equal(formOf(browsing).fields[0]?.value, 'SMITH*', 'the next time it has what was asked');
	browsing.act({ type: 'edit', edit: 'clear' });
	t.equal(formOf(browsing).sends, '');
	browsing.press('Esc');
	t.equal(browsing.state.overlays.length, 0);
});

t.test('letters are text, also those that are keys elsewhere', async (t) => {
	const browsing = new Reducing().press('f').press('q', '?', ':', '1', 'j', 'k', 'Space', 'M');
	t.equal(formOf(browsing).fields[0]?.value, 'q?:1jk M');
});

t.test('what is no value is said, and not asked', async (t) => {
	const browsing = new Reducing().press('f');
	browsing.take();
	to(browsing, 'StudyDate').type('soon');
	t.match(hint(browsing), /"soon" is not a date/);
	browsing.press('Tab', 'Enter');
	t.match(formOf(browsing).problem, /"soon" is not a date/);
	t.equal(formOf(browsing).fields[formOf(browsing).at]?.keyword, 'StudyDate', 'the cursor is where it is wrong');
	t.strictSame(browsing.take(), []);
	browsing.type('x');
	t.equal(formOf(browsing).problem, undefined);
});

t.test('level and model: by arrows, letters and blanks; patients have a root of their own', async (t) => {
	const browsing = new Reducing().press('f').type('X*').press('Up', 'Up');
	t.equal(formOf(browsing).at, -2);
	browsing.act({ type: 'edit', edit: 'left' });
	t.match(formOf(browsing).query, { level: 'patient', model: 'patient' });
	t.equal(formOf(browsing).fields[0]?.value, 'X*', 'what was typed is kept');
	browsing.press('Down').press('Space');
	t.match(formOf(browsing).query, { level: 'study', model: 'study' }, 'study root has no patient level');
	browsing.press('Space');
	t.match(formOf(browsing).query, { level: 'study', model: 'patient' });
	t.match(formOf(browsing).sameAs, /-M patient/);
	browsing.press('Up').type('i');
	t.equal(formOf(browsing).query.level, 'instance');
	t.ok(labels(browsing).includes('SOP UID'));
	browsing.press('Space');
	t.equal(formOf(browsing).query.level, 'patient', 'round and round');
});

t.test('a modality of studies is one of series', async (t) => {
	const browsing = new Reducing().press('f');
	to(browsing, 'ModalitiesInStudy').type('MR');
	browsing.press('g');
	for (let up = 0; up < 20 && formOf(browsing).at !== -2; up++) browsing.press('Up');
	browsing.type('se');
	t.match(formOf(browsing).query, { level: 'series', keys: { Modality: 'MRg' } });
});

t.test('keys are added by keyword or tag, with a value or without', async (t) => {
	const browsing = new Reducing().press('f');
	to(browsing, '').type('StationNam');
	t.match(hint(browsing), /StationName/, 'a suggestion');
	browsing.press('Enter');
	t.match(formOf(browsing).problem, /"StationNam" is no keyword and no tag: StationName/);
	browsing.type('e').press('Enter');
	t.match(formOf(browsing).fields.at(-2), { keyword: 'StationName', label: 'Station Name', value: '' });
	t.equal(formOf(browsing).at, formOf(browsing).fields.length - 2, 'its value comes next');
	browsing.type('CT1');
	to(browsing, '').type('0008,0080=ST MARY').press('Tab');
	t.match(formOf(browsing).fields.at(-2), { keyword: 'InstitutionName', value: 'ST MARY' });
	to(browsing, '').type('PatientSex').press('Enter').press('Enter');
	t.match(browsing.take(), [
		{ do: 'query', query: { keys: { StationName: 'CT1', InstitutionName: 'ST MARY', PatientSex: '' } } },
	]);
});

t.test('200 UIDs are pasted as a list', async (t) => {
	const browsing = new Reducing().press('f');
	const uids = Array.from({ length: 200 }, (_, index) => `1.2.840.${index}`);
	to(browsing, 'StudyInstanceUID').type(`${uids.join('\n')}\n`);
	t.match(hint(browsing), /list of 200/);
	t.match(formOf(browsing).sameAs, new RegExp(`--study-uid ${uids.join(',')}$`));
	browsing.press('Enter');
	t.match(browsing.take(), [{ query: { keys: { StudyInstanceUID: uids.join(',') } } }]);
});

t.test('what a node is known for, and several nodes', async (t) => {
	const nodes = [nodeNamed('main', { learned: ['names: case-sensitive'] }), nodeNamed('vna')];
	const browsing = new Reducing(nodes).ask({}, ['main', 'vna']).press('f').type('x*');
	t.equal(formOf(browsing).hint, 'names: case-sensitive');
	t.match(formOf(browsing).sameAs, /^for node in main vna; do dimse find "\$node" /);
});

t.test('an earlier query takes the place of what is in the form', async (t) => {
	const browsing = new Reducing()
		.ask({ keys: { PatientID: 'OLD' } })
		.press('f')
		.type('X');
	browsing.press('Ctrl+O', 'Enter');
	t.equal(browsing.state.overlays.length, 1);
	t.match(formOf(browsing).query, { keys: { PatientID: 'OLD' } });
	t.notMatch(formOf(browsing).sends, /PatientName/);
});

t.test('what a peer wrote does not steer the terminal through a paste', async (t) => {
	const browsing = new Reducing().press('f').type('\x1b]52;c;AAAA\x07');
	t.notMatch(formOf(browsing).sameAs, /\p{Cc}/u);
});
