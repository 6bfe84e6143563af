/** Bundles src/main.ts and what it imports into dist/, split so that a command loads only what it needs. */
import { glob, readFile, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { build, type Plugin } from 'esbuild';

const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };

/** Of yargs only the parser is used; what its helpers import besides is dropped where nothing of it is used. */
const parserOnly: Plugin = {
	name: 'parser-only',
	setup(b) {
		b.onResolve({ filter: /platform-shims\/esm|apply-extends|process-argv/ }, async (args) => {
			if (args.pluginData === 'resolved') return undefined;
			const { path, importer, kind, resolveDir } = args;
			const found = await b.resolve(path, { importer, kind, resolveDir, pluginData: 'resolved' });
			return { path: found.path, external: found.external, sideEffects: false };
		});
	},
};

/**
 * Built-in modules by `process.getBuiltinModule`: an import statement would make Node read every export of theirs, which loads half of
 * what it has (node:fs alone brings node:fs/promises and node:readline) and costs 5 ms at every start.
 */
const leanBuiltins: Plugin = {
	name: 'lean-builtins',
	setup(b) {
		b.onResolve({ filter: BUILTIN }, ({ path, kind, importer }) => {
			if (kind !== 'import-statement') return undefined;
			const namespace = importer.includes('node_modules') ? 'builtin-of-package' : 'builtin';
			return { path: path.replace(/^(node:)?/, 'node:'), namespace };
		});
		const whole = (path: string) => `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`;
		b.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({ contents: whole(path) }));
		b.onLoad({ filter: /.*/, namespace: 'builtin-of-package' }, ({ path }) => ({
			contents: LAZY[path] ?? whole(path),
		}));
	},
};
/**
 * Modules that are dear and, for the packages that are bundled, seldom or never needed: only functions of theirs, and those when they are
 * called. As exports of a module: what a package imports besides ends the build, where it would be missing when it is needed.
 */
const LAZY: Readonly<Record<string, string>> = {
	'node:module': `export const createRequire = (path) => process.getBuiltinModule('node:module').createRequire(path)`,
	'node:util': `const util = () => process.getBuiltinModule('node:util');
		export const format = (...args) => util().format(...args);
		export const inspect = (value, options) => util().inspect(value, options);
		export const stripVTControlCharacters = (text) => util().stripVTControlCharacters(text);
		export const types = { isNativeError: (value) => util().types.isNativeError(value) };`,
};
const BUILTIN = new RegExp(`^(node:)?(${builtinModules.filter((name) => !name.startsWith('_')).join('|')})$`);

/** Ink asks for its debugger's package only where DEV=true. */
const noDevtools: Plugin = {
	name: 'no-devtools',
	setup(b) {
		b.onResolve({ filter: /^react-devtools-core$/ }, () => ({ path: 'react-devtools-core', namespace: 'nothing' }));
		b.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'export default {}' }));
	},
};

await rm('dist', { recursive: true, force: true });
const { metafile } = await build({
	// The index's thread is found beside the chunk that starts it (archive/index/instance-index.ts).
	entryPoints: { main: 'src/main.ts', 'chunks/index-worker': 'src/archive/index/index-worker.ts' },
	outdir: 'dist',
	bundle: true,
	splitting: true,
	format: 'esm',
	platform: 'node',
	target: 'node24',
	sourcemap: 'linked',
	legalComments: 'none',
	chunkNames: 'chunks/[name]-[hash]',
	metafile: true,
	// Less to read at every start, 3 ms of it; names stay, for stack traces.
	minifyWhitespace: true,
	minifySyntax: true,
	define: { __VERSION__: JSON.stringify(version), 'process.env.NODE_ENV': '"production"' },
	// What is CommonJS requires built-in modules only.
	banner: { js: 'const require=(id)=>process.getBuiltinModule(id);' },
	plugins: [parserOnly, leanBuiltins, noDevtools],
});

/** What is bundled is distributed: its licences go along. */
const packages = new Set(
	Object.keys(metafile.inputs).flatMap(
		(path) => path.match(/^node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/)?.[0] ?? [],
	),
);
const notices: string[] = [];
for (const at of [...packages].sort()) {
	const { name, version, license } = JSON.parse(await readFile(`${at}/package.json`, 'utf8'));
	const texts = await Array.fromAsync(glob(`${at}/{LICEN[CS]E,License,license,licence}*`), (path) =>
		readFile(path, 'utf8'),
	);
	notices.push(`${name} ${version} (${license})\n\n${texts.join('\n')}`);
}
await writeFile('dist/THIRD-PARTY-LICENSES.txt', notices.join(`\n${'-'.repeat(72)}\n`));

if (process.argv.includes('--sizes'))
	for (const [file, { bytes }] of Object.entries(metafile.outputs)) console.log(bytes, file);
