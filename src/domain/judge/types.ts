/** The judge's contract: `(guardrails, observations) -> verdicts`. Pure and incremental. */
import type { Statistic } from '../metrics/definition.ts';
import type { MetricName, Outcome, RateName } from '../metrics/index.ts';
import type { Guardrail, SliceKey } from '../plan/plan.ts';

export type Arm = 'baseline' | 'candidate';
export type Verdict = 'harm' | 'safe' | 'undecided' | 'noData' | 'untrusted';

/** By how much an agent's rates are expected to differ from all agents', as shares -1..1; what is not known is 0. */
export type Habits = Readonly<Partial<Record<RateName, number>>>;

/** One settled exposure. */
export interface Card {
  readonly arm: Arm;
  /** What became of it; at most one of them is the agent's answer. */
  readonly outcomes: readonly Outcome[];
  /** rendered - triggered in ms; null when the card was never rendered (undelivered, never a latency of zero). */
  readonly latencyMs: number | null;
  /**
   * Rendered before it was triggered: delivered, but its latency is unknown (then `latencyMs` is null and says
   * nothing).
   */
  readonly skewed?: boolean;
  /** The trigger fired and no card was shown: only numbers from outside are known of it. */
  readonly withheld?: boolean;
  readonly agent: string;
  /** How the agent is known to differ from all agents, from before the rollout; absent: unknown. */
  readonly habits?: Habits;
  readonly queue: string;
  /** Numbers from outside by name, those of them that are known. */
  readonly custom?: Readonly<Record<string, number>>;
  /** Where they are known and the plan slices by them. */
  readonly mediaType?: string;
  readonly language?: string;
  /** First card of its conversation: only these count for the sample-ratio test, since the split is by conversation. */
  readonly firstOfConversation: boolean;
}

/** What became known since the last look, all within one span of time and one split. */
export interface Look {
  /** End of the look, ms since the rollout began; never decreases. */
  readonly atMs: number;
  /** Split in force, 0..100; null while a change of split is settling (excluded from the sample-ratio test). */
  readonly splitPercent: number | null;
  /**
   * Not conversations are divided, so that the split is a share of the volume of the past, and no chance that a
   * conversation has: the sample-ratio test has nothing to test.
   */
  readonly dividesOthers?: true;
  readonly cards: readonly Card[];
  /** That people let pass since the look before, as it was shown; absent where none was. */
  readonly acceptedDistrust?: readonly AcceptedDistrustKind[];
  /** Cards of earlier looks that were followed further; absent where none was. */
  readonly followed?: FollowedCards;
}

/** What came of cards after they had settled, by agent: too late to be judged. */
export interface FollowedCards {
  /** Up to this card, by its sequence number, all were followed. */
  readonly toSeq: number;
  readonly agents: readonly {
    readonly arm: Arm;
    readonly agent: string;
    readonly cards: number;
    /** Of these, with an answer, a render or a metric that came late. */
    readonly late: number;
  }[];
}

export interface ArmCounts {
  readonly baseline: number;
  readonly candidate: number;
}

/** The candidate's difference from the baseline, with an interval that holds at every look at once. */
export interface Effect {
  readonly estimate: number;
  /** null: no limit on that side yet; both of a mean, and with too few agents. */
  readonly low: number | null;
  readonly high: number | null;
  /**
   * `ofBaseline`: share of the baseline's value (-0.2 = a fifth lower); `share`: difference of two shares; `ms`: of two
   * latencies; `own`: in the metric's own unit.
   */
  readonly unit: 'ofBaseline' | 'share' | 'ms' | 'own';
}

/** What a guardrail's figures are among the latest cards, whose number depends on nothing but arms and time. */
export interface RecentFigures {
  readonly baselineValue: number;
  readonly candidateValue: number;
  /** Its interval: no one that is ever shown of the latest cards misses with a chance of more than alpha. */
  readonly effect: Effect;
  readonly n: ArmCounts;
  /** ms since the rollout began */
  readonly sinceMs: number;
}

/** Engagement among the cards that came on time: it explains, and stops nothing. */
export interface OnTimeReport {
  readonly verdict: Verdict;
  /** Shares 0..1 of the cards on time; null without data. */
  readonly baselineValue: number | null;
  readonly candidateValue: number | null;
  readonly logEvidence: { readonly harm: number; readonly safe: number };
  /** Cards on time. */
  readonly n: ArmCounts;
}

