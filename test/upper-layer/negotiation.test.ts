import t from 'tap';
import { LocalMisuse } from '../../src/errors.ts';
import {
	acceptedContexts,
	answerContexts,
	proposeContexts,
	type RolePolicy,
} from '../../src/upper-layer/negotiation.ts';
import {
	type AssociateAc,
	type AssociateRq,
	decodePdu,
	encodePdu,
	type RoleSelection,
} from '../../src/upper-layer/pdu/index.ts';
import { AC, CT_STORAGE, EXPLICIT, IMPLICIT, NO_USER_INFORMATION, RQ, VERIFICATION } from './samples.ts';

const JPEG = '1.2.840.10008.1.2.4.50';

const request = (
	contexts: AssociateRq['presentationContexts'],
	roleSelections: readonly RoleSelection[] = [],
): AssociateRq => ({
	...RQ,
	presentationContexts: contexts,
	userInformation: { ...NO_USER_INFORMATION, roleSelections },
});

const answer = (
	results: AssociateAc['presentationContexts'],
	roleSelections: readonly RoleSelection[] = [],
): AssociateAc => ({
	...AC,
	presentationContexts: results,
	userInformation: { ...NO_USER_INFORMATION, roleSelections },
});

t.test('contexts get odd IDs, at most 128 of them', async (test) => {
	const wanted = { abstractSyntax: CT_STORAGE, transferSyntaxes: [EXPLICIT] };
	test.strictSame(proposeContexts([wanted, { ...wanted, transferSyntaxes: [JPEG] }]), [
		{ id: 1, ...wanted },
		{ id: 3, abstractSyntax: CT_STORAGE, transferSyntaxes: [JPEG] },
	]);
	test.strictSame(proposeContexts([]), []);
	const most = proposeContexts(Array.from({ length: 128 }, () => wanted));
	test.strictSame(
		most.map(({ id }) => id),
		Array.from({ length: 128 }, (_, index) => 2 * index + 1),
	);
	test.throws(() => proposeContexts(Array.from({ length: 129 }, () => wanted)), LocalMisuse);
	test.throws(() => proposeContexts([{ abstractSyntax: CT_STORAGE, transferSyntaxes: [] }]), LocalMisuse);
});

const REQUESTOR_IS_SCU = { scu: true, scp: false, scpUnanswered: false };

t.test('the requestor takes what was accepted of what it proposed', async (test) => {
	const one = { id: 1, abstractSyntax: CT_STORAGE, transferSyntaxes: [EXPLICIT, IMPLICIT] };
	const accepted = (transferSyntax: string) => [
		{ id: 1, abstractSyntax: CT_STORAGE, transferSyntax, ...REQUESTOR_IS_SCU },
	];
	const refused = (result: number | 'absent') => [
		{ abstractSyntax: CT_STORAGE, transferSyntaxes: [EXPLICIT, IMPLICIT], result },
	];
	for (const [name, results, expected] of [
		['the first transfer syntax', [{ id: 1, result: 0, transferSyntax: EXPLICIT }], { accepted: accepted(EXPLICIT) }],
		['the second', [{ id: 1, result: 0, transferSyntax: IMPLICIT }], { accepted: accepted(IMPLICIT) }],
		[
			'refused, whatever transfer syntax comes with it',
			[{ id: 1, result: 3, transferSyntax: EXPLICIT }],
			{ refused: refused(3) },
		],
		['a result beyond the table', [{ id: 1, result: 77, transferSyntax: '' }], { refused: refused(77) }],
		['left out', [], { refused: refused('absent') }],
		['a transfer syntax that was not proposed', [{ id: 1, result: 0, transferSyntax: JPEG }], { refused: refused(4) }],
		['accepted without a transfer syntax', [{ id: 1, result: 0, transferSyntax: '' }], { refused: refused(4) }],
		[
			'an ID that was not proposed',
			[
				{ id: 3, result: 0, transferSyntax: EXPLICIT },
				{ id: 1, result: 0, transferSyntax: EXPLICIT },
				{ id: 2, result: 1, transferSyntax: EXPLICIT },
			],
			{ accepted: accepted(EXPLICIT), unproposed: [3, 2] },
		],
		[
			'an ID answered twice: the first counts',
			[
				{ id: 1, result: 1, transferSyntax: EXPLICIT },
				{ id: 1, result: 0, transferSyntax: EXPLICIT },
			],
			{ refused: refused(1) },
		],
	] as const) {
		test.strictSame(
			acceptedContexts(request([one]), answer(results)),
			{ accepted: [], refused: [], unproposed: [], ...expected },
			name,
		);
	}
});

