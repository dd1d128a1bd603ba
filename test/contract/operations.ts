/** Every operation of the sandbox that the public API has, called through the official JavaScript SDK. */
import { createHash } from 'node:crypto';
import { SEEDED_ASSISTANTS } from '../../src/sandbox/copilot/seeded-assistants.ts';
import { PANEL_CLIENT } from '../../src/sandbox/options.ts';
import { INTERACTION_WIDGET } from '../../src/sandbox/integrations/types.ts';
import { SEEDED } from '../../src/sandbox/seeded-organisation.ts';
import type { OfficialSdk } from '../helpers/official-sdk.ts';
import { suggestionsOf } from '../sandbox/copilot/helpers.ts';
import type { Played } from '../sandbox/copilot/helpers.ts';

const { billing, orders } = SEEDED.queues;
const { candidate } = SEEDED_ASSISTANTS;
const INTERVAL = '2026-05-01T00:00:00Z/2026-05-02T00:00:00Z';

export async function driveEveryOperation(sdk: OfficialSdk, played: Played): Promise<void> {
  await driveIntegrations(sdk);
  await driveRouting(sdk, played);
  await driveDirectory(sdk);
  await driveConversations(sdk, played);
  await driveNotifications(sdk, played);
  await driveOrganisation(sdk);
  await driveAudits(sdk, played);
  await driveAssistants(sdk, played);
  await driveSuggestions(sdk, played);
  await driveAnalytics(sdk);
  await driveAgent(sdk, played);
}

async function driveIntegrations(sdk: OfficialSdk): Promise<void> {
  const api = new sdk.IntegrationsApi();
  await api.getIntegrationsTypes();
  await api.getIntegrationsType(INTERACTION_WIDGET);
  await api.getIntegrationsTypeConfigschema(INTERACTION_WIDGET, 'properties');
  const body = { name: 'Panel', integrationType: { id: INTERACTION_WIDGET } };
  const id = String((await api.postIntegrations({ body })).id);
  const config = await api.getIntegrationConfigCurrent(id);
  const properties = { url: 'https://panel.example/?c={{gcConversationId}}', queueIdFilterList: [billing.id] };
  const written = await api.putIntegrationConfigCurrent(id, { body: { ...config, properties } });
  expect(written).toMatchObject({ version: 2, properties });
  await expect(api.putIntegrationConfigCurrent(id, { body: config })).rejects.toMatchObject({
    status: 409,
    code: 'version.conflict',
  });
  await api.patchIntegration(id, { body: { intendedState: 'ENABLED' } });
  const listed = await api.getIntegrations({ integrationType: INTERACTION_WIDGET, expand: ['config.current'] });
  expect(listed.entities).toMatchObject([{ id, config: { current: { version: 2 } } }]);
  expect((await api.getIntegration(id)).intendedState).toBe('ENABLED');
  await api.deleteIntegration(id);
}

async function driveRouting(sdk: OfficialSdk, { sandbox }: Played): Promise<void> {
  const api = new sdk.RoutingApi();
  const two = await api.getRoutingQueues({ id: [billing.id, orders.id], sortOrder: 'desc' });
  expect(two.entities?.map(({ name }) => name)).toEqual(['Orders', 'Billing']);
  const skills = Object.values(SEEDED.skills).map(({ id }) => id);
  expect((await api.getRoutingSkills({ id: skills })).total).toBe(3);
  await api.getRoutingSkill(String(skills[0]));
  const made = await api.postRoutingQueues({ name: 'Made' });
  const id = String(made.id);
  await api.putRoutingQueue(id, { name: 'Renamed' });
  const members = sandbox.org.people.agents().slice(0, 2);
  await api.postRoutingQueueMembers(
    id,
    members.map((agent) => ({ id: agent.id })),
  );
  expect((await api.getRoutingQueue(id)).memberCount).toBe(2);
  expect((await api.getRoutingQueueMembers(id)).entities).toHaveLength(2);
  await api.deleteRoutingQueue(id);
  const settings = await api.getRoutingSettingsTranscription();
  await api.putRoutingSettingsTranscription(settings);
  await api.patchRoutingSettingsTranscription({ ...settings, lowLatencyTranscriptionEnabled: true });
  await api.getRoutingQueueAssistant(billing.id, { expand: ['assistant', 'copilot'] });
}

