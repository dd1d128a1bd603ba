/** Every operation of Agent Copilot, driven by the official JavaScript SDK. */
import { SEEDED_ASSISTANTS } from '../../../src/sandbox/copilot/seeded-assistants.ts';
import { SEEDED } from '../../../src/sandbox/seeded-organisation.ts';
import { officialSdk } from '../../helpers/official-sdk.ts';
import { givenSandbox } from '../helpers.ts';
import { givenPlayed, suggestionsOf } from './helpers.ts';

const { baseline, candidate } = SEEDED_ASSISTANTS;
const { billing, orders } = SEEDED.queues;

test('assistants, copilots, queues and users', async () => {
  const { sandbox } = await givenSandbox({ copilot: { jobMs: 0 } });
  const sdk = await officialSdk(sandbox.url);
  const api = new sdk.AgentAssistantsApi();
  const copilots = new sdk.AgentCopilotApi();
  const made = await api.postAssistants({ name: 'Made', transcriptionConfig: { vendorName: 'Genesys' } });
  expect(await api.getAssistants({ name: 'Made' })).toMatchObject({ entities: [{ id: made.id }] });
  await api.patchAssistant(String(made.id), { name: 'Kept', transcriptionConfig: { vendorName: 'Genesys' } });
  const copilot = await copilots.getAssistantCopilot(candidate.id);
  expect(await copilots.putAssistantCopilot(String(made.id), copilot)).toMatchObject({ defaultLanguage: 'en-US' });
  expect(await api.getAssistant(String(made.id), { expand: 'copilot' })).toMatchObject({
    name: 'Kept',
    copilot: { enabled: true },
  });

  const agents = sandbox.org.traffic.agentIds().slice(0, 2);
  const entities = agents.map((id) => ({ id }));
  await api.putAssistantQueue(candidate.id, billing.id, { id: billing.id, mediaTypes: ['Call'] });
  await api.patchAssistantQueues(candidate.id, [{ id: orders.id, mediaTypes: ['Message'] }]);
  expect((await api.getAssistantQueues(candidate.id)).entities).toHaveLength(2);
  expect(await api.getAssistantsQueues({ queueIds: `${billing.id},${orders.id}`, expand: 'assistant' })).toMatchObject({
    entities: [{ assistant: { id: candidate.id } }, { assistant: { id: candidate.id } }],
  });
  const routing = new sdk.RoutingApi();
  expect(await routing.getRoutingQueueAssistant(billing.id, { expand: ['assistant', 'copilot'] })).toMatchObject({
    assistant: { id: candidate.id, copilot: { enabled: true } },
  });
  const job = await api.postAssistantQueueUsersJobs(candidate.id, billing.id, { action: 'ManualAssignment' });
  expect(await api.getAssistantQueueUsersJob(candidate.id, billing.id, String(job.id))).toMatchObject({
    status: 'Succeeded',
  });
  await api.postAssistantQueueUsersBulkAdd(candidate.id, billing.id, { entities });
  await api.postAssistantQueueUsersBulkRemove(candidate.id, billing.id, { entities: entities.slice(0, 1) });
  expect(await api.postAssistantQueueUsersQuery(candidate.id, billing.id, { entities })).toMatchObject({
    users: [{ id: agents[1] }],
  });
  await api.deleteAssistantQueue(candidate.id, billing.id);
  await api.deleteAssistantQueues(candidate.id, { queueIds: orders.id });
  await expect(api.deleteAssistantQueues(baseline.id, { queueIds: orders.id })).rejects.toMatchObject({
    code: 'conflict',
    status: 409,
  });
  await api.deleteAssistant(String(made.id));
  expect((await api.getAssistants()).entities).toHaveLength(2);
});

test('suggestions: read, answered by a third party, engaged with', async () => {
  const { sandbox, play, truth } = await givenPlayed();
  play(4_000);
  const api = new (await officialSdk(sandbox.url)).ConversationsApi();
  const [third] = suggestionsOf(await truth(), 'ThirdPartySuggestion').filter(({ state }) => state === 'Suggested');
  const [conversationId, id] = [String(third?.conversationId), String(third?.id)];
  expect(await api.getConversationSuggestion(conversationId, id)).toMatchObject({ state: 'Suggested' });
  const thirdPartySuggestion = { title: 'T', text: 'x', sources: [{ name: 'n', url: 'https://example.com' }] };
  const patched = await api.patchConversationSuggestion(conversationId, id, { thirdPartySuggestion });
  expect(patched).toMatchObject({ thirdPartySuggestion });
  await api.postConversationSuggestionEngagement(conversationId, id, { engagementType: 'Opened' });
  expect(
    await api.getConversationSuggestions(conversationId, { type: 'ThirdPartySuggestion', state: 'Accepted' }),
  ).toMatchObject({ entities: [{ id, state: 'Accepted' }] });
});

test('aggregates of copilots and conversations', async () => {
  const { sandbox, play, finish } = await givenPlayed({ copilot: { analyticsDelayMs: 0, settlesMs: 0 } });
  play(4_000);
  await finish();
  const api = new (await officialSdk(sandbox.url)).AnalyticsApi();
  const interval = '2026-05-01T00:00:00Z/2026-05-02T00:00:00Z';
  const groupBy = ['agentAssistantId'];
  const group = { agentAssistantId: baseline.id };
  expect(
    await api.postAnalyticsAgentcopilotsAggregatesQuery({ interval, groupBy, metrics: ['nDistinctSuggestions'] }),
  ).toMatchObject({ results: [{ group, data: [{ metrics: [{ metric: 'nDistinctSuggestions' }] }] }] });
  expect(
    await api.postAnalyticsConversationsAggregatesQuery({ interval, groupBy, metrics: ['tHandle'] }),
  ).toMatchObject({ results: [{ group, data: [{ metrics: [{ stats: { sum: expect.any(Number) as number } }] }] }] });
});
