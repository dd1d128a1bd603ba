/**
 * What a dashboard with a p-value invites: a one-sided two-sample z-test at the full alpha for every metric, at every
 * look, on all that was
 * seen so far. Latency is the share of delivered cards beyond last month's p95. Promotes when nothing was significant
 * by the end.
 * Reference for why not: P. Armitage, C. McPherson, B. Rowe (1969), "Repeated significance tests on accumulating data",
 * JRSS A 132(2).
 */
import { normalQuantile } from '../../../src/domain/judge/maths/normal.ts';
import type { Answer, ArmLook, BenchJudge, StepConfig } from '../protocol.ts';

const MIN_CARDS = 30;

export function zTest(): BenchJudge {
  let config: StepConfig | null = null;
  let critical = 0;
  let [base, cand] = [newCounts(), newCounts()];
  return {
    reset(next) {
      config = next;
      critical = normalQuantile(1 - next.alpha);
      [base, cand] = [newCounts(), newCounts()];
    },
    look(look): Answer {
      if (config === null) return 'continue';
      fill(base, look.base, config.history.p95);
      fill(cand, look.cand, config.history.p95);
      const statistics = [
        -zOf(cand.accept, cand.cards, base.accept, base.cards),
        zOf(cand.dismiss, cand.cards, base.dismiss, base.cards),
        zOf(cand.slow, cand.delivered, base.slow, base.delivered),
      ];
      if (statistics.some((z) => z > critical)) return 'rollback';
      return look.final && cand.cards > 0 && base.cards > 0 ? 'promote' : 'continue';
    },
  };
}

/**
 * Pooled two-proportion z of the first share over the second; 0 with too few cards. Worked number: 60 of 200 against 40
 * of 200: 2.309.
 */
export function zOf(hits: number, n: number, otherHits: number, otherN: number): number {
  if (Math.min(n, otherN) < MIN_CARDS) return 0;
  const pooled = (hits + otherHits) / (n + otherN);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / otherN));
  return error === 0 ? 0 : (hits / n - otherHits / otherN) / error;
}

function newCounts() {
  return { cards: 0, accept: 0, dismiss: 0, delivered: 0, slow: 0 };
}

function fill(counts: ReturnType<typeof newCounts>, { out, lat }: ArmLook, slowMs: number): void {
  counts.cards += out.length;
  for (const outcome of out) {
    if (outcome === 1) counts.accept++;
    if (outcome === 2) counts.dismiss++;
  }
  for (const ms of lat) {
    if (ms === null) continue;
    counts.delivered++;
    if (ms > slowMs) counts.slow++;
  }
}
