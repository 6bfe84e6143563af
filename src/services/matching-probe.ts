/** How an archive matches keys, found out by asking for one study that it has (PS3.4 C.2.2.2): case, wildcards, components, ranges, lists. */
import { type Dataset, stringsOf, textOf } from '../dicom/dataset.ts';
import { TAG } from '../dicom/tags.ts';

/** What was found of one key. `facts` are what later queries can rely on. */
export interface MatchingFact {
	/** A keyword, or `UID list`. */
	readonly key: string;
	/** For people, a few words each. */
	readonly says: readonly string[];
	readonly facts: Readonly<Record<string, boolean>>;
}

/** Asks one study-level query and says whether the known study is among the matches; harmless, since the study's own date bounds it. */
export type AskForStudy = (keys: Dataset) => Promise<boolean>;

/**
 * @param study a row of the archive's own: StudyInstanceUID, StudyDate, PatientName, PatientID, ModalitiesInStudy as far as it returns them
 */
export const probeMatching = async (study: Dataset, ask: AskForStudy): Promise<readonly MatchingFact[]> => {
	const probe = new Probe(study, ask);
	return [
		...(await probe.name()),
		...(await probe.id()),
		...(await probe.date()),
		...(await probe.modality()),
		await probe.uidList(),
	];
};

class Probe {
	readonly #study: Dataset;
	readonly #ask: AskForStudy;
	readonly #date: string;

	constructor(study: Dataset, ask: AskForStudy) {
		this.#study = study;
		this.#ask = ask;
		this.#date = textOf(study, TAG.StudyDate);
	}

	/** True where the study comes back although this key narrows. */
	#finds(keys: Dataset): Promise<boolean> {
		const bounded: Dataset = this.#date === '' ? {} : { [TAG.StudyDate]: { vr: 'DA', Value: [this.#date] } };
		return this.#ask({ ...bounded, ...keys });
	}

	#named(name: string): Promise<boolean> {
		return this.#finds({ [TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: name }] } });
	}

	async name(): Promise<readonly MatchingFact[]> {
		const [whole = ''] = textOf(this.#study, TAG.PatientName).split('=');
		// A letter that has two cases, and enough of them to cut.
		if (!/[A-Za-z]{3}/.test(whole) || /[*?\\]/.test(whole)) return [];
		const [family = ''] = whole.split('^');
		const swapped = whole === whole.toUpperCase() ? whole.toLowerCase() : whole.toUpperCase();
		if (!(await this.#named(whole)))
			return [{ key: 'PatientName', says: ['not even found by its whole value'], facts: { exact: false } }];
		if (await this.#named(`QQ${whole}QQ`))
			return [{ key: 'PatientName', says: ['IGNORED as a key'], facts: { ignored: true } }];
		const anyCase = await this.#named(swapped);
		const prefix = await this.#named(`${whole.slice(0, 3)}*`);
		const inner = await this.#named(`*${whole.slice(1, 3)}*`);
		const one = await this.#named(`${whole.slice(0, 1)}?${whole.slice(2)}`);
		const implicit = family.length > 3 && (await this.#named(family.slice(0, 3)));
		const familyAlone = whole.includes('^') && (await this.#named(family));
		const blank = await this.#named(`${whole} `);
		return [
			{
				key: 'PatientName',
				says: [
					anyCase ? 'case does not matter' : 'case-sensitive',
					implicit ? 'a beginning is enough (implicit *)' : 'no implicit *',
					prefix && inner ? '* anywhere' : prefix ? '* at the end only' : 'no *',
					one ? '? works' : 'no ?',
					...(whole.includes('^')
						? [familyAlone ? 'the family name alone finds it' : 'components: the whole value']
						: []),
					...(blank ? [] : ['a trailing blank matters']),
				],
				facts: { anyCase, prefix, inner, one, implicit, familyAlone, blank },
			},
		];
	}

	async id(): Promise<readonly MatchingFact[]> {
		const id = textOf(this.#study, TAG.PatientID);
		if (id.length < 2 || /[*?\\]/.test(id)) return [];
		const asked = (value: string) => this.#finds({ [TAG.PatientID]: { vr: 'LO', Value: [value] } });
		const exact = await asked(id);
		if (await asked(`QQ${id}QQ`)) return [{ key: 'PatientID', says: ['IGNORED as a key'], facts: { ignored: true } }];
		const wildcard = await asked(`${id.slice(0, -1)}*`);
		return [
			{
				key: 'PatientID',
				says: [exact ? 'exact' : 'not found by its value', wildcard ? '* works' : 'no *'],
				facts: { exact, wildcard },
			},
		];
	}

	async date(): Promise<readonly MatchingFact[]> {
		if (!/^\d{8}$/.test(this.#date)) return [];
		const asked = (value: string) => this.#ask({ [TAG.StudyDate]: { vr: 'DA', Value: [value] }, ...this.#itself() });
		const range = await asked(`${this.#date}-${this.#date}`);
		const open = await asked(`${this.#date}-`);
		const ignored = await asked('19000101');
		return [
			{
				key: 'StudyDate',
				says: ignored ? ['IGNORED as a key'] : [range ? 'range' : 'no range', open ? 'open range' : 'no open range'],
				facts: { range, open, ignored },
			},
		];
	}

	/** The date is in question: the UID bounds the query. */
	#itself(): Dataset {
		return { [TAG.StudyInstanceUID]: { vr: 'UI', Value: [textOf(this.#study, TAG.StudyInstanceUID)] } };
	}

	async modality(): Promise<readonly MatchingFact[]> {
		const own = stringsOf(this.#study, TAG.ModalitiesInStudy).filter((one) => one !== '');
		const isReturned = this.#study[TAG.ModalitiesInStudy] !== undefined;
		const asked = (...values: string[]) => this.#finds({ [TAG.ModalitiesInStudy]: { vr: 'CS', Value: values } });
		const ignored = await asked('QQ');
		if (ignored)
			return [
				{
					key: 'ModalitiesInStudy',
					says: [`IGNORED as a key${isReturned ? '' : ', not returned'}`],
					facts: { ignored, returned: isReturned },
				},
			];
		const [first] = own;
		if (first === undefined) return [];
		const single = await asked(first);
		const several = await asked('QQ', first);
		return [
			{
				key: 'ModalitiesInStudy',
				says: [single ? 'matched' : 'not matched', several ? 'several values mean one of them' : 'no list of values'],
				facts: { single, several, ignored, returned: isReturned },
			},
		];
	}

	async uidList(): Promise<MatchingFact> {
		const uid = textOf(this.#study, TAG.StudyInstanceUID);
		const list = await this.#ask({ [TAG.StudyInstanceUID]: { vr: 'UI', Value: ['2.25.1', uid] } });
		return { key: 'UID list', says: [list ? 'works' : 'does not work'], facts: { list } };
	}
}
