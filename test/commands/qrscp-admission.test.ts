/** Whom `dimse qrscp` lets in, and what it offers them: rejections, limits, SOP classes, roles, extended negotiation. */
import t from 'tap';
import { Admission, type AdmissionRules } from '../../src/commands/qrscp/admission.ts';
import { negotiatedOf, Offer } from '../../src/commands/qrscp/offer.ts';
import { parseAccessRule, SERVICES, type ServiceName } from '../../src/config/access-rules.ts';
import {
	COMPOSITE_INSTANCE_ROOT_GET,
	COMPOSITE_INSTANCE_ROOT_MOVE,
	COMPOSITE_INSTANCE_WITHOUT_BULK_DATA_GET,
	MODALITY_WORKLIST_FIND,
	PATIENT_ROOT_FIND,
	PATIENT_STUDY_ONLY_MOVE,
	REPOSITORY_QUERY,
	STUDY_ROOT_FIND,
	STUDY_ROOT_GET,
	STUDY_ROOT_MOVE,
	UPS_PULL,
	VERIFICATION,
} from '../../src/dicom/sop-classes.ts';
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts';
import { STORAGE_SOP_CLASSES } from '../../src/dicom/uids.ts';
import { answerContexts } from '../../src/upper-layer/negotiation.ts';
import type { AssociateRq, UserInformation } from '../../src/upper-layer/pdu/index.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const STORAGE_COMMITMENT = '1.2.840.10008.1.20.1';
const PRIVATE = '1.2.3.4.5';

const rq = (given: Partial<AssociateRq> & { readonly user?: Partial<UserInformation> } = {}): AssociateRq => ({
	type: 'A-ASSOCIATE-RQ',
	protocolVersion: 1,
	calledAeTitle: 'QRSCP',
	callingAeTitle: 'WS1',
	applicationContextName: '1.2.840.10008.3.1.1.1',
	presentationContexts: [],
	userInformation: {
		roleSelections: [],
		extendedNegotiations: [],
		commonExtendedNegotiations: [],
		...given.user,
	},
	...given,
});

const NO_LIMITS = {
	associations: Number.POSITIVE_INFINITY,
	perAe: Number.POSITIVE_INFINITY,
	perAddress: Number.POSITIVE_INFINITY,
	connections: Number.POSITIVE_INFINITY,
};

const admission = (rules: Partial<AdmissionRules> = {}): Admission =>
	new Admission({ aeTitle: 'QRSCP', access: [], requireCalled: false, limits: NO_LIMITS, ...rules });

const from = (address = '192.0.2.1') => ({ address, port: 40_000 });
/** An association that ends when it is told to. */
const standing = () => {
	const { promise: closed, resolve: close } = Promise.withResolvers<void>();
	return { closed, close };
};
const tripleOf = (admitted: ReturnType<Admission['admit']>): string =>
	'reject' in admitted ? Object.values(admitted.reject).join('/') : 'in';

t.test('rejections, each with its numbers', async (t) => {
	const rules = ['WS1', 'CT1@10.0.0.0/8=echo,store'].map(parseAccessRule);
	const cases: readonly (readonly [
		rules: Partial<AdmissionRules>,
		rq: Partial<AssociateRq>,
		address: string,
		triple: string,
	])[] = [
		[{}, {}, '192.0.2.1', 'in'],
		[{}, { calledAeTitle: 'ANOTHER' }, '192.0.2.1', 'in'],
		[{ requireCalled: true }, { calledAeTitle: 'ANOTHER' }, '192.0.2.1', '1/1/7'],
		[{ requireCalled: true }, { calledAeTitle: 'qrscp' }, '192.0.2.1', '1/1/7'],
		[{ requireCalled: true }, {}, '192.0.2.1', 'in'],
		[{}, { callingAeTitle: '' }, '192.0.2.1', '1/1/3'],
		[{}, { callingAeTitle: 'A\u0007B' }, '192.0.2.1', '1/1/3'],
		[{}, { applicationContextName: '1.2.3' }, '192.0.2.1', '1/1/2'],
		[{ access: rules }, {}, '192.0.2.1', 'in'],
		[{ access: rules }, { callingAeTitle: 'WS2' }, '192.0.2.1', '1/1/3'],
		[{ access: rules }, { callingAeTitle: 'CT1' }, '192.0.2.1', '1/1/3'],
		[{ access: rules }, { callingAeTitle: 'CT1' }, '::ffff:10.1.2.3', 'in'],
	];
	for (const [given, request, address, triple] of cases)
		t.equal(tripleOf(admission(given).admit(rq(request), from(address), standing())), triple, JSON.stringify(request));
	const ending = admission();
	ending.isStopping = true;
	t.equal(tripleOf(ending.admit(rq(), from(), standing())), '2/3/1');
});

