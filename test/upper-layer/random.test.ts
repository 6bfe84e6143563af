/** Random PDUs, mutated bytes and walks with a fixed seed; DIMSE_FUZZ is the number of inputs. */
import t from 'tap';
import { LocalMisuse } from '../../src/errors.ts';
import { acceptedContexts, answerContexts } from '../../src/upper-layer/negotiation.ts';
import { decodePdu, encodePdu, type Pdu, PduError } from '../../src/upper-layer/pdu/index.ts';
import { PduDecoder } from '../../src/upper-layer/pdu-decoder.ts';
import { STATES } from '../../src/upper-layer/transitions.ts';
import type { Output } from '../../src/upper-layer/upper-layer.ts';
import { Pair, type User } from './pair.ts';
import { PDU_CASES } from './pdu-cases.ts';
import { MAKERS, mutated, randomFrom, randomPdu } from './random-pdus.ts';
import { ABORT, AC, ascii, concat, coreIn, DATA, joined, RELEASE_RP, RELEASE_RQ, RJ, RQ, rolesIn } from './samples.ts';

const INPUTS = Number(process.env['DIMSE_FUZZ'] ?? 20_000);

const sameBytes = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

t.test(`${INPUTS} random PDUs come back from their bytes, whole and streamed`, async (test) => {
	const random = randomFrom(1);
	for (let input = 0; input < INPUTS; input++) {
		const pdu = randomPdu(random);
		const bytes = encodePdu(pdu);
		const again = encodePdu(decodePdu(bytes));
		const decoder = new PduDecoder(0);
		const at = random.below(bytes.length + 1);
		const streamed = joined([...decoder.push(bytes.subarray(0, at)), ...decoder.push(bytes.subarray(at))]);
		if (input % 50 === 0) test.strictSame(decodePdu(bytes), pdu);
		if (!sameBytes(bytes, again)) test.strictSame(again, bytes, `input ${input}`);
		if (pdu.type === 'P-DATA-TF') {
			const expected = joined(pdu.pdvs.map((fragment) => ({ type: 'P-DATA', fragment })));
			if (JSON.stringify(streamed) !== JSON.stringify(expected)) test.strictSame(streamed, expected, `input ${input}`);
		} else if (streamed.length !== 1 || !sameBytes(encodePdu(streamed[0] as Pdu), bytes))
			test.fail(`input ${input}, streamed`);
	}
});

t.test(
	`${INPUTS} mutated PDUs are PDUs or PduErrors; what is read of them can be encoded and answered`,
	async (test) => {
		const random = randomFrom(2);
		let read = 0;
		for (let input = 0; input < INPUTS; input++) {
			const bytes = mutated(random, random.chance(0.5) ? random.of(PDU_CASES).bytes : encodePdu(randomPdu(random)));
			try {
				const pdu = decodePdu(bytes);
				read++;
				encodePdu(pdu);
				if (pdu.type === 'A-ASSOCIATE-RQ') {
					const { results, roleSelections } = answerContexts(
						pdu,
						() => ['*'],
						() => ({ scu: true, scp: true }),
					);
					const ac: Pdu = {
						...pdu,
						type: 'A-ASSOCIATE-AC',
						presentationContexts: results,
						userInformation: { ...AC.userInformation, roleSelections },
					};
					encodePdu(ac);
					acceptedContexts(pdu, ac);
				} else if (pdu.type === 'A-ASSOCIATE-AC') acceptedContexts(RQ, pdu);
			} catch (error) {
				if (!(error instanceof PduError)) test.fail(`input ${input}: ${Buffer.from(bytes).toString('hex')}`, { error });
			}
		}
		test.ok(read > INPUTS / 100 && read < INPUTS, `${read} could be read`);
	},
);

/** Sends, indications and timers that one stretch of bytes may cause: each PDV and PDU takes 6 bytes at least, and has three outputs at most. */
const most = (bytes: Uint8Array): number => 3 * (1 + Math.ceil(bytes.length / 6));

