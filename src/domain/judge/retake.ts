/** Takes a verdict again from its decision record: the same looks give the same report, to the last bit. */
import type { Learning } from '../plan/learning.ts';
import type { Guardrail, Slices } from '../plan/plan.ts';
import { reportOf } from './report/report.ts';
import { judgeAgain } from './resume.ts';
import { JUDGE_RULES } from './state.ts';
import type { JudgeReport, Look, StepEnd } from './types.ts';

export interface DecisionRecord {
  readonly kind: 'decisionRecord';
  /** Of the judge, by which it was made; a record of before there were any has none. */
  readonly rules: number;
  readonly action: string;
  readonly version: string;
  readonly rolloutId: string;
  readonly guardrails: readonly Guardrail[];
  readonly slices?: Slices | null;
  readonly learning?: Learning | null;
  readonly looks: readonly Look[];
  /** The planned end of the step at hand, and after which look it was asked. */
  readonly plannedEnd?: StepEnd | null;
  /** What the judge said at the time. */
  readonly report: JudgeReport;
}

export interface Retaken {
  readonly report: JudgeReport;
  /** The report of the time and this one are the same JSON. */
  readonly agrees: boolean;
  readonly looks: number;
  /** The look (1, 2, ...) and its time at which the verdict first was what it is at the end; null without looks. */
  readonly since: { readonly look: number; readonly atMs: number } | null;
}

/** A decision record that other rules made: what it says stands, and cannot be taken again here. */
export class RecordRulesError extends Error {
  readonly code = 'record-rules';
  readonly remedy =
    'Its verdict stands as it was said then. To take it again, run `explain` of the release that made it.';
  readonly rules: number;

  constructor(rolloutId: string, rules: number) {
    super(
      `The record of rollout ${rolloutId} was made by rules ${rules} of the judge; this release takes records of ` +
        `rules ${JUDGE_RULES} again.`,
    );
    this.name = 'RecordRulesError';
    this.rules = rules;
  }
}

/** Why the record cannot be taken again here; null when it can. */
export function foreignRules({ rolloutId, rules }: DecisionRecord): RecordRulesError | null {
  const made = rulesOf(rules);
  return made === JUDGE_RULES ? null : new RecordRulesError(rolloutId, made);
}

/** What names no rules is of before there were any. */
export function rulesOf(named: unknown): number {
  return typeof named === 'number' ? named : 1;
}

/** Throws RecordRulesError for a record that other rules made. */
export function retake(record: DecisionRecord): Retaken {
  const foreign = foreignRules(record);
  if (foreign !== null) throw foreign;
  let since: Retaken['since'] = null;
  let verdict: JudgeReport['verdict'] | null = null;
  const state = judgeAgain(record, record.looks, record, (after, index) => {
    const now = reportOf(after).verdict;
    if (now !== verdict) since = { look: index + 1, atMs: record.looks[index]?.atMs ?? 0 };
    verdict = now;
  });
  const report = reportOf(state);
  return { report, agrees: isSame(report, record.report), looks: record.looks.length, since };
}

/** The same JSON but for the order of fields, which databases do not keep. */
export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sortFields(a)) === JSON.stringify(sortFields(b));
}

function sortFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortFields);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => [key, sortFields(field)]),
  );
}
