/** The dialog that asks how something is to be retrieved: `d` in browse opens it, and it puts jobs into the queue. */
import type { PartialReducer } from './actions.ts';

/** Takes `retrieve` and `retrieveAgain` of browse, and everything while the dialog is on top. */
export const reduceRetrieveDialog: PartialReducer = () => undefined;
