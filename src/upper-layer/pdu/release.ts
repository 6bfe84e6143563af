/** A-RELEASE-RQ and A-RELEASE-RP PDUs (PS3.8 9.3.6 and 9.3.7): four reserved bytes. */
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

export interface ReleaseRq {
	readonly type: 'A-RELEASE-RQ';
}

export interface ReleaseRp {
	readonly type: 'A-RELEASE-RP';
}

export const writeRelease = (writer: ByteWriter): void => writer.zeros(4);

export const readRelease = <Type extends string>(type: Type, reader: ByteReader): { readonly type: Type } => {
	reader.skip(4);
	reader.end();
	return { type };
};
