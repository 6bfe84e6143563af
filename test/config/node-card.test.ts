/** The node card: one screen with everything the other side needs, and nothing it could misread. */
import t from 'tap';
import { nodeCard } from '../../src/config/node-card.ts';

const us = { aeTitle: 'WS01', address: '10.20.9.14', port: 11113, hostName: 'ws01' };

t.test('for a peer', async (t) => {
	const card = nodeCard({ us, peer: { calledAeTitle: 'PACS_MAIN', host: '10.20.1.5', port: 11112, tls: true } });
	for (const line of [
		'Please enter for us at PACS_MAIN (10.20.1.5 port 11112):',
		'  AE title   WS01',
		'  address    10.20.9.14',
		'  port       11113',
		'  AE title PACS_MAIN, 10.20.1.5 port 11112, TLS on',
		'  TCP  10.20.9.14 -> 10.20.1.5 port 11112',
		'  TCP  10.20.1.5 -> 10.20.9.14 port 11113',
		'  "DicomModalities": { "ws01": ["WS01", "10.20.9.14", 11113] }',
		'  ws01 = (WS01, ws01, 11113)',
		'  PACS_MAIN /path/of/its/storage RW (500, 1024mb) ANY',
		'  [WS01]',
	])
		t.ok(card.includes(`\n${line}`) || card.startsWith(line), line);
	t.ok(card.split('\n').length <= 40, 'one screen');
	t.match(card, /"dicomAETitle":"WS01"/);
});

t.test('for anybody', async (t) => {
	const card = nodeCard({ us });
	t.match(card, /^Please enter for us:\n/);
	t.match(card, /TCP {2}you -> 10\.20\.9\.14 port 11113/);
	t.notMatch(card, /undefined|We have entered/);
});
