/** Two cores joined by a wire in memory: what one sends the other receives, cut wherever one likes. */
import { type Indication, type Output, type Role, UpperLayer } from '../../src/upper-layer/upper-layer.ts';
import { MAXIMUM_LENGTH, told } from './samples.ts';

/** What a user does when told something; nothing, by default. */
export type User = (core: UpperLayer, primitive: Indication) => Output[];

export class Pair {
	readonly requestor = new UpperLayer('requestor', { maximumLength: MAXIMUM_LENGTH });
	readonly acceptor = new UpperLayer('acceptor', { maximumLength: MAXIMUM_LENGTH });
	/** Everything that either was told to do, as `requestor: send A-ASSOCIATE-RQ`. */
	readonly log: string[] = [];
	/** Whether ARTIM runs on each side. */
	readonly artim: Record<Role, boolean> = { requestor: false, acceptor: false };
	readonly #users: Record<Role, User>;
	readonly #pieces: (bytes: Uint8Array) => Uint8Array[];
	readonly #inbox: Record<Role, (Uint8Array | 'closed')[]> = { requestor: [], acceptor: [] };

	constructor(
		users: Partial<Record<Role, User>> = {},
		pieces: (bytes: Uint8Array) => Uint8Array[] = (bytes) => [bytes],
	) {
		this.#users = { requestor: () => [], acceptor: () => [], ...users };
		this.#pieces = pieces;
	}

	/** Does what a core says, on behalf of the driver that has the socket and the timer. */
	perform(core: UpperLayer, outputs: readonly Output[]): void {
		const other = core === this.requestor ? this.acceptor : this.requestor;
		for (const output of outputs) {
			this.log.push(`${core.role}: ${told(output)}`);
			switch (output.do) {
				case 'connect':
					this.perform(this.acceptor, this.acceptor.transportConnected());
					this.perform(this.requestor, this.requestor.transportConnected());
					break;
				case 'send':
					this.#inbox[other.role].push(...this.#pieces(output.bytes));
					break;
				case 'indicate':
					this.perform(core, this.#users[core.role](core, output.primitive));
					break;
				case 'closeTransport':
					this.#inbox[other.role].push('closed');
					this.#inbox[core.role] = ['closed'];
					break;
				default:
					this.artim[core.role] = output.do === 'startArtim';
			}
		}
	}

	/** Delivers what is on its way, in turn, until nothing is. */
	drive(): void {
		let delivered = true;
		while (delivered) {
			delivered = false;
			for (const core of [this.requestor, this.acceptor]) {
				const next = this.#inbox[core.role].shift();
				if (next === undefined) continue;
				delivered = true;
				this.perform(core, next === 'closed' ? core.transportClosed() : core.receive(next));
			}
		}
	}
}
