/** After promotion there is no other arm: one version against its own record, and against absolute limits. */
import type { Guardrail } from '../plan/plan.ts';
import type { Card } from '../judge/types.ts';

/** One settled card of the version. */
export interface WatchedCard extends Pick<Card, 'outcomes' | 'latencyMs' | 'skewed' | 'custom'> {
  /** As the card says it, ms since the epoch: tells what kind of hour it was, and nothing else. */
  readonly triggeredAtMs: number;
  /** By our own clock, ms since the epoch; absent: told by a release that did not ask. */
  readonly arrivedAtMs?: number;
}

/** One of before the promotion: only the record asks whose cards are alike. */
export interface RecordCard extends WatchedCard {
  readonly agent: string;
}

/** What a test asks of one kind of hour. */
export interface HourBound {
  /** The largest share of bad cards that the null hypothesis allows, 0..1. */
  readonly share: number;
  /** A quantity worse than this makes a card a bad one (ms, or the metric's unit); null for rates. */
  readonly threshold: number | null;
}

/** One bet-on hypothesis: "its share of bad cards is expected to be at most the bound". */
export interface WatchTest {
  /** Place of its guardrail in the record. */
  readonly guardrail: number;
  readonly against: 'record' | 'limit';
  /** Of a quantity: which quantile, counted from the better end; null for rates. */
  readonly quantile: number | null;
  /**
   * What the record showed (share 0..1, ms, or the metric's unit); null for limits and where there is too little of it.
   */
  readonly recordValue: number | null;
  /** The value up to which it is tolerated: the record's with the margin, or the limit itself. */
  readonly tolerated: number | null;
  /** Cards of the record that carry the metric, and their agents. */
  readonly recordCards: number;
  readonly recordAgents: number;
  /** Cards of the record that count as one, since cards of one agent or hour are alike. */
  readonly designEffect: number;
  /** Part of the budget that the bets may spend. */
  readonly alpha: number;
  /** In hours that the record has not seen; null: not tested, there is too little record. */
  readonly unseen: HourBound | null;
  /** By kind of hour (hours.ts), for those that the record has seen. */
  readonly seen: Readonly<Record<string, HourBound>>;
}

/** Frozen at the promotion: all later verdicts are taken from it and the cards since. Plain JSON of some KB. */
export interface OwnRecord {
  readonly kind: 'ownRecord';
  readonly version: 1;
  readonly guardrails: readonly Guardrail[];
  /** Budget of all tests together. */
  readonly alpha: number;
  readonly cards: number;
  readonly startedAtMs: number;
  readonly endsAtMs: number;
  readonly tests: readonly WatchTest[];
}

/** What a test has seen and bet. */
export interface TestEvidence {
  /** ln of (onset weight x wealth) of each bet. */
  readonly logs: readonly number[];
  /** Onset weight given out, 0..1. */
  readonly spent: number;
  /** ln of the e-process, highest so far. */
  readonly peak: number;
  readonly cards: number;
  readonly bad: number;
}

/** Plain JSON, small whatever the length of the watch. */
export interface LongWatchState {
  readonly kind: 'longWatchState';
  readonly version: 1;
  readonly evidence: readonly TestEvidence[];
  /** Cards not yet bet on: less than a block. */
  readonly pending: readonly WatchedCard[];
  readonly cards: number;
}

export interface LongWatchRow extends Pick<Guardrail, 'metric' | 'name' | 'unit' | 'statistic' | 'mode'> {
  readonly against: WatchTest['against'];
  readonly verdict: 'harm' | 'noHarm' | 'noData';
  /**
   * Of a rate: the share since the promotion; of a quantity: the share of cards beyond what is tolerated. null without
   * cards.
   */
  readonly value: number | null;
  readonly recordValue: number | null;
  readonly tolerated: number | null;
  /** Cards since the promotion, and of the record. */
  readonly n: number;
  readonly recordCards: number;
  /** ln e-value, and what it must reach. */
  readonly logEvidence: number;
  readonly needed: number;
  readonly sentence: string;
}

export interface LongWatchReport {
  readonly verdict: LongWatchRow['verdict'];
  readonly reason: string;
  readonly n: number;
  readonly rows: readonly LongWatchRow[];
}
