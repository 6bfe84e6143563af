/** The log: one line for everything that was said. */
import type { PartialReducer } from './actions.ts';

export const reduceLog: PartialReducer = () => undefined;
