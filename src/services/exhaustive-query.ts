/** A study-level query in parts that are small enough: what an archive that cuts its answers off still has is found by asking for less. */
import type { Dataset } from '../dicom/dataset.ts';
import { textOf } from '../dicom/dataset.ts';
import { TAG } from '../dicom/tags.ts';
import { DAYS, dayNumber, halves, numbers, SECONDS, secondNumber, span, spanOf } from './date-spans.ts';
import {
	child,
	comparable,
	identifierOf,
	isDay,
	isElsewhere,
	isWell,
	type MatchKeys,
	type Node,
	prefixOf,
	saysOf,
	unanswered,
} from './query-parts.ts';

/** What came back for one part. */
export interface PartAnswer {
	readonly matches: readonly MatchKeys[];
	/** The peer itself said that there is more: A700, B001, or an FE00 that nobody asked for. */
	readonly isCutOff: boolean;
}

/** One query of several. */
export interface Part {
	readonly identifier: Dataset;
	/** For people: `2024-03-01 to 2024-06-30`. */
	readonly says: string;
}

/** What is not certain at the end. */
export interface Doubts {
	/** Parts that still look cut off and cannot be made smaller, or whose own parts do not bring what they showed themselves. */
	readonly unresolved: readonly string[];
	/** A part was asked by modality or by first letter: who has another one may be missing. */
	readonly byLetters: boolean;
	/** There is a limit, and matches without a date cannot be asked for. */
	readonly undated: boolean;
	/** A day was asked in parts of it, where there is a limit: matches without a time are in none of them. */
	readonly untimed: boolean;
	/** There is a limit, and so many matches have a date or time that is none: whether ranges match such ones is up to the archive. */
	readonly malformed: number;
	/** The archive answers with other dates or times than were asked for: it cannot be asked in parts. */
	readonly isIgnored: boolean;
	/** The most queries were used up. */
	readonly isGivenUp: boolean;
}

export interface ExhaustiveOptions {
	/** A count at which archives stop; asked as long as no limit is proven. */
	readonly isSuspect: (count: number) => boolean;
	readonly maxQueries?: number;
}

const MAX_QUERIES = 500;
/** Those that are asked for beside the ones that were seen (PS3.3 C.7.3.1.1.1). */
const MODALITIES =
	'CR CT DX ES IO KO MG MR NM OP OT PR PT PX RF RG RTDOSE RTIMAGE RTPLAN RTSTRUCT SC SEG SM SR US XA XC DOC ECG OCT MX'.split(
		' ',
	);
/** What names go on with; beside them what was seen. */
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789^-' ";
const SMALL_LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const MOST_LETTERS = 4;
const MOST_SEEN = 60;

/**
 * Ask for `next` and say what came with `answered`, until there is no next one. Matches of every part count, also of those that were
 * made smaller afterwards; who collects them sorts out the doubles. The first answer is always checked by halves: together they hold more
 * than it only where there is a limit.
 */
export class ExhaustiveQuery {
	readonly #isSuspect: (count: number) => boolean;
	readonly #maxQueries: number;
	readonly #stack: Node[] = [];
	readonly #unresolved: string[] = [];
	readonly #root: Node;
	#asked: Node | undefined;
	#queries = 0;
	#limit: number | undefined;
	/** The most matches that came at once. */
	#most = 0;
	/** The most studies that came at once where the peer did not say that there is more. */
	#mostWhole = 0;
	/** What the names that came go on with, by their beginnings in upper case. */
	readonly #next = new Map<string, Set<string>>();
	/** Whether case counts in names, once that was seen. */
	#case: 'minded' | 'folded' | undefined;
	#wasCutOff = false;
	#hasUndated = false;
	#hasTimes = false;
	#byLetters = false;
	#isIgnored = false;
	readonly #malformed = new Set<string>();
	/** Those that did not look cut off before it was known at what number the archive stops. */
	#settledUnproven: Node[] = [];
	/** Those whose parts are asked, or have been: the latest last, so that parts stand behind their wholes. */
	readonly #divided: Node[] = [];

