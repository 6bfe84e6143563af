/** The trace screen: what is recorded, filtered, held still, opened and written. */
import type { PartialReducer } from './actions.ts';

export const reduceTrace: PartialReducer = () => undefined;
