/** The archive's SQL and the standard's text find the same, whatever is stored and asked. DIMSE_FUZZ sets the number of queries. */
import t from 'tap';
import { planQuery } from '../../src/archive/query/query-plan.ts';
import { decodeDataset } from '../../src/dicom/decode.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { toJsonModel } from '../../src/dicom/json-model.ts';
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { MemoryIndex } from '../support/memory-index.ts';
import { randomFrom, randomInstances, randomQuery } from '../support/random-archive.ts';
import { entityOf, referenceFind } from '../support/reference-matcher.ts';

/** Each is held against some eighty rows. */
const QUERIES = Math.max(1500, Number(process.env['DIMSE_FUZZ'] ?? 0) / 20);
const QUERIES_PER_ARCHIVE = 250;
const UTF_8 = { '00080005': { vr: 'CS', Value: ['ISO_IR 192'] } } as const;

/** What an entity of a row is called by the reference. */
const ENTITIES = {
	PATIENT: `SELECT CASE WHEN id = '' THEN json_array(issuer, apart) ELSE json_array(id, issuer) END FROM patient WHERE pk = ?`,
	STUDY: 'SELECT uid FROM study WHERE pk = ?',
	SERIES: 'SELECT uid FROM series WHERE pk = ?',
	IMAGE: 'SELECT uid FROM instance WHERE pk = ?',
};

t.test('rows and queries by chance', async (t) => {
	let pairs = 0;
	let matches = 0;
	for (let from = 0; from < QUERIES; from += QUERIES_PER_ARCHIVE) {
		const random = randomFrom(4000 + from);
		const instances = randomInstances(random, 20);
		const index = new MemoryIndex();
		for (const instance of instances) {
			const bytes = encodeDataset({ ...UTF_8, ...instance }, EXPLICIT_LITTLE);
			index.put(decodeDataset(bytes, EXPLICIT_LITTLE).dataset);
		}
		for (let query = from; query < Math.min(QUERIES, from + QUERIES_PER_ARCHIVE); query++) {
			const { identifier, model, level, negotiated } = randomQuery(random, instances);
			const sent = decodeDataset(encodeDataset({ ...UTF_8, ...identifier }, EXPLICIT_LITTLE), EXPLICIT_LITTLE).dataset;
			const plan = planQuery(sent, { model, negotiated });
			if ('refusal' in plan) {
				const hasNoPatient = plan.refusal.offendingElements?.[0] === '00100020';
				if (!hasNoPatient) t.fail(`${plan.refusal.errorComment} ${JSON.stringify(toJsonModel(identifier))}`);
				continue;
			}
			const found = index
				.rows(plan, [1, 3, 7, 500][random(4)])
				.map((row) => index.all({ text: ENTITIES[level], parameters: [row[1] ?? null] })[0]?.[0]);
			const expected = referenceFind(instances, identifier, level, negotiated);
			pairs += new Set(instances.map((instance) => entityOf(instance, level))).size;
			matches += expected.size;
			const isSame = found.length === expected.size && found.every((entity) => expected.has(String(entity)));
			if (isSame) continue;
			const asked = JSON.stringify(toJsonModel(identifier));
			const missing = [...expected].filter((entity) => !found.includes(entity));
			const extra = found.filter((entity) => !expected.has(String(entity)));
			t.fail(`query ${query} ${level} ${JSON.stringify(negotiated)} ${asked}: missing ${missing}; too much ${extra}`);
			return;
		}
	}
	t.comment(`${pairs} pairs of a row and a query, ${matches} matches`);
	t.ok(pairs >= QUERIES * 20 && matches > QUERIES, 'enough of both');
});
