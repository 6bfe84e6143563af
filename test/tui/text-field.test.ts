/** One line of text under edit, and the cursor of a list. */
import t from 'tap';
import { cursorAt, cursorMoved, listHeight, topFor } from '../../src/tui/list-cursor.ts';
import { edited, fieldOf, type TextField, typed } from '../../src/tui/text-field.ts';

const shown = ({ value, caret }: TextField): string =>
	`${[...value].slice(0, caret).join('')}|${[...value].slice(caret).join('')}`;

t.test('typing and deleting at the caret', async (t) => {
	let field: TextField = fieldOf('SMTH');
	field = edited(edited(field, 'left'), 'left');
	field = typed(field, 'I');
	t.equal(shown(field), 'SMI|TH');
	t.equal(shown(edited(field, 'backspace')), 'SM|TH');
	t.equal(shown(edited(field, 'delete')), 'SMI|H');
	t.equal(shown(edited(field, 'home')), '|SMITH');
	t.equal(shown(edited(edited(field, 'home'), 'backspace')), '|SMITH');
	t.equal(shown(edited(edited(field, 'end'), 'delete')), 'SMITH|');
	t.equal(shown(edited(field, 'clear')), '|');
});

t.test('characters beyond the first plane are one each', async (t) => {
	const field = edited(fieldOf('a𠮷b'), 'left');
	t.equal(shown(edited(field, 'backspace')), 'a|b');
});

t.test('a paste is one line, harmless, and a column becomes a list', async (t) => {
	t.equal(shown(typed(fieldOf(''), '1.2\r\n1.3\n1.4\n', ',')), '1.2,1.3,1.4|');
	t.equal(shown(typed(fieldOf(''), 'a\tb\x1b[31m\u202e')), 'a b·[31m·|');
});

t.test('a caret behind the end is at the end', async (t) => {
	t.equal(shown(typed({ value: 'ab', caret: 9 }, 'c')), 'abc|');
	t.equal(shown(edited({ value: 'ab', caret: 9 }, 'backspace')), 'a|');
});

t.test('the cursor stays in the list, its row on the screen', async (t) => {
	let cursor = { at: 0, top: 0 };
	for (const [action, at, top] of [
		['down', 1, 0],
		['pageDown', 10, 1],
		['pageDown', 19, 10],
		['halfUp', 14, 10],
		['up', 13, 10],
		['last', 24, 15],
		['down', 24, 15],
		['pageUp', 15, 15],
		['halfUp', 10, 10],
		['first', 0, 0],
		['up', 0, 0],
		['halfDown', 5, 0],
	] as const) {
		cursor = cursorMoved(cursor, action, 25, 10) ?? cursor;
		t.strictSame(cursor, { at, top }, action);
	}
	t.equal(cursorMoved(cursor, 'open', 25, 10), undefined);
	t.strictSame(cursorMoved({ at: 0, top: 0 }, 'down', 0, 10), { at: 0, top: 0 });
	t.strictSame(cursorAt({ at: 20, top: 15 }, 20, 5, 10), { at: 4, top: 0 }, 'a list that has become shorter');
	t.equal(topFor(3, 9, 4, 10), 0);
	for (const rows of [3, 10, 12, 24, 40]) t.ok(listHeight({ columns: 80, rows }) >= 1);
});