export interface GuardrailReport {
  readonly metric: MetricName;
  /** Of a custom metric. */
  readonly name?: string;
  readonly unit?: string;
  readonly statistic?: Statistic;
  readonly mode: Guardrail['mode'];
  readonly verdict: Verdict;
  /** Observed values so far (share 0..1, ms, or in the metric's unit); null without data. */
  readonly baselineValue: number | null;
  readonly candidateValue: number | null;
  /** The candidate's value at which it would be exactly `margin` worse, from the baseline's observed value. */
  readonly limit: number | null;
  /** The same for the tolerance: harm is proven against this. Absent in a report of rules before there was one. */
  readonly tolerated?: number | null;
  /**
   * Natural-log e-values: for "worse" (harm when >= ln(1/alpha)) and for "not worse than the margin" (safe when >=
   * ln(1/alpha)).
   */
  readonly logEvidence: { readonly harm: number; readonly safe: number };
  /** Of the whole rollout; null without data of both arms. */
  readonly effect?: Effect | null;
  /** Of the latest cards; absent as long as they are all there were. */
  readonly recent?: RecentFigures;
  /** Cards that count for this metric. */
  readonly n: ArmCounts;
  /** Only for acceptance and dismissal. */
  readonly onTime?: OnTimeReport;
  /** Only for acceptance and dismissal, where the plan asks for it: without what an agent did while the candidate was new. */
  readonly learned?:
    | {
        /** What is left out of each agent's: `20 cards`, `2 d`. */
        readonly first: string;
        /** `safe` and the goal go by these cards; else they are only shown. */
        readonly decides: boolean;
        /** Shares 0..1; null without data. */
        readonly baselineValue: number | null;
        readonly candidateValue: number | null;
        readonly logEvidence: { readonly safe: number };
        readonly n: ArmCounts;
      }
    | undefined;
  /** Proven better than the baseline, by the evidence of all looks (ln); absent while it is not. */
  readonly better?: { readonly logEvidence: number };
  /** Absent where the plan sets none. */
  readonly goal?: {
    /** The candidate's value at which it would be just reached; null without data. */
    readonly value: number | null;
    readonly proven: boolean;
    /** ln; proven from ln(1/alpha) on, or at the planned end of the step. */
    readonly logEvidence: number;
  };
  /** One plain sentence for a release manager, with metric, values, limit and n. */
  readonly sentence: string;
}

/** One slice, with the guardrail that shows most there. Slices are judged for harm alone. */
export interface SliceReport {
  readonly by: SliceKey;
  /** Of the queue (its id), media type or language. */
  readonly name: string;
  readonly metric: MetricName;
  readonly statistic?: Statistic;
  readonly verdict: Verdict;
  /**
   * Shares 0..1: of the rate, or for latency of cards in the slowest 5 % of the remembered baseline's; null without
   * data.
   */
  readonly baselineValue: number | null;
  readonly candidateValue: number | null;
  /** With an interval that holds at every look and in all slices at once; null without data of both arms. */
  readonly effect: Effect | null;
  /**
   * The candidate's share at the guardrail's tolerance, at its margin, and at as many of them as are harm to a slice;
   * null without data.
   */
  readonly tolerated: number | null;
  readonly limit: number | null;
  readonly harmful: number | null;
  /** ln e-value, and what it must reach. */
  readonly logEvidence: { readonly harm: number };
  readonly needed: number;
  readonly n: ArmCounts;
  readonly sentence: string;
}

/** The ways in which data can be broken, each with an acceptance of its own. */
type DistrustKind = 'sampleRatio' | 'lostByCandidate' | 'lostByBaseline' | 'lateForCandidate' | 'lateForBaseline';

export interface AcceptedDistrustKind {
  readonly kind: DistrustKind;
  /** ms since the epoch */
  readonly atMs: number;
}

export interface Distrust {
  readonly kind: DistrustKind;
  /** ln; the highest so far. */
  readonly logEvidence: number;
}

export interface JudgeReport {
  /**
   * harm if any enforced guardrail or any slice says harm; else untrusted, noData, undecided if any says so; safe if
   * all enforced are safe.
   */
  readonly verdict: Verdict;
  /** Why, in one sentence. */
  readonly reason: string;
  readonly guardrails: readonly GuardrailReport[];
  readonly n: ArmCounts;
  /** The arm in which no card is shown; absent where both arms are versions. */
  readonly noCard?: Arm;
  /** All goals of the plan together; absent where it sets none. */
  readonly goals?: 'proven' | 'open';
  /** How strongly the data speak against themselves; absent while they are trusted. */
  readonly distrust?: readonly Distrust[];
  /** In order of their first appearance; absent where the plan asks for none. */
  readonly slices?: readonly SliceReport[];
  /**
   * Asked once, at the planned end of the step at hand (ms since the rollout began): was it proven safe there? Absent
   * before.
   */
  readonly plannedEnd?: { readonly atMs: number; readonly safe: boolean; readonly look: number; readonly n: ArmCounts };
}

export interface PlannedEnd {
  /** ms since the rollout began */
  readonly atMs: number;
  /** Part of the rollout's budget for a wrong "safe", 0..1: all planned ends of a plan share it. */
  readonly share: number;
  /** Index of its step in the plan; absent: by a release that did not say it. */
  readonly step?: number | undefined;
}

export interface PlannedEndAnswer {
  readonly safe: boolean;
  /** How many looks had been taken. */
  readonly look: number;
  readonly n: ArmCounts;
  /**
   * Standard deviations inside the margin, for each guardrail in order (null: nothing known), and how many were needed.
   */
  readonly scores: readonly (number | null)[];
  readonly needed: number;
  /**
   * For each guardrail in order: the candidate's rate without its agents' habits, as far as they differ from the
   * baseline's agents', where the score is taken from that; else null.
   */
  readonly withoutHabits?: readonly (number | null)[];
  /** For each guardrail in order: was its goal proven there (null: it has none)? Absent where the plan sets none. */
  readonly goals?: readonly (boolean | null)[];
}

/** The end of the step at hand, and its answer once it was asked. */
export interface StepEnd extends PlannedEnd {
  readonly answer: PlannedEndAnswer | null;
}

/** Plain JSON, small whatever the length of the rollout; opaque to everyone but the judge. */
export interface JudgeState {
  readonly kind: 'judgeState';
  readonly version: number;
  readonly [key: string]: unknown;
}
