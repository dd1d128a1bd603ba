/** How a card's latency is scored for its agent's record; fixed by the blocks before it. */
import type { BaselineMemory } from './baseline-memory.ts';
import type { CardScores } from './block.ts';
import { latencyReliefs } from './reliefs.ts';
import { referenceOf } from '../maths/reference.ts';
import { quantileBin } from '../maths/sketch.ts';
import type { Guardrail } from '../../plan/plan.ts';

const TAIL = 0.95;
const MIN_MEMORY = 50;
const MAX_SCORE = 3;

export function cardScores(memory: BaselineMemory, guardrails: readonly Guardrail[]): CardScores {
  const reliefs = latencyReliefs(guardrails);
  const limit = memory.timed < MIN_MEMORY ? null : quantileBin(memory.latencies, TAIL);
  if (limit === null) return { locationOf: () => 0, tailBin: Infinity, onTimeBin: -1, reliefs };
  const reference = referenceOf(memory.latencies);
  const scores: number[] = [];
  const score = (bin: number): number =>
    Math.round(16 * Math.min(MAX_SCORE, Math.max(-MAX_SCORE, reference?.rankOf(bin).z ?? 0)));
  return { locationOf: (bin) => (scores[bin] ??= score(bin)), tailBin: limit, onTimeBin: limit, reliefs };
}
