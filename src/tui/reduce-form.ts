/** The part of the reducer for the form. */
import type { PartialReducer } from './actions.ts';

export const reduceForm: PartialReducer = () => undefined;
