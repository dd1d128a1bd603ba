/** From one utterance to one card and everything that will become of it. */
import { drawFate } from './models.ts';
import type { AgentEffect, Models } from './models.ts';
import type { Draws } from './draws.ts';
import type { Script, ScriptedUtterance } from './script.ts';
import type { LiveVersion } from '../actions.ts';
import type { EngagementEvent } from '../../domain/events/event.ts';
import { versionFor } from '../../domain/split/bucket.ts';
import { evaluateTrigger } from '../../domain/trigger/evaluate.ts';

export interface SimulatedCard {
  readonly actionName: string;
  readonly version: string;
  readonly atMs: number;
  readonly events: readonly { readonly at: number; readonly event: EngagementEvent }[];
}

export interface Agent {
  readonly id: string;
  readonly effect: AgentEffect;
}

export interface Heard {
  readonly actionName: string;
  readonly versions: readonly LiveVersion[];
  readonly script: Script;
  readonly utterance: ScriptedUtterance;
  readonly agent: Agent;
  readonly atMs: number;
  /** Of this card alone; most utterances never come to need it. */
  readonly randomOf: () => Draws;
  readonly models: Models;
}

/** The card of the version that serves this conversation, if that version's trigger fires. */
export function surface(heard: Heard): SimulatedCard | undefined {
  const version = versionFor(heard.versions, heard.script.bucket);
  if (version === undefined || !fires(version, heard.script, heard.utterance)) return undefined;
  return {
    actionName: heard.actionName,
    version: version.document.version,
    atMs: heard.atMs,
    events: eventsOf(heard, version),
  };
}

export function fires(
  { document }: LiveVersion,
  { queueId, skillIds }: Script,
  { text, confidence, isFinal }: ScriptedUtterance,
): boolean {
  return evaluateTrigger(document.trigger, { text, confidence, isFinal, queueId, skillIds }).fires;
}

function eventsOf(heard: Heard, { document }: LiveVersion): SimulatedCard['events'] {
  const { script, agent, atMs, models } = heard;
  const random = heard.randomOf();
  const cardId = random.uuid();
  const ids = [random.uuid(), random.uuid(), random.uuid()] as const;
  const fate = drawFate(models[document.version], agent.effect, random);
  const common = {
    conversationId: script.conversationId,
    cardId,
    actionId: document.id,
    actionName: document.name,
    version: document.version,
    agentId: agent.id,
    queueId: script.queueId,
    mediaType: script.mediaType,
    language: script.language,
    triggeredAt: iso(atMs),
  };
  const event = (id: string, name: string, at: number): EngagementEvent => ({
    id,
    type: `agentassist.action.${name}`,
    occurredAt: iso(at),
    ...common,
  });
  const triggered = { at: atMs, event: event(ids[0], 'triggered', atMs) };
  if (fate.latencyMs === null) return [triggered];
  const renderedAt = atMs + Math.round(fate.latencyMs);
  const rendered = { at: renderedAt, event: { ...event(ids[1], 'rendered', renderedAt), renderedAt: iso(renderedAt) } };
  const told = fate.outcomes.map(({ outcome, afterMs }, at) => {
    const toldAt = renderedAt + Math.round(afterMs);
    const id = at === 0 ? ids[2] : random.uuid();
    return { at: toldAt, event: { ...event(id, outcome, toldAt), renderedAt: iso(renderedAt) } };
  });
  return [triggered, rendered, ...told];
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
