/** How far a bake has come, for people: nothing goes by it. */
import type { JudgeReport } from '../domain/judge/types.ts';
import { staleArms } from '../domain/rollout/arrivals.ts';
import type { BakeProgress } from '../domain/rollout/bake-progress.ts';
import { bakeProgress } from '../domain/rollout/bake-progress.ts';
import { noCardArm } from '../domain/rollout/deployment.ts';
import type { WatchInput } from './types.ts';
import type { WatchMemory } from './watch-memory.ts';

/** What is a moment of silence for any organisation, ms; cards are read when they have settled. */
const STALE_MS = 3000;

/** A shorter silence says nothing, ms. */
export function staleAfterMs({ policies }: Pick<WatchInput, 'policies'>): number {
  return policies.settleMs + STALE_MS;
}

export function shownBake(
  { arrivals }: Pick<WatchMemory, 'arrivals'>,
  input: WatchInput,
  report: JudgeReport,
  nowMs: number,
): { readonly bake?: BakeProgress } {
  const { goal, deployment, splitPercent } = input;
  if (goal.kind !== 'bake') return {};
  const arriving = { arrivals, nowMs, splitPercent, noCard: noCardArm(deployment) };
  return { bake: bakeProgress(goal, report, staleArms(arriving, staleAfterMs(input))) };
}
