/** Bundles src/main.ts and what it imports into dist/, split so that a command loads only what it needs. */
import { glob, readFile, rm, writeFile } from 'node:fs/promises';
import { build, type Plugin } from 'esbuild';

const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };

/** yargs measures text with string-width, whose set-up costs 20 ms; plain ASCII does not need it. */
const lazyStringWidth: Plugin = {
	name: 'lazy-string-width',
	setup(b) {
		b.onResolve({ filter: /^string-width$/ }, (a) =>
			a.kind === 'import-statement' && a.namespace === 'file' && a.importer.includes('node_modules')
				? { path: a.resolveDir, namespace: 'lazy-width' }
				: undefined,
		);
		b.onLoad({ filter: /.*/, namespace: 'lazy-width' }, (a) => ({
			resolveDir: a.path,
			loader: 'js',
			contents: `const plain = /^[\\x20-\\x7e]*$/;
export default (text, options) => plain.test(text) ? text.length : require("string-width").default(text, options);`,
		}));
	},
};

/** yargs speaks English here; once bundled, y18n would look for its locale files outside the package. */
const englishOnly: Plugin = {
	name: 'english-only',
	setup(b) {
		b.onResolve({ filter: /^y18n$/ }, () => ({ path: 'y18n', namespace: 'english' }));
		b.onLoad({ filter: /.*/, namespace: 'english' }, () => ({
			resolveDir: '.',
			contents: `import { format } from "node:util";
export default () => {
	let own = {};
	const say = (text, ...rest) => format(own[text] ?? text, ...rest);
	return {
		__: say,
		__n: (one, many, n, ...rest) => say(n === 1 ? one : many, ...(many.includes("%d") ? [n] : []), ...rest),
		getLocale: () => "en",
		setLocale() {},
		updateLocale: (strings) => { own = { ...own, ...strings }; },
	};
};`,
		}));
	},
};

await rm('dist', { recursive: true, force: true });
const { metafile } = await build({
	entryPoints: ['src/main.ts'],
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
	define: { __VERSION__: JSON.stringify(version), 'process.env.NODE_ENV': '"production"' },
	banner: { js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);' },
	plugins: [lazyStringWidth, englishOnly],
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
