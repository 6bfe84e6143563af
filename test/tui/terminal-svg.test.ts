/** A captured terminal as SVG: colours, wide characters and box lines stand where they stood. */
import t from 'tap';
import { DARK, LIGHT, terminalSvg } from '../../scripts/terminal-svg.ts';

const ESC = String.fromCharCode(27);

t.test('text is escaped, and each stretch is as long as its columns', async (t) => {
	const svg = terminalSvg('a<b&c  頭部x\n', 20, '<it>');
	t.match(svg, 'x="14" y="27" textLength="42"');
	t.match(svg, '<title>&lt;it&gt;</title>');
	t.match(svg, '>a&lt;b&amp;c</text>');
	// Two blanks part stretches, and a wide character takes two columns: a blank, two of those, and an x.
	t.match(svg, 'x="64.4" y="27" textLength="50.4"');
});

t.test('colours are of the palette, inverse turns them round, and they last until they are ended', async (t) => {
	const svg = terminalSvg(
		`${ESC}[31mred\nstill${ESC}[0m plain ${ESC}[7mturned${ESC}[0m ${ESC}[38;5;196mcube${ESC}[0m ${ESC}[48;2;1;2;3mdirect`,
		40,
		'colours',
	);
	t.match(svg, `fill="${DARK.colors[1]}">red<`);
	t.match(svg, `fill="${DARK.colors[1]}">still<`);
	t.match(svg, `fill="${DARK.text}"> plain <`);
	t.match(svg, `fill="${DARK.ground}">turned<`);
	t.match(svg, 'fill="#ff0000">cube<');
	t.match(svg, 'fill="#010203"');
	t.match(terminalSvg('x', 1, 'light', LIGHT), `fill="${LIGHT.ground}"`);
});

t.test('lines and bars are drawn', async (t) => {
	const svg = terminalSvg('│──█░', 5, 'lines');
	t.notMatch(svg, '<text');
	t.match(svg, /<path d="[^"]*v-8.5[^"]*v8.5[^"]*"/);
	t.match(svg, 'opacity="0.25"');
});
