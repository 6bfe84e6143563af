/** Worklist queries as a modality meets them: what is answered, what is refused, in every uncompressed transfer syntax. */
import t from 'tap';
import { accept } from '../../src/association/acceptor.ts';
import type { IncomingRequest } from '../../src/association/incoming.ts';
import { connect, requireContext } from '../../src/association/requestor.ts';
import { type Dataset, type Element, itemsOf, textOf } from '../../src/dicom/dataset.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { MODALITY_WORKLIST_FIND, UPS_PULL } from '../../src/dicom/sop-classes.ts';
import type { Vr } from '../../src/dicom/vr.ts';
import type { CFindRq } from '../../src/dimse/messages.ts';
import { answerFind } from '../../src/services/query-scp.ts';
import { find } from '../../src/services/query-scu.ts';
import { type FindItems, searchWorklist } from '../../src/services/worklist-scp.ts';
import { wire } from '../support/wire.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const SYNTAXES = ['1.2.840.10008.1.2', EXPLICIT, '1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.2'];

const text = (vr: Vr, ...values: string[]): Element => ({ vr, Value: values });
const sequence = (...items: Dataset[]): Element => ({ vr: 'SQ', Value: items });

const ITEM: Dataset = {
	'00080005': text('CS', 'ISO 2022 IR 6', 'ISO 2022 IR 149'),
	'00080050': text('SH', 'A1'),
	'00081195': text('UI', '1.2.3.99'),
	'00100010': text('PN', 'Hong^Gildong=洪^吉洞=홍^길동'),
	'00100020': text('LO', 'P1'),
	'0020000D': text('UI', '1.2.3'),
	'00400100': sequence({
		'00080060': text('CS', 'CT'),
		'00400001': text('AE', 'CT01'),
		'00400002': text('DA', '20240705'),
		'00400008': sequence(
			{ '00080100': text('SH', 'C1'), '00080104': text('LO', 'Chest') },
			{ '00080100': text('SH', 'C2') },
		),
	}),
};

/** As it lies in a file. */
const stored = decodeDataset(encodeDataset(ITEM, EXPLICIT), EXPLICIT).dataset;

const ask = async (
	keys: Dataset,
	given: { readonly syntax?: string; readonly sopClass?: string; readonly find?: FindItems } = {},
) => {
	const { syntax = EXPLICIT, sopClass = MODALITY_WORKLIST_FIND } = given;
	const asked: string[] = [];
	const items: FindItems =
		given.find ??
		async function* (_, { sopClassUid }) {
			asked.push(sopClassUid);
			yield { item: stored };
		};
	const [ours, theirs] = wire();
	const { ended } = accept(theirs, {
		decide: () => ({
			supported: () => ['*'],
			serve: (request) => answerFind(request as IncomingRequest<CFindRq>, searchWorklist(items)),
		}),
	});
	const connected = await connect({
		address: { host: 'memory', port: 1, calledAeTitle: 'RIS', callingAeTitle: 'CT01' },
		contexts: [{ abstractSyntax: sopClass, transferSyntaxes: [syntax] }],
		openTransport: async () => ours,
	});
	const context = requireContext(connected, sopClass);
	const exchange = find(connected.association, context, keys);
	const rows: Dataset[] = [];
	for await (const { dataset } of exchange) rows.push(dataset);
	const { status, offendingElements, errorComment } = await exchange.final;
	await connected.association.release();
	await ended;
	return { rows, row: rows[0] ?? {}, status, offendingElements, errorComment, asked };
};

