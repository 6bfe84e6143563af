/** How many associations a retrieve may use at once, where that is changed while it runs. */
export class AtOnce {
	#count: number;
	#follower: ((count: number) => void) | undefined;

	constructor(count: number) {
		this.#count = Math.max(1, count);
	}

	get count(): number {
		return this.#count;
	}

	/** More are opened at once, as far as requests are left; fewer as soon as a request is over. */
	set count(count: number) {
		this.#count = Math.max(1, count);
		this.#follower?.(this.#count);
	}

	/** For the retrieve. */
	follow(follower: ((count: number) => void) | undefined): void {
		this.#follower = follower;
	}
}
