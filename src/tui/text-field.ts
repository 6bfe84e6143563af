/** One line of text that is edited: a caret, typing, pasting, deleting. */
import { sanitize } from '../output/sanitize.ts';

export interface TextField {
	readonly value: string;
	/** In code points, 0 to the length of `value`. */
	readonly caret: number;
}

export type Edit = 'backspace' | 'delete' | 'left' | 'right' | 'home' | 'end' | 'clear';

/** A field with its caret behind the text. */
export const fieldOf = (value: string): TextField => ({ value, caret: [...value].length });

/** Typed or pasted at the caret; line breaks of a paste become `separator`, so that a column of UIDs becomes a list. */
export const typed = <F extends TextField>(field: F, text: string, separator = ' '): F => {
	const clean = [
		...sanitize(
			text
				.replace(/\s*[\r\n]+\s*$/, '')
				.replace(/\s*[\r\n]+\s*/g, separator)
				.replaceAll('\t', ' '),
		),
	];
	const characters = [...field.value];
	const caret = Math.min(field.caret, characters.length);
	return {
		...field,
		value: [...characters.slice(0, caret), ...clean, ...characters.slice(caret)].join(''),
		caret: caret + clean.length,
	};
};

export const edited = <F extends TextField>(field: F, edit: Edit): F => {
	const characters = [...field.value];
	const caret = Math.min(field.caret, characters.length);
	const without = (at: number): string => characters.toSpliced(at, 1).join('');
	switch (edit) {
		case 'backspace':
			return caret === 0 ? field : { ...field, value: without(caret - 1), caret: caret - 1 };
		case 'delete':
			return caret === characters.length ? field : { ...field, value: without(caret), caret };
		case 'left':
			return { ...field, caret: Math.max(0, caret - 1) };
		case 'right':
			return { ...field, caret: Math.min(characters.length, caret + 1) };
		case 'home':
			return { ...field, caret: 0 };
		case 'end':
			return { ...field, caret: characters.length };
		case 'clear':
			return { ...field, value: '', caret: 0 };
	}
};