const ENTRANCES = STATES.flatMap((state) => rolesIn(state).map((role) => [state, role] as const));

t.test(
	`${INPUTS} mutated inputs to the core in every state: nothing is thrown, and any cut gives the same`,
	async (test) => {
		const random = randomFrom(3);
		let faults = 0;
		for (let input = 0; input < INPUTS; input++) {
			const [state, role] = ENTRANCES[input % ENTRANCES.length] ?? ['Sta2', 'acceptor'];
			const bytes = concat(
				...random.list(2, () => encodePdu(randomPdu(random))),
				mutated(random, encodePdu(randomPdu(random))),
			);
			const whole = coreIn(state, role);
			const outputs = whole.receive(bytes);
			const cut = coreIn(state, role);
			const pieces: Output[] = [];
			for (let at = 0; at < bytes.length; ) {
				const end = at + 1 + random.below(random.of([1, 8, 100]));
				pieces.push(...cut.receive(bytes.subarray(at, end)));
				at = end;
			}
			if (outputs.length > most(bytes)) test.fail(`input ${input}: ${outputs.length} outputs of ${bytes.length} bytes`);
			if (whole.state !== cut.state || JSON.stringify(joined(outputs)) !== JSON.stringify(joined(pieces))) {
				test.strictSame(
					joined(pieces),
					joined(outputs),
					`input ${input} in ${state}: ${Buffer.from(bytes).toString('hex')}`,
				);
			}
			if (whole.fault !== undefined) faults++;
			whole.transportClosed();
			if (whole.state !== 'Sta1') test.fail(`input ${input}: ${whole.state} after the transport is closed`);
		}
		test.ok(faults > INPUTS / 4 && faults < INPUTS, `${faults} were faults`);
	},
);

const isMisuse = (request: () => unknown): boolean => {
	try {
		request();
		return false;
	} catch (error) {
		return error instanceof LocalMisuse;
	}
};

t.test('random walks: no event of the peer, the transport or the timer throws, and all end in Sta1', async (test) => {
	const random = randomFrom(4);
	const requests = [RQ, AC, RJ, RELEASE_RQ, RELEASE_RP, ABORT] as const;
	const visited = new Set<string>();
	for (let walk = 0; walk < INPUTS / 5; walk++) {
		const core = coreIn(...random.of(ENTRANCES));
		let artim = core.state === 'Sta2' || core.state === 'Sta13';
		let closed = false;
		const perform = (outputs: Output[], bound: number): void => {
			if (outputs.length > bound) test.fail(`walk ${walk}: ${outputs.length} outputs`);
			for (const output of outputs) {
				if (closed) test.fail(`walk ${walk}: ${output.do} after the transport was closed`);
				if (output.do === 'startArtim') artim = true;
				if (output.do === 'stopArtim') artim = false;
				if (output.do === 'closeTransport') closed = true;
			}
			visited.add(core.state);
			// Clause 9.1.5: ARTIM runs while a peer is awaited that may never come, or never close.
			if (artim !== (core.state === 'Sta2' || core.state === 'Sta13'))
				test.fail(`walk ${walk}: ARTIM in ${core.state}`);
		};
		for (let step = random.below(40); step > 0; step--) {
			const before = core.state;
			switch (random.below(10)) {
				case 0:
				case 1:
					if (core.role === 'acceptor' || core.state !== 'Sta1') perform(core.transportConnected(), 1);
					break;
				case 2:
				case 3:
				case 4: {
					const bytes = random.chance(0.9)
						? encodePdu(random.of([RQ, AC, RJ, RELEASE_RQ, RELEASE_RP, ABORT, DATA, DATA]))
						: random.bytes(30);
					perform(core.receive(bytes), most(bytes));
					break;
				}
				case 5:
					if (random.chance(0.2)) perform(core.artimExpired(), 2);
					break;
				case 6:
					if (random.chance(0.1)) {
						perform(core.transportClosed(), 2);
						closed ||= core.ended;
					}
					break;
				default: {
					const pdu = random.of(requests);
					if (core.mayRequest(pdu.type) && (pdu.type !== 'A-ABORT' || random.chance(0.1)))
						perform(core.request(pdu), 2);
					else if (core.mayRequest('P-DATA-TF')) perform(core.requestData(encodePdu(DATA)), 1);
					else if (!core.mayRequest(pdu.type)) {
						if (!isMisuse(() => core.request(pdu))) test.fail(`walk ${walk}: ${pdu.type} in ${before}`);
						if (core.state !== before) test.fail(`walk ${walk}: misuse changed ${before} into ${core.state}`);
					}
				}
			}
			if (!STATES.includes(core.state)) test.fail(`walk ${walk}: ${core.state}`);
		}
		if (core.state !== 'Sta1') perform(core.transportClosed(), 2);
		if (core.state !== 'Sta1') test.fail(`walk ${walk} ends in ${core.state}`);
	}
	test.strictSame([...visited].sort(), [...STATES].sort(), 'every state was visited');
});

