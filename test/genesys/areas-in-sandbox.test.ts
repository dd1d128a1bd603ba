/** What the client asks beside rollouts, of the sandbox over real HTTP. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createGenesysClient } from '../../src/genesys/client.ts';
import type { GenesysClient } from '../../src/genesys/client.ts';
import { DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { SandboxHandle } from '../../src/sandbox/server.ts';
import { all } from './answering.ts';

let sandbox: SandboxHandle;
let client: GenesysClient;
beforeAll(async () => {
  sandbox = await startSandbox();
  client = createGenesysClient({
    loginUrl: sandbox.url,
    apiUrl: sandbox.url,
    clientId: DEFAULT_CLIENT.id,
    clientSecret: DEFAULT_CLIENT.secret,
    callsPerMinute: 3000,
    now: Date.now,
    sleep: (ms) => sleep(ms),
  });
});
afterAll(async () => {
  client.close();
  await sandbox.close();
});

test('our token is taken, and told with the time of the platform', async () => {
  await client.organisation.checkToken();
  const from = Date.now();
  const { value, sentAt } = await client.organisation.token();
  expect(value.OAuthClient).toMatchObject({ id: expect.any(String) });
  // The header of an answer knows whole seconds.
  expect(sentAt).toBeGreaterThanOrEqual(from - 1000);
  expect(sentAt).toBeLessThanOrEqual(Date.now());
});

test('queues have members, and there are groups', async () => {
  const queues = await all(client.people.queues());
  const members = await Promise.all(queues.map(({ id }) => all(client.people.membersOf(id))));
  expect(members.flat().length).toBeGreaterThan(0);
  expect((await all(client.people.groups())).every(({ id }) => id !== '')).toBe(true);
});

test('what was written to an assistant’s queue stands in the audits', async () => {
  const { assistants, audits } = client;
  const [assistant] = await all(assistants.list());
  const [queue] = await all(client.people.queues());
  if (assistant === undefined || queue === undefined) throw new Error('the sandbox has none');
  await assistants.putQueue(assistant.id, { id: queue.id, mediaTypes: ['Call'] });
  expect((await assistants.ofQueue(queue.id))?.assistant?.id).toBe(assistant.id);
  expect((await assistants.queuesAmong([queue.id]))[0]?.mediaTypes).toEqual(['Call']);
  const span = { fromMs: Date.now() - 60_000, toMs: Date.now() + 60_000 };
  const entries = await all(audits.recent({ ...span, service: 'Assistants' }));
  expect(entries.map(({ entityType }) => entityType)).toContain('AssistantQueue');
});

test('aggregates of an hour without anything are none', async () => {
  const span = { fromMs: Date.now() - 3_600_000, toMs: Date.now() };
  const query = { ...span, metrics: ['tHandle'], groupBy: ['queueId'] };
  expect(await client.aggregates.conversations(query)).toEqual(expect.any(Array));
  const suggestions = { ...span, metrics: ['nDistinctSuggestions'], groupBy: ['state'] };
  expect(await client.aggregates.agentCopilots(suggestions)).toEqual([]);
});

test('a conversation that is not there is null', async () => {
  const nowhere = '00000000-0000-4000-8000-000000000000';
  expect(await client.conversations.get(nowhere)).toBeNull();
  expect(await all(client.suggestions.list(nowhere))).toEqual([]);
});

test('a token of nobody is nobody’s', async () => {
  expect(await client.agents.whoseIs('a-token-of-nobody')).toBeNull();
});
