/** Line mode: the same state as the screen's, told in sentences; what is typed becomes the actions that keys give there. */
import { sanitize } from '../../output/sanitize.ts';
import type { Action } from '../actions.ts';
import { currentLevel, isRunning } from '../browse/levels.ts';
import { isActive } from '../queue/job-progress.ts';
import type { State } from '../state.ts';
import type { Store } from '../store.ts';
import { jobSentence } from './job-sentences.ts';
import { commandOf } from './line-commands.ts';
import { isPicking, isReading, type Page, pageOf, placeSentence, promptOf } from './line-pages.ts';
import { endedLevel, newsOf } from './news.ts';
import { runningSentence } from './query-sentences.ts';
import { answerOf, answerOfInterrupt, questionOf } from './questions.ts';
import { PAGE, rowSentence } from './row-sentences.ts';
import { runCommand } from './run-command.ts';

/** What goes on is told again after so long. */
const PROGRESS_MS = 10_000;

export type Untimed<A> = A extends unknown ? Omit<A, 'at'> : never;

export interface LineParts {
	readonly store: Pick<Store, 'state' | 'dispatch'>;
	readonly now: () => number;
	readonly write: (text: string) => void;
	/** Makes a folder absolute. */
	readonly whole: (folder: string) => string;
}

export class LineSession {
	readonly whole: LineParts['whole'];
	readonly #parts: LineParts;
	#told: State;
	/** The lines that were told last. */
	#page: Pick<Page, 'from' | 'to'> = { from: 0, to: 0 };
	#saidAt: number;
	/** The cursor of the terminal stands behind the prompt. */
	#isPrompted = false;
	/** More is said before anything is asked for. */
	#isSpeaking = false;
	#isOver = false;

	constructor(parts: LineParts) {
		this.#parts = parts;
		this.whole = parts.whole;
		this.#told = parts.store.state;
		this.#saidAt = parts.now();
	}

	get state(): State {
		return this.#parts.store.state;
	}

	/** Whatever happens goes through here, so that it is told. */
	readonly dispatch = (action: Action): void => {
		this.#parts.store.dispatch(action);
		this.#tellNews();
		this.#ask();
	};