t.test('limits: of all, of one title, of one address; who leaves makes room', async (t) => {
	const limits = { ...NO_LIMITS, associations: 4, perAe: 2, perAddress: 3 };
	const door = admission({ limits });
	const inside = [standing(), standing()] as const;
	const enter = (calling: string, address: string, association = standing()): string =>
		tripleOf(door.admit(rq({ callingAeTitle: calling }), from(address), association));
	t.equal(enter('A', '10.0.0.1', inside[0]), 'in');
	t.equal(enter('A', '10.0.0.1', inside[1]), 'in');
	t.equal(enter('A', '10.0.0.2'), '2/3/2', 'a third of the same title');
	t.equal(enter('B', '10.0.0.1'), 'in');
	t.equal(enter('C', '::ffff:10.0.0.1'), '2/3/2', 'a fourth from the same address, as IPv6 sees it');
	t.equal(enter('C', '10.0.0.3'), 'in');
	t.equal(enter('D', '10.0.0.4'), '2/3/2', 'a fifth at all');
	t.equal(door.standing, 4);
	inside[0].close();
	await inside[0].closed;
	t.equal(enter('A', '10.0.0.1'), 'in');
	t.equal(door.standing, 4);
});

const OFFER = { isReceiveOnly: false, hasGet: true, acceptUnknown: false };
const all = new Set<ServiceName>(SERVICES);
const only = (...services: readonly ServiceName[]) => new Set<ServiceName>(services);

t.test('SOP classes and their transfer syntaxes', async (t) => {
	const offered = new Offer(OFFER).supported(all);
	for (const uid of STORAGE_SOP_CLASSES) t.strictSame(offered(uid), ['*'], uid);
	t.strictSame(offered(VERIFICATION), ['*']);
	for (const uid of [
		...[STUDY_ROOT_FIND, STUDY_ROOT_MOVE, STUDY_ROOT_GET, PATIENT_ROOT_FIND, PATIENT_STUDY_ONLY_MOVE],
		...[COMPOSITE_INSTANCE_ROOT_MOVE, COMPOSITE_INSTANCE_ROOT_GET, COMPOSITE_INSTANCE_WITHOUT_BULK_DATA_GET],
		...[MODALITY_WORKLIST_FIND, UPS_PULL],
	])
		t.strictSame(new Set(offered(uid)), new Set([EXPLICIT_LITTLE, IMPLICIT_LITTLE, DEFLATED, EXPLICIT_BIG]), uid);
	for (const uid of [REPOSITORY_QUERY, STORAGE_COMMITMENT, PRIVATE, '', 'x']) t.equal(offered(uid), undefined, uid);
	const any = new Offer({ ...OFFER, acceptUnknown: true }).supported(all);
	t.strictSame(any(PRIVATE), ['*']);
	t.equal(any(STORAGE_COMMITMENT), undefined, 'known, and no storage class');
});

