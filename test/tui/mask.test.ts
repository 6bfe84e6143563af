/** Pseudonyms: stable, different for different patients, and not to be found out by trying. */
import t from 'tap';
import { masked, setMaskSalt } from '../../src/tui/mask.ts';

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
