/** How an archive matches keys, found out by asking for one study that it has (PS3.4 C.2.2.2): case, wildcards, components, ranges, lists. */
import { smallestCharacterSetFor } from '../dicom/character-sets.ts';
import { type Dataset, stringsOf, textOf } from '../dicom/dataset.ts';
import { TAG } from '../dicom/tags.ts';
import { DicomError } from '../errors.ts';

/** What was found of one key. `facts` are what later queries can rely on. */
export interface MatchingFact {
	/** A keyword, or `UID list`. */
	readonly key: string;
	/** For people, a few words each. */
	readonly says: readonly string[];
	readonly facts: Readonly<Record<string, boolean>>;
}

/**
 * Asks one study-level query and says whether the known study is among the matches; harmless, since the study's own date bounds it. Throws
 * DicomError status where the peer refuses it.
 */
export type AskForStudy = (keys: Dataset) => Promise<boolean>;

/** The attributes of a study that the probe needs. */
export const PROBE_KEYS: Dataset = {
	[TAG.StudyInstanceUID]: { vr: 'UI', Value: [] },
	[TAG.StudyDate]: { vr: 'DA', Value: [] },
	[TAG.StudyTime]: { vr: 'TM', Value: [] },
	[TAG.PatientName]: { vr: 'PN', Value: [] },
	[TAG.PatientID]: { vr: 'LO', Value: [] },
	[TAG.ModalitiesInStudy]: { vr: 'CS', Value: [] },
};

/** Of several studies the one that most can be tried on; nothing where none has a UID. */
export const bestProbe = (studies: readonly Dataset[]): Dataset | undefined => {
	const worth = (study: Dataset): number => {
		const name = alphabetic(study);
		const has = [
			isCuttable(name),
			isPlain(study),
			isCuttable(name) && name.includes('^'),
			/^\d{8}$/.test(textOf(study, TAG.StudyDate)),
			/^\d{6}/.test(textOf(study, TAG.StudyTime)),
			isCuttableId(textOf(study, TAG.PatientID)),
			textOf(study, TAG.ModalitiesInStudy) !== '',
		];
		return has.filter((one) => one).length;
	};
	return studies
		.filter((study) => textOf(study, TAG.StudyInstanceUID) !== '')
		.map((study) => ({ study, worth: worth(study) }))
		.sort((a, b) => b.worth - a.worth)[0]?.study;
};

/**
 * @param study a row of the archive's own, with the attributes of `PROBE_KEYS` as far as it returns them
 * @throws DicomError status where not even the study's date may be asked for
 */
export const probeMatching = async (study: Dataset, ask: AskForStudy): Promise<readonly MatchingFact[]> => {
	const probe = new Probe(study, ask);
	const unique = await probe.uniqueKey();
	const facts = [
		...(unique.facts['empty'] === true
			? [...(await probe.name()), ...(await probe.id()), ...(await probe.date()), ...(await probe.modality())]
			: []),
		...(await probe.time()),
		await probe.uidList(),
		unique,
	];
	const { refused } = probe;
	if (refused === 0) return facts;
	return [
		...facts,
		{ key: 'refused', says: [`${refused} ${refused === 1 ? 'query' : 'queries'}, with a failure status`], facts: {} },
	];
};

const alphabetic = (study: Dataset): string => textOf(study, TAG.PatientName).split('=')[0] ?? '';
/** A letter that has two cases, and enough of them to cut. */
const isCuttable = (name: string): boolean => /[A-Za-z]{3}/.test(name) && !/[*?\\]/.test(name);
/** In every character set the same: what an archive keeps of other letters may differ from what it was sent. */
const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);
const isPlain = (study: Dataset): boolean =>
	/^[^=]*$/.test(textOf(study, TAG.PatientName)) && isAscii(alphabetic(study));
const isCuttableId = (id: string): boolean => id.length >= 2 && !/[*?\\]/.test(id);

