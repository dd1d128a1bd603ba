/** Suggestions over HTTP: read, answered by a third party, engaged with; and what of it the topics tell. */
import { WebSocket } from 'ws';
import { SEEDED_ASSISTANTS } from '../../../src/sandbox/copilot/seeded-assistants.ts';
import { closeAfterTest, until } from '../helpers.ts';
import { givenPlayed, suggestionsOf } from './helpers.ts';
import type { Played } from './helpers.ts';

const THIRD = 'ThirdPartySuggestion';
const TEXT = { title: 'Refunds', text: 'Within 30 days.', sources: [{ name: 'Policy', url: 'https://example.com/p' }] };
const pathOf = ({ conversationId, id }: { conversationId: string; id: string }): string =>
  `/api/v2/conversations/${conversationId}/suggestions/${id}`;

/** Nobody but the test engages with anything. */
const UNTOUCHED = { [SEEDED_ASSISTANTS.baseline.id]: { undelivered: 1 } };

async function givenSuggestion(
  options: Parameters<typeof givenPlayed>[0] = {},
  type = THIRD,
): Promise<Played & { conversationId: string; id: string; path: string }> {
  const played = await givenPlayed({ ...options, traffic: { models: UNTOUCHED } });
  const { play, truth } = played;
  for (let tries = 0; tries < 60; tries++) {
    play(1_000);
    const [found] = suggestionsOf(await truth(), type).filter(({ state }) => state === 'Suggested');
    if (found !== undefined) return { ...played, ...found, path: pathOf(found) };
  }
  throw new Error(`No ${type} came in a minute.`);
}

test('a suggestion of a third party comes without a text, and is answered by a PATCH', async () => {
  const { call, path, conversationId } = await givenSuggestion();
  const before = await call('GET', path);
  expect(before).toMatchObject({
    status: 200,
    body: {
      type: THIRD,
      state: 'Suggested',
      triggerType: 'Intent',
      assistant: { id: SEEDED_ASSISTANTS.baseline.id },
      conversation: { id: conversationId },
      context: { queue: { id: expect.any(String) as string }, queryStatement: expect.any(String) as string },
    },
  });
  expect(before.body['thirdPartySuggestion']).toBeUndefined();
  expect(await call('PATCH', path, { thirdPartySuggestion: TEXT })).toMatchObject({ status: 200 });
  expect((await call('GET', path)).body).toMatchObject({ state: 'Suggested', thirdPartySuggestion: TEXT });
});

test('a second text is refused or replaces the first, as it is set', async () => {
  const other = { thirdPartySuggestion: { ...TEXT, title: 'Other' } };
  const refusing = await givenSuggestion();
  await refusing.call('PATCH', refusing.path, { thirdPartySuggestion: TEXT });
  expect((await refusing.call('PATCH', refusing.path, other)).status).toBe(409);
  const replacing = await givenSuggestion({ copilot: { secondPatch: 'replaces' } });
  await replacing.call('PATCH', replacing.path, { thirdPartySuggestion: TEXT });
  expect((await replacing.call('PATCH', replacing.path, other)).body).toMatchObject(other);
});

test('nobody answers in time: it has failed, and takes neither text nor engagement any more', async () => {
  const { call, path, play } = await givenSuggestion({ copilot: { thirdPartyTimeoutMs: 3_000 } });
  play(3_000);
  expect((await call('GET', path)).body).toMatchObject({ state: 'Failed' });
  expect((await call('PATCH', path, { thirdPartySuggestion: TEXT })).status).toBe(409);
  expect((await call('POST', `${path}/engagement`, { engagementType: 'Opened' })).status).toBe(409);
});

test('only a third party has a text', async () => {
  const { call, path } = await givenSuggestion({}, 'CannedResponse');
  expect((await call('GET', path)).body).toMatchObject({
    cannedResponse: { response: { id: expect.any(String) as string } },
  });
  expect((await call('PATCH', path, { thirdPartySuggestion: TEXT })).status).toBe(400);
});

test.each([
  [{ engagementType: 'Opened' }, 'Accepted'],
  [{ engagementType: 'Copied' }, 'Accepted'],
  [{ engagementType: 'Dismissed' }, 'Dismissed'],
  [{ engagementType: 'Feedback', feedback: { rating: 'Negative' } }, 'Rated'],
])('engagement %j makes it %s', async (engagement, state) => {
  const { call, path } = await givenSuggestion({}, 'CannedResponse');
  expect(await call('POST', `${path}/engagement`, engagement)).toMatchObject({ status: 200, body: engagement });
  expect((await call('GET', path)).body).toMatchObject({ state });
});

test.each([{ engagementType: 'Feedback' }, { engagementType: 'Liked' }, {}])(
  'engagement %j is refused',
  async (engagement) => {
    const { call, path } = await givenSuggestion();
    expect((await call('POST', `${path}/engagement`, engagement)).status).toBe(400);
  },
);

