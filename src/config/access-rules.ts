/** Who may do what: rules of calling AE titles, their addresses, and the services they may use. */
import { BlockList, isIP } from 'node:net';
import { DicomError } from '../errors.ts';

export const SERVICES = ['echo', 'store', 'find', 'get', 'move', 'worklist'] as const;
export type ServiceName = (typeof SERVICES)[number];

export interface AccessRule {
	/** As it was written. */
	readonly text: string;
	/** May have `*` and `?`. */
	readonly callingAeTitle: string;
	/** Undefined for any address. */
	readonly addresses: BlockList | undefined;
	readonly services: ReadonlySet<ServiceName>;
}

const HINT = 'AET[@ADDRESS[/BITS]][=SERVICE,...], as CT1, CT1@10.0.0.5, *@10.0.0.0/8=echo,store';

/**
 * Reads `AET[@ADDRESS[/BITS]][=SERVICE,...]`: `WS1`, `CT1@10.0.0.5=echo,store`, `*@[2001:db8::]/32`.
 *
 * @throws DicomError usage
 */
export const parseAccessRule = (text: string): AccessRule => {
	const refused = (what: string, hint = HINT) => new DicomError({ blame: 'usage', message: `"${text}" ${what}`, hint });
	const equals = text.indexOf('=');
	const [who, services] = equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
	const at = who.indexOf('@');
	const callingAeTitle = (at < 0 ? who : who.slice(0, at)).trim();
	if (!isAeTitle(callingAeTitle)) throw refused('names no AE title: 1 to 16 characters, or *');
	const address = at < 0 ? undefined : who.slice(at + 1).trim();
	const addresses = address === undefined ? undefined : addressesOf(address);
	if (address !== undefined && addresses === undefined) throw refused(`names no address: "${address}"`);
	const names = services
		.split(',')
		.map((name) => name.trim().toLowerCase())
		.filter((name) => name !== '');
	const wrong = names.find((name) => !isService(name));
	if (wrong !== undefined) throw refused(`names no service: "${wrong}"`, `the services are ${SERVICES.join(', ')}`);
	if (equals >= 0 && names.length === 0) throw refused('names no service behind the =');
	return {
		text,
		callingAeTitle,
		addresses,
		services: new Set(names.length === 0 ? SERVICES : names.filter(isService)),
	};
};

const isService = (name: string): name is ServiceName => (SERVICES as readonly string[]).includes(name);

/** PS3.5 6.2: 1 to 16 characters of the default repertoire without backslash and controls, not all of them spaces. */
export const isAeTitle = (text: string): boolean => /^[\x20-\x5b\x5d-\x7e]{1,16}$/.test(text) && text.trim() !== '';

const addressesOf = (text: string): BlockList | undefined => {
	const [, bracketed, plain, bits] = /^(?:\[([^\]]*)\]|([^/]*))(?:\/(\d{1,3}))?$/.exec(text) ?? [];
	const address = bracketed ?? plain ?? '';
	const family = isIP(address);
	if (family === 0) return undefined;
	const most = family === 4 ? 32 : 128;
	const prefix = bits === undefined ? most : Number(bits);
	if (prefix > most) return undefined;
	const list = new BlockList();
	list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
	return list;
};

/** IPv4 as an IPv6 socket has it. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** The address as people write it: an IPv4 one without the prefix that an IPv6 socket gives it. */
export const plainAddress = (address: string): string => MAPPED.exec(address)?.[1] ?? address;

/**
 * What a caller may do: the services of all rules that fit. Without any rule everybody may do everything; undefined where no rule fits,
 * and the caller is not to be accepted.
 */
export const allowedServices = (
	rules: readonly AccessRule[],
	callingAeTitle: string,
	from: string,
): ReadonlySet<ServiceName> | undefined => {
	if (rules.length === 0) return new Set(SERVICES);
	const address = plainAddress(from);
	const fitting = rules.filter(
		(rule) =>
			globMatches(rule.callingAeTitle, callingAeTitle) &&
			(rule.addresses === undefined || rule.addresses.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')),
	);
	if (fitting.length === 0) return undefined;
	return new Set(fitting.flatMap(({ services }) => [...services]));
};

/** AE titles are told apart by case. */
const globMatches = (pattern: string, text: string): boolean => {
	let [at, from, star, mark] = [0, 0, -1, 0];
	while (from < text.length) {
		const wanted = pattern[at];
		if (wanted === '*') {
			star = at++;
			mark = from;
		} else if (wanted === '?' || (wanted !== undefined && wanted === text[from])) {
			at++;
			from++;
		} else if (star >= 0) {
			at = star + 1;
			from = ++mark;
		} else return false;
	}
	while (pattern[at] === '*') at++;
	return at === pattern.length;
};
