/** What a forecast assumes of the traffic. Shares 0..1, latencies in ms. */
export interface Assumptions {
  /** Cards of both arms together. */
  readonly cardsPerHour: number;
  readonly acceptance: number;
  readonly dismissal: number;
  readonly undelivered: number;
  readonly latencyP50Ms: number;
  readonly latencyP95Ms: number;
  readonly agents: number;
}

/** How the candidate differs; a harmless one in nothing. */
export interface Effect {
  readonly acceptanceFactor: number;
  readonly dismissalFactor: number;
  readonly latencyFactor: number;
  readonly undeliveredPlus: number;
}

export const HARMLESS: Effect = { acceptanceFactor: 1, dismissalFactor: 1, latencyFactor: 1, undeliveredPlus: 0 };