	/** @param identifier of study level, as it would be asked in one */
	constructor(identifier: Dataset, { isSuspect, maxQueries = MAX_QUERIES }: ExhaustiveOptions) {
		this.#isSuspect = isSuspect;
		this.#maxQueries = maxQueries;
		this.#root = {
			identifier,
			date: spanOf(textOf(identifier, TAG.StudyDate), DAYS, dayNumber),
			time: spanOf(textOf(identifier, TAG.StudyTime), SECONDS, secondNumber),
			modality: undefined,
			prefix: undefined,
			isExact: false,
			isSpare: false,
			parent: undefined,
			...unanswered(),
		};
		this.#stack.push(this.#root);
	}

	get queries(): number {
		return this.#queries;
	}

	/** The number of matches that the archive was proven to stop at. */
	get limit(): number | undefined {
		return this.#limit;
	}

	get doubts(): Doubts {
		const isLimited = this.#limit !== undefined || this.#wasCutOff;
		return {
			unresolved: this.#unresolved,
			byLetters: this.#byLetters,
			isIgnored: this.#isIgnored,
			undated: isLimited && (this.#hasUndated || this.#root.date === undefined),
			untimed: isLimited && this.#hasTimes,
			malformed: isLimited ? this.#malformed.size : 0,
			isGivenUp: this.#queries >= this.#maxQueries && this.#stack.length > 0,
		};
	}

	next(): Part | undefined {
		const node = this.#following();
		if (node === undefined) return undefined;
		if (this.#queries >= this.#maxQueries) {
			this.#stack.push(node);
			return undefined;
		}
		this.#asked = node;
		this.#queries++;
		return { identifier: identifierOf(node), says: saysOf(node) };
	}

	#following(): Node | undefined {
		for (;;) {
			if (this.#stack.length === 0) this.#askForMissing();
			const node = this.#stack.pop();
			if (node === undefined || !node.isSpare || this.#isWanted(node)) return node;
		}
	}

	/** The answer to the part that `next` gave last. */
	answered({ matches, isCutOff }: PartAnswer): void {
		const node = this.#asked;
		if (node === undefined) return;
		this.#asked = undefined;
		node.count = matches.length;
		node.matches = matches;
		node.isCutOff = isCutOff;
		const shown = new Set(matches.map(({ uid }) => uid));
		if (this.#limit === undefined) node.shown = shown;
		this.#most = Math.max(this.#most, node.count);
		this.#wasCutOff ||= isCutOff;
		for (const { uid, date, time } of matches) if (!isWell(date, time)) this.#malformed.add(uid);
		this.#isIgnored ||= isElsewhere(matches, node);
		if (!isCutOff) this.#mostWhole = Math.max(this.#mostWhole, shown.size);
		for (let whole: Node | undefined = node; whole !== undefined; whole = whole.parent)
			for (const uid of shown) {
				if (whole !== node) whole.missing.delete(uid);
				if (whole.isCutOff && (whole.count === 0 || whole.brought.size <= whole.count)) whole.brought.add(uid);
			}
		for (const { name } of matches) this.#note(name, node);
		this.#judgeWholes(node);
		const looksCutOff = this.#looksCutOff(node) && !this.#isByBeginning(node);
		if (looksCutOff || this.#isToBeChecked(node)) {
			if (this.#divide(node, looksCutOff)) return;
			if (looksCutOff) this.#giveUp(node, saysOf(node));
		}
		if (!looksCutOff && this.#limit === undefined) this.#settledUnproven.push(node);
	}

	/** @param isNeeded it looks cut off; else it is divided only to see whether there is a limit. */
	#divide(node: Node, isNeeded: boolean): boolean {
		if (this.#isIgnored) return false;
		const children = this.#split(node, isNeeded);
		if (children.length === 0) return false;
		const { matches } = node;
		const among = node.dividedBy === 'spans' ? comparable(matches, children) : matches;
		if (children.some(({ time }) => time !== node.time)) this.#hasTimes = true;
		else this.#hasUndated ||= among.length > 0 && matches.some(({ date }) => date === '');
		node.missing = new Set(among.map(({ uid }) => uid).filter((uid) => uid !== ''));
		node.modalities = [...new Set(matches.flatMap(({ modalities }) => modalities))];
		node.matches = []; // wholes are kept to the end
		this.#divided.push(node);
		this.#stack.push(...children.reverse());
		return true;
	}

	/** Nothing says yet that the archive stops anywhere: the first answer may be all, and so may a part that brings as many as the whole. */
	#isToBeChecked({ count, parent }: Node): boolean {
		return this.#limit === undefined && count > 0 && (parent === undefined || count === parent.count);
	}

	#looksCutOff({ count, isCutOff }: Node): boolean {
		if (isCutOff) return true;
		return this.#limit === undefined ? this.#isSuspect(count) : count >= this.#limit;
	}

	/**
	 * A study that a whole did not show, though it lies within, proves that the whole was cut off. One that gave fewer than another part did
	 * was so for another reason than a number to stop at, and one that was refused says nothing of a number either.
	 */
	#judgeWholes(part: Node): void {
		if (this.#limit !== undefined && this.#most > this.#limit) this.#limit = undefined;
		if (this.#limit !== undefined || this.#isIgnored) return;
		for (let whole = part.parent; whole !== undefined; whole = whole.parent) {
			const { dividedBy, shown, count } = whole;
			if (
				dividedBy !== 'spans' ||
				shown.size === 0 ||
				count < this.#most ||
				[...part.shown].every((uid) => shown.has(uid))
			)
				continue;
			this.#prove(count);
			return;
		}
	}

	#prove(limit: number): void {
		this.#limit = limit;
		const settled = this.#settledUnproven;
		this.#settledUnproven = [];
		for (const node of settled.reverse())
			if (node.count >= limit && !this.#divide(node, true)) this.#giveUp(node, saysOf(node));
	}

	#split(node: Node, isNeeded: boolean): Node[] {
		const { date, matches } = node;
		if (node.modality !== undefined || node.prefix !== undefined) return isNeeded ? this.#splitByWords(node) : [];
		const days = span(date ?? DAYS, DAYS);
		if (days.from < days.to) {
			const spans = halves(
				days,
				numbers(
					matches.map((match) => match.date),
					dayNumber,
				),
			);
			node.dividedBy = 'spans';
			return spans.map((one) => child(node, { date: one }));
		}
		if (date === undefined && textOf(node.identifier, TAG.StudyDate) !== '')
			return isNeeded ? this.#splitByWords(node) : [];
		const isTimeGiven = textOf(node.identifier, TAG.StudyTime) !== '' && node.time === undefined;
		const seconds = span(node.time ?? SECONDS, SECONDS);
		if (!isTimeGiven && seconds.from < seconds.to) {
			const spans = halves(
				seconds,
				numbers(
					matches.map((match) => match.time),
					(text) => secondNumber(text),
				),
			);
			node.dividedBy = 'spans';
			return spans.map((one) => child(node, { time: one }));
		}
		return isNeeded ? this.#splitByWords(node) : [];
	}

	/** By modality first, then by letters; also where spans of dates and times, or modalities, did not do. */
	#splitByWords(node: Node): Node[] {
		const { modality, prefix, identifier, matches, modalities, dividedBy } = node;
		const isWhole = modality === undefined && prefix === undefined && dividedBy !== 'modality';
		if (isWhole && textOf(identifier, TAG.ModalitiesInStudy) === '') {
			node.dividedBy = 'modality';
			this.#byLetters = true;
			const seen = [...modalities, ...matches.flatMap((match) => match.modalities)];
			return [...new Set([...seen, ...MODALITIES])].map((one) => child(node, { modality: one }));
		}
		const base = prefixOf(textOf(identifier, TAG.PatientName));
		if (dividedBy === 'letters' || base === undefined || node.isExact) return [];
		const given = prefix ?? base;
		if ([...given].length >= [...base].length + MOST_LETTERS) return [];
		node.dividedBy = 'letters';
		this.#byLetters = true;
		const seen = [...(this.#next.get(given.toUpperCase()) ?? [])].filter((one) => !/[A-Za-z]/.test(one));
		const letters = new Set([...LETTERS, ...seen.slice(0, MOST_SEEN)]);
		if (given === '' || given.endsWith('^')) letters.delete(' '); // blanks in front mean nothing
		return [
			...[...letters].map((one) => child(node, { prefix: given + one })),
			...[...SMALL_LETTERS].map((one) => child(node, { prefix: given + one, isSpare: true })),
			...(given === '' ? [] : [child(node, { prefix: given, isExact: true })]),
		];
	}

	/** Whether to ask for a small letter: where case does not count, it only brings once more what the capital one brought. */
	#isWanted({ prefix = '', parent }: Node): boolean {
		if (this.#case !== undefined) return this.#case === 'minded';
		const [letter = '', ...before] = [...prefix].reverse();
		const seen = this.#next.get(before.reverse().join('').toUpperCase());
		return seen?.has(letter) === true || (parent !== undefined && this.#isShort(parent));
	}

	/** What follows the beginnings of a name: of those that it may be asked for by. */
	#note(name: string, { prefix = '', isSpare }: Node): void {
		if (!name.startsWith(prefix) && name.toUpperCase().startsWith(prefix.toUpperCase())) this.#case = 'folded';
		else if (isSpare && name.startsWith(prefix)) this.#case ??= 'minded';
		const base = [...(prefixOf(textOf(this.#root.identifier, TAG.PatientName)) ?? '')].length;
		const letters = [...name].slice(0, base + MOST_LETTERS);
		for (let index = base; index < letters.length; index++) {
			const letter = letters[index] ?? '';
			if (/[*?=\\\p{Cc}]/u.test(letter)) return;
			const before = letters.slice(0, index).join('').toUpperCase();
			const next = this.#next.get(before);
			if (next === undefined) this.#next.set(before, new Set([letter]));
			else next.add(letter);
		}
	}

	/**
	 * The peer takes a whole name for the beginning of one, or leaves out a blank at the end of what is before the asterisk: what that did not
	 * bring is asked by letters beside it. Where nothing came at all, it is so if they brought enough.
	 */
	#isByBeginning({ isExact, prefix = '', parent, matches }: Node): boolean {
		if (parent === undefined || !(isExact || prefix.endsWith(' '))) return false;
		const names = matches.map(({ name }) => name.replace(/[\s^]+$/, '').toUpperCase()).filter((name) => name !== '');
		const key = prefix.replace(/\^+$/, '').toUpperCase();
		if (names.length === 0) return matches.length === 0 && !this.#isShort(parent);
		return names.some((name) => (isExact ? name !== key : !name.startsWith(key)));
	}

	/**
	 * Its parts do not bring what it showed itself. Where the peer said that there is more than it showed, they bring no more; where it showed
	 * nothing at all, no more than the peer gives at once. Matches without a date are in no part by dates, whatever the peer said.
	 */
	#isShort(node: Node): boolean {
		const { missing, isCutOff, isToldOf, brought, count, dividedBy, date, time } = node;
		if (missing.size > 0) return true;
		if (!isCutOff || isToldOf || dividedBy === undefined) return false;
		if (dividedBy === 'spans' && time === undefined && !isDay(date)) return node === this.#root && brought.size === 0;
		// One that gave fewer than another was not cut off by their number.
		if (count > 0 && count < this.#most) return false;
		return brought.size <= (count === 0 ? this.#mostWhole : count);
	}

	#giveUp(node: Node, says: string): void {
		this.#unresolved.push(says);
		for (let whole: Node | undefined = node; whole !== undefined; whole = whole.parent) {
			whole.isToldOf = true;
			for (const uid of node.missing) if (whole !== node) whole.missing.delete(uid);
		}
	}

	/**
	 * What a part showed and its own parts do not bring was kept from them, and maybe more was: dates and times are not matched as they
	 * are shown. It is asked by something else, the smallest one first; what is found so is found for its whole too.
	 */
	#askForMissing(): void {
		for (let node = this.#divided.pop(); node !== undefined && !this.#isIgnored; node = this.#divided.pop()) {
			if (!this.#isShort(node) || !this.#looksCutOff(node)) continue;
			const children = this.#splitByWords(node);
			if (children.length > 0) {
				this.#divided.push(node);
				this.#stack.push(...children.reverse());
				return;
			}
			this.#giveUp(node, `${saysOf(node)} (its parts bring less)`);
		}
	}
}
