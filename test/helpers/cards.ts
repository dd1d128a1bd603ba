/** Cards pushed straight to the events service, with the outcomes that a test wants. */
import { randomUUID } from 'node:crypto';
import type { EngagementEvent } from '../../src/domain/events/event.ts';
import type { Deployment } from '../../src/domain/rollout/deployment.ts';
import { pairOf } from './pair.ts';
import { push } from './push.ts';

export interface Cards {
  readonly perArm: number;
  /** What agents answer to the candidate; the baseline is always accepted. */
  readonly candidate: 'accepted' | 'dismissed';
  /** How far the clock of the desktops is off, of the n-th card; ms. */
  readonly clockOffMs?: (nth: number) => number;
  readonly arms?: readonly ('baseline' | 'candidate')[];
}

export async function pushCards(
  events: { readonly url: string; readonly secret: string },
  deployment: Deployment,
  cards: Cards,
): Promise<Response> {
  const { actionName, ...arms } = pairOf(deployment);
  const all = (cards.arms ?? ['baseline', 'candidate']).flatMap((arm) =>
    Array.from({ length: cards.perArm }, (_, nth): EngagementEvent => {
      const { id, version } = arms[arm];
      const at = new Date(Date.now() + (cards.clockOffMs?.(nth) ?? 0)).toISOString();
      return {
        id: randomUUID(),
        type: `agentassist.action.${arm === 'baseline' ? 'accepted' : cards.candidate}`,
        occurredAt: at,
        conversationId: randomUUID(),
        cardId: randomUUID(),
        actionId: id,
        actionName: `${actionName} v${version}`,
        version,
        agentId: `agent-${nth % 40}`,
        queueId: 'queue',
        triggeredAt: at,
        renderedAt: at,
      };
    }),
  );
  return push({ events: all }, { ...events, nowMs: Date.now() });
}
