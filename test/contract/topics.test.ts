/** What topics tell has the fields, and no others, that the official SDK's models of them have. */
import { INTERACTION_WIDGET } from '../../src/sandbox/integrations/types.ts';
import { givenPlayed } from '../sandbox/copilot/helpers.ts';
import { readModels, strangersIn } from './sdk-models.ts';

/** As the SDK maps topics to models. */
const SUGGESTIONS = {
  intent: 'ConversationIntentSuggestionsTopicIntentSuggestionEvent',
  'knowledge.article': 'ConversationKnowledgeArticleSuggestionsTopicKnowledgeArticleSuggestionEvent',
  'knowledge.search': 'ConversationKnowledgeSearchSuggestionsTopicKnowledgeSearchSuggestionEvent',
  response: 'ConversationResponseSuggestionsTopicCannedResponseSuggestionEvent',
  script: 'ConversationScriptSuggestionsTopicScriptSuggestionEvent',
  thirdpartyaction: 'ConversationThirdPartyActionSuggestionsTopicThirdPartyActionSuggestionEvent',
};
const MODELS: readonly (readonly [RegExp, string])[] = [
  [/^v2\.routing\.queues\.[^.]+\.conversations$/, 'QueueConversationEventTopicConversation'],
  [/^v2\.conversations\.[^.]+\.transcription$/, 'TranscriptionTopicTranscriptionMessage'],
  [/^v2\.audits\.entitytype\.[^.]+\.entityid\.[^.]+$/, 'AuditTopicAuditLogMessage'],
  ...Object.entries(SUGGESTIONS).map(
    ([kind, model]) => [new RegExp(`^v2\\.conversations\\.[^.]+\\.suggestions\\.${kind}$`), model] as const,
  ),
];

test('every event that is told fits its model', async () => {
  const { sandbox, play, call } = await givenPlayed();
  const { channels } = sandbox.org;
  const told: { readonly topic: string; readonly body: unknown }[] = [];
  // Every topic there is, without a subscription to each conversation.
  channels.publish = (topic, bodyOf) => {
    told.push({ topic, body: JSON.parse(JSON.stringify(bodyOf())) as unknown });
  };
  await call('POST', '/api/v2/notifications/channels');
  play(30_000);
  await call('POST', '/api/v2/integrations', { name: 'Panel', integrationType: { id: INTERACTION_WIDGET } });

  const models = readModels();
  const seen = new Set<string>();
  const strangers = new Set<string>();
  for (const { topic, body } of told) {
    const model = MODELS.find(([form]) => form.test(topic))?.[1];
    if (model === undefined) strangers.add(`${topic} is in no mapping`);
    else for (const stranger of strangersIn(body, `Models.${model}`, models, model)) strangers.add(stranger);
    seen.add(model ?? topic);
  }
  expect([...strangers]).toEqual([]);
  expect([...seen].sort()).toEqual(
    expect.arrayContaining([
      'AuditTopicAuditLogMessage',
      'QueueConversationEventTopicConversation',
      'TranscriptionTopicTranscriptionMessage',
      SUGGESTIONS.thirdpartyaction,
    ]),
  );
});
