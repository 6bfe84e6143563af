/** What lies on top of a screen: dialogs, menus, pages. */
import type { Explanation } from '../../diagnose/explanation.ts';
import type { Effect, RetrieveChoice } from '../actions.ts';
import type { QuerySpec } from '../browse/browse-state.ts';
import type { RetrieveWay, Wanted } from '../queue/queue-state.ts';

export interface FormField {
	readonly keyword: string;
	readonly label: string;
	readonly value: string;
	/** Where the text cursor is, in characters. */
	readonly caret: number;
	/** How this key is matched, changed by what is typed. */
	readonly hint: string;
	/** Its value was changed here: on a masked screen it is seen while it is edited. */
	readonly isTyped?: boolean;
}

export type Overlay =
	| {
			readonly kind: 'form';
			readonly query: QuerySpec;
			/** The last, without a keyword, adds one: a keyword or tag is typed into it. */
			readonly fields: readonly FormField[];
			/** Index into `fields`; -2 is the level, -1 the model. */
			readonly at: number;
			/** `PatientName=SMITH*  StudyDate=20240101-20241231` */
			readonly sends: string;
			/** What is known of the node that matters for these keys. */
			readonly hint: string;
			/** `dimse find main --name 'SMITH*'` */
			readonly sameAs: string;
			readonly problem: string | undefined;
	  }
	| {
			readonly kind: 'retrieve';
			readonly wanted: readonly Wanted[];
			/** Which of the fields of the dialog the cursor is in. */
			readonly at: number;
			readonly how: RetrieveChoice['how'];
			/** For each way: why it is possible, or why not. */
			readonly ways: readonly RetrieveWay[];
			readonly destination: string;
			readonly folder: string;
			/** Where the text cursor is, in the field that is edited. */
			readonly caret: number;
			readonly exists: RetrieveChoice['exists'];
			readonly unit: RetrieveChoice['unit'];
			readonly atOnce: number;
			readonly verify: boolean;
			readonly accept: RetrieveChoice['accept'];
			readonly sameAs: string;
			readonly problem: string | undefined;
	  }
	| { readonly kind: 'switcher'; readonly filter: string; readonly at: number; readonly chosen: ReadonlySet<string> }
	| { readonly kind: 'palette'; readonly text: string; readonly caret: number; readonly at: number }
	| { readonly kind: 'help'; readonly filter: string; readonly at: number; readonly page: 'keys' | 'meanings' }
	/** `top`: the first line drawn. */
	| { readonly kind: 'explain'; readonly at: number; readonly top?: number }
	| { readonly kind: 'error'; readonly node: string; readonly explanation: Explanation; readonly top?: number }
	| { readonly kind: 'saved'; readonly at: number }
	| { readonly kind: 'history'; readonly at: number; readonly filter: string }
	| { readonly kind: 'copy'; readonly at: number }
	| {
			readonly kind: 'export';
			readonly what: 'all' | 'filtered' | 'marked';
			readonly format: 'csv' | 'json' | 'jsonl' | 'tsv' | 'list';
			readonly path: string;
			readonly at: number;
			readonly caret: number;
			/** The path is still the one proposed, and follows the format. */
			readonly isProposed: boolean;
			readonly problem: string | undefined;
	  }
	/** One line that is asked for: the name of a query to save, the file of a trace. */
	| {
			readonly kind: 'prompt';
			readonly what: 'save-query' | 'write-trace' | 'write-redacted';
			readonly label: string;
			readonly value: string;
			readonly caret: number;
			readonly problem: string | undefined;
			/** What is saved. */
			readonly query?: QuerySpec;
	  }
	| { readonly kind: 'sort'; readonly at: number }
	| { readonly kind: 'columns'; readonly at: number }
	| {
			readonly kind: 'inspect';
			readonly at: number;
			readonly top: number;
			readonly filter: string;
			readonly isFiltering: boolean;
			readonly lines: readonly string[];
	  }
	| { readonly kind: 'compare'; readonly top: number; readonly lines: readonly string[] }
	| {
			readonly kind: 'capabilities';
			readonly node: string;
			readonly lines: readonly string[];
			readonly isOver: boolean;
			readonly top: number;
	  }
	| {
			readonly kind: 'doctor';
			readonly node: string;
			readonly lines: readonly string[];
			readonly isOver: boolean;
			readonly top: number;
	  }
	| {
			readonly kind: 'node';
			/** The node as it is, where it is changed. */
			readonly node?: string;
			readonly isSaving: boolean;
			readonly fields: readonly FormField[];
			readonly at: number;
			readonly isNew: boolean;
			readonly problem: string | undefined;
	  }
	| {
			readonly kind: 'confirm';
			readonly text: readonly string[];
			/** With `effects` it is carried out as it stands; without, whoever asked takes the key (a text) from here. */
			readonly choices: readonly {
				readonly key: string;
				readonly says: string;
				readonly effects?: readonly Effect[];
			}[];
			readonly at: number;
			readonly what: string;
	  };