test('a conversation lists its suggestions by type and state; one without copilot data is a 404', async () => {
  const { call, truth, play, finish } = await givenPlayed();
  play(20_000);
  await finish();
  const all = await truth();
  const several = all.find(({ suggestions }) => new Set(suggestions.map(({ type }) => type)).size > 1);
  const path = `/api/v2/conversations/${several?.conversationId}/suggestions`;
  expect((await call('GET', path)).body['entities']).toHaveLength(several?.suggestions.length ?? 0);
  const canned = (await call('GET', `${path}?type=CannedResponse`)).body['entities'] as { type: string }[];
  expect(new Set(canned.map(({ type }) => type))).toEqual(new Set(['CannedResponse']));
  const failed = (await call('GET', `${path}?state=Failed`)).body['entities'] as { state: string }[];
  expect(new Set(failed.map(({ state }) => state))).toEqual(new Set(['Failed']));
  const first = (await call('GET', `${path}?pageSize=1`)).body;
  expect((await call('GET', String(first['nextUri']))).body['entities']).not.toEqual(first['entities']);
  const without = all.find(({ suggestions }) => suggestions.length === 0);
  expect((await call('GET', `/api/v2/conversations/${without?.conversationId}/suggestions`)).status).toBe(404);
  expect((await call('GET', `/api/v2/conversations/nobody/suggestions`)).status).toBe(404);
  expect((await call('GET', `${path}?type=Poem`)).status).toBe(400);
});

interface Told {
  readonly topicName: string;
  readonly eventBody: Readonly<Record<string, unknown>>;
}

/** What the topics of every conversation tell, from the moment on when the queue tells of it. */
async function listen({ call, sandbox }: Played): Promise<Told[]> {
  const { body } = await call('POST', '/api/v2/notifications/channels');
  const queues = sandbox.org.routing.queues().map(({ id }) => ({ id: `v2.routing.queues.${id}.conversations` }));
  const subscriptions = `/api/v2/notifications/channels/${String(body['id'])}/subscriptions`;
  await call('PUT', subscriptions, queues);
  const ws = new WebSocket(String(body['connectUri']));
  const told: Told[] = [];
  const followed = new Set<string>();
  ws.on('message', (data) => {
    const message = JSON.parse((data as Buffer).toString('utf8')) as Told;
    told.push(message);
    const { id } = message.eventBody;
    if (!message.topicName.startsWith('v2.routing') || followed.has(String(id))) return;
    followed.add(String(id));
    const kinds = ['thirdpartyaction', 'response', 'intent'];
    // The sandbox may close while one is asked for.
    call(
      'POST',
      subscriptions,
      kinds.map((kind) => ({ id: `v2.conversations.${String(id)}.suggestions.${kind}` })),
    ).catch(() => undefined);
  });
  closeAfterTest(() => {
    ws.terminate();
    return Promise.resolve();
  });
  await new Promise((resolve) => {
    ws.once('open', resolve);
  });
  return told;
}

test.each(['Suggested', 'Triggered'] as const)(
  'the topic of third parties tells of one without a text (%s), of its text, and of what the agent did',
  async (first) => {
    const model = { accept: 1, undelivered: 0 };
    const played = await givenPlayed({
      copilot: { thirdPartyFirstState: first, suggestionDelayMs: 1_000 },
      traffic: { cardsPerSecond: 5, agentSpread: 0, models: { Refunds: model } },
    });
    const told = await listen(played);
    const { call, play } = played;
    const third = (): Told[] => told.filter(({ topicName }) => topicName.endsWith('.thirdpartyaction'));
    const steps = setInterval(() => {
      play(50);
    }, 20);
    closeAfterTest(() => {
      clearInterval(steps);
      return Promise.resolve();
    });
    await until(() => third().length > 0);
    const { suggestionId, conversationId } = (third()[0]?.eventBody ?? {}) as {
      suggestionId: string;
      conversationId: string;
    };
    await call('PATCH', pathOf({ conversationId, id: suggestionId }), { thirdPartySuggestion: TEXT });
    const its = (): Told['eventBody'][] =>
      third()
        .map(({ eventBody }) => eventBody)
        .filter((body) => body['suggestionId'] === suggestionId);
    await until(() => its().length === 3);
    expect(its()).toMatchObject([
      { state: first, context: { assistantId: SEEDED_ASSISTANTS.baseline.id, language: expect.any(String) as string } },
      { state: 'Suggested', thirdPartySuggestion: TEXT },
      { state: 'Accepted', engagementType: 'Copied', thirdPartySuggestion: TEXT },
    ]);
    expect(its()[0]?.['thirdPartySuggestion']).toBeUndefined();
    expect(told.find(({ topicName }) => topicName.endsWith('.intent'))?.eventBody).toMatchObject({
      activeIntent: { intent: expect.any(String) as string, confidence: expect.any(Number) as number },
    });
  },
);

test('without the permission nothing is read, answered or engaged with', async () => {
  const nobody = { id: 'sandbox-client', secret: 'sandbox-secret', scopes: [], permissions: [] };
  const { call, path } = await givenSuggestion({ clients: [nobody] });
  const answers = [
    await call('GET', path),
    await call('PATCH', path, { thirdPartySuggestion: TEXT }),
    await call('POST', `${path}/engagement`, { engagementType: 'Opened' }),
  ];
  expect(answers.map(({ body }) => String(body['message']).split(': ')[1])).toEqual([
    'conversation:suggestion:view',
    'conversation:suggestion:edit',
    'conversation:suggestionEngagement:add',
  ]);
});
