/** The keys of [DEFAULT] in a qrscp configuration: pynetdicom's, and beyond them every option of `dimse qrscp` under its own name. */

/** What may stand as the value of a key. An empty value is as good as none. */
export type QrscpKey =
	| { readonly type: 'text' | 'yes' }
	/** A file or folder: `~` is expanded, the rest is relative to the current folder. */
	| { readonly type: 'path' }
	/** Both bounds allowed themselves; `orZero` where 0 means "none" outside of them. */
	| {
			readonly type: 'number';
			readonly min: number;
			readonly max: number;
			readonly whole?: true;
			readonly orZero?: true;
	  }
	/** Bytes: `512M`, `4 GiB`, `0`. */
	| { readonly type: 'size' }
	| { readonly type: 'choice'; readonly choices: readonly string[] }
	/** One entry a line. */
	| { readonly type: 'lines' }
	/** Known to other programs and of no meaning here. */
	| { readonly type: 'ignored' };

/** The longest that a timer can run (2^31 ms). */
const MOST_SECONDS = 2_147_483;
const seconds = { type: 'number', min: 0, max: MOST_SECONDS } as const;
const count = { type: 'number', min: 1, max: 1_000_000, whole: true, orZero: true } as const;

/** An option of `dimse qrscp` has the same name with hyphens, and the same bounds. */
export const QRSCP_KEYS = {
	ae_title: { type: 'text' },
	port: { type: 'number', min: 0, max: 65_535, whole: true },
	max_pdu: { type: 'number', min: 4096, max: 1_048_576, whole: true, orZero: true },
	acse_timeout: seconds,
	dimse_timeout: seconds,
	network_timeout: seconds,
	bind_address: { type: 'text' },
	instance_location: { type: 'path' },
	database_location: { type: 'path' },
	log_identifier: { type: 'ignored' },
	allow: { type: 'lines' },
	require_called: { type: 'yes' },
	accept: { type: 'choice', choices: ['storage', 'any'] },
	receive_only: { type: 'yes' },
	no_get: { type: 'yes' },
	match_limit: count,
	worklist: { type: 'path' },
	duplicates: { type: 'choice', choices: ['replace', 'keep', 'reject'] },
	durability: { type: 'choice', choices: ['full', 'data', 'off'] },
	min_free_space: { type: 'size' },
	max_instance_size: { type: 'size' },
	max_associations: count,
	max_associations_per_ae: count,
	max_associations_per_address: count,
	max_connections: count,
	tls: { type: 'yes' },
	tls_ca: { type: 'lines' },
	tls_cert: { type: 'path' },
	tls_key: { type: 'path' },
	tls_min: { type: 'choice', choices: ['1.2', '1.3'] },
	audit_log: { type: 'path' },
	json_log: { type: 'yes' },
	simulate: { type: 'lines' },
} as const satisfies Readonly<Record<string, QrscpKey>>;

export type QrscpKeyName = keyof typeof QRSCP_KEYS;

type ValueOf<K extends QrscpKey> = K extends { choices: readonly (infer C)[] }
	? C
	: K['type'] extends 'number' | 'size'
		? number
		: K['type'] extends 'yes'
			? boolean
			: K['type'] extends 'lines'
				? readonly string[]
				: K['type'] extends 'ignored'
					? never
					: string;

/** What a file says of its keys, typed; a key that it does not have, or has empty, is absent. */
export type QrscpValues = { readonly [K in QrscpKeyName]?: ValueOf<(typeof QRSCP_KEYS)[K]> };
