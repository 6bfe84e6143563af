/** One association for one purpose: opened, used, released, or aborted where the use fails. */
import { requireContext } from '../../association/requestor.ts';
import { DicomError } from '../../errors.ts';
import type { Open, OpenOptions } from '../../retrieve/settings.ts';

type Connected = Awaited<ReturnType<Open>>;

/** The signal ends it at any time, by A-ABORT once it stands. @throws DicomError as `connect` and `use` do */
export const withConnected = async <T>(
	open: Open,
	options: OpenOptions & { readonly signal: AbortSignal },
	abstractSyntax: string,
	use: (connected: Connected, context: ReturnType<typeof requireContext>) => Promise<T>,
): Promise<T> => {
	const connected = await open(options);
	const { association } = connected;
	const { signal } = options;
	const abort = () => void association.abort({ blame: 'interrupted' });
	signal.addEventListener('abort', abort, { once: true });
	if (signal.aborted) abort();
	try {
		const result = await use(connected, requireContext(connected, abstractSyntax));
		void association.release().catch(() => {});
		return result;
	} catch (error) {
		void association.abort(error instanceof DicomError ? error.failure : { blame: 'interrupted' });
		throw error;
	} finally {
		signal.removeEventListener('abort', abort);
	}
};
