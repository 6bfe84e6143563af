/** The nodes screen: echoes, the card, adding, changing and removing nodes. */
import type { PartialReducer } from './actions.ts';

export const reduceNodes: PartialReducer = () => undefined;
