/** What it is told as where no port can be listened on: the same words for every command that does. */
import { DicomError } from '../errors.ts';
import { endpointText } from './retrieve/receiver.ts';

/** @returns the error to throw; what does not come from the port is as it was */
export const cannotListen = (error: unknown, host: string | undefined, port: number): unknown => {
	if (!(error instanceof DicomError) || error.failure.blame !== 'io' || error.failure.code.startsWith('ERR_'))
		return error;
	const where = host === undefined ? `port ${port}` : endpointText(host, port);
	return new DicomError({ ...error.failure, message: `cannot listen on ${where}` }, { cause: error });
};
