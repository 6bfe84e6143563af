/** What the administrator of a peer has to enter for us, in words and as configuration of the archives that are met most. */

export interface CardFacts {
	/** What the peer is called by us, and where it is; none for a card that is for anybody. */
	readonly peer?: {
		readonly calledAeTitle: string;
		readonly host: string;
		readonly port: number;
		readonly tls?: boolean;
	};
	/** What we call ourselves, where we are, and where we receive. */
	readonly us: { readonly aeTitle: string; readonly address: string; readonly port: number; readonly hostName: string };
}

/** A name for us that every format takes. */
const symbol = (aeTitle: string): string => aeTitle.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_');

export const STANZAS = {
	orthanc: ({ us }: CardFacts): string =>
		`"DicomModalities": { "${symbol(us.aeTitle)}": [${JSON.stringify(us.aeTitle)}, "${us.address}", ${us.port}] }`,
	dcmqrscp: ({ us, peer }: CardFacts): string =>
		[
			'HostTable BEGIN',
			`${symbol(us.aeTitle)} = (${us.aeTitle}, ${us.hostName}, ${us.port})`,
			'HostTable END',
			'AETable BEGIN',
			`${peer?.calledAeTitle ?? 'ITS_AE_TITLE'} /path/of/its/storage RW (500, 1024mb) ANY`,
			'AETable END',
		].join('\n'),
	pynetdicom: ({ us }: CardFacts): string => `[${us.aeTitle}]\naddress: ${us.address}\nport: ${us.port}`,
	dcm4chee: ({ us }: CardFacts): string =>
		JSON.stringify({
			dicomDeviceName: symbol(us.aeTitle),
			dicomAETitle: us.aeTitle,
			dicomAssociationInitiator: true,
			dicomAssociationAcceptor: true,
			dicomNetworkConnection: [{ cn: 'dicom', dicomHostname: us.address, dicomPort: us.port }],
		}),
} as const;
export type Stanza = keyof typeof STANZAS;
export const STANZA_NAMES = Object.keys(STANZAS) as Stanza[];

const NAMES: Readonly<Record<Stanza, string>> = {
	orthanc: 'Orthanc (orthanc.json)',
	dcmqrscp: 'DCMTK dcmqrscp (dcmqrscp.cfg); host names, not addresses',
	pynetdicom: 'pynetdicom qrscp (INI)',
	dcm4chee: 'dcm4chee-arc (POST .../aes, or in the user interface)',
};

/** Plain text of one screen, made for an e-mail. */
export const nodeCard = (facts: CardFacts): string => {
	const { us, peer } = facts;
	const there = peer === undefined ? 'you' : `${peer.host}`;
	return `${[
		`Please enter for us${peer === undefined ? '' : ` at ${peer.calledAeTitle} (${peer.host} port ${peer.port})`}:`,
		'',
		`  AE title   ${us.aeTitle}      (letter case counts)`,
		`  address    ${us.address}      (${us.hostName})`,
		`  port       ${us.port}      (where we receive what you send: C-MOVE)`,
		'  rights     C-ECHO, C-FIND, C-MOVE with us as destination, C-GET',
		'',
		...(peer === undefined
			? []
			: [
					'We have entered for you:',
					`  AE title ${peer.calledAeTitle}, ${peer.host} port ${peer.port}, TLS ${peer.tls === true ? 'on' : 'off'}`,
					'',
				]),
		'Firewall:',
		`  TCP  ${us.address} -> ${there}${peer === undefined ? ', your DICOM port' : ` port ${peer.port}`}`,
		`  TCP  ${there} -> ${us.address} port ${us.port}`,
		'',
		...STANZA_NAMES.flatMap((name) => [
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
