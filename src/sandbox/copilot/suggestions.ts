/** Suggestions and what becomes of them. Every change of state is told on the conversation's topics. */
import { ApiError, badRequest, noSuchResource } from '../api-error.ts';
import type { Channels } from '../channels.ts';
import { stateOf } from './record.ts';
import type {
  CopilotRecord,
  Engagement,
  Suggestion,
  SuggestionMove,
  SuggestionState,
  ThirdPartyText,
} from './record.ts';
import type { CopilotSettings } from './settings.ts';
import { suggestionEvent, topicOf } from './suggestion-shapes.ts';

export interface SuggestionsPorts {
  readonly publish: Channels['publish'];
  /** Agents see the text of a third party from now on. */
  readonly onText: (suggestion: Suggestion, atMs: number) => void;
}

const ENGAGED: Readonly<Record<Engagement['engagementType'], SuggestionState>> = {
  Opened: 'Accepted',
  Copied: 'Accepted',
  Dismissed: 'Dismissed',
  Feedback: 'Rated',
};

export class Suggestions {
  readonly #settings: CopilotSettings;
  readonly #ports: SuggestionsPorts;

  constructor(settings: CopilotSettings, ports: SuggestionsPorts) {
    this.#settings = settings;
    this.#ports = ports;
  }

  raise(record: CopilotRecord, suggestion: Suggestion): void {
    record.suggestions.push(suggestion);
    const first: SuggestionMove = { atMs: suggestion.createdMs, state: 'Suggested' };
    suggestion.moves.push(first);
    const state = suggestion.type === 'ThirdPartySuggestion' ? this.#settings.thirdPartyFirstState : 'Suggested';
    this.#ports.publish(topicOf(suggestion), () => ({ ...suggestionEvent(suggestion, first), state }));
  }

  /** The text of a third party; whether a second one is taken is a setting. */
  answer(suggestion: Suggestion, text: ThirdPartyText, nowMs: number): void {
    if (suggestion.type !== 'ThirdPartySuggestion')
      throw badRequest(`Suggestion ${suggestion.id} is a ${suggestion.type}, not one of a third party.`);
    if (stateOf(suggestion) === 'Failed') throw conflicting();
    const isFirst = suggestion.text === undefined;
    if (!isFirst && this.#settings.secondPatch === 'refused') throw conflicting();
    suggestion.text = text;
    suggestion.textMs = nowMs;
    if (this.#settings.patchIsTold) this.#tell(suggestion, { atMs: nowMs, state: stateOf(suggestion) });
    if (isFirst) this.#ports.onText(suggestion, nowMs);
  }

  engage(suggestion: Suggestion, engagement: Engagement, nowMs: number): void {
    if (stateOf(suggestion) === 'Failed') throw conflicting();
    this.#move(suggestion, { atMs: nowMs, state: ENGAGED[engagement.engagementType], engagement });
  }

  /** Where nobody answered in time. */
  fail(suggestion: Suggestion, atMs: number): void {
    if (suggestion.text === undefined && stateOf(suggestion) === 'Suggested')
      this.#move(suggestion, { atMs, state: 'Failed' });
  }

  #move(suggestion: Suggestion, move: SuggestionMove): void {
    suggestion.moves.push(move);
    this.#tell(suggestion, move);
  }

  #tell(suggestion: Suggestion, move: SuggestionMove): void {
    this.#ports.publish(topicOf(suggestion), () => suggestionEvent(suggestion, move));
  }
}

export function suggestionIn(record: CopilotRecord | undefined, id: string): Suggestion {
  const found = record?.suggestions.find((suggestion) => suggestion.id === id);
  if (found === undefined) throw noSuchResource();
  return found;
}

function conflicting(): ApiError {
  return new ApiError({
    status: 409,
    code: 'request.conflict',
    message: 'The request conflicts with the current state of the target resource.',
  });
}
