/** An option as it was given, in the words of a command line that can be pasted. */
import type { OptionSpec } from '../cli/command.ts';
import { quoted } from '../output/shell-words.ts';

/** Nothing where it is as it is without being given. */
export const optionWords = (name: string, value: unknown, spec: OptionSpec): readonly string[] => {
	if (value === undefined || value === spec.default) return [];
	if (spec.type === 'boolean') return value === true ? [`--${name}`] : [];
	const spelled = name === 'calling' ? '-aet' : `--${name}`;
	const values: readonly unknown[] = Array.isArray(value) ? value : [value];
	return values.map((one) => `${spelled} ${quoted(String(one))}`);
};