async function driveDirectory(sdk: OfficialSdk): Promise<void> {
  const users = await new sdk.UsersApi().getUsers({ pageSize: 2 });
  const ids = (users.entities ?? []).map(({ id }) => String(id));
  expect((await new sdk.UsersApi().getUsers({ id: ids })).total).toBe(2);
  await new sdk.UsersApi().getUser(String(ids[0]), { expand: ['groups'] });
  const groups = await new sdk.GroupsApi().getGroups();
  await new sdk.GroupsApi().getGroup(String(groups.entities?.[0]?.id));
  const team = SEEDED.teams.nights.id;
  await new sdk.TeamsApi().postTeamMembers(team, { memberIds: ids });
  await new sdk.TeamsApi().getTeam(team);
  expect((await new sdk.TeamsApi().getTeamMembers(team, { pageSize: 2 })).entities).toHaveLength(2);
}

async function driveConversations(sdk: OfficialSdk, { sandbox, now }: Played): Promise<void> {
  const api = new sdk.ConversationsApi();
  const ended = sandbox.org.conversations.all().filter(({ endMs }) => endMs <= now());
  const [typed] = ended.filter(({ mediaType }) => mediaType === 'message');
  const conversation = await api.getConversation(String(typed?.id));
  const messages = conversation.participants?.[0]?.messages?.[0]?.messages ?? [];
  const ids = messages.map(({ messageId }) => String(messageId));
  const texts = await api.postConversationsMessageMessagesBulk(String(typed?.id), { body: ids });
  expect(texts.entities?.map(({ normalizedMessage }) => normalizedMessage?.text)).toEqual(
    typed?.utterances.map(({ text }) => text),
  );
  const [spoken] = ended.filter(({ mediaType }) => mediaType === 'voice');
  const call = await api.getConversation(String(spoken?.id));
  const communication = String(call.participants?.[0]?.calls?.[0]?.id);
  const speech = new sdk.SpeechTextAnalyticsApi();
  const { url } = await speech.getSpeechandtextanalyticsConversationCommunicationTranscripturl(
    String(spoken?.id),
    communication,
  );
  expect(url).toContain('/transcripts/');
}

async function driveNotifications(sdk: OfficialSdk, { sandbox }: Played): Promise<void> {
  const api = new sdk.NotificationsApi();
  const topics = await api.getNotificationsAvailabletopics({ expand: ['transports', 'requiresPermissions'] });
  expect(topics.entities?.length).toBeGreaterThan(200);
  const id = String((await api.postNotificationsChannels()).id);
  const queue = { id: `v2.routing.queues.${billing.id}.conversations` };
  await api.putNotificationsChannelSubscriptions(id, [queue]);
  const conversation = sandbox.org.conversations.all()[0]?.id;
  const speech = { id: `v2.conversations.${conversation}.transcription` };
  const states = await api.postNotificationsChannelSubscriptions(id, [speech], { ignoreErrors: true });
  expect(states.entities?.map(({ state }) => state)).toEqual(['Permitted', 'Permitted']);
  await expect(api.postNotificationsChannelSubscriptions(id, [{ id: 'v2.nothing.of.the.kind' }])).rejects.toMatchObject(
    { code: 'notification.invalid.topic' },
  );
  await api.getNotificationsChannelSubscriptions(id);
  expect((await api.getNotificationsChannels()).entities?.map((channel) => channel.id)).toEqual([id]);
  await api.headNotificationsChannel(id);
  await api.deleteNotificationsChannelSubscriptions(id);
}

async function driveOrganisation(sdk: OfficialSdk): Promise<void> {
  const organisation = new sdk.OrganizationApi();
  await organisation.getOrganizationsLimitsNamespaces();
  await organisation.getOrganizationsLimitsNamespace('platform.api');
  await organisation.getOrganizationsLimitsNamespaceDefaults('platform.api');
  const clients = await new sdk.OAuthApi().getOauthClients();
  await new sdk.OAuthApi().getOauthClient(String(clients.entities?.[0]?.id));
  await new sdk.AuthorizationApi().getAuthorizationSubjectsMe();
  await new sdk.TokensApi().getTokensMe();
  await new sdk.TokensApi().headTokensMe();
}

async function driveAudits(sdk: OfficialSdk, { play }: Played): Promise<void> {
  const api = new sdk.AuditApi();
  await api.getAuditsQueryServicemapping();
  await api.getAuditsQueryRealtimeServicemapping();
  const found = await api.postAuditsQueryRealtime({ interval: INTERVAL, serviceName: 'Integrations' });
  expect(found.entities?.map(({ action }) => action)).toEqual(['Delete', 'Update', 'Update', 'Create']);
  await api.postAuditsQueryRealtimeRelated({ auditId: String(found.entities?.[0]?.id) });
  const { id } = await api.postAuditsQuery({
    interval: INTERVAL,
    sort: [{ name: 'Timestamp', sortOrder: 'descending' }],
  });
  play(1_000);
  expect((await api.getAuditsQueryTransactionId(String(id))).state).toBe('Succeeded');
  await api.getAuditsQueryTransactionIdResults(String(id), { pageSize: 2 });
}

