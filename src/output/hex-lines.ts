/** The bytes of a PDU for people: sixteen a line, hexadecimal and as text. */

/** @param length of the whole PDU, of which `bytes` may be the beginning @param first the offset of the first byte */
export const hexLines = (bytes: Uint8Array, length: number, first = 0): readonly string[] => {
	const lines: string[] = [];
	for (let at = 0; at < bytes.length; at += 16) {
		const row = bytes.subarray(at, at + 16);
		const hex = [...row].map((byte) => byte.toString(16).padStart(2, '0'));
		const text = [...row].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
		lines.push(
			`    ${(first + at).toString(16).padStart(4, '0')}  ${`${hex.slice(0, 8).join(' ')}  ${hex.slice(8).join(' ')}`.padEnd(48)}  ${text}`,
		);
	}
	if (length > bytes.length) lines.push(`    ${length - bytes.length} more bytes were not recorded (--trace-full)`);
	return lines;
};
