/** An examination as text: a line a check, what to do below it where something is wrong. */
import { durationText } from './quantities.ts';
import { sanitize } from './sanitize.ts';
import { pad } from './text-width.ts';

/** As `diagnose/doctor` yields it. */
export interface DoctorResult {
	readonly id: string;
	readonly status: 'ok' | 'warn' | 'fail' | 'skip';
	readonly ms: number;
	readonly summary: string;
	readonly next: readonly string[];
	readonly means: readonly string[];
}

const WORDS = { ok: 'ok', warn: 'warn', fail: 'FAIL', skip: 'skip' } as const;

/** Newlines included; `width` of the terminal, or none to cut nothing. */
export const checkLines = (
	result: DoctorResult,
	paint: (status: DoctorResult['status'], text: string) => string,
): string => {
	const { id, status, ms, summary, next, means } = result;
	const took = ms >= 1 ? `   ${durationText(ms)}` : '';
	const head = ` ${paint(status, pad(WORDS[status], 5, 'left'))} ${pad(id, 12, 'left')} ${sanitize(summary)}${status === 'skip' ? '' : took}`;
	const isWrong = status === 'fail' || status === 'warn';
	const below = isWrong
		? [...(status === 'fail' ? means : []).map((line) => `means: ${line}`), ...next.map((line) => `do: ${line}`)]
		: [];
	return `${[head.trimEnd(), ...below.map((line) => `${' '.repeat(20)}${sanitize(line)}`)].join('\n')}\n`;
};

/** `1 failed, 2 warnings, 8 ok, 1 skipped` */
export const countsText = (results: readonly Pick<DoctorResult, 'status'>[]): string => {
	const of = (status: DoctorResult['status']) => results.filter((one) => one.status === status).length;
	const parts = [
		of('fail') === 0 ? '' : `${of('fail')} failed`,
		of('warn') === 0 ? '' : `${of('warn')} ${of('warn') === 1 ? 'warning' : 'warnings'}`,
		`${of('ok')} ok`,
		of('skip') === 0 ? '' : `${of('skip')} skipped`,
	];
	return parts.filter((part) => part !== '').join(', ');
};

/** One line for one peer of several. */
export const overviewLine = (label: string, results: readonly DoctorResult[]): string => {
	const worst = results.find(({ status }) => status === 'fail') ?? results.find(({ status }) => status === 'warn');
	const word = worst === undefined ? 'ok' : WORDS[worst.status];
	const what = worst === undefined ? countsText(results) : `${worst.id}: ${worst.summary}`;
	return sanitize(` ${pad(word, 5, 'left')} ${pad(label, 20, 'left')} ${what}`.trimEnd());
};
