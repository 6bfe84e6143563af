/** What a person is told when something did not work: the shapes that the tables of this folder are made of. */

/**
 * The three parts of an error report. Values of the peer's (an error comment, the text of a banner) stand in it as they came: whoever
 * shows it to a terminal sanitises it first.
 */
export interface Explanation {
	/** The first line, with the peer's label before it, without the program's name. */
	readonly title: string;
	/** What came back, where something did. */
	readonly cameBack?: string;
	/** What it means in practice, a line each. */
	readonly means: readonly string[];
	/** What to do, a line each; never empty. */
	readonly do: readonly string[];
}

/** A row of a table about what may go wrong: templates of the parts of an explanation, `{host}` and the like to be filled in. */
export interface Advice {
	readonly title: string;
	readonly means: readonly string[];
	readonly do: readonly string[];
}

/** What a number of the standard's amounts to. */
export interface CodeExplanation {
	/** The standard's words in plain lower case. */
	readonly title: string;
	/** What kind it is: `permanent`, `failure` ... */
	readonly class: string;
	/** The standard's words as printed. */
	readonly standard: string;
	/** What it means in practice, most likely first. */
	readonly practice: readonly string[];
	/** What to do. */
	readonly next: readonly string[];
}
