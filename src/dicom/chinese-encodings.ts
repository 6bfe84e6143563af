/** GBK and GB 18030, which have no code extension: every character says itself how long it is (PS3.3 C.12.1.1.2). */

/** Private use is in GB 18030 and not in GBK. */
const isPrivateUse = (point: number): boolean => point >= 0xe000 && point <= 0xf8ff;

/** The four-byte codes of the Basic Multilingual Plane end before 0x8431A43A. */
const FOUR_BYTE_CODES = 39_420;

/** The four bytes of a linear number, 0 for 0x81308130. */
const fourBytes = (linear: number): [number, number, number, number] => [
	0x81 + Math.floor(linear / 12_600),
	0x30 + (Math.floor(linear / 1260) % 10),
	0x81 + (Math.floor(linear / 10) % 126),
	0x30 + (linear % 10),
];

/** Code point to bytes, of codes that the platform's decoder reads one at a time. */
const tableOf = (label: string, codes: readonly (readonly number[])[]): Map<number, readonly number[]> => {
	const bytes: number[] = [];
	for (const code of codes) bytes.push(...code, 0x0a);
	const lines = new TextDecoder(label).decode(Uint8Array.from(bytes)).split('\n');
	const table = new Map<number, readonly number[]>();
	for (const [index, code] of codes.entries()) {
		const line = lines[index] ?? '';
		const point = line.codePointAt(0) ?? 0;
		const isOne = line.length === (point > 0xffff ? 2 : 1);
		if (isOne && point >= 0x80 && point !== 0xfffd && !table.has(point)) table.set(point, code);
	}
	return table;
};

const twoByteCodes = (): number[][] => {
	const codes: number[][] = [];
	for (let lead = 0x81; lead <= 0xfe; lead++) {
		for (let trail = 0x40; trail <= 0xfe; trail++) if (trail !== 0x7f) codes.push([lead, trail]);
	}
	return codes;
};

let twoBytes: Map<number, readonly number[]> | undefined;
let fourByteTable: Map<number, readonly number[]> | undefined;

const bytesOfPoint = (point: number, isGbk: boolean): readonly number[] | undefined => {
	if (point < 0x80) return [point];
	twoBytes ??= tableOf('gb18030', twoByteCodes());
	const two = isGbk && isPrivateUse(point) ? undefined : twoBytes.get(point);
	if (two !== undefined || isGbk) return two;
	if (point >= 0x10000) return fourBytes(point - 0x10000 + 189_000);
	fourByteTable ??= tableOf(
		'gb18030',
		Array.from({ length: FOUR_BYTE_CODES }, (_, linear) => fourBytes(linear)),
	);
	return fourByteTable.get(point);
};

/** Undefined where the encoding has no such character. */
export const encodeChinese = (text: string, label: 'gb18030' | 'gbk'): Uint8Array | undefined => {
	const bytes: number[] = [];
	for (const character of text) {
		const code = bytesOfPoint(character.codePointAt(0) ?? 0, label === 'gbk');
		if (code === undefined) return undefined;
		bytes.push(...code);
	}
	return Uint8Array.from(bytes);
};
