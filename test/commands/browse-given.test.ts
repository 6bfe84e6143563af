/** The commands that browse tells to do the same go by the options that browse was started with. */
import t from 'tap';
import { parse } from '../../src/cli/parse.ts';
import { givenWords } from '../../src/commands/browse/given.ts';
import browse from '../../src/commands/browse.ts';
import find from '../../src/commands/find.ts';
import get from '../../src/commands/get.ts';
import move from '../../src/commands/move.ts';
import { wordsOf } from '../../src/tui/overlays/palette-words.ts';

const given = (words: readonly string[], variables: Readonly<Record<string, string>> = {}) =>
	givenWords(parse(browse, ['main', ...words], variables).options, { variables });

const STARTED = [
	...['-aet', 'WS01', '-aec', 'MY PACS', '--tls', '--tls-ca', "/a/o'k.pem", '-ta', '5', '--ts', 'implicit'],
	...['--charset', 'ISO_IR 100', '--config', 'my.ini', '--user', 'me', '--password', 'secret'],
	...['--flat', '--accept', 'any', '--listen', '11113', '--listen-aet', 'RX', '--durability', 'data'],
	...['-o', 'got', '--name', 'SMITH', '--theme', 'mono', '--mask-phi', '--pick', '-v'],
];

t.test('they are read as they were given', async (t) => {
	const { connection, receiving, accept } = given(STARTED);
	const values = parse(browse, ['main', ...STARTED], {}).options as Readonly<Record<string, unknown>>;
	for (const command of [find, get, move]) {
		const isFind = command === find;
		const line = [...connection, ...(isFind ? [] : [...receiving, ...accept])].join(' ').replaceAll("'\\''", '_');
		const read = parse(command, ['main', ...wordsOf(line)], {}).options as Readonly<Record<string, unknown>>;
		for (const name of ['calling', 'called', 'tls', 'acse-timeout', 'ts', 'charset', 'config', 'user'])
			t.strictSame(read[name], values[name], `${command.name} ${name}`);
		if (isFind) continue;
		for (const name of ['layout', 'accept', 'listen', 'listen-aet', 'durability'])
			t.strictSame(read[name], values[name], `${command.name} ${name}`);
	}
	t.notMatch([...connection, ...receiving, ...accept].join(' '), /secret|got|SMITH|mono|pick|verbose/);
});

t.test('nothing is said of what was not given, or is in the environment', async (t) => {
	const none = { connection: [], receiving: [], accept: [] };
	t.strictSame(given([]), none);
	t.strictSame(given([], { DIMSE_AET: 'WS01', DIMSE_LISTEN: '11113', DIMSE_CONFIG: 'x.ini' }), none);
	t.strictSame(given(['-aet', 'OTHER'], { DIMSE_AET: 'WS01' }).connection, ['-aet OTHER']);
});
