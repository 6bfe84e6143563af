/** The effects that write: the clipboard and its file, exports, traces. A file that is there already is asked about first. */
import { existsSync } from 'node:fs';
import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DicomError } from '../../errors.ts';
import { filePlace } from '../../file-place.ts';
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
		makeFolder(this.#world.stateFolder);
		await whole(join(this.#world.stateFolder, 'clipboard'), text);
		this.#said('good', `copied (${what})`);
	}

	/** @throws DicomError io */
	async export(effect: Of<'export'>): Promise<void> {
		const path = this.#world.whole(effect.path);
		if (!this.#isFree(path, effect)) return;
		await whole(path, effect.text);
		this.#said('good', `written: ${effect.path}`);
	}

	/** @throws DicomError usage for the filter or the name, io */
	async writeTrace(effect: Of<'write-trace'>, recorder: TraceRecorder): Promise<void> {
		const path = this.#world.whole(effect.path);
		const wanted = traceFilter(effect.filter);
		if (!this.#isFree(path, effect)) return;
		const events = [...recorder.events()].filter(wanted);
		await this.#world.writeTrace(path, events, effect.redact);
		const redacted = effect.redact ? ', without patients' : '';
		this.#said('good', `written: ${effect.path}, ${countText(events.length, 'event')}${redacted}`);
	}

	/** Asks where a file is there and it was not said yet that it is meant. @throws DicomError io where no file can be */
	#isFree(path: string, effect: Of<'export'> | Of<'write-trace'>): boolean {
		const folder = dirname(path);
		if (!existsSync(folder))
			throw new DicomError({ blame: 'io', code: 'NO_FOLDER', message: `there is no folder ${folder}`, path: folder });
		// A pipe is not opened to find out: that takes as long as nobody has the other end.
		if (filePlace(path).mode === undefined || effect.overwrite) return true;
		this.#dispatch({ type: 'file-exists', at: this.#world.now(), path: effect.path, effect });
		return false;
	}

	#said(kind: 'good', text: string): void {
		this.#dispatch({ type: 'said', at: this.#world.now(), kind, text });
	}
}

/** A new one for the user's eyes, another with the permissions it has; appears whole or not at all. @throws DicomError io */
const whole = async (named: string, text: string): Promise<void> => {
	const { path, mode } = filePlace(named);
	const part = `${path}.${crypto.randomUUID()}.part`;
	try {
		await writeFile(part, text, { mode: 0o600, flag: 'wx' });
		if (mode !== undefined) await chmod(part, mode);
		await rename(part, path);
	} catch (error) {
		await rm(part, { force: true }).catch(() => {});
		throw ioError(error, named);
	}
};

const ioError = (error: unknown, path: string): DicomError => {
	const { code = 'ERROR', message } = error as NodeJS.ErrnoException;
	return new DicomError({ blame: 'io', code, message, path }, { cause: error });
};
