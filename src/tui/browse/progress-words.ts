/** What a query on its way, and its end, are told as: how many, how fast, how complete (the states of the screen). */
import { countText, durationText } from '../../output/quantities.ts';
import { keyFor } from '../key-hints.ts';
import { KEYS, type KeyBinding } from '../keys.ts';
import type { NodeState } from '../nodes/nodes-state.ts';
import type { LevelState } from './browse-state.ts';

/** So long a peer may take to obey a C-CANCEL before it is said that it does not. */
const PATIENCE_MS = 5_000;

/** What is going on; '' where nothing was asked. */
export const progressText = (
	level: LevelState,
	nodes: readonly NodeState[],
	now: number,
	keys: readonly KeyBinding[] = KEYS,
): string => {
	const { progress } = level;
	switch (progress.state) {
		case 'none':
			return '';
		case 'waiting':
			return waitingText(level, nodes, now - progress.since);
		case 'receiving': {
			const ms = Math.max(1, now - progress.firstAt);
			const rate = ms < 200 ? '' : `, ${Math.round((level.rows.length * 1000) / ms)} rows/s`;
			return `receiving ${durationText(now - progress.since)}${rate}`;
		}
		case 'stopping':
			return now - progress.since < PATIENCE_MS
				? 'stopping…'
				: `${level.asking.join(', ')} ignores the cancel, ${keyFor({ keys }, 'interrupt')} aborts the association`;
		case 'done':
			return `done in ${durationText(progress.tookMs)}`;
	}
};

const waitingText = (level: LevelState, nodes: readonly NodeState[], ms: number): string => {
	const seconds = `${Math.floor(ms / 1000)} s`;
	const connecting = nodes.find(
		({ name, connection }) => connection.state === 'connecting' && level.asking.includes(name),
	);
	if (connecting?.connection.state === 'connecting')
		return ms < 2_000
			? `connecting to ${connecting.name}`
			: `connecting to ${connecting.name}, ${seconds}: waiting for ${WAITING[connecting.connection.waitingFor]}`;
	const hint = ms < 10_000 ? '' : '; some archives prepare the whole answer first';
	return `waiting for the first match, ${seconds}${hint}`;
};

const WAITING = {
	TCP: 'the TCP connection',
	TLS: 'TLS',
	'association answer': 'the answer to the association request',
} as const;

/** Whether that is all there is; '' while nobody knows. */
export const completenessText = (
	level: LevelState,
	nodes: readonly NodeState[],
	keys: readonly KeyBinding[] = KEYS,
): string => {
	const { progress, rows } = level;
	if (progress.state !== 'done') return '';
	const limit = nodes.find(({ matchLimit }) => matchLimit !== undefined)?.matchLimit;
	const count = countText(rows.length, 'row');
	const rest = `${keyFor({ keys }, 'pastLimit')} gets the rest`;
	const explain = `(${keyFor({ keys }, 'explain')} explain)`;
	switch (progress.end) {
		case 'complete':
			if (rows.length === 0) return 'no match';
			return limit === undefined || nodes.length > 1
				? 'complete (below limits seen)'
				: `complete (below the limit of ${limit} seen on this node)`;
		case 'cut-off':
			if (level.nodes.length > 1) return `${count}: ${cutOffText(level, nodes)}`;
			return limit !== undefined && rows.length >= limit
				? `${count}: the limit of this archive: ${rest}`
				: isRound(rows.length)
					? `${count}: a round number, possibly cut off: ${rest}`
					: `${count}: cut off by the archive: ${rest}`;
		case 'stopped':
			return 'stopped by you';
		case 'failed':
			if (rows.length === 0) return `failed ${explain}`;
			return [`failed after ${count} ${explain}`, cutOffText(level, nodes)].filter((part) => part !== '').join('; ');
		case 'too-many':
			return `stopped at ${rows.length}, use dimse find`;
	}
};

/** Each node has its own limit: `possibly cut off (main, vna at 300)`; '' where none is. */
export const cutOffText = ({ cutOff = [] }: LevelState, nodes: readonly NodeState[]): string => {
	if (cutOff.length === 0) return '';
	const limitOf = (node: string) => nodes.find(({ name }) => name === node)?.matchLimit;
	const isAtLimit = ({ node, rows }: (typeof cutOff)[number]): boolean =>
		rows >= (limitOf(node) ?? Number.POSITIVE_INFINITY);
	const places = Map.groupBy(cutOff, (one) => (isAtLimit(one) ? `its limit of ${limitOf(one.node)}` : `${one.rows}`));
	const told = [...places].map(([place, some]) => `${some.map(({ node }) => node).join(', ')} at ${place}`);
	const isSure = cutOff.some((one) => isAtLimit(one) || !isRound(one.rows));
	return `${isSure ? '' : 'possibly '}cut off (${told.join(', ')})`;
};

const isRound = (count: number): boolean => count % 50 === 0 || (count & (count - 1)) === 0;

/** `10 rows, 2 marked, 304 instances marked`; with a filter `3 of 10 rows`. */
export const countsText = (level: LevelState, instancesMarked: number | undefined): string => {
	const { rows, shown, marked } = level;
	const total = countText(rows.length, 'row');
	const parts = [level.filter === '' ? total : `${shown.length} of ${total}`];
	if (marked.size > 0) parts.push(`${marked.size} marked`);
	if (instancesMarked !== undefined && instancesMarked > 0)
		parts.push(`${countText(instancesMarked, 'instance')} marked`);
	return parts.join(', ');
};