async function driveAssistants(sdk: OfficialSdk, { sandbox }: Played): Promise<void> {
  const api = new sdk.AgentAssistantsApi();
  const copilots = new sdk.AgentCopilotApi();
  const body = { name: 'Made', transcriptionConfig: { vendorName: 'Genesys' } };
  const id = String((await api.postAssistants(body)).id);
  await api.getAssistants({ name: 'Made' });
  await api.patchAssistant(id, { ...body, name: 'Kept' });
  await copilots.putAssistantCopilot(id, await copilots.getAssistantCopilot(candidate.id));
  await api.getAssistant(id, { expand: 'copilot' });
  await api.putAssistantQueue(id, orders.id, { id: orders.id, mediaTypes: ['Call'] });
  await api.patchAssistantQueues(id, [{ id: billing.id, mediaTypes: ['Call', 'Message'] }]);
  await api.getAssistantQueues(id);
  await api.getAssistantQueue(id, orders.id, { expand: 'assistant' });
  await api.getAssistantsQueues({ queueIds: billing.id });
  const job = await api.postAssistantQueueUsersJobs(id, orders.id, { action: 'ManualAssignment' });
  await api.getAssistantQueueUsersJob(id, orders.id, String(job.id));
  const users = {
    entities: sandbox.org.traffic
      .agentIds()
      .slice(0, 2)
      .map((agent) => ({ id: agent })),
  };
  await api.postAssistantQueueUsersBulkAdd(id, orders.id, users);
  await api.postAssistantQueueUsersQuery(id, orders.id, users);
  await api.postAssistantQueueUsersBulkRemove(id, orders.id, users);
  await api.deleteAssistantQueue(id, orders.id);
  await api.deleteAssistantQueues(id, { queueIds: billing.id });
  await api.deleteAssistant(id);
}

async function driveSuggestions(sdk: OfficialSdk, { truth }: Played): Promise<void> {
  const api = new sdk.ConversationsApi();
  const [third] = suggestionsOf(await truth(), 'ThirdPartySuggestion').filter(({ state }) => state === 'Suggested');
  const [conversation, id] = [String(third?.conversationId), String(third?.id)];
  await api.getConversationSuggestions(conversation);
  await api.getConversationSuggestion(conversation, id);
  await api.patchConversationSuggestion(conversation, id, { thirdPartySuggestion: { title: 'T', text: 'x' } });
  await api.postConversationSuggestionEngagement(conversation, id, { engagementType: 'Opened' });
}

async function driveAnalytics(sdk: OfficialSdk): Promise<void> {
  const api = new sdk.AnalyticsApi();
  const predicates = [{ type: 'dimension', dimension: 'queueId', operator: 'matches', value: billing.id }];
  const details = await api.postAnalyticsConversationsDetailsQuery({
    interval: INTERVAL,
    order: 'asc',
    orderBy: 'conversationStart',
    paging: { pageSize: 25, pageNumber: 1 },
    segmentFilters: [{ type: 'and', predicates }],
  });
  expect(details.totalHits).toBeGreaterThan(0);
  await api.getAnalyticsConversationDetails(String(details.conversations?.[0]?.conversationId));
  const groupBy = ['agentAssistantId'];
  await api.postAnalyticsAgentcopilotsAggregatesQuery({
    interval: INTERVAL,
    groupBy,
    metrics: ['nDistinctSuggestions'],
  });
  await api.postAnalyticsConversationsAggregatesQuery({ interval: INTERVAL, groupBy, metrics: ['tHandle'] });
}

/** Last: from here on the SDK speaks for an agent, whose token is then void. */
async function driveAgent(sdk: OfficialSdk, { sandbox }: Played): Promise<void> {
  const verifier = 'v'.repeat(64);
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const redirectUri = 'http://127.0.0.1:8460/panel';
  const agent = sandbox.org.people.agents()[0]?.id ?? '';
  const query = { client_id: PANEL_CLIENT.id, redirect_uri: redirectUri, response_type: 'code', agent };
  const asked = new URLSearchParams({ ...query, code_challenge: challenge, code_challenge_method: 'S256' });
  const answer = await fetch(`${sandbox.url}/oauth/authorize?${asked.toString()}`, { redirect: 'manual' });
  const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
  await sdk.ApiClient.instance.authorizePKCEGrant(PANEL_CLIENT.id, verifier, code, redirectUri);
  expect((await new sdk.UsersApi().getUsersMe()).id).toBe(agent);
  await new sdk.ConversationsApi().getConversations();
  await new sdk.TokensApi().deleteTokensMe();
  await expect(new sdk.TokensApi().getTokensMe()).rejects.toMatchObject({ status: 401, code: 'bad.credentials' });
}
