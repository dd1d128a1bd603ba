/**
 * The conversations that the organisation remembers: the latest ones, in a ring, compact until someone asks for
 * details.
 */
import { assistantOf } from './copilot/record.ts';
import type { CopilotRecord } from './copilot/record.ts';
import type { Mutable } from '../domain/shared/mutable.ts';
import type { ScriptedUtterance } from './traffic/script.ts';

export interface Conversation {
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly queueId: string;
  readonly skillIds: readonly string[];
  /** Who is on it now. */
  readonly agentId: string;
  /** Who was before, and until when. */
  readonly before?: readonly { readonly agentId: string; readonly untilMs: number }[];
  readonly mediaType: 'voice' | 'message';
  readonly language: string;
  readonly utterances: readonly ScriptedUtterance[];
  /** Moves while the conversation runs. */
  readonly copilot?: CopilotRecord;
}

export function isSaid({ startMs }: Conversation, { afterMs }: ScriptedUtterance, nowMs: number): boolean {
  return startMs + afterMs <= nowMs;
}

export class ConversationRing {
  readonly #capacity: number;
  readonly #ring: Conversation[] = [];
  readonly #byId = new Map<string, Conversation>();
  readonly #byAgent = new Map<string, Conversation[]>();
  #next = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(conversation: Conversation): void {
    const oldest = this.#ring[this.#next];
    if (oldest !== undefined) this.#byId.delete(oldest.id);
    this.#ring[this.#next] = conversation;
    this.#byId.set(conversation.id, conversation);
    this.#next = (this.#next + 1) % this.#capacity;
    const { agentId, startMs } = conversation;
    this.#byAgent.set(agentId, [...this.runningOf(agentId, startMs), conversation]);
  }

  /** Those that an agent is on, in the order in which they began. */
  runningOf(agentId: string, nowMs: number): readonly Conversation[] {
    const running = (this.#byAgent.get(agentId) ?? []).filter(({ endMs }) => endMs > nowMs);
    this.#byAgent.set(agentId, running);
    return running;
  }

  /** Whoever holds the conversation sees that another agent is on it from here on. */
  transfer(id: string, agentId: string, nowMs: number): Conversation | undefined {
    const conversation: Mutable<Conversation> | undefined = this.find(id);
    if (conversation === undefined || conversation.endMs <= nowMs) return undefined;
    const { agentId: from, before = [] } = conversation;
    this.#byAgent.set(
      from,
      this.runningOf(from, nowMs).filter((one) => one !== conversation),
    );
    conversation.before = [...before, { agentId: from, untilMs: nowMs }];
    conversation.agentId = agentId;
    this.#byAgent.set(agentId, [...this.runningOf(agentId, nowMs), conversation]);
    return conversation;
  }

  /** As if it had been said from the beginning. */
  say(id: string, said: ScriptedUtterance): Conversation | undefined {
    const conversation: Mutable<Conversation> | undefined = this.find(id);
    if (conversation === undefined) return undefined;
    conversation.utterances = [...conversation.utterances, said];
    return conversation;
  }

  find(id: string): Conversation | undefined {
    return this.#byId.get(id);
  }

  /** No order. */
  all(): readonly Conversation[] {
    return this.#ring;
  }
}

/** The public API's shape. Transcripts are not in it; a conversation that still runs has no end. */
export function presentConversation(conversation: Conversation, nowMs: number): Record<string, unknown> {
  const { id, startMs, endMs, queueId, skillIds, agentId, mediaType } = conversation;
  const ended = endMs <= nowMs;
  const segment = {
    segmentStart: iso(startMs),
    ...(ended && { segmentEnd: iso(endMs) }),
    segmentType: 'interact',
    queueId,
    conference: false,
  };
  const session = (purpose: string): Record<string, unknown> => ({
    sessionId: `${id}:${purpose}`,
    mediaType,
    direction: 'inbound',
  });
  return {
    conversationId: id,
    conversationStart: iso(startMs),
    ...(ended && { conversationEnd: iso(endMs) }),
    originatingDirection: 'inbound',
    divisionIds: [],
    participants: [
      {
        participantId: `${id}:customer`,
        purpose: 'customer',
        sessions: [{ ...session('customer'), segments: [segment] }],
      },
      {
        participantId: `${id}:agent`,
        purpose: 'agent',
        userId: agentId,
        sessions: [
          {
            ...session('agent'),
            ...handledAs(conversation, nowMs),
            segments: [{ ...segment, requestedRoutingSkillIds: skillIds }],
          },
        ],
      },
    ],
  };
}

/** What the agent's session tells of the assistant and, once he is done, of the handling. */
function handledAs({ startMs, endMs, copilot }: Conversation, nowMs: number): object {
  if (copilot === undefined) return {};
  const agentAssistantId = assistantOf(copilot);
  const { outcome } = copilot;
  const metric = (name: string, value: number, ms: number): object => ({ name, value, emitDate: iso(ms) });
  const metrics = [metric('nConnected', 1, startMs)];
  if (outcome !== undefined) metrics.push(metric('tTalk', outcome.talkMs, endMs));
  if (outcome?.transferred === true) metrics.push(metric('nTransferred', 1, endMs));
  if (outcome !== undefined && outcome.atMs <= nowMs)
    metrics.push(metric('tAcw', outcome.acwMs, outcome.atMs), metric('tHandle', outcome.handleMs, outcome.atMs));
  return { ...(agentAssistantId !== undefined && { agentAssistantId }), metrics };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
