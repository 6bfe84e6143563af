/** Frames held against files of text; `DIMSE_GOLDEN=write` writes them anew, to be looked at before they are kept. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { plainText, type Size, widthOf } from '../../src/tui/frame.ts';
import type { State } from '../../src/tui/state.ts';
import { frameOf } from '../../src/tui/views/screen.ts';

const folder = new URL('../golden/tui/', import.meta.url);

export const SIZES: readonly Size[] = [
	{ columns: 48, rows: 12 },
	{ columns: 80, rows: 24 },
	{ columns: 120, rows: 40 },
];

/** Every line of the frame is as wide as the screen, and its text is that of `name-80x24.txt`. */
export const matchesGolden = (t: Test, name: string, state: State, sizes: readonly Size[] = SIZES): void => {
	for (const size of sizes) {
		const lines = frameOf({ ...state, size });
		const file = `${name}-${size.columns}x${size.rows}.txt`;
		t.equal(lines.length, size.rows, `${file}: as many lines as the screen has`);
		t.strictSame([...new Set(lines.map(widthOf))], [size.columns], `${file}: each as wide as the screen`);
		const text = `${plainText(lines)}\n`;
		const path = fileURLToPath(new URL(file, folder));
		if (process.env['DIMSE_GOLDEN'] === 'write') {
			mkdirSync(folder, { recursive: true });
			writeFileSync(path, text);
		}
		t.equal(text, readFileSync(path, 'utf8'), file);
	}
};
