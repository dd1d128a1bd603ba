/** Sketches with a sixth of the bins, for what is kept beside a fine one of the same cards and more. */
import { round } from './rounding.ts';
import { addSketch, copySketch, emptySketch } from './sketch.ts';
import type { Sketch } from './sketch.ts';

const BINS = 6;

/** In hundredths of a card, to keep the state small. */
export function coarsen({ from, weights }: Sketch): Sketch {
  if (weights.length === 0) return emptySketch;
  const first = Math.floor(from / BINS);
  const coarse = Array.from({ length: coarseOf(from + weights.length - 1) - first + 1 }, () => 0);
  weights.forEach((weight, i) => {
    const at = coarseOf(from + i) - first;
    coarse[at] = (coarse[at] ?? 0) + weight;
  });
  return roundWeights({ from: first, weights: coarse });
}

export function addCoarse(sketch: Sketch, added: Sketch): Sketch {
  return roundWeights(addSketch(sketch, added));
}

/** The coarse one on the fine bins again: within a coarse bin as `fine`, which holds its cards too, is spread. */
export function refine(coarse: Sketch, fine: Sketch): Sketch {
  const all = coarsen(fine);
  const refined = copySketch(fine);
  fine.weights.forEach((weight, i) => {
    const bin = coarseOf(fine.from + i);
    const whole = all.weights[bin - all.from] ?? 0;
    refined.weights[i] = whole === 0 ? 0 : ((coarse.weights[bin - coarse.from] ?? 0) * weight) / whole;
  });
  return refined;
}

function coarseOf(bin: number): number {
  return Math.floor(bin / BINS);
}

/** What a bin holds is never rounded to nothing. */
function roundWeights({ from, weights }: Sketch): Sketch {
  return { from, weights: weights.map((weight) => (weight > 0 ? Math.max(0.01, round(weight, 2)) : 0)) };
}