t.test('answers come in any order', async (test) => {
	const contexts = proposeContexts(
		[VERIFICATION, CT_STORAGE, CT_STORAGE].map((abstractSyntax) => ({
			abstractSyntax,
			transferSyntaxes: [EXPLICIT, JPEG],
		})),
	);
	const { accepted, refused } = acceptedContexts(
		request(contexts),
		answer([
			{ id: 5, result: 0, transferSyntax: JPEG },
			{ id: 3, result: 0, transferSyntax: EXPLICIT },
		]),
	);
	test.strictSame(
		accepted.map(({ id, transferSyntax }) => [id, transferSyntax]),
		[
			[3, EXPLICIT],
			[5, JPEG],
		],
	);
	test.match(refused, [{ abstractSyntax: VERIFICATION, result: 'absent' }]);
});

const role = (roles: string, sopClassUid = CT_STORAGE): RoleSelection => ({
	sopClassUid,
	scuRole: roles[0] === '1',
	scpRole: roles[1] === '1',
});

t.test(
	'role selection, both ways: proposed SCU and SCP, what the acceptor grants, what is answered, what follows',
	async (test) => {
		// Digits are SCU and SCP role of the requestor; the last '?' stands for an SCP role that was proposed and not answered.
		for (const [proposed, granted, answered, roles] of [
			[undefined, '11', undefined, '10'],
			['10', undefined, undefined, '10'],
			['01', undefined, undefined, '10?'],
			['11', undefined, undefined, '10?'],
			['01', '11', '01', '01'],
			['01', '01', '01', '01'],
			['01', '10', '00', '00'],
			['11', '11', '11', '11'],
			['11', '10', '10', '10'],
			['11', '01', '01', '01'],
			['10', '11', '10', '10'],
			['00', '11', '00', '00'],
		] as const) {
			const rq = request(
				[{ id: 1, abstractSyntax: CT_STORAGE, transferSyntaxes: [EXPLICIT] }],
				[...(proposed === undefined ? [] : [role(proposed)]), role('11', VERIFICATION)],
			);
			const policy: RolePolicy = () =>
				granted === undefined ? undefined : { scu: granted[0] === '1', scp: granted[1] === '1' };
			const { results, roleSelections } = answerContexts(rq, () => [EXPLICIT], policy);
			const name = `${proposed ?? 'nothing'} proposed, ${granted ?? 'nothing'} granted`;
			test.strictSame(roleSelections, answered === undefined ? [] : [role(answered)], name);
			const expected = [{ scu: roles[0] === '1', scp: roles[1] === '1', scpUnanswered: roles.endsWith('?') }];
			test.match(acceptedContexts(rq, answer(results, roleSelections)).accepted, expected, `${name}: what follows`);
		}
	},
);

t.test('a role that was not proposed is not had by answering it', async (test) => {
	const contexts = [{ id: 1, abstractSyntax: CT_STORAGE, transferSyntaxes: [EXPLICIT] }];
	const results = [{ id: 1, result: 0, transferSyntax: EXPLICIT }];
	test.match(acceptedContexts(request(contexts), answer(results, [role('11')])).accepted, [REQUESTOR_IS_SCU]);
	test.match(acceptedContexts(request(contexts, [role('10')]), answer(results, [role('11')])).accepted, [
		REQUESTOR_IS_SCU,
	]);
	test.match(acceptedContexts(request(contexts, [role('01')]), answer(results, [role('11')])).accepted, [
		{ scu: false, scp: true, scpUnanswered: false },
	]);
});

