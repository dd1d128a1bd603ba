/** Cards of every rollout that is on trial, pushed as the organisation would, and in whatever disorder is asked for. */
import { randomUUID } from 'node:crypto';
import type { EngagementEvent } from '../../src/domain/events/event.ts';
import { signedPush } from '../lib/push.ts';
import type { SignedPush } from '../lib/push.ts';
import type { Document } from '../observer/documents.ts';

export interface Disorder {
  /** Each push waits so long, in ms. */
  slowMs: number;
  doubled: boolean;
  /** Held back until after the next one. */
  reordered: boolean;
  /** Of the desktops, ms. */
  clockOffMs: number;
}

export interface Trial {
  readonly action: string;
  readonly isHarmful: boolean;
}

export interface Traffic {
  readonly disorder: Disorder;
  add(trial: Trial): void;
  remove(action: string): void;
  stop(): Promise<void>;
}

const TICK_MS = 1_000;
/** Of both arms, by tick and rollout: a twentieth is the least share that a plan of the campaign leaves to one arm. */
const CARDS = 20;
const TRIES_MS = 60_000;
const AGAIN_MS = 500;
const ANSWER_MS = 10_000;

export const orderly = (): Disorder => ({ slowMs: 0, doubled: false, reordered: false, clockOffMs: 0 });

export function startTraffic(
  { eventsUrl, secret }: { readonly eventsUrl: string; readonly secret: string },
  versionsOf: (action: string) => readonly Document[],
): Traffic {
  const disorder = orderly();
  const trials = new Map<string, Trial>();
  const sending = new Set<Promise<void>>();
  let held: (() => void) | null = null;
  const stop = new AbortController();

  const timer = setInterval(() => {
    const events = [...trials.values()].flatMap((trial) =>
      cardsOf(trial, versionsOf(trial.action), disorder.clockOffMs),
    );
    if (events.length === 0) return;
    const sent: Promise<void> = deliver(events)
      .catch(() => undefined)
      .finally(() => sending.delete(sent));
    sending.add(sent);
  }, TICK_MS);

  async function deliver(events: readonly EngagementEvent[]): Promise<void> {
    const { slowMs, doubled, reordered } = disorder;
    held?.();
    held = null;
    if (slowMs > 0) await rest(slowMs);
    if (reordered)
      await new Promise<void>((resolve) => {
        held = resolve;
        setTimeout(resolve, 3 * TICK_MS);
      });
    const id = `msg_${randomUUID()}`;
    await untilTaken(() => signedPush(secret, events, id));
    if (doubled) await untilTaken(() => signedPush(secret, events));
  }

  /** As the platform does: again until it is taken, or too old. */
  async function untilTaken(push: () => SignedPush): Promise<void> {
    for (const deadline = Date.now() + TRIES_MS; Date.now() < deadline && !stop.signal.aborted; await rest(AGAIN_MS)) {
      const { headers, body } = push();
      const signal = AbortSignal.timeout(ANSWER_MS);
      const answer = await fetch(`${eventsUrl}/events`, { method: 'POST', headers, body, signal }).catch(() => null);
      await answer?.arrayBuffer().catch(() => undefined);
      if (answer?.ok) return;
    }
  }

  return {
    disorder,
    add: (trial) => void trials.set(trial.action, trial),
    remove: (action) => void trials.delete(action),
    async stop() {
      clearInterval(timer);
      stop.abort();
      held?.();
      await Promise.all(sending);
    },
  };
}

/** In the shares that the organisation serves; nothing while no two versions do. */
function cardsOf({ isHarmful }: Trial, versions: readonly Document[], offMs: number): EngagementEvent[] {
  const serving = versions.filter(({ enabled, metadata }) => enabled && metadata.traffic_split > 0);
  const candidate = serving.find(({ metadata }) => metadata.ab_test_group === 'candidate');
  const baseline = serving.find(({ metadata }) => metadata.ab_test_group !== 'candidate');
  if (candidate === undefined || baseline === undefined) return [];
  const ofCandidate = Math.round((CARDS * candidate.metadata.traffic_split) / 100);
  return Array.from({ length: CARDS }, (_, nth) =>
    nth < ofCandidate
      ? card(candidate, isHarmful ? 'dismissed' : 'accepted', nth, offMs)
      : card(baseline, 'accepted', nth, offMs),
  );
}

function card({ id, name }: Document, outcome: string, nth: number, offMs: number): EngagementEvent {
  const at = new Date(Date.now() + offMs).toISOString();
  return {
    id: randomUUID(),
    type: `agentassist.action.${outcome}`,
    occurredAt: at,
    conversationId: randomUUID(),
    cardId: randomUUID(),
    actionId: id,
    actionName: name,
    version: name.replace(/^.* v/, ''),
    agentId: `agent-${nth % 40}`,
    queueId: 'queue',
    triggeredAt: at,
    renderedAt: at,
  };
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
