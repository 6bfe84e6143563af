/** What stands between the state of browse and the terminal: the screen, or line mode. */
import type { Action } from '../../tui/actions.ts';
import type { Terminal as Devices } from '../../tui/effects/effects.ts';

export interface FrontEnd {
	/** What effects do with the terminal. */
	readonly devices: Devices;
	/** Whatever happens goes through here. */
	readonly dispatch: (action: Action) => void;
	/** What happens before anything is asked for. */
	begin(during: () => void): void;
	/** Settles when the terminal was given back. @throws what a view threw */
	readonly ended: Promise<void>;
	/** Gives the terminal back. */
	close(): void;
	/** Events of stdin that say that the terminal is gone. */
	readonly goneBy: readonly ('error' | 'close' | 'end')[];
}
