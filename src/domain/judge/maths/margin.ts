import { clamp } from './log-math.ts';
import type { MarginLine } from './margin-evidence.ts';
import type { Margin } from '../../metrics/definition.ts';
import type { Guardrail } from '../../plan/plan.ts';
import { toleranceOf } from '../../plan/tolerance.ts';

/** +1 when a higher value is worse, -1 when a lower one is. */
export function worseSign(guardrail: Guardrail): 1 | -1 {
  return guardrail.worseWhen === 'higher' ? 1 : -1;
}

/** How much of the margin is tolerated, 0 <= times < 1: harm begins beyond it. */
export function toleranceTimes(guardrail: Guardrail): number {
  return clamp(toleranceOf(guardrail) / guardrail.margin.value, 0, 1);
}

/** How many margins better the goal is; null: the guardrail has none. */
export function goalTimes({ goal, margin }: Guardrail): number | null {
  return goal === undefined ? null : goal / margin.value;
}

/**
 * Where the margin ends: candidate = slope x baseline + offset. A fall by 100 % or more is read as one by 99 %, else
 * nothing could reach it.
 */
export function marginLine(guardrail: Guardrail, times = 1): MarginLine {
  const worse = worseSign(guardrail);
  const size = worse * guardrail.margin.value * times;
  if (guardrail.margin.kind === 'absolute') return { slope: 1, offset: size, worse };
  return { slope: 1 + Math.max(-0.99, size), offset: 0, worse };
}

/**
 * The candidate's value that is `times` margins worse than the baseline's `value`: a share or ms, never below 0; or of
 * a custom metric, in its unit, of any sign.
 */
export function worsen(guardrail: Guardrail, value: number, times = 1): number {
  const { metric, margin } = guardrail;
  if (metric === 'custom')
    return value + worseSign(guardrail) * times * margin.value * (margin.kind === 'relative' ? Math.abs(value) : 1);
  const line = marginLine(guardrail, times);
  return Math.max(0, line.slope * value + line.offset);
}

const MAX_RELIEF = 0.99;

/**
 * The candidate's value with what is tolerated taken off, where higher is worse: a candidate whose values are all worse
 * by just the tolerance is, relieved, the baseline. Worked numbers: 450 ms relieved of 12.5 % are 400 ms, of 50 ms too;
 * -90 relieved of 10 % is -100.
 */
export function relieve({ kind, value: tolerance }: Margin, value: number): number {
  if (kind === 'absolute') return value - tolerance;
  return value >= 0 ? value / (1 + tolerance) : value / (1 - Math.min(MAX_RELIEF, tolerance));
}

const MIN_RATE = 1e-6;

/** ln of the odds ratio between two rates, both kept off 0 and 1. */
export function logOddsRatio(candidate: number, baseline: number): number {
  return logit(candidate) - logit(baseline);
}

function logit(rate: number): number {
  const inside = clamp(rate, MIN_RATE, 1 - MIN_RATE);
  return Math.log(inside / (1 - inside));
}

/** The rate whose odds are e^`logRatio` times those of `rate`. */
export function moveOdds(rate: number, logRatio: number): number {
  return 1 / (1 + Math.exp(-logit(rate) - logRatio));
}
