/** What is told of a retrieve that was ended from here before all of it was done: by a signal, or because `--timeout` ran out. */
import { type Explanation, explainFailure, type FailureContext } from '../../diagnose/explain.ts';
import type { Failure } from '../../errors.ts';
import { countText } from '../../output/quantities.ts';
import type { UnitResult } from '../../retrieve/events.ts';
import { isFine, isUndone } from './conclusion.ts';

/** Why units were not done; nothing where all were, or where nobody reads on. */
export const whyCutShort = (failure: Failure | undefined, results: readonly UnitResult[]): Failure | undefined => {
	if (failure === undefined || !results.some(isUndone)) return undefined;
	return failure.blame === 'interrupted' && failure.signal === 'EPIPE' ? undefined : failure;
};

/** `2 of 5 units done, 14 instances had come`. @param arrived undefined where they do not come here */
export const reachedText = (results: readonly UnitResult[], arrived: number | undefined): string => {
	const done = results.filter(({ verdict }) => isFine(verdict)).length;
	const units = `${done} of ${countText(results.length, 'unit')}`;
	return arrived === undefined ? `${units} done` : `${units} done, ${countText(arrived, 'instance')} had come`;
};

/** @param again how to go on, where that is not told yet */
export const explainCutShort = (failure: Failure, context: FailureContext, again: string | undefined): Explanation => {
	const explanation = explainFailure(failure, context);
	return again === undefined ? explanation : { ...explanation, do: [...explanation.do, again] };
};

/** One line for a signal; units that were cancelled are told of by themselves. @returns undefined where none was left unbegun */
export const interruptedLine = (
	signal: string,
	results: readonly UnitResult[],
	again: string | undefined,
): string | undefined => {
	const left = results.filter(({ verdict }) => verdict === 'not-begun').length;
	if (left === 0) return undefined;
	const which =
		results.length === 1 ? 'before the unit was begun' : `with ${left} of ${results.length} units not begun`;
	return `interrupted by ${signal} ${which}${again === undefined ? '' : `: ${again}`}`;
};

/** @param byList the command that asks for what is missing, where there is a list of that */
export const againText = (byList: string | undefined, hasJournal: boolean): string => {
	if (byList !== undefined) return `${byList}    asks again for what is missing`;
	return hasJournal
		? 'run it again, it goes on by its --journal'
		: 'run it again; with --journal FILE a run goes on where the one before ended';
};
