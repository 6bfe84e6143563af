/**
 * Takes the pictures of the README from real runs: `dimse browse` in tmux against an archive of synthetic patients, its screen captured
 * and drawn as SVG. `node scripts/screenshot.ts [browse|queue]`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeFile } from '../src/dicom/part10.ts';
import { syntheticStudies } from '../src/dicom/synthetic.ts';
import { EXPLICIT_LITTLE } from '../src/dicom/transfer-syntaxes.ts';
import { startQrscp } from '../test/support/qrscp.ts';
import { openTerminal, type TerminalSession } from '../test/support/tmux.ts';
import { terminalSvg } from './terminal-svg.ts';

const SIZE = { columns: 120, rows: 34 } as const;

interface Scene {
	/** What the archive does wrong on purpose. */
	readonly simulate: readonly string[];
	readonly words: readonly string[];
	play(terminal: TerminalSession): Promise<void>;
}

const SCENES: Readonly<Record<string, Scene>> = {
	browse: {
		simulate: [],
		words: ['browse', 'main', '--date', '2015..'],
		async play(terminal) {
			await terminal.until('the rows', (text) => /\d+ rows .*done/.test(text));
			await terminal.keys('Down', 'Down', 'Space', 'Down', 'Space', 'Up', 'Up');
			await terminal.keys('t');
			await terminal.until(
				'marks, trace and preview',
				(text) =>
					/2 marked/.test(text) &&
					/TRACE/.test(text) &&
					/# {2}MOD|MOD +DESCRIPTION +INST/.test(text) &&
					!/asking/.test(text),
			);
		},
	},
	queue: {
		simulate: ['--simulate', 'slow:400ms', '--simulate', 'fail-every:9:A700'],
		words: ['browse', 'main', '--date', '2015..'],
		async play(terminal) {
			await terminal.until('the rows', (text) => /\d+ rows .*done/.test(text));
			await terminal.keys('Space', 'Down', 'Space', 'Down', 'Space', 'Down', 'Space', 'Down', 'Space');
			await terminal.keys('d');
			await terminal.until('the dialog', (text) => text.includes('C-GET here'));
			await terminal.keys('Enter', '2');
			await terminal.until('the first half of the first', (text) => /run[\s\S]*\d+\/\d+ +[78]\d%/.test(text));
		},
	},
};

const ROOT = new URL('..', import.meta.url);

const taken = async ({ simulate, words, play }: Scene): Promise<string> => {
	const folder = mkdtempSync(join(tmpdir(), 'dimse-screenshot-'));
	try {
		let number = 0;
		for (const { dataset } of syntheticStudies({
			studies: 40,
			until: '20241103',
			imageSide: 64,
			instancesPerSeries: 40,
		}))
			writeFileSync(join(folder, `${++number}.dcm`), encodeFile(dataset, EXPLICIT_LITTLE));
		const archive = await startQrscp({
			aeTitle: 'PACS',
			args: ['--import', folder, '--durability', 'off', ...simulate],
		});
		const config = `[main]\nae_title = PACS\naddress = 127.0.0.1\nport = ${archive.port}\n`;
		const terminal = await openTerminal({ ...SIZE, config, variables: { COLORTERM: 'truecolor' } });
		try {
			await terminal.dimse(...words);
			await play(terminal);
			return await terminal.colored();
		} finally {
			await terminal.close();
			await archive.stop();
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
};

const [only] = process.argv.slice(2);
mkdirSync(new URL('assets/', ROOT), { recursive: true });
for (const [name, scene] of Object.entries(SCENES))
	if (only === undefined || only === name)
		writeFileSync(
			new URL(`assets/${name}.svg`, ROOT),
			terminalSvg(await taken(scene), SIZE.columns, `dimse browse: ${name}`),
		);