t.test(
	'the acceptor answers each context with the best of its own transfer syntaxes, or says why not',
	async (test) => {
		for (const [name, proposed, ours, expected] of [
			['our order counts, not theirs', [IMPLICIT, EXPLICIT], [EXPLICIT, IMPLICIT], [0, EXPLICIT]],
			['the one in common', [JPEG, IMPLICIT], [EXPLICIT, IMPLICIT], [0, IMPLICIT]],
			['none in common', [JPEG], [EXPLICIT, IMPLICIT], [4, JPEG]],
			['abstract syntax unknown', [EXPLICIT], undefined, [3, EXPLICIT]],
			['none of ours', [EXPLICIT], [], [4, EXPLICIT]],
			['none proposed', [], [EXPLICIT, '*'], [4, '']],
			['any: what was proposed first', [JPEG, IMPLICIT], ['*'], [0, JPEG]],
			['any, but rather ours', [JPEG, IMPLICIT], [IMPLICIT, '*'], [0, IMPLICIT]],
			['any, but none of ours', [JPEG, '1.2'], [IMPLICIT, '*'], [0, JPEG]],
			['any that may be a UID', ['', '1'.repeat(65), '1.2'], ['*'], [0, '1.2']],
		] as const) {
			const rq = request([{ id: 7, abstractSyntax: CT_STORAGE, transferSyntaxes: proposed }]);
			const [result, transferSyntax] = expected;
			test.strictSame(
				answerContexts(rq, () => ours),
				{ results: [{ id: 7, result, transferSyntax }], roleSelections: [] },
				name,
			);
		}
	},
);

t.test('the acceptor asks by abstract syntax, and keeps the order of the proposal', async (test) => {
	const rq = request(
		proposeContexts(
			[CT_STORAGE, '1.2.3', VERIFICATION].map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: [IMPLICIT] })),
		),
	);
	const { results } = answerContexts(
		rq,
		(abstractSyntax) => ({ [CT_STORAGE]: [IMPLICIT], [VERIFICATION]: [EXPLICIT] })[abstractSyntax],
	);
	test.strictSame(
		results.map(({ id, result }) => [id, result]),
		[
			[1, 0],
			[3, 3],
			[5, 4],
		],
	);
});

t.test('W12: IDs that the standard does not allow are refused one by one', async (test) => {
	const context = { abstractSyntax: CT_STORAGE, transferSyntaxes: [EXPLICIT] };
	const rq = request([0, 1, 2, 3, 5, 3, 254, 255].map((id) => ({ id, ...context })));
	const { results } = answerContexts(rq, () => [EXPLICIT]);
	test.strictSame(
		results.map(({ id, result }) => [id, result]),
		[
			[0, 2],
			[1, 0],
			[2, 2],
			[3, 2],
			[5, 0],
			[254, 2],
			[255, 0],
		],
	);
	const { accepted, refused } = acceptedContexts(rq, answer(results));
	test.strictSame(
		accepted.map(({ id }) => id),
		[1, 5, 255],
	);
	test.equal(refused.length, 5);
});

t.test('an answer to any request can be encoded', async (test) => {
	const longText = '1'.repeat(65_000);
	const rq = request(
		[
			{ id: 1, abstractSyntax: '1.2', transferSyntaxes: [longText] },
			{ id: 3, abstractSyntax: longText, transferSyntaxes: ['1.2'] },
			{ id: 5, abstractSyntax: '1.3', transferSyntaxes: ['1.2'] },
		],
		[role('11', longText), role('11', '1.3'), role('01', '1.3')],
	);
	const { results, roleSelections } = answerContexts(
		rq,
		() => ['*'],
		() => ({ scu: true, scp: true }),
	);
	test.strictSame(
		results.map(({ result }) => result),
		[4, 3, 0],
	);
	test.strictSame(roleSelections, [role('11', '1.3')], 'for what is accepted, once a SOP class');
	const ac = answer(results, roleSelections);
	test.strictSame(decodePdu(encodePdu(ac)), ac);
});
