/** What was learned of peers: where it is kept, for whose eyes, and that no damage to it matters. */
import { mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { capabilitiesPath, knownPeer, rememberPeer } from '../../src/config/capabilities-file.ts';
import { DicomError } from '../../src/errors.ts';

const MAIN = { calledAeTitle: 'PACS', host: '10.1.1.1', port: 104 };
const OTHER = { ...MAIN, port: 105 };
const AT = '2026-11-21T12:00:00.000Z';

t.test('where it lies', async (t) => {
	const at = (state: string | undefined) =>
		capabilitiesPath({ variables: { XDG_STATE_HOME: state }, homeFolder: '/home/me' });
	t.equal(at(undefined), '/home/me/.local/state/dimse/capabilities.json');
	t.equal(at(''), '/home/me/.local/state/dimse/capabilities.json');
	t.equal(at('relative'), '/home/me/.local/state/dimse/capabilities.json');
	t.equal(at('/s'), '/s/dimse/capabilities.json');
});

t.test('kept and had back, by peer', async (t) => {
	const world = { variables: { XDG_STATE_HOME: join(t.testdir(), 'state') }, homeFolder: '/nowhere' };
	t.strictSame(knownPeer(MAIN, world), {}, 'nothing yet');
	const matching = { at: AT, facts: { PatientName: { anyCase: false, upper: true } } };
	rememberPeer(MAIN, world, (known) => ({ ...known, matching }));
	rememberPeer(MAIN, world, (known) => ({ ...known, limit: { at: AT, matches: 500 } }));
	const offers = { WS01: { at: AT, implementation: 'X', accepted: { '1.2.840.10008.1.1': ['1.2.840.10008.1.2'] } } };
	rememberPeer(OTHER, world, () => ({ offers }));
	t.strictSame(knownPeer(MAIN, world), { matching, limit: { at: AT, matches: 500 } });
	const examination = { at: AT, failed: ['move'], warned: [], ok: ['dns', 'tcp'] };
	rememberPeer(OTHER, world, (known) => ({ ...known, examination }));
	t.strictSame(knownPeer(OTHER, world), { offers, examination });
	t.strictSame(knownPeer({ ...MAIN, calledAeTitle: 'pacs' }, world), {}, 'case counts');
	const path = capabilitiesPath(world);
	t.equal(statSync(path).mode & 0o777, 0o600);
	t.equal(statSync(dirname(path)).mode & 0o777, 0o700);
	t.strictSame(readdirSync(dirname(path)), ['capabilities.json'], 'nothing half-written');
});

t.test('where it is a link, it stays one', async (t) => {
	const folder = t.testdir({ dimse: { 'capabilities.json': t.fixture('symlink', '../elsewhere.json') } });
	const world = { variables: { XDG_STATE_HOME: folder }, homeFolder: '/nowhere' };
	for (const matches of [500, 600]) rememberPeer(MAIN, world, () => ({ limit: { at: AT, matches } }));
	t.equal(readlinkSync(capabilitiesPath(world)), '../elsewhere.json');
	t.match(readFileSync(join(folder, 'elsewhere.json'), 'utf8'), /600/);
});

t.test('damage is as good as nothing, and repaired by the next', async (t) => {
	const world = { variables: { XDG_STATE_HOME: t.testdir() }, homeFolder: '/nowhere' };
	const path = capabilitiesPath(world);
	mkdirSync(dirname(path));
	for (const text of [
		'',
		'{',
		'[]',
		'null',
		'{"schema":"dimse.capabilities/1"}',
		'{"schema":"other","peers":{}}',
		'{"schema":"dimse.capabilities/1","peers":[1]}',
	]) {
		writeFileSync(path, text);
		t.strictSame(knownPeer(MAIN, world), {}, text);
	}
	const odd = {
		offers: { A: 1, B: { at: 1 }, C: { at: AT, accepted: { x: 'y', z: [1, 'u'] } } },
		matching: { at: AT, facts: { k: { a: 'b', c: true }, l: 3 } },
		limit: { at: AT, matches: 'x' },
		examination: { at: 'never' },
	};
	writeFileSync(path, JSON.stringify({ schema: 'dimse.capabilities/1', peers: { 'PACS@10.1.1.1:104': odd, x: 3 } }));
	t.strictSame(knownPeer(MAIN, world), {
		offers: { C: { at: AT, accepted: { z: ['u'] } } },
		matching: { at: AT, facts: { k: { c: true } } },
	});
	rememberPeer(OTHER, world, () => ({ limit: { at: AT, matches: 1 } }));
	t.strictSame(knownPeer(OTHER, world), { limit: { at: AT, matches: 1 } });
	t.match(readFileSync(path, 'utf8'), /"10\.1|PACS@10\.1\.1\.1:104/, 'the other one is still there');
});

t.test('where nothing can be written', async (t) => {
	const folder = t.testdir({ file: '' });
	const world = { variables: { XDG_STATE_HOME: join(folder, 'file') }, homeFolder: '/nowhere' };
	t.throws(() => rememberPeer(MAIN, world, () => ({})), DicomError);
});
