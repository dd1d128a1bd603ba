import { all, callsOf, clientAnswering } from './answering.ts';
import { errorBody } from './with-organisation.ts';

const TEXT = { title: 'Refund', text: 'Offer a refund.', sources: [{ name: 'Policy', url: 'https://x.example/p' }] };
const SUGGESTION = { id: 's-1', type: 'ThirdPartySuggestion', state: 'Suggested', assistant: { id: 'a-1' } };

test('the suggestions of a conversation come from all pages, of one type and state', async () => {
  const { client, seen } = await clientAnswering((request) => ({
    body: request.query.has('after')
      ? { entities: [{ ...SUGGESTION, id: 's-2' }] }
      : { entities: [SUGGESTION], nextUri: '/api/v2/conversations/c-1/suggestions?after=c2' },
  }));
  const filter = { type: 'ThirdPartySuggestion', state: 'Suggested' };
  expect((await all(client.suggestions.list('c-1', filter))).map(({ id }) => id)).toEqual(['s-1', 's-2']);
  expect(callsOf(seen)).toEqual([
    'GET /api/v2/conversations/c-1/suggestions?type=ThirdPartySuggestion&state=Suggested&pageSize=100',
    'GET /api/v2/conversations/c-1/suggestions?type=ThirdPartySuggestion&state=Suggested&pageSize=100&after=c2',
  ]);
});

test('a conversation without copilot data has none', async () => {
  const { client } = await clientAnswering(() => ({ status: 404, body: errorBody(404, 'not.found') }));
  expect(await all(client.suggestions.list('c-1'))).toEqual([]);
});

test('an answer is a PATCH of the third party’s text, told as the platform has it then', async () => {
  const stored = { ...SUGGESTION, thirdPartySuggestion: TEXT };
  const { client, seen } = await clientAnswering(() => ({ body: stored }));
  expect(await client.suggestions.answer('c-1', 's-1', TEXT)).toEqual(stored);
  expect(callsOf(seen)).toEqual(['PATCH /api/v2/conversations/c-1/suggestions/s-1']);
  expect(seen[0]?.body).toEqual({ thirdPartySuggestion: TEXT });
  expect(seen[0]?.headers['content-type']).toContain('application/json');
});

test.each([
  ['whose connection broke', 'drop' as const, 'network'],
  ['that the platform failed in', { status: 503, body: errorBody(503, 'service.unavailable') }, 'unavailable'],
  ['that the platform gave up', { status: 408, body: errorBody(408, 'client.timeout') }, 'timeout'],
])('an answer %s may have arrived: it is not sent again', async (_what, reply, kind) => {
  const { client, seen } = await clientAnswering(() => reply);
  await expect(client.suggestions.answer('c-1', 's-1', TEXT)).rejects.toMatchObject({ kind });
  expect(seen).toHaveLength(1);
});

test('an answer that was too many obeys Retry-After', async () => {
  const clock = { nowMs: 0 };
  const { client, seen } = await clientAnswering(
    () =>
      seen.length > 1
        ? { body: SUGGESTION }
        : { status: 429, headers: { 'retry-after': '42' }, body: errorBody(429, 'too.many.requests.retry.after') },
    { now: () => clock.nowMs },
  );
  const answer = () => client.suggestions.answer('c-1', 's-1', TEXT);
  await expect(answer()).rejects.toMatchObject({ kind: 'rateLimited', retryAfterMs: 42_000 });
  clock.nowMs = 30_000;
  await expect(answer()).rejects.toMatchObject({ kind: 'rateLimited', retryAfterMs: 12_000 });
  expect(seen).toHaveLength(1);
  clock.nowMs = 42_000;
  await answer();
  expect(seen).toHaveLength(2);
});
