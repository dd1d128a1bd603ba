/** A suggestion as callers read it, and as the topics tell it. */
import { stateOf } from './record.ts';
import type { Suggestion, SuggestionContext, SuggestionMove, SuggestionType } from './record.ts';

const TOPICS: Readonly<Record<SuggestionType, string>> = {
  KnowledgeArticle: 'knowledge.article',
  KnowledgeSearch: 'knowledge.search',
  CannedResponse: 'response',
  Script: 'script',
  ThirdPartySuggestion: 'thirdpartyaction',
};
const TITLE = 'Refund policy';

export function topicOf({ type, context }: Suggestion): string {
  return `v2.conversations.${context.conversationId}.suggestions.${TOPICS[type]}`;
}

/** The public API's `Suggestion`. */
export function presentSuggestion(suggestion: Suggestion): object {
  const { id, type, createdMs, context } = suggestion;
  const { conversationId, assistantId, queueId, userId, mediaType, triggerType, said } = context;
  const conversation = `/api/v2/conversations/${conversationId}`;
  return {
    id,
    conversation: { id: conversationId, selfUri: conversation },
    assistant: { id: assistantId, selfUri: `/api/v2/assistants/${assistantId}` },
    type,
    dateCreated: iso(createdMs),
    triggerType,
    state: stateOf(suggestion),
    context: {
      queue: { id: queueId, selfUri: `/api/v2/routing/queues/${queueId}` },
      mediaType: mediaType === 'voice' ? 'Voice' : 'Message',
      user: { id: userId, selfUri: `/api/v2/users/${userId}` },
      ...(said !== undefined && {
        [mediaType === 'voice' ? 'utterance' : 'message']: { id: said.id },
        queryStatement: said.text,
        participantType: 'Customer',
      }),
    },
    ...contentOf(suggestion),
    selfUri: `${conversation}/suggestions/${id}`,
  };
}

function contentOf({ type, subjectId: id, text }: Suggestion): object {
  switch (type) {
    case 'CannedResponse':
      return { cannedResponse: { response: { id } } };
    case 'Script':
      return { script: { script: { id } } };
    case 'KnowledgeArticle':
      return { knowledgeArticle: { title: TITLE, snippets: [], document: { id } } };
    case 'KnowledgeSearch':
      return { knowledgeSearch: { title: TITLE, snippets: [], confidence: 0.8, searchId: id, document: { id } } };
    case 'ThirdPartySuggestion':
      return text === undefined ? {} : { thirdPartySuggestion: text };
  }
}

/** The body of a topic's event: ids instead of references. */
export function suggestionEvent(suggestion: Suggestion, { atMs, state, engagement }: SuggestionMove): object {
  return {
    ...eventOf(suggestion.context, suggestion.id, atMs),
    state,
    ...(engagement !== undefined && {
      engagementType: engagement.engagementType,
      ...(engagement.feedback !== undefined && { feedback: engagement.feedback }),
    }),
    ...toldContentOf(suggestion),
  };
}

/** Of the topic `suggestions.intent`. */
export function intentEvent(context: SuggestionContext, atMs: number): object {
  const { id = '', intent } = context.said ?? {};
  const event = eventOf(context, id, atMs);
  return {
    ...event,
    state: 'Suggested',
    conversationIntents: { [intent?.id ?? id]: event.activeIntent },
  };
}

function eventOf(context: SuggestionContext, suggestionId: string, atMs: number): Record<string, unknown> {
  const { conversationId, assistantId, queueId, userId, mediaType, language, triggerType, said } = context;
  const intent = said?.intent;
  return {
    eventTime: iso(atMs),
    conversationId,
    suggestionId,
    triggerType,
    context: {
      queueId,
      mediaType: mediaType === 'voice' ? 'VOICE' : 'MESSAGE',
      userId,
      assistantId,
      language,
      ...(said !== undefined && {
        [mediaType === 'voice' ? 'utteranceId' : 'messageId']: said.id,
        queryStatement: said.text,
        participantType: 'Customer',
      }),
    },
    ...(intent !== undefined && {
      activeIntent: { intent: intent.name, intentId: intent.id, confidence: intent.confidence, detectedSlots: [] },
    }),
  };
}

function toldContentOf({ type, subjectId: id, text }: Suggestion): object {
  switch (type) {
    case 'CannedResponse':
      return { cannedResponse: { responseId: id } };
    case 'Script':
      return { script: { scriptId: id } };
    case 'KnowledgeArticle':
      return { knowledgeArticle: { title: TITLE, snippets: [], documentId: id } };
    case 'KnowledgeSearch':
      return { knowledgeSearch: { title: TITLE, snippets: [], confidence: 0.8, searchId: id, documentId: id } };
    case 'ThirdPartySuggestion':
      return text === undefined ? {} : { thirdPartySuggestion: text };
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
