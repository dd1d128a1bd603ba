/** What our own client asks of an organisation, as far as it only reads or undoes what it did. */
import { SEEDED_ASSISTANTS } from '../../src/sandbox/copilot/seeded-assistants.ts';
import { createGenesysClient } from '../../src/genesys/client.ts';
import type { GenesysClient } from '../../src/genesys/client.ts';
import { INTERACTION_WIDGET } from '../../src/sandbox/integrations/types.ts';
import { PANEL_CLIENT } from '../../src/sandbox/options.ts';
import { SEEDED } from '../../src/sandbox/seeded-organisation.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { suggestionsOf } from '../sandbox/copilot/helpers.ts';
import type { Played } from '../sandbox/copilot/helpers.ts';
import { closeAfterTest } from '../sandbox/helpers.ts';

const { billing, orders } = SEEDED.queues;
const { candidate } = SEEDED_ASSISTANTS;
const SPAN = { fromMs: Date.parse('2026-05-01T00:00:00Z'), toMs: Date.parse('2026-05-02T00:00:00Z') };

export async function driveOurClient(url: string, played: Played): Promise<void> {
  const client = createGenesysClient({
    loginUrl: url,
    apiUrl: url,
    clientId: 'sandbox-client',
    clientSecret: 'sandbox-secret',
    callsPerMinute: 3000,
    requestTimeoutMs: PATIENCE_MS,
    now: Date.now,
    sleep: () => Promise.reject(new Error('a test slept')),
  });
  closeAfterTest(() => {
    client.close();
    return Promise.resolve();
  });
  await driveDirectory(client, played);
  await driveIntegrations(client);
  await driveSettings(client);
  await driveAssistants(client, played);
  await driveConversations(client, played);
  await driveAudits(client, played);
  await driveNotifications(client);
}

async function driveDirectory(client: GenesysClient, { sandbox }: Played): Promise<void> {
  await client.routing.lookUp('queue', [billing.id, orders.id]);
  await client.routing.lookUp(
    'skill',
    Object.values(SEEDED.skills).map(({ id }) => id),
  );
  await all(client.people.queues('Bill'));
  await all(client.people.membersOf(billing.id));
  await all(client.people.groups());
  const token = sandbox.org.oauth.tokenOfAgent(PANEL_CLIENT.id, sandbox.org.people.agents()[0]?.id ?? '');
  await client.agents.whoseIs(token);
  await client.agents.conversationsOf(token);
}

async function driveIntegrations({ integrations }: GenesysClient): Promise<void> {
  const { id } = await integrations.create(INTERACTION_WIDGET, 'Assist Rollouts');
  const config = await integrations.readConfig(id);
  await integrations.putConfig(id, { ...config, properties: { url: 'https://panel.example' } });
  await integrations.switchTo(id, 'ENABLED');
  await integrations.get(id);
  expect(await integrations.findByName(INTERACTION_WIDGET, 'Assist Rollouts')).toHaveLength(1);
}

async function driveSettings({ organisation }: GenesysClient): Promise<void> {
  await organisation.token();
  await organisation.checkToken();
  await organisation.grants();
  await organisation.limits('platform.api');
  await organisation.transcription();
  await organisation.topics();
}

async function driveAssistants({ assistants }: GenesysClient, { sandbox }: Played): Promise<void> {
  const users = sandbox.org.traffic.agentIds().slice(0, 2);
  await all(assistants.list(candidate.name));
  await assistants.get(candidate.id);
  await assistants.putQueue(candidate.id, { id: orders.id, mediaTypes: ['Call'] });
  await assistants.patchQueues(candidate.id, [{ id: orders.id, mediaTypes: ['Call', 'Message'] }]);
  await assistants.queuesAmong([billing.id, orders.id]);
  await all(assistants.queuesOf(candidate.id));
  await assistants.ofQueue(orders.id);
  const { id } = await assistants.startAssignment(candidate.id, orders.id, 'ManualAssignment');
  await assistants.assignmentJob(candidate.id, orders.id, id);
  await assistants.addUsers(candidate.id, orders.id, users);
  await assistants.usersAmong(candidate.id, orders.id, users);
  await assistants.removeUsers(candidate.id, orders.id, users);
  await assistants.removeQueue(candidate.id, orders.id);
}

async function driveConversations(client: GenesysClient, { sandbox, truth, now }: Played): Promise<void> {
  const segmentFilters = [
    { type: 'and', predicates: [{ type: 'dimension', dimension: 'queueId', value: billing.id }] },
  ];
  await all(client.conversations.details({ ...SPAN, segmentFilters }));
  const ended = sandbox.org.conversations.all().filter(({ endMs }) => endMs <= now());
  const [spoken] = ended.filter(({ mediaType }) => mediaType === 'voice');
  await client.conversations.get(spoken?.id ?? '');
  await client.conversations.detailsOf(spoken?.id ?? '');
  await client.transcripts.read(spoken?.id ?? '', `${spoken?.id}:customer`);
  const [typed] = ended.filter(({ mediaType }) => mediaType === 'message');
  await client.messages.read(typed?.id ?? '', ['one']);
  const [third] = suggestionsOf(await truth(), 'ThirdPartySuggestion').filter(({ state }) => state === 'Suggested');
  const [conversation, id] = [String(third?.conversationId), String(third?.id)];
  await all(client.suggestions.list(conversation, { type: 'ThirdPartySuggestion', state: 'Suggested' }));
  await client.suggestions.get(conversation, id);
  await client.suggestions.answer(conversation, id, { title: 'T', text: 'x', sources: [] });
  const groupBy = ['agentAssistantId'];
  await client.aggregates.agentCopilots({ ...SPAN, groupBy, metrics: ['nDistinctSuggestions'] });
  await client.aggregates.conversations({ ...SPAN, groupBy, metrics: ['tHandle', 'nTransferred'] });
}

async function driveAudits({ audits }: GenesysClient, { play }: Played): Promise<void> {
  const query = { ...SPAN, service: 'Integrations' };
  await all(audits.recent(query));
  const id = await audits.start(query);
  play(1_000);
  await audits.state(id);
  await all(audits.results(id));
}

async function driveNotifications({ notifications }: GenesysClient): Promise<void> {
  const { id } = await notifications.createChannel();
  await notifications.replaceTopics(id, [`v2.routing.queues.${billing.id}.conversations`]);
  await notifications.addTopics(id, ['v2.conversations.one.transcription']);
  await notifications.hasChannel(id);
}

async function all(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items) void _;
}
