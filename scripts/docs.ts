/** Prints man/ and completions/ from the command tables; `--check` only says what is stale, and fails then. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { completionScript, SHELLS } from '../src/cli/completions.ts';
import { manPages } from '../src/cli/man.ts';
import { COMMANDS } from '../src/commands/index.ts';

const root = new URL('..', import.meta.url);

/** What has to lie in the tree, by path. */
export const documents = async (): Promise<ReadonlyMap<string, string>> => {
	const { version } = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as { version: string };
	const commands = await Promise.all(COMMANDS.map(async (entry) => (await entry.load()).default));
	return new Map([
		...manPages(commands, version).map(({ name, text }) => [`man/${name}`, text] as const),
		...SHELLS.map((shell) => [`completions/${FILES[shell]}`, completionScript(shell, commands)] as const),
	]);
};

/** The names under which the shells look for them. */
const FILES = { bash: 'dimse.bash', zsh: '_dimse', fish: 'dimse.fish' } as const;

/** Paths that are missing, different, or not made by anything any more. */
export const staleDocuments = async (): Promise<readonly string[]> => {
	const wanted = await documents();
	const stale: string[] = [];
	for (const [path, text] of wanted)
		if ((await readFile(new URL(path, root), 'utf8').catch(() => undefined)) !== text) stale.push(path);
	for (const folder of ['man', 'completions'])
		for (const file of await readdir(new URL(folder, root)).catch(() => []))
			if (!wanted.has(`${folder}/${file}`)) stale.push(`${folder}/${file}`);
	return stale;
};

if (import.meta.main) {
	if (process.argv.includes('--check')) {
		const stale = await staleDocuments();
		for (const path of stale) console.error(`${path} is stale: npm run docs`);
		process.exitCode = stale.length > 0 ? 1 : 0;
	} else {
		const wanted = await documents();
		for (const path of await staleDocuments()) if (!wanted.has(path)) await rm(new URL(path, root));
		for (const [path, text] of wanted) {
			await mkdir(new URL('.', new URL(path, root)), { recursive: true });
			await writeFile(new URL(path, root), text);
		}
	}
}
