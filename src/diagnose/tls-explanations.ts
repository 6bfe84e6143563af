/** What the codes of Node and OpenSSL mean when TLS does not come about, as a table. */
import type { Advice } from './explanation.ts';

interface TlsRow extends Advice {
	readonly code: RegExp;
	/** The certificate that came is of interest here. */
	readonly showsCertificate?: boolean;
}

const INSECURE = 'only to find out what is there, never for patient data: --tls-insecure';
const TRUST = 'give the certificate of the authority that issued it: --tls-ca FILE';

const TLS: readonly TlsRow[] = [
	{
		code: /^PEER_SPEAKS_TLS$/,
		title: 'the peer speaks TLS',
		means: ['a TLS alert came back: port {port} takes DICOM over TLS only'],
		do: ['dimse echo {peer} --tls'],
	},
	{
		code: /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT)$/,
		title: "TLS: the peer's certificate is signed by itself, and not known here",
		means: ['usual with the certificate authority of a hospital: this machine does not know it'],
		do: [TRUST, INSECURE],
		showsCertificate: true,
	},
	{
		code: /^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|CERT_UNTRUSTED|INVALID_CA)$/,
		title: "TLS: the issuer of the peer's certificate is not known here",
		means: ['this machine does not know the authority, or the peer does not send its intermediate certificate'],
		do: [TRUST, INSECURE],
		showsCertificate: true,
	},
	{
		code: /^CERT_HAS_EXPIRED$/,
		title: "TLS: the peer's certificate has expired",
		means: ['it was valid until {validTo}, or the clock of this machine is wrong'],
		do: ['ask for the certificate to be renewed at the peer', INSECURE],
		showsCertificate: true,
	},
	{
		code: /^CERT_NOT_YET_VALID$/,
		title: "TLS: the peer's certificate is not valid yet",
		means: ['it is valid from {validFrom}, or the clock of this machine is wrong'],
		do: ['check the clocks of both machines', INSECURE],
		showsCertificate: true,
	},
	{
		code: /^(ERR_TLS_CERT_ALTNAME_INVALID|ERR_TLS_CERT_ALTNAME_FORMAT|HOSTNAME_MISMATCH|IP_ADDRESS_MISMATCH)$/,
		title: "TLS: the peer's certificate is for another name than {host}",
		means: ['it is for {names}'],
		do: ['connect by that name, or say which name is right: --tls-servername NAME', INSECURE],
		showsCertificate: true,
	},
	{
		code: /^(CERT_|CRL_|UNABLE_TO_|PATH_LENGTH|INVALID_PURPOSE|ERROR_IN_CERT)/,
		title: "TLS: the peer's certificate is not accepted ({code})",
		means: ['the certificate, or one above it, does not hold what it must'],
		do: ['ask for the certificate to be renewed at the peer', INSECURE],
		showsCertificate: true,
	},
	{
		code: /CERTIFICATE_REQUIRED$|PEER_DID_NOT_RETURN_A_CERTIFICATE$/,
		title: 'TLS: the peer demands a client certificate',
		means: ['both ends must prove who they are there (mutual TLS), and this end sent no certificate'],
		do: ['--tls-cert FILE --tls-key FILE, with a certificate that the peer trusts'],
	},
	{
		code: /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED|DECRYPT_ERROR)$/,
		title: 'TLS: the peer does not accept our certificate',
		means: ['it does not know the issuer of the certificate that was sent, or finds it expired or of the wrong kind'],
		do: ['ask which authority the peer trusts, and use a certificate of it: --tls-cert FILE --tls-key FILE'],
	},
	{
		code: /UNRECOGNIZED_NAME$/,
		title: 'TLS: the peer does not know the server name {host}',
		means: ['several servers share the port, and none of them has this name'],
		do: ['--tls-servername NAME'],
	},
	{
		code: /WRONG_VERSION_NUMBER$|PACKET_LENGTH_TOO_LONG$|RECORD_LAYER_FAILURE$|HTTP_REQUEST$|UNKNOWN_PROTOCOL$/,
		title: 'TLS: the peer answered plain text to a TLS hello',
		means: ['port {port} does not take TLS'],
		do: ['leave out --tls, or use the TLS port of {host}; 2762 is common'],
	},
	{
		code: /ALERT_PROTOCOL_VERSION$|UNSUPPORTED_PROTOCOL$|VERSION_TOO_LOW$|LEGACY_SIGALG/,
		title: 'TLS: no version in common with the peer',
		means: ['the peer offers only old versions of TLS, which are not safe, or only newer ones than asked for'],
		do: ['ask for TLS 1.2 or 1.3 to be enabled at the peer', 'check --tls-min, if given'],
	},
	{
		code: /ALERT_HANDSHAKE_FAILURE$|NO_SHARED_CIPHER$|NO_CIPHERS_AVAILABLE$|INSUFFICIENT_SECURITY$/,
		title: 'TLS: the handshake failed',
		means: ['the two ends have no cipher suite in common, or the peer wants a client certificate'],
		do: ['--tls-cert FILE --tls-key FILE, if the peer demands a certificate', 'ask which cipher suites the peer takes'],
	},
	{
		code: /KEY_TOO_SMALL$|MD_TOO_WEAK$|UNSAFE_LEGACY_RENEGOTIATION/,
		title: 'TLS: a key or signature is too weak to be safe ({code})',
		means: ['a certificate is too old-fashioned for what TLS asks today'],
		do: ['ask for a certificate with an RSA key of 2048 bits or more and SHA-256'],
	},
	{
		code: /KEY_VALUES_MISMATCH$/,
		title: 'TLS: our key does not belong to our certificate',
		means: ['the files of --tls-cert and --tls-key are not a pair'],
		do: ['check --tls-cert and --tls-key'],
	},
	{
		code: /^ERR_OSSL_|^ERR_CRYPTO/,
		title: 'TLS: a key or certificate file cannot be read ({code})',
		means: ['it is not in PEM format, or its passphrase is missing or wrong'],
		do: ['check --tls-cert, --tls-key and --tls-ca; the passphrase may stand in DIMSE_TLS_PASSPHRASE'],
	},
	{
		code: /^(ECONNRESET|EPIPE|CLOSED|ECONNABORTED)$/,
		title: 'TLS: the peer closed during the handshake',
		means: ['port {port} most likely takes plain DICOM only, or the peer wants a client certificate'],
		do: [
			'leave out --tls, if port {port} is a plain one',
			'--tls-cert FILE --tls-key FILE, if it demands a certificate',
		],
	},
	{
		code: /./,
		title: 'TLS failed ({code})',
		means: ['no secure connection to {host} port {port} came about: {message}'],
		do: ['leave out --tls, if port {port} is a plain one', 'run it again with -d, and look at both certificates'],
	},
];

/** @param code of Node or OpenSSL; the last row fits all. */
export const tlsAdvice = (code: string): TlsRow => (TLS.find((row) => row.code.test(code)) ?? TLS.at(-1)) as TlsRow;
