/** The grammar of the command line: what is an option, what its value, what a positional, and what is refused. */
import t from 'tap';
import { commandFirst } from '../../src/cli/arguments.ts';
import { parse } from '../../src/cli/parse.ts';
import browse from '../../src/commands/browse.ts';
import echo from '../../src/commands/echo.ts';
import find from '../../src/commands/find.ts';
import { DicomError } from '../../src/errors.ts';

type Row = readonly [
	argv: readonly string[],
	options: Readonly<Record<string, unknown>>,
	positionals?: readonly string[],
];

const UNDERSTOOD: readonly Row[] = [
	[['-aet', 'ME', 'host', '104'], { calling: 'ME' }, ['host', '104']],
	[['host', '-aet', 'ME', '104'], { calling: 'ME' }, ['host', '104']],
	[['host', '104', '-aet', 'ME'], { calling: 'ME' }, ['host', '104']],
	[['-aet=ME', 'host', '104'], { calling: 'ME' }, ['host', '104']],
	[['--calling=ME', 'host'], { calling: 'ME' }, ['host']],
	[['--calling', 'ME', 'host'], { calling: 'ME' }, ['host']],
	[['-pdu=16384'], { 'max-pdu': 16384 }],
	[['-kPatientID='], { key: ['PatientID='] }],
	[['-k=PatientID=A=B'], { key: ['PatientID=A=B'] }],
	[['-k', 'PatientID=1', 'host', '-k', '0010,0010=a*'], { key: ['PatientID=1', '0010,0010=a*'] }, ['host']],
	[['-k', '"quoted"', '-k', "'single'"], { key: ['"quoted"', "'single'"] }],
	[['-k', 'PatientName=a\nb'], { key: ['PatientName=a\nb'] }],
	[['-k', '1e3', '-k', '007'], { key: ['1e3', '007'] }],
	[['--date', '-7d', '--fields', '-PatientID'], { date: '-7d', fields: '-PatientID' }],
	[['--fields=-X', '--name=--verbose'], { fields: '-X', name: '--verbose' }],
	[['--', '-k', '--help', '+P'], { key: [] }, ['-k', '--help', '+P']],
	[['-', '-f', '-'], { file: ['-'] }, ['-']],
	[['-x=', 'host'], { ts: ['explicit,explicit-big,implicit'] }, ['host']],
	[['-vv', '-q'], { verbose: 2, quiet: 1 }],
	[['-vSd', 'host'], { verbose: 1, debug: true, model: 'study' }, ['host']],
	[['-W', '-S'], { model: 'study' }],
	[['-Lseries'], { level: 'series' }],
	[['-Limage', '-fq.dcm'], { level: 'instance', file: ['q.dcm'] }],
	[['-L', 'IMAGE'], { level: 'instance' }],
	[['-L', 'Series', '-M', 'PatientRoot'], { level: 'series', model: 'patient' }],
	[['--tls', '--tls=false'], { tls: false }],
	[['--json', '--format', 'csv'], { format: 'csv' }],
	[['--no-config', '--no-color'], { 'no-config': true, color: 'never' }],
	[['-m', 'CT', '-mMR', '-m', 'US,XA'], { modality: ['CT', 'MR', 'US,XA'] }],
	[['-ta', '0.25', '--timeout=.5', '-td', '3.'], { 'acse-timeout': 0.25, timeout: 0.5, 'dimse-timeout': 3 }],
	[['-pdu', '0'], { 'max-pdu': 0 }],
	[['+2 days.dcm', '+longer-name'], {}, ['+2 days.dcm', '+longer-name']],
	[['PatientName=a', '@q.dcm', ''], {}, ['PatientName=a', '@q.dcm', '']],
];

t.test('understood', async (t) => {
	for (const [argv, options, positionals = []] of UNDERSTOOD) {
		const said = parse(find, argv, {});
		t.match(said.options, options, JSON.stringify(argv));
		t.strictSame(said.positionals, positionals, JSON.stringify(argv));
	}
});

const refusal = (read: () => unknown) => {
	try {
		read();
	} catch (error) {
		if (error instanceof DicomError) return error.failure;
		throw error;
	}
	return undefined;
};

