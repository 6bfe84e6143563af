/** AE title fields of A-ASSOCIATE-RQ and -AC: 16 bytes, padded with spaces (PS3.8 Table 9-11). */
import { LocalMisuse } from '../../errors.ts';
import { type ByteReader, isPadding } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { AE_TITLE_LENGTH } from './limits.ts';

/**
 * Leading and trailing spaces are not significant, and some peers pad with NUL. Nothing else is judged here: a title with control
 * characters, or none, is for the user to refuse with the reason that the standard has for it.
 */
export const readAeTitle = (reader: ByteReader): string => {
	const title = reader.text(AE_TITLE_LENGTH);
	let start = 0;
	let end = title.length;
	while (start < end && isPadding(title.charCodeAt(start))) start++;
	while (end > start && isPadding(title.charCodeAt(end - 1))) end--;
	return title.slice(start, end);
};

/** @throws {LocalMisuse} for more than 16 characters: cut short it would name another application entity. */
export const writeAeTitle = (writer: ByteWriter, title: string): void => {
	if (title.length > AE_TITLE_LENGTH) {
		throw new LocalMisuse(`AE title ${JSON.stringify(title)} is longer than ${AE_TITLE_LENGTH} characters`);
	}
	writer.text(title.padEnd(AE_TITLE_LENGTH, ' '));
};
