/**
 * Every option in the manuals of DCMTK 3.6.7 and 3.7 and of pynetdicom 3.0.4, an option a line: its spellings, then as many values as it
 * takes. Transcribed from the manuals, not from our tables.
 */

const GENERAL = `
-h --help
--version
--arguments
-q --quiet
-v --verbose
-d --debug
-ll --log-level | warn
-lc --log-config | log.cfg
`;

const NETWORK = `
-aet --aetitle --calling-aet | ME
-aec --call --called-aet | PEER
-ta --acse-timeout | 30
-td --dimse-timeout | 0.5
-tn --network-timeout | 30
-to --timeout | 10
-ts --socket-timeout | 60
-pdu --max-pdu | 16384
--abort
-i4 --ipv4
-i6 --ipv6
-i0 --ip-auto
`;

const TLS = `
-tls --disable-tls
+tls --enable-tls | key.pem cert.pem
+tla --anonymous-tls
+ps --std-passwd
+pw --use-passwd | secret
-pw --null-passwd
-pem --pem-keys
-der --der-keys
+cf --add-cert-file | ca.pem
+cd --add-cert-dir | certs
+crl --add-crl-file | crl.pem
+crv --enable-crl-vfy
+cra --enable-crl-all
+pg --profile-8996
+pm --profile-8996-mod
+py --profile-bcp195-nd
+px --profile-bcp195
+pz --profile-bcp195-ex
+pa --profile-aes
+pn --profile-null
+ph --list-profiles
+cc --list-ciphers
+cs --cipher | TLS_AES_128_GCM_SHA256
+rs --seed | seed
+ws --write-seed
+wf --write-seed-file | seed
-rc --require-peer-cert
-ic --ignore-peer-cert
--no-sni
--request-sni | pacs.example.org
+vc --verify-cert | cert.pem
+rc --is-root-cert | cert.pem
`;

const UNCOMPRESSED = `
-x= --propose-uncompr
-xe --propose-little --request-little
-xb --propose-big --request-big
-xi --propose-implicit --request-implicit
-xd --propose-deflated
`;

const NEW_VRS = `
+u --enable-new-vr
-u --disable-new-vr
+cl --compression-level | 6
`;

const PREFERRED = `
+x= --prefer-uncompr
+xe --prefer-little
+xb --prefer-big
+xs --prefer-lossless
+xy --prefer-jpeg8
+xx --prefer-jpeg12
+xv --prefer-j2k-lossless
+xw --prefer-j2k-lossy
+xt --prefer-jls-lossless
+xu --prefer-jls-lossy
+xm --prefer-mpeg2
+xh --prefer-mpeg2-high
+xn --prefer-mpeg4
+xl --prefer-mpeg4-bd
+x2 --prefer-mpeg4-2-2d
+x3 --prefer-mpeg4-2-3d
+xo --prefer-mpeg4-2-st
+x4 --prefer-hevc
+x5 --prefer-hevc10
+xr --prefer-rle
+xd --prefer-deflated
+xi --implicit
`;

const RETRIEVE = `
+v --verbose-pc
-k --key --keyword | PatientID=P1
-f --file | query.dcm
-P --patient
-S --study
-O --psonly
--repeat | 3
-od --output-directory | out
-B --normal
+B --bit-preserving
--ignore
--relational-retrieval
--enhanced-conversion
`;

/** By the command that stands for the tool. */
const MANUALS = {
	echo: `${GENERAL}${NETWORK}${TLS}
-pts --propose-ts | 2
-ppc --propose-pc | 3
--repeat | 3
--request-little
--request-big
--request-implicit
-xe
-xb
-xi
`,
	find: `${GENERAL}${NETWORK}${TLS}${UNCOMPRESSED}${NEW_VRS}
-k --key --keyword | PatientID=P1
-f --file | query.dcm
-W --worklist
-P --patient
-S --study
-O --psonly
-U --ups
--repeat | 3
--cancel | 5
-od --output-directory | out
+dc --enable-correction
-dc --disable-correction
+sr --show-responses
-sr --hide-responses
-X --extract
-Xx --extract-xml
-Xs --extract-xml-single | all.xml
-Xlo --limit-output | 5
-w --write
--relational-query
--dt-matching
--fuzzy-names
--timezone-adj
--enhanced-conversion
`,
	store: `${GENERAL}${NETWORK}${TLS}${UNCOMPRESSED}${NEW_VRS}
+v --verbose-pc
+f --read-file
+fo --read-file-only
-f --read-dataset
+sd --scan-directories
+sp --scan-pattern | *.dcm
-r --no-recurse
+r --recurse
-rn --no-rename
+rn --rename
-xf --config-file | profiles.cfg Default
-xs --propose-lossless
-xy --propose-jpeg8
-xx --propose-jpeg12
-xv --propose-j2k-lossless
-xw --propose-j2k-lossy
-xt --propose-jls-lossless
-xu --propose-jls-lossy
-xm --propose-mpeg2
-xh --propose-mpeg2-high
-xn --propose-mpeg4
-xl --propose-mpeg4-bd
-x2 --propose-mpeg4-2-2d
-x3 --propose-mpeg4-2-3d
-xo --propose-mpeg4-2-st
-x4 --propose-hevc
-x5 --propose-hevc10
-xr --propose-rle
-R --required
+C --combine
-cx --required-contexts
-usr --user | me
-pwd --password | secret
-epw --empty-password
-kt --kerberos | ticket
--saml | saml.xml
--jwt | jwt.txt
-rsp --pos-response
--max-send-pdu | 32768
--repeat | 3
-nh --no-halt
-up --uid-padding
+II --invent-instance
+IR --invent-series | 100
+IS --invent-study | 50
+IP --invent-patient | 25
`,
	get: `${GENERAL}${NETWORK}${TLS}${UNCOMPRESSED}${PREFERRED}${RETRIEVE}`,
	move: `${GENERAL}${NETWORK}${TLS}${UNCOMPRESSED}${NEW_VRS}${PREFERRED}${RETRIEVE}
-aem --move --move-aet | DEST
+xa --accept-all
-ac --access-full
+ac --access-control
--no-port
+P --port | 11113
-pi --pending-ignore
-pr --pending-read
-dhl --disable-host-lookup
--cancel | 3
-up --uid-padding
+F --write-file
-F --write-dataset
+t= --write-xfer-same
+te --write-xfer-little
+tb --write-xfer-big
+ti --write-xfer-implicit
+td --write-xfer-deflated
+g= --group-length-recalc
+g --group-length-create
-g --group-length-remove
+e --length-explicit
-e --length-undefined
-p --padding-off
+p --padding-create | 4 2
--store
--store-port | 11113
--store-aet | STORESCP
`,
} as const;

export type Tool = keyof typeof MANUALS;
export const TOOLS: readonly Tool[] = ['echo', 'find', 'store', 'get', 'move'];

export interface ManualOption {
	readonly spellings: readonly string[];
	readonly values: readonly string[];
}

export const manualOf = (tool: Tool): readonly ManualOption[] =>
	MANUALS[tool]
		.split('\n')
		.filter((line) => line !== '')
		.map((line) => {
			const [spellings = '', values = ''] = line.split(' | ');
			return { spellings: spellings.split(' '), values: values === '' ? [] : values.split(' ') };
		});