t.test('answers hold what was asked for, and no more, in every transfer syntax', async (t) => {
	const keys: Dataset = {
		'00100010': text('PN'),
		'00100020': text('LO'),
		'00100030': text('DA'),
		'00400100': sequence({
			'00400001': text('AE'),
			'00400010': text('SH'),
			'00400008': sequence({ '00080100': text('SH') }),
		}),
		'00401001': text('SH'),
		'00081110': sequence({}),
	};
	for (const syntax of SYNTAXES) {
		const { rows, row, status } = await ask(keys, { syntax });
		t.same([rows.length, status], [1, 0], syntax);
		t.same(Object.keys(row).sort(), ['00080005', ...Object.keys(keys)].sort());
		t.equal(textOf(row, '00100010'), 'Hong^Gildong=洪^吉洞=홍^길동', 'in its own character set');
		t.same(
			[row['00100030']?.Value, row['00401001']?.Value, row['00081110']?.Value],
			[[], [], []],
			'what it lacks is empty',
		);
		const [step = {}] = itemsOf(row, '00400100');
		t.same(Object.keys(step).sort(), ['00400001', '00400008', '00400010']);
		t.equal(textOf(step, '00400001'), 'CT01');
		t.same(
			itemsOf(step, '00400008').map((code) => Object.entries(code).map(([tag]) => `${tag} ${textOf(code, tag)}`)),
			[['00080100 C1'], ['00080100 C2']],
		);
	}
});

t.test('a sequence asked for without items comes whole', async (t) => {
	for (const key of [sequence(), sequence({})]) {
		const { row } = await ask({ '00400100': key });
		const [step = {}] = itemsOf(row, '00400100');
		t.same(Object.keys(step).sort(), ['00080060', '00400001', '00400002', '00400008']);
		t.equal(textOf(itemsOf(step, '00400008')[0] ?? {}, '00080104'), 'Chest');
	}
});

t.test('which service it is goes to who finds; a lock is nobody’s business', async (t) => {
	t.same((await ask({ '00100020': text('LO') }, { sopClass: UPS_PULL })).asked, [UPS_PULL]);
	const { row } = await ask({ '00100020': text('LO'), '00081195': text('UI') }, { sopClass: UPS_PULL });
	t.same(row['00081195']?.Value, []);
	let searched: readonly string[] = [];
	const tried = await ask(
		{ '00081195': text('UI', '1.2.3.98'), '00100010': text('PN', 'Hong*') },
		{
			sopClass: UPS_PULL,
			find: async function* (keys) {
				searched = Object.keys(keys);
				t.equal(textOf(keys, '00100010'), 'Hong*');
				yield { item: stored };
			},
		},
	);
	t.same(searched, ['00100010'], 'it is not searched by');
	t.same(tried.row['00081195']?.Value, []);
});

t.test('what cannot be asked', async (t) => {
	const none = { status: 0xa900, rows: [], asked: [] };
	t.match(await ask({}), none, 'nothing at all');
	t.match(await ask({ '00080005': text('CS', 'ISO_IR 100'), '00080052': text('CS', 'STUDY') }), none);
	const twice = { '00400100': sequence({ '00080060': text('CS', 'CT') }, { '00080060': text('CS', 'MR') }) };
	t.match(await ask(twice), { ...none, offendingElements: ['00400100'] }, 'two items');
	const below = { '00400100': sequence({ '00400008': sequence({}, {}) }) };
	t.match(await ask(below), { ...none, offendingElements: ['00400008'] });
	// CVE-2026-44628: a sequence where a string is expected, and the other way round.
	for (const tag of ['00100010', '00100020', '00080050', '0020000D', '00401001']) {
		const confused = { [tag]: sequence({ '00100010': text('PN', 'X') }) };
		t.match(await ask(confused), { ...none, offendingElements: [tag] }, `${tag} as SQ`);
		t.equal((await ask({ [tag]: sequence() })).status, 0, `${tag} as an empty SQ`);
	}
	t.match(await ask({ '00400100': text('LO', 'CT01') }), { ...none, offendingElements: ['00400100'] });
	t.equal((await ask({ '00400100': text('LO') })).status, 0);
});

t.test('what finding refuses, the peer is told', async (t) => {
	const refusal = { status: 0xc000, errorComment: 'the worklist cannot be read' };
	const { rows, ...final } = await ask(
		{ '00100020': text('LO') },
		{
			async *find() {
				yield { refusal };
			},
		},
	);
	t.match(final, refusal);
	t.same(rows, []);
	t.match(await ask({ '00100020': text('LO') }, { async *find() {} }), { status: 0, rows: [] });
});
