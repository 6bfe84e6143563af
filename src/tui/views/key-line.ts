/** The last line: the keys that work here, in the order of their use, as far as they fit. */
import { textWidth } from '../../output/text-width.ts';
import type { Line, Segment } from '../frame.ts';
import { segment } from '../frame.ts';
import type { ActionName, KeyBinding, Place } from '../keys.ts';

const GAP = 2;

/** Help and commands are always told, so that everything else can be found, and the way out. */
const KEPT: ReadonlySet<ActionName> = new Set(['help', 'palette', 'quit']);

export const keyLine = (bindings: readonly KeyBinding[], place: Place, columns: number): Line => {
	const told = bindings
		.flatMap(({ keys, places, line, short, action }) =>
			line !== undefined && places.includes(place)
				? [{ key: keys[0] ?? '', says: short ?? action, line, isKept: KEPT.has(action) }]
				: [],
		)
		.sort((a, b) => a.line - b.line);
	const width = (item: { key: string; says: string }): number => textWidth(item.key) + 1 + textWidth(item.says) + GAP;
	let left = columns - 1 + GAP - told.filter(({ isKept }) => isKept).reduce((sum, item) => sum + width(item), 0);
	const segments: Segment[] = [segment(' ')];
	for (const item of told) {
		if (!item.isKept) {
			// The first that does not fit ends it: the less used would only push in.
			if (width(item) > left) left = 0;
			if (left === 0) continue;
			left -= width(item);
		}
		if (segments.length > 1) segments.push(segment(' '.repeat(GAP)));
		segments.push(segment(item.key, 'key'), segment(` ${item.says}`));
	}
	return segments;
};
