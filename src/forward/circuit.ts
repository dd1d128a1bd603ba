/**
 * Does a destination deserve more attempts now? After failures in a row only one message at a time finds out, at
 * growing intervals.
 */

export interface Circuit {
  /** Open: one message at a time, and none before `untilMs`. */
  readonly state: 'closed' | 'open';
  readonly failures: number;
  readonly untilMs: number;
}

export interface CircuitRules {
  /** Failures in a row that open it. */
  readonly threshold: number;
  readonly firstMs: number;
  readonly longestMs: number;
}

export const CLOSED: Circuit = { state: 'closed', failures: 0, untilMs: 0 };

/** `jitter` in 0..1. A destination that says when to come back is believed, also while the circuit is closed. */
export function afterFailure(
  circuit: Circuit,
  rules: CircuitRules,
  nowMs: number,
  retryAfterMs: number | null,
  jitter: number,
): Circuit {
  const failures = circuit.failures + 1;
  if (failures < rules.threshold)
    return { state: 'closed', failures, untilMs: Math.max(circuit.untilMs, nowMs + (retryAfterMs ?? 0)) };
  const wait = backoffMs(failures - rules.threshold, rules, jitter);
  return { state: 'open', failures, untilMs: Math.max(circuit.untilMs, nowMs + Math.max(wait, retryAfterMs ?? 0)) };
}

/** How many messages may be under way; 0 while it is open. */
export function allowance(circuit: Circuit, nowMs: number, concurrency: number): number {
  if (nowMs < circuit.untilMs) return 0;
  return circuit.state === 'closed' ? concurrency : 1;
}

/**
 * Doubles from `firstMs` to `longestMs`, then half of it at random: many that failed together must not come back
 * together.
 */
export function backoffMs(
  step: number,
  { firstMs, longestMs }: Pick<CircuitRules, 'firstMs' | 'longestMs'>,
  jitter: number,
): number {
  return Math.min(longestMs, firstMs * 2 ** Math.min(step, 40)) * (0.5 + jitter / 2);
}
