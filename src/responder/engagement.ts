/** What is told of suggestions, as the events of our cards: a suggestion is a card, by the suggestion's own id. */
import { WITHHELD_EVENT_TYPE } from '../domain/events/event.ts';
import type { EngagementEvent } from '../domain/events/event.ts';
import type { VersionRef } from '../domain/rollout/deployment.ts';
import type { SuggestionState, SuggestionTold } from './suggestion-told.ts';

/** `failed` and `rated` are kept and counted: no metric of ours follows from them. */
const NAMES: Readonly<Record<SuggestionState, string>> = {
  Suggested: 'triggered',
  Triggered: 'triggered',
  Accepted: 'accepted',
  Dismissed: 'dismissed',
  Failed: 'failed',
  Rated: 'rated',
};

/** Sorts after every id: an event that knows the agent tells who it was. */
const UNKNOWN_AGENT = 'unknown';

export interface Of {
  readonly actionName: string;
  readonly version: Pick<VersionRef, 'id' | 'version'>;
  /** When the card was triggered, as far as it is known; ms since the epoch. */
  readonly triggeredMs?: number | undefined;
}

export function eventOf(told: SuggestionTold, of: Of): EngagementEvent {
  return cardEvent(told, of, NAMES[told.state]);
}

/** The rule asked, and in this conversation's arm no text is shown. */
export function withheldEvent(told: SuggestionTold, of: Of): EngagementEvent {
  return { ...cardEvent(told, of, 'withheld'), type: WITHHELD_EVENT_TYPE };
}

function cardEvent(told: SuggestionTold, { actionName, version, triggeredMs }: Of, name: string): EngagementEvent {
  const { suggestionId, conversationId, queueId, userId, mediaType, language, atMs } = told;
  return {
    // Several events of a state are one: the first counts.
    id: `${suggestionId}/${name}`,
    type: `agentassist.action.${name}`,
    occurredAt: new Date(atMs).toISOString(),
    conversationId,
    cardId: suggestionId,
    actionId: version.id,
    actionName: `${actionName} v${version.version}`,
    version: version.version,
    agentId: userId ?? UNKNOWN_AGENT,
    queueId,
    ...(mediaType !== null && { mediaType }),
    ...(language !== null && { language }),
    triggeredAt: new Date(Math.min(atMs, triggeredMs ?? atMs)).toISOString(),
  };
}

export interface Handled {
  readonly conversationId: string;
  readonly queueId: string;
  readonly agentId: string;
  readonly mediaType: string | null;
  readonly atMs: number;
}

/** Of an agent who handles a conversation with or without the assistant: what is compared is conversations. */
export function handledEvent(
  { conversationId, queueId, agentId, mediaType, atMs }: Handled,
  { actionName, version }: Of,
  isAssisted: boolean,
): EngagementEvent {
  const cardId = `${conversationId}/${agentId}`;
  return {
    id: `${cardId}/handled`,
    type: isAssisted ? 'agentassist.action.triggered' : WITHHELD_EVENT_TYPE,
    occurredAt: new Date(atMs).toISOString(),
    conversationId,
    cardId,
    actionId: version.id,
    actionName: `${actionName} v${version.version}`,
    version: version.version,
    agentId,
    queueId,
    ...(mediaType !== null && { mediaType }),
    triggeredAt: new Date(atMs).toISOString(),
  };
}
