/**
 * Kayenta's NetflixACAJudge on minute buckets: each metric is a series with one value a minute and arm; outliers beyond
 * three interquartile ranges (or the 1st and 99th percentile, whichever is further) are removed; the metric fails when
 * the 98 % Mann-Whitney interval of the shift lies wholly beyond 25 % of the estimated shift, in the bad direction, and
 * the ratio of the means is beyond `allowedIncrease` or `allowedDecrease`: here the plan's margin, which spares what is
 * worse by less. The score is the share of metrics that pass; here the candidate is rolled back as soon as one fails
 * (with three equal metrics the score is then 67, below the usual marginal threshold of 75), and promoted if none does
 * at the end. An interval that lies beyond zero is not always beyond a quarter of its own estimate.
 *
 * Source: github.com/spinnaker/kayenta kayenta-judge/.../NetflixACAJudge.scala,
 * classifiers/metric/MannWhitneyClassifier.scala, detectors/IQRDetector.scala, scorers/WeightedSumScorer.scala, and
 * spinnaker.io, "How canary judgment works" (effect size). How often the growing series are analysed is the user's
 * choice: here every five minutes.
 */
import type { Answer, BenchJudge, StepConfig } from '../protocol.ts';
import { figuresOf, percentile } from './figures.ts';
import type { ArmFigures } from './figures.ts';
import { liesAbove, shiftInterval } from './mann-whitney.ts';

const CONFIDENCE = 0.98;
const TOLERANCE = 0.25;
const OUTLIER_RANGES = 3;
const EVERY = 5;
const METRICS = [
  ['accept', -1],
  ['dismiss', 1],
  ['p95', 1],
] as const;

export function kayenta(): BenchJudge {
  let [base, cand]: [ArmFigures[], ArmFigures[]] = [[], []];
  let config: StepConfig | null = null;
  return {
    reset(next) {
      config = next;
      [base, cand] = [[], []];
    },
    look(look): Answer {
      push(base, figuresOf([look.base]));
      push(cand, figuresOf([look.cand]));
      if (config === null || look.t % EVERY !== 0) return 'continue';
      const { margin } = config;
      const failed = METRICS.some(([metric, worse]) =>
        fails(series(cand, metric), series(base, metric), worse, 1 + worse * margin[metric]),
      );
      if (failed) return 'rollback';
      return look.final && cand.length > 0 && base.length > 0 ? 'promote' : 'continue';
    },
  };
}

/** Whether the metric would be classified as too high (`worse` = 1) or too low (-1); up to the ratio `allowed` it is not. */
export function fails(
  candidate: readonly number[],
  baseline: readonly number[],
  worse: 1 | -1,
  allowed: number,
): boolean {
  const [x, y] = [withoutOutliers(candidate), withoutOutliers(baseline)];
  if (x.length === 0 || y.length === 0 || new Set([...x, ...y]).size === 1) return false;
  if (worse * (mean(x) / mean(y) - allowed) < 0) return false;
  if (worse === 1 ? !liesAbove(x, y, CONFIDENCE) : !liesAbove(y, x, CONFIDENCE)) return false;
  const { low, estimate, high } = shiftInterval(x, y, CONFIDENCE);
  const tolerated = TOLERANCE * Math.abs(estimate);
  return worse === 1 ? low > tolerated : high < -tolerated;
}

function withoutOutliers(values: readonly number[]): readonly number[] {
  const quartiles = [percentile(values, 0.25), percentile(values, 0.75)] as const;
  const reach = OUTLIER_RANGES * (quartiles[1] - quartiles[0]);
  const low = Math.min(percentile(values, 0.01), quartiles[0] - reach);
  const high = Math.max(percentile(values, 0.99), quartiles[1] + reach);
  return values.filter((value) => value >= low && value <= high);
}

function push(minutes: ArmFigures[], figures: ArmFigures | null): void {
  if (figures !== null) minutes.push(figures);
}

function series(minutes: readonly ArmFigures[], metric: 'accept' | 'dismiss' | 'p95'): readonly number[] {
  return minutes.map((figures) => figures[metric]).filter((value) => !Number.isNaN(value));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
