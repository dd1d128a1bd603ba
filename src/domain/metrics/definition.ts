/** What a metric is: whatever differs from one to the next is said in its definition and nowhere else. */

export type Direction = 'lower' | 'higher';

/** Percentiles of the values in rising order: where lower is worse, p5 and p1 are the worse end. */
export const STATISTICS = ['p1', 'p5', 'p50', 'p95', 'p99', 'mean'] as const;
export type Statistic = (typeof STATISTICS)[number];
/** As they are judged: counted from the better end, so that p95 is always towards the worse one. */
export type JudgedStatistic = Exclude<Statistic, 'p1' | 'p5'>;

/**
 * `relative`: share of the baseline's value (0.1 = 10 %). `absolute`: in the metric's unit, percentage points as a
 * share (0.01 = 1pp).
 */
export interface Margin {
  readonly kind: 'relative' | 'absolute';
  readonly value: number;
}

/** What is kept of a card, as far as metrics count it. */
export interface CountedCard {
  /** What became of it, by the events that came. */
  readonly outcomes: readonly string[];
  /** rendered - triggered in ms; null when the card was never rendered (undelivered, never a latency of zero). */
  readonly latencyMs: number | null;
  /** Rendered before it was triggered: delivered, but its latency is unknown. */
  readonly skewed?: boolean;
  /** None was to be shown. */
  readonly withheld?: boolean;
}

/** `share`: of the cards, 0..1. `ms`: milliseconds. `own`: the guardrail says it, if there is one. */
export type Unit = 'share' | 'ms' | 'own';

/** A share of the cards. */
export interface RateDefinition {
  readonly kind: 'rate';
  readonly name: string;
  readonly unit: 'share';
  readonly worseWhen: Direction;
  /** In plain words, for who is called: `agents accept fewer cards`. */
  readonly whenWorse: string;
  /** Does the card count towards the rate? */
  readonly counts: (card: CountedCard) => boolean;
  readonly outcome: OutcomeDefinition | null;
  /** What agents make of the card: judged a second time among the cards that came on time. */
  readonly isEngagement: boolean;
  readonly forecast: {
    /** What the command line calls it. */
    readonly word: string;
    /** Assumed where nothing is known. */
    readonly typical: number;
    /** The rate of a version that is worse by twice the margin. */
    readonly harmed: (rate: number, margin: Margin) => number;
  };
  readonly sandbox: {
    /** What a model of the sandbox's traffic calls it. */
    readonly word: string;
    readonly share: number;
  };
}

/** The event that makes a card count: of type `agentassist.action.<name>`. */
export interface OutcomeDefinition {
  readonly name: string;
  /** The agent's one answer to the card: of several, the earliest counts. Otherwise each outcome counts by itself. */
  readonly isAnswer: boolean;
}

/** A number of each card that has one. */
export interface QuantityDefinition {
  readonly kind: 'quantity';
  readonly name: string;
  readonly unit: 'ms' | 'own';
  /** null: the guardrail says it. */
  readonly worseWhen: Direction | null;
  /** As of a rate; null: nobody here knows what it means. */
  readonly whenWorse: string | null;
  /** Whose number it is: seen on our own cards, or told by a source outside, under a name of its own. */
  readonly source: 'cards' | 'outside';
  /** Which a guardrail may name, by what is worse; none that is the better end, which nobody needs guarded. */
  readonly statistics: Readonly<Record<Direction, readonly Statistic[]>>;
  readonly usualStatistic: Statistic;
}

/** A rate that no version is without, worse by twice the margin: at most to a hundredth of itself, or to all cards. */
export function scaledBy(sign: 1 | -1): (rate: number, margin: Margin) => number {
  return (rate, margin) => Math.min(1, Math.max(0.01 * rate, rate + sign * twice(margin, rate)));
}

/** The factor by which a latency, never 0, gets worse by twice the margin. */
export function harmFactor(value: number, margin: Margin, sign: 1 | -1): number {
  return Math.max(0.01, 1 + (sign * twice(margin, value)) / value);
}

/** A rate that may be 0: twice the margin is added. */
export function plusMargins(rate: number, margin: Margin): number {
  return Math.min(1, rate + twice(margin, rate));
}

function twice({ kind, value }: Margin, of: number): number {
  return 2 * (kind === 'relative' ? value * of : value);
}