class Probe {
	readonly #study: Dataset;
	readonly #ask: AskForStudy;
	readonly #date: string;
	#refused = 0;

	constructor(study: Dataset, ask: AskForStudy) {
		this.#study = study;
		this.#ask = ask;
		this.#date = textOf(study, TAG.StudyDate);
	}

	/** Queries that the peer answered with a failure: they found nothing. */
	get refused(): number {
		return this.#refused;
	}

	/** @param mayRefuse a refusal says as much as an empty answer */
	async #asked(keys: Dataset, mayRefuse = false): Promise<boolean> {
		try {
			return await this.#ask(keys);
		} catch (error) {
			if (!(error instanceof DicomError) || error.failure.blame !== 'status') throw error;
			if (!mayRefuse) this.#refused++;
			return false;
		}
	}

	get #bound(): Dataset {
		return this.#date === '' ? {} : { [TAG.StudyDate]: { vr: 'DA', Value: [this.#date] } };
	}

	/** True where the study comes back although this key narrows. */
	#finds(keys: Dataset): Promise<boolean> {
		return this.#asked({ ...this.#bound, ...keys });
	}

	#named(name: string): Promise<boolean> {
		const terms = isAscii(name) ? [] : smallestCharacterSetFor([name]);
		return this.#finds({
			...(terms.length === 0 ? {} : { [TAG.SpecificCharacterSet]: { vr: 'CS', Value: terms } }),
			[TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: name }] },
		});
	}

	/** The unique key of the level has no value: every study is meant (PS3.4 C.2.2.2.3). All that follows rests on it. */
	async uniqueKey(): Promise<MatchingFact> {
		const empty = await this.#ask(this.#bound);
		return {
			key: 'StudyInstanceUID',
			says: [empty ? 'an empty one means any' : 'an empty one finds nothing'],
			facts: { empty },
		};
	}

	async name(): Promise<readonly MatchingFact[]> {
		const whole = alphabetic(this.#study);
		if (!isCuttable(whole)) return [];
		const key = 'PatientName';
		if (!(await this.#named(whole)))
			return isPlain(this.#study)
				? [{ key, says: ['not even found by its whole value'], facts: { exact: false } }]
				: [
						{
							key,
							says: ['not known: a name with letters beyond A to Z, or written in several scripts, was not found'],
							facts: {},
						},
					];
		if (await this.#named(`QQ${whole}QQ`)) return [{ key, says: ['IGNORED as a key'], facts: { ignored: true } }];
		const [family = '', given = ''] = whole.split('^');
		const upper = whole === whole.toUpperCase();
		const anyCase = await this.#named(upper ? whole.toLowerCase() : whole.toUpperCase());
		const prefix = await this.#named(`${whole.slice(0, 3)}*`);
		const inner = await this.#named(`*${whole.slice(1, 3)}*`);
		const one = await this.#named(`${whole.slice(0, 1)}?${whole.slice(2)}`);
		const implicit = family.length > 3 && (await this.#named(family.slice(0, 3)));
		const isTwofold = family !== '' && given !== '';
		const familyAlone = isTwofold && (await this.#named(family));
		const givenAlone = isTwofold && ((await this.#named(`^${given}`)) || (await this.#named(`${given}*`)));
		const blank = await this.#named(`${whole} `);
		const accents = await this.#accents(whole);
		const parts = familyAlone
			? 'the family name alone finds it'
			: givenAlone
				? 'the given name alone finds it'
				: 'whole value';
		return [
			{
				key,
				says: [
					anyCase ? 'case does not matter' : 'case-sensitive',
					implicit ? 'a beginning is enough (implicit *)' : 'no implicit *',
					...(prefix && inner && one
						? ['* and ? anywhere']
						: [prefix && inner ? '* anywhere' : prefix ? '* at the end only' : 'no *', one ? '? works' : 'no ?']),
					...(isTwofold ? [`components: ${parts}`] : []),
					...(familyAlone && givenAlone ? ['the given name too'] : []),
					...(blank ? [] : ['a trailing blank matters']),
					...(accents ? ['accents do not matter'] : accents === false && isAccented(whole) ? ['accents matter'] : []),
				],
				facts: {
					...{ upper, anyCase, prefix, inner, one, implicit, familyAlone, givenAlone, blank },
					...(accents === undefined ? {} : { accents }),
				},
			},
		];
	}

	/** Whether it is found with an accent less, or one more; undefined where there is no letter for it. */
	async #accents(name: string): Promise<boolean | undefined> {
		if (isAccented(name)) return this.#named(withoutAccents(name));
		const more = name.replace(/[AEIOUaeiou]/, (letter) => `${letter}\u0301`.normalize('NFC'));
		return more === name ? undefined : this.#named(more);
	}

	async id(): Promise<readonly MatchingFact[]> {
		const id = textOf(this.#study, TAG.PatientID);
		if (!isCuttableId(id)) return [];
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
		const asked = (value: string) => this.#asked({ [TAG.StudyDate]: { vr: 'DA', Value: [value] }, ...this.#itself() });
		const range = await asked(`${this.#date}-${this.#date}`);
		const open = (await asked(`${this.#date}-`)) && (await asked(`-${this.#date}`));
		// Some ask for nothing else once they have the UID: not until the date alone is ignored too.
		const nobody = '19000101';
		const ignored = (await asked(nobody)) && (await this.#asked({ [TAG.StudyDate]: { vr: 'DA', Value: [nobody] } }));
		const words = `${range ? 'range' : 'no range'}, ${open ? 'open range' : 'no open range'}`;
		return [{ key: 'StudyDate', says: [ignored ? 'IGNORED as a key' : words], facts: { range, open, ignored } }];
	}

	/**
	 * A range of dates with a range of times: each for itself, or one range of moments as after extended negotiation (PS3.4 C.5.1.1.3.1). From
	 * a minute before the midnight ahead of the study to its own time: as times alone, nothing lies there.
	 */
	async time(): Promise<readonly MatchingFact[]> {
		const time = /^\d{6}/.exec(textOf(this.#study, TAG.StudyTime))?.[0];
		if (time === undefined || time > '235800' || !/^\d{8}$/.test(this.#date)) return [];
		const asked = (date: string, value: string) =>
			this.#asked(
				{
					[TAG.StudyDate]: { vr: 'DA', Value: [date] },
					[TAG.StudyTime]: { vr: 'TM', Value: [value] },
					...this.#itself(),
				},
				true,
			);
		const range = await asked(this.#date, `${time}-${time.slice(0, 4)}59`);
		const ignored = await asked(this.#date, '235900-235959');
		const combined =
			!ignored && (await asked(`${dayBefore(this.#date)}-${this.#date}`, `235900-${time.slice(0, 4)}59`));
		if (ignored) return [{ key: 'StudyTime', says: ['IGNORED as a key'], facts: { range, ignored } }];
		return [
			{
				key: 'StudyTime',
				says: [
					range ? 'range' : 'no range',
					combined ? 'date and time are one range (combined date-time)' : 'apart from the date',
				],
				facts: { range, ignored, combined },
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
		const list = await this.#asked({ [TAG.StudyInstanceUID]: { vr: 'UI', Value: ['2.25.1', uid] } });
		return { key: 'UID list', says: [list ? 'works' : 'does not work'], facts: { list } };
	}
}

const withoutAccents = (text: string): string =>
	text
		.normalize('NFD')
		.replace(/[\u0300-\u036f]/g, '')
		.normalize('NFC');
const isAccented = (text: string): boolean => withoutAccents(text) !== text.normalize('NFC');

const dayBefore = (date: string): string => {
	const [year, month, day] = [date.slice(0, 4), date.slice(4, 6), date.slice(6, 8)].map(Number);
	const before = new Date(Date.UTC(year ?? 0, (month ?? 1) - 1, (day ?? 1) - 1));
	return before.toISOString().slice(0, 10).replaceAll('-', '');
};
