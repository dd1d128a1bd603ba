import type { WatchInput } from '../../src/activities/types.ts';
import { DEFAULT_POLICIES } from '../../src/domain/plan/default-policies.ts';
import { refOf } from '../helpers/arms.ts';
import { NOON } from '../helpers/events.ts';

const MINUTE = 60_000;

/** A bake of a minute that requires `safe`, half and half, since noon; nobody looks for drift. */
export function watchInput(
  more: Pick<WatchInput, 'guardrails' | 'seen'> & Partial<WatchInput>,
  { settleMs, atMostMs }: { readonly settleMs: number; readonly atMostMs: number },
): WatchInput {
  return {
    rolloutId: 'r-1',
    deployment: {
      target: 'agentAssistActions',
      actionName: 'RefundAssist',
      baseline: refOf('action-a', '1'),
      candidate: refOf('action-b', '2'),
    },
    policies: {
      ...DEFAULT_POLICIES,
      onNoData: { afterMs: 600 * MINUTE, do: 'pause' },
      settleMs,
      afterPromotionMs: 1000,
    },
    startSeq: 0,
    rolloutStartedAtMs: NOON,
    splitPercent: 50,
    splitSinceMs: NOON,
    goal: {
      kind: 'bake',
      startedAtMs: NOON,
      forMs: MINUTE,
      atMostMs,
      minCards: 0,
      cardsBefore: 0,
      require: 'safe',
    },
    previousPercent: 50,
    acceptSilence: null,
    acceptDistrust: [],
    expected: null,
    knownDrift: [],
    tellSight: false,
    ...more,
  };
}
