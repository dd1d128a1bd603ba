/** How late the cards of an arm came, as a distribution that can be drawn. */
import type { Arm, Look } from '../judge/types.ts';

export interface LatencyCurve {
  /** Rendered cards whose latency is known. */
  readonly n: number;
  /** Latencies, ms, below which so many thousandths of the cards lie: 1,001 of them, 0 to 1,000, ascending. */
  readonly atThousandths: readonly number[];
}

const THOUSANDTHS = 1000;

/** Null where no card has a latency. Nearest-rank quantiles (Hyndman and Fan 1996, type 1). */
export function latencyCurve(looks: readonly Look[], arm: Arm): LatencyCurve | null {
  const values = new Float64Array(
    looks.flatMap(({ cards }) =>
      cards.flatMap((card) => (card.arm === arm && card.latencyMs !== null ? [card.latencyMs] : [])),
    ),
  ).sort();
  if (values.length === 0) return null;
  const rankOf = (thousandth: number): number => Math.max(1, Math.ceil((thousandth * values.length) / THOUSANDTHS));
  return {
    n: values.length,
    atThousandths: Array.from({ length: THOUSANDTHS + 1 }, (_, at) => values[rankOf(at) - 1] ?? 0),
  };
}

/** `share`: 0..1, to the thousandth. */
export function quantileOf({ atThousandths }: LatencyCurve, share: number): number {
  return atThousandths[Math.round(share * THOUSANDTHS)] ?? 0;
}
