/** Callers and what was refused to them, in the words of `dimse receive`. */
import { plainAddress } from '../../config/access-rules.ts';
import { uidInfo } from '../../dicom/uids.ts';
import type { RefusedContext } from '../../errors.ts';
import { uidName } from '../../output/uid-names.ts';
import { endpointText } from '../retrieve/receiver.ts';

/** So many classes are named. */
const NAMED = 20;

export const placeText = ({ address, port }: { readonly address: string; readonly port: number }): string =>
	endpointText(plainAddress(address), port);

export const shortened = (uid: string): string =>
	uid.length <= 64 ? uid : `${uid.slice(0, 64)}... (${uid.length} characters)`;

/** The classes by their names, why, and what to do. */
export const refusedText = (calling: string, refused: readonly RefusedContext[], accept: readonly string[]): string => {
	const classes = [...new Set(refused.map(({ abstractSyntax }) => abstractSyntax))];
	const names = classes.slice(0, NAMED).map((uid) => {
		const short = shortened(uid);
		return uidName(short) === short ? short : `${uidName(short)} (${short})`;
	});
	const isOther = classes.every((uid) => uidInfo(uid)?.isStorage === false);
	const advice = isOther
		? 'this takes C-STORE and C-ECHO only; dimse qrscp answers queries'
		: accept.length === 0
			? 'instances of them cannot come; --accept any takes private and unknown classes too'
			: `instances of them cannot come: --accept ${accept.join(',')} leaves them out`;
	return `refused to ${calling}: ${names.join(', ')}${classes.length > NAMED ? ', ...' : ''} (${advice})`;
};
