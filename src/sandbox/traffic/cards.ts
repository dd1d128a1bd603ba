/** From one utterance to one card and everything that will become of it. */
import { drawCustom, drawFate, NO_CARD } from './models.ts';
import type { AgentEffect, Models } from './models.ts';
import type { Draws } from './draws.ts';
import type { Script, ScriptedUtterance } from './script.ts';
import type { LiveVersion } from '../actions.ts';
import { METRIC_EVENT_TYPE } from '../../domain/events/event.ts';
import type { EngagementEvent, MetricEvent } from '../../domain/events/event.ts';
import { versionFor } from '../../domain/split/bucket.ts';
import { evaluateTrigger } from '../../domain/trigger/evaluate.ts';

export interface SimulatedCard {
  readonly actionName: string;
  readonly version: string;
  readonly atMs: number;
  /** No version serves the conversation: only that the trigger fired is told. */
  readonly withheld: boolean;
  readonly events: readonly { readonly at: number; readonly event: EngagementEvent }[];
  /** What is measured of it from outside. */
  readonly metrics: readonly { readonly at: number; readonly event: MetricEvent }[];
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

/**
 * The card of the version that serves this conversation, if that version's trigger fires. Where none serves it, the
 * card that an enabled version withholds from it.
 */
export function surface(heard: Heard): SimulatedCard | undefined {
  const { versions, script, utterance } = heard;
  const serving = versionFor(versions, script.bucket);
  const version = serving ?? versions.find(({ enabled }) => enabled);
  if (version === undefined || !fires(version, script, utterance)) return undefined;
  const withheld = serving === undefined;
  return {
    actionName: heard.actionName,
    version: version.document.version,
    atMs: heard.atMs,
    withheld,
    ...eventsOf(heard, version, withheld),
  };
}

export function fires(
  { document }: LiveVersion,
  { queueId, skillIds }: Script,
  { text, confidence, isFinal }: ScriptedUtterance,
): boolean {
  return evaluateTrigger(document.trigger, { text, confidence, isFinal, queueId, skillIds }).fires;
}

function eventsOf(
  heard: Heard,
  { document }: LiveVersion,
  withheld: boolean,
): Pick<SimulatedCard, 'events' | 'metrics'> {
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
  const metrics = drawCustom(models[withheld ? NO_CARD : document.version], random).map(({ name, value, afterMs }) => {
    const at = atMs + Math.round(afterMs);
    const { conversationId } = script;
    const event = { id: random.uuid(), type: METRIC_EVENT_TYPE, occurredAt: iso(at), conversationId, cardId } as const;
    return { at, event: { ...event, metric: name, value } };
  });
  if (withheld) return { events: [{ at: atMs, event: event(ids[0], 'withheld', atMs) }], metrics };
  const triggered = { at: atMs, event: event(ids[0], 'triggered', atMs) };
  if (fate.latencyMs === null) return { events: [triggered], metrics };
  const renderedAt = atMs + Math.round(fate.latencyMs);
  const rendered = { at: renderedAt, event: { ...event(ids[1], 'rendered', renderedAt), renderedAt: iso(renderedAt) } };
  const told = fate.outcomes.map(({ outcome, afterMs }, at) => {
    const toldAt = renderedAt + Math.round(afterMs);
    const id = at === 0 ? ids[2] : random.uuid();
    return { at: toldAt, event: { ...event(id, outcome, toldAt), renderedAt: iso(renderedAt) } };
  });
  return { events: [triggered, rendered, ...told], metrics };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
