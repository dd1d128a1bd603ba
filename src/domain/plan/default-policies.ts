/** What a plan that says nothing of it is run by. */
import type { DriftAction, DriftKind, Policies } from './plan.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The parser's own defaults, and what code that builds a plan starts from. */
export const DEFAULT_POLICIES: Policies = {
  windows: null,
  onUndecided: 'hold',
  onNoData: { afterMs: 30 * MINUTE, do: 'pause' },
  onUntrusted: 'pause',
  onDrift: {
    candidateContent: 'rollback',
    baselineContent: 'pause',
    split: 'reassert',
    enabled: 'reassert',
    deleted: 'rollback',
    rival: 'pause',
    export: 'reassert',
    unseen: 'pause',
  },
  onBlind: { afterMs: 5 * MINUTE, do: 'rollback' },
  limits: { prepareMs: 15 * MINUTE, splitMs: 15 * MINUTE, pauseMs: 7 * DAY, heldMs: 7 * DAY, windowMs: 30 * DAY },
  settleMs: MINUTE,
  afterPromotionMs: 5 * MINUTE,
  holdbackPercent: 5,
  longWatch: null,
  maxCards: null,
  learning: null,
};

/**
 * Nothing foreign is ever written back, and what somebody else deleted or made is not ours to make again or to delete.
 */
export function driftActions(kind: DriftKind): readonly DriftAction[] {
  return kind === 'split' || kind === 'enabled' || kind === 'export'
    ? ['rollback', 'pause', 'reassert']
    : ['rollback', 'pause'];
}
