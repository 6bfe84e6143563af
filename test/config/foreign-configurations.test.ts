/** Peers out of other programs' configurations: each kind is recognised by what is in it, and nothing that cannot be a node comes through. */
import t from 'tap';
import { addressBookOf, withNode } from '../../src/config/address-book.ts';
import { readForeignConfiguration } from '../../src/config/foreign-configurations.ts';
import { type CardFacts, STANZA_NAMES, STANZAS } from '../../src/config/node-card.ts';
import { DicomError } from '../../src/errors.ts';

const ORTHANC = `{
  /* Orthanc's own kind of JSON */
  "Name" : "MyOrthanc", // a comment with "quotes"
  "DicomPort" : 4242,
  "DicomModalities" : {
    "sample" : [ "STORESCP", "127.0.0.1", 2000 ],
    /**
     * "hidden" : [ "NO", "x", 1 ]
     **/
    "untrusted" : {
      "AET" : "ORTHANC", "Host" : "pacs.example.org", "Port" : 104,
      "AllowEcho" : false, "UseDicomTls" : true, "LocalAet" : "HELLO",
    },
    "clearcanvas" : [ "CC // no comment", "192.168.1.1", 104, "ClearCanvas" ],
  },
}`;
const DCMQRSCP = `# Global Configuration Parameters
NetworkTCPPort  = 11112
MaxAssociations = 16
HostTable BEGIN
# Entries are all of the form <name> = (AET, host, port)
acme1 = (ACME1, acmehost1, 5678)
acme2 = ( ACME2 , "10.0.0.2", 5679 )
acmeCTcompany = acme1, acme2
HostTable END
VendorTable BEGIN
"Acme CT Company" = acmeCTcompany
VendorTable END
AETable BEGIN
COMMON /home/dicom/db/COMMON R (200, 1024mb) ANY
ACME_STORE /home/dicom/db/ACME RW (9, 1024mb) acmeCTcompany
AETable END
`;
const PYNETDICOM = `[DEFAULT]
ae_title: QRSCP
port: 11112
instance_location: instances
[ECHOSCP]
    address: 127.0.0.1
    port: 11112
[STORESCP]
address: 192.168.2.1
port: 104
`;
const DEVICE = JSON.stringify({
	dicomDeviceName: 'arc',
	dicomDescription: 'the archive',
	dicomNetworkConnection: [
		{ cn: 'hl7', dicomHostname: 'arc', dicomPort: 2575, dcmNetworkConnection: { dcmProtocol: 'HL7' } },
		{ cn: 'dicom', dicomHostname: 'arc', dicomPort: 11112 },
		{ cn: 'dicom-tls', dicomHostname: 'arc', dicomPort: 2762, dicomTLSCipherSuite: ['TLS_RSA_WITH_AES_128_CBC_SHA'] },
	],
	dicomNetworkAE: [
		{
			dicomAETitle: 'DCM4CHEE',
			dicomNetworkConnectionReference: ['/dicomNetworkConnection/0', '/dicomNetworkConnection/1'],
		},
		{
			dicomAETitle: 'SECURE',
			dicomDescription: 'by TLS',
			dicomNetworkConnectionReference: ['/dicomNetworkConnection/2'],
		},
		{ dicomAETitle: 'NOWHERE' },
	],
});
const LDIF = `version: 1

dn: dicomDeviceName=arc,cn=Devices,dc=dcm4che,dc=org
objectClass: dicomDevice
dicomDeviceName: arc

dn: cn=dicom,dicomDeviceName=arc,cn=Devices,dc=dcm4che,dc=org
objectClass: dicomNetworkConnection
cn: dicom
dicomHostname: arc.example
 .org
dicomPort: 11112

dn: dicomAETitle=DCM4CHEE, dicomDeviceName=arc, cn=Devices,dc=dcm4che,dc=org
objectClass: dicomNetworkAE
dicomAETitle: DCM4CHEE
dicomDescription:: ZGVyIEFyY2hpdg==
dicomNetworkConnectionReference: cn=dicom,dicomDeviceName=arc,cn=Devices,dc=dcm
 4che,dc=org
`;

const peersOf = (text: string) => {
	const { kind, entries, notes } = readForeignConfiguration(text, 'x');
	return {
		kind,
		notes,
		peers: entries.map(({ name, values }) =>
			[name, values.ae_title, values.address, values.port, values.tls, values.calling_ae_title ?? values.note]
				.filter((one) => one !== undefined)
				.join(' '),
		),
	};
};

