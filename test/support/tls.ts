/** Certificates for tests: a CA, a server for localhost, one for another name, a client; valid for a hundred years. */
import { readFileSync } from 'node:fs';

const read = (name: string): string => readFileSync(new URL(`./tls/${name}`, import.meta.url), 'utf8');

export const CA = read('ca.crt');
export const OTHER_CA = read('other-ca.crt');
export const SERVER = { certificate: read('server.crt'), key: read('server.key') };
export const ELSEWHERE = { certificate: read('elsewhere.crt'), key: read('elsewhere.key') };
export const CLIENT = { certificate: read('client.crt'), key: read('client.key') };
