/** The association of one worker: opened for what is needed next, used as long as it serves, opened anew when it does not. */
import type { Association } from '../association/association.ts';
import type { RequestHandler } from '../association/incoming.ts';
import type { Connected } from '../association/requestor.ts';
import { requireContext } from '../association/requestor.ts';
import type { Dataset } from '../dicom/dataset.ts';
import { PATIENT_ROOT_FIND, QUERY_MODELS, STUDY_ROOT_FIND } from '../dicom/sop-classes.ts';
import { TAG } from '../dicom/tags.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../dicom/transfer-syntaxes.ts';
import { DicomError, type RefusedContext } from '../errors.ts';
import { find } from '../services/query-scu.ts';
import type { AcceptedContext } from '../upper-layer/negotiation.ts';
import { PLENTY, type Proposal, planContexts, retrieveNegotiations, storageRoles, type Wanted } from './contexts.ts';
import type { Untimed } from './events.ts';
import { askExpected, type Expected } from './expected.ts';
import type { Ledger } from './ledger.ts';
import type { Open, RetrieveSettings, RetrieveSignals } from './settings.ts';
import type { Unit } from './unit.ts';

/** What sessions share. */
export interface SessionContext {
	readonly settings: RetrieveSettings;
	readonly signals: RetrieveSignals;
	readonly emit: (event: Untimed) => void;
	/** Answers the C-STORE-RQs that come on the association of a session. */
	readonly serve: (session: Session) => RequestHandler;
}

/** The association was not opened: nothing has been asked. */
export class OpeningError extends Error {
	readonly error: DicomError;

	constructor(error: DicomError) {
		super(error.message, { cause: error });
		this.error = error;
	}
}

type Purpose = 'query' | 'C-GET' | 'C-MOVE' | 'verify';

/** The final status of a query after a C-CANCEL. */
const CANCELLED = 0xfe00;

/** Fewer classes than this leave room for those of the units before. */
const KEPT_CLASSES = 10;

export class Session {
	/** Whose instances come on it. */
	current: Ledger | undefined;
	/** C-STORE-RQs that are being answered. */
	storing = 0;
	readonly #context: SessionContext;
	readonly #open: Open;
	#connected: Connected | undefined;
	#proposals: readonly Proposal[] = [];
	#purpose: Purpose | undefined;
	#wanted: readonly Wanted[] = [];

	constructor(context: SessionContext, open: Open = context.settings.open) {
		this.#context = context;
		this.#open = open;
	}

	get association(): Association | undefined {
		return this.#connected?.association.isOpen === true ? this.#connected.association : undefined;
	}

	/** Relational queries or retrieves were agreed for the class. */
	isRelational(sopClassUid: string): boolean {
		const answers = this.#connected?.answer.userInformation.extendedNegotiations;
		return answers?.find((one) => one.sopClassUid === sopClassUid)?.information[0] === 1;
	}

	// ---- queries ----------------------------------------------------------------------------------------------------

	/**
	 * Asks what there is of a unit, on the association that stands or on one that is also for `purpose`.
	 *
	 * @returns undefined where the peer accepts no query
	 * @throws OpeningError; DicomError when the association ends
	 */
	async expected(unit: Unit, purpose: Purpose): Promise<Expected | undefined> {
		if (this.association === undefined) await this.#renew(purpose, []);
		const context = this.#findContext(unit);
		const association = this.association;
		if (context === undefined || association === undefined) return undefined;
		const isPatientRoot = context.abstractSyntax === PATIENT_ROOT_FIND;
		return askExpected(
			unit,
			async (level, identifier, match) => {
				// Below STUDY, study root has no patient keys (PS3.4 C.6.2.1).
				const asked = isPatientRoot || level === 'STUDY' ? identifier : without(identifier, TAG.PatientID);
				return this.#ask(association, context, asked, match);
			},
			this.isRelational(context.abstractSyntax),
		);
	}

