/** dcmjs-dimse as its users use it, a program of its own: `PORT ASSOCIATIONS FOLDER` sends the files there. Prints one JSON line, its statuses. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import dcmjsDimse from 'dcmjs-dimse';

const { Client, log, requests, Transcoding } = dcmjsDimse;
const [port, associations, folder = '.'] = process.argv.slice(2);
const paths = readdirSync(folder).map((name) => join(folder, name));

const sent = (files: readonly string[]): Promise<readonly number[]> =>
	new Promise((resolve, reject) => {
		const client = new Client();
		const statuses: number[] = [];
		for (const file of files) {
			const request = new requests.CStoreRequest(file);
			request.on('response', (response) => statuses.push(response.getStatus()));
			client.addRequest(request);
		}
		client.on('networkError', reject);
		client.on('associationRejected', (result) => reject(new Error(JSON.stringify(result))));
		client.on('closed', () => resolve(statuses));
		client.send('127.0.0.1', Number(port), 'DCMJS', 'RECEIVE', { asyncOps: { maxAsyncOpsInvoked: 4 } });
	});

log.setLevel('error');
await Transcoding.initializeAsync();
const count = Number(associations);
const shares = Array.from({ length: count }, (_, share) => paths.filter((_path, index) => index % count === share));
console.log(JSON.stringify((await Promise.all(shares.map(sent))).flat()));
