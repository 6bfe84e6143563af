/** The dialog that asks how something is to be retrieved: `d` in browse opens it, and it puts jobs into the queue. */
import type { Action, PartialReducer, Reduced, RetrieveChoice } from '../actions.ts';
import { markedRow } from '../browse/row-marks.ts';
import { wantedOf } from '../browse/wanted-rows.ts';
import { keyFor } from '../key-hints.ts';
import type { ActionName } from '../keys.ts';
import { closed, levelOf, noted, type OverlayOf, opened, replaced, unchanged } from '../overlays/overlay-stack.ts';
import type { State } from '../state.ts';
import { edited, fieldOf, typed } from '../text-field.ts';
import { newJob } from './job-events.ts';
import { reduceCancelQuestion } from './job-keys.ts';
import { labelOf } from './job-progress.ts';
import { scheduled } from './queue-schedule.ts';
import type { Job, Wanted } from './queue-state.ts';
import { receiverOf } from './reduce-jobs.ts';
import { reduceQueue } from './reduce-queue.ts';
import { retrieveCommand } from './retrieve-command.ts';
import { nodeOfTitle, nodesOf, ownTitle, waysOf } from './retrieve-ways.ts';

type Dialog = OverlayOf<'retrieve'>;

/** From top to bottom. */
export const FIELDS = [
	'get',
	'move-here',
	'move-there',
	'destination',
	'folder',
	'exists',
	'accept',
	'unit',
	'atOnce',
	'verify',
	'start',
	'hold',
	'cancel',
] as const;
export type FieldName = (typeof FIELDS)[number];

export const EXISTS = ['skip', 'overwrite', 'keep-both'] as const;
export const ACCEPT = ['storage', 'any'] as const;
export const UNITS = ['series', 'study', 'instance'] as const;
const MOST_AT_ONCE = 16;
/** Associations that are begun without being asked for at once: the most that a peer is known to take, else two. */
const USUAL_AT_ONCE = 2;

/** Takes `retrieve` and `retrieveAgain` of browse, and everything while the dialog is on top. */
export const reduceRetrieveDialog: PartialReducer = (state, action) => {
	const top = state.overlays.at(-1);
	if (top?.kind === 'confirm') return reduceCancelQuestion(state, action);
	if (action.type === 'receiver-state' || action.type === 'learned') return refreshed(state, action);
	if (top?.kind === 'retrieve') return inDialog(state, top, action);
	if (top !== undefined || action.type !== 'key') return undefined;
	// In the queue it is the job at the cursor that is explained, not the newest problem.
	if (state.screen === 'queue' && action.action === 'explain') return reduceQueue(state, action);
	if (state.screen !== 'browse') return undefined;
	if (action.action === 'retrieve') return opening(state);
	if (action.action === 'retrieveAgain') return atOnceAgain(state);
	return undefined;
};

// ---- opening ------------------------------------------------------------------------------------------------------------

const opening = (state: State): Reduced => {
	const wanted = wantedOf(state);
	const [first] = wanted;
	if (first === undefined) return unchanged(noted(state, 'nothing here can be retrieved'));
	const last = state.queue.lastChoice;
	const node = state.nodes.find(({ name }) => name === first.node);
	const destination = last?.destination ?? '';
	const ways = waysOf(state, nodesOf(wanted), destination);
	const wish = last?.how ?? 'get';
	const how = ways.find((way) => way.how === wish && way.possible) ?? ways.find((way) => way.possible);
	const chosen = how === undefined || how.how === 'web' ? wish : how.how;
	const folder = last?.folder ?? state.queue.folder ?? node?.folder ?? '.';
	const dialog: Dialog = {
		kind: 'retrieve',
		wanted,
		at: FIELDS.indexOf('start'),
		how: chosen,
		ways,
		destination,
		folder,
		caret: 0,
		exists: last?.exists ?? 'skip',
		unit: last?.unit ?? 'series',
		atOnce: Math.min(node?.maxAssociations ?? MOST_AT_ONCE, last === undefined ? USUAL_AT_ONCE : state.queue.atOnce),
		verify: last?.verify ?? true,
		accept: last?.accept ?? (state.queue.takesAny === true ? 'any' : 'storage'),
		sameAs: '',
		problem: undefined,
	};
	const isUnknown = state.receiver.state === 'off' && node?.canMove !== false;
	return opened(state, told(state, dialog), ...(isUnknown ? [{ do: 'listen' } as const] : []));
};

/** With the settings of the last time, and no dialog. */
const atOnceAgain = (state: State): Reduced => {
	const choice = state.queue.lastChoice;
	const wanted = wantedOf(state);
	if (wanted.length === 0) return unchanged(noted(state, 'nothing here can be retrieved'));
	return choice === undefined ? opening(state) : queued(state, wanted, choice, 'waiting');
};

