/** `--fields`: which attributes are asked for and shown (ux.md 4.3). */
import type { Column, Form } from './columns.ts';
import { column } from './columns.ts';

/** An attribute that a user named: `keyword` as for a `Column`, `path` the tags to it. */
export interface NamedAttribute {
	readonly keyword: string;
	readonly path: readonly string[];
	readonly vr: string;
}

/**
 * Applies `--fields` to the columns of a level: `+X,Y` adds, and shows what is hidden, `-X` removes, and a list without a sign replaces. A sign holds until the
 * next one: `+X,Y,-Z`.
 *
 * @param resolve finds the attribute for what was typed; its error (an unknown keyword) is the user's.
 * @param known the columns as they are shown where they are: of the defaults some may be hidden.
 */
export const selectColumns = (
	defaults: readonly Column[],
	text: string,
	resolve: (text: string) => NamedAttribute,
	known: readonly Column[] = defaults,
): readonly Column[] => {
	let sign = '';
	let selected: readonly Column[] = /^\s*[+-]/.test(text) ? defaults : [];
	for (const item of text.split(',').map((part) => part.trim())) {
		const [, own = '', name = ''] = /^([+-]?)(.*)$/s.exec(item) ?? [];
		if (own !== '') sign = own;
		if (name.trim() === '') continue;
		const named = resolve(name.trim());
		const others = selected.filter((one) => !isSame(one, named));
		if (sign === '-') selected = others;
		else if (others.length === selected.length) selected = [...selected, namedColumn(known, named)];
		else selected = selected.map((one) => (isSame(one, named) ? namedColumn(known, named) : one));
	}
	// In a list of one's own what comes first matters most; what was added is wanted more than a UID, and less than the rest.
	return /^\s*[+-]/.test(text)
		? selected
		: selected.map((one, index) => ({ ...one, priority: Math.max(1, 100 - index) }));
};

const ADDED_PRIORITY = 45;

const isSame = (one: Column, named: NamedAttribute): boolean => one.path.join('.') === named.path.join('.');

/** The column of these that shows the attribute, else one made from its VR and keyword; visible in tables too. */
export const namedColumn = (defaults: readonly Column[], named: NamedAttribute): Column => {
	const known = defaults.find((one) => isSame(one, named));
	if (known !== undefined) return { ...known, priority: Math.max(known.priority, ADDED_PRIORITY) };
	const last = named.keyword.split('.').at(-1) ?? named.keyword;
	return column(named.keyword, named.path, headingOf(last), ADDED_PRIORITY, FORMS[named.vr] ?? 'text');
};

/** `SOPInstanceUID` is `SOP INSTANCE UID`. */
const headingOf = (keyword: string): string =>
	keyword
		.replace(/([a-z\d])([A-Z])/g, '$1 $2')
		.replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
		.toUpperCase();

const FORMS: Readonly<Record<string, Form>> = {
	CS: 'codes',
	DA: 'date',
	TM: 'time',
	DT: 'datetime',
	UI: 'uid',
	IS: 'number',
	US: 'number',
	UL: 'number',
	SS: 'number',
	SL: 'number',
};
