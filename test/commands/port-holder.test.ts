/** Who holds a port, where the system says it. */
import { createServer } from 'node:net';
import t from 'tap';
import { portHolder } from '../../src/commands/port-holder.ts';

t.test('this process, and nobody', { skip: process.platform === 'linux' ? false : 'Linux only' }, async (t) => {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
	const address = server.address();
	const port = typeof address === 'object' && address !== null ? address.port : 0;
	t.match(portHolder(port), new RegExp(`^pid ${process.pid} \\(.+\\)$`));
	await new Promise((resolve) => server.close(resolve));
	t.equal(portHolder(port), undefined);
});
