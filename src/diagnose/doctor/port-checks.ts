/** What is on the port where it does not look like DICOM: what it says first, TLS, HTTP, a proxy in place of the peer. */
import { listenTo, reach, tlsHello } from '../../association/probes.ts';
import { addressOf, type Check, failed } from './examination.ts';

const BANNER_MS = 300;

export const banner: Check = {
	id: 'banner',
	needs: ['tcp'],
	isDue: ({ usesTls }) => !usesTls,
	async run(subject) {
		const heard = await listenTo(addressOf(subject), subject.port, BANNER_MS);
		switch (heard.kind) {
			case 'silence':
				return { status: 'ok', summary: 'silent, as a DICOM port is' };
			case 'unreachable':
				return { status: 'warn', summary: `the port does not open any more: ${heard.code}` };
			case 'ended':
				return {
					status: 'warn',
					summary: `the connection is ${heard.code === 'CLOSED' ? 'closed' : 'reset'} as soon as it is open`,
					next: [
						`a TCP wrapper or an access list does so, or a load balancer without a server behind it: ask whether ${subject.memory.local?.address ?? 'this machine'} may connect`,
						'try from a machine that is known to be allowed',
					],
				};
			case 'bytes': {
				const firstBytes = heard.bytes.subarray(0, 64);
				return failed({ blame: 'protocol', message: 'the peer speaks first', phase: 'connect', firstBytes }, subject);
			}
		}
	},
};

/** What is asked of a peer that does not answer as DICOM does takes no longer. */
export const PROBE_MS = 3_000;

export const tlsProbe: Check = {
	id: 'tls-probe',
	needs: ['tcp'],
	isDue: ({ usesTls, memory }) => !usesTls && memory.endedWordless,
	async run(subject) {
		const seen = await tlsHello(addressOf(subject), subject.port, subject.tlsServerName ?? subject.host, PROBE_MS);
		if (!seen.speaksTls) return { status: 'ok', summary: 'no TLS there either' };
		subject.memory.foreign = 'TLS';
		const { subject: owner, issuer, validTo, protocol, wantsCertificate } = seen;
		const whose = owner === '' ? '' : `: certificate of ${owner}, by ${issuer}, until ${validTo}`;
		return {
			status: 'fail',
			summary: `this port wants TLS${protocol === '' ? '' : ` (${protocol})`}${whose}`,
			next: [
				`dimse echo ${subject.label} --tls${wantsCertificate ? ' --tls-cert FILE --tls-key FILE    it asks for a certificate of ours' : ''}`,
				...(subject.node === undefined ? [] : [`dimse node set ${subject.node} tls=yes    for good`]),
				'or ask for the port without TLS',
			],
			details: { ...seen },
			failure: { blame: 'tls', code: 'PEER_SPEAKS_TLS', message: 'the peer speaks TLS' },
		};
	},
};

export const httpProbe: Check = {
	id: 'http-probe',
	needs: ['tcp'],
	isDue: ({ memory }) => memory.endedWordless,
	async run(subject) {
		const { host, port, memory } = subject;
		if (memory.foreign === 'TLS')
			return { status: 'skip', summary: 'the port wants TLS: nothing is asked in plain text' };
		const said = `GET / HTTP/1.0\r\nHost: ${host}\r\n\r\n`;
		const heard = await listenTo(addressOf(subject), port, PROBE_MS, said);
		if (heard.kind === 'unreachable')
			return { status: 'warn', summary: `the port does not open any more: ${heard.code}` };
		const bytes = heard.kind === 'bytes' ? heard.bytes : new Uint8Array();
		const text = new TextDecoder('latin1').decode(bytes);
		if (/^HTTP\//.test(text)) {
			memory.foreign = 'HTTP';
			return {
				status: 'fail',
				summary: `an HTTP server answers: ${text.split('\r\n', 1)[0] ?? ''}`,
				next: [
					`this is no DICOM port; perhaps the archive's web pages or its DICOMweb: http://${host}:${port}/`,
					'ask for the DICOM port: 104, 11112, 4242 and 2762 (TLS) are common',
				],
				failure: {
					blame: 'protocol',
					message: 'an HTTP server answers',
					phase: 'associate',
					firstBytes: bytes.subarray(0, 64),
				},
			};
		}
		return {
			status: 'warn',
			summary: 'whatever is there speaks neither DICOM nor HTTP',
			next: [`ask who listens on port ${port} of ${host}, and whether the DICOM service runs`],
		};
	},
};

/** tcpmux and discard, which hosts no longer have. */
const UNLIKELY_PORTS = [1, 9] as const;

/** That a connection opens proves little: what stands between may open it for a host that is down. It does so for any port. */
export const proxyProbe: Check = {
	id: 'proxy-probe',
	needs: ['tcp'],
	isDue: ({ memory }) => memory.endedWordless,
	async run(subject) {
		const { host, port, memory } = subject;
		if (memory.foreign !== undefined)
			return { status: 'skip', summary: `${memory.foreign} answers: somebody is there` };
		const address = addressOf(subject);
		const tries = await Promise.all(UNLIKELY_PORTS.map((one) => reach(address, one, PROBE_MS)));
		const ports = UNLIKELY_PORTS.join(' and ');
		if (!tries.every(({ isOpen }) => isOpen))
			return { status: 'ok', summary: `ports ${ports} do not open: no proxy that accepts whatever comes` };
		return {
			status: 'warn',
			summary: `ports ${ports} open too, where nobody listens: a transparent proxy or a firewall accepts in place of ${host}`,
			next: [
				`nothing is known of ${host} itself: ask the network team whether it can be reached at TCP port ${port} behind that proxy`,
				'try from a network that leads there directly',
			],
		};
	},
};
