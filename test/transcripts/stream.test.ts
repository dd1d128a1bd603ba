import { setTimeout as sleep } from 'node:timers/promises';
import { streamTranscripts } from '../../src/transcripts/stream.ts';
import type { StreamedTranscript, TranscriptQuery, TranscriptSource } from '../../src/transcripts/stream.ts';
import { until } from '../sandbox/helpers.ts';
import { BILLING, conversation, DAY, givenWorld, ORDERS } from './helpers.ts';
import type { World } from './helpers.ts';

const START = Date.parse('2026-03-02T10:00:00.000Z');

/** One conversation every 12 hours: the nth says "refund n". */
async function givenWeeks(
  count: number,
): Promise<World & { readonly query: TranscriptQuery; readonly source: TranscriptSource }> {
  const world = await givenWorld({ now: Date.now });
  for (let n = 0; n < count; n += 1) {
    world.sandbox.org.conversations.add(
      conversation(`c${n}`, START + (n * DAY) / 2, [`refund ${n}`], { skillIds: ['s1'] }),
    );
  }
  world.sandbox.org.conversations.add(conversation('elsewhere', START + DAY, ['refund'], { queueId: ORDERS }));
  return {
    ...world,
    source: { ...world.client, sleep: (ms) => sleep(ms) },
    query: { queueId: BILLING, fromMs: START, toMs: START + count * DAY },
  };
}

async function take(
  stream: AsyncGenerator<StreamedTranscript, void, undefined>,
  count = Number.POSITIVE_INFINITY,
): Promise<StreamedTranscript[]> {
  const taken: StreamedTranscript[] = [];
  for await (const transcript of stream) {
    taken.push(transcript);
    if (taken.length >= count) break;
  }
  return taken;
}

const ids = (transcripts: readonly StreamedTranscript[]): string[] =>
  transcripts.map(({ conversationId }) => conversationId);
const range = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, n) => `c${from + n}`);

test('three weeks come as spans of at most seven days, each conversation of the queue once, in order, with its words and where it was', async () => {
  const { source, query } = await givenWeeks(42);
  const all = await take(streamTranscripts(source, query));
  expect(ids(all)).toEqual(range(0, 42));
  expect(all[3]?.phrases).toEqual([
    {
      startMs: START + 1.5 * DAY + 1_000,
      speaker: 'customer',
      text: 'refund 3',
      confidence: 0.9,
      queueId: BILLING,
      skillIds: ['s1'],
    },
  ]);
});

test('a consumer that stops taking stops the asking: never more than the bound is read ahead', async () => {
  const { source, query, sandbox } = await givenWeeks(20);
  let files = 0;
  const find = sandbox.org.conversations.find.bind(sandbox.org.conversations);
  sandbox.org.conversations.find = (id) => {
    files += 1;
    return find(id);
  };
  const stream = streamTranscripts({ ...source, ahead: 3 }, query);
  expect(files).toBe(0);
  await stream.next();
  await until(() => files === 6);
  await sleep(300);
  expect(files).toBe(6);
  await stream.next();
  await until(() => files === 8);
  await stream.return();
  await sleep(300);
  expect(files).toBe(8);
});

test('a stream that was left goes on behind its cursor, which survives JSON: nothing is lost, nothing comes twice', async () => {
  const { source, query, sandbox } = await givenWeeks(20);
  sandbox.org.conversations.add(conversation('twin', START + 2 * DAY, ['at the same instant as c4']));
  const before = await take(streamTranscripts(source, query), 5);
  const after = JSON.parse(JSON.stringify(before.at(-1)?.cursor)) as StreamedTranscript['cursor'];
  const behind = await take(streamTranscripts(source, { ...query, after }));
  expect([...ids(before), ...ids(behind)].toSorted()).toEqual([...range(0, 20), 'twin'].toSorted());
});

test('conversations without a transcript are passed over, and a platform that is down for a moment is asked again', async () => {
  const { source, query, sandbox } = await givenWeeks(4);
  sandbox.org.conversations.add(conversation('running', START + 3 * DAY, ['not over'], { endMs: Date.now() + DAY }));
  sandbox.org.faults.add({ match: { pathPrefix: '/transcripts/' }, times: 2, status: 503 });
  sandbox.org.faults.add({
    match: { pathPrefix: '/api/v2/speechandtextanalytics' },
    times: 1,
    status: 429,
    retryAfterSeconds: 1,
  });
  expect(ids(await take(streamTranscripts(source, query)))).toEqual(range(0, 4));
});

test('an abort ends the stream with its reason', async () => {
  const { source, query } = await givenWeeks(10);
  const abort = new AbortController();
  const stream = streamTranscripts(source, { ...query, signal: abort.signal });
  await stream.next();
  abort.abort(new Error('enough'));
  await expect(stream.next()).rejects.toThrow('enough');
});

test('the pre-signed address opens only as it was signed, and no error shows it', async () => {
  const { client, sandbox } = await givenWeeks(1);
  const seen: string[] = [];
  sandbox.org.faults.add({ match: { pathPrefix: '/transcripts/' }, times: 1, status: 403 });
  await client.transcripts.read('c0', 'c0:customer').catch((error: unknown) => seen.push(String(error)));
  expect(seen).toEqual([expect.stringMatching(/status 403/)]);
  expect(seen[0]).not.toMatch(/Signature|Expires/);
  expect((await fetch(`${sandbox.url}/transcripts/c0.json?Expires=9999999999999&Signature=forged`)).status).toBe(403);
});
