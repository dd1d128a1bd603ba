/** What a campaign says of itself. */
import type { BatchOutcome } from './batch.ts';
import { ACTIVITIES } from './draw.ts';
import type { Reached } from './orders.ts';

/** How often each boundary was come to: `before kill`, `after stop`, … */
export type Matrix = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface CampaignReport {
  readonly seed: number;
  readonly schedules: number;
  readonly rollouts: number;
  readonly faults: number;
  readonly violations: readonly string[];
  readonly stuck: readonly string[];
  readonly duplicates: readonly string[];
  /** What waited for a person, or for longer than a minute, until the campaign's own aborted it. */
  readonly givenUp: readonly string[];
  readonly byFault: Readonly<Record<string, number>>;
  readonly byOutcome: Readonly<Record<string, number>>;
  readonly matrix: Matrix;
  readonly seconds: number;
}

export function reportOf(seed: number, schedules: number, batches: readonly BatchOutcome[]): CampaignReport {
  const byFault = summed(batches.map(({ faults }) => faults));
  const outcomes = batches.flatMap(({ ends }) => ends.map(({ outcome }) => ({ [outcome ?? 'none']: 1 })));
  return {
    seed,
    schedules,
    rollouts: batches.reduce((sum, { rollouts }) => sum + rollouts, 0),
    faults: Object.values(byFault).reduce((sum, one) => sum + one, 0),
    violations: batches.flatMap(({ violations }) => violations),
    stuck: batches.flatMap(({ stuck }) => stuck),
    duplicates: batches.flatMap(({ duplicates }) => duplicates),
    givenUp: batches.flatMap(({ ends }) =>
      ends.flatMap(({ action, helped, waitedFor }) => (helped ? [`${action}: ${waitedFor}`] : [])),
    ),
    byFault,
    byOutcome: summed(outcomes),
    matrix: matrixOf(batches.flatMap(({ reached }) => reached)),
    seconds: Math.round(batches.reduce((sum, { seconds }) => sum + seconds, 0)),
  };
}

export function lastLine(report: CampaignReport): string {
  const { schedules, rollouts, faults, violations, stuck, duplicates, seed, seconds } = report;
  return (
    `${schedules} schedules, ${rollouts} rollouts, ${faults} faults, ${violations.length} violations, ` +
    `${stuck.length} stuck, ${duplicates.length} duplicates (seed ${seed}, ${seconds} s)`
  );
}

function matrixOf(reached: readonly Reached[]): Matrix {
  const cell = (activity: string, way: string): number =>
    reached.filter((one) => one.activity === activity && `${one.side} ${one.deed}` === way).length;
  const ways = ['before kill', 'after kill', 'before stop', 'after stop'];
  return Object.fromEntries(
    ACTIVITIES.map((activity) => [activity, Object.fromEntries(ways.map((way) => [way, cell(activity, way)]))]),
  );
}

function summed(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, count] of all.flatMap((one) => Object.entries(one))) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}
