/** The effects that write: the clipboard and its file, exports, traces. A file that is there already is asked about first. */
import { open, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DicomError } from '../../errors.ts';
import { makeFolder } from '../../make-folder.ts';
import { countText } from '../../output/quantities.ts';
import { traceFilter } from '../../trace/filter.ts';
import type { Action, Effect } from '../actions.ts';
import type { TraceRecorder } from '../trace/trace-recorder.ts';
import type { World } from '../world.ts';

type Of<Name extends Effect['do']> = Extract<Effect, { readonly do: Name }>;

export class FileEffects {
	readonly #world: World;
	readonly #dispatch: (action: Action) => void;
	readonly #toTerminal: (text: string) => void;

	constructor(world: World, dispatch: (action: Action) => void, toTerminal: (text: string) => void) {
		this.#world = world;
		this.#dispatch = dispatch;
		this.#toTerminal = toTerminal;
	}

	/** To the terminal's clipboard, where it has one, and to a file in any case. @throws DicomError io */
	async copy({ text, what }: Pick<Of<'copy'>, 'text' | 'what'>): Promise<void> {
		this.#toTerminal(text);
		const path = join(this.#world.stateFolder, 'clipboard');
		await whole(path, text);
		this.#said('good', `copied (${what})`);
	}

	/** @throws DicomError io */
	async export(effect: Of<'export'>): Promise<void> {
		const path = this.#world.whole(effect.path);
		if (!(await this.#isFree(path, effect))) return;
		await whole(path, effect.text);
		this.#said('good', `written: ${effect.path}`);
	}

	/** @throws DicomError usage for the filter or the name, io */
	async writeTrace(effect: Of<'write-trace'>, recorder: TraceRecorder): Promise<void> {
		const path = this.#world.whole(effect.path);
		const wanted = traceFilter(effect.filter);
		if (!(await this.#isFree(path, effect))) return;
		const events = [...recorder.events()].filter(wanted);
		await this.#world.writeTrace(path, events, effect.redact);
		const redacted = effect.redact ? ', without patients' : '';
		this.#said('good', `written: ${effect.path}, ${countText(events.length, 'event')}${redacted}`);
	}

	async #isFree(path: string, effect: Of<'export'> | Of<'write-trace'>): Promise<boolean> {
		if (effect.overwrite) return true;
		try {
			await (await open(path, 'r')).close();
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
			throw ioError(error, path);
		}
		this.#dispatch({ type: 'file-exists', at: this.#world.now(), path: effect.path, effect });
		return false;
	}

	#said(kind: 'good', text: string): void {
		this.#dispatch({ type: 'said', at: this.#world.now(), kind, text });
	}
}

/** For the user's eyes; appears whole or not at all. @throws DicomError io */
const whole = async (path: string, text: string): Promise<void> => {
	const part = `${path}.${crypto.randomUUID()}.part`;
	try {
		makeFolder(dirname(path));
		await writeFile(part, text, { mode: 0o600, flag: 'wx' });
		await rename(part, path);
	} catch (error) {
		throw ioError(error, path);
	}
};

const ioError = (error: unknown, path: string): DicomError => {
	const { code = 'ERROR', message } = error as NodeJS.ErrnoException;
	return new DicomError({ blame: 'io', code, message, path }, { cause: error });
};
