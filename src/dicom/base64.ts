/** Bytes as base64 (RFC 4648 4), as the DICOM JSON model has them (PS3.18 F.2.7). */

/** Arguments of one call; more overflow the stack. */
const CHUNK = 8192;

export const base64 = (bytes: Uint8Array): string => {
	let binary = '';
	for (let start = 0; start < bytes.length; start += CHUNK) {
		binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
	}
	return btoa(binary);
};

/** Undefined for text that is not base64; line breaks in it are none of its characters and are passed over. */
export const bytesOfBase64 = (text: string): Uint8Array | undefined => {
	const compact = text.replace(/[\r\n]/g, '');
	if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return undefined;
	const binary = atob(compact);
	const bytes = new Uint8Array(binary.length);
	for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
	return bytes;
};
