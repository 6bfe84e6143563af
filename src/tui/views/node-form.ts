/** The form of a node: its name, AE titles and address, as the address book keeps them. */
import { sanitize } from '../../output/sanitize.ts';
import type { Line } from '../frame.ts';
import { segment } from '../frame.ts';
import type { OverlayOf } from '../overlays/overlay-stack.ts';
import { fieldLines } from './fields.ts';
import { wholeLines } from './pager.ts';
import { wrapped } from './paragraph.ts';
import type { OverlayView } from './view.ts';

export const nodeFormView: OverlayView<OverlayOf<'node'>> = {
	extent: 'middle',
	place: ({ isNew, node, isSaving }) => ({
		left: [
			segment(isNew ? 'New node' : 'Node', 'heading'),
			segment(isNew || node === undefined ? '' : `   ${sanitize(node)}`),
		],
		right: isSaving ? [segment('writing ...', 'faint')] : [],
	}),
	middle: ({ fields, at, problem }, { look }, { columns, rows }) => {
		const trouble =
			problem === undefined
				? []
				: wrapped(`! ${sanitize(problem)}`, columns - 6).map((line): Line => [segment('   '), segment(line, 'bad')]);
		const lines = fieldLines(fields, at, columns, look);
		const height = rows - 1 - (trouble.length === 0 ? 0 : trouble.length + 1);
		// The hint of a field may stand below it where the screen is narrow: the field at the cursor stays in sight.
		const top = Math.max(0, Math.min(at - height + 3, lines.length - height));
		return [[], ...lines.slice(top, top + height), ...(trouble.length === 0 ? [] : [[] as Line, ...trouble])];
	},
	// Beside its field it may be cut.
	status: ({ fields, at }, _state, columns) => {
		const { label, hint } = fields[at] ?? { label: '', hint: '' };
		return hint === '' ? [] : wholeLines(`${sanitize(label)}   ${sanitize(hint)}`, columns, true);
	},
};
