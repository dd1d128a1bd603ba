/**
 * Agent Copilot in the conversations that traffic plays: which assistant serves one, what it suggests when, what the
 * agent does with it, and how the conversation is handled.
 */
import type { Channels } from '../channels.ts';
import type { Conversation } from '../conversations.ts';
import { TimeHeap } from '../heap.ts';
import { utteranceIdOf } from '../speech.ts';
import { createDraws } from '../traffic/draws.ts';
import type { Draws } from '../traffic/draws.ts';
import { drawFate, NO_CARD } from '../traffic/models.ts';
import type { AgentEffect, Models } from '../traffic/models.ts';
import type { ScriptedUtterance } from '../traffic/script.ts';
import type { AssistantQueues } from './assistant-queues.ts';
import type { Assistants } from './assistants.ts';
import type { Assistant } from './bodies.ts';
import { drawOutcome, modelFor } from './handling.ts';
import { assistantOf, stateOf } from './record.ts';
import type { CopilotRecord, RecognisedIntent, Suggestion, SuggestionContext, TriggerType } from './record.ts';
import { fired, intentIn } from './rules.ts';
import type { Fired } from './rules.ts';
import type { CopilotSettings } from './settings.ts';
import { intentEvent } from './suggestion-shapes.ts';
import { Suggestions } from './suggestions.ts';

export interface CopilotTrafficPorts {
  readonly assistants: Assistants;
  readonly queues: AssistantQueues;
  readonly channels: () => Channels;
  readonly find: (conversationId: string) => Conversation | undefined;
  readonly effectOf: (agentId: string) => AgentEffect;
  /** How agents treat what is suggested, and handle the conversation. */
  readonly models: () => Models;
}

interface Played extends Conversation {
  readonly copilot: CopilotRecord;
}

interface Happening {
  readonly at: number;
  readonly happen: (atMs: number) => void;
}

const SUGGESTION_DRAWS = 0x73756767;
const FATE_DRAWS = 0x66617465;
const OUTCOME_DRAWS = 0x68616e64;

export class CopilotTraffic {
  readonly suggestions: Suggestions;
  readonly #settings: CopilotSettings;
  readonly #ports: CopilotTrafficPorts;
  readonly #heap = new TimeHeap<Happening>();

  constructor(settings: CopilotSettings, ports: CopilotTrafficPorts) {
    this.#settings = settings;
    this.#ports = ports;
    this.suggestions = new Suggestions(settings, {
      publish: (topic, bodyOf) => {
        ports.channels().publish(topic, bodyOf);
      },
      onText: (suggestion, atMs) => {
        this.#decide(suggestion, atMs, suggestion.text?.title);
      },
    });
  }

