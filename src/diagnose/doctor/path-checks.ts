/** The way to the peer: configuration, name, TCP, the association, the echo, TLS. */
import { isIP } from 'node:net';
import { reach, tlsHello } from '../../association/probes.ts';
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../dicom/transfer-syntaxes.ts';
import { DicomError, type Failure } from '../../errors.ts';
import { echo, VERIFICATION } from '../../services/verification.ts';
import { duration, respelled, shellWord } from '../facts.ts';
import { addressOf, type Check, type Finding, failed, type Subject } from './examination.ts';
import { banner, httpProbe, PROBE_MS, proxyProbe, tlsProbe } from './port-checks.ts';

const UNCOMPRESSED = [EXPLICIT_LITTLE, IMPLICIT_LITTLE] as const;
const always = () => true;

const config: Check = {
	id: 'config',
	needs: [],
	isDue: always,
	async run({ calledAeTitle, callingAeTitle, usesTls, port }) {
		const titles = [
			['called', calledAeTitle],
			['calling', callingAeTitle],
		] as const;
		for (const [which, title] of titles)
			if (title === '' || title.length > 16 || /[\\\p{Cc}]/u.test(title))
				return {
					status: 'fail',
					summary: `the ${which} AE title "${title}" is none: 1 to 16 characters, no backslash and no control character`,
					failure: { blame: 'usage', message: `the ${which} AE title "${title}" is not valid` },
				};
		const doubts = [
			...titles.flatMap(([which, title]) =>
				/[a-z]/.test(title) ? [`the ${which} AE title ${title} has lower case letters, and titles differ by case`] : [],
			),
			...titles.flatMap(([which, title]) => (/\S\s+\S/.test(title) ? [`the ${which} AE title has blanks in it`] : [])),
			...(calledAeTitle === 'ANY-SCP' ? ['nobody has said what the peer is called: ANY-SCP is a guess'] : []),
			...(calledAeTitle === callingAeTitle ? [`both sides are called ${calledAeTitle}`] : []),
		];
		const facts = `called ${calledAeTitle}, calling ${callingAeTitle}, port ${port}, TLS ${usesTls ? 'on' : 'off'}`;
		return doubts.length === 0
			? { status: 'ok', summary: facts }
			: { status: 'warn', summary: doubts.join('; '), next: ['ask what is registered there, to the letter'] };
	},
};

const dns: Check = {
	id: 'dns',
	needs: ['config'],
	isDue: always,
	async run(subject) {
		const { host, memory } = subject;
		if (isIP(host) > 0) {
			memory.addresses = [host];
			return { status: 'ok', summary: `${host} is an address` };
		}
		memory.addresses = await subject.resolve(host);
		const summary = `${host} -> ${memory.addresses.join(', ')}`;
		if (memory.addresses.length < 2) return { status: 'ok', summary, details: { addresses: memory.addresses } };
		return {
			status: 'warn',
			summary: `${summary}: several addresses, tried in turn`,
			next: ['if one of them is stale, use the right one in place of the name'],
			details: { addresses: memory.addresses },
		};
	},
};

const CONNECTS = 3;
const SLOW_MS = 100;

const tcp: Check = {
	id: 'tcp',
	needs: ['dns'],
	isDue: always,
	async run(subject) {
		const { memory, port, connectTimeoutMs } = subject;
		const tries: { readonly address: string; readonly ms: number; readonly code: string | undefined }[] = [];
		for (const address of memory.addresses)
			for (let i = 0; i < CONNECTS; i++) {
				if (subject.signal.aborted) break;
				const reached = await reach(address, port, connectTimeoutMs);
				tries.push({ address, ms: reached.ms, code: reached.isOpen ? undefined : reached.code });
				if (reached.isOpen) {
					memory.local ??= reached.local;
					memory.openAddress ??= address;
				}
				// A connect that nobody answers takes its whole time: one of them is enough.
				else if (reached.code === 'ETIMEDOUT') break;
			}
		const open = tries.filter(({ code }) => code === undefined);
		const [first] = tries.filter(({ code }) => code !== undefined);
		const details = { tries };
		if (open.length === 0 && first !== undefined)
			return { ...failed(connectFailure(subject, first), subject), details };
		const average = open.reduce((sum, { ms }) => sum + ms, 0) / Math.max(1, open.length);
		const working = new Set(open.map(({ address }) => address));
		const summary = `${open.length} of ${tries.length} connects, ${duration(average)}`;
		if (first !== undefined)
			return {
				status: 'warn',
				summary: `${summary}; ${first.address}: ${first.code}`,
				next: [`use ${[...working][0]} in place of the name`],
				details,
			};
		if (average > SLOW_MS)
			return {
				status: 'warn',
				summary: `${summary}: a long way`,
				next: ['every message waits so long: several associations help (-j)'],
				details,
			};
		return { status: 'ok', summary, details };
	},
};

const connectFailure = (
	{ port, connectTimeoutMs }: Subject,
	{ address, ms, code = 'ERROR' }: { readonly address: string; readonly ms: number; readonly code: string | undefined },
): Failure =>
	code === 'ETIMEDOUT'
		? { blame: 'timeout', waitingFor: 'connect', timeoutMs: connectTimeoutMs }
		: { blame: 'connect', code, phase: 'connect', address, port, afterMs: ms };

