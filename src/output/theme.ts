/** Whether to colour, and with what. Colour never says anything that a word beside it does not say as well. */

export type ColorOption = 'auto' | 'always' | 'never';

/**
 * Decides on colour for one stream: the option first, then NO_COLOR (no-color.org: set and not empty), FORCE_COLOR, CLICOLOR_FORCE,
 * then what the stream is. `TERM=dumb` and `CLICOLOR=0` only speak where nothing was forced.
 */
export const wantsColor = (
	option: ColorOption,
	isTty: boolean,
	variables: Readonly<Record<string, string | undefined>>,
): boolean => {
	if (option !== 'auto') return option === 'always';
	if (isSet(variables['NO_COLOR'])) return false;
	const forced = variables['FORCE_COLOR'];
	if (forced !== undefined) return forced !== '0' && forced !== 'false';
	if (isSet(variables['CLICOLOR_FORCE']) && variables['CLICOLOR_FORCE'] !== '0') return true;
	return isTty && variables['TERM'] !== 'dumb' && variables['CLICOLOR'] !== '0';
};

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';

type Brush = (text: string) => string;

/** What a stretch of text is for, not what it looks like. */
export interface Paint {
	readonly heading: Brush;
	readonly strong: Brush;
	readonly faint: Brush;
	readonly good: Brush;
	readonly bad: Brush;
	readonly warning: Brush;
}

const same: Brush = (text) => text;

export const PLAIN_PAINT: Paint = {
	heading: same,
	strong: same,
	faint: same,
	good: same,
	bad: same,
	warning: same,
};

/** The 16 colours of the user's own palette, never more. chalk is loaded only where something is coloured. */
export const loadPaint = async (color: boolean): Promise<Paint> => {
	if (!color) return PLAIN_PAINT;
	const { Chalk } = await import('chalk');
	const chalk = new Chalk({ level: 1 });
	return {
		heading: chalk.bold,
		strong: chalk.bold,
		faint: chalk.dim,
		good: chalk.green,
		bad: chalk.red,
		warning: chalk.yellow,
	};
};