	async #ask(
		association: Association,
		context: AcceptedContext,
		identifier: Dataset,
		match: (row: Dataset) => void,
	): Promise<number> {
		const { interrupt } = this.#context.signals;
		if (interrupt.aborted) return CANCELLED; // after the question that was cancelled no other is asked
		const query = find(association, context, identifier);
		const cancel = () => query.cancel();
		interrupt.addEventListener('abort', cancel, { once: true });
		try {
			for await (const { dataset } of query) match(dataset);
			return (await query.final).status;
		} finally {
			interrupt.removeEventListener('abort', cancel);
		}
	}

	/** Patient root wants the Patient ID in every question. */
	#findContext({ patientId }: Unit): AcceptedContext | undefined {
		for (const uid of this.#findClasses()) {
			const context = this.association?.contextFor(uid);
			if (context !== undefined && (uid !== PATIENT_ROOT_FIND || patientId !== undefined)) return context;
		}
		return undefined;
	}

	#findClasses(): readonly string[] {
		const { model, verify, contexts, by } = this.#context.settings;
		if (!verify && (by !== 'get' || contexts !== 'auto')) return [];
		return model === 'patient-root' ? [PATIENT_ROOT_FIND, STUDY_ROOT_FIND] : [STUDY_ROOT_FIND, PATIENT_ROOT_FIND];
	}

	// ---- retrieves --------------------------------------------------------------------------------------------------

	/** @throws OpeningError; DicomError no-context */
	async forMove(): Promise<{ readonly association: Association; readonly context: AcceptedContext }> {
		if (this.association === undefined || this.#purpose !== 'C-MOVE') await this.#renew('C-MOVE', []);
		return this.#retrieveContext('move');
	}

	/**
	 * An association on which these instances can come.
	 *
	 * @throws OpeningError; DicomError no-context
	 */
	async forGet(wanted: readonly Wanted[], ledger: Ledger) {
		if (this.association !== undefined) this.#retrieveContext('get'); // refused there: no use in another
		if (!this.#covers(wanted)) {
			const names = new Set(wanted.map(({ sopClassUid }) => sopClassUid));
			const earlier = this.#wanted.filter((one) => !names.has(one.sopClassUid) && !isSpecial(one));
			const together = [...wanted, ...earlier];
			this.#wanted = together.length <= KEPT_CLASSES && !wanted.some(isSpecial) ? together : wanted;
			await this.#renew('C-GET', planContexts(this.#wanted, this.#context.settings.transferSyntaxes)[0] ?? []);
		}
		this.#enter(ledger);
		return this.#retrieveContext('get');
	}

	/** What was accepted of the proposals, and what not. */
	#enter(ledger: Ledger): void {
		const accepted = this.#connected?.accepted ?? [];
		for (const { abstractSyntax, transferSyntax } of accepted)
			ledger.accepted.set(abstractSyntax, (ledger.accepted.get(abstractSyntax) ?? new Set()).add(transferSyntax));
		const own = new Set(accepted.map(({ abstractSyntax }) => abstractSyntax));
		const isCutOff = seemsCutOff(accepted, this.#connected?.refused ?? []);
		for (const { abstractSyntax } of this.#proposals) {
			const isAccepted = own.has(abstractSyntax);
			ledger.proposed.set(abstractSyntax, isAccepted || ledger.proposed.get(abstractSyntax) === true);
			if (isCutOff && !isAccepted) ledger.crowdedOut.add(abstractSyntax);
		}
	}

	/** Every class has the contexts that it would have on an association of its own, or enough; what the peer told stands alone. */
	#covers(wanted: readonly Wanted[]): boolean {
		if (this.association === undefined || this.#purpose !== 'C-GET') return false;
		if ([...wanted, ...this.#wanted].some(isSpecial)) return false;
		const planned = planContexts(wanted, this.#context.settings.transferSyntaxes)[0] ?? [];
		return wanted.every(({ sopClassUid, transferSyntaxes }) => {
			const own = this.#proposals.filter(({ abstractSyntax }) => abstractSyntax === sopClassUid);
			const due = planned.filter(({ abstractSyntax }) => abstractSyntax === sopClassUid).length;
			return (
				own.length >= Math.max(1, Math.min(due, PLENTY)) &&
				transferSyntaxes.every((uid) =>
					own.some((one) => one.transferSyntaxes.length === 1 && one.transferSyntaxes[0] === uid),
				)
			);
		});
	}

	/** A context was accepted for one of them at least. */
	hasAnyOf(wanted: readonly Wanted[]): boolean {
		const names = new Set(wanted.map(({ sopClassUid }) => sopClassUid));
		return this.#connected?.accepted.some(({ abstractSyntax }) => names.has(abstractSyntax)) === true;
	}

	/** So many contexts has the class had on this association. */
	contextsOf(sopClassUid: string): number {
		return this.#proposals.filter(({ abstractSyntax }) => abstractSyntax === sopClassUid).length;
	}

	/** The peer has said nothing of the roles we proposed. */
	get hasUnansweredRoles(): boolean {
		return this.#connected?.accepted.some(({ scpUnanswered }) => scpUnanswered) === true;
	}

	#retrieveContext(service: 'get' | 'move'): { readonly association: Association; readonly context: AcceptedContext } {
		const sopClassUid = QUERY_MODELS[this.#context.settings.model][service];
		const connected = this.#connected;
		if (connected === undefined || sopClassUid === undefined)
			throw new DicomError({ blame: 'no-context', refused: [] });
		return { association: connected.association, context: requireContext(connected, sopClassUid) };
	}

	// ---- the association --------------------------------------------------------------------------------------------

	async #renew(purpose: Purpose, proposals: readonly Proposal[]): Promise<void> {
		await this.release();
		const { settings, signals, emit, serve } = this.#context;
		const model = QUERY_MODELS[settings.model];
		const transferSyntaxes = settings.identifierSyntaxes ?? [EXPLICIT_LITTLE, IMPLICIT_LITTLE];
		const findClasses = this.#findClasses();
		const retrieving =
			purpose === 'verify' ? [] : [purpose === 'C-MOVE' ? model.move : model.get].filter((uid) => uid !== undefined);
		const contexts = [
			...[...retrieving, ...findClasses].map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes })),
			...proposals,
		];
		let connected: Connected;
		try {
			connected = await this.#open({
				contexts,
				roleSelections: storageRoles(proposals),
				extendedNegotiations: retrieveNegotiations(retrieving, findClasses, settings),
				serve: serve(this),
				signal: AbortSignal.any([signals.interrupt, signals.abort]),
			});
		} catch (error) {
			throw error instanceof DicomError ? new OpeningError(error) : error;
		}
		const { association, accepted, refused } = connected;
		this.#connected = connected;
		this.#proposals = proposals;
		this.#purpose = purpose;
		emit({
			kind: 'association-opened',
			association: association.number,
			purpose,
			accepted: accepted.length,
			refused,
		});
		const abort = () => void association.abort({ blame: 'interrupted' });
		signals.abort.addEventListener('abort', abort, { once: true });
		void association.closed.then(() => {
			signals.abort.removeEventListener('abort', abort);
			const failure = association.failure?.failure;
			emit({
				kind: 'association-closed',
				association: association.number,
				...(failure === undefined ? {} : { failure }),
			});
		});
		if (signals.abort.aborted) abort();
	}

	/** Ends the association, if there is one; that a peer ends it badly then is of no interest. */
	async release(): Promise<void> {
		const { association } = this.#connected ?? {};
		this.#connected = undefined;
		this.#purpose = undefined;
		this.#proposals = [];
		await association?.release().catch(() => {});
	}
}

/** Nobody accepts fewer than that of an association, however many are proposed. */
const FEWEST_CONTEXTS = 5;

/**
 * The first contexts were accepted and none of the others: the peer takes so many and no more. Where that line falls between two
 * classes and leaves one of them out, it is that class which the peer does not do.
 */
const seemsCutOff = (accepted: readonly AcceptedContext[], refused: readonly RefusedContext[]): boolean => {
	if (accepted.length < FEWEST_CONTEXTS || accepted.some(({ id }) => id >= 2 * accepted.length)) return false;
	const own = new Set(accepted.map(({ abstractSyntax }) => abstractSyntax));
	const others = new Set(refused.map(({ abstractSyntax }) => abstractSyntax));
	return others.size > 1 || [...others].some((uid) => own.has(uid));
};

/** Proposed in a way of its own, without others. */
const isSpecial = ({ isCompressed, isAlone }: Wanted): boolean => isCompressed === true || isAlone === true;

const without = (dataset: Dataset, tag: string): Dataset =>
	Object.fromEntries(Object.entries(dataset).filter(([key]) => key !== tag));
