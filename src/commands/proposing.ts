/** `--ts` and `--prefer-ts`: transfer syntaxes by name or UID, in the order they are to be proposed. */
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../dicom/transfer-syntaxes.ts';
import { DicomError } from '../errors.ts';

const NAMES: Readonly<Record<string, readonly string[]>> = {
	implicit: [IMPLICIT_LITTLE],
	explicit: [EXPLICIT_LITTLE],
	'explicit-big': [EXPLICIT_BIG],
	deflated: [DEFLATED],
	uncompressed: [EXPLICIT_LITTLE, IMPLICIT_LITTLE, EXPLICIT_BIG],
};

/**
 * @param asked as given with the option, names and UIDs, also several to a text separated by commas; empty for the usual ones
 * @param option for messages
 * @throws DicomError usage
 */
export const proposedTransferSyntaxes = (
	asked: readonly string[],
	usual: readonly string[],
	option: '--ts' | '--prefer-ts' = '--ts',
): readonly string[] => {
	const words = (asked.length === 0 ? usual : asked).flatMap((text) => text.split(',')).map((word) => word.trim());
	return [
		...new Set(
			words.flatMap((word) => {
				const known = NAMES[word.toLowerCase()];
				if (known !== undefined) return known;
				if (/^[0-9]+(\.[0-9]+)+$/.test(word) && word.length <= 64) return [word];
				throw new DicomError({
					blame: 'usage',
					message: `unknown transfer syntax "${word}"`,
					hint: `${option} takes ${Object.keys(NAMES).join(', ')}, or UIDs`,
				});
			}),
		),
	];
};
