/** How long whoever failed waits before the next try: the one formula of everybody who tries again. */

export interface BackOffRules {
  /** Before the first retry; more than zero. */
  readonly firstMs: number;
  readonly maxMs: number;
  /** From one retry to the next; 2 by default. */
  readonly factor?: number;
}

/**
 * `retries`: how many there were already. Half of the wait is certain and half is `random` (0..1) of itself: many that
 * failed together must not come back together. Who waits alone passes 1 for the whole.
 */
export function backOffMs(retries: number, { firstMs, maxMs, factor = 2 }: BackOffRules, random: number): number {
  return Math.min(maxMs, firstMs * factor ** retries) * (0.5 + random / 2);
}
