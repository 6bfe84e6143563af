/** The form of a node: its fields, what is wrong with them, and which of them the address book has to be told. */
import type { Reduced } from '../actions.ts';
import type { NodeState } from '../nodes/nodes-state.ts';
import type { State } from '../state.ts';
import { noted, type OverlayOf, opened } from './overlay-stack.ts';
import type { FormField } from './overlay-state.ts';

interface NodeField {
	/** As the address book calls it; `name` is the section. */
	readonly keyword: string;
	readonly label: string;
	readonly hint: string;
	readonly of: (node: NodeState) => string | number | undefined;
	/** @returns what is wrong with a value that is not empty */
	readonly check?: (value: string) => string | undefined;
}

const aeTitle = (value: string): string | undefined =>
	value.length > 16 || /[\\\p{C}]|[^\x20-\x7e]/u.test(value)
		? 'an AE title has at most 16 plain characters, no \\'
		: undefined;

const numeric =
	(most: number) =>
	(value: string): string | undefined =>
		/^\d{1,9}$/.test(value) && Number(value) >= 1 && Number(value) <= most ? undefined : `a number from 1 to ${most}`;

const NODE_FIELDS: readonly NodeField[] = [
	{
		keyword: 'name',
		label: 'Name',
		hint: 'what you call it: main, vna, ct1',
		of: ({ name }) => name,
		check: (value) =>
			/^[^[\]=@,\s\p{C}][^[\]=,\p{C}]*$/u.test(value) && value !== 'DEFAULT'
				? undefined
				: 'a word without brackets, commas and =, as main or ct1',
	},
	{
		keyword: 'ae_title',
		label: 'AE title',
		hint: 'its own, letter case counts; else the name',
		of: ({ calledAeTitle }) => calledAeTitle,
		check: aeTitle,
	},
	{ keyword: 'address', label: 'Host', hint: 'host name or address', of: ({ host }) => host },
	{ keyword: 'port', label: 'Port', hint: '104, or 2762 with TLS', of: ({ port }) => port, check: numeric(65_535) },
	{
		keyword: 'calling_ae_title',
		label: 'We are',
		hint: 'the AE title it knows us by',
		of: ({ callingAeTitle }) => callingAeTitle,
		check: aeTitle,
	},
	{
		keyword: 'tls',
		label: 'TLS',
		hint: 'yes or no',
		of: ({ tls }) => (tls ? 'yes' : 'no'),
		check: (value) => (value === 'yes' || value === 'no' ? undefined : 'yes or no'),
	},
	{
		keyword: 'charset',
		label: 'Character set',
		hint: 'of its answers, whatever they say: ISO_IR 100',
		of: ({ charset }) => charset,
	},
	{
		keyword: 'match_limit',
		label: 'Match limit',
		hint: 'how many matches it gives at most',
		of: ({ matchLimit }) => matchLimit,
		check: numeric(999_999_999),
	},
	{
		keyword: 'max_associations',
		label: 'Associations',
		hint: 'how many it takes at once',
		of: ({ maxAssociations }) => maxAssociations,
		check: numeric(1000),
	},
	{
		keyword: 'output_directory',
		label: 'Folder',
		hint: 'where what is retrieved goes',
		of: ({ folder }) => folder,
	},
	{
		keyword: 'layout',
		label: 'Paths',
		hint: 'how its files are named: {PatientID}/{StudyDate}',
		of: ({ layout }) => layout,
	},
	{ keyword: 'note', label: 'Note', hint: 'free text', of: ({ note }) => note },
];

const fieldsOf = (node: NodeState | undefined): readonly FormField[] =>
	// The name of a node that there is stands in the title.
	NODE_FIELDS.filter(({ keyword }) => node === undefined || keyword !== 'name').map(({ keyword, label, hint, of }) => {
		const value = node === undefined ? '' : String(of(node) ?? '');
		return { keyword, label, hint, value, caret: [...value].length };
	});

export const openAddNode = (state: State): Reduced =>
	opened(state, { kind: 'node', isSaving: false, fields: fieldsOf(undefined), at: 0, isNew: true, problem: undefined });

export const openEditNode = (state: State, name: string | undefined): Reduced => {
	const node = state.nodes.find((one) => one.name === name);
	if (node === undefined)
		return { state: noted(state, `${name ?? 'the node'} is not in the address book`, 'warning'), effects: [] };
	const fields = fieldsOf(node);
	return opened(state, {
		kind: 'node',
		node: node.name,
		isSaving: false,
		fields,
		at: 0,
		isNew: false,
		problem: undefined,
	});
};

/** The first thing that is wrong, and in which field. */
export const nodeProblem = (
	{ fields, isNew }: OverlayOf<'node'>,
	{ nodes }: Pick<State, 'nodes'>,
): { readonly at: number; readonly problem: string } | undefined => {
	for (const [at, { keyword, label, value }] of fields.entries()) {
		const text = value.trim();
		const isNeeded = keyword === 'address' || keyword === 'name';
		if (text === '' && isNeeded) return { at, problem: `${label} is needed` };
		const wrong = text === '' ? undefined : NODE_FIELDS.find((one) => one.keyword === keyword)?.check?.(text);
		if (wrong !== undefined) return { at, problem: `${label}: ${wrong}` };
		if (keyword === 'name' && isNew && nodes.some(({ name }) => name === text))
			return { at, problem: `there is a node ${text} already` };
	}
	return undefined;
};

/** What is to be written: of a node that there is only what was changed, '' for what was emptied. */
export const changedFields = (
	{ fields, isNew, node }: OverlayOf<'node'>,
	{ nodes }: Pick<State, 'nodes'>,
): { readonly name: string; readonly fields: Readonly<Record<string, string>> } => {
	const before = new Map(
		fieldsOf(nodes.find(({ name }) => name === node)).map(({ keyword, value }) => [keyword, value]),
	);
	const changed = fields
		.filter(({ keyword }) => keyword !== 'name')
		.map(({ keyword, value }) => [keyword, value.trim()] as const)
		.filter(([keyword, value]) => (isNew ? value !== '' : value !== (before.get(keyword) ?? '')));
	const name = node ?? fields.find(({ keyword }) => keyword === 'name')?.value.trim() ?? '';
	return { name, fields: Object.fromEntries(changed) };
};
