/**
 * A/A on real cards: how often would a plan roll back a version that is no other than the baseline? The baseline's own
 * cards are split at random, again and again, and the plan is run on each split.
 */
import { enforcedAlpha } from '../judge/bets/joint-harm.ts';
import { rateText } from '../metrics/format.ts';
import type { MetricName } from '../metrics/index.ts';
import type { Guardrail, Plan } from '../plan/plan.ts';
import { forecastAs } from '../plan/steps/steps.ts';
import type { Rehearsal } from '../rollout/rehearse.ts';
import { rehearse } from '../rollout/rehearse.ts';
import { median, quantileOf, shareOf } from '../shared/share.ts';
import type { Share } from '../shared/share.ts';
import { hashAgain, hashOf } from '../split/bucket.ts';
import type { Treatment } from './dealt-cards.ts';
import { dealtCards } from './dealt-cards.ts';
import type { PastTraffic } from './past-cards.ts';
import { saltOf } from './past-cards.ts';

export interface Repetitions {
  readonly count: number;
  readonly seed: number;
  /** Of the candidate's cards: then it is no A/A any more. */
  readonly treatment?: Treatment | undefined;
}

/** Repetition 0, 1, ...: the same traffic, plan, count and seed give the same. */
export function replayOnce(
  plan: Plan,
  traffic: PastTraffic,
  { count, seed, treatment }: Repetitions,
  repetition: number,
): Rehearsal {
  const salt = saltOf(seed, repetition);
  const treatmentSalt = hashOf(`treatment ${salt}`);
  return rehearse(
    plan,
    dealtCards(traffic, {
      firstCard: firstCardOf(plan, traffic, (repetition + 0.5) / count),
      salt,
      settleMs: plan.policies.settleMs,
      treat: treatment && {
        treatment,
        drawOf: (card) => (hashAgain(hashAgain(card, treatmentSalt), salt) >>> 0) / 2 ** 32,
      },
    }),
  );
}

/**
 * The repetitions begin all over the span of time, evenly over its cards, so that each hour takes its part, but no later
 * than leaves the plan its longest time. Where the span is shorter than that, all begin with it.
 */
function firstCardOf(plan: Plan, { cards, toMs }: PastTraffic, part: number): number {
  const longestMs = plan.steps.reduce((sum, step) => sum + (forecastAs(step)?.atMostMs ?? 0), 0);
  const after = cards.findIndex(({ arrivedAtMs }) => arrivedAtMs > toMs - longestMs - plan.policies.settleMs);
  return Math.floor(part * (after < 0 ? cards.length : after));
}

export interface GuardrailReplay {
  readonly metric: MetricName;
  readonly name?: string;
  readonly statistic?: Guardrail['statistic'];
  readonly mode: Guardrail['mode'];
  readonly alpha: number;
  /** It said harm when the repetition ended; of several that say so together each counts. */
  readonly harm: Share;
  readonly provenSafe: Share;
  readonly safeAfterMs: number | null;
}

export interface ReplayResult {
  /** Rolled back on proof of harm: in an A/A, wrongly. */
  readonly harm: Share;
  /** What the plan allows: the alphas of its enforced guardrails, and that of its slices. */
  readonly budget: number;
  readonly promoted: Share;
  /** Held, or rolled back as `onUndecided` says; or a guardrail or a harm budget left it to a person. */
  readonly undecided: Share;
  /** An arm, or a metric, fell silent for as long as `onNoData` says. */
  readonly silent: Share;
  readonly untrusted: Share;
  /** The cards ended before the plan did. */
  readonly unfinished: Share;
  readonly guardrails: readonly GuardrailReplay[];
  /** A slice said harm. */
  readonly slices: Share | null;
  readonly promotedAfterMs: Spread;
  readonly harmAfterMs: Spread;
  readonly candidateCards: Spread;
  /** Of all repetitions. */
  readonly looks: number;
}

/** Null without any. */
export interface Spread {
  readonly median: number | null;
  readonly nineOfTen: number | null;
}

/** What was found, sentence by sentence; `effect`: what was put into the candidate's cards. */
export function replaySentences({ harm, budget }: ReplayResult, effect: string | null): string[] {
  const share = `${harm.hits} of ${harm.of}, ${rateText(harm.hits / harm.of)} (${rateText(harm.low)} to ${rateText(harm.high)}).`;
  if (effect !== null) return [`With ${effect} injected, harm was found in ${share}`];
  return [
    `Called harmful, though split from itself: ${share}`,
    harm.low > budget
      ? `More than the ${rateText(budget)} that the plan allows: here its promise does not hold.`
      : `The plan allows ${rateText(budget)}.`,
  ];
}

export function replayResult(plan: Plan, runs: readonly Rehearsal[]): ReplayResult {
  const by = (...kinds: readonly Rehearsal['by'][]): Share =>
    shareOf(runs, (run) => run.end !== 'promoted' && kinds.includes(run.by));
  const promoted = runs.filter(({ end }) => end === 'promoted');
  return {
    harm: by('harm'),
    budget: enforcedAlpha(plan.guardrails) + (plan.slices?.alpha ?? 0),
    promoted: shareOf(runs, ({ end }) => end === 'promoted'),
    undecided: by('undecided', 'alarm', 'spent'),
    silent: by('noData'),
    untrusted: by('untrusted'),
    unfinished: by('over'),
    guardrails: plan.guardrails.map((guardrail, index) => guardrailReplay(guardrail, index, runs)),
    slices: plan.slices === undefined ? null : shareOf(runs, saysSliceHarm),
    promotedAfterMs: spreadOf(promoted.map(({ endAtMs }) => endAtMs)),
    harmAfterMs: spreadOf(runs.filter((run) => run.by === 'harm').map(({ endAtMs }) => endAtMs)),
    candidateCards: spreadOf(runs.map(({ report }) => report.n.candidate)),
    looks: runs.reduce((sum, { looks }) => sum + looks, 0),
  };
}

function guardrailReplay(guardrail: Guardrail, index: number, runs: readonly Rehearsal[]): GuardrailReplay {
  const { metric, name, statistic, mode, alpha } = guardrail;
  const safeAt = runs.map(({ safeAtMs }) => safeAtMs[index] ?? null);
  return {
    metric,
    ...(name !== undefined && { name }),
    ...(statistic !== undefined && { statistic }),
    mode,
    alpha,
    harm: shareOf(runs, ({ report }) => report.guardrails[index]?.verdict === 'harm'),
    provenSafe: shareOf(safeAt, (at) => at !== null),
    safeAfterMs: median(safeAt.filter((at) => at !== null)),
  };
}

function saysSliceHarm({ report }: Rehearsal): boolean {
  return report.slices?.some(({ verdict }) => verdict === 'harm') ?? false;
}

function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), nineOfTen: quantileOf(values, 0.9) };
}
