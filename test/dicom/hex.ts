/** Bytes as hex text and back, spaces allowed. */
export const bytesOf = (hex: string): Uint8Array => {
	const digits = hex.replaceAll(/\s/g, '');
	return Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
		Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16),
	);
};

export const hexOf = (bytes: Uint8Array): string =>
	Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
