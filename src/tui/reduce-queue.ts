/** The queue: what happens to its jobs, and what its keys do. */
import type { PartialReducer } from './actions.ts';

/** Also takes what retrieves and our receiver tell, on whatever screen. */
export const reduceQueue: PartialReducer = () => undefined;
