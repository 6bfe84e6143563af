/** Peers in JSON: Orthanc's DicomModalities, dcm4che's devices and AE lists (PS3.15 H). */
import type { NodeKey } from './address-book.ts';
import type { ForeignPeer, Found } from './foreign-configurations.ts';

type Json = Readonly<Record<string, unknown>>;

/** A whole orthanc.json, its DicomModalities alone, or what its REST interface answers at /modalities?expand. */
export const readOrthancJson = (text: string): Found | undefined => {
	const document = parsed(text);
	if (!isObject(document)) return undefined;
	const named = document['DicomModalities'];
	if (named !== undefined && !isObject(named)) return undefined;
	const modalities = named ?? document;
	const values = Object.values(modalities);
	const isModality = (value: unknown) => (Array.isArray(value) ? value.length >= 3 : isObject(value) && 'AET' in value);
	if (named === undefined && (values.length === 0 || !values.every(isModality))) return undefined;
	const notes = values.length === 0 ? ['its DicomModalities are empty'] : [];
	return { peers: Object.entries(modalities).map(([name, value]) => orthancPeer(name, value)), notes };
};

/** `[AET, host, port, manufacturer]`, or an object of the same and more. */
const orthancPeer = (name: string, value: unknown): ForeignPeer => {
	if (Array.isArray(value)) {
		const [aeTitle, host, port] = value.map(textOf);
		return { name, values: filled({ ae_title: aeTitle, address: host, port }) };
	}
	if (!isObject(value)) return { name, values: {} };
	return {
		name,
		values: filled({
			ae_title: textOf(value['AET']),
			address: textOf(value['Host']),
			port: textOf(value['Port']),
			calling_ae_title: textOf(value['LocalAet']),
			tls: value['UseDicomTls'] === true ? 'yes' : '',
		}),
	};
};

/** A device, an AE as POST /aes takes it, or a list of either. */
export const readDeviceJson = (text: string): Found | undefined => {
	const document = parsed(text);
	const devices = Array.isArray(document) ? document : [document];
	const isDevice = (one: unknown): one is Json => isObject(one) && ('dicomNetworkAE' in one || 'dicomAETitle' in one);
	const known = devices.filter(isDevice);
	if (known.length === 0) return undefined;
	const notes =
		known.length === devices.length ? [] : [`${devices.length - known.length} without an AE title are left out`];
	return { peers: known.flatMap(peersOfDevice), notes };
};

const peersOfDevice = (device: Json): ForeignPeer[] => {
	const connections = objectsOf(device['dicomNetworkConnection']);
	const isEntity = 'dicomAETitle' in device;
	const entities = isEntity ? [device] : objectsOf(device['dicomNetworkAE']);
	return entities.map((entity) => {
		// `/dicomNetworkConnection/0`; an AE of its own has its connections in it.
		const references = Array.isArray(entity['dicomNetworkConnectionReference'])
			? entity['dicomNetworkConnectionReference'].map((one) => Number(/(\d+)$/.exec(textOf(one))?.[1] ?? -1))
			: connections.flatMap((_, index) => (isEntity ? [index] : []));
		const connection = references.map((index) => connections[index]).find((one) => one !== undefined && isDicom(one));
		return {
			name: textOf(entity['dicomAETitle']),
			values: filled({
				ae_title: textOf(entity['dicomAETitle']),
				address: textOf(connection?.['dicomHostname']),
				port: textOf(connection?.['dicomPort']),
				tls: isTls(connection) ? 'yes' : '',
				note: textOf(entity['dicomDescription'] ?? device['dicomDescription']),
			}),
		};
	});
};

const isTls = (connection: Json | undefined): boolean => {
	const suites = connection?.['dicomTLSCipherSuite'];
	return Array.isArray(suites) && suites.length > 0;
};

/** HL7 and syslog connections stand among them. */
const isDicom = (connection: Json): boolean => {
	const own = connection['dcmNetworkConnection'];
	const protocol = isObject(own) ? textOf(own['dcmProtocol']) : '';
	return protocol === '' || protocol === 'DICOM';
};

/** Comments as Orthanc allows them, commas before a closing bracket, and braces that were left behind when a part was copied. */
const parsed = (text: string): unknown => {
	if (!/^\s*(?:[[{"]|\/[/*])/.test(text)) return undefined;
	const plain = text
		.replaceAll(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, quoted: string | undefined) => quoted ?? ' ')
		.replaceAll(/("(?:[^"\\]|\\.)*")|,(?=\s*[\]}])/g, (_, quoted: string | undefined) => quoted ?? '')
		.trim()
		.replace(/,$/, '');
	for (const attempt of [plain, `{${plain}}`])
		try {
			return JSON.parse(attempt);
		} catch {
			// the other way
		}
	return undefined;
};

/** Without the keys that have no value. */
export const filled = (values: Readonly<{ [K in NodeKey]?: string | undefined }>): Partial<Record<NodeKey, string>> =>
	Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value.trim() !== ''));

const isObject = (value: unknown): value is Json =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const objectsOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

const textOf = (value: unknown): string =>
	typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
