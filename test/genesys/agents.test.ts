import { inspect } from 'node:util';
import { callsOf, clientAnswering } from './answering.ts';
import { errorBody } from './with-organisation.ts';

const AGENT_TOKEN = 'agent-token-that-must-not-be-seen';
const AGENT = { id: 'u-1', name: 'Ada', state: 'active', version: 7 };
const CONVERSATION = { id: 'c-1', participants: [{ id: 'p-1', purpose: 'agent', userId: 'u-1', endTime: null }] };
const unauthorized = { status: 401, body: errorBody(401, 'bad.credentials') };

test('the platform is asked with the token of the agent, and ours is not even fetched', async () => {
  const { client, seen, server } = await clientAnswering(({ path }) => ({
    body: path.endsWith('/me') ? AGENT : { entities: [CONVERSATION], total: 1 },
  }));
  expect(await client.agents.whoseIs(AGENT_TOKEN)).toEqual(AGENT);
  expect(await client.agents.conversationsOf(AGENT_TOKEN)).toEqual([CONVERSATION]);
  expect(callsOf(seen)).toEqual(['GET /api/v2/users/me', 'GET /api/v2/conversations']);
  expect(seen.map(({ headers }) => headers.authorization)).toEqual(Array(2).fill(`Bearer ${AGENT_TOKEN}`));
  expect(server.requests).toHaveLength(2);
});

test('an agent in no conversation is in none', async () => {
  const { client } = await clientAnswering(() => ({ body: {} }));
  expect(await client.agents.conversationsOf(AGENT_TOKEN)).toEqual([]);
});

test('a token that the platform does not take is asked for once, and is nobody’s', async () => {
  const { client, seen } = await clientAnswering(() => unauthorized);
  expect(await client.agents.whoseIs(AGENT_TOKEN)).toBeNull();
  expect(await client.agents.conversationsOf(AGENT_TOKEN)).toBeNull();
  expect(seen).toHaveLength(2);
});

test.each(['', 'two words', 'a\r\nx-forged: 1', 'schön', 'x'.repeat(5000)])(
  'what can be no token is nobody’s, and is not sent: %j',
  async (token) => {
    const { client, seen } = await clientAnswering(() => ({ body: AGENT }));
    expect(await client.agents.whoseIs(token)).toBeNull();
    expect(seen).toEqual([]);
  },
);

test('a connection that was closed just as it was used is asked again, once', async () => {
  let calls = 0;
  const once = await clientAnswering(() => (++calls === 1 ? 'drop' : { body: AGENT }));
  expect(await once.client.agents.whoseIs(AGENT_TOKEN)).toEqual(AGENT);
  const always = await clientAnswering(() => 'drop');
  await expect(always.client.agents.whoseIs(AGENT_TOKEN)).rejects.toMatchObject({ kind: 'network' });
  expect(callsOf(always.seen)).toHaveLength(2);
});

test('an agent who asks too much keeps nobody else waiting', async () => {
  const limited = { status: 429, headers: { 'retry-after': '42' }, body: errorBody(429, 'too.many.requests') };
  const { client } = await clientAnswering(({ path }) => (path.endsWith('/users/me') ? limited : { body: {} }));
  await expect(client.agents.whoseIs(AGENT_TOKEN)).rejects.toMatchObject({ kind: 'rateLimited' });
  await expect(client.organisation.transcription().catch((error: unknown) => error)).resolves.toMatchObject({
    kind: 'badAnswer',
  });
});

test('calls of agents take nothing from our rate', async () => {
  const { client, seen } = await clientAnswering(() => ({ body: AGENT }), { callsPerMinute: 10 });
  for (let call = 0; call < 12; call += 1) await client.agents.whoseIs(AGENT_TOKEN);
  expect(seen).toHaveLength(12);
});

test('the token stands in no error, even when the platform repeats it', async () => {
  const { client } = await clientAnswering(() => ({
    status: 400,
    body: errorBody(400, 'bad.request', { message: `bad ${AGENT_TOKEN}` }),
  }));
  const error: unknown = await client.agents.whoseIs(AGENT_TOKEN).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ kind: 'badRequest' });
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(AGENT_TOKEN);
});
