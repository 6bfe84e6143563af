/** What is used of dcmjs, which ships no types: its dictionary, its names, and its codec as a second opinion in tests. */
declare module 'dcmjs' {
	interface DictionaryEntry {
		readonly tag: string;
		readonly vr: string;
		readonly vm: string;
		readonly name: string;
	}

	/** As our own `Dataset`, but less strict: `Value` may be absent, and is of whatever dcmjs makes. */
	type DcmjsDataset = Readonly<Record<string, { readonly vr: string; readonly Value?: readonly unknown[] }>>;

	class ReadBufferStream {
		constructor(buffer: ArrayBuffer, littleEndian: boolean, options?: object);
	}

	class WriteBufferStream {
		constructor(size: number, littleEndian: boolean);
		getBuffer(): ArrayBuffer;
	}

	const dcmjs: {
		readonly data: {
			readonly ReadBufferStream: typeof ReadBufferStream;
			readonly WriteBufferStream: typeof WriteBufferStream;
			readonly DicomMessage: {
				_read(stream: ReadBufferStream, transferSyntaxUid: string, options?: object): DcmjsDataset;
				write(dataset: object, stream: WriteBufferStream, transferSyntaxUid: string, options: object): number;
			};
			readonly DicomMetaDictionary: {
				readonly nameMap: Readonly<Record<string, DictionaryEntry>>;
				readonly dictionary: Readonly<Record<string, DictionaryEntry>>;
				naturalizeDataset(dataset: object): Readonly<Record<string, unknown>>;
				denaturalizeDataset(dataset: object): DcmjsDataset;
			};
		};
		readonly log: {
			setLevel(level: string): void;
			getLogger(name: string): { setLevel(level: string): void };
		};
	};
	export default dcmjs;
}