t.test('two random users on a wire cut at random: both cores end in Sta1, whatever they do', async (test) => {
	const random = randomFrom(5);
	const user: User = (core, primitive) => {
		const answers = (['A-ASSOCIATE-AC', 'A-ASSOCIATE-RJ', 'A-RELEASE-RQ', 'A-RELEASE-RP', 'A-ABORT'] as const).filter(
			(type) => core.mayRequest(type),
		);
		if (answers.length === 0 || (primitive.type === 'P-DATA' && random.chance(0.8))) return [];
		const answer = random.of(
			answers.length > 1 && random.chance(0.9) ? answers.filter((type) => type !== 'A-ABORT') : answers,
		);
		return core.request(
			{
				'A-ASSOCIATE-AC': AC,
				'A-ASSOCIATE-RJ': RJ,
				'A-RELEASE-RQ': RELEASE_RQ,
				'A-RELEASE-RP': RELEASE_RP,
				'A-ABORT': ABORT,
			}[answer],
		);
	};
	const cut = (bytes: Uint8Array): Uint8Array[] => {
		const pieces: Uint8Array[] = [];
		for (let at = 0, end = 0; at < bytes.length; at = end) {
			end = at + 1 + random.below(random.of([3, 300]));
			pieces.push(bytes.subarray(at, end));
		}
		return pieces;
	};
	let longest = 0;
	for (let walk = 0; walk < INPUTS / 20; walk++) {
		const pair = new Pair({ requestor: user, acceptor: user }, cut);
		pair.perform(pair.requestor, pair.requestor.request(RQ));
		for (let step = 0; step < 5; step++) {
			if (random.chance(0.5)) pair.drive();
			const core = random.of([pair.requestor, pair.acceptor]);
			if (core.mayRequest('P-DATA-TF')) pair.perform(core, core.requestData(encodePdu(MAKERS['P-DATA-TF'](random))));
			const type = random.of(['A-RELEASE-RQ', 'A-RELEASE-RP'] as const);
			if (core.mayRequest(type)) pair.perform(core, core.request({ type }));
		}
		pair.drive();
		for (const core of [pair.requestor, pair.acceptor])
			if (core.mayRequest('A-ABORT')) pair.perform(core, core.request(ABORT));
		pair.drive();
		if (pair.requestor.state !== 'Sta1' || pair.acceptor.state !== 'Sta1')
			test.fail(`walk ${walk}: ${pair.log.join('\n')}`);
		longest = Math.max(longest, pair.log.length);
	}
	test.ok(longest > 10 && longest < 5000, `at most ${longest} steps`);
});

t.test('a peer that talks on after the abort costs nothing more', async (test) => {
	const core = coreIn('Sta2');
	test.equal(core.receive(ascii('GET / HTTP/1.1\r\n')).length, 2);
	for (let chunk = 0; chunk < 100; chunk++) test.equal(core.receive(new Uint8Array(1000).fill(chunk)).length, 0);
	test.equal(core.state, 'Sta13');
});
