/**
 * A guardrail's figures among the latest cards: what begins late shows here long before it does in those of the whole
 * rollout.
 *
 * They are of the last full half and of the one that is filling (gathering/recent.ts), which together are pair k = 1, 2,
 * ... of the rollout. Each pair has a confidence sequence of its own from its first card on (effect.ts) that misses with
 * a chance of at most alpha / (k (k + 1)): of all that are ever shown, any misses with one of at most alpha. Agents'
 * design effect grows with the cards of each, so that of the latest counts by their part of all.
 *
 * Reference: B. Bonferroni (1936); the sum of 1 / (k (k + 1)) is 1. Worked number: alpha 0.01, the tenth pair: 1:11000.
 */
import { joinLight, refineComparison } from '../gathering/comparison.ts';
import type { Comparison } from '../gathering/comparison.ts';
import { joinLightCustom, refineCustom } from '../gathering/compared-custom.ts';
import type { DesignEffects } from '../clusters/design-effect.ts';
import { effectOf } from './effect.ts';
import { joinHalves } from '../gathering/recent.ts';
import type { Recent, RecentHalf } from '../gathering/recent.ts';
import { shownFigure } from './compared-quantity.ts';
import type { JudgeMemory } from '../state.ts';
import type { Guardrail } from '../../plan/plan.ts';
import type { RecentFigures } from '../types.ts';
import { ownOf } from '../../shared/own.ts';

/** Tightest at the cards that a pair has. */
const TUNED_FOR = 50;

/** null as long as the latest cards are all there were, or do not carry the metric. */
export function recentFigures(memory: JudgeMemory, guardrail: Guardrail): RecentFigures | null {
  const latest = latestOf(memory, guardrail);
  if (latest === null) return null;
  const { pair, design, n, sinceMs, compared } = latest;
  const coverage = { alpha: guardrail.alpha / (pair * (pair + 1)), tunedFor: TUNED_FOR };
  const effect = effectOf(guardrail, compared, design, coverage);
  const baselineValue = shownFigure(guardrail, compared, 'baseline');
  const candidateValue = shownFigure(guardrail, compared, 'candidate');
  return effect === null || baselineValue === null || candidateValue === null
    ? null
    : { baselineValue, candidateValue, effect, n, sinceMs };
}

interface Latest extends RecentHalf<Comparison> {
  readonly pair: number;
  /** By their part of the whole's effective cards. */
  readonly design: DesignEffects;
}

function latestOf(memory: JudgeMemory, { metric, name = '' }: Guardrail): Latest | null {
  if (metric !== 'custom') return latestCards(memory);
  const { recentCustom, comparison, design } = memory;
  const own = ownOf(recentCustom, name);
  const whole = comparison.custom.find((one) => one.name === name);
  const latest = own === undefined ? null : joinPair(own, joinLightCustom);
  return latest === null || whole === undefined
    ? null
    : {
        ...latest,
        design: designOfPart(design, latest.compared.weight / whole.weight),
        compared: { ...comparison, weight: latest.compared.weight, custom: [refineCustom(latest.compared, whole)] },
      };
}

/** All guardrails but those on custom metrics ask for the same. */
const known = new WeakMap<Comparison, Latest | null>();

function latestCards({ recent, comparison, design }: JudgeMemory): Latest | null {
  const before = known.get(comparison);
  if (before !== undefined) return before;
  const joined = joinPair(recent, joinLight);
  const latest =
    joined === null
      ? null
      : {
          ...joined,
          design: designOfPart(design, joined.compared.weight / comparison.weight),
          compared: refineComparison(joined.compared, comparison),
        };
  known.set(comparison, latest);
  return latest;
}

function joinPair<Compared>(
  { begun, older, younger }: Recent<Compared>,
  join: (a: Compared, b: Compared) => Compared,
): (RecentHalf<Compared> & { readonly pair: number }) | null {
  if (older === null || younger === null) return null;
  return { ...joinHalves(older, younger, join), pair: begun - 1 };
}

function designOfPart({ byScore, ...design }: DesignEffects, part: number): DesignEffects {
  const scores = Object.entries(byScore).map(([score, effect = 1]) => [score, 1 + (effect - 1) * part]);
  return { ...design, byScore: Object.fromEntries(scores) as DesignEffects['byScore'] };
}
