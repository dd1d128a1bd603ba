/**
 * What if a past rollout had had other guardrails? The looks of its decision record are judged again by them. After the
 * real decision no more cards came, so what would have been decided later is not known.
 */
import { reportOf } from '../judge/report/report.ts';
import { judgeAgain } from '../judge/resume.ts';
import type { Judged } from '../judge/resume.ts';
import type { DecisionRecord } from '../judge/retake.ts';
import { foreignRules } from '../judge/retake.ts';
import type { ArmCounts, JudgeReport } from '../judge/types.ts';
import { formatDuration } from '../shared/duration.ts';

/** A moment of the record. */
export interface Moment {
  /** 1, 2, ... */
  readonly look: number;
  /** ms since the rollout began. */
  readonly atMs: number;
  readonly n: ArmCounts;
}

export interface Judgement {
  /** When harm would have ended it; null: not by the record's end. */
  readonly harmAt: Moment | null;
  /** When it was first safe before that. */
  readonly safeAt: Moment | null;
  /** At the harm, else at the record's end. */
  readonly report: JudgeReport;
  /** Each guardrail's own moments, in order. */
  readonly guardrails: readonly Pick<Judgement, 'harmAt' | 'safeAt'>[];
}

export interface WhatIf {
  /** By the guardrails of the record, and this judge. */
  readonly was: Judgement;
  readonly would: Judgement;
  readonly looks: number;
  /** ms since the rollout began, of the last look. */
  readonly endsAtMs: number;
  /** The record was made by other rules of the judge; both are by today's. */
  readonly otherRules: boolean;
  /** What the guardrails ask for and no card of the record has: custom metrics, keys of slices. */
  readonly notInRecord: readonly string[];
}

export function whatIf(record: DecisionRecord, guards: Judged): WhatIf {
  return {
    was: judged(record, record),
    would: judged(record, guards),
    looks: record.looks.length,
    endsAtMs: record.looks.at(-1)?.atMs ?? 0,
    otherRules: foreignRules(record) !== null,
    notInRecord: missingIn(record, guards),
  };
}

function judged(record: DecisionRecord, guards: Judged): Judgement {
  const own = guards.guardrails.map((): Moments => ({ harmAt: null, safeAt: null }));
  const all: Moments = { harmAt: null, safeAt: null };
  let atHarm: JudgeReport | null = null;
  const end = judgeAgain(guards, record.looks, record, (state, index) => {
    if (atHarm !== null) return;
    const report = reportOf(state);
    const moment = { look: index + 1, atMs: record.looks[index]?.atMs ?? 0, n: report.n };
    note(all, report.verdict, moment);
    own.forEach((moments, at) => note(moments, report.guardrails[at]?.verdict, moment));
    if (report.verdict === 'harm') atHarm = report;
  });
  return { ...all, report: atHarm ?? reportOf(end), guardrails: own };
}

interface Moments {
  harmAt: Moment | null;
  safeAt: Moment | null;
}

function note(moments: Moments, verdict: JudgeReport['verdict'] | undefined, moment: Moment): void {
  if (verdict === 'harm') moments.harmAt ??= moment;
  if (verdict === 'safe') moments.safeAt ??= moment;
}

function missingIn({ looks }: DecisionRecord, { guardrails, slices }: Judged): string[] {
  const names = guardrails.flatMap(({ name }) => name ?? []);
  const keys = (slices?.by ?? []).filter((key) => key !== 'queue');
  const cards = looks.flatMap((look) => look.cards);
  return [
    ...names.filter((name) => !cards.some(({ custom }) => custom !== undefined && Object.hasOwn(custom, name))),
    ...keys.filter((key) => !cards.some((card) => card[key] !== undefined)),
  ];
}

export function whatIfSentence({ would, endsAtMs }: WhatIf): string {
  const ends = `the record ends ${formatDuration(endsAtMs)} after the start`;
  const { harmAt, safeAt, report } = would;
  if (harmAt !== null)
    return (
      `Harm would have been called ${formatDuration(harmAt.atMs)} after the start, at ${harmAt.n.candidate} candidate ` +
      `cards. ${report.reason}`
    );
  const word = report.verdict === 'safe' ? '' : ` It would have said ${report.verdict}.`;
  const proven = safeAt === null ? '' : ` It was first proven safe after ${formatDuration(safeAt.atMs)}.`;
  return `No harm would have been called by then: ${ends}, and what would have come later is not known.${word}${proven}`;
}