t.test('what options and rules take away', async (t) => {
	const offers = (options: Partial<typeof OFFER>, services: ReadonlySet<ServiceName>): string => {
		const offered = new Offer({ ...OFFER, ...options }).supported(services);
		return [VERIFICATION, CT, STUDY_ROOT_FIND, STUDY_ROOT_GET, STUDY_ROOT_MOVE, MODALITY_WORKLIST_FIND]
			.map((uid) => (offered(uid) === undefined ? '-' : '+'))
			.join('');
	};
	t.equal(offers({}, all), '++++++');
	t.equal(offers({ hasGet: false }, all), '+++-++');
	t.equal(offers({ isReceiveOnly: true }, all), '++----');
	t.equal(offers({}, only('echo')), '+-----');
	t.equal(offers({}, only('store')), '-+----');
	t.equal(offers({}, only('find')), '--+---');
	t.equal(offers({}, only('get')), '-+-+--', 'instances come to it on storage contexts');
	t.equal(offers({ hasGet: false }, only('get')), '------');
	t.equal(offers({}, only('worklist')), '-----+');
});

t.test('roles: who may get may be the SCP of storage, who may store the SCU', async (t) => {
	const roles = (services: ReadonlySet<ServiceName>, options: Partial<typeof OFFER> = {}) => {
		const offer = new Offer({ ...OFFER, ...options });
		const request = rq({
			presentationContexts: [{ id: 1, abstractSyntax: CT, transferSyntaxes: [IMPLICIT_LITTLE] }],
			user: { roleSelections: [{ sopClassUid: CT, scuRole: true, scpRole: true }] },
		});
		const { roleSelections } = answerContexts(request, offer.supported(services), offer.roles(services));
		return roleSelections.map(({ scuRole, scpRole }) => [scuRole, scpRole])[0];
	};
	t.strictSame(roles(all), [true, true]);
	t.strictSame(roles(only('get')), [false, true]);
	t.strictSame(roles(only('store')), [true, false]);
	t.strictSame(roles(all, { hasGet: false }), [true, false]);
	t.equal(new Offer(OFFER).roles(all)(STUDY_ROOT_FIND), undefined, 'nothing is said of other classes');
});

t.test('extended negotiation says what is done, in as many bytes as were asked with', async (t) => {
	const answer = (sopClassUid: string, asked: readonly number[], services = all): number[] | undefined => {
		const request = rq({
			presentationContexts: [{ id: 1, abstractSyntax: sopClassUid, transferSyntaxes: [IMPLICIT_LITTLE] }],
			user: { extendedNegotiations: [{ sopClassUid, information: Uint8Array.from(asked) }] },
		});
		const [one] = new Offer(OFFER).extended(request, services);
		return one === undefined ? undefined : [...one.information];
	};
	t.strictSame(answer(STUDY_ROOT_FIND, [1, 1, 1, 1, 1, 1, 1]), [1, 1, 0, 0, 0, 1, 1]);
	t.strictSame(answer(STUDY_ROOT_FIND, [1, 0, 1]), [1, 0, 0]);
	t.strictSame(answer(STUDY_ROOT_FIND, [0]), [0]);
	t.strictSame(
		answer(STUDY_ROOT_FIND, [1, 1, 1, 1, 1, 1, 1, 1, 1]),
		[1, 1, 0, 0, 0, 1, 1],
		'no byte that has no meaning',
	);
	t.strictSame(answer(STUDY_ROOT_MOVE, [1, 1]), [1, 0]);
	t.strictSame(answer(STUDY_ROOT_GET, [1]), [1]);
	t.strictSame(answer(MODALITY_WORKLIST_FIND, [1, 1, 1, 1]), [1, 1, 0, 0]);
	t.strictSame(answer(CT, [2, 0, 0, 0, 1]), [2, 0, 3, 0, 0]);
	t.equal(answer(VERIFICATION, [1]), undefined);
	t.equal(answer(STUDY_ROOT_FIND, [1], only('echo')), undefined, 'nothing of what is not offered');
	const unproposed = rq({ user: { extendedNegotiations: [{ sopClassUid: CT, information: Uint8Array.of(2) }] } });
	t.strictSame(new Offer(OFFER).extended(unproposed, all), []);
	const granted = [{ sopClassUid: STUDY_ROOT_FIND, information: Uint8Array.of(1, 0, 0, 0, 0, 0, 1) }];
	t.strictSame(negotiatedOf(granted, STUDY_ROOT_FIND, 'find'), { relational: true, multipleValue: true });
	t.strictSame(negotiatedOf(granted, STUDY_ROOT_MOVE, 'move'), {});
});