const associate: Check = {
	id: 'associate',
	needs: ['tcp', 'banner'],
	isDue: always,
	async run(subject) {
		const { memory } = subject;
		try {
			const connected = await subject.connect({
				contexts: [{ abstractSyntax: VERIFICATION, transferSyntaxes: UNCOMPRESSED }],
			});
			memory.first = connected;
			const { maximumLength, implementationVersionName, implementationClassUid } = connected.answer.userInformation;
			memory.implementation = implementationVersionName ?? implementationClassUid;
			const summary = `accepted; ${[memory.implementation, `max PDU ${maximumLength ?? 'not said'}`].filter(Boolean).join(', ')}`;
			const details = {
				implementation_version: implementationVersionName,
				implementation_class: implementationClassUid,
				max_pdu: maximumLength,
			};
			if (connected.accepted.length > 0) return { status: 'ok', summary, details };
			return {
				status: 'warn',
				summary: `${summary}; Verification is refused`,
				next: ['an echo is not possible here; queries may be'],
				details,
			};
		} catch (error) {
			if (!(error instanceof DicomError)) throw error;
			memory.endedWordless = isWordless(error.failure);
			memory.unassociated = error.failure;
			return failed(error.failure, subject);
		}
	},
};

/** TLS servers and others that expect something else close, reset or wait, and do not say why. */
const isWordless = (failure: Failure): boolean => {
	if (failure.blame === 'timeout') return failure.waitingFor === 'associate-answer';
	if (failure.blame === 'connect') return failure.phase === 'associate';
	return failure.blame === 'aborted' && failure.source === undefined;
};

const ECHOES = 3;

const echoCheck: Check = {
	id: 'echo',
	needs: ['associate'],
	isDue: always,
	async run(subject) {
		const { first } = subject.memory;
		const context = first?.association.contextFor(VERIFICATION);
		if (first === undefined || context === undefined) return { status: 'skip', summary: 'Verification was refused' };
		const times: number[] = [];
		let finding: Finding | undefined;
		for (let i = 0; i < ECHOES && finding === undefined; i++) {
			const startedAt = subject.now();
			const { status, errorComment } = await echo(first.association, context.id);
			times.push(subject.now() - startedAt);
			if (status !== 0)
				finding = {
					...failed(
						{ blame: 'status', service: 'C-ECHO', status, ...(errorComment === undefined ? {} : { errorComment }) },
						subject,
					),
					status: status === 0x0122 || status === 0x0211 ? 'fail' : 'warn',
				};
		}
		await first.association.release().catch(() => {});
		if (finding !== undefined) return finding;
		const average = times.reduce((sum, ms) => sum + ms, 0) / times.length;
		return {
			status: 'ok',
			summary: `${times.length} of ${ECHOES}, 0000, ${duration(average)}`,
			details: { min_ms: Math.min(...times), avg_ms: average, max_ms: Math.max(...times) },
		};
	},
};

const EXPIRES_SOON_DAYS = 30;

const tls: Check = {
	id: 'tls',
	needs: ['associate'],
	isDue: ({ usesTls }) => usesTls,
	async run(subject) {
		const { ownCertificate, port, tlsServerName, host } = subject;
		const seen = await tlsHello(addressOf(subject), port, tlsServerName ?? host, PROBE_MS, ownCertificate);
		const why = seen.speaksTls ? 'the peer hung up before it showed it' : seen.code;
		if (!seen.speaksTls || seen.validTo === '')
			return { status: 'warn', summary: `the certificate could not be looked at (${why})` };
		const days = Math.floor((Date.parse(seen.validTo) - subject.today().getTime()) / 86_400_000);
		const summary = `${seen.protocol}, ${seen.cipher}, certificate of ${seen.subject}, ${days} ${days === 1 ? 'day' : 'days'} left`;
		if (days >= EXPIRES_SOON_DAYS) return { status: 'ok', summary, details: { ...seen, days } };
		return {
			status: 'warn',
			summary,
			next: [days < 0 ? 'the certificate has expired: ask for a new one' : 'ask for a new certificate in time'],
			details: { ...seen, days },
		};
	},
};

/** AE titles that are tried where one was not recognized; each is a rejected association in somebody's log. */
const probeAets: Check = {
	id: 'probe-aets',
	needs: ['tcp'],
	isDue: ({ depth }) => depth.probeAets,
	async run(subject) {
		const { calledAeTitle, otherTitles, memory } = subject;
		const { blame } = memory.unassociated ?? {};
		if (blame !== 'rejected' && blame !== 'aborted')
			return {
				status: 'skip',
				summary: memory.first === undefined ? 'nobody said no to the AE title' : `${calledAeTitle} is accepted`,
			};
		const titles = [...new Set([calledAeTitle.toUpperCase(), calledAeTitle.trim(), ...otherTitles])].filter(
			(title) => title !== calledAeTitle && title !== '',
		);
		if (titles.length === 0) return { status: 'skip', summary: 'there is no other spelling to try' };
		if (!(await subject.mayBeRejected(titles.length)))
			return { status: 'skip', summary: `not wanted: ${titles.join(', ')} would have been tried` };
		for (const title of titles) {
			try {
				const { association } = await subject.connect({
					calledAeTitle: title,
					contexts: [{ abstractSyntax: VERIFICATION, transferSyntaxes: UNCOMPRESSED }],
				});
				await association.release().catch(() => {});
				return {
					status: 'warn',
					summary: `it answers to ${title}`,
					next: [
						subject.node === undefined
							? `dimse echo ${respelled(subject, title)}`
							: `dimse node set ${subject.node} ae_title=${shellWord(title)}`,
					],
					details: { tried: titles },
				};
			} catch (error) {
				if (!(error instanceof DicomError)) throw error;
			}
		}
		return { status: 'ok', summary: `nor does it answer to ${titles.join(', ')}`, details: { tried: titles } };
	},
};

export const PATH_CHECKS: readonly Check[] = [
	config,
	dns,
	tcp,
	banner,
	associate,
	tlsProbe,
	httpProbe,
	proxyProbe,
	probeAets,
	echoCheck,
	tls,
];