t.test('each kind', async (t) => {
	const cases: readonly (readonly [string, string, readonly string[], number])[] = [
		[
			ORTHANC,
			'Orthanc',
			[
				'sample STORESCP 127.0.0.1 2000',
				'untrusted ORTHANC pacs.example.org 104 yes HELLO',
				'clearcanvas CC // no comment 192.168.1.1 104',
			],
			0,
		],
		['"DicomModalities": { "a": ["A", "h", 1] },', 'Orthanc', ['a A h 1'], 0],
		['{"a":{"AET":"A","Host":"h","Port":1}}', 'Orthanc', ['a A h 1'], 0],
		['{"DicomModalities":{}}', 'Orthanc', [], 1],
		[DCMQRSCP, 'DCMTK dcmqrscp', ['acme1 ACME1 acmehost1 5678', 'acme2 ACME2 10.0.0.2 5679'], 1],
		[
			PYNETDICOM,
			'INI (pynetdicom, dimse)',
			['ECHOSCP ECHOSCP 127.0.0.1 11112', 'STORESCP STORESCP 192.168.2.1 104'],
			0,
		],
		[DEVICE, 'dcm4che', ['DCM4CHEE DCM4CHEE arc 11112 the archive', 'SECURE SECURE arc 2762 yes by TLS'], 1],
		[
			`[${DEVICE}, {"dicomDeviceName":"x"}]`,
			'dcm4che',
			['DCM4CHEE DCM4CHEE arc 11112 the archive', 'SECURE SECURE arc 2762 yes by TLS'],
			2,
		],
		[LDIF, 'LDAP (LDIF)', ['DCM4CHEE DCM4CHEE arc.example.org 11112 der Archiv'], 0],
		[LDIF.replaceAll('\n', '\r\n'), 'LDAP (LDIF)', ['DCM4CHEE DCM4CHEE arc.example.org 11112 der Archiv'], 0],
		[
			'# peers\nCT01@10.0.0.1:104\n\nMY AE@[::1]:11112\nPACS=arc:2762:TLS_X\n',
			'list of AE titles',
			['CT01 CT01 10.0.0.1 104', 'MY_AE MY AE ::1 11112', 'PACS PACS arc 2762 yes'],
			0,
		],
		[
			'Name;AE Title;IP address;Port\nmain;PACS;10.0.0.1;104\n"a;b";X;h;105',
			'CSV',
			['main PACS 10.0.0.1 104', 'a;b X h 105'],
			0,
		],
		[
			'name,called,host,port,calling,tls,tags,note\nmain,PACS,h,104,WS01,yes,"a,b","says ""x"""\n',
			'CSV',
			['main PACS h 104 yes WS01'],
			0,
		],
	];
	for (const [text, kind, peers, notes] of cases) {
		const found = peersOf(text);
		t.equal(found.kind, kind);
		t.strictSame(found.peers, peers, kind);
		t.equal(found.notes.length, notes, found.notes.join('; '));
	}
	t.match(
		peersOf(DCMQRSCP).notes[0],
		/the archive itself is COMMON, ACME_STORE: dimse node add NAME COMMON@HOST:11112/,
	);
	t.match(peersOf(DEVICE).notes[0], /NOWHERE is left out: it has no address/);
});

t.test('what cannot be a node is left out, and names are made fit', async (t) => {
	const found = peersOf(
		JSON.stringify({
			DicomModalities: {
				'a b]': ['A', 'h', 1],
				'a[b': ['B', 'h', 1],
				DEFAULT: ['C', 'h', 1],
				'\u001b[31m': ['D', 'h', 1],
				evil: ['E\\', 'h', 1],
				long: ['12345678901234567', 'h', 1],
				host: ['F', 'h; rm -rf /', 1],
				newline: ['G', 'h\nport: 1', 1],
				port: ['H', 'h', 70_000],
				number: 17,
			},
		}),
	);
	t.strictSame(found.peers, ['a_b A h 1', 'a_b_2 B h 1', 'node C h 1', '31m D h 1']);
	t.equal(found.notes.length, 6);
	let text = '';
	for (const { name, values } of readForeignConfiguration(ORTHANC, 'x').entries)
		text = withNode(text, 'p', name, values);
	const book = addressBookOf(text, 'p', { variables: {}, homeFolder: '/h', cwd: '/' });
	t.strictSame([...book.nodes.keys()], ['sample', 'untrusted', 'clearcanvas']);
	t.strictSame([book.nodes.get('untrusted')?.tls, book.nodes.get('untrusted')?.callingAeTitle], [true, 'HELLO']);
});

t.test('what is none of them', async (t) => {
	for (const text of [
		'',
		'\n',
		'hello world',
		'{',
		'[]',
		'{}',
		'{"a":1}',
		'[section]\nkey: value',
		'A@h:1\nnonsense',
		'a,b\n1,2',
		'<xml/>',
	])
		try {
			readForeignConfiguration(text, 'peers.txt');
			t.fail(text);
		} catch (error) {
			t.ok(error instanceof DicomError && error.failure.blame === 'usage', text);
			t.match(String(error), /peers\.txt/);
		}
	// Long and nested: nobody waits for it, and nobody falls over it.
	for (const text of [
		'['.repeat(20_000),
		`"${'\\'.repeat(50_000)}`,
		`A@${'h'.repeat(50_000)}:`,
		`HostTable BEGIN\n${'a = (b,\n'.repeat(5000)}`,
		'/*'.repeat(20_000),
	])
		t.throws(() => readForeignConfiguration(text, 'x'), DicomError);
});

t.test('what we print for them is understood again as us', async (t) => {
	const facts: CardFacts = {
		peer: { calledAeTitle: 'PACS', host: '10.1.1.1', port: 104 },
		us: { aeTitle: 'WS 01', address: '10.20.9.14', port: 11113, hostName: 'ws01.example.org' },
	};
	for (const name of STANZA_NAMES) {
		const { entries } = readForeignConfiguration(STANZAS[name](facts), name);
		const [own] = entries;
		t.equal(entries.length, 1, name);
		const host = name === 'dcmqrscp' ? 'ws01.example.org' : '10.20.9.14';
		t.strictSame([own?.values.ae_title, own?.values.address, own?.values.port], ['WS 01', host, '11113'], name);
	}
});
