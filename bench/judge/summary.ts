/** From the outcomes of single streams to a judge's figures in a scenario, and over all of them. */
import type { Bound } from './bounds.ts';
import { boundOf } from './bounds.ts';
import { wilson } from '../../src/domain/shared/share.ts';
import type { Done } from './pool.ts';
import type { Outcome } from './run.ts';
import type { Scenario } from './scenario.ts';
import { ALPHA } from './scenario.ts';

export interface Share {
  readonly hits: number;
  readonly n: number;
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** A median is null when half of the runs or more never came so far. */
export interface Cell {
  readonly scenario: string;
  readonly kind: Scenario['kind'];
  readonly judge: string;
  readonly streams: number;
  readonly rolledBack: Share;
  readonly promoted: Share;
  readonly undecided: Share;
  /** Rolled back, or called the data broken: what counts as seen where events are lost. */
  readonly seen: Share;
  readonly bound: Bound | null;
  readonly delay: { readonly median: number | null; readonly p90: number | null };
  readonly delayOverBound: number | null;
  /** Minutes until rolled back or called broken. */
  readonly minutes: { readonly median: number | null; readonly p90: number | null };
  /** Candidate exposures until promoted, where nothing is wrong. */
  readonly exposuresToPromote: number | null;
}

export function cellsOf(
  scenarios: readonly Scenario[],
  judges: readonly string[],
  done: readonly Done[],
): readonly Cell[] {
  return scenarios.flatMap((scenario) =>
    judges.map((judge) => cellOf(scenario, judge, outcomesOf(scenario, judge, done))),
  );
}

/** Of the scenarios of one kind in which a rollback is a false one. */
export interface Harmless {
  readonly scenarios: number;
  /** Those whose whole interval lies above alpha. */
  readonly beyondAlpha: readonly string[];
  readonly worst: number;
  readonly undecided: number;
}

export interface JudgeSummary {
  readonly judge: string;
  readonly nulls: Harmless;
  readonly tolerables: Harmless;
  readonly detected: number;
  readonly medianRatio: number | null;
  readonly worstRatio: number | null;
  readonly shippedThoughWorse: number;
}

export function summaryOf(judge: string, all: readonly Cell[]): JudgeSummary {
  const cells = all.filter((cell) => cell.judge === judge && cell.streams > 0);
  const harms = cells.filter(({ kind }) => kind === 'harm');
  const ratios = harms.map(({ delayOverBound }) => delayOverBound ?? Infinity);
  return {
    judge,
    nulls: harmlessOf(cells.filter(({ kind }) => kind === 'null')),
    tolerables: harmlessOf(cells.filter(({ kind }) => kind === 'tolerable')),
    detected: mean(harms.map(({ rolledBack }) => rolledBack.share)),
    medianRatio: quantile(ratios, 0.5),
    worstRatio: quantile(ratios, 1),
    shippedThoughWorse: mean(harms.map(({ promoted }) => promoted.share)),
  };
}

function harmlessOf(cells: readonly Cell[]): Harmless {
  return {
    scenarios: cells.length,
    beyondAlpha: cells.filter(({ rolledBack }) => rolledBack.low > ALPHA).map(({ scenario }) => scenario),
    worst: Math.max(0, ...cells.map(({ rolledBack }) => rolledBack.share)),
    undecided: mean(cells.map(({ undecided }) => undecided.share)),
  };
}

/** Nearest rank; null for an empty list or an infinite value. */
export function quantile(values: readonly number[], level: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(level * sorted.length) - 1)] ?? Infinity;
  return Number.isFinite(value) ? value : null;
}

function outcomesOf(scenario: Scenario, judge: string, done: readonly Done[]): readonly Outcome[] {
  const ours = done.filter(({ task }) => task.scenario === scenario.name).flatMap(({ outcomes }) => outcomes);
  return ours.flatMap((outcomes) => outcomes[judge] ?? []);
}

function cellOf(scenario: Scenario, judge: string, outcomes: readonly Outcome[]): Cell {
  const { name, kind, onset } = scenario;
  const n = outcomes.length;
  const count = (holds: (outcome: Outcome) => boolean): Share => shareOf(outcomes.filter(holds).length, n);
  const found = (outcome: Outcome): boolean => outcome.answer === 'rollback' && outcome.t > onset;
  const seen = (outcome: Outcome): boolean => found(outcome) || outcome.untrustedAt !== null;
  const bound = boundOf(scenario);
  const delays = outcomes.map((outcome) => (found(outcome) ? outcome.exposures : Infinity));
  const minutes = outcomes.map((outcome) => (seen(outcome) ? (outcome.untrustedAt ?? outcome.t) - onset : Infinity));
  const median = quantile(delays, 0.5);
  return {
    scenario: name,
    kind,
    judge,
    streams: n,
    bound,
    rolledBack: count(kind === 'harm' ? found : ({ answer }) => answer === 'rollback'),
    promoted: count(({ answer }) => answer === 'promote'),
    undecided: count(({ answer }) => answer === 'continue'),
    seen: count(seen),
    delay: { median, p90: quantile(delays, 0.9) },
    delayOverBound: kind !== 'harm' || bound === null || median === null ? null : median / bound.reachable,
    minutes: { median: quantile(minutes, 0.5), p90: quantile(minutes, 0.9) },
    exposuresToPromote:
      kind === 'harm'
        ? null
        : quantile(
            outcomes.map(({ answer, exposures }) => (answer === 'promote' ? exposures : Infinity)),
            0.5,
          ),
  };
}

function shareOf(hits: number, n: number): Share {
  return { hits, n, share: n === 0 ? 0 : hits / n, ...wilson(hits, n) };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
