/** The live table of a server on a terminal: who is associated, from where, doing what, and who was refused lately. Pure; the clock is handed in. */
import type { Caller, Operation, ServerEvent, Totals } from './audit-event.ts';
import { bytesText, countText, durationText, rateText } from './quantities.ts';
import { sanitize } from './sanitize.ts';
import { cutEnd, pad, textWidth } from './text-width.ts';
import { type Paint, PLAIN_PAINT } from './theme.ts';

interface Row {
	readonly caller: Caller;
	readonly since: number;
	readonly operations: Set<Operation>;
	/** When the last operation was over. */
	idleSince: number;
	requests: number;
	stored: number;
	storedBytes: number;
	sent: number;
	sentBytes: number;
	failed: number;
	/** What had been moved when, for the rate. */
	sampledAt: number;
	sampledBytes: number;
	bytesPerSecond: number;
}

interface Refusal {
	readonly at: number;
	readonly text: string;
}

/** A rate is the average of at least so long. */
const SAMPLE_MS = 1_000;
const REFUSALS_KEPT = 3;
const ROWS_SHOWN = 15;

const HEADINGS = ['#', 'CALLING', 'FROM', 'DOING', 'DONE', 'RATE', 'FOR'] as const;
const ALIGNMENTS = ['right', 'left', 'left', 'left', 'left', 'right', 'right'] as const;

export class AssociationTable {
	readonly #rows = new Map<number, Row>();
	readonly #refusals: Refusal[] = [];
	#title = '';
	#startedAt = 0;
	#served = 0;
	#refused = 0;
	#stored = 0;
	#storedBytes = 0;
	#sent = 0;

	/** @param now milliseconds on the server's clock */
	apply(event: ServerEvent, now: number): void {
		switch (event.kind) {
			case 'listening':
				this.#startedAt = now;
				this.#title = `${event.aeTitle} port ${event.port}${event.isTls ? ' TLS' : ''}`;
				return;
			case 'accepted':
				this.#rows.set(event.caller.association, newRow(event.caller, now));
				return;
			case 'request':
				this.#rows.get(event.caller.association)?.operations.add(event.operation);
				return;
			case 'finished':
				this.#finished(event, now);
				return;
			case 'ended':
				this.#rows.delete(event.caller.association);
				this.#served++;
				return;
			case 'rejected':
				this.#refuse(now, `${event.caller.calling || '(no title)'} ${event.caller.from}  ${event.triple} ${event.why}`);
				return;
			case 'not-associated':
				if (!event.isProbe) this.#refuse(now, `${event.from}  ${event.why}`);
				return;
			default:
				return;
		}
	}

	get standing(): number {
		return this.#rows.size;
	}

