/** What was recognized, told in full: the standard's words, what it means in practice, what to do. One table serves it and every error report. */
import { byTag } from '../dicom/dictionary.ts';
import { QUERY_MODELS } from '../dicom/sop-classes.ts';
import { transferSyntax } from '../dicom/transfer-syntaxes.ts';
import { uidInfo } from '../dicom/uids.ts';
import { type Service, STATUSES } from '../dimse/status.ts';
import { explainAbort, explainContextResult, explainReject } from './association-explanations.ts';
import { explainFailure } from './explain.ts';
import type { CodeExplanation } from './explanation.ts';
import { factsOf, told } from './facts.ts';
import { matchingOf } from './matching-words.ts';
import type { Recognized } from './recognition.ts';
import { explainStatus } from './status-explanations.ts';

/** One answer to "what is this?". */
export interface Finding {
	/** `A702`, `1/1/7`, `(0008,0058)`, a UID; '' for what has no number. */
	readonly code: string;
	/** `C-MOVE`, `A-ASSOCIATE-RJ`, `transfer syntax` ... */
	readonly what: string;
	/** `failure`, `permanent`, `retired`; '' where there is no such thing. */
	readonly class: string;
	readonly standard: string;
	readonly practice: readonly string[];
	readonly next: readonly string[];
}

const SERVICES: readonly Service[] = ['C-ECHO', 'C-STORE', 'C-FIND', 'C-GET', 'C-MOVE'];

export const findings = (recognized: Recognized): readonly Finding[] => {
	switch (recognized.kind) {
		case 'status':
			return statuses(recognized.status, recognized.service);
		case 'reject': {
			const { result, source, reason } = recognized;
			return [finding(`${result}/${source}/${reason}`, 'A-ASSOCIATE-RJ', explainReject(result, source, reason))];
		}
		case 'abort': {
			const { source, reason } = recognized;
			return [finding(`${source}/${reason}`, 'A-ABORT', explainAbort(source, reason))];
		}
		case 'context':
			return [
				finding(String(recognized.result), 'presentation context result', explainContextResult(recognized.result)),
			];
		case 'uid':
			return [ofUid(recognized.uid)];
		case 'attribute':
			return [ofAttribute(recognized.tag)];
		case 'saying': {
			const { code, advice } = recognized;
			const { title, means, do: next } = told(advice, factsOf({}));
			return [{ code, what: 'connection', class: '', standard: title, practice: means, next }];
		}
		case 'failure': {
			const { title, means, do: next } = explainFailure(recognized.failure);
			return [{ code: '', what: 'connection', class: '', standard: title, practice: means, next }];
		}
	}
};

const finding = (code: string, what: string, { class: kind, standard, practice, next }: CodeExplanation): Finding => ({
	code,
	what,
	class: kind,
	standard,
	practice,
	next,
});

/** One for each service that means something of its own by it. */
const statuses = (status: number, service: Service | undefined): readonly Finding[] => {
	const code = status.toString(16).padStart(4, '0').toUpperCase();
	if (service !== undefined) return [finding(code, service, explainStatus(service, status))];
	const told = SERVICES.filter((one) => canSay(one, status)).map((one) => ({
		one,
		explained: explainStatus(one, status),
	}));
	const alike = Map.groupBy(told, ({ explained }) => JSON.stringify([explained.standard, explained.practice]));
	const groups = [...alike.values()];
	const listed = groups.filter((group) => !group.every(({ explained }) => isUnlisted(explained)));
	return (listed.length === 0 ? groups : listed).flatMap((group) => {
		const [first] = group;
		return first === undefined ? [] : [finding(code, group.map(({ one }) => one).join(', '), first.explained)];
	});
};

/** Who answers once is never pending, and who cannot be cancelled does not say so: with these the standard names the services. */
const canSay = (service: Service, status: number): boolean => {
	const named = STATUSES.filter((row) => row.status === status && row.services !== undefined);
	const isOfSome = named.some((row) => row.class === 'pending' || row.class === 'cancel');
	return !isOfSome || named.some((row) => row.services?.includes(service));
};

const isUnlisted = ({ practice }: CodeExplanation): boolean => practice.some((line) => line.includes('does not list'));

const ofUid = (uid: string): Finding => {
	const info = uidInfo(uid);
	if (info === undefined)
		return {
			code: uid,
			what: 'UID',
			class: uid.length > 64 ? 'too long' : '',
			standard: 'no UID of PS3.6: an instance, a series, a study, or a class of a vendor',
			practice: unknownUid(uid),
			next: ['dimse find PEER --study-uid UID    asks an archive whether it is one of its studies'],
		};
	const { name, keyword, type, retired, isStorage } = info;
	return {
		code: uid,
		what: type.toLowerCase(),
		class: retired ? 'retired' : '',
		standard: name || keyword,
		practice: knownUid(uid, isStorage),
		next: [],
	};
};

const unknownUid = (uid: string): readonly string[] => {
	const problems = [
		...(uid.length > 64 ? [`${uid.length} characters: a UID has 64 at most`] : []),
		...(/(^|\.)0\d/.test(uid) ? ['a component begins with 0, which is not allowed'] : []),
	];
	if (uid.startsWith('2.25.')) return [...problems, 'made from a UUID (2.25): it says nothing of who made it'];
	return [...problems, `made under the root ${uid.split('.').slice(0, 6).join('.')}`];
};

const knownUid = (uid: string, isStorage: boolean): readonly string[] => {
	const syntax = transferSyntax(uid);
	if (syntax !== undefined)
		return [
			syntax.encapsulated
				? 'compressed: pixel data in fragments; who does not propose it does not get it'
				: `uncompressed, ${syntax.explicit ? 'explicit' : 'implicit'} VR, ${syntax.bigEndian ? 'big' : 'little'} endian${syntax.deflated ? ', deflated' : ''}`,
		];
	for (const model of Object.values(QUERY_MODELS))
		for (const [verb, service] of [
			['find', 'C-FIND'],
			['move', 'C-MOVE'],
			['get', 'C-GET'],
		] as const)
			if (model[verb] === uid)
				return [
					`${service} in the model ${model.name.replaceAll('-', ' ')}${model.levels.length === 0 ? '' : `; levels ${model.levels.join(', ')}`}`,
				];
	return isStorage ? ['a class of instances that C-STORE carries'] : [];
};

const ofAttribute = (tag: string): Finding => {
	const entry = byTag(tag);
	const printed = `(${tag.slice(0, 4)},${tag.slice(4)})`;
	if (entry === undefined) {
		const isPrivate = Number.parseInt(tag.slice(0, 4), 16) % 2 === 1;
		return {
			code: printed,
			what: 'attribute',
			class: isPrivate ? 'private' : 'unknown',
			standard: isPrivate ? 'a private attribute: its group is odd' : 'no attribute of PS3.6',
			practice: isPrivate ? ['who the vendor is says the private creator, (gggg,0010) to (gggg,00FF)'] : [],
			next: [],
		};
	}
	const { keyword, name, vr, vm, retired } = entry;
	return {
		code: printed,
		what: `${vr} ${vm}`.trim(),
		class: retired ? 'retired' : '',
		standard: keyword === '' ? name : `${keyword}  ${name}`,
		practice: matchingOf(tag, vr),
		next: [],
	};
};