const REFUSED: readonly (readonly [argv: readonly string[], message: RegExp, suggestions?: readonly string[]])[] = [
	[['-xyz', 'host'], /^unknown option -xyz$/],
	[['-format', 'csv'], /^unknown option -format$/, ['--format']],
	[['-outdir', 'DIR', 'host'], /^unknown option -outdir$/],
	[['-modalities', 'CT'], /^unknown option -modalities$/, ['--modality']],
	[['-keyword=x'], /^unknown option -keyword$/, ['--keyword']],
	[['-mwl'], /^unknown option -mwl$/, ['--mwl']],
	[['-aem', 'DEST', 'host'], /^unknown option -aem$/],
	[['-aetME', 'host'], /^unknown option -aetME$/],
	[['--calld', 'x'], /^unknown option --calld$/, ['--called', '--call']],
	[['--calld=x'], /^unknown option --calld$/, ['--called', '--call']],
	[['--no-tls'], /^unknown option --no-tls$/],
	[['--__proto__=1'], /^unknown option --__proto__$/],
	[['+zz', 'host'], /^unknown option \+zz$/],
	[['-5'], /^unknown option -5$/],
	[['-k'], /^-k KEY\[=VALUE\]: the value is missing$/],
	[['-k', '--', 'x'], /: the value is missing$/],
	[['-aet', '-aec', 'PEER'], /^-aet AET: the value is missing before -aec$/],
	[['+tls', 'key'], /^\+tls: the value is missing$/],
	[['+tls=key', 'cert'], /takes two values/],
	[['-v=1'], /^-v takes no value$/],
	[['-S=1'], /^-S takes no value$/],
	[['-L', 'studie'], /^--level: "studie" is none of patient, study, series, instance$/, ['study']],
	[['-pdu', '16k'], /^--max-pdu: "16k" is no number$/],
	[['-pdu', '100'], /^--max-pdu: "100" is not between 4096 and 1048576, or 0$/],
	[['-pdu', '16384.5'], /is no whole number/],
	[['-ta', '-1'], /^--acse-timeout: "-1" is less than 0$/],
	[['-ta', '1e9'], /is no number of seconds/],
	[['-ta', '9999999'], /^--acse-timeout: "9999999" is not between 0 and 2147483$/],
	[['-ta', ''], /is no number of seconds/],
	[['--limit', '0'], /^--limit: "0" is less than 1$/],
	[['-Xx'], /^-Xx is not supported$/],
];

t.test('refused', async (t) => {
	for (const [argv, message, suggestions] of REFUSED) {
		const failure = refusal(() => parse(find, argv, {}));
		t.match(failure, { blame: 'usage', message }, JSON.stringify(argv));
		if (suggestions !== undefined) t.match(failure, { suggestions }, JSON.stringify(argv));
	}
});

t.test('the line wins over the environment, and that over what is built in', async (t) => {
	const variables = { DIMSE_AET: 'ENV', DIMSE_FORMAT: 'JSON', DIMSE_CALLED: '' };
	t.match(parse(find, [], variables).options, {
		calling: 'ENV',
		format: 'json',
		called: undefined,
		'connect-timeout': 10,
	});
	t.match(parse(find, ['-aet', 'LINE', '--csv'], variables).options, { calling: 'LINE', format: 'csv' });
	for (const [DIMSE_ACCESSIBLE, isSet] of [
		['1', true],
		['yes', true],
		['0', false],
		['False', false],
		['', false],
	] as const)
		t.equal(parse(browse, [], { DIMSE_ACCESSIBLE }).options['a11y'], isSet, `a flag by ${DIMSE_ACCESSIBLE}`);
	t.equal(parse(browse, ['--a11y'], { DIMSE_ACCESSIBLE: '0' }).options['a11y'], true, 'the line wins');
	t.match(
		refusal(() => parse(find, [], { DIMSE_FORMAT: 'xml' })),
		{ message: /^DIMSE_FORMAT: "xml" is none of / },
	);
});

t.test('every option has a value of its type, given or not', async (t) => {
	for (const command of [echo, find])
		for (const [name, spec] of Object.entries(command.options)) {
			const value: unknown = Reflect.get(parse(command, [], {}).options, name);
			if ('many' in spec) t.strictSame(value, [], name);
			else if (spec.type === 'boolean') t.equal(value, false, name);
			else if (spec.type === 'count') t.equal(value, 0, name);
			else t.equal(value, 'default' in spec ? spec.default : undefined, name);
		}
});

t.test('what an alias defaults to', async (t) => {
	const command = { ...find, aliasDefaults: { findscu: { model: 'worklist' } } };
	t.equal(parse(command, [], {}, 'findscu').options['model'], 'worklist');
	t.equal(parse(command, ['-S'], {}, 'findscu').options['model'], 'study');
	t.equal(parse(command, [], {}).options['model'], undefined);
});

t.test('a command without items refuses them', async (t) => {
	const command = { name: 'x', options: {}, positionals: [{ name: 'ONE', help: '' }] };
	t.strictSame(parse(command, ['a'], {}).positionals, ['a']);
	t.match(
		refusal(() => parse(command, ['a', 'b'], {})),
		{ message: 'x: there is nothing that "b" could be' },
	);
});

t.test('general options may stand before the command', async (t) => {
	const cases: readonly (readonly [string, string])[] = [
		['echo -v main', 'echo -v main'],
		['-v echo main -c 3', 'echo -v main -c 3'],
		['--config f.ini -qq echo main', 'echo --config f.ini -qq main'],
		['--config=f.ini --json echo', 'echo --config=f.ini --json'],
		['-F csv find main', 'find -F csv main'],
		['-ll debug find', 'find -ll debug'],
		['-v', '-v'],
		['-- echo', '-- echo'],
		['', ''],
	];
	for (const [given, first] of cases) t.equal(commandFirst(given.split(' ').filter(Boolean)).join(' '), first, given);
	t.match(
		refusal(() => commandFirst(['-aet', 'ME', 'echo'])),
		{ message: 'unknown option -aet' },
	);
});
