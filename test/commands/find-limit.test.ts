/** What `find --limit` says of the rest, against peers that send all they have whatever is cancelled. */
import { once } from 'node:events';
import t, { type Test } from 'tap';
import { parse } from '../../src/cli/parse.ts';
import find from '../../src/commands/find.ts';
import { encodeDataset } from '../../src/dicom/encode.ts';
import { TAG } from '../../src/dicom/tags.ts';
import { surroundings } from '../support/environment.ts';
import { respond, servingPeer } from '../support/odd-peers.ts';

/** Sends so many studies, then this status; FE00 when it is cancelled. */
const sending = async (t: Test, count: number, status: number): Promise<string> => {
	const peer = await servingPeer(async (request) => {
		await request.dataset?.discard();
		const { messageId, affectedSopClassUid = '' } = request.message;
		for (let row = 1; row <= count; row++)
			await request.respond(
				{
					type: 'C-FIND-RSP',
					messageIdBeingRespondedTo: messageId,
					affectedSopClassUid,
					hasDataset: true,
					status: 0xff00,
				},
				encodeDataset({ [TAG.StudyInstanceUID]: { vr: 'UI', Value: [`1.2.${row}`] } }, request.context.transferSyntax),
			);
		if (status === 0xfe00 && !request.signal.aborted) await once(request.signal, 'abort');
		await respond(request, status);
	});
	t.teardown(() => peer.stop());
	return `PACS@127.0.0.1:${peer.port}`;
};

/** At a terminal. */
const run = async (...given: readonly string[]) => {
	const { env, stdout, stderr } = surroundings({ columns: 100 });
	const { options, positionals } = parse(find, [...given, '--no-config', '--no-color'], {});
	const status = await find.run(options as unknown as Parameters<typeof find.run>[0], positionals, env);
	return { status, stdout: stdout(), stderr: stderr() };
};

t.test('all have come: how many there are is said', async (t) => {
	const at = await sending(t, 7, 0x0000);
	const { status, stderr } = await run(at, '--limit', '3', '-F', 'name');
	t.equal(status, 0);
	t.match(stderr, /^3 studies from \S+ in [^;]+; 3 of 7 shown \(all there are, says the peer\)$/m);
	t.notMatch(stderr, /may exist/);
	t.match(JSON.parse((await run(at, '--limit', '3', '--json')).stdout), { count: 3, complete: false });
});

t.test('it was cancelled, or would have gone on with another query: more may exist', async (t) => {
	const cancelled = await run(await sending(t, 7, 0xfe00), '--limit', '3', '-F', 'name');
	t.equal(cancelled.status, 0);
	t.match(cancelled.stderr, /; stopped at 3 \(more may exist\)$/m);
	const first = await run(await sending(t, 7, 0x0000), '--limit', '3', '-F', 'name', '-m', 'CT,MR', '--no-filter');
	t.match(first.stderr, /; stopped at 3 \(more may exist\)$/m);
	const round = await run(await sending(t, 100, 0x0000), '--limit', '3', '-F', 'name');
	t.match(round.stderr, /; stopped at 3 \(more may exist\)$/m, 'a limit of its own may have cut it off');
});
