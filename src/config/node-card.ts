/** What the administrator of a peer has to enter for us, in words and as configuration of the archives that are met most. */

export interface CardFacts {
	/** What the peer is called by us, and where it is. */
	readonly peer: { readonly calledAeTitle: string; readonly host: string; readonly port: number };
	/** What we call ourselves, where we are, and where we receive. */
	readonly us: { readonly aeTitle: string; readonly address: string; readonly port: number; readonly hostName: string };
}

/** A name for us that every format takes. */
const symbol = (aeTitle: string): string => aeTitle.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_');

export const STANZAS = {
	orthanc: ({ us }: CardFacts): string =>
		`"DicomModalities": { "${symbol(us.aeTitle)}": ["${us.aeTitle}", "${us.address}", ${us.port}] }`,
	dcmqrscp: ({ us, peer }: CardFacts): string =>
		[
			'HostTable BEGIN',
			`${symbol(us.aeTitle)} = (${us.aeTitle}, ${us.hostName}, ${us.port})`,
			'HostTable END',
			'AETable BEGIN',
			`${peer.calledAeTitle} /path/of/its/storage RW (500, 1024mb) ANY`,
			'AETable END',
		].join('\n'),
	pynetdicom: ({ us }: CardFacts): string => `[${us.aeTitle}]\naddress: ${us.address}\nport: ${us.port}`,
	dcm4chee: ({ us }: CardFacts): string =>
		JSON.stringify({
			dicomAETitle: us.aeTitle,
			dicomDeviceName: symbol(us.aeTitle),
			dicomNetworkConnection: [{ cn: 'dicom', dicomHostname: us.address, dicomPort: us.port }],
		}),
} as const;
export type Stanza = keyof typeof STANZAS;

const NAMES: Readonly<Record<Stanza, string>> = {
	orthanc: 'Orthanc (orthanc.json)',
	dcmqrscp: 'DCMTK dcmqrscp (dcmqrscp.cfg); host names, not addresses',
	pynetdicom: 'pynetdicom qrscp (INI)',
	dcm4chee: 'dcm4chee-arc (POST .../aes, or in the user interface)',
};

/** Plain text of one screen, made for an e-mail. */
export const nodeCard = (facts: CardFacts): string => {
	const { us, peer } = facts;
	return `${[
		`Please enter for us at ${peer.calledAeTitle} (${peer.host} port ${peer.port}):`,
		'',
		`  AE title   ${us.aeTitle}      (letter case counts)`,
		`  address    ${us.address}`,
		`  port       ${us.port}      (where we receive what you send: C-MOVE)`,
		'  rights     C-ECHO, C-FIND, C-MOVE with us as destination, C-GET',
		'',
		'Firewall:',
		`  TCP  ${us.address} -> ${peer.host} port ${peer.port}`,
		`  TCP  ${peer.host} -> ${us.address} port ${us.port}`,
		'',
		...(Object.keys(STANZAS) as Stanza[]).flatMap((name) => [
			`${NAMES[name]}:`,
			...STANZAS[name](facts)
				.split('\n')
				.map((line) => `  ${line}`),
			'',
		]),
	]
		.join('\n')
		.trimEnd()}\n`;
};