  /** The conversation with what the copilot will have done in it. */
  begin(conversation: Conversation): Conversation {
    const record: CopilotRecord = { assistants: [], suggestions: [], shown: [] };
    const played: Played = { ...conversation, copilot: record };
    const { startMs, endMs, utterances } = played;
    const assistant = this.#serving(played, startMs);
    if (assistant !== undefined) this.#suggest(played, assistant, startMs, 'ConversationStart');
    for (const said of utterances) {
      if (!said.isFinal) continue;
      this.#heap.push({
        at: startMs + said.afterMs + this.#settings.suggestionDelayMs,
        happen: (atMs) => {
          this.#hear(played, said, atMs);
        },
      });
    }
    this.#heap.push({
      at: endMs,
      happen: (atMs) => {
        this.#end(played, atMs);
      },
    });
    return played;
  }

  advance(nowMs: number): void {
    for (let due = this.#heap.popDue(nowMs); due !== undefined; due = this.#heap.popDue(nowMs)) due.happen(due.at);
  }

  /** Something was shown in this conversation, such as a card; its handling follows the model of that name, if any. */
  show(conversationId: string, key: string): boolean {
    const record = this.#ports.find(conversationId)?.copilot;
    if (record?.outcome === undefined) record?.shown.push(key);
    return record !== undefined;
  }

  #hear(played: Played, said: ScriptedUtterance, atMs: number): void {
    const assistant = this.#serving(played, atMs);
    if (assistant === undefined) return;
    this.#suggest(played, assistant, atMs, 'Intent', said);
  }

  #suggest(
    played: Played,
    assistant: Assistant,
    atMs: number,
    moment: Exclude<TriggerType, 'Fallback'>,
    said?: ScriptedUtterance,
  ): void {
    const { id, queueId, agentId: userId, mediaType, language, copilot } = played;
    const place = { conversationId: id, assistantId: assistant.id, queueId, userId, mediaType, language };
    const intent = said === undefined ? undefined : intentIn(said.text, said.confidence);
    const cause = (): Pick<SuggestionContext, 'said'> => (said === undefined ? {} : { said: heard(id, said, intent) });
    if (intent !== undefined)
      this.#ports
        .channels()
        .publish(`v2.conversations.${id}.suggestions.intent`, () =>
          intentEvent({ ...place, ...cause(), triggerType: moment }, atMs),
        );
    for (const what of fired(assistant, moment, intent))
      this.#raise(copilot, { ...place, ...cause(), triggerType: what.triggerType }, what, atMs);
  }

  #raise(record: CopilotRecord, context: SuggestionContext, { type, subjectId }: Fired, atMs: number): void {
    const random = drawsOf(context.conversationId, SUGGESTION_DRAWS, record.suggestions.length);
    const id = random.uuid();
    const suggestion: Suggestion = {
      id,
      type,
      createdMs: atMs,
      context,
      subjectId: subjectId ?? random.uuid(),
      moves: [],
    };
    this.suggestions.raise(record, suggestion);
    if (type !== 'ThirdPartySuggestion') {
      this.#decide(suggestion, atMs);
      return;
    }
    this.#heap.push({
      at: atMs + this.#settings.thirdPartyTimeoutMs,
      happen: (at) => {
        this.suggestions.fail(suggestion, at);
      },
    });
  }

  /** What the agent will do with it; somebody who engages over the API goes first. */
  #decide(suggestion: Suggestion, atMs: number, title?: string): void {
    const { context, id } = suggestion;
    const { conversationId, assistantId, userId } = context;
    const model = modelFor(this.#ports.models(), [title, assistantId]);
    const fate = drawFate(model, this.#ports.effectOf(userId), drawsOf(conversationId, FATE_DRAWS, hashOf(id)));
    if (fate.latencyMs === null) return;
    if (title !== undefined) this.show(conversationId, title);
    const answer = fate.outcomes.find(({ outcome }) => outcome === 'accepted' || outcome === 'dismissed');
    if (answer === undefined) return;
    const engagementType = answer.outcome === 'accepted' ? 'Copied' : 'Dismissed';
    this.#heap.push({
      at: atMs + Math.round(answer.afterMs),
      happen: (at) => {
        if (stateOf(suggestion) === 'Suggested') this.suggestions.engage(suggestion, { engagementType }, at);
      },
    });
  }

  #end(played: Played, atMs: number): void {
    const { id, startMs, endMs, copilot: record } = played;
    const assistant = this.#serving(played, atMs);
    if (assistant !== undefined) this.#suggest(played, assistant, atMs, 'ConversationEnd');
    const shown = [...record.shown.toReversed(), assistant?.id];
    const keys = shown.some((key) => key !== undefined) ? shown : [NO_CARD];
    const model = modelFor(this.#ports.models(), keys);
    const times = { talkMs: endMs - startMs, endMs };
    record.outcome = drawOutcome(this.#settings, model, times, drawsOf(id, OUTCOME_DRAWS));
  }

  /** Asked once, or, where conversations do not keep their assistant, at each moment. */
  #serving({ copilot: record, queueId, agentId, mediaType }: Played, atMs: number): Assistant | undefined {
    if (record.assistants.length === 0 || !this.#settings.liveConversationsKeep) {
      const assistantId = this.#assigned(queueId, agentId, mediaType);
      if (record.assistants.length === 0 || assistantId !== assistantOf(record))
        record.assistants.push({ assistantId, fromMs: atMs });
    }
    const id = assistantOf(record);
    return id === undefined ? undefined : this.#ports.assistants.find(id);
  }

  #assigned(queueId: string, agentId: string, mediaType: Conversation['mediaType']): string | undefined {
    const { assistants, queues } = this.#ports;
    const queue = queues.ofQueue(queueId);
    if (queue?.mediaTypes.includes(mediaType === 'voice' ? 'Call' : 'Message') !== true) return undefined;
    if (!queues.assists(queueId, agentId)) return undefined;
    return assistants.find(queue.assistantId)?.state === 'Active' ? queue.assistantId : undefined;
  }
}

function heard(
  conversationId: string,
  { text, afterMs }: ScriptedUtterance,
  intent: RecognisedIntent | undefined,
): NonNullable<SuggestionContext['said']> {
  return { id: utteranceIdOf(conversationId, afterMs), text, ...(intent !== undefined && { intent }) };
}

/** A stream of this conversation alone, the same in every run with the same seed. */
function drawsOf(conversationId: string, ...key: readonly number[]): Draws {
  return createDraws(0, ...conversationId.split('-').map((part) => Number.parseInt(part, 16)), ...key);
}

function hashOf(id: string): number {
  return Number.parseInt(id.slice(0, 8), 16);
}
