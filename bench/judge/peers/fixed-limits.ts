/**
 * Fixed limits on the candidate's figures of the last interval, with a limit on the number of failed measurements in
 * all.
 *
 * Argo Rollouts: a metric that is measured every interval and has failed more than `failureLimit` times, consecutively
 * or not, fails the
 * analysis; it counts as successful when the analysis ends without that. github.com/argoproj/argo-rollouts
 * analysis/analysis.go
 * (assessMetricStatus); the usual example of docs/features/analysis.md measures every 5 minutes with a failure limit of
 * 3. Per metric.
 * Flagger: every failed check of the analysis raises one counter for all metrics, which nothing lowers before the next
 * revision; at
 * `threshold` the canary is rolled back. github.com/fluxcd/flagger pkg/controller/scheduler.go (advanceCanary);
 * docs.flagger.app's
 * examples check every minute with a threshold of 5.
 * A measurement without data is not counted as failed in Argo's case (it is an error, retried) and halts Flagger's
 * advance: neither promotes
 * a candidate that showed nothing at all.
 */
import type { Answer, ArmLook, BenchJudge, StepConfig } from '../protocol.ts';
import { figuresOf } from './figures.ts';
import type { ArmFigures } from './figures.ts';

export interface FixedLimits {
  /** Looks in one measurement. */
  readonly interval: number;
  /** Failed measurements at which the candidate is rolled back. */
  readonly failures: number;
  /** Whether each metric has its own count. */
  readonly perMetric: boolean;
}

export const argo: FixedLimits = { interval: 5, failures: 4, perMetric: true };
export const flagger: FixedLimits = { interval: 1, failures: 5, perMetric: false };

export function fixedLimits({ interval, failures, perMetric }: FixedLimits): BenchJudge {
  let config: StepConfig | null = null;
  let window: ArmLook[] = [];
  let failed: number[] = [];
  let measured = 0;
  return {
    reset(next) {
      config = next;
      [window, failed, measured] = [[], [0, 0, 0], 0];
    },
    look({ t, final, cand }): Answer {
      window.push(cand);
      if (config === null || t % interval !== 0) return 'continue';
      const figures = figuresOf(window);
      window = [];
      if (figures !== null) {
        measured++;
        const broken = beyond(figures, config);
        failed = perMetric
          ? failed.map((count, i) => count + (broken[i] === true ? 1 : 0))
          : failed.map((count) => count + (broken.includes(true) ? 1 : 0));
      }
      if (Math.max(...failed) >= failures) return 'rollback';
      return final && measured > 0 ? 'promote' : 'continue';
    },
  };
}

function beyond({ accept, dismiss, p95 }: ArmFigures, { slo }: StepConfig): readonly boolean[] {
  return [accept < slo.accept, dismiss > slo.dismiss, p95 > slo.p95];
}
