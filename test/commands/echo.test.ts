/** What `dimse echo` prints of times and refusals, without a peer. */
import t from 'tap';
import type { Environment } from '../../src/cli/environment.ts';
import type { EchoResult } from '../../src/commands/echo/output.ts';
import { printEchoes } from '../../src/commands/echo/output.ts';
import type { Failure } from '../../src/errors.ts';

const printed = async (format: 'json' | undefined, failure?: Failure): Promise<string> => {
	const result = {
		peer: { label: 'main' },
		sent: 2,
		timesMs: [1.5490001234, 2.1234567891],
		negotiated: { connectMs: 0.1234567891, associateMs: 3.1234567891, transferSyntax: '1.2.840.10008.1.2' },
		route: {},
		failure,
	};
	const parts: string[] = [];
	const stdout = { isTty: true, write: async (more: string) => void parts.push(more) };
	const options = { format, stats: false, events: false, verbose: 0, color: 'never' } as const;
	await printEchoes([result as unknown as EchoResult], options, { stdout } as unknown as Environment);
	return parts.join('');
};

t.test('times in JSON have three decimals', async (t) => {
	const { results } = JSON.parse(await printed('json')) as { readonly results: readonly object[] };
	t.match(results[0], {
		times_ms: [1.549, 2.123],
		rtt_ms: { min: 1.549, avg: 1.836, max: 2.123 },
		timing: { connect_ms: 0.123, associate_ms: 3.123 },
	});
});

t.test('the echo that was refused is not ok', async (t) => {
	t.match(await printed(undefined), /^main {2}1 {2}ok .*\nmain {2}2 {2}ok /);
	const refused: Failure = { blame: 'auth', message: 'C-ECHO refused', status: 0x0124 };
	t.match(await printed(undefined, refused), /^main {2}1 {2}ok .*\nmain {2}2 {2}refused /);
});
