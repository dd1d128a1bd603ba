/** What was to be expected of each step when a rollout began: kept then, so that it can be held against what came. */
import type { Plan } from '../plan/plan.ts';
import type { Rehearsal } from '../rollout/rehearse.ts';
import type { Random } from '../shared/random.ts';
import { median } from '../shared/share.ts';
import type { Assumptions } from './assumptions.ts';
import { harmlessOf } from './assumptions.ts';
import type { AudienceShare } from './audiences.ts';
import { withoutCustom } from './forecast.ts';
import { withoutGoals } from './goals.ts';
import { simulateRun } from './simulate.ts';

/** Medians over the simulated rollouts that came to the end of the step. */
export interface StepForecast {
  readonly tookMs: number;
  /** Of the candidate. */
  readonly cards: number;
}

export interface StartForecast {
  readonly traffic: Assumptions;
  /** How much it rests on. */
  readonly basis: { readonly cards: number; readonly hours: number };
  /** Simulated rollouts of a harmless version, and how many of them were promoted. */
  readonly runs: number;
  readonly promoted: number;
  /** Median of those; null: none was. */
  readonly endsAfterMs: number | null;
  /** In the plan's order; null: it takes no time of its own, or no run came to its end. */
  readonly steps: readonly (StepForecast | null)[];
  /** Some run was ended at the most cards that are drawn. */
  readonly cut: boolean;
  /** Custom metrics, which nothing is known of: without them. */
  readonly notForecast: readonly string[];
}

/** As it is on record. */
export interface KeptForecast extends StartForecast {
  /** ISO instant. */
  readonly madeAt: string;
}

export interface Expected {
  readonly traffic: Assumptions;
  readonly basis: StartForecast['basis'];
  readonly audiences: readonly AudienceShare[];
}

export interface StartForecastOptions {
  readonly runs: number;
  /** Drawn at most in one run. */
  readonly maxCards: number;
  readonly random: (run: number) => Random;
  /** Waited for between two runs: whoever simulates has other things to do. */
  readonly pause: () => Promise<void>;
}

export async function startForecast(
  plan: Plan,
  { traffic, basis, audiences }: Expected,
  { runs, maxCards, random, pause }: StartForecastOptions,
): Promise<StartForecast> {
  const { known, notForecast } = withoutCustom(plan);
  const all: Rehearsal[] = [];
  for (let run = 0; run < runs; run += 1) {
    await pause();
    all.push(simulateRun(withoutGoals(known), traffic, harmlessOf(traffic), random(run), { maxCards, audiences }));
  }
  const promoted = all.filter(({ end }) => end === 'promoted');
  return {
    traffic,
    basis,
    runs,
    promoted: promoted.length,
    endsAfterMs: median(promoted.map(({ endAtMs }) => endAtMs)),
    steps: plan.steps.map((_, index) => stepForecast(index, all)),
    cut: all.some(({ by }) => by === 'over'),
    notForecast,
  };
}

function stepForecast(index: number, all: readonly Rehearsal[]): StepForecast | null {
  const of = (values: (run: Rehearsal) => number | null | undefined): number | null =>
    median(all.flatMap((run) => values(run) ?? []));
  const tookMs = of(({ msOfStep }) => msOfStep[index]);
  const cards = of(({ cardsOfStep }) => cardsOfStep[index]);
  return tookMs === null || cards === null ? null : { tookMs, cards };
}