/** What became known meanwhile changes what is possible. */
const refreshed = (state: State, action: Action): Reduced | undefined => {
	const at = state.overlays.findIndex(({ kind }) => kind === 'retrieve');
	const dialog = state.overlays[at];
	if (dialog?.kind !== 'retrieve') return undefined;
	const receiver = action.type === 'receiver-state' ? receiverOf(action) : state.receiver;
	const nodes =
		action.type === 'learned'
			? state.nodes.map((one) => (one.name === action.node ? { ...one, ...action.learned } : one))
			: state.nodes;
	const ways = waysOf({ ...state, receiver, nodes }, nodesOf(dialog.wanted), dialog.destination);
	return unchanged({ ...state, overlays: state.overlays.with(at, { ...dialog, ways }) });
};

// ---- in the dialog ------------------------------------------------------------------------------------------------------

const inDialog = (state: State, dialog: Dialog, action: Action): Reduced | undefined => {
	if (action.type === 'text') return changed(state, dialog, textTyped(dialog, action.text));
	if (action.type === 'edit') return changed(state, dialog, textEdited(dialog, action.edit));
	if (action.type !== 'key') return undefined;
	const key = action.action;
	const by = MOVES[key];
	if (by !== undefined) return changed(state, dialog, movedBy(dialog, by));
	if (key === 'choose') return chosen(state, dialog);
	if (key === 'accept') return accepted(state, dialog);
	if (key === 'cancel') return closed(state);
	return undefined;
};

const changed = (state: State, dialog: Dialog, next: Dialog): Reduced =>
	next === dialog ? unchanged(state) : replaced(state, told(state, { ...next, problem: undefined }));

const MOVES: Readonly<Partial<Record<ActionName, 1 | -1>>> = { up: -1, previousPane: -1, down: 1, nextPane: 1 };

export const fieldAt = ({ at }: Pick<Dialog, 'at'>): FieldName => FIELDS[at] ?? 'start';

/** The AE title is of the third way alone, the folder of the other two, what our receiver takes of the second. */
const isOfHow = (dialog: Dialog, field: FieldName): boolean => {
	if (field === 'destination') return dialog.how === 'move-there';
	if (field === 'accept') return dialog.how === 'move-here';
	return dialog.how !== 'move-there' || (field !== 'folder' && field !== 'exists');
};

const movedBy = (dialog: Dialog, by: 1 | -1): Dialog => {
	let at = dialog.at;
	do at = (at + by + FIELDS.length) % FIELDS.length;
	while (!isOfHow(dialog, FIELDS[at] ?? 'start'));
	const text = FIELDS[at] === 'destination' ? dialog.destination : FIELDS[at] === 'folder' ? dialog.folder : '';
	return { ...dialog, at, caret: fieldOf(text).caret };
};

const textTyped = (dialog: Dialog, text: string): Dialog => {
	const field = fieldAt(dialog);
	if (field === 'destination' || field === 'folder') {
		const { value, caret } = typed({ value: dialog[field], caret: dialog.caret }, text);
		return { ...dialog, [field]: value, caret };
	}
	if (field === 'atOnce' && /^[0-9]$/.test(text)) {
		const count = Number(`${dialog.atOnce === 1 ? dialog.atOnce : ''}${text}`);
		return { ...dialog, atOnce: count >= 1 && count <= MOST_AT_ONCE ? count : Math.max(1, Number(text)) };
	}
	if (text === '+' || text === '-') return steppedAtOnce(dialog, text === '+' ? 1 : -1);
	return dialog;
};

const textEdited = (dialog: Dialog, edit: Parameters<typeof edited>[1]): Dialog => {
	const field = fieldAt(dialog);
	if (field === 'destination' || field === 'folder') {
		const { value, caret } = edited({ value: dialog[field], caret: dialog.caret }, edit);
		return { ...dialog, [field]: value, caret };
	}
	return edit === 'left' || edit === 'right' ? stepped(dialog, edit === 'left' ? -1 : 1) : dialog;
};

const stepped = (dialog: Dialog, by: 1 | -1): Dialog => {
	switch (fieldAt(dialog)) {
		case 'exists':
			return { ...dialog, exists: nextOf(EXISTS, dialog.exists, by) };
		case 'accept':
			return { ...dialog, accept: nextOf(ACCEPT, dialog.accept, by) };
		case 'unit':
			return { ...dialog, unit: nextOf(UNITS, dialog.unit, by) };
		case 'atOnce':
			return steppedAtOnce(dialog, by);
		case 'start':
		case 'hold':
		case 'cancel':
			return movedBy(dialog, by);
		default:
			return dialog;
	}
};

const steppedAtOnce = (dialog: Dialog, by: 1 | -1): Dialog => ({
	...dialog,
	atOnce: Math.min(MOST_AT_ONCE, Math.max(1, dialog.atOnce + by)),
});

const nextOf = <T>(all: readonly T[], one: T, by: 1 | -1): T =>
	all[(all.indexOf(one) + by + all.length) % all.length] ?? one;

