/**
 * Simulated conversations. `advance(toMs)` plays everything up to an instant, in order, so the same code runs under the
 * real clock (in ticks) and under a made-up one. What a conversation consists of depends on the seed and its number
 * alone; which version it meets depends on the actions at that moment.
 */
import { surface } from './cards.ts';
import type { Agent, SimulatedCard } from './cards.ts';
import { drawAgentEffect } from './models.ts';
import type { AgentEffect, Models } from './models.ts';
import { AGENT_DRAWS, createDraws } from './draws.ts';
import type { Draws } from './draws.ts';
import { writeScript } from './script.ts';
import type { Script, ScriptSettings, ScriptedUtterance } from './script.ts';
import { estimateCards } from './estimate.ts';
import type { LiveVersion } from '../actions.ts';
import type { Conversation } from '../conversations.ts';
import { TimeHeap } from '../heap.ts';
import type { EngagementEvent, MetricEvent } from '../../domain/events/event.ts';

export interface TrafficSettings extends ScriptSettings {
  readonly cardsPerSecond: number;
  readonly running: boolean;
  readonly models: Models;
  /** How much agents differ, see `drawAgentEffect`. */
  readonly agentSpread: number;
  /** How long agent and customer stay in the conversation after the last that is said, besides what is drawn. */
  readonly lingerMs: number;
}

export interface TrafficPorts {
  /** Versions by the name of their action, as they stand now. */
  readonly live: () => ReadonlyMap<string, readonly LiveVersion[]>;
  readonly onConversation: (conversation: Conversation) => void;
  readonly onCard: (card: SimulatedCard) => void;
  readonly onEvent: (event: EngagementEvent) => void;
  /** Whoever measures something of the cards tells it beside the organisation. */
  readonly onMetric: (event: MetricEvent) => void;
}

export interface TrafficState {
  readonly running: boolean;
  readonly cardsPerSecond: number;
  readonly conversations: number;
  readonly cards: number;
}

type Happening =
  | {
      readonly at: number;
      readonly kind: 'utterance';
      readonly script: Script;
      readonly number: number;
      readonly utterance: ScriptedUtterance;
    }
  | { readonly at: number; readonly kind: 'event'; readonly event: EngagementEvent }
  | { readonly at: number; readonly kind: 'metric'; readonly event: MetricEvent };

export class Traffic {
  readonly #settings: TrafficSettings;
  readonly #ports: TrafficPorts;
  readonly #agents: readonly Agent[];
  readonly #effects: ReadonlyMap<string, AgentEffect>;
  readonly #gaps: Draws;
  readonly #heap = new TimeHeap<Happening>();
  #models: Models;
  #running = false;
  #cardsPerSecond: number;
  #gapMs = 0;
  #nextConversationAt = Number.POSITIVE_INFINITY;
  #conversations = 0;
  #cards = 0;

  constructor(settings: TrafficSettings, ports: TrafficPorts, nowMs: number) {
    this.#settings = settings;
    this.#ports = ports;
    this.#models = settings.models;
    this.#cardsPerSecond = settings.cardsPerSecond;
    this.#agents = Array.from({ length: settings.agents }, (_, i) => agentOf(i, settings));
    this.#effects = new Map(this.#agents.map(({ id, effect }) => [id, effect]));
    this.#gaps = createDraws(settings.seed, settings.incarnation, 0x67617073);
    this.set({ running: settings.running }, nowMs);
  }

  state(): TrafficState {
    const [running, cardsPerSecond] = [this.#running, this.#cardsPerSecond];
    return { running, cardsPerSecond, conversations: this.#conversations, cards: this.#cards };
  }

  /** An agent who is not on the staff is an average one. */
  effectOf(agentId: string): AgentEffect {
    return this.#effects.get(agentId) ?? {};
  }

  agentIds(): readonly string[] {
    return this.#agents.map(({ id }) => id);
  }

  models(): Models {
    return this.#models;
  }

  /** For the cards that surface from now on. */
  setModels(models: Models): void {
    this.#models = models;
  }

  /** Stopping stops new conversations; those that run go on to their end. */
  set(
    change: { readonly running?: boolean | undefined; readonly cardsPerSecond?: number | undefined },
    nowMs: number,
  ): void {
    this.#running = change.running ?? this.#running;
    this.#cardsPerSecond = change.cardsPerSecond ?? this.#cardsPerSecond;
    const isQuiet = !this.#running || this.#cardsPerSecond === 0;
    this.#gapMs = isQuiet ? 0 : (1000 * estimateCards(this.#settings, this.#ports.live())) / this.#cardsPerSecond;
    this.#nextConversationAt = isQuiet ? Number.POSITIVE_INFINITY : nowMs + this.#gaps.exponential(this.#gapMs);
  }

  /** After a long sleep of the machine: the conversations before this instant never happened. */
  skipTo(ms: number): void {
    this.#nextConversationAt = Math.max(this.#nextConversationAt, ms);
  }

  advance(toMs: number): void {
    for (;;) {
      if (this.#nextConversationAt <= Math.min(toMs, this.#heap.nextAt)) {
        this.#begin(this.#nextConversationAt);
        this.#nextConversationAt += this.#gaps.exponential(this.#gapMs);
        continue;
      }
      const happening = this.#heap.popDue(toMs);
      if (happening === undefined) return;
      if (happening.kind === 'event') this.#ports.onEvent(happening.event);
      else if (happening.kind === 'metric') this.#ports.onMetric(happening.event);
      else this.#hear(happening.script, happening.number, happening.utterance, happening.at);
    }
  }

  #begin(atMs: number): void {
    const number = this.#conversations++;
    const script = writeScript(number, this.#settings);
    const { conversationId, queueId, skillIds, agentIndex, mediaType, language, utterances, durationMs } = script;
    const agentId = this.#agentAt(agentIndex).id;
    const startMs = Math.floor(atMs);
    const endMs = startMs + durationMs + this.#settings.lingerMs;
    this.#ports.onConversation({
      id: conversationId,
      startMs,
      endMs,
      queueId,
      skillIds,
      agentId,
      mediaType,
      language,
      utterances,
    });
    for (const utterance of utterances) {
      this.#heap.push({ at: startMs + utterance.afterMs, kind: 'utterance', script, number, utterance });
    }
  }

  #hear(script: Script, number: number, utterance: ScriptedUtterance, atMs: number): void {
    const { seed, incarnation } = this.#settings;
    const agent = this.#agentAt(script.agentIndex);
    for (const [actionName, versions] of this.#ports.live()) {
      const randomOf = (): Draws => createDraws(seed, incarnation, number, hashOf(actionName), utterance.afterMs);
      const card = surface({ actionName, versions, script, utterance, agent, atMs, randomOf, models: this.#models });
      if (card === undefined) continue;
      if (!card.withheld) {
        this.#cards += 1;
        this.#ports.onCard(card);
      }
      for (const { at, event } of card.events) this.#heap.push({ at, kind: 'event', event });
      for (const { at, event } of card.metrics) this.#heap.push({ at, kind: 'metric', event });
    }
  }

  #agentAt(index: number): Agent {
    const agent = this.#agents[index];
    if (agent === undefined)
      throw new RangeError(`Agent ${index} was asked for; this organisation has ${this.#agents.length}.`);
    return agent;
  }
}

/** The staff stays the same over restarts. */
function agentOf(index: number, { seed, agentSpread }: TrafficSettings): Agent {
  const random = createDraws(seed, AGENT_DRAWS, index);
  return { id: random.uuid(), effect: drawAgentEffect(random, agentSpread) };
}

function hashOf(text: string): number {
  let hash = 7;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}