	/**
	 * @param width columns of the terminal
	 * @param height its rows: of them one is left for the cursor
	 */
	lines(now: number, width: number, paint: Paint = PLAIN_PAINT, height = Number.POSITIVE_INFINITY): string[] {
		const rows = [...this.#rows.values()].sort(byInterest);
		for (const row of rows) sample(row, now);
		const busy = rows.filter(({ operations }) => operations.size > 0).length;
		const standing = rows.length === 0 ? 'no association' : countText(rows.length, 'association');
		const title = [
			this.#title,
			`${standing}${busy === 0 ? '' : `, ${busy} busy`}`,
			...(this.#served === 0 ? [] : [`${this.#served} served`]),
			...(this.#refused === 0 ? [] : [`${this.#refused} refused`]),
			...(this.#stored === 0 ? [] : [`${countText(this.#stored, 'instance')} in ${bytesText(this.#storedBytes)}`]),
			...(this.#sent === 0 ? [] : [`${this.#sent} out`]),
			...(now - this.#startedAt < 1000 ? [] : [`up ${durationText(wholeSeconds(now - this.#startedAt))}`]),
		].join('  ');
		const room = height - 1;
		const refusals = this.#refusals.slice(0, Math.max(0, Math.floor(room / 4)));
		// Below the title and the headings.
		const below = Math.max(0, room - 2 - refusals.length);
		const hasMore = rows.length > Math.min(ROWS_SHOWN, below);
		const shown = rows
			.slice(0, hasMore ? Math.min(ROWS_SHOWN, Math.max(0, below - 1)) : rows.length)
			.map((row) => cellsOf(row, now));
		const cells = shown.length === 0 ? [] : laidOut([HEADINGS, ...shown], width);
		return [
			paint.strong(cutEnd(sanitize(title), width)),
			...cells.map((line, index) => (index === 0 ? paint.heading(line) : line)),
			...(hasMore && shown.length > 0 ? [paint.faint(`and ${rows.length - shown.length} more`)] : []),
			...refusals.map(({ at, text }) =>
				paint.warning(cutEnd(sanitize(`refused ${agoText(now - at)}  ${text}`), width)),
			),
		];
	}

	#finished({ caller, operation, status }: Extract<ServerEvent, { kind: 'finished' }>, now: number): void {
		const row = this.#rows.get(caller.association);
		row?.operations.delete(operation);
		const totals = addedBy(operation, status);
		this.#stored += totals.stored;
		this.#storedBytes += totals.storedBytes;
		this.#sent += totals.sent;
		if (row === undefined) return;
		row.idleSince = now;
		row.requests++;
		row.stored += totals.stored;
		row.storedBytes += totals.storedBytes;
		row.sent += totals.sent;
		row.sentBytes += totals.sentBytes;
		row.failed += totals.failed;
	}

	#refuse(now: number, text: string): void {
		this.#refused++;
		this.#refusals.unshift({ at: now, text });
		this.#refusals.length = Math.min(this.#refusals.length, REFUSALS_KEPT);
	}
}

/** What an operation that is over adds to the sums of its association. */
export const addedBy = (operation: Operation, status: number | undefined): Totals => {
	const isStore = operation.service === 'C-STORE';
	const isStored = isStore && (status === 0x0000 || (status !== undefined && status >> 12 === 0xb));
	const isSent = operation.service === 'C-GET' || operation.service === 'C-MOVE';
	return {
		requests: 1,
		stored: isStored ? 1 : 0,
		storedBytes: isStored ? (operation.bytes ?? 0) : 0,
		sent: isSent ? (operation.completed ?? 0) + (operation.warning ?? 0) : 0,
		sentBytes: isSent ? (operation.bytes ?? 0) : 0,
		failed: isStore ? (isStored ? 0 : 1) : (operation.failed ?? 0),
	};
};

const newRow = (caller: Caller, now: number): Row => ({
	caller,
	since: now,
	operations: new Set(),
	idleSince: now,
	requests: 0,
	stored: 0,
	storedBytes: 0,
	sent: 0,
	sentBytes: 0,
	failed: 0,
	sampledAt: now,
	sampledBytes: 0,
	bytesPerSecond: 0,
});

/** The busy ones first, then those that were busy last. */
const byInterest = (a: Row, b: Row): number =>
	Math.sign(b.operations.size) - Math.sign(a.operations.size) ||
	b.idleSince - a.idleSince ||
	a.caller.association - b.caller.association;

const bytesOf = (row: Row): number => {
	let bytes = row.storedBytes + row.sentBytes;
	for (const operation of row.operations) bytes += operation.bytes ?? 0;
	return bytes;
};

const sample = (row: Row, now: number): void => {
	const ms = now - row.sampledAt;
	if (ms < SAMPLE_MS) return;
	const bytes = bytesOf(row);
	row.bytesPerSecond = ((bytes - row.sampledBytes) * 1000) / ms;
	row.sampledAt = now;
	row.sampledBytes = bytes;
};

const cellsOf = (row: Row, now: number): readonly string[] => {
	const { caller, since, bytesPerSecond } = row;
	return [
		String(caller.association),
		sanitize(caller.calling || '(no title)'),
		sanitize(caller.from),
		sanitize(doing(row, now)),
		done(row),
		bytesPerSecond < 1 ? '' : `${bytesText(bytesPerSecond)}/s`,
		now - since < 1000 ? '' : durationText(wholeSeconds(now - since)),
	];
};

const doing = ({ operations, idleSince }: Row, now: number): string => {
	const [first] = operations;
	if (first === undefined)
		return now - idleSince < 1000 ? 'idle' : `idle ${durationText(wholeSeconds(now - idleSince))}`;
	const { service, level, destination, total } = first;
	const parts: string[] = [service];
	if (level !== undefined) parts.push(level);
	if (destination !== undefined) parts.push(`to ${destination}`);
	if (total !== undefined) {
		const over = (first.completed ?? 0) + (first.failed ?? 0) + (first.warning ?? 0);
		const seconds = (now - first.startedAt) / 1000;
		parts.push(`${over}/${total}`, ...(over > 1 && seconds > 0.5 ? [rateText(over / seconds)] : []));
	}
	if (first.matches !== undefined) parts.push(countText(first.matches, 'match', 'matches'));
	return parts.join(' ');
};

const agoText = (ms: number): string => (ms < 1000 ? 'just now' : `${durationText(wholeSeconds(ms))} ago`);

/** A tenth that changes with every look is no news. */
const wholeSeconds = (ms: number): number => Math.floor(ms / 1000) * 1000;

const done = ({ requests, stored, storedBytes, sent, sentBytes, failed }: Row): string => {
	const parts = [
		...(stored === 0 ? [] : [`${stored} in ${bytesText(storedBytes)}`]),
		...(sent === 0 ? [] : [`${sent} out ${bytesText(sentBytes)}`]),
		...(failed === 0 ? [] : [`${failed} failed`]),
	];
	return parts.length === 0 ? countText(requests, 'request') : parts.join(', ');
};

/** Columns as wide as their widest cell; a line too long is cut. */
const laidOut = (rows: readonly (readonly string[])[], width: number): string[] => {
	const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => textWidth(row[column] ?? ''))));
	return rows.map((row) => {
		const cells = row.map((cell, column) => pad(cell, widths[column] ?? 0, ALIGNMENTS[column] ?? 'left'));
		return cutEnd(cells.join('  ').trimEnd(), width);
	});
};
