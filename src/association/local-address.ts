/** Which address of this machine another host would see: asked of the routing table, without sending anything. */
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';

/** @returns nothing where the host has no address, or no way leads there */
export const localAddressTowards = async (host: string): Promise<string | undefined> => {
	const found = await lookup(host).catch(() => undefined);
	if (found === undefined) return undefined;
	const socket = createSocket(found.family === 6 ? 'udp6' : 'udp4');
	return new Promise((resolve) => {
		const settle = (address: string | undefined) => {
			socket.close();
			resolve(address);
		};
		socket.once('error', () => settle(undefined));
		// The discard port; to connect a datagram socket looks up the route and no more.
		socket.connect(9, found.address, () => settle(socket.address().address));
	});
};

/** The first address that others may reach, the loopback one where there is no other. */
export const anyLocalAddress = (): string => {
	const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
	const outside = all.filter(({ internal, address }) => !internal && !address.startsWith('fe80:'));
	const best = outside.find(({ family }) => family === 'IPv4') ?? outside[0];
	return best?.address ?? '127.0.0.1';
};
