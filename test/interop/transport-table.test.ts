/** What happens on the way to a peer, in network namespaces of our own: who drops, who refuses, who says so; and what is told of it. */
import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { missing } from '../support/peers.ts';

const PROGRAM = fileURLToPath(new URL('../support/dimse.ts', import.meta.url));
const [HERE, ROUTER] = [`dimse-a-${process.pid}`, `dimse-b-${process.pid}`];

const ip = (...args: readonly string[]): void => void execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
const inRouter = (...args: readonly string[]): void => ip('netns', 'exec', ROUTER, ...args);

/** Two namespaces and a wire between them; the second forwards, and has routes that lead nowhere in three ways. */
const prepare = (): void => {
	ip('netns', 'add', HERE);
	ip('netns', 'add', ROUTER);
	ip('link', 'add', 'wire-a', 'netns', HERE, 'type', 'veth', 'peer', 'name', 'wire-b', 'netns', ROUTER);
	for (const [namespace, name, address] of [
		[HERE, 'wire-a', '10.99.0.1/24'],
		[ROUTER, 'wire-b', '10.99.0.2/24'],
	] as const) {
		ip('-n', namespace, 'addr', 'add', address, 'dev', name);
		ip('-n', namespace, 'link', 'set', name, 'up');
		ip('-n', namespace, 'link', 'set', 'lo', 'up');
	}
	ip('-n', HERE, 'route', 'add', 'default', 'via', '10.99.0.2');
	inRouter('sysctl', '-qw', 'net.ipv4.ip_forward=1');
	// Every answer of the router's is wanted, not one a second.
	inRouter('sysctl', '-qw', 'net.ipv4.icmp_ratelimit=0');
	for (const [kind, network] of [
		['blackhole', '10.99.1.0/24'],
		['prohibit', '10.99.2.0/24'],
		['unreachable', '10.99.3.0/24'],
	] as const)
		ip('-n', ROUTER, 'route', 'add', kind, network);
};

const remove = (): void => {
	for (const namespace of [HERE, ROUTER])
		try {
			ip('netns', 'del', namespace);
		} catch {
			// it was not there
		}
};

const why = (): false | string => {
	if (process.getuid?.() !== 0) return 'needs root';
	const lacking = missing('ip', 'sysctl');
	if (lacking !== false) return lacking;
	try {
		prepare();
		return false;
	} catch (error) {
		remove();
		return `no network namespaces here: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
	}
};

const skip = why();
t.teardown(remove);

interface Ran {
	readonly status: number;
	readonly stderr: string;
	readonly ms: number;
}

const inNamespace = (...args: readonly string[]): Promise<Ran> =>
	new Promise((resolve) => {
		const startedAt = performance.now();
		const command = ['netns', 'exec', HERE, process.execPath, PROGRAM, ...args, '--no-config'];
		execFile('ip', command, { timeout: 30_000 }, (error, _, stderr) => {
			const status = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
			resolve({ status, stderr, ms: performance.now() - startedAt });
		});
	});

for (const { name, place, status, line, means, options = [] } of [
	{
		name: 'a router that drops: a firewall, or a host that is down',
		place: '10.99.1.1:104',
		options: ['--connect-timeout', '2'],
		status: 28,
		line: /no answer to TCP connect in 2 s/,
		means: /dropped on the way \(firewall\)/,
	},
	{
		name: 'a router that says that it is prohibited',
		place: '10.99.2.1:104',
		status: 7,
		line: /unreachable|prohibited/,
		means: /firewall|rout/,
	},
	{
		name: 'a router that says that there is no way',
		place: '10.99.3.1:104',
		status: 7,
		line: /unreachable/,
		means: /firewall|rout/,
	},
	{
		name: 'an address of this subnet that nobody has',
		place: '10.99.0.77:104',
		status: 7,
		line: /unreachable|no such machine/,
		means: /subnet|off|address/,
	},
	{
		name: 'a host that is up and does not listen',
		place: '10.99.0.2:104',
		status: 7,
		line: /connection refused/,
		means: /no service is at this port|nothing listens/,
	},
])
	t.test(name, { skip }, async (t) => {
		for (const command of ['echo', 'find'] as const) {
			const ran = await inNamespace(command, `PACS@${place}`, ...options);
			const [first = '', ...rest] = ran.stderr.split('\n');
			t.equal(ran.status, status, `${command}: exit status`);
			t.match(first, line, `${command}: first line`);
			t.match(rest.join('\n'), means, `${command}: what it means`);
			t.match(rest.join('\n'), /^ {2}do /m, `${command}: what to do`);
		}
	});

t.test('the doctor says the same of a firewall, and does not wait for it three times', { skip }, async (t) => {
	const ran = await inNamespace('doctor', 'PACS@10.99.1.1:104', '--connect-timeout', '2', '--json');
	t.equal(ran.status, 28);
	t.ok(ran.ms < 15_000, `${ran.ms.toFixed(0)} ms`);
});
