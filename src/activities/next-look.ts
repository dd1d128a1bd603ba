/** When is a look worth its while although nothing was heard? */
import { awaitedBy } from '../domain/metrics/awaited.ts';
import type { Arrivals } from '../domain/rollout/arrivals.ts';
import { DEFAULT_LOOK_RULES } from '../domain/rollout/looks.ts';
import type { WatchInput } from './types.ts';

/** What a look left lying; ms since the epoch. */
export interface Unsettled {
  /** The time by which it decided what has settled. */
  readonly asOfMs: number;
  /** When the first card that has not settled became known; null: all have. */
  readonly headMs: number | null;
  /** When the first card was triggered that has settled and was too little to compare; null: there is none. */
  readonly leftMs: number | null;
}

/**
 * When the head of the queue settles, what is left is old enough, the bake may end, or the silence is long enough. ms
 * since the epoch; Infinity: never. What came to pass while it looked is due at once.
 */
export function nextLookMs(
  input: WatchInput,
  { arms }: Pick<Arrivals, 'arms'>,
  { headMs, leftMs, asOfMs }: Unsettled,
): number {
  const { goal, policies, plannedEnd = null, overrides = [] } = input;
  const instants = Object.values(arms).map(({ lastMs }) => lastMs + noDataAfterMs(input));
  if (headMs !== null) instants.push(headMs + policies.settleMs);
  if (leftMs !== null) instants.push(leftMs + DEFAULT_LOOK_RULES.maxSpanMs);
  if (plannedEnd !== null) instants.push(plannedEnd.atMs);
  instants.push(...overrides.map(({ untilMs }) => untilMs));
  if (goal.kind === 'bake')
    instants.push(...[goal.forMs, goal.atMostMs ?? Infinity].map((ms) => goal.startedAtMs + ms));
  return Math.min(Infinity, ...instants.filter((atMs) => atMs > asOfMs));
}

export function noDataAfterMs(input: Pick<WatchInput, 'policies' | 'guardrails'>): number {
  return input.policies.onNoData.afterMs + readLagMs(input);
}

/** Where cards wait for more than an answer most are read only when they have settled: till then no arm is silent. */
function readLagMs({ guardrails, policies }: Pick<WatchInput, 'policies' | 'guardrails'>): number {
  const { custom, outcomes } = awaitedBy(guardrails);
  return custom.length + outcomes.length === 0 ? 0 : policies.settleMs;
}
