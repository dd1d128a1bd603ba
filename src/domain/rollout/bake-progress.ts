/** How far a bake has come, condition by condition: what it waits for yet is what is not met. Pure; for people. */
import { countedThing } from '../judge/report/arm-names.ts';
import type { Needed } from '../judge/report/needed.ts';
import { oddsText } from '../judge/report/odds.ts';
import type { GuardrailReport, JudgeReport } from '../judge/types.ts';
import { guardrailLabel } from '../plan/guardrail-label.ts';
import type { Requirement } from '../plan/steps/definition.ts';
import { formatDuration } from '../shared/duration.ts';
import type { OpenHours } from './state.ts';
import type { WatchGoal } from './watch-decision.ts';
import { holds } from './watch-decision.ts';

export interface BakeProgress {
  /** ISO instant, without what was spent in pauses. */
  readonly startedAt: string;
  readonly forMs: number;
  /** Null: as long as it takes. */
  readonly atMostMs: number | null;
  /** Settled candidate cards of this bake, and how many it needs. */
  readonly cards: number;
  readonly minCards: number;
  readonly require: Requirement;
  /** Arms that have fallen silent, each with a clause. */
  readonly stale: readonly string[];
}

export interface Condition {
  readonly met: boolean;
  /** `12 m of 30 m`, `acceptanceRate safe: evidence 1:12 of 1:1000`. */
  readonly text: string;
}

export function bakeProgress(
  goal: Extract<WatchGoal, { kind: 'bake' }>,
  report: JudgeReport,
  stale: readonly string[],
): BakeProgress {
  const { startedAtMs, forMs, atMostMs, minCards, require, cardsBefore } = goal;
  return {
    startedAt: new Date(startedAtMs).toISOString(),
    forMs,
    atMostMs,
    cards: Math.max(0, report.n.candidate - cardsBefore),
    minCards,
    require,
    stale,
  };
}

export interface BakeAt {
  readonly nowMs: number;
  /** Where only open hours count. */
  readonly hours?: OpenHours | undefined;
  /** Of each guardrail. */
  readonly needed?: readonly Needed[] | undefined;
}

/** All of a bake's conditions, as `watchEnd` asks them. */
export function bakeConditions(
  bake: BakeProgress,
  report: JudgeReport,
  { nowMs, hours, needed }: BakeAt,
): readonly Condition[] {
  const { cards, minCards, stale } = bake;
  return [
    timeCondition(bake, nowMs, hours),
    ...(minCards === 0
      ? []
      : [
          {
            met: cards >= minCards,
            text: `${cards} of ${minCards} ${report.noCard === undefined ? 'candidate cards' : countedThing(report.noCard)}`,
          },
        ]),
    ...stale.map((text) => ({ met: false, text })),
    ...verdictConditions(bake, report, needed),
  ];
}

/** Share 0..1 of its least time. */
export function bakeShare({ startedAt, forMs }: BakeProgress, nowMs: number, hours?: OpenHours): number {
  const [passedMs, ofMs] =
    hours === undefined ? [nowMs - Date.parse(startedAt), forMs] : [openMs(hours, nowMs), hours.ofMs];
  return ofMs <= 0 ? 1 : Math.min(1, Math.max(0, passedMs / ofMs));
}

/** Since it was counted, time counts while it is open. */
export function openMs({ countedMs, ofMs, atMs, open }: OpenHours, nowMs: number): number {
  return Math.min(ofMs, countedMs + (open ? Math.max(0, nowMs - atMs) : 0));
}

function timeCondition({ startedAt, forMs }: BakeProgress, nowMs: number, hours?: OpenHours): Condition {
  const [passedMs, ofMs, of] =
    hours === undefined
      ? [Math.max(0, nowMs - Date.parse(startedAt)), forMs, '']
      : [openMs(hours, nowMs), hours.ofMs, ' of open hours'];
  return {
    met: passedMs >= ofMs,
    text: `${formatDuration(Math.min(passedMs, ofMs))} of ${formatDuration(ofMs)}${of}`,
  };
}

/** What the judge has still to say; harm and broken data are told elsewhere, louder. */
function verdictConditions(
  { require }: BakeProgress,
  report: JudgeReport,
  needed: BakeAt['needed'],
): readonly Condition[] {
  const met = holds(require, report);
  if (require === 'noHarm') return [{ met, text: met ? 'no harm' : `no harm: the judge says ${report.verdict}` }];
  if (met) return [{ met, text: require === 'safe' ? 'safe' : 'safe, and every goal is reached' }];
  const open = report.guardrails.flatMap((row, at) =>
    row.mode === 'enforce' && row.verdict !== 'safe' ? [openSafety(row, needed?.[at])] : [],
  );
  const goals = report.guardrails.filter(({ goal }) => require === 'goal' && goal !== undefined && !goal.proven);
  if (report.verdict !== 'untrusted' && open.length + goals.length === 0)
    return [{ met, text: `safe: the judge says ${report.verdict}` }];
  return [
    ...(report.verdict === 'untrusted' ? [{ met, text: 'safe: the judge says untrusted' }] : open),
    ...goals.map((row) => ({ met, text: `${guardrailLabel(row)}: its goal is not proven` })),
  ];
}

function openSafety(row: GuardrailReport, needed: Needed | undefined): Condition {
  const { verdict, logEvidence } = row;
  const label = guardrailLabel(row);
  if (verdict !== 'undecided') return { met: false, text: `${label} safe: the judge says ${verdict}` };
  const of = needed === undefined ? '' : ` of ${oddsText(needed.safe)}`;
  return { met: false, text: `${label} safe: evidence ${oddsText(logEvidence.safe)}${of}` };
}
