/** Questions to whoever sits at the terminal, one after the other. */
import { sanitize } from '../output/sanitize.ts';
import type { Environment } from './environment.ts';

/** Whether somebody sees a question and can answer it. */
export const canAsk = ({ stdin, stderr }: Pick<Environment, 'stdin' | 'stderr'>): boolean =>
	stdin.isTty && stderr.isTty;

export interface Asking {
	/** Waits for the questions before it; false also where the input ends, or the signal says so. */
	isConfirmed(question: string): Promise<boolean>;
	/** Gives the terminal back. */
	close(): void;
}

const YES = /^y(?:es)?$/i;

export const asking = ({ stdin, stderr, interrupt }: Pick<Environment, 'stdin' | 'stderr' | 'interrupt'>): Asking => {
	const decoder = new TextDecoder();
	const stopped = new Promise<undefined>((resolve) => {
		if (interrupt.aborted) resolve(undefined);
		interrupt.addEventListener('abort', () => resolve(undefined), { once: true });
	});
	let input: AsyncIterator<Uint8Array> | undefined;
	let text = '';
	let before: Promise<unknown> = Promise.resolve();
	const line = async (): Promise<string> => {
		input ??= stdin.bytes()[Symbol.asyncIterator]();
		while (!text.includes('\n')) {
			const got = await Promise.race([input.next(), stopped]);
			if (got === undefined || got.done === true) return '';
			text += decoder.decode(got.value, { stream: true });
		}
		const end = text.indexOf('\n');
		const first = text.slice(0, end);
		text = text.slice(end + 1);
		return first.trim();
	};
	return {
		isConfirmed(question) {
			const answer = before.then(async () => {
				await stderr.write(`${sanitize(question)} [y/N] `);
				return YES.test(await line());
			});
			before = answer;
			return answer;
		},
		close: () => void input?.return?.(),
	};
};
