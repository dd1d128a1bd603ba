/** Time that counts only while a calendar is open: a bake of eight staffed hours. */
import type { Gate } from './look.ts';
import { HORIZON_MS, openSpans } from './look.ts';

/** How much of `[fromMs, toMs)` was open, ms. */
export function openMsBetween(gates: readonly Gate[], fromMs: number, toMs: number): number {
  if (toMs <= fromMs) return 0;
  return openSpans(gates, { fromMs, toMs }).reduce(
    (sum, span) => sum + Math.min(span.toMs, toMs) - Math.max(span.fromMs, fromMs),
    0,
  );
}

/** When so much open time has passed from `fromMs` on, ms since the epoch; what never comes is as far as a look goes. */
export function whenCounted(gates: readonly Gate[], fromMs: number, openMs: number): number {
  if (openMs <= 0) return fromMs;
  let left = openMs;
  for (const span of openSpans(gates, { fromMs, toMs: fromMs + HORIZON_MS })) {
    const begins = Math.max(span.fromMs, fromMs);
    if (span.toMs - begins >= left) return begins + left;
    left -= span.toMs - begins;
  }
  return fromMs + HORIZON_MS;
}
