/** A dataset in memory as something that is open. */
import type { OpenInstance } from './stored-instance.ts';

export const inMemory = (bytes: Uint8Array): OpenInstance => {
	let position = 0;
	return {
		length: bytes.length,
		isImmediate: true,
		read: (views) => {
			for (const view of views) {
				view.set(bytes.subarray(position, position + view.length));
				position += view.length;
			}
		},
		close: () => {},
	};
};
