/** `find --why`: which key of a query that matched nothing excludes everything (services/ablation.ts), asked and told. */
import type { Association } from '../../association/association.ts';
import type { Dataset } from '../../dicom/dataset.ts';
import { byTag } from '../../dicom/dictionary.ts';
import { statusOf } from '../../dimse/status.ts';
import { DicomError } from '../../errors.ts';
import { UNIQUE_KEYS } from '../../output/columns.ts';
import { statusText } from '../../output/events.ts';
import { countText } from '../../output/quantities.ts';
import { attributeName } from '../../output/query-warnings.ts';
import { cutEnd, textWidth } from '../../output/text-width.ts';
import { type AblatedKey, type Ablation, type AskedOnce, ablate } from '../../services/ablation.ts';
import { find } from '../../services/query-scu.ts';
import type { AcceptedContext } from '../../upper-layer/negotiation.ts';
import type { Query } from './query-identifier.ts';

/** Asks on; every query is cancelled at its first match. @throws DicomError interrupted on the signal */
export const askWhy = (
	association: Association,
	context: AcceptedContext,
	identifier: Dataset,
	{ model, level }: Query,
	signal: AbortSignal,
): Promise<Ablation> => {
	const above = model.levels.slice(0, Math.max(0, model.levels.indexOf(level)));
	const fixed = above.map((one) => UNIQUE_KEYS[one]);
	return ablate(identifier, fixed, async (part) => {
		if (signal.aborted) throw new DicomError({ blame: 'interrupted', signal: String(signal.reason) });
		const exchange = find(association, context, part);
		let isFound = false;
		for await (const _ of exchange) {
			if (!isFound) exchange.cancel();
			isFound = true;
		}
		const { status } = await exchange.final;
		if (isFound) return 'some';
		return statusOf('C-FIND', status).class === 'failure' ? { status } : 'none';
	});
};

const WIDEST = 40;

/** Lines for people. `more`: other identifiers of the same query, which were not asked about. */
export const whyLines = ({ keys, kept, bare, queries }: Ablation, more: number): readonly string[] => {
	const above = kept.map(({ tag, value }) => `${attributeName(tag)}=${value}`).join(' ');
	const bareText =
		above === ''
			? 'nothing comes even without any key: the archive is empty, or shows us nothing'
			: `nothing comes for ${above} alone: the peer has nothing of that, or does not show it to us`;
	if (keys.length === 0) return [above === '' ? `no match, and ${bareText}` : bareText];
	const named = keys.map(({ tag, value }) => cutEnd(`${attributeName(tag)}=${value}`, WIDEST));
	const width = Math.max(...named.map(textWidth));
	const line = (index: number, outcome: string, word = ''): string => {
		const name = named[index] ?? '';
		return `  ${name}${' '.repeat(width - textWidth(name))}  -> ${word === '' ? outcome : `${outcome.padEnd(7)}  ${word}`}`;
	};
	const lines = [
		`no match${more === 0 ? '' : ` (of the first of ${more + 1} queries)`}. Without each key in turn:`,
		...keys.map((key, index) => line(index, outcomeText(key.without), verdictOf(key))),
	];
	if (bare !== undefined && bare !== 'some')
		lines.push(bare === 'none' ? bareText : `without any key the peer refuses the query (${statusText(bare.status)})`);
	else if (bare === 'some') {
		lines.push(`no single key excludes everything. Each key alone${above === '' ? '' : `, with ${above}`}:`);
		lines.push(
			...keys.map(({ alone }, index) =>
				line(index, outcomeText(alone ?? 'none'), alone === 'none' ? 'matches nothing, whatever else is asked' : ''),
			),
		);
		if (keys.every(({ alone }) => alone === 'some'))
			lines.push('each of them matches something, and nothing is matched by all of them');
	}
	return [...lines, `(${countText(queries, 'more query', 'more queries')})`];
};

const outcomeText = (outcome: AskedOnce): string =>
	outcome === 'some' ? '1+ rows' : outcome === 'none' ? '0' : `refused (${statusText(outcome.status)})`;

const verdictOf = ({ without, value, instead }: AblatedKey): string => {
	if (without !== 'some') return '';
	return `this key excludes everything${instead === undefined ? '' : `; ${kindOf(value, instead)}${instead} matches`}`;
};

/** What about it is other, where that is the letter case. */
const kindOf = (value: string, instead: string): string => {
	const kinds = [
		['upper case ', (text: string) => text.toUpperCase()],
		['lower case ', (text: string) => text.toLowerCase()],
	] as const;
	return kinds.find(([, put]) => instead === put(instead) && value !== put(value))?.[0] ?? '';
};

/** As the JSON document of `find` has it. */
export const whyDocument = ({ keys, bare, queries }: Ablation): object => {
	const outcome = (one: AskedOnce) => (typeof one === 'string' ? one : statusText(one.status));
	return {
		keys: keys.map(({ tag, value, without, alone, instead }) => ({
			key: byTag(tag)?.keyword ?? tag,
			value,
			without: outcome(without),
			...(alone === undefined ? {} : { alone: outcome(alone) }),
			...(instead === undefined ? {} : { instead }),
		})),
		...(bare === undefined ? {} : { bare: outcome(bare) }),
		queries,
	};
};
