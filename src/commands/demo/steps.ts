/** What `dimse demo` shows, in this order. */

export interface DemoPlace {
	/** The archive, as a command line names it. */
	readonly at: string;
	readonly folder: string;
	/** The biggest study. */
	readonly studyInstanceUid: string;
}

export interface DemoStep {
	readonly says: string;
	/** The arguments behind `dimse`. */
	readonly line: (place: DemoPlace) => readonly string[];
}

export const DEMO_STEPS: readonly DemoStep[] = [
	{ says: 'does it answer?', line: ({ at }) => ['echo', at] },
	{ says: 'what is there?', line: ({ at }) => ['find', at] },
	{
		says: 'of one modality, the last five years',
		line: ({ at }) => ['find', at, '-m', 'MR', '--date', '-5y'],
	},
	{ says: 'a name without its umlaut', line: ({ at }) => ['find', at, '--name', 'muller'] },
	{ says: 'a name in its own script', line: ({ at }) => ['find', at, '--name', '松原'] },
	{ says: 'and in Greek, in small letters', line: ({ at }) => ['find', at, '--name', 'ελαιώνας'] },
	{
		says: 'the series of a study',
		line: ({ at, studyInstanceUid }) => ['find', at, '-L', 'series', '--study-uid', studyInstanceUid],
	},
	{
		says: 'get it: what arrived is held against what the archive has',
		line: ({ at, folder, studyInstanceUid }) => ['get', at, studyInstanceUid, '-o', `${folder}/got`],
	},
];
