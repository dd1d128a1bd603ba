/** What a stream of one canary step is made of. */
export interface ArmModel {
  /** Shares of the delivered cards. */
  readonly accept: number;
  readonly dismiss: number;
  /** Share of cards that are never rendered (latency null, no outcome). */
  readonly undelivered: number;
  /** Log-normal latency: median in ms and standard deviation of the logarithm. */
  readonly medianMs: number;
  readonly sigma: number;
  /** A share of the cards that takes `times` as long. */
  readonly tail: { readonly share: number; readonly times: number };
  /** Added to every card's latency. */
  readonly plusMs: number;
}

/** Factors that act on both arms alike in one minute. */
export interface Moment {
  readonly accept: number;
  readonly dismiss: number;
  readonly latency: number;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /**
   * `null`: the arms do not differ. `tolerable`: the candidate is worse by no more than the tolerance, or better.
   * `harm`: worse by more than the margin. `edge`: by exactly the margin, where no speed is owed. `other`: none of these.
   */
  readonly kind: 'null' | 'tolerable' | 'harm' | 'edge' | 'other';
  /** Candidate exposures a minute at a share of 10 %; the traffic as a whole is ten times that, whatever the share. */
  readonly perMinute: number;
  readonly base: ArmModel;
  readonly candidate: ArmModel;
  /** Minute after which the candidate differs; 0: from the start. */
  readonly onset: number;
  readonly share: (t: number) => number;
  readonly moment: (t: number) => Moment;
  /** Intra-agent correlation of outcomes and of log latencies. */
  readonly icc: { readonly outcomes: number; readonly latency: number };
  /** Chance that a card goes to the agent who had the last one: cards come in bursts. */
  readonly burst: number;
  /** Shares of the arms' exposures whose events never arrive. */
  readonly lost: { readonly base: number; readonly candidate: number };
  /** Last month's figures over the true ones. */
  readonly historyFactor: number;
  /** Cards of each agent before the step; what they made of them is known. */
  readonly historyCards: number;
  /** Has every agent taken on the habits of another since? */
  readonly habitsChanged: boolean;
}

export const HORIZON = 360;
export const AGENTS = 200;
/** `perMinute` of a scenario is meant at this share. */
export const USUAL_SHARE = 0.1;
export const ALPHA = 0.05;
export const MARGIN = { accept: 0.1, dismiss: 0.1, p95: 0.25 } as const;
/** Half of each margin: what a guardrail tolerates that does not say otherwise. */
export const TOLERANCE = { accept: 0.05, dismiss: 0.05, p95: 0.125 } as const;

/** Whether a rollback of it is a false one. */
export function isHarmless({ kind }: Pick<Scenario, 'kind'>): boolean {
  return kind === 'null' || kind === 'tolerable';
}
