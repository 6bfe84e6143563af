/** A PDU told field by field, for traces; the names are those of the types, so that nothing is left out. */

/**
 * One line a field, nested ones indented by two spaces. Bytes are counted, not shown: they may be a passcode or patient data. Texts are
 * as the peer sent them; whoever prints them makes them safe for a terminal.
 * @param nameOf gives a UID's name, where it has one.
 */
export const describePdu = (
	pdu: { readonly type: string },
	nameOf: (uid: string) => string | undefined = () => undefined,
): string[] => {
	const { type, ...fields } = pdu;
	return [type, ...describeFields(fields, '  ', nameOf)];
};

const describeFields = (fields: object, indent: string, nameOf: (uid: string) => string | undefined): string[] =>
	Object.entries(fields).flatMap(([name, value]) => {
		if (Array.isArray(value)) {
			return value.flatMap((one: unknown, index) => describe(`${name} ${index + 1}`, one, indent, nameOf));
		}
		return describe(name, value, indent, nameOf);
	});

const describe = (
	name: string,
	value: unknown,
	indent: string,
	nameOf: (uid: string) => string | undefined,
): string[] => {
	if (value instanceof Uint8Array) return [`${indent}${name}: ${value.length} bytes`];
	if (typeof value === 'object' && value !== null) {
		return [`${indent}${name}:`, ...describeFields(value, `${indent}  `, nameOf)];
	}
	const known = typeof value === 'string' ? nameOf(value) : undefined;
	return [`${indent}${name}: ${value}${known === undefined ? '' : ` (${known})`}`];
};
