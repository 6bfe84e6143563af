/** The part of the reducer for the global. */
import type { PartialReducer } from './actions.ts';

export const reduceGlobal: PartialReducer = () => undefined;
