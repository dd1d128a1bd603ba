/** What analytics counts of the conversations that the organisation remembers. */
import type { Conversation } from '../../conversations.ts';
import { assistantOf } from '../record.ts';
import type { Suggestion, SuggestionMove, SuggestionType } from '../record.ts';
import type { Fact } from './fact.ts';
import type { Vocabulary } from './query.ts';
import { CONVERSATION_DIMENSIONS, CONVERSATION_METRICS, COPILOT_DIMENSIONS, COPILOT_METRICS } from './words.ts';

export const CONVERSATION_WORDS: Vocabulary = {
  dimensions: CONVERSATION_DIMENSIONS,
  metrics: CONVERSATION_METRICS,
  imitatedDimensions: new Set([
    'agentAssistantId',
    'conversationId',
    'direction',
    'mediaType',
    'originatingDirection',
    'purpose',
    'queueId',
    'userId',
  ]),
  imitatedMetrics: new Set(['nConnected', 'nOffered', 'nTransferred', 'tAcw', 'tHandle', 'tTalk']),
};

/** Of the agent's part in each conversation. */
export function* conversationFacts(conversations: readonly Conversation[]): Iterable<Fact> {
  for (const { id, startMs, endMs, queueId, agentId, mediaType, copilot } of conversations) {
    const dimensions = {
      agentAssistantId: assistantOf(copilot),
      conversationId: id,
      direction: 'inbound',
      mediaType,
      originatingDirection: 'inbound',
      purpose: 'agent',
      queueId,
      userId: agentId,
    };
    const fact = (metric: string, value: number, eventMs: number): Fact => ({
      metric,
      value,
      dimensions,
      conversationStartMs: startMs,
      eventMs,
    });
    yield fact('nOffered', 1, startMs);
    yield fact('nConnected', 1, startMs);
    const outcome = copilot?.outcome;
    if (outcome === undefined) continue;
    if (outcome.transferred) yield fact('nTransferred', 1, endMs);
    yield fact('tTalk', outcome.talkMs, endMs);
    yield fact('tAcw', outcome.acwMs, outcome.atMs);
    yield fact('tHandle', outcome.handleMs, outcome.atMs);
  }
}

const COUNTED_AS: Readonly<Partial<Record<SuggestionType, string>>> = {
  CannedResponse: 'nCannedResponseSuggestions',
  KnowledgeArticle: 'nKnowledgeArticleSuggestions',
  KnowledgeSearch: 'nKnowledgeSearchSuggestions',
  Script: 'nScriptSuggestions',
};

export const COPILOT_WORDS: Vocabulary = {
  dimensions: COPILOT_DIMENSIONS,
  metrics: COPILOT_METRICS,
  imitatedDimensions: new Set([
    'agentAssistantId',
    'cannedResponseId',
    'conversationId',
    'engagementType',
    'feedbackRating',
    'knowledgeBaseDocumentId',
    'mediaType',
    'messageId',
    'queueId',
    'scriptId',
    'state',
    'suggestionId',
    'suggestionType',
    'triggerType',
    'userId',
    'utteranceId',
  ]),
  imitatedMetrics: new Set(['nDistinctConversations', 'nDistinctSuggestions', ...Object.values(COUNTED_AS)]),
};

/** A fact for each event of a suggestion: one that was accepted is found under Suggested and under Accepted. */
export function* copilotFacts(conversations: readonly Conversation[]): Iterable<Fact> {
  for (const { startMs, copilot } of conversations) {
    for (const suggestion of copilot?.suggestions ?? [])
      for (const move of suggestion.moves) yield* factsOf(suggestion, move, startMs);
  }
}

function* factsOf(suggestion: Suggestion, move: SuggestionMove, conversationStartMs: number): Iterable<Fact> {
  const about = { dimensions: dimensionsOf(suggestion, move), conversationStartMs, eventMs: move.atMs };
  const { id, type, context } = suggestion;
  yield { metric: 'nDistinctSuggestions', value: id, ...about };
  yield { metric: 'nDistinctConversations', value: context.conversationId, ...about };
  const kind = COUNTED_AS[type];
  if (kind !== undefined) yield { metric: kind, value: id, ...about };
}

function dimensionsOf(
  { id, type, context, subjectId }: Suggestion,
  { state, engagement }: SuggestionMove,
): Fact['dimensions'] {
  const { assistantId, conversationId, queueId, userId, mediaType, triggerType, said } = context;
  return {
    agentAssistantId: assistantId,
    cannedResponseId: type === 'CannedResponse' ? subjectId : undefined,
    conversationId,
    engagementType: engagement?.engagementType,
    feedbackRating: engagement?.feedback?.rating,
    knowledgeBaseDocumentId: type === 'KnowledgeArticle' || type === 'KnowledgeSearch' ? subjectId : undefined,
    mediaType,
    messageId: mediaType === 'message' ? said?.id : undefined,
    queueId,
    scriptId: type === 'Script' ? subjectId : undefined,
    state,
    suggestionId: id,
    suggestionType: type,
    triggerType,
    userId,
    utteranceId: mediaType === 'voice' ? said?.id : undefined,
  };
}
