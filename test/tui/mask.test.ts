/** Pseudonyms: stable, different for different patients, and not to be found out by trying. */
import t from 'tap';
import { masked, maskedValue, maskKindOf, setMaskSalt } from '../../src/tui/mask.ts';

t.test('the same text has the same pseudonym, another has another', async (t) => {
	t.equal(masked('SMITH^JOHN', 'name'), masked('SMITH^JOHN', 'name'));
	t.match(masked('SMITH^JOHN', 'name'), /^PATIENT\^[A-Z2-9]{6}$/);
	t.match(masked('P001', 'id'), /^ID-[A-Z2-9]{6}$/);
	t.equal(masked('19700101', 'date'), '****-**-**');
	const many = Array.from({ length: 2000 }, (_, index) => masked(`P${index}`, 'id'));
	t.ok(new Set(many).size >= 1998, 'they collide as seldom as 30 bits do');
	t.not(masked('P001', 'id').slice(3), masked('P001', 'name').slice(8), 'a name does not give an ID away');
});

t.test('nothing of the text is left', async (t) => {
	for (const text of ['SMITH^JOHN', 'Müller', '山田^太郎', '12345678'])
		for (const part of text.split('^'))
			t.notOk(masked(text, 'name').includes(part) || masked(text, 'id').includes(part), text);
});

t.test('what is empty stays empty', async (t) => {
	t.equal(masked('', 'name'), '');
	t.equal(masked('  ', 'date'), '  ');
});

t.test('another run has others', async (t) => {
	const before = masked('SMITH^JOHN', 'name');
	setMaskSalt('x');
	t.teardown(() => setMaskSalt(''));
	t.not(masked('SMITH^JOHN', 'name'), before);
});

t.test('of what an attribute is tells whether it is masked: people, IDs, and all of the patient', async (t) => {
	t.strictSame(
		['00100010', '00080090', '00101060', '00100020', '00080050', '00200010', '00100030', '00104000', '00100040'].map(
			(tag) => maskKindOf([tag]),
		),
		['name', 'name', 'name', 'id', 'id', 'id', 'date', 'text', 'text'],
	);
	for (const tag of ['00080020', '0020000D', '00081030', '00180010', '00091010']) t.equal(maskKindOf([tag]), undefined);
	t.equal(maskKindOf(['00091010'], 'PN'), 'name', 'a private name');
	t.equal(maskKindOf(['00101002', '00080104']), 'text', 'what is within the patient');
	t.equal(maskKindOf(['00400275', '00080050']), 'id', 'in a sequence of something else');
});

t.test('a key is masked however it is written', async (t) => {
	for (const key of [
		'PatientID',
		'0010,0020',
		'(0010,0020)',
		'00100020',
		'RequestAttributesSequence[0].AccessionNumber',
	])
		t.match(maskedValue(key, 'P001'), /^ID-/, key);
	t.equal(maskedValue('PatientComments', 'fell off a horse'), '****');
	t.equal(maskedValue('StudyDate', '2024'), '2024');
	t.equal(maskedValue('no key', 'x'), 'x');
});
