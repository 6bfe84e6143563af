/** The view of each screen and of each overlay. */
import type { Overlay } from '../overlays/overlay-state.ts';
import type { ScreenName } from '../state.ts';
import { browseView } from './browse.ts';
import { capabilitiesView } from './capabilities.ts';
import { columnsView } from './columns.ts';
import { compareView } from './compare.ts';
import { confirmView } from './confirm.ts';
import { copyView } from './copy.ts';
import { doctorView } from './doctor.ts';
import { errorView } from './error.ts';
import { explainView } from './explain.ts';
import { exportView } from './export.ts';
import { formView } from './form.ts';
import { helpView } from './help.ts';
import { historyView } from './history.ts';
import { inspectView } from './inspect.ts';
import { logView } from './log.ts';
import { nodeFormView } from './node-form.ts';
import { nodesView } from './nodes.ts';
import { paletteView } from './palette.ts';
import { promptView } from './prompt.ts';
import { queueView } from './queue.ts';
import { retrieveDialogView } from './retrieve-dialog.ts';
import { savedView } from './saved.ts';
import { sortView } from './sort.ts';
import { switcherView } from './switcher.ts';
import { traceView } from './trace.ts';
import type { OverlayView, ScreenView } from './view.ts';

/** A screen without a view has an empty middle. */
export const SCREENS: Readonly<Partial<Record<ScreenName, ScreenView>>> = {
	browse: browseView,
	queue: queueView,
	nodes: nodesView,
	trace: traceView,
	log: logView,
};

/** An overlay without a view has an empty middle. */
export const OVERLAYS: {
	readonly [Kind in Overlay['kind']]?: OverlayView<Extract<Overlay, { readonly kind: Kind }>>;
} = {
	form: formView,
	retrieve: retrieveDialogView,
	error: errorView,
	switcher: switcherView,
	palette: paletteView,
	help: helpView,
	explain: explainView,
	saved: savedView,
	history: historyView,
	copy: copyView,
	export: exportView,
	prompt: promptView,
	sort: sortView,
	columns: columnsView,
	inspect: inspectView,
	compare: compareView,
	capabilities: capabilitiesView,
	doctor: doctorView,
	node: nodeFormView,
	confirm: confirmView,
};
