/** `find -w`: matches as files, `rsp0001.dcm` and so on. */
import { writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { ioError } from '../../archive/files/instance-file.ts';
import type { Environment } from '../../cli/environment.ts';
import { type Dataset, stringsOf } from '../../dicom/dataset.ts';
import { encodeFile } from '../../dicom/part10.ts';
import { TAG } from '../../dicom/tags.ts';
import { EXPLICIT_LITTLE } from '../../dicom/transfer-syntaxes.ts';
import { makeFolder } from '../../make-folder.ts';

/** @param sopClassUid of a match that names none. @throws DicomError io */
export const writeResponse = (
	row: Dataset,
	number: number,
	sopClassUid: string,
	out: string,
	env: Environment,
): void => {
	const folder = isAbsolute(out) ? out : join(env.cwd, out);
	const uid = (tag: string, instead: string) => ({ vr: 'UI' as const, Value: [stringsOf(row, tag)[0] || instead] });
	const whole = {
		...row,
		[TAG.SOPClassUID]: uid(TAG.SOPClassUID, sopClassUid),
		[TAG.SOPInstanceUID]: uid(TAG.SOPInstanceUID, `2.25.${BigInt(`0x${crypto.randomUUID().replaceAll('-', '')}`)}`),
	};
	const path = join(folder, `rsp${String(number).padStart(4, '0')}.dcm`);
	try {
		makeFolder(folder);
		writeFileSync(path, encodeFile(whole, EXPLICIT_LITTLE));
	} catch (error) {
		throw ioError(error, path);
	}
};
