/** What a C-GET proposes: within 128 contexts, small enough, every transfer syntax somewhere, those that are told alone. */
import t from 'tap';
import { EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { STORAGE_SOP_CLASSES } from '../../src/dicom/uids.ts';
import {
	CARRIED_TRANSFER_SYNTAXES,
	type Proposal,
	planContexts,
	retrieveNegotiations,
	STORAGE_BY_FREQUENCY,
	STORAGE_ROOM,
	storageRoles,
	type Wanted,
} from '../../src/retrieve/contexts.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const JPEG_LOSSLESS = '1.2.840.10008.1.2.4.70';
const PRIVATE = '1.2.3.4.5.1';

const wanted = (...uids: readonly string[]): readonly Wanted[] =>
	uids.map((sopClassUid) => ({ sopClassUid, transferSyntaxes: [] }));
const many = (count: number): readonly Wanted[] => wanted(...Array.from({ length: count }, (_, i) => `1.2.3.${i}`));

const bytesOf = (proposals: readonly Proposal[]): number =>
	proposals.reduce(
		(sum, { abstractSyntax, transferSyntaxes }) =>
			sum + 12 + abstractSyntax.length + transferSyntaxes.reduce((all, uid) => all + 4 + uid.length, 0),
		0,
	);

t.test('however many classes there are', async (t) => {
	for (const count of [1, 2, 3, 5, 9, 10, 11, 40, 59, 60, 61, 119, 120, 121, 240, 300]) {
		const associations = planContexts(many(count));
		t.equal(associations.length, Math.ceil(count / STORAGE_ROOM), `${count}: associations`);
		for (const proposals of associations) {
			t.ok(proposals.length <= STORAGE_ROOM, `${count}: ${proposals.length} contexts`);
			t.ok(bytesOf(proposals) < 64_000, `${count}: ${bytesOf(proposals)} bytes`);
			t.ok(proposals.every(({ transferSyntaxes }) => transferSyntaxes.length > 0));
		}
		t.equal(new Set(associations.flat().map(({ abstractSyntax }) => abstractSyntax)).size, count);
	}
});

t.test('of one class every transfer syntax is proposed once, the uncompressed first', async (t) => {
	const [proposals = []] = planContexts(wanted(CT));
	const all = proposals.flatMap(({ transferSyntaxes }) => transferSyntaxes);
	t.strictSame(new Set(all), new Set(CARRIED_TRANSFER_SYNTAXES));
	t.equal(all.length, CARRIED_TRANSFER_SYNTAXES.length);
	t.strictSame(all.slice(0, 3), [EXPLICIT_LITTLE, IMPLICIT_LITTLE, EXPLICIT_BIG]);
	t.strictSame(proposals[3]?.transferSyntaxes, [JPEG_LOSSLESS]);
});

t.test('what the peer has comes first and stands alone, a private one too', async (t) => {
	const told = { sopClassUid: CT, transferSyntaxes: [JPEG_LOSSLESS, PRIVATE] };
	for (const others of [0, 20, 35]) {
		const [proposals = []] = planContexts([told, ...many(others)]);
		const own = proposals.filter(({ abstractSyntax }) => abstractSyntax === CT);
		t.strictSame(
			own.slice(0, 2).map(({ transferSyntaxes }) => transferSyntaxes),
			[[JPEG_LOSSLESS], [PRIVATE]],
			`beside ${others}`,
		);
	}
	const [restricted = []] = planContexts([told], [EXPLICIT_LITTLE]);
	t.strictSame(
		restricted.map(({ transferSyntaxes }) => transferSyntaxes),
		[[PRIVATE], [EXPLICIT_LITTLE]],
		'only what is allowed of those that PS3.6 has',
	);
});

t.test('unlikely classes get one context, and leave room to the others', async (t) => {
	const unlikely = many(60).map((one) => ({ ...one, isUnlikely: true }));
	const [proposals = []] = planContexts([...wanted(CT), ...unlikely]);
	t.equal(proposals.filter(({ abstractSyntax }) => abstractSyntax === CT).length, 24);
	t.equal(proposals.length, 84);
	const [compressed = []] = planContexts([{ sopClassUid: CT, transferSyntaxes: [], isCompressed: true }]);
	t.notOk(compressed.some(({ transferSyntaxes }) => transferSyntaxes.includes(EXPLICIT_LITTLE)));
});

t.test('classes by frequency', async (t) => {
	t.strictSame(new Set(STORAGE_BY_FREQUENCY), new Set(STORAGE_SOP_CLASSES));
	const frequent = new Set(STORAGE_BY_FREQUENCY.slice(0, STORAGE_ROOM));
	for (const suffix of [
		'2',
		'4',
		'1',
		'1.1',
		'1.2',
		'6.1',
		'3.1',
		'6',
		'3',
		'5',
		'20',
		'128',
		'12.1',
		'7',
		'88.33',
		'88.67',
		'104.1',
		'481.3',
		'66.4',
		'11.1',
		'77.1.6',
		'13.1.3',
	])
		t.ok(frequent.has(`1.2.840.10008.5.1.4.1.1.${suffix}`), suffix);
});

t.test('roles once a class; extended negotiation where it was asked for', async (t) => {
	const roles = storageRoles(planContexts(wanted(CT))[0] ?? []);
	t.strictSame(roles, [{ sopClassUid: CT, scuRole: false, scpRole: true }]);
	t.strictSame(retrieveNegotiations(['1.1'], ['1.2'], {}), []);
	t.strictSame(retrieveNegotiations(['1.1'], ['1.2'], { relational: true }), [
		{ sopClassUid: '1.1', information: Uint8Array.of(1, 0) },
		{ sopClassUid: '1.2', information: Uint8Array.of(1) },
	]);
});
