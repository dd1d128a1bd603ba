/** What the peers' metrics are measured from: counts and quantiles of one arm over one or more looks. */
import type { ArmLook } from '../protocol.ts';

export interface ArmFigures {
  readonly n: number;
  readonly accept: number;
  readonly dismiss: number;
  /** Interpolated 95th percentile of the delivered cards' latencies, ms. */
  readonly p95: number;
}

/** null when nothing was exposed. */
export function figuresOf(looks: readonly ArmLook[]): ArmFigures | null {
  const outcomes = looks.flatMap(({ out }) => out);
  if (outcomes.length === 0) return null;
  const share = (outcome: number): number =>
    outcomes.reduce((sum, out) => sum + (out === outcome ? 1 : 0), 0) / outcomes.length;
  return { n: outcomes.length, accept: share(1), dismiss: share(2), p95: percentile(delivered(looks), 0.95) };
}

/** NaN for an empty list. */
export function percentile(values: readonly number[], level: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const place = level * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}

function delivered(looks: readonly ArmLook[]): readonly number[] {
  return looks.flatMap(({ lat }) => lat.filter((ms) => ms !== null));
}