/** Space: what is at the cursor is chosen, changed or pressed. */
const chosen = (state: State, dialog: Dialog): Reduced => {
	const field = fieldAt(dialog);
	switch (field) {
		case 'get':
		case 'move-here':
		case 'move-there': {
			const way = dialog.ways.find(({ how }) => how === field);
			if (way?.possible === true) return changed(state, dialog, { ...dialog, how: field });
			return replaced(state, { ...dialog, problem: way?.reason });
		}
		case 'destination':
		case 'folder':
			return changed(state, dialog, textTyped(dialog, ' '));
		case 'verify':
			return changed(state, dialog, { ...dialog, verify: !dialog.verify });
		case 'exists':
		case 'accept':
		case 'unit':
		case 'atOnce':
			return changed(state, dialog, stepped(dialog, 1));
		default:
			return accepted(state, dialog);
	}
};

/** Enter: begins, unless another button is at the cursor. */
const accepted = (state: State, dialog: Dialog): Reduced => {
	const field = fieldAt(dialog);
	if (field === 'cancel') return closed(state);
	// On a way that is not the chosen one, it is meant.
	const isWay = field === 'get' || field === 'move-here' || field === 'move-there';
	if (isWay && field !== dialog.how) return chosen(state, dialog);
	const problem = problemOf(dialog);
	if (problem !== undefined) return replaced(state, { ...dialog, problem });
	const choice = choiceOf(state, dialog);
	const { overlays } = closed(state).state;
	const next = { ...state, overlays, queue: { ...state.queue, atOnce: dialog.atOnce, lastChoice: choice } };
	const { state: after, effects } = queued(next, dialog.wanted, choice, field === 'hold' ? 'paused' : 'waiting');
	return { state: unmarked(after), effects };
};

const problemOf = (dialog: Dialog): string | undefined => {
	const way = dialog.ways.find(({ how }) => how === dialog.how);
	if (way?.possible !== true) return way?.reason ?? 'no way is chosen';
	if (dialog.how !== 'move-there') return dialog.folder.trim() === '' ? 'a folder is needed' : undefined;
	const title = dialog.destination.trim();
	if (title === '') return 'the AE title of the destination is needed';
	return [...title].length > 16 || title.includes('\\')
		? 'an AE title has 1 to 16 characters, no backslash'
		: undefined;
};

const choiceOf = (state: State, dialog: Dialog): RetrieveChoice => {
	const there = dialog.how === 'move-there' ? nodeOfTitle(state, dialog.destination.trim()) : undefined;
	const model = levelOf(state)?.query.model ?? 'study';
	return {
		how: dialog.how,
		destination: there?.calledAeTitle ?? dialog.destination.trim(),
		...(there === undefined ? {} : { destinationNode: there.name }),
		folder: dialog.folder.trim(),
		exists: dialog.exists,
		unit: dialog.unit,
		model: dialog.wanted.some(({ unit }) => unit.level === 'PATIENT') ? 'patient' : model,
		atOnce: 1,
		verify: dialog.verify,
		accept: dialog.accept,
	};
};

const told = (state: State, dialog: Dialog): Dialog => ({
	...dialog,
	ways: waysOf(state, nodesOf(dialog.wanted), dialog.destination.trim()),
	sameAs: retrieveCommand(state, dialog.wanted, choiceOf(state, dialog), dialog.atOnce),
});

// ---- into the queue -----------------------------------------------------------------------------------------------------

const queued = (
	state: State,
	wanted: readonly Wanted[],
	choice: RetrieveChoice,
	begins: 'waiting' | 'paused',
): Reduced => {
	const newest = state.queue.jobs.reduce((most, { id }) => Math.max(most, id), 0);
	const jobs = wanted.map(
		(one, index): Job => ({
			...newJob(newest + index + 1, one.node, one, choice, {
				title: titleOf(state, one.node, choice),
				folder: choice.folder,
			}),
			state: begins,
		}),
	);
	const all = { ...state, queue: { ...state.queue, jobs: [...state.queue.jobs, ...jobs] } };
	const marked = jobs.reduce<State>((next, job) => markedRow(next, undefined, job), all);
	const [only] = jobs;
	const count = jobs.length === 1 && only !== undefined ? labelOf(only, state.look.masked) : `${jobs.length} retrieves`;
	const text =
		begins === 'paused'
			? `held in the queue: ${count} (${keyFor(state, 'queue')}, then ${keyFor(state, 'pause')} begins)`
			: `in the queue: ${count} (${keyFor(state, 'queue')} shows it)`;
	return scheduled(unchanged(noted(marked, text)));
};

const titleOf = ({ receiver, nodes }: State, node: string, { how, destination }: RetrieveChoice): string => {
	if (how === 'get') return 'here';
	if (how === 'move-there') return destination;
	return ownTitle(
		receiver,
		nodes.find(({ name }) => name === node),
	);
};

/** What is in the queue is done with. */
const unmarked = (state: State): State => {
	const level = levelOf(state);
	if (level === undefined || level.marked.size === 0) return state;
	const levels = state.browse.levels.with(-1, { ...level, marked: new Set(), rangeFrom: undefined });
	return { ...state, browse: { ...state.browse, levels } };
};
