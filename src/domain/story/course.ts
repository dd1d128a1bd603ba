/** A rollout's figures over time, taken again from its decision record: what the judge said at each moment. */
import { reportOf } from '../judge/report/report.ts';
import type { DecisionRecord } from '../judge/retake.ts';
import { foreignRules } from '../judge/retake.ts';
import { judgeAgain } from '../judge/resume.ts';
import type { Arm, ArmCounts, Effect, GuardrailReport, JudgeReport, Look } from '../judge/types.ts';
import { latencyCurve } from './latency-curve.ts';
import type { LatencyCurve } from './latency-curve.ts';

/** One guardrail's figures at a moment. */
export interface CourseRow {
  /** Null without data of both arms. */
  readonly effect: Effect | null;
  /** ln, as in the judge's report. */
  readonly logEvidence: { readonly harm: number; readonly safe: number };
}

export interface CoursePoint {
  /** ms since the rollout began */
  readonly atMs: number;
  readonly n: ArmCounts;
  /** In the order of the plan's guardrails. */
  readonly rows: readonly CourseRow[];
}

/** `percent` from `atMs` (ms since the rollout began) until the next; null: a change was settling. */
export interface SplitChange {
  readonly atMs: number;
  readonly percent: number | null;
}

export interface Course {
  /** At most `maxPoints`, evenly over the looks; the last is the report on record. */
  readonly points: readonly CoursePoint[];
  readonly splits: readonly SplitChange[];
  /** Null for an arm of which no card was rendered. */
  readonly latency: Readonly<Record<Arm, LatencyCurve | null>>;
}

/** Null for a record that other rules of the judge made: it cannot be taken again here. */
export function courseOf(record: DecisionRecord, maxPoints = 200): Course | null {
  if (foreignRules(record) !== null) return null;
  const { looks } = record;
  const points: CoursePoint[] = [];
  judgeAgain(record, looks, record, (state, index) => {
    if (isShown(index, looks.length, maxPoints)) points.push(pointOf(reportOf(state), looks[index]?.atMs ?? 0));
  });
  return {
    points,
    splits: splitsOf(looks),
    latency: { baseline: latencyCurve(looks, 'baseline'), candidate: latencyCurve(looks, 'candidate') },
  };
}

/** The first and the last, and between them as many as fit. */
function isShown(index: number, count: number, maxPoints: number): boolean {
  if (count <= maxPoints || index === count - 1) return true;
  const place = (at: number): number => Math.floor((at * (maxPoints - 1)) / (count - 1));
  return index === 0 || place(index) !== place(index - 1);
}

function pointOf({ guardrails, n }: JudgeReport, atMs: number): CoursePoint {
  return { atMs, n, rows: guardrails.map(rowOf) };
}

function rowOf({ effect, logEvidence }: GuardrailReport): CourseRow {
  return { effect: effect ?? null, logEvidence };
}

function splitsOf(looks: readonly Look[]): SplitChange[] {
  const changes: SplitChange[] = [];
  let beginsAtMs = 0;
  for (const { atMs, splitPercent: percent } of looks) {
    if (changes.length === 0 || changes.at(-1)?.percent !== percent) changes.push({ atMs: beginsAtMs, percent });
    beginsAtMs = atMs;
  }
  return changes;
}
