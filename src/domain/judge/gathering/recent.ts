/**
 * The latest cards' part of a comparison, kept in two halves: when the younger has enough cards it becomes the older,
 * and the one that was is forgotten. When that is depends on arms and time alone, never on outcomes, so that the halves
 * are fixed beforehand and each pair of neighbours has an interval of its own (decision/recent-figures.ts).
 */
import { effectiveCards } from './block.ts';
import type { ArmCounts } from '../types.ts';

export interface RecentHalf<Compared> {
  /** ms since the rollout began */
  readonly sinceMs: number;
  readonly n: ArmCounts;
  readonly compared: Compared;
}

export interface Recent<Compared> {
  /** Halves begun. */
  readonly begun: number;
  /** null until a first half is full. */
  readonly older: RecentHalf<Compared> | null;
  readonly younger: RecentHalf<Compared> | null;
}

/** In effective cards: so many show a doubled p95, or a halved rate, beside as many of before. */
const HALF = 100;

export const noRecent: Recent<never> = { begun: 0, older: null, younger: null };

export function addRecent<Compared>(
  recent: Recent<Compared>,
  added: RecentHalf<Compared>,
  join: (a: Compared, b: Compared) => Compared,
): Recent<Compared> {
  const { begun, younger } = recent;
  if (younger === null || isFull(younger)) return { begun: begun + 1, older: younger, younger: added };
  return { ...recent, younger: joinHalves(younger, added, join) };
}

export function joinHalves<Compared>(
  a: RecentHalf<Compared>,
  b: RecentHalf<Compared>,
  join: (a: Compared, b: Compared) => Compared,
): RecentHalf<Compared> {
  const n = { baseline: a.n.baseline + b.n.baseline, candidate: a.n.candidate + b.n.candidate };
  return { sinceMs: a.sinceMs, n, compared: join(a.compared, b.compared) };
}

function isFull({ n }: RecentHalf<unknown>): boolean {
  return effectiveCards(n.baseline, n.candidate) >= HALF;
}
