/** Why a query matched nothing, found out on archives of a few studies that match as a test says. */
import t from 'tap';
import { type Dataset, textOf } from '../../src/dicom/dataset.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { type AskedOnce, ablate, narrowingKeys } from '../../src/services/ablation.ts';

interface Study {
	readonly name: string;
	readonly date: string;
	readonly id: string;
}

const STUDIES: readonly Study[] = [
	{ name: 'SMITH^JOHN', date: '20240301', id: 'P1' },
	{ name: 'Meier^Anna', date: '20250301', id: 'P2' },
];

const like = (pattern: string, text: string): boolean =>
	pattern === '' ||
	new RegExp(
		`^${pattern
			.replace(/[\\^$.|+()[\]{}]/g, '\\$&')
			.replaceAll('*', '.*')
			.replaceAll('?', '.')}$`,
	).test(text);

/** Case-sensitive, as dcmqrscp. */
const archive = (identifier: Dataset): AskedOnce =>
	STUDIES.some(
		({ name, date, id }) =>
			like(textOf(identifier, TAG.PatientName), name) &&
			like(textOf(identifier, TAG.PatientID), id) &&
			like(textOf(identifier, TAG.StudyDate), date),
	)
		? 'some'
		: 'none';

const key = (keys: Readonly<Record<string, string>>): Dataset => ({
	[TAG.QueryRetrieveLevel]: { vr: 'CS', Value: ['STUDY'] },
	[TAG.StudyInstanceUID]: { vr: 'UI', Value: [] },
	...(keys['name'] === undefined ? {} : { [TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: keys['name'] }] } }),
	...(keys['id'] === undefined ? {} : { [TAG.PatientID]: { vr: 'LO', Value: [keys['id']] } }),
	...(keys['date'] === undefined ? {} : { [TAG.StudyDate]: { vr: 'DA', Value: [keys['date']] } }),
});

const asked = async (keys: Readonly<Record<string, string>>, fixed: readonly string[] = []) => {
	const sent: Dataset[] = [];
	const ablation = await ablate(key(keys), fixed, async (identifier) => {
		sent.push(identifier);
		return archive(identifier);
	});
	t.equal(ablation.queries, sent.length);
	return { ...ablation, sent };
};

t.test('one key excludes everything, and what would have matched', async (t) => {
	const cases = [
		[{ name: 'smith*', date: '2024*' }, 'SMITH*'],
		[{ name: 'SMITH', date: '2024*' }, 'SMITH*'],
		[{ name: 'smith', date: '2024*' }, 'SMITH*'],
		[{ name: 'MEIER*', date: '2025*' }, 'Meier*'],
		[{ name: 'john', date: '2024*' }, '*JOHN*'],
		[{ name: 'nobody', date: '2024*' }, undefined],
	] as const;
	for (const [keys, instead] of cases) {
		const { keys: found, bare } = await asked(keys);
		const [name, date] = [TAG.PatientName, TAG.StudyDate].map((tag) => found.find((one) => one.tag === tag));
		t.equal(name?.without, 'some', keys.name);
		t.equal(name?.instead, instead, keys.name);
		t.equal(date?.without, 'none');
		t.equal(date?.instead, undefined);
		t.equal(bare, undefined, 'nobody needs to know');
	}
});

t.test('no single key is to blame', async (t) => {
	const { keys, bare, queries } = await asked({ name: 'SMITH*', id: 'X', date: '2025*' });
	t.strictSame(
		keys.map(({ tag, without, alone }) => [tag, without, alone]),
		[
			[TAG.PatientName, 'none', 'some'],
			[TAG.PatientID, 'none', 'none'],
			[TAG.StudyDate, 'none', 'some'],
		],
	);
	t.equal(bare, 'some');
	t.equal(queries, 7);
});

t.test('an archive that shows nothing, and one that refuses', async (t) => {
	const none = await ablate(key({ name: 'A', id: 'B' }), [], async () => 'none');
	t.strictSame([none.bare, none.queries, none.keys.map(({ alone }) => alone)], ['none', 3, [undefined, undefined]]);
	const refusing = await ablate(key({ name: 'A', id: 'B' }), [], async () => ({ status: 0xc000 }));
	t.strictSame(refusing.bare, { status: 0xc000 });
	const nothing = await ablate(key({}), [], async () => {
		t.fail('there is nothing to leave out');
		return 'none';
	});
	t.strictSame(nothing, { keys: [], kept: [], bare: 'none', queries: 0 });
});

t.test('the unique keys of the levels above stay', async (t) => {
	const { keys, kept, sent } = await asked({ name: 'smith*', id: 'P1' }, [TAG.PatientID]);
	t.strictSame(kept, [{ tag: TAG.PatientID, value: 'P1' }]);
	t.strictSame(
		keys.map(({ tag }) => tag),
		[TAG.PatientName],
	);
	t.ok(sent.length > 0 && sent.every((identifier) => textOf(identifier, TAG.PatientID) === 'P1'));
});

t.test('what narrows', async (t) => {
	t.strictSame(
		narrowingKeys({ ...key({ name: '*', id: '' }), [TAG.SpecificCharacterSet]: { vr: 'CS', Value: ['ISO_IR 100'] } }),
		[],
	);
	const step: Dataset = { [TAG.Modality]: { vr: 'CS', Value: ['CT'] } };
	t.strictSame(narrowingKeys({ '00400100': { vr: 'SQ', Value: [step] } }), ['00400100']);
	t.strictSame(narrowingKeys({ '00400100': { vr: 'SQ', Value: [{ [TAG.Modality]: { vr: 'CS', Value: [] } }] } }), []);
	const many = Object.fromEntries(
		Array.from({ length: 40 }, (_, index) => [`0010${1000 + index}`, { vr: 'LO', Value: ['x'] } as const]),
	);
	let queries = 0;
	await ablate(many, [], async () => {
		queries++;
		return 'some';
	});
	t.ok(queries <= 16 * 6, 'bounded, whatever a file holds');
});