	act(action: Untimed<Action>): void {
		this.dispatch({ ...action, at: this.#parts.now() } as Action);
	}

	/** One line, sanitised. */
	say(text: string): void {
		if (this.#isOver) return;
		this.onNewLine();
		this.#parts.write(`${sanitize(text)}\n`);
		this.#saidAt = this.#parts.now();
	}

	/** From there on, else from where the cursor is. */
	tellPage(from = Math.floor(currentLevel(this.state).at / PAGE) * PAGE): void {
		const page = pageOf(this.state, from);
		for (const line of page.lines) this.say(line);
		// Behind the last there is nothing to go back from.
		if (page.to > page.from || from === 0) this.#page = page;
	}

	/** On the way up: the row that was opened; those around it come next. */
	tellReturn(): void {
		const { state } = this;
		const { at, shown, level } = currentLevel(state);
		this.say(placeSentence(state));
		if (shown.length === 0) return;
		this.say(`You were at ${rowSentence(state, currentLevel(state), at)}`);
		const from = Math.floor(at / PAGE) * PAGE;
		this.#page = { from, to: from };
		this.say(
			`Enter tells ${from === 0 ? 'the first' : `those from ${from + 1} on`}, a number opens one${level === 'study' ? '' : ', u goes up'}.`,
		);
	}

	/** @param by 1 or -1 */
	turnPage(by: number): void {
		if (by > 0) this.tellPage(this.#page.to);
		else if (this.#page.from === 0) this.say('These are the first.');
		else this.tellPage(Math.max(0, this.#page.from - PAGE));
	}

	/** Nothing is said any more. */
	close(): void {
		if (!this.#isOver) this.onNewLine();
		this.#isOver = true;
	}

	/** What to do comes first, then the first question. */
	begin(during: () => void): void {
		this.#spoken(during);
	}

	typed(line: string): void {
		// The terminal has gone to the next line with it.
		this.#isPrompted = false;
		this.#spoken(() => {
			if (questionOf(this.state, this.whole) !== undefined) this.#answer(line);
			else this.#run(line);
		});
	}

	/** Ctrl+C: answers a question, stops what runs, else asks whether to leave. */
	interrupted(): void {
		// The terminal has shown ^C there, and forgotten what was typed before it.
		this.#parts.write('\n');
		this.#isPrompted = false;
		this.#spoken(() => {
			if (questionOf(this.state, this.whole) !== undefined) this.#settle(answerOfInterrupt(this.state));
			else if (this.#isBusy()) this.#run('stop');
			else {
				this.#leaveAttributes();
				this.act({ type: 'quit', isSure: false });
			}
		});
	}

	/** What comes next begins on a line of its own. */
	onNewLine(): void {
		if (this.#isPrompted) this.#parts.write('\n');
		this.#isPrompted = false;
	}

	#spoken(during: () => void): void {
		this.#isSpeaking = true;
		try {
			during();
		} finally {
			this.#isSpeaking = false;
		}
		this.#ask();
	}

	#run(line: string): void {
		const command = commandOf(line, isPicking(this.state));
		if (command === undefined) this.say(`"${line.trim()}" is no command. ? tells them; f and a name asks for it.`);
		else {
			if (!KEEPS_ATTRIBUTES.has(command.verb)) this.#leaveAttributes();
			runCommand(this, command);
		}
	}

	#leaveAttributes(): void {
		if (isReading(this.state)) this.act({ type: 'key', action: 'cancel' });
	}

	#answer(line: string): void {
		const answer = answerOf(this.state, line);
		if (answer === undefined) this.say(`"${line.trim()}" is no answer to this.`);
		else this.#settle(answer);
	}

	#settle(answer: Untimed<Action>): void {
		const kind = this.state.overlays.at(-1)?.kind;
		this.act(answer);
		const top = this.state.overlays.at(-1);
		if (kind !== 'retrieve') return;
		if (top?.kind === 'retrieve') {
			if (top.problem !== undefined) this.say(`That is not possible: ${top.problem}.`);
			this.act({ type: 'key', action: 'cancel' });
		}
		if (answer.type === 'key' && answer.action === 'cancel') this.say('Nothing is retrieved.');
		this.act({ type: 'mark-rows', rows: [] });
	}

	#isBusy(): boolean {
		const { browse, queue } = this.state;
		return browse.levels.some(isRunning) || queue.jobs.some(isActive);
	}

	#tellNews(): void {
		const before = this.#told;
		const { state } = this;
		if (state === before) return;
		this.#told = state;
		for (const line of newsOf(before, state, this.whole)) this.say(line);
		const ended = endedLevel(before, state);
		if (ended !== undefined && ended.shown.length > 0) this.tellPage();
		// It was told as a problem.
		if (state.overlays.at(-1)?.kind === 'error') this.act({ type: 'key', action: 'cancel' });
		if (state.now - this.#saidAt >= PROGRESS_MS) this.#tellProgress();
	}

	#tellProgress(): void {
		const { state } = this;
		const level = currentLevel(state);
		if (isRunning(level)) this.say(runningSentence(state, level));
		for (const job of state.queue.jobs) if (isActive(job)) this.say(jobSentence(state, job, this.whole));
	}

	/** Nothing is asked for while an answer is waited for: what is typed is heard all the same. */
	#ask(): void {
		if (this.#isOver || this.#isSpeaking || this.#isPrompted || this.state.quitting) return;
		const question = questionOf(this.state, this.whole);
		if (question === undefined && isRunning(currentLevel(this.state))) return;
		this.#parts.write(question === undefined ? promptOf(this.state) : `${sanitize(question)} `);
		this.#isPrompted = true;
	}
}

/** The others are of the rows. */
const KEEPS_ATTRIBUTES: ReadonlySet<string> = new Set([
	'list',
	'back',
	'up',
	'mask',
	'help',
	'explain',
	'queue',
	'quit',
]);
