/**
 * The first pass over the arguments: every spelling, ours or another tool's, becomes `--option=value`, so that no later parser can take
 * `-aet ME host 104` for `-a et` and ME for the host.
 */
import { DicomError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { GENERAL, OUTPUT } from './option-groups.ts';
import { arityOf, type Meaning, type Spelled, spellingsOf, takesValue } from './spellings.ts';

/** To be said on stderr: a warning unless -q, anything else with -v. */
export interface Note {
	readonly isWarning: boolean;
	readonly text: string;
}

export interface Arguments {
	/** Each `--name` or `--name=value`, in order. */
	readonly options: readonly string[];
	readonly positionals: readonly string[];
	readonly notes: readonly Note[];
}

/** @throws DicomError usage */
export const readArguments = (command: Spelled, argv: readonly string[], calledBy = command.name): Arguments => {
	const spellings = spellingsOf(command, calledBy);
	const options: string[] = [];
	const positionals: string[] = [];
	const notes: Note[] = [];
	for (let at = 0; at < argv.length; at++) {
		const token = argv[at] ?? '';
		if (token === '--') {
			positionals.push(...argv.slice(at + 1));
			break;
		}
		const read = optionOf(token, spellings);
		if (read === undefined) {
			positionals.push(token);
			continue;
		}
		for (const { spelling, meaning, glued } of read) {
			const values = glued === undefined ? [] : [glued];
			while (values.length < arityOf(meaning)) {
				const next = argv[++at];
				if (next === undefined || next === '--' || spellings.has(next)) throw withoutValue(spelling, meaning, next);
				values.push(next);
			}
			take(spelling, meaning, values);
		}
	}
	return { options, positionals, notes };

	function take(spelling: string, meaning: Meaning, values: readonly string[]): void {
		switch (meaning.kind) {
			case 'option':
				options.push(values[0] === undefined ? `--${meaning.name}` : `--${meaning.name}=${values[0]}`);
				return;
			case 'set':
				options.push(`--${meaning.name}=${meaning.value}`);
				return;
			case 'old': {
				const { old } = meaning;
				if ('refused' in old) throw usage(`${spelling} is not supported`, old.refused);
				if ('ignored' in old) notes.push({ isWarning: false, text: `${spelling} is ignored: ${old.ignored}` });
				else {
					options.push(...old.to.map((to) => to.replace(/\$([12])/, (_, n: string) => values[Number(n) - 1] ?? '')));
					if (old.warning !== undefined) notes.push({ isWarning: true, text: `${spelling}: ${old.warning}` });
				}
			}
		}
	}
};

interface Read {
	readonly spelling: string;
	readonly meaning: Meaning;
	readonly glued?: string;
}

/** What a token says; undefined for a positional. */
const optionOf = (token: string, spellings: ReadonlyMap<string, Meaning>): readonly Read[] | undefined => {
	if (token.length < 2 || !/^[-+]/.test(token)) return undefined;
	const exact = spellings.get(token);
	if (exact !== undefined) return [{ spelling: token, meaning: exact }];
	const equals = token.indexOf('=');
	const head = equals === -1 ? token : token.slice(0, equals);
	const meaning = spellings.get(head);
	if (meaning !== undefined)
		return [{ spelling: head, meaning, glued: checkedGlue(head, meaning, token.slice(equals + 1)) }];
	// A file may be called +2 days.dcm; the other tools' words with a plus are short.
	if (token.startsWith('+')) {
		if (!/^\+[a-z0-9=]{1,3}$/i.test(token)) return undefined;
		throw unknown(token, spellings);
	}
	if (token.startsWith('--') || spellings.has(`-${head}`)) throw unknown(head, spellings);
	return cluster(token, spellings) ?? gluedValue(token, spellings) ?? unknownThrown(head, spellings);
};

const checkedGlue = (spelling: string, meaning: Meaning, value: string): string => {
	const isFlag = meaning.kind === 'option' && meaning.spec.type === 'boolean' && /^(?:true|false)$/.test(value);
	if (arityOf(meaning) === 1 || isFlag) return value;
	throw usage(arityOf(meaning) === 2 ? `${spelling} takes two values, each by itself` : `${spelling} takes no value`);
};

/** `-vq`: one-letter flags in one word. */
const cluster = (token: string, spellings: ReadonlyMap<string, Meaning>): readonly Read[] | undefined => {
	const reads: Read[] = [];
	for (const letter of token.slice(1)) {
		const meaning = spellings.get(`-${letter}`);
		if (meaning === undefined || meaning.kind === 'old' || arityOf(meaning) !== 0) return undefined;
		reads.push({ spelling: `-${letter}`, meaning });
	}
	return reads;
};

/**
 * `-kPatientID=`: one letter and its value in one word. What could be a word of its own is none: `-outdir DIR host` is a slip, and taking
 * it for `-o utdir` would make DIR the host.
 */
const gluedValue = (token: string, spellings: ReadonlyMap<string, Meaning>): readonly Read[] | undefined => {
	const spelling = token.slice(0, 2);
	const glued = token.slice(2);
	const meaning = spellings.get(spelling);
	if (meaning?.kind !== 'option' || !takesValue(meaning.spec)) return undefined;
	const { choices, synonyms } = meaning.spec;
	const isChoice = choices?.includes(glued) === true || (synonyms !== undefined && Object.hasOwn(synonyms, glued));
	return /^[a-z-]+$/.test(glued) && !isChoice ? undefined : [{ spelling, meaning, glued }];
};

const usage = (message: string, hint?: string, suggestions?: readonly string[]): DicomError =>
	new DicomError({
		blame: 'usage',
		message,
		...(hint === undefined ? {} : { hint }),
		...(suggestions === undefined || suggestions.length === 0 ? {} : { suggestions }),
	});

const withoutValue = (spelling: string, meaning: Meaning, next: string | undefined): DicomError => {
	const what = meaning.kind === 'option' ? `${spelling} ${meaning.spec.value ?? 'VALUE'}` : spelling;
	return next === undefined || next === '--'
		? usage(`${what}: the value is missing`)
		: usage(
				`${what}: the value is missing before ${next}`,
				meaning.kind === 'option' ? `if ${next} is the value: --${meaning.name}=${next}` : undefined,
			);
};

const unknownThrown = (token: string, spellings: ReadonlyMap<string, Meaning>): never => {
	throw unknown(token, spellings);
};

/** Never guessed at, whatever is near. */
const unknown = (token: string, spellings: ReadonlyMap<string, Meaning>): DicomError => {
	const bare = token.replace(/^[-+]+/, '');
	const words = [...spellings].flatMap(([spelling, meaning]) =>
		meaning.kind === 'option' && meaning.spec.hidden === true ? [] : [spelling],
	);
	const same = words.filter((word) => word.replace(/^[-+]+/, '') === bare);
	const near = nearest(
		bare,
		words.filter((word) => word.startsWith('--')).map((word) => word.slice(2)),
	).map((word) => `--${word}`);
	return usage(`unknown option ${token}`, undefined, same.length > 0 ? same : near);
};

const GLOBAL = {
	name: 'dimse',
	options: { ...GENERAL, ...OUTPUT },
	positionals: [],
	oldSpellings: [],
} satisfies Spelled;

/** `dimse -v --config F echo main`: options before the command go behind it, where its parser reads them. */
export const commandFirst = (argv: readonly string[]): readonly string[] => {
	const spellings = spellingsOf(GLOBAL);
	for (let at = 0; at < argv.length; at++) {
		const token = argv[at] ?? '';
		if (token === '--') break;
		const read = optionOf(token, spellings);
		if (read === undefined) return [token, ...argv.slice(0, at), ...argv.slice(at + 1)];
		const last = read.at(-1);
		if (last !== undefined && last.glued === undefined) at += arityOf(last.meaning);
	}
	return argv;
};
