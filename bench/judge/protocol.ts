/** What a judge of one step is told and answers: the JSON lines of `assist-rollouts judge --stream`, as types. */
export interface StepConfig {
  /** Budget for a wrong rollback over the whole step, all metrics and looks together. */
  readonly alpha: number;
  /** Looks, one a minute. */
  readonly horizon: number;
  readonly share: number;
  /** Relative margins. */
  readonly margin: { readonly accept: number; readonly dismiss: number; readonly p95: number };
  /** Last month's figures of the baseline; latencies in ms. May be wrong. */
  readonly history: BaselineFigures;
  /** Fixed limits, for judges that know no other kind. */
  readonly slo: { readonly accept: number; readonly dismiss: number; readonly p95: number };
}

export interface BaselineFigures {
  /** Each agent's cards before the step, and how many of them were accepted and dismissed: one entry per agent. */
  readonly agents: {
    readonly agent: readonly number[];
    readonly cards: readonly number[];
    readonly accepted: readonly number[];
    readonly dismissed: readonly number[];
  };
  readonly accept: number;
  readonly dismiss: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** What is new in minute `t`: one entry per exposure in each of the three lists. */
export interface ArmLook {
  /** 0 nothing, 1 accepted, 2 dismissed. */
  readonly out: readonly number[];
  /** Delivery latency in ms; null when the card was never rendered. */
  readonly lat: readonly (number | null)[];
  readonly agent: readonly number[];
}

export interface StreamLook {
  readonly t: number;
  readonly final: boolean;
  /** The candidate's share of the traffic in this minute. */
  readonly share: number;
  readonly base: ArmLook;
  readonly cand: ArmLook;
}

/** `untrusted` is a `continue` that says the data themselves are broken; no peer knows it. */
export type Answer = 'continue' | 'rollback' | 'promote' | 'untrusted';

/** Ours and every peer's. `continue` at the final look means undecided. */
export interface BenchJudge {
  reset(config: StepConfig): void;
  look(look: StreamLook): Answer;
}
