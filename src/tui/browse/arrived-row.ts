/** A row as it is kept: there may be a hundred thousand, so that all its words are one string, and its dataset stays the bytes that came. */
import type { Dataset } from '../../dicom/dataset.ts';
import { textOf } from '../../dicom/dataset.ts';
import { type Level, UNIQUE_KEYS } from '../../output/columns.ts';
import type { Action } from '../actions.ts';
import { wordsOf } from '../row-words.ts';
import type { Row } from '../state.ts';

/** What comes with a row or is found out later; most rows have nothing of it. */
type Marks = Partial<Pick<Row, 'retrieve' | 'percent' | 'isNew'>>;

export class ArrivedRow implements Row {
	readonly node: string;
	readonly dataset: Dataset;
	readonly doubtful: boolean;
	declare readonly retrieve?: NonNullable<Row['retrieve']>;
	declare readonly percent?: number;
	declare readonly isNew?: boolean;
	/** The UID, so many characters, and after a line break the words. */
	readonly #text: string;
	readonly #uidLength: number;

	/** @param text as `arrivedRow` makes it */
	constructor(node: string, dataset: Dataset, doubtful: boolean, text: string, uidLength: number) {
		this.node = node;
		this.dataset = dataset;
		this.doubtful = doubtful;
		this.#text = text;
		this.#uidLength = uidLength;
	}

	get uid(): string {
		return this.#text.slice(0, this.#uidLength);
	}

	get words(): string {
		return this.#text.slice(this.#uidLength + 1);
	}

	/** Another of the same. */
	copy(): ArrivedRow {
		return new ArrivedRow(this.node, this.dataset, this.doubtful, this.#text, this.#uidLength);
	}
}

/** Another row, since one that was shown does not change. That it is new stays; of the retrieve it has what `marks` says. */
export const markedWith = (row: Row, marks: Marks): Row => {
	const { retrieve: _, percent: _percent, isNew, ...plain } = row;
	const copy = row instanceof ArrivedRow ? row.copy() : plain;
	return Object.assign(copy, isNew === undefined ? {} : { isNew }, marks);
};

type Arriving = Extract<Action, { readonly type: 'rows' }>['rows'][number];

/** @param kept the same dataset as it is to be kept, where that takes less */
export const arrivedRow = ({ dataset, doubtful }: Arriving, node: string, level: Level, kept = dataset): ArrivedRow => {
	const uid = textOf(dataset, UNIQUE_KEYS[level]);
	// Joined, not added: a string that is part of another, or made of others, keeps all of them.
	return new ArrivedRow(node, kept, doubtful, [uid, wordsOf(dataset, level)].join('\n'), uid.length);
};
