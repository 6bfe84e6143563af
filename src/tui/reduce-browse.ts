/** The part of the reducer for the browse. */
import type { PartialReducer } from './actions.ts';

export const reduceBrowse: PartialReducer = () => undefined;
