/** Where jobs and nodes are sorted or filtered they move as they change: the cursor goes with the one it is on. */
import { type CursorPlace, cursorAt, listHeight } from './list-cursor.ts';
import type { ListSort } from './list-sort.ts';
import { shownNodes } from './nodes/shown-nodes.ts';
import { jobAt, shownJobs } from './queue/shown-jobs.ts';
import type { State } from './state.ts';

export const anchored = (before: State, after: State): State => onSameNode(before, onSameJob(before, after));

const onSameJob = (before: State, after: State): State => {
	if (before.queue.jobs === after.queue.jobs && before.queue.sort === after.queue.sort) return after;
	if (isInOwnOrder(before.queue) && isInOwnOrder(after.queue)) return after;
	const id = jobAt(before)?.id;
	const ids = shownJobs(after).map((job) => job.id);
	return { ...after, queue: moved(after.queue, ids.indexOf(id ?? -1), ids.length, after) };
};

const onSameNode = (before: State, after: State): State => {
	const { nodesScreen } = after;
	if (before.nodes === after.nodes && before.nodesScreen.sort === nodesScreen.sort) return after;
	if (isInOwnOrder(before.nodesScreen) && isInOwnOrder(nodesScreen)) return after;
	const name = shownNodes(before)[before.nodesScreen.at]?.name;
	const names = shownNodes(after).map((node) => node.name);
	return { ...after, nodesScreen: moved(nodesScreen, names.indexOf(name ?? ''), names.length, after) };
};

const isInOwnOrder = ({ filter, sort }: { readonly filter: string; readonly sort?: ListSort | undefined }): boolean =>
	filter === '' && sort === undefined;

/** Where it is gone, to what stands in its place. */
const moved = <C extends CursorPlace>(cursor: C, place: number, count: number, { size }: State): C =>
	cursorAt(cursor, place === -1 ? cursor.at : place, count, listHeight(size));
