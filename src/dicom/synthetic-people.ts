/** People who do not exist, for the demonstration and the tests: names in many scripts, with the character set that would be sent. */

type Sex = 'F' | 'M';

interface NameKind {
	/** Terms of (0008,0005); none is the default repertoire. */
	readonly characterSet: readonly string[];
	/** PN texts with their groups, made of trees, places and placeholders. */
	readonly names: readonly (readonly [sex: Sex, name: string])[];
}

/** In such an order that every seventh, which is what synthetic.ts takes, is soon of another script. */
const NAME_KINDS: readonly NameKind[] = [
	{
		characterSet: [],
		names: [
			['F', 'WILLOW^GRACE'],
			['M', 'ALDER^THOMAS^J'],
			['F', 'JUNIPER^EDITH'],
			['M', 'HAWTHORN^PETER'],
			['F', 'MAPLEWOOD^ANNA'],
			['M', 'BIRCHFIELD^OSCAR^^DR'],
			['F', 'ROWAN^MARY^ANNE^^MD'],
			['M', 'CEDARBROOK^SAMUEL'],
		],
	},
	{
		characterSet: ['ISO_IR 100'],
		names: [
			['M', 'Müllerwald^Jörg'],
			['F', 'Ångbäck^Åsa'],
			['M', 'Peñalba^Íñigo'],
			['F', 'Châtaigner^Hélène'],
		],
	},
	{
		characterSet: ['ISO_IR 126'],
		names: [
			['M', 'Ελαιώνας^Νικόλαος'],
			['F', 'Πλατάνου^Αθηνά'],
		],
	},
	{
		characterSet: ['ISO_IR 100'],
		names: [
			['M', 'Sørlund^Bjørn'],
			['F', 'Grünspecht^Käthe'],
		],
	},
	{
		characterSet: ['ISO_IR 101'],
		names: [
			['M', 'Świerkowski^Łukasz'],
			['F', 'Dvořáčková^Zdeňka'],
		],
	},
	{
		characterSet: ['ISO_IR 144'],
		names: [
			['F', 'Берёзкина^Ольга'],
			['M', 'Дубравин^Пётр'],
		],
	},
	{
		characterSet: ['', 'ISO 2022 IR 87'],
		names: [
			['M', 'YAMADA^TAROU=山田^太郎=やまだ^たろう'],
			['F', 'SAKURAI^HANAKO=桜井^花子=さくらい^はなこ'],
			['M', 'MATSUBARA^JIROU=松原^次郎=まつばら^じろう'],
		],
	},
	{
		characterSet: ['', 'ISO 2022 IR 149'],
		names: [
			['M', 'HONG^GILDONG=洪^吉洞=홍^길동'],
			['F', 'SONG^NAMU=宋^나무=송^나무'],
		],
	},
	{
		characterSet: ['GB18030'],
		names: [
			['M', 'ZHANG^SAN=张^三'],
			['F', 'LI^SI=李^四'],
		],
	},
	{
		characterSet: ['ISO_IR 192'],
		names: [
			['F', 'Ağaçlı^İpek'],
			['M', 'שקדיה^נועם'],
			['M', 'نخلة^سالم'],
			['F', 'ต้นไม้^มะลิ'],
		],
	},
];

export interface Person {
	/** Terms of (0008,0005), none for the default repertoire. */
	readonly characterSet: readonly string[];
	readonly sex: Sex;
	/** A PN text with its groups. */
	readonly name: string;
}

export const PEOPLE: readonly Person[] = NAME_KINDS.flatMap(({ characterSet, names }) =>
	names.map(([sex, name]) => ({ characterSet, sex, name })),
);
